use anyhow::Result;
use serde_json::{Value, json};
use testkit::{
    chromium::{Driver, Window},
    http,
    tls::Authority,
    wait,
    webhook::{Reply, Sink},
};

#[tokio::test]
async fn a_browser_shows_a_page_over_https_and_is_gone_with_its_driver() -> Result<()> {
    let page = "<title>窓口</title><p id=p>x<script>p.textContent = navigator.language + innerWidth</script>";
    let sink = Sink::start_tls(&Authority::new()?.certificate()?).await?;
    let headers = vec![("content-type", "text/html; charset=utf-8".to_owned())];
    sink.answer(Reply { headers, body: page.into(), ..Reply::status(200) });

    let driver = Driver::start().await?;
    let client = http::client(None)?;
    let window = Window { width: 800, height: 600, language: "ja".to_owned() };
    let post = async |path: String, body: Value| -> Result<Value> {
        let reply = client.post(format!("{}/session{path}", driver.url())).json(&body).send().await?;
        Ok(reply.json::<Value>().await?["value"].take())
    };
    let capabilities = json!({ "capabilities": { "alwaysMatch": driver.capabilities(&window)? } });
    let session = post(String::new(), capabilities).await?;
    let session = session["sessionId"].as_str().unwrap_or_else(|| panic!("{session}: {}", driver.log())).to_owned();
    post(format!("/{session}/url"), json!({ "url": sink.url("/") })).await?;
    let script = json!({ "script": "return [document.title, p.textContent]", "args": [] });
    assert_eq!(post(format!("/{session}/execute/sync"), script).await?, json!(["窓口", "ja800"]));

    let browsers = driver.browsers();
    assert!(!browsers.is_empty());
    drop(driver);
    let gone = |id: &u32| std::fs::read(format!("/proc/{id}/cmdline")).map_or(true, |line| line.is_empty());
    wait::until("the browsers to end", wait::LIMIT, async || Ok(browsers.iter().all(gone).then_some(()))).await
}
