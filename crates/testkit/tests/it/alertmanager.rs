use anyhow::Result;
use serde_json::{Value, json};
use testkit::{
    alertmanager::{Config, Server},
    tls::Authority,
    wait, webhook,
};

#[tokio::test]
async fn an_alert_reaches_a_webhook_and_an_events_api_over_https() -> Result<()> {
    let authority = Authority::new()?;
    let sink = webhook::Sink::start_tls(&authority.certificate()?).await?;
    let config = Config {
        pagerduty: Some((sink.url("/v2/enqueue"), "k".repeat(32))),
        webhook: Some(sink.url("/intake/alertmanager/key")),
        ca_file: Some(authority.ca_file().to_owned()),
        ..Config::default()
    };
    let server = Server::start(&config.yaml()).await?;
    server.post_alerts(&json!([{ "labels": { "alertname": "web01 応答なし", "instance": "web01" } }])).await?;
    let requests = sink.wait_for(wait::LIMIT, |requests| requests.len() >= 2).await?;
    let body = |path: &str| -> Value {
        let request = requests.iter().find(|request| request.path == path).unwrap();
        serde_json::from_slice(&request.body).unwrap()
    };
    assert_eq!(body("/v2/enqueue")["event_action"], "trigger");
    assert_eq!(body("/v2/enqueue")["routing_key"], "k".repeat(32));
    assert_eq!(body("/intake/alertmanager/key")["alerts"][0]["labels"]["alertname"], "web01 応答なし");
    Ok(())
}

#[tokio::test]
async fn a_wrong_configuration_is_an_error_with_its_log() {
    let error = Server::start("route: {}\n").await.unwrap_err().to_string();
    assert!(error.contains("prometheus-alertmanager ended with"), "{error}");
}
