//! API and intake keys. Only the hash of a secret is kept.

use crate::values::{row, vals};
use crate::{Failure, Scoped, SystemScope, Write};
use domain::access::Role;
use domain::ids::{KeyId, ProjectKey, TenantId};
use domain::time::Instant;

row! {
    /// A key.
    pub struct KeyRow {
        /// Whose it is.
        pub tenant: TenantId,
        /// Its id.
        pub id: KeyId,
        /// The project it writes to.
        pub project: ProjectKey,
        /// `intake` or `api`.
        pub scope: String,
        /// In which role it acts.
        pub role: Role,
        /// What people call it.
        pub label: String,
        /// SHA-256 of the secret in hexadecimal digits.
        pub hash: String,
        /// When it was added.
        pub created: Instant,
        /// From when on it is void.
        pub expires: Option<Instant>,
        /// Since when it is revoked.
        pub revoked: Option<Instant>,
        /// When it was last used, to about a minute.
        pub last_used: Option<Instant>,
        /// It promises a heartbeat each so many minutes.
        pub heartbeat_minutes: Option<u32>,
        /// When the last heartbeat came.
        pub last_heartbeat: Option<Instant>,
    }
}

/// The columns of a key.
const COLUMNS: &str = "tenant, id, project, scope, role, label, hash, created, expires, revoked, last_used, \
                       heartbeat_minutes, last_heartbeat";

impl SystemScope<'_> {
    /// The key of a secret's hash, whatever its standing: the caller looks at `expires` and `revoked`.
    ///
    /// # Errors
    /// The database fails.
    pub async fn find_key(&self, hash: &str) -> Result<Option<KeyRow>, Failure> {
        self.db().first(&format!("SELECT {COLUMNS} FROM api_keys WHERE hash = $1"), vals![hash]).await
    }

    /// Keys of all tenants that promise a heartbeat and can give one at an instant: neither revoked nor expired.
    ///
    /// # Errors
    /// The database fails.
    pub async fn heartbeat_keys(&self, at: Instant) -> Result<Vec<KeyRow>, Failure> {
        let sql = format!(
            "SELECT {COLUMNS} FROM api_keys WHERE heartbeat_minutes IS NOT NULL AND revoked IS NULL \
             AND (expires IS NULL OR expires > $1) ORDER BY tenant, id"
        );
        self.db().all(&sql, vals![at]).await
    }
}

impl Scoped<'_> {
    /// The tenant's keys by label, revoked ones too.
    ///
    /// # Errors
    /// The database fails.
    pub async fn keys(&self) -> Result<Vec<KeyRow>, Failure> {
        let sql = format!("SELECT {COLUMNS} FROM api_keys WHERE tenant = $1 ORDER BY label, id");
        self.db().all(&sql, vals![self.tenant]).await
    }

    /// Marks a key as used, unless it was within the last minute.
    ///
    /// # Errors
    /// The database fails.
    pub async fn touch_key(&self, id: &KeyId, at: Instant) -> Result<(), Failure> {
        let stale = "SELECT id FROM api_keys WHERE tenant = $1 AND id = $2 AND (last_used IS NULL OR last_used < $3)";
        let due: Option<(String,)> = self.db().first(stale, vals![self.tenant, id, at.plus_minutes(-1)]).await?;
        if due.is_some() {
            let sql = "UPDATE api_keys SET last_used = $3 WHERE tenant = $1 AND id = $2";
            self.db().run(sql, vals![self.tenant, id, at]).await?;
        }
        Ok(())
    }
}

crate::scope::reads! {
    /// A key of the tenant.
    pub async fn key(from, tenant, id: &KeyId) -> Option<KeyRow> {
        let sql = format!("SELECT {COLUMNS} FROM api_keys WHERE tenant = $1 AND id = $2");
        from.first(&sql, vals![tenant, id]).await
    }
}

impl Write {
    /// Adds a key, in this tenant whatever the row says.
    ///
    /// # Errors
    /// The database fails, or the tenant has no such project ([`Failure::Corrupt`]).
    pub async fn add_key(&mut self, row: &KeyRow) -> Result<(), Failure> {
        let sql = "INSERT INTO api_keys \
                   (tenant, id, project, scope, role, label, hash, created, expires, heartbeat_minutes, last_heartbeat) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
        let vals = vals![
            self.tenant(),
            &row.id,
            &row.project,
            &row.scope,
            row.role,
            &row.label,
            &row.hash,
            row.created,
            row.expires,
            row.heartbeat_minutes,
            row.last_heartbeat
        ];
        self.run(sql, vals).await.map(drop)
    }

    /// Revokes a key at the transaction's instant. Says whether it was not revoked before.
    ///
    /// # Errors
    /// The database fails.
    pub async fn revoke_key(&mut self, id: &KeyId) -> Result<bool, Failure> {
        let sql = "UPDATE api_keys SET revoked = $3 WHERE tenant = $1 AND id = $2 AND revoked IS NULL";
        let vals = vals![self.tenant(), id, self.now()];
        Ok(self.run(sql, vals).await? > 0)
    }

    /// Marks that a key's heartbeat came at the transaction's instant.
    ///
    /// # Errors
    /// The database fails.
    pub async fn beat_key(&mut self, id: &KeyId) -> Result<(), Failure> {
        let sql = "UPDATE api_keys SET last_heartbeat = $3 WHERE tenant = $1 AND id = $2";
        let vals = vals![self.tenant(), id, self.now()];
        self.run(sql, vals).await.map(drop)
    }
}
