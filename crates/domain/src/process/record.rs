//! A record of a process that has no rules of its own: its file is all there is. Opened, walked verb by verb, folded.

use super::shape::NOWHERE;
use super::{Check, Process, Verb, Who};
use crate::access::{Actor, Right, Role};
use crate::calendar::{BusinessDays, Calendar};
use crate::fact::{Body, Fact, NewFact};
use crate::ids::{BlobId, MessageId, PersonId, ProjectKey, RecordKey};
use crate::incident::verbs::{By, is_second_person};
use crate::incident::{Broken, Delivery, Mark, Marked, delivery};
use crate::refusal::Refusal;
use crate::time::Instant;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The first fact of a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opened {
    /// Code of its process.
    pub process: String,
    /// Version of the process under which it was opened; it keeps that version. None: the one that shipped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edition: Option<u32>,
    /// Its project.
    pub project: ProjectKey,
    /// Its number in the project.
    pub number: u64,
    /// The state it begins in.
    pub state: String,
    /// Its title.
    pub title: BlobId,
    /// What was filled in: a JSON object by field.
    pub fields: BlobId,
}

/// A step of a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Acted {
    /// What was done.
    pub verb: String,
    /// The state it led to.
    pub to: String,
    /// Whether that state ends the record.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ends: bool,
    /// Whether whoever did it holds the record from then on.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub takes: bool,
    /// Whether only the desk sees it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub internal: bool,
    /// Whether it adds and changes nothing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub adds: bool,
    /// What was filled in: a JSON object by field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fields: Option<BlobId>,
}

/// A record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// `KEY-n`.
    pub key: RecordKey,
    /// What it was opened with.
    pub opened: Marked<Opened>,
    /// Where it stands.
    pub state: String,
    /// Since when.
    pub since: Instant,
    /// What a person acting on it must have seen: the number of its facts that count.
    pub version: u64,
    /// Seq of its last fact.
    pub last_seq: u64,
    /// Instant of its last fact.
    pub as_of: Instant,
    /// Who holds it.
    pub holder: Option<PersonId>,
    /// What was done.
    pub acts: Vec<Marked<Acted>>,
    /// What was told by mail, and how each attempt went.
    pub deliveries: BTreeMap<MessageId, Delivery>,
    /// When it ended.
    pub ended: Option<Mark>,
}

/// Whether somebody may do a verb: `has` says which rights they hold.
pub fn may(verb: &Verb, role: Option<Role>, has: &dyn Fn(Right) -> bool) -> bool {
    verb.who.iter().any(|who| match who {
        Who::Right(right) => has(*right),
        Who::Role(named) => role == Some(*named),
        Who::System => false,
    })
}

impl Process {
    /// The verb that opens a record; none where records of this process come another way.
    pub fn opening(&self) -> Option<&Verb> {
        self.verbs.iter().find(|verb| verb.leads(NOWHERE).is_some())
    }
}

/// Reads what was filled in for a verb, by field.
///
/// # Errors
/// A field is missing or wrong, or the verb asks for none of that name.
pub fn read(verb: &Verb, filled: &BTreeMap<String, String>) -> Result<BTreeMap<String, String>, Refusal> {
    if let Some(stray) = filled.keys().find(|name| verb.needs.iter().all(|need| need.field != **name)) {
        let ja = format!("「{}」に項目 {stray} はありません。", verb.label.ja);
        return Err(Refusal::unfit(stray, ja, format!("“{}” has no field {stray}.", verb.label.en)));
    }
    let mut read = BTreeMap::new();
    for need in &verb.needs {
        let value = need.read(filled.get(&need.field).map(String::as_str))?;
        read.extend(value.map(|value| (need.field.clone(), value)));
    }
    Ok(read)
}

impl Record {
    /// Folds all facts of one record, first to last; none where there are no facts.
    ///
    /// # Errors
    /// The first fact opens no record, or a later one is none of it.
    pub fn fold(facts: &[Fact]) -> Result<Option<Self>, Broken> {
        let Some((first, rest)) = facts.split_first() else { return Ok(None) };
        let broken = |kind| Broken { seq: first.seq, kind };
        let Body::RecordOpened(opened) = &first.body else { return Err(broken("first")) };
        let key = first.record.clone().ok_or_else(|| broken("first"))?;
        if opened.project.record(opened.number) != key {
            return Err(broken("first"));
        }
        let mut record = Self {
            key,
            state: opened.state.clone(),
            opened: Marked { mark: Mark::of(first), what: (**opened).clone() },
            since: first.instant,
            version: 1,
            last_seq: first.seq,
            as_of: first.instant,
            holder: None,
            acts: vec![],
            deliveries: BTreeMap::new(),
            ended: None,
        };
        for fact in rest {
            record.apply(fact)?;
        }
        Ok(Some(record))
    }

    /// Adds the next fact.
    ///
    /// # Errors
    /// The fact is none of a record of this kind.
    pub fn apply(&mut self, fact: &Fact) -> Result<(), Broken> {
        if fact.body.is_about_words() {
            self.last_seq = fact.seq;
            return Ok(());
        }
        match &fact.body {
            Body::RecordActed(acted) => {
                let mark = Mark::of(fact);
                if acted.to != self.state {
                    self.state.clone_from(&acted.to);
                    self.since = fact.instant;
                }
                if acted.takes {
                    self.holder = fact.actor.person_id().cloned();
                }
                if acted.ends {
                    self.ended = Some(mark.clone());
                }
                self.acts.push(Marked { mark, what: (**acted).clone() });
            }
            Body::MailJoined { .. } => {}
            _ => {
                let broken = Broken { seq: fact.seq, kind: "not of this record" };
                delivery::add(&mut self.deliveries, fact).ok_or(broken)?;
            }
        }
        self.last_seq = fact.seq;
        self.as_of = fact.instant;
        if fact.body.moves_version() {
            self.version += 1;
        }
        Ok(())
    }

    /// Whether the verb can be done now by that actor, as far as the file says so.
    ///
    /// # Errors
    /// Not in this state, or a rule does not hold.
    pub fn guard(&self, process: &Process, verb: &Verb, actor: &Actor) -> Result<(), Refusal> {
        if verb.leads(&self.state).is_none() {
            return Err(wrong_state(process, &self.state));
        }
        for check in &verb.checks {
            // A file whose records are walked here names no other rule: a test reads every file that ships.
            let Check::AnotherThan(other) = check else { continue };
            let first = self.acts.iter().rev().find(|act| act.what.verb == *other);
            if first.is_some_and(|first| !is_second_person(actor, &first.mark.actor)) {
                let label = process.verb(other).map(|it| it.label.clone()).unwrap_or_default();
                return Err(Refusal::not_now(
                    format!("「{}」を行った本人にはできません。別の人が行ってください。", label.ja),
                    format!("Whoever did “{}” cannot do this: another person must.", label.en),
                ));
            }
        }
        Ok(())
    }

    /// Does a verb of the file.
    ///
    /// # Errors
    /// As [`Record::guard`].
    pub fn act(&self, process: &Process, verb: &Verb, by: &By, fields: Option<BlobId>) -> Result<NewFact, Refusal> {
        self.guard(process, verb, &by.actor)?;
        let to = verb.leads(&self.state).unwrap_or(&self.state).to_owned();
        let acted = Acted {
            verb: verb.code.clone(),
            ends: process.state(&to).is_some_and(|state| state.done) && to != self.state,
            to,
            takes: verb.effects.contains(&super::Effect::Takes),
            internal: !verb.is_told(),
            adds: verb.fits_any_version(),
            fields,
        };
        let body = Body::RecordActed(Box::new(acted));
        Ok(NewFact { record: Some(self.key.clone()), body, actor: by.actor.clone(), role: by.role, reason: None })
    }

    /// What happens by itself if nobody does anything: the verb and when, at the close of the business day.
    pub fn timers<'a>(&self, process: &'a Process, calendar: &Calendar) -> Vec<(&'a str, Instant)> {
        let due = |verb: &'a Verb| {
            let days = BusinessDays::new(verb.after()?.into()).ok()?;
            verb.leads(&self.state)?;
            Some((verb.code.as_str(), calendar.business_days_after(self.since, days).ok()?))
        };
        if self.ended.is_some() { vec![] } else { process.verbs.iter().filter_map(due).collect() }
    }
}

/// Not in this state.
pub fn wrong_state(process: &Process, state: &str) -> Refusal {
    let label = process.state(state).map(|state| state.label.clone()).unwrap_or_default();
    Refusal::not_now(
        format!("状態が「{}」のため、この操作はできません。画面で次にできる操作を確認してください。", label.ja),
        format!("This cannot be done while the record is “{}”. See what can be done next on its page.", label.en),
    )
}
