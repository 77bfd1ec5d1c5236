//! Windows of work, as `desk` keeps them: announced, met by events, changed, and ended with what still fires in them.

use crate::mutants::Mutant;
use crate::shell::Broken;
use crate::world::{Alert, TimerRow, World};
use domain::access::{Actor, Role};
use domain::alerts::{Action, AlertEvent, Correlation, KnownAlert};
use domain::fact::{Body, Fact, NewFact, Origin, link};
use domain::ids::{BlobId, KeyId, ProjectKey, RecordKey};
use domain::time::Instant;
use domain::window::{self, Beside, END_TIMER, Firing, Leaves, Left, NewEnd, Standing, Window, WindowKind};
use std::collections::BTreeMap;

/// A window as it is kept.
#[derive(Clone, Debug)]
pub(crate) struct Work {
    pub(crate) window: Window,
    pub(crate) facts: Vec<Fact>,
    pub(crate) timer: Option<TimerRow>,
    /// By dedup key and alert key.
    pub(crate) alerts: BTreeMap<(String, String), Kept>,
}

/// An alert kept in it.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    resolved: bool,
    source: String,
    first: Instant,
    last: Instant,
    pub(crate) count: u64,
    pub(crate) counted: u64,
}

/// Who writes.
type By<'a> = (&'a Actor, Option<Role>);

/// What is announced.
#[derive(Clone, Debug)]
pub(crate) struct Announcement {
    pub(crate) project: ProjectKey,
    pub(crate) kind: WindowKind,
    pub(crate) hosts: String,
    pub(crate) from: Option<Instant>,
    pub(crate) to: Instant,
}

/// Announces a window; what the rules refuse is not announced.
pub(crate) fn announce(
    world: &mut World,
    tenant: usize,
    new: Announcement,
    by: By<'_>,
    now: Instant,
) -> Result<Option<RecordKey>, Broken> {
    let customer = &world.tenants[tenant];
    let of_project = customer.windows.values().filter(|work| work.window.project == new.project);
    let number = of_project.count() as u64 + 1;
    let key = new.project.window(number);
    let (Ok(hosts), Ok((from, to))) = (window::hosts(&new.hosts), window::span(new.from, Some(new.to), now)) else {
        return Ok(None);
    };
    let body = Body::WindowAnnounced {
        project: new.project,
        number,
        of: new.kind,
        // In a history a text is its own name.
        hosts: BlobId::new(hosts),
        work: customer.blob("work"),
        caller: None,
        from,
        to,
    };
    write(world, tenant, &key, body, by, now)?;
    Ok(Some(key))
}

/// Moves the end of a window, or ends it now.
pub(crate) fn change(
    world: &mut World,
    tenant: usize,
    key: &RecordKey,
    to: Option<Instant>,
    by: By<'_>,
    now: Instant,
) -> Result<Vec<RecordKey>, Broken> {
    let Some(work) = world.tenants[tenant].windows.get(key) else { return Ok(vec![]) };
    let Ok(end_at) = work.window.change(to, now) else { return Ok(vec![]) };
    let to = match end_at {
        NewEnd::At(to) => to,
        NewEnd::Now => now,
    };
    write(world, tenant, key, Body::WindowChanged { to }, by, now)?;
    if end_at == NewEnd::Now { end(world, tenant, key, false, by, now) } else { Ok(vec![]) }
}

/// Cancels a window.
pub(crate) fn cancel(
    world: &mut World,
    tenant: usize,
    key: &RecordKey,
    by: By<'_>,
    now: Instant,
) -> Result<Vec<RecordKey>, Broken> {
    let stands = world.tenants[tenant].windows.get(key).is_some_and(|work| work.window.still_stands(now).is_ok());
    if stands { end(world, tenant, key, true, by, now) } else { Ok(vec![]) }
}

/// Fires the timer of a window that another look found; returns the incidents that it changed.
pub(crate) fn fire(
    world: &mut World,
    tenant: usize,
    key: &RecordKey,
    generation: u64,
    now: Instant,
) -> Result<Option<Vec<RecordKey>>, Broken> {
    let customer = &mut world.tenants[tenant];
    let Some(work) = customer.windows.get_mut(key) else { return Ok(None) };
    let Some(row) = work.timer.as_mut() else { return Ok(None) };
    if row.generation != generation || row.fired.is_some() || row.due > now {
        return Ok(None);
    }
    row.fired = Some(now);
    let (record, due) = (key.clone(), row.due);
    customer.fired.push(crate::world::Fired { record, kind: END_TIMER.into(), generation, due, at: now });
    if work.window.ended.is_some() || work.window.to > now {
        return Ok(None);
    }
    end(world, tenant, key, false, (&Actor::System, None), now).map(Some)
}

/// Ends a window whose end has come, before its timer fires.
pub(crate) fn end_reached(
    world: &mut World,
    tenant: usize,
    key: &RecordKey,
    now: Instant,
) -> Result<Vec<RecordKey>, Broken> {
    end(world, tenant, key, false, (&Actor::System, None), now)
}

/// The windows of a project whose end has come and that stand all the same.
pub(crate) fn overdue(world: &World, tenant: usize, project: &ProjectKey, now: Instant) -> Vec<RecordKey> {
    let late = Mutant::keeps_at_the_end(world.mutant);
    let is_over = |window: &Window| if late { window.to < now } else { window.to <= now };
    let mut over: Vec<&Window> = standing(world, tenant, project).filter(|window| is_over(window)).collect();
    over.sort_by_key(|window| (window.to, window.number));
    over.into_iter().map(|window| window.key.clone()).collect()
}

/// Those that have not ended.
fn standing<'w>(world: &'w World, tenant: usize, project: &'w ProjectKey) -> impl Iterator<Item = &'w Window> {
    let windows = world.tenants[tenant].windows.values().map(|work| &work.window);
    windows.filter(move |window| window.project == *project && window.ended.is_none())
}

fn as_standing(window: &Window) -> Standing {
    let hosts = Some(window.hosts.as_str().to_owned());
    Standing { key: window.key.clone(), hosts, from: window.from, to: window.to }
}

/// Keeps an event that met a window; none where none is its own.
pub(crate) fn keep(
    world: &mut World,
    tenant: usize,
    project: &ProjectKey,
    event: &AlertEvent,
    now: Instant,
) -> Result<Option<RecordKey>, Broken> {
    let late = Mutant::keeps_at_the_end(world.mutant);
    let mut running: Vec<Standing> = standing(world, tenant, project).map(as_standing).collect();
    running.retain(|window| window.runs(now) || (late && window.to == now));
    running.sort_by(|a, b| (a.to, &a.key).cmp(&(b.to, &b.key)));
    let place = (event.dedup_key.clone(), event.alert_key.clone());
    let customer = &world.tenants[tenant];
    let known = |window: &Standing| customer.windows.get(&window.key)?.alerts.get(&place).map(|kept| kept.resolved);
    let find = |resolved| running.iter().find(|window| known(window) == Some(resolved));
    let fits = |window: &&Standing| window::covers(window.hosts.as_deref().unwrap_or_default(), &event.source);
    let chosen = match event.action {
        Action::Trigger if late => find(false).or_else(|| running.iter().find(fits)),
        Action::Trigger if Mutant::prefers_the_shortest(world.mutant) => {
            find(false).or_else(|| running.iter().find(fits))
        }
        Action::Trigger => find(false).or_else(|| window::choose(&running, &event.source, now)),
        _ => find(false).or_else(|| find(true)),
    };
    let Some(key) = chosen.map(|window| window.key.clone()) else { return Ok(None) };
    let before = customer.windows.get(&key).and_then(|work| work.alerts.get(&place)).map(|kept| kept.resolved);
    let number = customer.events.len() as u64 + 1;
    let Some(fact) = window::keep(event, number, before) else { return Ok(None) };
    let counted = u64::from(fact.is_some());
    if let Some(body) = fact {
        let actor = Actor::Key { id: KeyId::new(format!("{}:key", customer.id)) };
        write(world, tenant, &key, body, (&actor, None), now)?;
    }
    let resolved = match event.action {
        Action::Resolve => true,
        Action::Acknowledge => before.unwrap_or(false),
        _ => false,
    };
    let count = u64::from(!Mutant::forgets_repeats(world.mutant) || counted == 1);
    let Some(work) = world.tenants[tenant].windows.get_mut(&key) else { return Ok(None) };
    work.hear(place, &Kept { resolved, source: event.source.clone(), first: now, last: now, count, counted });
    Ok(Some(key))
}

impl Work {
    /// Adds a row to what is kept, as the table does.
    fn hear(&mut self, place: (String, String), new: &Kept) {
        let row = self.alerts.entry(place).or_insert(Kept { count: 0, counted: 0, ..new.clone() });
        (row.resolved, row.last) = (new.resolved, new.last);
        (row.count, row.counted) = (row.count + new.count, row.counted + new.counted);
        if !new.source.is_empty() {
            row.source.clone_from(&new.source);
        }
    }
}

/// Repeats in windows that no fact tells yet.
pub(crate) fn count_repeats(world: &mut World, tenant: usize, now: Instant) -> Result<(), Broken> {
    let mut uncounted = vec![];
    for (key, work) in &world.tenants[tenant].windows {
        let rows = work.alerts.iter().filter(|(_, kept)| kept.count > kept.counted);
        uncounted.extend(rows.map(|(place, kept)| (key.clone(), place.clone(), kept.count - kept.counted, kept.count)));
    }
    for (key, place, count, total) in uncounted {
        let (dedup_key, alert_key) = place.clone();
        let body = Body::WindowCounted { dedup_key, alert_key, count, total };
        write(world, tenant, &key, body, (&Actor::System, None), now)?;
        let work = world.tenants[tenant].windows.get_mut(&key);
        if let Some(kept) = work.and_then(|work| work.alerts.get_mut(&place)) {
            kept.counted = total;
        }
    }
    Ok(())
}

/// Ends a window; returns the incidents that it changed.
fn end(
    world: &mut World,
    tenant: usize,
    key: &RecordKey,
    is_cancelled: bool,
    by: By<'_>,
    now: Instant,
) -> Result<Vec<RecordKey>, Broken> {
    let Some(work) = world.tenants[tenant].windows.get(key).cloned() else { return Ok(vec![]) };
    let (window, at) = (&work.window, if is_cancelled { now } else { work.window.to });
    let others: Vec<Standing> =
        standing(world, tenant, &window.project).filter(|other| other.key != *key).map(as_standing).collect();
    let mut firing: Vec<_> = work.alerts.iter().filter(|(_, kept)| !kept.resolved).collect();
    firing.sort_by_key(|(place, kept)| (kept.first, (*place).clone()));
    let (mut left, mut touched) = (vec![], vec![]);
    let mut opening: BTreeMap<String, Vec<(&String, &Kept)>> = BTreeMap::new();
    for ((dedup_key, alert_key), kept) in firing {
        let customer = &world.tenants[tenant];
        let incident = customer.correlations.get(&(window.project.clone(), dedup_key.clone())).cloned();
        let heard = incident.as_ref().and_then(|it| customer.alerts.get(&(it.incident.clone(), alert_key.clone())));
        let heard = heard.map(|alert| alert.known.last_received);
        let beside = Beside { windows: &others, incident: incident.as_ref(), heard };
        let event = window.alerts.get(&(dedup_key.clone(), alert_key.clone())).map_or(0, |alert| alert.event);
        let to = match window::leaves(Firing { source: &kept.source, last: kept.last }, beside, at, now) {
            Leaves::WithIncident(incident) => incident,
            Leaves::ToWindow(next) => {
                let (dedup_key, alert_key) = (dedup_key.clone(), alert_key.clone());
                let place = (dedup_key.clone(), alert_key.clone());
                let body = Body::WindowKept { event, dedup_key, alert_key, from: Some(key.clone()) };
                write(world, tenant, &next, body, (&Actor::System, None), now)?;
                if let Some(work) = world.tenants[tenant].windows.get_mut(&next) {
                    work.hear(place, &Kept { first: now, last: now, count: 0, counted: 0, ..kept.clone() });
                }
                next
            }
            Leaves::ToIncident(incident) => {
                carry(world, tenant, (key, &incident), (event, alert_key), now)?;
                touched.push(incident.clone());
                incident
            }
            Leaves::Opens => {
                opening.entry(dedup_key.clone()).or_default().push((alert_key, kept));
                continue;
            }
        };
        left.push(Left { dedup_key: dedup_key.clone(), alert_key: alert_key.clone(), to });
    }
    for (dedup_key, alerts) in opening {
        let mut opened: Option<RecordKey> = None;
        for (alert_key, kept) in alerts {
            let place = (dedup_key.clone(), alert_key.clone());
            let event = window.alerts.get(&place).map_or(0, |alert| alert.event);
            let to = match opened.clone().filter(|_| !Mutant::opens_for_each(world.mutant)) {
                Some(incident) => {
                    carry(world, tenant, (key, &incident), (event, alert_key), now)?;
                    incident
                }
                None => {
                    let ended = if Mutant::counts_from_the_desk(world.mutant) { now } else { at };
                    let (dedup_key, alert_key) = place.clone();
                    let origin = Origin::Window { window: key.clone(), ended, event, dedup_key, alert_key };
                    let Some(draft) = world.draft_new(tenant, &window.project, origin, Actor::System, now) else {
                        continue;
                    };
                    let incident = draft.incident.key.clone();
                    draft.commit(world);
                    let customer = &mut world.tenants[tenant];
                    customer.sources.insert(incident.clone(), kept.source.clone());
                    let leads = Correlation { incident: incident.clone(), joins_until: None };
                    customer.correlations.insert((window.project.clone(), place.0.clone()), leads);
                    tell_once(world, tenant, (&incident, &place.1), now);
                    incident
                }
            };
            touched.push(to.clone());
            opened.get_or_insert(to.clone());
            left.push(Left { dedup_key: place.0, alert_key: place.1, to });
        }
    }
    let body = if is_cancelled { Body::WindowCancelled { left } } else { Body::WindowEnded { at, left } };
    write(world, tenant, key, body, by, now)?;
    Ok(touched)
}

/// An alert joins an incident that is there.
fn carry(
    world: &mut World,
    tenant: usize,
    (window, incident): (&RecordKey, &RecordKey),
    (event, alert_key): (u64, &String),
    now: Instant,
) -> Result<(), Broken> {
    let Some(mut draft) = world.draft(tenant, incident, now) else { return Ok(()) };
    let body = Body::AlertCarried { window: window.clone(), event, alert_key: alert_key.clone() };
    draft.put_told_by_tool(world, NewFact::by_system(Some(incident.clone()), body), true)?;
    draft.tell_parent(world, event)?;
    draft.commit(world);
    tell_once(world, tenant, (incident, alert_key), now);
    Ok(())
}

/// That it still fires counts as one telling.
fn tell_once(world: &mut World, tenant: usize, (incident, alert_key): (&RecordKey, &String), now: Instant) {
    let known = KnownAlert { resolved: false, last_received: now };
    let row = world.tenants[tenant].alerts.entry((incident.clone(), alert_key.clone()));
    let row = row.or_insert(Alert { known, count: 0, counted: 0 });
    *row = Alert { known, count: row.count + 1, counted: row.counted + 1 };
}

/// Writes one fact of a window, and makes its timer agree.
fn write(
    world: &mut World,
    tenant: usize,
    key: &RecordKey,
    body: Body,
    (actor, role): By<'_>,
    now: Instant,
) -> Result<(), Broken> {
    let customer = &mut world.tenants[tenant];
    let new = NewFact { record: Some(key.clone()), body, actor: actor.clone(), role, reason: None };
    let fact = new.at(customer.id.clone(), customer.facts.len() as u64 + 1, now);
    customer.head = link(&customer.head, &fact.canonical());
    customer.facts.push(fact.clone());
    let work = match customer.windows.get_mut(key) {
        Some(work) => {
            work.window.apply(&fact)?;
            work.facts.push(fact);
            work
        }
        None => {
            let Some(window) = Window::fold(std::slice::from_ref(&fact))? else { return Ok(()) };
            let new = Work { window, facts: vec![fact], timer: None, alerts: BTreeMap::new() };
            customer.windows.entry(key.clone()).or_insert(new)
        }
    };
    match work.window.due() {
        Some(due) => {
            let generation = due.ms().unsigned_abs();
            let row = work.timer.get_or_insert(TimerRow { generation, due, fired: None });
            if row.generation != generation {
                *row = TimerRow { generation, due, fired: None };
            }
        }
        None => work.timer = work.timer.filter(|row| row.fired.is_some()),
    }
    Ok(())
}
