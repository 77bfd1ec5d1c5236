//! Facts and blobs as they are stored, read back.

use crate::scope::{list, reads};
use crate::values::{row, vals};
use crate::{Failure, Head, Scoped, Write};
use domain::fact::{Fact, Hash};
use domain::ids::{BlobId, RecordKey, TenantId};
use domain::time::Instant;
use std::collections::HashMap;

row! {
    /// A fact with every column as it stands in the table, for `verify`.
    pub struct StoredFact {
        /// Place in the chain.
        pub seq: u64,
        /// Which chain of the tenant.
        pub lane: u32,
        /// The record, if any.
        pub record: Option<RecordKey>,
        /// The kind.
        pub kind: String,
        /// The instant.
        pub instant: Instant,
        /// SHA-256 over the previous hash and `json`.
        pub hash: Hash,
        /// The bytes that were hashed.
        pub json: String,
    }
}

impl StoredFact {
    /// The fact that the stored bytes say.
    ///
    /// # Errors
    /// [`Failure::Corrupt`] names the tenant and the place.
    pub fn fact(&self, tenant: &TenantId) -> Result<Fact, Failure> {
        Fact::parse(&self.json)
            .map_err(|error| Failure::Corrupt(format!("fact {} of tenant {tenant} cannot be read: {error}", self.seq)))
    }
}

row! {
    /// A blob with what its name is computed from; both are gone once it is erased.
    pub struct BlobRow {
        /// Its name.
        pub id: BlobId,
        /// Its media type, which stays.
        pub media_type: String,
        /// 16 random bytes.
        pub salt: Option<Vec<u8>>,
        /// The content.
        pub bytes: Option<Vec<u8>>,
    }
}

/// How many blobs are asked for by one statement.
const BLOBS: usize = 500;

impl Scoped<'_> {
    /// The facts after a place, in their order, at most `limit`.
    ///
    /// # Errors
    /// The database fails.
    pub async fn facts(&self, after_seq: u64, limit: u32) -> Result<Vec<StoredFact>, Failure> {
        let sql = "SELECT seq, lane, record, kind, instant, hash, json FROM facts \
                   WHERE tenant = $1 AND lane = 0 AND seq > $2 ORDER BY seq LIMIT $3";
        self.db().all(sql, vals![self.tenant, after_seq, limit]).await
    }

    /// Where the chain stands; none before the tenant's first write.
    ///
    /// # Errors
    /// The database fails.
    pub async fn head(&self) -> Result<Option<Head>, Failure> {
        let sql = "SELECT seq, hash, instant, events FROM chain_heads WHERE tenant = $1 AND lane = 0";
        self.db().first(sql, vals![self.tenant]).await
    }

    /// The blobs after a name, in the order of names, at most `limit`; for `verify`.
    ///
    /// # Errors
    /// The database fails.
    pub async fn blobs(&self, after: Option<&BlobId>, limit: u32) -> Result<Vec<BlobRow>, Failure> {
        let sql = "SELECT id, media_type, salt, bytes FROM blobs WHERE tenant = $1 AND id > $2 ORDER BY id LIMIT $3";
        self.db().all(sql, vals![self.tenant, after.map_or("", BlobId::as_str), limit]).await
    }
}

reads! {
    /// The facts of a record in their order.
    pub async fn record_facts(from, tenant, record: &RecordKey) -> Vec<Fact> {
        let sql = "SELECT seq, lane, record, kind, instant, hash, json FROM facts \
                   WHERE tenant = $1 AND record = $2 ORDER BY seq";
        let stored: Vec<StoredFact> = from.all(sql, vals![tenant, record]).await?;
        stored.iter().map(|fact| fact.fact(tenant)).collect()
    }

    /// A blob's media type and content; none where it is absent or erased.
    pub async fn blob_bytes(from, tenant, id: &BlobId) -> Option<(String, Vec<u8>)> {
        let sql = "SELECT media_type, bytes FROM blobs WHERE tenant = $1 AND id = $2 AND bytes IS NOT NULL";
        from.first(sql, vals![tenant, id]).await
    }

    /// A blob as text; none where it is absent or erased.
    pub async fn blob_text(from, tenant, id: &BlobId) -> Option<String> {
        let sql = "SELECT bytes FROM blobs WHERE tenant = $1 AND id = $2 AND bytes IS NOT NULL";
        let bytes: Option<(Vec<u8>,)> = from.first(sql, vals![tenant, id]).await?;
        Ok(bytes.map(|(bytes,)| text(bytes)))
    }

    /// Several blobs as texts; those that are absent or erased are left out, and mails as they came: they are large and no words.
    pub async fn texts(from, tenant, ids: &[BlobId]) -> HashMap<BlobId, String> {
        let mut texts = HashMap::new();
        for ids in ids.chunks(BLOBS) {
            let (places, mut more) = list(1, ids);
            let sql = format!(
                "SELECT id, bytes FROM blobs WHERE tenant = $1 AND id IN {places} AND bytes IS NOT NULL \
                 AND media_type <> 'message/rfc822'"
            );
            let mut vals = vals![tenant];
            vals.append(&mut more);
            let rows: Vec<(String, Vec<u8>)> = from.all(&sql, vals).await?;
            texts.extend(rows.into_iter().map(|(id, bytes)| (BlobId::new(id), text(bytes))));
        }
        Ok(texts)
    }
}

impl Write {
    /// Erases a blob's salt and bytes; its name stays in the facts and the chain stays valid. Says whether there was one.
    ///
    /// # Errors
    /// The database fails.
    pub async fn erase_blob(&mut self, id: &BlobId) -> Result<bool, Failure> {
        self.flush().await?;
        let sql = "UPDATE blobs SET salt = NULL, bytes = NULL WHERE tenant = $1 AND id = $2 AND bytes IS NOT NULL";
        let vals = vals![self.tenant(), id];
        Ok(self.run(sql, vals).await? > 0)
    }
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}
