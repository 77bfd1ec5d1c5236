//! Records: each is folded again from its facts, and every row that keeps something of it is compared with the fold.

use super::chain::{Chain, dedup_key};
use super::events::Told;
use super::mergings::Mergings;
use super::rows::{Expected, Table};
use super::windows;
use super::{Audit, Checked, fault_of};
use crate::incident::paging::PAGE;
use crate::incident::{cached_row, timer_rows};
use domain::calendar::Calendar;
use domain::fact::{AttemptOutcome, Body, Fact};
use domain::ids::{BlobId, MessageId, RecordKey, TenantId};
use domain::incident::clock::FinalVerdict;
use domain::incident::{Delivery, Incident, Joins, Mark, Marked};
use domain::request::Request;
use domain::time::Instant;
use std::collections::{BTreeMap, HashMap, VecDeque};
use store::{Cell, IncidentRow, StoredRow};

/// Records looked at together.
const BATCH: u32 = 100;

/// Tables with rows of records, and the column that names the record.
const TABLES: [(&str, &str); 6] = [
    ("records", "key"),
    ("incidents", "key"),
    ("timers", "subject"),
    ("correlations", "incident"),
    ("alerts", "incident"),
    ("messages", "record"),
];

/// The rows of some records.
struct Rows {
    tables: Vec<Vec<StoredRow>>,
    texts: HashMap<BlobId, String>,
}

impl Audit<'_> {
    /// Folds and compares all records of a tenant.
    pub(super) async fn records(&mut self, mut chain: Chain) -> Checked {
        let tenant = chain.tenant.clone();
        let mut after = String::new();
        let mut mergings = Mergings::default();
        loop {
            let keys = self.snapshot.records(&tenant, &after, BATCH).await?;
            let Some(last) = keys.last() else { break };
            after = last.to_string();
            self.batch(&mut chain, &mut mergings, &keys).await?;
        }
        mergings.check(&tenant)?;
        chain.frozen.end(&tenant)?;
        for (table, column) in TABLES.into_iter().chain(windows::TABLES).chain([("requests", "key")]) {
            if let Some(stray) = self.snapshot.row_without_facts(table, &tenant, column).await? {
                let what = format!("a row of {table} is about {stray}, of which no fact tells");
                return Err(fault_of(&tenant, chain.seq, &RecordKey::new(stray), what));
            }
        }
        let strangers = chain.events.told.into_keys().chain(chain.events.kept.into_keys());
        match strangers.into_iter().next() {
            None => Ok(()),
            Some(record) => {
                let what = "alert events name a record of which no fact tells";
                Err(fault_of(&tenant, chain.seq, &RecordKey::new(record), what))
            }
        }
    }

    async fn batch(&mut self, chain: &mut Chain, mergings: &mut Mergings, keys: &[RecordKey]) -> Checked {
        let tenant = chain.tenant.clone();
        let mut by_record: HashMap<RecordKey, Vec<Fact>> = HashMap::new();
        for stored in self.snapshot.facts_of(&tenant, keys).await? {
            let fact = stored.fact(&tenant)?;
            by_record.entry(keys_of(&fact)).or_default().push(fact);
        }
        let is_window = |key: &RecordKey| domain::window::project_of(key).is_some();
        let (windows, keys): (Vec<_>, Vec<_>) = keys.iter().cloned().partition(is_window);
        self.windows(chain, &windows, &mut by_record).await?;
        let is_request = |key: &RecordKey| {
            let first = by_record.get(key).and_then(|facts| facts.first());
            matches!(first.map(|fact| &fact.body), Some(Body::RequestFiled(_)))
        };
        let (requests, keys): (Vec<_>, Vec<_>) = keys.into_iter().partition(is_request);
        for key in &requests {
            self.frozen_request(&mut chain.frozen, key, by_record.get(key).map_or(&[], Vec::as_slice))?;
        }
        self.requests(&tenant, &requests, &mut by_record).await?;
        let is_file = |key: &RecordKey| {
            let first = by_record.get(key).and_then(|facts| facts.first());
            matches!(first.map(|fact| &fact.body), Some(Body::RecordOpened(_)))
        };
        let (files, keys): (Vec<_>, Vec<_>) = keys.into_iter().partition(is_file);
        self.files(&tenant, &files, &mut by_record).await?;
        let keys = keys.as_slice();
        let mut incidents = vec![];
        for key in keys {
            let facts = by_record.remove(key).unwrap_or_default();
            self.frozen_incident(&mut chain.frozen, key, &facts)?;
            let (incident, verdicts) = fold(&tenant, key, &facts)?;
            self.report.verdicts += verdicts;
            incidents.push(incident);
        }
        let names: Vec<&str> = keys.iter().map(RecordKey::as_str).collect();
        let mut tables = vec![];
        for (table, column) in TABLES {
            tables.push(self.snapshot.rows_among(table, &tenant, column, &names).await?);
        }
        let texts = self.snapshot.texts(&tenant, &incidents.iter().flat_map(words).collect::<Vec<_>>()).await?;
        let mut rows = Rows { tables, texts };
        let mut own = incidents.iter().map(|_| TABLES.map(|_| vec![])).collect::<Vec<_>>();
        let places: HashMap<&str, usize> = names.iter().enumerate().map(|(place, name)| (*name, place)).collect();
        for (number, (_, column)) in TABLES.iter().enumerate() {
            for row in rows.tables[number].drain(..) {
                if let Some(place) = places.get(row.text(column)) {
                    own[*place][number].push(row);
                }
            }
        }
        for (incident, own) in incidents.iter().zip(&own) {
            let told = chain.events.told.remove(incident.key.as_str()).unwrap_or_default();
            let newest = dedup_key(&incident.origin).and_then(|key| chain.newest.get(&(incident.project.clone(), key)));
            let check = Check { tenant: &tenant, incident, texts: &rows.texts, own };
            mergings.note(incident);
            check.header(&self.calendars(incident.as_of))?;
            check.correlation(newest == Some(&incident.number))?;
            check.alerts(&told)?;
            check.messages()?;
            self.report.records += 1;
        }
        Ok(())
    }
}

/// Folds the facts of an incident and computes each final verdict again from what was known when it was given; says how many.
pub(crate) fn fold(tenant: &TenantId, key: &RecordKey, facts: &[Fact]) -> Checked<(Incident, u64)> {
    let mut verdicts = 0;
    let broken = |broken: domain::incident::Broken| fault_of(tenant, broken.seq, key, broken.to_string());
    let first = facts.first().map(|fact| fact.seq).unwrap_or_default();
    let opened = Incident::fold(facts.get(..1).unwrap_or_default()).map_err(broken)?;
    let mut incident = opened.ok_or_else(|| fault_of(tenant, first, key, "no fact opens the record"))?;
    let mut owed: VecDeque<FinalVerdict> = VecDeque::new();
    for fact in &facts[1..] {
        incident.apply(fact).map_err(broken)?;
        match &fact.body {
            Body::IncidentClosed { .. } | Body::FalseAlarmReviewed { upheld: true } => {
                owed.extend(incident.verdicts_at_end(fact.instant));
            }
            Body::ParentMoved { standing } if standing.ended => {
                owed.extend(incident.verdicts_at_end(fact.instant));
            }
            Body::VerdictGiven { .. } => {
                let given = incident.verdicts.last().map(|verdict| &verdict.what);
                if given != owed.pop_front().as_ref() {
                    return Err(fault_of(tenant, fact.seq, key, "the verdict is not the one its facts give"));
                }
                verdicts += 1;
            }
            _ => {}
        }
    }
    if !owed.is_empty() {
        return Err(fault_of(tenant, incident.last_seq, key, "a final verdict is missing"));
    }
    for ledger in incident.ledgers() {
        let stops = ledger.clock.end.as_ref().map(|end| end.at);
        let ends = ledger.stretches.last().map(|stretch| stretch.to);
        if ends.is_some_and(|ends| ends != stops) || ledger.stop.is_some() != stops.is_some() {
            return Err(fault_of(
                tenant,
                incident.last_seq,
                key,
                "the minutes of a clock do not end where the clock does",
            ));
        }
    }
    Ok((incident, verdicts))
}

fn keys_of(fact: &Fact) -> RecordKey {
    fact.record.clone().unwrap_or_else(|| RecordKey::new(""))
}

/// The blobs whose words stand in rows, too.
fn words(incident: &Incident) -> Vec<&BlobId> {
    let details = sent(incident).filter_map(|(_, sent)| sent.attempts.last());
    std::iter::once(&incident.title).chain(details.map(|attempt| &attempt.what.1)).collect()
}

/// One record with its rows, by the order of [`TABLES`].
struct Check<'a> {
    tenant: &'a TenantId,
    incident: &'a Incident,
    texts: &'a HashMap<BlobId, String>,
    own: &'a [Vec<StoredRow>; 6],
}

impl Check<'_> {
    fn expected(&self, cells: Vec<(&'static str, Cell)>) -> Expected {
        Expected { seq: self.incident.last_seq, record: Some(self.incident.key.clone()), cells }
    }

    fn compare(&self, table: Table<'_>, rows: &[StoredRow]) -> Checked {
        table.compare(rows, self.incident.last_seq)
    }

    /// Header and timers are those of one of the calendars that may have been known.
    fn header(&self, calendars: &[Calendar]) -> Checked {
        let mut first = Ok(());
        for calendar in calendars {
            let checked = self.header_by(calendar).and_then(|()| self.timers(calendar));
            if checked.is_ok() {
                return Ok(());
            }
            if first.is_ok() {
                first = checked;
            }
        }
        first
    }

    fn header_by(&self, calendar: &Calendar) -> Checked {
        let incident = self.incident;
        let title = self.texts.get(&incident.title).cloned().unwrap_or_default();
        let row = cached_row(self.tenant, incident, title, calendar);
        let IncidentRow { key, project, number, state, version, title, assignee, opened, ended, .. } = row;
        let mut table = Table::new(self.tenant, "records", &["key"]);
        let cells = vec![
            ("project", project.as_str().into()),
            ("number", number.into()),
            ("kind", "incident".into()),
            ("state", state.into()),
            ("version", version.into()),
            ("title", title.into()),
            ("assignee", assignee.map(|person| person.to_string()).into()),
            ("opened", opened.into()),
            ("ended", ended.into()),
        ];
        table.expect(vec![key.as_str().into()], self.expected(cells));
        self.compare(table, &self.own[0])?;
        let IncidentRow {
            impact,
            alert_at,
            slo_due,
            sla_due,
            notified_at,
            duty,
            duty_due,
            known,
            merged_into,
            children,
            cause,
            ..
        } = cached_row(self.tenant, incident, String::new(), calendar);
        let mut table = Table::new(self.tenant, "incidents", &["key"]);
        let cells = vec![
            ("impact", impact.into()),
            ("alert_at", alert_at.into()),
            ("slo_due", slo_due.into()),
            ("sla_due", sla_due.into()),
            ("notified_at", notified_at.into()),
            ("duty", duty.into()),
            ("duty_due", duty_due.into()),
            ("known", known.into()),
            ("merged_into", merged_into.map(|key| key.to_string()).into()),
            ("children", children.into()),
            ("cause", cause.into()),
        ];
        table.expect(vec![key.as_str().into()], self.expected(cells));
        self.compare(table, &self.own[1])
    }

    /// The timers that must fire stand and have not fired; of those that have, nothing is left to be done.
    fn timers(&self, calendar: &Calendar) -> Checked {
        let mut table = Table::new(self.tenant, "timers", &["kind"]);
        let wanted = timer_rows(self.incident, calendar);
        for timer in &wanted {
            let cells = vec![("generation", timer.generation.into()), ("due", timer.due.into()), ("fired", Cell::Null)];
            table.expect(vec![timer.kind.as_str().into()], self.expected(cells));
        }
        let is_wanted = |row: &&StoredRow| {
            row.get("fired") == &Cell::Null || wanted.iter().any(|timer| timer.kind == row.text("kind"))
        };
        let standing: Vec<StoredRow> = self.own[2].iter().filter(is_wanted).cloned().collect();
        self.compare(table, &standing)
    }

    /// Only the newest incident of a key has a row, and it says until when an alert joins it.
    fn correlation(&self, is_newest: bool) -> Checked {
        let incident = self.incident;
        let until = match incident.joins_until() {
            Joins::Yes => None,
            Joins::Until(at) => Some(at),
            Joins::No => Some(Instant::from_ms(0)),
        };
        let mut table = Table::new(self.tenant, "correlations", &["project", "dedup_key"]);
        if let Some(dedup_key) = dedup_key(&incident.origin).filter(|_| is_newest) {
            let key = vec![incident.project.as_str().into(), dedup_key.into()];
            table.expect(key, self.expected(vec![("joins_until", until.into())]));
        }
        self.compare(table, &self.own[3])
    }

    /// An alert was told as often as it has events, and facts count as many as its row says they do.
    fn alerts(&self, told: &HashMap<String, Told>) -> Checked {
        let mut table = Table::new(self.tenant, "alerts", &["alert_key"]);
        for (alert_key, standing) in &self.incident.alerts {
            let told = told.get(alert_key);
            if told.is_none() && standing.carried.is_empty() {
                let what = format!("the events of alert “{alert_key}” are missing");
                return Err(fault_of(self.tenant, self.incident.last_seq, &self.incident.key, what));
            }
            // What came out of a window of work counts as one telling each time.
            let mut cells = vec![
                ("status", if standing.resolved { "resolved" } else { "firing" }.into()),
                ("count", (told.map_or(0, |told| told.count) + standing.carried.len() as u64).into()),
                ("counted", standing.total.into()),
                ("first_received", end_of(told.map(|told| &told.first), &standing.carried, i64::min)),
                ("last_received", end_of(told.map(|told| &told.last), &standing.carried, i64::max)),
                ("project", self.incident.project.as_str().into()),
            ];
            cells.extend(told.map(|told| ("dedup_key", told.dedup_key.clone())));
            table.expect(vec![alert_key.as_str().into()], self.expected(cells));
        }
        if let Some(stray) = told.keys().find(|alert_key| !self.incident.alerts.contains_key(*alert_key)) {
            let what = format!("no fact tells of the events of alert “{stray}”");
            return Err(fault_of(self.tenant, self.incident.last_seq, &self.incident.key, what));
        }
        self.compare(table, &self.own[4])
    }

    /// Each message stands as its last attempt left it; one that is being sent is still queued for the facts.
    fn messages(&self) -> Checked {
        let mut table = Table::new(self.tenant, "messages", &["id"]);
        for (id, sent) in sent(self.incident) {
            let row = self.own[5].iter().find(|row| row.text("id") == id.as_str());
            let is_sending = row.is_some_and(|row| row.text("state") == "sending");
            let mut cells = sent.cells(is_sending, self.texts);
            cells.push(("record", self.incident.key.as_str().into()));
            table.expect(vec![id.as_str().into()], Expected { seq: sent.last_seq(), ..self.expected(cells) });
        }
        self.compare(table, &self.own[5])
    }
}

/// The earlier or later of an event's instant and those at which windows of work passed an alert on.
fn end_of(told: Option<&Cell>, carried: &[Instant], end: fn(i64, i64) -> i64) -> Cell {
    let told = told.and_then(|cell| if let Cell::Int(ms) = cell { Some(*ms) } else { None });
    told.into_iter().chain(carried.iter().map(|at| at.ms())).reduce(end).into()
}

/// A message as its facts tell it: a notice to the customer, or a page to staff.
pub(super) struct Sent<'a> {
    class: &'static str,
    channel: &'a str,
    queued: &'a Mark,
    pub(super) attempts: &'a [Marked<(AttemptOutcome, BlobId)>],
}

/// Every message of a request, notices and pages.
pub(super) fn sent_of(request: &Request) -> impl Iterator<Item = (&MessageId, Sent<'_>)> {
    let pages = request
        .pages
        .iter()
        .map(|(id, it)| (id, Sent { class: "page", channel: "mail", queued: &it.queued, attempts: &it.attempts }));
    notices(&request.deliveries).chain(pages)
}

/// Every notice to a customer.
pub(super) fn notices(deliveries: &BTreeMap<MessageId, Delivery>) -> impl Iterator<Item = (&MessageId, Sent<'_>)> {
    deliveries.iter().map(|(id, it)| {
        (id, Sent { class: "notice", channel: &it.channel, queued: &it.queued, attempts: &it.attempts })
    })
}

/// Every message about an incident.
fn sent(incident: &Incident) -> impl Iterator<Item = (&MessageId, Sent<'_>)> {
    let notices = notices(&incident.deliveries);
    let pages = incident.pages.iter();
    let pages =
        pages.map(|(id, it)| (id, Sent { class: PAGE, channel: "mail", queued: &it.queued, attempts: &it.attempts }));
    notices.chain(pages)
}

impl Sent<'_> {
    pub(super) fn last_seq(&self) -> u64 {
        self.attempts.last().map_or(self.queued.seq, |attempt| attempt.mark.seq)
    }

    pub(super) fn cells(&self, is_sending: bool, texts: &HashMap<BlobId, String>) -> Vec<(&'static str, Cell)> {
        let last = self.attempts.last().map(|attempt| (&attempt.what.0, &attempt.what.1, attempt.mark.at));
        let (state, ended) = match last {
            Some((AttemptOutcome::Delivered, _, at)) => ("delivered", Some(at)),
            Some((AttemptOutcome::Refused, _, at)) => ("failed", Some(at)),
            _ if is_sending => ("sending", None),
            _ => ("queued", None),
        };
        let mut cells = vec![
            ("class", self.class.into()),
            ("channel", self.channel.into()),
            ("created", self.queued.at.into()),
            ("state", state.into()),
            ("ended", ended.into()),
        ];
        match last {
            None | Some((AttemptOutcome::Delivered, ..)) => cells.push(("reason", Cell::Null)),
            // Words that were erased cannot be compared.
            Some((_, detail, _)) => cells.extend(texts.get(detail).map(|text| ("reason", text.as_str().into()))),
        }
        cells
    }
}
