//! The outbox page of the demo.

use super::{Mail, MailPage, OutboxPage, mail_page, page};
use crate::here::{Here, html};
use crate::layout::{Place, Shell};
use axum::response::Response;
use desk::Mailed;
use domain::ids::{MessageId, TenantId};
use gate::{Path, Trouble};

/// Mails of the list.
const MAILS_MAX: u32 = 200;

/// The mails; there is no such page outside of the demo.
pub(crate) async fn list(here: Here) -> Result<Response, Trouble> {
    in_demo(&here)?;
    let shell = here.shell(Place::Outbox).await?;
    let mails = here.state.desk.mails(&here.caller, MAILS_MAX).await?;
    Ok(html(page(&shell, &OutboxPage { mails: mails.iter().map(|it| mail(&shell, it)).collect() })))
}

/// One mail.
pub(crate) async fn show(here: Here, Path((tenant, id)): Path<(TenantId, MessageId)>) -> Result<Response, Trouble> {
    in_demo(&here)?;
    let shell = here.shell(Place::Outbox).await?;
    let it = here.state.desk.mail(&here.caller, &tenant, &id).await?;
    let letter = it.letter.clone();
    let mut headers = vec![];
    if let Some(letter) = &letter {
        headers.push(("From".to_owned(), format!("{} <{}>", shell.provider, here.state.setting.mail_from)));
        headers.push(("To".to_owned(), format!("{} <{}>", letter.to_name, letter.to)));
        headers.push(("Message-ID".to_owned(), format!("<{}>", letter.message_id)));
        headers.extend(letter.follows.iter().map(|first| ("In-Reply-To".to_owned(), format!("<{first}>"))));
    }
    let text = letter.map_or_else(|| shell.t("（消去済み）", "(erased)").to_owned(), |letter| letter.text);
    Ok(html(mail_page(&shell, &MailPage { mail: mail(&shell, &it), headers, text })))
}

fn in_demo(here: &Here) -> Result<(), Trouble> {
    if here.state.setting.demo { Ok(()) } else { Err(Trouble::not_found()) }
}

fn mail(shell: &Shell, it: &Mailed) -> Mail {
    let state = match it.row.state.as_str() {
        "delivered" => shell.t("配信済", "delivered"),
        "failed" => shell.t("届かず", "not delivered"),
        "dropped" => shell.t("取りやめ", "dropped"),
        _ => shell.t("送信待ち", "waiting"),
    };
    Mail {
        href: format!("/outbox/{}/{}", it.row.tenant, it.row.id),
        to: it.row.recipient.clone(),
        subject: it.letter.as_ref().map(|letter| letter.subject.clone()).unwrap_or_default(),
        at: it.row.created,
        state: state.to_owned(),
    }
}
