//! Papers with versions: calendars, agreements, criteria, contact plans, notice templates. The document is a blob.

use crate::scope::reads;
use crate::values::{row, vals};
use crate::{Failure, Write};
use domain::ids::{BlobId, PersonId};
use domain::time::Instant;

row! {
    /// One version of a paper with its document.
    pub struct PaperRow {
        /// Which kind of paper.
        pub kind: String,
        /// Of what: a project's key, a name, or empty for the tenant's own.
        pub subject: String,
        /// Its number, from 1 without gaps.
        pub version: u32,
        /// From when on it holds.
        pub valid_from: Instant,
        /// When it was recorded.
        pub recorded_at: Instant,
        /// The blob with the document.
        pub blob: BlobId,
        /// The document, JSON text; empty once erased.
        pub document: String,
        /// The customer's approver who agreed to it on the portal.
        pub agreed_by: Option<PersonId>,
        /// When.
        pub agreed_at: Option<Instant>,
    }
}

row! {
    /// A version as the table holds it.
    pub struct StoredPaper {
        pub kind: String,
        pub subject: String,
        pub version: u32,
        pub valid_from: Instant,
        pub recorded_at: Instant,
        pub blob: BlobId,
        pub bytes: Option<Vec<u8>>,
        pub agreed_by: Option<PersonId>,
        pub agreed_at: Option<Instant>,
    }
}

impl From<StoredPaper> for PaperRow {
    fn from(stored: StoredPaper) -> Self {
        let StoredPaper { kind, subject, version, valid_from, recorded_at, blob, bytes, agreed_by, agreed_at } = stored;
        let document = String::from_utf8_lossy(&bytes.unwrap_or_default()).into_owned();
        Self { kind, subject, version, valid_from, recorded_at, blob, document, agreed_by, agreed_at }
    }
}

/// What every query of a paper selects.
const PAPER: &str = "SELECT v.kind, v.subject, v.version, v.valid_from, v.recorded_at, v.document AS blob, b.bytes, \
                     v.agreed_by, v.agreed_at \
                     FROM versions v JOIN blobs b ON b.tenant = v.tenant AND b.id = v.document";

reads! {
    /// The version valid at an instant: the one whose `valid_from` came last, and of equal ones the one recorded last.
    pub async fn version_at(from, tenant, kind: &str, subject: &str, at: Instant) -> Option<PaperRow> {
        let sql = format!(
            "{PAPER} WHERE v.tenant = $1 AND v.kind = $2 AND v.subject = $3 AND v.valid_from <= $4 \
             ORDER BY v.valid_from DESC, v.version DESC LIMIT 1"
        );
        let stored: Option<StoredPaper> = from.first(&sql, vals![tenant, kind, subject, at]).await?;
        Ok(stored.map(PaperRow::from))
    }

    /// A version by its number.
    pub async fn version(from, tenant, kind: &str, subject: &str, version: u32) -> Option<PaperRow> {
        let sql = format!("{PAPER} WHERE v.tenant = $1 AND v.kind = $2 AND v.subject = $3 AND v.version = $4");
        let stored: Option<StoredPaper> = from.first(&sql, vals![tenant, kind, subject, version]).await?;
        Ok(stored.map(PaperRow::from))
    }

    /// All versions, the newest first.
    pub async fn versions(from, tenant, kind: &str, subject: &str) -> Vec<PaperRow> {
        let sql = format!("{PAPER} WHERE v.tenant = $1 AND v.kind = $2 AND v.subject = $3 ORDER BY v.version DESC");
        let stored: Vec<StoredPaper> = from.all(&sql, vals![tenant, kind, subject]).await?;
        Ok(stored.into_iter().map(PaperRow::from).collect())
    }

    /// The versions valid at an instant of every paper of a kind, by subject.
    pub async fn papers_at(from, tenant, kind: &str, at: Instant) -> Vec<PaperRow> {
        let sql = format!(
            "{PAPER} WHERE v.tenant = $1 AND v.kind = $2 AND v.valid_from <= $3 AND NOT EXISTS \
               (SELECT 1 FROM versions l WHERE l.tenant = $1 AND l.kind = $2 AND l.subject = v.subject AND l.valid_from <= $3 \
                AND (l.valid_from > v.valid_from OR (l.valid_from = v.valid_from AND l.version > v.version))) \
             ORDER BY v.subject"
        );
        let stored: Vec<StoredPaper> = from.all(&sql, vals![tenant, kind, at]).await?;
        Ok(stored.into_iter().map(PaperRow::from).collect())
    }

    /// Every version of every paper of a kind, by subject and the newest first.
    pub async fn papers(from, tenant, kind: &str) -> Vec<PaperRow> {
        let sql = format!("{PAPER} WHERE v.tenant = $1 AND v.kind = $2 ORDER BY v.subject, v.version DESC");
        let stored: Vec<StoredPaper> = from.all(&sql, vals![tenant, kind]).await?;
        Ok(stored.into_iter().map(PaperRow::from).collect())
    }
}

impl Write {
    /// The version of a paper of the provider, which belongs to no project, in force at an instant by what had been recorded
    /// until then: the same answer whenever it is asked.
    ///
    /// # Errors
    /// The database fails.
    pub async fn provider_version_at(&mut self, kind: &str, at: Instant) -> Result<Option<PaperRow>, Failure> {
        let (tx, _) = self.parts();
        let provider: Option<(String,)> = tx.first("SELECT id FROM tenants WHERE kind = 'provider'", vec![]).await?;
        let Some((provider,)) = provider else { return Ok(None) };
        let sql = format!(
            "{PAPER} WHERE v.tenant = $1 AND v.kind = $2 AND v.subject = '' AND v.valid_from <= $3 AND v.recorded_at <= $3 \
             ORDER BY v.valid_from DESC, v.version DESC LIMIT 1"
        );
        let stored: Option<StoredPaper> = tx.first(&sql, vals![provider, kind, at]).await?;
        Ok(stored.map(PaperRow::from))
    }

    /// Records the next version of a paper and returns its number; `document` names the blob.
    ///
    /// # Errors
    /// The database fails, or there is no such blob ([`Failure::Corrupt`]).
    pub async fn record_version(
        &mut self,
        kind: &str,
        subject: &str,
        valid_from: Instant,
        document: &BlobId,
    ) -> Result<u32, Failure> {
        self.flush().await?;
        let sql = "INSERT INTO versions (tenant, kind, subject, version, valid_from, recorded_at, document) \
                   SELECT $1, $2, $3, COALESCE(MAX(version), 0) + 1, $4, $5, $6 FROM versions \
                   WHERE tenant = $1 AND kind = $2 AND subject = $3 RETURNING version";
        let vals = vals![self.tenant(), kind, subject, valid_from, self.now(), document];
        let version: Option<(i64,)> = self.returning(sql, vals).await?;
        let version = version.and_then(|(version,)| u32::try_from(version).ok());
        version.ok_or_else(|| Failure::Corrupt(format!("the versions of {kind} {subject} cannot be counted")))
    }

    /// Notes that the customer's approver agreed to a version now; false where somebody did before or there is none.
    ///
    /// # Errors
    /// The database fails.
    pub async fn agree_version(
        &mut self,
        kind: &str,
        subject: &str,
        version: u32,
        person: &PersonId,
    ) -> Result<bool, Failure> {
        self.flush().await?;
        let sql = "UPDATE versions SET agreed_by = $5, agreed_at = $6 \
                   WHERE tenant = $1 AND kind = $2 AND subject = $3 AND version = $4 AND agreed_by IS NULL";
        let vals = vals![self.tenant(), kind, subject, version, person, self.now()];
        Ok(self.run(sql, vals).await? == 1)
    }
}
