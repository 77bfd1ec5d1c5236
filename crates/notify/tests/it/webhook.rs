use anyhow::Result;
use domain::time::Instant;
use notify::{
    Kind, Undelivered,
    egress::{Egress, Failure, Limits, Request, Rules},
    webhook::{Webhook, send, sign},
};
use std::time::Duration;
use testkit::{
    ports,
    tls::Authority,
    webhook::{Reply, Sink},
};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const OLD_SECRET: &str = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

fn egress(allowed: &[&str]) -> Egress {
    let allowed = allowed.iter().map(|text| text.parse().unwrap()).collect();
    Egress::new(&Rules { allowed, ca_file: None }).unwrap()
}

fn webhook(url: String) -> Webhook {
    Webhook {
        url,
        id: "msg_incident-7:notice:1".to_owned(),
        at: Instant::from_ms(1_795_284_720_999),
        body: "{\"件名\":\"障害発生連絡\"}".to_owned(),
        secrets: vec![SECRET.parse().unwrap(), OLD_SECRET.parse().unwrap()],
    }
}

#[tokio::test]
async fn a_receiver_can_check_what_it_gets() -> Result<()> {
    let sink = Sink::start().await?;
    let delivered = send(&egress(&["127.0.0.1"]), &webhook(sink.url("/hook?a=b"))).await?;
    assert_eq!(delivered.reply, "HTTP 204");
    let [request] = sink.requests().try_into().unwrap();
    assert_eq!((request.method.as_str(), request.path.as_str()), ("POST", "/hook?a=b"));
    assert_eq!(request.body, "{\"件名\":\"障害発生連絡\"}".as_bytes());
    assert_eq!(request.header("content-type"), Some("application/json"));
    assert_eq!(request.header("webhook-id"), Some("msg_incident-7:notice:1"));
    assert_eq!(request.header("webhook-timestamp"), Some("1795284720"));
    // Either secret alone makes one of the two signatures.
    let signatures: Vec<&str> = request.header("webhook-signature").unwrap().split(' ').collect();
    for (secret, signature) in [SECRET, OLD_SECRET].into_iter().zip(&signatures) {
        assert_eq!(sign(&[secret.parse()?], "msg_incident-7:notice:1", 1_795_284_720, &request.body), **signature);
    }
    assert_eq!(signatures.len(), 2);
    Ok(())
}

#[tokio::test]
async fn a_status_decides_what_follows() -> Result<()> {
    let sink = Sink::start().await?;
    let egress = egress(&["127.0.0.1"]);
    for (status, kind) in [
        (301, Kind::Transient),
        (302, Kind::Transient),
        (308, Kind::Transient),
        (400, Kind::Permanent),
        (401, Kind::Permanent),
        (404, Kind::Permanent),
        (408, Kind::Transient),
        (410, Kind::Permanent),
        (425, Kind::Transient),
        (429, Kind::Transient),
        (500, Kind::Transient),
        (503, Kind::Transient),
    ] {
        let headers = vec![("location", sink.url("/elsewhere"))];
        sink.answer_once(Reply { headers, body: b"as it is".to_vec(), ..Reply::status(status) });
        let refused = send(&egress, &webhook(sink.url("/"))).await.unwrap_err();
        assert_eq!(refused.kind, kind, "{status}");
        assert!(refused.reason.starts_with(&format!("HTTP {status}")), "{refused}");
    }
    assert!(sink.requests().iter().all(|request| request.path == "/"), "no redirect is followed");
    Ok(())
}

#[tokio::test]
async fn a_receiver_inside_our_network_is_never_connected_to() -> Result<()> {
    let sink = Sink::start().await?;
    let port = sink.port();
    let egress = egress(&["10.0.0.0/8", "other.internal"]);
    for host in ["127.0.0.1", "localhost", "LOCALHOST", "127.1", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]"]
    {
        let Undelivered { kind, reason, .. } =
            send(&egress, &webhook(format!("http://{host}:{port}/"))).await.unwrap_err();
        assert_eq!(kind, Kind::Permanent, "{host}: {reason}");
        assert!(reason.contains("which is not public (loopback)"), "{host}: {reason}");
    }
    assert!(sink.requests().is_empty());
    Ok(())
}

#[tokio::test]
async fn a_host_is_allowed_by_name() -> Result<()> {
    let sink = Sink::start().await?;
    let url = format!("http://localhost:{}/", sink.port());
    assert!(send(&egress(&["localhost"]), &webhook(url)).await.is_ok());
    assert_eq!(sink.requests().len(), 1);
    Ok(())
}

#[tokio::test]
async fn a_receiver_that_is_down_or_unknown_is_tried_again() -> Result<()> {
    let url = format!("http://127.0.0.1:{}/", ports::free()?);
    let refused = send(&egress(&["127.0.0.1"]), &webhook(url)).await.unwrap_err();
    assert_eq!(refused.kind, Kind::Transient);
    assert!(refused.reason.contains("Connection refused"), "{refused}");
    let refused = send(&egress(&[]), &webhook("http://no-such-host.invalid/".to_owned())).await.unwrap_err();
    assert_eq!(refused.kind, Kind::Transient, "{refused}");
    Ok(())
}

#[tokio::test]
async fn a_line_break_in_a_header_and_a_missing_secret_are_refused() -> Result<()> {
    let sink = Sink::start().await?;
    let egress = egress(&["127.0.0.1"]);
    let broken = Webhook { id: "a\r\nX-Evil: 1".to_owned(), ..webhook(sink.url("/")) };
    let refused = send(&egress, &broken).await.unwrap_err();
    assert_eq!(
        refused,
        Undelivered {
            kind: Kind::Permanent,
            reason: "header webhook-id holds a control character".to_owned(),
            on_the_way: false,
        }
    );
    let unsigned = Webhook { secrets: Vec::new(), ..webhook(sink.url("/")) };
    assert_eq!(send(&egress, &unsigned).await.unwrap_err().kind, Kind::Permanent);
    assert!(sink.requests().is_empty());
    Ok(())
}

#[tokio::test]
async fn https_is_checked_against_the_authorities_we_trust() -> Result<()> {
    let authority = Authority::new()?;
    let sink = Sink::start_tls(&authority.certificate()?).await?;
    let rules = Rules { allowed: vec!["127.0.0.1".parse()?], ca_file: Some(authority.ca_file().to_owned()) };
    send(&Egress::new(&rules)?, &webhook(sink.url("/"))).await?;
    let refused = send(&egress(&["127.0.0.1"]), &webhook(sink.url("/"))).await.unwrap_err();
    assert_eq!(refused.kind, Kind::Transient);
    assert!(refused.reason.contains("UnknownIssuer"), "{refused}");
    assert_eq!(sink.requests().len(), 1);
    Ok(())
}

#[tokio::test]
async fn a_reply_is_cut_at_its_limits() -> Result<()> {
    let sink = Sink::start().await?;
    let egress = egress(&["127.0.0.1"]);
    let request = Request { method: reqwest::Method::GET, url: sink.url("/"), headers: Vec::new(), body: Vec::new() };
    sink.answer_once(Reply { body: vec![b'x'; 1_000_000], ..Reply::status(200) });
    let limits = Limits { time: Duration::from_secs(30), body_bytes: 10_000 };
    assert_eq!(egress.request(&request, limits).await?.body, vec![b'x'; 10_000]);

    sink.answer_once(Reply { delay: Duration::from_secs(600), ..Reply::status(200) });
    let limits = Limits { time: Duration::from_millis(50), body_bytes: 10_000 };
    assert!(matches!(egress.request(&request, limits).await, Err(Failure::Late(time)) if time == limits.time));
    Ok(())
}
