//! Opening a database: settings that durability rests on are checked here, and a database that lacks them is refused.

use crate::db::Db;
use crate::schema::Schema;
use crate::{Failure, schema};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection, query_as};
use std::str::FromStr;
use std::time::Duration;

/// The first SQLite without the WAL-reset race that could lose commits (sqlite.org/wal.html, read 2026-11-22).
const SQLITE_MIN: (u32, u32, u32) = (3, 51, 3);

/// Readers of SQLite; more than the cores gains nothing.
const SQLITE_READERS: u32 = 8;

/// Pages of SQLite's write-ahead log at which the writer folds it into the file itself, in a commit that somebody waits for.
/// [`crate::Store::fold_log`] does nearly all of it beside the writer before that.
const WAL_PAGES: &str = "16000";

/// Connections of one node to PostgreSQL that write ...
const POSTGRES_WRITERS: u32 = 12;
/// ... and that read.
const POSTGRES_READERS: u32 = 8;

/// How long a connection may have been idle before it is tested ahead of its next use.
const POSTGRES_FRESH: Duration = Duration::from_millis(500);

/// Prepared statements a connection keeps: all texts of this crate and the sizes of its multi-row inserts.
const STATEMENTS: usize = 512;

impl Db {
    /// Opens `sqlite://...` or `postgres://...`, prepares its schema and checks what durability rests on.
    ///
    /// # Errors
    /// The address names neither engine, the database cannot be reached, its settings could lose a commit, or its schema is
    /// not ours where it is taken as it is.
    pub(crate) async fn open(url: &str, schema: Schema) -> Result<Self, Failure> {
        match url.split_once("://").map(|(scheme, _)| scheme) {
            Some("sqlite") => Self::open_sqlite(url, schema).await,
            Some("postgres" | "postgresql") => Self::open_postgres(url, schema).await,
            _ => Err(Failure::Settings(format!("database '{url}' is neither sqlite://... nor postgres://..."))),
        }
    }

    async fn open_sqlite(url: &str, schema: Schema) -> Result<Self, Failure> {
        let options = SqliteConnectOptions::from_str(url)?
            .create_if_missing(schema == Schema::Migrate)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(10))
            .pragma("trusted_schema", "OFF")
            // What is erased is overwritten, not only forgotten.
            .pragma("secure_delete", "ON")
            .pragma("cache_size", "-16000")
            .pragma("wal_autocheckpoint", WAL_PAGES)
            .statement_cache_capacity(STATEMENTS);
        // A connection to a file does not go stale: nothing to test before each use.
        let pool = || SqlitePoolOptions::new().test_before_acquire(false);
        let writer = pool().max_connections(1).connect_with(options.clone()).await?;
        let (version,): (String,) = query_as("SELECT sqlite_version()").fetch_one(&writer).await?;
        if !at_least(&version, SQLITE_MIN) {
            return Err(Failure::Settings(format!(
                "SQLite {version} can lose commits in WAL mode; 3.51.3 or later is needed"
            )));
        }
        match schema {
            Schema::Migrate => schema::sqlite().run(&writer).await?,
            Schema::AsItIs => schema::is_ours(query_as(schema::NEWEST).fetch_one(&writer).await)?,
        }
        let folder = pool().max_connections(1).min_connections(0).connect_lazy_with(options.clone());
        let readers = pool().max_connections(SQLITE_READERS).connect_with(options.read_only(true)).await?;
        Ok(Self::Sqlite { writer, readers, folder })
    }

    async fn open_postgres(url: &str, schema: Schema) -> Result<Self, Failure> {
        let options = PgConnectOptions::from_str(url)?
            .application_name("madoguchi")
            .statement_cache_capacity(STATEMENTS)
            .options([
                ("lock_timeout", "10s"),
                ("statement_timeout", "30s"),
                ("idle_in_transaction_session_timeout", "30s"),
                ("client_connection_check_interval", "2s"),
                ("tcp_user_timeout", "10s"),
                ("tcp_keepalives_idle", "5"),
                ("tcp_keepalives_interval", "2"),
                ("tcp_keepalives_count", "3"),
            ]);
        let pool = || {
            PgPoolOptions::new().acquire_timeout(Duration::from_secs(10)).test_before_acquire(false).before_acquire(
                |connection, meta| {
                    // One that was in use a moment ago is not asked again whether it still works.
                    Box::pin(async move {
                        if meta.idle_for > POSTGRES_FRESH {
                            connection.ping().await?;
                        }
                        Ok(true)
                    })
                },
            )
        };
        let writers = pool().max_connections(POSTGRES_WRITERS).connect_with(options.clone()).await?;
        let readers = pool().max_connections(POSTGRES_READERS).min_connections(0).connect_lazy_with(options);
        for setting in ["fsync", "synchronous_commit", "full_page_writes"] {
            let (value,): (String,) = query_as("SELECT current_setting($1)").bind(setting).fetch_one(&writers).await?;
            if value == "off" {
                return Err(Failure::Settings(format!(
                    "PostgreSQL runs with {setting} = off and could lose a commit; turn it on"
                )));
            }
        }
        match schema {
            Schema::Migrate => schema::postgres().run(&writers).await?,
            Schema::AsItIs => schema::is_ours(query_as(schema::NEWEST).fetch_one(&writers).await)?,
        }
        Ok(Self::Postgres { writers, readers })
    }

    /// Closes all connections; on SQLite this also folds the write-ahead log into the file.
    pub(crate) async fn close(&self) {
        match self {
            Self::Sqlite { writer, readers, folder } => {
                readers.close().await;
                folder.close().await;
                writer.close().await;
            }
            Self::Postgres { writers, readers } => {
                readers.close().await;
                writers.close().await;
            }
        }
    }
}

fn at_least(version: &str, least: (u32, u32, u32)) -> bool {
    let mut parts = version.split('.').map(|part| part.parse().unwrap_or(0));
    let mut next = || parts.next().unwrap_or(0);
    (next(), next(), next()) >= least
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_by_number() {
        assert!(at_least("3.51.3", SQLITE_MIN));
        assert!(at_least("3.100.0", SQLITE_MIN));
        assert!(!at_least("3.51.2", SQLITE_MIN));
        assert!(!at_least("3.9", SQLITE_MIN));
    }
}
