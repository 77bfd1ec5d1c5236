//! The auditor: slow, simple, and on its own. It reads facts and events in the order in which they were written and computes
//! from the written rules what must be so; it calls no fold, verb, clock, duty or timer of the domain.

mod alerts;
mod batch;
mod calls;
mod common;
mod days;
mod invariants;
mod ledger;
mod notices;
mod owed;
mod plan;
mod slots;
pub(crate) mod story;
mod windows;
mod written;

use crate::claims::{Account, At, Claims};
use crate::world::{Tenant, World};
use domain::fact::{Body, Fact};
use domain::ids::RecordKey;
use domain::time::Instant;
use jiff::civil::Date;
use plan::Plan;
use std::collections::BTreeMap;
use std::fmt;
use story::Story;

/// Where the rules and the auditor part.
#[derive(Clone, Debug)]
pub(crate) struct Difference {
    /// Whose chain.
    pub(crate) tenant: usize,
    /// On which incident, where it is on one.
    pub(crate) record: Option<RecordKey>,
    /// Which rule of the auditor, or which invariant.
    pub(crate) rule: &'static str,
    /// When.
    pub(crate) at: Instant,
    /// What was said and what is owed.
    pub(crate) what: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let record = self.record.as_ref().map(ToString::to_string).unwrap_or_else(|| format!("tenant {}", self.tenant));
        write!(f, "{} {record} [{}] {}", self.at, self.rule, self.what)
    }
}

/// The auditor of one history.
#[derive(Debug, Default)]
pub(crate) struct Auditor {
    books: Vec<Book>,
    pages: invariants::Pages,
    numbers: common::Numbers,
    read_common: usize,
    read_engaged: usize,
    /// How often something was compared.
    pub(crate) compared: u64,
}

/// What the auditor knows of one customer.
#[derive(Debug, Default)]
struct Book {
    read: usize,
    read_fired: usize,
    stories: BTreeMap<String, Story>,
    keys: alerts::Keys,
    windows: windows::Windows,
    plans: Vec<Plan>,
    webhooks: usize,
    fired: invariants::Fired,
}

impl Auditor {
    /// Reads what was written since the last time, in all chains.
    pub(crate) fn follow(&mut self, world: &World, now: Instant) -> Vec<Difference> {
        self.books.resize_with(world.tenants.len(), Book::default);
        let mut found = vec![];
        // Judged by who dialled before this step.
        for (digits, person, at) in &world.engaged[self.read_engaged..] {
            if let Some(what) = self.numbers.kept_from(digits, person.as_str(), at.ms()) {
                found.push(Difference { tenant: 0, record: None, rule: "numbers", at: now, what });
            }
        }
        self.read_engaged = world.engaged.len();
        let owed = common::owed(&self.books, world, &world.common[self.read_common..]);
        self.read_common = world.common.len();
        for (number, tenant) in world.tenants.iter().enumerate() {
            let book = &mut self.books[number];
            let mut add = |record: Option<RecordKey>, rule, what| {
                found.push(Difference { tenant: number, record, rule, at: now, what });
            };
            for wrong in book.keys.follow(tenant, &book.stories, &mut book.windows) {
                add(None, "I1 events", wrong);
            }
            for wrong in book.fired.follow(&tenant.fired[book.read_fired..]) {
                add(None, "I3 once", wrong);
            }
            book.read_fired = tenant.fired.len();
            let new = &tenant.facts[book.read..];
            for owed in owed.iter().filter(|owed| owed.member.0 == number) {
                if let Some(what) = common::missing(owed, new) {
                    add(Some(owed.member.1.clone()), "cause", what);
                }
            }
            let ends = book.windows.ends(new, &book.keys, &book.stories);
            for wrong in invariants::foreign(world, number, new) {
                add(None, "I5 tenants", wrong);
            }
            for wrong in self.pages.follow(new) {
                add(None, "I4 limits", wrong);
            }
            // What fires in one transaction is judged by how things stood before it.
            let mut begun: BTreeMap<String, Story> = BTreeMap::new();
            for (place, fact) in new.iter().enumerate() {
                let place = (book.read + place) as u64 + 1;
                if fact.seq != place || fact.instant > now {
                    add(fact.record.clone(), "chain", format!("fact {} stands at {place}", fact.seq));
                }
                book.learn(fact);
                let Some(key) = &fact.record else { continue };
                if tenant.windows.contains_key(key) {
                    for wrong in book.windows.follow(key.as_str(), fact, &ends, new) {
                        add(Some(key.clone()), "window", wrong);
                    }
                    self.compared += 1;
                    continue;
                }
                book.keys.left(fact);
                let rest = new.get(place as usize - book.read..).unwrap_or_default();
                let story = book.stories.entry(key.to_string()).or_default();
                let closures = closures(world, story.last_step.max(story.own_start));
                // What a person says is judged by the calendar known now, what the desk says by the one it armed its timer by.
                let known = if fact.actor.person_id().is_some()
                    && matches!(fact.body, Body::CallBegun { .. } | Body::IncidentNotified { .. })
                {
                    self::closures(world, fact.instant.ms())
                } else {
                    closures
                };
                let around = written::Around { plans: &book.plans, closures: known, service: tenant.service(key) };
                let begun = begun.entry(key.to_string()).or_insert_with(|| story.clone());
                let wrong = written::check([story, begun], fact, &around);
                if let Some(what) = self.numbers.follow(story, fact, rest) {
                    add(Some(key.clone()), "numbers", what);
                }
                story.add(fact);
                self.compared += 1;
                for what in wrong {
                    add(Some(key.clone()), "written", what);
                }
            }
            for (record, what) in batch::check(new, &book.plans, book.webhooks) {
                add(record, "together", what);
            }
            book.read = tenant.facts.len();
        }
        found
    }

    /// Compares what the domain says of an incident at an instant with what the facts mean.
    pub(crate) fn compare(
        &mut self,
        world: &World,
        tenant: usize,
        key: &RecordKey,
        claims: &Claims,
        now: Instant,
    ) -> Vec<Difference> {
        let Some(story) = self.books.get(tenant).and_then(|book| book.stories.get(key.as_str())) else { return vec![] };
        self.compared += 1;
        let closures = closures(world, story.last_step);
        let mut found = vec![];
        let mut differ = |rule, said: &dyn fmt::Debug, owed: &dyn fmt::Debug| {
            let (said, owed) = (format!("{said:?}"), format!("{owed:?}"));
            if said != owed {
                let what = format!("said {said}, owed {owed}");
                found.push(Difference { tenant, record: Some(key.clone()), rule, at: now, what });
            }
        };
        let at = now.ms();
        differ("state", &claims.state, &story.state());
        differ("impact", &claims.impact, &story.impact());
        differ("notice", &claims.clocks, &notices::clocks(story));
        differ("verdict", &claims.verdicts, &notices::verdicts(story));
        differ("round", &claims.calls, &calls::calls(story));
        differ("slot", &claims.next_slot, &slots::next_open(story, at));
        differ("promise", &claims.promise, &slots::promise(story, at));
        differ("duties", &sorted(&claims.duties), &sorted(&owed::duties(story, at, closures)));
        differ("timers", &sorted(&claims.timers), &sorted(&owed::timers(story, closures)));
        differ("joins", &claims.joins_until, &alerts::joins_until(story));
        differ("ended", &claims.ended, &ended(story));
        differ("cause", &claims.cause, &story.cause());
        // What is merged knows how the other one stands, by the other one's own facts.
        if let Some(merged) = story.merging() {
            let parent = self.books.get(tenant).and_then(|book| book.stories.get(&merged.into));
            differ("merge", &merged.standing, &parent.map(notices::standing).unwrap_or_default());
        }
        // I2: what goes on has a next step; what ended, or goes on elsewhere, says so.
        let is_elsewhere = story.merging().is_some();
        let is_silent = claims.ended.is_none() && claims.duties.is_empty() && !is_elsewhere;
        differ("I2 next step", &is_silent, &false);
        if let Some(lacking) = batch::verdicts(story) {
            differ("verdicts", &lacking, &"all");
        }
        found
    }

    /// Compares the minute ledger of an incident with what the facts mean, minute by minute.
    pub(crate) fn compare_ledgers(
        &mut self,
        tenant: usize,
        key: &RecordKey,
        ledgers: &[Account],
        now: Instant,
    ) -> Vec<Difference> {
        let Some(story) = self.books.get(tenant).and_then(|book| book.stories.get(key.as_str())) else { return vec![] };
        self.compared += 1;
        let wrong = ledger::check(story, ledgers, now.ms()).into_iter();
        wrong.map(|what| Difference { tenant, record: Some(key.clone()), rule: "ledger", at: now, what }).collect()
    }

    /// What must hold of everything at any time: I1, I4 and I6.
    pub(crate) fn sweep(&mut self, world: &World, now: Instant) -> Vec<Difference> {
        let mut found = vec![];
        for what in invariants::limits(world) {
            found.push(Difference { tenant: 0, record: None, rule: "I4 limits", at: now, what });
        }
        for (number, tenant) in world.tenants.iter().enumerate() {
            for (key, record) in &tenant.records {
                let facts = tenant.facts_of(key);
                self.compared += 1;
                let uncounted = tenant.alerts.iter().filter(|((of, _), _)| of == key);
                let uncounted = uncounted.map(|(_, alert)| alert.count - alert.counted).sum();
                let is_told_by_alert = tenant.events.iter().any(|event| event.incident.as_ref() == Some(key));
                let lost = alerts::counted(&facts, &tenant.events, uncounted).filter(|_| is_told_by_alert);
                let differs = invariants::folds(world, record, &facts);
                for (rule, what) in [("I1 counts", lost), ("I6 fold", differs)] {
                    let place = (number, Some(key.clone()));
                    found.extend(what.map(|what| Difference { tenant: place.0, record: place.1, rule, at: now, what }));
                }
            }
            for (key, work) in &tenant.windows {
                self.compared += 1;
                let facts: Vec<Fact> =
                    tenant.facts.iter().filter(|fact| fact.record.as_ref() == Some(key)).cloned().collect();
                let uncounted = work.alerts.values().map(|kept| kept.count - kept.counted).sum();
                let lost = windows::counted(key.as_str(), &facts, &tenant.events, uncounted);
                let differs = invariants::folds_window(work, &facts);
                let due = self.books.get(number).and_then(|book| book.windows.due(key.as_str()));
                let armed = work.timer.filter(|row| row.fired.is_none()).map(|row| row.due.ms());
                let timer = (due != armed).then(|| format!("its timer stands at {armed:?}, owed {due:?}"));
                for (rule, what) in [("I1 counts", lost), ("I6 fold", differs), ("timers", timer)] {
                    let place = (number, Some(key.clone()));
                    found.extend(what.map(|what| Difference { tenant: place.0, record: place.1, rule, at: now, what }));
                }
            }
            if let Some(what) = invariants::chained(tenant) {
                found.push(Difference { tenant: number, record: None, rule: "I6 chain", at: now, what });
            }
        }
        found
    }
}

impl Book {
    /// Papers and webhooks, as facts tell of them.
    fn learn(&mut self, fact: &Fact) {
        match &fact.body {
            Body::VersionRecorded { paper, subject, version, valid_from, document } if paper == "contact_plan" => {
                // In a history the document is its own name, so that facts alone tell everything.
                if let Ok(text) = serde_json::from_str(document.as_str()) {
                    let (project, valid_from) = (subject.clone(), valid_from.ms());
                    self.plans.push(Plan { project, version: *version, valid_from, seq: fact.seq, text });
                }
            }
            Body::WebhookAdded { .. } => self.webhooks += 1,
            _ => {}
        }
    }
}

/// When nothing more was owed.
fn ended(story: &Story) -> Option<At> {
    let upheld =
        story.false_alarm.as_ref().and_then(|alarm| alarm.review.filter(|review| review.1).map(|review| review.0));
    let with_parent = story.merging().and_then(|merged| merged.ended);
    story.closed.map(|closed| closed.1).or(upheld).or(with_parent)
}

fn sorted(dues: &[(String, At)]) -> Vec<(String, At)> {
    let mut dues = dues.to_vec();
    dues.sort();
    dues
}

/// The closures as they were known at an instant.
fn closures(world: &World, at: At) -> &[Date] {
    let known = world.closures.iter().rev().find(|(from, _)| from.ms() <= at);
    known.map(|(_, days)| days.as_slice()).unwrap_or_default()
}

/// The facts of an incident, for whoever looks into a difference.
pub(crate) fn listed(tenant: &Tenant, key: &RecordKey) -> String {
    let own = tenant.facts.iter().filter(|fact| fact.record.as_ref() == Some(key));
    let lines = own.map(|fact| format!("  {:>5} {} {:?} by {:?}", fact.seq, fact.instant, fact.body, fact.actor));
    lines.collect::<Vec<_>>().join("\n")
}
