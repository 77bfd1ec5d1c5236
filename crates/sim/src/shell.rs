//! The shell in miniature: what `desk` and `store` do around the rules, on rows in memory. One [`Draft`] is one transaction;
//! a crash drops it before [`Draft::commit`].

use crate::mutants::Mutant;
use crate::windows;
use crate::world::{Alert, Event, Fired, Message, Recipient, Record, Row, Tenant, TimerRow, World};
use domain::access::Actor;
use domain::alerts::{Action, AlertEvent, Correlation, Decision, Fate, KnownAlert, decide};
use domain::calendar::Calendar;
use domain::fact::{Body, Fact, NewFact, NoticeKind, Origin, Reminder, link};
use domain::ids::{BlobId, KeyId, MessageId, ProjectKey, RecordKey};
use domain::incident::escalation::{Cause, Group};
use domain::incident::timer::TimerKind;
use domain::incident::verbs::{By, Closing};
use domain::incident::{Incident, Joins};
use domain::time::Instant;
use std::collections::BTreeMap;

/// One transaction on one incident, and on those merged with it.
#[derive(Debug)]
pub(crate) struct Draft {
    tenant: usize,
    pub(crate) incident: Incident,
    timers: BTreeMap<String, TimerRow>,
    row: Option<Row>,
    /// The other incidents that it changes.
    others: BTreeMap<RecordKey, Part>,
    staged: Vec<Fact>,
    messages: Vec<Message>,
    fired: Vec<Fired>,
    now: Instant,
}

/// One incident of a transaction, put aside.
#[derive(Debug)]
struct Part {
    incident: Incident,
    timers: BTreeMap<String, TimerRow>,
    row: Option<Row>,
}

/// The header of an incident, a function of its facts and the calendar known at its last step.
pub(crate) fn row(incident: &Incident, calendar: &Calendar) -> Row {
    let clocks = incident.clocks();
    let duty = incident.duties(incident.as_of, calendar).into_iter().next();
    let last = clocks.last();
    Row {
        state: incident.state.code(),
        version: incident.version,
        impact: incident.impact(),
        slo_due: last.map_or(incident.opened.at, |clock| clock.slo_due),
        sla_due: last.and_then(|clock| clock.sla_due),
        notified_at: last.and_then(|clock| clock.end.as_ref().map(|end| end.at)),
        duty: duty.map(|duty| (duty.kind.code(), duty.due)),
        ended: incident.ended_at(),
        known: incident.is_known_to_customer(),
        merged_into: incident.merged_into().cloned(),
        children: incident.merged_children().count(),
    }
}

impl World {
    /// Opens an incident for a change.
    pub(crate) fn draft(&self, tenant: usize, key: &RecordKey, now: Instant) -> Option<Draft> {
        let record = self.tenants.get(tenant)?.records.get(key)?;
        Some(Draft {
            tenant,
            incident: record.incident.clone(),
            timers: record.timers.clone(),
            row: None,
            others: BTreeMap::new(),
            staged: vec![],
            messages: vec![],
            fired: vec![],
            now,
        })
    }

    /// Opens a new incident told by people or a sender.
    pub(crate) fn draft_new(
        &self,
        tenant: usize,
        project: &ProjectKey,
        origin: Origin,
        actor: Actor,
        now: Instant,
    ) -> Option<Draft> {
        let customer = self.tenants.get(tenant)?;
        let number = customer.numbers.get(project).copied().unwrap_or_default() + 1;
        let agreed = customer.agreement_at(now);
        let body = Body::IncidentOpened {
            project: project.clone(),
            number,
            origin,
            title: customer.blob("title"),
            severity: "critical".into(),
            targets: agreed.map(|(_, agreement)| agreement.targets).unwrap_or_default(),
            agreement: agreed.map(|(version, _)| version),
        };
        let new = NewFact { record: Some(project.record(number)), body, actor, role: None, reason: None };
        let fact = new.at(customer.id.clone(), customer.facts.len() as u64 + 1, now);
        let incident = Incident::fold(std::slice::from_ref(&fact)).ok().flatten()?;
        let mut draft = Draft {
            tenant,
            incident,
            timers: BTreeMap::new(),
            row: None,
            others: BTreeMap::new(),
            staged: vec![fact],
            messages: vec![],
            fired: vec![],
            now,
        };
        draft.put(self, vec![]).ok()?;
        Some(draft)
    }
}

/// A verb's facts did not fit: the rules wrote what their own fold refuses.
pub(crate) type Broken = domain::incident::Broken;

impl Draft {
    fn append(&mut self, world: &World, new: NewFact) -> Result<Option<Fact>, Broken> {
        let Some(new) = Mutant::written(world.mutant, new, &self.incident, self.now) else { return Ok(None) };
        let tenant = &world.tenants[self.tenant];
        let seq = (tenant.facts.len() + self.staged.len()) as u64 + 1;
        let fact = new.at(tenant.id.clone(), seq, self.now);
        self.incident.apply(&fact)?;
        self.staged.push(fact.clone());
        Ok(Some(fact))
    }

    /// Adds facts with the messages they queue, and makes timers and header agree.
    pub(crate) fn put(&mut self, world: &World, facts: Vec<NewFact>) -> Result<(), Broken> {
        let stood = self.incident.standing();
        for new in facts {
            let Some(fact) = self.append(world, new)? else { continue };
            self.tell(world, &fact)?;
            if matches!(fact.body, Body::Escalated { .. }) {
                let number = self.incident.escalations.len() as u32;
                self.page(world, number, 0)?;
            }
        }
        let calendar = world.calendar(self.incident.as_of);
        self.row = Some(row(&self.incident, &calendar));
        self.sync(&calendar);
        if self.incident.standing() != stood && !Mutant::keeps_children_waiting(world.mutant) {
            self.tell_children(world)?;
        }
        Ok(())
    }

    /// Turns to another incident of the same customer.
    fn turn_to(&mut self, world: &World, key: &RecordKey) -> bool {
        let found = self.others.remove(key).or_else(|| {
            let record = world.tenants[self.tenant].records.get(key)?;
            Some(Part { incident: record.incident.clone(), timers: record.timers.clone(), row: None })
        });
        let Some(part) = found else { return false };
        let own = Part {
            incident: std::mem::replace(&mut self.incident, part.incident),
            timers: std::mem::replace(&mut self.timers, part.timers),
            row: std::mem::replace(&mut self.row, part.row),
        };
        self.others.insert(own.incident.key.clone(), own);
        true
    }

    /// Adds facts to another incident.
    fn put_on(&mut self, world: &World, key: &RecordKey, facts: Vec<NewFact>) -> Result<(), Broken> {
        let own = self.incident.key.clone();
        if !facts.is_empty() && self.turn_to(world, key) {
            self.put(world, facts)?;
            self.turn_to(world, &own);
        }
        Ok(())
    }

    /// Another incident as it stands in this transaction.
    fn relative(&self, world: &World, key: &RecordKey) -> Option<Incident> {
        let other = self.others.get(key).map(|part| part.incident.clone());
        other.or_else(|| Some(world.tenants[self.tenant].records.get(key)?.incident.clone()))
    }

    /// Tells everything merged into this incident how it stands now.
    fn tell_children(&mut self, world: &World) -> Result<(), Broken> {
        let standing = self.incident.standing();
        let by = By { actor: Actor::System, role: None, now: self.now };
        let children: Vec<RecordKey> = self.incident.merged_children().map(|child| child.key.clone()).collect();
        for key in children {
            let Some(child) = self.relative(world, &key) else { continue };
            self.put_on(world, &key, child.follow(standing, &by))?;
        }
        Ok(())
    }

    /// 統合: merges another incident, with what is merged into that, into this one; what the rules refuse changes nothing.
    pub(crate) fn merge(&mut self, world: &World, by: &By, key: &RecordKey) -> Result<(), Broken> {
        let Some(child) = self.relative(world, key) else { return Ok(()) };
        let Ok(sides) = self.incident.merge(by, &child) else { return Ok(()) };
        let grandchildren: Vec<RecordKey> = child.merged_children().map(|it| it.key.clone()).collect();
        for grandchild in grandchildren {
            let Some(it) = self.relative(world, &grandchild) else { continue };
            let Ok(apart) = child.separate(by, &it) else { continue };
            let over = self.incident.adopt(by, &it);
            self.put_on(world, key, apart.parent)?;
            self.put_on(world, &grandchild, over.child)?;
            self.put(world, over.parent)?;
        }
        self.put_on(world, key, sides.child)?;
        self.put(world, sides.parent)?;
        self.tell_children(world)
    }

    /// 統合の解除: takes one out again.
    pub(crate) fn separate(&mut self, world: &World, by: &By, key: &RecordKey) -> Result<(), Broken> {
        let Some(child) = self.relative(world, key) else { return Ok(()) };
        let Ok(sides) = self.incident.separate(by, &child) else { return Ok(()) };
        self.put_on(world, key, sides.child)?;
        self.put(world, sides.parent)
    }

    /// Whether it changes nothing.
    pub(crate) const fn is_empty(&self) -> bool {
        self.staged.is_empty()
    }

    /// Adds what a tool said: no header, no timers, but where the customer knows of a recovery.
    pub(crate) fn put_told_by_tool(&mut self, world: &World, fact: NewFact, moves_header: bool) -> Result<(), Broken> {
        self.append(world, fact)?;
        if moves_header {
            self.row = Some(row(&self.incident, &world.calendar(self.incident.as_of)));
        }
        Ok(())
    }

    /// Of a merged incident's alert that came again its parent hears.
    pub(crate) fn tell_parent(&mut self, world: &World, event: u64) -> Result<(), Broken> {
        let own = self.incident.key.clone();
        if let Some((parent, fact)) = self.incident.tell_parent_of(event)
            && self.turn_to(world, &parent)
        {
            self.put_told_by_tool(world, fact, true)?;
            self.turn_to(world, &own);
        }
        Ok(())
    }

    /// Queues what a fact tells the customer: one mail a contact, one call a webhook.
    fn tell(&mut self, world: &World, fact: &Fact) -> Result<(), Broken> {
        let notice = match &fact.body {
            Body::IncidentNotified { .. } => NoticeKind::Occurrence,
            Body::InterimReported { .. } => NoticeKind::Interim,
            Body::RecoveryNotified { .. } => NoticeKind::Recovery,
            Body::IncidentMessaged { from_customer: false, .. } => NoticeKind::Message,
            Body::IncidentClosed { .. } => NoticeKind::Closure,
            Body::ReportApproved { .. } => NoticeKind::Report,
            _ => return Ok(()),
        };
        let tenant = &world.tenants[self.tenant];
        let plan = tenant.plan_at(&self.incident.project, self.now);
        let contacts = plan.into_iter().flat_map(|(_, plan)| &plan.contacts);
        let with_mail = contacts.filter(|contact| !contact.mail.is_empty()).map(|contact| contact.id.clone());
        let mut recipients: Vec<Recipient> = with_mail.map(Recipient::Contact).collect();
        if tenant.has_webhook {
            recipients.push(Recipient::Webhook);
        }
        for to in recipients {
            self.queue(world, notice, to)?;
        }
        Ok(())
    }

    /// Queues one message.
    pub(crate) fn queue(&mut self, world: &World, notice: NoticeKind, to: Recipient) -> Result<(), Broken> {
        let id = self.message_id(world);
        let (channel, contact) = match &to {
            Recipient::Contact(contact) => ("mail", Some(contact.clone())),
            Recipient::Webhook => ("webhook", None),
            Recipient::Filer | Recipient::Staff(_) => ("mail", None),
        };
        let body = Body::MessageQueued { message: id.clone(), notice, channel: channel.into(), contact };
        if self.append(world, NewFact::by_system(Some(self.incident.key.clone()), body))?.is_some() {
            self.hand_out(id, to);
        }
        Ok(())
    }

    fn message_id(&self, world: &World) -> MessageId {
        let tenant = &world.tenants[self.tenant];
        MessageId::new(format!("{}:m{}", tenant.id, tenant.facts.len() + self.staged.len() + 1))
    }

    fn hand_out(&mut self, id: MessageId, to: Recipient) {
        let record = self.incident.key.clone();
        self.messages.push(Message { id, record, to, is_over: false, attempts: 0 });
    }

    /// Pages the people of a step of an escalation.
    fn page(&mut self, world: &World, number: u32, step: u32) -> Result<(), Broken> {
        let people = self.incident.escalation(number).map(|found| found.what.at_step(step).to_vec());
        for person in people.unwrap_or_default() {
            let message = self.message_id(world);
            let body = Body::PageQueued { message: message.clone(), escalation: number, step, person: person.clone() };
            if self.append(world, NewFact::by_system(Some(self.incident.key.clone()), body))?.is_some() {
                self.hand_out(message, Recipient::Staff(person));
            }
        }
        Ok(())
    }

    /// Makes the timers the wanted ones: what differs is armed or moved, a fired one again where its generation rose.
    fn sync(&mut self, calendar: &Calendar) {
        let wanted = self.incident.timers(calendar);
        self.timers.retain(|kind, row| row.fired.is_some() || wanted.iter().any(|timer| timer.kind.code() == *kind));
        for timer in wanted {
            let row = self.timers.entry(timer.kind.code());
            let row = row.or_insert(TimerRow { generation: timer.generation, due: timer.due, fired: None });
            if timer.generation > row.generation {
                row.fired = None;
            }
            (row.generation, row.due) = (timer.generation, timer.due);
        }
    }

    /// Fires what is due of this incident among the rows another look found.
    pub(crate) fn fire(&mut self, world: &World, found: &[(String, u64)]) -> Result<usize, Broken> {
        let calendar = world.calendar(self.incident.as_of);
        let mut facts: Vec<NewFact> = vec![];
        let mut pages = vec![];
        let mut count = 0;
        for (kind, generation) in found {
            let again = Mutant::fires_again(world.mutant);
            let Some(row) = self.timers.get_mut(kind) else { continue };
            let sooner = Mutant::hastens(world.mutant, kind);
            let is_due = row.due.plus_ms(-sooner) <= self.now;
            let may = row.generation == *generation && is_due && (row.fired.is_none() || again);
            if !may {
                continue;
            }
            row.fired = Some(self.now);
            let (record, kind) = (self.incident.key.clone(), kind.clone());
            self.fired.push(Fired { record, kind: kind.clone(), generation: *generation, due: row.due, at: self.now });
            count += 1;
            let said = self.incident.fire(&kind, self.now.plus_ms(sooner), &calendar);
            if let Some((TimerKind::PageUnanswered(escalation, step), _)) = &said {
                pages.push((*escalation, *step));
            }
            if let Some((TimerKind::InterimSlot, Some(Body::SlotMissed { slot }))) = &said
                && Mutant::reminds_of_what_passed(world.mutant)
            {
                let due = slot.plus_minutes(-10);
                let body = Body::IncidentReminded { reminder: Reminder::InterimSoon, due };
                facts.push(NewFact::by_system(Some(self.incident.key.clone()), body));
            }
            if let Some((groups, cause)) = said.as_ref().and_then(|(kind, _)| kind.escalates()) {
                facts.extend(groups.iter().map(|group| self.raise(world, *group, cause)));
            }
            match said {
                Some((TimerKind::AutoClose, _)) => facts.extend(self.close_by_itself(world)),
                Some((_, Some(body))) => facts.push(NewFact::by_system(Some(self.incident.key.clone()), body)),
                _ => {}
            }
        }
        for (escalation, step) in pages {
            self.page(world, escalation, step)?;
        }
        self.put(world, facts)?;
        Ok(count)
    }

    fn raise(&self, world: &World, to: Group, cause: Cause) -> NewFact {
        let (ladder, ordered) = world.ladder(to);
        let body = Body::Escalated { to, cause, text: None, ladder, ordered };
        NewFact::by_system(Some(self.incident.key.clone()), body)
    }

    fn close_by_itself(&self, world: &World) -> Vec<NewFact> {
        let by = By { actor: Actor::System, role: None, now: self.now };
        let cause = world.tenants[self.tenant].blob("closed");
        let closing = Closing { class: "unknown".into(), cause, confirmed_by: None, automatic: true };
        self.incident.close(&by, closing).unwrap_or_default()
    }

    /// Writes everything down; returns the other incidents that it changed.
    pub(crate) fn commit(mut self, world: &mut World) -> Vec<RecordKey> {
        let is_lost = Mutant::loses_header(world.mutant, &self.staged);
        let tenant = &mut world.tenants[self.tenant];
        let changed = self.others.keys().cloned().collect();
        let own = Part { incident: self.incident, timers: self.timers, row: self.row };
        self.others.insert(own.incident.key.clone(), own);
        let mut places: BTreeMap<RecordKey, Vec<usize>> = BTreeMap::new();
        for (place, fact) in (tenant.facts.len()..).zip(&self.staged) {
            tenant.head = link(&tenant.head, &fact.canonical());
            if let Some(key) = &fact.record {
                places.entry(key.clone()).or_default().push(place);
            }
        }
        tenant.facts.extend(self.staged);
        tenant.messages.extend(self.messages);
        tenant.fired.extend(self.fired);
        for (key, part) in self.others {
            let own = places.remove(&key).unwrap_or_default();
            tenant.keep(key, part, own, is_lost);
        }
        changed
    }
}

impl Tenant {
    /// Keeps an incident as a transaction left it.
    fn keep(&mut self, key: RecordKey, part: Part, places: Vec<usize>, is_lost: bool) {
        let Part { incident, timers, row: header } = part;
        let until = match incident.joins_until() {
            Joins::Yes => None,
            Joins::Until(at) => Some(at),
            Joins::No => Some(Instant::from_ms(0)),
        };
        let own = self.correlations.values_mut().filter(|correlation| correlation.incident == key);
        own.for_each(|correlation| correlation.joins_until = until);
        let number = self.numbers.entry(incident.project.clone()).or_default();
        *number = (*number).max(incident.number);
        match self.records.get_mut(&key) {
            Some(record) => {
                record.places.extend(places);
                (record.incident, record.timers) = (incident, timers);
                if let Some(header) = header.filter(|_| !is_lost) {
                    record.row = header;
                }
            }
            None => {
                let header = header.unwrap_or_else(|| row(&incident, &Calendar::default()));
                self.records.insert(key, Record { places, timers, row: header, incident });
            }
        }
    }
}

/// What an event leads to as everything stands.
fn decided(world: &World, tenant: usize, project: &ProjectKey, event: &AlertEvent, now: Instant) -> Decision {
    let customer = &world.tenants[tenant];
    let place = (project.clone(), event.dedup_key.clone());
    let correlation = customer.correlations.get(&place).map(|found| Mutant::correlated(world.mutant, found.clone()));
    let found = correlation.as_ref().map(|found| {
        let known = customer.alerts.get(&(found.incident.clone(), event.alert_key.clone())).map(|alert| alert.known);
        (found, known)
    });
    decide(event, customer.events.len() as u64 + 1, found, now)
}

/// Whether an event leads to no incident that is there, so that windows are looked at.
pub(crate) fn asks_windows(
    world: &World,
    tenant: usize,
    project: &ProjectKey,
    event: &AlertEvent,
    now: Instant,
) -> bool {
    joins_nothing(&decided(world, tenant, project, event, now))
}

const fn joins_nothing(decision: &Decision) -> bool {
    matches!(decision, Decision::Open | Decision::Keep(Fate::Unmatched))
}

/// Where an event went.
struct Place<'a> {
    project: &'a ProjectKey,
    event: &'a AlertEvent,
    now: Instant,
    incident: Option<RecordKey>,
    kept_in: Option<RecordKey>,
}

/// Keeps an event with its fate.
fn note(world: &mut World, tenant: usize, fate: Fate, place: Place<'_>) {
    let Place { project, event, now, incident, kept_in } = place;
    let number = world.tenants[tenant].events.len() as u64 + 1;
    if Mutant::forgets_event(world.mutant, number) {
        return;
    }
    world.tenants[tenant].events.push(Event {
        number,
        at: now,
        project: project.clone(),
        action: event.action,
        dedup_key: event.dedup_key.clone(),
        alert_key: event.alert_key.clone(),
        source: event.source.clone(),
        fate,
        incident,
        kept_in,
    });
}

/// One event from a sender: decided, written, counted.
pub(crate) fn receive(
    world: &mut World,
    tenant: usize,
    project: &ProjectKey,
    event: &AlertEvent,
    now: Instant,
) -> Result<Option<RecordKey>, Broken> {
    let mutant = world.mutant;
    let decision = decided(world, tenant, project, event, now);
    let customer = &world.tenants[tenant];
    let number = customer.events.len() as u64 + 1;
    let place = (project.clone(), event.dedup_key.clone());
    let correlation = customer.correlations.get(&place).map(|found| Mutant::correlated(mutant, found.clone()));
    let actor = Actor::Key { id: KeyId::new(format!("{}:key", customer.id)) };
    if joins_nothing(&decision)
        && let Some(window) = windows::keep(world, tenant, project, event, now)?
    {
        note(world, tenant, Fate::Window, Place { project, event, now, incident: None, kept_in: Some(window) });
        return Ok(None);
    }
    let (fate, incident, says_something) = match decision {
        Decision::Keep(fate) => (fate, None, false),
        Decision::Open => {
            let origin =
                Origin::Alert { event: number, dedup_key: event.dedup_key.clone(), alert_key: event.alert_key.clone() };
            let Some(draft) = world.draft_new(tenant, project, origin, actor, now) else { return Ok(None) };
            let key = draft.incident.key.clone();
            draft.commit(world);
            let newest = Correlation { incident: key.clone(), joins_until: None };
            world.tenants[tenant].correlations.insert(place, newest);
            (Fate::New, Some(key), true)
        }
        Decision::Join(key, fact) => {
            let was_told_recovered = correlation.is_some_and(|found| found.joins_until.is_some());
            let says_something = fact.is_some();
            if let Some(body) = fact
                && let Some(mut draft) = world.draft(tenant, &key, now)
            {
                let new = NewFact { record: Some(key.clone()), body, actor, role: None, reason: None };
                let came_again = was_told_recovered && matches!(new.body, Body::AlertJoined { .. });
                draft.put_told_by_tool(world, new, was_told_recovered)?;
                if came_again {
                    draft.tell_parent(world, number)?;
                }
                draft.commit(world);
            }
            (Fate::Joined, Some(key), says_something)
        }
    };
    let customer = &mut world.tenants[tenant];
    if let Some(key) = &incident {
        let place = (key.clone(), event.alert_key.clone());
        let before = customer.alerts.get(&place).copied();
        let resolved = match event.action {
            Action::Resolve => true,
            Action::Acknowledge => before.is_some_and(|alert| alert.known.resolved),
            _ => false,
        };
        let known = KnownAlert { resolved, last_received: now };
        let (count, counted) = before.map_or((0, 0), |alert| (alert.count, alert.counted));
        let alert = Alert { known, count: count + 1, counted: counted + u64::from(says_something) };
        customer.alerts.insert(place, alert);
    }
    note(world, tenant, fate, Place { project, event, now, incident: incident.clone(), kept_in: None });
    Ok(incident)
}

/// Repeats that no fact tells yet become one fact an alert.
pub(crate) fn count_repeats(world: &mut World, tenant: usize, now: Instant) -> Result<(), Broken> {
    let uncounted: Vec<(RecordKey, String, Alert)> = world.tenants[tenant]
        .alerts
        .iter()
        .filter(|(_, alert)| alert.count > alert.counted)
        .map(|((key, name), alert)| (key.clone(), name.clone(), *alert))
        .collect();
    for (key, alert_key, alert) in uncounted {
        let Some(mut draft) = world.draft(tenant, &key, now) else { continue };
        let count = alert.count - alert.counted;
        let body = Body::AlertCounted { alert_key: alert_key.clone(), count, total: alert.count };
        draft.put_told_by_tool(world, NewFact::by_system(Some(key.clone()), body), false)?;
        draft.commit(world);
        if let Some(alert) = world.tenants[tenant].alerts.get_mut(&(key, alert_key)) {
            alert.counted = alert.count;
        }
    }
    Ok(())
}

/// A paper's version becomes a fact of its tenant.
pub(crate) fn record_paper(world: &mut World, tenant: usize, version: crate::world::Version, now: Instant) {
    use crate::world::Document;
    let customer = &mut world.tenants[tenant];
    let (kind, document) = match &version.document {
        Document::Plan(plan) => ("contact_plan", serde_json::to_string(plan)),
        Document::Agreement(agreement) => ("agreement", serde_json::to_string(agreement)),
    };
    let body = Body::VersionRecorded {
        paper: kind.into(),
        subject: version.project.as_ref().map(ToString::to_string).unwrap_or_default(),
        version: version.version,
        valid_from: version.valid_from,
        document: BlobId::new(document.unwrap_or_default()),
    };
    let new = NewFact { record: None, body, actor: Actor::Console, role: None, reason: None };
    let fact = new.at(customer.id.clone(), customer.facts.len() as u64 + 1, now);
    customer.head = link(&customer.head, &fact.canonical());
    customer.facts.push(fact);
    customer.papers.push(version);
}
