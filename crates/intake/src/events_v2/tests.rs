#![expect(clippy::needless_pass_by_value, reason = "a case reads best with its values in place")]

use super::*;
use proptest::prelude::*;
use serde_json::json;

const KEY: &str = "0123456789abcdefghjkmnpqrstvwxyz";

fn fresh() -> String {
    "fresh".to_owned()
}

/// A right trigger with `change` merged over it; a null takes a field away.
fn body(change: Value) -> Vec<u8> {
    let mut body = json!({
        "routing_key": KEY, "event_action": "trigger", "dedup_key": "web01/http",
        "payload": { "summary": "web01 応答なし", "source": "web01", "severity": "critical" },
    });
    merge(&mut body, change);
    serde_json::to_vec(&body).unwrap()
}

fn merge(into: &mut Value, change: Value) {
    match (into, change) {
        (Value::Object(into), Value::Object(change)) => {
            for (name, value) in change {
                merge(into.entry(name).or_insert(Value::Null), value);
            }
        }
        (into, change) => *into = change,
    }
}

fn refused(change: Value, errors: &[&str]) {
    let said = parse(&body(change.clone()), false, fresh).map_err(|unreadable| unreadable.errors);
    assert_eq!(said.err().as_deref(), Some(&errors.iter().map(|&e| e.to_owned()).collect::<Vec<_>>()[..]), "{change}");
}

fn taken(change: Value) -> AlertEvent {
    let mut events = parse(&body(change.clone()), false, fresh).unwrap_or_else(|fault| panic!("{change}: {fault:?}"));
    assert_eq!(events.len(), 1);
    events.remove(0)
}

#[test]
fn a_trigger_is_taken_as_it_is() {
    let event = taken(json!({}));
    let expected = AlertEvent {
        action: Action::Trigger,
        dedup_key: "web01/http".into(),
        alert_key: "web01/http".into(),
        severity: "critical".into(),
        summary: "web01 応答なし".into(),
        source: "web01".into(),
    };
    assert_eq!(event, expected);
}

#[test]
fn a_trigger_without_a_key_gets_a_fresh_one() {
    for absent in [json!(null), json!("")] {
        let event = taken(json!({ "dedup_key": absent }));
        assert_eq!((event.dedup_key.as_str(), event.alert_key.as_str()), ("fresh", "fresh"));
    }
}

#[test]
fn the_action_decides_and_not_the_severity() {
    assert_eq!(taken(json!({ "event_action": "resolve" })).action, Action::Resolve);
    assert_eq!(taken(json!({ "event_action": "acknowledge", "payload": null })).action, Action::Acknowledge);
    let bare = taken(json!({ "event_action": "resolve", "payload": "whatever" }));
    assert_eq!((bare.severity.as_str(), bare.summary.as_str()), ("info", ""));
}

#[test]
fn every_field_is_checked_by_name() {
    refused(json!({ "routing_key": "short" }), &["routing_key has not 32 letters and digits"]);
    refused(json!({ "event_action": null }), &["event_action is missing"]);
    refused(json!({ "event_action": "Trigger" }), &["event_action is not one of trigger, acknowledge, resolve"]);
    refused(json!({ "event_action": 1 }), &["event_action is no text"]);
    refused(json!({ "dedup_key": "k".repeat(256) }), &["dedup_key is longer than 255 characters"]);
    refused(json!({ "dedup_key": "a\u{0}" }), &["dedup_key holds a NUL character"]);
    refused(json!({ "payload": null }), &["payload is missing"]);
    refused(json!({ "payload": [] }), &["payload is no object"]);
    refused(json!({ "payload": { "summary": null } }), &["payload.summary is missing"]);
    refused(json!({ "payload": { "summary": " \n" } }), &["payload.summary is blank"]);
    refused(
        json!({ "payload": { "summary": "字".repeat(1025) } }),
        &["payload.summary is longer than 1024 characters"],
    );
    refused(json!({ "payload": { "source": {} } }), &["payload.source is no text"]);
    refused(
        json!({ "payload": { "severity": "page" } }),
        &["payload.severity is not one of critical, error, warning, info"],
    );
    refused(
        json!({ "payload": { "timestamp": "yesterday" } }),
        &["payload.timestamp is no date and time such as 2026-11-22T03:12:00+09:00"],
    );
    refused(json!({ "payload": { "class": 5 } }), &["payload.class is no text"]);
    refused(json!({ "payload": { "custom_details": "x" } }), &["payload.custom_details is no object"]);
    refused(json!({ "links": {} }), &["links is no list of objects"]);
    refused(json!({ "images": ["x"] }), &["images is no list of objects"]);
    refused(json!({ "client": 1 }), &["client is no text"]);
    for action in ["resolve", "acknowledge"] {
        let missing = "dedup_key is missing: acknowledge and resolve need the key of what they are about";
        refused(json!({ "event_action": action, "dedup_key": null }), &[missing]);
    }
}

#[test]
fn all_faults_are_told_at_once() {
    let change = json!({ "dedup_key": 5, "payload": { "summary": null, "severity": null } });
    refused(change, &["dedup_key is no text", "payload.summary is missing", "payload.severity is missing"]);
}

#[test]
fn limits_are_inclusive_and_count_characters() {
    assert_eq!(taken(json!({ "payload": { "summary": "字".repeat(1024) } })).summary.chars().count(), 1024);
    assert_eq!(taken(json!({ "dedup_key": "鍵".repeat(255) })).dedup_key.chars().count(), 255);
}

#[test]
fn timestamps_of_real_clients_are_taken() {
    // RFC 3339, PagerDuty's own example without a colon, Python's isoformat without an offset.
    for stamp in ["2026-11-22T03:12:00.123+09:00", "2015-07-17T08:42:58.315+0000", "2026-11-22T03:12:00.123456"] {
        taken(json!({ "payload": { "timestamp": stamp } }));
    }
}

#[test]
fn unknown_fields_are_ignored_and_null_is_absent() {
    taken(
        json!({ "source_origin": { "a": [1] }, "client": null, "links": null, "payload": { "extra": 1, "class": null } }),
    );
}

#[test]
fn a_heartbeat_is_a_trigger_of_that_class_by_a_key_that_promised_one() {
    let beat = body(json!({ "payload": { "class": "Heartbeat" } }));
    let action = |promises| parse(&beat, promises, fresh).unwrap()[0].action;
    assert_eq!((action(true), action(false)), (Action::Heartbeat, Action::Trigger));
    assert_eq!(parse(&body(json!({})), true, fresh).unwrap()[0].action, Action::Trigger);
}

#[test]
fn what_is_no_json_object_is_unreadable() {
    let deep = "[".repeat(10_000);
    let surrogate = r#"{"routing_key":"\ud800"}"#;
    for wrong in ["", "[]", "null", "{", deep.as_str(), surrogate] {
        assert!(parse(wrong.as_bytes(), false, fresh).is_err(), "{wrong:.20}");
        assert!(parse_change(wrong.as_bytes(), fresh).is_err(), "{wrong:.20}");
    }
    assert!(parse(b"{\"a\":\"\xff\"}", false, fresh).is_err());
}

#[test]
fn the_key_of_a_broken_body_is_found() {
    let whole = body(json!({}));
    // Written last; a cut inside it leaves no key.
    let cut = &whole[..whole.len() - 1];
    assert_eq!(routing_key(&whole).as_deref(), Some(KEY));
    assert_eq!(routing_key(cut).as_deref(), Some(KEY));
    assert_eq!(routing_key(&whole[..whole.len() - 3]), None);
    assert_eq!(
        routing_key(format!("{{\"routing_key\" : \"{KEY}\", \"dedup_key\": \"\\ud800\"").as_bytes()).as_deref(),
        Some(KEY)
    );
    for none in ["", "{", r#"{"routing_key":"#, r#"{"routing_key":"short","#, r#"{"routing_key":5}"#, "[]"] {
        assert_eq!(routing_key(none.as_bytes()), None, "{none}");
    }
    assert_eq!(routing_key(format!("\"routing_key\":\"{KEY}x\"").as_bytes()), None);
}

#[test]
fn a_change_event_needs_a_summary_alone() {
    let bytes = serde_json::to_vec(&json!({
        "routing_key": KEY,
        "payload": { "summary": "Deploy 42", "timestamp": "2026-11-22T03:12:00Z", "custom_details": {} },
        "links": [{ "href": "https://ci.example/42", "text": "CI" }],
    }));
    let events = parse_change(&bytes.unwrap(), fresh).unwrap();
    assert_eq!((events[0].action, events[0].summary.as_str()), (Action::Change, "Deploy 42"));
    let wrong = parse_change(br#"{"routing_key":"x","payload":{}}"#, fresh).unwrap_err();
    assert_eq!(wrong.errors, ["routing_key has not 32 letters and digits", "payload.summary is missing"]);
}

/// Any JSON, three levels deep, with the names the parser looks for.
fn any_json() -> impl Strategy<Value = Value> {
    let name = prop_oneof![
        Just("routing_key"),
        Just("event_action"),
        Just("dedup_key"),
        Just("payload"),
        Just("summary"),
        Just("source"),
        Just("severity"),
        Just("timestamp"),
        Just("class"),
        Just("links"),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        Just(json!(KEY)),
        Just(json!("trigger")),
        Just(json!("resolve")),
        Just(json!("error")),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        ".{0,1100}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 40, 8, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::vec((name.clone(), inner), 0..10).prop_map(|fields| Value::Object(
                fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
            )),
        ]
    })
}

fn within_limits(events: &[AlertEvent]) -> bool {
    events.iter().all(|event| {
        (1..=255).contains(&event.dedup_key.chars().count())
            && event.summary.chars().count() <= SUMMARY_MAX
            && event.source.chars().count() <= SOURCE_MAX
            && SEVERITIES.contains(&event.severity.as_str())
            && !format!("{event:?}").contains("\\0")
    })
}

proptest! {
    #[test]
    fn whatever_is_taken_is_within_limits(change in any_json(), promises: bool) {
        let (bytes, whole) = (body(change.clone()), serde_json::to_vec(&change).unwrap());
        for bytes in [bytes, whole] {
            match parse(&bytes, promises, fresh) {
                Ok(events) => prop_assert!(within_limits(&events)),
                Err(unreadable) => prop_assert!(!unreadable.errors.is_empty()),
            }
            if let Err(unreadable) = parse_change(&bytes, fresh) {
                prop_assert!(!unreadable.errors.is_empty());
            }
        }
    }

    #[test]
    fn no_bytes_bring_it_down(bytes: Vec<u8>, at: prop::sample::Index, byte: u8) {
        let _ = (parse(&bytes, true, fresh).is_ok(), routing_key(&bytes));
        let mut mutated = body(json!({}));
        let place = at.index(mutated.len());
        mutated[place] = byte;
        if let Ok(events) = parse(&mutated, true, fresh) {
            prop_assert!(within_limits(&events));
        }
        let _ = routing_key(&mutated[..place]);
    }
}
