//! One write transaction of one tenant: facts in their chain, and beside them the rows that cache their fold.

use crate::db::Tx;
use crate::values::{Val, vals};
use crate::{Failure, Scoped, Store, random};
use domain::fact::{Body, Fact, Hash, NewFact, genesis, link, sha256};
use domain::ids::{BlobId, ProjectKey, TenantId};
use domain::time::Instant;
use std::collections::BTreeMap;

/// The lane of every chain until a hot tenant is split.
pub const LANE: u32 = 0;

/// A clock that goes back by more than this, in milliseconds, is told by a fact.
pub const STEP_MS: i64 = 2_000;

crate::values::row! {
    /// Where a tenant's chain stands.
    pub struct Head {
        /// The last fact's place; 0 before the first.
        pub seq: u64,
        /// The last fact's hash; the genesis before the first.
        pub hash: Hash,
        /// The instant of the last write.
        pub instant: Instant,
        /// How many alert events the tenant has received.
        pub events: u64,
    }
}

/// A write transaction of one tenant. It holds the chain's head under its lock; dropped without [`Write::commit`] it leaves
/// nothing behind.
pub struct Write {
    tx: Tx,
    tenant: TenantId,
    now: Instant,
    head: Head,
    facts: Vec<Fact>,
    new_facts: Vec<Vec<Val>>,
    new_blobs: Vec<Vec<Val>>,
    /// Record numbers given, by project: the last one.
    numbers: BTreeMap<ProjectKey, u64>,
    touched: bool,
}

impl Scoped<'_> {
    /// Starts a write transaction: takes the lock on the chain's head, then reads the instant once.
    ///
    /// # Errors
    /// The database fails, or there is no such tenant ([`Failure::Corrupt`]).
    pub async fn write(&self) -> Result<Write, Failure> {
        Write::begin(self.store, self.tenant).await
    }
}

impl Write {
    pub(crate) async fn begin(store: &Store, tenant: &TenantId) -> Result<Self, Failure> {
        Self::lock(store, store.db.begin().await?, tenant).await
    }

    /// Takes the head of a tenant that exists in `tx`.
    pub(crate) async fn lock(store: &Store, mut tx: Tx, tenant: &TenantId) -> Result<Self, Failure> {
        let locked = match locked_head(&mut tx, tenant).await? {
            Some(locked) => locked,
            None => {
                let sql = "INSERT INTO chain_heads (tenant, lane, seq, hash, instant, events) VALUES ($1, 0, 0, $2, $3, 0) \
                           ON CONFLICT (tenant, lane) DO NOTHING";
                let now = store.clock.of_tx(&mut tx).await?;
                tx.run(sql, vals![tenant, genesis(tenant, LANE), now]).await?;
                let locked = locked_head(&mut tx, tenant).await?;
                locked.ok_or_else(|| Failure::Corrupt(format!("the chain of tenant {tenant} has no head")))?
            }
        };
        let (head, now) = locked;
        let now = store.clock.after_lock(now);
        let back_ms = head.instant.since_ms(now);
        let (tenant, facts, new_facts, new_blobs) = (tenant.clone(), vec![], vec![], vec![]);
        let numbers = BTreeMap::new();
        let mut write = Self { tx, tenant, now, head, facts, new_facts, new_blobs, numbers, touched: false };
        if back_ms > STEP_MS {
            write.append(NewFact::by_system(None, Body::ClockStepped { back_ms }));
            // A write with nothing else to say says nothing; the next one tells of the step.
            write.touched = false;
        }
        Ok(write)
    }

    /// Whose transaction it is.
    pub fn tenant(&self) -> &TenantId {
        &self.tenant
    }

    /// The one instant of the transaction, read after the head was locked.
    pub fn now(&self) -> Instant {
        self.now
    }

    /// Where the chain stands with what was appended so far.
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// Keeps bytes under a name that says nothing about them: SHA-256 over a random salt and the bytes.
    pub fn blob(&mut self, media_type: &str, bytes: &[u8]) -> BlobId {
        let salt = random::bytes::<16>();
        let id = BlobId::new(format!("sha256:{}", sha256(&[&salt, bytes])));
        let row = vals![&self.tenant, &id, media_type, salt.to_vec(), bytes];
        self.new_blobs.push(row);
        self.touched = true;
        id
    }

    /// Keeps a text; see [`Write::blob`].
    pub fn text(&mut self, text: &str) -> BlobId {
        self.blob("text/plain", text.as_bytes())
    }

    /// Gives a fact its place in the chain. It reaches the database with the next flush.
    pub fn append(&mut self, fact: NewFact) -> Fact {
        let fact = fact.at(self.tenant.clone(), self.head.seq + 1, self.now);
        let json = fact.canonical();
        self.head.seq = fact.seq;
        self.head.hash = link(&self.head.hash, &json);
        let kind = domain::fact::kind_of(&json);
        let Self { tenant, head, .. } = self;
        let row = vals![&*tenant, LANE, fact.seq, fact.record.as_ref(), kind, fact.instant, &head.hash, json];
        self.new_facts.push(row);
        self.facts.push(fact.clone());
        self.touched = true;
        fact
    }

    /// The number of the tenant's next alert event, from 1 without gaps.
    pub fn next_event(&mut self) -> u64 {
        self.touched = true;
        self.head.events += 1;
        self.head.events
    }

    /// Hands blobs and facts to the database, few statements for many rows. [`Write::commit`] does it too, and so does
    /// whatever refers to them.
    ///
    /// # Errors
    /// The database fails.
    pub async fn flush(&mut self) -> Result<(), Failure> {
        let blobs = std::mem::take(&mut self.new_blobs);
        self.tx.insert("INSERT INTO blobs (tenant, id, media_type, salt, bytes)", blobs, "").await?;
        let facts = std::mem::take(&mut self.new_facts);
        let sql = "INSERT INTO facts (tenant, lane, seq, record, kind, instant, hash, json)";
        self.tx.insert(sql, facts, "").await
    }

    /// Makes everything durable and returns the facts appended, in their order. A write that holds nothing is rolled back
    /// and returns none.
    ///
    /// # Errors
    /// The database fails; nothing is written then, unless the connection broke during the commit itself.
    pub async fn commit(mut self) -> Result<Vec<Fact>, Failure> {
        if !self.touched {
            return Ok(vec![]);
        }
        self.flush().await?;
        for (project, number) in std::mem::take(&mut self.numbers) {
            let sql = "UPDATE projects SET records = $1 WHERE tenant = $2 AND key = $3";
            self.tx.run(sql, vals![number, &self.tenant, &project]).await?;
        }
        let sql =
            "UPDATE chain_heads SET seq = $1, hash = $2, instant = $3, events = $4 WHERE tenant = $5 AND lane = 0";
        let Head { seq, hash, events, .. } = &self.head;
        self.tx.run(sql, vals![*seq, hash, self.now, *events, &self.tenant]).await?;
        self.tx.commit().await?;
        Ok(self.facts)
    }

    /// The record numbers given so far, which [`Write::commit`] stores.
    pub(crate) fn numbers(&mut self) -> &mut BTreeMap<ProjectKey, u64> {
        self.touched = true;
        &mut self.numbers
    }

    /// Says that the transaction holds something to be committed.
    pub(crate) fn touch(&mut self) {
        self.touched = true;
    }

    /// Runs a statement of another noun.
    pub(crate) async fn run(&mut self, sql: &str, vals: Vec<Val>) -> Result<u64, Failure> {
        self.touched = true;
        self.tx.run(sql, vals).await
    }

    /// A statement of another noun that changes rows and returns one.
    pub(crate) async fn returning<T: crate::db::Row>(
        &mut self,
        sql: &str,
        vals: Vec<Val>,
    ) -> Result<Option<T>, Failure> {
        self.touched = true;
        self.tx.first(sql, vals).await
    }

    /// Inserts rows of another noun; see [`Tx::insert`].
    pub(crate) async fn insert(&mut self, head: &str, rows: Vec<Vec<Val>>, tail: &str) -> Result<(), Failure> {
        self.touched |= !rows.is_empty();
        self.tx.insert(head, rows, tail).await
    }

    /// The transaction to read from and the tenant to bind.
    pub(crate) fn parts(&mut self) -> (&mut Tx, &TenantId) {
        (&mut self.tx, &self.tenant)
    }
}

/// The head as it stands under its lock, and what the database's clock says then; SQLite has none.
type LockedHead = (Head, Option<Instant>);

async fn locked_head(tx: &mut Tx, tenant: &TenantId) -> Result<Option<LockedHead>, Failure> {
    let (lock, clock) = (tx.for_update(), tx.clock());
    // The clock stands outside of what locks, so that it is read after the wait for the lock.
    let sql = format!(
        "WITH locked AS MATERIALIZED \
           (SELECT seq, hash, instant, events FROM chain_heads WHERE tenant = $1 AND lane = 0 {lock}) \
         SELECT seq, hash, instant, events, {clock} AS now FROM locked"
    );
    let row: Option<(i64, String, i64, i64, Option<i64>)> = tx.first(&sql, vals![tenant]).await?;
    let count = |number: i64| {
        u64::try_from(number).map_err(|_| Failure::Corrupt(format!("the head of tenant {tenant} counts {number}")))
    };
    row.map(|(seq, hash, instant, events, now)| {
        let head = Head { seq: count(seq)?, hash, instant: Instant::from_ms(instant), events: count(events)? };
        Ok((head, now.map(Instant::from_ms)))
    })
    .transpose()
}
