//! Keys of programs and addresses that are called.

use crate::page::{Paging, Told, cut};
use crate::routes::Routes;
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use desk::{AddedWebhook as Added, Caller, Desk, NewKey as ToAdd};
use domain::access::Right;
use domain::ids::{KeyId, ProjectKey, TenantId, WebhookId};
use domain::time::Instant;
use gate::{Asked, Object, Path, Policy, Query, Signed, Trouble, answer_once};
use http::StatusCode;
use serde::Deserialize;
use store::KeyRow;
use utoipa::ToSchema;
use wire::Page;
use wire::tenant::{AddedKey, AddedWebhook, Key, Webhook};

/// A key to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewKey {
    /// `intake` or `api`.
    scope: String,
    /// Role code of an API key; absent means `mo`.
    #[serde(default)]
    role: String,
    /// What it is for; at most 100 characters are kept.
    #[serde(default)]
    label: String,
    /// When it ends; absent for never.
    #[schema(value_type = Option<String>, format = DateTime)]
    expires: Option<Instant>,
    /// Minutes, 1 to 1440, after which the silence of an intake key opens an incident of the provider; absent promises nothing.
    #[schema(minimum = 1, maximum = 1440)]
    heartbeat_minutes: Option<u32>,
}

/// A webhook to add.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewWebhook {
    /// Where its calls go: an `https://` address.
    url: String,
}

pub(crate) fn routes(routes: &mut Routes) {
    let administer = Policy::In(Right::Administer);
    routes
        .get("/api/v1/projects/{project}/keys", administer)
        .on(&[Object::Project])
        .says("listKeys", "The keys of a project, without secrets", "keys")
        .query::<Paging>()
        .lists::<Key>()
        .to(keys);
    routes
        .post("/api/v1/projects/{project}/keys", administer)
        .on(&[Object::Project])
        .says("addKey", "Makes a key; its secret is shown once", "keys")
        .takes::<NewKey>()
        .answers::<AddedKey>(201)
        .to(add_key);
    routes
        .delete("/api/v1/projects/{project}/keys/{id}", administer)
        .on(&[Object::Project, Object::Key])
        .says("revokeKey", "Revokes a key at once", "keys")
        .to(revoke_key);
    routes
        .get("/api/v1/tenants/{tenant}/webhooks", administer)
        .on(&[Object::Tenant])
        .says("listWebhooks", "The webhooks of a tenant", "keys")
        .query::<Paging>()
        .lists::<Webhook>()
        .to(webhooks);
    routes
        .post("/api/v1/tenants/{tenant}/webhooks", administer)
        .on(&[Object::Tenant])
        .says("addWebhook", "Adds a webhook; its secret is shown once", "keys")
        .takes::<NewWebhook>()
        .answers::<AddedWebhook>(201)
        .to(add_webhook);
    routes
        .delete("/api/v1/tenants/{tenant}/webhooks/{webhook}", administer)
        .on(&[Object::Tenant, Object::Webhook])
        .says("disableWebhook", "Stops calling a webhook", "keys")
        .to(disable_webhook);
}

/// The keys of one project and the tenant they are kept under.
async fn keys_of(desk: &Desk, caller: &Caller, project: &ProjectKey) -> Result<(TenantId, Vec<KeyRow>), Trouble> {
    let tenant = desk.enter_project(caller, project, &[Right::Administer]).await?.tenant;
    let mut rows = desk.keys(caller, &tenant).await?;
    rows.retain(|row| row.project == *project);
    Ok((tenant, rows))
}

async fn keys(
    State(desk): State<Desk>,
    Signed(caller): Signed,
    Path(project): Path<String>,
    Query(paging): Query<Paging>,
) -> Told<Page<Key>> {
    let (_, rows) = keys_of(&desk, &caller, &ProjectKey::new(project)).await?;
    let at = |instant: Option<Instant>| instant.map(|instant| instant.to_string());
    let show = |row: KeyRow| Key {
        id: row.id.to_string(),
        project: row.project.to_string(),
        scope: row.scope,
        role: row.role.code().to_owned(),
        label: row.label,
        created: row.created.to_string(),
        expires: at(row.expires),
        revoked: at(row.revoked),
        last_used: at(row.last_used),
        heartbeat_minutes: row.heartbeat_minutes,
        last_heartbeat: at(row.last_heartbeat),
    };
    Ok(Json(cut(&paging, rows.into_iter().map(show).collect(), |key| key.id.clone())?))
}

async fn add_key(
    State(desk): State<Desk>,
    Signed(caller): Signed,
    Path(project): Path<String>,
    asked: Asked<NewKey>,
) -> Result<Response, Trouble> {
    let (project, Asked { body, once }) = (ProjectKey::new(project), asked);
    let NewKey { scope, role, label, expires, heartbeat_minutes } = body;
    let new = ToAdd { scope, role, label, expires, heartbeat_minutes };
    let verb = |desk: Desk| async move { desk.add_key(&caller, &project, &new).await };
    answer_once(&desk, once.as_ref(), StatusCode::CREATED, verb).await
}

async fn revoke_key(
    State(desk): State<Desk>,
    Signed(caller): Signed,
    Path((project, id)): Path<(String, String)>,
) -> Result<StatusCode, Trouble> {
    let (tenant, rows) = keys_of(&desk, &caller, &ProjectKey::new(project)).await?;
    let row = rows.into_iter().find(|row| row.id.as_str() == id).ok_or_else(Trouble::not_found)?;
    desk.revoke_key(&caller, &tenant, &KeyId::new(row.id.as_str())).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn webhooks(
    State(desk): State<Desk>,
    Signed(caller): Signed,
    Path(tenant): Path<String>,
    Query(paging): Query<Paging>,
) -> Told<Page<Webhook>> {
    let rows = desk.webhooks(&caller, &TenantId::new(tenant)).await?;
    let show = |row: store::WebhookRow| Webhook {
        id: row.id.to_string(),
        url: row.url,
        created: row.created.to_string(),
        disabled: row.disabled.map(|at| at.to_string()),
    };
    Ok(Json(cut(&paging, rows.into_iter().map(show).collect(), |webhook| webhook.id.clone())?))
}

async fn add_webhook(
    State(desk): State<Desk>,
    Signed(caller): Signed,
    Path(tenant): Path<String>,
    asked: Asked<NewWebhook>,
) -> Result<Response, Trouble> {
    let (tenant, Asked { body, once }) = (TenantId::new(tenant), asked);
    let verb = |desk: Desk| async move {
        let (id, secret) = desk.add_webhook(&caller, &tenant, &body.url).await?;
        Ok(Added { id, secret })
    };
    answer_once(&desk, once.as_ref(), StatusCode::CREATED, verb).await
}

async fn disable_webhook(
    State(desk): State<Desk>,
    Signed(caller): Signed,
    Path((tenant, webhook)): Path<(String, String)>,
) -> Result<StatusCode, Trouble> {
    desk.disable_webhook(&caller, &TenantId::new(tenant), &WebhookId::new(webhook)).await?;
    Ok(StatusCode::NO_CONTENT)
}
