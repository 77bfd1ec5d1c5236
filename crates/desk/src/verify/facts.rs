//! Where facts come from: a database, or a bundle that left it. Every rule is asked through this.

use domain::fact::Fact;
use domain::ids::{BlobId, RecordKey, TenantId};
use std::collections::{HashMap, HashSet};
use store::{BlobRow, Failure, Snapshot, StoredFact, StoredRow};

/// Facts of tenants with what they name, in pages.
pub(crate) trait Facts {
    /// Whether each fact has columns beside its bytes.
    const COLUMNS: bool;

    /// As [`Snapshot::facts`].
    async fn facts(&mut self, tenant: &TenantId, after: u64, limit: u32) -> Result<Vec<StoredFact>, Failure>;
    /// As [`Snapshot::facts_of`].
    async fn facts_of(&mut self, tenant: &TenantId, records: &[RecordKey]) -> Result<Vec<StoredFact>, Failure>;
    /// As [`Snapshot::stray_fact`].
    async fn stray_fact(&mut self, tenant: &TenantId) -> Result<Option<i64>, Failure>;
    /// As [`Snapshot::fact_naming`].
    async fn fact_naming(&mut self, tenant: &TenantId, text: &str) -> Result<Option<u64>, Failure>;
    /// As [`Snapshot::rows`].
    async fn rows(&mut self, table: &str, tenant: &TenantId) -> Result<Vec<StoredRow>, Failure>;
    /// As [`Snapshot::rows_after`].
    async fn rows_after(
        &mut self,
        table: &str,
        tenant: &TenantId,
        after: i64,
        limit: u32,
    ) -> Result<Vec<StoredRow>, Failure>;
    /// As [`Snapshot::blobs`].
    async fn blobs(&mut self, tenant: &TenantId, after: &str, limit: u32) -> Result<Vec<BlobRow>, Failure>;
    /// As [`Snapshot::blobs_there`].
    async fn blobs_there(&mut self, tenant: &TenantId, ids: &[&BlobId]) -> Result<HashSet<BlobId>, Failure>;
    /// As [`Snapshot::texts`].
    async fn texts(&mut self, tenant: &TenantId, ids: &[&BlobId]) -> Result<HashMap<BlobId, String>, Failure>;
    /// Is told each fact whose bytes and link are right, in order.
    fn note(&mut self, _fact: &Fact) {}
}

impl Facts for Snapshot {
    const COLUMNS: bool = true;

    async fn facts(&mut self, tenant: &TenantId, after: u64, limit: u32) -> Result<Vec<StoredFact>, Failure> {
        Self::facts(self, tenant, after, limit).await
    }

    async fn facts_of(&mut self, tenant: &TenantId, records: &[RecordKey]) -> Result<Vec<StoredFact>, Failure> {
        Self::facts_of(self, tenant, records).await
    }

    async fn stray_fact(&mut self, tenant: &TenantId) -> Result<Option<i64>, Failure> {
        Self::stray_fact(self, tenant).await
    }

    async fn fact_naming(&mut self, tenant: &TenantId, text: &str) -> Result<Option<u64>, Failure> {
        Self::fact_naming(self, tenant, text).await
    }

    async fn rows(&mut self, table: &str, tenant: &TenantId) -> Result<Vec<StoredRow>, Failure> {
        Self::rows(self, table, tenant).await
    }

    async fn rows_after(
        &mut self,
        table: &str,
        tenant: &TenantId,
        after: i64,
        limit: u32,
    ) -> Result<Vec<StoredRow>, Failure> {
        Self::rows_after(self, table, tenant, after, limit).await
    }

    async fn blobs(&mut self, tenant: &TenantId, after: &str, limit: u32) -> Result<Vec<BlobRow>, Failure> {
        Self::blobs(self, tenant, after, limit).await
    }

    async fn blobs_there(&mut self, tenant: &TenantId, ids: &[&BlobId]) -> Result<HashSet<BlobId>, Failure> {
        Self::blobs_there(self, tenant, ids).await
    }

    async fn texts(&mut self, tenant: &TenantId, ids: &[&BlobId]) -> Result<HashMap<BlobId, String>, Failure> {
        Self::texts(self, tenant, ids).await
    }
}
