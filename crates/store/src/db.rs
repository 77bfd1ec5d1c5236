//! The facade over sqlx: one SQL text, two databases.
//!
//! [`Db`] reads, [`Tx`] writes. Both take plain SQL with `$1` placeholders and a list of [`Val`]. What differs between the
//! databases sits in [`dialect`]; what differs in their schema sits in `migrations/`.

pub(crate) mod dialect;
pub(crate) mod triggers;

use crate::Failure;
use crate::values::Val;
use dialect::Column;
use sqlx::postgres::{PgPool, PgRow, Postgres};
use sqlx::sqlite::{Sqlite, SqlitePool, SqliteRow};
use sqlx::{AssertSqlSafe, FromRow, Transaction, query, query_as};

/// A struct that is read from a row of either database; the derive of `sqlx::FromRow` gives both.
pub(crate) trait Row: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}
impl<T> Row for T where T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

/// A database, open and migrated.
#[derive(Clone, Debug)]
pub(crate) enum Db {
    /// One writer that all writes queue for, readers that cannot write, and one that folds the log into the file.
    Sqlite { writer: SqlitePool, readers: SqlitePool, folder: SqlitePool },
    /// Writes queue for the lock of a chain while they hold a connection; who holds that lock still has to read, so that readings
    /// have connections of their own.
    Postgres { writers: PgPool, readers: PgPool },
}

/// A write transaction. Dropped without [`Tx::commit`], it is rolled back.
pub(crate) enum Tx {
    Sqlite { tx: Transaction<'static, Sqlite>, later: Later },
    Postgres(Transaction<'static, Postgres>),
}

/// Binds a list of values to a query of either database.
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
            Self::Sqlite { writer, .. } => Tx::sqlite(writer.begin_with("BEGIN IMMEDIATE").await?),
            Self::Postgres { writers, .. } => {
                Tx::Postgres(writers.begin_with("BEGIN ISOLATION LEVEL READ COMMITTED").await?)
            }
        })
    }

    /// Starts a read transaction that stands at one instant, however long it takes.
    pub(crate) async fn begin_reading(&self) -> Result<Tx, Failure> {
        let mut tx = match self {
            Self::Sqlite { readers, .. } => Tx::sqlite(readers.begin().await?),
            Self::Postgres { readers, .. } => {
                Tx::Postgres(readers.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?)
            }
        };
        tx.without_timeouts().await?;
        Ok(tx)
    }

    /// All rows of a query, outside a transaction.
    pub(crate) async fn all<T: Row>(&self, sql: &str, vals: Vec<Val>) -> Result<Vec<T>, Failure> {
        Ok(match self {
            Self::Sqlite { readers, .. } => bound!(query_as::<Sqlite, T>(own(sql)), vals).fetch_all(readers).await?,
            Self::Postgres { readers, .. } => {
                bound!(query_as::<Postgres, T>(own(sql)), vals).fetch_all(readers).await?
            }
        })
    }

    /// The first row of a query, if any.
    pub(crate) async fn first<T: Row>(&self, sql: &str, vals: Vec<Val>) -> Result<Option<T>, Failure> {
        Ok(match self {
            Self::Sqlite { readers, .. } => {
                bound!(query_as::<Sqlite, T>(own(sql)), vals).fetch_optional(readers).await?
            }
            Self::Postgres { readers, .. } => {
                bound!(query_as::<Postgres, T>(own(sql)), vals).fetch_optional(readers).await?
            }
        })
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
    fn sqlite(tx: Transaction<'static, Sqlite>) -> Self {
        Self::Sqlite { tx, later: Later::default() }
    }

    /// All rows of a query inside the transaction.
    pub(crate) async fn all<T: Row>(&mut self, sql: &str, vals: Vec<Val>) -> Result<Vec<T>, Failure> {
        self.catch_up().await?;
        Ok(match self {
            Self::Sqlite { tx, .. } => bound!(query_as::<Sqlite, T>(own(sql)), vals).fetch_all(&mut **tx).await?,
            Self::Postgres(tx) => bound!(query_as::<Postgres, T>(own(sql)), vals).fetch_all(&mut **tx).await?,
        })
    }

    /// The first row of a query inside the transaction, if any.
    pub(crate) async fn first<T: Row>(&mut self, sql: &str, vals: Vec<Val>) -> Result<Option<T>, Failure> {
        self.catch_up().await?;
        Ok(match self {
            Self::Sqlite { tx, .. } => bound!(query_as::<Sqlite, T>(own(sql)), vals).fetch_optional(&mut **tx).await?,
            Self::Postgres(tx) => bound!(query_as::<Postgres, T>(own(sql)), vals).fetch_optional(&mut **tx).await?,
        })
    }

    /// Runs a statement and says how many rows it changed.
    pub(crate) async fn run(&mut self, sql: &str, vals: Vec<Val>) -> Result<u64, Failure> {
        self.catch_up().await?;
        Ok(match self {
            Self::Sqlite { tx, .. } => {
                bound!(query::<Sqlite>(own(sql)), vals).execute(&mut **tx).await?.rows_affected()
            }
            Self::Postgres(tx) => bound!(query::<Postgres>(own(sql)), vals).execute(&mut **tx).await?.rows_affected(),
        })
    }

    /// Runs a statement before the next question or the commit; its failure is told there. Its places are `$1`, `$2` and so
    /// on, each once and in their order.
    pub(crate) async fn run_later(&mut self, sql: &str, vals: Vec<Val>) -> Result<(), Failure> {
        match self {
            Self::Sqlite { .. } => self.put_off(&dialect::unnamed(sql), vals).await,
            Self::Postgres(_) => self.run(sql, vals).await.map(drop),
        }
    }

    /// Inserts many rows by few statements, before the next question or the commit; a failure is told there at the latest.
    /// `head` is `INSERT INTO t (a, b)`, `tail` a conflict clause or empty; all rows have the same number of values, and no
    /// two the same key where `tail` updates.
    pub(crate) async fn insert(&mut self, head: &str, rows: Vec<Vec<Val>>, tail: &str) -> Result<(), Failure> {
        let Some(width) = rows.first().map(Vec::len) else { return Ok(()) };
        match self {
            Self::Sqlite { .. } => {
                let mut rows = rows.into_iter();
                while rows.len() > 0 {
                    let chunk = dialect::chunk(rows.len(), width);
                    let sql = format!("{head} VALUES {} {tail}", dialect::rows(chunk, width));
                    self.put_off(&sql, rows.by_ref().take(chunk).flatten().collect()).await?;
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
    pub(crate) async fn commit(mut self) -> Result<(), Failure> {
        self.catch_up().await?;
        match self {
            Self::Sqlite { tx, .. } => tx.commit().await?,
            Self::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }

    async fn put_off(&mut self, sql: &str, vals: Vec<Val>) -> Result<(), Failure> {
        if let Self::Sqlite { later, .. } = self
            && !later.vals.is_empty()
            && later.vals.len() + vals.len() > dialect::VALUES_MAX
        {
            self.catch_up().await?;
        }
        if let Self::Sqlite { later, .. } = self {
            later.sql.push_str(sql);
            later.sql.push_str(";\n");
            later.vals.extend(vals);
        }
        Ok(())
    }

    /// Runs what was put off.
    async fn catch_up(&mut self) -> Result<(), Failure> {
        if let Self::Sqlite { tx, later } = self
            && !later.sql.is_empty()
        {
            let Later { sql, vals } = std::mem::take(later);
            bound!(query::<Sqlite>(own(&sql)), vals).execute(&mut **tx).await?;
        }
        Ok(())
    }
}

/// Statements that wait to be run together. Each hand-over to SQLite's thread and back costs more than a small statement.
#[derive(Default)]
pub(crate) struct Later {
    sql: String,
    vals: Vec<Val>,
}
