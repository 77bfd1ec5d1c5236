//! Runbooks of a project: read out of the text they are written in.

use super::super::RunbooksVersion;
use super::project::answered;
use super::tenant_of;
use crate::here::Here;
use crate::sent::{Sent, Typed};
use axum::response::Response;
use desk::{Answer, Error};
use domain::ids::{ProjectKey, TenantId};
use domain::refusal::{Refusal, RefusalKind};
use domain::runbook::notation::{Fault, parse, render};
use domain::runbook::{Runbooks, StandingConsent};
use gate::{Path, Trouble};

/// All versions, the newest first.
pub(super) async fn versions(here: &Here, tenant: &TenantId, project: &str) -> Answer<Vec<RunbooksVersion>> {
    let versions = here.state.desk.paper_versions::<Runbooks>(&here.caller, tenant, project).await?;
    let shown = |it: desk::Version<Runbooks>| RunbooksVersion {
        version: it.version,
        from: it.valid_from,
        standing: it.paper.standing_consent.map(|consent| format!("{} {}", consent.by, consent.on)),
        text: render(&it.paper.runbooks),
    };
    Ok(versions.into_iter().map(shown).collect())
}

/// Puts a new version into force.
pub(crate) async fn record(here: Here, Path(project): Path<ProjectKey>, sent: Sent) -> Result<Response, Trouble> {
    let recorded = record_version(&here, &project, &sent.typed).await.map_err(at_field);
    answered(here, sent, &project, "runbooks-form", "runbooks", recorded).await
}

async fn record_version(here: &Here, project: &ProjectKey, typed: &Typed) -> Answer<TenantId> {
    let tenant = tenant_of(here, project).await?;
    if typed.text("text").trim().is_empty() {
        return Err(Refusal::invalid(
            "text",
            "保守手順を書いてください。空の版は登録できません。",
            "Write the runbooks. An empty version is not recorded.",
        )
        .into());
    }
    let runbooks = parse(&typed.text("text")).map_err(|faults| Fault::refusal("text", &faults))?;
    let by = typed.text("consented_by").trim().to_owned();
    let standing_consent = match (by.is_empty(), typed.day("consented_on")?) {
        (true, None) => None,
        (false, Some(on)) => Some(StandingConsent { by, on }),
        (false, None) => {
            return Err(Refusal::invalid(
                "consented_on",
                "事前同意を得た日を入力してください。",
                "Enter the day of the consent.",
            )
            .into());
        }
        (true, Some(_)) => {
            return Err(Refusal::invalid(
                "consented_by",
                "事前同意したお客様の承認者を入力してください。",
                "Name the customer's approver who consented.",
            )
            .into());
        }
    };
    let paper = Runbooks { runbooks, standing_consent };
    let seen = typed.number("version")?;
    here.state.desk.record_paper_after(&here.caller, &tenant, project.as_str(), &paper, None, seen).await?;
    Ok(tenant)
}

/// What the paper refuses, at the field of the form that it was written in.
fn at_field(error: Error) -> Error {
    match error {
        Error::Refused(Refusal { kind: RefusalKind::Invalid { field }, ja, en }) => {
            let field = match field {
                "runbooks" => "text",
                "standing_consent" => "consented_by",
                "standing_consent.on" => "consented_on",
                other => other,
            };
            Refusal::invalid(field, ja, en).into()
        }
        other => other,
    }
}
