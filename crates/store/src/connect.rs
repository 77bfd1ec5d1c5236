//! Opening a database: settings that durability rests on are checked here, and a database that lacks them is refused.

use crate::db::Db;
use crate::db::sqlite::{Access, Pool};
use crate::schema::Schema;
use crate::{Failure, schema};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Connection, query_as};
use std::str::FromStr;
use std::time::Duration;

/// The first SQLite without the WAL-reset race that could lose commits (sqlite.org/wal.html, read 2026-11-22).
const SQLITE_MIN: (u32, u32, u32) = (3, 51, 3);

/// Readers of SQLite; more than the cores gains nothing.
const SQLITE_READERS: u32 = 8;

/// Connections of one node to PostgreSQL that write ...
const POSTGRES_WRITERS: u32 = 12;
/// ... and that read.
const POSTGRES_READERS: u32 = 8;

/// How long a connection may have been idle before it is tested ahead of its next use.
const POSTGRES_FRESH: Duration = Duration::from_millis(500);

/// Prepared statements a connection to PostgreSQL keeps: all texts of this crate.
const STATEMENTS: usize = 512;

impl Db {
    /// Opens `sqlite://...` or `postgres://...`, prepares its schema and checks what durability rests on.
    ///
    /// # Errors
    /// The address names neither engine, the database cannot be reached, its settings could lose a commit, or its schema is
    /// not ours where it is taken as it is.
    pub(crate) async fn open(url: &str, schema: Schema) -> Result<Self, Failure> {
        match url.split_once("://") {
            Some(("sqlite", file)) => Self::open_sqlite(file, schema).await,
            Some(("postgres" | "postgresql", _)) => Self::open_postgres(url, schema).await,
            _ => Err(Failure::Settings(format!("database '{url}' is neither sqlite://... nor postgres://..."))),
        }
    }

    async fn open_sqlite(file: &str, schema: Schema) -> Result<Self, Failure> {
        let access = if schema == Schema::Migrate { Access::Create } else { Access::Write };
        let pool = |access, most| Pool::new(file.into(), access, most);
        let (writer, readers, folder) = (pool(access, 1), pool(Access::Read, SQLITE_READERS), pool(access, 1));
        let version = rusqlite::version();
        if !at_least(version, SQLITE_MIN) {
            return Err(Failure::Settings(format!(
                "SQLite {version} can lose commits in WAL mode; 3.51.3 or later is needed"
            )));
        }
        match schema {
            Schema::Migrate => schema::migrate_sqlite(&writer).await?,
            Schema::AsItIs => schema::is_ours(writer.acquire().await?.first(schema::NEWEST, &[]))?,
        }
        // Told at once if it cannot be read.
        drop(readers.acquire().await?);
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
            Schema::AsItIs => {
                schema::is_ours(query_as(schema::NEWEST).fetch_optional(&writers).await.map_err(Failure::from))?;
            }
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
