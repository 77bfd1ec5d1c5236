//! An incident of the desk as `wire` says it.

use desk::incident::{BoardRow, IncidentView};
use domain::fact::{Fact, Origin, Target};
use domain::fault;
use domain::ids::{BlobId, PersonId};
use domain::incident::Incident as Fold;
use domain::incident::ledger::Ledger;
use domain::time::Instant;
use std::collections::{BTreeMap, HashMap};
use wire::board::IncidentRow;
use wire::incident::{
    Clock, Drafts, Duty, Filed, Incident, Label, Message, Person, Priority, Question, State, Stop, Stretch,
    TargetClock, TimelineFact,
};

/// The state by its code; both sides have the same.
pub(crate) fn state(state: domain::incident::State) -> State {
    use domain::incident::State as Of;
    match state {
        Of::Detected => State::Detected,
        Of::Triaging => State::Triaging,
        Of::Judged => State::Judged,
        Of::Notified => State::Notified,
        Of::Confirming => State::Confirming,
        Of::RecoveryNotified => State::RecoveryNotified,
        Of::Closed => State::Closed,
        Of::FalseAlarm => State::FalseAlarm,
        Of::Merged => State::Merged,
    }
}

pub(crate) fn row(BoardRow { row, customer, assignee }: BoardRow) -> IncidentRow {
    let at = |instant: Option<Instant>| instant.map(|instant| instant.to_string());
    IncidentRow {
        key: row.key.to_string(),
        project: row.project.to_string(),
        customer,
        version: row.version,
        // The header is written from a fold, so its code is always known.
        state: state(domain::incident::State::from_code(&row.state).unwrap_or(domain::incident::State::Detected)),
        title: row.title,
        impact: row.impact,
        assignee,
        opened: row.opened.to_string(),
        ended: at(row.ended),
        slo_due: row.slo_due.to_string(),
        sla_due: at(row.sla_due),
        notified_at: at(row.notified_at),
        duty: row.duty,
        duty_due: at(row.duty_due),
    }
}

pub(super) fn incident(view: IncidentView) -> Incident {
    let it = &view.incident;
    let text = |id: &BlobId| view.texts.get(id).cloned();
    let person = |id: &PersonId| Person { id: id.to_string(), name: view.people.get(id).cloned().unwrap_or_default() };
    let afterwards = super::afterwards::afterwards(&view);
    let questions = view.criteria.iter().flat_map(|(_, criteria)| &criteria.questions);
    Incident {
        key: it.key.to_string(),
        project: it.project.to_string(),
        tenant: view.tenant.to_string(),
        customer: view.customer.clone(),
        version: it.version,
        state: state(it.state),
        title: text(&it.title).unwrap_or_default(),
        severity: it.severity.clone(),
        filed: filed(it, &view.texts),
        impact: it.impact(),
        awaits_second_person: it.awaiting_second().is_some(),
        alert_at: it.alert_at().to_string(),
        assignee: it.taken.as_ref().map(|taken| person(&taken.what)),
        criteria: view.criteria.as_ref().map(|(version, _)| *version),
        questions: questions
            .map(|q| Question { id: q.id.clone(), ja: q.ja.clone(), en: q.en.clone(), impact_if_no: q.impact_if_no })
            .collect(),
        clocks: view.ledgers.iter().map(|ledger| clock(it, ledger, view.now)).collect(),
        duties: view
            .duties
            .iter()
            .map(|duty| Duty {
                kind: duty.kind.code().to_owned(),
                label: label(duty.kind.label()),
                due: duty.due.to_string(),
            })
            .collect(),
        alerts: view.alerts.into_iter().map(crate::alerts::alert).collect(),
        raw: view.raw,
        timeline: view.facts.iter().map(|fact| told(fact, &view.texts, &view.people)).collect(),
        messages: view
            .messages
            .into_iter()
            .map(|row| Message {
                id: row.id.to_string(),
                channel: row.channel,
                recipient: row.recipient,
                state: row.state,
                attempts: row.attempts,
                reason: row.reason,
                queued: row.created.to_string(),
                ended: row.ended.map(|at| at.to_string()),
            })
            .collect(),
        drafts: Drafts {
            occurrence: view.drafts.occurrence,
            occurrence_no_impact: view.drafts.occurrence_no_impact,
            call: view.drafts.call,
            interim: view.drafts.interim,
            recovery: view.drafts.recovery,
        },
        runbooks: super::runbooks::offered(&view.runbooks),
        merged_into: it.merged_into().map(ToString::to_string),
        children: it.merged_children().map(|child| child.key.to_string()).collect(),
        together: view.together.iter().map(|row| row.key.to_string()).collect(),
        afterwards,
        earlier: view.earlier.iter().map(|row| row.key.to_string()).collect(),
        as_of: view.now.to_string(),
    }
}

/// What the customer told us of a fault; none where a tool did.
pub(crate) fn filed(it: &Fold, texts: &HashMap<BlobId, String>) -> Option<Filed> {
    let text = |id: &BlobId| texts.get(id).cloned();
    let phone = it.phone.as_ref();
    let said = |said: Option<&BlobId>| said.and_then(text);
    let (by, priority, host, business_impact, details) = match &it.origin {
        Origin::Customer { priority, host, business_impact, details, .. } => {
            ("customer", Some(*priority), text(host), text(business_impact), text(details))
        }
        Origin::Telephone { .. } => {
            let phone = phone?;
            let (host, content) = (said(phone.host.as_ref()), said(phone.content.as_ref()));
            ("telephone", None, host, said(phone.business_impact.as_ref()), content)
        }
        Origin::Alert { .. } | Origin::Heartbeat { .. } | Origin::Window { .. } => return None,
    };
    let priority = priority.map(|priority| match priority {
        fault::Priority::High => Priority::High,
        fault::Priority::Middle => Priority::Middle,
        fault::Priority::Low => Priority::Low,
    });
    Some(Filed {
        by: by.to_owned(),
        priority,
        detected_at: it.detected_at().map(|at| at.to_string()),
        detection_lag_ms: it.detection_lag_ms(),
        host,
        business_impact,
        details,
        caller: phone.and_then(|phone| said(phone.caller.as_ref())),
        caller_matched: phone.and_then(|phone| phone.caller.as_ref().map(|_| phone.contact.is_some())),
        owed: phone.map(|phone| phone.owed().iter().map(|item| item.code().to_owned()).collect()).unwrap_or_default(),
    })
}

/// A clock with its ledger, as of an instant.
pub(crate) fn clock(incident: &Fold, ledger: &Ledger, now: Instant) -> Clock {
    let clock = &ledger.clock;
    let targets = [Target::Slo, Target::Sla].into_iter().filter_map(|target| {
        let written = incident.verdicts.iter().find(|v| v.what.clock == clock.number && v.what.target == target);
        let verdict = match written {
            Some(written) => code(&written.what.outcome),
            None => code(&clock.verdict(target, now)?),
        };
        Some(TargetClock {
            target: code(&target),
            due: clock.due(target)?.to_string(),
            verdict,
            is_final: written.is_some(),
        })
    });
    Clock {
        number: clock.number,
        impact: clock.impact,
        from: clock.from.to_string(),
        basis: label(ledger.basis),
        targets: targets.collect(),
        ended: clock.end.as_ref().map(|end| end.at.to_string()),
        ledger: ledger
            .stretches
            .iter()
            .map(|stretch| Stretch {
                from: stretch.from.to_string(),
                to: stretch.to.map(|to| to.to_string()),
                rule: label(stretch.rule),
                fact: stretch.fact,
            })
            .collect(),
        stop: ledger.stop.map(|(rule, fact)| Stop { rule: label(rule), fact }),
    }
}

fn told(fact: &Fact, texts: &HashMap<BlobId, String>, people: &HashMap<PersonId, String>) -> TimelineFact {
    let mut said = serde_json::to_value(&fact.body).unwrap_or_default();
    let body = said.get_mut("body").map(serde_json::Value::take).unwrap_or_default();
    let words = |value: &serde_json::Value| texts.get(&BlobId::new(value.as_str()?)).cloned();
    let found: BTreeMap<String, String> = body
        .as_object()
        .into_iter()
        .flatten()
        .filter_map(|(name, value)| Some((name.clone(), words(value)?)))
        .collect();
    TimelineFact {
        seq: fact.seq,
        instant: fact.instant.to_string(),
        kind: said.get("kind").and_then(|kind| kind.as_str()).unwrap_or_default().to_owned(),
        texts: found,
        body,
        actor: serde_json::to_value(&fact.actor).unwrap_or_default(),
        by: fact.actor.person_id().and_then(|id| people.get(id)).cloned(),
        role: fact.role.map(|role| role.code().to_owned()),
        reason: fact.reason.as_ref().and_then(|id| texts.get(id)).cloned(),
    }
}

pub(crate) fn label(label: domain::words::Label) -> Label {
    Label { ja: label.ja.to_owned(), en: label.en.to_owned() }
}

/// The code of a plain enum, as serde writes it.
pub(crate) fn code(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|code| code.as_str().map(str::to_owned)).unwrap_or_default()
}
