//! Mails that came in: what tells one from another, so that none is taken twice, and those kept for people.

use crate::scope::reads;
use crate::values::{row, vals};
use crate::{Failure, Write};
use domain::ids::{BlobId, RecordKey};
use domain::mail_in::KeptLately;
use domain::time::Instant;

/// A mail that a fact of this write tells of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewMail {
    /// The place of that fact.
    pub number: u64,
    /// What tells it from every other.
    pub mail: String,
    /// Why it was kept; none on a ticket.
    pub why: Option<String>,
    /// Its ticket, or the one it seems to be about.
    pub record: Option<RecordKey>,
    /// Who wrote it.
    pub sender: BlobId,
    /// Its subject, where it was kept.
    pub subject: Option<BlobId>,
    /// Its text, where it was kept.
    pub words: Option<BlobId>,
    /// It, as it came.
    pub raw: BlobId,
}

row! {
    /// A mail that was kept, with its words; they are none where they were erased.
    pub struct MailRow {
        /// Its number.
        pub number: u64,
        /// What tells it from every other.
        pub mail: String,
        /// When it came.
        pub received: Instant,
        /// Why it was kept.
        pub why: String,
        /// The ticket it seems to be about.
        pub record: Option<RecordKey>,
        /// Who wrote it.
        pub sender: Option<Vec<u8>>,
        /// Its subject.
        pub subject: Option<Vec<u8>>,
        /// Its text.
        pub words: Option<Vec<u8>>,
        /// The blob of it, as it came.
        pub raw: BlobId,
        /// When somebody dealt with it.
        pub settled: Option<Instant>,
        /// The ticket it was put on.
        pub attached: Option<RecordKey>,
    }
}

/// What every query of kept mails selects.
const MAIL: &str = "SELECT m.number, m.mail, m.received, m.why, m.record, f.bytes AS sender, s.bytes AS subject, \
                    w.bytes AS words, m.raw, m.settled, m.attached FROM mails m \
                    LEFT JOIN blobs f ON f.tenant = m.tenant AND f.id = m.sender \
                    LEFT JOIN blobs s ON s.tenant = m.tenant AND s.id = m.subject \
                    LEFT JOIN blobs w ON w.tenant = m.tenant AND w.id = m.words";

reads! {
    /// Kept mails, those nobody dealt with first, then the latest.
    pub async fn kept_mails(from, tenant, limit: u32) -> Vec<MailRow> {
        let sql = format!(
            "{MAIL} WHERE m.tenant = $1 AND m.why IS NOT NULL \
             ORDER BY CASE WHEN m.settled IS NULL THEN 0 ELSE 1 END, m.number DESC LIMIT $2"
        );
        from.all(&sql, vals![tenant, limit]).await
    }

    /// How many kept mails nobody dealt with.
    pub async fn mails_waiting(from, tenant) -> u64 {
        let sql = "SELECT COUNT(*) FROM mails WHERE tenant = $1 AND why IS NOT NULL AND settled IS NULL";
        let found: Option<(i64,)> = from.first(sql, vals![tenant]).await?;
        Ok(found.map_or(0, |(count,)| count.unsigned_abs()))
    }

    /// A kept mail.
    pub async fn kept_mail(from, tenant, number: u64) -> Option<MailRow> {
        let sql = format!("{MAIL} WHERE m.tenant = $1 AND m.number = $2 AND m.why IS NOT NULL");
        from.first(&sql, vals![tenant, number]).await
    }

    /// What was kept since an instant, and how much of it of a sender.
    pub async fn kept_since(from, tenant, since: Instant, sender: &str) -> KeptLately {
        let sql = "SELECT COUNT(*), COALESCE(CAST(SUM(LENGTH(r.bytes)) AS BIGINT), 0), \
                   COALESCE(CAST(SUM(CASE WHEN f.bytes = $3 THEN 1 ELSE 0 END) AS BIGINT), 0) FROM mails m \
                   LEFT JOIN blobs r ON r.tenant = m.tenant AND r.id = m.raw \
                   LEFT JOIN blobs f ON f.tenant = m.tenant AND f.id = m.sender \
                   WHERE m.tenant = $1 AND m.received > $2 AND m.why IS NOT NULL";
        let counts: Option<(i64, i64, i64)> = from.first(sql, vals![tenant, since, sender.as_bytes()]).await?;
        let (mails, bytes, of_sender) = counts.unwrap_or_default();
        // None of them is below 0.
        let [mails, bytes, of_sender] = [mails, bytes, of_sender].map(i64::unsigned_abs);
        Ok(KeptLately { mails, bytes, of_sender })
    }

    /// Whether a mail was taken in here.
    pub async fn has_mail(from, tenant, mail: &str) -> bool {
        let sql = "SELECT COUNT(*) FROM mails WHERE tenant = $1 AND mail = $2";
        let found: Option<(i64,)> = from.first(sql, vals![tenant, mail]).await?;
        Ok(found.is_some_and(|(count,)| count > 0))
    }
}

impl Write {
    /// Adds a mail that a fact of this write tells of.
    ///
    /// # Errors
    /// The database fails.
    pub async fn add_mail(&mut self, it: &NewMail) -> Result<(), Failure> {
        let sql = "INSERT INTO mails (tenant, number, mail, received, why, record, sender, subject, words, raw) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
        let NewMail { number, mail, why, record, sender, subject, words, raw } = it;
        let vals = vals![
            self.tenant(),
            *number,
            mail,
            self.now(),
            why.as_deref(),
            record.as_ref(),
            sender,
            subject.as_ref(),
            words.as_ref(),
            raw
        ];
        self.run(sql, vals).await.map(drop)
    }

    /// Somebody dealt with a kept mail. Says whether nobody had before.
    ///
    /// # Errors
    /// The database fails.
    pub async fn settle_mail(&mut self, number: u64, attached: Option<&RecordKey>) -> Result<bool, Failure> {
        let sql = "UPDATE mails SET settled = $3, attached = $4 \
                   WHERE tenant = $1 AND number = $2 AND settled IS NULL AND why IS NOT NULL";
        let vals = vals![self.tenant(), number, self.now(), attached];
        Ok(self.run(sql, vals).await? > 0)
    }
}
