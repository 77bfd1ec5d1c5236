//! An alert that goes on and off is told once and counted.

use super::story::{Story, Verb};
use crate::fact::Body;

fn over(story: &mut Story, event: u64) {
    story.hear(Body::AlertResolved { event, alert_key: "web01".into() });
}

fn again(story: &mut Story, event: u64) {
    story.hear(Body::AlertJoined { event, alert_key: "web01".into() });
}

#[test]
fn over_and_back_twice_is_flapping() {
    let mut story = Story::new();
    for (event, flaps) in [(2, None), (4, Some(4)), (6, Some(6))] {
        over(&mut story, event);
        again(&mut story, event + 1);
        assert_eq!(story.incident.flaps(), flaps);
    }
    // Said twice it is no change.
    over(&mut story, 8);
    over(&mut story, 9);
    assert_eq!(story.incident.flaps(), Some(7));
}

#[test]
fn flapping_owes_the_customer_nothing_more() {
    let mut story = Story::new();
    story.act(Verb::Take).act(Verb::Check).act(Verb::JudgeYes).act(Verb::Call);
    let owed = story.incident.duties(story.now, &story.calendar);
    for event in 0..20 {
        over(&mut story, 2 * event);
        again(&mut story, 2 * event + 1);
    }
    assert_eq!(story.incident.duties(story.now, &story.calendar), owed);
    assert_eq!(story.incident.publications.len(), 1);
}
