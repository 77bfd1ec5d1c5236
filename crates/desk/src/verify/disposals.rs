//! Words that are gone: each was erased by a fact that says so, and what a fact says is erased is gone.

use super::chain::Chain;
use super::{Audit, Checked, fault, fault_of};
use domain::disposal::{Disposal, erased_with};
use domain::fact::{Body, Fact};
use domain::ids::{BlobId, RecordKey, TenantId};
use domain::time::Instant;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Records looked at together.
const BATCH: usize = 100;

/// What the facts of a tenant say of words that are gone.
#[derive(Default)]
pub(super) struct Disposals {
    disposals: Vec<Disposal>,
    /// By record: the place of the fact that disposed of it, and before when its last fact has to be.
    records: BTreeMap<RecordKey, (u64, Instant)>,
    /// Facts whose words were erased one by one, by record.
    facts: BTreeMap<RecordKey, Vec<u64>>,
}

impl Disposals {
    /// Adds the next fact.
    pub(super) fn apply(&mut self, fact: &Fact) -> Checked {
        let wrong = |what: &str| fault(&fact.tenant, fact.seq, what);
        Disposal::apply(&mut self.disposals, fact).ok_or_else(|| wrong("the disposal was not to happen here"))?;
        match (&fact.body, &fact.record) {
            (Body::RecordDisposed { .. }, Some(record)) => {
                let before = self.disposals.last().map_or(fact.instant, |it| it.before);
                if self.records.insert(record.clone(), (fact.seq, before)).is_some() {
                    return Err(wrong("the record was disposed of before"));
                }
            }
            (Body::WordsErased { of, .. }, Some(record)) => {
                self.facts.entry(record.clone()).or_default().push(*of);
            }
            _ => {}
        }
        Ok(())
    }

    fn keys(&self) -> Vec<RecordKey> {
        self.records.keys().chain(self.facts.keys().filter(|key| !self.records.contains_key(*key))).cloned().collect()
    }
}

impl Audit<'_> {
    /// Compares the words that are gone with the facts that say so.
    pub(super) async fn disposals(&mut self, chain: &Chain) -> Checked {
        let (tenant, said) = (&chain.tenant, &chain.disposals);
        let mut unexplained = std::mem::take(&mut self.erased);
        for keys in said.keys().chunks(BATCH) {
            let mut by_record: HashMap<RecordKey, Vec<Fact>> = HashMap::new();
            for stored in self.snapshot.facts_of(tenant, keys).await? {
                let fact = stored.fact(tenant)?;
                by_record.entry(fact.record.clone().unwrap_or_else(|| RecordKey::new(""))).or_default().push(fact);
            }
            for key in keys {
                let facts = by_record.remove(key).unwrap_or_default();
                let gone = said.gone(tenant, key, &facts)?;
                let named: Vec<&BlobId> = gone.iter().collect();
                if let Some(there) = self.snapshot.texts(tenant, &named).await?.into_keys().next() {
                    let seq = facts.iter().find(|fact| fact.blobs().any(|id| *id == there)).map_or(0, |fact| fact.seq);
                    return Err(fault_of(
                        tenant,
                        seq,
                        key,
                        format!("blob {there} was erased, but its words are there"),
                    ));
                }
                unexplained.retain(|id| !gone.contains(id));
            }
        }
        if !unexplained.is_empty() {
            self.beside(tenant, said, &mut unexplained).await?;
        }
        match unexplained.into_iter().min() {
            None => Ok(()),
            Some(id) => {
                let seq = self.snapshot.fact_naming(tenant, id.as_str()).await?.unwrap_or(chain.seq);
                Err(fault(tenant, seq, format!("the words of blob {id} are gone, of which no fact tells")))
            }
        }
    }

    /// Takes out what no fact names: the words of messages, and of alerts that came to a record that was disposed of.
    async fn beside(&mut self, tenant: &TenantId, said: &Disposals, unexplained: &mut HashSet<BlobId>) -> Checked {
        let keys = said.keys();
        let names: Vec<&str> = keys.iter().map(RecordKey::as_str).collect();
        for (table, column, words) in [
            ("messages", "record", "payload"),
            ("alert_events", "incident", "body"),
            ("alert_events", "kept_in", "body"),
        ] {
            for row in self.snapshot.rows_among(table, tenant, column, &names).await? {
                unexplained.remove(&BlobId::new(row.text(words)));
            }
        }
        Ok(())
    }
}

impl Disposals {
    /// The blobs of a record whose words must be gone.
    fn gone(&self, tenant: &TenantId, key: &RecordKey, facts: &[Fact]) -> Checked<HashSet<BlobId>> {
        let mut gone = HashSet::new();
        if let Some((place, before)) = self.records.get(key) {
            for fact in facts.iter().filter(|fact| fact.seq < *place) {
                if fact.instant >= *before {
                    return Err(fault_of(tenant, *place, key, "the words went before their retention was over"));
                }
                gone.extend(fact.blobs().cloned());
            }
        }
        for of in self.facts.get(key).into_iter().flatten() {
            let erased = erased_with(facts, *of)
                .ok_or_else(|| fault_of(tenant, *of, key, "words were erased of a fact that the record has not"))?;
            gone.extend(erased.iter().flat_map(Fact::blobs).cloned());
        }
        Ok(gone)
    }
}
