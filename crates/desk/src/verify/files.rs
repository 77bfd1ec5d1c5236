//! Records of processes that are only a file: each is folded again from its facts and compared with its header, its timers and
//! its messages; and each step is one that its procedure allowed.

use super::records::notices;
use super::rows::{Expected, Table};
use super::{Audit, Checked, fault_of};
use crate::record::{cached_row, timer_rows};
use domain::calendar::Calendar;
use domain::fact::{Body, Fact};
use domain::ids::{BlobId, RecordKey, TenantId};
use domain::process::record::Record;
use domain::process::{Process, ProcessText, shipped};
use domain::request::Request;
use std::collections::HashMap;
use std::sync::Arc;
use store::{Cell, StoredRow};

/// Versions of procedures as the provider's facts recorded them, by code and number.
pub(crate) type Procedures = HashMap<(String, u32), Arc<Process>>;

/// Tables with rows of such records, and the column that names the record.
const TABLES: [(&str, &str); 3] = [("records", "key"), ("timers", "subject"), ("messages", "record")];

/// Reads a recorded version; none where its words were erased.
pub(crate) fn read(code: &str, document: Option<&String>) -> Option<Arc<Process>> {
    let text: ProcessText = serde_json::from_str(document?).ok()?;
    text.process(code).ok().map(Arc::new)
}

fn procedure(procedures: &Procedures, code: &str, edition: Option<u32>) -> Option<Arc<Process>> {
    match edition {
        Some(number) => procedures.get(&(code.to_owned(), number)).cloned(),
        None => shipped::all().iter().find(|process| process.code == code).cloned(),
    }
}

/// A request under the version of its procedure that it was filed under.
pub(crate) fn under_its_procedure(procedures: &Procedures, request: Request) -> Option<Request> {
    match request.edition {
        None => Some(request),
        edition => Some(request.under(procedure(procedures, "request", edition)?)),
    }
}

impl Audit<'_> {
    /// Folds and compares some records, whose facts are at hand.
    pub(super) async fn files(
        &mut self,
        tenant: &TenantId,
        keys: &[RecordKey],
        facts: &mut HashMap<RecordKey, Vec<Fact>>,
    ) -> Checked {
        if keys.is_empty() {
            return Ok(());
        }
        let mut records = vec![];
        for key in keys {
            let facts = facts.remove(key).unwrap_or_default();
            let record = walked(&self.procedures, tenant, key, &facts)?;
            records.push(record);
        }
        let names: Vec<&str> = keys.iter().map(RecordKey::as_str).collect();
        let mut rows = vec![];
        for (table, column) in TABLES {
            rows.push(self.snapshot.rows_among(table, tenant, column, &names).await?);
        }
        let words: Vec<&BlobId> = records.iter().flat_map(|(record, _)| words(record)).collect();
        let texts = self.snapshot.texts(tenant, &words).await?;
        for (record, process) in &records {
            let own = |place: usize| -> Vec<StoredRow> {
                let (_, column) = TABLES[place];
                rows[place].iter().filter(|row| row.text(column) == record.key.as_str()).cloned().collect()
            };
            let check = Check { tenant, record, texts: &texts, own: [own(0), own(1), own(2)] };
            check.header()?;
            check.timers(process, &self.calendars(record.as_of))?;
            check.messages()?;
            self.report.records += 1;
        }
        Ok(())
    }
}

/// Folds a record step by step; its procedure must have allowed each.
pub(crate) fn walked(
    procedures: &Procedures,
    tenant: &TenantId,
    key: &RecordKey,
    facts: &[Fact],
) -> Checked<(Record, Arc<Process>)> {
    let broken = |broken: domain::incident::Broken| fault_of(tenant, broken.seq, key, broken.to_string());
    let (first, rest) = facts.split_first().ok_or_else(|| fault_of(tenant, 0, key, "no fact opens the record"))?;
    let record = Record::fold(std::slice::from_ref(first)).map_err(broken)?;
    let mut record = record.ok_or_else(|| fault_of(tenant, first.seq, key, "no fact opens the record"))?;
    let opened = &record.opened.what;
    let process = procedure(procedures, &opened.process, opened.edition);
    let process =
        process.ok_or_else(|| fault_of(tenant, first.seq, key, "the version of its procedure is not there"))?;
    for fact in rest {
        if let Body::RecordActed(acted) = &fact.body {
            let allowed = process.verb(&acted.verb).is_some_and(|verb| {
                record.guard(&process, verb, &fact.actor).is_ok() && verb.leads(&record.state) == Some(&acted.to)
            });
            if !allowed {
                let what = format!("the procedure does not allow {} to {} here", acted.verb, acted.to);
                return Err(fault_of(tenant, fact.seq, key, what));
            }
        }
        record.apply(fact).map_err(broken)?;
    }
    Ok((record, process))
}

/// The blobs whose words stand in rows, too.
fn words(record: &Record) -> Vec<&BlobId> {
    let details = notices(&record.deliveries).filter_map(|(_, sent)| sent.attempts.last());
    std::iter::once(&record.opened.what.title).chain(details.map(|attempt| &attempt.what.1)).collect()
}

/// One record with its rows, by the order of [`TABLES`].
struct Check<'a> {
    tenant: &'a TenantId,
    record: &'a Record,
    texts: &'a HashMap<BlobId, String>,
    own: [Vec<StoredRow>; 3],
}

impl Check<'_> {
    fn expected(&self, cells: Vec<(&'static str, Cell)>) -> Expected {
        Expected { seq: self.record.last_seq, record: Some(self.record.key.clone()), cells }
    }

    fn header(&self) -> Checked {
        let title = self.texts.get(&self.record.opened.what.title).cloned().unwrap_or_default();
        let row = cached_row(self.tenant, self.record, title);
        let mut table = Table::new(self.tenant, "records", &["key"]);
        let cells = vec![
            ("project", row.project.as_str().into()),
            ("number", row.number.into()),
            ("kind", row.kind.as_str().into()),
            ("state", row.state.as_str().into()),
            ("version", row.version.into()),
            ("title", row.title.as_str().into()),
            ("assignee", row.assignee.as_ref().map(ToString::to_string).into()),
            ("opened", row.opened.into()),
            ("ended", row.ended.into()),
        ];
        table.expect(vec![row.key.as_str().into()], self.expected(cells));
        table.compare(&self.own[0], self.record.last_seq)
    }

    /// The timers are those of one of the calendars that may have been known.
    fn timers(&self, process: &Process, calendars: &[Calendar]) -> Checked {
        let mut said = Ok(());
        for calendar in calendars {
            let mut table = Table::new(self.tenant, "timers", &["kind"]);
            let wanted = timer_rows(self.record, process, calendar);
            for timer in &wanted {
                let cells =
                    vec![("generation", timer.generation.into()), ("due", timer.due.into()), ("fired", Cell::Null)];
                table.expect(vec![timer.kind.as_str().into()], self.expected(cells));
            }
            let is_wanted = |row: &&StoredRow| {
                row.get("fired") == &Cell::Null || wanted.iter().any(|timer| timer.kind == row.text("kind"))
            };
            let standing: Vec<StoredRow> = self.own[1].iter().filter(is_wanted).cloned().collect();
            let checked = table.compare(&standing, self.record.last_seq);
            if checked.is_ok() {
                return Ok(());
            }
            said = said.and(checked);
        }
        said
    }

    /// Each message stands as its last attempt left it; one that is being sent is still queued for the facts.
    fn messages(&self) -> Checked {
        let mut table = Table::new(self.tenant, "messages", &["id"]);
        for (id, sent) in notices(&self.record.deliveries) {
            let row = self.own[2].iter().find(|row| row.text("id") == id.as_str());
            let is_sending = row.is_some_and(|row| row.text("state") == "sending");
            let mut cells = sent.cells(is_sending, self.texts);
            cells.push(("record", self.record.key.as_str().into()));
            table.expect(vec![id.as_str().into()], Expected { seq: sent.last_seq(), ..self.expected(cells) });
        }
        table.compare(&self.own[2], self.record.last_seq)
    }
}
