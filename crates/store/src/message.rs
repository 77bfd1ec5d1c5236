//! Messages: what is to be told to somebody, a row each.

use crate::scope::list;
use crate::values::{row, vals};
use crate::{Failure, Scoped, StaffScope, Write};
use domain::ids::{BlobId, MessageId, RecordKey, TenantId};
use domain::time::Instant;
use std::collections::HashSet;

/// A message to be queued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewMessage {
    /// Its id.
    pub id: MessageId,
    /// What it is told for; of two messages with the same key only the first is queued.
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
    /// Not sent before this instant.
    pub not_before: Instant,
}

row! {
    /// A message as it stands.
    pub struct MessageRow {
        /// Whose it is.
        pub tenant: TenantId,
        /// Its id.
        pub id: MessageId,
        /// What it is told for.
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
        /// `queued`, `sending`, `delivered`, `failed` or `dropped`.
        pub state: String,
        /// When it was queued.
        pub created: Instant,
        /// Not sent before this instant.
        pub not_before: Instant,
        /// How often it was tried.
        pub attempts: u32,
        /// Why it was not delivered, where it was not.
        pub reason: Option<String>,
        /// When it was delivered, given up or dropped.
        pub ended: Option<Instant>,
    }
}

/// The columns of a message.
const COLUMNS: &str = "tenant, id, key, class, channel, record, recipient, payload, state, created, not_before, attempts, \
                       reason, ended";

crate::scope::reads! {
    /// The messages about a record in the order they were queued.
    pub async fn messages(from, tenant, record: &RecordKey) -> Vec<MessageRow> {
        let sql = format!("SELECT {COLUMNS} FROM messages WHERE tenant = $1 AND record = $2 ORDER BY created, key");
        from.all(&sql, vals![tenant, record]).await
    }

    /// A message.
    pub async fn message(from, tenant, id: &MessageId) -> Option<MessageRow> {
        let sql = format!("SELECT {COLUMNS} FROM messages WHERE tenant = $1 AND id = $2");
        from.first(&sql, vals![tenant, id]).await
    }
}

impl Scoped<'_> {
    /// The tenant's messages, the last queued first; `after` is the last one seen.
    ///
    /// # Errors
    /// The database fails.
    pub async fn all_messages(&self, after: Option<&MessageId>, limit: u32) -> Result<Vec<MessageRow>, Failure> {
        let columns = COLUMNS.split(", ").map(|column| format!("m.{column}")).collect::<Vec<_>>().join(", ");
        let sql = format!(
            "SELECT {columns} FROM messages m LEFT JOIN messages s ON s.tenant = $1 AND s.id = $2 \
             WHERE m.tenant = $1 AND ($2 IS NULL OR (m.created, m.id) < (s.created, s.id)) \
             ORDER BY m.created DESC, m.id DESC LIMIT $3"
        );
        self.db().all(&sql, vals![self.tenant, after, limit]).await
    }
}

impl StaffScope<'_> {
    /// The named messages of these tenants, the oldest first.
    ///
    /// # Errors
    /// The database fails.
    pub async fn messages_named(&self, ids: &[MessageId]) -> Result<Vec<MessageRow>, Failure> {
        let (tenants, mut vals) = self.tenants_bound();
        let (ids, mut named) = list(vals.len(), ids);
        let sql = format!(
            "SELECT {COLUMNS} FROM messages WHERE tenant IN {tenants} AND id IN {ids} ORDER BY created, tenant, key"
        );
        vals.append(&mut named);
        self.db().all(&sql, vals).await
    }
}

impl Write {
    /// Queues messages, few statements for many. One whose key was queued before is left out; the answer names those that
    /// were queued.
    ///
    /// # Errors
    /// The database fails, or a payload is no blob of the tenant ([`Failure::Corrupt`]).
    pub async fn queue_messages(&mut self, messages: Vec<NewMessage>) -> Result<HashSet<MessageId>, Failure> {
        if messages.is_empty() {
            return Ok(HashSet::new());
        }
        self.flush().await?;
        let (tenant, now) = (self.tenant().clone(), self.now());
        let ids: Vec<MessageId> = messages.iter().map(|message| message.id.clone()).collect();
        let rows = messages
            .into_iter()
            .map(|new| {
                vals![
                    &tenant,
                    &new.id,
                    new.key,
                    new.class,
                    new.channel,
                    new.record.as_ref(),
                    new.recipient,
                    &new.payload,
                    "queued",
                    now,
                    new.not_before
                ]
            })
            .collect();
        let head = "INSERT INTO messages (tenant, id, key, class, channel, record, recipient, payload, state, created, \
                    not_before)";
        self.insert(head, rows, "ON CONFLICT (tenant, key) DO NOTHING").await?;
        let (places, named) = list(1, &ids);
        let sql = format!("SELECT id FROM messages WHERE tenant = $1 AND id IN {places}");
        let mut vals = vals![&tenant];
        vals.extend(named);
        let (tx, _) = self.parts();
        let queued: Vec<(String,)> = tx.all(&sql, vals).await?;
        Ok(queued.into_iter().map(|(id,)| MessageId::new(id)).collect())
    }

    /// Drops a message that is queued: it will not be sent. Says whether it was queued.
    ///
    /// # Errors
    /// The database fails.
    pub async fn drop_message(&mut self, id: &MessageId, reason: &str) -> Result<bool, Failure> {
        let sql = "UPDATE messages SET state = 'dropped', reason = $3, ended = $4 \
                   WHERE tenant = $1 AND id = $2 AND state = 'queued'";
        let vals = vals![self.tenant(), id, reason, self.now()];
        Ok(self.run(sql, vals).await? > 0)
    }
}
