//! The routes of 順守状況.

use super::frozen::{FrozenLine, FrozenPage, FrozenTablePage, list_page, table_page};
use super::months::MonthMark;
use super::overview::{OverviewPage, RiskLine, overview_page};
use super::{CompliancePage, page};
use crate::form::Draft;
use crate::here::{Here, html};
use crate::layout::Place;
use crate::sent::Sent;
use crate::settings::csv_answer;
use crate::when::midnight;
use axum::response::{IntoResponse, Response};
use desk::{Answer, AtRisk, Attained, Compliance, Freeze, FrozenView, Restate};
use domain::access::Right;
use domain::compliance::frozen::Counts;
use domain::compliance::{IncidentLine, Line, missed_text};
use domain::ids::TenantId;
use domain::refusal::Refusal;
use domain::request::State as RequestState;
use domain::words::Lang;
use gate::{Query, Trouble};
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use maud::Markup;
use serde::Deserialize;
use store::FrozenRow;

/// Columns of the CSV.
const COLUMNS: &[&str] = &[
    "項目",
    "依頼作業名",
    "起票 (通常時)",
    "標準日数 (サービスレベル目標)",
    "件数",
    "目標未達",
    "順守判定",
    "例外",
    "保留",
    "保留により達成",
    "取消",
];

/// Which table; without words that of the last calendar month and of the first customer.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Asked {
    tenant: Option<TenantId>,
    from: Option<String>,
    to: Option<String>,
    number: Option<u32>,
}

/// The table on screen.
pub(crate) async fn show(here: Here, Query(asked): Query<Asked>) -> Result<Response, Trouble> {
    Ok(html(shown(&here, &asked, Draft::default()).await?))
}

/// What is asked for, whole.
struct Wanted {
    tenant: TenantId,
    from: Date,
    to: Date,
    table: Compliance,
}

fn day(field: &'static str, text: Option<&String>, usual: Date) -> Result<Date, Refusal> {
    let text = text.map(|text| text.trim()).filter(|text| !text.is_empty());
    let wrong = |_| Refusal::invalid(field, "日付を入力してください。", "Give a day.");
    text.map_or(Ok(usual), |text| text.parse().map_err(wrong))
}

async fn wanted(here: &Here, asked: &Asked) -> Answer<(Vec<(String, String)>, Wanted)> {
    let desk = &here.state.desk;
    let mut customers = vec![];
    for view in desk.tenants(&here.caller, Right::ReadPublished).await? {
        if !view.tenant.is_provider() {
            customers.push((view.tenant.id.to_string(), view.tenant.name));
        }
    }
    let first = customers.first().map(|(id, _)| TenantId::new(id.as_str()));
    let tenant = asked.tenant.clone().or(first).ok_or_else(Refusal::not_found)?;
    let now = desk.now().await?;
    let calendar = desk.calendar(now).await?;
    let month = calendar.date_of(now).first_of_month();
    let (usual_from, usual_to) = (month.saturating_sub(1.month()), month.saturating_sub(1.day()));
    let (from, to) = (day("from", asked.from.as_ref(), usual_from)?, day("to", asked.to.as_ref(), usual_to)?);
    let before = to.tomorrow().unwrap_or(to);
    let zone = calendar.zone();
    let table = desk.compliance(&here.caller, &tenant, midnight(from, zone), midnight(before, zone)).await?;
    Ok((customers, Wanted { tenant, from, to, table }))
}

async fn shown(here: &Here, asked: &Asked, draft: Draft) -> Result<Markup, Trouble> {
    let shell = here.shell(Place::Compliance).await?;
    let (customers, Wanted { tenant, from, to, table }) = wanted(here, asked).await?;
    let desk = &here.state.desk;
    let months = desk.attainment(&here.caller, &tenant).await?.months;
    let frozen = desk.frozen_tables(&here.caller, &tenant).await?.tables;
    let covers = |row: &&FrozenRow| row.from < table.before && table.from < row.before;
    let covering: Vec<u32> = frozen.iter().filter(covers).map(|row| row.number).collect();
    let decides = here.caller.enter(&tenant, Right::Decide).is_ok();
    let it = CompliancePage {
        customers,
        tenant: tenant.to_string(),
        customer: table.customer,
        from: from.to_string(),
        to: to.to_string(),
        as_of: table.as_of,
        requests: table.requests,
        incidents: table.incidents.into(),
        months: months.iter().map(mark).collect(),
        may_freeze: decides && covering.is_empty() && table.before <= table.as_of,
        frozen: covering,
        all_customers: here.caller.may_somewhere(Right::ReadOperations),
        draft,
    };
    Ok(page(&shell, &it))
}

fn mark(it: &Attained) -> MonthMark {
    MonthMark {
        code: it.month.code(),
        from: it.month.first.to_string(),
        to: it.month.last.to_string(),
        counts: it.counts,
        frozen: it.frozen,
    }
}

/// The same as CSV, in the words of the Japanese table; with a number that of the frozen table.
pub(crate) async fn export(here: Here, Query(asked): Query<Asked>) -> Result<Response, Trouble> {
    if let Some(number) = asked.number {
        let view = frozen_view(&here, asked.tenant.as_ref(), number).await?;
        return csv(&here, &format!("compliance-{number}.csv"), &view.table.lines(), &view.table.incident_lines())
            .await;
    }
    let (_, Wanted { from, to, table, .. }) = wanted(&here, &asked).await?;
    csv(&here, &format!("compliance-{from}-{to}.csv"), &table.requests, &table.incidents).await
}

async fn csv(here: &Here, name: &str, requests: &[Line], incidents: &[IncidentLine]) -> Result<Response, Trouble> {
    let provider = here.state.desk.provider().await?.map(|(_, provider)| provider.name).unwrap_or_default();
    let of_requests = requests.iter().map(|line| {
        let days = format!("{} 営業日", line.row.class.days().get());
        let count = |keys: usize| keys.to_string();
        vec![
            line.row.class.label().ja.to_owned(),
            line.row.name.clone(),
            line.row.filer.name(Lang::Ja, &provider),
            days,
            count(line.tickets.len()),
            missed_text(line.missed.len()),
            line.judgement().sign().to_owned(),
            count(line.excepted.len()),
            count(line.held.len()),
            count(line.met_by_hold.len()),
            count(line.cancelled.len()),
        ]
    });
    let of_incidents = incidents.iter().map(|line| {
        let (effect, slo, sla) = match line.impact {
            true => ("サービス影響が有る場合", "アラート受信から 15 分", "アラート受信から 30 分"),
            false => ("サービス影響が無い場合", "アラート受信から 1 時間", "(SLA なし)"),
        };
        let mut row = vec!["障害に対する対応".to_owned(), effect.to_owned(), slo.to_owned(), sla.to_owned()];
        row.extend([
            line.incidents.len().to_string(),
            missed_text(line.missed.len()),
            line.judgement().sign().to_owned(),
        ]);
        row.resize(COLUMNS.len(), String::new());
        row
    });
    csv_answer(name, COLUMNS, of_requests.chain(of_incidents))
}

/// Which frozen table; without a number their list.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct FrozenAsked {
    tenant: Option<TenantId>,
    number: Option<u32>,
}

/// The frozen tables of a customer, or one of them.
pub(crate) async fn frozen(here: Here, Query(asked): Query<FrozenAsked>) -> Result<Response, Trouble> {
    let tenant = tenant_of(&here, asked.tenant.as_ref()).await?;
    match asked.number {
        Some(number) => Ok(html(one(&here, &tenant, number, Draft::default()).await?)),
        None => Ok(html(list(&here, &tenant).await?)),
    }
}

/// The canonical JSON of a frozen table, byte for byte what its checksum is over; without a number which tables there are.
pub(crate) async fn frozen_json(here: Here, Query(asked): Query<FrozenAsked>) -> Result<Response, Trouble> {
    let Some(number) = asked.number else {
        let tenant = tenant_of(&here, asked.tenant.as_ref()).await?;
        let frozen = here.state.desk.frozen_tables(&here.caller, &tenant).await?;
        let line = |row: &store::FrozenRow| serde_json::json!({ "number": row.number, "checksum": row.checksum });
        return Ok(axum::Json(frozen.tables.iter().map(line).collect::<Vec<_>>()).into_response());
    };
    let view = frozen_view(&here, asked.tenant.as_ref(), number).await?;
    let headers = [
        (CONTENT_TYPE, "application/json".to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"compliance-{number}.json\"")),
    ];
    Ok((headers, view.canonical).into_response())
}

fn no_number() -> Refusal {
    Refusal::invalid("number", "表の番号を指定してください。", "Say which table.")
}

/// The tenant that was asked for, or the first customer.
pub(super) async fn tenant_of(here: &Here, asked: Option<&TenantId>) -> Answer<TenantId> {
    if let Some(tenant) = asked {
        return Ok(tenant.clone());
    }
    let views = here.state.desk.tenants(&here.caller, Right::ReadPublished).await?;
    let first = views.into_iter().find(|view| !view.tenant.is_provider());
    Ok(first.ok_or_else(Refusal::not_found)?.tenant.id)
}

async fn frozen_view(here: &Here, tenant: Option<&TenantId>, number: u32) -> Answer<FrozenView> {
    let tenant = tenant_of(here, tenant).await?;
    here.state.desk.frozen_table(&here.caller, &tenant, number).await
}

async fn list(here: &Here, tenant: &TenantId) -> Result<Markup, Trouble> {
    let shell = here.shell(Place::Compliance).await?;
    let frozen = here.state.desk.frozen_tables(&here.caller, tenant).await?;
    let restated_by = |number| frozen.tables.iter().find(|it| it.restates == Some(number)).map(|it| it.number);
    let tables = frozen.tables.iter().map(|row| line(row, restated_by(row.number), &shell.zone)).collect();
    Ok(list_page(&shell, &FrozenPage { tenant: tenant.to_string(), customer: frozen.customer.clone(), tables }))
}

fn line(row: &FrozenRow, restated_by: Option<u32>, zone: &TimeZone) -> FrozenLine {
    let day = |at: domain::time::Instant| at.timestamp().to_zoned(zone.clone()).date().to_string();
    FrozenLine {
        number: row.number,
        from: day(row.from),
        to: day(row.before.plus_ms(-1)),
        frozen_at: row.frozen_at,
        checksum: row.checksum.clone(),
        restates: row.restates,
        restated_by,
        counts: Counts {
            judged: row.judged,
            missed: row.missed,
            sla_judged: row.sla_judged,
            sla_missed: row.sla_missed,
        },
    }
}

async fn one(here: &Here, tenant: &TenantId, number: u32, draft: Draft) -> Result<Markup, Trouble> {
    let shell = here.shell(Place::Compliance).await?;
    let view = here.state.desk.frozen_table(&here.caller, tenant, number).await?;
    let decides = here.caller.enter(tenant, Right::Decide).is_ok();
    let changed = view.changed.iter().map(|it| {
        let base = match domain::compliance::frozen::is_incident(&view.table, &it.record) {
            true => "/incidents/",
            false => "/requests/",
        };
        (format!("{base}{}", it.record), it.record.to_string(), it.was, it.now)
    });
    let it = FrozenTablePage {
        tenant: tenant.to_string(),
        customer: view.customer.clone(),
        line: line(&view.row, view.restated_by, &shell.zone),
        requests: view.table.lines(),
        incidents: view.table.incident_lines().into(),
        changed: changed.collect(),
        reason: view.reason.clone(),
        may_restate: decides && view.restated_by.is_none(),
        draft,
    };
    Ok(table_page(&shell, &it))
}

fn tenant_typed(sent: &Sent) -> Result<TenantId, Refusal> {
    let tenant = sent.typed.text("tenant");
    let missing = || Refusal::invalid("tenant", "お客様を選んでください。", "Choose a customer.");
    if tenant.trim().is_empty() { Err(missing()) } else { Ok(TenantId::new(tenant)) }
}

/// Freezes the table of a period.
pub(crate) async fn freeze(here: Here, sent: Sent) -> Result<Response, Trouble> {
    let done = freeze_typed(&here, &sent).await;
    let text = |name: &str| Some(sent.typed.text(name)).filter(|text| !text.is_empty());
    let asked = Asked { tenant: tenant_typed(&sent).ok(), from: text("from"), to: text("to"), number: None };
    let here = here.at("/compliance");
    sent.answer(here.lang(), "freeze", done, async |draft| shown(&here, &asked, draft).await).await
}

async fn freeze_typed(here: &Here, sent: &Sent) -> Answer<String> {
    let tenant = tenant_typed(sent)?;
    let asked = Freeze { from: sent.typed.day("from")?, to: sent.typed.day("to")? };
    let done = here.state.desk.freeze_table(&here.caller, &tenant, &asked).await?;
    Ok(super::frozen::address(tenant.as_str(), done.number))
}

/// Restates a frozen table.
pub(crate) async fn restate(here: Here, sent: Sent) -> Result<Response, Trouble> {
    let done = restate_typed(&here, &sent).await;
    let tenant = tenant_typed(&sent);
    let number = sent.typed.number::<u32>("number").ok().flatten();
    let here = here.at("/compliance/frozen");
    let again = async |draft| match number {
        Some(number) => one(&here, &tenant.clone()?, number, draft).await,
        None => list(&here, &tenant.clone()?).await,
    };
    sent.answer(here.lang(), "restate", done, again).await
}

async fn restate_typed(here: &Here, sent: &Sent) -> Answer<String> {
    let tenant = tenant_typed(sent)?;
    let number = sent.typed.number("number")?.ok_or_else(no_number)?;
    let asked = Restate { number, reason: sent.typed.text("reason") };
    let done = here.state.desk.restate_table(&here.caller, &tenant, &asked).await?;
    Ok(super::frozen::address(tenant.as_str(), done.number))
}

/// All customers at a glance.
pub(crate) async fn overview(here: Here) -> Result<Response, Trouble> {
    let shell = here.shell(Place::Compliance).await?;
    let seen = here.state.desk.overview(&here.caller).await?;
    let customers = seen.customers.into_iter();
    let customers = customers.map(|it| (it.tenant.to_string(), it.customer, it.months.iter().map(mark).collect()));
    let it = OverviewPage {
        customers: customers.collect(),
        at_risk: seen.at_risk.into_iter().map(risk).collect(),
        as_of: seen.as_of,
    };
    Ok(html(overview_page(&shell, &it)))
}

fn risk(it: AtRisk) -> RiskLine {
    let row = it.request.row;
    let state = RequestState::ALL.into_iter().find(|state| state.code() == row.state);
    RiskLine {
        key: row.key.to_string(),
        customer: it.request.customer,
        title: row.title,
        state: state.unwrap_or(RequestState::Received).label(),
        holder: it.request.assignee,
        due: it.due,
        risk: it.risk,
    }
}
