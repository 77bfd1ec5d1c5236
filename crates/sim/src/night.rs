//! One history: a seeded scheduler over senders, people, timers and the outbox, with crashes, twins and delays, and the
//! auditor behind every step.

use crate::audit::{Auditor, Difference, listed};
use crate::claims::Claims;
use crate::mutants::Mutant;
use crate::senders::{self, Arrival};
use crate::shell::{Draft, asks_windows, count_repeats, receive, record_paper};
use crate::world::{Document, Recipient, Version, World};
use crate::{common, papers, people, windows, work};
use domain::fact::{AttemptOutcome, Body, Hash, NewFact, kind_of, sha256};
use domain::ids::{PersonId, ProjectKey, RecordKey};
use domain::paging::{LetOut, Way, way};
use domain::time::{Instant, SECOND_MS};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use testkit::draw::Draw;

/// After so many days a history ends as it stands; business days over the longest holidays fit in.
const DAYS: i64 = 18;
/// More steps than any history needs.
const STEPS_MAX: u64 = 20_000;

/// What came of a history.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// The differences of the step at which the first was found; none is as it must be.
    pub(crate) differences: Vec<Difference>,
    /// The facts of the incident they are about.
    pub(crate) story: String,
    /// Numbers of what happened.
    pub(crate) counts: Counts,
    /// A hash over all chains: the same seed gives the same.
    pub(crate) trace: Hash,
}

/// Numbers of what happened.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counts {
    pub(crate) steps: u64,
    pub(crate) facts: u64,
    pub(crate) incidents: u64,
    pub(crate) windows: u64,
    pub(crate) events: u64,
    pub(crate) fired: u64,
    pub(crate) messages: u64,
    pub(crate) crashes: u64,
    pub(crate) compared: u64,
    /// Facts by kind.
    pub(crate) kinds: BTreeMap<String, u64>,
}

/// Something that will happen.
#[derive(Debug)]
enum Deed {
    Arrive(Box<Arrival>),
    /// A customer files a fault, or telephones.
    File(usize, ProjectKey),
    Wake(usize, RecordKey),
    /// Only looked at, so that what is said between the steps is compared too.
    Look(usize, RecordKey),
    Send(usize, usize),
    Count(usize),
    NewPlan(usize, ProjectKey),
    /// Somebody announces work, moves its end or cancels it.
    Work(usize, ProjectKey),
    /// Something is done to a common cause.
    Common,
}

/// A history under way.
#[derive(Debug)]
pub(crate) struct Night {
    pub(crate) world: World,
    pub(crate) draw: Draw,
    pub(crate) now: Instant,
    auditor: Auditor,
    waiting: BinaryHeap<Reverse<(Instant, u64)>>,
    deeds: BTreeMap<u64, Deed>,
    next_deed: u64,
    /// How late timers are looked at until the next look.
    lag: i64,
    /// Incidents that somebody looks after.
    held: BTreeSet<(usize, RecordKey)>,
    /// Messages of each customer that were handed to the outbox.
    handed: Vec<usize>,
    touched: BTreeSet<(usize, RecordKey)>,
    /// What the auditor found between two parts of a step.
    between: Vec<Difference>,
    crashes: u64,
}

/// Runs one history to its end, or to the first difference.
pub(crate) fn run(seed: u64, number: u64, mutant: Option<Mutant>) -> Outcome {
    let mut draw = Draw::new(seed).part(number);
    // 2026-01-01 17:00 in Tokyo, and one evening later each time.
    let begins = Instant::from_ms(1_767_254_400_000).plus_minutes(number as i64 * 24 * 60);
    let world = papers::world(&mut draw, begins, mutant);
    let handed = vec![0; world.tenants.len()];
    let mut night = Night {
        world,
        draw,
        now: begins,
        auditor: Auditor::default(),
        waiting: BinaryHeap::new(),
        deeds: BTreeMap::new(),
        next_deed: 0,
        lag: 0,
        held: BTreeSet::new(),
        handed,
        touched: BTreeSet::new(),
        between: vec![],
        crashes: 0,
    };
    night.plan(begins);
    let (differences, steps) = night.go(begins);
    night.outcome(differences, steps)
}

impl Night {
    fn plan(&mut self, begins: Instant) {
        for tenant in 0..self.world.tenants.len() {
            for project in self.world.tenants[tenant].projects.clone() {
                for n in 0..self.draw.between(0, 3) {
                    for arrival in senders::trouble(&mut self.draw, tenant, &project, begins, n) {
                        self.at(arrival.at, Deed::Arrive(Box::new(arrival)));
                    }
                }
                if self.draw.chance(25) {
                    let at = begins.plus_minutes(self.draw.between(0, 700) as i64);
                    self.at(at, Deed::File(tenant, project.clone()));
                }
                for _ in 0..self.draw.between(0, 4) {
                    let at = begins.plus_minutes(self.draw.between(0, 600) as i64);
                    self.at(at, Deed::Work(tenant, project.clone()));
                }
                if self.draw.chance(15) {
                    let at = begins.plus_minutes(self.draw.between(0, 1_000) as i64);
                    self.at(at, Deed::NewPlan(tenant, project));
                }
            }
        }
        if self.draw.chance(45) {
            let at = begins.plus_minutes(self.draw.between(0, 300) as i64);
            for _ in 0..self.draw.between(5, 120) {
                let ahead = self.draw.between(0, 14_400) as i64 * SECOND_MS;
                self.at(at.plus_ms(ahead), Deed::Common);
            }
        }
    }

    fn at(&mut self, at: Instant, deed: Deed) {
        self.waiting.push(Reverse((at, self.next_deed)));
        self.deeds.insert(self.next_deed, deed);
        self.next_deed += 1;
    }

    /// Lets everything happen in its order.
    fn go(&mut self, begins: Instant) -> (Vec<Difference>, u64) {
        let end = begins.plus_minutes(DAYS * 24 * 60);
        let mut steps = 0;
        while steps < STEPS_MAX {
            let deed = self.waiting.peek().map(|Reverse((at, number))| (*at, *number));
            let timer = self.next_timer().map(|due| due.plus_ms(self.lag));
            let at = match (deed, timer) {
                (Some((at, _)), Some(timer)) => at.min(timer),
                (Some((at, _)), None) => at,
                (None, Some(timer)) => timer,
                (None, None) => break,
            };
            if at > end {
                break;
            }
            steps += 1;
            self.now = self.now.max(at);
            let is_timer = deed.is_none_or(|(first, _)| timer.is_some_and(|timer| timer <= first));
            if is_timer {
                self.fire();
            } else if let Some((_, number)) = deed {
                self.waiting.pop();
                if let Some(deed) = self.deeds.remove(&number) {
                    self.happen(deed);
                }
            }
            let found = self.audit(steps);
            if !found.is_empty() {
                return (found, steps);
            }
            self.look_after();
        }
        let mut found = self.auditor.sweep(&self.world, self.now);
        found.extend(self.compare_all());
        (found, steps)
    }

    fn next_timer(&self) -> Option<Instant> {
        let records = self.world.tenants.iter().flat_map(|tenant| tenant.records.values());
        let rows = records.flat_map(|record| &record.timers).filter(|(_, row)| row.fired.is_none());
        let windows = self.world.tenants.iter().flat_map(|tenant| tenant.windows.values());
        let ends = windows.filter_map(|work| work.timer.filter(|row| row.fired.is_none())).map(|row| row.due);
        rows.map(|(kind, row)| row.due.plus_ms(-Mutant::hastens(self.world.mutant, kind))).chain(ends).min()
    }

    /// Looks for windows whose end has come, each in a transaction of its own.
    fn end_windows(&mut self, tenant: usize) {
        let due = self.world.tenants[tenant].windows.iter().filter_map(|(key, work)| {
            let row = work.timer.filter(|row| row.fired.is_none() && row.due <= self.now)?;
            Some((key.clone(), row.generation))
        });
        for (key, generation) in due.collect::<Vec<_>>() {
            let nodes = if self.draw.chance(8) { 2 } else { 1 };
            for _ in 0..nodes {
                if self.loses() {
                    continue;
                }
                let ended = windows::fire(&mut self.world, tenant, &key, generation, self.now);
                self.after_window(tenant, &key, ended.map(Option::unwrap_or_default));
            }
        }
    }

    /// Whether the power goes before the commit.
    pub(crate) fn loses(&mut self) -> bool {
        let is_lost = self.draw.chance(2);
        self.crashes += u64::from(is_lost);
        is_lost
    }

    /// Looks at once at what a window did, so that the end of each is judged by how things stood before it.
    pub(crate) fn after_window(
        &mut self,
        tenant: usize,
        key: &RecordKey,
        changed: Result<Vec<RecordKey>, domain::incident::Broken>,
    ) {
        match changed {
            Ok(changed) => self.touched.extend(changed.into_iter().map(|key| (tenant, key))),
            Err(broken) => self.broken(tenant, key, &broken.to_string()),
        }
        let found = self.auditor.follow(&self.world, self.now);
        self.between.extend(found);
    }

    /// Looks for due timers as a node does: record by record, each in a transaction, perhaps by two nodes that found the same.
    fn fire(&mut self) {
        for tenant in 0..self.world.tenants.len() {
            self.end_windows(tenant);
            let keys: Vec<RecordKey> = self.world.tenants[tenant].records.keys().cloned().collect();
            for key in keys {
                let found = self.due(tenant, &key);
                if found.is_empty() {
                    continue;
                }
                let nodes = if self.draw.chance(8) { 2 } else { 1 };
                for _ in 0..nodes {
                    let Some(mut draft) = self.world.draft(tenant, &key, self.now) else { continue };
                    let fired = draft.fire(&self.world, &found);
                    self.save(tenant, draft, fired.map(|_| ()));
                }
            }
        }
        self.lag = match self.draw.between(0, 100) {
            // Our own outage.
            0 | 1 => self.draw.between(60_000, 2_400_000) as i64,
            2..=30 => 0,
            _ => self.draw.between(0, 400) as i64,
        };
    }

    fn due(&self, tenant: usize, key: &RecordKey) -> Vec<(String, u64)> {
        let Some(record) = self.world.tenants[tenant].records.get(key) else { return vec![] };
        let sooner = |kind: &str| -Mutant::hastens(self.world.mutant, kind);
        let due =
            record.timers.iter().filter(|(kind, row)| row.fired.is_none() && row.due.plus_ms(sooner(kind)) <= self.now);
        due.map(|(kind, row)| (kind.clone(), row.generation)).collect()
    }

    /// Commits a transaction, unless the power goes before. Says whether it was kept.
    pub(crate) fn save(&mut self, tenant: usize, draft: Draft, put: Result<(), domain::incident::Broken>) -> bool {
        let key = draft.incident.key.clone();
        if self.loses() {
            return false;
        }
        match put {
            Ok(()) => {
                let others = draft.commit(&mut self.world);
                self.touched.extend(others.into_iter().map(|other| (tenant, other)));
            }
            Err(broken) => self.broken(tenant, &key, &broken.to_string()),
        }
        self.touched.insert((tenant, key));
        true
    }

    /// Adds facts to an incident in one transaction. Says whether they were kept.
    pub(crate) fn write(&mut self, tenant: usize, key: &RecordKey, facts: Vec<NewFact>) -> bool {
        if facts.is_empty() {
            return false;
        }
        let Some(mut draft) = self.world.draft(tenant, key, self.now) else { return false };
        let put = draft.put(&self.world, facts);
        self.save(tenant, draft, put)
    }

    fn broken(&mut self, tenant: usize, key: &RecordKey, what: &str) {
        // A verb whose facts its own fold refuses: nothing is written, and the auditor would never see it.
        self.touched.insert((tenant, key.clone()));
        self.world.tenants[tenant].head = format!("broken by {key}: {what}");
    }

    fn happen(&mut self, deed: Deed) {
        match deed {
            Deed::Arrive(arrival) => {
                let Arrival { tenant, project, event, .. } = *arrival;
                // An event that comes before the timer ends the window first.
                if asks_windows(&self.world, tenant, &project, &event, self.now) {
                    for key in windows::overdue(&self.world, tenant, &project, self.now) {
                        let ended = windows::end_reached(&mut self.world, tenant, &key, self.now);
                        self.after_window(tenant, &key, ended);
                    }
                }
                match receive(&mut self.world, tenant, &project, &event, self.now) {
                    Ok(Some(key)) => {
                        self.touched.insert((tenant, key));
                    }
                    Ok(None) => {}
                    Err(broken) => self.broken(tenant, &project.record(0), &broken.to_string()),
                }
                let at = self.now.plus_minutes(1);
                self.at(at, Deed::Count(tenant));
            }
            Deed::Count(tenant) => {
                let counted = count_repeats(&mut self.world, tenant, self.now);
                let counted = counted.and_then(|()| windows::count_repeats(&mut self.world, tenant, self.now));
                if let Err(broken) = counted {
                    let project = self.world.tenants[tenant].projects[0].clone();
                    self.broken(tenant, &project.record(0), &broken.to_string());
                }
                let keys: Vec<RecordKey> = self.world.tenants[tenant].records.keys().cloned().collect();
                self.touched.extend(keys.into_iter().map(|key| (tenant, key)));
            }
            Deed::File(tenant, project) => people::file(self, tenant, &project),
            Deed::Look(tenant, key) => {
                self.touched.insert((tenant, key));
            }
            Deed::NewPlan(tenant, project) => {
                let version =
                    self.world.tenants[tenant].plan_at(&project, Instant::from_ms(i64::MAX)).map_or(0, |(v, _)| v);
                let id = self.world.tenants[tenant].id.to_string();
                let document = Document::Plan(papers::plan(&mut self.draw, &id));
                let valid_from = self.now.plus_minutes(*self.draw.one_of(&[0, 0, 30, 180]));
                let version = Version { project: Some(project), version: version + 1, valid_from, document };
                record_paper(&mut self.world, tenant, version, self.now);
            }
            Deed::Work(tenant, project) => work::act(self, tenant, &project),
            Deed::Common => common::act(self),
            Deed::Send(tenant, place) => self.send(tenant, place),
            Deed::Wake(tenant, key) => {
                self.held.remove(&(tenant, key.clone()));
                people::act(self, tenant, &key);
                self.touched.insert((tenant, key));
            }
        }
    }

    /// Tries to send a message, as the outbox does: a page by itself, with others, or later.
    fn send(&mut self, tenant: usize, place: usize) {
        let Some(message) = self.world.tenants[tenant].messages.get(place).filter(|message| !message.is_over) else {
            return;
        };
        let Recipient::Staff(person) = message.to.clone() else { return self.attempt(tenant, place, true) };
        if !self.is_of_use(tenant, place) {
            return self.attempt(tenant, place, false);
        }
        let waiting = self.waiting(&person);
        let queued: Vec<Instant> = waiting.iter().map(|(_, _, queued)| *queued).collect();
        let let_out = self.world.let_out.entry(person.clone()).or_default();
        let way = if Mutant::knows_no_limit(self.world.mutant) { Way::Single } else { way(let_out, &queued, self.now) };
        match way {
            Way::Single => {
                let_out.push(LetOut { at: self.now, digest: false });
                self.attempt(tenant, place, true);
            }
            Way::Digest => {
                let_out.push(LetOut { at: self.now, digest: true });
                for (tenant, place, _) in waiting {
                    self.attempt(tenant, place, true);
                }
            }
            Way::Wait(until) => self.at(until, Deed::Send(tenant, place)),
        }
    }

    /// Everything of use that waits for a person: whose, its place, when it was queued.
    fn waiting(&self, person: &PersonId) -> Vec<(usize, usize, Instant)> {
        let mut waiting = vec![];
        for (number, tenant) in self.world.tenants.iter().enumerate() {
            for (place, message) in tenant.messages.iter().enumerate() {
                let is_theirs = !message.is_over && message.to == Recipient::Staff(person.clone());
                if is_theirs && self.is_of_use(number, place) {
                    let page = tenant.records.get(&message.record).and_then(|it| it.incident.pages.get(&message.id));
                    waiting.extend(page.map(|page| (number, place, page.queued.at)));
                }
            }
        }
        waiting
    }

    fn is_of_use(&self, tenant: usize, place: usize) -> bool {
        let message = &self.world.tenants[tenant].messages[place];
        let record = self.world.tenants[tenant].records.get(&message.record);
        record.is_some_and(|record| {
            let page = record.incident.pages.get(&message.id);
            page.is_some_and(|page| record.incident.pages_for(page.escalation))
        })
    }

    /// One attempt, and what became of it.
    fn attempt(&mut self, tenant: usize, place: usize, is_of_use: bool) {
        let Some(message) = self.world.tenants[tenant].messages.get(place).cloned() else { return };
        let attempts = message.attempts + 1;
        let outcome = match self.draw.between(0, 100) {
            _ if !is_of_use => AttemptOutcome::Refused,
            0..80 => AttemptOutcome::Delivered,
            80..95 if attempts < 6 => AttemptOutcome::Deferred,
            _ => AttemptOutcome::Refused,
        };
        let detail = self.world.tenants[tenant].blob("detail");
        let body = Body::MessageAttempted { message: message.id.clone(), attempt: attempts, outcome, detail };
        let key = message.record.clone();
        let before = self.world.tenants[tenant].facts.len();
        self.write(tenant, &key, vec![NewFact::by_system(Some(key.clone()), body)]);
        // A result that was not written down is found out by sending again.
        let is_written = self.world.tenants[tenant].facts.len() > before;
        let again = !is_written || outcome == AttemptOutcome::Deferred;
        let kept = &mut self.world.tenants[tenant].messages[place];
        if is_written {
            kept.attempts = attempts;
            kept.is_over = !again;
        }
        if again {
            let wait = *self.draw.one_of(&[2, 5, 20, 60, 300]) * SECOND_MS;
            self.at(self.now.plus_ms(wait), Deed::Send(tenant, place));
        }
    }

    /// Schedules what follows from what was written: people look after incidents, the outbox after messages.
    fn look_after(&mut self) {
        for tenant in 0..self.world.tenants.len() {
            for place in self.handed[tenant]..self.world.tenants[tenant].messages.len() {
                let wait = if self.draw.chance(12) { 600_000 } else { 5_000 };
                let at = self.now.plus_ms(self.draw.between(50, wait) as i64);
                self.at(at, Deed::Send(tenant, place));
            }
            self.handed[tenant] = self.world.tenants[tenant].messages.len();
        }
        for (tenant, key) in std::mem::take(&mut self.touched) {
            if self.held.contains(&(tenant, key.clone())) {
                continue;
            }
            let Some(at) = people::next_wake(self, tenant, &key) else { continue };
            self.at(at, Deed::Wake(tenant, key.clone()));
            if self.draw.chance(10)
                && let Some(at) = people::telling_instant(self, tenant, &key)
            {
                self.at(at, Deed::Look(tenant, key.clone()));
            }
            self.held.insert((tenant, key));
        }
    }

    fn audit(&mut self, steps: u64) -> Vec<Difference> {
        let mut found = std::mem::take(&mut self.between);
        found.extend(self.auditor.follow(&self.world, self.now));
        for (tenant, key) in self.touched.clone() {
            found.extend(self.compare(tenant, &key));
        }
        if steps.is_multiple_of(600) {
            found.extend(self.auditor.sweep(&self.world, self.now));
            found.extend(self.compare_all());
        }
        found
    }

    fn compare(&mut self, tenant: usize, key: &RecordKey) -> Vec<Difference> {
        let Some(record) = self.world.tenants[tenant].records.get(key) else { return vec![] };
        let mut claims = Claims::of(&self.world, record, self.now);
        if let Some(mutant) = self.world.mutant {
            mutant.said(&mut claims, &record.incident, self.now);
        }
        self.auditor.compare(&self.world, tenant, key, &claims, self.now)
    }

    fn compare_all(&mut self) -> Vec<Difference> {
        let mut found = vec![];
        for tenant in 0..self.world.tenants.len() {
            let keys: Vec<RecordKey> = self.world.tenants[tenant].records.keys().cloned().collect();
            for key in keys {
                found.extend(self.compare(tenant, &key));
                found.extend(self.compare_ledgers(tenant, &key));
            }
        }
        found
    }

    fn compare_ledgers(&mut self, tenant: usize, key: &RecordKey) -> Vec<Difference> {
        let Some(record) = self.world.tenants[tenant].records.get(key) else { return vec![] };
        let mut ledgers = crate::claims::ledgers(&record.incident);
        if let Some(mutant) = self.world.mutant {
            mutant.accounted(&mut ledgers);
        }
        self.auditor.compare_ledgers(tenant, key, &ledgers, self.now)
    }

    /// Schedules an arrival.
    pub(crate) fn send_later(&mut self, arrival: Arrival) {
        self.at(arrival.at, Deed::Arrive(Box::new(arrival)));
    }

    /// Schedules another look at the windows of a project by whoever works there.
    pub(crate) fn work_later(&mut self, at: Instant, tenant: usize, project: &ProjectKey) {
        self.at(at, Deed::Work(tenant, project.clone()));
    }

    /// The same alert will come again, around the ten minutes after the recovery was told.
    pub(crate) fn alert_again(&mut self, tenant: usize, key: &RecordKey) {
        let events = &self.world.tenants[tenant].events;
        let Some(first) = events.iter().find(|event| event.incident.as_ref() == Some(key)).cloned() else { return };
        let at = senders::again(&mut self.draw, self.now);
        let event = domain::alerts::AlertEvent {
            action: domain::alerts::Action::Trigger,
            dedup_key: first.dedup_key,
            alert_key: first.alert_key,
            severity: "critical".into(),
            summary: "again".into(),
            source: first.source,
        };
        self.at(at, Deed::Arrive(Box::new(Arrival { at, tenant, project: first.project, event })));
    }

    fn outcome(self, differences: Vec<Difference>, steps: u64) -> Outcome {
        let tenants = &self.world.tenants;
        let sum = |of: fn(&crate::world::Tenant) -> usize| tenants.iter().map(|tenant| of(tenant) as u64).sum();
        let mut kinds = BTreeMap::new();
        for fact in tenants.iter().flat_map(|tenant| &tenant.facts) {
            *kinds.entry(kind_of(&fact.canonical()).to_owned()).or_default() += 1;
        }
        let counts = Counts {
            steps,
            facts: sum(|tenant| tenant.facts.len()),
            incidents: sum(|tenant| tenant.records.len()),
            windows: sum(|tenant| tenant.windows.len()),
            events: sum(|tenant| tenant.events.len()),
            fired: sum(|tenant| tenant.fired.len()),
            messages: sum(|tenant| tenant.messages.len()),
            crashes: self.crashes,
            compared: self.auditor.compared,
            kinds,
        };
        let story = differences
            .first()
            .and_then(|difference| difference.record.as_ref().map(|key| listed(&tenants[difference.tenant], key)));
        let heads: Vec<&[u8]> = tenants.iter().map(|tenant| tenant.head.as_bytes()).collect();
        Outcome { story: story.unwrap_or_default(), trace: sha256(&heads), differences, counts }
    }
}
