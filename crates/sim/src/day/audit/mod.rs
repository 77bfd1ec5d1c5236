//! The auditor of a year: it reads the facts of each ticket in their order and computes from the written rules what must be so.
//! It calls no fold, verb, guard, clock, duty or table of the rules it audits; public holidays are data.

mod book;
mod course;
mod owed;
mod paper;
mod steps;

use super::calendar::{At, Days};
use super::world::World;
use book::Book;
use domain::ids::RecordKey;
use domain::request::Request;
use domain::request::clock::Awaited;
use domain::time::Instant;
use std::collections::BTreeMap;
use std::fmt;

/// Where the rules and the auditor part.
#[derive(Clone, Debug)]
pub(crate) struct Difference {
    pub(crate) key: Option<RecordKey>,
    pub(crate) rule: &'static str,
    pub(crate) at: Instant,
    pub(crate) what: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = self.key.as_ref().map(ToString::to_string).unwrap_or_default();
        write!(f, "{} {key} [{}] {}", self.at, self.rule, self.what)
    }
}

/// What is said of a ticket at an instant: by the rules, or by the auditor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Claims {
    pub(crate) state: String,
    pub(crate) raw: Option<At>,
    pub(crate) due: Option<At>,
    pub(crate) held: usize,
    pub(crate) earlier: Option<At>,
    pub(crate) on_hold: bool,
    pub(crate) awaits: Option<&'static str>,
    pub(crate) excepted: bool,
    pub(crate) done: Option<At>,
    pub(crate) met: Option<bool>,
    pub(crate) met_raw: Option<bool>,
    pub(crate) met_by_hold: bool,
    /// Whether somebody has to explain a miss, or had to.
    pub(crate) missed: bool,
    /// The timers that stand, by kind.
    pub(crate) timers: Vec<(&'static str, At)>,
}

impl Claims {
    /// What the rules say.
    fn of(world: &World, request: &Request, now: Instant) -> Result<Self, String> {
        let calendar = world.calendar(request.as_of);
        let clock = request.clock(&calendar, now).map_err(|error| error.to_string())?;
        let mut timers: Vec<(&'static str, At)> =
            request.timers(&calendar).into_iter().map(|(kind, due)| (kind.code(), due.ms())).collect();
        timers.sort_unstable();
        let mut claims = Self {
            state: request.state.code().to_owned(),
            raw: clock.raw.map(Instant::ms),
            due: clock.due.map(Instant::ms),
            held: clock.held.len(),
            earlier: clock.earlier.map(Instant::ms),
            on_hold: clock.on_hold,
            awaits: request.awaits().map(Awaited::code),
            excepted: clock.excepted,
            done: clock.done.map(Instant::ms),
            met: clock.verdict(now).met(),
            met_raw: clock.raw_verdict(now).met(),
            met_by_hold: clock.met_by_hold(now),
            missed: request.is_missed(),
            timers,
        };
        if let Some(mutant) = world.mutant {
            mutant.said(&mut claims, request, &calendar);
            claims.timers.sort_unstable();
        }
        Ok(claims)
    }
}

/// A ticket as the auditor counts it in the table.
#[derive(Debug)]
pub(crate) struct Judged {
    pub(crate) key: String,
    pub(crate) row: &'static str,
    pub(crate) due: At,
    pub(crate) met: Option<bool>,
    pub(crate) met_raw: bool,
    pub(crate) excepted: bool,
    pub(crate) held: bool,
    pub(crate) cancelled: bool,
}

/// The auditor of one year.
#[derive(Debug)]
pub(crate) struct Auditor {
    books: Vec<BTreeMap<usize, Book>>,
    /// How often something was compared.
    pub(crate) compared: u64,
}

impl Auditor {
    pub(crate) fn new(world: &World) -> Self {
        Self { books: world.tenants.iter().map(|_| BTreeMap::new()).collect(), compared: 0 }
    }

    /// Reads what was written of a ticket since the last time, and compares what is said of it.
    pub(crate) fn follow(&mut self, world: &World, (tenant, place): (usize, usize), now: Instant) -> Vec<Difference> {
        self.compared += 1;
        let owner = &world.tenants[tenant];
        let ticket = &owner.tickets[place];
        let mut found = vec![];
        let mut add =
            |rule, what| found.push(Difference { key: Some(ticket.request.key.clone()), rule, at: now, what });
        let facts = owner.facts_of(ticket);
        let folded = Request::fold(&facts).ok().flatten();
        if folded.as_ref() != Some(&ticket.request) {
            add("fold", "all facts folded anew are another ticket".into());
        }
        let book = self.books[tenant].entry(place).or_default();
        let new = facts.get(book.read..).unwrap_or_default();
        for fact in new {
            for (rule, what) in book.read(world, tenant, ticket, fact) {
                add(rule, what);
            }
        }
        let days = known(world, Instant::from_ms(book.last));
        if !new.is_empty() {
            book.armed = book.timers(&days);
        }
        let own = book.claims(&days, now.ms());
        match Claims::of(world, &ticket.request, now) {
            Ok(said) if said == own => {}
            Ok(said) => add("clock", format!("said {said:?}, but owed is {own:?}")),
            Err(error) => add("clock", error),
        }
        for what in book.silent_faults(&own, now.ms()) {
            add("told", what);
        }
        found
    }

    /// a version of the closure calendar moves no due earlier.
    pub(crate) fn closures(&mut self, world: &World, now: Instant) -> Vec<Difference> {
        let before = world.calendar(now.plus_ms(-1));
        let after = world.calendar(now);
        let mut found = vec![];
        for ticket in world.tenants.iter().flat_map(|tenant| &tenant.tickets) {
            let due = |calendar| ticket.request.clock(calendar, now).ok().and_then(|clock| clock.due);
            if !ticket.request.state.is_final() && due(&after) < due(&before) {
                let what = format!("a calendar moved {:?} to {:?}", due(&before), due(&after));
                found.push(Difference { key: Some(ticket.request.key.clone()), rule: "Q-21", at: now, what });
            }
        }
        found
    }

    /// The tickets of a customer as its table counts them.
    pub(crate) fn judged(&self, world: &World, tenant: usize, now: Instant) -> Vec<Judged> {
        let own = |(place, book): (&usize, &Book)| {
            let days = known(world, Instant::from_ms(book.last));
            let key = world.tenants[tenant].tickets.get(*place)?.request.key.to_string();
            book.judged(key, &days, now.ms())
        };
        self.books[tenant].iter().filter_map(own).collect()
    }

    /// What came of the tickets.
    pub(crate) fn shown(&self) -> BTreeMap<&'static str, u64> {
        let mut shown = BTreeMap::new();
        for book in self.books.iter().flat_map(BTreeMap::values) {
            for what in book.shown() {
                *shown.entry(what).or_default() += 1;
            }
        }
        shown
    }
}

/// The days that were known to be closed at an instant.
fn known(world: &World, at: Instant) -> Days {
    let known = world.closures.iter().rev().find(|(from, _)| *from <= at);
    Days::new(&known.map(|(_, days)| days.clone()).unwrap_or_default())
}
