//! What has to be written together: who is told of a text, who is asked when a time passes, which verdicts an end gives.

use super::story::Story;
use super::{notices, plan::Plan};
use crate::claims::word;
use domain::fact::{Body, Fact, Reminder, Target};
use domain::ids::RecordKey;
use domain::incident::escalation::Cause;
use std::collections::BTreeSet;

/// A difference: of which record, and what.
pub(crate) type Found = Vec<(Option<RecordKey>, String)>;

/// Checks the facts of one step.
pub(crate) fn check(facts: &[Fact], plans: &[Plan], webhooks: usize) -> Found {
    let mut found = vec![];
    for (place, fact) in facts.iter().enumerate() {
        let is_told = match &fact.body {
            Body::IncidentNotified { .. }
            | Body::InterimReported { .. }
            | Body::RecoveryNotified { .. }
            | Body::IncidentClosed { .. }
            | Body::ReportApproved { .. } => true,
            Body::IncidentMessaged { from_customer, .. } => !from_customer,
            _ => false,
        };
        if is_told && let Some(what) = recipients(fact, &facts[place + 1..], plans, webhooks) {
            found.push((fact.record.clone(), what));
        }
        let of_same: Vec<&Fact> =
            facts.iter().filter(|other| other.record == fact.record && other.instant == fact.instant).collect();
        for (to, cause) in asks(&fact.body) {
            let is_asked = |other: &&&Fact| matches!(&other.body, Body::Escalated { to: t, cause: c, .. } if t.code() == to && *c == cause);
            if of_same.iter().filter(is_asked).count() != 1 {
                found.push((fact.record.clone(), format!("'{}' is not told to {to} once", word(&fact.body))));
            }
        }
        if let Body::Escalated { to, cause, .. } = &fact.body
            && matches!(cause, Cause::Unjudged | Cause::SloPassed | Cause::SlaPassed)
            && !of_same.iter().any(|other| asks(&other.body).contains(&(to.code(), *cause)))
        {
            found.push((fact.record.clone(), format!("{to:?} is asked for {cause:?} without its time having come")));
        }
    }
    found
}

/// Each contact with a mail address and each webhook is told of each text exactly once, in the same transaction.
fn recipients(fact: &Fact, after: &[Fact], plans: &[Plan], webhooks: usize) -> Option<String> {
    let project = fact.record.as_ref()?.as_str().rsplit_once('-')?.0;
    let valid = plans.iter().rev().filter(|plan| plan.seq < fact.seq);
    let mut valid = valid.filter(|plan| plan.project == project && plan.valid_from <= fact.instant.ms());
    let contacts = valid.next().map(|plan| plan.text.contacts.as_slice()).unwrap_or_default();
    let owed: BTreeSet<&str> =
        contacts.iter().filter(|contact| !contact.mail.is_empty()).map(|contact| contact.id.as_str()).collect();
    let mut told: Vec<&str> = vec![];
    let mut hooks = 0;
    for next in after {
        match &next.body {
            Body::MessageQueued { contact: Some(contact), .. } if next.record == fact.record => {
                told.push(contact.as_str());
            }
            Body::MessageQueued { .. } if next.record == fact.record => hooks += 1,
            _ => break,
        }
    }
    let is_whole = told.len() == owed.len() && told.iter().all(|id| owed.contains(id)) && hooks == webhooks;
    (!is_whole).then(|| format!("told are {told:?} and {hooks} webhooks, owed {owed:?} and {webhooks}"))
}

/// Whom a passing time asks.
fn asks(body: &Body) -> Vec<(&'static str, Cause)> {
    match body {
        Body::IncidentReminded { reminder: Reminder::UnjudgedLong, .. } => vec![("dh", Cause::Unjudged)],
        Body::TargetPassed { target: Target::Slo, .. } => vec![("dh", Cause::SloPassed)],
        Body::TargetPassed { target: Target::Sla, .. } => {
            vec![("dh", Cause::SlaPassed), ("mr", Cause::SlaPassed), ("rm", Cause::SlaPassed)]
        }
        _ => vec![],
    }
}

/// What an ended incident still lacks: each clock has its verdicts, exactly once.
pub(crate) fn verdicts(story: &Story) -> Option<String> {
    let is_void = story.false_alarm.as_ref().is_some_and(|alarm| matches!(alarm.review, Some((_, true))));
    let with_parent = story.merging().is_some_and(|merged| merged.ended.is_some());
    if story.closed.is_none() && !is_void && !with_parent {
        return None;
    }
    let owed: BTreeSet<_> =
        notices::verdicts(story).into_iter().map(|verdict| (verdict.clock, verdict.target)).collect();
    let given: BTreeSet<_> = story.verdicts.iter().map(|(_, v)| (v.clock, v.target.clone())).collect();
    (owed != given || given.len() != story.verdicts.len()).then(|| format!("verdicts {given:?}, owed {owed:?}"))
}
