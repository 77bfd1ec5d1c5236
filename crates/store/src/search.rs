//! The index of words: what was written on tickets, found again. It follows the chains fact by fact and can be made anew from them
//! at any time, so that no backup holds it and no write waits for it.

use crate::Failure;
use crate::scope::{Scoped, StaffScope, SystemScope, list};
use crate::values::{row, vals};
use domain::ids::{BlobId, ProjectKey, RecordKey, TenantId};
use domain::search::Phrase;
use domain::time::Instant;

/// A text to index.
#[derive(Clone, Debug)]
pub struct Indexed {
    /// Its record.
    pub record: RecordKey,
    /// The record's project.
    pub project: ProjectKey,
    /// The fact it stands in.
    pub seq: u64,
    /// Which of the fact's texts it is, from 0; below 8.
    pub part: u32,
    /// The fact's instant.
    pub at: Instant,
    /// Whether customers do not see it.
    pub internal: bool,
    /// Where it stands.
    pub blob: BlobId,
    /// Its tokens in their order.
    pub tokens: Vec<String>,
}

impl Indexed {
    /// Its place among all texts, the later the higher: milliseconds, then the fact, then the part.
    pub(crate) fn id(&self) -> i64 {
        let fact = i64::try_from(self.seq % (1 << 17)).unwrap_or_default();
        (self.at.ms() << 20) | (fact << 3) | i64::from(self.part & 7)
    }
}

/// Words of a record that are no longer to be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forgotten {
    /// The record.
    pub record: RecordKey,
    /// Of the facts from here ...
    pub from: u64,
    /// ... to here.
    pub to: u64,
}

/// What is looked for.
#[derive(Clone, Debug)]
pub struct WordQuery<'q> {
    /// All of them.
    pub phrases: &'q [Phrase],
    /// Only what customers see.
    pub told_only: bool,
    /// Only of this project.
    pub project: Option<ProjectKey>,
    /// Only what stands before this place ...
    pub before: i64,
    /// ... and not before this one.
    pub from: i64,
    /// Only on these tickets; on all where it names none.
    pub among: &'q [RecordKey],
}

row! {
    /// A text that was found.
    pub struct FoundRow {
        /// Whose it is.
        pub tenant: TenantId,
        /// Its place among all texts, the later the higher.
        pub id: i64,
        /// The record.
        pub record: RecordKey,
        /// The fact.
        pub seq: u64,
        /// The text.
        pub blob: BlobId,
    }
}

impl FoundRow {
    /// When it was written.
    pub fn at(&self) -> Instant {
        Instant::from_ms(self.id >> 20)
    }
}

row! {
    /// What a list of found tickets shows of one.
    pub struct TicketHead {
        /// `KEY-n`.
        pub key: RecordKey,
        /// Its project.
        pub project: ProjectKey,
        /// Code of its process.
        pub kind: String,
        /// Its state's code.
        pub state: String,
        /// Its title; empty once its words are gone.
        pub title: String,
        /// When it was opened.
        pub opened: Instant,
        /// When it ended, once it did.
        pub ended: Option<Instant>,
        /// 1 where it exists for the customer: an incident only once they were told of it, or told us.
        pub known: u32,
    }
}

row! {
    /// A tenant whose chain is ahead of the index.
    pub struct Behind {
        /// The tenant.
        pub tenant: TenantId,
        /// The last fact that is indexed.
        pub seq: u64,
    }
}

/// From so many facts on the planner counts the texts anew each time a chain has doubled: an index that is made anew after a restore
/// fills within seconds, and a question before the next count by itself, a minute later, would read every text.
const COUNTED_FROM: u64 = 1_000;

impl SystemScope<'_> {
    /// Tenants with facts that are not indexed yet.
    ///
    /// # Errors
    /// The database fails.
    pub async fn unindexed(&self) -> Result<Vec<Behind>, Failure> {
        let sql = "SELECT h.tenant AS tenant, COALESCE(p.seq, 0) AS seq FROM chain_heads h \
                   LEFT JOIN search_places p ON p.tenant = h.tenant WHERE h.seq > COALESCE(p.seq, 0) ORDER BY h.tenant";
        self.db().all(sql, vec![]).await
    }
}

impl Scoped<'_> {
    /// The heads of those of these tickets that are there.
    ///
    /// # Errors
    /// The database fails.
    pub async fn ticket_heads(&self, keys: &[RecordKey]) -> Result<Vec<TicketHead>, Failure> {
        let (places, mut more) = list(1, keys);
        let mut vals = vals![self.tenant];
        vals.append(&mut more);
        let sql = format!(
            "SELECT r.key AS key, r.project AS project, r.kind AS kind, r.state AS state, r.title AS title, r.opened AS opened, \
             r.ended AS ended, COALESCE(i.known, 1) AS known FROM records r \
             LEFT JOIN incidents i ON i.tenant = r.tenant AND i.key = r.key WHERE r.tenant = $1 AND r.key IN {places}"
        );
        self.db().all(&sql, vals).await
    }

    /// Takes in what the facts after `from` up to `to` say, and says whether it did: another node may have been there first.
    ///
    /// # Errors
    /// The database fails.
    pub async fn index(
        &self,
        (from, to): (u64, u64),
        texts: &[Indexed],
        forgotten: &[Forgotten],
    ) -> Result<bool, Failure> {
        let mut tx = self.db().begin().await?;
        let first = "INSERT INTO search_places (tenant, seq) VALUES ($1, 0) ON CONFLICT (tenant) DO NOTHING";
        tx.run(first, vals![self.tenant]).await?;
        let lock = format!("SELECT seq FROM search_places WHERE tenant = $1 {}", tx.for_update());
        let place: Option<(i64,)> = tx.first(&lock, vals![self.tenant]).await?;
        if place.and_then(|(seq,)| u64::try_from(seq).ok()) != Some(from) {
            return Ok(false);
        }
        for text in texts {
            tx.add_words(self.tenant, text).await?;
        }
        for gone in forgotten {
            tx.drop_words(self.tenant, &gone.record, (gone.from, gone.to)).await?;
        }
        tx.run("UPDATE search_places SET seq = $2 WHERE tenant = $1", vals![self.tenant, to]).await?;
        if to >= COUNTED_FROM && to.ilog2() > from.max(1).ilog2() {
            tx.know_sizes(&["search_texts"]).await?;
        }
        tx.commit().await?;
        Ok(true)
    }
}

impl StaffScope<'_> {
    /// The newest texts in which all of it is found, at most `limit`.
    ///
    /// # Errors
    /// The database fails.
    pub async fn found(&self, query: &WordQuery<'_>, limit: u32) -> Result<Vec<FoundRow>, Failure> {
        match self.tenants.is_empty() || query.phrases.is_empty() {
            true => Ok(vec![]),
            false => self.db().found(self.tenants, query, limit).await,
        }
    }
}
