//! Which timer rows stand at each stage, and what their firing says.

use super::story::{Story, Verb, at};
use crate::fact::{AttemptOutcome, Body, Reminder, Target};
use crate::ids::{BlobId, MessageId};
use crate::incident::State;
use crate::incident::timer::TimerKind;
use crate::time::Instant;

/// The rows as "kind minute", in order of kind; one millisecond past a due is written with a `+`. Who is told of what is not
/// recovered has its own tests.
fn rows(story: &Story) -> Vec<String> {
    let mut rows: Vec<_> = story
        .incident
        .timers(&story.calendar)
        .into_iter()
        .filter(|timer| !matches!(timer.kind, TimerKind::Unrecovered(_)))
        .map(|timer| {
            let ms = timer.due.since_ms(at(0));
            format!("{} {}{}", timer.kind.code(), ms / 60_000, if ms % 60_000 == 1 { "+" } else { "" })
        })
        .collect();
    rows.sort();
    rows
}

#[test]
fn the_rows_of_each_stage() {
    let mut story = Story::new();
    assert_eq!(rows(&story), ["sla:0 30+", "slo:0 15+", "unjudged 5", "unjudged_long 10"]);
    story.at(1).act(Verb::Take).act(Verb::Check);
    assert_eq!(rows(&story), ["sla:0 30+", "slo:0 15+", "unjudged 5", "unjudged_long 10"]);
    let mut without = story.clone();
    without.at(4).act(Verb::JudgeNo);
    assert_eq!(rows(&without), ["slo:0 60+"]);
    without.act(Verb::Notify);
    assert_eq!(rows(&without), Vec::<String>::new());
    story.at(4).act(Verb::JudgeYes);
    assert_eq!(rows(&story), ["interim_slot 64+", "interim_soon 54", "sla:0 30+", "slo:0 15+"]);
    story.at(6).act(Verb::Call);
    assert_eq!(rows(&story), ["interim_slot 64+", "interim_soon 54"]);
    story.at(30).act(Verb::Report);
    assert_eq!(rows(&story), ["interim_slot 124+", "interim_soon 114", "long_silence 80"]);
    story.at(40).act(Verb::Recover);
    assert_eq!(rows(&story), Vec::<String>::new());
    story.at(45).act(Verb::NotifyRecovery);
    // Monday is a holiday: five business days after Sunday the 22nd is Monday the 30th, 19:00.
    let close = Instant::parse("2026-11-30T19:00:00+09:00").unwrap().since_ms(at(0)) / 60_000;
    assert_eq!(rows(&story), [format!("auto_close {close}")]);
    story.act(Verb::Close);
    assert_eq!(rows(&story), Vec::<String>::new());
}

#[test]
fn a_false_alarm_arms_its_review_alone_and_denied_it_arms_all_again() {
    let mut story = Story::in_state(State::Triaging);
    let before = rows(&story);
    story.at(3).act(Verb::FalseAlarm);
    let review = Instant::parse("2026-11-24T19:00:00+09:00").unwrap().since_ms(at(0)) / 60_000;
    assert_eq!(rows(&story), [format!("false_alarm_unreviewed {review}+")]);
    story.at(4).act(Verb::Deny);
    assert_eq!(rows(&story), before);
}

#[test]
fn unjudged_warns_at_five_and_ten_minutes() {
    let mut story = Story::in_state(State::Triaging);
    assert_eq!(story.at(4).fire(), Vec::<String>::new());
    assert_eq!(story.at(5).fire(), ["unjudged"]);
    assert_eq!(story.at(10).fire(), ["unjudged_long"]);
    let told: Vec<_> = story.incident.reminders.iter().map(|given| given.what).collect();
    assert_eq!(told, [(Reminder::Unjudged, at(5)), (Reminder::UnjudgedLong, at(10))]);
}

#[test]
fn a_target_that_passes_is_told_once_with_its_due() {
    let mut story = Story::in_state(State::Triaging);
    story.at(10).fire();
    assert_eq!(story.at(15).fire(), Vec::<String>::new(), "within includes the instant");
    assert_eq!(story.at(16).fire(), ["slo:0"]);
    assert_eq!(story.at(31).fire(), ["sla:0"]);
    let passed: Vec<_> = story.incident.passed.iter().map(|passed| passed.what).collect();
    assert_eq!(passed, [(0, Target::Slo, at(15)), (0, Target::Sla, at(30))]);
    // Judged without impact after all: the hour is another due, and it is watched too.
    story.act(Verb::JudgeNo).act(Verb::Confirm);
    assert_eq!(rows(&story), ["slo:0 60+"]);
    assert_eq!(story.at(61).fire(), ["slo:0"]);
}

#[test]
fn a_target_that_moves_earlier_is_armed_anew() {
    let mut story = Story::in_state(State::Judged);
    let timers = story.incident.timers(&story.calendar).into_iter();
    let hour = timers.into_iter().find(|timer| matches!(timer.kind, TimerKind::Target(..))).unwrap();
    story.at(61).fire();
    story.act(Verb::RejudgeHeld);
    let earlier = story.incident.timers(&story.calendar).into_iter().find(|timer| timer.kind == hour.kind).unwrap();
    assert!(earlier.due < hour.due && earlier.generation > hour.generation);
    let fired = story.fire();
    assert!(fired.contains(&"slo:0".to_owned()) && fired.contains(&"sla:0".to_owned()), "{fired:?}");
}

#[test]
fn reminders_come_ten_minutes_before_a_slot_and_fifty_after_the_last_word() {
    let mut story = Story::in_state(State::Triaging);
    story.act(Verb::JudgeYes).act(Verb::Call).at(20).act(Verb::Report);
    assert_eq!(story.at(69).fire(), Vec::<String>::new());
    assert_eq!(story.at(70).fire(), ["long_silence"]);
    assert_eq!(story.at(110).fire(), ["interim_soon"]);
    story.act(Verb::Report);
    assert_eq!(story.at(159).fire(), Vec::<String>::new());
    // 170 is ten minutes before the slot in minute 180; 160 is fifty after the last word.
    assert_eq!(story.at(160).fire(), ["long_silence"]);
}

#[test]
fn where_both_reminders_fall_together_one_is_given() {
    let mut story = Story::in_state(State::Triaging);
    story.act(Verb::JudgeYes).act(Verb::Call);
    assert_eq!(story.at(50).fire(), ["interim_soon"]);
    assert_eq!(story.at(61).fire(), ["interim_slot"], "the silence was named already");
}

#[test]
fn a_message_nobody_took_over_is_named_after_five_minutes() {
    let mut story = Story::in_state(State::Notified);
    story.act(Verb::Call).queue_mail("arrives").queue_mail("stays");
    let attempted = |id: &str, outcome| Body::MessageAttempted {
        message: MessageId::new(id),
        attempt: 1,
        outcome,
        detail: BlobId::new("sha256:detail"),
    };
    story.at(1).hear(attempted("arrives", AttemptOutcome::Delivered)).hear(attempted("stays", AttemptOutcome::Refused));
    assert_eq!(story.at(4).fire(), Vec::<String>::new());
    assert_eq!(story.at(5).fire(), ["undelivered:stays"]);
    assert!(story.incident.deliveries[&MessageId::new("stays")].is_refused());
}

#[test]
fn the_desk_closes_after_five_business_days_also_over_an_awaited_judgement() {
    let mut story = Story::in_state(State::Notified);
    story.at(30).act(Verb::RejudgeNo).act(Verb::Recover).act(Verb::NotifyRecovery);
    story.now = Instant::parse("2026-11-30T18:59:59+09:00").unwrap();
    assert!(!story.fire().contains(&"auto_close".to_owned()));
    story.now = Instant::parse("2026-11-30T19:00:00+09:00").unwrap();
    assert_eq!(story.fire(), ["auto_close"]);
    assert_eq!(story.incident.state, State::Closed);
    assert!(story.incident.closure.as_ref().is_some_and(|closure| closure.what.automatic));
    assert_eq!(story.incident.verdicts.len(), 2);
}
