//! What is done to all incidents of a cause at once: one text published to each customer, one call that counts for every
//! incident told in it.

use crate::acting::{Acting, INCIDENTS_MAX};
use crate::incident::{Case, Seen, input};
use crate::{ActedOn, Answer, Caller, Desk};
use domain::access::Right;
use domain::contact::{ContactPlan, digits};
use domain::criteria::Criteria;
use domain::draft::fill;
use domain::fact::{Answer as CriteriaAnswer, CallResult};
use domain::ids::RecordKey;
use domain::incident::verbs::Judging;
use domain::incident::{Calling, State};
use domain::refusal::Refusal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One incident that is judged with impact and told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Member {
    /// Its key.
    #[schema(required)]
    pub key: String,
    /// Record version seen.
    #[schema(required, minimum = 1)]
    pub version: u64,
    /// Version of the customer's criteria that were read.
    #[schema(required, minimum = 1)]
    pub criteria: u32,
    /// The question of these criteria by which the service is affected; those before it do not apply.
    #[schema(required)]
    pub question: String,
}

/// One text for all: each incident is taken, checked, judged by its own customer's criteria and told on its own clock.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CauseNotice {
    /// The cause.
    #[schema(required, minimum = 1)]
    pub cause: u64,
    /// How the running state was checked.
    #[schema(required)]
    pub how: String,
    /// What was found.
    #[schema(required)]
    pub result: String,
    /// The notice; `{customer}`, `{key}` and `{title}` are each incident's own.
    #[schema(required)]
    pub text: String,
    /// The incidents, 1 to 200.
    #[schema(required)]
    pub incidents: Vec<Member>,
}

/// A call to one number about every incident of a cause whose turn it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CauseCall {
    /// The cause.
    #[schema(required, minimum = 1)]
    pub cause: u64,
    /// The number.
    #[schema(required)]
    pub number: String,
}

/// How the call to a number ended.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CauseCallEnd {
    /// The cause.
    #[schema(required, minimum = 1)]
    pub cause: u64,
    /// The number.
    #[schema(required)]
    pub number: String,
    /// How it ended.
    #[schema(required, value_type = wire::incident::CallResult)]
    pub result: Option<CallResult>,
    /// What was said.
    pub note: String,
}

impl Desk {
    /// Publishes one text to every named incident, each judged and told on its own clock.
    ///
    /// # Errors
    /// There is no such open cause, nothing is named, or a text is missing; what refuses one incident stands in the answer.
    pub async fn tell_cause(&self, caller: &Caller, input: &CauseNotice) -> Answer<ActedOn> {
        self.open_one(caller, input.cause).await?;
        for (field, text) in [("how", &input.how), ("result", &input.result), ("text", &input.text)] {
            crate::desk::required(field, text)?;
        }
        if input.incidents.is_empty() || input.incidents.len() > INCIDENTS_MAX {
            return Err(Refusal::invalid(
                "incidents",
                "連絡する障害を選んでください。",
                "Choose the incidents to be told.",
            )
            .into());
        }
        let desk = self.clone().without_once();
        let mut acted = Acting::default();
        for member in &input.incidents {
            let key = RecordKey::new(member.key.trim());
            let done = desk.tell_member(caller, &key, input, member).await;
            acted.note(key, done)?;
        }
        self.answer_once(caller, acted).await
    }

    /// A call begins: it counts for every incident of the cause whose turn that number is.
    ///
    /// # Errors
    /// There is no such open cause, the number is nobody's turn, or somebody else dials it.
    pub async fn call_cause(&self, caller: &Caller, input: &CauseCall) -> Answer<ActedOn> {
        self.open_one(caller, input.cause).await?;
        let view = self.cause(caller, input.cause).await?;
        let entry = view.calls.into_iter().find(|entry| digits(&entry.number) == digits(&input.number));
        let entry = entry.filter(|entry| entry.under_way.is_empty()).ok_or_else(|| {
            Refusal::not_now(
                "この番号は今は架電の順番ではありません。画面を開き直してください。",
                "It is not this number's turn now. Open the page again.",
            )
        })?;
        let desk = self.clone().without_once();
        let mut acted = Acting::default();
        for key in entry.incidents {
            let done = desk.dial_member(caller, &key, &input.number).await;
            acted.note(key, done)?;
        }
        self.answer_once(caller, acted).await
    }

    /// Somebody picked up: the result may take its time, on every incident told in the call.
    ///
    /// # Errors
    /// There is no such open cause, or no call to that number is under way.
    pub async fn connect_cause_call(&self, caller: &Caller, input: &CauseCall) -> Answer<ActedOn> {
        self.on_calls(caller, input.cause, &input.number, None).await
    }

    /// The call ended, with one result for every incident told in it.
    ///
    /// # Errors
    /// There is no such open cause, no call to that number is under way, or the result is missing.
    pub async fn end_cause_call(&self, caller: &Caller, input: &CauseCallEnd) -> Answer<ActedOn> {
        if input.result.is_none() {
            return Err(Refusal::invalid("result", "架電の結果を選んでください。", "Choose how the call ended.").into());
        }
        self.on_calls(caller, input.cause, &input.number, Some(input)).await
    }

    async fn tell_member(&self, caller: &Caller, key: &RecordKey, input: &CauseNotice, member: &Member) -> Answer<()> {
        let case = self.open(caller, Right::Operate, key, Seen::At(member.version)).await?;
        case.judge_and_tell(caller, input, member).await
    }

    async fn dial_member(&self, caller: &Caller, key: &RecordKey, number: &str) -> Answer<()> {
        let case = self.open(caller, Right::Operate, key, Seen::Whatever).await?;
        case.dial_number(number).await
    }

    /// A call goes on, or ends where a result is given.
    async fn on_call(
        &self,
        caller: &Caller,
        key: &RecordKey,
        (version, call): (u64, u32),
        end: Option<&CauseCallEnd>,
    ) -> Answer<()> {
        let Some(end) = end else {
            return self.connect_call(caller, key, &input::CallConnection { version, call }).await.map(drop);
        };
        let end = input::CallEnd { version, call, result: end.result, note: end.note.clone() };
        self.end_call(caller, key, &end).await.map(drop)
    }

    async fn on_calls(&self, caller: &Caller, cause: u64, number: &str, end: Option<&CauseCallEnd>) -> Answer<ActedOn> {
        self.open_one(caller, cause).await?;
        let view = self.cause(caller, cause).await?;
        let entry = view.calls.into_iter().find(|entry| digits(&entry.number) == digits(number));
        let under_way = entry.map(|entry| entry.under_way).filter(|calls| !calls.is_empty()).ok_or_else(|| {
            Refusal::not_now(
                "この番号への架電は、結果待ちではありません。",
                "No call to this number waits for a result.",
            )
        })?;
        let desk = self.clone().without_once();
        let mut acted = Acting::default();
        for (key, call, _) in under_way {
            let member = view.members.iter().find(|member| member.incident.key == key);
            let version = member.map_or(0, |member| member.incident.version);
            let done = desk.on_call(caller, &key, (version, call), end).await;
            acted.note(key, done)?;
        }
        self.answer_once(caller, acted).await
    }
}

impl Case<'_> {
    /// Takes, checks, judges with impact and tells in one transaction, as far as it is not done already.
    async fn judge_and_tell(mut self, caller: &Caller, input: &CauseNotice, member: &Member) -> Answer<()> {
        if self.incident.cause() != Some(input.cause) {
            return Err(Refusal::invalid(
                "incidents",
                "この共通原因に結び付いた障害ではありません。",
                "It is not linked to this cause.",
            )
            .into());
        }
        if self.incident.state == State::Detected {
            let person = caller.person().cloned().ok_or_else(|| {
                Refusal::not_now("担当者になれるのは人だけです。", "Only a person can take an incident.")
            })?;
            let mut facts = self.incident.take(&self.by, person)?;
            facts.extend(self.missing_runbook().await?);
            self.put(facts).await?;
        }
        if self.incident.checks.is_empty() {
            let (how, result) = (self.required("how", &input.how)?, self.required("result", &input.result)?);
            let facts = self.incident.check(&self.by, how, result)?;
            self.put(facts).await?;
        }
        let no_criteria = || Refusal::not_now("サービス影響判定基準がありません。", "There are no impact criteria.");
        let (version, criteria) = self.paper::<Criteria>().await?.ok_or_else(no_criteria)?;
        let place = criteria.questions.iter().position(|question| question.id == member.question);
        let Some(place) = place else {
            return Err(Refusal::invalid(
                "question",
                "判定基準の問いを選んでください。",
                "Choose a question of the customer's criteria.",
            )
            .into());
        };
        let answer = |(at, question): (usize, &domain::criteria::Question)| {
            let is_impact = at == place;
            CriteriaAnswer { question: question.id.clone(), yes: is_impact != question.impact_if_no }
        };
        let answers: Vec<CriteriaAnswer> = criteria.questions.iter().take(place + 1).enumerate().map(answer).collect();
        let customer = self.desk.customer_name(self.write.tenant()).await?;
        let title = self.write.blob_text(&self.incident.title).await?.unwrap_or_default();
        let key = self.incident.key.to_string();
        let text = fill(&input.text, &[("customer", &customer), ("key", &key), ("title", &title)]);
        let notice = self.notice_with_impact(&text).await?;
        let judging = Judging { criteria: &criteria, version, read: member.criteria, answers, notice, reason: None };
        let facts = self.incident.judge(&self.by, judging)?;
        self.save(facts).await.map(drop)
    }

    /// Dials a number that is the turn of one of the plan's contacts.
    async fn dial_number(mut self, number: &str) -> Answer<()> {
        if matches!(self.incident.calling(), Calling::UnderWay { .. }) {
            return Err(Refusal::not_now("すでに架電中です。", "A call is under way already.").into());
        }
        let plan = self.paper::<ContactPlan>().await?.map(|(_, plan)| plan).unwrap_or_default();
        let theirs = plan.contacts.iter().find(|contact| digits(&contact.phone) == digits(number));
        let contact = theirs.map(|contact| contact.id.to_string()).unwrap_or_default();
        let version = self.incident.version;
        let call = input::Call { version, contact, number: number.to_owned(), ..input::Call::default() };
        let facts = self.begin_call(&call).await?;
        self.save(facts).await.map(drop)
    }
}
