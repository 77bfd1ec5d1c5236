//! What is owed next, nearest first.

use super::story::{Story, Verb, at};
use crate::fact::{AttemptOutcome, Body, CallResult};
use crate::ids::{BlobId, ContactId, MessageId};
use crate::incident::CallEnd;
use crate::incident::State;
use crate::incident::duty::DutyKind;
use crate::incident::verbs::Dial;
use crate::time::Instant;

/// The duties as "code minute".
#[track_caller]
fn check(story: &Story, expected: &[&str]) {
    let duties = story.incident.duties(story.now, &story.calendar);
    let told: Vec<_> =
        duties.iter().map(|duty| format!("{} {}", duty.kind.code(), duty.due.since_ms(at(0)) / 60_000)).collect();
    assert_eq!(told, expected, "{:?} at {}", story.incident.state, story.now);
}

/// 19:00 on a day, in minutes after the alert.
fn closing(day: &str) -> i64 {
    Instant::parse(&format!("{day}T19:00:00+09:00")).unwrap().since_ms(at(0)) / 60_000
}

#[test]
fn the_duties_of_a_night_with_impact() {
    let mut story = Story::new();
    check(&story, &["judge 15"]);
    check(story.at(1).act(Verb::Take), &["judge 15"]);
    check(story.at(16), &["judge 30"]);
    check(story.at(31), &["judge 30"]);
    let mut story = Story::in_state(State::Triaging);
    check(story.at(5).act(Verb::JudgeYes), &["first_call 15", "interim 65"]);
    check(story.at(6).act(Verb::Call), &["interim 65"]);
    check(story.at(40).act(Verb::Recover), &["confirm_recovery 70"]);
    let [close, last] = ["close", "write_final"].map(|code| format!("{code} {}", closing("2026-11-30")));
    check(story.at(50).act(Verb::NotifyRecovery), &["write_preliminary 110", &close, &last]);
    check(story.act(Verb::Close), &["write_preliminary 110", &last]);
}

#[test]
fn without_impact_the_fault_itself_stays_a_duty() {
    let mut story = Story::in_state(State::Judged);
    check(&story, &["notify 60"]);
    check(story.at(10).act(Verb::Notify), &["recover 490"]);
    check(story.at(60).act(Verb::Step), &["recover 540"]);
}

/// the customer waits for the report they were promised; only after it the fault is all that is owed.
#[test]
fn impact_judged_away_owes_one_more_report() {
    let mut story = Story::in_state(State::Notified);
    story.act(Verb::Call).at(10).act(Verb::RejudgeNo).at(11).act(Verb::Confirm);
    check(&story, &["interim 60"]);
    check(story.at(50).act(Verb::Report), &["recover 530"]);
}

#[test]
fn a_second_person_is_a_duty_of_its_own() {
    let mut story = Story::in_state(State::Triaging);
    check(story.at(20).act(Verb::JudgeNo), &["notify 30", "second_judgement 30"]);
    check(story.act(Verb::Notify), &["second_judgement 30", "recover 500"]);
    check(story.act(Verb::Confirm), &["recover 500"]);
}

#[test]
fn a_mail_that_did_not_arrive_is_owed_a_call() {
    let mut story = Story::in_state(State::Notified);
    story.act(Verb::Call).queue_mail("m").at(5).fire();
    check(&story, &["call_undelivered 5", "interim 60"]);
    let mut delivered = story.clone();
    delivered.hear(Body::MessageAttempted {
        message: MessageId::new("m"),
        attempt: 2,
        outcome: AttemptOutcome::Delivered,
        detail: BlobId::new("sha256:detail"),
    });
    check(&delivered, &["interim 60"]);
    check(story.at(7).act(Verb::Call), &["interim 60"]);
}

#[test]
fn a_call_to_whom_the_mail_was_for_makes_up_for_it_or_one_that_was_answered() {
    let mut story = Story::in_state(State::Notified);
    story.act(Verb::Call).queue_mail("m").at(5).fire();
    let mut other = story.call_begun(at(6));
    other.contact = ContactId::new("office");
    other.end = Some(CallEnd { result: CallResult::Busy, note: None });
    story.at(6).call(other.clone(), None).unwrap();
    check(&story, &["call_undelivered 5", "interim 60"]);
    check(story.clone().at(7).act(Verb::Call), &["interim 60"]);
    let answered = Dial { begun: Some(at(7)), ..story.call_begun(at(7)) };
    let mut told = story.clone();
    told.at(7).call(answered, None).unwrap();
    check(&told, &["interim 60"]);
    // A webhook is for nobody by name.
    story.hear(Body::MessageQueued {
        message: MessageId::new("hook"),
        notice: crate::fact::NoticeKind::Occurrence,
        channel: "webhook".into(),
        contact: None,
    });
    story.at(7).act(Verb::Call).at(11).fire();
    check(&story, &["call_undelivered 11", "interim 60"]);
    other.begun = Some(at(12));
    story.at(12).call(other, None).unwrap();
    check(&story, &["interim 60"]);
}

#[test]
fn what_tells_of_the_end_and_does_not_arrive_is_owed_a_call_too() {
    let mut story = Story::in_state(State::RecoveryNotified);
    story.act(Verb::Call).queue_mail("recovery").act(Verb::Close).queue_mail("closure");
    let call = story.call_begun(at(4));
    assert!(story.at(4).call(call, None).is_err(), "nobody has to be called yet");
    assert_eq!(story.at(5).fire(), ["undelivered:closure", "undelivered:recovery"]);
    let reports = ["write_preliminary 60".to_owned(), format!("write_final {}", closing("2026-11-30"))];
    let [preliminary, last] = reports.each_ref().map(String::as_str);
    check(&story, &["call_undelivered 5", "call_undelivered 5", preliminary, last]);
    check(story.at(8).act(Verb::Call), &[preliminary, last]);
}

#[test]
fn a_call_after_the_end_ends_no_clock() {
    let mut story = Story::in_state(State::RecoveryNotified);
    story.queue_mail("m").act(Verb::Close).at(5).fire();
    story.at(8).act(Verb::Call);
    assert!(story.incident.clocks()[0].end.is_none());
}

#[test]
fn an_alert_after_the_recovery_notice_is_owed_a_look() {
    let mut story = Story::in_state(State::RecoveryNotified);
    let [close, last] = ["close", "write_final"].map(|code| format!("{code} {}", closing("2026-11-30")));
    story.act(Verb::Call).at(6).hear(Body::AlertJoined { event: 2, alert_key: "web01".into() });
    check(&story, &["rejoined 11", "write_preliminary 60", &close, &last]);
    let mut checked = story.clone();
    check(checked.act(Verb::Check), &["write_preliminary 60", &close, &last]);
    check(story.act(Verb::Recur), &["interim 60"]);
}

#[test]
fn a_false_alarm_owes_the_head_of_desk_s_word_within_one_business_day() {
    let mut story = Story::in_state(State::FalseAlarm);
    let review = format!("review_false_alarm {}", closing("2026-11-24"));
    check(&story, &[&review]);
    check(story.at(5).act(Verb::Uphold), &[]);
}

#[test]
fn every_duty_has_a_label_by_its_code() {
    for code in ["judge", "notify", "first_call", "interim", "recover", "call_undelivered", "close"] {
        assert!(DutyKind::label_of(code).is_some(), "{code}");
    }
    assert_eq!(DutyKind::label_of("nothing"), None);
}
