//! Tenants and their projects.

use crate::page::{Paging, Told, cut};
use crate::routes::Routes;
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use desk::{Caller, Desk, Phase, ProjectStanding, StartOperation, TenantView};
use domain::access::Right;
use domain::ids::{ProjectKey, TenantId};
use domain::readiness::Gap;
use gate::{Asked, JsonBody, Object, Path, Policy, Query, Signed, Trouble, answer_once};
use http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;
use wire::Page;
use wire::tenant::{AddedProject, AddedTenant, Project, Readiness, ReadinessGap, Tenant};

/// A customer to add.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewTenant {
    /// The customer's name.
    name: String,
    /// The key of its first project: 1 to 25 capital letters, digits and `_`, beginning with a letter.
    project: String,
    /// In which phase the project begins.
    #[serde(default)]
    phase: Phase,
}

/// A tenant's name.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Name {
    /// The new name; facts keep the old one.
    name: String,
}

/// A project to add.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewProject {
    /// Its key: 1 to 25 capital letters, digits and `_`, beginning with a letter.
    key: String,
    /// Its name.
    name: String,
    /// In which phase it begins.
    #[serde(default)]
    phase: Phase,
}

pub(crate) fn routes(routes: &mut Routes) {
    routes
        .get("/api/v1/tenants", Policy::SignedIn)
        .says("listTenants", "The tenants you work for, the provider first", "tenants")
        .query::<Paging>()
        .lists::<Tenant>()
        .to(list);
    routes
        .post("/api/v1/tenants", Policy::Somewhere(Right::Administer))
        .says(
            "addTenant",
            "Adds a customer with a first project, in its operation phase unless told otherwise",
            "tenants",
        )
        .takes::<NewTenant>()
        .answers::<AddedTenant>(201)
        .to(add);
    routes
        .get("/api/v1/tenants/{tenant}", Policy::SignedIn)
        .on(&[Object::Tenant])
        .says("tenant", "One tenant with its projects", "tenants")
        .answers::<Tenant>(200)
        .to(one);
    routes
        .put("/api/v1/tenants/{tenant}", Policy::In(Right::Administer))
        .on(&[Object::Tenant])
        .says("renameTenant", "Renames a tenant", "tenants")
        .takes::<Name>()
        .answers::<Tenant>(200)
        .to(rename);
    routes
        .post("/api/v1/tenants/{tenant}/projects", Policy::In(Right::Administer))
        .on(&[Object::Tenant])
        .says("addProject", "Adds a project, in its operation phase unless told otherwise", "tenants")
        .takes::<NewProject>()
        .answers::<AddedProject>(201)
        .to(add_project);
    routes
        .get("/api/v1/readiness", Policy::Somewhere(Right::Agree))
        .says("readiness", "What each project lacks to keep what is promised for it, with what to do", "tenants")
        .query::<Paging>()
        .lists::<Readiness>()
        .to(readiness);
    routes
        .post("/api/v1/projects/{project}/start", Policy::In(Right::Agree))
        .on(&[Object::Project])
        .says("startOperation", "Starts the operation phase of a project that was being built", "tenants")
        .takes::<StartOperation>()
        .answers::<AddedProject>(200)
        .to(start);
}

async fn readiness(
    State(desk): State<Desk>,
    Signed(caller): Signed,
    Query(paging): Query<Paging>,
) -> Told<Page<Readiness>> {
    let standings = desk.readiness(&caller).await?;
    let Page { items, next } = cut(&paging, standings, |it| it.project.key.to_string())?;
    let show = |it: ProjectStanding| Readiness {
        tenant: it.tenant.id.to_string(),
        project: it.project.key.to_string(),
        phase: it.project.phase,
        started: it.project.started.map(|at| at.to_string()),
        gaps: it.gaps.into_iter().map(gap).collect(),
    };
    Ok(Json(Page { items: items.into_iter().map(show).collect(), next }))
}

fn gap(gap: Gap) -> ReadinessGap {
    ReadinessGap {
        code: gap.code().to_owned(),
        breaks_a_promise: gap.breaks_a_promise(),
        ja: gap.advice().ja.to_owned(),
        en: gap.advice().en.to_owned(),
    }
}

async fn start(
    State(desk): State<Desk>,
    Signed(caller): Signed,
    Path(project): Path<ProjectKey>,
    asked: Asked<StartOperation>,
) -> Result<Response, Trouble> {
    let Asked { body, once } = asked;
    let verb = |desk: Desk| async move { desk.start_operation(&caller, &project, body).await };
    answer_once(&desk, once.as_ref(), StatusCode::OK, verb).await
}

async fn list(State(desk): State<Desk>, Signed(caller): Signed, Query(paging): Query<Paging>) -> Told<Page<Tenant>> {
    let mut views: Vec<TenantView> = vec![];
    for right in [Right::ReadOperations, Right::Agree, Right::Administer] {
        for view in desk.tenants(&caller, right).await? {
            if !views.iter().any(|known| known.tenant.id == view.tenant.id) {
                views.push(view);
            }
        }
    }
    let Page { items, next } = cut(&paging, views, |view| view.tenant.id.to_string())?;
    let mut shown = vec![];
    for view in items {
        shown.push(show(&desk, view).await?);
    }
    Ok(Json(Page { items: shown, next }))
}

async fn show(desk: &Desk, TenantView { tenant, projects }: TenantView) -> Result<Tenant, Trouble> {
    let mut shown = vec![];
    for project in projects {
        let gaps = desk.gaps(&tenant.id, &project.key).await?;
        shown.push(Project {
            key: project.key.to_string(),
            name: project.name,
            phase: project.phase,
            exceptions: gaps.into_iter().map(|gap| gap.code().to_owned()).collect(),
        });
    }
    Ok(Tenant {
        is_provider: tenant.is_provider(),
        id: tenant.id.to_string(),
        name: tenant.name,
        created: tenant.created.to_string(),
        projects: shown,
    })
}

async fn add(State(desk): State<Desk>, Signed(caller): Signed, asked: Asked<NewTenant>) -> Result<Response, Trouble> {
    let Asked { body, once } = asked;
    let verb = |desk: Desk| async move { desk.add_tenant_in(body.phase, &caller, &body.name, &body.project).await };
    answer_once(&desk, once.as_ref(), StatusCode::CREATED, verb).await
}

async fn one(State(desk): State<Desk>, Signed(caller): Signed, Path(tenant): Path<String>) -> Told<Tenant> {
    found(&desk, &caller, &TenantId::new(tenant)).await
}

async fn found(desk: &Desk, caller: &Caller, tenant: &TenantId) -> Told<Tenant> {
    let view = desk.tenant(caller, tenant).await?;
    Ok(Json(show(desk, view).await?))
}

async fn rename(
    State(desk): State<Desk>,
    Signed(caller): Signed,
    Path(tenant): Path<String>,
    JsonBody(body): JsonBody<Name>,
) -> Told<Tenant> {
    let tenant = TenantId::new(tenant);
    desk.rename_tenant(&caller, &tenant, &body.name).await?;
    found(&desk, &caller, &tenant).await
}

async fn add_project(
    State(desk): State<Desk>,
    Signed(caller): Signed,
    Path(tenant): Path<String>,
    asked: Asked<NewProject>,
) -> Result<Response, Trouble> {
    let (tenant, Asked { body, once }) = (TenantId::new(tenant), asked);
    let verb = |desk: Desk| async move {
        let project = desk.add_project_in(body.phase, &caller, &tenant, &body.key, &body.name).await?;
        Ok(desk::AddedProject { project })
    };
    answer_once(&desk, once.as_ref(), StatusCode::CREATED, verb).await
}
