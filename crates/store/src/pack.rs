//! Packs: one row says when the next is due, which node makes it, and how the last try went. The packs themselves lie in a
//! second place, never here.

use crate::values::{row, vals};
use crate::{Failure, SystemScope};
use domain::time::Instant;

row! {
    /// How packs stand.
    pub struct PackRow {
        /// The node that tried last, or is trying.
        pub node: String,
        /// From when the next one is due.
        pub due: Instant,
        /// Until when that node alone tries.
        pub held_until: Instant,
        /// As of when the last one is that was written.
        pub made: Option<Instant>,
        /// Since when it cannot be written.
        pub failing_since: Option<Instant>,
        /// Why.
        pub reason: Option<String>,
    }
}

impl SystemScope<'_> {
    /// How packs stand; none before the first try.
    ///
    /// # Errors
    /// The database fails.
    pub async fn pack(&self) -> Result<Option<PackRow>, Failure> {
        let sql = "SELECT node, due, held_until, made, failing_since, reason FROM packs WHERE id = 1";
        self.db().first(sql, vec![]).await
    }

    /// Takes the making of a pack for `lease_ms`; false where none is due or another node has it. A due further away than
    /// `every_ms` comes from a clock that went back, or from a longer interval, and is due at once.
    ///
    /// # Errors
    /// The database fails.
    pub async fn claim_pack(&self, node: &str, every_ms: i64, lease_ms: i64) -> Result<bool, Failure> {
        let now = self.store.now().await?;
        let sql = "INSERT INTO packs (id, node, due, held_until) VALUES (1, $1, $2, $3) \
                   ON CONFLICT (id) DO UPDATE SET node = excluded.node, held_until = excluded.held_until \
                   WHERE (packs.held_until <= $2 OR packs.held_until > $3) AND (packs.due <= $2 OR packs.due > $4)";
        let vals = vals![node, now, now.plus_ms(lease_ms), now.plus_ms(every_ms)];
        Ok(self.db().run(sql, vals).await? > 0)
    }

    /// Writes down how a try ended: with a pack as of `made`, or with a reason. The next is due at `due`. Nothing changes where
    /// another node has taken over meanwhile.
    ///
    /// # Errors
    /// The database fails.
    pub async fn finish_pack(&self, node: &str, ended: Result<Instant, &str>, due: Instant) -> Result<(), Failure> {
        let now = self.store.now().await?;
        let sql = "UPDATE packs SET due = $2, held_until = 0, made = COALESCE($3, made), reason = $4, \
                   failing_since = CASE WHEN $4 IS NULL THEN NULL ELSE COALESCE(failing_since, $5) END \
                   WHERE id = 1 AND node = $1";
        self.db().run(sql, vals![node, due, ended.ok(), ended.err(), now]).await.map(drop)
    }
}
