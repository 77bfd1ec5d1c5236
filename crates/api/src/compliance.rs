//! How service levels were kept (R-A5-*).

use crate::page::Told;
use crate::routes::Routes;
use axum::Json;
use axum::extract::State;
use desk::{Answer, Desk};
use domain::access::Right;
use domain::compliance::months::midnight;
use domain::compliance::{IncidentLine, Line};
use domain::ids::{RecordKey, TenantId};
use domain::refusal::Refusal;
use domain::time::Instant;
use gate::{Object, Path, Policy, Query, Signed};
use jiff::civil::Date;
use serde::Deserialize;
use utoipa::IntoParams;
use wire::compliance::{Compliance, ComplianceLine, IncidentComplianceLine};

/// Which period.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct Period {
    /// The first day, in the desk's zone.
    #[param(value_type = String, format = Date)]
    from: Date,
    /// The last day.
    #[param(value_type = String, format = Date)]
    to: Date,
}

pub(crate) fn routes(routes: &mut Routes) {
    routes
        .get("/api/v1/tenants/{tenant}/compliance", Policy::In(Right::ReadPublished))
        .on(&[Object::Tenant])
        .says("compliance", "How a customer's service levels were kept (順守状況), row by row", "compliance")
        .query::<Period>()
        .answers::<Compliance>(200)
        .to(show);
}

async fn show(
    State(desk): State<Desk>,
    Signed(caller): Signed,
    Path(tenant): Path<String>,
    Query(period): Query<Period>,
) -> Told<Compliance> {
    let (from, before) = instants(&desk, period.from, period.to).await?;
    let table = desk.compliance(&caller, &TenantId::new(tenant), from, before).await?;
    Ok(Json(Compliance {
        customer: table.customer,
        from: period.from.to_string(),
        to: period.to.to_string(),
        as_of: table.as_of.to_string(),
        requests: table.requests.into_iter().map(line).collect(),
        incidents: table.incidents.into_iter().map(incident_line).collect(),
    }))
}

/// From when and before when a stretch of days runs, in the desk's zone.
pub(crate) async fn instants(desk: &Desk, from: Date, to: Date) -> Answer<(Instant, Instant)> {
    let calendar = desk.calendar(desk.now().await?).await?;
    let before = to.tomorrow().map_err(|_| Refusal::invalid("to", "日付を確かめてください。", "Check the days."))?;
    Ok((midnight(from, &calendar), midnight(before, &calendar)))
}

fn names(keys: Vec<RecordKey>) -> Vec<String> {
    keys.into_iter().map(|key| key.to_string()).collect()
}

pub(crate) fn line(it: Line) -> ComplianceLine {
    ComplianceLine {
        class: it.row.class.code().to_owned(),
        days: it.row.class.days().get(),
        judgement: it.judgement().code().to_owned(),
        name: it.row.name,
        tickets: names(it.tickets),
        missed: names(it.missed),
        excepted: names(it.excepted),
        held: names(it.held),
        met_by_hold: names(it.met_by_hold),
        cancelled: names(it.cancelled),
    }
}

pub(crate) fn incident_line(it: IncidentLine) -> IncidentComplianceLine {
    IncidentComplianceLine {
        impact: it.impact,
        judgement: it.judgement().code().to_owned(),
        incidents: names(it.incidents),
        missed: names(it.missed),
        missed_sla: names(it.missed_sla),
    }
}
