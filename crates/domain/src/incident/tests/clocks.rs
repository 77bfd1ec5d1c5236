//! The notice clocks, their verdicts and their ledgers (R-3.3.3-*, R-3.3.4-*; ).

use super::story::{Story, Verb, alert_at, at, text};
use crate::fact::{Outcome, Target, Voice};
use crate::incident::State;
use crate::time::Instant;

const MET: (Option<bool>, Option<Option<bool>>) = (Some(true), Some(Some(true)));
const SLO_MISSED: (Option<bool>, Option<Option<bool>>) = (Some(false), Some(Some(true)));
const BOTH_MISSED: (Option<bool>, Option<Option<bool>>) = (Some(false), Some(Some(false)));
const OPEN: (Option<bool>, Option<Option<bool>>) = (None, Some(None));
/// Without impact, told in time: no SLA.
const MET_NO_SLA: (Option<bool>, Option<Option<bool>>) = (Some(true), None);
const MISSED_NO_SLA: (Option<bool>, Option<Option<bool>>) = (Some(false), None);

fn triaged() -> Story {
    Story::in_state(State::Triaging)
}

/// With impact: published and called in these minutes.
#[track_caller]
fn check(published: i64, called: Option<i64>, ended: Option<i64>, verdicts: (Option<bool>, Option<Option<bool>>)) {
    let mut story = triaged();
    let mut acts = vec![(published, Verb::JudgeYes)];
    acts.extend(called.map(|minute| (minute, Verb::Call)));
    acts.sort_by_key(|(minute, _)| *minute);
    for (minute, verb) in acts {
        story.at(minute).act(verb);
    }
    assert_eq!((story.ended(0), story.verdicts(0)), (ended, verdicts), "published {published}, called {called:?}");
}

/// R-4.2.2-2, Q-03: both targets are judged by the later of the two.
#[test]
fn with_impact_the_later_of_publication_and_first_call_ends_it() {
    check(10, Some(14), Some(14), MET);
    check(14, Some(15), Some(15), MET);
    check(10, Some(16), Some(16), SLO_MISSED);
    check(10, Some(31), Some(31), BOTH_MISSED);
    check(31, Some(31), Some(31), BOTH_MISSED);
    check(10, None, None, OPEN);
}

#[test]
fn a_call_before_publication_counts_from_publication() {
    check(12, Some(5), Some(12), MET);
    check(16, Some(5), Some(16), SLO_MISSED);
}

#[test]
fn within_includes_the_instant() {
    for (ms, met) in [(0, true), (1, false)] {
        let mut story = triaged();
        story.voice = Voice::NoneValid;
        story.now = at(15).plus_ms(ms);
        assert_eq!(story.act(Verb::JudgeYes).verdicts(0).0, Some(met), "{ms}");
    }
}

#[test]
fn publication_alone_ends_it_where_nobody_can_be_called_or_calls_are_waived() {
    for voice in [Voice::NoneValid, Voice::Waived] {
        let mut story = triaged();
        story.voice = voice.clone();
        story.at(9).act(Verb::JudgeYes);
        assert_eq!((story.ended(0), story.verdicts(0)), (Some(9), MET), "{voice:?}");
    }
}

#[test]
fn only_a_call_to_the_first_valid_contact_ends_it() {
    let mut story = triaged();
    story.at(5).act(Verb::JudgeYes).at(6);
    let mut second = story.call_begun(at(6));
    second.first_valid = false;
    story.call(second, None).unwrap();
    assert_eq!(story.ended(0), None);
    story.at(8).act(Verb::Call);
    assert_eq!(story.ended(0), Some(8), "a voicemail is a call begun");
}

#[test]
fn a_call_recorded_later_counts_from_its_beginning() {
    let mut story = triaged();
    story.at(5).act(Verb::JudgeYes).at(20);
    assert_eq!(story.verdicts(0), (Some(false), Some(None)));
    story.call(story.call_begun(at(14)), Some(text())).unwrap();
    assert_eq!((story.ended(0), story.verdicts(0)), (Some(14), MET));
}

#[test]
fn unjudged_counts_as_impact_until_none_is_judged() {
    let mut story = triaged();
    assert_eq!(story.at(14).verdicts(0), OPEN);
    assert_eq!(story.at(16).verdicts(0), (Some(false), Some(None)));
    story.act(Verb::JudgeNo);
    assert_eq!(story.verdicts(0), (Some(false), Some(None)), "a late \"none\" counts once it is confirmed");
    story.act(Verb::Notify).at(17).act(Verb::Confirm);
    assert_eq!((story.ended(0), story.verdicts(0)), (Some(16), MET_NO_SLA), "only 60 minutes are judged then");
}

#[test]
fn without_impact_the_published_notice_alone_ends_it() {
    for (minute, verdicts) in [(60, MET_NO_SLA), (61, MISSED_NO_SLA)] {
        let mut story = triaged();
        story.at(10).act(Verb::JudgeNo).at(minute).act(Verb::Notify);
        assert_eq!((story.ended(0), story.verdicts(0)), (Some(minute), verdicts));
    }
}

#[test]
fn at_fifteen_minutes_none_needs_no_second_person_and_later_it_does() {
    for (ms, awaited) in [(0, false), (1, true)] {
        let mut story = triaged();
        story.now = at(15).plus_ms(ms);
        assert_eq!(story.act(Verb::JudgeNo).incident.awaiting_second().is_some(), awaited, "{ms}");
    }
}

/// R-4.2.2-22, Q-04: impact may change while the incident is open.
#[test]
fn no_to_yes_starts_a_second_clock_from_the_judgement() {
    let mut story = triaged();
    story.at(5).act(Verb::JudgeNo).at(10).act(Verb::Notify).at(40).act(Verb::RejudgeYes);
    let clocks = story.incident.clocks();
    assert_eq!((clocks.len(), clocks[1].from, clocks[1].slo_due), (2, at(40), at(55)));
    assert_eq!(story.verdicts(0), MET_NO_SLA, "the first verdict stays");
    story.at(55).act(Verb::Call);
    assert_eq!((story.ended(1), story.verdicts(1)), (Some(55), MET));
}

#[test]
fn no_to_yes_judges_the_alert_where_the_criteria_held_already() {
    let mut story = triaged();
    story.at(5).act(Verb::JudgeNo).at(10).act(Verb::Notify).at(20).act(Verb::RejudgeHeld).at(22).act(Verb::Call);
    assert_eq!(story.incident.clocks().len(), 1);
    assert_eq!((story.ended(0), story.verdicts(0)), (Some(22), SLO_MISSED));
}

#[test]
fn yes_to_no_keeps_what_had_passed() {
    for (judged_away, verdicts) in [(12, MET), (25, SLO_MISSED), (45, BOTH_MISSED)] {
        let mut story = triaged();
        story.at(5).act(Verb::JudgeYes).at(judged_away).act(Verb::RejudgeNo);
        assert_eq!(story.ended(0), None, "it does not count before a second person confirms");
        story.act(Verb::Confirm);
        assert_eq!((story.ended(0), story.verdicts(0)), (Some(judged_away), verdicts));
        story.at(judged_away + 1).act(Verb::Call);
        assert_eq!(story.ended(0), Some(judged_away), "a call afterwards moves nothing");
    }
}

#[test]
fn yes_to_no_to_yes_leaves_the_first_clock_ended() {
    let mut story = triaged();
    story.at(5).act(Verb::JudgeYes).at(12).act(Verb::RejudgeNo).act(Verb::Confirm).at(50).act(Verb::RejudgeYes);
    assert_eq!((story.ended(0), story.verdicts(0)), (Some(12), MET));
    assert_eq!((story.ended(1), story.incident.clocks()[1].slo_due), (None, at(65)));
}

#[test]
fn closing_makes_every_verdict_final_once() {
    let mut story = triaged();
    story.at(5).act(Verb::JudgeNo).at(10).act(Verb::Notify).at(40).act(Verb::RejudgeYes).at(60).act(Verb::Recover);
    story.at(61).act(Verb::NotifyRecovery).at(62).act(Verb::Close);
    let given: Vec<_> = story.incident.verdicts.iter().map(|v| (v.what.clock, v.what.target, v.what.outcome)).collect();
    let expected = [
        (0, Target::Slo, Outcome::Met),
        (1, Target::Slo, Outcome::Missed),
        // Nobody was called, and nobody will be.
        (1, Target::Sla, Outcome::Missed),
    ];
    assert_eq!(given, expected);
    assert_eq!(story.incident.verdicts_at_end(story.now), vec![]);
}

#[test]
fn an_upheld_false_alarm_is_void_and_a_denied_one_is_judged_as_if_none() {
    let outcomes = |story: &Story| story.incident.verdicts.iter().map(|v| v.what.outcome).collect::<Vec<_>>();
    let mut upheld = triaged();
    upheld.at(10).act(Verb::FalseAlarm).at(100).act(Verb::Uphold);
    assert_eq!(outcomes(&upheld), [Outcome::Void, Outcome::Void]);
    assert_eq!(upheld.incident.ended_at(), Some(at(100)));
    for (denied, expected) in [(12, Outcome::Met), (20, Outcome::Missed)] {
        let mut story = triaged();
        story.at(10).act(Verb::FalseAlarm).at(denied).act(Verb::Deny);
        assert_eq!(story.incident.ended_at(), None);
        story.act(Verb::JudgeYes).act(Verb::Call).act(Verb::Recover).act(Verb::NotifyRecovery).act(Verb::Close);
        assert_eq!(outcomes(&story), [expected, Outcome::Met], "denied in minute {denied}");
    }
}

/// Checks that the stretches of every clock join without a gap from its start to its end.
#[track_caller]
pub(super) fn ledgers_are_gapless(story: &Story) {
    for ledger in story.incident.ledgers() {
        let mut next: Option<Instant> = Some(ledger.clock.from);
        for stretch in &ledger.stretches {
            assert_eq!(Some(stretch.from), next, "{ledger:?}");
            assert!(stretch.to.is_none_or(|to| to > stretch.from) || ledger.stretches.len() == 1, "{ledger:?}");
            next = stretch.to;
        }
        assert!(!ledger.stretches.is_empty());
        assert_eq!(next, ledger.clock.end.as_ref().map(|end| end.at), "{ledger:?}");
        assert_eq!(ledger.stop.is_some(), ledger.clock.end.is_some(), "{ledger:?}");
        if let Some((_, fact)) = ledger.stop {
            assert!(story.facts.iter().any(|known| known.seq == fact), "{ledger:?}");
        }
    }
}

#[test]
fn the_ledger_says_why_each_stretch_counted_and_why_the_clock_stopped() {
    let mut story = triaged();
    story.at(5).act(Verb::JudgeYes).at(9).act(Verb::Call);
    ledgers_are_gapless(&story);
    let ledger = &story.incident.ledgers()[0];
    let told: Vec<_> =
        ledger.stretches.iter().map(|s| (s.from, s.rule.en.split(':').next().unwrap_or_default())).collect();
    assert_eq!(told, [(alert_at(), "Not judged yet"), (at(5), "Published")]);
    let (label, fact) = ledger.stop.unwrap();
    assert!(label.en.contains("first call"), "{}", label.en);
    assert_eq!(story.incident.calls[0].mark.seq, fact);
}

#[test]
fn the_ledger_names_impact_judged_away() {
    let mut story = triaged();
    story.at(5).act(Verb::JudgeYes).at(9).act(Verb::RejudgeNo).at(11).act(Verb::Confirm);
    ledgers_are_gapless(&story);
    let (label, fact) = story.incident.ledgers()[0].stop.unwrap();
    assert!(label.en.contains("re-judgement"), "{}", label.en);
    assert_eq!(Some(fact), story.incident.judgements[1].counts_since().map(|mark| mark.seq));
}

#[test]
fn a_clock_that_ends_as_it_starts_has_one_stretch() {
    let mut story = triaged();
    story.voice = Voice::Waived;
    story.at(5).act(Verb::JudgeNo).act(Verb::Notify).at(9).act(Verb::RejudgeYes);
    ledgers_are_gapless(&story);
    assert_eq!(story.incident.ledgers()[1].stretches.len(), 1);
}

#[test]
fn a_customer_without_agreement_has_the_papers_targets_and_is_flagged() {
    let story = Story::new();
    assert_eq!(story.incident.agreement, Some(1));
    let mut facts = story.facts.clone();
    if let crate::fact::Body::IncidentOpened { agreement, targets, .. } = &mut facts[0].body {
        *agreement = None;
        targets.with_impact.slo_minutes = crate::clocks::Minutes(5);
    }
    let incident = crate::incident::Incident::fold(&facts).unwrap().unwrap();
    assert_eq!((incident.agreement, incident.clocks()[0].slo_due), (None, at(5)), "targets are those of its opening");
}
