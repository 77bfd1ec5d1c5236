//! The routes of the readiness page.

use super::super::readiness::{Readiness, ReadinessPage, page};
use crate::form::Draft;
use crate::here::{Here, html};
use crate::layout::Place;
use crate::sent::Sent;
use ::desk::{ProjectStanding, StartOperation};
use axum::response::Response;
use domain::ids::ProjectKey;
use gate::{Path, Trouble};
use maud::Markup;

/// Every project with what it lacks.
pub(crate) async fn show(here: Here) -> Result<Response, Trouble> {
    Ok(html(listed(&here, Draft::default()).await?))
}

async fn listed(here: &Here, draft: Draft) -> Result<Markup, Trouble> {
    let shell = here.shell(Place::Settings).await?;
    let line = |it: ProjectStanding| Readiness {
        tenant: it.tenant.id.to_string(),
        customer: it.tenant.name,
        key: it.project.key.to_string(),
        name: it.project.name,
        started: it.project.started,
        gaps: it.gaps,
    };
    let projects = here.state.desk.readiness(&here.caller).await?.into_iter().map(line).collect();
    Ok(page(&shell, &ReadinessPage { projects, draft }))
}

/// Starts a project's operation.
pub(crate) async fn start(here: Here, Path(project): Path<ProjectKey>, sent: Sent) -> Result<Response, Trouble> {
    let input = StartOperation { reason: sent.typed.text("reason") };
    let started = here.state.desk.start_operation(&here.caller, &project, input).await;
    let here = here.at("/settings/readiness");
    let to = started.map(|_| format!("/settings/readiness#{project}"));
    sent.answer(here.lang(), &format!("start-{project}"), to, async |draft| listed(&here, draft).await).await
}
