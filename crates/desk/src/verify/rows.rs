//! Comparing rows with what the facts say they must be.

use super::{Checked, Fault, VerifyError};
use domain::ids::{RecordKey, TenantId};
use std::collections::BTreeMap;
use store::{Cell, StoredRow};

/// A row as the facts say it.
pub(super) struct Expected {
    /// The last fact that had a say in it.
    pub(super) seq: u64,
    pub(super) record: Option<RecordKey>,
    pub(super) cells: Vec<(&'static str, Cell)>,
}

/// The rows of one table as the facts say them, by the columns that tell them apart.
pub(super) struct Table<'a> {
    pub(super) tenant: &'a TenantId,
    pub(super) name: &'static str,
    pub(super) key: &'static [&'static str],
    rows: BTreeMap<Vec<Cell>, Expected>,
}

impl<'a> Table<'a> {
    pub(super) fn new(tenant: &'a TenantId, name: &'static str, key: &'static [&'static str]) -> Self {
        Self { tenant, name, key, rows: BTreeMap::new() }
    }

    pub(super) fn expect(&mut self, key: Vec<Cell>, row: Expected) {
        self.rows.insert(key, row);
    }

    /// Compares all rows; `seq` names those that no fact tells of.
    pub(super) fn compare(mut self, stored: &[StoredRow], seq: u64) -> Checked {
        let Self { tenant, name, key, .. } = self;
        let wrong = |seq, record, what| VerifyError::Fault(Fault { tenant: tenant.clone(), seq, record, what });
        for row in stored {
            let place: Vec<Cell> = key.iter().map(|column| row.get(column).clone()).collect();
            let Some(expected) = self.rows.remove(&place) else {
                let record = ["incident", "subject", "key", "record"].into_iter().map(|column| row.text(column));
                let record = record.into_iter().find(|text| text.contains('-')).map(RecordKey::new);
                return Err(wrong(seq, record, format!("no fact tells of the row {} of {name}", shown(&place))));
            };
            if let Some((column, cell)) = expected.cells.iter().find(|(column, cell)| row.get(column) != cell) {
                let (is, says) = (shown(&[row.get(column).clone()]), shown(std::slice::from_ref(cell)));
                let what = format!("{name}.{column} of {} is {is}, and the facts say {says}", shown(&place));
                return Err(wrong(expected.seq, expected.record, what));
            }
        }
        match self.rows.into_iter().next() {
            None => Ok(()),
            Some((place, expected)) => {
                Err(wrong(expected.seq, expected.record, format!("the row {} of {name} is missing", shown(&place))))
            }
        }
    }
}

/// Values as people read them, long ones cut.
fn shown(cells: &[Cell]) -> String {
    let one = |cell: &Cell| match cell {
        Cell::Null => "nothing".to_owned(),
        Cell::Int(number) => number.to_string(),
        Cell::Text(text) => format!("“{}”", text.chars().take(80).collect::<String>()),
        Cell::Bytes(bytes) => format!("{} bytes", bytes.len()),
    };
    cells.iter().map(one).collect::<Vec<_>>().join(", ")
}
