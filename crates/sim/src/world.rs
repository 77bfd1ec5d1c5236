//! What a history stands on: customers with their chains, papers and rows, as a database would keep them.

use crate::common::Common;
use crate::mutants::Mutant;
use crate::windows::Work;
use domain::access::Role;
use domain::alerts::{Action, Correlation, Fate, KnownAlert};
use domain::calendar::Calendar;
use domain::contact::ContactPlan;
use domain::fact::{Fact, Hash, genesis};
use domain::ids::{BlobId, ContactId, MessageId, PersonId, ProjectKey, RecordKey, TenantId};
use domain::incident::Incident;
use domain::incident::escalation::Group;
use domain::paging::LetOut;
use domain::paper::Agreement;
use domain::time::Instant;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// Everything there is in one history.
#[derive(Debug)]
pub(crate) struct World {
    /// The customers.
    pub(crate) tenants: Vec<Tenant>,
    /// The provider's people.
    pub(crate) staff: Vec<(PersonId, Role)>,
    /// Whom to page, group by group, in order; a group that is absent pages everybody of its role.
    pub(crate) duty_list: Vec<(Group, Vec<PersonId>)>,
    /// Versions of the closure calendar: from when, which days.
    pub(crate) closures: Vec<(Instant, Vec<Date>)>,
    /// Mails with pages that were let out, by person.
    pub(crate) let_out: BTreeMap<PersonId, Vec<LetOut>>,
    /// Common causes that were opened.
    pub(crate) causes: Vec<u64>,
    /// Everything that was done to all incidents of a cause at once.
    pub(crate) common: Vec<Common>,
    /// Who dials which number, and until when.
    pub(crate) held: BTreeMap<String, (PersonId, Instant)>,
    /// Numbers that somebody could not dial because somebody else did, with who and when.
    pub(crate) engaged: Vec<(String, PersonId, Instant)>,
    /// The fault that is planted, where one is.
    pub(crate) mutant: Option<Mutant>,
}

/// One customer.
#[derive(Debug)]
pub(crate) struct Tenant {
    pub(crate) id: TenantId,
    /// Its chain, first to last.
    pub(crate) facts: Vec<Fact>,
    /// The hash of the last fact.
    pub(crate) head: Hash,
    pub(crate) projects: Vec<ProjectKey>,
    pub(crate) papers: Vec<Version>,
    /// Its own people.
    pub(crate) people: Vec<PersonId>,
    /// Whether it is told by webhook too.
    pub(crate) has_webhook: bool,
    pub(crate) events: Vec<Event>,
    pub(crate) correlations: BTreeMap<(ProjectKey, String), Correlation>,
    pub(crate) alerts: BTreeMap<(RecordKey, String), Alert>,
    pub(crate) records: BTreeMap<RecordKey, Record>,
    pub(crate) messages: Vec<Message>,
    /// Every firing of a timer.
    pub(crate) fired: Vec<Fired>,
    pub(crate) numbers: BTreeMap<ProjectKey, u64>,
    /// Windows of work.
    pub(crate) windows: BTreeMap<RecordKey, Work>,
    /// The hosts that incidents left by windows are about.
    pub(crate) sources: BTreeMap<RecordKey, String>,
}

/// One version of a paper.
#[derive(Clone, Debug)]
pub(crate) struct Version {
    pub(crate) project: Option<ProjectKey>,
    pub(crate) version: u32,
    pub(crate) valid_from: Instant,
    pub(crate) document: Document,
}

/// What a paper says.
#[derive(Clone, Debug)]
pub(crate) enum Document {
    Plan(ContactPlan),
    Agreement(Agreement),
}

/// One accepted event with its fate.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) number: u64,
    pub(crate) at: Instant,
    pub(crate) project: ProjectKey,
    pub(crate) action: Action,
    pub(crate) dedup_key: String,
    pub(crate) alert_key: String,
    pub(crate) source: String,
    pub(crate) fate: Fate,
    pub(crate) incident: Option<RecordKey>,
    /// The window that kept it.
    pub(crate) kept_in: Option<RecordKey>,
}

/// What the desk keeps of one alert of an incident.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Alert {
    pub(crate) known: KnownAlert,
    pub(crate) count: u64,
    pub(crate) counted: u64,
}

/// An incident as it is kept.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    /// Folded one fact after the other.
    pub(crate) incident: Incident,
    /// Where its facts stand in the tenant's chain.
    pub(crate) places: Vec<usize>,
    pub(crate) timers: BTreeMap<String, TimerRow>,
    pub(crate) row: Row,
}

/// A timer as it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TimerRow {
    pub(crate) generation: u64,
    pub(crate) due: Instant,
    pub(crate) fired: Option<Instant>,
}

/// One firing.
#[derive(Clone, Debug)]
pub(crate) struct Fired {
    pub(crate) record: RecordKey,
    pub(crate) kind: String,
    pub(crate) generation: u64,
    pub(crate) due: Instant,
    pub(crate) at: Instant,
}

/// The header: what boards and lists show without folding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) state: &'static str,
    pub(crate) version: u64,
    pub(crate) impact: Option<bool>,
    pub(crate) slo_due: Instant,
    pub(crate) sla_due: Option<Instant>,
    pub(crate) notified_at: Option<Instant>,
    pub(crate) duty: Option<(&'static str, Instant)>,
    pub(crate) ended: Option<Instant>,
    pub(crate) known: bool,
    pub(crate) merged_into: Option<RecordKey>,
    pub(crate) children: usize,
}

/// A message in the outbox.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) id: MessageId,
    pub(crate) record: RecordKey,
    pub(crate) to: Recipient,
    pub(crate) is_over: bool,
    pub(crate) attempts: u32,
}

/// Whom a message goes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Recipient {
    Contact(ContactId),
    Webhook,
    Filer,
    Staff(PersonId),
}

impl Tenant {
    pub(crate) fn new(id: TenantId) -> Self {
        let head = genesis(&id, 0);
        Self {
            id,
            facts: vec![],
            head,
            projects: vec![],
            papers: vec![],
            people: vec![],
            has_webhook: false,
            events: vec![],
            correlations: BTreeMap::new(),
            alerts: BTreeMap::new(),
            records: BTreeMap::new(),
            messages: vec![],
            fired: vec![],
            numbers: BTreeMap::new(),
            windows: BTreeMap::new(),
            sources: BTreeMap::new(),
        }
    }

    /// A blob's name. What it says is of no matter here.
    pub(crate) fn blob(&self, what: &str) -> BlobId {
        BlobId::new(format!("{}:{what}", self.id))
    }

    /// The contact plan of a project valid at an instant.
    pub(crate) fn plan_at(&self, project: &ProjectKey, at: Instant) -> Option<(u32, &ContactPlan)> {
        let valid = self.papers.iter().rev().filter(|paper| paper.valid_from <= at);
        valid.filter(|paper| paper.project.as_ref() == Some(project)).find_map(|paper| match &paper.document {
            Document::Plan(plan) => Some((paper.version, plan)),
            Document::Agreement(_) => None,
        })
    }

    /// The agreement valid at an instant.
    pub(crate) fn agreement_at(&self, at: Instant) -> Option<(u32, &Agreement)> {
        let valid = self.papers.iter().rev().filter(|paper| paper.valid_from <= at);
        valid.into_iter().find_map(|paper| match &paper.document {
            Document::Agreement(agreement) => Some((paper.version, agreement)),
            Document::Plan(_) => None,
        })
    }

    /// The facts of an incident, first to last.
    pub(crate) fn facts_of(&self, key: &RecordKey) -> Vec<&Fact> {
        let places = self.records.get(key).map(|record| record.places.as_slice()).unwrap_or_default();
        places.iter().filter_map(|place| self.facts.get(*place)).collect()
    }

    /// The host that the first alert of an incident named.
    pub(crate) fn service(&self, key: &RecordKey) -> Option<&str> {
        let first = self.events.iter().find(|event| event.incident.as_ref() == Some(key));
        let source = self.sources.get(key).or(first.map(|event| &event.source))?;
        Some(source.as_str()).filter(|source| !source.is_empty())
    }
}

impl World {
    /// The calendar as it was known at an instant.
    pub(crate) fn calendar(&self, at: Instant) -> Calendar {
        let known = self.closures.iter().rev().find(|(from, _)| *from <= at);
        Calendar::tokyo(known.map(|(_, days)| days.clone()).unwrap_or_default())
    }

    /// Who is paged of a group, and whether one after the other.
    pub(crate) fn ladder(&self, group: Group) -> (Vec<PersonId>, bool) {
        if let Some((_, people)) = self.duty_list.iter().find(|(of, people)| *of == group && !people.is_empty()) {
            return (people.clone(), true);
        }
        for group in [group, Group::Dh] {
            let Some(role) = group.role() else { return (vec![], false) };
            let people: Vec<PersonId> =
                self.staff.iter().filter(|(_, of)| *of == role).map(|(person, _)| person.clone()).collect();
            if !people.is_empty() {
                return (people, false);
            }
        }
        (vec![], false)
    }
}
