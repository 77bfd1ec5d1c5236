//! 重大な障害: closed by a person only, and reviewed.

use super::story::{Story, Verb, at, person, text};
use crate::access::{Actor, Role};
use crate::incident::State;
use crate::incident::major::{Criterion, Review};
use crate::incident::verbs::By;
use crate::refusal::RefusalKind;
use crate::time::Instant;

fn by(story: &Story, actor: Actor) -> By {
    By { actor, role: Some(Role::Dh), now: story.now }
}

fn mark(story: &mut Story) {
    let facts = story.incident.declare_major(&by(story, person("yamada")), Criterion::WholeService, text()).unwrap();
    story.add(facts);
}

fn review() -> Review {
    Review { timeline: text(), cause: text(), lessons: text(), action: text() }
}

fn duty(story: &Story, code: &str) -> Option<Instant> {
    let duties = story.incident.duties(story.now, &story.calendar);
    duties.into_iter().find(|duty| duty.kind.code() == code).map(|duty| duty.due)
}

#[test]
fn it_is_marked_once_while_somebody_has_it() {
    for state in State::ALL {
        let story = Story::in_state(state);
        let marked = story.incident.declare_major(&by(&story, person("yamada")), Criterion::Security, text());
        let may = !matches!(state, State::Detected | State::Closed | State::FalseAlarm | State::Merged);
        assert_eq!(marked.is_ok(), may, "{state:?}");
    }
    let mut story = Story::in_state(State::Notified);
    mark(&mut story);
    let again = story.incident.declare_major(&by(&story, person("suzuki")), Criterion::Security, text());
    assert_eq!(again.map_err(|refusal| refusal.kind), Err(RefusalKind::NotNow));
}

#[test]
fn only_a_person_closes_it_and_closing_stays_a_duty() {
    let mut story = Story::in_state(State::RecoveryNotified);
    let due = duty(&story, "close").unwrap();
    let has_timer =
        |story: &Story| story.incident.timers(&story.calendar).iter().any(|it| it.kind.code() == "auto_close");
    assert!(has_timer(&story));
    mark(&mut story);
    assert!(!has_timer(&story));
    assert_eq!(duty(&story, "close"), Some(due));
    story.now = due.plus_minutes(1);
    assert!(!story.fire().contains(&"auto_close".to_owned()));
    assert_eq!(story.incident.state, State::RecoveryNotified);
    let closed = story.incident.close(&by(&story, Actor::System), story.closing(true));
    assert_eq!(closed.map_err(|refusal| refusal.kind), Err(RefusalKind::NotNow));
    story.act(Verb::Close);
    assert_eq!(story.incident.state, State::Closed);
}

/// Ten business days after the recovery notice, or after the mark where that came later; it may follow the closing.
#[test]
fn the_review_is_owed_after_the_recovery_notice_until_it_is_there() {
    let due = |day: &str| Some(Instant::parse(&format!("{day}T19:00:00+09:00")).unwrap());
    let mut story = Story::in_state(State::Notified);
    mark(&mut story);
    assert_eq!(duty(&story, "review_major"), None);
    let early = story.incident.review_major(&by(&story, person("suzuki")), review());
    assert_eq!(early.map_err(|refusal| refusal.kind), Err(RefusalKind::NotNow));
    story.at(30).act(Verb::Recover).act(Verb::NotifyRecovery);
    assert_eq!(duty(&story, "review_major"), due("2026-12-07"));
    story.act(Verb::Close);
    assert_eq!(duty(&story, "review_major"), due("2026-12-07"));
    let by_tool = story.incident.review_major(&by(&story, Actor::System), review());
    assert_eq!(by_tool.map_err(|refusal| refusal.kind), Err(RefusalKind::NotNow));
    let facts = story.incident.review_major(&by(&story, person("suzuki")), review()).unwrap();
    story.add(facts);
    assert_eq!(duty(&story, "review_major"), None);
    let mut late = Story::in_state(State::RecoveryNotified);
    late.now = at(3 * 24 * 60);
    mark(&mut late);
    assert_eq!(duty(&late, "review_major"), due("2026-12-09"));
    let none = Story::in_state(State::RecoveryNotified);
    assert!(none.incident.review_major(&by(&none, person("suzuki")), review()).is_err(), "it is no major one");
}
