//! The clock of 障害発生連絡 (R-3.3.3-1 to R-3.3.4-4): from the alert's receipt to the first notice, never paused.
//!
//! | impact | SLO | SLA |
//! | --- | --- | --- |
//! | 有, or not yet judged | 15 min | 30 min |
//! | 無 | 60 min | none (SLA なし) |
//!
//! An agreement may set other values; an incident keeps those that were valid when its alert came.

use super::{Clock, Impact, Minutes, Verdict};
use crate::time::Instant;
use serde::{Deserialize, Serialize};

/// How soon the first notice is owed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Targets {
    /// Within so many minutes by the objective.
    pub slo_minutes: Minutes,
    /// Within so many minutes by the agreement; none where nothing is agreed (SLA なし).
    pub sla_minutes: Option<Minutes>,
}

/// The targets of one version of an agreement; the default is the white paper's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgreedTargets {
    /// With service impact, and as long as impact is not judged.
    pub with_impact: Targets,
    /// Judged to be without service impact.
    pub without_impact: Targets,
}

impl Default for AgreedTargets {
    fn default() -> Self {
        Self {
            with_impact: Targets { slo_minutes: Minutes(15), sla_minutes: Some(Minutes(30)) },
            without_impact: Targets { slo_minutes: Minutes(60), sla_minutes: None },
        }
    }
}

impl AgreedTargets {
    /// The targets that hold for an incident of that impact.
    pub const fn of(&self, impact: Impact) -> Targets {
        if impact.counts_as_present() { self.with_impact } else { self.without_impact }
    }
}

/// What the clock of a notice is judged from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Notice {
    /// When the alert was received: the start of the clock.
    pub alert: Instant,
    /// When the clock was ended by the first notice; one before the alert (a planned stop, a customer's own call) is met.
    pub first_notice: Option<Instant>,
    /// As of when a missing notice is judged; a notice that was given is judged by its own instant.
    pub as_of: Option<Instant>,
}

/// Both clocks of a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Judged {
    /// Against the objective.
    pub slo: Clock,
    /// Against the agreement; none where no SLA is agreed.
    pub sla: Option<Clock>,
}

impl Notice {
    /// Judges the notice by those targets, each apart from the other (R-3.3.4-1).
    pub fn judge(&self, targets: Targets) -> Judged {
        let clock = |within: Minutes| {
            let due = within.after(self.alert);
            Clock { due, verdict: Verdict::of(due, self.first_notice, self.as_of) }
        };
        Judged { slo: clock(targets.slo_minutes), sla: targets.sla_minutes.map(clock) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Verdicts of a notice given so many milliseconds after the alert.
    fn check(impact: Impact, notice_after_ms: i64, slo: Option<bool>, sla: Option<Option<bool>>) {
        let alert = Instant::from_ms(1_000_000);
        let notice = Notice { alert, first_notice: Some(alert.plus_ms(notice_after_ms)), as_of: None };
        let judged = notice.judge(AgreedTargets::default().of(impact));
        assert_eq!(judged.slo.verdict.met(), slo, "SLO {impact:?} {notice_after_ms}");
        assert_eq!(judged.sla.map(|clock| clock.verdict.met()), sla, "SLA {impact:?} {notice_after_ms}");
    }

    #[test]
    fn fifteen_minutes_is_met_and_a_second_more_is_missed() {
        check(Impact::Present, 15 * 60_000, Some(true), Some(Some(true)));
        check(Impact::Present, 15 * 60_000 + 1, Some(false), Some(Some(true)));
        check(Impact::Unjudged, 20 * 60_000, Some(false), Some(Some(true)));
        check(Impact::Unjudged, 30 * 60_000, Some(false), Some(Some(true)));
        check(Impact::Unjudged, 30 * 60_000 + 1, Some(false), Some(Some(false)));
    }

    #[test]
    fn without_impact_there_is_an_hour_and_no_sla() {
        check(Impact::Absent, 60 * 60_000, Some(true), None);
        check(Impact::Absent, 60 * 60_000 + 1, Some(false), None);
    }

    #[test]
    fn a_notice_before_the_alert_is_met() {
        check(Impact::Present, -1, Some(true), Some(Some(true)));
    }

    #[test]
    fn an_agreement_may_set_other_targets() {
        let alert = Instant::from_ms(0);
        let targets = Targets { slo_minutes: Minutes(5), sla_minutes: Some(Minutes(10)) };
        let judged = Notice { alert, first_notice: None, as_of: Some(alert.plus_minutes(7)) }.judge(targets);
        assert_eq!(judged.slo, Clock { due: alert.plus_minutes(5), verdict: Verdict::Missed });
        assert_eq!(judged.sla, Some(Clock { due: alert.plus_minutes(10), verdict: Verdict::Open }));
    }
}
