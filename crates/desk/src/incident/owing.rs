//! What is asked of others and promised: escalations, promises, cases at the supplier, hand-over.

use super::case::{Case, Seen};
use super::paging::ladder;
use super::{Done, input};
use crate::{Answer, Caller, Desk};
use domain::access::Right;
use domain::ids::{PersonId, RecordKey};
use domain::refusal::Refusal;

impl Desk {
    /// エスカレーション: whoever gives it keeps it until it is taken.
    ///
    /// # Errors
    /// See [`domain::incident::Incident::escalate`]; the group or the reason is missing.
    pub async fn escalate(&self, caller: &Caller, key: &RecordKey, input: &input::Escalation) -> Answer<Done> {
        let mut case = self.open(caller, Right::Operate, key, Seen::Whatever).await?;
        let to = input.to.ok_or_else(|| Refusal::invalid("to", "先を選んでください。", "Choose whom it goes to."))?;
        let text = case.required("reason", &input.reason)?;
        let (people, ordered) = ladder(&mut case.write, to).await?;
        let facts = case.incident.escalate(&case.by, to, text, people, ordered)?;
        case.save(facts).await
    }

    /// Takes an escalation.
    ///
    /// # Errors
    /// See [`domain::incident::Incident::take_escalation`].
    pub async fn take_escalation(
        &self,
        caller: &Caller,
        key: &RecordKey,
        input: &input::EscalationTaking,
    ) -> Answer<Done> {
        let case = self.open(caller, Right::Respond, key, Seen::Whatever).await?;
        let facts = case.incident.take_escalation(&case.by, input.escalation)?;
        case.save(facts).await
    }

    /// A promise to the customer or to oneself.
    ///
    /// # Errors
    /// See [`domain::incident::Incident::promise`]; kind, instant or words are missing.
    pub async fn promise(&self, caller: &Caller, key: &RecordKey, input: &input::Promise) -> Answer<Done> {
        let mut case = self.open(caller, Right::Operate, key, Seen::Whatever).await?;
        let kind = input
            .kind
            .ok_or_else(|| Refusal::invalid("kind", "何を約束したかを選んでください。", "Choose what was promised."))?;
        let due = input.due.ok_or_else(|| {
            Refusal::invalid("due", "約束の時刻を入力してください。", "Say until when it was promised.")
        })?;
        let text = case.required("text", &input.text)?;
        let facts = case.incident.promise(&case.by, kind, due, text)?;
        case.save(facts).await
    }

    /// A promise was kept.
    ///
    /// # Errors
    /// See [`domain::incident::Incident::keep_promise`].
    pub async fn keep_promise(&self, caller: &Caller, key: &RecordKey, input: &input::PromiseKept) -> Answer<Done> {
        let mut case = self.open(caller, Right::Operate, key, Seen::Whatever).await?;
        let text = case.optional("text", &input.text)?;
        let facts = case.incident.keep_promise(&case.by, input.promise, text)?;
        case.save(facts).await
    }

    /// A case was opened at the supplier.
    ///
    /// # Errors
    /// See [`domain::incident::Incident::open_case`]; the number is missing.
    pub async fn open_supplier_case(
        &self,
        caller: &Caller,
        key: &RecordKey,
        input: &input::SupplierCase,
    ) -> Answer<Done> {
        let mut case = self.open(caller, Right::Operate, key, Seen::Whatever).await?;
        let number = case.required("number", &input.number)?;
        let opened = input.opened.unwrap_or(case.by.now);
        let facts = case.incident.open_case(&case.by, number, &input.severity, opened)?;
        case.save(facts).await
    }

    /// The supplier answered.
    ///
    /// # Errors
    /// See [`domain::incident::Incident::answer_case`]; the words are missing.
    pub async fn answer_supplier_case(
        &self,
        caller: &Caller,
        key: &RecordKey,
        input: &input::SupplierAnswer,
    ) -> Answer<Done> {
        let mut case = self.open(caller, Right::Operate, key, Seen::Whatever).await?;
        let text = case.required("text", &input.text)?;
        let at = input.at.unwrap_or(case.by.now);
        let facts = case.incident.answer_case(&case.by, input.case, at, text)?;
        case.save(facts).await
    }

    /// 引き継ぎ to a person, or to whoever comes next.
    ///
    /// # Errors
    /// See [`domain::incident::Incident::hand_over`]; the words are missing, or there is no such person at the desk.
    pub async fn hand_over(&self, caller: &Caller, key: &RecordKey, input: &input::HandOver) -> Answer<Done> {
        let mut case = self.open(caller, Right::Operate, key, Seen::Whatever).await?;
        let text = case.required("text", &input.text)?;
        let to = case.colleague(&input.to).await?;
        let facts = case.incident.hand_over(&case.by, to, text)?;
        case.save(facts).await
    }
}

impl Case<'_> {
    /// A member of staff by id; none where nobody is named.
    async fn colleague(&mut self, id: &str) -> Answer<Option<PersonId>> {
        if id.trim().is_empty() {
            return Ok(None);
        }
        let id = PersonId::new(id.trim());
        let found = self.write.people(std::slice::from_ref(&id)).await?;
        if found.iter().all(|person| person.disabled.is_some()) {
            let refusal = Refusal::invalid("to", "担当できる人を選んでください。", "Choose somebody who works here.");
            return Err(refusal.into());
        }
        Ok(Some(id))
    }
}
