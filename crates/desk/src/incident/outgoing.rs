//! What a fact tells the customer, as messages in the outbox: one mail a contact, one call a webhook endpoint.
//!
//! A message's id, its Message-ID and its text are fixed when it is queued, so that a second attempt after an unknown outcome
//! is the same message again.

use super::calling;
use super::case::Case;
use crate::Answer;
use crate::desk::read_paper;
use domain::contact::ContactPlan;
use domain::fact::{Body, Fact, NewFact, NoticeKind};
use domain::ids::{BlobId, ContactId, MessageId};
use domain::incident::Incident;
use domain::paper::{Paper, Provider};
use serde::{Deserialize, Serialize};
use store::NewMessage;

/// What leaves the desk, as it is kept with its message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "channel", rename_all = "lowercase")]
pub enum Payload {
    /// A mail.
    Mail(Letter),
    /// A signed call of a webhook.
    Webhook(Hook),
}

/// A mail, ready but for its date.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// Whom it is to, by name.
    pub to_name: String,
    /// Whom it is to, by address.
    pub to: String,
    /// Subject.
    pub subject: String,
    /// Text.
    pub text: String,
    /// Its Message-ID, without angle brackets.
    pub message_id: String,
    /// The Message-ID it follows; none on the first mail of a record to this contact.
    pub follows: Option<String>,
    /// Where it asks to be answered; none where replies are not received.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<String>,
}

/// A call of a webhook, ready but for its signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hook {
    /// Which endpoint of the tenant.
    pub webhook: String,
    /// The body to sign and send.
    pub body: String,
}

/// What a fact tells, with its text.
fn told(body: &Body) -> Option<(NoticeKind, &BlobId)> {
    match body {
        Body::IncidentNotified { text, .. } => Some((NoticeKind::Occurrence, text)),
        Body::InterimReported { text, .. } => Some((NoticeKind::Interim, text)),
        Body::RecoveryNotified { text, .. } => Some((NoticeKind::Recovery, text)),
        Body::IncidentMessaged { text, from_customer: false } => Some((NoticeKind::Message, text)),
        Body::IncidentClosed { cause, .. } => Some((NoticeKind::Closure, cause)),
        Body::ReportApproved { text, .. } => Some((NoticeKind::Report, text)),
        _ => None,
    }
}

/// The Japanese name of a notice, as it begins a subject.
pub(crate) const fn name_of(kind: NoticeKind) -> &'static str {
    match kind {
        NoticeKind::Occurrence => "障害発生連絡",
        NoticeKind::Interim => "中間報告",
        NoticeKind::Recovery => "復旧連絡",
        NoticeKind::Message => "ご連絡",
        NoticeKind::Closure => "対応終了のお知らせ",
        NoticeKind::Receipt => "受付のお知らせ",
        NoticeKind::Report => "障害報告書",
    }
}

/// Queues what a fact tells and returns the facts that say so.
pub(super) async fn queue(case: &mut Case<'_>, fact: &Fact) -> Answer<Vec<NewFact>> {
    let Some((kind, text)) = told(&fact.body) else { return Ok(vec![]) };
    let text = case.write.blob_text(text).await?.unwrap_or_default();
    let title = case.write.blob_text(&case.incident.title).await?.unwrap_or_default();
    let mut queue = Queue { kind, seq: fact.seq, messages: vec![] };
    let plan = case.paper::<ContactPlan>().await?.map(|(_, plan)| plan).unwrap_or_default();
    let provider = case.write.provider_version_at(Provider::KIND, case.by.now).await?;
    let provider = provider.map(|row| read_paper::<Provider>(&row)).transpose()?.map(|(_, provider)| provider.name);
    for contact in plan.contacts.iter().filter(|contact| !contact.mail.is_empty()) {
        let settings = case.desk.settings();
        let domain = &settings.message_domain;
        let (key, tenant) = (&case.incident.key, case.write.tenant());
        let first = format!("{key}.{}.{tenant}@{domain}", contact.id).to_lowercase();
        let is_first = !case.incident.deliveries.values().any(|d| d.contact.as_ref() == Some(&contact.id));
        let link = format!("{}/incidents/{key}", settings.base_url);
        let sender = provider.as_deref().unwrap_or_default();
        let id = MessageId::new(store::random::letters::<16>());
        let known = match &fact.body {
            Body::IncidentNotified { impact: true, .. } => {
                let link = calling::link(&settings.sealing_key, tenant, &id);
                format!("確認したことだけを窓口へ伝える (お電話を止めます): {}{link}\n", settings.base_url)
            }
            _ => String::new(),
        };
        let letter = Letter {
            to_name: contact.name.clone(),
            to: contact.mail.clone(),
            subject: format!("[{key}] 【{}】{}", name_of(kind), one_line(&title)),
            text: format!("{text}\n\n──\n{known}{key} の経過と期限の記録: {link}\n{sender}\n"),
            message_id: if is_first { first.clone() } else { format!("{}.{first}", fact.seq) },
            follows: (!is_first).then_some(first),
            reply_to: case.desk.reply_to(tenant, key, &contact.mail, case.by.now),
        };
        let name = contact.id.to_string();
        queue.add(case, id, &name, Some(contact.id.clone()), contact.mail.clone(), &Payload::Mail(letter));
    }
    for webhook in case.write.webhooks().await?.into_iter().filter(|webhook| webhook.disabled.is_none()) {
        let body = hook_body(&case.incident, kind, fact, &title, &text).to_string();
        let name = webhook.id.to_string();
        let payload = Payload::Webhook(Hook { webhook: name.clone(), body });
        queue.add(case, MessageId::new(store::random::letters::<16>()), &name, None, webhook.url, &payload);
    }
    let (messages, facts): (Vec<_>, Vec<_>) = queue.messages.into_iter().unzip();
    let queued = case.write.queue_messages(messages).await?;
    let is_queued =
        |fact: &NewFact| matches!(&fact.body, Body::MessageQueued { message, .. } if queued.contains(message));
    Ok(facts.into_iter().filter(is_queued).collect())
}

/// What one fact tells, as it is gathered. The name of a recipient is the contact's or the webhook's own, not its address:
/// two may share one.
struct Queue {
    kind: NoticeKind,
    seq: u64,
    /// Each with the fact that says so.
    messages: Vec<(NewMessage, NewFact)>,
}

impl Queue {
    #[expect(clippy::expect_used, reason = "a payload is texts only: nothing JSON cannot say")]
    fn add(
        &mut self,
        case: &mut Case<'_>,
        id: MessageId,
        name: &str,
        contact: Option<ContactId>,
        recipient: String,
        payload: &Payload,
    ) {
        let channel = match payload {
            Payload::Mail(_) => "mail",
            Payload::Webhook(_) => "webhook",
        };
        let bytes = serde_json::to_vec(payload).expect("a payload is JSON");
        let record = case.incident.key.clone();
        let message = NewMessage {
            id: id.clone(),
            key: format!("{record}:{}:{channel}:{name}", self.seq),
            class: "notice".to_owned(),
            channel: channel.to_owned(),
            record: Some(record.clone()),
            recipient,
            payload: case.write.blob("application/json", &bytes),
            not_before: case.by.now,
        };
        let body = Body::MessageQueued { message: id, notice: self.kind, channel: channel.to_owned(), contact };
        self.messages.push((message, NewFact::by_system(Some(record), body)));
    }
}

fn hook_body(incident: &Incident, kind: NoticeKind, fact: &Fact, title: &str, text: &str) -> serde_json::Value {
    let kind = serde_json::to_value(kind).unwrap_or_default();
    serde_json::json!({
        "type": format!("incident.{}", kind.as_str().unwrap_or("notice")),
        "timestamp": fact.instant.to_string(),
        "data": {
            "key": incident.key,
            "project": incident.project,
            "title": title,
            "state": incident.state.code(),
            "impact": incident.impact(),
            "alert_at": incident.alert_at(),
            "fact": fact.seq,
            "text": text,
        },
    })
}

/// A text without line ends, at most 120 characters: what fits a subject.
pub(crate) fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(120).collect()
}
