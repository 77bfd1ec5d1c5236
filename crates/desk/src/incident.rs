//! What people do to an incident: one function a verb. Each loads the incident under its tenant's lock, asks the domain,
//! and saves facts, timers and messages in one transaction.

mod calling;
mod case;
pub mod input;
mod merging;
mod outgoing;
mod owing;
pub(crate) mod paging;
mod receipt;
mod report;
mod runbook;
mod view;

pub use calling::KnownCaller;
pub use outgoing::{Hook, Letter, Payload};
pub use report::document;
pub use runbook::Offered;
pub use view::{BoardRow, IncidentView, PublishedView};

pub(crate) use case::{Case, Seen, cached_row, calendar_as_of, timer_rows};
pub(crate) use outgoing::one_line;
pub(crate) use receipt::receipt;
pub(crate) use view::turn;

use crate::{Answer, Caller, Desk};
use domain::access::Right;
use domain::contact::{ContactPlan, Occasion};
use domain::criteria::Criteria;
use domain::fact::NoticeChannel;
use domain::ids::{BlobId, RecordKey};
use domain::incident::verbs::{Closing, Judging, Notice, Rejudging};
use domain::refusal::Refusal;
use domain::time::Instant;
use serde::Serialize;
use std::borrow::Cow;

/// What a verb leaves behind: the record's new version, to act on next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Done {
    /// The record.
    pub key: RecordKey,
    /// Its version now.
    pub version: u64,
    /// Its state now.
    pub state: Cow<'static, str>,
}

impl Desk {
    /// 担当する: whoever calls takes the incident.
    ///
    /// # Errors
    /// See [`domain::incident::Incident::take`]; a program cannot take an incident.
    pub async fn take(&self, caller: &Caller, key: &RecordKey, input: &input::Assignment) -> Answer<Done> {
        self.take_seen(caller, key, Seen::At(input.version)).await
    }

    /// The same, of a version that is or is not asked for.
    pub(crate) async fn take_seen(&self, caller: &Caller, key: &RecordKey, seen: Seen) -> Answer<Done> {
        let mut case = self.open(caller, Right::Operate, key, seen).await?;
        let Some(person) = caller.person().cloned() else {
            return Err(
                Refusal::not_now("担当者になれるのは人だけです。", "Only a person can take an incident.").into()
            );
        };
        let mut facts = case.incident.take(&case.by, person)?;
        facts.extend(case.missing_runbook().await?);
        case.save(facts).await
    }

    /// 稼動確認.
    ///
    /// # Errors
    /// See [`domain::incident::Incident::check`].
    pub async fn check(&self, caller: &Caller, key: &RecordKey, input: &input::Check) -> Answer<Done> {
        let mut case = self.open(caller, Right::Operate, key, Seen::At(input.version)).await?;
        let how = case.required("how", &input.how)?;
        let result = case.required("result", &input.result)?;
        let facts = case.incident.check(&case.by, how, result)?;
        case.save(facts).await
    }

    /// 影響判定: with impact it publishes the notice in the same act.
    ///
    /// # Errors
    /// See [`domain::incident::Incident::judge`]; there are no criteria.
    pub async fn judge(&self, caller: &Caller, key: &RecordKey, input: &input::Judgement) -> Answer<Done> {
        let mut case = self.open(caller, Right::Operate, key, Seen::At(input.version)).await?;
        let (version, criteria) = case.paper::<Criteria>().await?.ok_or_else(no_criteria)?;
        // Without impact nothing is published now, whatever was drafted beside the questions.
        let notice = match criteria.judge(&input.answers) {
            Ok(true) => case.notice_told(&input.text, input.told_caller).await?,
            _ => None,
        };
        let reason = case.optional("reason", &input.reason)?;
        let (read, answers) = (input.criteria, input.answers.clone());
        let judging = Judging { criteria: &criteria, version, read, answers, notice, reason };
        let facts = case.incident.judge(&case.by, judging)?;
        case.save(facts).await
    }

    /// 再判定.
    ///
    /// # Errors
    /// See [`domain::incident::Incident::rejudge`].
    pub async fn rejudge(&self, caller: &Caller, key: &RecordKey, input: &input::Rejudgement) -> Answer<Done> {
        let mut case = self.open(caller, Right::Operate, key, Seen::At(input.version)).await?;
        let (version, _) = case.paper::<Criteria>().await?.ok_or_else(no_criteria)?;
        let notice = if input.impact { case.notice_with_impact(&input.text).await? } else { None };
        let reason = case.optional("reason", &input.reason)?;
        let (impact, held_at_alert) = (input.impact, input.held_at_alert);
        let facts = case.incident.rejudge(&case.by, Rejudging { version, impact, held_at_alert, notice, reason })?;
        case.save(facts).await
    }

    /// A second person's word on a judgement without impact.
    ///
    /// # Errors
    /// See [`domain::incident::Incident::confirm_judgement`].
    pub async fn confirm_judgement(
        &self,
        caller: &Caller,
        key: &RecordKey,
        input: &input::JudgementConfirmation,
    ) -> Answer<Done> {
        let case = self.open(caller, Right::Operate, key, Seen::At(input.version)).await?;
        let facts = case.incident.confirm_judgement(&case.by)?;
        case.save(facts).await
    }

    /// 障害発生連絡 after a judgement without impact.
    ///
    /// # Errors
    /// See [`domain::incident::Incident::notify`].
    pub async fn notify(&self, caller: &Caller, key: &RecordKey, input: &input::NoticeText) -> Answer<Done> {
        let mut case = self.open(caller, Right::Operate, key, Seen::At(input.version)).await?;
        let notice = case.notice(&input.text, None).await?;
        let facts = case.incident.notify(&case.by, notice)?;
        case.save(facts).await
    }

    /// 中間報告.
    ///
    /// # Errors
    /// See [`domain::incident::Incident::report`].
    pub async fn report(&self, caller: &Caller, key: &RecordKey, input: &input::InterimReport) -> Answer<Done> {
        let mut case = self.open(caller, Right::Operate, key, Seen::At(input.version)).await?;
        let next_report = case.incident.promise_of_report(case.by.now);
        let text = case.told(&input.text, next_report)?;
        let facts = case.incident.report(&case.by, text)?;
        case.save(facts).await
    }

    /// A recovery step.
    ///
    /// # Errors
    /// See [`domain::incident::Incident::step`].
    pub async fn step(&self, caller: &Caller, key: &RecordKey, input: &input::RecoveryStep) -> Answer<Done> {
        let mut case = self.open(caller, Right::Operate, key, Seen::At(input.version)).await?;
        let step = case.required("step", &input.step)?;
        let result = case.required("result", &input.result)?;
        let facts = case.incident.step(&case.by, step, result)?;
        case.save(facts).await
    }

    /// 復旧.
    ///
    /// # Errors
    /// See [`domain::incident::Incident::recover`].
    pub async fn recover(&self, caller: &Caller, key: &RecordKey, input: &input::Recovery) -> Answer<Done> {
        let case = self.open(caller, Right::Operate, key, Seen::At(input.version)).await?;
        let at = input.recovered_at.unwrap_or(case.by.now);
        let facts = case.incident.recover(&case.by, at, input.recovery_point)?;
        case.save(facts).await
    }

    /// It was not over.
    ///
    /// # Errors
    /// See [`domain::incident::Incident::withdraw_recovery`].
    pub async fn withdraw_recovery(
        &self,
        caller: &Caller,
        key: &RecordKey,
        input: &input::RecoveryWithdrawal,
    ) -> Answer<Done> {
        let mut case = self.open(caller, Right::Operate, key, Seen::At(input.version)).await?;
        let reason = case.optional("reason", &input.reason)?;
        let facts = case.incident.withdraw_recovery(&case.by, reason)?;
        case.save(facts).await
    }

    /// 復旧連絡.
    ///
    /// # Errors
    /// See [`domain::incident::Incident::notify_recovery`].
    pub async fn notify_recovery(
        &self,
        caller: &Caller,
        key: &RecordKey,
        input: &input::RecoveryNotice,
    ) -> Answer<Done> {
        let mut case = self.open(caller, Right::Operate, key, Seen::At(input.version)).await?;
        let method = case.required("method", &input.method)?;
        let confirmed_by = case.required("confirmed_by", &input.confirmed_by)?;
        let text = case.told(&input.text, None)?;
        let channel = input.channel.unwrap_or(NoticeChannel::Ticket);
        let facts = case.incident.notify_recovery(&case.by, method, confirmed_by, channel, text)?;
        case.save(facts).await
    }

    /// 再発, told by the desk or by the customer.
    ///
    /// # Errors
    /// See [`domain::incident::Incident::recur`].
    pub async fn recur(&self, caller: &Caller, key: &RecordKey, input: &input::Recurrence) -> Answer<Done> {
        let right = if caller.is_customer() { Right::SpeakAsCustomer } else { Right::Operate };
        let mut case = self.open(caller, right, key, Seen::At(input.version)).await?;
        let text = case.required("text", &input.text)?;
        let facts = case.incident.recur(&case.by, text)?;
        case.save(facts).await
    }

    /// 終了.
    ///
    /// # Errors
    /// See [`domain::incident::Incident::close`]; the class is unknown.
    pub async fn close(&self, caller: &Caller, key: &RecordKey, input: &input::Closure) -> Answer<Done> {
        let mut case = self.open(caller, Right::Operate, key, Seen::At(input.version)).await?;
        if !CLASSES.iter().any(|(class, _)| *class == input.class) {
            let known = CLASSES.map(|(class, _)| class).join(", ");
            return Err(Refusal::invalid(
                "class",
                format!("分類を選んでください ({known})。"),
                format!("Choose a class: {known}."),
            )
            .into());
        }
        let cause = case.required("cause", &input.cause)?;
        let confirmed_by = Some(case.required("confirmed_by", &input.confirmed_by)?);
        let closing = Closing { class: input.class.clone(), cause, confirmed_by, automatic: false };
        let facts = case.incident.close(&case.by, closing)?;
        case.save(facts).await
    }

    /// 誤検知.
    ///
    /// # Errors
    /// See [`domain::incident::Incident::declare_false_alarm`].
    pub async fn declare_false_alarm(
        &self,
        caller: &Caller,
        key: &RecordKey,
        input: &input::FalseAlarm,
    ) -> Answer<Done> {
        let mut case = self.open(caller, Right::Operate, key, Seen::At(input.version)).await?;
        let grounds = case.required("grounds", &input.grounds)?;
        let facts = case.incident.declare_false_alarm(&case.by, grounds)?;
        case.save(facts).await
    }

    /// The head of desk's word on a false alarm.
    ///
    /// # Errors
    /// See [`domain::incident::Incident::review_false_alarm`].
    pub async fn review_false_alarm(
        &self,
        caller: &Caller,
        key: &RecordKey,
        input: &input::FalseAlarmReview,
    ) -> Answer<Done> {
        let mut case = self.open(caller, Right::Decide, key, Seen::At(input.version)).await?;
        let reason = case.optional("reason", &input.reason)?;
        // The calendar by which the duty was shown and its timer armed.
        let calendar = calendar_as_of(&mut case.write, case.incident.as_of).await?;
        let facts = case.incident.review_false_alarm(&case.by, input.upheld, reason, &calendar)?;
        case.save(facts).await
    }

    /// 内部メモ.
    ///
    /// # Errors
    /// The text is missing, or there is no such incident in the caller's reach.
    pub async fn note(&self, caller: &Caller, key: &RecordKey, input: &input::Note) -> Answer<Done> {
        let mut case = self.open(caller, Right::Operate, key, Seen::Whatever).await?;
        let text = case.required("text", &input.text)?;
        let facts = case.incident.note(&case.by, text)?;
        case.save(facts).await
    }

    /// メッセージ between desk and customer, from either side, in every state from the first notice on (R-4.2-2).
    ///
    /// # Errors
    /// See [`domain::incident::Incident::message`]; the text is missing, or there is no such incident in the caller's reach.
    pub async fn message(&self, caller: &Caller, key: &RecordKey, input: &input::Message) -> Answer<Done> {
        let from_customer = caller.is_customer();
        let right = if from_customer { Right::SpeakAsCustomer } else { Right::Operate };
        let mut case = self.open(caller, right, key, Seen::Whatever).await?;
        let text = case.required("text", &input.text)?;
        let facts = case.incident.message(&case.by, text, from_customer)?;
        case.save(facts).await
    }
}

/// Classes an incident can be closed with, and their names.
pub const CLASSES: [(&str, domain::words::Label); 7] = [
    ("hardware", domain::words::Label::new("ハードウェア・ホスト", "Hardware or host")),
    ("os", domain::words::Label::new("OS", "Operating system")),
    ("middleware", domain::words::Label::new("ミドルウェア", "Middleware")),
    ("application", domain::words::Label::new("アプリケーション", "Application")),
    ("network", domain::words::Label::new("ネットワーク", "Network")),
    ("cloud", domain::words::Label::new("AWS", "Cloud provider")),
    ("unknown", domain::words::Label::new("原因不明", "Unknown")),
];

fn no_criteria() -> Refusal {
    Refusal::not_now(
        "サービス影響判定基準がありません。設定で判定基準の版を登録してください。",
        "There are no impact criteria. Record a version of them in the settings.",
    )
}

impl Case<'_> {
    /// A text about to be told to the customer, with the next report it promises.
    fn told(&mut self, text: &str, next_report: Option<Instant>) -> Result<BlobId, Refusal> {
        let next_report = next_report.map(|at| view::shown(at, &self.calendar));
        let text = domain::draft::promise(text, next_report.as_deref())?;
        self.required("text", &text)
    }

    pub(crate) async fn notice_with_impact(&mut self, text: &str) -> Answer<Option<Notice>> {
        let next_report = self.incident.promise_of_notice(self.by.now);
        self.notice(text, next_report).await
    }

    /// A notice with impact; where the caller is told it on their own call, no other call is owed beside it.
    async fn notice_told(&mut self, text: &str, told_caller: bool) -> Answer<Option<Notice>> {
        let mut notice = self.notice_with_impact(text).await?;
        if told_caller && let Some(notice) = &mut notice {
            let plan = self.paper::<ContactPlan>().await?;
            let plan = plan.as_ref().map(|(_, plan)| plan);
            notice.voice = domain::fault::told_on_own_call(self.incident.phone.as_ref(), plan)?;
        }
        Ok(notice)
    }

    /// A notice with what the contact plan says about calls at this minute; none where no text was written.
    async fn notice(&mut self, text: &str, next_report: Option<Instant>) -> Answer<Option<Notice>> {
        if text.trim().is_empty() {
            return Ok(None);
        }
        let text = self.told(text, next_report)?;
        let plan = self.paper::<ContactPlan>().await?;
        let service = self.service().await?;
        let occasion = Occasion { at: self.by.now, calendar: &self.calendar, service: service.as_deref() };
        let recovered = self.incident.recovered_by_itself();
        let voice = plan
            .as_ref()
            .map(|(_, plan)| plan.voice_of(&occasion, recovered))
            .unwrap_or(domain::fact::Voice::NoneValid);
        let rounds = plan.as_ref().map(|(_, plan)| plan.rounds).unwrap_or_default();
        Ok(Some(Notice { text, plan: plan.map(|(version, _)| version), voice, rounds }))
    }
}
