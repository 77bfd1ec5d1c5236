//! Timers of an incident: which rows must stand, and what a firing says.
//!
//! The set is a function of the incident alone, so that after each change the rows are made to agree with it and `verify`
//! can recompute them. A kind has one row; re-arming it for a later due raises its generation.

use super::duty::UNDELIVERED_MINUTES;
use super::{Incident, State};
use crate::calendar::Calendar;
use crate::clocks::interim;
use crate::fact::{Body, Reminder, Target};
use crate::ids::MessageId;
use crate::time::Instant;

/// Minutes after the alert without judgement: a warning.
const UNJUDGED_MINUTES: i64 = 5;
/// Minutes after the alert without judgement: the head of desk.
const UNJUDGED_LONG_MINUTES: i64 = 10;

/// What a timer is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TimerKind {
    /// 5 minutes unjudged.
    Unjudged,
    /// 10 minutes unjudged.
    UnjudgedLong,
    /// A target of a clock passes.
    Target(u32, Target),
    /// 10 minutes before an interim slot.
    InterimSoon,
    /// 50 minutes since the customer was last told.
    LongSilence,
    /// An interim slot passes.
    InterimSlot,
    /// A message nobody took over for 5 minutes.
    Undelivered(MessageId),
    /// Five business days after the recovery notice.
    AutoClose,
}

/// A row that must stand: it fires once `due` has passed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timer {
    /// What for.
    pub kind: TimerKind,
    /// Which arming of this kind it is; rises with the due.
    pub generation: u64,
    /// When it fires.
    pub due: Instant,
}

impl TimerKind {
    /// The kind as the database keeps it.
    pub fn code(&self) -> String {
        match self {
            Self::Unjudged => "unjudged".into(),
            Self::UnjudgedLong => "unjudged_long".into(),
            Self::Target(clock, Target::Slo) => format!("slo:{clock}"),
            Self::Target(clock, Target::Sla) => format!("sla:{clock}"),
            Self::InterimSoon => "interim_soon".into(),
            Self::LongSilence => "long_silence".into(),
            Self::InterimSlot => "interim_slot".into(),
            Self::Undelivered(message) => format!("undelivered:{message}"),
            Self::AutoClose => "auto_close".into(),
        }
    }
}

impl Incident {
    /// The timers that must stand as the incident is now.
    pub fn timers(&self, calendar: &Calendar) -> Vec<Timer> {
        let mut timers = vec![];
        // The generation is the due itself: it rises when the due moves on, and two nodes compute the same.
        let mut arm = |kind, due: Instant| timers.push(Timer { kind, generation: due.ms().unsigned_abs(), due });
        if self.state.is_final() {
            return timers;
        }
        if self.judgements.is_empty() && self.publications.is_empty() {
            for (kind, reminder, minutes) in [
                (TimerKind::Unjudged, Reminder::Unjudged, UNJUDGED_MINUTES),
                (TimerKind::UnjudgedLong, Reminder::UnjudgedLong, UNJUDGED_LONG_MINUTES),
            ] {
                if !self.was_reminded(reminder, self.alert_at().plus_minutes(minutes)) {
                    arm(kind, self.alert_at().plus_minutes(minutes));
                }
            }
        }
        for clock in self.clocks().iter().filter(|clock| clock.end.is_none()) {
            for target in [Target::Slo, Target::Sla] {
                let passed = self.passed.iter().any(|p| p.what == (clock.number, target));
                if let Some(due) = clock.due(target).filter(|_| !passed) {
                    // "Within" includes the due itself.
                    arm(TimerKind::Target(clock.number, target), due.plus_ms(1));
                }
            }
        }
        if let Some(slot) = self.next_slot_to_watch() {
            let [soon, silence] = interim::reminders(slot, self.last_told());
            if !self.was_reminded(Reminder::InterimSoon, soon) {
                arm(TimerKind::InterimSoon, soon);
            }
            if silence < slot && silence != soon && !self.was_reminded(Reminder::LongSilence, silence) {
                arm(TimerKind::LongSilence, silence);
            }
            arm(TimerKind::InterimSlot, slot.plus_ms(1));
        }
        for (message, delivery) in &self.deliveries {
            if delivery.delivered_at().is_none() && delivery.undelivered.is_none() {
                let due = delivery.queued.at.plus_minutes(UNDELIVERED_MINUTES);
                arm(TimerKind::Undelivered(message.clone()), due);
            }
        }
        if let Some(due) = self.auto_close_at(calendar) {
            arm(TimerKind::AutoClose, due);
        }
        timers
    }

    /// What a timer that fired at `now` says; nothing where it no longer matters.
    pub fn fire(&self, kind: &str, now: Instant, calendar: &Calendar) -> Option<(TimerKind, Option<Body>)> {
        let timer = self.timers(calendar).into_iter().find(|timer| timer.kind.code() == kind && timer.due <= now)?;
        let remind = |reminder| Some(Body::IncidentReminded { reminder, due: timer.due });
        let body = match &timer.kind {
            TimerKind::Unjudged => remind(Reminder::Unjudged),
            TimerKind::UnjudgedLong => remind(Reminder::UnjudgedLong),
            TimerKind::InterimSoon => remind(Reminder::InterimSoon),
            TimerKind::LongSilence => remind(Reminder::LongSilence),
            TimerKind::Target(clock, target) => {
                Some(Body::TargetPassed { clock: *clock, target: *target, due: timer.due.plus_ms(-1) })
            }
            TimerKind::InterimSlot => Some(Body::SlotMissed { slot: timer.due.plus_ms(-1) }),
            TimerKind::Undelivered(message) => Some(Body::MessageUndelivered { message: message.clone() }),
            TimerKind::AutoClose => None,
        };
        Some((timer.kind, body))
    }

    fn was_reminded(&self, reminder: Reminder, due: Instant) -> bool {
        self.reminders.iter().any(|r| r.what == (reminder, due))
    }

    /// When the customer was last told anything by a publication or an interim report.
    fn last_told(&self) -> Instant {
        let publications = self.publications.iter().map(|p| p.mark.at);
        publications.chain(self.report_instants()).max().unwrap_or(self.alert_at())
    }

    /// The first slot neither filled nor named as missed.
    fn next_slot_to_watch(&self) -> Option<Instant> {
        if matches!(self.state, State::Confirming | State::RecoveryNotified) {
            return None;
        }
        let interim = self.interim(self.alert_at())?;
        let reports = self.report_instants();
        let mut as_of = interim.first_notice;
        loop {
            let slot = interim::Interim { as_of, ..interim }.next_slot()?;
            let filled = reports.iter().any(|report| *report > interim::INTERVAL.before(slot) && *report <= slot);
            let named = self.missed_slots.iter().any(|missed| missed.what == slot);
            if !filled && !named && !self.slot_in_told_recovery(slot) {
                return Some(slot);
            }
            as_of = slot;
        }
    }
}
