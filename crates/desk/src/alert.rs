//! Taking in alerts: many deliveries, few transactions.
//!
//! [`Desk::receive`] hands a delivery to the counter of its tenant's shard and returns once it is committed. A counter begins
//! a transaction for the tenant of whatever waits longest and puts all that waits for that tenant into it: read what the
//! keys lead to, decide about each event in order, write everything. If a group fails, its deliveries are tried one by one,
//! so that none can take others down with it; where it is the database that is away, all are told so at once.

use crate::incident::cached_row;
use crate::window::Windows;
use crate::{Answer, Change, Desk, Error};
use domain::access::Actor;
use domain::alerts::{AlertEvent, Correlation, Decision, Fate, KnownAlert, decide};
use domain::calendar::Calendar;
use domain::fact::{Body, NewFact, Origin};
use domain::ids::{BlobId, KeyId, ProjectKey, RecordKey, TenantId};
use domain::incident::Incident;
use domain::paper::{Agreement, Paper};
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use store::{AlertRow, CorrelationRow, EventRow, Failure, Write};
use tokio::sync::{mpsc, oneshot};

/// Deliveries of one transaction at most.
const BATCH_MAX: usize = 256;
/// How long a delivery waits at most for others to share its commit: less than what the commit takes.
const GATHER_MAX: Duration = Duration::from_micros(500);
/// Deliveries that may wait for one counter before senders wait too.
const QUEUE_MAX: usize = 4_096;
/// Alerts whose repeats are counted in one transaction.
const PAGE: u32 = 1_000;
/// Counters beside each other on PostgreSQL; SQLite has one writer and so one counter.
const POSTGRES_COUNTERS: usize = 4;

/// An intake key that was recognised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IntakeKey {
    /// Whose it is.
    pub tenant: TenantId,
    /// Which key.
    pub key: KeyId,
    /// The project its alerts belong to.
    pub project: ProjectKey,
    /// Whether it promised a heartbeat.
    pub heartbeat: bool,
}

/// What a sender delivered in one request.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// By which key.
    pub key: IntakeKey,
    /// Which sender's format, such as `events_v2`.
    pub sender: &'static str,
    /// The bytes as they came.
    pub body: Vec<u8>,
    /// What they say, or why they cannot be read.
    pub content: Result<Vec<AlertEvent>, String>,
}

/// What became of one event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// Its number in the tenant.
    pub event: u64,
    /// Its fate.
    pub fate: Fate,
    /// The incident it opened or joined.
    pub incident: Option<RecordKey>,
    /// The window of work it was kept in.
    pub kept_in: Option<RecordKey>,
}

struct Waiting {
    delivery: Delivery,
    answer: oneshot::Sender<Answer<Vec<Received>>>,
}

/// Where deliveries wait for their transaction.
#[derive(Default)]
pub(crate) struct Counter {
    shards: Mutex<Vec<mpsc::Sender<Waiting>>>,
}

impl Counter {
    /// Starts the tasks that take deliveries in; they end with the last sender.
    pub(crate) fn open(&self, desk: &Desk) {
        let count = if desk.store.engine() == "SQLite" { 1 } else { POSTGRES_COUNTERS };
        let mut shards = self.shards.lock().unwrap_or_else(PoisonError::into_inner);
        for _ in 0..count {
            let (sender, incoming) = mpsc::channel(QUEUE_MAX);
            shards.push(sender);
            // The task must not keep its own counter open: it holds the store, not the desk.
            let desk = Desk { counter: std::sync::Arc::default(), ..desk.clone() };
            tokio::spawn(take_in(desk, incoming));
        }
    }

    fn shard(&self, tenant: &TenantId) -> Option<mpsc::Sender<Waiting>> {
        let shards = self.shards.lock().unwrap_or_else(PoisonError::into_inner);
        let mut hasher = DefaultHasher::new();
        tenant.hash(&mut hasher);
        let place = (hasher.finish() as usize).checked_rem(shards.len())?;
        shards.get(place).cloned()
    }
}

impl Desk {
    /// Takes in a delivery. Returns only once it is on disk: accept is commit.
    ///
    /// # Errors
    /// The database does not take it; nothing of it was kept, and the sender should try again.
    pub async fn receive(&self, delivery: Delivery) -> Answer<Vec<Received>> {
        let shut = || Error::Failed(Failure::Stopping);
        let counter = self.counter.shard(&delivery.key.tenant).ok_or_else(shut)?;
        let (answer, result) = oneshot::channel();
        counter.send(Waiting { delivery, answer }).await.map_err(|_| shut())?;
        result.await.map_err(|_| shut())?
    }
}

async fn take_in(desk: Desk, mut incoming: mpsc::Receiver<Waiting>) {
    let mut waiting = Vec::with_capacity(BATCH_MAX);
    let mut senders = 1;
    while !waiting.is_empty() || incoming.recv_many(&mut waiting, BATCH_MAX).await > 0 {
        gather(&mut waiting, &mut incoming, senders).await;
        let tenant = waiting[0].delivery.key.tenant.clone();
        let write = desk.store.write(&tenant).await;
        // What came while the chain's head was being locked goes into the same transaction.
        take_what_came(&mut waiting, &mut incoming);
        let (group, others): (Vec<_>, Vec<_>) = waiting.drain(..).partition(|one| one.delivery.key.tenant == tenant);
        waiting = others;
        senders = group.len();
        take_in_group(&desk, &tenant, write, group).await;
        senders += waiting.len() + incoming.len();
    }
}

/// Waits a moment for as many deliveries as there were senders a moment ago. Senders that each wait for an answer would
/// otherwise fall into two halves that take turns, each paying for a commit of its own.
async fn gather(waiting: &mut Vec<Waiting>, incoming: &mut mpsc::Receiver<Waiting>, senders: usize) {
    let began = Instant::now();
    take_what_came(waiting, incoming);
    while waiting.len() < senders.min(BATCH_MAX) && began.elapsed() < GATHER_MAX {
        // Whoever reads requests goes first; a timer would be coarser than the moment.
        tokio::task::yield_now().await;
        take_what_came(waiting, incoming);
    }
}

fn take_what_came(waiting: &mut Vec<Waiting>, incoming: &mut mpsc::Receiver<Waiting>) {
    while waiting.len() < BATCH_MAX
        && let Ok(more) = incoming.try_recv()
    {
        waiting.push(more);
    }
}

async fn take_in_group(desk: &Desk, tenant: &TenantId, write: Result<Write, Failure>, group: Vec<Waiting>) {
    let (deliveries, answers): (Vec<_>, Vec<_>) = group.into_iter().map(|one| (one.delivery, one.answer)).unzip();
    match write_group(write, &deliveries).await {
        Ok(received) => {
            desk.ring(Change::Alerts);
            for (answer, received) in answers.into_iter().zip(received) {
                // A sender that went away was told nothing; what it sent is kept all the same.
                let _gone = answer.send(Ok(received));
            }
        }
        Err(Error::Failed(failure)) if failure.is_unavailable() => {
            tracing::warn!(%tenant, deliveries = deliveries.len(), %failure, "deliveries were not taken in: the database is away");
            for answer in answers {
                let _gone = answer.send(Err(Failure::Away(failure.to_string()).into()));
            }
        }
        Err(error) => {
            tracing::warn!(%tenant, deliveries = deliveries.len(), %error, "a group of deliveries failed; trying one by one");
            for (answer, delivery) in answers.into_iter().zip(deliveries) {
                // Whoever hung up sends it again.
                if answer.is_closed() {
                    continue;
                }
                let result = write_group(desk.store.write(tenant).await, &[delivery]).await;
                let _gone = answer.send(result.map(|mut received| received.pop().unwrap_or_default()));
            }
            desk.ring(Change::Alerts);
        }
    }
}

async fn write_group(write: Result<Write, Failure>, deliveries: &[Delivery]) -> Answer<Vec<Vec<Received>>> {
    let mut intake = Intake {
        write: write?,
        bodies: HashMap::new(),
        correlations: HashMap::new(),
        known: HashMap::new(),
        agreement: None,
        opened: vec![],
        alerts: vec![],
        events: vec![],
        joined: vec![],
        again: vec![],
        heartbeats: vec![],
        windows: Windows::default(),
        deliveries,
    };
    intake.look_up().await?;
    let mut answers = vec![];
    for delivery in deliveries {
        answers.push(intake.take(delivery).await?);
    }
    intake.save().await?;
    Ok(answers)
}

/// One transaction's worth of deliveries: what the database knows of their keys, and what is to be written.
struct Intake<'d> {
    write: Write,
    /// Blobs of bodies: a sender that repeats itself word by word is kept once a transaction.
    bodies: HashMap<&'d [u8], BlobId>,
    correlations: HashMap<(ProjectKey, String), Correlation>,
    known: HashMap<(RecordKey, String), KnownAlert>,
    agreement: Option<(Option<u32>, Agreement)>,
    opened: Vec<Opened>,
    alerts: Vec<AlertRow>,
    events: Vec<EventRow>,
    /// Facts that joined an incident which had been told recovered: they may owe something new.
    joined: Vec<RecordKey>,
    /// Alerts that came again after a recovery notice: the incident and the event.
    again: Vec<(RecordKey, u64)>,
    heartbeats: Vec<KeyId>,
    windows: Windows,
    deliveries: &'d [Delivery],
}

/// A fresh incident with its title and dedup key.
pub(crate) type Opened = (Incident, String, String);

impl<'d> Intake<'d> {
    /// Reads what the keys of all deliveries lead to, by few statements.
    async fn look_up(&mut self) -> Answer<()> {
        let mut keys: HashMap<&ProjectKey, Vec<&str>> = HashMap::new();
        let mut alerts: HashMap<(&ProjectKey, &str), Vec<&str>> = HashMap::new();
        for delivery in self.deliveries {
            for event in delivery.content.iter().flatten() {
                let project = &delivery.key.project;
                keys.entry(project).or_default().push(&event.dedup_key);
                alerts.entry((project, &event.dedup_key)).or_default().push(&event.alert_key);
            }
        }
        let mut wanted: Vec<(RecordKey, &str)> = vec![];
        for (project, mut dedup_keys) in keys {
            dedup_keys.sort_unstable();
            dedup_keys.dedup();
            for (dedup_key, row) in self.write.correlations(project, &dedup_keys).await? {
                for alert_key in alerts.get(&(project, dedup_key.as_str())).into_iter().flatten() {
                    wanted.push((row.incident.clone(), alert_key));
                }
                let correlation = Correlation { incident: row.incident, joins_until: row.joins_until };
                self.correlations.insert((project.clone(), dedup_key), correlation);
            }
        }
        wanted.sort_unstable();
        wanted.dedup();
        for row in self.write.known_alerts(&wanted).await? {
            let known = KnownAlert { resolved: row.status == "resolved", last_received: row.last_received };
            self.known.insert((row.incident, row.alert_key), known);
        }
        Ok(())
    }

    async fn take(&mut self, delivery: &'d Delivery) -> Answer<Vec<Received>> {
        let Self { bodies, write, .. } = self;
        let body = bodies.entry(&delivery.body);
        let body = body.or_insert_with(|| write.blob("application/octet-stream", &delivery.body)).clone();
        match &delivery.content {
            Err(reason) => {
                let row = EventRow {
                    id: self.write.next_event(),
                    project: delivery.key.project.clone(),
                    api_key: delivery.key.key.clone(),
                    sender: delivery.sender.to_owned(),
                    received: self.write.now(),
                    action: "unreadable".to_owned(),
                    fate: Fate::Unreadable.code().to_owned(),
                    dedup_key: None,
                    alert_key: None,
                    incident: None,
                    kept_in: None,
                    note: Some(reason.clone()),
                    body,
                };
                let received = Received { event: row.id, fate: Fate::Unreadable, incident: None, kept_in: None };
                self.events.push(row);
                Ok(vec![received])
            }
            Ok(events) => {
                let mut received = vec![];
                for event in events {
                    received.push(self.take_event(delivery, event, &body).await?);
                }
                Ok(received)
            }
        }
    }

    async fn take_event(&mut self, delivery: &Delivery, event: &AlertEvent, body: &BlobId) -> Answer<Received> {
        let number = self.write.next_event();
        let now = self.write.now();
        let place = (delivery.key.project.clone(), event.dedup_key.clone());
        let mut decision = self.decide(&place, event, number);
        let mut kept_in = None;
        if joins_nothing(&decision) && self.read_windows(&place.0).await? {
            decision = self.decide(&place, event, number);
        }
        if joins_nothing(&decision) {
            kept_in = self.windows.keep(&mut self.write, (&place.0, &delivery.key.key), event, number);
        }
        if kept_in.is_some() {
            decision = Decision::Keep(Fate::Window);
        }
        let (fate, incident) = match decision {
            Decision::Keep(fate) => {
                if fate == Fate::Heartbeat {
                    self.heartbeats.push(delivery.key.key.clone());
                }
                (fate, None)
            }
            Decision::Open => (Fate::New, Some(self.open(delivery, event, number).await?)),
            Decision::Join(incident, fact) => {
                self.join(delivery, event, &incident, fact);
                (Fate::Joined, Some(incident))
            }
        };
        self.events.push(EventRow {
            id: number,
            project: place.0,
            api_key: delivery.key.key.clone(),
            sender: delivery.sender.to_owned(),
            received: now,
            action: event.action.code().to_owned(),
            fate: fate.code().to_owned(),
            dedup_key: Some(place.1),
            alert_key: Some(event.alert_key.clone()),
            incident: incident.clone(),
            kept_in: kept_in.clone(),
            note: None,
            body: body.clone(),
        });
        Ok(Received { event: number, fate, incident, kept_in })
    }

    fn decide(&self, place: &(ProjectKey, String), event: &AlertEvent, number: u64) -> Decision {
        let found = self.correlations.get(place).map(|correlation| {
            let known = self.known.get(&(correlation.incident.clone(), event.alert_key.clone())).copied();
            (correlation, known)
        });
        decide(event, number, found, self.write.now())
    }

    /// Reads the windows of a project. Says whether one ended with it and led alerts to incidents.
    async fn read_windows(&mut self, project: &ProjectKey) -> Answer<bool> {
        let of_project = self.deliveries.iter().filter(|delivery| delivery.key.project == *project);
        let events = of_project.flat_map(|delivery| delivery.content.iter().flatten());
        let dedup_keys = events.map(|event| event.dedup_key.as_str());
        let left = self.windows.read(&mut self.write, project, dedup_keys).await?;
        let last_received = self.write.now();
        let has_led = !left.is_empty();
        for domain::window::Left { dedup_key, alert_key, to } in left {
            self.known.insert((to.clone(), alert_key), KnownAlert { resolved: false, last_received });
            let leads = Correlation { incident: to, joins_until: None };
            self.correlations
                .entry((project.clone(), dedup_key))
                .and_modify(|known| {
                    if known.incident != leads.incident {
                        known.clone_from(&leads);
                    }
                })
                .or_insert(leads.clone());
        }
        Ok(has_led)
    }

    async fn open(&mut self, delivery: &Delivery, event: &AlertEvent, number: u64) -> Answer<RecordKey> {
        let project = &delivery.key.project;
        let n = self.write.next_number(project).await?;
        let key = project.record(n);
        let (agreement, terms) = self.agreement().await?;
        let title = title_of(&event.source, &event.summary);
        let body = Body::IncidentOpened {
            project: project.clone(),
            number: n,
            origin: Origin::Alert {
                event: number,
                dedup_key: event.dedup_key.clone(),
                alert_key: event.alert_key.clone(),
            },
            title: self.write.text(&title),
            severity: event.severity.clone(),
            targets: terms.targets,
            agreement,
        };
        let actor = Actor::Key { id: delivery.key.key.clone() };
        let fact = self.write.append(NewFact { record: Some(key.clone()), body, actor, role: None, reason: None });
        if let Some(incident) = Incident::fold(std::slice::from_ref(&fact))? {
            self.opened.push((incident, title, event.dedup_key.clone()));
        }
        let correlation = Correlation { incident: key.clone(), joins_until: None };
        self.correlations.insert((project.clone(), event.dedup_key.clone()), correlation);
        self.count(delivery, event, &key, true);
        Ok(key)
    }

    fn join(&mut self, delivery: &Delivery, event: &AlertEvent, incident: &RecordKey, fact: Option<Body>) {
        let says_something = fact.is_some();
        if let Some(body) = fact {
            let event_joined = match &body {
                Body::AlertJoined { event, .. } => Some(*event),
                _ => None,
            };
            let was_told_recovered =
                self.correlations.values().any(|c| c.incident == *incident && c.joins_until.is_some());
            let actor = Actor::Key { id: delivery.key.key.clone() };
            self.write.append(NewFact { record: Some(incident.clone()), body, actor, role: None, reason: None });
            if let (true, Some(event)) = (was_told_recovered, event_joined) {
                self.again.push((incident.clone(), event));
            }
            if was_told_recovered && !self.joined.contains(incident) {
                self.joined.push(incident.clone());
            }
        }
        self.count(delivery, event, incident, says_something);
    }

    /// Counts one telling of an alert; one that stands in a fact is counted there already.
    fn count(&mut self, delivery: &Delivery, event: &AlertEvent, incident: &RecordKey, in_fact: bool) {
        use domain::alerts::Action;
        let now = self.write.now();
        let place = (incident.clone(), event.alert_key.clone());
        let resolved = match event.action {
            Action::Resolve => true,
            Action::Acknowledge => self.known.get(&place).is_some_and(|known| known.resolved),
            _ => false,
        };
        self.known.insert(place, KnownAlert { resolved, last_received: now });
        self.alerts.push(AlertRow {
            incident: incident.clone(),
            alert_key: event.alert_key.clone(),
            project: delivery.key.project.clone(),
            dedup_key: event.dedup_key.clone(),
            status: if resolved { "resolved" } else { "firing" }.to_owned(),
            severity: event.severity.clone(),
            summary: event.summary.clone(),
            source: event.source.clone(),
            first_received: now,
            last_received: now,
            count: 1,
            counted: u64::from(in_fact),
        });
    }

    async fn agreement(&mut self) -> Answer<(Option<u32>, Agreement)> {
        if self.agreement.is_none() {
            let now = self.write.now();
            let row = self.write.version_at(Agreement::KIND, "", now).await?;
            self.agreement = Some(match row {
                Some(row) => {
                    let (version, agreement) = crate::desk::read_paper::<Agreement>(&row)?;
                    (Some(version), agreement)
                }
                None => (None, Agreement::default()),
            });
        }
        Ok(self.agreement.clone().unwrap_or_default())
    }

    async fn save(mut self) -> Answer<()> {
        save_opened(&mut self.write, std::mem::take(&mut self.opened)).await?;
        self.write.upsert_alerts(std::mem::take(&mut self.alerts)).await?;
        self.windows.save(&mut self.write).await?;
        self.write.insert_events(std::mem::take(&mut self.events)).await?;
        for key in std::mem::take(&mut self.heartbeats) {
            self.write.beat_key(&key).await?;
        }
        let (again, joined) = (std::mem::take(&mut self.again), std::mem::take(&mut self.joined));
        save_joined(&mut self.write, again, joined).await?;
        self.write.commit().await?;
        Ok(())
    }
}

/// Whether an event leads to no incident that is there.
const fn joins_nothing(decision: &Decision) -> bool {
    matches!(decision, Decision::Open | Decision::Keep(Fate::Unmatched))
}

/// Stores fresh incidents with their timers and what joins them.
pub(crate) async fn save_opened(write: &mut Write, opened: Vec<Opened>) -> Answer<()> {
    // Nothing that a fresh incident owes depends on business days.
    let calendar = Calendar::tokyo([]);
    let tenant = write.tenant().clone();
    let (mut rows, mut correlations, mut timers) = (vec![], vec![], vec![]);
    for (incident, title, dedup_key) in opened {
        correlations.push(CorrelationRow {
            project: incident.project.clone(),
            dedup_key,
            incident: incident.key.clone(),
            joins_until: None,
        });
        timers.extend(
            crate::incident::timer_rows(&incident, &calendar).into_iter().map(|t| (incident.key.to_string(), t)),
        );
        rows.push(cached_row(&tenant, &incident, title, &calendar));
    }
    write.save_incidents(rows).await?;
    write.save_correlations(correlations).await?;
    Ok(write.arm_timers(timers).await?)
}

/// Stores the headers of incidents that alerts joined, and of the parents that hear of alerts that came again: `again` are
/// such alerts' incidents with their events.
pub(crate) async fn save_joined(
    write: &mut Write,
    again: Vec<(RecordKey, u64)>,
    mut joined: Vec<RecordKey>,
) -> Answer<()> {
    for (key, event) in again {
        // Of a merged incident its parent hears.
        let child = Incident::fold(&write.record_facts(&key).await?)?;
        if let Some((parent, fact)) = child.and_then(|child| child.tell_parent_of(event)) {
            write.append(fact);
            if !joined.contains(&parent) {
                joined.push(parent);
            }
        }
    }
    for key in joined {
        let facts = write.record_facts(&key).await?;
        if let Some(incident) = Incident::fold(&facts)? {
            let title = write.blob_text(&incident.title).await?.unwrap_or_default();
            let calendar = crate::incident::calendar_as_of(write, incident.as_of).await?;
            let row = cached_row(&write.tenant().clone(), &incident, title, &calendar);
            write.save_incidents(vec![row]).await?;
        }
    }
    Ok(())
}

/// What the board calls it: the host and what is wrong with it.
pub(crate) fn title_of(source: &str, summary: &str) -> String {
    if source.is_empty() || summary.contains(source) { summary.to_owned() } else { format!("{source} {summary}") }
}

impl Desk {
    /// Writes the repeats that no fact tells yet: one fact an alert, however many repeats. Returns how many facts. A tenant
    /// in trouble holds up no other.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn count_repeats(&self) -> Answer<usize> {
        let mut written = 0;
        for tenant in self.store.system().uncounted_tenants().await? {
            match self.count_repeats_of(&tenant).await {
                Ok(count) => written += count,
                Err(error) => {
                    tracing::warn!(%tenant, %error, "repeats of a tenant could not be counted; they will be");
                }
            }
        }
        Ok(written + self.count_repeats_in_windows().await?)
    }

    /// Once through all alerts of a tenant, a transaction each page; what repeats meanwhile waits for the next round.
    async fn count_repeats_of(&self, tenant: &TenantId) -> Answer<usize> {
        let mut written = 0;
        let mut after = (String::new(), String::new());
        loop {
            let mut write = self.store.write(tenant).await?;
            let page = write.uncounted((&after.0, &after.1), PAGE).await?;
            let Some(last) = page.last() else { return Ok(written) };
            after = (last.incident.to_string(), last.alert_key.clone());
            for alert in page {
                let count = alert.count - alert.counted;
                let body = Body::AlertCounted { alert_key: alert.alert_key.clone(), count, total: alert.count };
                write.append(NewFact::by_system(Some(alert.incident.clone()), body));
                write.mark_counted(&alert.incident, &alert.alert_key, alert.count).await?;
                written += 1;
            }
            write.commit().await?;
        }
    }
}
