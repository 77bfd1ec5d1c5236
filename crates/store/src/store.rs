//! The store: an open database and its clock.

use crate::clock::Clock;
use crate::db::Db;
use crate::schema::Schema;
use crate::scope::{Scoped, StaffScope, SystemScope};
use crate::values::vals;
use crate::{Failure, Write};
use domain::ids::TenantId;
use domain::time::Instant;
use std::path::Path;

/// An open, migrated database. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    pub(crate) db: Db,
    /// Where the instants of writes come from.
    pub clock: Clock,
}

impl Store {
    /// Opens `sqlite://FILE` (created if missing) or `postgres://...` and brings the schema up to date.
    ///
    /// # Errors
    /// The database cannot be reached or migrated, or is set up in a way that could lose a commit.
    pub async fn open(url: &str, clock: Clock) -> Result<Self, Failure> {
        Ok(Self { db: Db::open(url, Schema::Migrate).await?, clock })
    }

    /// Opens a database that is there already and leaves its schema alone, for commands that only look.
    ///
    /// # Errors
    /// As of [`Store::open`]; or there is none, or its schema is that of another version.
    pub async fn open_as_it_is(url: &str, clock: Clock) -> Result<Self, Failure> {
        Ok(Self { db: Db::open(url, Schema::AsItIs).await?, clock })
    }

    /// The engine's name for people: `SQLite` or `PostgreSQL`.
    pub fn engine(&self) -> &'static str {
        self.db.engine()
    }

    /// The instant now, for reads such as what is due; a write has its own.
    ///
    /// # Errors
    /// The database fails.
    pub async fn now(&self) -> Result<Instant, Failure> {
        self.clock.of_db(&self.db).await
    }

    /// Really commits something tiny: what `GET /readyz` promises.
    ///
    /// # Errors
    /// The database cannot commit now.
    pub async fn can_commit(&self) -> Result<(), Failure> {
        let now = self.now().await?;
        let sql = "INSERT INTO readiness (id, checked) VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET checked = excluded.checked";
        self.db.run(sql, vals![now]).await.map(drop)
    }

    /// Copies what SQLite's write-ahead log holds into the file, beside the writer, so that no commit has to. PostgreSQL does
    /// so by itself.
    ///
    /// # Errors
    /// The database fails.
    pub async fn fold_log(&self) -> Result<(), Failure> {
        if let Db::Sqlite { folder, .. } = &self.db {
            folder.acquire().await?.batch("PRAGMA wal_checkpoint(PASSIVE)")?;
        }
        Ok(())
    }

    /// Closes all connections; running transactions are waited for.
    pub async fn close(&self) {
        self.db.close().await;
    }

    /// One tenant.
    pub fn tenant<'a>(&'a self, tenant: &'a TenantId) -> Scoped<'a> {
        Scoped { store: self, tenant }
    }

    /// The tenants a member of staff may see.
    pub fn staff<'a>(&'a self, tenants: &'a [TenantId]) -> StaffScope<'a> {
        StaffScope { store: self, tenants }
    }

    /// All tenants, for workers, sign-in and the command line.
    pub fn system(&self) -> SystemScope<'_> {
        SystemScope { store: self }
    }

    /// Starts a write transaction of a tenant; the same as [`Scoped::write`] without the borrow.
    ///
    /// # Errors
    /// The database fails, or there is no such tenant ([`Failure::Corrupt`]).
    pub async fn write(&self, tenant: &TenantId) -> Result<Write, Failure> {
        Write::begin(self, tenant).await
    }

    /// Copies the whole SQLite database into a new file while it is in use; the copy stands at one instant. It is on disk
    /// when this returns.
    ///
    /// # Errors
    /// The file exists already or cannot be written, or the engine is PostgreSQL, which has its own tools.
    pub async fn backup(&self, file: &Path) -> Result<(), Failure> {
        let Db::Sqlite { readers, .. } = &self.db else {
            return Err(Failure::Settings(
                "PostgreSQL is backed up with its own tools: pg_dump or pg_basebackup".into(),
            ));
        };
        let Some(name) = file.to_str() else {
            return Err(Failure::Settings(format!("the name of {} is not Unicode", file.display())));
        };
        readers.acquire().await?.copy_into(name)?;
        let copy = tokio::fs::File::open(file).await.map_err(sqlx::Error::Io)?;
        copy.sync_all().await.map_err(|error| Failure::from(sqlx::Error::Io(error)))
    }
}
