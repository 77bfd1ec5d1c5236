//! What is derived from the facts: every ticket with its clocks and verdicts, the tables, the page to read.

use super::papers::json;
use super::spool::Spool;
use super::tables::{self, Tables};
use super::{Context, page};
use crate::compliance::{occurrence, ticket};
use crate::verify::{Checked, Facts, Mergings, calendars, fault, fault_of, fold_incident, under_its_procedure, walked};
use crate::{incident, record, request};
use domain::calendar::Calendar;
use domain::clocks::Verdict;
use domain::fact::{Body, Fact};
use domain::ids::{BlobId, RecordKey};
use domain::incident::{Incident, ledger::Ledger};
use domain::process::Process;
use domain::process::record::Record;
use domain::request::Request;
use domain::window::Window;
use serde_json::{Value, json as object};
use std::collections::{HashMap, VecDeque};
use std::fs::File;
use std::io::{self, Write};
use std::sync::Arc;
use store::{IncidentRow, RecordRow, RequestRow};

/// Records folded together.
const BATCH: usize = 100;

/// The derived parts, in the order of [`super::DERIVED`], and what was counted on the way.
pub(crate) struct Derived {
    pub(crate) files: Vec<File>,
    /// Requests, incidents and records of other processes.
    pub(crate) records: u64,
    /// Final verdicts computed again.
    pub(crate) verdicts: u64,
}

/// The columns of the sheets; the fact is the last one of the ticket.
const REQUEST_COLUMNS: [&str; 15] = [
    "番号",
    "最終事実",
    "件名",
    "依頼作業名",
    "種別",
    "状態",
    "受付",
    "標準期限",
    "期限 (保留なし)",
    "期限",
    "保留営業日",
    "例外",
    "完了",
    "判定",
    "判定 (保留なし)",
];
const INCIDENT_COLUMNS: [&str; 12] = [
    "番号",
    "最終事実",
    "件名",
    "状態",
    "サービス影響",
    "起点",
    "SLO期限",
    "SLA期限",
    "連絡完了",
    "SLO判定",
    "SLA判定",
    "終了",
];

const RECORD_COLUMNS: [&str; 8] = ["番号", "最終事実", "手続き", "件名", "状態", "起票", "終了", "経過"];
const WINDOW_COLUMNS: [&str; 10] =
    ["番号", "最終事実", "種類", "作業", "対象", "告知", "開始", "終了予定", "終了", "アラート"];

/// Folds every record and writes every derived part.
pub(crate) async fn derive<S: Facts>(source: &mut S, context: &Context) -> Checked<Derived> {
    let mut work = Work::new(context)?;
    for keys in context.records.chunks(BATCH) {
        work.batch(source, keys).await?;
    }
    let Work { mut parts, tables, mergings, recent, records, verdicts, .. } = work;
    mergings.check(&context.tenant)?;
    let tables = tables.done(context);
    let [.., lines, sheet] = &mut parts;
    tables::write(&tables, lines, sheet)?;
    let mut html = Spool::new()?;
    page::write(&mut html, source, context, &tables, &recent).await?;
    let mut files = vec![];
    for part in parts.into_iter().chain([html]) {
        files.push(part.done()?);
    }
    Ok(Derived { files, records, verdicts })
}

/// Where the lines of each kind stand among the parts; their sheet follows.
const REQUESTS: usize = 0;
const INCIDENTS: usize = 2;
const RECORDS: usize = 4;
const WINDOWS: usize = 6;

struct Work<'a> {
    context: &'a Context,
    parts: [Spool; 10],
    tables: Tables,
    mergings: Mergings,
    /// The newest tickets, which the page shows.
    recent: VecDeque<Value>,
    records: u64,
    verdicts: u64,
}

impl<'a> Work<'a> {
    fn new(context: &'a Context) -> io::Result<Self> {
        let new = Spool::new;
        let mut parts = [new()?, new()?, new()?, new()?, new()?, new()?, new()?, new()?, new()?, new()?];
        csv(&mut parts[REQUESTS + 1], REQUEST_COLUMNS.map(String::from), true)?;
        csv(&mut parts[INCIDENTS + 1], INCIDENT_COLUMNS.map(String::from), true)?;
        csv(&mut parts[RECORDS + 1], RECORD_COLUMNS.map(String::from), true)?;
        csv(&mut parts[WINDOWS + 1], WINDOW_COLUMNS.map(String::from), true)?;
        let (tables, mergings) = (Tables::default(), Mergings::default());
        Ok(Self { context, parts, tables, mergings, recent: VecDeque::new(), records: 0, verdicts: 0 })
    }

    async fn batch<S: Facts>(&mut self, source: &mut S, keys: &[RecordKey]) -> Checked {
        let tenant = &self.context.tenant;
        let mut by_record: HashMap<RecordKey, Vec<Fact>> = HashMap::new();
        for stored in source.facts_of(tenant, keys).await? {
            let fact = stored.fact(tenant)?;
            if let Some(record) = fact.record.clone() {
                by_record.entry(record).or_default().push(fact);
            }
        }
        let mut folded = vec![];
        for key in keys {
            folded.push(self.fold(key, &by_record.remove(key).unwrap_or_default())?);
        }
        let titles: Vec<&BlobId> = folded.iter().flat_map(Folded::words).collect();
        let texts = self.context.texts(source, &titles).await?;
        let text = |id: &BlobId| texts.get(id).cloned().unwrap_or_default();
        for it in &folded {
            match it {
                Folded::Request(it) => self.request(it, text(&it.title))?,
                Folded::Incident(it) => self.incident(it, text(&it.title))?,
                Folded::Record(it, process) => self.record(it, process, text(&it.opened.what.title))?,
                Folded::Window(it) => self.window(it, text(&it.work), text(&it.hosts))?,
            }
        }
        Ok(())
    }

    /// Folds the facts of one record.
    fn fold(&mut self, key: &RecordKey, facts: &[Fact]) -> Checked<Folded> {
        let tenant = &self.context.tenant;
        let wrong = |broken: domain::incident::Broken| fault_of(tenant, broken.seq, key, broken.to_string());
        let first = facts.first().ok_or_else(|| fault(tenant, self.context.head.seq, format!("{key} has no facts")))?;
        let nothing = || fault_of(tenant, first.seq, key, "no fact opens the record");
        if domain::window::project_of(key).is_some() {
            let window = Window::fold(facts).map_err(wrong)?.ok_or_else(nothing)?;
            return Ok(Folded::Window(Box::new(window)));
        }
        self.records += 1;
        if matches!(first.body, Body::RequestFiled(_)) {
            let request = Request::fold(facts).map_err(wrong)?.ok_or_else(nothing)?;
            let request = under_its_procedure(&self.context.procedures, request);
            let unknown = || fault_of(tenant, first.seq, key, "the version of its procedure is not there");
            let request = request.ok_or_else(unknown)?;
            return Ok(Folded::Request(Box::new(request)));
        }
        if matches!(first.body, Body::RecordOpened(_)) {
            let (record, process) = walked(&self.context.procedures, tenant, key, facts)?;
            return Ok(Folded::Record(Box::new(record), process));
        }
        let (incident, verdicts) = fold_incident(tenant, key, facts)?;
        self.verdicts += verdicts;
        self.mergings.note(&incident);
        Ok(Folded::Incident(Box::new(incident)))
    }

    /// The calendar that was known when a record's last step was taken.
    fn calendar(&self, at: domain::time::Instant) -> Calendar {
        calendars(&self.context.closures, at).into_iter().next().unwrap_or_default()
    }

    fn request(&mut self, it: &Request, title: String) -> Checked {
        let calendar = self.calendar(it.as_of);
        let row = request::cached_row(&self.context.tenant, it, title, &calendar);
        let clock = it.clock(&calendar, it.as_of).ok();
        let as_of = self.context.as_of;
        let verdict = clock.as_ref().map(|clock| code(clock.verdict(as_of)));
        let raw_verdict = clock.as_ref().map(|clock| code(clock.raw_verdict(as_of)));
        let held: Vec<String> = clock.iter().flat_map(|clock| &clock.held).map(ToString::to_string).collect();
        let RequestRow {
            key, project, number, state, version, title, opened, ended, entry, kind, report, class, ..
        } = &row;
        let line = object!({
            "key": key, "seq": it.last_seq, "project": project, "number": number, "state": state, "version": version,
            "title": title, "opened": opened, "ended": ended, "entry": entry, "kind": kind, "report": report,
            "class": class, "days": row.days, "pace": row.pace, "channel": row.channel, "received": row.received,
            "standard_due": row.standard_due, "raw_due": row.raw_due, "due": row.due, "held": held,
            "awaiting": row.awaiting, "excepted": row.excepted == 1, "urgent": row.urgent == 1,
            "breached": row.breached == 1, "done": row.done, "verdict": verdict, "raw_verdict": raw_verdict,
            "met_by_hold": clock.as_ref().is_some_and(|clock| clock.met_by_hold(as_of)),
        });
        let cells = [
            key.to_string(),
            it.last_seq.to_string(),
            title.clone(),
            report.clone(),
            kind.clone(),
            it.state.label().ja.to_owned(),
            row.received.to_string(),
            shown(row.standard_due),
            shown(row.raw_due),
            shown(row.due),
            row.held.to_string(),
            if row.excepted == 1 { "例外" } else { "" }.to_owned(),
            shown(row.done),
            verdict.unwrap_or_default().to_owned(),
            raw_verdict.unwrap_or_default().to_owned(),
        ];
        self.ticket(REQUESTS, line, cells)?;
        if let Some(ticket) = ticket(row) {
            self.tables.ticket(ticket);
        }
        Ok(())
    }

    fn incident(&mut self, it: &Incident, title: String) -> Checked {
        let row = incident::cached_row(&self.context.tenant, it, title, &self.calendar(it.as_of));
        let as_of = self.context.as_of;
        let judged = |due| code(Verdict::of(due, row.notified_at, Some(as_of)));
        let (slo, sla) = (judged(row.slo_due), row.sla_due.map(judged));
        let verdicts: Vec<Value> = it
            .verdicts
            .iter()
            .map(|given| {
                let it = &given.what;
                object!({ "fact": given.mark.seq, "clock": it.clock, "target": it.target, "outcome": it.outcome,
                    "due": it.due, "ended": it.ended, "rules": it.rules })
            })
            .collect();
        let clocks: Vec<Value> = it.ledgers().iter().map(clock).collect();
        let IncidentRow { key, project, number, state, version, title, opened, ended, impact, .. } = &row;
        let line = object!({
            "key": key, "seq": it.last_seq, "project": project, "number": number, "state": state, "version": version,
            "title": title, "opened": opened, "ended": ended, "impact": impact, "alert_at": row.alert_at,
            "slo_due": row.slo_due, "sla_due": row.sla_due, "notified_at": row.notified_at, "slo": slo, "sla": sla,
            "verdicts": verdicts, "clocks": clocks, "merged_into": row.merged_into, "children": row.children,
        });
        let cells = [
            key.to_string(),
            it.last_seq.to_string(),
            title.clone(),
            it.state.label().ja.to_owned(),
            impact.clone(),
            row.alert_at.to_string(),
            row.slo_due.to_string(),
            shown(row.sla_due),
            shown(row.notified_at),
            slo.to_owned(),
            sla.unwrap_or_default().to_owned(),
            shown(*ended),
        ];
        self.ticket(INCIDENTS, line, cells)?;
        if row.state != "false_alarm" {
            self.tables.occurrence(occurrence(row));
        }
        Ok(())
    }

    fn record(&mut self, it: &Record, process: &Process, title: String) -> Checked {
        let row = record::cached_row(&self.context.tenant, it, title);
        let RecordRow { key, project, number, kind, state, version, title, opened, ended, .. } = &row;
        let acts: Vec<Value> = it
            .acts
            .iter()
            .map(|act| {
                let (mark, what) = (&act.mark, &act.what);
                object!({ "fact": mark.seq, "at": mark.at, "verb": what.verb, "to": what.to, "internal": what.internal })
            })
            .collect();
        let line = object!({
            "key": key, "seq": it.last_seq, "process": kind, "edition": it.opened.what.edition, "project": project,
            "number": number, "state": state, "version": version, "title": title, "opened": opened, "ended": ended,
            "acts": acts,
        });
        let named = |code: &String| process.state(code).map_or_else(|| code.clone(), |state| state.label.ja.clone());
        let cells = [
            key.to_string(),
            it.last_seq.to_string(),
            process.label.ja.clone(),
            title.clone(),
            named(state),
            opened.to_string(),
            shown(*ended),
            acts.len().to_string(),
        ];
        self.ticket(RECORDS, line, cells)
    }

    /// A window of work is no ticket: the page does not show it among them.
    fn window(&mut self, it: &Window, work: String, hosts: String) -> Checked {
        let alerts: Vec<Value> = it
            .alerts
            .iter()
            .map(|((dedup_key, alert_key), alert)| {
                object!({ "dedup_key": dedup_key, "alert_key": alert_key, "resolved": alert.resolved,
                    "counted": alert.total, "carried": alert.carried, "led_to": alert.led_to })
            })
            .collect();
        let ended = it.ended.as_ref().map(|mark| mark.at);
        let line = object!({
            "key": it.key, "seq": it.last_seq, "project": it.project, "number": it.number, "kind": it.kind.code(),
            "work": work, "hosts": hosts, "announced": it.announced.at, "from": it.from, "to": it.to, "ended": ended,
            "cancelled": it.cancelled, "alerts": alerts,
        });
        let end = if it.cancelled { "取消".to_owned() } else { shown(ended) };
        let cells = [
            it.key.to_string(),
            it.last_seq.to_string(),
            it.kind.label().ja.to_owned(),
            work,
            hosts,
            it.announced.at.to_string(),
            it.from.to_string(),
            it.to.to_string(),
            end,
            it.alerts.len().to_string(),
        ];
        self.line(WINDOWS, &line, cells)
    }

    fn line<const N: usize>(&mut self, place: usize, line: &Value, cells: [String; N]) -> Checked {
        self.parts[place].line(&json(line))?;
        csv(&mut self.parts[place + 1], cells, false)?;
        Ok(())
    }

    fn ticket<const N: usize>(&mut self, place: usize, line: Value, cells: [String; N]) -> Checked {
        self.line(place, &line, cells)?;
        if self.recent.len() == page::TICKETS {
            self.recent.pop_front();
        }
        self.recent.push_back(line);
        Ok(())
    }
}

enum Folded {
    Request(Box<Request>),
    Incident(Box<Incident>),
    Record(Box<Record>, Arc<Process>),
    Window(Box<Window>),
}

impl Folded {
    /// The words that its line shows.
    fn words(&self) -> Vec<&BlobId> {
        match self {
            Self::Request(it) => vec![&it.title],
            Self::Incident(it) => vec![&it.title],
            Self::Record(it, _) => vec![&it.opened.what.title],
            Self::Window(it) => vec![&it.work, &it.hosts],
        }
    }
}

/// One notice clock with its minutes.
fn clock(ledger: &Ledger) -> Value {
    let it = &ledger.clock;
    let stretches: Vec<Value> = ledger
        .stretches
        .iter()
        .map(|it| object!({ "from": it.from, "to": it.to, "rule": it.rule.ja, "fact": it.fact }))
        .collect();
    object!({
        "number": it.number, "from": it.from, "basis": ledger.basis.ja, "impact": it.impact, "slo_due": it.slo_due,
        "sla_due": it.sla_due, "ended": it.end.as_ref().map(|end| end.at), "stretches": stretches,
        "stop": ledger.stop.as_ref().map(|(why, fact)| object!({ "why": why.ja, "fact": fact })),
    })
}

const fn code(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Met => "met",
        Verdict::Missed => "missed",
        Verdict::Open => "open",
    }
}

fn shown(at: Option<domain::time::Instant>) -> String {
    at.map(|at| at.to_string()).unwrap_or_default()
}

/// One line of a sheet, with a byte order mark before the first: without it a spreadsheet shows Japanese as noise.
pub(crate) fn csv<const N: usize>(to: &mut Spool, cells: [String; N], is_first: bool) -> io::Result<()> {
    if is_first {
        to.write_all(b"\xef\xbb\xbf")?;
    }
    let mut line = csv::Writer::from_writer(vec![]);
    // A cell stays in its line, and is no formula.
    let cells = cells.map(|cell| {
        let cell: String = cell.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        if cell.starts_with(['=', '+', '-', '@']) { format!("'{cell}") } else { cell }
    });
    line.write_record(&cells)?;
    to.write_all(&line.into_inner().map_err(|error| io::Error::other(error.to_string()))?)
}
