//! One fact after the other: whether the procedure allows it, and what it changes (procedures: machine request).

use super::super::calendar::{Days, at_hour, day_of};
use super::super::world::{Ticket, World};
use super::book::{Asking, Book, Set, is_customer, is_of_desk};
use super::{known, paper};
use domain::access::Role;
use domain::fact::{Body, Fact};
use domain::request::{Filed, Filing, Pace};

type Wrong = (&'static str, String);

const HAND: &[&str] = &["received", "reviewing", "planned", "working"];
const OPEN: &[&str] = &["received", "reviewing", "planned", "working", "completed"];
const BEFORE: &[&str] = &["received", "reviewing", "planned"];
const REVIEWED: &[&str] = &["reviewing", "planned", "working"];

fn person(fact: &Fact) -> Option<String> {
    fact.actor.person_id().map(ToString::to_string)
}

impl Book {
    /// Reads the next fact.
    pub(super) fn read(&mut self, world: &World, tenant: usize, ticket: &Ticket, fact: &Fact) -> Vec<Wrong> {
        self.read += 1;
        let days = known(world, fact.instant);
        let mut wrong = vec![];
        let mut check = |holds: bool, rule: &'static str, what: &str| {
            if !holds {
                wrong.push((rule, format!("{what}: {:?} while {}", fact.body, self.state)));
            }
        };
        let (role, at) = (fact.role, fact.instant.ms());
        let from = |states: &[&str]| states.contains(&self.state);
        let by_itself = matches!(
            fact.body,
            Body::RequestReminded { .. } | Body::RequestDuePassed { .. } | Body::RequestClosed { automatic: true }
        );
        let overdue = self.armed.iter().find(|(_, armed)| *armed <= at).filter(|_| !by_itself);
        check(overdue.is_none(), "Q-13", &format!("done before {overdue:?} was said"));
        let due = self.course(&days, at);
        let in_time = due.waits || due.due.is_none_or(|due| at <= due);
        match &fact.body {
            Body::RequestFiled(_) => check(self.read == 1, "guard", "filed again"),
            Body::RequestTaken { .. } => check(from(OPEN) && is_of_desk(role), "guard", "taken"),
            Body::RequestPlanned { affects, .. } => {
                check(from(&["reviewing", "planned"]) && is_of_desk(role), "guard", "planned");
                let by_entry = paper::affects(&self.entry, ticket.details.get("work").map(String::as_str));
                check(*affects || !by_entry, "C-06", "planned as work that affects nothing");
            }
            Body::WorkApproved { by_customer: true } => {
                check(from(&["planned"]) && role == Some(Role::Ca) && self.affects, "guard", "approved");
                check(self.by_customer.is_none(), "guard", "approved twice");
            }
            Body::WorkApproved { by_customer: false } => {
                check(from(&["planned"]) && role == Some(Role::Dh) && self.affects, "guard", "approved");
                check(self.by_desk.is_none(), "guard", "approved twice");
                check(person(fact) != self.planner && person(fact).is_some(), "Q-24", "approved by the planner");
            }
            Body::RequestBegun {} => {
                check(from(&["planned"]) && is_of_desk(role), "guard", "begun");
                let both = self.by_customer.is_some() && self.by_desk.is_some() && self.by_customer != self.by_desk;
                check(!self.affects || both, "Q-24", "begun without both approvals by different persons");
            }
            Body::RequestCompleted { at: done, stated, .. } => {
                check(from(&["working"]) && is_of_desk(role), "guard", "completed");
                let back = at - done.ms();
                check((0..=24 * 3_600_000).contains(&back), "Q-19", "stated too far back");
                check(
                    *stated == (back > 120_000) && (!stated || fact.reason.is_some()),
                    "Q-19",
                    "stated without a word",
                );
                let since = self.begun.max(self.returned);
                check(since.is_some_and(|since| since <= done.ms()), "Q-19", "done before it was begun");
                check(
                    !self.affects || self.evidenced(),
                    "R-5.4.7",
                    "completed without states and a second person's check",
                );
            }
            Body::RequestReturned {} => {
                check(from(&["completed"]) && is_customer(role) && fact.reason.is_some(), "guard", "given back");
            }
            Body::RequestClosed { automatic } => {
                check(from(&["completed"]) && (*automatic || is_customer(role)), "guard", "closed");
                check(!self.is_missed() || self.explained, "R-5.3-12", "closed unexplained");
                let armed = self.armed.iter().any(|(kind, due)| *kind == "request_auto_close" && *due <= at);
                check(!automatic || armed, "Q-08", "closed by itself too early");
            }
            Body::RequestDeclined { .. } => {
                check(from(&["reviewing"]) && role == Some(Role::Dh) && fact.reason.is_some(), "guard", "declined");
            }
            Body::RequestCancelled {} => {
                check(from(BEFORE) && is_customer(role) && fact.reason.is_some(), "Q-10", "cancelled");
            }
            Body::RequestAsked { .. } => {
                check(from(REVIEWED) && is_of_desk(role) && self.open("answer").is_none(), "guard", "asked");
            }
            Body::RequestAnswered { .. } => {
                check(from(OPEN) && is_customer(role) && self.open("answer").is_some(), "guard", "answered");
            }
            Body::DateOffered { from: begin, to, .. } => {
                check(from(REVIEWED) && is_of_desk(role), "guard", "offered");
                let fits = day_of(begin.ms()) >= day_of(at) && to.is_none_or(|to| to > *begin);
                check(fits, "R-4.1.1-9", "offered a date that lies back");
            }
            Body::DateReplied { agreed } => {
                check(from(OPEN) && (role == Some(Role::Ca) || is_of_desk(role)), "guard", "replied");
                let ahead = self.open("date").is_some_and(|asking| !agreed || asking.date >= at);
                check(ahead, "R-4.1.1-9", "agreed to a date that passed, or to none");
            }
            Body::RequestExcepted { due: new, .. } => {
                check(from(HAND) && role == Some(Role::Dh) && fact.reason.is_some(), "guard", "excepted");
                check(in_time && self.breach.is_none(), "R-4.1.3-7", "excepted after the due");
                check(due.due.is_none_or(|due| due < new.ms()) && new.ms() > at, "R-4.1.3-7", "no later due");
            }
            Body::RequestMadeUrgent {} => check(from(HAND) && !self.urgent && fact.reason.is_some(), "C-12", "urgent"),
            Body::RequestReclassified { filing, due } => {
                check(from(BEFORE) && is_of_desk(role) && fact.reason.is_some(), "Q-17", "re-classified");
                let owed = self.owed_by(world, tenant, filing, at, &days);
                check(owed == due.map(|due| due.ms()), "Q-17", "another target than that of the right entry");
            }
            Body::RequestMessaged { from_customer, .. } => {
                check(*from_customer == is_customer(role), "guard", "message");
            }
            Body::RequestNoted { .. } => check(is_of_desk(role), "guard", "note"),
            Body::RequestDuePassed { .. } => check(self.breach.is_none(), "R-5.3-12", "missed twice"),
            Body::MissExplained { .. } => check(self.breach.is_some() && is_of_desk(role), "guard", "explained"),
            Body::RequestReminded { timer } => {
                let armed = self.armed.iter().any(|(kind, due)| *kind == timer.code() && *due <= at);
                check(armed, "Q-13", "reminded of what was not owed");
            }
            Body::RequestEvidenced { after, .. } => {
                let place: &[&str] = if *after { &["working"] } else { &["planned", "working"] };
                check(from(place) && is_of_desk(role), "guard", "state recorded");
            }
            Body::WorkChecked { .. } => {
                check(from(&["working"]) && is_of_desk(role) && self.after.is_some(), "guard", "checked");
                check(person(fact) != self.worker, "R-5.4.7", "checked by whoever did the work");
            }
            Body::RequestHandedOver { back, .. } => {
                let place = if *back { OPEN } else { REVIEWED };
                check(from(place) && is_of_desk(role) && *back == self.handed, "R-3.1-2", "handed over");
            }
            _ => check(false, "guard", "a fact of something else"),
        }
        match &fact.body {
            Body::RequestFiled(filed) => wrong.extend(self.file(world, tenant, ticket, filed, &days)),
            Body::RequestReclassified { filing, .. } => self.refile(world, tenant, ticket, filing, fact, &days),
            _ => self.change(fact),
        }
        self.last = at;
        wrong
    }

    /// The standard due of an entry for this ticket, by the paper.
    fn owed_by(&self, world: &World, tenant: usize, filing: &Filing, at: i64, days: &Days) -> Option<i64> {
        let instant = domain::time::Instant::from_ms(at);
        let (_, standard) = paper::entry(&world.tenants[tenant], &filing.entry, instant)?;
        (!self.undated).then(|| days.due(self.received, standard.into()))
    }

    fn file(&mut self, world: &World, tenant: usize, ticket: &Ticket, filed: &Filed, days: &Days) -> Vec<Wrong> {
        let mut wrong = vec![];
        self.state = "received";
        self.received = filed.received.ms();
        self.undated = filed.pace == Pace::Low;
        self.urgent = filed.urgent;
        self.word = self.received;
        self.affects = false;
        self.enter(world, tenant, ticket, &filed.filing, self.received, days);
        let said = (filed.filing.report.as_str(), usize::from(filed.filing.days), filed.filing.affects);
        if said != (self.row, self.days, self.affects) {
            wrong.push(("R-A1", format!("{said:?} is not what the paper has: {} {}", self.row, self.days)));
        }
        if filed.due.map(|due| due.ms()) != (!self.undated).then_some(self.promised) {
            wrong.push(("R-3.3.2", format!("promised {:?}, but {} is owed", filed.due, self.promised)));
        }
        if filed.pace == Pace::Middle
            && filed.wished.is_some_and(|day| super::super::calendar::day_number(day) < day_of(self.promised))
        {
            wrong.push(("R-4.1.1-8", format!("wished for {:?}", filed.wished)));
        }
        wrong
    }

    /// The entry as the paper has it.
    fn enter(&mut self, world: &World, tenant: usize, ticket: &Ticket, filing: &Filing, at: i64, days: &Days) {
        let instant = domain::time::Instant::from_ms(at);
        if let Some((row, standard)) = paper::entry(&world.tenants[tenant], &filing.entry, instant) {
            (self.row, self.days) = (row, standard.into());
        }
        self.entry.clone_from(&filing.entry);
        self.promised = days.due(self.received, self.days);
        let by_entry = paper::affects(&self.entry, ticket.details.get("work").map(String::as_str));
        // What the desk planned as affecting stays so until it plans anew.
        self.affects = by_entry || (self.planner.is_some() && self.affects);
    }

    fn refile(&mut self, world: &World, tenant: usize, ticket: &Ticket, filing: &Filing, fact: &Fact, days: &Days) {
        let at = fact.instant.ms();
        self.enter(world, tenant, ticket, filing, at, days);
        (self.breach, self.explained) = (None, false);
        self.word = self.word.max(at);
        self.marks.push("re-classified");
    }

    fn ask(&mut self, what: &'static str, fact: &Fact, date: i64) {
        let at = fact.instant.ms();
        self.askings.push(Asking { what, seq: fact.seq, at, over: None, moot: None, date });
    }

    fn change(&mut self, fact: &Fact) {
        let (seq, at) = (fact.seq, fact.instant.ms());
        let said = |book: &mut Self| book.word = book.word.max(at);
        match &fact.body {
            Body::RequestTaken { .. } => {
                self.taken = true;
                if self.state == "received" {
                    self.state = "reviewing";
                }
            }
            Body::RequestPlanned { affects, .. } => {
                (self.affects, self.planner) = (*affects, person(fact));
                (self.by_customer, self.by_desk) = (None, None);
                self.end("consent", seq, at);
                self.state = "planned";
                said(self);
            }
            Body::WorkApproved { by_customer: true } => {
                self.by_customer = person(fact);
                self.end("consent", seq, at);
            }
            Body::WorkApproved { by_customer: false } => {
                self.by_desk = person(fact);
                if self.by_customer.is_none() {
                    self.ask("consent", fact, 0);
                    self.marks.push("held for consent");
                }
            }
            Body::RequestBegun {} => {
                (self.begun, self.worker) = (Some(at), person(fact));
                self.state = "working";
                self.marks.extend(self.affects.then_some("approved by both"));
            }
            Body::RequestCompleted { at: done, stated, .. } => {
                self.marks.push(if *stated { "stated completion" } else { "completed" });
                self.marks.extend(self.returned.map(|_| "second completion"));
                self.completed = Some((seq, at, done.ms()));
                for asking in self.askings.iter_mut().filter(|asking| asking.moot.is_none()) {
                    asking.moot = Some((seq, done.ms()));
                }
                self.state = "completed";
                said(self);
            }
            Body::RequestReturned {} => {
                self.returned = Some(at);
                (self.after, self.second) = (None, None);
                self.state = "working";
            }
            Body::RequestClosed { automatic } => {
                self.marks.push(if *automatic { "closed by itself" } else { "confirmed" });
                self.finish("closed", seq, at);
            }
            Body::RequestDeclined { .. } => self.finish("out_of_scope", seq, at),
            Body::RequestCancelled {} => self.finish("cancelled", seq, at),
            Body::RequestAsked { .. } => {
                self.ask("answer", fact, 0);
                said(self);
            }
            Body::RequestAnswered { .. } => self.end("answer", seq, at),
            Body::DateOffered { from, to, .. } => {
                self.end("date", seq, at);
                self.ask("date", fact, to.map_or(at_hour(day_of(from.ms()), 19), |to| to.ms()));
                self.marks.extend(to.map(|_| "window"));
                said(self);
            }
            Body::DateReplied { agreed } => {
                let offer = self.open("date").map(|asking| asking.seq).filter(|_| *agreed);
                self.sets.extend(offer.map(|offer| (seq, at, Set::Agreed(offer))));
                self.end("date", seq, at);
            }
            Body::RequestExcepted { due, .. } => {
                self.sets.push((seq, at, Set::Excepted(due.ms())));
                self.excepted = true;
                said(self);
            }
            Body::RequestMadeUrgent {} => self.urgent = true,
            Body::RequestEvidenced { after: false, .. } => self.before = true,
            Body::RequestEvidenced { after: true, .. } => {
                // A new state is checked anew.
                (self.after, self.second) = (Some(seq), None);
            }
            Body::WorkChecked { .. } => self.second = Some(seq),
            Body::RequestHandedOver { back, .. } => self.handed = !back,
            Body::RequestMessaged { from_customer: false, .. } => said(self),
            Body::RequestDuePassed { due } => {
                self.breach = Some(due.ms());
                self.marks.push("missed");
            }
            Body::MissExplained { .. } => {
                self.explained = true;
                said(self);
            }
            Body::RequestReminded { timer } if timer.code() == "request_silent" => self.silence = Some(at),
            _ => {}
        }
    }

    fn finish(&mut self, state: &'static str, seq: u64, at: i64) {
        for what in ["answer", "date", "consent"] {
            self.end(what, seq, at);
        }
        self.state = state;
        self.marks.push(state);
    }
}
