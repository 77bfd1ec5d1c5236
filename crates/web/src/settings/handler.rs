//! The settings' routes: one file a page.

pub(crate) mod catalogue;
pub(crate) mod desk;
pub(crate) mod duty;
pub(crate) mod keys;
pub(crate) mod people;
pub(crate) mod project;
pub(crate) mod readiness;
pub(crate) mod runbooks;
pub(crate) mod sheet;
pub(crate) mod tenants;

use crate::form::Choice;
use crate::here::Here;
use ::desk::Answer;
use axum::response::Redirect;
use domain::access::Right;
use domain::ids::{ProjectKey, TenantId};
use domain::refusal::Refusal;

/// The settings begin with the customers.
pub(crate) async fn first() -> Redirect {
    Redirect::to("/settings/tenants")
}

/// Tenants in which the caller holds a right, as choices, the provider first.
async fn tenant_choices(here: &Here, right: Right) -> Answer<Vec<Choice>> {
    let views = here.state.desk.tenants(&here.caller, right).await?;
    Ok(views.iter().map(|view| crate::form::choice(view.tenant.id.as_str(), view.tenant.name.as_str())).collect())
}

/// The tenant of a project that the caller may agree papers for.
async fn tenant_of(here: &Here, project: &ProjectKey) -> Answer<TenantId> {
    let rights = [Right::Administer, Right::Agree];
    Ok(here.state.desk.enter_project(&here.caller, project, &rights).await?.tenant)
}

/// The provider's tenant.
async fn provider(here: &Here) -> Answer<TenantId> {
    let provider = here.state.desk.provider().await?.ok_or_else(Refusal::not_found)?;
    Ok(provider.0)
}
