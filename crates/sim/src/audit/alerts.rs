//! Every accepted event has exactly one fate and can be found again (design §6; Q-09; I1).

use super::story::Story;
use super::windows::Windows;
use crate::claims::At;
use crate::world::{Event, Tenant};
use domain::alerts::{Action, Fate};
use domain::fact::{Body, Fact, Origin};
use std::collections::{BTreeMap, BTreeSet};

const JOINS: At = 10 * 60_000;

/// What one key led to so far.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    /// The newest incident by project and dedup key.
    newest: BTreeMap<(String, String), String>,
    /// Alerts of an incident.
    known: BTreeSet<(String, String)>,
    read: usize,
}

impl Keys {
    /// Looks at the events since the last time, each against the incidents as they stood before.
    pub(crate) fn follow(
        &mut self,
        tenant: &Tenant,
        stories: &BTreeMap<String, Story>,
        windows: &mut Windows,
    ) -> Vec<String> {
        let mut wrong = vec![];
        for (place, event) in tenant.events.iter().enumerate().skip(self.read) {
            if event.number != place as u64 + 1 {
                wrong.push(format!("event {} has no fate: the next kept one is {}", place + 1, event.number));
                break;
            }
            let place = (event.project.to_string(), event.dedup_key.clone());
            let newest = self.newest.get(&place).cloned();
            let joins =
                newest.as_ref().and_then(|key| stories.get(key)).is_some_and(|story| joins(story, event.at.ms()));
            let incident = event.incident.as_ref().map(ToString::to_string);
            let is_known = newest.clone().is_some_and(|key| self.known.contains(&(key, event.alert_key.clone())));
            let joins_known = joins && is_known;
            let asks = match event.action {
                Action::Trigger => !joins,
                Action::Resolve | Action::Acknowledge => !joins_known,
                _ => false,
            };
            if asks && let Some(window) = windows.overdue(event.project.as_str(), event.at.ms()) {
                wrong.push(format!("{window} is over and has not ended when event {} comes", event.number));
            }
            let keeping = if asks { windows.keeping(event) } else { BTreeSet::new() };
            let kept_in = event.kept_in.as_ref().map(ToString::to_string);
            let is_kept_well = match &kept_in {
                Some(window) => keeping.contains(window),
                None => keeping.is_empty(),
            };
            if !is_kept_well {
                wrong.push(format!("event {} is kept in {kept_in:?}, owed one of {keeping:?}", event.number));
            }
            windows.hear(event);
            let owed = match event.action {
                _ if !keeping.is_empty() => (Fate::Window, None),
                Action::Heartbeat => (Fate::Heartbeat, None),
                Action::Change => (Fate::Change, None),
                Action::Trigger if joins => (Fate::Joined, newest.clone()),
                Action::Trigger => (Fate::New, incident.clone()),
                Action::Resolve | Action::Acknowledge if joins_known => (Fate::Joined, newest.clone()),
                Action::Resolve | Action::Acknowledge => (Fate::Unmatched, None),
            };
            if (event.fate, incident.clone()) != owed {
                wrong.push(format!("event {}: {:?} of {incident:?}, owed {owed:?}", event.number, event.fate));
            }
            if event.fate == Fate::New && newest == incident {
                wrong.push(format!("event {} is new and opened nothing", event.number));
            }
            if let Some(incident) = incident {
                self.known.insert((incident.clone(), event.alert_key.clone()));
                if event.fate == Fate::New {
                    self.newest.insert(place, incident);
                }
            }
        }
        self.read = tenant.events.len();
        wrong
    }

    /// The newest incident of a dedup key.
    pub(crate) fn newest(&self, project: &str, dedup_key: &str) -> Option<&String> {
        self.newest.get(&(project.to_owned(), dedup_key.to_owned()))
    }

    /// A window left an alert to an incident.
    pub(crate) fn left(&mut self, fact: &Fact) {
        let Some(incident) = fact.record.as_ref().map(ToString::to_string) else { return };
        match &fact.body {
            Body::IncidentOpened { project, origin: Origin::Window { dedup_key, alert_key, .. }, .. } => {
                self.newest.insert((project.to_string(), dedup_key.clone()), incident.clone());
                self.known.insert((incident, alert_key.clone()));
            }
            Body::AlertCarried { alert_key, .. } => {
                self.known.insert((incident, alert_key.clone()));
            }
            _ => {}
        }
    }
}

/// The same alert joins while the incident runs and for ten minutes after the recovery was told, never once it ended.
pub(super) fn joins(story: &Story, at: At) -> bool {
    match story.state() {
        "closed" => false,
        // As the one it is merged into.
        "merged" => story.merging().is_some_and(|merged| {
            !merged.standing.ended && merged.standing.recovered.is_none_or(|told| at <= told + JOINS)
        }),
        "false_alarm" => story.false_alarm.as_ref().is_some_and(|alarm| alarm.review.is_none()),
        "recovery_notified" => story.recovery_told.last().is_some_and(|told| at <= told.1 + JOINS),
        _ => true,
    }
}

/// Until when the same alert joins: none for ever, 0 for no longer.
pub(crate) fn joins_until(story: &Story) -> Option<At> {
    match story.state() {
        "closed" => Some(0),
        "merged" => {
            let standing = story.merging()?.standing;
            if standing.ended { Some(0) } else { standing.recovered.map(|told| told + JOINS) }
        }
        "false_alarm" if story.false_alarm.as_ref().is_some_and(|alarm| alarm.review.is_some()) => Some(0),
        "recovery_notified" => story.recovery_told.last().map(|told| told.1 + JOINS),
        _ => None,
    }
}

/// Each event of an incident stands in a fact by its number, or in a count of repeats.
pub(crate) fn counted(facts: &[&Fact], events: &[Event], uncounted: u64) -> Option<String> {
    let record = facts.first()?.record.as_ref()?;
    let own = events.iter().filter(|event| event.incident.as_ref() == Some(record));
    let numbers: BTreeSet<u64> = own.map(|event| event.number).collect();
    let mut named = BTreeSet::new();
    let mut repeats = 0;
    for fact in facts {
        let number = match &fact.body {
            Body::IncidentOpened { origin: Origin::Alert { event, .. }, .. }
            | Body::AlertJoined { event, .. }
            | Body::AlertResolved { event, .. }
            | Body::AlertAcknowledged { event, .. } => Some(*event),
            Body::AlertCounted { count, .. } => {
                repeats += count;
                None
            }
            _ => None,
        };
        if let Some(number) = number.filter(|number| !named.insert(*number)) {
            return Some(format!("event {number} stands in two facts"));
        }
    }
    let total = named.len() as u64 + repeats + uncounted;
    let is_whole = named.is_subset(&numbers) && total == numbers.len() as u64;
    (!is_whole)
        .then(|| format!("{} events, {} named, {repeats} counted, {uncounted} yet to be", numbers.len(), named.len()))
}
