//! What may be done in which state. What is not listed is refused.

use super::story::{Story, Verb, at, person, text};
use crate::access::{Actor, Role};
use crate::ids::{KeyId, PersonId};
use crate::incident::verbs::By;
use crate::incident::{Joins, State};
use crate::refusal::RefusalKind;

fn check(state: State, expected: &[Verb]) {
    let story = Story::in_state(state);
    let allowed: Vec<Verb> =
        Verb::ALL.into_iter().filter(|verb| story.attempt(*verb, &person("suzuki")).is_ok()).collect();
    assert_eq!(allowed, expected, "{state:?}");
}

#[test]
fn each_state_allows_what_the_machine_lists_and_nothing_else() {
    use Verb::*;
    check(State::Detected, &[Take, FalseAlarm, Note, Message]);
    check(State::Triaging, &[Take, Check, JudgeYes, JudgeNo, Call, Step, FalseAlarm, Note, Message]);
    check(State::Judged, &[Take, Check, RejudgeYes, RejudgeHeld, Notify, Call, Step, FalseAlarm, Note, Message]);
    check(State::Notified, &[Take, Check, RejudgeNo, Call, Report, Step, Recover, Note, Message]);
    check(State::Confirming, &[Take, Check, RejudgeNo, Call, Report, Step, Withdraw, NotifyRecovery, Note, Message]);
    check(State::RecoveryNotified, &[Take, Check, RejudgeNo, Call, Step, Recur, Close, Note, Message]);
    check(State::Closed, &[Note, Message]);
    check(State::FalseAlarm, &[Uphold, Deny, Note, Message]);
}

#[test]
fn each_verb_leads_where_the_machine_says() {
    use Verb::*;
    for (from, verb, to) in [
        (State::Detected, Take, State::Triaging),
        (State::Triaging, JudgeYes, State::Notified),
        (State::Triaging, JudgeNo, State::Judged),
        (State::Judged, Notify, State::Notified),
        (State::Judged, RejudgeYes, State::Notified),
        (State::Notified, Take, State::Notified),
        (State::Notified, RejudgeNo, State::Notified),
        (State::Notified, Recover, State::Confirming),
        (State::Confirming, Withdraw, State::Notified),
        (State::Confirming, NotifyRecovery, State::RecoveryNotified),
        (State::RecoveryNotified, Recur, State::Notified),
        (State::RecoveryNotified, Close, State::Closed),
        (State::Triaging, FalseAlarm, State::FalseAlarm),
        (State::FalseAlarm, Uphold, State::FalseAlarm),
    ] {
        assert_eq!(Story::in_state(from).act(verb).incident.state, to, "{from:?} {verb:?}");
    }
}

#[test]
fn every_state_is_reached_and_has_a_code_of_its_own() {
    for state in State::ALL {
        Story::in_state(state);
        assert_eq!(State::from_code(state.code()), Some(state));
    }
}

#[test]
fn a_denied_false_alarm_goes_on_where_it_stood() {
    for before in [State::Detected, State::Triaging, State::Judged] {
        let mut story = Story::in_state(before);
        story.at(3).act(Verb::FalseAlarm).at(4).act(Verb::Deny);
        assert_eq!(story.incident.state, before);
        assert_eq!(story.incident.joins_until(), Joins::Yes);
        assert_eq!(story.incident.verdicts, vec![], "nothing is judged before the end");
        let again = story.attempt(Verb::FalseAlarm, &person("yamada")).map_err(|refusal| refusal.kind);
        assert_eq!(again, Err(RefusalKind::NotNow), "{before:?}");
    }
}

#[test]
fn a_false_alarm_is_declared_before_the_due_only() {
    for (before, last_minute) in [(State::Detected, 15), (State::Triaging, 15), (State::Judged, 60)] {
        let mut story = Story::in_state(before);
        assert!(story.at(last_minute).attempt(Verb::FalseAlarm, &person("yamada")).is_ok(), "{before:?}");
        story.now = at(last_minute).plus_ms(1);
        let late = story.attempt(Verb::FalseAlarm, &person("yamada")).map_err(|refusal| refusal.kind);
        assert_eq!(late, Err(RefusalKind::NotNow), "{before:?}");
    }
}

#[test]
fn who_did_the_first_part_cannot_do_the_second() {
    let mut late = Story::in_state(State::Triaging);
    late.at(16).act(Verb::JudgeNo);
    let mut alarm = Story::in_state(State::FalseAlarm);
    alarm.at(1);
    let lent = Actor::Person { id: PersonId::new("yamada"), for_person: Some(PersonId::new("head")) };
    let program = Actor::Key { id: KeyId::new("k") };
    for (story, verb) in [(&late, Verb::Confirm), (&alarm, Verb::Uphold), (&alarm, Verb::Deny)] {
        for same in [&person("yamada"), &lent, &program, &Actor::System] {
            let refused = story.attempt(verb, same).map_err(|refusal| refusal.kind);
            assert_eq!(refused, Err(RefusalKind::NotNow), "{verb:?} {same:?}");
        }
        assert!(story.attempt(verb, &person("suzuki")).is_ok(), "{verb:?}");
    }
}

#[test]
fn a_judgement_that_nobody_confirms_can_be_judged_anew_but_not_closed_over() {
    let mut story = Story::in_state(State::Triaging);
    story.at(20).act(Verb::JudgeNo).act(Verb::Notify);
    assert!(story.attempt(Verb::RejudgeNo, &person("suzuki")).is_err());
    let mut yes = story.clone();
    yes.at(22).act(Verb::RejudgeYes);
    assert_eq!((yes.incident.impact(), yes.incident.awaiting_second()), (Some(true), None));
    story.at(40).act(Verb::Recover).act(Verb::NotifyRecovery);
    assert!(story.attempt(Verb::Close, &person("yamada")).is_err());
    story.act(Verb::Confirm).act(Verb::Close);
    assert_eq!(story.incident.state, State::Closed);
}

#[test]
fn judging_needs_a_check_or_a_reason_and_impact_needs_a_notice() {
    use crate::criteria::Criteria;
    use crate::fact::Answer;
    use crate::incident::verbs::{Judging, Notice};
    let mut story = Story::new();
    story.act(Verb::Take);
    let criteria = Criteria::default();
    let by = By { actor: person("yamada"), role: Some(Role::Mo), now: at(1) };
    let field = |reason, notice| {
        let answers = vec![Answer { question: "down".into(), yes: true }];
        let judging = Judging { criteria: &criteria, version: 1, answers, notice, reason };
        story.incident.judge(&by, judging).map(|facts| facts.len()).map_err(|refusal| refusal.field())
    };
    let notice = || Some(Notice { text: text(), plan: None, voice: crate::fact::Voice::NoneValid });
    assert_eq!(field(None, notice()), Err(Some("reason")));
    assert_eq!(field(Some(text()), None), Err(Some("text")));
    assert_eq!(field(Some(text()), notice()), Ok(2), "the judgement and the notice are one act");
}

#[test]
fn stated_times_lie_between_the_alert_and_now() {
    let mut story = Story::in_state(State::Notified);
    story.at(25 * 60);
    let by = By { actor: person("yamada"), role: Some(Role::Mo), now: story.now };
    for (minutes, field) in [(25 * 60 + 1, "begun"), (-1, "begun"), (25, "begun"), (25 * 60 - 3, "reason")] {
        let refused = story.clone().call(story.call_begun(at(minutes)), None).map_err(|refusal| refusal.field());
        assert_eq!(refused, Err(Some(field)), "{minutes}");
    }
    story.call(story.call_begun(at(25 * 60 - 3)), Some(text())).unwrap();
    assert!(story.incident.calls[0].what.stated);
    for minutes in [25 * 60 + 1, -1, 59] {
        let refused = story.incident.recover(&by, at(minutes), None).map_err(|refusal| refusal.field());
        assert_eq!(refused, Err(Some("recovered_at")), "{minutes}");
    }
    let later = story.incident.recover(&by, at(100), Some(at(101))).map_err(|refusal| refusal.field());
    assert_eq!(later, Err(Some("recovery_point")));
    assert!(story.incident.recover(&by, at(100), Some(at(100))).is_ok());
}

#[test]
fn alerts_join_until_ten_minutes_after_the_recovery_notice() {
    let mut story = Story::in_state(State::Notified);
    assert_eq!(story.incident.joins_until(), Joins::Yes);
    story.at(40).act(Verb::Recover).at(41).act(Verb::NotifyRecovery);
    assert_eq!(story.incident.joins_until(), Joins::Until(at(51)));
    assert_eq!(story.at(45).act(Verb::Recur).incident.joins_until(), Joins::Yes);
    assert_eq!(Story::in_state(State::Closed).incident.joins_until(), Joins::No);
    assert_eq!(Story::in_state(State::FalseAlarm).incident.joins_until(), Joins::No);
}

#[test]
fn only_what_a_person_must_have_seen_moves_the_version() {
    use crate::fact::Body;
    let mut story = Story::in_state(State::Notified);
    let version = story.incident.version;
    story.queue_mail("m").act(Verb::Note).act(Verb::Message);
    story.hear(Body::AlertJoined { event: 2, alert_key: "web01".into() });
    story.at(300).fire();
    assert_eq!(story.incident.version, version);
    assert!(story.incident.last_seq > version);
    story.act(Verb::Step);
    assert_eq!(story.incident.version, story.incident.last_seq);
}
