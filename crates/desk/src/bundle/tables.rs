//! The tables of appendix 5 over the whole life and by month (R-A5-*).

use super::papers::json;
use super::spool::Spool;
use super::{Context, derive::csv};
use domain::calendar::Calendar;
use domain::compliance::{IncidentLine, Line, Occurrence, Ticket, incidents, missed_text, requests};
use domain::ids::RecordKey;
use jiff::civil::Date;
use serde_json::{Value, json as object};
use std::collections::BTreeMap;
use std::io;

/// The tickets of one month by their due.
#[derive(Default)]
struct Month {
    tickets: Vec<Ticket>,
    occurrences: Vec<Occurrence>,
}

/// Tickets as the tables count them, gathered record by record.
#[derive(Default)]
pub(crate) struct Tables {
    months: BTreeMap<Date, Month>,
}

/// One table as it is written and shown: its period, then its lines.
pub(crate) struct Table {
    /// `all`, or a month such as `2026-10`.
    pub(crate) period: String,
    pub(crate) requests: Vec<Line>,
    pub(crate) incidents: [IncidentLine; 2],
}

const COLUMNS: [&str; 11] = [
    "期間",
    "項目",
    "依頼作業名",
    "標準日数 (サービスレベル目標)",
    "件数",
    "目標未達",
    "順守判定",
    "例外",
    "保留",
    "保留により達成",
    "取消",
];

impl Tables {
    fn month(&mut self, due: domain::time::Instant) -> &mut Month {
        self.months.entry(Calendar::default().date_of(due).first_of_month()).or_default()
    }

    pub(crate) fn ticket(&mut self, ticket: Ticket) {
        self.month(ticket.due).tickets.push(ticket);
    }

    pub(crate) fn occurrence(&mut self, occurrence: Occurrence) {
        self.month(occurrence.slo_due).occurrences.push(occurrence);
    }

    /// All tables: the whole life first, then each month in which something was due.
    pub(crate) fn done(self, context: &Context) -> Vec<Table> {
        let table = |period: String, tickets: &[Ticket], occurrences: &[Occurrence]| Table {
            period,
            requests: requests(&context.catalogue, tickets, context.as_of),
            incidents: incidents(occurrences, context.as_of),
        };
        let this_month = Calendar::default().date_of(context.as_of).first_of_month();
        let by_month: Vec<Table> = self
            .months
            .iter()
            .filter(|(month, _)| **month <= this_month)
            .map(|(month, it)| table(month.strftime("%Y-%m").to_string(), &it.tickets, &it.occurrences))
            .collect();
        let (mut tickets, mut occurrences) = (vec![], vec![]);
        for month in self.months.into_values() {
            tickets.extend(month.tickets);
            occurrences.extend(month.occurrences);
        }
        let mut tables = vec![table("all".into(), &tickets, &occurrences)];
        tables.extend(by_month);
        tables
    }
}

fn keys(keys: &[RecordKey]) -> Vec<&str> {
    keys.iter().map(RecordKey::as_str).collect()
}

fn request_line(period: &str, line: &Line) -> Value {
    object!({
        "period": period, "table": "requests", "row": line.row.name, "class": line.row.class.code(),
        "days": line.row.class.days().get(), "judgement": line.judgement().code(), "tickets": keys(&line.tickets),
        "missed": keys(&line.missed), "excepted": keys(&line.excepted), "held": keys(&line.held),
        "met_by_hold": keys(&line.met_by_hold), "cancelled": keys(&line.cancelled),
    })
}

fn incident_line(period: &str, line: &IncidentLine) -> Value {
    object!({
        "period": period, "table": "incidents", "row": if line.impact { "impact" } else { "no_impact" },
        "judgement": line.judgement().code(), "incidents": keys(&line.incidents), "missed": keys(&line.missed),
        "missed_sla": keys(&line.missed_sla),
    })
}

/// Writes both files.
pub(crate) fn write(tables: &[Table], lines: &mut Spool, sheet: &mut Spool) -> io::Result<()> {
    csv(sheet, COLUMNS.map(String::from), true)?;
    for table in tables {
        for line in &table.requests {
            lines.line(&json(&request_line(&table.period, line)))?;
            let count = |keys: &[RecordKey]| keys.len().to_string();
            let cells = [
                table.period.clone(),
                line.row.class.label().ja.to_owned(),
                line.row.name.clone(),
                format!("{} 営業日", line.row.class.days().get()),
                count(&line.tickets),
                missed_text(line.missed.len()),
                line.judgement().sign().to_owned(),
                count(&line.excepted),
                count(&line.held),
                count(&line.met_by_hold),
                count(&line.cancelled),
            ];
            csv(sheet, cells, false)?;
        }
        for line in &table.incidents {
            lines.line(&json(&incident_line(&table.period, line)))?;
            let cells = [
                table.period.clone(),
                "障害に対する対応".to_owned(),
                effect(line).to_owned(),
                if line.impact { "アラート受信から 15 分" } else { "アラート受信から 1 時間" }.to_owned(),
                line.incidents.len().to_string(),
                missed_text(line.missed.len()),
                line.judgement().sign().to_owned(),
                String::new(),
                String::new(),
                String::new(),
                String::new(),
            ];
            csv(sheet, cells, false)?;
        }
    }
    Ok(())
}

/// The row of the table of incidents in its words.
pub(crate) const fn effect(line: &IncidentLine) -> &'static str {
    if line.impact { "サービス影響が有る場合" } else { "サービス影響が無い場合" }
}
