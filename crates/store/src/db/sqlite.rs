//! SQLite, called where it is needed: a statement of some microseconds runs on the thread that asks for it, without a hand-over to
//! another and back, which costs more than the statement (ADR 12). What takes longer lets other tasks have the thread's place.

use super::Row;
use crate::Failure;
use crate::values::{Read, Val};
use rusqlite::types::{FromSql, ToSqlOutput, Type, Value, ValueRef};
use rusqlite::{CachedStatement, Connection, ErrorCode, OpenFlags, ToSql};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How long somebody waits for a connection that others hold.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long a statement waits for a lock of another process ...
const BUSY: Duration = Duration::from_secs(10);
/// ... and a transaction looks again after at most this while.
const LOOK_AGAIN: Duration = Duration::from_millis(10);

/// Prepared statements a connection keeps: all texts of this crate and the sizes of its multi-row inserts.
const STATEMENTS: usize = 512;

/// Pages of the write-ahead log at which the writer folds it into the file itself, in a commit that somebody waits for.
/// [`crate::Store::fold_log`] does nearly all of it beside the writer before that.
const WAL_PAGES: i64 = 16_000;

/// What a connection may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Everything, and the file is made where there is none.
    Create,
    /// Everything.
    Write,
    /// It reads.
    Read,
}

/// Connections to one file, opened as they are needed.
#[derive(Clone, Debug)]
pub(crate) struct Pool(Arc<Home>);

#[derive(Debug)]
struct Home {
    file: PathBuf,
    access: Access,
    most: u32,
    free: Mutex<Vec<Connection>>,
    permits: Arc<Semaphore>,
}

/// A connection of a pool, which it goes back to.
pub(crate) struct Lease {
    /// There until it goes back. Behind a lock that is never contended, so that whoever holds a lease may be shared.
    connection: Option<Mutex<Connection>>,
    home: Arc<Home>,
    _permit: OwnedSemaphorePermit,
}

impl Pool {
    /// A pool of at most `most` connections; the first is opened with the first need.
    pub(crate) fn new(file: PathBuf, access: Access, most: u32) -> Self {
        let permits = Arc::new(Semaphore::new(most as usize));
        Self(Arc::new(Home { file, access, most, free: Mutex::default(), permits }))
    }

    /// A connection that nobody else holds; who asked first gets one first.
    pub(crate) async fn acquire(&self) -> Result<Lease, Failure> {
        let home = Arc::clone(&self.0);
        let waited = tokio::time::timeout(PATIENCE, Arc::clone(&home.permits).acquire_owned()).await;
        let permit = waited
            .map_err(|_| Failure::Away("no connection to the database became free".into()))?
            .map_err(|_| Failure::Stopping)?;
        let free = home.free.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match free {
            Some(connection) => connection,
            None => long(|| home.open())?,
        };
        Ok(Lease { connection: Some(Mutex::new(connection)), home, _permit: permit })
    }

    /// Closes all connections once they are back.
    pub(crate) async fn close(&self) {
        let all = self.0.permits.acquire_many(self.0.most).await;
        // A closed pool has nothing left to close.
        let Ok(_all) = all else { return };
        self.0.permits.close();
        let connections = std::mem::take(&mut *self.0.free.lock().unwrap_or_else(PoisonError::into_inner));
        long(|| drop(connections));
    }
}

impl Home {
    fn open(&self) -> Result<Connection, rusqlite::Error> {
        let access = match self.access {
            Access::Create => OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
            Access::Write => OpenFlags::SQLITE_OPEN_READ_WRITE,
            Access::Read => OpenFlags::SQLITE_OPEN_READ_ONLY,
        };
        let connection = Connection::open_with_flags(&self.file, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        connection.busy_timeout(BUSY)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        if self.access != Access::Read {
            connection.pragma_update(None, "journal_mode", "WAL")?;
        }
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        connection.pragma_update(None, "trusted_schema", false)?;
        // What is erased is overwritten, not only forgotten.
        connection.pragma_update(None, "secure_delete", true)?;
        connection.pragma_update(None, "cache_size", -16_000)?;
        connection.pragma_update(None, "wal_autocheckpoint", WAL_PAGES)?;
        Ok(connection)
    }
}

impl Lease {
    fn connection(&mut self) -> Result<&mut Connection, Failure> {
        let connection = self.connection.as_mut().ok_or(Failure::Stopping)?;
        Ok(connection.get_mut().unwrap_or_else(PoisonError::into_inner))
    }

    /// Begins a transaction that writes, once no other process does.
    pub(crate) async fn begin_writing(&mut self) -> Result<(), Failure> {
        let (begun, mut pause) = (Instant::now(), Duration::from_millis(1));
        loop {
            let connection = self.connection()?;
            // Waiting is ours: SQLite's own would hold the thread, and with it whoever is to give the lock back.
            connection.busy_timeout(Duration::ZERO)?;
            let answer = connection.execute_batch("BEGIN IMMEDIATE");
            connection.busy_timeout(BUSY)?;
            match answer {
                Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) && begun.elapsed() < BUSY => {
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(LOOK_AGAIN);
                }
                answer => return Ok(answer?),
            }
        }
    }

    /// Begins a transaction that stands at the instant of its first question.
    pub(crate) fn begin_reading(&mut self) -> Result<(), Failure> {
        Ok(self.connection()?.execute_batch("BEGIN")?)
    }

    /// Makes the transaction durable.
    pub(crate) fn commit(&mut self) -> Result<(), Failure> {
        let connection = self.within()?;
        Ok(long(|| connection.execute_batch("COMMIT"))?)
    }

    /// The connection of a transaction that still stands: SQLite gives one up by itself where the disk fails or is full.
    fn within(&mut self) -> Result<&mut Connection, Failure> {
        let connection = self.connection()?;
        if connection.is_autocommit() {
            return Err(Failure::Away("the database gave the transaction up".into()));
        }
        Ok(connection)
    }

    /// All rows of a question inside the transaction, or outside of one. A writer asks for few; what is read beside it may be much.
    pub(crate) fn all<T: Row>(&mut self, sql: &str, vals: &[Val]) -> Result<Vec<T>, Failure> {
        match self.home.access {
            Access::Read => long(|| self.all_rows(sql, vals)),
            Access::Create | Access::Write => self.all_rows(sql, vals),
        }
    }

    fn all_rows<T: Row>(&mut self, sql: &str, vals: &[Val]) -> Result<Vec<T>, Failure> {
        let mut statement = self.connection()?.prepare_cached(sql)?;
        bind(&mut statement, vals)?;
        let places = places(&statement, T::COLUMNS)?;
        let mut rows = statement.raw_query();
        let mut found = vec![];
        while let Some(row) = rows.next()? {
            found.push(T::from_sqlite(row, &places)?);
        }
        Ok(found)
    }

    /// The first row of a question, if any.
    pub(crate) fn first<T: Row>(&mut self, sql: &str, vals: &[Val]) -> Result<Option<T>, Failure> {
        let mut statement = self.connection()?.prepare_cached(sql)?;
        bind(&mut statement, vals)?;
        let places = places(&statement, T::COLUMNS)?;
        let mut rows = statement.raw_query();
        let row = rows.next()?;
        Ok(row.map(|row| T::from_sqlite(row, &places)).transpose()?)
    }

    /// Runs a statement inside the transaction and says how many rows it changed.
    pub(crate) fn run(&mut self, sql: &str, vals: &[Val]) -> Result<u64, Failure> {
        let mut statement = self.within()?.prepare_cached(sql)?;
        bind(&mut statement, vals)?;
        Ok(statement.raw_execute()? as u64)
    }

    /// Copies the whole database into a new file.
    pub(crate) fn copy_into(&mut self, file: &str) -> Result<(), Failure> {
        let connection = self.connection()?;
        long(|| connection.execute("VACUUM INTO ?", [file]))?;
        Ok(())
    }

    /// Runs statements without values, in a transaction or each as its own.
    pub(crate) fn batch(&mut self, sql: &str) -> Result<(), Failure> {
        let connection = self.connection()?;
        Ok(long(|| connection.execute_batch(sql))?)
    }
}

/// A transaction that was not committed is rolled back before anybody else has the connection.
impl Drop for Lease {
    fn drop(&mut self) {
        let Some(connection) = self.connection.take() else { return };
        let connection = connection.into_inner().unwrap_or_else(PoisonError::into_inner);
        let is_clean = connection.is_autocommit() || connection.execute_batch("ROLLBACK").is_ok();
        // One that cannot even give up a transaction is closed, and another opened in its place.
        if is_clean {
            self.home.free.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        }
    }
}

/// Does what may take longer than other tasks should wait for this thread.
fn long<T>(work: impl FnOnce() -> T) -> T {
    match Handle::try_current().map(|handle| handle.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(work),
        _ => work(),
    }
}

/// Binds values to the places of a statement: `$7` is the seventh, `?` the next.
fn bind(statement: &mut CachedStatement<'_>, vals: &[Val]) -> Result<(), rusqlite::Error> {
    let count = statement.parameter_count();
    for place in 1..=count {
        let number = statement.parameter_name(place).and_then(|name| name.get(1..)?.parse().ok()).unwrap_or(place);
        let val = vals.get(number - 1).ok_or(rusqlite::Error::InvalidParameterCount(vals.len(), number))?;
        statement.raw_bind_parameter(place, val)?;
    }
    Ok(())
}

/// Where each of the named columns stands in the rows of a statement.
fn places(statement: &CachedStatement<'_>, columns: &[&str]) -> Result<Vec<usize>, rusqlite::Error> {
    columns.iter().map(|name| statement.column_index(name)).collect()
}

impl ToSql for Val {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Int(Some(v)) => ToSqlOutput::Owned(Value::Integer(*v)),
            Self::Text(Some(v)) => ToSqlOutput::Borrowed(ValueRef::Text(v.as_bytes())),
            Self::Bytes(Some(v)) => ToSqlOutput::Borrowed(ValueRef::Blob(v)),
            Self::Int(None) | Self::Text(None) | Self::Bytes(None) => ToSqlOutput::Owned(Value::Null),
        })
    }
}

/// What is read from a row of SQLite.
pub(crate) trait FromSqlite: Sized {
    /// The columns it is read from, by name; none where it is read by their order.
    const COLUMNS: &'static [&'static str];

    /// Reads a row whose named columns stand at those places.
    fn from_sqlite(row: &rusqlite::Row<'_>, places: &[usize]) -> rusqlite::Result<Self>;
}

/// The next of a struct's columns, typed.
pub(crate) fn column<T: Read<Raw: FromSql>>(
    row: &rusqlite::Row<'_>,
    places: &mut impl Iterator<Item = usize>,
) -> rusqlite::Result<T> {
    // There are as many places as columns.
    let place = places.next().ok_or(rusqlite::Error::InvalidColumnIndex(0))?;
    let wrong = |fault: String| rusqlite::Error::FromSqlConversionFailure(place, Type::Null, fault.into());
    T::read(row.get(place)?).map_err(wrong)
}

macro_rules! tuples {
    ($(($($name:ident $place:literal),+)),+ $(,)?) => {$(
        impl<$($name: FromSql),+> FromSqlite for ($($name,)+) {
            const COLUMNS: &'static [&'static str] = &[];

            fn from_sqlite(row: &rusqlite::Row<'_>, _: &[usize]) -> rusqlite::Result<Self> {
                Ok(($(row.get::<_, $name>($place)?,)+))
            }
        }
    )+};
}
tuples!((A 0), (A 0, B 1), (A 0, B 1, C 2), (A 0, B 1, C 2, D 3), (A 0, B 1, C 2, D 3, E 4));
