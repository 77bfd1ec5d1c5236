//! 共通原因: what is done to incidents of several customers at once, each in its own transaction; and who dials which number.

use crate::mutants::Mutant;
use crate::night::Night;
use crate::people::{self, Dialling};
use crate::world::World;
use domain::contact::{Occasion, digits};
use domain::criteria::Criteria;
use domain::fact::{Answer, Body, CallResult, NewFact};
use domain::ids::{BlobId, PersonId, RecordKey};
use domain::incident::calling::{RESULT_MINUTES, TALK_MINUTES};
use domain::incident::verbs::{By, Judging};
use domain::incident::{CallEnd, Calling, Incident, State};
use domain::refusal::Refusal;
use domain::time::Instant;
use std::collections::BTreeMap;

/// An incident of a customer.
pub(crate) type Member = (usize, RecordKey);

/// What stands under each number.
type Numbers<T> = BTreeMap<String, Vec<T>>;

/// What somebody did to a cause.
#[derive(Clone, Debug)]
pub(crate) struct Common {
    pub(crate) at: Instant,
    pub(crate) cause: u64,
    pub(crate) what: What,
    /// Whose transaction was lost.
    pub(crate) lost: Vec<Member>,
}

/// What was done.
#[derive(Clone, Debug)]
pub(crate) enum What {
    Join(Vec<Member>),
    Leave(Vec<Member>),
    Tell(Vec<Member>),
    /// A number, by its digits, is dialled about everything whose turn it is.
    Call(String),
    Connect(String),
    End(String, CallResult),
}

/// Somebody opens a cause, or does something to one.
pub(crate) fn act(night: &mut Night) {
    if night.world.causes.is_empty() || night.draw.chance(4) {
        let number = night.world.causes.len() as u64 * 7 + 3;
        night.world.causes.push(number);
    }
    let cause = *night.draw.one_of(&night.world.causes);
    let by = people::staff(night);
    match night.draw.between(0, 100) {
        0..28 => join(night, cause, &by),
        28..32 => leave(night, cause, &by),
        32..52 => tell(night, cause, &by),
        52..76 => call(night, cause, &by),
        76..82 => on_call(night, cause, &by, None),
        _ => {
            let result = people::result(night);
            on_call(night, cause, &by, Some(result));
        }
    }
}

fn all(world: &World) -> impl Iterator<Item = (Member, &Incident)> {
    let tenants = world.tenants.iter().enumerate();
    tenants.flat_map(|(number, tenant)| {
        tenant.records.iter().map(move |(key, record)| ((number, key.clone()), &record.incident))
    })
}

fn members(world: &World, cause: u64) -> Vec<(Member, Incident)> {
    let linked = all(world).filter(|(_, incident)| incident.cause() == Some(cause));
    linked.map(|(member, incident)| (member, incident.clone())).collect()
}

/// Does something to each member, and keeps what was done with what was lost.
fn on_each(
    night: &mut Night,
    cause: u64,
    what: What,
    members: Vec<(Member, Incident)>,
    facts: impl Fn(&mut Night, usize, &Incident) -> Result<Vec<NewFact>, Refusal>,
) {
    if members.is_empty() {
        return;
    }
    let mut lost = vec![];
    for ((tenant, key), incident) in members {
        let facts = facts(night, tenant, &incident).unwrap_or_default();
        if !facts.is_empty() && !write(night, tenant, &incident, facts) {
            lost.push((tenant, key));
        }
    }
    let at = night.now;
    night.world.common.push(Common { at, cause, what, lost });
}

/// Writes facts of an incident with what they mean for the numbers that are dialled. Says whether they were kept.
pub(crate) fn write(night: &mut Night, tenant: usize, incident: &Incident, facts: Vec<NewFact>) -> bool {
    let bodies: Vec<Body> = facts.iter().map(|fact| fact.body.clone()).collect();
    let person = facts.first().and_then(|fact| fact.actor.person_id().cloned());
    if let Some((number, person)) = rings(incident, &bodies).zip(person.clone())
        && !is_free(night, &number, &person)
    {
        let at = night.now;
        night.world.engaged.push((number, person, at));
        return false;
    }
    let is_kept = night.write(tenant, &incident.key, facts);
    if is_kept {
        hold(night, incident, &bodies, person);
    }
    is_kept
}

/// The number that a call to be begun or to go on holds.
fn rings(incident: &Incident, bodies: &[Body]) -> Option<String> {
    let ends = bodies.iter().any(|body| matches!(body, Body::CallEnded { .. }));
    bodies.iter().find_map(|body| match body {
        Body::CallBegun { number, .. } if !ends => Some(digits(number.as_str())),
        Body::CallConnected { call } => number_of(incident, *call),
        _ => None,
    })
}

fn number_of(incident: &Incident, call: u32) -> Option<String> {
    let call = incident.calls.get((call as usize).checked_sub(1)?)?;
    Some(digits(call.what.number.as_str()))
}

fn is_free(night: &Night, number: &str, person: &PersonId) -> bool {
    let held = night.world.held.get(number).filter(|_| !Mutant::dials_what_is_held(night.world.mutant));
    held.is_none_or(|(holder, until)| holder == person || *until < night.now)
}

fn hold(night: &mut Night, incident: &Incident, bodies: &[Body], person: Option<PersonId>) {
    if let Some((number, person)) = rings(incident, bodies).zip(person) {
        let is_talk = bodies.iter().any(|body| matches!(body, Body::CallConnected { .. }));
        let until = night.now.plus_minutes(if is_talk { TALK_MINUTES } else { RESULT_MINUTES });
        night.world.held.insert(number, (person, until));
        return;
    }
    for body in bodies {
        let Body::CallEnded { call, .. } = body else { continue };
        let Some(made) = incident.calls.get((*call as usize).saturating_sub(1)) else { continue };
        let number = digits(made.what.number.as_str());
        let is_theirs = |held: &(PersonId, Instant)| made.mark.actor.person_id() == Some(&held.0);
        if night.world.held.get(&number).is_some_and(is_theirs) {
            night.world.held.remove(&number);
        }
    }
}

fn some_of(night: &mut Night, mut found: Vec<(Member, Incident)>) -> Vec<(Member, Incident)> {
    found.retain(|_| night.draw.chance(65));
    found.truncate(6);
    found
}

fn names(members: &[(Member, Incident)]) -> Vec<Member> {
    members.iter().map(|(member, _)| member.clone()).collect()
}

fn join(night: &mut Night, cause: u64, by: &By) {
    let open = all(&night.world).filter(|(_, it)| !it.state.is_final() && it.cause() != Some(cause));
    let found = open.map(|(member, incident)| (member, incident.clone())).collect();
    let chosen = some_of(night, found);
    on_each(night, cause, What::Join(names(&chosen)), chosen, |_, _, incident| incident.link_cause(by, cause));
}

fn leave(night: &mut Night, cause: u64, by: &By) {
    let linked = members(&night.world, cause);
    let chosen = some_of(night, linked);
    on_each(night, cause, What::Leave(names(&chosen)), chosen, |_, _, incident| incident.unlink_cause(by, cause));
}

/// One text for all: each is taken, checked, judged with impact and told in one transaction, as far as it is not done already.
fn tell(night: &mut Night, cause: u64, by: &By) {
    let mut linked = members(&night.world, cause);
    linked.retain(|(_, incident)| matches!(incident.state, State::Detected | State::Triaging));
    // What waits for a second person is judged on its own page.
    linked.retain(|(_, incident)| incident.judgements.is_empty());
    let chosen = some_of(night, linked);
    if chosen.is_empty() {
        return;
    }
    let named = names(&chosen);
    let forgotten = named.len().saturating_sub(usize::from(Mutant::forgets_a_member(night.world.mutant)));
    let mut lost = vec![];
    for (tenant, key) in named.iter().take(forgotten.max(1)) {
        if !tell_one(night, *tenant, key, by) {
            lost.push((*tenant, key.clone()));
        }
    }
    let at = night.now;
    night.world.common.push(Common { at, cause, what: What::Tell(named), lost });
}

fn tell_one(night: &mut Night, tenant: usize, key: &RecordKey, by: &By) -> bool {
    let Some(mut draft) = night.world.draft(tenant, key, night.now) else { return false };
    let person = by.actor.person_id().cloned().unwrap_or_else(|| PersonId::new("mo0"));
    let blob = night.world.tenants[tenant].blob("common");
    let mut put = Ok(());
    if draft.incident.state == State::Detected {
        let facts = draft.incident.take(by, person).unwrap_or_default();
        put = draft.put(&night.world, facts);
    }
    if draft.incident.checks.is_empty() {
        let facts = draft.incident.check(by, blob.clone(), blob).unwrap_or_default();
        put = put.and_then(|()| draft.put(&night.world, facts));
    }
    let criteria = Criteria::default();
    let answers: Vec<Answer> =
        criteria.questions.iter().take(1).map(|question| Answer { question: question.id.clone(), yes: true }).collect();
    let notice = people::notice(night, tenant, &draft.incident, by);
    let judging = Judging { criteria: &criteria, version: 1, read: 1, answers, notice, reason: None };
    let facts = draft.incident.judge(by, judging).unwrap_or_default();
    put = put.and_then(|()| draft.put(&night.world, facts));
    night.save(tenant, draft, put)
}

/// The numbers to be called about a cause, and those with a call under way.
fn list(night: &Night, cause: u64) -> (Numbers<Member>, Numbers<(Member, u32)>) {
    let (mut calls, mut under_way) = (BTreeMap::<_, Vec<_>>::new(), BTreeMap::<_, Vec<_>>::new());
    for (member, incident) in members(&night.world, cause) {
        match incident.calling() {
            Calling::UnderWay { call, .. } => {
                if let Some(number) = number_of(&incident, call) {
                    under_way.entry(number).or_default().push((member, call));
                }
            }
            Calling::NextRank { .. } | Calling::NewRound { .. } => {
                if let Some(number) = whose_turn(night, member.0, &incident) {
                    calls.entry(number).or_default().push(member);
                }
            }
            _ => {}
        }
    }
    (calls, under_way)
}

/// The number to be called next about an incident.
fn whose_turn(night: &Night, tenant: usize, incident: &Incident) -> Option<String> {
    let customer = &night.world.tenants[tenant];
    let (_, plan) = customer.plan_at(&incident.project, night.now)?;
    let calendar = night.world.calendar(night.now);
    let occasion = Occasion { at: night.now, calendar: &calendar, service: customer.service(&incident.key) };
    let (_, tried) = incident.round_now();
    let first = plan.callable(&occasion).next();
    let next = plan.callable(&occasion).find(|(_, contact)| !tried.contains(&&contact.id)).or(first);
    next.map(|(_, contact)| digits(&contact.phone))
}

fn call(night: &mut Night, cause: u64, by: &By) {
    let (mut calls, under_way) = list(night, cause);
    calls.retain(|number, _| !under_way.contains_key(number));
    let numbers: Vec<String> = calls.keys().cloned().collect();
    let Some(person) = by.actor.person_id().filter(|_| !numbers.is_empty()) else { return };
    let number = night.draw.one_of(&numbers).clone();
    if !is_free(night, &number, person) {
        let at = night.now;
        night.world.engaged.push((number, person.clone(), at));
        return;
    }
    let mut about = calls.remove(&number).unwrap_or_default();
    if Mutant::calls_for_one(night.world.mutant) {
        about.truncate(1);
    }
    let about: Vec<(Member, Incident)> =
        members(&night.world, cause).into_iter().filter(|(member, _)| about.contains(member)).collect();
    on_each(night, cause, What::Call(number.clone()), about, |night, tenant, incident| {
        let customer = &night.world.tenants[tenant];
        let plan = customer.plan_at(&incident.project, by.now).map(|(_, plan)| plan);
        let theirs = plan.and_then(|plan| plan.contacts.iter().find(|contact| digits(&contact.phone) == number));
        let Some(contact) = theirs.map(|contact| contact.id.clone()) else { return Ok(vec![]) };
        let dialling = Dialling { contact, at: by.now, is_stated: false, end: None, has_reason: false };
        people::dial_to(night, tenant, incident, by, dialling)
    });
}

/// A call goes on, or ends where a result is given: on everything told in it.
fn on_call(night: &mut Night, cause: u64, by: &By, result: Option<CallResult>) {
    let (_, under_way) = list(night, cause);
    let numbers: Vec<String> = under_way.keys().cloned().collect();
    let Some(person) = by.actor.person_id().filter(|_| !numbers.is_empty()) else { return };
    let number = night.draw.one_of(&numbers).clone();
    if result.is_none() && !is_free(night, &number, person) {
        let at = night.now;
        night.world.engaged.push((number, person.clone(), at));
        return;
    }
    let about = under_way.get(&number).cloned().unwrap_or_default();
    let about: Vec<(Member, Incident)> = members(&night.world, cause)
        .into_iter()
        .filter(|(member, _)| about.iter().any(|(other, _)| other == member))
        .collect();
    let what = result.map_or_else(|| What::Connect(number.clone()), |result| What::End(number.clone(), result));
    on_each(night, cause, what, about, |_, _, incident| {
        let Calling::UnderWay { call, .. } = incident.calling() else { return Ok(vec![]) };
        match result {
            Some(result) => incident.end_call(by, call, CallEnd { result, note: None::<BlobId> }),
            None => incident.connect_call(by, call),
        }
    });
}
