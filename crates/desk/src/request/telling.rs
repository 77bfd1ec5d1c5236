//! What a fact of a request tells the customer, as mails in the outbox: to whoever filed it, else to the contacts of the plan.

use super::case::RequestCase;
use crate::Answer;
use crate::ticket_mail::{Ticket, queue as queue_mail};
use domain::fact::{Body, Fact, NewFact, NoticeKind};
use domain::ids::BlobId;
use domain::time::Instant;
use jiff::tz::TimeZone;

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
        Body::FileAttached(file) if !file.internal && !fact.role.is_some_and(|role| role.is_customer()) => {
            let text = "ファイルを添付しました。ポータルでご覧ください。";
            message("添付ファイルのお知らせ", Words::Own(text.to_owned()))
        }
        Body::SecretHanded { until, .. } => {
            let text = format!(
                "初期パスワードなど、一度だけ表示できる内容をお渡ししました。{} までに、ポータルのチケットで表示して控えてください。このメールには書かれていません。",
                day(*until, zone)
            );
            message("受け渡しのお知らせ", Words::Own(text))
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
    let request = &case.request;
    let ticket = Ticket {
        key: &request.key,
        path: "requests",
        project: &request.project,
        title: &request.title,
        opened: &request.filed,
    };
    queue_mail(case.desk, &mut case.write, &ticket, fact, kind, name, &text).await
}
