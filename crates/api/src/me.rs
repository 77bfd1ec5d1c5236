//! Whoever calls: who they are, what they hold, their sessions.

use crate::page::{Paging, Told, cut};
use crate::routes::Routes;
use axum::Json;
use axum::extract::State;
use desk::{Caller, Desk, Grant, Who};
use gate::{Object, Path, Policy, Query, Signed, Trouble};
use http::StatusCode;
use wire::Page;
use wire::people::{HeldRole, Me, Session};

pub(crate) fn routes(routes: &mut Routes) {
    routes
        .get("/api/v1/me", Policy::SignedIn)
        .says("me", "Who calls, and what they hold now", "me")
        .answers::<Me>(200)
        .to(me);
    routes
        .get("/api/v1/me/sessions", Policy::SignedIn)
        .says("listSessions", "One's own sessions, the latest first", "me")
        .query::<Paging>()
        .lists::<Session>()
        .to(sessions);
    routes
        .delete("/api/v1/me/sessions/{session}", Policy::SignedIn)
        .on(&[Object::Session])
        .says("endSession", "Ends a session of one's own", "me")
        .to(end_session);
}

async fn me(Signed(caller): Signed) -> Json<Me> {
    let roles = caller.grants.iter().map(held).collect();
    let Caller { who, .. } = caller;
    let (kind, id, name, email, project) = match who {
        Who::Person { id, name, email, .. } => ("person", id.to_string(), Some(name), Some(email), None),
        Who::Key { id, project } => ("key", id.to_string(), None, None, Some(project.to_string())),
        Who::Console => ("console", String::new(), None, None, None),
    };
    Json(Me { kind: kind.to_owned(), id, name, email, project, roles })
}

fn held(grant: &Grant) -> HeldRole {
    let delegated = grant.delegated.as_ref();
    HeldRole {
        tenant: grant.tenant.to_string(),
        role: grant.role.code().to_owned(),
        everywhere: grant.everywhere,
        right: delegated.and_then(|(right, _)| serde_json::to_value(right).ok()?.as_str().map(str::to_owned)),
        delegated_by: delegated.map(|(_, giver)| giver.to_string()),
    }
}

async fn sessions(
    State(desk): State<Desk>,
    Signed(caller): Signed,
    Query(paging): Query<Paging>,
) -> Told<Page<Session>> {
    let current = match &caller.who {
        Who::Person { session, .. } => session.as_str(),
        _ => "",
    };
    let show = |row: store::SessionRow| Session {
        current: row.id == current,
        id: row.id,
        created: row.created.to_string(),
        last_seen: row.last_seen.to_string(),
        expires: row.expires.to_string(),
        agent: row.agent,
        address: row.address,
    };
    // A key has none.
    let rows = if caller.person().is_some() { desk.sessions(&caller).await? } else { vec![] };
    Ok(Json(cut(&paging, rows.into_iter().map(show).collect(), |session| session.id.clone())?))
}

async fn end_session(
    State(desk): State<Desk>,
    Signed(caller): Signed,
    Path(session): Path<String>,
) -> Result<StatusCode, Trouble> {
    desk.end_session(&caller, &session).await?;
    Ok(StatusCode::NO_CONTENT)
}
