#![expect(clippy::needless_pass_by_value, reason = "a case reads best with its values in place")]

use super::*;
use proptest::prelude::*;
use serde_json::{Value, json};

/// A body as Alertmanager 0.25 sends it, with the given alerts.
fn body(alerts: Value) -> Vec<u8> {
    let body = json!({
        "receiver": "desk", "status": "firing", "alerts": alerts,
        "groupLabels": { "alertname": "InstanceDown" }, "commonLabels": {}, "commonAnnotations": {},
        "externalURL": "http://am:9093", "version": "4", "groupKey": "{}:{alertname=\"InstanceDown\"}", "truncatedAlerts": 0,
    });
    serde_json::to_vec(&body).unwrap()
}

fn alert(status: &str, labels: Value, annotations: Value) -> Value {
    json!({
        "status": status, "labels": labels, "annotations": annotations, "startsAt": "2026-11-22T03:12:00.123Z",
        "endsAt": "0001-01-01T00:00:00Z", "generatorURL": "http://prometheus:9090/graph", "fingerprint": "8a2b1c3d4e5f6071",
    })
}

fn one(labels: Value, annotations: Value) -> AlertEvent {
    parse(&body(json!([alert("firing", labels, annotations)])), false).unwrap().remove(0)
}

#[test]
fn each_alert_is_an_event_of_its_groups_incident() {
    let labels = json!({ "alertname": "InstanceDown", "instance": "web01:9100", "job": "node", "severity": "page" });
    let first = alert("firing", labels, json!({ "summary": "web01 応答なし" }));
    let mut second = alert("resolved", json!({ "alertname": "InstanceDown", "instance": "web02:9100" }), json!({}));
    second["fingerprint"] = json!("ffff");
    let events = parse(&body(json!([first, second])), false).unwrap();
    let expected = AlertEvent {
        action: Action::Trigger,
        dedup_key: "{}:{alertname=\"InstanceDown\"}".into(),
        alert_key: "8a2b1c3d4e5f6071".into(),
        severity: "critical".into(),
        summary: "web01 応答なし".into(),
        source: "web01:9100".into(),
    };
    assert_eq!(events[0], expected);
    assert_eq!((events[1].action, events[1].alert_key.as_str()), (Action::Resolve, "ffff"));
    assert_eq!(events[1].summary, "InstanceDown");
}

#[test]
fn the_summary_is_the_first_text_that_says_something() {
    let check = |labels: Value, annotations: Value, expected: &str| {
        assert_eq!(one(labels.clone(), annotations.clone()).summary, expected, "{labels} {annotations}");
    };
    check(json!({ "alertname": "A" }), json!({ "summary": " ", "description": "two\nlines" }), "two lines");
    check(json!({ "alertname": "A" }), json!(null), "A");
    check(json!({ "job": "node", "env": "prod" }), json!({}), "env=prod job=node");
    check(json!({}), json!({}), "(要約なし)");
    let long = one(json!({}), json!({ "summary": "字".repeat(2000) })).summary;
    assert_eq!((long.chars().count(), long.ends_with('…')), (1024, true));
}

#[test]
fn the_source_is_the_nearest_thing_to_a_host() {
    assert_eq!(one(json!({ "job": "node", "host": "db01" }), json!({})).source, "db01");
    assert_eq!(one(json!({ "job": "node" }), json!({})).source, "node");
    assert_eq!(one(json!({}), json!({})).source, "alertmanager");
}

#[test]
fn severities_are_mapped_and_unknown_ones_are_warnings() {
    for (label, expected) in [
        ("critical", "critical"),
        ("Page", "critical"),
        ("high", "error"),
        ("none", "info"),
        ("P3", "warning"),
        ("", "warning"),
    ] {
        assert_eq!(one(json!({ "severity": label }), json!({})).severity, expected, "{label}");
    }
    assert_eq!(one(json!({}), json!({})).severity, "warning");
}

#[test]
fn a_watchdog_keeps_a_promise_only_while_it_fires_and_only_where_one_was_made() {
    let action = |status: &str, labels: Value, promises| {
        parse(&body(json!([alert(status, labels, json!({}))])), promises).unwrap()[0].action
    };
    let watchdog = || json!({ "alertname": "Watchdog", "severity": "none" });
    assert_eq!(action("firing", watchdog(), true), Action::Heartbeat);
    assert_eq!(action("firing", watchdog(), false), Action::Trigger);
    assert_eq!(action("resolved", watchdog(), true), Action::Resolve);
    assert_eq!(action("firing", json!({ "alertname": "DeadMansSwitch", "severity": "none" }), true), Action::Heartbeat);
    assert_eq!(action("firing", json!({ "alertname": "DeadMansSwitch", "severity": "page" }), true), Action::Trigger);
}

#[test]
fn without_a_fingerprint_equal_labels_are_one_alert() {
    let bare = |labels: Value| {
        parse(&body(json!([{ "status": "firing", "labels": labels }])), false).unwrap().remove(0).alert_key
    };
    let first = bare(json!({ "a": "1", "b": "2" }));
    assert_eq!(first, bare(json!({ "b": "2", "a": "1" })));
    assert_ne!(first, bare(json!({ "a": "1", "b": "3" })));
}

#[test]
fn a_long_group_key_becomes_its_hash() {
    let bytes =
        serde_json::to_vec(&json!({ "groupKey": "k".repeat(300), "alerts": [{ "status": "firing" }] })).unwrap();
    let events = parse(&bytes, false).unwrap();
    assert!(events[0].dedup_key.starts_with("sha256:"), "{}", events[0].dedup_key);
}

#[test]
fn grafanas_likeness_is_read() {
    let grafana = json!({
        "receiver": "desk", "status": "firing", "orgId": 1, "version": "1", "title": "[FIRING:1]", "state": "alerting",
        "message": "…", "groupKey": "{}:{alertname=\"High\"}", "truncatedAlerts": 2,
        "alerts": [{
            "status": "firing", "labels": { "alertname": "High", "grafana_folder": "ops" }, "annotations": {},
            "values": { "A": 93.5 }, "valueString": "[ var='A' ]", "silenceURL": "https://g/s", "dashboardURL": "", "panelURL": "",
            "startsAt": "2026-11-22T03:12:00Z", "endsAt": "0001-01-01T00:00:00Z", "fingerprint": "c6eadffa33fcdf37",
        }],
    });
    let bytes = serde_json::to_vec(&grafana).unwrap();
    assert_eq!(parse(&bytes, false).unwrap()[0].alert_key, "c6eadffa33fcdf37");
    assert_eq!(read(&bytes).ok().map(|group| group.truncated), Some(2));
}

#[test]
fn what_cannot_be_read_names_its_field() {
    let check = |json: &str, part: &str| {
        let reason = parse(json.as_bytes(), false).unwrap_err().reason();
        assert!(reason.contains(part), "{json}: {reason}");
    };
    check("", "EOF");
    check("[]", "list");
    check(r#" ["k",0,[{"status":"firing"}]]"#, "list");
    check(r#"{"alerts":[]}"#, "groupKey");
    check(r#"{"groupKey":"k"}"#, "alerts");
    check(r#"{"groupKey":"k","alerts":[]}"#, "alerts: there is none");
    check(r#"{"groupKey":"","alerts":[{"status":"firing"}]}"#, "groupKey");
    check(r#"{"groupKey":"k","alerts":[{"status":"firing"},{"status":"broken"}]}"#, "alerts[1].status");
    check(r#"{"groupKey":"k","alerts":[{"status":"firing","labels":{"a":1}}]}"#, "alerts[0].labels.a");
    check(r#"{"groupKey":"k","alerts":[{"status":"firing","fingerprint":"\u0000"}]}"#, "alerts[0].fingerprint");
    check(r#"{"groupKey":"\ud800","alerts":[]}"#, "groupKey");
    check(r#"{"groupKey":"k","alerts":[{"status":"firing"}]} x"#, "after the object");
}

#[test]
fn thousands_of_alerts_are_one_delivery() {
    let alerts: Vec<Value> =
        (0..5_000).map(|n| alert("firing", json!({ "instance": n.to_string() }), json!({}))).collect();
    assert_eq!(parse(&body(json!(alerts)), false).unwrap().len(), 5_000);
}

proptest! {
    #[test]
    fn whatever_is_taken_is_within_limits(
        key in ".{0,300}", print in ".{0,300}", name in ".{0,40}", value in ".{0,1100}", firing: bool, promises: bool,
    ) {
        let status = if firing { "firing" } else { "resolved" };
        let labels = json!({ name.clone(): value, "severity": name });
        let alert = json!({ "status": status, "labels": labels, "annotations": { "summary": value }, "fingerprint": print });
        let bytes = serde_json::to_vec(&json!({ "groupKey": key, "alerts": [alert] })).unwrap();
        if let Ok(events) = parse(&bytes, promises) {
            for event in events {
                prop_assert!((1..=255).contains(&event.dedup_key.chars().count()));
                prop_assert!((1..=255).contains(&event.alert_key.chars().count()));
                prop_assert!(event.summary.chars().count() <= SUMMARY_MAX && event.source.chars().count() <= SOURCE_MAX);
                prop_assert!(!event.summary.contains('\0') && !event.dedup_key.contains('\0'));
            }
        } else {
            prop_assert!(key.is_empty() || key.contains('\0') || print.contains('\0'));
        }
    }

    #[test]
    fn no_bytes_bring_it_down(bytes: Vec<u8>, at: prop::sample::Index, byte: u8) {
        let _ = parse(&bytes, true);
        let mut mutated = body(json!([alert("firing", json!({ "a": "b" }), json!({}))]));
        let place = at.index(mutated.len());
        mutated[place] = byte;
        let _ = parse(&mutated, true);
        prop_assert!(parse(&mutated[..place], true).is_err());
    }
}
