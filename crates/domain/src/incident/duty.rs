//! Duties: what the desk owes next on an incident, each with an instant. The board sorts by the nearest.

use super::escalation::{ANSWER_MINUTES, Group};
use super::promise::HAND_OVER_MINUTES;
use super::report::ReportKind;
use super::{Calling, Incident, Mark, State};
use crate::calendar::{BusinessDays, Calendar};
use crate::fact::CallResult;
use crate::ids::{ContactId, MessageId};
use crate::time::Instant;
use crate::words::Label;

/// Minutes after which a message that nobody took over becomes a call task (design §5).
pub const UNDELIVERED_MINUTES: i64 = 5;

/// Business days of silence after the recovery notice before the desk closes by itself.
pub const AUTO_CLOSE_DAYS: u64 = 5;

/// Minutes for a second person's word on a judgement.
const SECOND_MINUTES: i64 = 10;
/// Minutes to judge what was taken out of another incident.
const APART_MINUTES: i64 = 15;
/// Minutes to ask a caller for what is missing.
const ASK_MINUTES: i64 = 15;
/// Minutes from a recovery to telling of it.
const CONFIRM_MINUTES: i64 = 30;
/// Minutes to find out whether an alert after the recovery notice is a recurrence.
const REJOINED_MINUTES: i64 = 5;
/// Minutes after which an incident that owes no report is looked at again.
const RECOVER_MINUTES: i64 = 8 * 60;

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
    /// The result of a call that is under way.
    CallResult,
    /// The next rank, at once.
    NextCall,
    /// A new round of calls from the first rank.
    CallRound,
    /// 中間報告
    Interim,
    /// What a caller could not be asked before the line dropped (R-4.2.1-9).
    AskCaller,
    /// Call because a message did not arrive.
    CallUndelivered(MessageId),
    /// Somebody takes an escalation, from 1.
    Escalation(u32),
    /// What was promised, from 1.
    Promise(u32),
    /// A case at the supplier.
    SupplierCase,
    /// Somebody takes what was handed over.
    HandOver,
    /// Mend it: without impact no report is owed, and it must not be forgotten.
    Recover,
    /// Tell of the recovery once it is confirmed.
    ConfirmRecovery,
    /// An alert came again after the recovery notice: recurred or not?
    Rejoined,
    /// The head of desk's word on a false alarm.
    ReviewFalseAlarm,
    /// 終了
    Close,
    /// 保守手順: the support centre writes one, or says why not; owed beyond the end of the incident.
    WriteRunbook,
    /// 障害報告書: a person writes it; owed beyond the end of the incident.
    WriteReport(ReportKind),
    /// 障害報告書: the head of desk approves it or sends it back.
    ApproveReport(ReportKind),
    /// 重大レビュー
    ReviewMajor,
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
    /// Whether it belongs to the day of the support centre (今日) rather than to the minutes of the board: promises, what somebody
    /// must take, what is to be written and approved.
    pub const fn is_of_day(&self) -> bool {
        matches!(
            self,
            Self::Promise(_)
                | Self::HandOver
                | Self::Escalation(_)
                | Self::SupplierCase
                | Self::WriteRunbook
                | Self::WriteReport(_)
                | Self::ApproveReport(_)
                | Self::ReviewMajor
        )
    }

    /// The code in the database and the API.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Judge => "judge",
            Self::SecondJudgement => "second_judgement",
            Self::Notify => "notify",
            Self::FirstCall => "first_call",
            Self::CallResult => "call_result",
            Self::NextCall => "next_call",
            Self::CallRound => "call_round",
            Self::Interim => "interim",
            Self::AskCaller => "ask_caller",
            Self::CallUndelivered(_) => "call_undelivered",
            Self::Escalation(_) => "escalation",
            Self::Promise(_) => "promise",
            Self::SupplierCase => "supplier_case",
            Self::HandOver => "hand_over",
            Self::Recover => "recover",
            Self::ConfirmRecovery => "confirm_recovery",
            Self::Rejoined => "rejoined",
            Self::ReviewFalseAlarm => "review_false_alarm",
            Self::Close => "close",
            Self::WriteRunbook => "write_runbook",
            Self::WriteReport(ReportKind::Preliminary) => "write_preliminary",
            Self::WriteReport(ReportKind::Final) => "write_final",
            Self::ApproveReport(ReportKind::Preliminary) => "approve_preliminary",
            Self::ApproveReport(ReportKind::Final) => "approve_final",
            Self::ReviewMajor => "review_major",
        }
    }

    /// What to do, as the board says it.
    pub const fn label(&self) -> Label {
        match self {
            Self::Judge => Label::new("判定", "Judge impact"),
            Self::SecondJudgement => Label::new("別の人の判定確認", "Second person confirms"),
            Self::Notify => Label::new("障害発生連絡", "Tell the customer"),
            Self::FirstCall => Label::new("最初の架電", "First call"),
            Self::CallResult => Label::new("架電結果の記録", "Record the call's result"),
            Self::NextCall => Label::new("次の順位へ架電", "Call the next rank"),
            Self::CallRound => Label::new("架電の次の巡回", "Next round of calls"),
            Self::Interim => Label::new("中間報告", "Interim report"),
            Self::AskCaller => Label::new("聞き取りの残り", "Ask the caller"),
            Self::CallUndelivered(_) => Label::new("不達のため架電", "Call: mail not delivered"),
            Self::Escalation(_) => Label::new("エスカレーションの受領", "Take the escalation"),
            Self::Promise(_) => Label::new("約束", "Promise"),
            Self::SupplierCase => Label::new("AWSケースの起票", "Open the AWS case"),
            Self::HandOver => Label::new("引き継ぎの受領", "Take it over"),
            Self::Recover => Label::new("復旧", "Recover"),
            Self::ConfirmRecovery => Label::new("復旧連絡", "Tell of the recovery"),
            Self::Rejoined => Label::new("再発の確認", "Check for recurrence"),
            Self::ReviewFalseAlarm => Label::new("誤検知の確認", "Review false alarm"),
            Self::Close => Label::new("終了", "Close"),
            Self::WriteRunbook => Label::new("保守手順の作成", "Write a runbook"),
            Self::WriteReport(ReportKind::Preliminary) => Label::new("障害報告書（速報）", "Preliminary report"),
            Self::WriteReport(ReportKind::Final) => Label::new("障害報告書（最終）", "Final report"),
            Self::ApproveReport(ReportKind::Preliminary) => Label::new("速報の承認", "Approve the preliminary report"),
            Self::ApproveReport(ReportKind::Final) => Label::new("最終報告の承認", "Approve the final report"),
            Self::ReviewMajor => Label::new("重大レビュー", "Review of the major incident"),
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
            Self::CallResult,
            Self::NextCall,
            Self::CallRound,
            Self::Interim,
            Self::AskCaller,
            Self::CallUndelivered(message),
            Self::Escalation(0),
            Self::Promise(0),
            Self::SupplierCase,
            Self::HandOver,
            Self::Recover,
            Self::ConfirmRecovery,
            Self::Rejoined,
            Self::ReviewFalseAlarm,
            Self::Close,
            Self::WriteRunbook,
            Self::WriteReport(ReportKind::Preliminary),
            Self::WriteReport(ReportKind::Final),
            Self::ApproveReport(ReportKind::Preliminary),
            Self::ApproveReport(ReportKind::Final),
            Self::ReviewMajor,
        ]
        .into_iter()
        .find(|kind| kind.code() == code)
        .map(|kind| kind.label())
    }
}

impl Incident {
    /// Everything owed at `now`, nearest first, and after that what others were asked for. An incident that has not ended
    /// always owes something; one that ended may still owe a call, where what told of the end did not arrive, a runbook or a report.
    pub fn duties(&self, now: Instant, calendar: &Calendar) -> Vec<Duty> {
        let mut duties: Vec<Duty> = match self.state {
            State::Closed | State::Merged => self.result_duty().into_iter().chain(self.call_duties()).collect(),
            State::FalseAlarm => {
                let ended = [self.review_duty(calendar), self.result_duty()];
                ended.into_iter().flatten().chain(self.call_duties()).collect()
            }
            _ => {
                let notice = self.notice_duty(now);
                // The first call is owed by its clock.
                let round = if notice.is_none() { self.round_duty() } else { None };
                let told =
                    [notice, self.result_duty(), round, self.second_duty(), self.interim_duty(now), self.ask_duty()];
                let mended = [self.recovery_duty(), self.rejoined_duty(), self.close_duty(calendar)];
                told.into_iter().chain(mended).flatten().chain(self.call_duties()).chain(self.handed_duties()).collect()
            }
        };
        duties.extend(self.runbook_duty(calendar));
        duties.extend(self.report_duties(calendar).chain(self.review_major_duty(calendar)));
        // What others are asked for never stands before what the holder owes.
        let of_others = |kind: &DutyKind| matches!(kind, DutyKind::Escalation(_));
        duties.sort_by_key(|duty| (of_others(&duty.kind), duty.due));
        duties
    }

    /// What ends the notice clock that is due first.
    fn notice_duty(&self, now: Instant) -> Option<Duty> {
        let clocks = self.clocks().into_iter().filter_map(|clock| Some((clock.next_due(now)?, clock)));
        let Some((due, clock)) = clocks.min_by_key(|(due, _)| *due) else { return self.own_notice_duty() };
        let kind = match self.state {
            State::Detected | State::Triaging => DutyKind::Judge,
            State::Judged => DutyKind::Notify,
            // Told without impact while the judgement waits for a second person: only their word ends the clock.
            _ if !self.publications.iter().any(|p| p.what.impact && p.mark.at >= clock.from) => return None,
            _ => DutyKind::FirstCall,
        };
        Some(Duty { kind, due })
    }

    /// An incident that was taken out of another after that told of it: its clock has ended, and it still needs a judgement and
    /// a word of its own.
    fn own_notice_duty(&self) -> Option<Duty> {
        let kind = match self.state {
            State::Detected | State::Triaging => DutyKind::Judge,
            State::Judged => DutyKind::Notify,
            _ => return None,
        };
        let apart = self.mergings.last()?.what.undone.as_ref()?;
        Some(Duty { kind, due: apart.at.plus_minutes(APART_MINUTES) })
    }

    fn result_duty(&self) -> Option<Duty> {
        match self.calling() {
            Calling::UnderWay { due, .. } => Some(Duty { kind: DutyKind::CallResult, due }),
            _ => None,
        }
    }

    fn round_duty(&self) -> Option<Duty> {
        match self.calling() {
            Calling::NextRank { due } => Some(Duty { kind: DutyKind::NextCall, due }),
            Calling::NewRound { due } => Some(Duty { kind: DutyKind::CallRound, due }),
            _ => None,
        }
    }

    fn second_duty(&self) -> Option<Duty> {
        let judgement = self.awaiting_second()?;
        Some(Duty { kind: DutyKind::SecondJudgement, due: judgement.mark.at.plus_minutes(SECOND_MINUTES) })
    }

    fn interim_duty(&self, now: Instant) -> Option<Duty> {
        Some(Duty { kind: DutyKind::Interim, due: self.report_due(now)? })
    }

    /// What is still to be asked after a call, within minutes of its end; while it runs, of its begin.
    fn ask_duty(&self) -> Option<Duty> {
        let phone = self.phone.as_ref().filter(|phone| !phone.owed().is_empty())?;
        let since = phone.ended.as_ref().map_or(phone.began, |(mark, _)| mark.at);
        Some(Duty { kind: DutyKind::AskCaller, due: since.plus_minutes(ASK_MINUTES) })
    }

    /// Whether a message did not arrive and nobody has made up for it by a call.
    pub fn owes_call(&self) -> bool {
        self.call_duties().next().is_some()
    }

    /// Messages that did not arrive and that nobody has made up for by a later call: one to their contact, one that any
    /// contact answered, or any call where they were for nobody by name.
    fn call_duties(&self) -> impl Iterator<Item = Duty> {
        let is_called = |since: &Mark, contact: Option<&ContactId>| {
            let mut later = self.calls.iter().filter(|call| call.what.counts() && call.mark.seq > since.seq);
            later.any(|call| {
                let answered = call.what.result() == Some(CallResult::Answered);
                answered || contact.is_none_or(|contact| call.what.contact == *contact)
            })
        };
        self.deliveries.iter().filter(|(_, delivery)| delivery.delivered_at().is_none()).filter_map(
            move |(id, delivery)| {
                let mark = delivery.undelivered.as_ref().filter(|mark| !is_called(mark, delivery.contact.as_ref()))?;
                Some(Duty { kind: DutyKind::CallUndelivered(id.clone()), due: mark.at })
            },
        )
    }

    /// What others were asked for and what was promised.
    fn handed_duties(&self) -> impl Iterator<Item = Duty> {
        let open = (1..).zip(&self.escalations).filter(|(_, escalation)| escalation.what.taken.is_none());
        // The supplier takes nothing: the case is owed instead.
        let escalations = open.filter(|(_, escalation)| escalation.what.to != Group::Aw).map(|(number, escalation)| {
            let due = escalation.mark.at.plus_minutes(ANSWER_MINUTES);
            Duty { kind: DutyKind::Escalation(number), due }
        });
        let promises = self.open_promises();
        let promises =
            promises.map(|(number, promise)| Duty { kind: DutyKind::Promise(number), due: promise.what.due });
        let case = self.case_due().map(|due| Duty { kind: DutyKind::SupplierCase, due });
        let given = self.handed_over();
        let given = given.map(|given| given.mark.at.plus_minutes(HAND_OVER_MINUTES));
        let given = given.map(|due| Duty { kind: DutyKind::HandOver, due });
        escalations.chain(promises).chain(case).chain(given)
    }

    /// Whose duty it is, where it is not the holder's.
    pub fn group_of(&self, duty: &DutyKind) -> Option<Group> {
        match duty {
            DutyKind::Escalation(number) => self.escalation(*number).map(|escalation| escalation.what.to),
            DutyKind::ReviewFalseAlarm | DutyKind::ApproveReport(_) | DutyKind::ReviewMajor => Some(Group::Dh),
            DutyKind::WriteRunbook | DutyKind::WriteReport(ReportKind::Final) => Some(Group::Su),
            _ => None,
        }
    }

    fn recovery_duty(&self) -> Option<Duty> {
        match self.state {
            State::Confirming => {
                let due = self.recovery()?.mark.at.plus_minutes(CONFIRM_MINUTES);
                Some(Duty { kind: DutyKind::ConfirmRecovery, due })
            }
            State::Notified if !self.is_reporting() => {
                let steps = self.steps.iter().map(|step| step.mark.at);
                let checks = self.checks.iter().map(|check| check.mark.at);
                let last = steps.chain(checks).fold(self.last_told(), Instant::max);
                Some(Duty { kind: DutyKind::Recover, due: last.plus_minutes(RECOVER_MINUTES) })
            }
            _ => None,
        }
    }

    /// An alert after the recovery notice that nobody has checked since.
    fn rejoined_duty(&self) -> Option<Duty> {
        let told = self.recovery_notices.last().filter(|_| self.state == State::RecoveryNotified)?;
        let mark = self.rejoined.last().filter(|mark| mark.seq > told.mark.seq)?;
        let is_checked = self.checks.iter().any(|check| check.mark.seq > mark.seq);
        (!is_checked).then(|| Duty { kind: DutyKind::Rejoined, due: mark.at.plus_minutes(REJOINED_MINUTES) })
    }

    fn close_duty(&self, calendar: &Calendar) -> Option<Duty> {
        Some(Duty { kind: DutyKind::Close, due: self.close_due(calendar)? })
    }

    fn review_duty(&self, calendar: &Calendar) -> Option<Duty> {
        Some(Duty { kind: DutyKind::ReviewFalseAlarm, due: self.false_alarm_review_due(calendar)? })
    }

    /// When the desk closes by itself; never a major incident.
    pub fn auto_close_at(&self, calendar: &Calendar) -> Option<Instant> {
        self.close_due(calendar).filter(|_| !self.is_major())
    }

    /// By when it is closed: 19:00 on the fifth business day after the recovery notice.
    fn close_due(&self, calendar: &Calendar) -> Option<Instant> {
        let told = self.recovery_notices.last().filter(|_| self.state == State::RecoveryNotified)?;
        calendar.business_days_after(told.mark.at, BusinessDays::new(AUTO_CLOSE_DAYS).ok()?).ok()
    }

    /// By when the head of desk says a word on a false alarm: within one business day.
    pub fn false_alarm_review_due(&self, calendar: &Calendar) -> Option<Instant> {
        let alarm = self.false_alarm.as_ref().filter(|alarm| alarm.what.review.is_none())?;
        calendar.business_days_after(alarm.mark.at, BusinessDays::new(1).ok()?).ok()
    }
}
