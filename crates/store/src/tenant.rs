//! Tenants: the customers and the provider itself.

use crate::values::{row, vals};
use crate::{Failure, Scoped, SystemScope, Write};
use domain::ids::TenantId;
use domain::time::Instant;

row! {
    /// A tenant.
    pub struct TenantRow {
        /// Its id.
        pub id: TenantId,
        /// Its name.
        pub name: String,
        /// `provider` or `customer`.
        pub kind: String,
        /// When it was added.
        pub created: Instant,
    }
}

impl TenantRow {
    /// Whether it is the provider's own tenant, of which there is one.
    pub fn is_provider(&self) -> bool {
        self.kind == "provider"
    }
}

impl SystemScope<'_> {
    /// All tenants by name, the provider first.
    ///
    /// # Errors
    /// The database fails.
    pub async fn tenants(&self) -> Result<Vec<TenantRow>, Failure> {
        self.db().all("SELECT id, name, kind, created FROM tenants ORDER BY kind DESC, name, id", vec![]).await
    }

    /// A tenant.
    ///
    /// # Errors
    /// The database fails.
    pub async fn tenant(&self, id: &TenantId) -> Result<Option<TenantRow>, Failure> {
        self.db().first("SELECT id, name, kind, created FROM tenants WHERE id = $1", vals![id]).await
    }

    /// The provider's own tenant; none before the first start.
    ///
    /// # Errors
    /// The database fails.
    pub async fn provider(&self) -> Result<Option<TenantRow>, Failure> {
        self.db().first("SELECT id, name, kind, created FROM tenants WHERE kind = 'provider'", vec![]).await
    }

    /// Adds a tenant of a kind (`provider` or `customer`) and starts its first write, in the same transaction.
    ///
    /// # Errors
    /// The database fails, or there is a provider already ([`Failure::Conflict`]).
    pub async fn add_tenant(&self, id: &TenantId, name: &str, kind: &str) -> Result<Write, Failure> {
        let mut tx = self.db().begin().await?;
        let now = self.store.clock.of_tx(&mut tx).await?;
        let sql = "INSERT INTO tenants (id, name, kind, created) VALUES ($1, $2, $3, $4)";
        tx.run(sql, vals![id, name, kind, now]).await?;
        let mut write = Write::lock(self.store, tx, id).await?;
        write.touch();
        Ok(write)
    }
}

impl Scoped<'_> {
    /// The tenant itself.
    ///
    /// # Errors
    /// The database fails.
    pub async fn about(&self) -> Result<Option<TenantRow>, Failure> {
        self.store.system().tenant(self.tenant).await
    }
}

impl Write {
    /// Gives the tenant another name.
    ///
    /// # Errors
    /// The database fails.
    pub async fn rename_tenant(&mut self, name: &str) -> Result<(), Failure> {
        let vals = vals![self.tenant(), name];
        self.run("UPDATE tenants SET name = $2 WHERE id = $1", vals).await.map(drop)
    }
}
