//! The schema: steps that are applied once each, in their order, when a database is opened. A released step is never edited.

use crate::Failure;
use crate::db::sqlite::Pool;
use crate::values::vals;
use domain::fact::sha256;
use sqlx::SqlSafeStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};

/// What is done with the schema of a database that is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Schema {
    /// It is made, or brought up to date.
    Migrate,
    /// It is left alone, and refused where it is not that of this program.
    AsItIs,
}

/// The newest step that a database has. Both keep their steps in the table that sqlx's migrator makes.
pub(crate) const NEWEST: &str = "SELECT MAX(version) FROM _sqlx_migrations";

/// Judges the answer to [`NEWEST`].
///
/// # Errors
/// The database cannot be read, holds no desk, or has the schema of another version of this program.
pub(crate) fn is_ours(answer: Result<Option<(Option<i64>,)>, Failure>) -> Result<(), Failure> {
    match answer {
        Ok(Some((Some(version),))) if version == newest() => Ok(()),
        Ok(version) => Err(Failure::Settings(format!(
            "the schema of the database has version {}, this program's has {}; use the program that wrote it",
            version.and_then(|(version,)| version).unwrap_or_default(),
            newest()
        ))),
        Err(error) if error.is_unavailable() => Err(error),
        Err(error) => Err(Failure::Settings(format!("the database holds no desk: {error}"))),
    }
}

/// A step with its text for either database.
struct Step {
    version: i64,
    name: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
}

/// A step's two files, which are named alike.
macro_rules! step {
    ($version:literal, $name:literal, $file:literal) => {
        Step {
            version: $version,
            name: $name,
            sqlite: include_str!(concat!("../migrations/sqlite/", $file)),
            postgres: include_str!(concat!("../migrations/postgres/", $file)),
        }
    };
}

const STEPS: &[Step] = &[step!(1, "spine", "0001_spine.sql")];

/// The number of the newest step.
pub(crate) fn newest() -> i64 {
    STEPS.iter().map(|step| step.version).max().unwrap_or_default()
}

/// Where SQLite keeps which steps it has.
const DONE: &str = "CREATE TABLE IF NOT EXISTS _sqlx_migrations \
                    (version INTEGER PRIMARY KEY, description TEXT NOT NULL, checksum TEXT NOT NULL) STRICT";

/// Applies the steps that a database in SQLite lacks, each in a transaction of its own: killed at any statement, it is whole.
///
/// # Errors
/// A step that was applied had another text, the database is that of a later version, or it fails.
pub(crate) async fn migrate_sqlite(pool: &Pool) -> Result<(), Failure> {
    let mut lease = pool.acquire().await?;
    for step in STEPS {
        lease.begin_writing().await?;
        lease.run(DONE, &[])?;
        let checksum = sha256(&[step.sqlite.as_bytes()]).to_string();
        let done = "SELECT checksum FROM _sqlx_migrations WHERE version = $1";
        let version = vals![step.version];
        match lease.first::<(String,)>(done, &version)? {
            Some((same,)) if same == checksum => {}
            Some(_) => {
                return Err(Failure::Settings(format!(
                    "step {} of the schema was applied with another text than this program has; use the program that wrote it",
                    step.version
                )));
            }
            None => {
                lease.batch(step.sqlite)?;
                let done = "INSERT INTO _sqlx_migrations (version, description, checksum) VALUES ($1, $2, $3)";
                let row = vals![step.version, step.name, checksum];
                lease.run(done, &row)?;
            }
        }
        lease.commit()?;
    }
    is_ours(lease.first(NEWEST, &[]))
}

/// The steps of PostgreSQL.
pub(crate) fn postgres() -> Migrator {
    migrator(|step| step.postgres)
}

fn migrator(text: impl Fn(&Step) -> &'static str) -> Migrator {
    let migrations = STEPS.iter().map(|step| {
        let sql = text(step).into_sql_str();
        Migration::new(step.version, step.name.into(), MigrationType::Simple, sql, false)
    });
    Migrator::with_migrations(migrations.collect())
}
