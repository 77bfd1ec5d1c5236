//! Steps of runbooks: what unlocks them, and the runbook that was missing (R-4.2.2-9 to -15, Q-24).

use super::story::{Story, Verb, at, person, text};
use crate::access::Role;
use crate::fact::{Body, ConsentRef, RunbookStep};
use crate::incident::verbs::By;
use crate::incident::{Consent, State, Tick};
use crate::refusal::Refusal;
use crate::runbook::{Effect, StandingConsent, Step, shipped};

/// Ticks a step; the field at fault where it is refused.
fn tick(
    story: &mut Story,
    step: &Step,
    standing: bool,
    point: Option<i64>,
    consent: Option<ConsentRef>,
) -> Result<(), Option<&'static str>> {
    let given = StandingConsent { by: "owner".into(), on: jiff::civil::date(2026, 11, 20) };
    let tick = Tick {
        at: RunbookStep { id: "web".into(), version: 3, step: 2 },
        step,
        text: text(),
        standing: standing.then_some(&given),
        result: text(),
        recovery_point: point.map(at),
        consent,
    };
    let facts = story.incident.tick(&story.by(), tick).map_err(|refusal: Refusal| refusal.field())?;
    story.add(facts);
    Ok(())
}

fn consent(story: &mut Story) {
    let consent = Consent { who: text(), number: text(), words: text(), what: text(), disputed: None };
    story.add(story.incident.consent(&story.by(), consent).unwrap());
}

/// R-4.2.2-13, Q-24: the effect, standing consent or not, which consent is chosen, what becomes of it. Consent 1 is disputed,
/// 2 stands, 3 is not there.
#[test]
fn a_step_that_interrupts_or_loses_data_is_done_by_a_consent_only() {
    let mut story = Story::in_state(State::Triaging);
    consent(&mut story);
    consent(&mut story);
    story.add(story.incident.dispute_consent(&story.by(), 1, Some(text())).unwrap());
    let given = |consent| Some(ConsentRef::Given { consent });
    let standing = Some(ConsentRef::Standing {});
    for (effect, has_standing, by, is_done) in [
        (Effect::None, false, None, true),
        (Effect::None, false, given(3), false),
        (Effect::Interrupts, false, None, false),
        (Effect::Interrupts, true, None, false),
        (Effect::Interrupts, false, standing, false),
        (Effect::Interrupts, true, standing, true),
        (Effect::Interrupts, false, given(0), false),
        (Effect::Interrupts, true, given(1), false),
        (Effect::Interrupts, false, given(2), true),
        (Effect::Interrupts, false, given(3), false),
        (Effect::LosesData, false, None, false),
        (Effect::LosesData, false, given(1), false),
        (Effect::LosesData, false, given(2), true),
        (Effect::LosesData, true, standing, true),
    ] {
        let step = Step { text: "x".into(), effect, ..Step::default() };
        let done = tick(&mut story, &step, has_standing, None, by);
        assert_eq!(done, if is_done { Ok(()) } else { Err(Some("consent")) }, "{effect:?} {has_standing} {by:?}");
    }
    assert_eq!(story.incident.steps.len(), 5);
}

/// R-4.2.2-11, -14, -15: the minute of the step, that of its data, whether it is done, and how old it is called.
#[test]
fn a_restore_needs_its_recovery_point_and_says_when_it_is_old() {
    let pitr = shipped::runbook("aws-rds-pitr").unwrap().step(2).unwrap();
    let restore = shipped::runbook("aws-ec2-restore").unwrap().step(2).unwrap();
    for (step, point, is_done, old) in [
        (pitr, None, false, None),
        (pitr, Some(31), false, None),
        (pitr, Some(25), true, None),
        (pitr, Some(24), true, Some(6)),
        (restore, None, false, None),
        (restore, Some(-600), true, None),
    ] {
        let mut story = Story::in_state(State::Notified);
        consent(&mut story);
        story.at(30);
        let done = tick(&mut story, step, false, point, Some(ConsentRef::Given { consent: 1 }));
        assert_eq!(done, if is_done { Ok(()) } else { Err(Some("recovery_point")) }, "{point:?}");
        assert_eq!(story.incident.steps.last().and_then(|done| done.older_than_promised(step)), old, "{point:?}");
        // The report of the recovery cannot be without it.
        story.at(40).act(Verb::Recover);
        let recovered = story.incident.recovery().unwrap();
        assert_eq!(recovered.what.recovery_point, point.filter(|_| is_done).map(at), "{point:?}");
    }
}

/// Telling and mending run side by side.
#[test]
fn steps_are_done_from_triage_to_the_end() {
    let step = Step { text: "x".into(), ..Step::default() };
    for (state, is_done) in [
        (State::Detected, false),
        (State::Triaging, true),
        (State::Judged, true),
        (State::Notified, true),
        (State::Confirming, true),
        (State::RecoveryNotified, true),
        (State::Closed, false),
        (State::FalseAlarm, false),
    ] {
        let mut story = Story::in_state(state);
        assert_eq!(tick(&mut story, &step, false, None, None).is_ok(), is_done, "{state:?}");
    }
}

/// Taken first on a Sunday without a runbook for its alerts.
fn missing() -> Story {
    let mut story = Story::new();
    let missing = story.incident.miss_runbook(2).unwrap();
    story.act(Verb::Take);
    story.add(vec![missing]);
    assert_eq!(story.incident.miss_runbook(2), None, "it is said once");
    story
}

fn owes(story: &Story) -> Option<String> {
    let duties = story.incident.duties(story.now, &story.calendar);
    let duty = duties.into_iter().find(|duty| duty.kind.code() == "write_runbook")?;
    Some(duty.due.to_string())
}

#[test]
fn a_runbook_that_is_missing_is_owed_beyond_the_end() {
    let mut story = missing();
    // Monday is a holiday: Tuesday to Monday, 19:00 in Tokyo.
    let due = Some("2026-11-30T10:00:00.000Z".to_owned());
    assert_eq!(owes(&story), due);
    for verb in [Verb::Check, Verb::JudgeYes, Verb::Recover, Verb::NotifyRecovery, Verb::Close] {
        story.act(verb);
        assert_eq!(owes(&story), due, "{verb:?}");
    }
    let provided = story.incident.provide_runbook(&story.by(), 3).unwrap();
    story.add(vec![provided]);
    assert_eq!((owes(&story), story.incident.provide_runbook(&story.by(), 4)), (None, None));
}

/// Who says so, with a reason or without, whether it is settled.
#[test]
fn the_support_centre_declines_a_runbook_with_a_reason() {
    for (role, has_reason, is_settled) in
        [(Role::Mo, true, false), (Role::Su, false, false), (Role::Su, true, true), (Role::Dh, true, true)]
    {
        let mut story = missing();
        let by = By { actor: person("su"), role: Some(role), now: story.now };
        let declined = story.incident.decline_runbook(&by, has_reason.then(text));
        assert_eq!(declined.is_ok(), is_settled, "{role:?} {has_reason}");
        story.add(declined.unwrap_or_default());
        assert_eq!(owes(&story).is_none(), is_settled);
        let again = By { role: Some(Role::Dh), ..by };
        assert_eq!(story.incident.decline_runbook(&again, Some(text())).is_err(), is_settled, "once");
    }
}

#[test]
fn a_false_alarm_needs_no_runbook() {
    let mut story = missing();
    story.act(Verb::FalseAlarm);
    assert_eq!(owes(&story), None);
    story.act(Verb::Deny);
    assert!(owes(&story).is_some());
}

#[test]
fn a_step_by_a_consent_that_was_never_given_breaks_the_fold() {
    let story = Story::in_state(State::Triaging);
    let body = Body::RecoveryStepDone {
        step: text(),
        result: text(),
        runbook: None,
        recovery_point: None,
        consent: Some(ConsentRef::Given { consent: 1 }),
    };
    let fact = crate::fact::NewFact::by_system(Some(story.incident.key.clone()), body);
    let fact = fact.at(crate::ids::TenantId::new("acme"), story.incident.last_seq + 1, story.now);
    assert!(story.incident.clone().apply(&fact).is_err());
}
