//! Alertmanager's webhook, version "4" (prometheus.io/docs/alerting/latest/configuration/#webhook_config), and Grafana's
//! likeness of it: `POST /intake/alertmanager/{key}`.
//!
//! An alert is a fingerprint, an incident a groupKey. Alertmanager sends the alerts of a group again and again; each is one
//! event each time. It drops what is answered 4xx, so what a known key sends is always taken: unreadable bodies are
//! answered 202 and kept in quarantine, and a sender over its rate hears 503, which it tries again. A key that promised a heartbeat keeps its promise by a firing `Watchdog` (or a
//! `DeadMansSwitch` of severity none); a resolved one is silence.

use crate::text::{self, SOURCE_MAX, SUMMARY_MAX, shortened};
use crate::{Intake, Unreadable};
use axum::Json;
use axum::extract::State;
use desk::Received;
use domain::alerts::{Action, AlertEvent};
use domain::fact::sha256;
use domain::refusal::{Refusal, RefusalKind};
use gate::{Kind, Path, RawBody, Trouble};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The name of this sender in events and metrics.
pub const SENDER: &str = "alertmanager";
/// Bytes of a body: some ten thousand alerts in one group.
pub const BODY_MAX: usize = 8 * 1024 * 1024;

/// What the sender hears: each event's number, fate and incident.
#[derive(Debug, Serialize)]
pub(crate) struct Taken {
    status: &'static str,
    events: Vec<TakenEvent>,
    /// What is wrong with a body that is kept in quarantine.
    #[serde(skip_serializing_if = "Option::is_none")]
    unreadable: Option<String>,
    /// Alerts that Alertmanager left out of this delivery (`max_alerts`).
    #[serde(skip_serializing_if = "is_zero")]
    truncated: u64,
}

#[derive(Debug, Serialize)]
struct TakenEvent {
    event: u64,
    fate: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    incident: Option<String>,
}

/// The address names no key.
fn unknown_key() -> Trouble {
    let (ja, en) = (
        "アドレスのインテークキーが違います。設定の「キー」で発行したものを使ってください。何も保存していません。",
        "The address holds no known intake key. Use one made under Settings, Keys. Nothing was kept.",
    );
    Refusal { kind: RefusalKind::NotFound, ja: ja.to_owned(), en: en.to_owned() }.into()
}

/// Takes a group of alerts.
pub(crate) async fn receive(
    State(intake): State<Intake>,
    Path(secret): Path<String>,
    RawBody(body): RawBody,
) -> Result<(StatusCode, Json<Taken>), Trouble> {
    let key = intake.desk.intake_key(&secret).await?.ok_or_else(unknown_key)?;
    let group = read(&body);
    let truncated = group.as_ref().map_or(0, |group| group.truncated);
    if truncated > 0 {
        tracing::warn!(key = %key.key, truncated, "Alertmanager left alerts out; raise max_alerts of its webhook");
    }
    let content = group.map(|group| group.events(key.heartbeat)).map_err(|unreadable| unreadable.reason());
    let unreadable = content.as_ref().err().cloned();
    let received = intake.deliver(key, SENDER, &body, content).await.map_err(|trouble| match trouble.kind() {
        Kind::TooMany => trouble.as_unavailable(),
        _ => trouble,
    })?;
    let taken = |Received { event, fate, incident, .. }| TakenEvent {
        event,
        fate: fate.code(),
        incident: incident.map(|incident| incident.to_string()),
    };
    let events = received.into_iter().map(taken).collect();
    Ok((StatusCode::ACCEPTED, Json(Taken { status: "accepted", events, unreadable, truncated })))
}

/// Reads a group of alerts, each as one event, in their order.
///
/// # Errors
/// It is not the shape of the webhook, or holds no alert; the field is named.
pub fn parse(bytes: &[u8], promises_heartbeat: bool) -> Result<Vec<AlertEvent>, Unreadable> {
    read(bytes).map(|group| group.events(promises_heartbeat))
}

/// The body; whatever else it says is ignored.
#[derive(Deserialize)]
struct Group {
    #[serde(rename = "groupKey")]
    key: String,
    #[serde(default, rename = "truncatedAlerts")]
    truncated: u64,
    alerts: Vec<Alert>,
}

type Texts = BTreeMap<String, String>;

#[derive(Deserialize)]
struct Alert {
    status: Status,
    #[serde(default)]
    labels: Option<Texts>,
    #[serde(default)]
    annotations: Option<Texts>,
    #[serde(default)]
    fingerprint: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Status {
    Firing,
    Resolved,
}

fn read(bytes: &[u8]) -> Result<Group, Unreadable> {
    // Serde would take a list for an object, field by field.
    if bytes.trim_ascii_start().first() == Some(&b'[') {
        return Err(Unreadable::one("the body is a list, not an object"));
    }
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let group: Group =
        serde_path_to_error::deserialize(&mut reader).map_err(|error| Unreadable::one(error.to_string()))?;
    reader.end().map_err(|error| Unreadable::one(format!("after the object: {error}")))?;
    if group.key.is_empty() || group.key.contains('\0') {
        return Err(Unreadable::one("groupKey: is empty or holds a NUL character"));
    }
    if group.alerts.is_empty() {
        return Err(Unreadable::one("alerts: there is none"));
    }
    let has_nul = |alert: &Alert| alert.fingerprint.as_ref().is_some_and(|print| print.contains('\0'));
    if let Some(n) = group.alerts.iter().position(has_nul) {
        return Err(Unreadable::one(format!("alerts[{n}].fingerprint: holds a NUL character")));
    }
    Ok(group)
}

impl Group {
    fn events(self, promises_heartbeat: bool) -> Vec<AlertEvent> {
        let dedup_key = text::key(&self.key);
        self.alerts.into_iter().map(|alert| alert.event(&dedup_key, promises_heartbeat)).collect()
    }
}

impl Alert {
    fn event(self, dedup_key: &str, promises_heartbeat: bool) -> AlertEvent {
        let (labels, annotations) = (self.labels.unwrap_or_default(), self.annotations.unwrap_or_default());
        let action = match self.status {
            Status::Resolved => Action::Resolve,
            Status::Firing if promises_heartbeat && is_heartbeat(&labels) => Action::Heartbeat,
            Status::Firing => Action::Trigger,
        };
        let fingerprint = self.fingerprint.filter(|print| !print.is_empty()).unwrap_or_else(|| fingerprint(&labels));
        let said =
            first(&annotations, &["summary", "description", "message"]).or_else(|| first(&labels, &["alertname"]));
        let summary = said.map_or_else(|| named(&labels), str::to_owned);
        let source = first(&labels, &["instance", "host", "hostname", "node", "job"]).unwrap_or(SENDER);
        AlertEvent {
            action,
            dedup_key: dedup_key.to_owned(),
            alert_key: text::key(&fingerprint),
            severity: severity(labels.get("severity").map_or("", String::as_str)).to_owned(),
            summary: shortened(&summary, SUMMARY_MAX),
            source: shortened(source, SOURCE_MAX),
        }
    }
}

/// The first of these that says something.
fn first<'t>(texts: &'t Texts, names: &[&str]) -> Option<&'t str> {
    names.iter().filter_map(|name| texts.get(*name)).map(String::as_str).find(|text| !text::one_line(text).is_empty())
}

/// `Watchdog` is kube-prometheus' name; others write `DeadMansSwitch`.
fn is_heartbeat(labels: &Texts) -> bool {
    let name = labels.get("alertname").map_or("", String::as_str);
    let is_none = labels.get("severity").is_some_and(|severity| severity == "none");
    name == "Watchdog" || name == "DeadMansSwitch" && is_none
}

/// Severity is a label people choose; what we do not know counts as a warning.
fn severity(label: &str) -> &'static str {
    match label.trim().to_ascii_lowercase().as_str() {
        "critical" | "crit" | "page" | "fatal" | "disaster" | "emergency" => "critical",
        "error" | "err" | "high" | "major" => "error",
        "info" | "information" | "informational" | "notice" | "none" | "debug" => "info",
        _ => "warning",
    }
}

/// The labels in place of a fingerprint: equal labels are one alert.
fn fingerprint(labels: &Texts) -> String {
    let parts: Vec<&[u8]> =
        labels.iter().flat_map(|(name, value)| [name.as_bytes(), b"\0", value.as_bytes(), b"\0"]).collect();
    format!("labels:{}", sha256(&parts))
}

/// The labels in place of a summary.
fn named(labels: &Texts) -> String {
    let pairs: Vec<String> = labels.iter().map(|(name, value)| format!("{name}={value}")).collect();
    if pairs.is_empty() { "(要約なし)".to_owned() } else { pairs.join(" ") }
}

const fn is_zero(number: &u64) -> bool {
    *number == 0
}

#[cfg(test)]
mod tests;
