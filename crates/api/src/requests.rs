//! Requests: filed, walked through their verbs, read (R-4.1-*).

use crate::page::{Told, Window as Paged};
use crate::routes::Routes;
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use desk::Desk;
use desk::request::{Act, NewRequest, RequestInput, RequestListed};
use domain::access::Right;
use domain::ids::{ProjectKey, RecordKey};
use domain::request::Pace;
use domain::time::Instant;
use gate::{Asked, Object, Path, Policy, Query, Signed, Trouble, answer_once};
use http::StatusCode;
use serde::Deserialize;
use store::RequestQuery;
use utoipa::IntoParams;
use wire::Page;
use wire::request::{CountedDay, DuePromise, Request};

type Answered = Result<Response, Trouble>;

/// Which requests to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct RequestsQuery {
    /// Only of this project.
    project: Option<String>,
    /// Only open ones (`true`), or only ended ones (`false`).
    open: Option<bool>,
    /// Items of a page, 1 to 200; 50 where absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

/// What would be filed.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct DueQuery {
    /// Code of the catalogue entry.
    entry: String,
    /// `high`, `middle` or `low`; middle where absent.
    #[param(value_type = Option<String>)]
    pace: Option<Pace>,
}

pub(crate) fn routes(routes: &mut Routes) {
    routes
        .get("/api/v1/requests", Policy::Somewhere(Right::ReadPublished))
        .says("listRequests", "Requests, the latest filed first", "requests")
        .query::<RequestsQuery>()
        .lists::<Request>()
        .to(list);
    routes
        .post("/api/v1/requests", Policy::SignedIn)
        .says("fileRequest", "Files a request (ご依頼); its clock runs from now", "requests")
        .takes::<NewRequest>()
        .answers::<wire::request::RequestDone>(201)
        .to(file);
    routes
        .get("/api/v1/projects/{project}/request-due", Policy::SignedIn)
        .on(&[Object::Project])
        .says("requestDue", "When a request filed now would be due, day by day", "requests")
        .query::<DueQuery>()
        .answers::<DuePromise>(200)
        .to(due);
    routes
        .get("/api/v1/requests/{request}", Policy::In(Right::ReadPublished))
        .on(&[Object::Request])
        .says("request", "One request", "requests")
        .answers::<Request>(200)
        .to(show);
    for (act, path, id, summary) in VERBS {
        let verb = move |State(desk): State<Desk>,
                         Signed(caller): Signed,
                         Path(key): Path<RecordKey>,
                         asked: Asked<RequestInput>| async move {
            let Asked { body, once } = asked;
            let verb = |desk: Desk| async move { desk.act_on_request(&caller, &key, act, &body).await };
            answer_once(&desk, once.as_ref(), StatusCode::OK, verb).await
        };
        routes
            .post(path, Policy::SignedIn)
            .on(&[Object::Request])
            .says(id, summary, "requests")
            .takes::<RequestInput>()
            .answers::<wire::request::RequestDone>(200)
            .to(verb);
    }
}

/// Each verb with its path, its name in the document and what it does.
const VERBS: [(Act, &str, &str, &str); 26] = [
    (Act::Take, "/api/v1/requests/{request}/assignment", "takeRequest", "担当する: takes it"),
    (
        Act::Plan,
        "/api/v1/requests/{request}/plan",
        "planRequest",
        "計画する: how the work goes, and whether it affects the service",
    ),
    (
        Act::Approve,
        "/api/v1/requests/{request}/approval",
        "approveWork",
        "承認する: by the customer's approver or the head of desk",
    ),
    (Act::Begin, "/api/v1/requests/{request}/start", "startWork", "作業を始める"),
    (Act::Complete, "/api/v1/requests/{request}/completion", "completeRequest", "完了する: stops the clock"),
    (Act::GiveBack, "/api/v1/requests/{request}/return", "returnRequest", "差し戻す: the customer gives it back"),
    (Act::Close, "/api/v1/requests/{request}/closure", "closeRequest", "完了を確認する: the customer confirms"),
    (Act::Decline, "/api/v1/requests/{request}/refusal", "declineRequest", "対象外とする: no work of the desk"),
    (
        Act::Cancel,
        "/api/v1/requests/{request}/cancellation",
        "cancelRequest",
        "取り消す: by the customer, before the work",
    ),
    (
        Act::Ask,
        "/api/v1/requests/{request}/question",
        "askCustomer",
        "確認を依頼する: holds the clock until the answer",
    ),
    (Act::Answer, "/api/v1/requests/{request}/answer", "answerQuestion", "回答する: the customer answers"),
    (Act::Offer, "/api/v1/requests/{request}/date", "offerDate", "日程を提案する: a day or a window"),
    (Act::Reply, "/api/v1/requests/{request}/date-reply", "replyToDate", "日程に返答する: the customer agrees or not"),
    (
        Act::Except,
        "/api/v1/requests/{request}/exception",
        "exceptRequest",
        "特段の事情: another due, before the due has passed",
    ),
    (Act::Urge, "/api/v1/requests/{request}/urgency", "urgeRequest", "緊急にする: the target stays"),
    (Act::Reclassify, "/api/v1/requests/{request}/entry", "reclassifyRequest", "種別を変える: the receipt stands"),
    (Act::Message, "/api/v1/requests/{request}/message", "messageOnRequest", "メッセージ, from either side"),
    (Act::Note, "/api/v1/requests/{request}/note", "noteOnRequest", "内部メモ"),
    (Act::Explain, "/api/v1/requests/{request}/explanation", "explainMiss", "期限超過を説明する: told to the customer"),
    (
        Act::Split,
        "/api/v1/requests/{request}/part",
        "splitRequest",
        "作業を分ける: a part becomes a ticket of its own, due from the same receipt",
    ),
    (Act::Hand, "/api/v1/requests/{request}/hand-over", "handRequestOver", "開発チームに引き継ぐ; the due stays"),
    (Act::HandBack, "/api/v1/requests/{request}/hand-over-return", "returnFromDevelopment", "開発チームから戻す"),
    (Act::Before, "/api/v1/requests/{request}/state-before", "recordStateBefore", "作業前の状態を残す"),
    (Act::After, "/api/v1/requests/{request}/state-after", "recordStateAfter", "作業後の状態を残す"),
    (
        Act::Check,
        "/api/v1/requests/{request}/work-check",
        "checkWork",
        "別の担当者が確かめる: what affects the service is completed after that",
    ),
    (Act::Link, "/api/v1/requests/{request}/link", "linkTicket", "ほかのチケットと結ぶ"),
];

async fn list(
    State(desk): State<Desk>,
    Signed(caller): Signed,
    Query(query): Query<RequestsQuery>,
) -> Told<Page<Request>> {
    let paged = Paged::<(i64, String)>::new(query.limit, query.cursor.as_deref())?;
    let after = paged.after.as_ref().map(|(at, key)| (Instant::from_ms(*at), RecordKey::new(key)));
    let project = query.project.map(ProjectKey::new);
    let query = RequestQuery { project, open: query.open, after, ..RequestQuery::default() };
    let found = desk.requests(&caller, &query, paged.wanted()).await?;
    Ok(Json(paged.page(found, |it| (it.row.opened.ms(), it.row.key.to_string()), request)))
}

async fn file(State(desk): State<Desk>, Signed(caller): Signed, asked: Asked<NewRequest>) -> Answered {
    let Asked { body, once } = asked;
    let verb = |desk: Desk| async move { desk.file_request(&caller, &body).await };
    answer_once(&desk, once.as_ref(), StatusCode::CREATED, verb).await
}

async fn due(
    State(desk): State<Desk>,
    Signed(caller): Signed,
    Path(project): Path<String>,
    Query(query): Query<DueQuery>,
) -> Told<DuePromise> {
    let promise = desk.due_if_filed(&caller, &project, &query.entry, query.pace.unwrap_or_default()).await?;
    let day = |day: desk::request::Counted| CountedDay {
        date: day.date.to_string(),
        number: day.number,
        holiday: day.holiday.map(str::to_owned),
        closure: day.closure,
    };
    let days = promise.days.into_iter().map(day).collect();
    Ok(Json(DuePromise { due: promise.due.map(|at| at.to_string()), days }))
}

async fn show(State(desk): State<Desk>, Signed(caller): Signed, Path(key): Path<RecordKey>) -> Told<Request> {
    Ok(Json(request(desk.request_row(&caller, &key).await?)))
}

/// A request as `wire` says it.
fn request(it: RequestListed) -> Request {
    let RequestListed { row, customer, .. } = it;
    let text = |at: Option<Instant>| at.map(|at| at.to_string());
    Request {
        key: row.key.to_string(),
        project: row.project.to_string(),
        customer,
        version: row.version,
        state: row.state,
        title: row.title,
        entry: row.entry,
        kind: row.kind,
        days: row.days,
        pace: row.pace,
        channel: row.channel,
        received: row.received.to_string(),
        standard_due: text(row.standard_due),
        due: text(row.due),
        held_days: row.held,
        awaiting: row.awaiting,
        excepted: row.excepted == 1,
        completed: text(row.done),
        missed: row.breached == 1,
        urgent: row.urgent == 1,
        owed: row.owed,
        owed_due: text(row.owed_due),
        ended: text(row.ended),
    }
}
