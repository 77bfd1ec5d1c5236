//! Words that go: which tickets are old enough, what rows and blobs hold words of theirs, and the facts about disposals.

use crate::scope::{list, reads};
use crate::values::{Val, vals};
use crate::{Failure, Write};
use domain::fact::Fact;
use domain::ids::{RecordKey, TenantId};
use domain::time::Instant;

/// Tickets and windows to which nothing happened at `$2` or later and whose words are there.
const OVER: &str = "FROM (SELECT key, ended FROM records WHERE tenant = $1 \
                    UNION ALL SELECT key, ended FROM windows WHERE tenant = $1) r \
                    WHERE r.ended < $2 AND NOT EXISTS (SELECT 1 FROM facts f WHERE f.tenant = $1 \
                    AND f.record = r.key AND (f.instant >= $2 OR f.kind = 'record.disposed'))";

/// Rows beside facts that hold words of a record, how they look without, and the column that names the record.
const WORDS: [(&str, &str, &str); 4] = [
    ("records", "title = ''", "key"),
    ("alerts", "summary = '', source = ''", "incident"),
    ("window_alerts", "summary = '', source = ''", "window_key"),
    ("messages", "recipient = '', reason = NULL", "record"),
];

/// Blobs that rows name and facts do not, and the column that names the record.
const BESIDE: [(&str, &str, &str); 3] =
    [("messages", "payload", "record"), ("alert_events", "body", "incident"), ("alert_events", "body", "kept_in")];

fn read(tenant: &TenantId, json: &str) -> Result<Fact, Failure> {
    Fact::parse(json).map_err(|error| Failure::Corrupt(format!("a disposal of tenant {tenant}: {error}")))
}

reads! {
    /// The facts by which disposals were proposed, answered and ended, in their order.
    pub async fn disposal_facts(from, tenant) -> Vec<Fact> {
        let sql = "SELECT json FROM facts WHERE tenant = $1 \
                   AND kind IN ('disposal.proposed', 'disposal.answered', 'disposal.ended') ORDER BY seq";
        let rows: Vec<(String,)> = from.all(sql, vals![tenant]).await?;
        rows.into_iter().map(|(json,)| read(tenant, &json)).collect()
    }

    /// The facts that say of a record that its words are gone, in their order.
    pub async fn disposed_facts(from, tenant) -> Vec<Fact> {
        let sql = "SELECT json FROM facts WHERE tenant = $1 AND kind = 'record.disposed' ORDER BY seq";
        let rows: Vec<(String,)> = from.all(sql, vals![tenant]).await?;
        rows.into_iter().map(|(json,)| read(tenant, &json)).collect()
    }

    /// How many tickets are over whose words are there; those in `kept` left out.
    pub async fn count_over(from, tenant, before: Instant, kept: &[RecordKey]) -> u64 {
        let (places, mut more) = but(2, kept);
        let mut vals = vals![tenant, before];
        vals.append(&mut more);
        let sql = format!("SELECT COUNT(*) {OVER} AND r.key NOT IN {places}");
        let found: Option<(i64,)> = from.first(&sql, vals).await?;
        Ok(found.and_then(|(count,)| u64::try_from(count).ok()).unwrap_or_default())
    }
}

/// Nothing is outside an empty list, so that it names what no record is called.
fn but(offset: usize, kept: &[RecordKey]) -> (String, Vec<Val>) {
    list(offset, kept.iter().map(RecordKey::as_str).chain([""]))
}

impl Write {
    /// The next tickets that are over and whose words are there, the longest over first, those in `kept` left out.
    ///
    /// # Errors
    /// The database fails.
    pub async fn over(&mut self, before: Instant, kept: &[RecordKey], limit: u32) -> Result<Vec<RecordKey>, Failure> {
        self.flush().await?;
        let (places, mut more) = but(3, kept);
        let sql = format!("SELECT r.key {OVER} AND r.key NOT IN {places} ORDER BY r.ended, r.key LIMIT $3");
        let (from, tenant) = self.parts();
        let mut vals = vals![tenant, before, limit];
        vals.append(&mut more);
        let found: Vec<(String,)> = from.all(&sql, vals).await?;
        Ok(found.into_iter().map(|(key,)| RecordKey::new(key)).collect())
    }

    /// Erases the words of a record that stand in no fact: in rows, in messages and in the bodies of alerts that came from its
    /// first fact's instant to its last one's. Says how many blobs went.
    ///
    /// # Errors
    /// The database fails.
    pub async fn erase_beside(&mut self, record: &RecordKey, from: Instant, to: Instant) -> Result<u64, Failure> {
        self.flush().await?;
        let mut erased = 0;
        for (table, payload, column) in BESIDE {
            let within = if table == "alert_events" { " AND received >= $3 AND received <= $4" } else { "" };
            let sql = format!(
                "UPDATE blobs SET salt = NULL, bytes = NULL WHERE tenant = $1 AND bytes IS NOT NULL AND id IN \
                 (SELECT {payload} FROM {table} WHERE tenant = $1 AND {column} = $2{within})"
            );
            let mut vals = vals![self.tenant(), record];
            if !within.is_empty() {
                vals.append(&mut vals![from, to]);
            }
            erased += self.run(&sql, vals).await?;
        }
        for (table, empty, column) in WORDS {
            let sql = format!("UPDATE {table} SET {empty} WHERE tenant = $1 AND {column} = $2");
            self.run(&sql, vals![self.tenant(), record]).await?;
        }
        Ok(erased)
    }

    /// Erases the words of messages about a record that were queued at an instant: they say what was written then.
    ///
    /// # Errors
    /// The database fails.
    pub async fn erase_messages(&mut self, record: &RecordKey, at: Instant) -> Result<u64, Failure> {
        self.flush().await?;
        let sql = "UPDATE blobs SET salt = NULL, bytes = NULL WHERE tenant = $1 AND bytes IS NOT NULL AND id IN \
                   (SELECT payload FROM messages WHERE tenant = $1 AND record = $2 AND created = $3)";
        self.run(sql, vals![self.tenant(), record, at]).await
    }

    /// Erases the title that a record's row repeats.
    ///
    /// # Errors
    /// The database fails.
    pub async fn erase_title(&mut self, record: &RecordKey) -> Result<(), Failure> {
        self.flush().await?;
        let sql = "UPDATE records SET title = '' WHERE tenant = $1 AND key = $2";
        self.run(sql, vals![self.tenant(), record]).await.map(drop)
    }
}
