//! The routes of 証跡.

use super::{ProofPage, page};
use crate::here::{Here, html};
use crate::layout::Place;
use axum::response::Response;
use desk::Answer;
use domain::access::Right;
use domain::ids::TenantId;
use domain::refusal::Refusal;
use gate::{Query, Trouble, download};
use serde::Deserialize;

/// Whose; without words that of the first customer.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Asked {
    tenant: Option<TenantId>,
}

/// The customers whose proof the reader may have, by id and name, and the one that is asked for.
async fn wanted(here: &Here, asked: &Asked) -> Answer<(Vec<(String, String)>, TenantId)> {
    let mut customers = vec![];
    for view in here.state.desk.tenants(&here.caller, Right::ReadPublished).await? {
        if !view.tenant.is_provider() {
            customers.push((view.tenant.id.to_string(), view.tenant.name));
        }
    }
    let first = customers.first().map(|(id, _)| TenantId::new(id.as_str()));
    let tenant = asked.tenant.clone().or(first).ok_or_else(Refusal::not_found)?;
    Ok((customers, tenant))
}

/// What is proven, and how.
pub(crate) async fn show(here: Here, Query(asked): Query<Asked>) -> Result<Response, Trouble> {
    let shell = here.shell(Place::Compliance).await?;
    let (customers, tenant) = wanted(&here, &asked).await?;
    let proof = here.state.desk.proof(&here.caller, &tenant).await?;
    Ok(html(page(&shell, &ProofPage { customers, tenant: tenant.to_string(), proof })))
}

/// The bundle.
pub(crate) async fn bundle(here: Here, Query(asked): Query<Asked>) -> Result<Response, Trouble> {
    let (_, tenant) = wanted(&here, &asked).await?;
    let (exported, file) = here.state.desk.bundle(&here.caller, &tenant).await?;
    download(file, &format!("madoguchi-{}-{}.zip", exported.tenant, exported.head.seq), "application/zip")
}
