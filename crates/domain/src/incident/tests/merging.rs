//! merged incidents are told as one; each keeps its own clocks and its own verdict.

use super::story::{Story, Verb, at, person, text};
use crate::access::Role;
use crate::clocks::Verdict;
use crate::fact::{Body, Outcome, Target, Voice};
use crate::ids::RecordKey;
use crate::incident::merging::{BothSides, together};
use crate::incident::verbs::By;
use crate::incident::{Joins, State};
use crate::refusal::RefusalKind;

/// A parent whose alert came at minute 0 and a child whose alert came at `child`; a publication alone ends the clock.
fn two(child: i64) -> (Story, Story) {
    let (mut parent, mut child) = (Story::opened(1, 0), Story::opened(2, child));
    (parent.voice, child.voice) = (Voice::NoneValid, Voice::NoneValid);
    (parent, child)
}

fn by(story: &Story) -> By {
    By { actor: person("yamada"), role: Some(Role::Mo), now: story.now }
}

/// The child follows its parent, as the desk lets it at every step.
fn follow(parent: &Story, child: &mut Story) {
    child.now = parent.now;
    let facts = child.incident.follow(parent.incident.standing(), &by(parent));
    child.add(facts);
}

fn merge(minute: i64, parent: &mut Story, child: &mut Story) {
    (parent.now, child.now) = (at(minute), at(minute));
    let BothSides { parent: own, child: others } = parent.incident.merge(&by(parent), &child.incident).unwrap();
    parent.add(own);
    child.add(others);
    follow(parent, child);
}

fn separate(minute: i64, parent: &mut Story, child: &mut Story) {
    (parent.now, child.now) = (at(minute), at(minute));
    let BothSides { parent: own, child: others } = parent.incident.separate(&by(parent), &child.incident).unwrap();
    parent.add(own);
    child.add(others);
}

fn act(minute: i64, verbs: &[Verb], parent: &mut Story, child: &mut Story) {
    parent.at(minute);
    for verb in verbs {
        parent.act(*verb);
        follow(parent, child);
    }
}

/// SLO and SLA of the first clock: met or missed, and the minute after the first alert in which it ended.
fn stands(story: &Story) -> (Option<bool>, Option<i64>) {
    let clock = &story.incident.clocks()[0];
    (clock.verdict(Target::Slo, story.now).map(|v| v == Verdict::Met), story.ended(0))
}

#[test]
fn the_parents_notice_counts_for_a_child_from_the_instant_it_shows_there() {
    // Alert of the child, minute of the merge, minute of the notice: how parent and child stand.
    for (alert, merged, told, parent_stands, child_stands) in [
        (2, 5, 10, (Some(true), Some(10)), (Some(true), Some(10))),
        // Told before it was merged: it shows at the merge.
        (2, 12, 10, (Some(true), Some(10)), (Some(true), Some(12))),
        (2, 20, 10, (Some(true), Some(10)), (Some(false), Some(20))),
        // The child's alert came after the notice.
        (20, 22, 10, (Some(true), Some(10)), (Some(true), Some(22))),
        // Late for the parent, whose alert came first, and in time for the child.
        (5, 7, 18, (Some(false), Some(18)), (Some(true), Some(18))),
    ] {
        let (mut parent, mut child) = two(alert);
        if merged <= told {
            merge(merged, &mut parent, &mut child);
        }
        act(told, &[Verb::Take, Verb::Check, Verb::JudgeYes], &mut parent, &mut child);
        if merged > told {
            merge(merged, &mut parent, &mut child);
        }
        assert_eq!((stands(&parent), stands(&child)), (parent_stands, child_stands), "{alert} {merged} {told}");
        assert_eq!(child.incident.state, State::Merged);
        assert!(child.incident.is_known_to_customer());
    }
}

#[test]
fn the_earliest_alert_rules_the_parent() {
    let (mut parent, mut child) = two(-6);
    merge(3, &mut parent, &mut child);
    assert_eq!(parent.incident.alert_at(), at(-6));
    act(10, &[Verb::Take, Verb::Check, Verb::JudgeYes], &mut parent, &mut child);
    assert_eq!((stands(&parent), stands(&child)), ((Some(false), Some(10)), (Some(false), Some(10))));
    separate(11, &mut parent, &mut child);
    assert_eq!((parent.incident.alert_at(), stands(&parent)), (at(0), (Some(true), Some(10))));
}

#[test]
fn a_child_gets_its_own_verdict_when_its_parent_ends() {
    let (mut parent, mut child) = two(2);
    merge(13, &mut parent, &mut child);
    act(16, &[Verb::Take, Verb::Check, Verb::JudgeYes], &mut parent, &mut child);
    assert_eq!(child.incident.verdicts, vec![], "provisional until the end");
    act(40, &[Verb::Recover, Verb::NotifyRecovery], &mut parent, &mut child);
    assert_eq!(child.incident.joins_until(), Joins::Until(at(50)));
    act(60, &[Verb::Close], &mut parent, &mut child);
    let outcomes = |story: &Story| story.incident.verdicts.iter().map(|v| v.what.outcome).collect::<Vec<_>>();
    assert_eq!(outcomes(&parent), [Outcome::Missed, Outcome::Met]);
    assert_eq!(outcomes(&child), [Outcome::Met, Outcome::Met]);
    assert_eq!((child.incident.ended_at(), child.incident.joins_until()), (Some(at(60)), Joins::No));
    let again = child.incident.follow(parent.incident.standing(), &by(&parent));
    assert_eq!(again, vec![], "it was told of the end");
}

#[test]
fn a_merged_incident_arms_no_timers_and_owes_nothing_of_its_own() {
    let (mut parent, mut child) = two(1);
    merge(2, &mut parent, &mut child);
    assert_eq!(child.incident.timers(&child.calendar), vec![]);
    assert_eq!(child.incident.duties(at(100), &child.calendar), vec![]);
    assert!(!parent.incident.duties(at(100), &parent.calendar).is_empty());
}

#[test]
fn taken_out_again_it_goes_on_where_it_stood_and_what_was_told_stays_told() {
    let (mut parent, mut child) = two(1);
    child.at(2).act(Verb::Take);
    merge(3, &mut parent, &mut child);
    separate(4, &mut parent, &mut child);
    assert_eq!((child.incident.state, child.ended(0)), (State::Triaging, None));
    assert!(child.incident.timers(&child.calendar).iter().any(|timer| timer.kind.code() == "slo:0"));
    merge(5, &mut parent, &mut child);
    act(6, &[Verb::Take, Verb::Check, Verb::JudgeYes], &mut parent, &mut child);
    separate(30, &mut parent, &mut child);
    assert_eq!((child.incident.state, child.ended(0)), (State::Triaging, Some(6)));
    assert!(child.incident.duties(at(30), &child.calendar).iter().any(|duty| duty.kind.code() == "judge"));
    child.act(Verb::Check).act(Verb::JudgeYes);
    assert_eq!(stands(&child), (Some(true), Some(6)), "its own notice comes later and changes nothing");
}

#[test]
fn a_call_that_goes_void_takes_the_end_back_from_both() {
    let (mut parent, mut child) = two(1);
    parent.voice = Voice::Required { contact: crate::ids::ContactId::new("owner") };
    merge(2, &mut parent, &mut child);
    act(5, &[Verb::Take, Verb::Check, Verb::JudgeYes], &mut parent, &mut child);
    assert_eq!(child.ended(0), None, "no call has begun");
    let dial = crate::incident::verbs::Dial { begun: None, end: None, ..parent.call_begun(at(6)) };
    parent.at(6).call(dial, None).unwrap();
    follow(&parent, &mut child);
    assert_eq!(child.ended(0), Some(6));
    parent.at(9).fire();
    follow(&parent, &mut child);
    assert_eq!((parent.ended(0), child.ended(0)), (None, None));
}

#[test]
fn without_impact_told_a_child_judged_with_impact_is_not_told() {
    let (mut parent, mut child) = two(1);
    merge(2, &mut parent, &mut child);
    act(5, &[Verb::Take, Verb::Check, Verb::JudgeNo, Verb::Notify], &mut parent, &mut child);
    assert_eq!(stands(&child), (Some(true), Some(5)), "as its parent was judged");
    let (mut parent, mut child) = two(1);
    child.act(Verb::Take).act(Verb::Check).act(Verb::JudgeYes);
    act(5, &[Verb::Take, Verb::Check, Verb::JudgeNo], &mut parent, &mut Story::new());
    let refused = parent.incident.merge(&by(&parent), &child.incident).unwrap_err();
    assert_eq!(refused.field(), Some("children"));
}

#[test]
fn what_cannot_be_merged_is_refused_with_a_word_why() {
    let (mut parent, child) = two(1);
    let itself = parent.incident.clone();
    assert!(parent.incident.merge(&by(&parent), &itself).is_err());
    let closed = Story::in_state(State::Closed);
    assert!(parent.incident.merge(&by(&parent), &closed.incident).is_err());
    let ended = closed.incident.merge(&by(&parent), &child.incident).unwrap_err();
    assert_eq!(ended.kind, RefusalKind::NotNow);
    assert!(parent.incident.separate(&by(&parent), &child.incident).is_err(), "it is not merged");
    let mut calling = Story::opened(3, 0);
    calling.act(Verb::Take);
    let dial = crate::incident::verbs::Dial { begun: None, end: None, ..calling.call_begun(at(0)) };
    calling.call(dial, None).unwrap();
    assert!(parent.incident.merge(&by(&parent), &calling.incident).is_err(), "a call is under way");
    parent.act(Verb::Take).act(Verb::FalseAlarm).act(Verb::Uphold);
    assert!(parent.incident.merge(&by(&parent), &child.incident).is_err());
}

#[test]
fn a_false_alarm_that_stands_takes_its_children_with_it_but_never_what_the_customer_knows() {
    let (mut parent, mut child) = two(1);
    merge(2, &mut parent, &mut child);
    act(3, &[Verb::FalseAlarm, Verb::Uphold], &mut parent, &mut child);
    let outcomes: Vec<Outcome> = child.incident.verdicts.iter().map(|v| v.what.outcome).collect();
    assert_eq!(outcomes, [Outcome::Void, Outcome::Void]);
    let (mut parent, child) = two(1);
    let (key, known) = (child.incident.key.clone(), true);
    parent.hear(Body::ChildMerged { child: key, alert_at: at(1), known });
    assert!(parent.incident.declare_false_alarm(&by(&parent), text()).is_err());
}

#[test]
fn an_alert_of_a_child_after_the_recovery_notice_is_news_for_the_parent() {
    let (mut parent, mut child) = two(1);
    merge(2, &mut parent, &mut child);
    assert_eq!(child.incident.tell_parent_of(9), None);
    act(5, &[Verb::Take, Verb::Check, Verb::JudgeYes, Verb::Recover, Verb::NotifyRecovery], &mut parent, &mut child);
    let (key, fact) = child.incident.tell_parent_of(9).unwrap();
    assert_eq!(key, parent.incident.key);
    parent.add(vec![fact]);
    assert!(parent.incident.duties(at(6), &parent.calendar).iter().any(|duty| duty.kind.code() == "rejoined"));
}

#[test]
fn no_report_is_owed_for_a_child_while_it_is_merged() {
    let (mut parent, mut child) = two(1);
    child.act(Verb::Take).act(Verb::Check).act(Verb::JudgeYes);
    merge(30, &mut parent, &mut child);
    separate(100, &mut parent, &mut child);
    // Slots at 61 and 121 after its alert's minute: the first one lay in the merge.
    assert_eq!(child.incident.next_open_slot(at(2)), Some(at(121)));
}

#[test]
fn what_came_within_five_minutes_is_offered_as_one() {
    let alert = |name: &str, minute: i64| (RecordKey::new(name), at(minute));
    let groups = |alerts: &[(RecordKey, crate::time::Instant)]| -> Vec<Vec<String>> {
        together(alerts.to_vec()).into_iter().map(|group| group.iter().map(ToString::to_string).collect()).collect()
    };
    assert_eq!(groups(&[alert("A-1", 0)]), Vec::<Vec<String>>::new());
    assert_eq!(groups(&[alert("A-2", 5), alert("A-1", 0)]), [["A-1", "A-2"]]);
    assert_eq!(groups(&[alert("A-1", 0), alert("A-2", 6)]), Vec::<Vec<String>>::new());
    // Counted from the first, not from the one before.
    let four = [alert("A-1", 0), alert("A-2", 4), alert("A-3", 8), alert("A-4", 13)];
    assert_eq!(groups(&four), [["A-1", "A-2"], ["A-3", "A-4"]]);
}
