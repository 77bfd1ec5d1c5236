//! Windows of work: each is folded again from its facts and compared with its row, its timer and the alerts kept in it.

use super::chain::Chain;
use super::events::Told;
use super::rows::{Expected, Table};
use super::{Audit, Checked, fault_of};
use crate::window::timer_rows;
use domain::fact::Fact;
use domain::ids::{RecordKey, TenantId};
use domain::time::Instant;
use domain::window::Window;
use std::collections::HashMap;
use store::{Cell, StoredRow};

/// Tables with rows of windows, and the column that names the window.
pub(super) const TABLES: [(&str, &str); 2] = [("windows", "key"), ("window_alerts", "window_key")];

/// How often each alert of a window was told, by dedup key and alert key.
pub(super) type Kept = HashMap<(String, String), Told>;

impl Audit<'_> {
    /// Folds and compares some windows, whose facts are at hand.
    pub(super) async fn windows(
        &mut self,
        chain: &mut Chain,
        keys: &[RecordKey],
        facts: &mut HashMap<RecordKey, Vec<Fact>>,
    ) -> Checked {
        if keys.is_empty() {
            return Ok(());
        }
        let tenant = chain.tenant.clone();
        let names: Vec<&str> = keys.iter().map(RecordKey::as_str).collect();
        let mut rows = vec![];
        for (table, column) in TABLES.into_iter().chain([("timers", "subject")]) {
            rows.push(self.snapshot.rows_among(table, &tenant, column, &names).await?);
        }
        let own = |table: usize, column: &str, key: &RecordKey| -> Vec<StoredRow> {
            rows[table].iter().filter(|row| row.text(column) == key.as_str()).cloned().collect()
        };
        for key in keys {
            let broken = |broken: domain::incident::Broken| fault_of(&tenant, broken.seq, key, broken.to_string());
            let window = Window::fold(&facts.remove(key).unwrap_or_default()).map_err(broken)?;
            let window = window.ok_or_else(|| fault_of(&tenant, chain.seq, key, "no fact announces the window"))?;
            let told = chain.events.kept.remove(key.as_str()).unwrap_or_default();
            let check = Check { tenant: &tenant, window: &window };
            check.header(&own(0, "key", key))?;
            check.alerts(&own(1, "window_key", key), &told)?;
            check.timers(&own(2, "subject", key))?;
        }
        Ok(())
    }
}

/// One window.
struct Check<'a> {
    tenant: &'a TenantId,
    window: &'a Window,
}

impl Check<'_> {
    fn expected(&self, cells: Vec<(&'static str, Cell)>) -> Expected {
        Expected { seq: self.window.last_seq, record: Some(self.window.key.clone()), cells }
    }

    fn header(&self, rows: &[StoredRow]) -> Checked {
        let it = self.window;
        let cells = vec![
            ("project", it.project.as_str().into()),
            ("number", it.number.into()),
            ("kind", it.kind.code().into()),
            ("hosts", it.hosts.as_str().into()),
            ("work", it.work.as_str().into()),
            ("caller", it.caller.as_ref().map(ToString::to_string).into()),
            ("begins", it.from.into()),
            ("ends", it.to.into()),
            ("announced", it.announced.at.into()),
            ("ended", it.ended.as_ref().map(|mark| mark.at).into()),
            ("cancelled", u32::from(it.cancelled).into()),
        ];
        let mut table = Table::new(self.tenant, "windows", &["key"]);
        table.expect(vec![it.key.as_str().into()], self.expected(cells));
        table.compare(rows, it.last_seq)
    }

    /// An alert was told here as often as it has events, and came from another window when the fact says.
    fn alerts(&self, rows: &[StoredRow], told: &Kept) -> Checked {
        let mut table = Table::new(self.tenant, "window_alerts", &["dedup_key", "alert_key"]);
        for (place, alert) in &self.window.alerts {
            let told = told.get(place);
            let carried = alert.carried.map(Instant::ms);
            let first = told.and_then(|told| instant(&told.first)).into_iter().chain(carried).min();
            let last = told.and_then(|told| instant(&told.last)).into_iter().chain(carried).max();
            let cells = vec![
                ("status", if alert.resolved { "resolved" } else { "firing" }.into()),
                ("count", told.map_or(0, |told| told.count).into()),
                ("counted", alert.total.into()),
                ("first_received", first.into()),
                ("last_received", last.into()),
                ("led_to", alert.led_to.as_ref().map(ToString::to_string).into()),
            ];
            table.expect(vec![place.0.as_str().into(), place.1.as_str().into()], self.expected(cells));
        }
        if let Some((_, stray)) = told.keys().find(|place| !self.window.alerts.contains_key(*place)) {
            let what = format!("no fact tells of the events of alert “{stray}”");
            return Err(fault_of(self.tenant, self.window.last_seq, &self.window.key, what));
        }
        table.compare(rows, self.window.last_seq)
    }

    /// The timer stands and has not fired, until the window ends.
    fn timers(&self, rows: &[StoredRow]) -> Checked {
        let mut table = Table::new(self.tenant, "timers", &["kind"]);
        let wanted = timer_rows(self.window);
        for timer in &wanted {
            let cells = vec![("generation", timer.generation.into()), ("due", timer.due.into()), ("fired", Cell::Null)];
            table.expect(vec![timer.kind.as_str().into()], self.expected(cells));
        }
        let is_wanted = |row: &&StoredRow| row.get("fired") == &Cell::Null || !wanted.is_empty();
        let standing: Vec<StoredRow> = rows.iter().filter(is_wanted).cloned().collect();
        table.compare(&standing, self.window.last_seq)
    }
}

fn instant(cell: &Cell) -> Option<i64> {
    if let Cell::Int(ms) = cell { Some(*ms) } else { None }
}
