//! What is done to several incidents at once: causes common to several customers (共通原因), and the hand-over of a shift.

use crate::incidents::row;
use crate::page::Told;
use crate::routes::Routes;
use axum::Json;
use axum::extract::State;
use desk::{
    CauseCall, CauseCallEnd, CauseIncidents, CauseNotice, CauseNumber, CauseView, Desk, NewCause, ShiftHandOver,
    ShiftTaking,
};
use domain::access::Right;
use gate::{Asked, Policy, Query, Signed, answer_once};
use http::StatusCode;
use serde::Deserialize;
use utoipa::IntoParams;
use wire::Page;
use wire::cause::{Callee, Cause, CauseOpened, CauseRow};
use wire::incident::ActedOn;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct NoQuery {}

/// Which cause.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct CauseQuery {
    /// Its number.
    #[param(minimum = 1)]
    cause: u64,
}

/// Declares acts on a cause: path, id, summary, the input and the function of the desk that does it.
macro_rules! acts {
    ($routes:ident; $($path:literal, $id:literal, $summary:literal, $input:ident => $act:ident -> $answer:ident $status:literal;)*) => {$(
        $routes
            .post($path, Policy::Somewhere(Right::Operate))
            .says($id, $summary, "causes")
            .takes::<$input>()
            .answers::<$answer>($status)
            .to(|State(desk): State<Desk>, Signed(caller): Signed, asked: Asked<$input>| async move {
                let Asked { body, once } = asked;
                let status = if $status == 201 { StatusCode::CREATED } else { StatusCode::OK };
                answer_once(&desk, once.as_ref(), status, |desk: Desk| async move { desk.$act(&caller, &body).await })
                    .await
            });
    )*};
}

pub(crate) fn routes(routes: &mut Routes) {
    let read = Policy::Somewhere(Right::ReadOperations);
    routes
        .get("/api/v1/causes", read)
        .says("listCauses", "Common causes, open ones first, at most 100", "causes")
        .query::<NoQuery>()
        .lists::<CauseRow>()
        .to(list);
    routes
        .get("/api/v1/cause", read)
        .says("cause", "A cause with its incidents and whom to call", "causes")
        .query::<CauseQuery>()
        .answers::<Cause>(200)
        .to(one);
    acts! { routes;
        "/api/v1/causes", "openCause", "Opens a common cause", NewCause => open_cause -> CauseOpened 201;
        "/api/v1/cause/incidents", "linkToCause", "Links incidents to a cause, each in its own customer's chain", CauseIncidents => link_to_cause -> ActedOn 200;
        "/api/v1/cause/release", "unlinkFromCause", "Takes incidents away from a cause", CauseIncidents => unlink_from_cause -> ActedOn 200;
        "/api/v1/cause/notice", "tellCause", "Judges the named incidents with impact and publishes one text to each customer", CauseNotice => tell_cause -> ActedOn 200;
        "/api/v1/cause/call", "callCause", "A call to a number begins; it counts for every incident whose turn that is", CauseCall => call_cause -> ActedOn 200;
        "/api/v1/cause/call-connection", "connectCauseCall", "Somebody picked up", CauseCall => connect_cause_call -> ActedOn 200;
        "/api/v1/cause/call-end", "endCauseCall", "How the call ended, for every incident told in it", CauseCallEnd => end_cause_call -> ActedOn 200;
        "/api/v1/shift/hand-over", "handOverShift", "引き継ぎ of every incident the caller holds, to a person or to whoever comes next", ShiftHandOver => hand_over_shift -> ActedOn 200;
        "/api/v1/shift/taking", "takeShift", "Takes incidents over; from now on they are the caller's", ShiftTaking => take_shift -> ActedOn 200;
        "/api/v1/cause/closure", "closeCause", "Closes a cause; its incidents go on", CauseNumber => close_cause -> CauseOpened 200;
    }
}

async fn list(
    State(desk): State<Desk>,
    Signed(caller): Signed,
    Query(NoQuery {}): Query<NoQuery>,
) -> Told<Page<CauseRow>> {
    let items = desk.causes(&caller).await?.into_iter().map(|row| CauseRow {
        cause: row.number,
        title: row.title,
        opened: row.opened.to_string(),
        closed: row.closed.map(|at| at.to_string()),
    });
    Ok(Json(Page { items: items.collect(), next: None }))
}

async fn one(State(desk): State<Desk>, Signed(caller): Signed, Query(query): Query<CauseQuery>) -> Told<Cause> {
    let CauseView { row: cause, members, calls, .. } = desk.cause(&caller, query.cause).await?;
    let calls = calls.into_iter().map(|entry| Callee {
        under_way: !entry.under_way.is_empty(),
        names: entry.contacts.into_iter().map(|(contact, _)| contact.name).collect(),
        incidents: entry.incidents.iter().map(ToString::to_string).collect(),
        due: entry.due.to_string(),
        held_by: entry.held_by,
        number: entry.number,
    });
    Ok(Json(Cause {
        cause: cause.number,
        title: cause.title,
        opened: cause.opened.to_string(),
        closed: cause.closed.map(|at| at.to_string()),
        incidents: members.into_iter().map(|member| row(member.board)).collect(),
        calls: calls.collect(),
    }))
}
