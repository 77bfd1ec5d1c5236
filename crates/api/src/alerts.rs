//! Alerts, the events behind them, and how a day's events ended.

use crate::page::{Told, Window};
use crate::routes::Routes;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use desk::{Desk, EventPlace};
use domain::access::Right;
use domain::alerts::Fate;
use domain::ids::{ProjectKey, RecordKey, TenantId};
use domain::time::{HOUR_MS, Instant};
use gate::{Object, Path, Policy, Query, Signed, Trouble};
use http::header;
use jiff::civil::Date;
use serde::Deserialize;
use store::{AlertQuery, AlertRow, EventFilter, EventRow};
use utoipa::IntoParams;
use wire::Page;
use wire::alert::{Alert, Event, FateCount, Fates};

/// Which alerts to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct AlertsQuery {
    /// Only with this dedup key.
    dedup_key: Option<String>,
    /// Only of this project.
    project: Option<String>,
    /// Items of a page, 1 to 200; 50 where absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

/// Which events to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct EventsQuery {
    /// Received at this instant or later; 24 hours ago where absent.
    #[param(value_type = Option<String>, format = DateTime)]
    from: Option<Instant>,
    /// Received before this instant.
    #[param(value_type = Option<String>, format = DateTime)]
    to: Option<Instant>,
    /// Only with this fate.
    #[param(value_type = Option<wire::alert::Fate>)]
    fate: Option<Fate>,
    /// Items of a page, 1 to 200; 50 where absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

/// Which stretch of time to count.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct FatesQuery {
    /// A day in Tokyo; today where nothing is given.
    #[param(value_type = Option<String>, format = Date)]
    day: Option<Date>,
    /// Received at this instant or later; instead of a day, together with `to`.
    #[param(value_type = Option<String>, format = DateTime)]
    from: Option<Instant>,
    /// Received before this instant.
    #[param(value_type = Option<String>, format = DateTime)]
    to: Option<Instant>,
}

pub(crate) fn routes(routes: &mut Routes) {
    let read = Policy::Somewhere(Right::ReadOperations);
    routes
        .get("/api/v1/alerts", read)
        .says("listAlerts", "Alerts, the last received first", "alerts")
        .query::<AlertsQuery>()
        .lists::<Alert>()
        .to(alerts);
    routes
        .get("/api/v1/events", read)
        .says("listEvents", "Accepted events, the latest first", "alerts")
        .query::<EventsQuery>()
        .lists::<Event>()
        .to(events);
    routes
        .get("/api/v1/events/{event}", Policy::In(Right::ReadOperations))
        .on(&[Object::Event])
        .says("event", "One accepted event", "alerts")
        .answers::<Event>(200)
        .to(event);
    routes
        .get("/api/v1/events/{event}/raw", Policy::In(Right::ReadOperations))
        .on(&[Object::Event])
        .says("rawEvent", "The bytes of an event as they came", "alerts")
        .answers_bytes()
        .to(raw);
    routes
        .get("/api/v1/fates", read)
        .says("fates", "How the events of a day or a stretch of time ended", "alerts")
        .query::<FatesQuery>()
        .answers::<Fates>(200)
        .to(fates);
}

async fn alerts(
    State(desk): State<Desk>,
    Signed(caller): Signed,
    Query(query): Query<AlertsQuery>,
) -> Told<Page<Alert>> {
    let window = Window::<(i64, String, String)>::new(query.limit, query.cursor.as_deref())?;
    let after = window.after.as_ref();
    let after = after.map(|(at, incident, alert)| (Instant::from_ms(*at), RecordKey::new(incident), alert.clone()));
    let query = AlertQuery { dedup_key: query.dedup_key, project: query.project.map(ProjectKey::new), after };
    let rows = desk.alert_list(&caller, &query, window.wanted()).await?;
    let place = |row: &AlertRow| (row.last_received.ms(), row.incident.to_string(), row.alert_key.clone());
    Ok(Json(window.page(rows, place, alert)))
}

/// An alert as `wire` says it.
pub(crate) fn alert(row: AlertRow) -> Alert {
    Alert {
        incident: row.incident.to_string(),
        project: row.project.to_string(),
        dedup_key: row.dedup_key,
        alert_key: row.alert_key,
        status: row.status,
        severity: row.severity,
        summary: row.summary,
        source: row.source,
        first_received: row.first_received.to_string(),
        last_received: row.last_received.to_string(),
        count: row.count,
    }
}

async fn events(
    State(desk): State<Desk>,
    Signed(caller): Signed,
    Query(query): Query<EventsQuery>,
) -> Told<Page<Event>> {
    let window = Window::<(i64, String, u64)>::new(query.limit, query.cursor.as_deref())?;
    let from = match query.from {
        Some(from) => from,
        None => desk.now().await?.plus_ms(-24 * HOUR_MS),
    };
    let to = query.to.unwrap_or(Instant::from_ms(i64::MAX));
    let filter = EventFilter { from, to, fate: query.fate.map(|fate| fate.code().to_owned()), after: None };
    let after = window.after.as_ref().map(|(at, tenant, id)| EventPlace {
        received: Instant::from_ms(*at),
        tenant: TenantId::new(tenant),
        id: *id,
    });
    let views = desk.events(&caller, &filter, after.as_ref(), window.wanted()).await?;
    let place = |view: &desk::EventView| (view.event.received.ms(), view.tenant.to_string(), view.event.id);
    Ok(Json(window.page(views, place, |view| shown(&view.tenant, view.event))))
}

fn shown(tenant: &TenantId, row: EventRow) -> Event {
    Event {
        id: format!("{tenant}.{}", row.id),
        project: row.project.to_string(),
        sender: row.sender,
        received: row.received.to_string(),
        action: row.action,
        fate: fate(&row.fate),
        dedup_key: row.dedup_key,
        incident: row.incident.map(|key| key.to_string()),
        kept_in: row.kept_in.map(|key| key.to_string()),
        note: row.note,
    }
}

/// The fate of a code; an event is stored with no other.
fn fate(code: &str) -> wire::alert::Fate {
    serde_json::from_value(code.into()).unwrap_or(wire::alert::Fate::Unreadable)
}

/// The tenant and the number in an event's id.
fn numbered(id: &str) -> Result<(TenantId, u64), Trouble> {
    let parts = id.rsplit_once('.').and_then(|(tenant, number)| Some((TenantId::new(tenant), number.parse().ok()?)));
    parts.ok_or_else(Trouble::not_found)
}

async fn event(State(desk): State<Desk>, Signed(caller): Signed, Path(id): Path<String>) -> Told<Event> {
    let (tenant, number) = numbered(&id)?;
    let (row, _) = desk.event(&caller, &tenant, number).await?;
    Ok(Json(shown(&tenant, row)))
}

async fn raw(State(desk): State<Desk>, Signed(caller): Signed, Path(id): Path<String>) -> Result<Response, Trouble> {
    let (tenant, number) = numbered(&id)?;
    let (_, bytes) = desk.event(&caller, &tenant, number).await?;
    // Never a document of our origin.
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream"),
        (header::CONTENT_DISPOSITION, "attachment; filename=event.bin"),
    ];
    Ok((headers, bytes).into_response())
}

async fn fates(State(desk): State<Desk>, Signed(caller): Signed, Query(query): Query<FatesQuery>) -> Told<Fates> {
    let (from, to) = stretch(&desk, &query).await?;
    let fates = desk.fates(&caller, from, to).await?;
    let counts = fates.counts.into_iter().map(|(of, count)| FateCount { fate: fate(of.code()), count }).collect();
    Ok(Json(Fates { from: from.to_string(), to: to.to_string(), counts, total: fates.total }))
}

async fn stretch(desk: &Desk, query: &FatesQuery) -> Result<(Instant, Instant), Trouble> {
    let missing = |field: &str| {
        let en = "Give a day, or both from and to.";
        Err(Trouble::invalid(field, "day か、from と to の両方を指定してください。", en))
    };
    match (query.day, query.from, query.to) {
        (None, Some(from), Some(to)) => return Ok((from, to)),
        (None, Some(_), None) => return missing("to"),
        (None, None, Some(_)) => return missing("from"),
        (Some(_), Some(_), _) | (Some(_), _, Some(_)) => return missing("day"),
        _ => {}
    }
    let now = desk.now().await?;
    let calendar = desk.calendar(now).await?;
    let day = query.day.unwrap_or_else(|| now.timestamp().to_zoned(calendar.zone().clone()).date());
    let begins = |day: Date| {
        let zoned = day.to_zoned(calendar.zone().clone());
        zoned.map(|zoned| Instant::from_ms(zoned.timestamp().as_millisecond()))
    };
    match (begins(day), day.tomorrow().and_then(begins)) {
        (Ok(from), Ok(to)) => Ok((from, to)),
        _ => missing("day"),
    }
}
