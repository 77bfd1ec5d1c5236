//! Frozen tables: each is judged again from the facts that stood before it, ticket by ticket, and compared with its bytes, its sum
//! and its rows.

use super::chain::Chain;
use super::rows::{Expected, Table};
use super::{Audit, Checked, fault, fault_of};
use crate::compliance::{occurrence, ticket};
use domain::clocks::Verdict;
use domain::compliance::frozen::{Changed, FrozenTable, checksum};
use domain::compliance::{Judged, JudgedNotice};
use domain::fact::{Body, Fact};
use domain::ids::{BlobId, RecordKey, TenantId};
use domain::incident::Incident;
use domain::request::Request;
use domain::time::Instant;
use store::{Cell, FrozenRow};

/// The frozen tables of a tenant, by number.
#[derive(Default)]
pub(super) struct Frozen(Vec<Kept>);

/// One frozen table as its fact tells of it.
struct Kept {
    fact: Fact,
    restates: Option<u32>,
    from: Instant,
    before: Instant,
    checksum: String,
    document: BlobId,
    changed: Option<Vec<Changed>>,
    /// What it says; none where the words were erased.
    table: Option<FrozenTable>,
    /// How many of its tickets were found.
    found: usize,
}

impl Frozen {
    /// Adds the next fact.
    pub(super) fn apply(&mut self, fact: &Fact) -> Checked {
        let (number, restates, period, sum, document, changed) = match &fact.body {
            Body::TableFrozen { number, from, before, checksum, document } => {
                (*number, None, Some((*from, *before)), checksum, document, None)
            }
            Body::TableRestated { number, restates, checksum, document, changed } => {
                let restated = usize::try_from(*restates).ok().and_then(|number| self.0.get(number.checked_sub(1)?));
                let period = restated.map(|it| (it.from, it.before));
                (*number, Some(*restates), period, checksum, document, Some(changed.clone()))
            }
            _ => return Ok(()),
        };
        let is_next = usize::try_from(number).is_ok_and(|number| number == self.0.len() + 1);
        let Some((from, before)) = period.filter(|_| is_next) else {
            return Err(fault(&fact.tenant, fact.seq, format!("table {number} was not to be frozen here")));
        };
        self.0.push(Kept {
            fact: fact.clone(),
            restates,
            from,
            before,
            checksum: sum.clone(),
            document: document.clone(),
            changed,
            table: None,
            found: 0,
        });
        Ok(())
    }

    /// Every ticket of every table was found among the records.
    pub(super) fn end(&self, tenant: &TenantId) -> Checked {
        let short = self.0.iter().find(|kept| {
            kept.table.as_ref().is_some_and(|table| table.requests.len() + table.incidents.len() != kept.found)
        });
        match short {
            None => Ok(()),
            Some(kept) => Err(fault(tenant, kept.fact.seq, "the table names a ticket of which no fact tells")),
        }
    }
}

impl Audit<'_> {
    /// Reads the documents of the frozen tables, and compares them with their facts and rows.
    pub(super) async fn frozen_tables(&mut self, chain: &mut Chain) -> Checked {
        let tenant = chain.tenant.clone();
        let documents: Vec<&BlobId> = chain.frozen.0.iter().map(|kept| &kept.document).collect();
        let texts = self.snapshot.texts(&tenant, &documents).await?;
        let mut tables = Table::new(&tenant, "frozen_tables", &["number"]);
        let mut verdicts = Table::new(&tenant, "frozen_verdicts", &["record", "number"]);
        let mut erased = vec![];
        for number in 0..chain.frozen.0.len() {
            let read = texts.get(&chain.frozen.0[number].document).map(|text| chain.frozen.0[number].read(text));
            let kept = &mut chain.frozen.0[number];
            let Some(table) = read.transpose()? else {
                erased.push(Cell::from(number as u64 + 1));
                continue;
            };
            for (record, verdict) in table.verdicts() {
                let verdict = if verdict == Verdict::Met { "met" } else { "missed" };
                let key = vec![record.as_str().into(), table.number.into()];
                let cells = vec![("verdict", verdict.into())];
                verdicts.expect(key, Expected { seq: kept.fact.seq, record: Some(record), cells });
            }
            tables.expect(vec![table.number.into()], kept.expected(&table));
            kept.table = Some(table);
        }
        for place in 0..chain.frozen.0.len() {
            chain.frozen.changed(place)?;
        }
        // Of an erased document nothing but its name and its sum can be compared.
        let keep = |rows: Vec<store::StoredRow>| -> Vec<_> {
            rows.into_iter().filter(|row| !erased.contains(row.get("number"))).collect()
        };
        tables.compare(&keep(self.snapshot.rows("frozen_tables", &tenant).await?), chain.seq)?;
        verdicts.compare(&keep(self.snapshot.rows("frozen_verdicts", &tenant).await?), chain.seq)
    }

    /// Judges a request as of each table, from the facts before it.
    pub(super) fn frozen_request(&self, frozen: &mut Frozen, key: &RecordKey, facts: &[Fact]) -> Checked {
        let mut folded: Option<Request> = None;
        let mut rest = facts.iter();
        for kept in &mut frozen.0 {
            let tenant = kept.fact.tenant.clone();
            let broken = |broken: domain::incident::Broken| fault_of(&tenant, broken.seq, key, broken.to_string());
            for fact in before(&mut rest, kept.fact.seq) {
                match &mut folded {
                    None => folded = Request::fold(std::slice::from_ref(fact)).map_err(broken)?,
                    Some(request) => request.apply(fact).map_err(broken)?,
                }
            }
            let Some(table) = &kept.table else { continue };
            let said = table.requests.binary_search_by(|it| it.key.cmp(key)).ok().map(|place| &table.requests[place]);
            let judged = |request: &Request| -> Vec<Option<Judged>> {
                let calendars = self.calendars(request.as_of);
                let judged = calendars.iter().map(|calendar| {
                    let row = crate::request::cached_row(&tenant, request, String::new(), calendar);
                    let ticket = ticket(row).filter(|it| it.due >= kept.from && it.due < kept.before);
                    ticket.map(|ticket| ticket.judged(kept.fact.instant))
                });
                judged.collect()
            };
            let possible = folded.as_ref().map_or_else(|| vec![None], judged);
            kept.found += usize::from(said.is_some());
            if !possible.iter().any(|it| it.as_ref() == said) {
                return Err(fault_of(&tenant, kept.fact.seq, key, other(table, said.is_some())));
            }
        }
        Ok(())
    }

    /// Judges an incident as of each table, from the facts before it.
    pub(super) fn frozen_incident(&self, frozen: &mut Frozen, key: &RecordKey, facts: &[Fact]) -> Checked {
        let mut folded: Option<Incident> = None;
        let mut rest = facts.iter();
        for kept in &mut frozen.0 {
            let tenant = kept.fact.tenant.clone();
            let broken = |broken: domain::incident::Broken| fault_of(&tenant, broken.seq, key, broken.to_string());
            for fact in before(&mut rest, kept.fact.seq) {
                match &mut folded {
                    None => folded = Incident::fold(std::slice::from_ref(fact)).map_err(broken)?,
                    Some(incident) => incident.apply(fact).map_err(broken)?,
                }
            }
            let Some(table) = &kept.table else { continue };
            let said = table.incidents.binary_search_by(|it| it.key.cmp(key)).ok().map(|place| &table.incidents[place]);
            let judged = |incident: &Incident| -> Option<JudgedNotice> {
                // No clock of an incident counts business days.
                let calendar = domain::calendar::Calendar::default();
                let row = crate::incident::cached_row(&tenant, incident, String::new(), &calendar);
                let is_false = row.state == domain::incident::State::FalseAlarm.code();
                let it =
                    Some(occurrence(row)).filter(|it| !is_false && it.slo_due >= kept.from && it.slo_due < kept.before);
                it.map(|it| it.judged(kept.fact.instant))
            };
            kept.found += usize::from(said.is_some());
            if folded.as_ref().and_then(judged).as_ref() != said {
                return Err(fault_of(&tenant, kept.fact.seq, key, other(table, said.is_some())));
            }
        }
        Ok(())
    }
}

fn other(table: &FrozenTable, is_named: bool) -> String {
    let how = if is_named { "says another verdict than the facts before it" } else { "leaves the ticket out" };
    format!("frozen table {} {how}", table.number)
}

impl Kept {
    /// What the document says, if it is the one that the fact tells of.
    fn read(&self, text: &str) -> Checked<FrozenTable> {
        let (tenant, seq) = (&self.fact.tenant, self.fact.seq);
        if checksum(text) != self.checksum {
            return Err(fault(tenant, seq, "the frozen table has another checksum than its fact says"));
        }
        let table: FrozenTable =
            serde_json::from_str(text).map_err(|error| fault(tenant, seq, format!("the frozen table: {error}")))?;
        let number = match &self.fact.body {
            Body::TableFrozen { number, .. } | Body::TableRestated { number, .. } => *number,
            _ => 0,
        };
        let is_sorted =
            table.requests.is_sorted_by(|a, b| a.key < b.key) && table.incidents.is_sorted_by(|a, b| a.key < b.key);
        let is_same = table.tenant == *tenant
            && (table.number, table.restates) == (number, self.restates)
            && (table.from, table.before, table.as_of) == (self.from, self.before, self.fact.instant)
            && table.canonical() == text;
        if !is_sorted || !is_same {
            return Err(fault(tenant, seq, "the frozen table is not the one that its fact tells of"));
        }
        Ok(table)
    }

    fn expected(&self, table: &FrozenTable) -> Expected {
        let (actor, reason) = (&self.fact.actor, self.fact.reason.clone());
        let row = crate::frozen::row(table, actor, &self.checksum, self.document.clone(), reason);
        let FrozenRow { restates, from, before, frozen_at, frozen_by, checksum, document, reason, .. } = row;
        let cells = vec![
            ("restates", restates.map(u64::from).into()),
            ("period_from", from.into()),
            ("period_before", before.into()),
            ("frozen_at", frozen_at.into()),
            ("frozen_by", frozen_by.into()),
            ("checksum", checksum.into()),
            ("document", document.as_str().into()),
            ("reason", reason.map(|reason| reason.to_string()).into()),
            ("judged", row.judged.into()),
            ("missed", row.missed.into()),
            ("sla_judged", row.sla_judged.into()),
            ("sla_missed", row.sla_missed.into()),
        ];
        Expected { seq: self.fact.seq, record: None, cells }
    }
}

impl Frozen {
    /// A restated table differs from the one it restates as its fact says, by another person.
    fn changed(&self, place: usize) -> Checked {
        let kept = &self.0[place];
        let restated = kept.restates.and_then(|number| self.0.get(usize::try_from(number).ok()?.checked_sub(1)?));
        let (Some(said), Some(restated)) = (&kept.changed, restated) else { return Ok(()) };
        let wrong = |what: &str| Err(fault(&kept.fact.tenant, kept.fact.seq, what));
        if restated.fact.actor.is_same_person(&kept.fact.actor) {
            return wrong("whoever froze a table restated it");
        }
        match (&restated.table, &kept.table) {
            (Some(before), Some(table)) if before.changed(table) != *said => {
                wrong("the fact names other verdicts than those in which the two tables differ")
            }
            _ => Ok(()),
        }
    }
}

/// The next facts before a place.
fn before<'f>(rest: &mut std::slice::Iter<'f, Fact>, seq: u64) -> Vec<&'f Fact> {
    let count = rest.as_slice().iter().take_while(|fact| fact.seq < seq).count();
    rest.by_ref().take(count).collect()
}
