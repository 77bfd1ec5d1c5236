//! Random walks: whatever people, tools and time do in whatever order, what the desk keeps stays sound.

use super::clocks::ledgers_are_gapless;
use super::story::{Story, Verb, person};
use crate::fact::{AttemptOutcome, Body, Voice};
use crate::ids::{BlobId, MessageId, PersonId};
use crate::incident::duty::DutyKind;
use crate::incident::escalation::Cause;
use crate::incident::timer::TimerKind;
use crate::incident::{Incident, State};
use crate::time::Instant;
use proptest::prelude::*;
use std::collections::BTreeMap;

/// One step: how long nothing happens, then who does what.
#[derive(Clone, Debug)]
enum Step {
    Verb { verb: usize, second_person: bool, voice: u8 },
    Joined,
    Resolved,
    Delivered { message: usize, arrived: bool },
}

fn steps() -> impl Strategy<Value = Vec<(i64, Step)>> {
    let pause = prop_oneof![0..90_000_i64, 0..1_200_000_i64, 0..7_200_000_i64, Just(0), Just(900_000), Just(3_600_000)];
    let step = prop_oneof![
        8 => (0..Verb::ALL.len(), any::<bool>(), 0..3_u8)
            .prop_map(|(verb, second_person, voice)| Step::Verb { verb, second_person, voice }),
        1 => Just(Step::Joined),
        1 => Just(Step::Resolved),
        1 => (0..8_usize, any::<bool>()).prop_map(|(message, arrived)| Step::Delivered { message, arrived }),
    ];
    prop::collection::vec((pause, step), 1..60)
}

/// The timer table as the store keeps it: kind to generation, due and whether it fired.
#[derive(Default)]
struct Rows(BTreeMap<String, (u64, Instant, bool)>);

impl Rows {
    fn sync(&mut self, incident: &Incident, calendar: &crate::calendar::Calendar) {
        let wanted = incident.timers(calendar);
        self.0.retain(|kind, (.., fired)| *fired || wanted.iter().any(|timer| timer.kind.code() == *kind));
        for timer in wanted {
            let row = self.0.entry(timer.kind.code()).or_insert((timer.generation, timer.due, false));
            let fired = row.2 && timer.generation <= row.0;
            *row = (timer.generation, timer.due, fired);
            assert!(!fired, "{} of {} is wanted, but its row has fired", timer.kind.code(), timer.due);
        }
    }

    /// Fires what is due, row by row and round by round, as the worker does.
    fn fire(&mut self, story: &mut Story) {
        for _ in 0..2_000 {
            let due = self.0.iter().find(|(_, (_, due, fired))| !fired && *due <= story.now);
            let Some(kind) = due.map(|(kind, _)| kind.clone()) else { return };
            if let Some(row) = self.0.get_mut(&kind) {
                row.2 = true;
            }
            let facts = story.facts.len();
            match story.incident.fire(&kind, story.now, &story.calendar) {
                Some((_, Some(body))) => drop(story.hear(body)),
                // The desk knows the people of a group.
                Some((TimerKind::Unrecovered(to), None)) => {
                    let (cause, ladder) = (Cause::Unrecovered, vec![PersonId::new("a"), PersonId::new("b")]);
                    story.hear(Body::Escalated { to, cause, text: None, ladder, ordered: true });
                    let escalation = story.incident.escalations.len() as u32;
                    page(story, escalation, 0);
                }
                Some((TimerKind::PageUnanswered(escalation, step), None)) => page(story, escalation, step),
                Some((_, None)) => {
                    let by =
                        crate::incident::verbs::By { actor: crate::access::Actor::System, role: None, now: story.now };
                    let closed = story.incident.close(&by, story.closing(true)).unwrap();
                    story.add(closed);
                }
                None => panic!("{kind} stood and has nothing to say"),
            }
            assert!(story.facts.len() > facts, "{kind}");
            self.sync(&story.incident, &story.calendar);
        }
        panic!("timers fire for ever");
    }
}

fn take(story: &mut Story, step: &Step) {
    match step {
        Step::Verb { verb, second_person, voice } => {
            story.voice = match voice {
                0 => Voice::NoneValid,
                1 => Voice::Waived,
                _ => Voice::Required { contact: crate::ids::ContactId::new("owner") },
            };
            let actor = person(if *second_person { "suzuki" } else { "yamada" });
            // One of what is legal now, so that a walk gets far.
            let legal: Vec<_> = Verb::ALL.into_iter().filter_map(|verb| story.attempt(verb, &actor).ok()).collect();
            let facts = legal[verb % legal.len()].clone();
            let told = facts.iter().any(|fact| matches!(fact.body, Body::IncidentNotified { .. }));
            story.add(facts);
            if told {
                let id = format!("m{}", story.incident.deliveries.len());
                story.queue_mail(&id);
            }
        }
        Step::Joined => drop(story.hear(Body::AlertJoined { event: 9, alert_key: "web01".into() })),
        Step::Resolved => drop(story.hear(Body::AlertResolved { event: 9, alert_key: "db01".into() })),
        Step::Delivered { message, arrived } => {
            let message = MessageId::new(format!("m{message}"));
            if story.incident.deliveries.contains_key(&message) {
                let outcome = if *arrived { AttemptOutcome::Delivered } else { AttemptOutcome::Deferred };
                let detail = BlobId::new("sha256:detail");
                story.hear(Body::MessageAttempted { message, attempt: 1, outcome, detail });
            }
        }
    }
}

fn check(story: &Story) {
    let incident = &story.incident;
    assert_eq!(Incident::fold(&story.facts).as_ref(), Ok(&Some(incident.clone())), "the fold is what was applied");
    let seen = story.facts.iter().filter(|fact| fact.body.moves_version()).map(|fact| fact.seq).max();
    assert_eq!(Some(incident.version), seen);
    ledgers_are_gapless(story);
    let duties = incident.duties(story.now, &story.calendar);
    if incident.ended_at().is_some() {
        let is_owed = |kind: &DutyKind| match kind {
            DutyKind::CallUndelivered(_) => true,
            DutyKind::WriteReport(_) => incident.state == State::Closed,
            _ => false,
        };
        let rest = duties.iter().all(|duty| is_owed(&duty.kind));
        assert!(rest, "once ended only what did not arrive is owed, and reports: {duties:?}");
    } else {
        assert!(!duties.is_empty(), "an open incident owes something: {story:?}");
    }
    let last = story.facts.iter().rev().find(|fact| !matches!(fact.body, Body::MessageQueued { .. }));
    if let Some(Body::IncidentNotified { impact: true, next_due, .. }) = last.map(|fact| &fact.body) {
        let owed = incident.next_open_slot(last.map_or(story.now, |fact| fact.instant.plus_ms(1)));
        assert_eq!(*next_due, owed, "a notice promises the slot that is owed");
    }
    let of_others = |kind: &DutyKind| matches!(kind, DutyKind::Escalation(_));
    assert!(duties.is_sorted_by_key(|duty| (of_others(&duty.kind), duty.due)));
    if incident.state == State::Closed {
        let closed = incident.ended_at().unwrap();
        let given: Vec<_> = incident.verdicts.iter().map(|verdict| verdict.what.clone()).collect();
        assert_eq!(given, incident.verdicts_as_of(closed), "verdicts can be recomputed");
    }
    for (place, clock) in incident.clocks().iter().enumerate() {
        assert_eq!(clock.number as usize, place);
        assert!(clock.end.as_ref().is_none_or(|end| end.at >= clock.from));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_in_whatever_order(walk in steps()) {
        let mut story = Story::new();
        let mut rows = Rows::default();
        rows.sync(&story.incident, &story.calendar);
        for (pause_ms, step) in walk {
            story.now = story.now.plus_ms(pause_ms);
            rows.fire(&mut story);
            check(&story);
            take(&mut story, &step);
            rows.sync(&story.incident, &story.calendar);
            rows.fire(&mut story);
            check(&story);
        }
    }
}

/// A page is queued and sent.
fn page(story: &mut Story, escalation: u32, step: u32) {
    let message = MessageId::new(format!("page-{escalation}-{step}"));
    story.hear(Body::PageQueued { message: message.clone(), escalation, step, person: PersonId::new("a") });
    let detail = BlobId::new("sha256:detail");
    story.hear(Body::MessageAttempted { message, attempt: 1, outcome: AttemptOutcome::Delivered, detail });
}
