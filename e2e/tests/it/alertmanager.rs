//! A real Alertmanager tells the desk, by both of its receivers, over http and https.

use crate::on_both;
use anyhow::Result;
use e2e::house::{Customer, Ground, House};
use e2e::staff::Staff;
use serde_json::{Value, json};
use testkit::alertmanager::{Config, Server};
use testkit::madoguchi::Options;
use testkit::tls::Authority;
use testkit::wait;

on_both! {
    over_http => an_alert_opens_an_incident_and_its_resolution_is_a_hint(false);
    over_https => an_alert_opens_an_incident_and_its_resolution_is_a_hint(true);
}

async fn an_alert_opens_an_incident_and_its_resolution_is_a_hint(ground: &Ground, https: bool) -> Result<()> {
    let authority = Authority::new()?;
    let mut options = Options { database: ground.database().await?, https, ..Options::default() };
    if https {
        let certificate = authority.certificate()?;
        options.envs.push(("MADOGUCHI_TLS__CERTIFICATE".into(), certificate.file.display().to_string()));
        options.envs.push(("MADOGUCHI_TLS__KEY".into(), certificate.key_file.display().to_string()));
    }
    let house = House::of(options).await?.trusting(&authority)?;
    let (events, webhook) = (house.add_customer("○○商事", "EVT").await?, house.add_customer("△△工業", "HOOK").await?);
    let server = Server::start(
        &Config {
            pagerduty: Some((house.desk.url("/v2/enqueue"), events.intake_key.clone())),
            webhook: Some(house.desk.url(&format!("/intake/alertmanager/{}", webhook.intake_key))),
            ca_file: https.then(|| authority.ca_file().to_owned()),
            ..Config::default()
        }
        .yaml(),
    )
    .await?;
    server.post_alerts(&alert(None)).await?;
    // Alertmanager's pagerduty receiver says "error" unless its configuration says otherwise; the webhook carries the label.
    for (customer, severity) in [(&events, "error"), (&webhook, "critical")] {
        let alert = told(&house, customer, "firing").await?;
        assert_eq!(alert["incident"], format!("{}-1", customer.project), "{alert}");
        assert_eq!(alert["severity"], severity, "{alert}");
        let incident =
            Staff::with_key(&house, customer).get(&format!("/api/v1/incidents/{}-1", customer.project)).await?;
        assert!(incident["title"].as_str().is_some_and(|title| title.contains("web01")), "{incident}");
        assert_eq!(incident["state"], "detected", "{incident}");
        assert_eq!(incident["impact"], Value::Null, "{incident}");
    }
    server.post_alerts(&alert(Some("2026-11-22T00:00:00Z"))).await?;
    for customer in [&events, &webhook] {
        told(&house, customer, "resolved").await?;
        let incident =
            Staff::with_key(&house, customer).get(&format!("/api/v1/incidents/{}-1", customer.project)).await?;
        assert_eq!(incident["state"], "detected", "a tool changes no state: {incident}");
    }
    Ok(())
}

fn alert(ends: Option<&str>) -> Value {
    let mut alert = json!({
        "labels": { "alertname": "InstanceDown", "instance": "web01:9100", "severity": "critical" },
        "annotations": { "summary": "web01 が応答しません" },
        "generatorURL": "http://127.0.0.1:9090/graph",
    });
    if let Some(ends) = ends {
        alert["startsAt"] = json!("2026-11-21T00:00:00Z");
        alert["endsAt"] = json!(ends);
    }
    json!([alert])
}

/// Waits until the customer's one alert stands like that.
async fn told(house: &House, customer: &Customer, status: &str) -> Result<Value> {
    let staff = Staff::with_key(house, customer);
    wait::until(&format!("an alert that is {status}"), wait::LIMIT, async || {
        let alerts = staff.get("/api/v1/alerts").await?;
        Ok(Some(alerts["items"][0].clone()).filter(|alert| alert["status"] == status))
    })
    .await
}
