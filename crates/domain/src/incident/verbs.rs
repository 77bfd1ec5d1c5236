//! What people do to an incident: each verb looks at the incident and returns facts, or refuses with a sentence.
//!
//! Texts arrive as blobs that are stored already; that they are not empty was checked where they were read.

mod input;

pub use input::{Closing, Dial, Judging, Notice, Rejudging, Turn};

use super::{Call, Incident};
use crate::access::{Actor, Role};
use crate::attachment::{self, Attachment};
use crate::calendar::Calendar;
use crate::fact::{Body, NewFact, NoticeChannel, Voice};
use crate::fault::{self, Heard};
use crate::ids::{BlobId, ContactId, PersonId};
use crate::refusal::Refusal;
use crate::time::{HOUR_MS, Instant, MINUTE_MS};

/// Who acts, in which role, at which instant.
#[derive(Clone, Debug)]
pub struct By {
    /// Who.
    pub actor: Actor,
    /// In which role.
    pub role: Option<Role>,
    /// The one instant of the transaction.
    pub now: Instant,
}

/// How far back a stated time may lie.
pub const STATED_MAX_MS: i64 = 24 * HOUR_MS;
/// A stated time this close to now needs no reason.
const STATED_FREE_MS: i64 = 2 * MINUTE_MS;
/// After this many minutes "no impact" needs a second person (design §5).
pub const LATE_NO_MINUTES: i64 = 15;

pub(super) type Facts = Result<Vec<NewFact>, Refusal>;

pub(super) fn wrong_state(incident: &Incident) -> Refusal {
    let (ja, en) = (incident.state.label().ja, incident.state.label().en);
    Refusal::not_now(
        format!("状態が「{ja}」のため、この操作はできません。画面で次にできる操作を確認してください。"),
        format!("This cannot be done while the incident is “{en}”. See what can be done next on its page."),
    )
}

pub(super) fn missing_reason() -> Refusal {
    Refusal::invalid("reason", "理由を入力してください。", "Give a reason.")
}

/// Something that the incident counts from 1 and has not so many of.
pub(super) fn no_such(field: &'static str) -> Refusal {
    Refusal::invalid(
        field,
        "この番号のものはありません。画面で番号を確認してください。",
        "There is none of that number. See its page.",
    )
}

/// Answers hold for the questions that were read: another version may ask something else under the same id.
fn refuse_other_criteria(read: u32, in_force: u32) -> Result<(), Refusal> {
    match read {
        0 => Err(Refusal::invalid(
            "criteria",
            "表示していた判定基準の版 (criteria) を付けてください。",
            "Send the version of the criteria that you read.",
        )),
        _ if read != in_force => Err(Refusal::not_now(
            format!("判定基準が第{in_force}版に変わりました。画面を開き直し、新しい問いを読んで答えてください。"),
            format!(
                "The criteria are version {in_force} now. Open the page again, read the new questions and answer them."
            ),
        )),
        _ => Ok(()),
    }
}

fn no_call() -> Refusal {
    Refusal::not_now("この障害はお電話で受けたものではありません。", "This was not told to us by telephone.")
}

/// Whether `actor` is a person, and another one than `first`: programs confirm nothing.
pub(crate) fn is_second_person(actor: &Actor, first: &Actor) -> bool {
    actor.person_id().is_some() && !first.is_same_person(actor)
}

impl Incident {
    pub(super) fn fact(&self, by: &By, body: Body) -> NewFact {
        self.fact_because(by, body, None)
    }

    pub(super) fn fact_because(&self, by: &By, body: Body, reason: Option<BlobId>) -> NewFact {
        NewFact { record: Some(self.key.clone()), body, actor: by.actor.clone(), role: by.role, reason }
    }

    pub(super) fn still_open(&self) -> Result<(), Refusal> {
        if self.state.is_final() { Err(wrong_state(self)) } else { Ok(()) }
    }

    /// 担当する: 検知 > 切り分け中; later it hands the incident to another person.
    ///
    /// # Errors
    /// The incident has ended.
    pub fn take(&self, by: &By, person: PersonId) -> Facts {
        self.guarded("take", by)?;
        Ok(vec![self.fact(by, Body::IncidentTaken { person })])
    }

    /// 稼動確認 (R-4.2.1-10).
    ///
    /// # Errors
    /// Nobody has taken the incident, or it has ended.
    pub fn check(&self, by: &By, how: BlobId, result: BlobId) -> Facts {
        self.guarded("check", by)?;
        Ok(vec![self.fact(by, Body::IncidentChecked { how, result })])
    }

    /// 影響判定 (R-4.2.2-1, -3, -4): with impact the notice is published in the same act; without it the incident is
    /// judged and the notice follows. "No" after 15 minutes counts once a second person confirms it.
    ///
    /// # Errors
    /// Not in triage; other criteria in force than were read; no check recorded and no reason why; answers that do not follow
    /// the criteria; impact without a text.
    pub fn judge(&self, by: &By, judging: Judging<'_>) -> Facts {
        self.guarded("judge", by)?;
        let Judging { criteria, version, read, answers, notice, reason } = judging;
        refuse_other_criteria(read, version)?;
        if self.checks.is_empty() && reason.is_none() {
            return Err(Refusal::invalid(
                "reason",
                "稼動確認が記録されていません。稼動確認を記録するか、確認なしで判定する理由を入力してください。",
                "No check of the running state is recorded. Record it, or say why you judge without it.",
            ));
        }
        let impact = criteria.judge(&answers)?;
        let needs_second = !impact && by.now.since_ms(self.alert_at()) > LATE_NO_MINUTES * MINUTE_MS;
        let judged = Body::IncidentJudged { impact, criteria: version, answers, needs_second, held_at_alert: None };
        let mut facts = vec![self.fact_because(by, judged, reason)];
        if impact {
            facts.push(self.publication(by, true, notice)?);
        }
        Ok(facts)
    }

    /// 再判定 (R-4.2.2-22, Q-04): to impact it publishes at once; to no impact it counts once a second person confirms. It
    /// also settles a judgement without impact that a second person will not confirm.
    ///
    /// # Errors
    /// Nothing was judged yet, the judgement would be the same, or the reason or the notice is missing.
    pub fn rejudge(&self, by: &By, rejudging: Rejudging) -> Facts {
        self.guarded("rejudge", by)?;
        let Rejudging { version, impact, held_at_alert, notice, reason } = rejudging;
        let Some(before) = self.judgements.last() else { return Err(wrong_state(self)) };
        if before.what.impact == impact {
            return Err(Refusal::invalid(
                "impact",
                "今の判定と同じです。判定を変える場合だけ再判定してください。",
                "That is how it is judged already. Re-judge only to change it.",
            ));
        }
        let judged = Body::IncidentJudged {
            impact,
            criteria: version,
            answers: vec![],
            needs_second: !impact,
            held_at_alert: impact.then_some(held_at_alert),
        };
        let reason = reason.ok_or_else(missing_reason)?;
        let mut facts = vec![self.fact_because(by, judged, Some(reason))];
        if impact {
            facts.push(self.publication(by, true, notice)?);
        }
        Ok(facts)
    }

    /// A second person's word on a judgement without impact.
    ///
    /// # Errors
    /// Nothing waits for it, or it is the same person or no person.
    pub fn confirm_judgement(&self, by: &By) -> Facts {
        self.guarded("confirm_judgement", by)?;
        let Some(judgement) = self.awaiting_second() else { return Err(wrong_state(self)) };
        Ok(vec![self.fact(by, Body::JudgementConfirmed { judgement: judgement.mark.seq })])
    }

    /// 障害発生連絡 after a judgement without impact (R-4.2.2-8).
    ///
    /// # Errors
    /// Not judged, told already, or the text is missing.
    pub fn notify(&self, by: &By, notice: Option<Notice>) -> Facts {
        self.guarded("notify", by)?;
        Ok(vec![self.publication(by, false, notice)?])
    }

    fn publication(&self, by: &By, impact: bool, notice: Option<Notice>) -> Result<NewFact, Refusal> {
        let Some(Notice { text, plan, voice, rounds }) = notice else {
            return Err(Refusal::invalid(
                "text",
                "お客様への連絡文を入力してください。",
                "Write the notice to the customer.",
            ));
        };
        let voice = if impact { voice } else { Voice::NotOwed };
        let next_due = if impact { self.promise_of_notice(by.now) } else { None };
        let rounds = Some(rounds).filter(|_| matches!(voice, Voice::Required { .. }));
        Ok(self.fact(by, Body::IncidentNotified { impact, text, plan, voice, next_due, rounds }))
    }

    /// 中間報告 (R-4.2.2-16 to -18); without impact a voluntary one.
    ///
    /// # Errors
    /// The customer has not been told of the occurrence, or knows of the recovery already.
    pub fn report(&self, by: &By, text: BlobId) -> Facts {
        self.guarded("report", by)?;
        let next_due = self.promise_of_report(by.now);
        Ok(vec![self.fact(by, Body::InterimReported { text, next_due })])
    }

    /// 復旧: the service is back as of a stated instant; 連絡済 > 復旧確認中.
    ///
    /// # Errors
    /// The customer has not been told yet, or the instant lies ahead, before the alert or more than a day back.
    pub fn recover(&self, by: &By, recovered_at: Instant, recovery_point: Option<Instant>) -> Facts {
        self.guarded("recover", by)?;
        let back = by.now.since_ms(recovered_at);
        if !(0..=STATED_MAX_MS).contains(&back) || recovered_at < self.alert_at() {
            return Err(Refusal::invalid(
                "recovered_at",
                "復旧時刻はアラート受信以降、今から24時間前までの間で入力してください。",
                "The recovery lies between the alert and now, at most 24 hours back. Check the time.",
            ));
        }
        // What was restored by a step is restored in the report too (R-4.2.2-11).
        let recovery_point = recovery_point.or_else(|| self.recovery_point());
        if recovery_point.is_some_and(|point| point > recovered_at) {
            return Err(Refusal::invalid(
                "recovery_point",
                "回復時点は復旧時刻より前でなければなりません。",
                "Data cannot be as of an instant after the recovery.",
            ));
        }
        Ok(vec![self.fact(by, Body::IncidentRecovered { recovered_at, recovery_point })])
    }

    /// It was not over: 復旧確認中 > 連絡済.
    ///
    /// # Errors
    /// No recovery is being confirmed, or the reason is missing.
    pub fn withdraw_recovery(&self, by: &By, reason: Option<BlobId>) -> Facts {
        self.guarded("withdraw_recovery", by)?;
        Ok(vec![self.fact_because(by, Body::RecoveryWithdrawn {}, Some(reason.ok_or_else(missing_reason)?))])
    }

    /// 復旧連絡 (R-4.2.2-19, -20), with how it was confirmed and by whom.
    ///
    /// # Errors
    /// No recovery is being confirmed.
    pub fn notify_recovery(
        &self,
        by: &By,
        method: BlobId,
        confirmed_by: BlobId,
        channel: NoticeChannel,
        text: BlobId,
    ) -> Facts {
        self.guarded("notify_recovery", by)?;
        Ok(vec![self.fact(by, Body::RecoveryNotified { method, confirmed_by, channel, text })])
    }

    /// 再発 after the recovery notice: 復旧連絡済 > 連絡済.
    ///
    /// # Errors
    /// The customer was not told of a recovery.
    pub fn recur(&self, by: &By, text: BlobId) -> Facts {
        self.guarded("recur", by)?;
        Ok(vec![self.fact(by, Body::IncidentRecurred { text })])
    }

    /// 終了 with class, cause and who confirmed (R-5.3-8). The verdicts become final with it.
    ///
    /// # Errors
    /// The customer was not told of the recovery, or a judgement still waits for a second person; a major incident is closed
    /// by a person only.
    pub fn close(&self, by: &By, closing: Closing) -> Facts {
        self.guarded("close", by)?;
        if self.is_major() && (closing.automatic || by.actor.person_id().is_none()) {
            return Err(Refusal::not_now(
                "重大な障害を終了できるのは人だけです。担当者が確認して終了してください。",
                "Only a person closes a major incident. Somebody has to confirm and close it.",
            ));
        }
        // A verdict never moves again; only the desk itself closes over a judgement that nobody confirmed, as with impact.
        if self.awaiting_second().is_some() && !closing.automatic {
            return Err(Refusal::not_now(
                "別の人の判定確認が残っています。確認してから終了してください。",
                "A judgement waits for a second person. Have it confirmed before closing.",
            ));
        }
        let Closing { class, cause, confirmed_by, automatic } = closing;
        let mut facts = vec![self.fact(by, Body::IncidentClosed { class, cause, confirmed_by, automatic })];
        facts.extend(self.final_verdicts(by.now));
        Ok(facts)
    }

    /// 誤検知: only before the due; the head of desk reviews it within one business day.
    ///
    /// # Errors
    /// The customer was told already or told us themselves, the due has passed (then the miss stands), or the head of desk denied it before.
    pub fn declare_false_alarm(&self, by: &By, grounds: BlobId) -> Facts {
        self.guarded("declare_false_alarm", by)?;
        if self.false_alarm.is_some() {
            return Err(Refusal::not_now(
                "責任者が誤検知ではないと判断済みです。判定して連絡してください。",
                "The head of desk found that this is no false alarm. Judge it and tell the customer.",
            ));
        }
        if self.is_known_to_customer() || self.merged_children().any(|child| child.known) {
            return Err(Refusal::not_now(
                "お客様から受けた障害は誤検知にできません。判定して連絡してください。",
                "The customer told us of this, so it is no false alarm. Judge it and tell them.",
            ));
        }
        if self.clocks().iter().any(|clock| by.now > clock.slo_due) {
            return Err(Refusal::not_now(
                "期限を過ぎたため誤検知にできません。判定して連絡してください。",
                "The due has passed, so this can no longer be a false alarm. Judge it and tell the customer.",
            ));
        }
        Ok(vec![self.fact(by, Body::FalseAlarmDeclared { grounds })])
    }

    /// The head of desk's word on a false alarm: upheld it is counted apart; denied it was never declared, and the incident
    /// goes on where it stood with its clock. Without a word within one business day a timer denies it.
    ///
    /// # Errors
    /// It is no false alarm, was reviewed already, the same person or no person reviews it, or it is too late to uphold it.
    pub fn review_false_alarm(&self, by: &By, upheld: bool, reason: Option<BlobId>, calendar: &Calendar) -> Facts {
        self.guarded("review_false_alarm", by)?;
        let Some(alarm) = self.false_alarm.as_ref().filter(|alarm| alarm.what.review.is_none()) else {
            return Err(wrong_state(self));
        };
        if upheld && self.false_alarm_review_due(calendar).is_some_and(|due| by.now > due) {
            return Err(Refusal::not_now(
                "確認の期限（1営業日）を過ぎたため、誤検知にできません。判定して連絡してください。",
                "The one business day for this word has passed, so it is no false alarm. Judge it and tell the customer.",
            ));
        }
        if !upheld && reason.is_none() {
            return Err(missing_reason());
        }
        let mut facts = vec![self.fact_because(by, Body::FalseAlarmReviewed { upheld }, reason)];
        if upheld {
            let mut after = self.clone();
            after.false_alarm = Some(super::Marked {
                mark: alarm.mark.clone(),
                what: super::FalseAlarm {
                    grounds: alarm.what.grounds.clone(),
                    review: Some((alarm.mark.clone(), true)),
                },
            });
            facts.extend(after.final_verdicts(by.now));
        }
        Ok(facts)
    }

    /// 内部メモ: never shown to the customer.
    ///
    /// # Errors
    /// Never: notes may follow the end.
    pub fn note(&self, by: &By, text: BlobId) -> Facts {
        self.guarded("note", by)?;
        Ok(vec![self.fact(by, Body::IncidentNoted { text })])
    }

    /// A message between desk and customer, in every state from the first notice on, or from the filing where the customer filed
    /// it (R-4.2-2).
    ///
    /// # Errors
    /// Nothing was published yet: the customer could neither open nor answer it.
    pub fn message(&self, by: &By, text: BlobId, from_customer: bool) -> Facts {
        self.guarded("message", by)?;
        if let Some(parent) = self.merged_into() {
            return Err(Refusal::not_now(
                format!("この障害は {parent} に統合されています。{parent} に書いてください。"),
                format!("This incident is merged into {parent}. Write there."),
            ));
        }
        if !self.is_known_to_customer() {
            return Err(Refusal::not_now(
                "お客様にはまだ連絡していないため、メッセージを送れません。先に障害発生連絡を出すか、内部メモに書いてください。",
                "The customer was not told yet, so they cannot read a message. Publish the notice first, or write an internal note.",
            ));
        }
        Ok(vec![self.fact(by, Body::IncidentMessaged { text, from_customer })])
    }

    /// 添付する: a file of either side; whoever may write a message may add one, and a note's writer an internal one.
    ///
    /// # Errors
    /// As for [`Incident::message`]; the file is empty or too large, or the incident has as many as it may.
    pub fn attach(&self, by: &By, file: Attachment, from_customer: bool) -> Facts {
        match file.internal {
            true => self.guarded("note", by)?,
            false => drop(self.message(by, file.name.clone(), from_customer)?),
        }
        attachment::fits(usize::try_from(file.size).unwrap_or(usize::MAX), self.files.len())?;
        Ok(vec![self.fact(by, Body::FileAttached(file))])
    }

    /// What a caller said, and how an unknown one was confirmed (R-4.2.1-9); the line may have dropped before.
    ///
    /// # Errors
    /// It was not told by telephone, it has ended, nothing new is said, or it was noticed after it was told.
    pub fn hear(&self, by: &By, heard: Heard) -> Facts {
        self.guarded("hear", by)?;
        if self.phone.is_none() {
            return Err(no_call());
        }
        if let Some(at) = heard.detected_at {
            fault::detected(at, self.alert_at())?;
        }
        if heard.is_empty() {
            return Ok(vec![]);
        }
        Ok(vec![self.fact(by, Body::CallerHeard(Box::new(heard)))])
    }

    /// The end of the call by which it was told, with a summary (R-4.1.2-7).
    ///
    /// # Errors
    /// It was not told by telephone, or that call has ended.
    pub fn end_intake_call(&self, by: &By, summary: BlobId) -> Facts {
        self.guarded("end_intake_call", by)?;
        match &self.phone {
            None => Err(no_call()),
            Some(phone) if phone.ended.is_some() => {
                Err(Refusal::not_now("この通話はもう終わっています。", "This call has ended already."))
            }
            Some(_) => Ok(vec![self.fact(by, Body::IntakeCallEnded { summary })]),
        }
    }

    pub(super) fn final_verdicts(&self, now: Instant) -> Vec<NewFact> {
        self.verdicts_at_end(now)
            .into_iter()
            .map(|v| {
                let super::clock::FinalVerdict { clock, target, outcome, due, ended, rules } = v;
                let body = Body::VerdictGiven { clock, target, outcome, due, ended, rules };
                NewFact::by_system(Some(self.key.clone()), body)
            })
            .collect()
    }

    /// The calls to one contact, first to last.
    pub fn calls_to<'a>(&'a self, contact: &'a ContactId) -> impl Iterator<Item = &'a Call> {
        self.calls.iter().map(|call| &call.what).filter(move |call| call.contact == *contact)
    }
}

/// Whether an instant was stated afterwards: at most a day back, and with a reason beyond two minutes.
///
/// # Errors
/// It lies ahead, too far back, or needs a reason.
pub fn stated(now: Instant, at: Instant, field: &'static str, has_reason: bool) -> Result<bool, Refusal> {
    let back = now.since_ms(at);
    if !(0..=STATED_MAX_MS).contains(&back) {
        return Err(Refusal::invalid(
            field,
            "時刻は今から24時間前までの間で入力してください。",
            "The time must lie within the last 24 hours.",
        ));
    }
    if back > STATED_FREE_MS && !has_reason {
        return Err(Refusal::invalid(
            "reason",
            "2分より前の時刻を後から記録するときは、理由を入力してください。",
            "Give a reason for recording afterwards what is more than two minutes old.",
        ));
    }
    Ok(back > STATED_FREE_MS)
}
