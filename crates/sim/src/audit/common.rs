//! 共通原因: whom what is done to a cause has to reach, and who may dial a number.

use super::plan::{Occasion, Plan};
use super::story::{Call, Story};
use super::{Book, calls};
use crate::claims::{At, Calls};
use crate::common::{Common, Member, What};
use crate::world::World;
use domain::fact::{Body, CallResult, Fact};
use domain::time::Instant;
use std::collections::BTreeMap;

/// What one incident has to say after something was done to its cause.
#[derive(Clone, Debug)]
pub(crate) struct Owed {
    pub(crate) member: Member,
    at: Instant,
    what: Said,
}

#[derive(Clone, Debug)]
enum Said {
    Linked(u64),
    Unlinked(u64),
    Told,
    Called,
    Connected,
    Ended(CallResult),
}

/// What has to follow from what was done, as everything stands before it.
pub(crate) fn owed(books: &[Book], world: &World, done: &[Common]) -> Vec<Owed> {
    let mut owed = vec![];
    for act in done {
        let mut add = |member: Member, what| {
            if !act.lost.contains(&member) {
                owed.push(Owed { member, at: act.at, what });
            }
        };
        match &act.what {
            What::Join(members) => members.iter().for_each(|member| add(member.clone(), Said::Linked(act.cause))),
            What::Leave(members) => members.iter().for_each(|member| add(member.clone(), Said::Unlinked(act.cause))),
            What::Tell(members) => members.iter().for_each(|member| add(member.clone(), Said::Told)),
            What::Call(number) => {
                for (member, story) in linked(books, world, act.cause) {
                    let is_owed = matches!(calls::calls(story), Calls::NextRank(_) | Calls::NewRound(_));
                    if is_owed && whose_turn(books, world, &member, story, act.at.ms()).as_ref() == Some(number) {
                        add(member, Said::Called);
                    }
                }
            }
            What::Connect(number) | What::End(number, _) => {
                for (member, story) in linked(books, world, act.cause) {
                    let Some((_, call)) = calls::under_way(story) else { continue };
                    if plain(&call.number) != *number {
                        continue;
                    }
                    match act.what {
                        What::End(_, result) => add(member, Said::Ended(result)),
                        _ if call.connected.is_none() => add(member, Said::Connected),
                        _ => {}
                    }
                }
            }
        }
    }
    owed
}

fn linked<'a>(books: &'a [Book], world: &'a World, cause: u64) -> Vec<(Member, &'a Story)> {
    let mut found = vec![];
    for (number, book) in books.iter().enumerate() {
        for key in world.tenants[number].records.keys() {
            let story = book.stories.get(key.as_str()).filter(|story| story.cause() == Some(cause));
            found.extend(story.map(|story| ((number, key.clone()), story)));
        }
    }
    found
}

/// The digits of the number to be called next.
fn whose_turn(books: &[Book], world: &World, (tenant, key): &Member, story: &Story, now: At) -> Option<String> {
    let valid = |plan: &&Plan| plan.project == story.project && plan.valid_from <= now;
    let plan = books.get(*tenant)?.plans.iter().rev().find(valid)?;
    let closures = super::closures(world, now);
    let on = Occasion { at: now, service: world.tenants[*tenant].service(key), closures };
    let (_, tried) = calls::round(story);
    let ranked = plan.text.valid(&on);
    let next = ranked.iter().find(|(_, id)| !tried.iter().any(|tried| tried == id)).or(ranked.first());
    let contact = next.and_then(|(_, id)| plan.text.contacts.iter().find(|contact| contact.id == *id));
    contact.map(|contact| plain(&contact.phone))
}

/// A number by its digits, as it is dialled within the country.
pub(crate) fn plain(number: &str) -> String {
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    match digits.strip_prefix("81").filter(|_| number.trim_start().starts_with('+')) {
        Some(rest) => format!("0{rest}"),
        None => digits,
    }
}

/// What was not said though it is owed. `new` are the facts of that customer since.
pub(crate) fn missing(owed: &Owed, new: &[Fact]) -> Option<String> {
    let own = || new.iter().filter(|fact| fact.record.as_ref() == Some(&owed.member.1) && fact.instant == owed.at);
    let said = |is_it: &dyn Fn(&Body) -> bool| own().filter(|fact| is_it(&fact.body)).count();
    let count = match &owed.what {
        Said::Linked(cause) => said(&|body| matches!(body, Body::CauseLinked { cause: c } if c == cause)),
        Said::Unlinked(cause) => said(&|body| matches!(body, Body::CauseUnlinked { cause: c } if c == cause)),
        Said::Told => {
            let judged = said(&|body| matches!(body, Body::IncidentJudged { impact: true, .. }));
            judged * said(&|body| matches!(body, Body::IncidentNotified { impact: true, .. }))
        }
        Said::Called => said(&|body| matches!(body, Body::CallBegun { .. })),
        Said::Connected => said(&|body| matches!(body, Body::CallConnected { .. })),
        Said::Ended(result) => said(&|body| matches!(body, Body::CallEnded { result: r, .. } if r == result)),
    };
    (count != 1).then(|| format!("{:?} is owed to it, and was said {count} times", owed.what))
}

/// Who dials which number, and until when: from the dialling to the result, for 2 minutes or, once somebody picked up, for 30
/// more from then on.
#[derive(Debug, Default)]
pub(crate) struct Numbers(BTreeMap<String, (String, At)>);

impl Numbers {
    /// Reads a fact about a call of an incident; `rest` comes after it.
    pub(crate) fn follow(&mut self, story: &Story, fact: &Fact, rest: &[Fact]) -> Option<String> {
        let now = fact.instant.ms();
        let by = fact.actor.person_id().map(ToString::to_string).unwrap_or_default();
        match &fact.body {
            Body::CallBegun { number, .. } => {
                // With its result at once it is over already.
                let next = rest.first().filter(|next| next.record == fact.record);
                if next.is_some_and(|next| matches!(next.body, Body::CallEnded { .. }) && next.instant == fact.instant)
                {
                    return None;
                }
                self.take(&plain(number.as_str()), &by, now, now + 120_000)
            }
            Body::CallConnected { call } => {
                let number = plain(&nth(story, *call)?.number);
                self.take(&number, &by, now, now + 30 * 60_000)
            }
            Body::CallEnded { call, .. } => {
                let call = nth(story, *call)?;
                let number = plain(&call.number);
                if self.0.get(&number).is_some_and(|(holder, _)| *holder == call.by) {
                    self.0.remove(&number);
                }
                None
            }
            _ => None,
        }
    }

    fn take(&mut self, number: &str, by: &str, now: At, until: At) -> Option<String> {
        let wrong = self.holder(number, now).filter(|holder| *holder != by).cloned();
        self.0.insert(number.to_owned(), (by.to_owned(), until));
        wrong.map(|holder| format!("{by} dials {number}, which {holder} dials"))
    }

    /// Who dials a number now.
    fn holder(&self, number: &str, now: At) -> Option<&String> {
        self.0.get(number).filter(|(_, until)| now <= *until).map(|(holder, _)| holder)
    }

    /// Whether somebody was kept from dialling though nobody else did.
    pub(crate) fn kept_from(&self, number: &str, person: &str, now: At) -> Option<String> {
        let is_engaged = self.holder(number, now).is_some_and(|holder| holder != person);
        (!is_engaged).then(|| format!("{person} may not dial {number}, though nobody else does"))
    }
}

fn nth(story: &Story, number: u32) -> Option<&Call> {
    story.calls.get((number as usize).checked_sub(1)?)
}
