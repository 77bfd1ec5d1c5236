//! The seeded scheduler of a year: filings, people, papers, timers looked at late, transactions that are lost.

use super::audit::{Auditor, Difference};
use super::calendar::days_of_year;
use super::mutants::DayMutant;
use super::papers::{self, midnight};
use super::world::World;
use super::{people, shell, table};
use domain::fact::{Hash, kind_of, sha256};
use domain::time::{Instant, MINUTE_MS};
use jiff::civil::date;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use testkit::draw::Draw;

/// More differences than anybody reads.
const TOLD_MAX: usize = 12;
/// After the last day so many days more, in which what was filed comes to its end.
const AFTER: i64 = 40;

/// What came of a year.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) differences: Vec<Difference>,
    /// All facts of the first ticket that differs.
    pub(crate) story: Vec<String>,
    pub(crate) tickets: u64,
    pub(crate) facts: u64,
    pub(crate) steps: u64,
    pub(crate) fired: u64,
    pub(crate) lost: u64,
    pub(crate) compared: u64,
    /// Cells of tables that were compared.
    pub(crate) cells: u64,
    pub(crate) trace: Hash,
    pub(crate) kinds: BTreeMap<String, u64>,
    /// What the year showed: how many came out how.
    pub(crate) shown: BTreeMap<&'static str, u64>,
}

#[derive(Clone, Copy, Debug)]
enum Deed {
    File(usize),
    Wake((usize, usize)),
    /// Only looked at, so that what is said between the steps is compared too.
    Look((usize, usize)),
    /// A version of the closure calendar comes into force: no due may move earlier.
    Closures,
    /// The tables of all months so far.
    Tables,
}

struct Year {
    world: World,
    draw: Draw,
    now: Instant,
    auditor: Auditor,
    waiting: BinaryHeap<Reverse<(Instant, u64)>>,
    deeds: BTreeMap<u64, Deed>,
    next: u64,
    timers: BTreeSet<(Instant, (usize, usize))>,
    lag: i64,
    year: i16,
    outcome: Outcome,
}

/// Lets so many days of a year pass, or all until the first difference where somebody only wants that.
pub(crate) fn run(seed: u64, days: u64, mutant: Option<DayMutant>) -> Outcome {
    let mut draw = Draw::new(seed);
    let year = 2026 + draw.between(0, 12) as i16;
    let world = papers::world(&mut draw, year, mutant);
    let begins = midnight(date(year, 1, 1));
    let mut it = Year {
        auditor: Auditor::new(&world),
        world,
        draw,
        now: begins,
        waiting: BinaryHeap::new(),
        deeds: BTreeMap::new(),
        next: 0,
        timers: BTreeSet::new(),
        lag: 0,
        year,
        outcome: Outcome::default(),
    };
    let days = days.min(days_of_year(year));
    for day in 0..days as i64 {
        let morning = begins.plus_minutes(day * 1_440);
        for _ in 0..it.draw.between(3, 18) {
            let tenant = it.draw.between(0, 3) as usize;
            let at = morning.plus_ms(people::hour(&mut it.draw));
            it.at(at, Deed::File(tenant));
        }
    }
    for (from, _) in it.world.closures.clone().into_iter().skip(1) {
        it.at(from, Deed::Closures);
    }
    for month in 2..=12 {
        it.at(midnight(date(year, month, 1)), Deed::Tables);
    }
    it.go(begins.plus_minutes((days as i64 + AFTER) * 1_440));
    it.end()
}

impl Year {
    fn at(&mut self, at: Instant, deed: Deed) {
        self.waiting.push(Reverse((at, self.next)));
        self.deeds.insert(self.next, deed);
        self.next += 1;
    }

    fn go(&mut self, end: Instant) {
        while self.outcome.differences.len() < TOLD_MAX {
            let deed = self.waiting.peek().map(|Reverse((at, number))| (*at, *number));
            let timer = self.timers.first().map(|(due, at)| (due.plus_ms(self.lag), *at));
            let is_timer = match (deed, timer) {
                (None, None) => break,
                (Some((first, _)), Some((due, _))) => due <= first,
                (deed, _) => deed.is_none(),
            };
            let at = if is_timer { timer.map(|(due, _)| due) } else { deed.map(|(at, _)| at) };
            let Some(at) = at.filter(|at| *at <= end) else { break };
            self.now = self.now.max(at);
            self.outcome.steps += 1;
            match (is_timer, timer, deed) {
                (true, Some((_, ticket)), _) => self.fire(ticket),
                (_, _, Some((_, number))) => {
                    self.waiting.pop();
                    if let Some(deed) = self.deeds.remove(&number) {
                        self.happen(deed);
                    }
                }
                _ => break,
            }
        }
    }

    fn happen(&mut self, deed: Deed) {
        match deed {
            Deed::File(tenant) => match people::file(&mut self.world, &mut self.draw, tenant, self.now) {
                Ok(place) => self.after((tenant, place)),
                Err(broken) => self.broken((tenant, 0), &broken.to_string()),
            },
            Deed::Wake(ticket) => {
                // What is due is said before anybody acts; where that is lost, so is the act.
                if self.is_due(ticket) {
                    self.change(ticket, |world, now, lost| shell::fire(world, ticket, now, lost));
                }
                if self.is_due(ticket) {
                    self.at(self.now.plus_ms(1), deed);
                    return;
                }
                let facts = people::act(&self.world, &mut self.draw, ticket, self.now);
                let mut facts = facts.unwrap_or_default();
                facts.extend(DayMutant::done_besides(self.world.mutant, self.ticket(ticket), self.now));
                if !facts.is_empty() {
                    self.change(ticket, |world, now, lost| shell::write(world, ticket, facts, &[], now, lost));
                }
                if let Some(at) = people::again(&self.world, &mut self.draw, ticket, self.now) {
                    self.at(at, Deed::Wake(ticket));
                }
            }
            Deed::Look(ticket) => self.compare(ticket),
            Deed::Closures => {
                let found = self.auditor.closures(&self.world, self.now);
                self.outcome.differences.extend(found);
            }
            Deed::Tables => self.tables(),
        }
    }

    fn is_due(&self, ticket: (usize, usize)) -> bool {
        self.ticket(ticket).timers.iter().any(|(_, due)| *due <= self.now)
    }

    fn ticket(&self, (tenant, place): (usize, usize)) -> &super::world::Ticket {
        &self.world.tenants[tenant].tickets[place]
    }

    fn change(
        &mut self,
        ticket: (usize, usize),
        write: impl FnOnce(&mut World, Instant, bool) -> Result<(), domain::incident::Broken>,
    ) {
        let lost = self.draw.chance(3);
        self.outcome.lost += u64::from(lost);
        for (_, due) in self.ticket(ticket).timers.clone() {
            self.timers.remove(&(due, ticket));
        }
        if let Err(broken) = write(&mut self.world, self.now, lost) {
            self.broken(ticket, &broken.to_string());
            return;
        }
        self.arm(ticket);
        self.compare(ticket);
        if self.draw.chance(20) {
            let at = self.now.plus_minutes(self.draw.between(1, 10_000) as i64);
            self.at(at, Deed::Look(ticket));
        }
    }

    fn arm(&mut self, ticket: (usize, usize)) {
        for (_, due) in self.ticket(ticket).timers.clone() {
            self.timers.insert((due, ticket));
        }
    }

    fn after(&mut self, ticket: (usize, usize)) {
        self.outcome.tickets += 1;
        self.arm(ticket);
        self.compare(ticket);
        let at = self.now.plus_minutes(self.draw.between(1, 200) as i64);
        self.at(at, Deed::Wake(ticket));
    }

    fn fire(&mut self, ticket: (usize, usize)) {
        self.outcome.fired += 1;
        self.change(ticket, |world, now, lost| shell::fire(world, ticket, now, lost));
        self.lag = match self.draw.between(0, 100) {
            0..70 => 0,
            70..95 => self.draw.between(0, 5_000) as i64,
            _ => self.draw.between(0, 40 * MINUTE_MS as u64) as i64,
        };
    }

    fn broken(&mut self, (tenant, place): (usize, usize), what: &str) {
        let key = self.world.tenants[tenant].tickets.get(place).map(|ticket| ticket.request.key.clone());
        self.outcome.differences.push(Difference { key, rule: "fold", at: self.now, what: what.to_owned() });
    }

    fn compare(&mut self, ticket: (usize, usize)) {
        let found = self.auditor.follow(&self.world, ticket, self.now);
        self.outcome.differences.extend(found);
    }

    fn tables(&mut self) {
        for tenant in 0..self.world.tenants.len() {
            let (cells, found) = table::compare(&self.world, &self.auditor, tenant, self.year, self.now);
            self.outcome.cells += cells;
            self.outcome.differences.extend(found);
        }
    }

    fn end(mut self) -> Outcome {
        if self.outcome.differences.is_empty() {
            for tenant in 0..self.world.tenants.len() {
                for place in 0..self.world.tenants[tenant].tickets.len() {
                    self.compare((tenant, place));
                }
            }
            self.tables();
        }
        let first = self.outcome.differences.first().and_then(|it| it.key.clone());
        let tenants = &self.world.tenants;
        for fact in tenants.iter().flat_map(|tenant| &tenant.facts) {
            self.outcome.facts += 1;
            if first.is_some() && fact.record == first {
                self.outcome.story.push(fact.canonical());
            }
            *self.outcome.kinds.entry(kind_of(&fact.canonical()).to_owned()).or_default() += 1;
        }
        let heads: Vec<&[u8]> = tenants.iter().map(|tenant| tenant.head.as_bytes()).collect();
        self.outcome.trace = sha256(&heads);
        self.outcome.compared = self.auditor.compared;
        self.outcome.shown = self.auditor.shown();
        self.outcome
    }
}
