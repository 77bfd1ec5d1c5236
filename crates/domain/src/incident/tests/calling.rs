//! Whom to call next, when, and what ends it (R-4.2.2-5, -6; ).

use super::story::{Story, Verb, at, person, text};
use crate::contact::Rounds;
use crate::fact::{Body, CallResult};
use crate::ids::{ContactId, MessageId};
use crate::incident::verbs::{Dial, Turn};
use crate::incident::{CallBack, CallEnd, Calling, Consent, Reached, State};

/// Told of at 03:17, five minutes after the alert.
fn told() -> Story {
    let mut story = Story::in_state(State::Triaging);
    story.at(5).act(Verb::JudgeYes);
    story
}

/// A call that begins now and ends so, or goes on.
fn dial(story: &Story, contact: &str, is_last: bool, result: Option<CallResult>) -> Dial {
    Dial {
        contact: ContactId::new(contact),
        begun: None,
        turn: Turn { before: None, is_last },
        end: result.map(|result| CallEnd { result, note: None }),
        ..story.call_begun(story.now)
    }
}

/// Calls everybody of a plan of two; nobody answers.
fn round(story: &mut Story, minute: i64) {
    story.at(minute);
    story.call(dial(story, "owner", false, Some(CallResult::Busy)), None).unwrap();
    story.at(minute + 1);
    story.call(dial(story, "deputy", true, Some(CallResult::None)), None).unwrap();
}

#[track_caller]
fn check(story: &Story, expected: Calling) {
    assert_eq!(story.incident.calling(), expected, "at {}", story.now);
}

/// R-4.2.2-6, Q-06: on down the list, a new round every ten minutes, later with each report.
#[test]
fn ranks_follow_each_other_and_rounds_come_each_ten_minutes_for_an_hour() {
    let mut story = told();
    check(&story, Calling::NextRank { due: at(5) });
    story.at(6);
    story.call(dial(&story, "owner", false, Some(CallResult::Voicemail)), None).unwrap();
    check(&story, Calling::NextRank { due: at(7) });
    assert_eq!(story.incident.round_now(), (1, vec![&ContactId::new("owner")]));
    story.at(8);
    story.call(dial(&story, "deputy", true, Some(CallResult::AnsweredOther)), None).unwrap();
    check(&story, Calling::NewRound { due: at(16) });
    assert_eq!(story.incident.round_now(), (2, vec![]));
    for (minute, due) in [(16, 26), (26, 36), (36, 46), (46, 56)] {
        round(&mut story, minute);
        check(&story, Calling::NewRound { due: at(due) });
    }
    round(&mut story, 56);
    // Later a round comes with each report: slots are counted from the notice.
    check(&story, Calling::NewRound { due: at(65) });
    round(&mut story, 66);
    check(&story, Calling::NewRound { due: at(125) });
}

#[test]
fn a_plan_may_ask_for_other_rounds() {
    let mut story = told();
    let rounds = Rounds { every_minutes: 20, for_minutes: 20, ..Rounds::default() };
    story.incident.publications[0].what.rounds = rounds;
    round(&mut story, 6);
    check(&story, Calling::NewRound { due: at(65) });
    let mut story = told();
    story.incident.publications[0].what.rounds = Rounds { for_minutes: 30, ..rounds };
    round(&mut story, 6);
    check(&story, Calling::NewRound { due: at(26) });
}

#[test]
fn what_ends_the_rounds() {
    let mail = |story: &mut Story| {
        story.queue_mail("m");
        let known = story.incident.acknowledge(&story.by(), &MessageId::new("m"));
        assert_eq!(known.len(), 1);
        story.add(known);
        assert_eq!(story.incident.acknowledge(&story.by(), &MessageId::new("m")), vec![], "a second time says nothing");
    };
    let read = |story: &mut Story| story.add(story.incident.read(&story.by()));
    let back = |story: &mut Story| {
        let back = CallBack { contact: None, number: text(), name: text(), understood: true, note: None };
        story.add(story.incident.call_back(&story.by(), back).unwrap());
    };
    let answer = |story: &mut Story| story.call(dial(story, "owner", true, Some(CallResult::Answered)), None).unwrap();
    let recover = |story: &mut Story| {
        story.act(Verb::Recover);
    };
    type Act<'a> = &'a dyn Fn(&mut Story);
    let cases: [(Act<'_>, Reached); 5] = [
        (&mail, Reached::Acknowledged),
        (&read, Reached::Read),
        (&back, Reached::CalledBack),
        (&answer, Reached::Answered),
        (&recover, Reached::Recovered),
    ];
    for (act, reached) in cases {
        let mut story = told();
        round(&mut story, 6);
        act(story.at(9));
        check(&story, Calling::Stopped(reached));
        story.at(15).fire();
        assert!(
            story.incident.duties(story.now, &story.calendar).iter().all(|d| d.kind.code() != "call_round"),
            "{reached:?}"
        );
    }
    // Where the plan says so, neither the link nor the opened ticket ends them.
    for act in [&mail as Act<'_>, &read] {
        let mut story = told();
        story.incident.publications[0].what.rounds =
            Rounds { stop_when_acknowledged: false, stop_when_read: false, ..Rounds::default() };
        round(&mut story, 6);
        act(story.at(9));
        check(&story, Calling::NewRound { due: at(16) });
    }
}

#[test]
fn only_who_is_told_and_understands_ends_them_by_calling_back() {
    let mut story = told();
    round(&mut story, 6);
    let back = CallBack { contact: None, number: text(), name: text(), understood: false, note: None };
    story.add(story.incident.call_back(&story.by(), back).unwrap());
    check(&story, Calling::NewRound { due: at(16) });
}

#[test]
fn a_call_that_begins_ends_the_clock_and_without_a_result_it_did_not() {
    let mut story = told();
    story.at(6);
    story.call(dial(&story, "owner", true, None), None).unwrap();
    check(&story, Calling::UnderWay { call: 1, due: at(8) });
    assert_eq!(story.incident.clocks()[0].end.as_ref().map(|end| end.at), Some(at(6)));
    let second = story.incident.dial(&story.by(), dial(&story, "deputy", true, None), None);
    assert!(second.is_err(), "the result comes first");
    assert_eq!(story.at(8).fire(), Vec::<String>::new(), "two minutes are within");
    story.now = story.now.plus_ms(1);
    assert_eq!(story.fire(), ["call_unresolved:1"]);
    check(&story, Calling::NextRank { due: at(5) });
    assert_eq!(story.incident.clocks()[0].end, None, "a void call ended nothing");
    assert!(story.incident.end_call(&story.by(), 1, CallEnd { result: CallResult::Answered, note: None }).is_err());
    // The first contact is called again, and that call counts.
    story.at(10);
    story.call(dial(&story, "owner", true, Some(CallResult::Answered)), None).unwrap();
    assert_eq!(story.incident.clocks()[0].end.as_ref().map(|end| end.at), Some(at(10)));
}

#[test]
fn a_target_that_passed_under_a_void_call_is_told_of() {
    let mut story = told();
    story.at(14);
    story.call(dial(&story, "owner", true, None), None).unwrap();
    assert_eq!(story.at(17).fire(), ["call_unresolved:1", "slo:0"]);
}

#[test]
fn a_talk_may_take_its_time() {
    let mut story = told();
    story.at(6);
    story.call(dial(&story, "owner", true, None), None).unwrap();
    story.at(7);
    story.add(story.incident.connect_call(&story.by(), 1).unwrap());
    check(&story, Calling::UnderWay { call: 1, due: at(37) });
    assert!(story.incident.connect_call(&story.by(), 1).is_err(), "picked up once");
    assert_eq!(story.at(20).fire(), Vec::<String>::new());
    story.add(story.incident.end_call(&story.by(), 1, CallEnd { result: CallResult::Answered, note: None }).unwrap());
    check(&story, Calling::Stopped(Reached::Answered));
}

/// R-4.2.2-5: rank 2 cannot be logged before an attempt on rank 1, unless with a reason; afterwards anybody may be called.
#[test]
fn the_order_binds_until_somebody_was_reached() {
    let mut story = told();
    let out_of_turn = Dial { turn: Turn { before: Some(1), is_last: false }, ..dial(&story, "deputy", false, None) };
    let refused = story.incident.dial(&story.by(), out_of_turn.clone(), None).map_err(|refusal| refusal.field());
    assert_eq!(refused, Err(Some("reason")));
    story.incident.dial(&story.by(), out_of_turn.clone(), Some(text())).unwrap();
    story.at(6).act(Verb::Call);
    story.incident.dial(&story.by(), out_of_turn, None).unwrap();
}

#[test]
fn nobody_is_called_without_impact_or_telephone() {
    let mut story = Story::in_state(State::Judged);
    story.at(10).act(Verb::Notify);
    check(&story, Calling::NotOwed);
    for voice in [crate::fact::Voice::NoneValid, crate::fact::Voice::Waived] {
        let mut story = Story::in_state(State::Triaging);
        story.voice = voice;
        story.at(5).act(Verb::JudgeYes);
        check(&story, Calling::NotOwed);
    }
}

#[test]
fn a_rejudgement_to_impact_is_told_anew() {
    let mut story = told();
    story.at(6).act(Verb::Call).at(20).act(Verb::RejudgeNo).at(21).act(Verb::Confirm);
    check(&story, Calling::NotOwed);
    story.at(40).act(Verb::RejudgeYes);
    check(&story, Calling::NextRank { due: at(40) });
}

#[test]
fn a_consent_is_disputed_once_and_with_words() {
    let mut story = told();
    let consent = Consent { who: text(), number: text(), words: text(), what: text(), disputed: None };
    story.add(story.incident.consent(&story.by(), consent).unwrap());
    let customer = crate::incident::verbs::By { actor: person("customer"), ..story.by() };
    assert!(story.incident.dispute_consent(&customer, 2, Some(text())).is_err());
    assert_eq!(story.incident.dispute_consent(&customer, 1, None).map_err(|r| r.field()), Err(Some("reason")));
    let disputed = story.incident.dispute_consent(&customer, 1, Some(text())).unwrap();
    assert!(matches!(disputed[0].body, Body::ConsentDisputed { consent: 1, .. }));
    story.add(disputed);
    assert!(story.incident.dispute_consent(&customer, 1, Some(text())).is_err());
}
