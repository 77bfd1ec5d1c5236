//! Timers of an incident: which rows must stand, and what a firing says.
//!
//! The set is a function of the incident alone, so that after each change the rows are made to agree with it and `verify`
//! can recompute them. A kind has one row; re-arming it for a later due raises its generation.

use super::duty::UNDELIVERED_MINUTES;
use super::escalation::{Cause, Group};
use super::{Calling, Incident};
use crate::calendar::Calendar;
use crate::clocks::interim;
use crate::fact::{Body, NoticeKind, Reminder, Target};
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
    /// A call without a result, from 1.
    CallUnresolved(u32),
    /// Not recovered for so long that this group must know.
    Unrecovered(Group),
    /// A page that nobody answered: which escalation, from 1, and the step to page next.
    PageUnanswered(u32, u32),
    /// Five business days after the recovery notice.
    AutoClose,
    /// One business day without the head of desk's word on a false alarm.
    FalseAlarmUnreviewed,
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
            Self::CallUnresolved(call) => format!("call_unresolved:{call}"),
            Self::Unrecovered(group) => format!("unrecovered:{}", group.code()),
            Self::PageUnanswered(escalation, step) => format!("page:{escalation}:{step}"),
            Self::AutoClose => "auto_close".into(),
            Self::FalseAlarmUnreviewed => "false_alarm_unreviewed".into(),
        }
    }

    /// Whom its firing is told to, and why.
    pub const fn escalates(&self) -> Option<(&'static [Group], Cause)> {
        match self {
            Self::UnjudgedLong => Some((&[Group::Dh], Cause::Unjudged)),
            Self::Target(_, Target::Slo) => Some((&[Group::Dh], Cause::SloPassed)),
            Self::Target(_, Target::Sla) => Some((&[Group::Dh, Group::Mr, Group::Rm], Cause::SlaPassed)),
            Self::Unrecovered(Group::Su) => Some((&[Group::Su], Cause::Unrecovered)),
            Self::Unrecovered(Group::Mr) => Some((&[Group::Mr], Cause::Unrecovered)),
            Self::Unrecovered(_) => Some((&[Group::Tm], Cause::Unrecovered)),
            _ => None,
        }
    }
}

impl Incident {
    /// The timers that must stand as the incident is now.
    pub fn timers(&self, calendar: &Calendar) -> Vec<Timer> {
        let mut timers = vec![];
        // A generation rises whenever a kind is armed anew, and two nodes compute the same: mostly it is the due itself. A
        // target may also move to an earlier due, by a judgement; there it is the fact that set it.
        let mut arm = |kind, due: Instant| timers.push(Timer { kind, generation: due.ms().unsigned_abs(), due });
        // Also what tells of the end must arrive.
        for (message, delivery) in &self.deliveries {
            // A receipt is no notice: nobody is called because it did not arrive.
            let is_notice = delivery.notice != NoticeKind::Receipt;
            if is_notice && delivery.delivered_at().is_none() && delivery.undelivered.is_none() {
                let due = delivery.queued.at.plus_minutes(UNDELIVERED_MINUTES);
                arm(TimerKind::Undelivered(message.clone()), due);
            }
        }
        if let Calling::UnderWay { call, due } = self.calling() {
            arm(TimerKind::CallUnresolved(call), due.plus_ms(1));
        }
        if self.state.is_final() {
            if let Some(due) = self.false_alarm_review_due(calendar) {
                arm(TimerKind::FalseAlarmUnreviewed, due.plus_ms(1));
            }
            return timers;
        }
        if self.judgements.is_empty() && self.publications.is_empty() && self.told_with_parent().next().is_none() {
            for (kind, reminder, minutes) in [
                (TimerKind::Unjudged, Reminder::Unjudged, UNJUDGED_MINUTES),
                (TimerKind::UnjudgedLong, Reminder::UnjudgedLong, UNJUDGED_LONG_MINUTES),
            ] {
                if !self.was_reminded(reminder, self.own_alert_at().plus_minutes(minutes)) {
                    arm(kind, self.own_alert_at().plus_minutes(minutes));
                }
            }
        }
        if let Some(slot) = self.next_slot_to_watch() {
            let [soon, silence] = interim::reminders(slot, self.last_told());
            if self.is_reporting() && !self.was_reminded(Reminder::InterimSoon, soon) {
                arm(TimerKind::InterimSoon, soon);
            }
            // Where both fall together, one reminder is enough.
            let is_reminded = silence == soon
                || self.reminders.iter().any(|given| given.what.1 == silence)
                // A slot named as missed since says more.
                || self.missed_slots.iter().any(|missed| missed.what > silence);
            if self.is_reporting() && silence < slot && !is_reminded {
                arm(TimerKind::LongSilence, silence);
            }
            arm(TimerKind::InterimSlot, slot.plus_ms(1));
        }
        for (number, escalation) in (1..).zip(&self.escalations) {
            if let Some((step, due)) = escalation.what.next_step() {
                arm(TimerKind::PageUnanswered(number, step), due);
            }
        }
        if let Some((group, due)) = self.next_unrecovered() {
            arm(TimerKind::Unrecovered(group), due);
        }
        if let Some(due) = self.auto_close_at(calendar) {
            arm(TimerKind::AutoClose, due);
        }
        timers.extend(self.target_timers());
        timers
    }

    fn target_timers(&self) -> impl Iterator<Item = Timer> {
        let judged = self.judgements.iter().filter_map(|judgement| judgement.counts_since()).map(|mark| mark.seq).max();
        let generation = judged.max(self.last_merge_seq()).unwrap_or(self.opened.seq);
        let running = self.clocks().into_iter().filter(|clock| clock.end.is_none());
        let targets = running
            .flat_map(|clock| [Target::Slo, Target::Sla].map(|target| (clock.number, target, clock.due(target))));
        let waiting = targets.filter_map(|(clock, target, due)| Some((clock, target, due?)));
        waiting.filter(|passing| self.passed.iter().all(|passed| passed.what != *passing)).map(
            move |(clock, target, due)| {
                // "Within" includes the due itself.
                Timer { kind: TimerKind::Target(clock, target), generation, due: due.plus_ms(1) }
            },
        )
    }

    /// What a timer that fired at `now` says; nothing where it no longer matters.
    pub fn fire(&self, kind: &str, now: Instant, calendar: &Calendar) -> Option<(TimerKind, Option<Body>)> {
        let timer = self.timers(calendar).into_iter().find(|timer| timer.kind.code() == kind && timer.due <= now)?;
        let remind = |reminder| Some(Body::IncidentReminded { reminder, due: timer.due });
        let body = match &timer.kind {
            TimerKind::Unjudged => remind(Reminder::Unjudged),
            TimerKind::UnjudgedLong => remind(Reminder::UnjudgedLong),
            // After an outage of ours the slot may have passed: it is named as missed, and nobody is reminded of it any more.
            TimerKind::InterimSoon | TimerKind::LongSilence if self.slot_has_passed(now) => None,
            TimerKind::InterimSoon => remind(Reminder::InterimSoon),
            TimerKind::LongSilence => remind(Reminder::LongSilence),
            TimerKind::Target(clock, target) => {
                Some(Body::TargetPassed { clock: *clock, target: *target, due: timer.due.plus_ms(-1) })
            }
            TimerKind::InterimSlot => Some(Body::SlotMissed { slot: timer.due.plus_ms(-1) }),
            TimerKind::Undelivered(message) => Some(Body::MessageUndelivered { message: message.clone() }),
            TimerKind::CallUnresolved(call) => Some(Body::CallVoided { call: *call }),
            // What these say needs the people of a group, whom the desk knows.
            TimerKind::Unrecovered(_) | TimerKind::PageUnanswered(..) | TimerKind::AutoClose => None,
            TimerKind::FalseAlarmUnreviewed => Some(Body::FalseAlarmReviewed { upheld: false }),
        };
        Some((timer.kind, body))
    }

    fn slot_has_passed(&self, now: Instant) -> bool {
        self.next_slot_to_watch().is_some_and(|slot| slot < now)
    }

    fn was_reminded(&self, reminder: Reminder, due: Instant) -> bool {
        self.reminders.iter().any(|r| r.what == (reminder, due))
    }
}
