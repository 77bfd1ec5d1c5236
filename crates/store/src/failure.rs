//! What can go wrong in the store.

use rusqlite::ffi;
use sqlx::error::ErrorKind;

/// Why the store could not do what it was asked. Nothing was written then.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The database's address or its settings are not what durability rests on (F1-F7).
    #[error("{0}")]
    Settings(String),
    /// What is stored, or what was to be stored, contradicts itself: a fault of ours or somebody's hand in the database.
    #[error("the database holds what it must not: {0}")]
    Corrupt(String),
    /// There is such a row already.
    #[error("already there: {0}")]
    Conflict(String),
    /// PostgreSQL said no or could not be reached.
    #[error("database: {0}")]
    Database(#[source] sqlx::Error),
    /// SQLite said no, or a row is not what it should be.
    #[error("database: {0}")]
    Sqlite(#[source] rusqlite::Error),
    /// The desk is stopping and takes nothing more; another node or the next start will.
    #[error("the desk is stopping")]
    Stopping,
    /// The database was away when others asked for the same; what it said to them.
    #[error("the database is away: {0}")]
    Away(String),
    /// The schema could not be brought up to date.
    #[error("schema: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        match error.as_database_error().map(|database| (database.kind(), database.message().to_owned())) {
            Some((ErrorKind::UniqueViolation, message)) => Self::Conflict(message),
            Some((ErrorKind::ForeignKeyViolation, message)) => Self::Corrupt(message),
            _ => Self::Database(error),
        }
    }
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        let rusqlite::Error::SqliteFailure(code, Some(message)) = &error else { return Self::Sqlite(error) };
        match code.extended_code {
            ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY => Self::Conflict(message.clone()),
            ffi::SQLITE_CONSTRAINT_FOREIGNKEY => Self::Corrupt(message.clone()),
            _ => Self::Sqlite(error),
        }
    }
}

impl Failure {
    /// Whether a value in a column is none that the desk ever writes there, such as a negative counter.
    pub fn is_unreadable(&self) -> bool {
        use rusqlite::Error::{FromSqlConversionFailure, IntegralValueOutOfRange, InvalidColumnType, Utf8Error};
        let decoding = matches!(self, Self::Database(sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_)));
        let reading = |error: &rusqlite::Error| {
            matches!(
                error,
                FromSqlConversionFailure(..) | IntegralValueOutOfRange(..) | InvalidColumnType(..) | Utf8Error(..)
            )
        };
        decoding || matches!(self, Self::Sqlite(error) if reading(error))
    }

    /// Whether the same call may succeed a little later: connection lost, no free connection, disk full, lock not given.
    /// The edges then answer 503 with `Retry-After`.
    pub fn is_unavailable(&self) -> bool {
        let error = match self {
            Self::Stopping | Self::Away(_) => return true,
            Self::Sqlite(error) => {
                return error.sqlite_error().is_some_and(|error| passes_on_sqlite(error.extended_code));
            }
            Self::Database(error) => error,
            _ => return false,
        };
        match error {
            sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed => true,
            sqlx::Error::Database(database) => database.code().is_some_and(|code| passes(&code)),
            _ => false,
        }
    }
}

/// Whether a code of PostgreSQL (five letters) names something that passes: connection, transaction rollback, resources, operator;
/// lock not available, read-only standby.
fn passes(code: &str) -> bool {
    matches!(code.get(..2), Some("08" | "40" | "53" | "57")) || matches!(code, "55P03" | "25006")
}

/// Whether an extended code of SQLite does: BUSY, LOCKED, IOERR, FULL, CANTOPEN stand in its low byte (sqlite.org/rescode.html).
const fn passes_on_sqlite(code: i32) -> bool {
    matches!(code & 0xff, 5 | 6 | 10 | 13 | 14)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_passes_is_told_from_what_stays() {
        for code in ["08006", "40P01", "53100", "57P01", "55P03", "25006"] {
            assert!(passes(code), "{code}");
        }
        for code in [5, 517, 13, 778] {
            assert!(passes_on_sqlite(code), "{code}");
        }
        assert!(["23505", "42P01"].iter().all(|code| !passes(code)));
        assert!([1, 19, 1_811].iter().all(|code| !passes_on_sqlite(*code)));
        assert!(Failure::from(sqlx::Error::PoolTimedOut).is_unavailable());
        assert!(!Failure::Conflict("x".into()).is_unavailable());
    }
}
