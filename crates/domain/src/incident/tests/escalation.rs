//! Who else must know and when, and that the giver keeps it until the taker takes it.

use super::story::{Story, Verb, at, person, text};
use crate::fact::{AttemptOutcome, Body};
use crate::ids::{MessageId, PersonId};
use crate::incident::State;
use crate::incident::escalation::{Cause, Group};
use crate::incident::promise::PromiseKind;
use crate::incident::timer::TimerKind;
use crate::incident::verbs::By;

fn people(names: &[&str]) -> Vec<PersonId> {
    names.iter().map(|name| PersonId::new(*name)).collect()
}

/// An escalation to the support centre, as the desk makes it.
fn escalated(names: &[&str], ordered: bool) -> Story {
    let mut story = Story::in_state(State::Triaging);
    story.at(10).hear(Body::Escalated {
        to: Group::Su,
        cause: Cause::Unjudged,
        text: None,
        ladder: people(names),
        ordered,
    });
    story
}

/// Pages whoever is due, as the desk does, tries to send them, and says whom.
fn page(story: &mut Story, step: u32) -> Vec<String> {
    let paged = queue(story, step);
    for person in &paged {
        story.hear(tried(step, person));
    }
    paged
}

/// The mail server was not there: also that is an attempt.
fn tried(step: u32, person: &str) -> Body {
    let message = MessageId::new(format!("{step}-{person}"));
    Body::MessageAttempted { message, attempt: 1, outcome: AttemptOutcome::Deferred, detail: text() }
}

/// Pages whoever is due, and says whom.
fn queue(story: &mut Story, step: u32) -> Vec<String> {
    let due: Vec<PersonId> = story.incident.escalations[0].what.at_step(step).to_vec();
    for person in &due {
        let message = MessageId::new(format!("{step}-{person}"));
        story.hear(Body::PageQueued { message, escalation: 1, step, person: person.clone() });
    }
    due.iter().map(ToString::to_string).collect()
}

fn owed(story: &Story) -> Vec<String> {
    let timers = story.incident.timers(&story.calendar).into_iter();
    let pages = timers.filter(|timer| matches!(timer.kind, TimerKind::PageUnanswered(..)));
    pages.map(|timer| format!("{} {}", timer.kind.code(), timer.due.since_ms(at(0)) / 60_000)).collect()
}

#[test]
fn with_an_order_the_next_is_paged_five_minutes_after_the_one_before() {
    let mut story = escalated(&["a", "b"], true);
    assert_eq!(page(&mut story, 0), ["a"]);
    assert_eq!(owed(&story), ["page:1:1 15"]);
    // The ladder climbs from the attempt of the step before, however late that was.
    assert_eq!(page(story.at(17), 1), ["b"]);
    assert_eq!(owed(&story), Vec::<String>::new(), "nobody is left");
    assert!(story.incident.pages_for(1), "it stays owed");
}

/// F14: an outage of our own between queueing and sending climbs no ladder.
#[test]
fn a_page_that_nobody_tried_to_send_climbs_nothing() {
    let mut story = escalated(&["a", "b"], true);
    assert_eq!(queue(&mut story, 0), ["a"]);
    assert_eq!(owed(&story), Vec::<String>::new());
    story.at(40).hear(tried(0, "a"));
    assert_eq!(owed(&story), ["page:1:1 45"]);
    story.at(41).hear(tried(0, "a"));
    assert_eq!(owed(&story), ["page:1:1 45"], "the first attempt counts");
}

#[test]
fn without_an_order_all_are_paged_at_once_three_times() {
    let mut story = escalated(&["a", "b"], false);
    for (minute, step, next) in [(10, 0, vec!["page:1:1 15"]), (15, 1, vec!["page:1:2 20"]), (20, 2, vec![])] {
        assert_eq!(page(story.at(minute), step), ["a", "b"]);
        assert_eq!(owed(&story), next);
    }
}

#[test]
fn who_takes_it_is_the_end_of_the_pages() {
    let mut story = escalated(&["a", "b"], true);
    page(&mut story, 0);
    let duties = |story: &Story| -> Vec<&str> {
        story.incident.duties(story.now, &story.calendar).iter().map(|duty| duty.kind.code()).collect()
    };
    assert!(duties(&story).contains(&"escalation"));
    let taker = By { actor: person("a"), ..story.by() };
    story.add(story.incident.take_escalation(&taker, 1).unwrap());
    assert_eq!(owed(&story), Vec::<String>::new());
    assert!(!story.incident.pages_for(1) && !duties(&story).contains(&"escalation"));
    assert!(story.incident.take_escalation(&taker, 1).is_err(), "somebody has it");
    assert!(story.incident.take_escalation(&taker, 2).is_err(), "there is no second one");
}

#[test]
fn the_software_tells_at_the_times_of_the_procedure() {
    let check = |kind: TimerKind, groups: &[Group], cause| {
        assert_eq!(kind.escalates(), Some((groups, cause)), "{}", kind.code());
    };
    use crate::fact::Target;
    check(TimerKind::UnjudgedLong, &[Group::Dh], Cause::Unjudged);
    check(TimerKind::Target(0, Target::Slo), &[Group::Dh], Cause::SloPassed);
    check(TimerKind::Target(0, Target::Sla), &[Group::Dh, Group::Mr, Group::Rm], Cause::SlaPassed);
    check(TimerKind::Unrecovered(Group::Su), &[Group::Su], Cause::Unrecovered);
    assert_eq!(TimerKind::Unjudged.escalates(), None);

    let unrecovered = |story: &Story| -> Vec<String> {
        let timers = story.incident.timers(&story.calendar).into_iter();
        let found = timers.filter(|timer| matches!(timer.kind, TimerKind::Unrecovered(_)));
        found.map(|timer| format!("{} {}", timer.kind.code(), timer.due.since_ms(at(0)) / 60_000)).collect()
    };
    let mut story = Story::in_state(State::Notified);
    for (group, minute, next) in [
        (Group::Su, 60, vec!["unrecovered:mr 240"]),
        (Group::Mr, 240, vec!["unrecovered:tm 480"]),
        (Group::Tm, 480, vec![]),
    ] {
        assert_eq!(unrecovered(&story), [format!("unrecovered:{} {minute}", group.code())]);
        let body = Body::Escalated { to: group, cause: Cause::Unrecovered, text: None, ladder: vec![], ordered: false };
        story.at(minute).hear(body);
        assert_eq!(unrecovered(&story), next);
    }
    let mut story = Story::in_state(State::Notified);
    assert_eq!(unrecovered(story.at(30).act(Verb::Recover)), Vec::<String>::new());
    assert_eq!(unrecovered(&Story::in_state(State::Judged)), Vec::<String>::new(), "nobody is affected");
}

/// R-3.1-3, R-3.2-5, -6: AWS Support is reached by a case with number, severity and times, from either centre.
#[test]
fn a_suspected_supplier_is_owed_a_case_within_half_an_hour() {
    let mut story = Story::in_state(State::Notified);
    story.at(20).add(story_escalates(&Story::in_state(State::Notified), 20));
    let case = |story: &Story| {
        let duties = story.incident.duties(story.now, &story.calendar);
        duties.iter().find(|duty| duty.kind.code() == "supplier_case").map(|duty| duty.due)
    };
    assert_eq!(case(&story), Some(at(50)));
    for (severity, opened, field) in [("", 20, "severity"), ("high", 21, "opened"), ("high", -25 * 60, "opened")] {
        let refused = story.incident.open_case(&story.by(), text(), severity, at(opened));
        assert_eq!(refused.map_err(|refusal| refusal.field()), Err(Some(field)));
    }
    story.add(story.incident.open_case(&story.by(), text(), "production system down", at(19)).unwrap());
    assert_eq!(case(&story), None);
    story.add(story.incident.answer_case(&story.by(), 1, at(20), text()).unwrap());
    assert!(story.incident.answer_case(&story.by(), 2, at(20), text()).is_err());
    assert_eq!(story.incident.cases[0].what.answers.len(), 1);
}

fn story_escalates(story: &Story, minute: i64) -> Vec<crate::fact::NewFact> {
    let by = By { now: at(minute), ..story.by() };
    story.incident.escalate(&by, Group::Aw, text(), vec![], false).unwrap()
}

#[test]
fn a_promise_stands_until_it_is_kept() {
    let mut story = Story::in_state(State::Notified);
    story.at(20);
    for minute in [19, 20 + 7 * 24 * 60 + 1] {
        let refused = story.incident.promise(&story.by(), PromiseKind::CallBack, at(minute), text());
        assert_eq!(refused.map_err(|refusal| refusal.field()), Err(Some("due")), "{minute}");
    }
    story.add(story.incident.promise(&story.by(), PromiseKind::CallBack, at(40), text()).unwrap());
    let due = |story: &Story| {
        let duties = story.incident.duties(story.now, &story.calendar);
        duties.iter().find(|duty| duty.kind.code() == "promise").map(|duty| duty.due)
    };
    assert_eq!(due(&story), Some(at(40)));
    story.at(60);
    assert_eq!(due(&story), Some(at(40)), "one that was missed stays");
    story.add(story.incident.keep_promise(&story.by(), 1, None).unwrap());
    assert_eq!(due(&story), None);
    assert!(story.incident.keep_promise(&story.by(), 1, None).is_err());
    assert!(story.incident.keep_promise(&story.by(), 2, None).is_err());
}

#[test]
fn what_is_handed_over_stays_until_somebody_takes_it() {
    let mut story = Story::in_state(State::Notified);
    let holder = Some(PersonId::new("yamada"));
    assert!(story.incident.hand_over(&story.by(), holder, text()).is_err(), "they have it");
    story.add(story.incident.hand_over(&story.by(), Some(PersonId::new("suzuki")), text()).unwrap());
    assert!(story.incident.handed_over().is_some());
    assert_eq!(story.incident.taken.as_ref().map(|taken| taken.what.as_str()), Some("yamada"));
    story.add(story.incident.take(&story.by(), PersonId::new("suzuki")).unwrap());
    assert!(story.incident.handed_over().is_none());
}
