//! The routes of 障害ご連絡: filing by a customer, and calls taken by an operator.

use super::{CallPage, FaultPage, Found, HeardPage, OpenOne, Said, call_page, file_page, heard_page};
use crate::form::Draft;
use crate::here::{Here, html};
use crate::incident::notice_marks;
use crate::layout::{Place, Shell};
use crate::sent::{Sent, Typed};
use axum::response::{IntoResponse, Redirect, Response};
use desk::incident::{IncidentView, input};
use desk::{Answer, CallOf, CallerWords, IntakeCallEnd, NewFault};
use domain::access::Right;
use domain::ids::{BlobId, RecordKey};
use domain::refusal::Refusal;
use domain::time::Instant;
use gate::{Path, Query, Trouble};
use jiff::tz::TimeZone;
use maud::Markup;

/// The page by which a customer files a fault.
pub(crate) async fn new(here: Here) -> Result<Response, Trouble> {
    Ok(html(filing(&here, Draft::default()).await?))
}

async fn filing(here: &Here, draft: Draft) -> Result<Markup, Trouble> {
    let shell = here.shell(Place::Report).await?;
    let (desk, caller) = (&here.state.desk, &here.caller);
    let tenants = desk.tenants(caller, Right::SpeakAsCustomer).await?;
    let projects = tenants.into_iter().flat_map(|view| view.projects);
    let open = desk.open_faults(caller).await?.into_iter();
    let it = FaultPage {
        projects: projects.map(|project| (project.key.to_string(), project.name)).collect(),
        open: open
            .map(|one| OpenOne {
                key: one.key.to_string(),
                title: one.title,
                project: one.project.to_string(),
                began: one.began,
            })
            .collect(),
        phone: desk.provider().await?.map(|(_, provider)| provider.phone).unwrap_or_default(),
        draft,
    };
    Ok(file_page(&shell, &it))
}

/// Files a fault.
pub(crate) async fn file(here: Here, sent: Sent) -> Result<Response, Trouble> {
    let filed = file_typed(&here, &sent.typed).await;
    let here = here.at("/faults/new");
    sent.answer(here.lang(), "fault", filed, async |draft| filing(&here, draft).await).await
}

async fn file_typed(here: &Here, typed: &Typed) -> Answer<String> {
    let (desk, caller) = (&here.state.desk, &here.caller);
    let zone = zone(here).await?;
    let priority = typed.text("priority");
    let fault = NewFault {
        project: typed.text("project"),
        priority: if priority.is_empty() { None } else { Some(typed.code("priority")?) },
        detected_at: typed.moment("detected_at", &zone)?,
        host: typed.text("host"),
        business_impact: typed.text("business_impact"),
        details: typed.text("details"),
    };
    let is_open = desk.open_faults(caller).await?.iter().any(|one| one.project.as_str() == fault.project);
    if is_open && !typed.yes("separate") {
        return Err(Refusal::invalid(
            "separate",
            "対応中の障害があります。同じ障害なら上の欄で追記し、別の障害なら印を付けてください。",
            "Something is open already. Add to it above, or tick that this is another fault.",
        )
        .into());
    }
    let done = desk.file_fault(caller, &fault).await?;
    Ok(format!("/incidents/{}", done.key))
}

/// Adds to an open incident what the customer would else have filed again.
pub(crate) async fn add(here: Here, sent: Sent) -> Result<Response, Trouble> {
    let key = RecordKey::new(sent.typed.text("key"));
    let message = input::Message { text: sent.typed.text("text") };
    let done = here.state.desk.message(&here.caller, &key, &message).await;
    let to = done.map(|done| format!("/incidents/{}", done.key));
    let here = here.at("/faults/new");
    sent.answer(here.lang(), &format!("add-{key}"), to, async |draft| filing(&here, draft).await).await
}

/// Where a call stands on its screen.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct CallQuery {
    call: Option<u64>,
    q: String,
}

/// The screen of a call before it is known whose it is.
pub(crate) async fn call(here: Here, Query(asked): Query<CallQuery>) -> Result<Response, Trouble> {
    Ok(html(calling(&here, asked.call, asked.q, Draft::default()).await?))
}

async fn calling(here: &Here, call: Option<u64>, sought: String, draft: Draft) -> Result<Markup, Trouble> {
    let shell = here.shell(Place::Board).await?;
    let (desk, caller) = (&here.state.desk, &here.caller);
    let call = match call {
        Some(call) => Some(desk.intake_call(caller, call).await?),
        None => None,
    };
    let found = desk.companies(caller, &sought).await?.into_iter().map(|company| Found {
        name: company.name,
        projects: company.projects.into_iter().map(|(key, name)| (key.to_string(), name)).collect(),
        contact: company.contact,
    });
    let it = CallPage { call: call.map(|call| (call.call, call.began)), found: found.collect(), sought, draft };
    Ok(call_page(&shell, &it))
}

/// A call begins.
pub(crate) async fn begin(here: Here) -> Result<Response, Trouble> {
    let call = here.state.desk.begin_intake_call(&here.caller).await?;
    Ok(Redirect::to(&format!("/calls?call={}", call.call)).into_response())
}

/// Whose call it is: from here on there is an incident.
pub(crate) async fn open(here: Here, sent: Sent) -> Result<Response, Trouble> {
    let typed = &sent.typed;
    let call = typed.number("call").ok().flatten();
    let of = CallOf {
        call: call.unwrap_or_default(),
        project: typed.text("project"),
        project_sure: typed.yes("project_sure"),
        company: typed.text("company"),
        ..CallOf::default()
    };
    let done = here.state.desk.open_by_call(&here.caller, &of).await;
    let to = done.map(|done| format!("/incidents/{}/intake", done.key));
    let here = here.at(call.map_or_else(|| "/calls".to_owned(), |call| format!("/calls?call={call}")));
    sent.answer(here.lang(), "lost", to, async |draft| calling(&here, call, String::new(), draft).await).await
}

/// What the caller says; what nobody told by telephone has its own page only.
pub(crate) async fn heard(here: Here, Path(key): Path<RecordKey>) -> Result<Response, Trouble> {
    let view = here.state.desk.incident(&here.caller, &key).await?;
    if view.incident.phone.is_none() {
        return Ok(Redirect::to(&format!("/incidents/{key}")).into_response());
    }
    Ok(html(hearing(&here, &key, Draft::default()).await?))
}

async fn hearing(here: &Here, key: &RecordKey, draft: Draft) -> Result<Markup, Trouble> {
    let shell = here.shell(Place::Board).await?;
    let view = here.state.desk.incident(&here.caller, key).await?;
    let it = heard_of(&shell, &view, draft).ok_or_else(Trouble::not_found)?;
    Ok(heard_page(&shell, &it))
}

fn heard_of(shell: &Shell, view: &IncidentView, draft: Draft) -> Option<HeardPage> {
    let incident = &view.incident;
    let phone = incident.phone.as_ref()?;
    let text = |blob: &Option<BlobId>| blob.as_ref().and_then(|id| view.texts.get(id)).cloned().unwrap_or_default();
    let contacts = view.plan.iter().flat_map(|(_, plan)| &plan.contacts);
    Some(HeardPage {
        key: incident.key.to_string(),
        title: view.texts.get(&incident.title).cloned().unwrap_or_default(),
        tenant: view.customer.clone(),
        began: phone.began,
        ended: phone.ended.as_ref().map(|(mark, summary)| (mark.at, text(&Some(summary.clone())))),
        clocks: notice_marks(shell, incident, None),
        owed: phone.owed(),
        contacts: contacts
            .map(|it| (it.id.to_string(), format!("{} {} {}", it.name, it.reading, it.phone).trim_end().to_owned()))
            .collect(),
        said: Said {
            caller: text(&phone.caller),
            contact: phone.contact.as_ref().map(ToString::to_string).unwrap_or_default(),
            called_back: text(&phone.called_back),
            by_phone: phone.by_phone.map(|why| why.code().to_owned()).unwrap_or_default(),
            content: text(&phone.content),
            detected_at: phone.detected_at.map(|at| local(at, &shell.zone)).unwrap_or_default(),
            host: text(&phone.host),
            business_impact: text(&phone.business_impact),
        },
        open: !incident.state.is_final(),
        draft,
    })
}

/// An instant as a field for local time holds it.
fn local(at: Instant, zone: &TimeZone) -> String {
    at.timestamp().to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S").to_string()
}

/// Keeps what the caller said so far.
pub(crate) async fn hear(here: Here, Path(key): Path<RecordKey>, sent: Sent) -> Result<Response, Trouble> {
    let done = hear_typed(&here, &key, &sent.typed).await;
    let to = done.map(|()| format!("/incidents/{key}/intake"));
    let here = here.at(format!("/incidents/{key}/intake"));
    sent.answer(here.lang(), "heard", to, async |draft| hearing(&here, &key, draft).await).await
}

async fn hear_typed(here: &Here, key: &RecordKey, typed: &Typed) -> Answer<()> {
    let why = typed.text("by_phone");
    let words = CallerWords {
        project_sure: typed.yes("project_sure"),
        caller: typed.text("caller"),
        contact: typed.text("contact"),
        called_back: typed.text("called_back"),
        by_phone: if why.is_empty() { None } else { Some(typed.code("by_phone")?) },
        content: typed.text("content"),
        detected_at: typed.moment("detected_at", &zone(here).await?)?,
        host: typed.text("host"),
        business_impact: typed.text("business_impact"),
    };
    here.state.desk.hear(&here.caller, key, &words).await?;
    Ok(())
}

/// The call has ended.
pub(crate) async fn end(here: Here, Path(key): Path<RecordKey>, sent: Sent) -> Result<Response, Trouble> {
    let end = IntakeCallEnd { summary: sent.typed.text("summary") };
    let done = here.state.desk.end_intake_call(&here.caller, &key, &end).await;
    let to = done.map(|done| format!("/incidents/{}/intake", done.key));
    let here = here.at(format!("/incidents/{key}/intake"));
    sent.answer(here.lang(), "call-ended", to, async |draft| hearing(&here, &key, draft).await).await
}

async fn zone(here: &Here) -> Answer<TimeZone> {
    let desk = &here.state.desk;
    Ok(desk.calendar(desk.now().await?).await?.zone().clone())
}
