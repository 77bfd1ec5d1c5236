//! Interim reports of an incident (R-4.2.2-16 to -18; ).

use super::story::{Story, Verb, at};
use crate::fact::Body;
use crate::incident::State;
use crate::time::Instant;

const NONE: [i64; 0] = [];

/// Told of impact in minute 10, so that slots lie in minutes 70, 130, 190 ...
fn told() -> Story {
    let mut story = Story::in_state(State::Triaging);
    story.at(10).act(Verb::JudgeYes).act(Verb::Call);
    story
}

fn minutes(instants: impl IntoIterator<Item = Instant>) -> Vec<i64> {
    instants.into_iter().map(|instant| instant.since_ms(at(0)) / 60_000).collect()
}

fn missed(story: &Story) -> Vec<i64> {
    minutes(story.incident.missed_slots.iter().map(|missed| missed.what))
}

#[test]
fn a_report_fills_the_slot_that_ends_its_hour_and_promises_the_next() {
    for (reported, promised) in [(11, 130), (69, 130), (70, 130), (71, 190), (130, 190)] {
        let mut story = told();
        story.at(reported).act(Verb::Report);
        let next = story.incident.reports[0].what.next_due;
        assert_eq!(minutes(next), [promised], "reported in minute {reported}");
    }
}

#[test]
fn early_reports_do_not_shift_the_grid() {
    let mut story = told();
    story.at(30).act(Verb::Report);
    assert_eq!(minutes(story.incident.next_open_slot(story.now)), [130]);
    story.at(71).act(Verb::Report).at(100).act(Verb::Report);
    assert_eq!(minutes(story.incident.next_open_slot(story.now)), [190]);
    assert_eq!(missed(story.at(190)), NONE);
}

#[test]
fn a_slot_that_passes_is_named_once() {
    let mut story = told();
    story.at(70).fire();
    assert_eq!(missed(&story), NONE, "within includes the instant");
    story.now = at(70).plus_ms(1);
    assert!(story.fire().contains(&"interim_slot".to_owned()));
    assert_eq!(missed(&story), [70]);
    assert_eq!(story.fire(), Vec::<String>::new());
    story.at(200).fire();
    assert_eq!(missed(&story), [70, 130, 190]);
}

#[test]
fn a_voluntary_report_without_impact_fills_nothing() {
    let mut story = Story::in_state(State::Judged);
    story.at(10).act(Verb::Notify).at(30).act(Verb::Report);
    assert_eq!(story.incident.reports[0].what.next_due, None);
    story.at(500).fire();
    assert_eq!(missed(&story), NONE);
}

#[test]
fn a_slot_at_the_recovery_is_not_owed_and_one_before_it_was_recorded_is() {
    let mut story = told();
    story.at(70).act(Verb::Recover).at(400).fire();
    assert_eq!(missed(&story), NONE);
    // Recorded in minute 71 as of minute 40: the slot in minute 70 had come due by then, fired or not.
    let mut story = told();
    story.at(71);
    let by = crate::incident::verbs::By { actor: super::story::person("yamada"), role: None, now: story.now };
    let facts = story.incident.recover(&by, at(40), None).unwrap();
    story.add(facts);
    story.fire();
    assert_eq!(missed(&story), [70]);
}

#[test]
fn a_withdrawn_recovery_owes_only_what_comes_after() {
    let mut story = told();
    story.at(60).act(Verb::Recover).at(150).act(Verb::Withdraw);
    assert_eq!(minutes(story.incident.next_open_slot(story.now)), [190]);
    story.at(200).fire();
    assert_eq!(missed(&story), [190]);
}

#[test]
fn after_a_recurrence_the_grid_goes_on() {
    let mut story = told();
    story.at(60).act(Verb::Recover).at(65).act(Verb::NotifyRecovery).at(500).act(Verb::Recur);
    assert_eq!(minutes(story.incident.next_open_slot(story.now)), [550]);
    assert_eq!(story.fire(), Vec::<String>::new(), "they knew of it in this minute");
    story.at(551).fire();
    assert_eq!(missed(&story), [550]);
}

#[test]
fn impact_judged_away_ends_the_slots_and_judged_back_goes_on() {
    let mut story = told();
    story.at(60).act(Verb::RejudgeNo);
    assert_eq!(minutes(story.incident.next_open_slot(story.now)), [70], "until a second person confirms");
    story.at(65).act(Verb::Confirm);
    assert_eq!(minutes(story.incident.next_open_slot(story.now)), [70], "the duty ends with a report");
    story.at(69).act(Verb::Report);
    assert_eq!(story.incident.reports[0].what.next_due, None, "the last one promises nothing");
    assert_eq!(story.incident.next_open_slot(story.now), None);
    story.at(400).fire();
    assert_eq!(missed(&story), NONE);
    story.act(Verb::RejudgeYes);
    assert_eq!(minutes(story.incident.next_open_slot(story.now)), [430]);
    story.at(431).fire();
    assert_eq!(missed(&story), [430], "nothing was owed in between");
}

/// yes to no ends the interim duty with a report, whenever that comes; (report, missed slots, next promise).
#[test]
fn until_a_report_tells_of_it_impact_judged_away_owes_slots() {
    for (reported, expected) in
        [(Some(70), &[][..]), (Some(71), &[70][..]), (Some(131), &[70, 130]), (None, &[70, 130, 190])]
    {
        let mut story = told();
        story.at(62).act(Verb::Report).at(65).act(Verb::RejudgeNo).at(66).act(Verb::Confirm);
        // What was reported in minute 62 filled the slot in minute 70; without it the slot is owed.
        let mut silent = told();
        silent.at(65).act(Verb::RejudgeNo).at(66).act(Verb::Confirm);
        if let Some(minute) = reported {
            silent.at(minute).fire();
            silent.act(Verb::Report);
            assert_eq!(silent.incident.reports[0].what.next_due, None, "{reported:?}");
        }
        silent.at(200).fire();
        assert_eq!(missed(&silent), expected, "{reported:?}");
        assert_eq!(
            minutes(story.incident.next_open_slot(story.now)),
            [130],
            "a report before the word counts tells nothing"
        );
    }
}

/// R-4.2.2-17: the instant in the text is the one in the fact: told in the minute, then judged back or recovered.
#[test]
fn a_notice_promises_the_slot_that_will_be_owed() {
    let story = told();
    assert_eq!(minutes(story.incident.publications[0].what.next_due), [70]);
    let mut back = told();
    back.at(20).act(Verb::RejudgeNo).act(Verb::Confirm).at(30).act(Verb::Report).at(100).act(Verb::RejudgeYes);
    assert_eq!(minutes(back.incident.publications[1].what.next_due), [130], "the grid never shifts");
    assert_eq!(back.incident.next_open_slot(back.now), back.incident.publications[1].what.next_due);
    let mut none = Story::in_state(State::Judged);
    none.at(10).act(Verb::Notify);
    assert_eq!(none.incident.publications[0].what.next_due, None, "without impact nothing is owed");
    none.at(20).act(Verb::Recover).at(21).act(Verb::RejudgeYes);
    assert_eq!(none.incident.publications[1].what.next_due, None, "the service is back");
}

#[test]
fn a_missed_slot_is_owed_until_the_customer_hears_something() {
    let mut story = told();
    let due = |story: &Story| {
        let duties = story.incident.duties(story.now, &story.calendar);
        minutes(duties.into_iter().filter(|duty| duty.kind.code() == "interim").map(|duty| duty.due))
    };
    assert_eq!(due(story.at(70)), [70]);
    assert_eq!(due(story.at(90)), [70], "overdue, not postponed");
    assert_eq!(due(story.at(140)), [70]);
    story.act(Verb::Report);
    assert_eq!(due(&story), [250], "in minute 140 it filled the slot in minute 190");
}

/// R-4.2.2-18: only a published report fills a slot.
#[test]
fn a_note_or_a_message_fills_no_slot() {
    let mut story = told();
    story.at(60).act(Verb::Note).act(Verb::Message);
    story.hear(Body::AlertJoined { event: 2, alert_key: "web01".into() });
    story.at(71).fire();
    assert_eq!(missed(&story), [70]);
}

/// After an outage of ours: (looked at in minute, what a timer of the slot in minute 70 says then).
#[test]
fn a_slot_that_passed_is_named_as_missed_and_nobody_is_reminded_of_it() {
    for (minute, reminded, missed) in [(60, true, false), (70, true, false), (71, false, true), (95, false, true)] {
        let mut story = told();
        story.at(minute);
        let said = |kind: &str| story.incident.fire(kind, story.now, &story.calendar).and_then(|(_, body)| body);
        assert_eq!(said("interim_soon").is_some(), reminded, "{minute}");
        assert_eq!(matches!(said("interim_slot"), Some(Body::SlotMissed { .. })), missed, "{minute}");
    }
}
