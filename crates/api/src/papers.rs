//! Agreed papers and settings that have versions: read all versions, record the next one.

use crate::page::{Paging, Told, cut};
use crate::routes::Routes;
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use desk::{Caller, Desk, PaperAgreement, Recorded, Version};
use domain::access::Right;
use domain::catalogue::Catalogue;
use domain::contact::ContactPlan;
use domain::criteria::Criteria;
use domain::disposal::Retention;
use domain::draft::Templates;
use domain::ids::{ProjectKey, TenantId};
use domain::paper::{Agreement, Closures, DutyList, Paper, Provider};
use domain::runbook::Runbooks;
use domain::time::Instant;
use gate::{Asked, Object, Path, Policy, Query, Signed, Trouble, answer_once};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wire::Page;
use wire::paper as schema;

/// A version to record.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewVersion<P> {
    /// From when it holds; none means from now on.
    valid_from: Option<Instant>,
    /// The newest version when this one was written, 0 for none; absent is not compared.
    after: Option<u32>,
    /// The document.
    document: P,
}

/// A version as it was recorded.
#[derive(Debug, Serialize)]
struct Shown<P> {
    version: u32,
    valid_from: Instant,
    recorded_at: Instant,
    /// When the customer's approver agreed to it on the portal.
    agreed_at: Option<Instant>,
    document: P,
}

/// Rights to read a project's papers.
const READ: [Right; 3] = [Right::ReadOperations, Right::Agree, Right::Administer];

pub(crate) fn routes(routes: &mut Routes) {
    of_tenant::<Agreement, schema::Agreement>(
        routes,
        "/api/v1/tenants/{tenant}/agreement",
        ["listAgreements", "recordAgreement"],
    );
    of_tenant::<Catalogue, schema::Catalogue>(
        routes,
        "/api/v1/tenants/{tenant}/catalogue",
        ["listCatalogues", "recordCatalogue"],
    );
    of_tenant::<Retention, schema::Retention>(
        routes,
        "/api/v1/tenants/{tenant}/retention",
        ["listRetentions", "recordRetention"],
    );
    of_tenant::<Templates, schema::Templates>(
        routes,
        "/api/v1/tenants/{tenant}/templates",
        ["listTemplates", "recordTemplates"],
    );
    of_project::<Criteria, schema::Criteria>(
        routes,
        "/api/v1/projects/{project}/criteria",
        ["listCriteria", "recordCriteria"],
    );
    of_project::<ContactPlan, schema::ContactPlan>(
        routes,
        "/api/v1/projects/{project}/contact-plan",
        ["listContactPlans", "recordContactPlan"],
    );
    agreed::<Criteria>(routes, "/api/v1/projects/{project}/criteria/agreement", "agreeToCriteria");
    agreed::<ContactPlan>(routes, "/api/v1/projects/{project}/contact-plan/agreement", "agreeToContactPlan");
    of_project::<Runbooks, wire::runbook::Runbooks>(
        routes,
        "/api/v1/projects/{project}/runbooks",
        ["listRunbooks", "recordRunbooks"],
    );
    of_provider::<Closures, schema::Closures>(routes, "/api/v1/calendar", ["listCalendars", "recordCalendar"]);
    of_provider::<DutyList, schema::DutyList>(routes, "/api/v1/duty-list", ["listDutyLists", "recordDutyList"]);
    of_provider::<Provider, schema::Provider>(routes, "/api/v1/provider", ["listProviders", "recordProvider"]);
}

fn of_tenant<P: Paper + 'static, S: ToSchema>(routes: &mut Routes, path: &'static str, [read, write]: [&str; 2]) {
    let versions = |State(desk): State<Desk>,
                    Signed(caller): Signed,
                    Path(tenant): Path<String>,
                    Query(paging): Query<Paging>| async move {
        versions::<P>(&desk, &caller, &TenantId::new(tenant), "", &paging).await
    };
    let record = |State(desk): State<Desk>,
                  Signed(caller): Signed,
                  Path(tenant): Path<String>,
                  asked: Asked<NewVersion<P>>| async move {
        record(desk, caller, TenantId::new(tenant), String::new(), asked).await
    };
    declare::<P, S>(routes.get(path, Policy::SignedIn).on(&[Object::Tenant]), read).to(versions);
    next::<P, S>(routes.post(path, Policy::In(Right::Agree)).on(&[Object::Tenant]), write).to(record);
}

fn of_project<P: Paper + 'static, S: ToSchema>(routes: &mut Routes, path: &'static str, [read, write]: [&str; 2]) {
    let versions = |State(desk): State<Desk>,
                    Signed(caller): Signed,
                    Path(project): Path<String>,
                    Query(paging): Query<Paging>| async move {
        let scope = desk.enter_project(&caller, &ProjectKey::new(&project), &READ).await?;
        versions::<P>(&desk, &caller, &scope.tenant, &project, &paging).await
    };
    let recorded = |State(desk): State<Desk>,
                    Signed(caller): Signed,
                    Path(project): Path<String>,
                    asked: Asked<NewVersion<P>>| async move {
        let rights = [Right::Administer, Right::Agree];
        let scope = desk.enter_project(&caller, &ProjectKey::new(&project), &rights).await?;
        record(desk, caller, scope.tenant, project, asked).await
    };
    declare::<P, S>(routes.get(path, Policy::SignedIn).on(&[Object::Project]), read).to(versions);
    next::<P, S>(routes.post(path, Policy::In(Right::Agree)).on(&[Object::Project]), write).to(recorded);
}

/// The customer's approver agrees to the newest version.
fn agreed<P: Paper + 'static>(routes: &mut Routes, path: &'static str, id: &str) {
    let agree = |State(desk): State<Desk>,
                 Signed(caller): Signed,
                 Path(project): Path<String>,
                 asked: Asked<PaperAgreement>| async move {
        let Asked { body, once } = asked;
        let verb = |desk: Desk| async move { desk.agree_to::<P>(&caller, &ProjectKey::new(project), body).await };
        answer_once(&desk, once.as_ref(), StatusCode::CREATED, verb).await
    };
    let summary = format!("{}: the customer's approver agrees to the newest version, signed in", P::LABEL.ja);
    let route = routes.post(path, Policy::In(Right::Consent)).on(&[Object::Project]);
    route.says(id, &summary, "papers").takes::<PaperAgreement>().answers::<schema::Recorded>(201).to(agree);
}

fn of_provider<P: Paper + 'static, S: ToSchema>(routes: &mut Routes, path: &'static str, [read, write]: [&str; 2]) {
    let versions = |State(desk): State<Desk>, Signed(caller): Signed, Query(paging): Query<Paging>| async move {
        versions::<P>(&desk, &caller, &desk.provider_id().await?, "", &paging).await
    };
    let recorded = |State(desk): State<Desk>, Signed(caller): Signed, asked: Asked<NewVersion<P>>| async move {
        let provider = desk.provider_id().await?;
        record(desk, caller, provider, String::new(), asked).await
    };
    declare::<P, S>(routes.get(path, Policy::SignedIn), read).to(versions);
    next::<P, S>(routes.post(path, Policy::In(Right::Administer)), write).to(recorded);
}

fn declare<'r, P: Paper, S: ToSchema>(route: crate::routes::Route<'r>, id: &str) -> crate::routes::Route<'r> {
    let summary = format!("{}: all versions, the newest first", P::LABEL.ja);
    route.says(id, &summary, "papers").query::<Paging>().lists_versions::<S>()
}

fn next<'r, P: Paper, S: ToSchema>(route: crate::routes::Route<'r>, id: &str) -> crate::routes::Route<'r> {
    let summary = format!("{}: records the next version", P::LABEL.ja);
    route.says(id, &summary, "papers").takes_paper::<S>().answers::<schema::Recorded>(201)
}

async fn versions<P: Paper>(
    desk: &Desk,
    caller: &Caller,
    tenant: &TenantId,
    subject: &str,
    paging: &Paging,
) -> Told<Page<Shown<P>>> {
    let show = |Version { version, valid_from, recorded_at, paper, agreed }| Shown {
        version,
        valid_from,
        recorded_at,
        agreed_at: agreed.map(|(_, at)| at),
        document: paper,
    };
    let versions = desk.paper_versions::<P>(caller, tenant, subject).await?;
    Ok(Json(cut(paging, versions.into_iter().map(show).collect(), |shown| shown.version.to_string())?))
}

async fn record<P: Paper>(
    desk: Desk,
    caller: Caller,
    tenant: TenantId,
    subject: String,
    asked: Asked<NewVersion<P>>,
) -> Result<Response, Trouble> {
    let Asked { body, once } = asked;
    let verb = |desk: Desk| async move {
        let NewVersion { valid_from, after, document } = &body;
        let version = desk.record_paper_after(&caller, &tenant, &subject, document, *valid_from, *after).await?;
        Ok(Recorded { version })
    };
    answer_once(&desk, once.as_ref(), StatusCode::CREATED, verb).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::de::DeserializeOwned;
    use serde_json::Value;

    /// A document read as its schema's type and written again is the same: both have the same fields.
    fn check<P: Paper, S: Serialize + DeserializeOwned>(paper: &P) {
        let ours = serde_json::to_value(paper).unwrap();
        let theirs: S = serde_json::from_value(ours.clone()).unwrap();
        assert_eq!(serde_json::to_value(theirs).unwrap(), ours);
        assert!(serde_json::from_value::<P>(ours).is_ok());
    }

    #[test]
    fn the_schemas_of_papers_have_the_fields_of_the_papers() {
        check::<Criteria, schema::Criteria>(&Criteria::default());
        check::<Agreement, schema::Agreement>(&Agreement::default());
        check::<Catalogue, schema::Catalogue>(&Catalogue::default());
        check::<Templates, schema::Templates>(&Templates::default());
        check::<Provider, schema::Provider>(&Provider::default());
        let contact = serde_json::json!({"id": "a", "name": "b", "hours": {"days": "non_business"}});
        let plan: Value = serde_json::json!({"contacts": [contact], "waived_by": "c"});
        check::<ContactPlan, schema::ContactPlan>(&serde_json::from_value(plan).unwrap());
        let step = serde_json::json!({"text": "a", "effect": "loses_data", "needs_recovery_point": true});
        let label = serde_json::json!({"name": "a", "value": "b"});
        let runbook = serde_json::json!({"id": "a", "title": "b", "labels": [label], "steps": [step]});
        let consent = serde_json::json!({"by": "a", "on": "2026-11-20"});
        check::<Runbooks, wire::runbook::Runbooks>(
            &serde_json::from_value(serde_json::json!({"runbooks": [runbook], "standing_consent": consent})).unwrap(),
        );
        check::<Closures, schema::Closures>(
            &serde_json::from_value(serde_json::json!({"days": ["2026-12-29"]})).unwrap(),
        );
    }
}
