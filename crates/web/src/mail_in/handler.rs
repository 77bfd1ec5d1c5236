//! The routes of kept mail.

use super::{KeptLine, MailPage, MailsPage, Ticket, href, mail_page, page, source::shown_plainly};
use crate::form::Draft;
use crate::here::{Here, html};
use crate::layout::Place;
use crate::sent::Sent;
use axum::response::{IntoResponse, Response};
use desk::{Error, KeptMail, MailAttachment, MailDrop};
use domain::access::Right;
use domain::ids::RecordKey;
use gate::{Query, Trouble};
use http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use maud::Markup;

/// Which mail; 0 for the list.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Asked {
    number: u64,
}

/// The list, or one mail.
pub(crate) async fn show(here: Here, Query(asked): Query<Asked>) -> Result<Response, Trouble> {
    if asked.number > 0 {
        return Ok(html(shown(&here, asked.number, Draft::default()).await?));
    }
    let shell = here.shell(Place::MailIn).await?;
    let mails = here.state.desk.kept_mails(&here.caller).await?;
    Ok(html(page(&shell, &MailsPage { mails: mails.into_iter().map(|mail| line(mail).0).collect() })))
}

async fn shown(here: &Here, number: u64, draft: Draft) -> Result<Markup, Trouble> {
    let shell = here.shell(Place::MailIn).await?;
    let (mut line, text) = line(here.state.desk.kept_mail(&here.caller, number).await?);
    for ticket in [&mut line.guess, &mut line.attached].into_iter().flatten() {
        ticket.href = page_of(here, &ticket.key).await?;
    }
    let writes = here.caller.may_somewhere(Right::Operate);
    Ok(mail_page(&shell, &MailPage { line, text, writes, draft }))
}

/// The page of a ticket that a mail names; none where it is out of reach, or there is none.
async fn page_of(here: &Here, key: &str) -> Result<Option<String>, Trouble> {
    match here.state.desk.walked(&here.caller, &RecordKey::new(key)).await {
        Ok(walked) => Ok(Some(match walked.process.code.as_str() {
            "request" => format!("/requests/{key}"),
            "incident" => format!("/incidents/{key}"),
            _ => format!("/records/{key}"),
        })),
        Err(Error::Refused(_)) => Ok(None),
        Err(failed) => Err(failed.into()),
    }
}

/// A mail as it came, to be read: nothing in it is run, loaded or followed.
pub(crate) async fn source(here: Here, Query(asked): Query<Asked>) -> Result<Response, Trouble> {
    let bytes = here.state.desk.raw_mail(&here.caller, asked.number).await?;
    let headers = [
        (CONTENT_TYPE, "text/plain; charset=utf-8"),
        (CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'; sandbox"),
    ];
    Ok((headers, shown_plainly(&bytes)).into_response())
}

/// A mail as it came, to be saved: the file that mail programs open.
pub(crate) async fn file(here: Here, Query(asked): Query<Asked>) -> Result<Response, Trouble> {
    let bytes = here.state.desk.raw_mail(&here.caller, asked.number).await?;
    let name = format!("attachment; filename=\"mail-{}.eml\"", asked.number);
    let headers = [(CONTENT_TYPE, "application/octet-stream".to_owned()), (CONTENT_DISPOSITION, name)];
    Ok((headers, bytes).into_response())
}

fn line(it: KeptMail) -> (KeptLine, String) {
    let line = KeptLine {
        number: it.number,
        received: it.received,
        why: it.why,
        guess: it.guess.map(|key| Ticket { key: key.to_string(), href: None }),
        from: it.from,
        subject: it.subject,
        settled: it.settled,
        attached: it.attached.map(|key| Ticket { key: key.to_string(), href: None }),
    };
    (line, it.text)
}

/// Puts one on a ticket.
pub(crate) async fn attach(here: Here, sent: Sent) -> Result<Response, Trouble> {
    let mail = sent.typed.number("mail").ok().flatten().unwrap_or_default();
    let input = MailAttachment { mail, ticket: sent.typed.text("ticket"), reason: sent.typed.text("reason") };
    let done = here.state.desk.attach_mail(&here.caller, &input).await.map(|done| href(done.mail));
    let here = here.at(href(mail));
    sent.answer(here.lang(), "mail-attachment", done, async |draft| shown(&here, mail, draft).await).await
}

/// Drops one.
pub(crate) async fn discard(here: Here, sent: Sent) -> Result<Response, Trouble> {
    let mail = sent.typed.number("mail").ok().flatten().unwrap_or_default();
    let input = MailDrop { mail, reason: sent.typed.text("reason") };
    let done = here.state.desk.drop_mail(&here.caller, &input).await.map(|done| href(done.mail));
    let here = here.at(href(mail));
    sent.answer(here.lang(), "mail-drop", done, async |draft| shown(&here, mail, draft).await).await
}
