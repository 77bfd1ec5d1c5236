//! The routes of notices and documents.

use super::{ConfirmLine, DocumentLine, NoticeBoardLines, NoticesPage, PostLine, page};
use crate::form::Draft;
use crate::here::{Here, html};
use crate::layout::Place;
use crate::sent::{Sent, Typed};
use axum::response::Response;
use desk::{Answer, BoardView, DocumentConfirmation, DocumentView, NewPost, TakenDown};
use domain::access::Right;
use domain::document::Document;
use domain::ids::{ProjectKey, TenantId};
use domain::refusal::Refusal;
use gate::Trouble;
use jiff::tz::TimeZone;
use maud::Markup;

/// Notices and documents of everything the reader reaches.
pub(crate) async fn show(here: Here) -> Result<Response, Trouble> {
    Ok(html(listed(&here, Draft::default()).await?))
}

async fn listed(here: &Here, draft: Draft) -> Result<Markup, Trouble> {
    let shell = here.shell(Place::Notices).await?;
    let desk = &here.state.desk;
    let zone = desk.calendar(shell.now).await?.zone().clone();
    let boards = desk.notice_boards(&here.caller).await?.into_iter().map(|board| of_board(board, &zone)).collect();
    let documents = desk.documents(&here.caller).await?.into_iter().map(of_document).collect();
    let provider = desk.provider_id().await?;
    let may_publish =
        [Right::Administer, Right::Agree].iter().any(|right| here.caller.enter(&provider, *right).is_ok());
    Ok(page(&shell, &NoticesPage { boards, documents, may_publish, draft }))
}

fn of_board(it: BoardView, zone: &TimeZone) -> NoticeBoardLines {
    let post = |(place, post): (u32, domain::notice_board::Post)| PostLine {
        place,
        title: post.title,
        text: post.text,
        posted: crate::when::midnight(post.posted, zone),
        until: post.until,
    };
    NoticeBoardLines {
        customer: it.customer,
        key: it.project.key.to_string(),
        may_post: it.may_post,
        version: it.version,
        posts: it.posts.into_iter().map(post).collect(),
    }
}

fn of_document(it: DocumentView) -> DocumentLine {
    let published = it.newest.as_ref().map(|newest| (newest.version, newest.recorded_at));
    let Document { text, reference } = it.newest.map(|newest| newest.paper).unwrap_or_default();
    let customer = |it: desk::DocumentStanding| ConfirmLine {
        tenant: it.tenant.to_string(),
        name: it.name,
        may_confirm: it.may_confirm,
        confirmed: it.confirmed,
    };
    DocumentLine {
        kind: it.kind,
        published,
        text,
        reference,
        customers: it.customers.into_iter().map(customer).collect(),
    }
}

fn project(typed: &Typed) -> Result<ProjectKey, Refusal> {
    let project = typed.text("project");
    if project.is_empty() {
        return Err(Refusal::invalid("project", "プロジェクトを選んでください。", "Choose a project."));
    }
    Ok(ProjectKey::new(project))
}

/// Posts a notice.
pub(crate) async fn post(here: Here, sent: Sent) -> Result<Response, Trouble> {
    let form = format!("post-{}", sent.typed.text("project"));
    answer(here, sent, &form, post_typed).await
}

async fn post_typed(here: &Here, typed: &Typed) -> Answer<String> {
    let project = project(typed)?;
    let input = NewPost { title: typed.text("title"), text: typed.text("text"), until: typed.day("until")? };
    here.state.desk.post_notice(&here.caller, &project, &input).await?;
    Ok(format!("/notices#{project}"))
}

/// Takes a notice down.
pub(crate) async fn take_down(here: Here, sent: Sent) -> Result<Response, Trouble> {
    answer(here, sent, "removal", take_down_typed).await
}

async fn take_down_typed(here: &Here, typed: &Typed) -> Answer<String> {
    let project = project(typed)?;
    let place = typed.number("place")?.unwrap_or_default();
    let version = typed.number("version")?.unwrap_or_default();
    here.state.desk.take_down_notice(&here.caller, &project, TakenDown { place, version }).await?;
    Ok(format!("/notices#{project}"))
}

/// Publishes a version of a document.
pub(crate) async fn publish(here: Here, sent: Sent) -> Result<Response, Trouble> {
    answer(here, sent, "publish", publish_typed).await
}

async fn publish_typed(here: &Here, typed: &Typed) -> Answer<String> {
    let code = typed.text("document");
    let document = Document { text: typed.text("text"), reference: typed.text("reference").trim().to_owned() };
    here.state.desk.publish_document(&here.caller, &code, &document).await?;
    Ok(format!("/notices#document-{code}"))
}

/// The approver confirms a document.
pub(crate) async fn confirm(here: Here, sent: Sent) -> Result<Response, Trouble> {
    let form = format!("confirm-{}-{}", sent.typed.text("document"), sent.typed.text("tenant"));
    answer(here, sent, &form, confirm_typed).await
}

async fn confirm_typed(here: &Here, typed: &Typed) -> Answer<String> {
    let tenant = typed.text("tenant");
    if tenant.is_empty() {
        return Err(Refusal::invalid("tenant", "お客様を選んでください。", "Choose a customer.").into());
    }
    let document = typed.text("document");
    let input = DocumentConfirmation { document, version: typed.number("version")?.unwrap_or_default() };
    here.state.desk.confirm_document(&here.caller, &TenantId::new(tenant), &input).await?;
    Ok(format!("/notices#document-{}", input.document))
}

async fn answer(
    here: Here,
    sent: Sent,
    form: &str,
    act: impl AsyncFnOnce(&Here, &Typed) -> Answer<String>,
) -> Result<Response, Trouble> {
    let done = act(&here, &sent.typed).await;
    let here = here.at("/notices");
    sent.answer(here.lang(), form, done, async |draft| listed(&here, draft).await).await
}
