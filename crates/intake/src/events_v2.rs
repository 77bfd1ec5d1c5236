//! PagerDuty's Events API v2 (developer.pagerduty.com/docs/events-api-v2, read 2026): `POST /v2/enqueue` for alerts,
//! `POST /v2/change/enqueue` for changes.
//!
//! The action decides, never the severity: a resolve event may carry a whole payload saying critical. A body over 512 KiB is
//! answered 413. A key that promised a heartbeat keeps its promise by triggers whose `payload.class` is `heartbeat`.

mod answer;
mod fields;

use crate::text::{KEY_MAX, SOURCE_MAX, SUMMARY_MAX, one_line, shortened};
use crate::{Intake, Unreadable};
use answer::{accepted, changed, invalid};
use axum::body::Bytes;
use axum::extract::State;
use axum::response::Response;
use domain::alerts::{Action, AlertEvent};
use fields::Fields;
use gate::{RawBody, Trouble};
use serde_json::{Map, Value};

/// The name of this sender in events and metrics.
pub const SENDER: &str = "events_v2";
/// Letters of a routing key.
const ROUTING_KEY: usize = 32;
const SEVERITIES: [&str; 4] = ["critical", "error", "warning", "info"];

/// Takes an alert.
pub(crate) async fn enqueue(state: State<Intake>, RawBody(body): RawBody) -> Result<Response, Trouble> {
    handle(state, body, parse).await
}

/// Takes a change.
pub(crate) async fn enqueue_change(state: State<Intake>, RawBody(body): RawBody) -> Result<Response, Trouble> {
    handle(state, body, |body, _, fresh| parse_change(body, fresh)).await
}

async fn handle(
    State(intake): State<Intake>,
    body: Bytes,
    parse: impl FnOnce(&[u8], bool, fn() -> String) -> Result<Vec<AlertEvent>, Unreadable>,
) -> Result<Response, Trouble> {
    let Some(secret) = routing_key(&body) else {
        let no_key = || Unreadable::one("routing_key is missing: it has 32 letters and digits");
        // Whose it is cannot be known, so nothing is kept; its own faults help the sender more.
        return Ok(invalid(&parse(&body, false, String::new).err().unwrap_or_else(no_key)));
    };
    let Some(key) = intake.desk.intake_key(&secret).await? else {
        return Ok(invalid(&Unreadable::one("Invalid routing key")));
    };
    let content = parse(&body, key.heartbeat, store::random::letters::<32>);
    let answer = match &content {
        Ok(events) => match events.first() {
            Some(event) if event.action != Action::Change => accepted(&event.dedup_key),
            _ => changed(),
        },
        Err(unreadable) => invalid(unreadable),
    };
    intake.deliver(key, SENDER, &body, content.map_err(|unreadable| unreadable.reason())).await?;
    Ok(answer)
}

/// Reads an alert event. `fresh` makes the dedup key of a trigger that brings none.
///
/// # Errors
/// Every fault of the body, each with its field.
pub fn parse(bytes: &[u8], promises_heartbeat: bool, fresh: fn() -> String) -> Result<Vec<AlertEvent>, Unreadable> {
    let body = object(bytes)?;
    let mut fields = Fields::new(&body);
    fields.check_routing_key();
    let action = match fields.required("event_action", usize::MAX).as_deref() {
        Some("trigger") => Some(Action::Trigger),
        Some("acknowledge") => Some(Action::Acknowledge),
        Some("resolve") => Some(Action::Resolve),
        Some(_) => fields.fault("event_action is not one of trigger, acknowledge, resolve"),
        None => None,
    };
    let dedup_key = fields.optional("dedup_key", KEY_MAX).filter(|key| !key.is_empty());
    if dedup_key.is_none() && matches!(action, Some(Action::Acknowledge | Action::Resolve)) {
        fields.fault::<()>("dedup_key is missing: acknowledge and resolve need the key of what they are about");
    }
    for name in ["client", "client_url"] {
        fields.optional(name, usize::MAX);
    }
    for name in ["images", "links"] {
        fields.objects(name);
    }
    let about = match action {
        Some(Action::Trigger) => fields.payload(About::strictly),
        // PagerDuty looks at no payload here, so a wrong one refuses nothing.
        _ => body.get("payload").and_then(Value::as_object).map(About::leniently),
    };
    let action = fields.done(action)?;
    let about = about.unwrap_or_default();
    let dedup_key = dedup_key.unwrap_or_else(fresh);
    let keeps_promise =
        promises_heartbeat && action == Action::Trigger && about.class.eq_ignore_ascii_case("heartbeat");
    Ok(vec![AlertEvent {
        action: if keeps_promise { Action::Heartbeat } else { action },
        alert_key: dedup_key.clone(),
        dedup_key,
        severity: about.severity,
        summary: about.summary,
        source: about.source,
    }])
}

/// Reads a change event.
///
/// # Errors
/// Every fault of the body, each with its field.
pub fn parse_change(bytes: &[u8], fresh: fn() -> String) -> Result<Vec<AlertEvent>, Unreadable> {
    let body = object(bytes)?;
    let mut fields = Fields::new(&body);
    fields.check_routing_key();
    for name in ["images", "links"] {
        fields.objects(name);
    }
    let about = fields.payload(|payload| {
        let summary = payload.required("summary", SUMMARY_MAX).unwrap_or_default();
        let source = payload.optional("source", SOURCE_MAX).unwrap_or_default();
        payload.timestamp("timestamp");
        payload.json_object("custom_details");
        About { summary: one_line(&summary), source: one_line(&source), ..About::default() }
    });
    let about = fields.done(about)?;
    let key = fresh();
    Ok(vec![AlertEvent {
        action: Action::Change,
        dedup_key: key.clone(),
        alert_key: key,
        severity: about.severity,
        summary: about.summary,
        source: about.source,
    }])
}

/// What the payload says.
struct About {
    severity: String,
    summary: String,
    source: String,
    class: String,
}

impl Default for About {
    fn default() -> Self {
        Self { severity: "info".into(), summary: String::new(), source: String::new(), class: String::new() }
    }
}

impl About {
    fn strictly(payload: &mut Fields<'_>) -> Self {
        let summary = payload.required("summary", SUMMARY_MAX).unwrap_or_default();
        let source = payload.required("source", SOURCE_MAX).unwrap_or_default();
        let severity = payload.required("severity", usize::MAX).unwrap_or_default();
        if !severity.is_empty() && !SEVERITIES.contains(&severity.as_str()) {
            payload.fault::<()>("severity is not one of critical, error, warning, info");
        }
        let class = payload.optional("class", usize::MAX).unwrap_or_default();
        for name in ["component", "group"] {
            payload.optional(name, usize::MAX);
        }
        payload.timestamp("timestamp");
        payload.json_object("custom_details");
        Self { severity, summary: one_line(&summary), source: one_line(&source), class }
    }

    fn leniently(payload: &Map<String, Value>) -> Self {
        let text = |name: &str, max| shortened(payload.get(name).and_then(Value::as_str).unwrap_or_default(), max);
        let severity = text("severity", 16);
        let known = SEVERITIES.contains(&severity.as_str());
        let severity = if known { severity } else { Self::default().severity };
        Self {
            severity,
            summary: text("summary", SUMMARY_MAX),
            source: text("source", SOURCE_MAX),
            class: String::new(),
        }
    }
}

fn object(bytes: &[u8]) -> Result<Map<String, Value>, Unreadable> {
    match serde_json::from_slice(bytes) {
        Ok(Value::Object(body)) => Ok(body),
        Ok(_) => Err(Unreadable::one("the body is JSON, but no object")),
        Err(error) => Err(Unreadable::one(format!("the body is no JSON: {error}"))),
    }
}

/// The routing key of a body; of a broken one too, so that a truncated event of a known key is kept and not lost.
fn routing_key(bytes: &[u8]) -> Option<String> {
    let key = match serde_json::from_slice::<Value>(bytes) {
        Ok(body) => body.get("routing_key")?.as_str()?.to_owned(),
        Err(_) => fished_key(bytes)?,
    };
    is_routing_key(&key).then_some(key)
}

fn is_routing_key(text: &str) -> bool {
    text.len() == ROUTING_KEY && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// The text after `"routing_key":` in bytes that are no JSON.
fn fished_key(bytes: &[u8]) -> Option<String> {
    const NAME: &[u8] = b"\"routing_key\"";
    let after = bytes.windows(NAME.len()).position(|window| window == NAME)? + NAME.len();
    let rest = bytes[after..].trim_ascii_start().strip_prefix(b":")?.trim_ascii_start().strip_prefix(b"\"")?;
    let key = rest.get(..ROUTING_KEY).filter(|_| rest.get(ROUTING_KEY) == Some(&b'"'))?;
    String::from_utf8(key.to_vec()).ok()
}

#[cfg(test)]
mod tests;
