//! The schema: steps that are applied once each, in their order, when a database is opened. A released step is never edited.

use crate::Failure;
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

/// The newest step that a database has.
pub(crate) const NEWEST: &str = "SELECT MAX(version) FROM _sqlx_migrations";

/// Judges the answer to [`NEWEST`].
///
/// # Errors
/// The database cannot be read, holds no desk, or has the schema of another version of this program.
pub(crate) fn is_ours(answer: Result<(Option<i64>,), sqlx::Error>) -> Result<(), Failure> {
    match answer {
        Ok((Some(version),)) if version == newest() => Ok(()),
        Ok((version,)) => Err(Failure::Settings(format!(
            "the schema of the database has version {}, this program's has {}; use the program that wrote it",
            version.unwrap_or_default(),
            newest()
        ))),
        Err(sqlx::Error::Database(error)) => Err(Failure::Settings(format!("the database holds no desk: {error}"))),
        Err(error) => Err(error.into()),
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

/// The steps of SQLite.
pub(crate) fn sqlite() -> Migrator {
    migrator(|step| step.sqlite)
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
