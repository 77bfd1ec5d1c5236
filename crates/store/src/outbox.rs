//! The outbox: claiming messages for sending and writing down how it went. No lock is held during a send.
//!
//! A claim ends by itself: with its node, or at the end of its lease by the database's clock. So whatever becomes of a node,
//! of a task or of an answer of the database, a message does not stay claimed.

use crate::values::{row, vals};
use crate::{Failure, SystemScope, Write};
use domain::ids::{BlobId, MessageId, RecordKey, TenantId};
use domain::time::Instant;

row! {
    /// A message claimed by a node.
    pub struct ClaimedMessage {
        /// Whose it is.
        pub tenant: TenantId,
        /// Its id.
        pub id: MessageId,
        /// What it is told for; the same again after a crash between sending and writing that down.
        pub key: String,
        /// `notice` or `page`.
        pub class: String,
        /// `mail` or `webhook`.
        pub channel: String,
        /// The record it is about.
        pub record: Option<RecordKey>,
        /// An address, or a webhook's id.
        pub recipient: String,
        /// The blob with its content.
        pub payload: BlobId,
        /// How often it was tried, this time included.
        pub attempts: u32,
        /// What [`Write::finish_message`] must show.
        pub fence: u64,
        /// When it was queued.
        pub created: Instant,
    }
}

/// How a try to send a message ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finish {
    /// Taken over by the other side.
    Delivered,
    /// Given up.
    Failed {
        /// Why.
        reason: String,
    },
    /// To be tried again.
    Again {
        /// Not before this instant.
        not_before: Instant,
        /// Why it did not go.
        reason: String,
    },
}

row! {
    /// How many messages wait.
    pub struct QueueDepth {
        /// `notice` or `page`.
        pub class: String,
        /// How many are queued or being sent.
        pub count: u64,
        /// When the oldest of them was queued.
        pub oldest: Instant,
    }
}

/// A node that was not seen for this long, in milliseconds, is dead.
pub(crate) const DEAD_MS: i64 = 4_000;

impl SystemScope<'_> {
    /// Claims messages for a node and for so long, at most `limit` and at most `per_tenant` of each tenant, turn by turn over
    /// the tenants and notices before pages. What another node had claimed that is dead is free again, and so is whatever
    /// is held beyond its lease; a message claimed twice has a higher fence. The node must have told [`SystemScope::beat`]
    /// that it lives, else its claims are free at once for others.
    ///
    /// # Errors
    /// The database fails.
    pub async fn claim_messages(
        &self,
        node: &str,
        limit: u32,
        per_tenant: u32,
        lease_ms: i64,
    ) -> Result<Vec<ClaimedMessage>, Failure> {
        let now = self.store.now().await?;
        let waiting = "SELECT id FROM messages WHERE state = 'queued' AND not_before <= $1 LIMIT 1";
        let is_stranded = "state = 'sending' AND (lease_until < $1 \
                           OR (node <> $2 AND node NOT IN (SELECT id FROM nodes WHERE seen >= $3)))";
        let alive_since = now.plus_ms(-DEAD_MS);
        // An idle desk polls often; it must not take the one writer for that.
        let is_waiting = self.db().first::<(String,)>(waiting, vals![now]).await?.is_some();
        let stranded = format!("SELECT id FROM messages WHERE {is_stranded} LIMIT 1");
        let stranded = self.db().first::<(String,)>(&stranded, vals![now, node, alive_since]).await?.is_some();
        if !is_waiting && !stranded {
            return Ok(vec![]);
        }
        let mut tx = self.db().begin().await?;
        if stranded {
            let release =
                format!("UPDATE messages SET state = 'queued', node = NULL, lease_until = NULL WHERE {is_stranded}");
            tx.run(&release, vals![now, node, alive_since]).await?;
        }
        let lock = tx.skip_locked_of("m");
        let claim = format!(
            "WITH waiting AS (SELECT tenant, id, class, not_before, \
               ROW_NUMBER() OVER (PARTITION BY tenant ORDER BY class, not_before, id) AS turn \
               FROM messages WHERE state = 'queued' AND not_before <= $2), \
             due AS (SELECT m.tenant, m.id FROM waiting w JOIN messages m ON m.tenant = w.tenant AND m.id = w.id \
               WHERE w.turn <= $4 AND m.state = 'queued' ORDER BY w.turn, w.class, w.not_before, m.tenant LIMIT $3 {lock}) \
             UPDATE messages SET state = 'sending', node = $1, lease_until = $5, fence = fence + 1, attempts = attempts + 1 \
             FROM due WHERE messages.tenant = due.tenant AND messages.id = due.id \
             RETURNING messages.tenant, messages.id, messages.key, messages.class, messages.channel, messages.record, \
               messages.recipient, messages.payload, messages.attempts, messages.fence, messages.created"
        );
        let vals = vals![node, now, limit, per_tenant, now.plus_ms(lease_ms)];
        let claimed: Vec<ClaimedMessage> = tx.all(&claim, vals).await?;
        tx.commit().await?;
        Ok(claimed)
    }

    /// Gives a claim back that came to no attempt, to be claimed again at an instant. It needs no lock of the tenant, which
    /// may be what is in trouble.
    ///
    /// # Errors
    /// The database fails; the claim then ends with its lease.
    pub async fn give_back(&self, claim: &ClaimedMessage, not_before: Instant) -> Result<(), Failure> {
        let sql = "UPDATE messages SET state = 'queued', node = NULL, lease_until = NULL, attempts = attempts - 1, \
                   not_before = $4 WHERE tenant = $1 AND id = $2 AND fence = $3 AND state = 'sending'";
        self.db().run(sql, vals![&claim.tenant, &claim.id, claim.fence, not_before]).await.map(drop)
    }

    /// How many messages are still claimed although their lease ended before an instant.
    ///
    /// # Errors
    /// The database fails.
    pub async fn overdue_claims(&self, before: Instant) -> Result<u64, Failure> {
        let sql = "SELECT COUNT(*) FROM messages WHERE state = 'sending' AND lease_until < $1";
        let count: Option<(i64,)> = self.db().first(sql, vals![before]).await?;
        Ok(count.and_then(|(count,)| u64::try_from(count).ok()).unwrap_or_default())
    }

    /// How many messages wait, by class.
    ///
    /// # Errors
    /// The database fails.
    pub async fn queue_depth(&self) -> Result<Vec<QueueDepth>, Failure> {
        let sql = "SELECT class, COUNT(*) AS count, MIN(created) AS oldest FROM messages \
                   WHERE state IN ('queued', 'sending') GROUP BY class ORDER BY class";
        self.db().all(sql, vec![]).await
    }

    /// When the next queued message may be sent; none while none waits.
    ///
    /// # Errors
    /// The database fails.
    pub async fn next_message(&self) -> Result<Option<Instant>, Failure> {
        let sql = "SELECT MIN(not_before) FROM messages WHERE state = 'queued'";
        let next: Option<(Option<i64>,)> = self.db().first(sql, vec![]).await?;
        Ok(next.and_then(|(next,)| next).map(Instant::from_ms))
    }
}

impl Write {
    /// Writes down how a try ended, if this claim still holds. Says whether it did; if not, somebody else has the message.
    ///
    /// # Errors
    /// The database fails.
    pub async fn finish_message(&mut self, id: &MessageId, fence: u64, finish: &Finish) -> Result<bool, Failure> {
        let now = self.now();
        let (state, reason, ended, not_before) = match finish {
            Finish::Delivered => ("delivered", None, Some(now), None),
            Finish::Failed { reason } => ("failed", Some(reason.as_str()), Some(now), None),
            Finish::Again { not_before, reason } => ("queued", Some(reason.as_str()), None, Some(*not_before)),
        };
        let sql = "UPDATE messages SET state = $4, reason = $5, ended = $6, not_before = COALESCE($7, not_before), node = NULL, \
                   lease_until = NULL \
                   WHERE tenant = $1 AND id = $2 AND fence = $3 AND state = 'sending'";
        let vals = vals![self.tenant(), id, fence, state, reason, ended, not_before];
        Ok(self.run(sql, vals).await? > 0)
    }
}
