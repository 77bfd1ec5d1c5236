//! What can go wrong in the store.

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
    /// The database said no or could not be reached.
    #[error("database: {0}")]
    Database(#[source] sqlx::Error),
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

impl Failure {
    /// Whether a value in a column is none that the desk ever writes there, such as a negative counter.
    pub fn is_unreadable(&self) -> bool {
        matches!(self, Self::Database(sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_)))
    }

    /// Whether the same call may succeed a little later: connection lost, no free connection, disk full, lock not given.
    /// The edges then answer 503 with `Retry-After`.
    pub fn is_unavailable(&self) -> bool {
        let error = match self {
            Self::Stopping | Self::Away(_) => return true,
            Self::Database(error) => error,
            _ => return false,
        };
        match error {
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => true,
            sqlx::Error::Database(database) => database.code().is_some_and(|code| passes(&code)),
            _ => false,
        }
    }
}

/// Whether a code of SQLite (extended, decimal) or of PostgreSQL (five letters) names something that passes.
fn passes(code: &str) -> bool {
    if code.len() == 5 {
        // Connection, transaction rollback, resources, operator; lock not available, read-only standby.
        return matches!(code.get(..2), Some("08" | "40" | "53" | "57")) || matches!(code, "55P03" | "25006");
    }
    // BUSY, LOCKED, IOERR, FULL, CANTOPEN (sqlite.org/rescode.html): the low byte of an extended code.
    code.parse::<u32>().is_ok_and(|code| matches!(code & 0xff, 5 | 6 | 10 | 13 | 14))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_passes_is_told_from_what_stays() {
        for code in ["5", "517", "13", "778", "08006", "40P01", "53100", "57P01", "55P03", "25006"] {
            assert!(passes(code), "{code}");
        }
        for code in ["1", "19", "1811", "23505", "42P01"] {
            assert!(!passes(code), "{code}");
        }
        assert!(Failure::from(sqlx::Error::PoolTimedOut).is_unavailable());
        assert!(!Failure::Conflict("x".into()).is_unavailable());
    }
}
