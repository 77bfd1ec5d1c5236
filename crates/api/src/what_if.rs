//! The tables of a period under other papers: a report that changes nothing.

use crate::compliance::{incident_line, instants, line};
use crate::page::Told;
use crate::routes::Routes;
use axum::Json;
use axum::extract::State;
use desk::Desk;
use domain::access::Right;
use domain::calendar::BusinessDays;
use domain::clocks::notice::AgreedTargets;
use domain::clocks::{Minutes, Verdict};
use domain::compliance::what_if::{Differs, Supposed};
use domain::ids::TenantId;
use domain::refusal::Refusal;
use gate::{Object, Path, Policy, Query, Signed};
use jiff::civil::Date;
use serde::Deserialize;
use utoipa::IntoParams;
use wire::compliance::{ComplianceWhatIf, SupposedTicket};

/// Which period, and what is supposed; what is absent stays as it was.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct Asked {
    /// The first day, in the desk's zone.
    #[param(value_type = String, format = Date)]
    from: Date,
    /// The last day.
    #[param(value_type = String, format = Date)]
    to: Date,
    /// 依頼作業名 of the row whose standard days are others.
    row: Option<String>,
    /// Its standard days, 1 to 250.
    #[param(minimum = 1, maximum = 250)]
    days: Option<u32>,
    /// More days on which the desk is closed, separated by commas.
    closures: Option<String>,
    /// Minutes of the objective with impact; 15 where only others are given.
    slo: Option<u32>,
    /// Minutes of the agreement with impact; 30 where only others are given.
    sla: Option<u32>,
    /// Minutes of the objective without impact; 60 where only others are given.
    slo_without: Option<u32>,
    /// Whether the contact plan asks for no call.
    without_calls: Option<bool>,
}

pub(crate) fn routes(routes: &mut Routes) {
    routes
        .get("/api/v1/tenants/{tenant}/compliance/what-if", Policy::In(Right::ReadOperations))
        .on(&[Object::Tenant])
        .says(
            "complianceWhatIf",
            "The tables of a period as they would be under other papers; changes nothing",
            "compliance",
        )
        .query::<Asked>()
        .answers::<ComplianceWhatIf>(200)
        .to(show);
}

fn supposed(asked: &Asked) -> Result<Supposed, Refusal> {
    let mut supposed = Supposed { without_calls: asked.without_calls == Some(true), ..Supposed::default() };
    match (&asked.row, asked.days) {
        (Some(row), Some(days)) => {
            let wrong = |_| Refusal::invalid("days", "1から250までで入力してください。", "Give 1 to 250.");
            supposed.days.insert(row.clone(), BusinessDays::new(days.into()).map_err(wrong)?);
        }
        (None, Some(_)) => {
            return Err(Refusal::invalid("row", "依頼作業名を指定してください。", "Say which row."));
        }
        (Some(_), None) => {
            return Err(Refusal::invalid("days", "標準日数を指定してください。", "Give the standard days."));
        }
        (None, None) => {}
    }
    for day in asked.closures.iter().flat_map(|text| text.split(',')).filter(|text| !text.trim().is_empty()) {
        let wrong = |_| Refusal::invalid("closures", "日付を確かめてください。", "Write days like 2026-12-29.");
        supposed.closures.push(day.trim().parse().map_err(wrong)?);
    }
    if asked.slo.is_some() || asked.sla.is_some() || asked.slo_without.is_some() {
        let mut targets = AgreedTargets::default();
        let with = &mut targets.with_impact;
        with.slo_minutes = asked.slo.map_or(with.slo_minutes, Minutes);
        with.sla_minutes = asked.sla.map(Minutes).or(with.sla_minutes);
        let without = &mut targets.without_impact.slo_minutes;
        *without = asked.slo_without.map_or(*without, Minutes);
        supposed.targets = Some(targets);
    }
    Ok(supposed)
}

async fn show(
    State(desk): State<Desk>,
    Signed(caller): Signed,
    Path(tenant): Path<String>,
    Query(asked): Query<Asked>,
) -> Told<ComplianceWhatIf> {
    let period = instants(&desk, asked.from, asked.to).await?;
    let seen = desk.what_if(&caller, &TenantId::new(tenant), period, &supposed(&asked)?).await?;
    Ok(Json(ComplianceWhatIf {
        customer: seen.customer,
        as_of: seen.as_of.to_string(),
        requests: seen.requests.into_iter().map(line).collect(),
        supposed_requests: seen.supposed_requests.into_iter().map(line).collect(),
        incidents: seen.incidents.into_iter().map(incident_line).collect(),
        supposed_incidents: seen.supposed_incidents.into_iter().map(incident_line).collect(),
        differ: seen.differ.iter().map(ticket).collect(),
    }))
}

fn ticket(it: &Differs) -> SupposedTicket {
    let code = |verdict: Verdict| {
        let code = match verdict {
            Verdict::Met => "met",
            Verdict::Missed => "missed",
            Verdict::Open => "open",
        };
        code.to_owned()
    };
    SupposedTicket {
        record: it.record.to_string(),
        incident: it.incident,
        due: it.due.to_string(),
        verdict: it.verdict.map(code),
        supposed_due: it.supposed_due.to_string(),
        supposed: it.supposed.map(code),
    }
}
