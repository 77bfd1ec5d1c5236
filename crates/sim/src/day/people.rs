//! People of a year: customers and staff, in time, late, exactly at a due, and wrong. What the rules refuse is left alone.

use super::papers::midnight;
use super::shell;
use super::world::{STAFF, Ticket, World, by};
use domain::access::Role;
use domain::calendar::Calendar;
use domain::catalogue::{Entry, Values};
use domain::fact::NewFact;
use domain::ids::{BlobId, PersonId};
use domain::incident::verbs::By;
use domain::refusal::Refusal;
use domain::request::{Channel, Filed, Pace, State};
use domain::time::{HOUR_MS, Instant, MINUTE_MS};
use testkit::draw::Draw;

type Facts = Result<Vec<NewFact>, Refusal>;

fn text() -> BlobId {
    BlobId::new("words")
}

/// Fills in what an entry asks for.
fn fill(draw: &mut Draw, entry: &Entry) -> Values {
    let mut values = Values::new();
    for field in &entry.fields {
        if field.is_asked(&values) {
            let options = &field.options;
            let value = if options.is_empty() { "words".to_owned() } else { draw.one_of(options).code.clone() };
            values.insert(field.code.clone(), value);
        }
    }
    values
}

/// Somebody files a ticket of any entry.
pub(crate) fn file(
    world: &mut World,
    draw: &mut Draw,
    tenant: usize,
    now: Instant,
) -> Result<usize, domain::incident::Broken> {
    let calendar = world.calendar(now);
    let owner = &world.tenants[tenant];
    let (version, catalogue) = owner.catalogue(now);
    let entry = draw.one_of(&catalogue.entries);
    let details = fill(draw, entry);
    let filing = shell::filing(entry, version, &details);
    let pace =
        [Pace::High, Pace::Low, Pace::Middle, Pace::Middle, Pace::Middle, Pace::Middle][draw.between(0, 6) as usize];
    let (channel, who) = match draw.between(0, 10) {
        0..6 => (Channel::Ticket, by("cu", Role::Cu, now)),
        6..9 => (Channel::Telephone, by("mo1", Role::Mo, now)),
        _ => (Channel::Provider, by("su1", Role::Su, now)),
    };
    let due = domain::clocks::request::due(now, entry.days(), &calendar).ok();
    let wished = due.filter(|_| draw.chance(30)).map(|due| calendar.date_of(due));
    let filed = Filed {
        project: owner.project.clone(),
        number: owner.tickets.len() as u64 + 1,
        received: now,
        channel,
        title: text(),
        details: text(),
        filing,
        pace,
        wished,
        due: due.filter(|_| pace != Pace::Low),
        urgent: draw.chance(5),
        assignee: None,
        arrangement: None,
        split_from: None,
        edition: None,
    };
    let temper = [0, 0, 0, 1, 1, 2][draw.between(0, 6) as usize];
    shell::file(world, tenant, shell::first(filed, &who), details, temper, now)
}

/// Who acts, and what they do.
struct Hand<'a> {
    ticket: &'a Ticket,
    draw: &'a mut Draw,
    calendar: &'a Calendar,
    now: Instant,
}

impl Hand<'_> {
    fn staff(&mut self) -> By {
        let (name, role) = *self.draw.one_of(&STAFF);
        by(name, role, self.now)
    }

    fn head(&mut self) -> By {
        let name: &str = if self.draw.chance(50) { "dh1" } else { "dh2" };
        by(name, Role::Dh, self.now)
    }

    fn customer(&mut self) -> By {
        let (name, role) = *self.draw.one_of(&[("cu", Role::Cu), ("ca", Role::Ca)]);
        by(name, role, self.now)
    }

    /// A day ahead, at 19:00 or anywhen.
    fn ahead(&mut self, from: u64, to: u64) -> Instant {
        let day = self.calendar.date_of(self.now);
        let at = midnight(day).plus_minutes(self.draw.between(from, to) as i64 * 1_440);
        at.plus_minutes(self.draw.between(0, 1_440) as i64)
    }

    fn take(&mut self) -> Facts {
        let who = self.staff();
        let person = who.actor.person_id().cloned().unwrap_or_else(|| PersonId::new("su1"));
        self.ticket.request.take(&who, person)
    }

    fn plan(&mut self, world: &World, tenant: usize) -> Facts {
        let filed = self.ticket.request.filed.at;
        let (_, catalogue) = world.tenants[tenant].catalogue(filed);
        let entry = catalogue.entry(&self.ticket.request.filing.entry);
        let by_entry = entry.is_some_and(|entry| entry.affects_service(&self.ticket.details));
        let affects = by_entry || self.draw.chance(15);
        let affects = affects && !self.draw.chance(3);
        self.ticket.request.plan(&self.staff(), text(), affects, by_entry)
    }

    fn complete(&mut self) -> Facts {
        let back = match self.draw.between(0, 10) {
            0 => Some(self.draw.between(0, 30 * 60) as i64),
            1 => Some(self.draw.between(0, 60) as i64),
            _ => None,
        };
        let at = back.map(|minutes| self.now.plus_minutes(-minutes));
        let reason = (back.is_some() && !self.draw.chance(10)).then(text);
        self.ticket.request.complete(&self.staff(), text(), at, reason, self.calendar)
    }

    /// What is still missing before work that affects the service is completed.
    fn evidence(&mut self) -> Facts {
        let request = &self.ticket.request;
        let before = request.evidence.iter().any(|it| !it.what.after);
        match (before, request.is_after_recorded()) {
            (false, _) => request.record_state(&self.staff(), false, text()),
            (true, false) => request.record_state(&self.staff(), true, text()),
            (true, true) => request.check_work(&self.staff(), text()),
        }
    }

    fn offer(&mut self) -> Facts {
        let from = self.ahead(0, 24);
        let to = self.draw.chance(40).then(|| from.plus_minutes(self.draw.between(30, 600) as i64));
        self.ticket.request.offer(&self.staff(), from, to, None, self.calendar)
    }

    fn reply(&mut self) -> Facts {
        let agreed = self.draw.chance(70);
        let who = if self.draw.chance(80) { by("ca", Role::Ca, self.now) } else { self.staff() };
        self.ticket.request.reply(&who, agreed, Some(text()), self.calendar)
    }

    fn except(&mut self) -> Facts {
        let due = self.calendar.closing_of(self.calendar.date_of(self.ahead(0, 20)));
        self.ticket.request.except(&self.head(), due, text(), text(), self.calendar)
    }

    fn reclassify(&mut self, world: &World, tenant: usize) -> Facts {
        let (version, catalogue) = world.tenants[tenant].catalogue(self.now);
        let entry = self.draw.one_of(&catalogue.entries);
        let filing = shell::filing(entry, version, &self.ticket.details);
        let received = self.ticket.request.received;
        let due = domain::clocks::request::due(received, entry.days(), self.calendar).ok();
        let due = due.filter(|_| self.ticket.request.pace != Pace::Low);
        self.ticket.request.reclassify(&self.staff(), filing, due, text())
    }

    fn approve(&mut self) -> Facts {
        let by_customer = self.draw.chance(50);
        let who = if by_customer { by("ca", Role::Ca, self.now) } else { self.head() };
        self.ticket.request.approve(&who, by_customer)
    }

    fn say(&mut self) -> Facts {
        let from_customer = self.draw.chance(40);
        let who = if from_customer { self.customer() } else { self.staff() };
        match from_customer || self.draw.chance(70) {
            true => self.ticket.request.message(&who, text(), from_customer),
            false => self.ticket.request.note(&who, text()),
        }
    }

    /// Something that mostly does not fit.
    fn anything(&mut self, world: &World, tenant: usize) -> Facts {
        let request = &self.ticket.request;
        match self.draw.between(0, 21) {
            0 => self.take(),
            1 => self.plan(world, tenant),
            2 => self.approve(),
            3 => request.begin(&self.staff()),
            4 => self.complete(),
            5 => request.give_back(&self.customer(), text()),
            6 => request.close(&self.customer(), false),
            7 => request.decline(&self.head(), text(), text()),
            8 => request.cancel(&self.customer(), text()),
            9 => request.ask(&self.staff(), text()),
            10 => request.answer(&self.customer(), text()),
            11 => self.offer(),
            12 => self.reply(),
            13 => self.except(),
            14 => request.make_urgent(&self.customer(), text()),
            15 => self.reclassify(world, tenant),
            16 => request.explain(&self.staff(), text()),
            17 => request.record_state(&self.staff(), self.draw.chance(50), text()),
            18 => request.check_work(&self.staff(), text()),
            19 => request.hand_over(&self.staff(), request.is_handed(), text()),
            _ => self.say(),
        }
    }

    fn ordinary(&mut self, world: &World, tenant: usize) -> Facts {
        let request = &self.ticket.request;
        let roll = self.draw.between(0, 100);
        if request.is_missed() && request.explained.is_none() && roll < 50 {
            return request.explain(&self.staff(), text());
        }
        let roll = self.draw.between(0, 100);
        let waits = request.questions.iter().any(|question| question.what.answer.is_none());
        if waits && roll < 60 {
            return request.answer(&self.customer(), text());
        }
        let offered = request.offers.last().is_some_and(|offer| offer.what.reply.is_none());
        if offered && self.draw.chance(60) {
            return self.reply();
        }
        let roll = self.draw.between(0, 100);
        match (request.state, roll) {
            (State::Received | State::Reviewing | State::Planned | State::Working, 0..4) => self.except(),
            (State::Received | State::Reviewing | State::Planned, 4..8) => self.reclassify(world, tenant),
            (State::Received | State::Reviewing | State::Planned, 8..10) => request.cancel(&self.customer(), text()),
            (_, 10..15) => self.say(),
            (State::Received, _) => self.take(),
            (State::Reviewing, 15..18) => request.decline(&self.head(), text(), text()),
            (State::Reviewing | State::Planned | State::Working, 18..28) => request.ask(&self.staff(), text()),
            (State::Reviewing | State::Planned | State::Working, 28..40) => self.offer(),
            (State::Reviewing, _) => self.plan(world, tenant),
            (State::Planned, 40..45) => self.plan(world, tenant),
            (State::Planned, _) if !request.is_approved() && self.draw.chance(90) => self.approve(),
            (State::Planned, _) => request.begin(&self.staff()),
            (State::Working, _) if !request.is_evidenced() && self.draw.chance(90) => self.evidence(),
            (State::Working, _) => self.complete(),
            (State::Completed, 15..28) => request.give_back(&self.customer(), text()),
            (State::Completed, 28..60) => request.close(&self.customer(), false),
            (_, _) => self.say(),
        }
    }
}

/// Somebody does something to a ticket.
pub(crate) fn act(
    world: &World,
    draw: &mut Draw,
    (tenant, place): (usize, usize),
    now: Instant,
) -> Option<Vec<NewFact>> {
    let calendar = world.calendar(now);
    let ticket = &world.tenants[tenant].tickets[place];
    let is_wrong = draw.chance(8);
    let mut hand = Hand { ticket, draw, calendar: &calendar, now };
    let facts = if is_wrong { hand.anything(world, tenant) } else { hand.ordinary(world, tenant) };
    facts.ok()
}

/// When somebody looks at a ticket again; never where it has ended.
pub(crate) fn again(world: &World, draw: &mut Draw, (tenant, place): (usize, usize), now: Instant) -> Option<Instant> {
    let ticket = &world.tenants[tenant].tickets[place];
    if ticket.request.state.is_final() && !draw.chance(25) {
        return None;
    }
    let timer = ticket.timers.iter().map(|(_, due)| *due).filter(|due| *due > now).min();
    let ms = |draw: &mut Draw, low: u64, high: u64| now.plus_ms(draw.between(low * 60_000, high * 60_000) as i64);
    if let Some(timer) = timer.filter(|_| draw.chance(12)) {
        // Exactly then, or a moment beside it.
        return Some(timer.plus_ms(*draw.one_of(&[-MINUTE_MS, -2, -1, 0, 1, 60 * MINUTE_MS])).max(now.plus_ms(1)));
    }
    Some(match (ticket.temper, draw.between(0, 100)) {
        (0, 0..80) => ms(draw, 3, 90),
        (1, 0..60) => ms(draw, 10, 600),
        (_, 0..85) => ms(draw, 60, 1_600),
        (_, _) => ms(draw, 600, 6_000),
    })
}

/// An hour of the day at which a customer files: mostly by day.
pub(crate) fn hour(draw: &mut Draw) -> i64 {
    if draw.chance(80) {
        draw.between(8 * 3_600, 20 * 3_600) as i64 * 1_000
    } else {
        draw.between(0, 24 * HOUR_MS as u64) as i64
    }
}
