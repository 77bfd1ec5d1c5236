//! The catalogue of the provider or of one customer.

use super::super::{CatalogueSettings, catalogue_page};
use super::{provider, tenant_choices};
use crate::form::Draft;
use crate::here::{Here, html};
use crate::layout::Place;
use crate::sent::{Sent, Typed};
use axum::response::Response;
use desk::{Answer, Error};
use domain::access::Right;
use domain::catalogue::Catalogue;
use domain::ids::TenantId;
use domain::refusal::{Refusal, RefusalKind};
use gate::{Query, Trouble};
use maud::Markup;
use serde::Deserialize;

const CATALOGUE: &str = "/settings/catalogue";

/// Whose catalogue.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Whose {
    tenant: Option<TenantId>,
}

/// The versions and the text of one; without a choice the provider's, or the first customer's where that is out of reach.
pub(crate) async fn show(here: Here, Query(whose): Query<Whose>) -> Result<Response, Trouble> {
    Ok(html(page_of(&here, whose.tenant, Draft::default()).await?))
}

async fn page_of(here: &Here, tenant: Option<TenantId>, draft: Draft) -> Result<Markup, Trouble> {
    let (desk, caller) = (&here.state.desk, &here.caller);
    let shell = here.shell(Place::Settings).await?;
    let tenants = tenant_choices(here, Right::Agree).await?;
    let own = provider(here).await?;
    let reached = |tenant: &TenantId| tenants.iter().any(|choice| choice.value == tenant.as_str());
    let tenant = tenant.or_else(|| reached(&own).then_some(own));
    let tenant = tenant.or_else(|| tenants.first().map(|choice| TenantId::new(&choice.value)));
    let tenant = tenant.filter(reached).ok_or_else(Trouble::not_found)?;
    let versions = desk.paper_versions::<Catalogue>(caller, &tenant, "").await?;
    let text = match versions.first() {
        Some(newest) => newest.paper.write(),
        None => desk.catalogue(caller, &tenant).await?.1.write(),
    };
    let name = tenants.iter().find(|choice| choice.value == tenant.as_str()).map(|choice| choice.label.clone());
    let it = CatalogueSettings {
        tenant: tenant.to_string(),
        name: name.unwrap_or_default(),
        tenants,
        versions: versions.iter().map(|it| (it.version, it.valid_from, it.paper.entries.len())).collect(),
        text,
        draft,
    };
    Ok(catalogue_page(&shell, &it))
}

/// Records the next version.
pub(crate) async fn record(here: Here, sent: Sent) -> Result<Response, Trouble> {
    let tenant = TenantId::new(sent.typed.text("tenant"));
    let recorded = record_version(&here, &tenant, &sent.typed).await.map_err(at_field);
    let to = format!("{CATALOGUE}?tenant={tenant}");
    let here = here.at(&to);
    let recorded = recorded.map(|_| to);
    sent.answer(here.lang(), "catalogue", recorded, async |draft| page_of(&here, Some(tenant), draft).await).await
}

async fn record_version(here: &Here, tenant: &TenantId, typed: &Typed) -> Answer<u32> {
    let desk = &here.state.desk;
    let zone = desk.calendar(desk.now().await?).await?.zone().clone();
    let (catalogue, from) = (Catalogue::read(&typed.text("text"))?, typed.moment("valid_from", &zone)?);
    desk.record_paper_after(&here.caller, tenant, "", &catalogue, from, typed.number("version")?).await
}

/// What the paper refuses, at the field of the form that it was written in.
fn at_field(error: Error) -> Error {
    match error {
        Error::Refused(Refusal { kind: RefusalKind::Invalid { field: "entry" }, ja, en }) => {
            Refusal::invalid("text", ja, en).into()
        }
        other => other,
    }
}
