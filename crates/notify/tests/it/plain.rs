//! A document put at an address, a plain call, a look.

use notify::Kind;
use notify::egress::{Egress, Rules};
use notify::plain;
use std::time::Duration;
use testkit::webhook::{Reply, Sink};

fn egress() -> Egress {
    let rules = Rules { allowed: vec!["127.0.0.1".parse().unwrap()], ca_file: None };
    Egress::new(&rules).unwrap()
}

#[tokio::test]
async fn a_document_is_put_with_its_token_and_refusals_are_told_apart() -> anyhow::Result<()> {
    let sink = Sink::start().await?;
    let put = async |token| plain::put(&egress(), &sink.url("/packs/a.html"), token, "text/html", b"x".to_vec()).await;
    put(Some("secret")).await?;
    put(None).await?;
    let requests = sink.requests();
    assert_eq!((requests[0].method.as_str(), requests[0].path.as_str()), ("PUT", "/packs/a.html"));
    assert_eq!(requests[0].header("authorization"), Some("Bearer secret"));
    assert_eq!((requests[0].header("content-type"), requests[0].body.as_slice()), (Some("text/html"), &b"x"[..]));
    assert_eq!(requests[1].header("authorization"), None);
    for (status, kind) in [(403, Kind::Permanent), (507, Kind::Transient)] {
        sink.answer(Reply::status(status));
        assert_eq!(put(None).await.unwrap_err().kind, kind, "{status}");
    }
    Ok(())
}

#[tokio::test]
async fn a_plain_call_and_a_look() -> anyhow::Result<()> {
    let sink = Sink::start().await?;
    plain::post(&egress(), &sink.url("/page"), "{}".into()).await?;
    sink.answer(Reply { body: vec![b'a'; 900], ..Reply::status(503) });
    let reply = plain::get(&egress(), &sink.url("/readyz"), Duration::from_secs(5)).await?;
    assert_eq!((reply.status, reply.body.len()), (503, 200));
    let requests = sink.requests();
    let seen: Vec<_> = requests.iter().map(|r| (r.method.as_str(), r.path.as_str(), r.body.len())).collect();
    assert_eq!(seen, [("POST", "/page", 2), ("GET", "/readyz", 0)]);
    assert_eq!(requests[0].header("content-type"), Some("application/json"));
    Ok(())
}
