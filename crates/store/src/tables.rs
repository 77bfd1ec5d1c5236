//! The tables as the database itself lists them, and their values without types: for `verify` and for backups.

use crate::Failure;
use crate::db::Tx;
use crate::db::sqlite::FromSqlite;
use crate::values::{Val, vals};
use domain::time::Instant;
use rusqlite::types::ValueRef;
use sqlx::postgres::PgRow;
use sqlx::{Column as _, FromRow, Row as _, TypeInfo as _, ValueRef as _};
use std::sync::Arc;

/// Every table that holds something of the desk, after those it refers to, with its primary key. What only concerns running
/// processes (`nodes`, `readiness`, `packs`, `number_leases`) is not among them.
pub(crate) const TABLES: [(&str, &str); 28] = [
    ("tenants", "id"),
    ("projects", "tenant, key"),
    ("people", "id"),
    ("memberships", "tenant, id"),
    ("delegations", "tenant, id"),
    ("sessions", "id"),
    ("api_keys", "tenant, id"),
    ("chain_heads", "tenant, lane"),
    ("facts", "tenant, lane, seq"),
    ("blobs", "tenant, id"),
    ("checkpoints", "tenant, lane, seq"),
    ("versions", "tenant, kind, subject, version"),
    ("causes", "tenant, number"),
    ("records", "tenant, key"),
    ("incidents", "tenant, key"),
    ("requests", "tenant, key"),
    ("frozen_tables", "tenant, number"),
    ("frozen_verdicts", "tenant, record, number"),
    ("correlations", "tenant, project, dedup_key"),
    ("alerts", "tenant, incident, alert_key"),
    ("windows", "tenant, key"),
    ("window_alerts", "tenant, window_key, dedup_key, alert_key"),
    ("alert_events", "tenant, id"),
    ("timers", "tenant, subject, kind"),
    ("messages", "tenant, id"),
    ("webhooks", "tenant, id"),
    ("mails", "tenant, number"),
    ("secrets", "tenant, number"),
];

/// Tables of the desk whose rows are only good for a while; kept in a backup all the same.
pub(crate) const PASSING: [(&str, &str); 1] = [("idempotency", "tenant, caller, key")];

/// A value of a column as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cell {
    /// No value.
    Null,
    /// A whole number; instants are milliseconds since 1970.
    Int(i64),
    /// A text.
    Text(String),
    /// Bytes, or a text that is not UTF-8.
    Bytes(Vec<u8>),
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Whole numbers.
    Int,
    /// Texts.
    Text,
    /// Bytes.
    Bytes,
}

/// A table with its columns in their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// Names and kinds of its columns.
    pub columns: Vec<(String, Kind)>,
    /// Names of the columns of its primary key.
    pub key: Vec<&'static str>,
    pub(crate) names: Arc<[String]>,
}

/// A row with a value for each column of its table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredRow {
    names: Arc<[String]>,
    /// The values in the order of the columns.
    pub cells: Vec<Cell>,
}

impl StoredRow {
    /// A row read from elsewhere, with a value for each name.
    pub fn of(names: Arc<[String]>, cells: Vec<Cell>) -> Self {
        Self { names, cells }
    }

    /// The value of a column; [`Cell::Null`] where there is no such column.
    pub fn get(&self, column: &str) -> &Cell {
        let place = self.names.iter().position(|name| name == column);
        place.and_then(|place| self.cells.get(place)).unwrap_or(&Cell::Null)
    }

    /// The text of a column; empty where it holds none.
    pub fn text(&self, column: &str) -> &str {
        if let Cell::Text(text) = self.get(column) { text } else { "" }
    }

    /// The number of a column; none where it holds none.
    pub fn int(&self, column: &str) -> Option<i64> {
        if let Cell::Int(number) = self.get(column) { Some(*number) } else { None }
    }
}

impl Table {
    /// The tables of the database behind a transaction; `verify` and backups read nothing else.
    pub(crate) async fn all(tx: &mut Tx) -> Result<Vec<Self>, Failure> {
        let mut tables = vec![];
        for (name, key) in TABLES.into_iter().chain(PASSING) {
            let columns: Vec<(String, String)> = tx.all(tx.columns_of_table(), vals![name]).await?;
            let columns: Vec<_> = columns.into_iter().map(|(name, kind)| (name, kind_of(&kind))).collect();
            let names = columns.iter().map(|(name, _)| name.clone()).collect();
            tables.push(Self { name, columns, key: key.split(", ").collect(), names });
        }
        Ok(tables)
    }

    /// The column that says whose a row is; none where it is nobody's alone.
    pub fn tenant_column(&self) -> Option<&'static str> {
        if self.name == "tenants" {
            return Some("id");
        }
        self.names.iter().any(|name| name == "tenant").then_some("tenant")
    }

    /// The columns as a `SELECT` lists them.
    pub(crate) fn list(&self) -> String {
        self.names.join(", ")
    }

    pub(crate) fn rows(&self, cells: Vec<Cells>) -> Vec<StoredRow> {
        cells.into_iter().map(|Cells(cells)| StoredRow { names: self.names.clone(), cells }).collect()
    }
}

fn kind_of(declared: &str) -> Kind {
    match declared {
        "INTEGER" | "bigint" => Kind::Int,
        "BLOB" | "bytea" => Kind::Bytes,
        _ => Kind::Text,
    }
}

impl Cell {
    /// The value as it is bound, for a column of that kind.
    pub(crate) fn bound(self, kind: Kind) -> Val {
        match (self, kind) {
            (Self::Null, Kind::Int) => Val::Int(None),
            (Self::Null, Kind::Text) => Val::Text(None),
            (Self::Null, Kind::Bytes) => Val::Bytes(None),
            (Self::Int(v), _) => Val::Int(Some(v)),
            (Self::Text(v), _) => Val::Text(Some(v)),
            (Self::Bytes(v), _) => Val::Bytes(Some(v)),
        }
    }
}

macro_rules! cell_from {
    ($($source:ty => |$v:ident| $cell:expr),* $(,)?) => {$(
        impl From<$source> for Cell {
            fn from($v: $source) -> Self { $cell }
        }
    )*};
}
cell_from! {
    i64 => |v| Self::Int(v),
    // No counter comes near 2^63, where the database's integers end.
    u64 => |v| Self::Int(i64::try_from(v).unwrap_or(i64::MAX)),
    u32 => |v| Self::Int(v.into()),
    &str => |v| Self::Text(v.to_owned()),
    String => |v| Self::Text(v),
    Instant => |v| Self::Int(v.ms()),
}

impl<T: Into<Self>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// A row's values as the database says them, whatever their types.
pub(crate) struct Cells(Vec<Cell>);

fn text(bytes: Vec<u8>) -> Cell {
    String::from_utf8(bytes).map_or_else(|error| Cell::Bytes(error.into_bytes()), Cell::Text)
}

impl FromSqlite for Cells {
    const COLUMNS: &'static [&'static str] = &[];

    fn from_sqlite(row: &rusqlite::Row<'_>, _: &[usize]) -> rusqlite::Result<Self> {
        let cell = |place: usize| {
            Ok(match row.get_ref(place)? {
                ValueRef::Null => Cell::Null,
                ValueRef::Integer(number) => Cell::Int(number),
                ValueRef::Text(bytes) => text(bytes.to_vec()),
                ValueRef::Blob(bytes) => Cell::Bytes(bytes.to_vec()),
                ValueRef::Real(number) => Cell::Bytes(number.to_string().into_bytes()),
            })
        };
        (0..row.as_ref().column_count()).map(cell).collect::<Result<_, _>>().map(Self)
    }
}

impl<'r> FromRow<'r, PgRow> for Cells {
    fn from_row(row: &'r PgRow) -> Result<Self, sqlx::Error> {
        let cell = |place: usize| {
            let raw = row.try_get_raw(place)?;
            if raw.is_null() {
                return Ok(Cell::Null);
            }
            let kind = raw.type_info();
            Ok(match kind.name() {
                "INT8" => Cell::Int(row.try_get_unchecked(place)?),
                "BYTEA" => Cell::Bytes(row.try_get_unchecked(place)?),
                _ => Cell::Text(row.try_get_unchecked(place)?),
            })
        };
        row.columns().iter().map(|column| cell(column.ordinal())).collect::<Result<_, _>>().map(Self)
    }
}
