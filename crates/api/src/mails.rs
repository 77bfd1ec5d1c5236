//! Mails that came in and joined no ticket: read, put on one by hand, or dropped.

use crate::page::Told;
use crate::routes::Routes;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use desk::{Desk, MailAttachment, MailDrop};
use domain::access::Right;
use gate::{Asked, Policy, Query, Signed, Trouble, answer_once};
use http::{StatusCode, header};
use serde::Deserialize;
use utoipa::IntoParams;
use wire::Page;
use wire::mail::{KeptMail, MailSettled};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct NoQuery {}

/// Which mail.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct MailQuery {
    /// Its number.
    #[param(minimum = 1)]
    mail: u64,
}

pub(crate) fn routes(routes: &mut Routes) {
    let (read, operate) = (Policy::Somewhere(Right::ReadOperations), Policy::Somewhere(Right::Operate));
    routes
        .get("/api/v1/mail-in", read)
        .says("listKeptMails", "Mails that joined no ticket, those that wait first, at most 200", "mail")
        .query::<NoQuery>()
        .lists::<KeptMail>()
        .to(list);
    routes
        .get("/api/v1/mail-in/raw", read)
        .says("rawMail", "The bytes of such a mail as it came", "mail")
        .query::<MailQuery>()
        .answers_bytes()
        .to(raw);
    routes
        .post("/api/v1/mail-in/attachment", operate)
        .says("attachMail", "Puts such a mail on a ticket as the customer's message, with the reason", "mail")
        .takes::<MailAttachment>()
        .answers::<MailSettled>(200)
        .to(|State(desk): State<Desk>, Signed(caller): Signed, asked: Asked<MailAttachment>| async move {
            let Asked { body, once } = asked;
            let act = |desk: Desk| async move { desk.attach_mail(&caller, &body).await };
            answer_once(&desk, once.as_ref(), StatusCode::OK, act).await
        });
    routes
        .post("/api/v1/mail-in/drop", operate)
        .says("dropMail", "Drops such a mail, with the reason; it stays in the chain", "mail")
        .takes::<MailDrop>()
        .answers::<MailSettled>(200)
        .to(|State(desk): State<Desk>, Signed(caller): Signed, asked: Asked<MailDrop>| async move {
            let Asked { body, once } = asked;
            let act = |desk: Desk| async move { desk.drop_mail(&caller, &body).await };
            answer_once(&desk, once.as_ref(), StatusCode::OK, act).await
        });
}

async fn list(
    State(desk): State<Desk>,
    Signed(caller): Signed,
    Query(NoQuery {}): Query<NoQuery>,
) -> Told<Page<KeptMail>> {
    let items = desk.kept_mails(&caller).await?.into_iter().map(|it| KeptMail {
        mail: it.number,
        received: it.received.to_string(),
        why: it.why.code().to_owned(),
        guess: it.guess.map(|key| key.to_string()),
        from: it.from,
        subject: it.subject,
        text: it.text,
        settled: it.settled.map(|at| at.to_string()),
        attached: it.attached.map(|key| key.to_string()),
    });
    Ok(Json(Page { items: items.collect(), next: None }))
}

async fn raw(
    State(desk): State<Desk>,
    Signed(caller): Signed,
    Query(query): Query<MailQuery>,
) -> Result<Response, Trouble> {
    let bytes = desk.raw_mail(&caller, query.mail).await?;
    // Never shown by a browser: a mail may hold anything.
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"mail.eml\""),
    ];
    Ok((headers, bytes).into_response())
}
