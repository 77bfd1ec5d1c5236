//! 作業時間帯: which events a window keeps, and where each alert goes that still fires when it ends.

use super::alerts::{Keys, joins};
use super::story::Story;
use crate::claims::At;
use crate::world::Event;
use domain::alerts::Action;
use domain::fact::{Body, Fact, Origin};
use std::collections::{BTreeMap, BTreeSet};

/// Dedup key and alert key.
type Name = (String, String);

/// The windows of one customer.
#[derive(Debug, Default)]
pub(crate) struct Windows {
    all: BTreeMap<String, Work>,
    /// Who last heard of an alert of a project: an incident or a window.
    last: BTreeMap<(String, Name), String>,
}

/// One window.
#[derive(Debug, Default)]
pub(crate) struct Work {
    project: String,
    hosts: String,
    from: At,
    to: At,
    ended: bool,
    kept: BTreeMap<Name, Kept>,
}

/// An alert as a window heard of it.
#[derive(Clone, Debug, Default)]
struct Kept {
    fires: bool,
    host: String,
}

/// Where an alert has to go.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Way {
    /// It is that incident's, which heard of it since; nothing is written there.
    Silent(String),
    /// One of these windows, which end last of those that cover its host.
    Window(BTreeSet<String>),
    Join(String),
    New,
}

/// The end of a window, as it has to be.
#[derive(Debug)]
pub(crate) struct End {
    seq: u64,
    ways: BTreeMap<Name, Way>,
}

impl Windows {
    fn running<'a>(&'a self, project: &'a str, at: At) -> impl Iterator<Item = (&'a String, &'a Work)> {
        let own = self.all.iter().filter(move |(_, work)| work.project == project && !work.ended);
        own.filter(move |(_, work)| work.from <= at && at < work.to)
    }

    /// The windows that may keep an event that joins no incident; none where it is no window's.
    pub(crate) fn keeping(&self, event: &Event) -> BTreeSet<String> {
        let (project, at) = (event.project.as_str(), event.at.ms());
        let name = (event.dedup_key.clone(), event.alert_key.clone());
        let known = |fires: bool| -> BTreeSet<String> {
            let own =
                self.running(project, at).filter(|(_, work)| work.kept.get(&name).is_some_and(|it| it.fires == fires));
            own.map(|(key, _)| key.clone()).collect()
        };
        match event.action {
            Action::Heartbeat | Action::Change => BTreeSet::new(),
            Action::Trigger if known(true).is_empty() => self.covering(project, &event.source, at, ""),
            Action::Trigger => known(true),
            Action::Resolve | Action::Acknowledge if known(true).is_empty() => known(false),
            Action::Resolve | Action::Acknowledge => known(true),
        }
    }

    /// Of the windows that run and cover a host, those that end last.
    fn covering(&self, project: &str, host: &str, at: At, but: &str) -> BTreeSet<String> {
        let own = self.running(project, at).filter(|(key, work)| *key != but && covers(&work.hosts, host));
        let own: Vec<_> = own.collect();
        let last = own.iter().map(|(_, work)| work.to).max();
        own.iter().filter(|(_, work)| Some(work.to) == last).map(|(key, _)| (*key).clone()).collect()
    }

    /// A window whose end has come and that stands all the same.
    pub(crate) fn overdue(&self, project: &str, at: At) -> Option<&String> {
        let mut own = self.all.iter().filter(|(_, work)| work.project == project && !work.ended);
        own.find(|(_, work)| work.to <= at).map(|(key, _)| key)
    }

    /// An event was heard by an incident or a window.
    pub(crate) fn hear(&mut self, event: &Event) {
        let name = (event.dedup_key.clone(), event.alert_key.clone());
        let Some(by) = event.incident.as_ref().or(event.kept_in.as_ref()) else { return };
        self.last.insert((event.project.to_string(), name.clone()), by.to_string());
        let Some(work) = event.kept_in.as_ref().and_then(|key| self.all.get_mut(key.as_str())) else { return };
        let kept = work.kept.entry(name).or_default();
        match event.action {
            Action::Trigger => kept.fires = true,
            Action::Resolve => kept.fires = false,
            _ => {}
        }
        if !event.source.is_empty() {
            kept.host.clone_from(&event.source);
        }
    }

    /// Where everything has to go in the ends among these facts, as everything stands before them.
    pub(crate) fn ends(&self, facts: &[Fact], keys: &Keys, stories: &BTreeMap<String, Story>) -> Vec<End> {
        let mut ends = vec![];
        for fact in facts {
            let at = match &fact.body {
                Body::WindowEnded { at, .. } => at.ms(),
                Body::WindowCancelled { .. } => fact.instant.ms(),
                _ => continue,
            };
            let key = fact.record.as_ref().map(ToString::to_string).unwrap_or_default();
            let Some(work) = self.all.get(&key) else { continue };
            let firing = work.kept.iter().filter(|(_, kept)| kept.fires);
            let way = |name: &Name, kept: &Kept| {
                let newest = keys.newest(&work.project, &name.0);
                let last = self.last.get(&(work.project.clone(), name.clone()));
                if newest.is_some() && newest == last {
                    return Way::Silent(last.cloned().unwrap_or_default());
                }
                let others = self.covering(&work.project, &kept.host, at, &key);
                if !others.is_empty() {
                    return Way::Window(others);
                }
                let open = newest.filter(|key| stories.get(*key).is_some_and(|it| joins(it, fact.instant.ms())));
                open.map_or(Way::New, |key| Way::Join(key.clone()))
            };
            let ways = firing.map(|(name, kept)| (name.clone(), way(name, kept))).collect();
            ends.push(End { seq: fact.seq, ways });
        }
        ends
    }

    /// Reads one fact of a window, and says what does not hold. `all` is everything written with it.
    pub(crate) fn follow(&mut self, key: &str, fact: &Fact, ends: &[End], all: &[Fact]) -> Vec<String> {
        let (now, mut wrong) = (fact.instant.ms(), vec![]);
        if let Body::WindowAnnounced { project, hosts, from, to, .. } = &fact.body {
            let hosts = hosts.to_string();
            let (project, from, to) = (project.to_string(), from.ms(), to.ms());
            if from < now || to <= from {
                wrong.push(format!("{key} from {from} to {to} cannot be"));
            }
            self.all.insert(key.to_owned(), Work { project, hosts, from, to, ..Work::default() });
            return wrong;
        }
        let Some(work) = self.all.get_mut(key) else { return vec![format!("{key} was not announced")] };
        if work.ended && !matches!(fact.body, Body::WindowCounted { .. }) {
            wrong.push(format!("{key} is over, and then: {:?}", fact.body));
        }
        match &fact.body {
            Body::WindowChanged { to } => {
                if now >= work.to || to.ms() < now {
                    wrong.push(format!("{key} is moved to {to} though it ended at {}", work.to));
                }
                work.to = to.ms();
            }
            Body::WindowKept { dedup_key, alert_key, from: Some(from), .. } => {
                let name = (dedup_key.clone(), alert_key.clone());
                let host =
                    self.all.get(from.as_str()).and_then(|work| work.kept.get(&name)).map(|kept| kept.host.clone());
                let Some(work) = self.all.get_mut(key) else { return wrong };
                let kept = work.kept.entry(name.clone()).or_default();
                kept.fires = true;
                kept.host = host.filter(|host| !host.is_empty()).unwrap_or_else(|| kept.host.clone());
                self.last.insert((work.project.clone(), name), key.to_owned());
            }
            Body::WindowEnded { at, left } => {
                if at.ms() != work.to || now < work.to {
                    wrong.push(format!("{key} ends at {at}, and was agreed until {}", work.to));
                }
                work.ended = true;
                wrong.extend(left_well(key, at.ms(), left, find(ends, fact.seq), all));
            }
            Body::WindowCancelled { left } => {
                if now >= work.to {
                    wrong.push(format!("{key} is cancelled after its end"));
                }
                work.ended = true;
                wrong.extend(left_well(key, now, left, find(ends, fact.seq), all));
            }
            _ => {}
        }
        wrong
    }

    /// Until when a window stands; none once it ended.
    pub(crate) fn due(&self, key: &str) -> Option<At> {
        self.all.get(key).filter(|work| !work.ended).map(|work| work.to)
    }
}

fn find(ends: &[End], seq: u64) -> Option<&End> {
    ends.iter().find(|end| end.seq == seq)
}

/// Whether everything that fired went where it had to, and nothing else went anywhere.
fn left_well(key: &str, at: At, left: &[domain::window::Left], end: Option<&End>, all: &[Fact]) -> Vec<String> {
    let Some(end) = end else { return vec![format!("{key} ended unseen")] };
    let mut wrong = vec![];
    let said: BTreeMap<Name, String> =
        left.iter().map(|it| ((it.dedup_key.clone(), it.alert_key.clone()), it.to.to_string())).collect();
    if said.len() != left.len() || !said.keys().eq(end.ways.keys()) {
        wrong.push(format!("{key} leaves {said:?}, and {:?} fired", end.ways));
    }
    let mut opened: BTreeMap<&str, BTreeSet<&String>> = BTreeMap::new();
    for (name, to) in &said {
        let on = |fact: &&Fact| fact.record.as_ref().is_some_and(|record| record.as_str() == to);
        let carried = all.iter().filter(on).any(|fact| {
            matches!(&fact.body, Body::AlertCarried { window, alert_key, .. } if window.as_str() == key && *alert_key == name.1)
        });
        let passed_on = all.iter().filter(on).any(|fact| {
            matches!(&fact.body, Body::WindowKept { from: Some(from), dedup_key, alert_key, .. }
                if from.as_str() == key && (dedup_key, alert_key) == (&name.0, &name.1))
        });
        let origin = all.iter().filter(on).find_map(|fact| match &fact.body {
            Body::IncidentOpened { origin: Origin::Window { window, ended, dedup_key, alert_key, .. }, .. } => {
                Some((window.as_str() == key && ended.ms() == at && *dedup_key == name.0, *alert_key == name.1))
            }
            _ => None,
        });
        let fits = match end.ways.get(name) {
            Some(Way::Silent(incident)) => to == incident && !carried && origin.is_none(),
            Some(Way::Window(windows)) => windows.contains(to) && passed_on,
            Some(Way::Join(incident)) => to == incident && carried,
            Some(Way::New) => {
                opened.entry(&name.0).or_default().insert(to);
                // It opened the incident, or belongs to the one that another alert of its key opened.
                origin.is_some_and(|(is_right, is_own)| is_right && is_own != carried)
            }
            None => false,
        };
        if !fits {
            wrong.push(format!("{key} leads {name:?} to {to}, owed {:?} from {at}", end.ways.get(name)));
        }
    }
    if let Some((dedup_key, to)) = opened.iter().find(|(_, to)| to.len() > 1) {
        wrong.push(format!("{key} opens {to:?} for the one key {dedup_key}"));
    }
    wrong
}

/// Whether hosts as they were announced, one a line, cover a host with or without its port. No host at all covers everything.
fn covers(hosts: &str, host: &str) -> bool {
    let bare = match host.rfind(':') {
        Some(at) if host[at + 1..].parse::<u16>().is_ok() && !host[..at].contains(':') => &host[..at],
        _ => host,
    };
    let fits = |pattern: &str| {
        let pattern = pattern.to_lowercase();
        [host, bare].iter().any(|name| fits(pattern.as_bytes(), name.to_lowercase().as_bytes()))
    };
    hosts.is_empty() || hosts.lines().any(fits)
}

fn fits(pattern: &[u8], name: &[u8]) -> bool {
    match (pattern.split_first(), name.split_first()) {
        (None, None) => true,
        (Some((b'*', rest)), _) => fits(rest, name) || name.split_first().is_some_and(|(_, name)| fits(pattern, name)),
        (Some((own, pattern)), Some((other, name))) => own == other && fits(pattern, name),
        _ => false,
    }
}

/// Each event of a window stands in a fact by its number, or in a count of repeats.
pub(crate) fn counted(key: &str, facts: &[Fact], events: &[Event], uncounted: u64) -> Option<String> {
    let own = events.iter().filter(|event| event.kept_in.as_ref().is_some_and(|kept| kept.as_str() == key));
    let numbers: BTreeSet<u64> = own.map(|event| event.number).collect();
    let (mut named, mut repeats) = (BTreeSet::new(), 0);
    for fact in facts {
        match &fact.body {
            Body::WindowKept { event, from: None, .. } | Body::WindowResolved { event, .. }
                if !named.insert(*event) =>
            {
                return Some(format!("event {event} stands in two facts"));
            }
            Body::WindowCounted { count, .. } => repeats += count,
            _ => {}
        }
    }
    let is_whole = named.is_subset(&numbers) && named.len() as u64 + repeats + uncounted == numbers.len() as u64;
    (!is_whole)
        .then(|| format!("{} events, {} named, {repeats} counted, {uncounted} yet to be", numbers.len(), named.len()))
}
