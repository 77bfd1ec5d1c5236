//! Alert bodies as the senders write them, ready to be posted.

use crate::client::post;
use serde_json::{Value, json};

/// A trigger of the Events API v2.
pub fn events_v2(routing_key: &str, dedup_key: &str) -> Vec<u8> {
    let body = json!({
        "routing_key": routing_key,
        "event_action": "trigger",
        "dedup_key": dedup_key,
        "payload": { "summary": "web01 応答なし", "source": "web01", "severity": "critical" },
    });
    post("/v2/enqueue", &body.to_string())
}

/// A webhook of Alertmanager with that many firing alerts of one group; alert `n` has the fingerprint `{group}-{n}`.
pub fn alertmanager_webhook(key: &str, group: &str, alerts: usize) -> Vec<u8> {
    let alerts: Vec<Value> = (0..alerts).map(|n| alert(group, n)).collect();
    let body = json!({
        "version": "4", "groupKey": group, "truncatedAlerts": 0, "status": "firing", "receiver": "desk",
        "groupLabels": {}, "commonLabels": {}, "commonAnnotations": {}, "externalURL": "http://127.0.0.1:9093",
        "alerts": alerts,
    });
    post(&format!("/intake/alertmanager/{key}"), &body.to_string())
}

fn alert(group: &str, n: usize) -> Value {
    json!({
        "status": "firing",
        "labels": { "alertname": "InstanceDown", "instance": format!("web{n}:9100"), "severity": "critical" },
        "annotations": { "summary": format!("web{n} 応答なし") },
        "startsAt": "2026-11-22T03:12:00Z", "endsAt": "0001-01-01T00:00:00Z",
        "generatorURL": "http://127.0.0.1:9090/graph", "fingerprint": fingerprint(group, n),
    })
}

/// The fingerprint of alert `n` of a group.
pub fn fingerprint(group: &str, n: usize) -> String {
    format!("{group}-{n}")
}

/// What Prometheus posts to Alertmanager: that many alerts named by `group`.
pub fn prometheus_alerts(group: &str, alerts: usize) -> Vec<u8> {
    let alerts: Vec<Value> = (0..alerts)
        .map(|n| {
            json!({
                "labels": { "alertname": "InstanceDown", "group": group, "instance": format!("web{n}:9100"), "severity": "critical" },
                "annotations": { "summary": format!("web{n} 応答なし") },
                "generatorURL": "http://127.0.0.1:9090/graph",
            })
        })
        .collect();
    post("/api/v2/alerts", &Value::Array(alerts).to_string())
}
