//! The chain of one tenant: every stored byte of every fact, the head, the checkpoints, and what the facts name.

use super::disposals::Disposals;
use super::events::Events;
use super::frozen::Frozen;
use super::notes::Notes;
use super::people::People;
use super::{Audit, Checked, Facts, Fault, fault};
use domain::fact::{Body, EDITION, Fact, Hash, Origin, genesis, kind_of, verify_link};
use domain::ids::{BlobId, ProjectKey, TenantId};
use std::collections::HashMap;
use store::{LANE, StoredFact};

/// Facts read at once.
const PAGE: u32 = 4_000;

/// What is known of a tenant once its chain is read.
pub(super) struct Chain {
    pub(super) tenant: TenantId,
    /// The last fact's place; 0 without facts.
    pub(super) seq: u64,
    pub(super) people: People,
    pub(super) events: Events,
    pub(super) frozen: Frozen,
    pub(super) disposals: Disposals,
    /// The newest incident of each correlating key, by its number.
    pub(super) newest: HashMap<(ProjectKey, String), u64>,
}

/// A page of facts whose bytes, links and columns are right.
struct Page {
    facts: Vec<Fact>,
    hashes: Vec<Hash>,
}

impl Chain {
    pub(super) async fn check<S: Facts>(audit: &mut Audit<'_, S>, tenant: &TenantId) -> Checked<Self> {
        let begun = std::time::Instant::now();
        let mut chain = Self {
            tenant: tenant.clone(),
            seq: 0,
            people: People::default(),
            events: Events::default(),
            frozen: Frozen::default(),
            disposals: Disposals::default(),
            newest: HashMap::new(),
        };
        let mut notes = Notes::of(audit, tenant);
        let (mut from, mut hash) = (1, genesis(tenant, LANE));
        let (mut stored, mut is_cut) = read(audit, tenant, 0).await?;
        // Its bytes and links are right; what it says is not taken in yet.
        let mut checked: Option<Page> = None;
        let mut unread = None;
        while let Some(last) = stored.last() {
            let (after, last_hash, length) = (last.seq, last.hash.clone(), stored.len() as u64);
            let (owner, previous) = (tenant.clone(), hash.clone());
            let work = tokio::task::spawn_blocking(move || check_page(&owner, from, &previous, &stored, S::COLUMNS));
            // While this page is checked, the one before is taken in and the next one is read.
            let beside = async {
                if let Some(page) = checked.take() {
                    chain.take(audit, &page, &mut notes).await?;
                }
                Checked::Ok(read(audit, tenant, after).await)
            };
            let (beside, page) = tokio::join!(beside, work);
            let next = beside?;
            checked = Some(page??);
            (from, hash) = (from + length, last_hash);
            if is_cut {
                break;
            }
            match next {
                Ok(next) => (stored, is_cut) = next,
                Err(error) => {
                    unread = Some(error);
                    break;
                }
            }
        }
        if let Some(page) = checked {
            chain.take(audit, &page, &mut notes).await?;
        }
        if let Some(error) = unread {
            return Err(error);
        }
        if is_cut {
            return Err(fault(tenant, chain.seq + 1, "what is stored here cannot be read"));
        }
        chain.check_head(audit, &hash).await?;
        notes.end(audit, tenant, chain.seq).await?;
        chain.events.end(audit, tenant, chain.seq).await?;
        audit.report.facts += chain.seq;
        audit.report.chain_seconds += begun.elapsed().as_secs_f64();
        Ok(chain)
    }

    /// Takes in what a page of facts says.
    async fn take<S: Facts>(&mut self, audit: &mut Audit<'_, S>, page: &Page, notes: &mut Notes) -> Checked {
        notes.check(audit, &self.tenant, self.seq + 1, &page.hashes).await?;
        let named: Vec<&BlobId> = page.facts.iter().flat_map(Fact::blobs).collect();
        let there = audit.snapshot.blobs_there(&self.tenant, &named).await?;
        for fact in &page.facts {
            if let Some(gone) = fact.blobs().find(|id| !there.contains(*id)) {
                return Err(fault(&self.tenant, fact.seq, format!("blob {gone} is gone")));
            }
            self.people.apply(fact)?;
            self.frozen.apply(fact)?;
            self.disposals.apply(fact)?;
            self.events.apply(audit, fact).await?;
            self.correlate(fact);
            audit.snapshot.note(fact);
            self.seq = fact.seq;
        }
        Ok(())
    }

    fn correlate(&mut self, fact: &Fact) {
        if let Body::IncidentOpened { project, number, origin, .. } = &fact.body
            && let Some(dedup_key) = dedup_key(origin)
        {
            self.newest.insert((project.clone(), dedup_key), *number);
        }
    }

    /// The head row says where the chain ends.
    async fn check_head<S: Facts>(&mut self, audit: &mut Audit<'_, S>, hash: &Hash) -> Checked {
        let tenant = &self.tenant;
        if audit.snapshot.stray_fact(tenant).await?.is_some() {
            return Err(fault(tenant, self.seq + 1, "a fact stands outside the chain"));
        }
        let heads = audit.snapshot.rows("chain_heads", tenant).await?;
        let head = match heads.as_slice() {
            [head] if head.int("lane") == Some(i64::from(LANE)) => head,
            [] if self.seq == 0 => return Ok(()),
            _ => return Err(fault(tenant, self.seq, "the chain has no head, or more than one")),
        };
        let seq = head.int("seq").and_then(|seq| u64::try_from(seq).ok()).unwrap_or(0);
        if seq > self.seq {
            let what = format!("facts are missing: the head says {seq}, the chain ends with {}", self.seq);
            return Err(fault(tenant, self.seq + 1, what));
        }
        if seq < self.seq {
            return Err(fault(tenant, seq + 1, format!("the head says that the chain ends with {seq}")));
        }
        if head.text("hash") != hash {
            return Err(fault(tenant, seq, "the head has another hash than the last fact"));
        }
        self.events.expect(head.int("events").and_then(|events| u64::try_from(events).ok()).unwrap_or(0));
        Ok(())
    }
}

/// What joins later alerts to an incident of that origin, or the same call sent twice; nothing joins what a customer filed.
pub(super) fn dedup_key(origin: &Origin) -> Option<String> {
    match origin {
        Origin::Alert { dedup_key, .. } | Origin::Window { dedup_key, .. } => Some(dedup_key.clone()),
        Origin::Heartbeat { key } => Some(format!("heartbeat:{key}")),
        Origin::Telephone { call, .. } => Some(domain::fault::dedup_key(*call)),
        Origin::Customer { .. } => None,
    }
}

/// The next facts, and whether the one after them cannot be read at all.
async fn read<S: Facts>(audit: &mut Audit<'_, S>, tenant: &TenantId, after: u64) -> Checked<(Vec<StoredFact>, bool)> {
    match audit.snapshot.facts(tenant, after, PAGE).await {
        Ok(facts) => return Ok((facts, false)),
        Err(failure) if !failure.is_unreadable() => return Err(failure.into()),
        Err(_) => {}
    }
    let mut facts: Vec<StoredFact> = vec![];
    loop {
        let after = facts.last().map_or(after, |fact| fact.seq);
        match audit.snapshot.facts(tenant, after, 1).await {
            Ok(mut one) => facts.append(&mut one),
            Err(failure) if failure.is_unreadable() => break,
            Err(failure) => return Err(failure.into()),
        }
    }
    if facts.is_empty() {
        return Err(fault(tenant, after + 1, "what is stored here cannot be read"));
    }
    Ok((facts, true))
}

/// Checks a page on all cores: a share begins at the stored hash before it, which the share before has checked.
fn check_page(
    tenant: &TenantId,
    from: u64,
    previous: &Hash,
    stored: &[StoredFact],
    columns: bool,
) -> Result<Page, Fault> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let size = stored.len().div_ceil(cores).max(1);
    let mut page = Page { facts: Vec::with_capacity(stored.len()), hashes: Vec::with_capacity(stored.len()) };
    std::thread::scope(|scope| {
        let mut running = vec![];
        let (mut from, mut previous) = (from, previous);
        for share in stored.chunks(size) {
            running.push(scope.spawn(move || check_share(tenant, from, previous, share, columns)));
            from += share.len() as u64;
            previous = share.last().map_or(previous, |fact| &fact.hash);
        }
        for share in running {
            let mut share = share.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
            page.facts.append(&mut share.facts);
            page.hashes.append(&mut share.hashes);
        }
        Ok(page)
    })
}

fn check_share<'a>(
    tenant: &TenantId,
    from: u64,
    mut previous: &'a Hash,
    stored: &'a [StoredFact],
    columns: bool,
) -> Result<Page, Fault> {
    let mut page = Page { facts: Vec::with_capacity(stored.len()), hashes: Vec::with_capacity(stored.len()) };
    for (row, seq) in stored.iter().zip(from..) {
        let wrong = |what: String| Fault { tenant: tenant.clone(), seq, record: None, what };
        if row.seq != seq {
            return Err(wrong(format!("the fact is missing; the next one is {}", row.seq)));
        }
        verify_link(previous, &row.json, &row.hash).map_err(|wrong_link| wrong(wrong_link.to_string()))?;
        let fact = Fact::parse(&row.json).map_err(|error| wrong(format!("the fact cannot be read: {error}")))?;
        if fact.canonical() != row.json {
            return Err(wrong("the stored bytes are not the canonical form of the fact".into()));
        }
        if let Some(column) = other_column(tenant, row, &fact, columns) {
            return Err(wrong(format!("column {column} differs from what was hashed")));
        }
        previous = &row.hash;
        page.hashes.push(row.hash.clone());
        page.facts.push(fact);
    }
    Ok(page)
}

/// The first column that says something else than the hashed bytes; only a database has columns beside tenant and seq.
fn other_column(tenant: &TenantId, row: &StoredFact, fact: &Fact, columns: bool) -> Option<&'static str> {
    [
        ("edition", fact.edition == EDITION),
        ("tenant", fact.tenant == *tenant),
        ("lane", !columns || row.lane == LANE),
        ("seq", fact.seq == row.seq),
        ("record", !columns || fact.record == row.record),
        ("kind", !columns || kind_of(&row.json) == row.kind),
        ("instant", !columns || fact.instant == row.instant),
    ]
    .into_iter()
    .find_map(|(column, is_same)| (!is_same).then_some(column))
}
