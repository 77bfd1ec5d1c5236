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
    check(State::Detected, &[Take, FalseAlarm, Note]);
    check(State::Triaging, &[Take, Check, JudgeYes, JudgeNo, Call, Step, FalseAlarm, Note]);
    check(State::Judged, &[Take, Check, RejudgeYes, RejudgeHeld, Notify, Call, Step, FalseAlarm, Note]);
    check(State::Notified, &[Take, Check, RejudgeNo, Call, Report, Step, Recover, Note, Message]);
    check(State::Confirming, &[Take, Check, RejudgeNo, Call, Report, Step, Withdraw, NotifyRecovery, Note, Message]);
    check(State::RecoveryNotified, &[Take, Check, RejudgeNo, Call, Step, Recur, Close, Note, Message]);
    check(State::Closed, &[Note, Message]);
    check(State::FalseAlarm, &[Uphold, Deny, Note]);
    check(State::Merged, &[Note]);
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

/// it stands when the head of desk confirms within one business day. Monday the 23rd is a holiday.
#[test]
fn a_false_alarm_without_a_word_within_one_business_day_falls_back() {
    let due = crate::time::Instant::parse("2026-11-24T19:00:00+09:00").unwrap();
    for (ms, upheld) in [(-1, true), (0, true), (1, false)] {
        let mut story = Story::in_state(State::Triaging);
        story.at(10).act(Verb::FalseAlarm);
        story.now = due.plus_ms(ms);
        let word = story.attempt(Verb::Uphold, &person("suzuki")).map(|_| ()).map_err(|refusal| refusal.kind);
        assert_eq!(word, if upheld { Ok(()) } else { Err(RefusalKind::NotNow) }, "{ms}");
        assert!(story.attempt(Verb::Deny, &person("suzuki")).is_ok(), "{ms}");
        let fired = story.fire();
        assert_eq!(fired.first().map(String::as_str), (!upheld).then_some("false_alarm_unreviewed"), "{ms}");
        if !upheld {
            assert_eq!((story.incident.state, story.incident.passed.len()), (State::Triaging, 2), "{fired:?}");
            story.act(Verb::JudgeYes).act(Verb::Recover).act(Verb::NotifyRecovery).act(Verb::Close);
            let missed = story.incident.verdicts.iter().all(|v| v.what.outcome == crate::fact::Outcome::Missed);
            assert!(missed, "the due had passed: the miss stands");
        }
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
        let judging = Judging { criteria: &criteria, version: 1, read: 1, answers, notice, reason };
        story.incident.judge(&by, judging).map(|facts| facts.len()).map_err(|refusal| refusal.field())
    };
    let notice = || {
        Some(Notice {
            text: text(),
            plan: None,
            voice: crate::fact::Voice::NoneValid,
            rounds: crate::contact::Rounds::default(),
        })
    };
    assert_eq!(field(None, notice()), Err(Some("reason")));
    assert_eq!(field(Some(text()), None), Err(Some("text")));
    assert_eq!(field(Some(text()), notice()), Ok(2), "the judgement and the notice are one act");
}

/// R-4.2.2-1: the answers hold for the version that was read, whatever is in force by then.
#[test]
fn answers_to_other_criteria_judge_nothing() {
    let story = Story::in_state(State::Triaging);
    let criteria = crate::criteria::Criteria::default();
    let by = By { actor: person("yamada"), role: Some(Role::Mo), now: at(1) };
    for (read, version, refused) in [
        (3, 3, None),
        (3, 4, Some(RefusalKind::NotNow)),
        (4, 3, Some(RefusalKind::NotNow)),
        (0, 4, Some(RefusalKind::Invalid { field: "criteria" })),
    ] {
        let answers = vec![crate::fact::Answer { question: "down".into(), yes: true }];
        let notice = Some(crate::incident::verbs::Notice {
            text: text(),
            plan: None,
            voice: crate::fact::Voice::NoneValid,
            rounds: crate::contact::Rounds::default(),
        });
        let judging =
            crate::incident::verbs::Judging { criteria: &criteria, version, read, answers, notice, reason: None };
        let judged = story.incident.judge(&by, judging).map_err(|refusal| refusal.kind);
        assert_eq!(judged.err(), refused, "read {read}, in force {version}");
    }
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
    let mut alarm = Story::in_state(State::FalseAlarm);
    assert_eq!(alarm.incident.joins_until(), Joins::Yes, "one open incident a dedup key, under review too");
    assert_eq!(alarm.at(5).act(Verb::Uphold).incident.joins_until(), Joins::No);
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
