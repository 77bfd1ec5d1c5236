//! I3 to I6: each timer fires once, nobody gets more than the limit, nothing crosses from one customer to another, and what
//! is kept is what the facts fold to.

use crate::shell::row;
use crate::windows::Work;
use crate::world::{Record, Tenant, World};
use domain::fact::{Body, Fact, genesis, link};
use domain::incident::Incident;
use domain::window::Window;
use std::collections::BTreeSet;

/// I3: each arming fires once.
#[derive(Debug, Default)]
pub(crate) struct Fired(BTreeSet<(String, String, u64)>);

impl Fired {
    pub(crate) fn follow(&mut self, fired: &[crate::world::Fired]) -> Vec<String> {
        let mut wrong = vec![];
        for firing in fired {
            let name = (firing.record.to_string(), firing.kind.clone(), firing.generation);
            if firing.at < firing.due {
                wrong.push(format!("{name:?} fired before it was due"));
            }
            if !self.0.insert(name.clone()) {
                wrong.push(format!("{name:?} fired twice"));
            }
        }
        wrong
    }
}

/// I4, as facts show it: one page a step and person, one message a text.
#[derive(Debug, Default)]
pub(crate) struct Pages(BTreeSet<String>);

impl Pages {
    pub(crate) fn follow(&mut self, facts: &[Fact]) -> Vec<String> {
        let mut wrong = vec![];
        for fact in facts {
            let name = match &fact.body {
                Body::PageQueued { escalation, step, person, .. } => format!("page {escalation}.{step} to {person}"),
                Body::MessageQueued { message, .. } => format!("message {message}"),
                _ => continue,
            };
            let record = fact.record.as_ref().map(ToString::to_string).unwrap_or_default();
            if !self.0.insert(format!("{} {record} {name}", fact.tenant)) {
                wrong.push(format!("{record}: {name} twice"));
            }
        }
        wrong
    }
}

/// I4: mails with pages to one person within any hour.
const MAILS_AN_HOUR: usize = 12;

/// I4: nobody gets more mails with pages within any hour than a person can read.
pub(crate) fn limits(world: &World) -> Vec<String> {
    let mut wrong = vec![];
    for (person, mails) in &world.let_out {
        let over = mails.iter().find(|first| {
            let end = first.at.ms() + 3_600_000;
            mails.iter().filter(|mail| first.at <= mail.at && mail.at.ms() < end).count() > MAILS_AN_HOUR
        });
        wrong.extend(
            over.map(|first| format!("{person} gets more than {MAILS_AN_HOUR} mails in the hour from {}", first.at)),
        );
    }
    wrong
}

/// I5: a fact names only what belongs to its own customer. In a history every id of a customer begins with the customer's.
pub(crate) fn foreign(world: &World, number: usize, facts: &[Fact]) -> Vec<String> {
    let own = &world.tenants[number];
    let mut wrong = vec![];
    for fact in facts {
        let mut ids: Vec<String> = vec![];
        match &fact.body {
            Body::MessageQueued { message, contact, .. } => {
                ids.push(message.to_string());
                ids.extend(contact.as_ref().map(ToString::to_string));
            }
            Body::CallBegun { contact, .. } => ids.push(contact.to_string()),
            Body::PageQueued { message, person, .. } => {
                ids.push(message.to_string());
                if !world.staff.iter().any(|(staff, _)| staff == person) {
                    wrong.push(format!("{person} is paged and not of the staff"));
                }
            }
            Body::MessageAttempted { message, .. }
            | Body::MessageUndelivered { message }
            | Body::NoticeAcknowledged { message } => ids.push(message.to_string()),
            _ => {}
        }
        if let Some(id) = ids.iter().find(|id| !id.starts_with(own.id.as_str())) {
            wrong.push(format!("fact {} names {id} of another customer", fact.seq));
        }
        let project = fact.record.as_ref().and_then(|key| key.as_str().rsplit_once('-'));
        let is_own = project.is_none_or(|(project, _)| own.projects.iter().any(|own| own.as_str() == project));
        if !is_own || fact.tenant != own.id {
            wrong.push(format!("fact {} of {} is about {:?}", fact.seq, fact.tenant, fact.record));
        }
    }
    wrong
}

/// I6: folding all facts anew gives what was kept by applying them one by one, and its header.
pub(crate) fn folds(world: &World, record: &Record, facts: &[&Fact]) -> Option<String> {
    let facts: Vec<Fact> = facts.iter().map(|fact| (*fact).clone()).collect();
    let folded = match Incident::fold(&facts) {
        Ok(Some(folded)) => folded,
        other => return Some(format!("the facts fold to {other:?}")),
    };
    if folded != record.incident {
        return Some("the facts fold to another incident than the kept one".into());
    }
    let owed = row(&folded, &world.calendar(folded.as_of));
    (owed != record.row).then(|| format!("the header says {:?}, the facts {owed:?}", record.row))
}

/// I6: folding all facts of a window anew gives what was kept.
pub(crate) fn folds_window(work: &Work, facts: &[Fact]) -> Option<String> {
    match Window::fold(facts) {
        Ok(Some(folded)) if folded == work.window => None,
        other => Some(format!("the facts fold to {other:?}, kept is {:?}", work.window)),
    }
}

/// I6: the chain holds from its genesis to its head.
pub(crate) fn chained(tenant: &Tenant) -> Option<String> {
    let head = tenant.facts.iter().fold(genesis(&tenant.id, 0), |head, fact| link(&head, &fact.canonical()));
    (head != tenant.head).then(|| "the chain does not lead to its head".into())
}
