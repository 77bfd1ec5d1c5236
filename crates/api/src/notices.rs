//! Notices of a project, and documents to confirm at contract.

use crate::page::{Paging, Told, cut};
use crate::routes::Routes;
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use desk::{BoardView, Desk, DocumentConfirmation, DocumentView, NewPost, TakenDown};
use domain::access::Right;
use domain::document::Document;
use domain::ids::{ProjectKey, TenantId};
use gate::{Asked, Object, Path, Policy, Query, Signed, Trouble, answer_once};
use http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;
use wire::Page;
use wire::notice::{ContractDocument, DocumentStanding, NoticeBoard, NoticePost};
use wire::paper::Recorded;

/// A version of a document to publish.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewDocument {
    /// Its code.
    document: String,
    /// Its text.
    text: String,
    /// Number or address of the document it is taken from.
    #[serde(default)]
    reference: String,
}

pub(crate) fn routes(routes: &mut Routes) {
    routes
        .get("/api/v1/notices", Policy::SignedIn)
        .says("listNotices", "The notice boards of the projects that you reach", "notices")
        .query::<Paging>()
        .lists::<NoticeBoard>()
        .to(boards);
    routes
        .post("/api/v1/projects/{project}/notices", Policy::SignedIn)
        .on(&[Object::Project])
        .says("postNotice", "Posts a notice on the board of a project", "notices")
        .takes::<NewPost>()
        .answers::<Recorded>(201)
        .to(post);
    routes
        .post("/api/v1/projects/{project}/notices/removal", Policy::SignedIn)
        .on(&[Object::Project])
        .says("takeDownNotice", "Takes a notice down; the versions before keep it", "notices")
        .takes::<TakenDown>()
        .answers::<Recorded>(201)
        .to(take_down);
    routes
        .get("/api/v1/documents", Policy::SignedIn)
        .says("listDocuments", "The documents to confirm at contract, with who confirmed them", "notices")
        .query::<Paging>()
        .lists::<ContractDocument>()
        .to(documents);
    routes
        .post("/api/v1/documents", Policy::Somewhere(Right::Agree))
        .says("publishDocument", "Publishes the next version of a document to confirm", "notices")
        .takes::<NewDocument>()
        .answers::<Recorded>(201)
        .to(publish);
    routes
        .post("/api/v1/tenants/{tenant}/confirmations", Policy::In(Right::Consent))
        .on(&[Object::Tenant])
        .says(
            "confirmDocument",
            "The customer's approver confirms the newest version of a document, signed in",
            "notices",
        )
        .takes::<DocumentConfirmation>()
        .answers::<Recorded>(201)
        .to(confirm);
}

async fn boards(
    State(desk): State<Desk>,
    Signed(caller): Signed,
    Query(paging): Query<Paging>,
) -> Told<Page<NoticeBoard>> {
    let boards = desk.notice_boards(&caller).await?;
    let Page { items, next } = cut(&paging, boards, |it| it.project.key.to_string())?;
    let show = |it: BoardView| NoticeBoard {
        project: it.project.key.to_string(),
        version: it.version,
        posts: it
            .posts
            .into_iter()
            .map(|(place, post)| NoticePost {
                place,
                title: post.title,
                text: post.text,
                posted: post.posted.to_string(),
                until: post.until.map(|day| day.to_string()),
            })
            .collect(),
    };
    Ok(Json(Page { items: items.into_iter().map(show).collect(), next }))
}

async fn post(
    State(desk): State<Desk>,
    Signed(caller): Signed,
    Path(project): Path<String>,
    asked: Asked<NewPost>,
) -> Result<Response, Trouble> {
    let Asked { body, once } = asked;
    let verb = |desk: Desk| async move { desk.post_notice(&caller, &ProjectKey::new(project), &body).await };
    answer_once(&desk, once.as_ref(), StatusCode::CREATED, verb).await
}

async fn take_down(
    State(desk): State<Desk>,
    Signed(caller): Signed,
    Path(project): Path<String>,
    asked: Asked<TakenDown>,
) -> Result<Response, Trouble> {
    let Asked { body, once } = asked;
    let verb = |desk: Desk| async move { desk.take_down_notice(&caller, &ProjectKey::new(project), body).await };
    answer_once(&desk, once.as_ref(), StatusCode::CREATED, verb).await
}

async fn documents(
    State(desk): State<Desk>,
    Signed(caller): Signed,
    Query(paging): Query<Paging>,
) -> Told<Page<ContractDocument>> {
    let documents = desk.documents(&caller).await?;
    let Page { items, next } = cut(&paging, documents, |it| it.kind.code().to_owned())?;
    Ok(Json(Page { items: items.into_iter().map(shown).collect(), next }))
}

fn shown(it: DocumentView) -> ContractDocument {
    let (version, published) = it.newest.as_ref().map(|it| (it.version, it.recorded_at.to_string())).unzip();
    let (text, reference) = it.newest.map(|it| (it.paper.text, it.paper.reference)).unzip();
    let standing = |it: desk::DocumentStanding| DocumentStanding {
        tenant: it.tenant.to_string(),
        version: it.confirmed.as_ref().map(|(version, ..)| *version),
        confirmed: it.confirmed.map(|(.., at)| at.to_string()),
    };
    ContractDocument {
        document: it.kind.code().to_owned(),
        title: it.kind.label().ja.to_owned(),
        version,
        published,
        text,
        reference,
        customers: it.customers.into_iter().map(standing).collect(),
    }
}

async fn publish(
    State(desk): State<Desk>,
    Signed(caller): Signed,
    asked: Asked<NewDocument>,
) -> Result<Response, Trouble> {
    let Asked { body, once } = asked;
    let paper = Document { text: body.text, reference: body.reference };
    let verb = |desk: Desk| async move { desk.publish_document(&caller, &body.document, &paper).await };
    answer_once(&desk, once.as_ref(), StatusCode::CREATED, verb).await
}

async fn confirm(
    State(desk): State<Desk>,
    Signed(caller): Signed,
    Path(tenant): Path<String>,
    asked: Asked<DocumentConfirmation>,
) -> Result<Response, Trouble> {
    let Asked { body, once } = asked;
    let verb = |desk: Desk| async move { desk.confirm_document(&caller, &TenantId::new(tenant), &body).await };
    answer_once(&desk, once.as_ref(), StatusCode::CREATED, verb).await
}
