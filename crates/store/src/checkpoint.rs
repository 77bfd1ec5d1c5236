//! Checkpoints: signed notes of where a chain stood.

use crate::values::{row, vals};
use crate::{Failure, Scoped, SystemScope};
use domain::fact::Hash;
use domain::ids::TenantId;
use domain::time::Instant;

row! {
    /// A checkpoint.
    pub struct CheckpointRow {
        /// The last fact it covers.
        pub seq: u64,
        /// When it was made.
        pub instant: Instant,
        /// The signed note (C2SP).
        pub note: String,
    }
}

row! {
    /// Where a tenant's chain stands and how far it is covered.
    pub struct HeadRow {
        /// The tenant.
        pub tenant: TenantId,
        /// The lane.
        pub lane: u32,
        /// The last fact's place.
        pub seq: u64,
        /// The last fact's hash.
        pub hash: Hash,
        /// The instant of the last write.
        pub instant: Instant,
        /// The last fact a checkpoint covers.
        pub covered_seq: Option<u64>,
        /// When that checkpoint was made.
        pub covered_at: Option<Instant>,
    }
}

impl Scoped<'_> {
    /// Adds a checkpoint; it is not a fact. One for the same fact stands already when another node was quicker.
    ///
    /// # Errors
    /// The database fails.
    pub async fn add_checkpoint(&self, checkpoint: &CheckpointRow) -> Result<(), Failure> {
        let sql = "INSERT INTO checkpoints (tenant, lane, seq, instant, note) VALUES ($1, 0, $2, $3, $4) \
                   ON CONFLICT (tenant, lane, seq) DO NOTHING";
        let CheckpointRow { seq, instant, note } = checkpoint;
        self.db().run(sql, vals![self.tenant, *seq, *instant, note]).await.map(drop)
    }

    /// The last checkpoint.
    ///
    /// # Errors
    /// The database fails.
    pub async fn last_checkpoint(&self) -> Result<Option<CheckpointRow>, Failure> {
        let sql = "SELECT seq, instant, note FROM checkpoints WHERE tenant = $1 AND lane = 0 ORDER BY seq DESC LIMIT 1";
        self.db().first(sql, vals![self.tenant]).await
    }

    /// The checkpoints after a place, in their order, at most `limit`.
    ///
    /// # Errors
    /// The database fails.
    pub async fn checkpoints(&self, after_seq: u64, limit: u32) -> Result<Vec<CheckpointRow>, Failure> {
        let sql = "SELECT seq, instant, note FROM checkpoints WHERE tenant = $1 AND lane = 0 AND seq > $2 ORDER BY seq LIMIT $3";
        self.db().all(sql, vals![self.tenant, after_seq, limit]).await
    }
}

impl SystemScope<'_> {
    /// The heads of all chains with their last checkpoint, by tenant.
    ///
    /// # Errors
    /// The database fails.
    pub async fn heads(&self) -> Result<Vec<HeadRow>, Failure> {
        let sql = "SELECT h.tenant, h.lane, h.seq, h.hash, h.instant, c.seq AS covered_seq, c.instant AS covered_at \
                   FROM chain_heads h LEFT JOIN checkpoints c ON c.tenant = h.tenant AND c.lane = h.lane AND c.seq = \
                   (SELECT MAX(l.seq) FROM checkpoints l WHERE l.tenant = h.tenant AND l.lane = h.lane) \
                   ORDER BY h.tenant, h.lane";
        self.db().all(sql, vec![]).await
    }
}
