//! A mail on its ticket: the customer's message, in the one way its kind of ticket has for it.

use crate::{Answer, Desk};
use domain::access::{Actor, Right, Role};
use domain::contact::ContactPlan;
use domain::fact::{Body, Fact, NewFact};
use domain::ids::{ProjectKey, RecordKey, TenantId};
use domain::incident::verbs::By;
use domain::mail_in::plain;
use domain::process::record::may;
use domain::refusal::Refusal;
use domain::time::Instant;
use std::collections::BTreeMap;
use store::{NewMail, Write};

/// What is put on a ticket.
pub(super) struct Words<'a> {
    /// What tells the mail from every other.
    pub(super) mail: &'a str,
    /// The words.
    pub(super) text: &'a str,
    /// Who wrote them, as the mail says.
    pub(super) from: &'a str,
    /// The mail as it came.
    pub(super) raw: &'a [u8],
}

/// Who does something, and why.
#[derive(Clone, Debug)]
pub(super) struct Speaker {
    pub(super) actor: Actor,
    pub(super) role: Option<Role>,
    pub(super) reason: Option<String>,
}

impl Speaker {
    /// Somebody of the customer who has no account.
    pub(super) const fn contact() -> Self {
        Self { actor: Actor::System, role: Some(Role::Cu), reason: None }
    }
}

/// Whether a mail came onto its ticket.
pub(super) enum Joined {
    /// Now.
    Now,
    /// It was there.
    Before,
}

/// The verb of a process by which a customer says something.
const MESSAGE: &str = "message";

impl Desk {
    /// Who of a customer writes from an address: one of its people who may speak for it, else a contact of the project's plan.
    pub(super) async fn customer_writing(
        &self,
        tenant: &TenantId,
        project: &ProjectKey,
        from: &str,
        now: Instant,
    ) -> Answer<Option<Speaker>> {
        let system = self.store.system();
        if let Some(person) = system.person_by_email(from).await?.filter(|person| person.disabled.is_none()) {
            let held = system.memberships_of(&person.id, now).await?.into_iter();
            let speaks = |role: Role| role.is_customer() && role.may(Right::SpeakAsCustomer);
            let mut speaking = held.filter(|held| held.tenant == *tenant && speaks(held.role));
            if let Some(held) = speaking.next() {
                return Ok(Some(Speaker { actor: Actor::person(person.id), role: Some(held.role), reason: None }));
            }
        }
        let plan = self.paper::<ContactPlan>(tenant, project.as_str(), now).await?;
        let contacts = plan.map(|(_, plan)| plan.contacts).unwrap_or_default();
        Ok(contacts.iter().any(|contact| plain(&contact.mail) == from).then(Speaker::contact))
    }

    /// Puts the words of a mail on a ticket: `speaker` says them, `by` brings them.
    ///
    /// # Errors
    /// There is no such ticket, or it takes no message from the customer now.
    pub(super) async fn put_on(
        &self,
        tenant: &TenantId,
        ticket: &RecordKey,
        words: &Words<'_>,
        speaker: Speaker,
        by: Speaker,
    ) -> Answer<Joined> {
        let first = self.store.tenant(tenant).record_facts(ticket).await?.into_iter().next();
        let (actor, role) = (speaker.actor, speaker.role);
        let joining = Joining { words, by, ticket };
        match first.map(|fact| fact.body) {
            Some(Body::RequestFiled(_)) => {
                let write = self.store.write(tenant).await?;
                let case = self.open_request(write, ticket, actor, role).await?;
                let mut case = case.ok_or_else(Refusal::not_found)?;
                if joining.is_there(&mut case.write).await? {
                    return Ok(Joined::Before);
                }
                let text = case.write.text(words.text);
                let said = case.request.message(&case.by, text, true)?;
                case.request.apply(&joining.note(&mut case.write).await?)?;
                case.save(said).await?;
            }
            Some(Body::RecordOpened(_)) => {
                let write = self.store.write(tenant).await?;
                let case = self.open_case(write, ticket, actor, role).await?;
                let mut case = case.ok_or_else(Refusal::not_found)?;
                if joining.is_there(&mut case.write).await? {
                    return Ok(Joined::Before);
                }
                let process = std::sync::Arc::clone(&case.process);
                let has = |right| role.is_some_and(|role| role.may(right));
                let verb = process.verb_of(MESSAGE).filter(|verb| may(verb, role, &has));
                let verb = verb.ok_or_else(Refusal::forbidden)?;
                let fields = BTreeMap::from([("text".to_owned(), words.text.to_owned())]);
                let fields = domain::process::record::read(verb, &fields)?;
                let fact = joining.note(&mut case.write).await?;
                case.record.apply(&fact)?;
                case.act(verb, &fields).await?;
                case.end().await?;
            }
            Some(Body::IncidentOpened { .. }) => {
                let case = self.open_as(tenant, ticket, actor, role).await?;
                let mut case = case.ok_or_else(Refusal::not_found)?;
                if joining.is_there(&mut case.write).await? {
                    return Ok(Joined::Before);
                }
                let text = case.write.text(words.text);
                let by: &By = &case.by;
                let said = case.incident.message(by, text, true)?;
                case.incident.apply(&joining.note(&mut case.write).await?)?;
                case.save(said).await?;
            }
            _ => return Err(Refusal::not_found().into()),
        }
        Ok(Joined::Now)
    }
}

/// The fact that says that words came by mail, beside the words.
struct Joining<'a> {
    words: &'a Words<'a>,
    by: Speaker,
    ticket: &'a RecordKey,
}

impl Joining<'_> {
    /// One mail may stand on several tickets of a customer, once on each.
    fn id(&self) -> String {
        format!("{}:{}", self.words.mail, self.ticket)
    }

    async fn is_there(&self, write: &mut Write) -> Answer<bool> {
        Ok(write.has_mail(&self.id()).await?)
    }

    async fn note(&self, write: &mut Write) -> Answer<Fact> {
        let from = write.text(self.words.from);
        let raw = write.blob("message/rfc822", self.words.raw);
        let reason = self.by.reason.as_ref().map(|reason| write.text(reason));
        let new = NewFact {
            record: Some(self.ticket.clone()),
            body: Body::MailJoined { mail: self.id(), from: from.clone(), raw: raw.clone() },
            actor: self.by.actor.clone(),
            role: self.by.role,
            reason,
        };
        let fact = write.append(new);
        let row = NewMail {
            number: fact.seq,
            mail: self.id(),
            why: None,
            record: Some(self.ticket.clone()),
            sender: from,
            subject: None,
            words: None,
            raw,
        };
        write.add_mail(&row).await?;
        Ok(fact)
    }
}
