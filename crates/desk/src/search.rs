//! Search over everything that was written on tickets (R-5.3-10, R-5.4.4.3-5): the index follows the chains, and a reader finds only
//! what they may read.

use crate::{Answer, Caller, Desk};
use domain::access::Right;
use domain::fact::{Body, Fact};
use domain::ids::{BlobId, ProjectKey, RecordKey, TenantId};
use domain::search::{Piece, excerpt, phrases, tokens};
use domain::time::Instant;
use domain::words::Words;
use std::collections::{HashMap, HashSet};
use store::{Forgotten, FoundRow, Indexed, TicketHead, WordQuery};

/// Facts of one transaction of the index; the writer of SQLite is held for some milliseconds.
const FACTS: u32 = 200;

/// Texts that are looked at for each ticket that is wanted: a ticket may have the words many times.
const TEXTS_EACH: u32 = 6;

/// Characters on each side of what was found.
const AROUND: usize = 40;

/// A ticket that was found.
#[derive(Clone, Debug)]
pub struct Hit {
    /// Whose it is.
    pub tenant: TenantId,
    /// The customer's name.
    pub customer: String,
    /// What it is.
    pub head: TicketHead,
    /// The name of its process.
    pub process: Words,
    /// The name of its state.
    pub state: Words,
    /// When the newest text was written in which all of it stands.
    pub at: Instant,
    /// The part of that text around it.
    pub excerpt: Vec<Piece>,
}

/// One page of what was found.
#[derive(Clone, Debug, Default)]
pub struct Hits {
    /// Tickets, the newest text first, each once.
    pub tickets: Vec<Hit>,
    /// Where the next page begins; none where there is no more.
    pub next: Option<i64>,
}

impl Desk {
    /// The tickets in which all terms of a question are found, at most `limit`; nothing for a question without a letter or digit.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn search(&self, caller: &Caller, question: &str, before: Option<i64>, limit: u32) -> Answer<Hits> {
        let phrases = phrases(question);
        let before = before.unwrap_or(i64::MAX);
        let all = WordQuery {
            phrases: &phrases,
            told_only: false,
            project: caller.only_project().cloned(),
            before,
            from: 0,
            among: &[],
        };
        let staff = self.tenants_with(caller, Right::ReadOperations).await?;
        let mut others = self.tenants_with(caller, Right::ReadPublished).await?;
        others.retain(|tenant| !staff.contains(tenant));
        let wanted = limit.saturating_mul(TEXTS_EACH);
        let mut rows = self.found(&staff, &others, &all, wanted).await?;
        let next = rows.last().map(|row| row.id).filter(|_| rows.len() >= wanted as usize);
        if before < i64::MAX && !rows.is_empty() {
            // A ticket stands where its newest text does, which may have been on a page before.
            let mut keys: Vec<RecordKey> = rows.iter().map(|row| row.record.clone()).collect();
            keys.sort();
            keys.dedup();
            let newer = WordQuery { before: i64::MAX, from: before, among: &keys, ..all.clone() };
            let newer = self.found(&staff, &others, &newer, u32::MAX).await?;
            let shown: HashSet<RecordKey> = newer.into_iter().map(|row| row.record).collect();
            rows.retain(|row| !shown.contains(&row.record));
        }
        self.hits(rows, &staff, question, limit as usize, next).await
    }

    /// Texts of the tenants whose inside the caller sees and of those of which they see what is told, the newest first.
    async fn found(
        &self,
        staff: &[TenantId],
        others: &[TenantId],
        query: &WordQuery<'_>,
        wanted: u32,
    ) -> Answer<Vec<FoundRow>> {
        let mut rows = self.store.staff(staff).found(query, wanted).await?;
        let told = WordQuery { told_only: true, ..query.clone() };
        rows.extend(self.store.staff(others).found(&told, wanted).await?);
        rows.sort_by_key(|row| std::cmp::Reverse(row.id));
        rows.truncate(wanted as usize);
        Ok(rows)
    }

    async fn hits(
        &self,
        rows: Vec<FoundRow>,
        staff: &[TenantId],
        question: &str,
        limit: usize,
        mut next: Option<i64>,
    ) -> Answer<Hits> {
        let mut seen = HashSet::new();
        let mut first: Vec<FoundRow> = vec![];
        for row in rows {
            if first.len() == limit && !seen.contains(&row.record) {
                next = first.last().map(|row| row.id);
                break;
            }
            if seen.insert(row.record.clone()) {
                first.push(row);
            }
        }
        let mut tenants: Vec<TenantId> = first.iter().map(|row| row.tenant.clone()).collect();
        tenants.sort();
        tenants.dedup();
        let (mut heads, mut texts) = (HashMap::new(), HashMap::new());
        for tenant in &tenants {
            let own = || first.iter().filter(|row| row.tenant == *tenant);
            let store = self.store.tenant(tenant);
            let keys: Vec<RecordKey> = own().map(|row| row.record.clone()).collect();
            heads.extend(store.ticket_heads(&keys).await?.into_iter().map(|head| (head.key.clone(), head)));
            let blobs: Vec<BlobId> = own().map(|row| row.blob.clone()).collect();
            texts.extend(store.texts(&blobs).await?);
        }
        let names: HashMap<TenantId, String> =
            self.store.system().tenants().await?.into_iter().map(|tenant| (tenant.id, tenant.name)).collect();
        let processes = self.procedures().await?;
        let mut tickets = vec![];
        for row in first {
            let Some(head) = heads.remove(&row.record) else { continue };
            if head.known == 0 && !staff.contains(&row.tenant) {
                continue;
            }
            let process = processes.iter().map(|it| &it.process).find(|process| process.code == head.kind);
            let state = process.and_then(|process| process.state(&head.state));
            let text = texts.get(&row.blob).map(|text| plain(text)).unwrap_or_default();
            tickets.push(Hit {
                customer: names.get(&row.tenant).cloned().unwrap_or_default(),
                process: process.map(|process| process.label.clone()).unwrap_or_default(),
                state: state.map(|state| state.label.clone()).unwrap_or_default(),
                at: row.at(),
                excerpt: excerpt(&text, question, AROUND),
                tenant: row.tenant,
                head,
            });
        }
        Ok(Hits { tickets, next })
    }

    /// Takes the next facts of each chain into the index; says whether there were any.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn index_words(&self) -> Answer<bool> {
        let mut any = false;
        for behind in self.store.system().unindexed().await? {
            let store = self.store.tenant(&behind.tenant);
            let mut facts = vec![];
            for stored in store.facts(behind.seq, FACTS).await? {
                facts.push(stored.fact(&behind.tenant)?);
            }
            let Some(to) = facts.last().map(|fact| fact.seq) else { continue };
            let words: Vec<BlobId> =
                facts.iter().filter(|fact| is_of_ticket(fact)).flat_map(Fact::words).cloned().collect();
            let texts = store.texts(&words).await?;
            let indexed: Vec<Indexed> = facts.iter().flat_map(|fact| indexed(fact, &texts)).collect();
            let forgotten: Vec<Forgotten> = facts.iter().filter_map(forgotten).collect();
            any |= store.index((behind.seq, to), &indexed, &forgotten).await?;
        }
        Ok(any)
    }
}

/// Whether a fact is about a ticket, rather than a window of work, whose numbers have a letter.
fn is_of_ticket(fact: &Fact) -> bool {
    project_of(fact).is_some()
}

fn project_of(fact: &Fact) -> Option<ProjectKey> {
    let (project, number) = fact.record.as_ref()?.as_str().rsplit_once('-')?;
    number.bytes().all(|digit| digit.is_ascii_digit()).then(|| ProjectKey::new(project))
}

/// The texts of a fact as the index takes them.
fn indexed(fact: &Fact, texts: &HashMap<BlobId, String>) -> Vec<Indexed> {
    let (Some(record), Some(project)) = (&fact.record, project_of(fact)) else { return vec![] };
    let told = fact.told_words();
    let opens = matches!(fact.body, Body::IncidentOpened { .. } | Body::RequestFiled(_) | Body::RecordOpened(_));
    let mut found = vec![];
    for (part, blob) in (0..).zip(fact.found_words()) {
        let Some(text) = texts.get(blob) else { continue };
        let mut text = plain(text);
        // A ticket is found by its number, too.
        if opens && part == 0 {
            text = format!("{record} {text}");
        }
        found.push(Indexed {
            record: record.clone(),
            project: project.clone(),
            seq: fact.seq,
            part,
            at: fact.instant,
            internal: !told.contains(&blob),
            blob: blob.clone(),
            tokens: tokens(&text),
        });
    }
    found
}

fn forgotten(fact: &Fact) -> Option<Forgotten> {
    let record = fact.record.clone()?;
    match fact.body {
        Body::WordsErased { of, .. } => Some(Forgotten { record, from: of, to: of }),
        Body::RecordDisposed { .. } => Some(Forgotten { record, from: 0, to: fact.seq }),
        _ => None,
    }
}

/// What people wrote in a text: of a form its values, in their order.
fn plain(text: &str) -> String {
    let form = if text.starts_with('{') { serde_json::from_str::<serde_json::Value>(text).ok() } else { None };
    let Some(form) = form else { return text.to_owned() };
    let mut said = vec![];
    leaves(&form, &mut said);
    said.join("\n")
}

fn leaves<'v>(value: &'v serde_json::Value, said: &mut Vec<&'v str>) {
    match value {
        serde_json::Value::String(text) => said.push(text),
        serde_json::Value::Array(items) => items.iter().for_each(|item| leaves(item, said)),
        serde_json::Value::Object(fields) => fields.values().for_each(|field| leaves(field, said)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_form_only_what_was_filled_in_is_found() {
        assert_eq!(plain(r#"{"topic":"構成","hosts":["web-01","web-02"],"n":3}"#), "web-01\nweb-02\n構成");
        assert_eq!(plain("{ここから"), "{ここから");
        assert_eq!(plain("本文"), "本文");
    }
}
