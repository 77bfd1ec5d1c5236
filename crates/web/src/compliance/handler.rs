//! The routes of 順守状況.

use super::{CompliancePage, page};
use crate::form::Draft;
use crate::here::{Here, html};
use crate::layout::Place;
use crate::settings::csv_answer;
use crate::when::midnight;
use axum::response::Response;
use desk::{Answer, Compliance};
use domain::access::Right;
use domain::compliance::missed_text;
use domain::ids::TenantId;
use domain::refusal::Refusal;
use domain::words::Lang;
use gate::{Query, Trouble};
use jiff::ToSpan;
use jiff::civil::Date;
use maud::Markup;
use serde::Deserialize;

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
}

/// The table on screen.
pub(crate) async fn show(here: Here, Query(asked): Query<Asked>) -> Result<Response, Trouble> {
    Ok(html(shown(&here, &asked).await?))
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

async fn shown(here: &Here, asked: &Asked) -> Result<Markup, Trouble> {
    let shell = here.shell(Place::Compliance).await?;
    let (customers, Wanted { tenant, from, to, table }) = wanted(here, asked).await?;
    let it = CompliancePage {
        customers,
        tenant: tenant.to_string(),
        customer: table.customer,
        from: from.to_string(),
        to: to.to_string(),
        as_of: table.as_of,
        requests: table.requests,
        incidents: table.incidents.into(),
        draft: Draft::default(),
    };
    Ok(page(&shell, &it))
}

/// The same as CSV, in the words of the Japanese table.
pub(crate) async fn export(here: Here, Query(asked): Query<Asked>) -> Result<Response, Trouble> {
    let (_, Wanted { from, to, table, .. }) = wanted(&here, &asked).await?;
    let provider = here.state.desk.provider().await?.map(|(_, provider)| provider.name).unwrap_or_default();
    let of_requests = table.requests.iter().map(|line| {
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
    let of_incidents = table.incidents.iter().map(|line| {
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
    csv_answer(&format!("compliance-{from}-{to}.csv"), COLUMNS, of_requests.chain(of_incidents))
}
