//! The routes of windows of work.

use super::{KeptLine, WindowLine, WindowsPage, page};
use crate::form::Draft;
use crate::here::{Here, html};
use crate::layout::Place;
use crate::sent::{Sent, Typed};
use axum::response::Response;
use desk::{Answer, NewWindow, WindowEnd, WindowView};
use domain::access::Right;
use domain::ids::RecordKey;
use domain::refusal::Refusal;
use domain::window::WindowKind;
use gate::{Path, Trouble};
use jiff::tz::TimeZone;
use maud::Markup;
use store::{WindowAlertRow, WindowQuery};

/// Windows that have not ended, shown at most.
const STANDING_MAX: u32 = 200;
/// Past windows shown at most.
const PAST_MAX: u32 = 30;

/// The list with its form.
pub(crate) async fn list(here: Here) -> Result<Response, Trouble> {
    Ok(html(listed(&here, Draft::default()).await?))
}

async fn listed(here: &Here, draft: Draft) -> Result<Markup, Trouble> {
    let shell = here.shell(Place::Windows).await?;
    let (desk, caller) = (&here.state.desk, &here.caller);
    let staff = !caller.is_customer();
    let right = if staff { Right::Operate } else { Right::SpeakAsCustomer };
    let mut projects = vec![];
    if caller.may_somewhere(right) {
        for view in desk.tenants(caller, right).await? {
            let customer = if staff { format!("{} ", view.tenant.name) } else { String::new() };
            projects.extend(view.projects.into_iter().map(|it| (it.key.to_string(), format!("{customer}{}", it.name))));
        }
    }
    let query = |standing| WindowQuery { standing: Some(standing), ..WindowQuery::default() };
    let mut views = desk.windows(caller, &query(true), STANDING_MAX).await?;
    views.extend(desk.windows(caller, &query(false), PAST_MAX).await?);
    let windows = views.into_iter().map(|view| line(here, view)).collect();
    Ok(page(&shell, &WindowsPage { staff, projects, windows, draft }))
}

fn line(here: &Here, view: WindowView) -> WindowLine {
    let WindowView { row, customer, state, alerts } = view;
    let may = |right| here.caller.enter(&row.tenant, right).is_ok();
    let kind = WindowKind::ALL.into_iter().find(|kind| kind.code() == row.kind).unwrap_or(WindowKind::Planned);
    let own = kind == WindowKind::Customer && may(Right::SpeakAsCustomer);
    WindowLine {
        key: row.key.to_string(),
        writes: own || may(Right::Operate),
        tenant: customer,
        kind,
        state,
        hosts: row.hosts.unwrap_or_default().lines().map(str::to_owned).collect(),
        work: row.work,
        caller: row.caller,
        from: row.from,
        to: row.to,
        alerts: alerts.into_iter().map(kept).collect(),
    }
}

fn kept(row: WindowAlertRow) -> KeptLine {
    KeptLine {
        source: row.source,
        summary: row.summary,
        firing: row.status == "firing",
        count: row.count,
        last: row.last_received,
        led_to: row.led_to.map(|key| key.to_string()),
    }
}

/// Announces a window.
pub(crate) async fn announce(here: Here, sent: Sent) -> Result<Response, Trouble> {
    let done = announce_typed(&here, &sent.typed).await;
    let here = here.at("/windows");
    sent.answer(here.lang(), "window", done, async |draft| listed(&here, draft).await).await
}

async fn announce_typed(here: &Here, typed: &Typed) -> Answer<String> {
    let zone = zone(here).await?;
    let kind = typed.text("kind");
    let window = NewWindow {
        project: typed.text("project"),
        kind: if kind.is_empty() { None } else { Some(typed.code("kind")?) },
        hosts: typed.text("hosts"),
        from: typed.moment("from", &zone)?,
        to: typed.moment("to", &zone)?,
        work: typed.text("work"),
        caller: typed.text("caller"),
    };
    let done = here.state.desk.announce_window(&here.caller, &window).await?;
    Ok(format!("/windows#{}", done.window))
}

/// Moves the end of a window, or ends it now where no instant was typed.
pub(crate) async fn change(here: Here, Path(key): Path<RecordKey>, sent: Sent) -> Result<Response, Trouble> {
    let has_field = sent.typed.0.iter().any(|(name, _)| name == "to");
    let form = if has_field { "change" } else { "end" };
    let done = change_typed(&here, &key, &sent.typed, has_field).await;
    let here = here.at("/windows");
    sent.answer(here.lang(), &format!("{form}-{key}"), done, async |draft| listed(&here, draft).await).await
}

async fn change_typed(here: &Here, key: &RecordKey, typed: &Typed, has_field: bool) -> Answer<String> {
    let to = typed.moment("to", &zone(here).await?)?;
    if has_field && to.is_none() {
        return Err(Refusal::invalid("to", "終了の日時を入力してください。", "Say when it ends: date and time.").into());
    }
    let done = here.state.desk.change_window(&here.caller, key, &WindowEnd { to }).await?;
    Ok(format!("/windows#{}", done.window))
}

/// Cancels a window.
pub(crate) async fn cancel(here: Here, Path(key): Path<RecordKey>, sent: Sent) -> Result<Response, Trouble> {
    let done = here.state.desk.cancel_window(&here.caller, &key).await;
    let to = done.map(|done| format!("/windows#{}", done.window));
    let here = here.at("/windows");
    sent.answer(here.lang(), &format!("cancel-{key}"), to, async |draft| listed(&here, draft).await).await
}

async fn zone(here: &Here) -> Answer<TimeZone> {
    let now = here.state.desk.now().await?;
    Ok(here.state.desk.calendar(now).await?.zone().clone())
}
