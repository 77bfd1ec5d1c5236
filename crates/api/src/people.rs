//! Members of a tenant, and rights lent for some hours (代理).

use crate::page::{Paging, Told, cut};
use crate::routes::Routes;
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use desk::{AddedId as Added, Desk, NewDelegation as ToDelegate, NewPerson};
use domain::access::Right;
use domain::ids::{DelegationId, MembershipId, TenantId};
use domain::time::Instant;
use gate::{Asked, Object, Path, Policy, Query, Signed, Trouble, answer_once};
use http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;
use wire::Page;
use wire::people::{Delegation, Member};
use wire::tenant::AddedId;

/// Somebody to add. A known address gets the role beside those it has; its password then stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewMember {
    /// Mail address, which they sign in with.
    email: String,
    /// Role code, such as `mo` or `cu`.
    role: String,
    /// Name; absent takes the part of the address before the `@`.
    #[serde(default)]
    name: String,
    /// 読み
    #[serde(default)]
    reading: String,
    /// A first password; absent for none yet.
    #[serde(default)]
    #[schema(write_only)]
    password: String,
}

/// A right to lend.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewDelegation {
    /// Whose right, by person id.
    giver: String,
    /// Who may use it, by person id.
    taker: String,
    /// Right code, such as `decide`.
    right: String,
    /// From this minute of the day, 0 to 1439.
    #[schema(maximum = 1439)]
    minute_from: u32,
    /// To before this minute, 0 to 1440; equal to `minute_from` means the whole day.
    #[schema(maximum = 1440)]
    minute_to: u32,
    /// Until when; absent means until it is ended.
    #[schema(value_type = Option<String>, format = DateTime)]
    until: Option<Instant>,
}

pub(crate) fn routes(routes: &mut Routes) {
    let administer = Policy::In(Right::Administer);
    routes
        .get("/api/v1/tenants/{tenant}/members", administer)
        .on(&[Object::Tenant])
        .says("listMembers", "The members of a tenant now", "people")
        .query::<Paging>()
        .lists::<Member>()
        .to(members);
    routes
        .post("/api/v1/tenants/{tenant}/members", administer)
        .on(&[Object::Tenant])
        .says("addMember", "Adds a person with a role; answers the person's id", "people")
        .takes::<NewMember>()
        .answers::<AddedId>(201)
        .to(add_member);
    routes
        .delete("/api/v1/tenants/{tenant}/members/{membership}", administer)
        .on(&[Object::Tenant, Object::Membership])
        .says("endMembership", "Ends a membership now", "people")
        .to(end_membership);
    routes
        .get("/api/v1/tenants/{tenant}/delegations", administer)
        .on(&[Object::Tenant])
        .says("listDelegations", "The delegations of a tenant now", "people")
        .query::<Paging>()
        .lists::<Delegation>()
        .to(delegations);
    routes
        .post("/api/v1/tenants/{tenant}/delegations", administer)
        .on(&[Object::Tenant])
        .says("delegate", "Lends a right of one member to another for some hours of the day", "people")
        .takes::<NewDelegation>()
        .answers::<AddedId>(201)
        .to(delegate);
    routes
        .delete("/api/v1/tenants/{tenant}/delegations/{delegation}", administer)
        .on(&[Object::Tenant, Object::Delegation])
        .says("endDelegation", "Ends a delegation now", "people")
        .to(end_delegation);
}

async fn members(
    State(desk): State<Desk>,
    Signed(caller): Signed,
    Path(tenant): Path<String>,
    Query(paging): Query<Paging>,
) -> Told<Page<Member>> {
    let rows = desk.members(&caller, &TenantId::new(tenant)).await?;
    let show = |desk::Member { membership, person }| Member {
        id: membership.id.to_string(),
        person: person.id.to_string(),
        name: person.name,
        reading: person.reading,
        email: person.email,
        role: membership.role.code().to_owned(),
        since: membership.valid_from.to_string(),
        until: membership.valid_to.map(|at| at.to_string()),
        disabled: person.disabled.is_some(),
    };
    Ok(Json(cut(&paging, rows.into_iter().map(show).collect(), |member| member.id.clone())?))
}

async fn add_member(
    State(desk): State<Desk>,
    Signed(caller): Signed,
    Path(tenant): Path<String>,
    asked: Asked<NewMember>,
) -> Result<Response, Trouble> {
    let (tenant, Asked { body, once }) = (TenantId::new(tenant), asked);
    let NewMember { email, role, name, reading, password } = body;
    let new = NewPerson { email, name, reading, role, password };
    let verb = |desk: Desk| async move { Ok(Added { id: desk.add_person(&caller, &tenant, &new).await? }) };
    answer_once(&desk, once.as_ref(), StatusCode::CREATED, verb).await
}

async fn end_membership(
    State(desk): State<Desk>,
    Signed(caller): Signed,
    Path((tenant, membership)): Path<(String, String)>,
) -> Result<StatusCode, Trouble> {
    desk.end_membership(&caller, &TenantId::new(tenant), &MembershipId::new(membership)).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn delegations(
    State(desk): State<Desk>,
    Signed(caller): Signed,
    Path(tenant): Path<String>,
    Query(paging): Query<Paging>,
) -> Told<Page<Delegation>> {
    let rows = desk.delegations(&caller, &TenantId::new(tenant)).await?;
    let show = |row: store::DelegationRow| Delegation {
        id: row.id.to_string(),
        giver: row.giver.to_string(),
        taker: row.taker.to_string(),
        right: row.right_code,
        minute_from: row.minute_from,
        minute_to: row.minute_to,
        until: row.valid_to.map(|at| at.to_string()),
    };
    Ok(Json(cut(&paging, rows.into_iter().map(show).collect(), |delegation| delegation.id.clone())?))
}

async fn delegate(
    State(desk): State<Desk>,
    Signed(caller): Signed,
    Path(tenant): Path<String>,
    asked: Asked<NewDelegation>,
) -> Result<Response, Trouble> {
    let (tenant, Asked { body, once }) = (TenantId::new(tenant), asked);
    let NewDelegation { giver, taker, right, minute_from, minute_to, until } = body;
    let new = ToDelegate { giver, taker, right, minute_from, minute_to, until };
    let verb = |desk: Desk| async move { Ok(Added { id: desk.delegate(&caller, &tenant, &new).await? }) };
    answer_once(&desk, once.as_ref(), StatusCode::CREATED, verb).await
}

async fn end_delegation(
    State(desk): State<Desk>,
    Signed(caller): Signed,
    Path((tenant, delegation)): Path<(String, String)>,
) -> Result<StatusCode, Trouble> {
    desk.end_delegation(&caller, &TenantId::new(tenant), &DelegationId::new(delegation)).await?;
    Ok(StatusCode::NO_CONTENT)
}
