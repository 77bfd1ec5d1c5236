//! Windows of work: announced, changed, cancelled, read.

use crate::page::{Nothing, Told, Window as Paged};
use crate::routes::Routes;
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use desk::{Desk, NewWindow, WindowEnd, WindowView};
use domain::access::Right;
use domain::ids::{ProjectKey, RecordKey};
use domain::time::Instant;
use gate::{Asked, Object, Path, Policy, Query, Signed, Trouble, answer_once};
use http::StatusCode;
use serde::Deserialize;
use store::{WindowAlertRow, WindowQuery};
use utoipa::IntoParams;
use wire::Page;
use wire::window::{Window, WindowAlert, WindowDone};

type Answered = Result<Response, Trouble>;

/// Which windows to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct WindowsQuery {
    /// Only of this project.
    project: Option<String>,
    /// Only those that have not ended (`true`), or only those that have (`false`).
    standing: Option<bool>,
    /// Items of a page, 1 to 200; 50 where absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

pub(crate) fn routes(routes: &mut Routes) {
    routes
        .get("/api/v1/windows", Policy::Somewhere(Right::ReadPublished))
        .says("listWindows", "Windows of work with the alerts kept in them, the last to begin first", "windows")
        .query::<WindowsQuery>()
        .lists::<Window>()
        .to(list);
    routes
        .post("/api/v1/windows", Policy::SignedIn)
        .says("announceWindow", "Announces a window of work (計画作業, お客様作業連絡), in force at once", "windows")
        .takes::<NewWindow>()
        .answers::<WindowDone>(201)
        .to(announce);
    let one = &[Object::Window];
    routes
        .get("/api/v1/windows/{window}", Policy::In(Right::ReadPublished))
        .on(one)
        .says("window", "One window of work with the alerts kept in it", "windows")
        .answers::<Window>(200)
        .to(show);
    routes
        .post("/api/v1/windows/{window}/end", Policy::SignedIn)
        .on(one)
        .says("endWindow", "Moves the end of a window, or ends it now", "windows")
        .takes::<WindowEnd>()
        .answers::<WindowDone>(200)
        .to(change);
    routes
        .post("/api/v1/windows/{window}/cancellation", Policy::SignedIn)
        .on(one)
        .says("cancelWindow", "Cancels a window that is coming or runs", "windows")
        .takes::<Nothing>()
        .answers::<WindowDone>(200)
        .to(cancel);
}

async fn list(
    State(desk): State<Desk>,
    Signed(caller): Signed,
    Query(query): Query<WindowsQuery>,
) -> Told<Page<Window>> {
    let paged = Paged::<(i64, String)>::new(query.limit, query.cursor.as_deref())?;
    let after = paged.after.as_ref().map(|(at, key)| (Instant::from_ms(*at), RecordKey::new(key)));
    let query = WindowQuery { project: query.project.map(ProjectKey::new), standing: query.standing, after };
    let views = desk.windows(&caller, &query, paged.wanted()).await?;
    Ok(Json(paged.page(views, |view| (view.row.from.ms(), view.row.key.to_string()), window)))
}

async fn announce(State(desk): State<Desk>, Signed(caller): Signed, asked: Asked<NewWindow>) -> Answered {
    let Asked { body, once } = asked;
    let verb = |desk: Desk| async move { desk.announce_window(&caller, &body).await };
    answer_once(&desk, once.as_ref(), StatusCode::CREATED, verb).await
}

async fn show(State(desk): State<Desk>, Signed(caller): Signed, Path(key): Path<RecordKey>) -> Told<Window> {
    Ok(Json(window(desk.window(&caller, &key).await?)))
}

async fn change(
    State(desk): State<Desk>,
    Signed(caller): Signed,
    Path(key): Path<RecordKey>,
    asked: Asked<WindowEnd>,
) -> Answered {
    let Asked { body, once } = asked;
    let verb = |desk: Desk| async move { desk.change_window(&caller, &key, &body).await };
    answer_once(&desk, once.as_ref(), StatusCode::OK, verb).await
}

async fn cancel(
    State(desk): State<Desk>,
    Signed(caller): Signed,
    Path(key): Path<RecordKey>,
    asked: Asked<Nothing>,
) -> Answered {
    let verb = |desk: Desk| async move { desk.cancel_window(&caller, &key).await };
    answer_once(&desk, asked.once.as_ref(), StatusCode::OK, verb).await
}

/// A window as `wire` says it.
fn window(view: WindowView) -> Window {
    let WindowView { row, customer, state, alerts } = view;
    let kind =
        if row.kind == "planned" { wire::window::WindowKind::Planned } else { wire::window::WindowKind::Customer };
    Window {
        window: row.key.to_string(),
        project: row.project.to_string(),
        customer,
        kind,
        state: shown(state),
        hosts: row.hosts.unwrap_or_default().lines().map(str::to_owned).collect(),
        work: row.work,
        caller: row.caller,
        from: row.from.to_string(),
        to: row.to.to_string(),
        announced: row.announced.to_string(),
        ended: row.ended.map(|at| at.to_string()),
        alerts: alerts.into_iter().map(alert).collect(),
    }
}

const fn shown(state: domain::window::WindowState) -> wire::window::WindowState {
    use domain::window::WindowState as Of;
    use wire::window::WindowState as Said;
    match state {
        Of::Coming => Said::Coming,
        Of::Running => Said::Running,
        Of::Over => Said::Over,
        Of::Cancelled => Said::Cancelled,
    }
}

fn alert(row: WindowAlertRow) -> WindowAlert {
    WindowAlert {
        dedup_key: row.dedup_key,
        alert_key: row.alert_key,
        status: row.status,
        severity: row.severity,
        summary: row.summary,
        source: row.source,
        first_received: row.first_received.to_string(),
        last_received: row.last_received.to_string(),
        count: row.count,
        led_to: row.led_to.map(|key| key.to_string()),
    }
}
