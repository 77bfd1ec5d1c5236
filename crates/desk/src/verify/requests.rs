//! Requests: each is folded again from its facts and compared with its header, its clock, its timers and its messages.

use super::records::sent_of;
use super::rows::{Expected, Table};
use super::{Audit, Checked, fault_of};
use crate::request::{cached_row, timer_rows};
use domain::calendar::Calendar;
use domain::fact::Fact;
use domain::ids::{BlobId, RecordKey, TenantId};
use domain::request::Request;
use std::collections::HashMap;
use store::{Cell, RequestRow, StoredRow};

/// Tables with rows of requests, and the column that names the record.
const TABLES: [(&str, &str); 5] =
    [("records", "key"), ("requests", "key"), ("timers", "subject"), ("messages", "record"), ("secrets", "record")];

impl Audit<'_> {
    /// Folds and compares some requests, whose facts are at hand.
    pub(super) async fn requests(
        &mut self,
        tenant: &TenantId,
        keys: &[RecordKey],
        facts: &mut HashMap<RecordKey, Vec<Fact>>,
    ) -> Checked {
        if keys.is_empty() {
            return Ok(());
        }
        let mut requests = vec![];
        for key in keys {
            let broken = |broken: domain::incident::Broken| fault_of(tenant, broken.seq, key, broken.to_string());
            let request = Request::fold(&facts.remove(key).unwrap_or_default()).map_err(broken)?;
            let request = request.ok_or_else(|| fault_of(tenant, 0, key, "no fact files the request"))?;
            let seq = request.filed.seq;
            let request = super::files::under_its_procedure(&self.procedures, request);
            requests
                .push(request.ok_or_else(|| fault_of(tenant, seq, key, "the version of its procedure is not there"))?);
        }
        let names: Vec<&str> = keys.iter().map(RecordKey::as_str).collect();
        let mut rows = vec![];
        for (table, column) in TABLES {
            rows.push(self.snapshot.rows_among(table, tenant, column, &names).await?);
        }
        let words: Vec<&BlobId> = requests.iter().flat_map(words).collect();
        let texts = self.snapshot.texts(tenant, &words).await?;
        for request in &requests {
            let own = |place: usize| -> Vec<StoredRow> {
                let (_, column) = TABLES[place];
                rows[place].iter().filter(|row| row.text(column) == request.key.as_str()).cloned().collect()
            };
            let own = [own(0), own(1), own(2), own(3), own(4)];
            let check = Check { tenant, request, texts: &texts, own: &own };
            check.by_any(&self.calendars(request.as_of))?;
            check.messages()?;
            check.secrets()?;
            self.report.records += 1;
        }
        Ok(())
    }
}

/// The blobs whose words stand in rows, too.
fn words(request: &Request) -> Vec<&BlobId> {
    let details = sent_of(request).filter_map(|(_, sent)| sent.attempts.last());
    std::iter::once(&request.title).chain(details.map(|attempt| &attempt.what.1)).collect()
}

/// One request with its rows, by the order of [`TABLES`].
struct Check<'a> {
    tenant: &'a TenantId,
    request: &'a Request,
    texts: &'a HashMap<BlobId, String>,
    own: &'a [Vec<StoredRow>; 5],
}

impl Check<'_> {
    fn expected(&self, cells: Vec<(&'static str, Cell)>) -> Expected {
        Expected { seq: self.request.last_seq, record: Some(self.request.key.clone()), cells }
    }

    fn compare(&self, table: Table<'_>, rows: &[StoredRow]) -> Checked {
        table.compare(rows, self.request.last_seq)
    }

    /// Header and timers are those of one of the calendars that may have been known.
    fn by_any(&self, calendars: &[Calendar]) -> Checked {
        let mut said = Ok(());
        for calendar in calendars {
            let checked = self.header(calendar).and_then(|()| self.timers(calendar));
            if checked.is_ok() {
                return Ok(());
            }
            said = said.and(checked);
        }
        said
    }

    fn header(&self, calendar: &Calendar) -> Checked {
        let title = self.texts.get(&self.request.title).cloned().unwrap_or_default();
        let row: RequestRow = cached_row(self.tenant, self.request, title, calendar);
        let mut table = Table::new(self.tenant, "records", &["key"]);
        let key = || vec![row.key.as_str().into()];
        let cells = vec![
            ("project", row.project.as_str().into()),
            ("number", row.number.into()),
            ("kind", "request".into()),
            ("state", row.state.as_str().into()),
            ("version", row.version.into()),
            ("title", row.title.as_str().into()),
            ("assignee", row.assignee.as_ref().map(ToString::to_string).into()),
            ("opened", row.opened.into()),
            ("ended", row.ended.into()),
        ];
        table.expect(key(), self.expected(cells));
        self.compare(table, &self.own[0])?;
        let mut table = Table::new(self.tenant, "requests", &["key"]);
        let cells = vec![
            ("entry", row.entry.as_str().into()),
            ("kind", row.kind.as_str().into()),
            ("report", row.report.as_str().into()),
            ("class", row.class.as_str().into()),
            ("days", row.days.into()),
            ("pace", row.pace.as_str().into()),
            ("channel", row.channel.as_str().into()),
            ("received", row.received.into()),
            ("standard_due", row.standard_due.into()),
            ("raw_due", row.raw_due.into()),
            ("due", row.due.into()),
            ("held", row.held.into()),
            ("awaiting", row.awaiting.clone().into()),
            ("excepted", row.excepted.into()),
            ("done", row.done.into()),
            ("breached", row.breached.into()),
            ("urgent", row.urgent.into()),
            ("owed", row.owed.clone().into()),
            ("owed_due", row.owed_due.into()),
            ("work_from", row.work_from.into()),
            ("work_to", row.work_to.into()),
            ("handed", row.handed.into()),
        ];
        table.expect(key(), self.expected(cells));
        self.compare(table, &self.own[1])
    }

    /// The timers that must fire stand and have not fired; of those that have, nothing is left to be done.
    fn timers(&self, calendar: &Calendar) -> Checked {
        let mut table = Table::new(self.tenant, "timers", &["kind"]);
        let wanted = timer_rows(self.request, calendar);
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

    /// Each message stands as its last attempt left it; one that is being sent is still queued for the facts.
    fn messages(&self) -> Checked {
        let mut table = Table::new(self.tenant, "messages", &["id"]);
        for (id, sent) in sent_of(self.request) {
            let row = self.own[3].iter().find(|row| row.text("id") == id.as_str());
            let is_sending = row.is_some_and(|row| row.text("state") == "sending");
            let mut cells = sent.cells(is_sending, self.texts);
            cells.push(("record", self.request.key.as_str().into()));
            table.expect(vec![id.as_str().into()], Expected { seq: sent.last_seq(), ..self.expected(cells) });
        }
        self.compare(table, &self.own[3])
    }

    /// A secret stands until it was read or taken back, or its time passed.
    fn secrets(&self) -> Checked {
        let mut table = Table::new(self.tenant, "secrets", &["number"]);
        for secret in self.request.secrets.iter().filter(|secret| secret.what.gone.is_none()) {
            let cells = vec![("record", self.request.key.as_str().into()), ("until", secret.what.until.into())];
            table.expect(vec![secret.mark.seq.into()], self.expected(cells));
        }
        self.compare(table, &self.own[4])
    }
}
