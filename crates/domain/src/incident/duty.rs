//! Duties: what the desk owes next on an incident, each with an instant. The board sorts by the nearest.

use super::{Incident, State};
use crate::calendar::{BusinessDays, Calendar};
use crate::clocks::Impact;
use crate::clocks::interim::{Interim, slots_end};
use crate::ids::MessageId;
use crate::time::Instant;
use crate::words::Label;

/// Minutes after which a message that nobody took over becomes a call task (design §5).
pub const UNDELIVERED_MINUTES: i64 = 5;

/// Business days of silence after the recovery notice before the desk closes by itself.
pub const AUTO_CLOSE_DAYS: u64 = 5;

/// What is owed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DutyKind {
    /// Take it, check, judge: the notice cannot be written before.
    Judge,
    /// A second person's word on a judgement.
    SecondJudgement,
    /// 障害発生連絡 without impact, judged already.
    Notify,
    /// The first call that ends the clock.
    FirstCall,
    /// 中間報告
    Interim,
    /// Call because a message did not arrive.
    CallUndelivered(MessageId),
    /// Tell of the recovery once it is confirmed.
    ConfirmRecovery,
    /// An alert came again after the recovery notice: recurred or not?
    Rejoined,
    /// The head of desk's word on a false alarm.
    ReviewFalseAlarm,
    /// 終了
    Close,
}

/// One duty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duty {
    /// What is owed.
    pub kind: DutyKind,
    /// By when.
    pub due: Instant,
}

impl DutyKind {
    /// The code in the database and the API.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Judge => "judge",
            Self::SecondJudgement => "second_judgement",
            Self::Notify => "notify",
            Self::FirstCall => "first_call",
            Self::Interim => "interim",
            Self::CallUndelivered(_) => "call_undelivered",
            Self::ConfirmRecovery => "confirm_recovery",
            Self::Rejoined => "rejoined",
            Self::ReviewFalseAlarm => "review_false_alarm",
            Self::Close => "close",
        }
    }

    /// What to do, as the board says it.
    pub const fn label(&self) -> Label {
        match self {
            Self::Judge => Label::new("判定", "Judge impact"),
            Self::SecondJudgement => Label::new("別の人の判定確認", "Second person confirms"),
            Self::Notify => Label::new("障害発生連絡", "Tell the customer"),
            Self::FirstCall => Label::new("最初の架電", "First call"),
            Self::Interim => Label::new("中間報告", "Interim report"),
            Self::CallUndelivered(_) => Label::new("不達のため架電", "Call: mail not delivered"),
            Self::ConfirmRecovery => Label::new("復旧連絡", "Tell of the recovery"),
            Self::Rejoined => Label::new("再発の確認", "Check for recurrence"),
            Self::ReviewFalseAlarm => Label::new("誤検知の確認", "Review false alarm"),
            Self::Close => Label::new("終了", "Close"),
        }
    }

    /// The label of a code, for rows that only keep the code.
    pub fn label_of(code: &str) -> Option<Label> {
        let message = MessageId::new("");
        [
            Self::Judge,
            Self::SecondJudgement,
            Self::Notify,
            Self::FirstCall,
            Self::Interim,
            Self::CallUndelivered(message),
            Self::ConfirmRecovery,
            Self::Rejoined,
            Self::ReviewFalseAlarm,
            Self::Close,
        ]
        .into_iter()
        .find(|kind| kind.code() == code)
        .map(|kind| kind.label())
    }
}

impl Incident {
    /// The interim rule of this incident as of an instant; none before a notice with impact was published.
    pub fn interim(&self, as_of: Instant) -> Option<Interim> {
        let first = self.publications.iter().find(|p| p.what.impact)?;
        let recovered = self.recovery().map(|r| slots_end(r.what.recovered_at, r.mark.at));
        let judged_away = self.judgement().filter(|j| !j.what.impact).map(|j| match &j.what.second {
            super::Second::Confirmed(mark) => mark.at,
            _ => j.mark.at,
        });
        let ended = self.closure.as_ref().map(|c| c.mark.at);
        let resolved = [recovered, judged_away, ended].into_iter().flatten().min();
        Some(Interim { impact: Impact::Present, first_notice: first.mark.at, resolved, as_of })
    }

    /// Whether a slot fell into a time when the incident was told recovered and later was not: nothing was owed then.
    pub(super) fn slot_in_told_recovery(&self, slot: Instant) -> bool {
        self.recoveries.iter().any(|recovery| {
            let from = slots_end(recovery.what.recovered_at, recovery.mark.at);
            recovery.what.undone.as_ref().is_some_and(|undone| slot >= from && slot < undone.at)
        })
    }

    /// Instants of all interim reports.
    pub fn report_instants(&self) -> Vec<Instant> {
        self.reports.iter().map(|report| report.mark.at).collect()
    }

    /// The next slot that no report fills yet.
    pub fn next_open_slot(&self, as_of: Instant) -> Option<Instant> {
        let interim = self.interim(as_of)?;
        let next = interim.next_slot()?;
        let ahead = Interim { as_of: next, ..interim };
        let filled = ahead.filled(&self.report_instants()).ok()?.last().is_some_and(|slot| slot.report.is_some());
        if filled { Interim { as_of: next, ..interim }.next_slot() } else { Some(next) }
    }

    /// Everything owed at `now`, nearest first.
    pub fn duties(&self, now: Instant, calendar: &Calendar) -> Vec<Duty> {
        let mut duties: Vec<Duty> = vec![];
        let mut owe = |kind, due| duties.push(Duty { kind, due });
        let running = self.clocks().into_iter().rev().find(|clock| clock.end.is_none());
        if let (Some(clock), false) = (&running, self.state.is_final()) {
            let due = clock.next_due(now).unwrap_or(clock.slo_due);
            match self.state {
                State::Judged => owe(DutyKind::Notify, due),
                State::Detected | State::Triaging => owe(DutyKind::Judge, due),
                _ if self.publications.iter().any(|p| p.mark.at >= clock.from && p.what.impact) => {
                    owe(DutyKind::FirstCall, due);
                }
                _ => owe(DutyKind::Notify, due),
            }
        }
        if let Some(judgement) = self.awaiting_second() {
            owe(DutyKind::SecondJudgement, judgement.mark.at.plus_minutes(10));
        }
        if let Some(slot) = self.next_open_slot(now).filter(|_| !self.state.is_final()) {
            owe(DutyKind::Interim, slot);
        }
        for (message, delivery) in &self.deliveries {
            let called_since = |at| self.calls.iter().any(|call| call.mark.at >= at);
            if let Some(mark) =
                delivery.undelivered.as_ref().filter(|mark| delivery.delivered_at().is_none() && !called_since(mark.at))
            {
                owe(DutyKind::CallUndelivered(message.clone()), mark.at);
            }
        }
        match self.state {
            State::Confirming => {
                if let Some(recovery) = self.recovery() {
                    owe(DutyKind::ConfirmRecovery, recovery.mark.at.plus_minutes(30));
                }
            }
            State::RecoveryNotified => {
                let told = self.recovery_notices.last().map(|notice| notice.mark.at);
                if let Some(mark) = self.rejoined.iter().rev().find(|mark| told.is_some_and(|told| mark.at >= told)) {
                    owe(DutyKind::Rejoined, mark.at.plus_minutes(5));
                }
                if let Some(due) = self.auto_close_at(calendar) {
                    owe(DutyKind::Close, due);
                }
            }
            State::FalseAlarm => {
                if let Some(due) = self.false_alarm_review_due(calendar) {
                    owe(DutyKind::ReviewFalseAlarm, due);
                }
            }
            _ => {}
        }
        duties.sort_by_key(|duty| duty.due);
        duties
    }

    /// When the desk closes by itself: 19:00 on the fifth business day after the recovery notice.
    pub fn auto_close_at(&self, calendar: &Calendar) -> Option<Instant> {
        let told = self.recovery_notices.last().filter(|_| self.state == State::RecoveryNotified)?;
        calendar.business_days_after(told.mark.at, BusinessDays::new(AUTO_CLOSE_DAYS).ok()?).ok()
    }

    /// By when the head of desk says a word on a false alarm: within one business day.
    pub fn false_alarm_review_due(&self, calendar: &Calendar) -> Option<Instant> {
        let alarm = self.false_alarm.as_ref().filter(|alarm| alarm.what.review.is_none())?;
        calendar.business_days_after(alarm.mark.at, BusinessDays::new(1).ok()?).ok()
    }
}
