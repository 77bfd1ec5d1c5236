//! What a ticket tells its customer, as mails in the outbox: to whoever opened it, else to the contacts of the plan.

use crate::desk::read_paper;
use crate::incident::{Letter, Payload};
use crate::{Answer, Desk};
use domain::contact::ContactPlan;
use domain::fact::{Body, Fact, NewFact, NoticeKind};
use domain::ids::{BlobId, MessageId, ProjectKey, RecordKey};
use domain::incident::Mark;
use domain::paper::{Paper, Provider};
use store::{NewMessage, Write};

/// A ticket, as far as its mails need it.
pub(crate) struct Ticket<'a> {
    /// Its name.
    pub key: &'a RecordKey,
    /// The first part of its address on the portal.
    pub path: &'static str,
    /// Its project.
    pub project: &'a ProjectKey,
    /// Its title.
    pub title: &'a BlobId,
    /// The fact that opened it.
    pub opened: &'a Mark,
}

/// Queues what `fact` tells, `name` beginning the subject, and returns the facts that say so. All mails of a ticket are one thread.
pub(crate) async fn queue(
    desk: &Desk,
    write: &mut Write,
    ticket: &Ticket<'_>,
    fact: &Fact,
    kind: NoticeKind,
    name: &str,
    text: &str,
) -> Answer<Vec<NewFact>> {
    let title = write.blob_text(ticket.title).await?.unwrap_or_default();
    let now = write.now();
    let provider = write.provider_version_at(Provider::KIND, now).await?;
    let provider = provider.map(|row| read_paper::<Provider>(&row)).transpose()?.map(|(_, it)| it.name);
    let (key, settings) = (ticket.key, desk.settings());
    let link = format!("{}/{}/{key}", settings.base_url, ticket.path);
    let is_first = fact.seq == ticket.opened.seq;
    let (mut messages, mut facts) = (vec![], vec![]);
    for (place, (to_name, to)) in recipients(desk, write, ticket).await?.into_iter().enumerate() {
        let id = MessageId::new(store::random::letters::<16>());
        let first = format!("{key}.{place}.{}@{}", write.tenant(), settings.message_domain).to_lowercase();
        let letter = Letter {
            to_name,
            to: to.clone(),
            subject: format!("[{key}] 【{name}】{}", crate::incident::one_line(&title)),
            text: format!("{text}\n\n──\n{key} の経過と期限: {link}\n{}\n", provider.as_deref().unwrap_or_default()),
            message_id: if is_first { first.clone() } else { format!("{}.{first}", fact.seq) },
            follows: (!is_first).then_some(first),
            reply_to: desk.reply_to(write.tenant(), key, &to, now),
        };
        let bytes = serde_json::to_vec(&Payload::Mail(letter))
            .map_err(|error| store::Failure::Corrupt(format!("a letter: {error}")))?;
        messages.push(NewMessage {
            id: id.clone(),
            key: format!("{key}:{}:mail:{place}", fact.seq),
            class: "notice".to_owned(),
            channel: "mail".to_owned(),
            record: Some(key.clone()),
            recipient: to,
            payload: write.blob("application/json", &bytes),
            not_before: now,
        });
        let body = Body::MessageQueued { message: id, notice: kind, channel: "mail".to_owned(), contact: None };
        facts.push(NewFact::by_system(Some(key.clone()), body));
    }
    write.queue_messages(messages).await?;
    Ok(facts)
}

/// Whoever opened it, where that is one of the customer's people; else the contacts who are told by mail.
async fn recipients(desk: &Desk, write: &mut Write, ticket: &Ticket<'_>) -> Answer<Vec<(String, String)>> {
    let is_customer = ticket.opened.role.is_some_and(|role| role.is_customer());
    if let Some(person) = ticket.opened.actor.person_id().filter(|_| is_customer)
        && let Some(row) = desk.store.system().person(person).await?
        && row.disabled.is_none()
    {
        return Ok(vec![(row.name, row.email)]);
    }
    let now = write.now();
    let row = write.version_at(ContactPlan::KIND, ticket.project.as_str(), now).await?;
    let plan = row.map(|row| read_paper::<ContactPlan>(&row)).transpose()?.map(|(_, plan)| plan).unwrap_or_default();
    let by_mail = plan.contacts.into_iter().filter(|contact| !contact.mail.is_empty());
    Ok(by_mail.map(|contact| (contact.name, contact.mail)).collect())
}
