//! The schema: steps that are applied once each, in their order, when a database is opened. A released step is never edited.

use sqlx::SqlSafeStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};

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
