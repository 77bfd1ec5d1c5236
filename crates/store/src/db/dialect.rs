//! The few texts in which SQLite and PostgreSQL differ inside a statement.

use super::{Db, Tx};
use crate::Failure;
use crate::clock::POSTGRES_CLOCK;
use crate::values::Val;

/// `($1, $2, ...)` with `width` places, numbered from `offset + 1`.
pub(crate) fn places(offset: usize, width: usize) -> String {
    let numbers: Vec<String> = (offset + 1..=offset + width).map(|n| format!("${n}")).collect();
    format!("({})", numbers.join(", "))
}

/// `(?, ?), (?, ?), ...` for rows of `width` values. Places without a name: SQLite looks a named one up among all others,
/// which costs the square of their number.
pub(crate) fn rows(rows: usize, width: usize) -> String {
    let row = format!("({})", vec!["?"; width].join(", "));
    vec![row.as_str(); rows].join(", ")
}

/// Values of one statement of SQLite at most.
pub(crate) const VALUES_MAX: usize = 4_000;

/// How many of `rows` rows one statement of SQLite inserts: any number up to 16 and above that only
/// sizes of two leading bits (24, 32, 48 ...), so that few distinct statements are prepared and a usual batch takes one.
pub(crate) fn chunk(rows: usize, width: usize) -> usize {
    let most = rows.min(VALUES_MAX / width.max(1)).max(1);
    let low = if most <= 16 { 0 } else { most.ilog2().saturating_sub(1) };
    most >> low << low
}

/// The values of one column, for PostgreSQL's `UNNEST`.
pub(crate) enum Column {
    Int(Vec<Option<i64>>),
    Text(Vec<Option<String>>),
    Bytes(Vec<Option<Vec<u8>>>),
}

/// Rows turned into columns. A column has one kind of value, that of its first row.
pub(crate) fn columns(rows: Vec<Vec<Val>>) -> Vec<Column> {
    let mut columns: Vec<Column> = Vec::new();
    for row in rows {
        for (place, val) in row.into_iter().enumerate() {
            match (columns.get_mut(place), val) {
                (None, Val::Int(v)) => columns.push(Column::Int(vec![v])),
                (None, Val::Text(v)) => columns.push(Column::Text(vec![v])),
                (None, Val::Bytes(v)) => columns.push(Column::Bytes(vec![v])),
                (Some(Column::Int(all)), Val::Int(v)) => all.push(v),
                (Some(Column::Text(all)), Val::Text(v)) => all.push(v),
                (Some(Column::Bytes(all)), Val::Bytes(v)) => all.push(v),
                // Lengths now differ, and the database refuses the row.
                (Some(_), _) => {}
            }
        }
    }
    columns
}

impl Tx {
    /// Row lock of a `SELECT`; SQLite's one writer holds the lock already.
    pub(crate) fn for_update(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "",
            Self::Postgres(_) => "FOR UPDATE",
        }
    }

    /// The database's clock as an expression; NULL where the process's own decides.
    pub(crate) fn clock(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "NULL",
            Self::Postgres(_) => POSTGRES_CLOCK,
        }
    }

    /// Name and declared type of the columns of the table `$1`, in their order.
    pub(crate) fn columns_of_table(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "SELECT name, type FROM pragma_table_info($1) ORDER BY cid",
            Self::Postgres(_) => {
                "SELECT column_name::text, data_type::text FROM information_schema.columns \
                 WHERE table_schema = current_schema() AND table_name = $1 ORDER BY ordinal_position"
            }
        }
    }

    /// Lets this transaction take its time; only for those that hold no lock others wait for.
    pub(crate) async fn without_timeouts(&mut self) -> Result<(), Failure> {
        if let Self::Postgres(_) = self {
            self.run("SET LOCAL statement_timeout = 0", vec![]).await?;
            self.run("SET LOCAL idle_in_transaction_session_timeout = 0", vec![]).await?;
        }
        Ok(())
    }

    /// Has the planner count what was just loaded into these tables, or all where none is named; otherwise it does so minutes
    /// later, and plans badly until then.
    pub(crate) async fn know_sizes(&mut self, tables: &[&str]) -> Result<(), Failure> {
        if let Self::Postgres(_) = self {
            self.run(format!("ANALYZE {}", tables.join(", ")).trim_end(), vec![]).await?;
        }
        Ok(())
    }

    /// Row lock of a claiming sub-select: rows that another node is claiming are passed over.
    pub(crate) fn skip_locked_of(&self, table: &str) -> String {
        match self {
            Self::Sqlite(_) => String::new(),
            Self::Postgres(_) => format!("FOR UPDATE OF {table} SKIP LOCKED"),
        }
    }
}

impl Db {
    /// The name of the engine, for people: `SQLite` or `PostgreSQL`.
    pub(crate) fn engine(&self) -> &'static str {
        match self {
            Self::Sqlite { .. } => "SQLite",
            Self::Postgres { .. } => "PostgreSQL",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_have_places_without_names() {
        assert_eq!(rows(2, 3), "(?, ?, ?), (?, ?, ?)");
    }

    #[test]
    fn a_chunk_never_exceeds_what_is_left_and_a_batch_takes_four_statements_at_most() {
        for rows in 1..=256 {
            let (mut left, mut statements) = (rows, 0);
            while left > 0 {
                let chunk = chunk(left, 13);
                assert!((1..=left).contains(&chunk), "{chunk} of {left}");
                left -= chunk;
                statements += 1;
            }
            assert!(statements <= 4, "{rows} rows take {statements} statements");
        }
        assert!(chunk(1_000_000, 13) * 13 <= 4_000);
        assert_eq!(chunk(5, 10_000), 1);
    }
}
