//! Alert events: numbered without a gap, each claim of a fact borne out by its event, repeats counted.

use super::windows::Kept;
use super::{Audit, Checked, Facts, fault, fault_of};
use domain::access::Actor;
use domain::fact::{Body, Fact, Origin};
use domain::ids::{BlobId, RecordKey, TenantId};
use std::collections::{HashMap, VecDeque};
use store::{Cell, StoredRow};

/// Events read at once.
const PAGE: u32 = 1_000;

/// How often one alert of an incident was told.
#[derive(Clone, Debug)]
pub(super) struct Told {
    pub(super) count: u64,
    pub(super) first: Cell,
    pub(super) last: Cell,
    pub(super) dedup_key: Cell,
}

/// The stream of a tenant's events, read along with its facts.
#[derive(Default)]
pub(super) struct Events {
    waiting: VecDeque<StoredRow>,
    seen: u64,
    expected: u64,
    /// By incident, then by alert key.
    pub(super) told: HashMap<String, HashMap<String, Told>>,
    /// What was kept in windows of work.
    pub(super) kept: HashMap<String, Kept>,
}

impl Events {
    /// How many events the head says there are.
    pub(super) fn expect(&mut self, events: u64) {
        self.expected = events;
    }

    /// Compares what a fact says of an event with the event.
    pub(super) async fn apply<S: Facts>(&mut self, audit: &mut Audit<'_, S>, fact: &Fact) -> Checked {
        let (event, alert_key, action, fate) = match &fact.body {
            Body::IncidentOpened { origin: Origin::Alert { event, alert_key, .. }, .. } => {
                (event, alert_key, "trigger", "new")
            }
            Body::AlertJoined { event, alert_key } => (event, alert_key, "trigger", "joined"),
            Body::AlertResolved { event, alert_key } => (event, alert_key, "resolve", "joined"),
            Body::AlertAcknowledged { event, alert_key } => (event, alert_key, "acknowledge", "joined"),
            Body::WindowKept { event, alert_key, from: None, .. } => (event, alert_key, "trigger", "window"),
            Body::WindowResolved { event, alert_key, .. } => (event, alert_key, "resolve", "window"),
            _ => return Ok(()),
        };
        let record = fact.record.clone().unwrap_or_else(|| RecordKey::new(""));
        let wrong = |what: String| fault_of(&fact.tenant, fact.seq, &record, what);
        while self.seen + 1 < *event {
            if !self.pass(audit, &fact.tenant, fact.seq).await? {
                return Err(wrong(format!("alert event {event} is missing")));
            }
        }
        let is_next = self.seen + 1 == *event;
        self.fill(audit, &fact.tenant, fact.seq).await?;
        let Some(row) = self.waiting.front().filter(|row| is_next && row.get("id") == &Cell::from(*event)) else {
            return Err(wrong(format!("alert event {event} is missing")));
        };
        let mut expected = vec![
            ("action", Cell::from(action)),
            ("fate", Cell::from(fate)),
            ("received", Cell::from(fact.instant)),
            ("alert_key", Cell::from(alert_key.as_str())),
        ];
        let named = Cell::from(record.as_str());
        expected.extend(match fate {
            "window" => [("kept_in", named), ("incident", Cell::Null)],
            _ => [("incident", named), ("kept_in", Cell::Null)],
        });
        if let Actor::Key { id } = &fact.actor {
            expected.push(("api_key", Cell::from(id.as_str())));
        }
        if let Body::IncidentOpened { project, origin: Origin::Alert { dedup_key, .. }, .. } = &fact.body {
            expected.push(("project", Cell::from(project.as_str())));
            expected.push(("dedup_key", Cell::from(dedup_key.as_str())));
        }
        if let Body::WindowKept { dedup_key, .. } | Body::WindowResolved { dedup_key, .. } = &fact.body {
            expected.push(("dedup_key", Cell::from(dedup_key.as_str())));
        }
        if let Some((column, _)) = expected.iter().find(|(column, cell)| row.get(column) != cell) {
            return Err(wrong(format!("alert_events.{column} of event {event} differs from the fact")));
        }
        self.count();
        Ok(())
    }

    /// Checks that the events end where the head says.
    pub(super) async fn end<S: Facts>(&mut self, audit: &mut Audit<'_, S>, tenant: &TenantId, last: u64) -> Checked {
        while self.pass(audit, tenant, last).await? {}
        if self.seen == self.expected {
            return Ok(());
        }
        Err(fault(tenant, last, format!("there are {} alert events, and the head counts {}", self.seen, self.expected)))
    }

    /// Passes over an event that no fact names. Says whether there was one.
    async fn pass<S: Facts>(&mut self, audit: &mut Audit<'_, S>, tenant: &TenantId, seq: u64) -> Checked<bool> {
        self.fill(audit, tenant, seq).await?;
        let Some(row) = self.waiting.front() else { return Ok(false) };
        let id = self.seen + 1;
        if row.get("id") != &Cell::from(id) {
            return Err(fault(tenant, seq, format!("alert event {id} is missing")));
        }
        let (fate, has_incident) = (row.text("fate"), row.get("incident") != &Cell::Null);
        let is_kept = row.get("kept_in") != &Cell::Null;
        if fate == "new" || has_incident != (fate == "joined") || is_kept != (fate == "window") {
            return Err(fault(tenant, seq, format!("no fact tells of alert event {id} with fate {fate}")));
        }
        self.count();
        Ok(true)
    }

    fn count(&mut self) {
        let Some(row) = self.waiting.pop_front() else { return };
        self.seen += 1;
        let (incident, alert_key) = (row.text("incident"), row.text("alert_key"));
        let new = || Told {
            count: 0,
            first: row.get("received").clone(),
            last: Cell::Null,
            dedup_key: row.get("dedup_key").clone(),
        };
        let told = if !incident.is_empty() {
            self.told.entry(incident.to_owned()).or_default().entry(alert_key.to_owned()).or_insert_with(new)
        } else if row.get("kept_in") != &Cell::Null {
            let place = (row.text("dedup_key").to_owned(), alert_key.to_owned());
            self.kept.entry(row.text("kept_in").to_owned()).or_default().entry(place).or_insert_with(new)
        } else {
            return;
        };
        told.count += 1;
        told.last = row.get("received").clone();
    }

    async fn fill<S: Facts>(&mut self, audit: &mut Audit<'_, S>, tenant: &TenantId, seq: u64) -> Checked {
        if !self.waiting.is_empty() {
            return Ok(());
        }
        let after = if self.seen == 0 { i64::MIN } else { i64::try_from(self.seen).unwrap_or(i64::MAX) };
        self.waiting = audit.snapshot.rows_after("alert_events", tenant, after, PAGE).await?.into();
        let bodies: Vec<BlobId> = self.waiting.iter().map(|row| BlobId::new(row.text("body"))).collect();
        let there = audit.snapshot.blobs_there(tenant, &bodies.iter().collect::<Vec<_>>()).await?;
        match bodies.iter().find(|body| !there.contains(*body)) {
            Some(gone) => Err(fault(tenant, seq, format!("blob {gone} of an alert event is gone"))),
            None => Ok(()),
        }
    }
}
