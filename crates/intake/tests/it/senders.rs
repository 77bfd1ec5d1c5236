use crate::desk_under_test::Under;
use gate::Buckets;
use http::StatusCode;
use serde_json::{Value, json};

fn roomy() -> Buckets {
    Buckets::new(1_000.0, 1_000)
}

fn event(key: &str, action: &str, dedup_key: &str) -> String {
    json!({
        "routing_key": key, "event_action": action, "dedup_key": dedup_key,
        "payload": { "summary": "web01 応答なし", "source": "web01", "severity": "critical" },
    })
    .to_string()
}

fn group(name: &str) -> String {
    let labels = json!({ "alertname": name, "instance": "web01" });
    let alerts = json!([{ "status": "firing", "labels": labels, "annotations": {}, "fingerprint": "f1" }]);
    json!({ "version": "4", "groupKey": format!("{{}}:{name}"), "alerts": alerts }).to_string()
}

#[tokio::test]
async fn an_alert_opens_and_a_repeat_joins() {
    let under = Under::new(roomy()).await;
    let (status, _, answer) = under.post("/v2/enqueue", event(&under.key, "trigger", "k")).await;
    assert_eq!(status, StatusCode::ACCEPTED);
    assert_eq!(answer, json!({ "status": "success", "message": "Event processed", "dedup_key": "k" }));
    under.post("/v2/enqueue", event(&under.key, "trigger", "k")).await;
    under.post("/v2/enqueue", event(&under.key, "resolve", "k")).await;
    under.post("/v2/enqueue", event(&under.key, "resolve", "nothing open")).await;
    assert_eq!(under.fates().await, ["new", "joined", "joined", "unmatched"]);
}

#[tokio::test]
async fn a_trigger_without_a_key_is_told_its_fresh_one() {
    let under = Under::new(roomy()).await;
    let (_, _, first) = under.post("/v2/enqueue", event(&under.key, "trigger", "")).await;
    let (_, _, second) = under.post("/v2/enqueue", event(&under.key, "trigger", "")).await;
    assert!(first["dedup_key"].as_str().is_some_and(|key| key.len() == 32), "{first}");
    assert_ne!(first["dedup_key"], second["dedup_key"]);
    assert_eq!(under.fates().await, ["new", "new"]);
}

#[tokio::test]
async fn an_unknown_key_leaves_nothing_behind() {
    let under = Under::new(roomy()).await;
    let stranger = "z".repeat(32);
    let (status, _, answer) = under.post("/v2/enqueue", event(&stranger, "trigger", "k")).await;
    assert_eq!((status, &answer["errors"]), (StatusCode::BAD_REQUEST, &json!(["Invalid routing key"])));
    let (status, _, answer) = under.post("/v2/enqueue", "no json").await;
    assert_eq!((status, &answer["status"]), (StatusCode::BAD_REQUEST, &json!("invalid event")));
    let (status, _, _) = under.post(&format!("/intake/alertmanager/{stranger}"), group("A")).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_eq!(under.fates().await, Vec::<String>::new());
}

#[tokio::test]
async fn what_a_known_key_sent_unreadably_is_kept() {
    let under = Under::new(roomy()).await;
    let whole = event(&under.key, "trigger", "k");
    // The routing key comes after the payload, so the cut must spare it.
    let (status, _, answer) = under.post("/v2/enqueue", whole[..whole.len() - 1].to_owned()).await;
    assert_eq!((status, &answer["status"]), (StatusCode::BAD_REQUEST, &json!("invalid event")));
    let (status, _, _) = under.post("/v2/enqueue", event(&under.key, "explode", "k")).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    let path = format!("/intake/alertmanager/{}", under.key);
    let (status, _, answer) = under.post(&path, "{}").await;
    assert_eq!((status, &answer["events"][0]["fate"]), (StatusCode::ACCEPTED, &json!("unreadable")));
    assert!(answer["unreadable"].as_str().unwrap().contains("groupKey"), "{answer}");
    assert_eq!(under.fates().await, ["unreadable", "unreadable", "unreadable"]);
}

#[tokio::test]
async fn alertmanager_hears_each_events_fate() {
    let under = Under::new(roomy()).await;
    let path = format!("/intake/alertmanager/{}", under.heartbeat_key);
    let (status, _, answer) = under.post(&path, group("InstanceDown")).await;
    assert_eq!((status, &answer["status"]), (StatusCode::ACCEPTED, &json!("accepted")));
    assert_eq!(answer["events"][0]["fate"], "new");
    assert!(answer["events"][0]["incident"].as_str().is_some_and(|key| key.starts_with("ACME-")), "{answer}");
    let (_, _, answer) = under.post(&path, group("Watchdog")).await;
    assert_eq!(answer["events"][0]["fate"], "heartbeat");
    assert_eq!(answer["events"][0].get("incident"), None);
}

#[tokio::test]
async fn changes_are_kept_beside_alerts() {
    let under = Under::new(roomy()).await;
    let body = json!({ "routing_key": under.key, "payload": { "summary": "Deploy 42" } }).to_string();
    let (status, _, answer) = under.post("/v2/change/enqueue", body).await;
    assert_eq!(status, StatusCode::ACCEPTED);
    assert_eq!(answer, json!({ "status": "success", "message": "Change event processed" }));
    assert_eq!(under.fates().await, ["change"]);
}

#[tokio::test]
async fn a_sender_gone_wild_is_told_to_wait() {
    let under = Under::new(Buckets::new(1.0, 1)).await;
    assert_eq!(under.post("/v2/enqueue", event(&under.key, "trigger", "k")).await.0, StatusCode::ACCEPTED);
    let (status, headers, answer) = under.post("/v2/enqueue", event(&under.key, "trigger", "k")).await;
    assert_eq!((status, &headers["retry-after"]), (StatusCode::TOO_MANY_REQUESTS, &"1".parse().unwrap()));
    assert_eq!(answer["type"], "/docs/problems#too-many");
    // Alertmanager would drop what is answered 4xx.
    let (status, headers, _) = under.post(&format!("/intake/alertmanager/{}", under.key), "{}").await;
    assert_eq!((status, &headers["retry-after"]), (StatusCode::SERVICE_UNAVAILABLE, &"1".parse().unwrap()));
    assert_eq!(under.fates().await, ["new"]);
}

#[tokio::test]
async fn a_body_over_the_limit_is_413_and_a_closed_database_503() {
    let under = Under::new(roomy()).await;
    let (status, _, answer) = under.post("/v2/enqueue", vec![b' '; 512 * 1024 + 1]).await;
    assert_eq!((status, &answer["type"]), (StatusCode::PAYLOAD_TOO_LARGE, &json!("/docs/problems#too-large")));
    under.desk.store().close().await;
    let (status, headers, answer) = under.post("/v2/enqueue", event(&under.key, "trigger", "k")).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{answer}");
    assert!(headers.contains_key("retry-after"));
    assert_ne!(answer["detail"], Value::Null);
}
