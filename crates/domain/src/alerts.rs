//! Alerts: what a sender told, and what becomes of it (R-4.2.1-11; design: intake).
//!
//! One open incident per (project, dedup key). An event has exactly one [`Fate`]. What a tool says about acknowledging or
//! resolving is a fact and a hint, never a change of state by itself.

use crate::fact::Body;
use crate::ids::RecordKey;
use crate::incident::REJOIN_MINUTES;
use crate::time::Instant;
use serde::{Deserialize, Serialize};

/// What a sender asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Something is wrong.
    Trigger,
    /// Somebody looks at it, says the tool.
    Acknowledge,
    /// It is over, says the tool.
    Resolve,
    /// The sender is alive.
    Heartbeat,
    /// Something was changed on purpose (PagerDuty change event).
    Change,
}

impl Action {
    /// The code in the database and the API.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Trigger => "trigger",
            Self::Acknowledge => "acknowledge",
            Self::Resolve => "resolve",
            Self::Heartbeat => "heartbeat",
            Self::Change => "change",
        }
    }
}

/// One event as an intake parser read it, sender's differences removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertEvent {
    /// What it asks for.
    pub action: Action,
    /// What joins events to one incident: Events v2 `dedup_key`, Alertmanager `groupKey`. At most 255 characters.
    pub dedup_key: String,
    /// Which alert inside the incident: the dedup key again, or Alertmanager's fingerprint.
    pub alert_key: String,
    /// `critical`, `error`, `warning` or `info`.
    pub severity: String,
    /// One line about what is wrong, at most 1,024 characters.
    pub summary: String,
    /// The host or system it is about.
    pub source: String,
}

/// What became of an accepted event: exactly one of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// It opened an incident.
    New,
    /// It joined an incident.
    Joined,
    /// It came inside a window of planned work, or of the customer's own.
    Window,
    /// It kept a promise of a heartbeat.
    Heartbeat,
    /// It told of a change.
    Change,
    /// It could not be read and is kept in quarantine.
    Unreadable,
    /// The incident it belonged to was a false alarm.
    FalseAlarm,
    /// It acknowledged or resolved something that is not open here.
    Unmatched,
}

impl Fate {
    /// Every fate, in the order a day's page lists them.
    pub const ALL: [Self; 8] = [
        Self::New,
        Self::Joined,
        Self::Window,
        Self::Heartbeat,
        Self::Change,
        Self::Unreadable,
        Self::FalseAlarm,
        Self::Unmatched,
    ];

    /// The code in the database and the API.
    pub const fn code(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Joined => "joined",
            Self::Window => "window",
            Self::Heartbeat => "heartbeat",
            Self::Change => "change",
            Self::Unreadable => "unreadable",
            Self::FalseAlarm => "false_alarm",
            Self::Unmatched => "unmatched",
        }
    }

    /// The fate's name.
    pub const fn label(self) -> crate::words::Label {
        use crate::words::Label;
        match self {
            Self::New => Label::new("新しい障害", "New incident"),
            Self::Joined => Label::new("既存の障害に合流", "Joined an incident"),
            Self::Window => Label::new("作業時間帯", "Window of work"),
            Self::Heartbeat => Label::new("定期信号", "Heartbeat"),
            Self::Change => Label::new("変更通知", "Change event"),
            Self::Unreadable => Label::new("読み取り不能", "Unreadable"),
            Self::FalseAlarm => Label::new("誤検知", "False alarm"),
            Self::Unmatched => Label::new("対象なし", "Nothing open"),
        }
    }
}

/// Which incident a dedup key leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correlation {
    /// The newest incident with this key.
    pub incident: RecordKey,
    /// Until when a trigger joins it; none while the incident runs.
    pub joins_until: Option<Instant>,
}

/// What is known of an alert of that incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownAlert {
    /// Whether the tool said that it is over.
    pub resolved: bool,
    /// When it was last told.
    pub last_received: Instant,
}

/// What to do with an event.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "one an event, taken apart at once")]
pub enum Decision {
    /// Open an incident.
    Open,
    /// Join this incident, with a fact where it says something new; a plain repeat is only counted.
    Join(RecordKey, Option<Body>),
    /// Keep it, with that fate; no incident is touched.
    Keep(Fate),
}

/// Decides about one event; `number` is its place among the tenant's events.
pub fn decide(
    event: &AlertEvent,
    number: u64,
    found: Option<(&Correlation, Option<KnownAlert>)>,
    now: Instant,
) -> Decision {
    let alert_key = || event.alert_key.clone();
    match event.action {
        Action::Heartbeat => Decision::Keep(Fate::Heartbeat),
        Action::Change => Decision::Keep(Fate::Change),
        Action::Trigger => match found {
            Some((correlation, alert)) if correlation.joins_until.is_none_or(|until| now <= until) => {
                let news = alert.is_none_or(|alert| alert.resolved || is_first_after_recovery(correlation, alert));
                let body = news.then(|| Body::AlertJoined { event: number, alert_key: alert_key() });
                Decision::Join(correlation.incident.clone(), body)
            }
            _ => Decision::Open,
        },
        Action::Resolve | Action::Acknowledge => match found {
            Some((correlation, Some(alert))) if correlation.joins_until.is_none_or(|until| now <= until) => {
                let body = match event.action {
                    Action::Resolve if alert.resolved => None,
                    Action::Resolve => Some(Body::AlertResolved { event: number, alert_key: alert_key() }),
                    _ => Some(Body::AlertAcknowledged { event: number, alert_key: alert_key() }),
                };
                Decision::Join(correlation.incident.clone(), body)
            }
            _ => Decision::Keep(Fate::Unmatched),
        },
    }
}

/// The first repeat after the customer was told of the recovery says something: it may not be over.
fn is_first_after_recovery(correlation: &Correlation, alert: KnownAlert) -> bool {
    correlation.joins_until.is_some_and(|until| alert.last_received <= until.plus_minutes(-REJOIN_MINUTES))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> Instant {
        Instant::from_ms(0).plus_minutes(minutes)
    }

    fn event(action: Action) -> AlertEvent {
        let text = || "k".to_owned();
        AlertEvent { action, dedup_key: text(), alert_key: text(), severity: text(), summary: text(), source: text() }
    }

    /// `until`: None = no incident, Some(None) = running, Some(Some(m)) = joins until minute m. `known`: (resolved, last).
    fn check(action: Action, until: Option<Option<i64>>, known: Option<(bool, i64)>, now: i64, expected: &str) {
        let correlation =
            until.map(|until| Correlation { incident: RecordKey::new("A-1"), joins_until: until.map(at) });
        let known = known.map(|(resolved, last)| KnownAlert { resolved, last_received: at(last) });
        let said = match decide(&event(action), 7, correlation.as_ref().map(|c| (c, known)), at(now)) {
            Decision::Open => "open".to_owned(),
            Decision::Keep(fate) => fate.code().to_owned(),
            Decision::Join(_, None) => "repeat".to_owned(),
            Decision::Join(_, Some(Body::AlertJoined { .. })) => "joined".to_owned(),
            Decision::Join(_, Some(Body::AlertResolved { .. })) => "resolved".to_owned(),
            Decision::Join(_, Some(Body::AlertAcknowledged { .. })) => "acknowledged".to_owned(),
            Decision::Join(_, Some(other)) => format!("{other:?}"),
        };
        assert_eq!(said, expected, "{action:?} {until:?} {known:?} at {now}");
    }

    #[test]
    fn a_trigger_opens_joins_or_repeats() {
        check(Action::Trigger, None, None, 5, "open");
        check(Action::Trigger, Some(None), None, 5, "joined");
        check(Action::Trigger, Some(None), Some((false, 1)), 5, "repeat");
        check(Action::Trigger, Some(None), Some((true, 1)), 5, "joined");
    }

    #[test]
    fn a_trigger_joins_until_ten_minutes_after_the_recovery_notice() {
        check(Action::Trigger, Some(Some(40)), Some((true, 20)), 40, "joined");
        check(Action::Trigger, Some(Some(40)), Some((true, 20)), 41, "open");
        check(Action::Trigger, Some(Some(40)), Some((false, 30)), 35, "joined");
        check(Action::Trigger, Some(Some(40)), Some((false, 34)), 35, "repeat");
    }

    #[test]
    fn tools_that_acknowledge_or_resolve_leave_hints() {
        check(Action::Resolve, Some(None), Some((false, 1)), 5, "resolved");
        check(Action::Resolve, Some(None), Some((true, 1)), 5, "repeat");
        check(Action::Acknowledge, Some(None), Some((false, 1)), 5, "acknowledged");
        check(Action::Resolve, None, None, 5, "unmatched");
        check(Action::Acknowledge, Some(None), None, 5, "unmatched");
    }

    #[test]
    fn heartbeats_and_changes_touch_no_incident() {
        check(Action::Heartbeat, Some(None), None, 5, "heartbeat");
        check(Action::Change, Some(None), None, 5, "change");
    }
}
