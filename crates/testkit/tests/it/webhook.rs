use anyhow::Result;
use testkit::{
    http,
    tls::Authority,
    webhook::{Reply, Sink},
};

#[tokio::test]
async fn a_sink_keeps_requests_and_answers_in_turn() -> Result<()> {
    let sink = Sink::start().await?;
    sink.answer_once(Reply { body: b"later".to_vec(), ..Reply::status(503) });
    let post = || async {
        let request = http::client(None)?.post(sink.url("/hook?x=1")).header("X-Test", "yes").body("{}");
        anyhow::Ok(request.send().await?.status().as_u16())
    };
    assert_eq!((post().await?, post().await?), (503, 204));
    let requests = sink.requests();
    assert_eq!(requests.len(), 2);
    assert_eq!((requests[0].method.as_str(), requests[0].path.as_str()), ("POST", "/hook?x=1"));
    assert_eq!((requests[0].header("x-test"), requests[0].body.as_slice()), (Some("yes"), b"{}".as_slice()));
    Ok(())
}

#[tokio::test]
async fn https_is_answered_for_those_who_trust_the_authority() -> Result<()> {
    let authority = Authority::new()?;
    let sink = Sink::start_tls(&authority.certificate()?).await?;
    assert_eq!(http::client(Some(&authority))?.get(sink.url("/")).send().await?.status(), 204);
    let other = Authority::new()?;
    assert!(http::client(Some(&other))?.get(sink.url("/")).send().await.is_err());
    assert_eq!(sink.requests().len(), 1);
    Ok(())
}
