//! What a year stands on: customers with their chains and tickets, papers and people.

use super::mutants::DayMutant;
use domain::access::{Actor, Role};
use domain::calendar::Calendar;
use domain::catalogue::{Catalogue, Values};
use domain::fact::{Fact, Hash};
use domain::ids::{PersonId, ProjectKey, TenantId};
use domain::incident::verbs::By;
use domain::request::Request;
use domain::request::duty::RequestTimer;
use domain::time::Instant;
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// Everything there is.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) tenants: Vec<Tenant>,
    /// Versions of the closure calendar: recorded and in force from when, which days.
    pub(crate) closures: Vec<(Instant, BTreeSet<Date>)>,
    pub(crate) mutant: Option<DayMutant>,
}

/// One customer with one project.
#[derive(Debug)]
pub(crate) struct Tenant {
    pub(crate) id: TenantId,
    pub(crate) project: ProjectKey,
    /// Its chain, first to last, and the hash of the last fact.
    pub(crate) facts: Vec<Fact>,
    pub(crate) head: Hash,
    pub(crate) tickets: Vec<Ticket>,
    /// Versions of its own catalogue: from when, which version, what.
    pub(crate) catalogues: Vec<(Instant, u32, Catalogue)>,
    /// What those say of standard days that are not of the class: from when, which entry, how many.
    pub(crate) own_days: Vec<(Instant, String, u16)>,
}

/// A request as it is kept.
#[derive(Clone, Debug)]
pub(crate) struct Ticket {
    /// Folded one fact after the other.
    pub(crate) request: Request,
    /// Where its facts stand in the chain.
    pub(crate) places: Vec<usize>,
    /// The timers that stand.
    pub(crate) timers: Vec<(RequestTimer, Instant)>,
    /// The rows of its timers, by kind: the generation, and whether it fired.
    pub(crate) rows: BTreeMap<&'static str, (u64, bool)>,
    /// What was filled in.
    pub(crate) details: Values,
    /// How people work on it: the higher the slower.
    pub(crate) temper: u64,
}

/// Somebody of the provider.
pub(crate) const STAFF: [(&str, Role); 7] = [
    ("su1", Role::Su),
    ("su2", Role::Su),
    ("su3", Role::Su),
    ("mo1", Role::Mo),
    ("mo2", Role::Mo),
    ("dh1", Role::Dh),
    ("dh2", Role::Dh),
];

/// A person acting now.
pub(crate) fn by(name: &str, role: Role, now: Instant) -> By {
    By { actor: Actor::person(PersonId::new(name)), role: Some(role), now }
}

impl World {
    /// The calendar in force at an instant.
    pub(crate) fn calendar(&self, at: Instant) -> Calendar {
        let known = self.closures.iter().rev().find(|(from, _)| *from <= at);
        Calendar::tokyo(known.into_iter().flat_map(|(_, days)| days.iter().copied()))
    }
}

impl Tenant {
    /// The catalogue in force at an instant, with its version.
    pub(crate) fn catalogue(&self, at: Instant) -> (u32, &Catalogue) {
        let own = self.catalogues.iter().rev().find(|(from, ..)| *from <= at);
        own.map_or((0, Catalogue::shipped()), |(_, version, own)| (*version, own))
    }

    /// The facts of a ticket, first to last.
    pub(crate) fn facts_of(&self, ticket: &Ticket) -> Vec<Fact> {
        ticket.places.iter().filter_map(|place| self.facts.get(*place)).cloned().collect()
    }
}
