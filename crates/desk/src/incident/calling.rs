//! Calls to contacts and from them: the screen dials, the operator says how it went (R-4.2.2-5 to -7).

use super::case::{Case, Seen};
use super::{Done, input};
use crate::desk::{read_paper, required};
use crate::{Answer, Caller, Desk, seal};
use domain::access::{Actor, Right};
use domain::contact::{Contact, ContactPlan, Occasion, digits};
use domain::fact::{CallResult, NewFact};
use domain::ids::{BlobId, ContactId, MessageId, ProjectKey, RecordKey, TenantId};
use domain::incident::calling::{RESULT_MINUTES, TALK_MINUTES};
use domain::incident::verbs::Dial;
use domain::incident::{CallBack, CallEnd, Consent, Marked};
use domain::paper::Paper;
use domain::refusal::Refusal;
use store::{IncidentQuery, IncidentRow};

/// Somebody who calls: where their number stands in a contact plan.
#[derive(Clone, Debug)]
pub struct KnownCaller {
    /// Whose contact it is.
    pub tenant: TenantId,
    /// The customer's name.
    pub customer: String,
    /// Of which project.
    pub project: ProjectKey,
    /// Rank in the plan, from 1.
    pub rank: u32,
    /// The contact.
    pub contact: Contact,
    /// Open incidents of the project, the latest first.
    pub incidents: Vec<IncidentRow>,
}

/// Fewer digits than these find nobody.
const DIGITS_MIN: usize = 4;
/// Incidents listed with a caller at most.
const LISTED_MAX: u32 = 500;

impl Desk {
    /// 架電: a call begins now, or one that was made already is recorded with its result.
    ///
    /// # Errors
    /// See [`domain::incident::Incident::dial`]; the contact or the number is not in the plan.
    pub async fn call(&self, caller: &Caller, key: &RecordKey, input: &input::Call) -> Answer<Done> {
        let mut case = self.open(caller, Right::Operate, key, Seen::At(input.version)).await?;
        if input.begun.is_some() && input.result.is_none() {
            return Err(Refusal::invalid(
                "result",
                "開始時刻を指定するときは、架電の結果も選んでください。",
                "A call that began earlier needs its result: choose how it ended.",
            )
            .into());
        }
        let facts = case.begin_call(input).await?;
        case.save(facts).await
    }

    /// 通話中: somebody picked up.
    ///
    /// # Errors
    /// See [`domain::incident::Incident::connect_call`].
    pub async fn connect_call(&self, caller: &Caller, key: &RecordKey, input: &input::CallConnection) -> Answer<Done> {
        let mut case = self.open(caller, Right::Operate, key, Seen::At(input.version)).await?;
        let facts = case.incident.connect_call(&case.by, input.call)?;
        case.hold_number(input.call, TALK_MINUTES).await?;
        case.save(facts).await
    }

    /// How a call ended.
    ///
    /// # Errors
    /// See [`domain::incident::Incident::end_call`]; no result is given.
    pub async fn end_call(&self, caller: &Caller, key: &RecordKey, input: &input::CallEnd) -> Answer<Done> {
        let mut case = self.open(caller, Right::Operate, key, Seen::At(input.version)).await?;
        let end = case
            .end(input.result, &input.note)?
            .ok_or_else(|| Refusal::invalid("result", "架電の結果を選んでください。", "Choose how the call ended."))?;
        let facts = case.incident.end_call(&case.by, input.call, end)?;
        case.release_number(input.call).await?;
        case.save(facts).await
    }

    /// 折り返し: a contact called us about this incident.
    ///
    /// # Errors
    /// See [`domain::incident::Incident::call_back`]; number or name is missing.
    pub async fn call_back(&self, caller: &Caller, key: &RecordKey, input: &input::CallBack) -> Answer<Done> {
        let mut case = self.open(caller, Right::Operate, key, Seen::Whatever).await?;
        let number = case.required("number", &input.number)?;
        let name = case.required("name", &input.name)?;
        let plan = case.paper::<ContactPlan>().await?.map(|(_, plan)| plan).unwrap_or_default();
        let contact = by_number(&plan, &input.number).next().map(|(_, contact)| contact.id.clone());
        let note = case.optional("note", &input.note)?;
        let back = CallBack { contact, number, name, understood: input.understood, note };
        let facts = case.incident.call_back(&case.by, back)?;
        case.save(facts).await
    }

    /// Who calls from a number: contacts of the plans in force within the caller's reach, those with open incidents first.
    ///
    /// # Errors
    /// The number has fewer than four digits.
    pub async fn who_calls(&self, caller: &Caller, number: &str) -> Answer<Vec<KnownCaller>> {
        if digits(number).len() < DIGITS_MIN {
            return Err(Refusal::invalid(
                "number",
                "電話番号を4桁以上入力してください。",
                "Give at least four digits of the number.",
            )
            .into());
        }
        let now = self.now().await?;
        let tenants = self.tenants_with(caller, Right::ReadOperations).await?;
        let query = IncidentQuery { open: Some(true), ..IncidentQuery::default() };
        let open = self.store.staff(&tenants).incidents(&query, LISTED_MAX).await?;
        let mut found = vec![];
        for tenant in &tenants {
            let mut customer = None;
            for row in self.store.tenant(tenant).papers_at(ContactPlan::KIND, now).await? {
                let project = ProjectKey::new(row.subject.clone());
                if caller.only_project().is_some_and(|only| *only != project) {
                    continue;
                }
                let (_, plan) = read_paper::<ContactPlan>(&row)?;
                for (rank, contact) in by_number(&plan, number) {
                    if customer.is_none() {
                        customer = Some(self.customer_name(tenant).await?);
                    }
                    let incidents = open.iter().filter(|row| row.tenant == *tenant && row.project == project);
                    found.push(KnownCaller {
                        tenant: tenant.clone(),
                        customer: customer.clone().unwrap_or_default(),
                        project: project.clone(),
                        rank,
                        contact: contact.clone(),
                        incidents: incidents.cloned().collect(),
                    });
                }
            }
        }
        found.sort_by_key(|caller| caller.incidents.is_empty());
        Ok(found)
    }

    /// The link of a notice's mail was opened and confirmed. Whoever holds the link says so; it shows nothing and tells
    /// nothing, so an unknown one is answered alike.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn acknowledge(&self, tenant: &TenantId, message: &MessageId, signature: &str) -> Answer<()> {
        if !seal::is_signed(&self.settings().sealing_key, LINK, &named(tenant, message), signature) {
            return Ok(());
        }
        let Some(row) = self.store.tenant(tenant).message(message).await? else { return Ok(()) };
        let Some(record) = row.record else { return Ok(()) };
        if let Some(case) = self.open_by_system(tenant, &record).await? {
            let facts = case.incident.acknowledge(&case.by, message);
            if !facts.is_empty() {
                case.save(facts).await?;
            }
        }
        Ok(())
    }

    /// One of the customer's people opened the ticket.
    ///
    /// # Errors
    /// There is no such incident in the caller's reach.
    pub async fn read_ticket(&self, caller: &Caller, key: &RecordKey) -> Answer<()> {
        let case = self.open(caller, Right::SpeakAsCustomer, key, Seen::Whatever).await?;
        let facts = case.incident.read(&case.by);
        if !facts.is_empty() {
            case.save(facts).await?;
        }
        Ok(())
    }

    /// 口頭同意, heard by whoever acts.
    ///
    /// # Errors
    /// See [`domain::incident::Incident::consent`]; a field is missing.
    pub async fn consent(&self, caller: &Caller, key: &RecordKey, input: &input::Consent) -> Answer<Done> {
        let mut case = self.open(caller, Right::Operate, key, Seen::At(input.version)).await?;
        let who = case.required("who", &input.who)?;
        let number = case.required("number", &input.number)?;
        let words = case.required("words", &input.words)?;
        let what = case.required("what", &input.what)?;
        let facts = case.incident.consent(&case.by, Consent { who, number, words, what, disputed: None })?;
        case.save(facts).await
    }

    /// The customer says that a consent was not given so.
    ///
    /// # Errors
    /// See [`domain::incident::Incident::dispute_consent`].
    pub async fn dispute_consent(
        &self,
        caller: &Caller,
        key: &RecordKey,
        input: &input::ConsentDispute,
    ) -> Answer<Done> {
        let mut case = self.open(caller, Right::SpeakAsCustomer, key, Seen::Whatever).await?;
        let text = Some(case.required("text", &input.text)?);
        let facts: Vec<NewFact> = case.incident.dispute_consent(&case.by, input.consent, text)?;
        case.save(facts).await
    }
}

/// Who holds a number.
fn holder(actor: &Actor) -> String {
    serde_json::to_string(actor).unwrap_or_default()
}

/// The path of the link by which a reader of a mail says that they know.
pub(super) fn link(sealing_key: &[u8; 32], tenant: &TenantId, message: &MessageId) -> String {
    format!("/ack/{tenant}/{message}/{}", seal::sign(sealing_key, LINK, &named(tenant, message)))
}

/// What the link's signature is for.
const LINK: &str = "acknowledgement";

fn named(tenant: &TenantId, message: &MessageId) -> String {
    format!("{tenant}|{message}")
}

/// The contacts of a plan with a number that ends in the same digits.
fn by_number<'a>(plan: &'a ContactPlan, number: &str) -> impl Iterator<Item = (u32, &'a Contact)> {
    let wanted = digits(number);
    let is_theirs = move |contact: &Contact| contact.phones().any(|phone| digits(phone).ends_with(&wanted));
    (1..).zip(&plan.contacts).filter(move |(_, contact)| is_theirs(contact))
}

impl Case<'_> {
    /// The host or service that the incident is about, as the first alert named it.
    pub(super) async fn service(&mut self) -> Answer<Option<String>> {
        let source = self.write.first_source(&self.incident.key).await?;
        Ok(source.filter(|source| !source.is_empty()))
    }

    /// The facts by which a call begins. A number that begins to ring is dialled by nobody else meanwhile, for whatever customer.
    pub(crate) async fn begin_call(&mut self, input: &input::Call) -> Answer<Vec<NewFact>> {
        let dial = self.dial(input).await?;
        let reason = self.optional("reason", &input.reason)?;
        let (rings, blob) = (dial.end.is_none(), dial.number.clone());
        let facts = self.incident.dial(&self.by, dial, reason)?;
        if rings {
            self.lease(&blob, RESULT_MINUTES).await?;
        }
        Ok(facts)
    }

    /// Holds the number of a call that goes on.
    async fn hold_number(&mut self, call: u32, minutes: i64) -> Answer<()> {
        match self.number_of(call) {
            Some(number) => self.lease(&number, minutes).await,
            None => Ok(()),
        }
    }

    /// Gives the number of a call back to everybody, whoever says how it ended.
    async fn release_number(&mut self, call: u32) -> Answer<()> {
        if let Some(call) = self.call_of(call) {
            let (number, holder) = (call.what.number.clone(), holder(&call.mark.actor));
            let number = self.write.blob_text(&number).await?.unwrap_or_default();
            self.write.release_number(&digits(&number), &holder).await?;
        }
        Ok(())
    }

    fn number_of(&self, call: u32) -> Option<BlobId> {
        self.call_of(call).map(|call| call.what.number.clone())
    }

    fn call_of(&self, call: u32) -> Option<&Marked<domain::incident::Call>> {
        let place = usize::try_from(call).ok()?.checked_sub(1)?;
        self.incident.calls.get(place)
    }

    async fn lease(&mut self, number: &BlobId, minutes: i64) -> Answer<()> {
        let number = self.write.blob_text(number).await?.unwrap_or_default();
        let until = self.by.now.plus_minutes(minutes);
        if self.write.lease_number(&digits(&number), &holder(&self.by.actor), until).await? {
            return Ok(());
        }
        Err(Refusal::not_now(
            "この番号には別の担当者が架電中です。結果を待つか、次の順位へ理由を付けて架電してください。",
            "Somebody else is calling this number. Wait for the result, or call the next rank with a reason.",
        )
        .into())
    }

    fn end(&mut self, result: Option<CallResult>, note: &str) -> Result<Option<CallEnd>, Refusal> {
        let note = self.optional("note", note)?;
        Ok(result.map(|result| CallEnd { result, note }))
    }

    async fn dial(&mut self, input: &input::Call) -> Answer<Dial> {
        let unknown = || {
            Refusal::invalid(
                "contact",
                "連絡体制にある連絡先を選んでください。",
                "Choose a contact of the contact plan.",
            )
        };
        let at = input.begun.unwrap_or(self.by.now);
        let (version, plan) = self.paper_at::<ContactPlan>(at).await?.ok_or_else(unknown)?;
        let id = ContactId::new(input.contact.trim());
        let (rank, contact) = plan.contact(&id).ok_or_else(unknown)?;
        let number = if input.number.trim().is_empty() { contact.phone.as_str() } else { input.number.trim() };
        let number = required("number", number)?;
        let service = self.service().await?;
        let occasion = Occasion { at, calendar: &self.calendar, service: service.as_deref() };
        let first_valid = plan.is_first_call(&id, self.incident.call_required(at), &occasion);
        let (_, tried) = self.incident.round_now();
        let turn = plan.turn(&id, &tried, &occasion);
        let evidence = self.desk.telephone.ring(number).evidence;
        let number = self.write.text(number);
        let end = self.end(input.result, &input.note)?;
        Ok(Dial { contact: id, rank, number, evidence, plan: version, first_valid, begun: input.begun, turn, end })
    }
}
