//! 受付のお知らせ: the mail by which whoever filed a fault learns that we have it. It is no notice: it ends no clock, and
//! nobody is called where it does not arrive.

use super::case::Case;
use super::outgoing::{Letter, Payload, name_of};
use super::view::shown;
use crate::Answer;
use crate::desk::read_paper;
use domain::fact::{Body, NewFact, NoticeKind};
use domain::ids::MessageId;
use domain::paper::{Paper, Provider};
use store::{NewMessage, PersonRow};

/// Queues the receipt of a fault that was just filed and returns the fact that says so.
pub(crate) async fn receipt(case: &mut Case<'_>, filer: &PersonRow) -> Answer<Vec<NewFact>> {
    let title = case.write.blob_text(&case.incident.title).await?.unwrap_or_default();
    let provider = case.write.provider_version_at(Provider::KIND, case.by.now).await?;
    let provider = provider.map(|row| read_paper::<Provider>(&row)).transpose()?.map(|(_, provider)| provider);
    let provider = provider.unwrap_or_default();
    let settings = case.desk.settings();
    let (key, tenant) = (case.incident.key.clone(), case.write.tenant().clone());
    let phone =
        if provider.phone.is_empty() { String::new() } else { format!("\nお急ぎの場合: {}", provider.phone) };
    let letter = Letter {
        to_name: filer.name.clone(),
        to: filer.email.clone(),
        subject: format!("[{key}] 【{}】{title}", name_of(NoticeKind::Receipt)),
        text: format!(
            "{} 様\n\n障害のご連絡を受け付けました。ただちに稼動状況を確認し、あらためて障害発生連絡をお送りします。\n\n受付番号: {key}\n\
             受付日時: {}\n件名: {title}{phone}\n\n──\n{key} の経過と期限の記録: {}/incidents/{key}\n{}\n",
            filer.name,
            shown(case.incident.alert_at(), &case.calendar),
            settings.base_url,
            provider.name,
        ),
        message_id: format!("{key}.receipt.{tenant}@{}", settings.message_domain).to_lowercase(),
        follows: None,
        reply_to: case.desk.reply_to(&tenant, &key, &filer.email, case.by.now),
    };
    let id = MessageId::new(store::random::letters::<16>());
    let payload = serde_json::to_vec(&Payload::Mail(letter))
        .map_err(|error| store::Failure::Corrupt(format!("a letter: {error}")))?;
    let message = NewMessage {
        id: id.clone(),
        key: format!("{key}:{}:mail:filer", case.incident.opened.seq),
        class: "notice".to_owned(),
        channel: "mail".to_owned(),
        record: Some(key.clone()),
        recipient: filer.email.clone(),
        payload: case.write.blob("application/json", &payload),
        not_before: case.by.now,
    };
    let queued = case.write.queue_messages(vec![message]).await?;
    let body =
        Body::MessageQueued { message: id, notice: NoticeKind::Receipt, channel: "mail".to_owned(), contact: None };
    Ok(queued.into_iter().map(|_| NewFact::by_system(Some(key.clone()), body.clone())).collect())
}
