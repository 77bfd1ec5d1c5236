//! What `desk` and `store` do around the rules, on rows in memory: facts, fold, timers, in one commit or none.

use super::mutants::DayMutant;
use super::world::{Ticket, World};
use domain::calendar::Calendar;
use domain::catalogue::{Entry, Values};
use domain::fact::{Body, Fact, NewFact, link};
use domain::incident::Broken;
use domain::request::duty::RequestTimer;
use domain::request::{Filed, Filing, Request};
use domain::time::Instant;
use std::collections::BTreeMap;

/// What was asked for by an entry of a version of the catalogue.
pub(crate) fn filing(entry: &Entry, version: u32, values: &Values) -> Filing {
    Filing {
        entry: entry.code.clone(),
        kind: entry.kind.clone(),
        report: entry.report.clone(),
        class: entry.class,
        days: entry.days().get(),
        catalogue: version,
        affects: entry.affects_service(values),
    }
}

/// Files a ticket and returns its place.
pub(crate) fn file(
    world: &mut World,
    tenant: usize,
    new: NewFact,
    details: Values,
    temper: u64,
    now: Instant,
) -> Result<usize, Broken> {
    let calendar = world.calendar(now);
    let owner = &mut world.tenants[tenant];
    let fact = new.at(owner.id.clone(), owner.facts.len() as u64 + 1, now);
    let broken = Broken { seq: fact.seq, kind: "first" };
    let request = Request::fold(std::slice::from_ref(&fact))?.ok_or(broken)?;
    let places = vec![owner.facts.len()];
    let mut ticket = Ticket { request, places, timers: vec![], rows: BTreeMap::new(), details, temper };
    arm(&mut ticket, &calendar);
    owner.tickets.push(ticket);
    owner.head = link(&owner.head, &fact.canonical());
    owner.facts.push(fact);
    Ok(owner.tickets.len() - 1)
}

/// Makes the rows of its timers agree, as the store does: one that fired stands again where its generation rose.
fn arm(ticket: &mut Ticket, calendar: &Calendar) {
    ticket.timers = ticket.request.timers(calendar);
    for (kind, due) in &ticket.timers {
        let generation = ticket.request.generation(*due);
        let row = ticket.rows.entry(kind.code()).or_insert((generation, false));
        *row = (generation, row.1 && generation <= row.0);
    }
    let timers = &ticket.timers;
    ticket.rows.retain(|kind, (_, fired)| *fired || timers.iter().any(|(wanted, _)| wanted.code() == *kind));
    let rows = &ticket.rows;
    ticket.timers.retain(|(kind, _)| rows.get(kind.code()).is_some_and(|(_, fired)| !fired));
}

/// Writes facts of a ticket and makes its timers agree; where the power goes, nothing of it is there.
pub(crate) fn write(
    world: &mut World,
    (tenant, place): (usize, usize),
    facts: Vec<NewFact>,
    fired: &[RequestTimer],
    now: Instant,
    lost: bool,
) -> Result<(), Broken> {
    let mutant = world.mutant;
    let mut ticket = world.tenants[tenant].tickets[place].clone();
    let mut staged: Vec<Fact> = vec![];
    for new in facts {
        let Some(new) = DayMutant::written(mutant, new, &ticket.request, now) else { continue };
        let owner = &world.tenants[tenant];
        let at = owner.facts.len() + staged.len();
        let fact = new.at(owner.id.clone(), at as u64 + 1, now);
        ticket.request.apply(&fact)?;
        ticket.places.push(at);
        staged.push(DayMutant::kept(mutant, fact));
    }
    for kind in fired {
        ticket.rows.entry(kind.code()).and_modify(|(_, fired)| *fired = true);
    }
    let calendar = world.calendar(ticket.request.as_of);
    arm(&mut ticket, &calendar);
    if lost {
        return Ok(());
    }
    let owner = &mut world.tenants[tenant];
    for fact in staged {
        owner.head = link(&owner.head, &fact.canonical());
        owner.facts.push(fact);
    }
    owner.tickets[place] = ticket;
    Ok(())
}

/// Fires what is due of a ticket.
pub(crate) fn fire(world: &mut World, at: (usize, usize), now: Instant, lost: bool) -> Result<(), Broken> {
    let ticket = &world.tenants[at.0].tickets[at.1];
    // The calendar the rows were armed by.
    let calendar = world.calendar(ticket.request.as_of);
    let due: Vec<_> = ticket.timers.iter().filter(|(_, due)| *due <= now).copied().collect();
    let said = due.iter().filter_map(|(kind, _)| ticket.request.fire(*kind, now, &calendar));
    let facts: Vec<NewFact> = said.map(|body| NewFact::by_system(Some(ticket.request.key.clone()), body)).collect();
    let fired: Vec<RequestTimer> = due.iter().map(|(kind, _)| *kind).collect();
    write(world, at, facts, &fired, now, lost)
}

/// The first fact of a ticket.
pub(crate) fn first(filed: Filed, by: &domain::incident::verbs::By) -> NewFact {
    let record = Some(filed.project.record(filed.number));
    let body = Body::RequestFiled(Box::new(filed));
    NewFact { record, body, actor: by.actor.clone(), role: by.role, reason: None }
}
