//! Projects of a tenant.

use crate::scope::reads;
use crate::values::{row, vals};
use crate::{Failure, Scoped, SystemScope, Write};
use domain::ids::{ProjectKey, TenantId};
use domain::time::Instant;

row! {
    /// A project.
    pub struct ProjectRow {
        /// Whose it is.
        pub tenant: TenantId,
        /// Its key, unique over the installation.
        pub key: ProjectKey,
        /// Its name.
        pub name: String,
        /// `build` or `operation`.
        pub phase: String,
        /// When the operation phase began.
        pub started: Option<Instant>,
        /// How many records it has: the last number given.
        pub records: u64,
    }
}

reads! {
    /// A project of the tenant.
    pub async fn project(from, tenant, key: &ProjectKey) -> Option<ProjectRow> {
        let sql = "SELECT tenant, key, name, phase, started, records FROM projects WHERE tenant = $1 AND key = $2";
        from.first(sql, vals![tenant, key]).await
    }
}

impl Scoped<'_> {
    /// The tenant's projects by key.
    ///
    /// # Errors
    /// The database fails.
    pub async fn projects(&self) -> Result<Vec<ProjectRow>, Failure> {
        let sql = "SELECT tenant, key, name, phase, started, records FROM projects WHERE tenant = $1 ORDER BY key";
        self.db().all(sql, vals![self.tenant]).await
    }
}

impl SystemScope<'_> {
    /// A project of whatever tenant.
    ///
    /// # Errors
    /// The database fails.
    pub async fn project(&self, key: &ProjectKey) -> Result<Option<ProjectRow>, Failure> {
        let sql = "SELECT tenant, key, name, phase, started, records FROM projects WHERE key = $1";
        self.db().first(sql, vals![key]).await
    }

    /// Whose project it is.
    ///
    /// # Errors
    /// The database fails.
    pub async fn tenant_of_project(&self, key: &ProjectKey) -> Result<Option<TenantId>, Failure> {
        Ok(self.project(key).await?.map(|project| project.tenant))
    }
}

impl Write {
    /// Adds a project in the build phase.
    ///
    /// # Errors
    /// The database fails, or the key is taken ([`Failure::Conflict`]).
    pub async fn add_project(&mut self, key: &ProjectKey, name: &str) -> Result<(), Failure> {
        let sql = "INSERT INTO projects (tenant, key, name, phase) VALUES ($1, $2, $3, 'build')";
        let vals = vals![self.tenant(), key, name];
        self.run(sql, vals).await.map(drop)
    }

    /// Begins a project's operation phase. Says whether it was in the build phase.
    ///
    /// # Errors
    /// The database fails.
    pub async fn start_project(&mut self, key: &ProjectKey, at: Instant) -> Result<bool, Failure> {
        let sql = "UPDATE projects SET phase = 'operation', started = $3 \
                   WHERE tenant = $1 AND key = $2 AND phase = 'build'";
        let vals = vals![self.tenant(), key, at];
        Ok(self.run(sql, vals).await? > 0)
    }
}
