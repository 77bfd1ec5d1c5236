//! Frozen tables of appendix 5, months and all customers (R-A5-*, Q-22).

use crate::page::Told;
use crate::routes::Routes;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use desk::{Attained, CustomerMonths, Desk, Freeze, FrozenDone, Restate};
use domain::access::Right;
use domain::compliance::frozen::Counts;
use domain::ids::TenantId;
use gate::{Asked, Object, Path, Policy, Query, Signed, Trouble, answer_once};
use http::StatusCode;
use http::header::CONTENT_TYPE;
use serde::Deserialize;
use store::FrozenRow;
use utoipa::IntoParams;
use wire::Page;
use wire::compliance::{
    AttainedMonth, Attainment, ComplianceCounts, ComplianceOverview, FrozenTableHead, PromiseAtRisk,
};

/// Which table.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct Numbered {
    /// Its number.
    #[param(minimum = 1)]
    number: u32,
}

pub(crate) fn routes(routes: &mut Routes) {
    let one = &[Object::Tenant];
    routes
        .get("/api/v1/tenants/{tenant}/compliance/frozen", Policy::In(Right::ReadPublished))
        .on(one)
        .says("listFrozenTables", "The frozen tables of a customer, the newest first", "compliance")
        .lists::<FrozenTableHead>()
        .to(list);
    routes
        .post("/api/v1/tenants/{tenant}/compliance/frozen", Policy::In(Right::Decide))
        .on(one)
        .says(
            "freezeTable",
            "Freezes the table of a period that is over; without days the last calendar month",
            "compliance",
        )
        .takes::<Freeze>()
        .answers::<FrozenDone>(201)
        .to(freeze);
    routes
        .post("/api/v1/tenants/{tenant}/compliance/restatements", Policy::In(Right::Decide))
        .on(one)
        .says("restateTable", "Freezes the period of a frozen table again beside it, by a second person", "compliance")
        .takes::<Restate>()
        .answers::<FrozenDone>(201)
        .to(restate);
    routes
        .get("/api/v1/tenants/{tenant}/compliance/table", Policy::In(Right::ReadPublished))
        .on(one)
        .says(
            "frozenTable",
            "The canonical JSON of a frozen table, byte for byte what its checksum is over",
            "compliance",
        )
        .query::<Numbered>()
        .answers_json()
        .to(table);
    routes
        .get("/api/v1/tenants/{tenant}/compliance/months", Policy::In(Right::ReadPublished))
        .on(one)
        .says("attainment", "What was kept in each of the last twelve months", "compliance")
        .answers::<Attainment>(200)
        .to(months);
    routes
        .get("/api/v1/compliance", Policy::Somewhere(Right::ReadOperations))
        .says(
            "complianceOverview",
            "All customers by month, and the promises of the next seven days at risk",
            "compliance",
        )
        .answers::<ComplianceOverview>(200)
        .to(overview);
}

async fn list(
    State(desk): State<Desk>,
    Signed(caller): Signed,
    Path(tenant): Path<String>,
) -> Told<Page<FrozenTableHead>> {
    let frozen = desk.frozen_tables(&caller, &TenantId::new(tenant)).await?;
    Ok(Json(Page { items: frozen.tables.into_iter().map(head).collect(), next: None }))
}

async fn freeze(
    State(desk): State<Desk>,
    Signed(caller): Signed,
    Path(tenant): Path<String>,
    asked: Asked<Freeze>,
) -> Result<Response, Trouble> {
    let (Asked { body, once }, tenant) = (asked, TenantId::new(tenant));
    let verb = |desk: Desk| async move { desk.freeze_table(&caller, &tenant, &body).await };
    answer_once(&desk, once.as_ref(), StatusCode::CREATED, verb).await
}

async fn restate(
    State(desk): State<Desk>,
    Signed(caller): Signed,
    Path(tenant): Path<String>,
    asked: Asked<Restate>,
) -> Result<Response, Trouble> {
    let (Asked { body, once }, tenant) = (asked, TenantId::new(tenant));
    let verb = |desk: Desk| async move { desk.restate_table(&caller, &tenant, &body).await };
    answer_once(&desk, once.as_ref(), StatusCode::CREATED, verb).await
}

async fn table(
    State(desk): State<Desk>,
    Signed(caller): Signed,
    Path(tenant): Path<String>,
    Query(asked): Query<Numbered>,
) -> Result<Response, Trouble> {
    let view = desk.frozen_table(&caller, &TenantId::new(tenant), asked.number).await?;
    Ok(([(CONTENT_TYPE, "application/json")], view.canonical).into_response())
}

async fn months(State(desk): State<Desk>, Signed(caller): Signed, Path(tenant): Path<String>) -> Told<Attainment> {
    Ok(Json(attainment(desk.attainment(&caller, &TenantId::new(tenant)).await?)))
}

async fn overview(State(desk): State<Desk>, Signed(caller): Signed) -> Told<ComplianceOverview> {
    let seen = desk.overview(&caller).await?;
    let at_risk = seen.at_risk.into_iter().map(|it| PromiseAtRisk {
        request: it.request.row.key.to_string(),
        customer: it.request.customer,
        title: it.request.row.title,
        due: it.due.to_string(),
        risk: it.risk.code().to_owned(),
    });
    Ok(Json(ComplianceOverview {
        as_of: seen.as_of.to_string(),
        customers: seen.customers.into_iter().map(attainment).collect(),
        at_risk: at_risk.collect(),
    }))
}

fn attainment(it: CustomerMonths) -> Attainment {
    let month = |it: Attained| AttainedMonth {
        month: it.month.code(),
        counts: counts(&it.counts),
        judgement: it.counts.judgement().code().to_owned(),
        frozen: it.frozen,
    };
    Attainment {
        tenant: it.tenant.to_string(),
        customer: it.customer,
        months: it.months.into_iter().map(month).collect(),
    }
}

const fn counts(it: &Counts) -> ComplianceCounts {
    ComplianceCounts { judged: it.judged, missed: it.missed, sla_judged: it.sla_judged, sla_missed: it.sla_missed }
}

fn head(row: FrozenRow) -> FrozenTableHead {
    FrozenTableHead {
        number: row.number,
        from: row.from.to_string(),
        before: row.before.to_string(),
        frozen_at: row.frozen_at.to_string(),
        checksum: row.checksum,
        restates: row.restates,
        counts: ComplianceCounts {
            judged: row.judged,
            missed: row.missed,
            sla_judged: row.sla_judged,
            sla_missed: row.sla_missed,
        },
    }
}
