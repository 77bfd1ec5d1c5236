//! Operators and customers: prompt, late, careless, wrong. They look at what the desk says is owed, and do that, something
//! else, or nothing.

use crate::common;
use crate::night::Night;
use crate::world::Recipient;
use domain::access::{Actor, Role};
use domain::contact::Occasion;
use domain::criteria::Criteria;
use domain::fact::{Answer, Body, CallResult, NewFact, NoticeChannel, NoticeKind, Origin};
use domain::fault::{CallReason, Heard, Priority, told_on_own_call};
use domain::ids::{BlobId, ContactId, PersonId, ProjectKey, RecordKey};
use domain::incident::escalation::{Cause, Group};
use domain::incident::major::{Criterion, Review};
use domain::incident::promise::PromiseKind;
use domain::incident::report::{ReportKind, Writing};
use domain::incident::verbs::{By, Closing, Dial, Judging, Notice, Rejudging};
use domain::incident::{CallBack, CallEnd, Calling, Consent, Incident, State};
use domain::refusal::Refusal;
use domain::telephone::Evidence;
use domain::time::{Instant, SECOND_MS};

/// What somebody does.
#[derive(Clone, Copy, Debug)]
enum Act {
    Nothing,
    Take,
    Check,
    Judge,
    Notify,
    Rejudge,
    Confirm,
    Dial,
    Connect,
    EndCall,
    CallBack,
    Acknowledge,
    Read,
    Report,
    Step,
    Recover,
    Withdraw,
    TellRecovery,
    Recur,
    Close,
    FalseAlarm,
    Uphold,
    Deny,
    Escalate,
    TakeEscalation,
    Promise,
    KeepPromise,
    Case,
    HandOver,
    Message,
    Note,
    Consent,
    Hear,
    HangUp,
    Runbook,
    Merge,
    Separate,
    WriteReport,
    Approve,
    Return,
    AgreeDate,
    Major,
    ReviewMajor,
}

/// Who looks after an incident next, and when; none once nothing is left to do.
pub(crate) fn next_wake(night: &mut Night, tenant: usize, key: &RecordKey) -> Option<Instant> {
    let incident = &night.world.tenants[tenant].records.get(key)?.incident;
    let since_end = incident.ended_at().map(|end| night.now.since_ms(end));
    if since_end.is_some_and(|since| since > 3_600_000) {
        return None;
    }
    let state = incident.state;
    let is_calling = matches!(incident.calling(), Calling::UnderWay { .. });
    let draw = &mut night.draw;
    if is_calling && draw.chance(60) {
        return Some(night.now.plus_ms(draw.between(5, 118) as i64 * SECOND_MS));
    }
    let gap = match draw.between(0, 100) {
        0..35 => draw.between(1, 40) as i64 * SECOND_MS,
        35..65 => draw.between(20, 400) as i64 * SECOND_MS,
        65..85 => {
            let at = telling_instant(night, tenant, key)?;
            at.since_ms(night.now).max(1)
        }
        85..97 => draw.between(5, 60) as i64 * 60 * SECOND_MS,
        _ => draw.between(60, 500) as i64 * 60 * SECOND_MS,
    };
    let slow = if state == State::RecoveryNotified { 20 } else { 1 };
    Some(night.now.plus_ms(gap * slow))
}

/// An instant at which something may turn: a due, a slot, or a millisecond beside it.
pub(crate) fn telling_instant(night: &mut Night, tenant: usize, key: &RecordKey) -> Option<Instant> {
    let now = night.now;
    let record = night.world.tenants[tenant].records.get(key)?;
    let calendar = night.world.calendar(record.incident.as_of);
    let timers = record.timers.values().filter(|row| row.fired.is_none()).map(|row| row.due);
    let duties = record.incident.duties(now, &calendar).into_iter().map(|duty| duty.due);
    let mut dues: Vec<Instant> = timers.chain(duties).filter(|due| *due > now).collect();
    dues.sort();
    dues.truncate(3);
    if dues.is_empty() {
        return Some(now.plus_minutes(3));
    }
    let due = *night.draw.one_of(&dues);
    Some(due.plus_ms(*night.draw.one_of(&[0, 0, -1, 1, -30_000])).max(now))
}

fn one_of(night: &mut Night, acts: &[(u64, Act)]) -> Act {
    let all: u64 = acts.iter().map(|(weight, _)| weight).sum();
    let mut left = night.draw.between(0, all.max(1));
    for (weight, act) in acts {
        if left < *weight {
            return *act;
        }
        left -= weight;
    }
    Act::Nothing
}

/// What somebody chooses to do with an incident as it stands.
fn choose(night: &mut Night, tenant: usize, incident: &Incident) -> Act {
    use Act::*;
    let phone = incident.phone.as_ref().filter(|phone| !phone.owed().is_empty() && !incident.state.is_final());
    if phone.is_some() && night.draw.chance(45) {
        return one_of(night, &[(70, Hear), (30, HangUp)]);
    }
    if incident.owes_runbook() && night.draw.chance(2) {
        return Runbook;
    }
    if incident.awaiting_second().is_some() && night.draw.chance(20) {
        return Confirm;
    }
    if !incident.state.is_final() && sibling(night, tenant, incident).is_some() && night.draw.chance(6) {
        return Merge;
    }
    if incident.merged_children().next().is_some() && night.draw.chance(4) {
        return Separate;
    }
    let age = night.now.since_ms(incident.opened.at) / 3_600_000;
    let tired = (age as u64).min(40);
    match incident.state {
        State::Detected => one_of(night, &[(80, Take), (4, FalseAlarm), (10, Nothing), (3, Note), (1, Dial)]),
        State::Triaging => one_of(
            night,
            &[
                (25, Check),
                (52, Judge),
                (5, FalseAlarm),
                (4, Take),
                (4, Escalate),
                (6, Nothing),
                (3, Consent),
                (1, Dial),
            ],
        ),
        State::Judged => one_of(night, &[(50, Notify), (12, Rejudge), (5, FalseAlarm), (10, Nothing), (2, Step)]),
        State::Notified => {
            let calls: &[(u64, Act)] = match incident.calling() {
                Calling::UnderWay { .. } => &[(60, EndCall), (12, Connect), (14, Nothing)],
                Calling::NextRank { .. } | Calling::NewRound { .. } => &[(60, Dial), (5, Nothing), (5, Acknowledge)],
                _ => &[(2, Dial), (2, EndCall)],
            };
            let others = [
                (14, Report),
                (6 + tired, Recover),
                (4, Rejudge),
                (4, Step),
                (3, Check),
                (2, Promise),
                (3, KeepPromise),
                (3, Escalate),
                (6, TakeEscalation),
                (2, HandOver),
                (2, Take),
                (1, Case),
                (2, CallBack),
                (2, Acknowledge),
                (2, Read),
                (3, Message),
                (1, Note),
                (1, Consent),
                (1, Major),
                (2, WriteReport),
                (1, Approve),
                (14, Nothing),
            ];
            let all: Vec<(u64, Act)> = calls.iter().copied().chain(others).collect();
            one_of(night, &all)
        }
        State::Confirming => one_of(
            night,
            &[(45, TellRecovery), (12, Withdraw), (8, Report), (3, Rejudge), (3, Dial), (3, EndCall), (20, Nothing)],
        ),
        State::RecoveryNotified => one_of(
            night,
            &[
                (14, Close),
                (8, Recur),
                (8, Check),
                (40, Nothing),
                (3, Rejudge),
                (2, Dial),
                (3, EndCall),
                (2, Message),
                (8, WriteReport),
                (8, Approve),
                (2, Return),
                (2, AgreeDate),
                (1, Major),
                (2, ReviewMajor),
            ],
        ),
        State::FalseAlarm => one_of(night, &[(35, Uphold), (20, Deny), (40, Nothing), (3, Note)]),
        State::Closed | State::Merged => one_of(
            night,
            &[(20, Dial), (30, EndCall), (5, Note), (30, Nothing), (2, Message), (10, WriteReport), (10, Approve)],
        ),
    }
}

pub(crate) fn staff(night: &mut Night) -> By {
    let (person, role) = night.draw.one_of(&night.world.staff).clone();
    By { actor: Actor::person(person), role: Some(role), now: night.now }
}

fn customer(night: &mut Night, tenant: usize) -> By {
    let person = night.draw.one_of(&night.world.tenants[tenant].people).clone();
    By { actor: Actor::person(person), role: Some(Role::Cu), now: night.now }
}

/// Somebody does something with an incident; what the rules refuse is not done.
pub(crate) fn act(night: &mut Night, tenant: usize, key: &RecordKey) {
    let Some(record) = night.world.tenants[tenant].records.get(key) else { return };
    let incident = record.incident.clone();
    let act = choose(night, tenant, &incident);
    if matches!(act, Act::Merge | Act::Separate) {
        return join(night, tenant, &incident, act);
    }
    let facts = facts_of(night, tenant, &incident, act).unwrap_or_default();
    let tells_recovery = facts.iter().any(|fact| matches!(fact.body, Body::RecoveryNotified { .. }));
    common::write(night, tenant, &incident, facts);
    if tells_recovery && night.draw.chance(45) {
        night.alert_again(tenant, key);
    }
}

/// Another open incident of the same project.
fn sibling(night: &Night, tenant: usize, incident: &Incident) -> Option<RecordKey> {
    let records = night.world.tenants[tenant].records.values();
    let mut open = records.filter(|it| it.incident.project == incident.project && !it.incident.state.is_final());
    open.find(|it| it.incident.key != incident.key).map(|it| it.incident.key.clone())
}

/// 統合 and its undoing: parent and children change in one transaction.
fn join(night: &mut Night, tenant: usize, incident: &Incident, act: Act) {
    let by = staff(night);
    let Some(mut draft) = night.world.draft(tenant, &incident.key, night.now) else { return };
    let children: Vec<RecordKey> = incident.merged_children().map(|child| child.key.clone()).collect();
    let put = match act {
        Act::Merge => match sibling(night, tenant, incident) {
            Some(other) => draft.merge(&night.world, &by, &other),
            None => Ok(()),
        },
        _ if children.is_empty() => Ok(()),
        _ => draft.separate(&night.world, &by, night.draw.one_of(&children)),
    };
    if put.is_err() || !draft.is_empty() {
        night.save(tenant, draft, put);
    }
}

fn facts_of(night: &mut Night, tenant: usize, incident: &Incident, act: Act) -> Result<Vec<NewFact>, Refusal> {
    let mut by = staff(night);
    // Mostly whoever dialled says how it went.
    if let (Act::Connect | Act::EndCall, Some(call)) = (act, incident.calls.last())
        && night.draw.chance(75)
    {
        by.actor = call.mark.actor.clone();
    }
    let blob = night.world.tenants[tenant].blob("text");
    let some = |night: &mut Night, percent| night.draw.chance(percent).then(|| blob.clone());
    let calendar = night.world.calendar(incident.as_of);
    match act {
        Act::Nothing | Act::Merge | Act::Separate => Ok(vec![]),
        Act::Take => {
            let person = by.actor.person_id().cloned().unwrap_or_else(|| PersonId::new("mo0"));
            let mut facts = incident.take(&by, person)?;
            if night.draw.chance(30) {
                facts.extend(incident.miss_runbook(0));
            }
            Ok(facts)
        }
        Act::Check => incident.check(&by, blob.clone(), blob),
        Act::Judge => judge(night, tenant, incident, &by),
        Act::Notify => incident.notify(&by, notice(night, tenant, incident, &by)),
        Act::Rejudge => {
            let impact = incident.judgements.last().is_some_and(|judged| !judged.what.impact) ^ night.draw.chance(5);
            let notice = if impact { notice(night, tenant, incident, &by) } else { None };
            let held_at_alert = night.draw.chance(40);
            let reason = some(night, 95);
            incident.rejudge(&by, Rejudging { version: 1, impact, held_at_alert, notice, reason })
        }
        Act::Confirm => incident.confirm_judgement(&by),
        Act::Dial => dial(night, tenant, incident, &by),
        Act::Connect => incident.connect_call(&by, incident.calls.len() as u32),
        Act::EndCall => {
            let end = CallEnd { result: result(night), note: None };
            incident.end_call(&by, incident.calls.len() as u32, end)
        }
        Act::CallBack => {
            let understood = night.draw.chance(60);
            let (number, name) = (blob.clone(), blob);
            incident.call_back(&by, CallBack { contact: None, number, name, understood, note: None })
        }
        Act::Acknowledge => {
            let messages: Vec<_> = incident.deliveries.keys().cloned().collect();
            if messages.is_empty() {
                return Ok(vec![]);
            }
            let message = night.draw.one_of(&messages).clone();
            let by = By { actor: Actor::System, role: None, now: night.now };
            Ok(incident.acknowledge(&by, &message))
        }
        Act::Read => Ok(incident.read(&customer(night, tenant))),
        Act::Report => incident.report(&by, blob),
        Act::Step => incident.step(&by, blob.clone(), blob),
        Act::Recover => {
            let back = *night.draw.one_of(&[0, 0, 0, 60_000, 1_800_000, 5_400_000]);
            incident.recover(&by, night.now.plus_ms(-back), None)
        }
        Act::Withdraw => incident.withdraw_recovery(&by, some(night, 95)),
        Act::TellRecovery => {
            let channel = *night.draw.one_of(&[NoticeChannel::Ticket, NoticeChannel::Phone]);
            incident.notify_recovery(&by, blob.clone(), blob.clone(), channel, blob)
        }
        Act::Recur => incident.recur(&by, blob),
        Act::Close => {
            let closing =
                Closing { class: "os".into(), cause: blob.clone(), confirmed_by: Some(blob), automatic: false };
            incident.close(&by, closing)
        }
        Act::FalseAlarm => incident.declare_false_alarm(&by, blob),
        Act::Uphold => incident.review_false_alarm(&by, true, None, &calendar),
        Act::Deny => incident.review_false_alarm(&by, false, some(night, 95), &calendar),
        Act::Escalate => {
            let to = *night.draw.one_of(&Group::ALL);
            let (ladder, ordered) = night.world.ladder(to);
            incident.escalate(&by, to, blob, ladder, ordered)
        }
        Act::TakeEscalation => incident.take_escalation(&by, night.draw.between(0, 6) as u32),
        Act::Promise => {
            let due = night.now.plus_minutes(night.draw.between(0, 120) as i64);
            incident.promise(&by, PromiseKind::Check, due, blob)
        }
        Act::KeepPromise => incident.keep_promise(&by, night.draw.between(0, 3) as u32, None),
        Act::Case => incident.open_case(&by, blob, "urgent", night.now),
        Act::HandOver => incident.hand_over(&by, None, blob),
        Act::Message => {
            let from_customer = night.draw.chance(50);
            let by = if from_customer { customer(night, tenant) } else { by };
            incident.message(&by, blob, from_customer)
        }
        Act::Note => incident.note(&by, blob),
        Act::Consent => {
            let (who, number, words) = (blob.clone(), blob.clone(), blob.clone());
            incident.consent(&by, Consent { who, number, words, what: blob, disputed: None })
        }
        Act::Hear => hear(night, tenant, incident, &by),
        Act::HangUp => incident.end_intake_call(&by, blob),
        Act::WriteReport => {
            let kind = *night.draw.one_of(&ReportKind::ALL);
            let follows = incident.versions(kind).next_back().map_or(0, |version| version.what.number);
            incident.write_report(&by, Writing { kind, follows, document: blob.clone(), reason: Some(blob) })
        }
        Act::Approve | Act::Return => {
            let kind = *night.draw.one_of(&ReportKind::ALL);
            let version = incident.versions(kind).next_back().map_or(0, |version| version.what.number);
            match act {
                Act::Approve => incident.approve_report(&by, kind, version, blob),
                _ => incident.return_report(&by, kind, version, Some(blob)),
            }
        }
        Act::AgreeDate => {
            let due = night.now.plus_minutes(night.draw.between(1, 20) as i64 * 24 * 60);
            incident.agree_report_date(&by, due, blob, &calendar)
        }
        Act::Major => {
            let mut facts = incident.declare_major(&by, Criterion::DataLoss, blob)?;
            for to in [Group::Dh, Group::Mr] {
                let (ladder, ordered) = night.world.ladder(to);
                let body = Body::Escalated { to, cause: Cause::Major, text: None, ladder, ordered };
                facts.push(NewFact::by_system(Some(incident.key.clone()), body));
            }
            Ok(facts)
        }
        Act::ReviewMajor => {
            let review = Review { timeline: blob.clone(), cause: blob.clone(), lessons: blob.clone(), action: blob };
            incident.review_major(&by, review)
        }
        Act::Runbook => {
            if night.draw.chance(50) {
                Ok(incident.provide_runbook(&by, 2).into_iter().collect())
            } else {
                incident.decline_runbook(&by, some(night, 95))
            }
        }
    }
}

fn judge(night: &mut Night, tenant: usize, incident: &Incident, by: &By) -> Result<Vec<NewFact>, Refusal> {
    let criteria = Criteria::default();
    let is_impact = night.draw.chance(62);
    let hit = night.draw.between(0, criteria.questions.len() as u64) as usize;
    let mut answers = vec![];
    for (place, question) in criteria.questions.iter().enumerate() {
        let yes = is_impact && place == hit;
        answers.push(Answer { question: question.id.clone(), yes });
        if yes {
            break;
        }
    }
    let mut notice = if is_impact { notice(night, tenant, incident, by) } else { None };
    if let Some(notice) = notice.as_mut().filter(|_| incident.phone.is_some() && night.draw.chance(60)) {
        let plan = night.world.tenants[tenant].plan_at(&incident.project, by.now).map(|(_, plan)| plan);
        if let Ok(voice) = told_on_own_call(incident.phone.as_ref(), plan) {
            notice.voice = voice;
        }
    }
    let reason = night.draw.chance(60).then(|| night.world.tenants[tenant].blob("reason"));
    incident.judge(by, Judging { criteria: &criteria, version: 1, read: 1, answers, notice, reason })
}

/// The notice to publish, as the plan valid now has it.
pub(crate) fn notice(night: &mut Night, tenant: usize, incident: &Incident, by: &By) -> Option<Notice> {
    let customer = &night.world.tenants[tenant];
    let plan = customer.plan_at(&incident.project, by.now);
    let calendar = night.world.calendar(by.now);
    let occasion = Occasion { at: by.now, calendar: &calendar, service: customer.service(&incident.key) };
    let recovered = incident.recovered_by_itself();
    let voice = plan.map_or(domain::fact::Voice::NoneValid, |(_, plan)| plan.voice_of(&occasion, recovered));
    let rounds = plan.map(|(_, plan)| plan.rounds).unwrap_or_default();
    Some(Notice { text: customer.blob("notice"), plan: plan.map(|(version, _)| version), voice, rounds })
}

pub(crate) fn result(night: &mut Night) -> CallResult {
    match night.draw.between(0, 100) {
        0..18 => CallResult::Answered,
        18..30 => CallResult::AnsweredOther,
        30..55 => CallResult::Voicemail,
        55..70 => CallResult::Busy,
        _ => CallResult::None,
    }
}

/// A call: mostly to whose turn it is, sometimes to another, sometimes stated afterwards.
fn dial(night: &mut Night, tenant: usize, incident: &Incident, by: &By) -> Result<Vec<NewFact>, Refusal> {
    let is_stated = night.draw.chance(12);
    let back = if is_stated { night.draw.between(0, 900) as i64 * SECOND_MS } else { 0 };
    let at = by.now.plus_ms(-back);
    let is_wild = night.draw.chance(12);
    let has_reason = night.draw.chance(if is_wild || is_stated { 75 } else { 5 });
    let end = is_stated.then(|| CallEnd { result: result(night), note: None });
    let customer = &night.world.tenants[tenant];
    let Some((_, plan)) = customer.plan_at(&incident.project, at) else { return Ok(vec![]) };
    let calendar = night.world.calendar(by.now);
    let service = customer.service(&incident.key).map(str::to_owned);
    let occasion = Occasion { at, calendar: &calendar, service: service.as_deref() };
    let (_, tried) = incident.round_now();
    let next = plan.callable(&occasion).find(|(_, contact)| !tried.contains(&&contact.id));
    let all: Vec<ContactId> =
        plan.contacts.iter().filter(|contact| !contact.phone.is_empty()).map(|c| c.id.clone()).collect();
    let id = match next {
        Some((_, contact)) if !is_wild => contact.id.clone(),
        _ if all.is_empty() => return Ok(vec![]),
        _ => night.draw.one_of(&all).clone(),
    };
    dial_to(night, tenant, incident, by, Dialling { contact: id, at, is_stated, end, has_reason })
}

/// A call to be made.
#[derive(Clone, Debug)]
pub(crate) struct Dialling {
    pub(crate) contact: ContactId,
    pub(crate) at: Instant,
    pub(crate) is_stated: bool,
    pub(crate) end: Option<CallEnd>,
    pub(crate) has_reason: bool,
}

/// The facts of a call, by the plan valid when it began.
pub(crate) fn dial_to(
    night: &Night,
    tenant: usize,
    incident: &Incident,
    by: &By,
    call: Dialling,
) -> Result<Vec<NewFact>, Refusal> {
    let Dialling { contact: id, at, is_stated, end, has_reason } = call;
    let customer = &night.world.tenants[tenant];
    let Some((version, plan)) = customer.plan_at(&incident.project, at) else { return Ok(vec![]) };
    let calendar = night.world.calendar(by.now);
    let occasion = Occasion { at, calendar: &calendar, service: customer.service(&incident.key) };
    let (_, tried) = incident.round_now();
    let Some((rank, contact)) = plan.contact(&id) else { return Ok(vec![]) };
    let first_valid = plan.is_first_call(&id, incident.call_required(at), &occasion);
    let turn = plan.turn(&id, &tried, &occasion);
    // In a history a number is its own name.
    let number = BlobId::new(contact.phone.as_str());
    let reason = has_reason.then(|| customer.blob("reason"));
    let begun = is_stated.then_some(at);
    incident.dial(
        by,
        Dial { contact: id, rank, number, evidence: Evidence::Stated, plan: version, first_valid, begun, turn, end },
        reason,
    )
}

/// Something more of what a caller says.
fn hear(night: &mut Night, tenant: usize, incident: &Incident, by: &By) -> Result<Vec<NewFact>, Refusal> {
    let blob = night.world.tenants[tenant].blob("heard");
    let some = |night: &mut Night| night.draw.chance(50).then(|| blob.clone());
    let plan = night.world.tenants[tenant].plan_at(&incident.project, by.now).map(|(_, plan)| plan.contacts.clone());
    let contacts: Vec<ContactId> = plan.unwrap_or_default().into_iter().map(|contact| contact.id).collect();
    let caller = some(night);
    let contact = if contacts.is_empty() || caller.is_none() || night.draw.chance(40) {
        None
    } else {
        Some(night.draw.one_of(&contacts).clone())
    };
    let heard = Heard {
        project_sure: night.draw.chance(50),
        caller,
        contact,
        called_back: some(night),
        by_phone: night.draw.chance(50).then_some(CallReason::Urgent),
        content: some(night),
        detected_at: night.draw.chance(50).then(|| incident.own_alert_at().plus_minutes(-5)),
        host: some(night),
        business_impact: some(night),
        title: None,
    };
    incident.hear(by, heard)
}

/// A customer files a fault on the portal, or telephones.
pub(crate) fn file(night: &mut Night, tenant: usize, project: &ProjectKey) {
    let now = night.now;
    let blob = night.world.tenants[tenant].blob("filed");
    let is_call = night.draw.chance(40);
    let (origin, by) = if is_call {
        let back = *night.draw.one_of(&[0, 12_000, 3_600_000]);
        let origin = Origin::Telephone {
            call: 1,
            began: now.plus_ms(-back),
            stated: back > 120_000,
            company: None,
            project_sure: night.draw.chance(70),
        };
        (origin, staff(night))
    } else {
        let priority = *night.draw.one_of(&Priority::ALL);
        let (host, business_impact, details) = (blob.clone(), blob.clone(), blob);
        (Origin::Customer { priority, detected_at: now, host, business_impact, details }, customer(night, tenant))
    };
    let Some(mut draft) = night.world.draft_new(tenant, project, origin, by.actor, now) else { return };
    let mut put = Ok(());
    if !is_call {
        put = draft
            .queue(&night.world, NoticeKind::Receipt, Recipient::Filer)
            .and_then(|()| draft.put(&night.world, vec![]));
    }
    night.save(tenant, draft, put);
}
