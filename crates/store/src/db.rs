//! The facade over sqlx and rusqlite: one SQL text, two databases.
//!
//! [`Db`] reads, [`Tx`] writes. Both take plain SQL with `$1` placeholders and a list of [`Val`]. What differs between the
//! databases sits in [`dialect`]; how SQLite is called in [`sqlite`]; what differs in their schema sits in `migrations/`.

pub(crate) mod dialect;
pub(crate) mod sqlite;
pub(crate) mod triggers;
mod words;

use crate::Failure;
use crate::values::Val;
use dialect::Column;
use sqlite::{FromSqlite, Lease, Pool};
use sqlx::postgres::{PgPool, PgRow, Postgres};
use sqlx::{AssertSqlSafe, FromRow, Transaction, query, query_as};

/// A struct that is read from a row of either database.
pub(crate) trait Row: FromSqlite + for<'r> FromRow<'r, PgRow> + Send + Unpin {}
impl<T> Row for T where T: FromSqlite + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

/// A database, open and migrated.
#[derive(Clone, Debug)]
pub(crate) enum Db {
    /// One writer that all writes queue for, readers that cannot write, and one that folds the log into the file.
    Sqlite { writer: Pool, readers: Pool, folder: Pool },
    /// Writes queue for the lock of a chain while they hold a connection; who holds that lock still has to read, so that readings
    /// have connections of their own.
    Postgres { writers: PgPool, readers: PgPool },
}

/// A write transaction. Dropped without [`Tx::commit`], it is rolled back.
pub(crate) enum Tx {
    Sqlite(Lease),
    Postgres(Transaction<'static, Postgres>),
}

/// Binds a list of values to a query of PostgreSQL.
macro_rules! bound {
    ($query:expr, $vals:expr) => {
        $vals.into_iter().fold($query, |query, val| match val {
            Val::Int(v) => query.bind(v),
            Val::Text(v) => query.bind(v),
            Val::Bytes(v) => query.bind(v),
        })
    };
}

/// The statements of this crate are texts of its own; what comes from outside is bound.
fn own(sql: &str) -> AssertSqlSafe<String> {
    AssertSqlSafe(sql.to_owned())
}

impl Db {
    /// Starts a write transaction; on SQLite it waits for the one writer.
    pub(crate) async fn begin(&self) -> Result<Tx, Failure> {
        Ok(match self {
            Self::Sqlite { writer, .. } => {
                let mut lease = writer.acquire().await?;
                lease.begin_writing().await?;
                Tx::Sqlite(lease)
            }
            Self::Postgres { writers, .. } => {
                Tx::Postgres(writers.begin_with("BEGIN ISOLATION LEVEL READ COMMITTED").await?)
            }
        })
    }

    /// Starts a read transaction that stands at one instant, however long it takes.
    pub(crate) async fn begin_reading(&self) -> Result<Tx, Failure> {
        let mut tx = match self {
            Self::Sqlite { readers, .. } => {
                let mut lease = readers.acquire().await?;
                lease.begin_reading()?;
                Tx::Sqlite(lease)
            }
            Self::Postgres { readers, .. } => {
                Tx::Postgres(readers.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?)
            }
        };
        tx.without_timeouts().await?;
        Ok(tx)
    }

    /// All rows of a query, outside a transaction.
    pub(crate) async fn all<T: Row>(&self, sql: &str, vals: Vec<Val>) -> Result<Vec<T>, Failure> {
        match self {
            Self::Sqlite { readers, .. } => readers.acquire().await?.all(sql, &vals),
            Self::Postgres { readers, .. } => {
                Ok(bound!(query_as::<Postgres, T>(own(sql)), vals).fetch_all(readers).await?)
            }
        }
    }

    /// The first row of a query, if any.
    pub(crate) async fn first<T: Row>(&self, sql: &str, vals: Vec<Val>) -> Result<Option<T>, Failure> {
        match self {
            Self::Sqlite { readers, .. } => readers.acquire().await?.first(sql, &vals),
            Self::Postgres { readers, .. } => {
                Ok(bound!(query_as::<Postgres, T>(own(sql)), vals).fetch_optional(readers).await?)
            }
        }
    }

    /// Runs one statement as a transaction of its own and says how many rows it changed.
    pub(crate) async fn run(&self, sql: &str, vals: Vec<Val>) -> Result<u64, Failure> {
        let mut tx = self.begin().await?;
        let changed = tx.run(sql, vals).await?;
        tx.commit().await?;
        Ok(changed)
    }
}

impl Tx {
    /// All rows of a query inside the transaction.
    pub(crate) async fn all<T: Row>(&mut self, sql: &str, vals: Vec<Val>) -> Result<Vec<T>, Failure> {
        match self {
            Self::Sqlite(lease) => lease.all(sql, &vals),
            Self::Postgres(tx) => Ok(bound!(query_as::<Postgres, T>(own(sql)), vals).fetch_all(&mut **tx).await?),
        }
    }

    /// The first row of a query inside the transaction, if any.
    pub(crate) async fn first<T: Row>(&mut self, sql: &str, vals: Vec<Val>) -> Result<Option<T>, Failure> {
        match self {
            Self::Sqlite(lease) => lease.first(sql, &vals),
            Self::Postgres(tx) => Ok(bound!(query_as::<Postgres, T>(own(sql)), vals).fetch_optional(&mut **tx).await?),
        }
    }

    /// Runs a statement and says how many rows it changed.
    pub(crate) async fn run(&mut self, sql: &str, vals: Vec<Val>) -> Result<u64, Failure> {
        match self {
            Self::Sqlite(lease) => lease.run(sql, &vals),
            Self::Postgres(tx) => {
                Ok(bound!(query::<Postgres>(own(sql)), vals).execute(&mut **tx).await?.rows_affected())
            }
        }
    }

    /// Inserts many rows by few statements. `head` is `INSERT INTO t (a, b)`, `tail` a conflict clause or empty; all rows have the
    /// same number of values, and no two the same key where `tail` updates.
    pub(crate) async fn insert(&mut self, head: &str, rows: Vec<Vec<Val>>, tail: &str) -> Result<(), Failure> {
        let Some(width) = rows.first().map(Vec::len) else { return Ok(()) };
        match self {
            Self::Sqlite(lease) => {
                let mut rows = rows.into_iter();
                while rows.len() > 0 {
                    let chunk = dialect::chunk(rows.len(), width);
                    let sql = format!("{head} VALUES {} {tail}", dialect::rows(chunk, width));
                    let vals: Vec<Val> = rows.by_ref().take(chunk).flatten().collect();
                    lease.run(&sql, &vals)?;
                }
            }
            Self::Postgres(tx) => {
                // One array a column: one statement and one plan, however many rows.
                let sql = format!("{head} SELECT * FROM UNNEST{} {tail}", dialect::places(0, width));
                let query = query::<Postgres>(own(&sql));
                let query = dialect::columns(rows).into_iter().fold(query, |query, column| match column {
                    Column::Int(v) => query.bind(v),
                    Column::Text(v) => query.bind(v),
                    Column::Bytes(v) => query.bind(v),
                });
                query.execute(&mut **tx).await?;
            }
        }
        Ok(())
    }

    /// Makes the transaction durable. Only after this returns may anyone be told of it.
    pub(crate) async fn commit(self) -> Result<(), Failure> {
        match self {
            Self::Sqlite(mut lease) => lease.commit(),
            Self::Postgres(tx) => Ok(tx.commit().await?),
        }
    }
}
