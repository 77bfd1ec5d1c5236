//! What a fact of a request tells the customer, as mails in the outbox: to whoever filed it, else to the contacts of the plan.

use super::case::RequestCase;
use crate::Answer;
use crate::desk::read_paper;
use crate::incident::{Letter, Payload};
use domain::contact::ContactPlan;
use domain::fact::{Body, Fact, NewFact, NoticeKind};
use domain::ids::{BlobId, MessageId};
use domain::paper::{Paper, Provider};
use domain::time::Instant;
use jiff::tz::TimeZone;
use store::NewMessage;

/// What is told, and in which words: those of a blob, or our own.
enum Words {
    Of(BlobId),
    Own(String),
}

fn day(at: Instant, zone: &TimeZone) -> String {
    at.timestamp().to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string()
}

/// The name of what is told, as it begins a subject, and its words; none where a fact tells nothing.
fn told(case: &RequestCase<'_>, fact: &Fact) -> Option<(NoticeKind, &'static str, Words)> {
    let zone = case.calendar.zone();
    let due = || case.request.clock(&case.calendar, case.by.now).ok().and_then(|clock| clock.due);
    let message = |name, words| Some((NoticeKind::Message, name, words));
    match &fact.body {
        Body::RequestFiled(_) => {
            let text = match due() {
                Some(due) => format!("ご依頼を受け付けました。完了の期限は {} です。", day(due, zone)),
                None => "ご依頼を受け付けました。実施日が決まるまで期限はありません。".to_owned(),
            };
            Some((NoticeKind::Receipt, "受付のお知らせ", Words::Own(text)))
        }
        Body::RequestAsked { text } => message("ご確認のお願い", Words::Of(text.clone())),
        Body::RequestMessaged { text, from_customer: false } => message("ご連絡", Words::Of(text.clone())),
        Body::RequestCompleted { result, .. } => message("作業完了のお知らせ", Words::Of(result.clone())),
        Body::RequestExcepted { text, .. } => message("期限変更のお知らせ", Words::Of(text.clone())),
        Body::MissExplained { text } => message("期限超過についてのご説明", Words::Of(text.clone())),
        Body::RequestDeclined { guidance } => message("ご依頼の対象外についてのご案内", Words::Of(guidance.clone())),
        Body::DateOffered { from, to, .. } => {
            let until = to.map(|to| format!(" から {} まで", day(to, zone))).unwrap_or_default();
            let text = format!(
                "作業日程のご提案です: {}{until}。ポータルで、よろしいかどうかをお返事ください。",
                day(*from, zone)
            );
            message("日程のご提案", Words::Own(text))
        }
        Body::WorkApproved { by_customer: false } if case.request.approved.0.is_none() => {
            let text =
                "サービスに影響する作業のため、実施前に承認者の方の承認が必要です。ポータルで内容をご確認ください。";
            message("作業承認のお願い", Words::Own(text.to_owned()))
        }
        Body::RequestReclassified { filing, .. } => {
            let due = due().map(|due| format!("期限は {} です。", day(due, zone))).unwrap_or_default();
            message("種別変更のお知らせ", Words::Own(format!("ご依頼の種別を「{}」に変更しました。{due}", filing.kind)))
        }
        Body::RequestDuePassed { due } => {
            let due = day(*due, zone);
            let text = format!(
                "期限 ({due}) までに完了できませんでした。お詫びいたします。理由と今後の対応は、あらためてご連絡します。"
            );
            message("期限超過のお知らせ", Words::Own(text))
        }
        _ => None,
    }
}

/// Queues what a fact tells and returns the facts that say so.
pub(super) async fn queue(case: &mut RequestCase<'_>, fact: &Fact) -> Answer<Vec<NewFact>> {
    let Some((kind, name, words)) = told(case, fact) else { return Ok(vec![]) };
    let text = match words {
        Words::Of(blob) => case.write.blob_text(&blob).await?.unwrap_or_default(),
        Words::Own(text) => text,
    };
    let title = case.write.blob_text(&case.request.title).await?.unwrap_or_default();
    let provider = case.write.provider_version_at(Provider::KIND, case.by.now).await?;
    let provider = provider.map(|row| read_paper::<Provider>(&row)).transpose()?.map(|(_, it)| it.name);
    let (key, settings) = (case.request.key.clone(), case.desk.settings());
    let link = format!("{}/requests/{key}", settings.base_url);
    let (mut messages, mut facts) = (vec![], vec![]);
    for (place, (to_name, to)) in recipients(case).await?.into_iter().enumerate() {
        let id = MessageId::new(store::random::letters::<16>());
        let first = format!("{key}.{place}.{}@{}", case.write.tenant(), settings.message_domain).to_lowercase();
        let is_first = matches!(fact.body, Body::RequestFiled(_));
        let letter = Letter {
            to_name,
            to: to.clone(),
            subject: format!("[{key}] 【{name}】{}", crate::incident::one_line(&title)),
            text: format!("{text}\n\n──\n{key} の経過と期限: {link}\n{}\n", provider.as_deref().unwrap_or_default()),
            message_id: if is_first { first.clone() } else { format!("{}.{first}", fact.seq) },
            follows: (!is_first).then_some(first),
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
            payload: case.write.blob("application/json", &bytes),
            not_before: case.by.now,
        });
        let body = Body::MessageQueued { message: id, notice: kind, channel: "mail".to_owned(), contact: None };
        facts.push(NewFact::by_system(Some(key.clone()), body));
    }
    case.write.queue_messages(messages).await?;
    Ok(facts)
}

/// Whoever filed it, where that is one of the customer's people; else the contacts who are told by mail.
async fn recipients(case: &mut RequestCase<'_>) -> Answer<Vec<(String, String)>> {
    let filed = &case.request.filed;
    let is_customer = filed.role.is_some_and(|role| role.is_customer());
    if let Some(person) = filed.actor.person_id().filter(|_| is_customer)
        && let Some(row) = case.desk.store.system().person(person).await?
        && row.disabled.is_none()
    {
        return Ok(vec![(row.name, row.email)]);
    }
    let row = case.write.version_at(ContactPlan::KIND, case.request.project.as_str(), case.by.now).await?;
    let plan = row.map(|row| read_paper::<ContactPlan>(&row)).transpose()?.map(|(_, plan)| plan).unwrap_or_default();
    let by_mail = plan.contacts.into_iter().filter(|contact| !contact.mail.is_empty());
    Ok(by_mail.map(|contact| (contact.name, contact.mail)).collect())
}
