//! Limits and digests of pages, and an outage of our own (figures F14 and F18; design §6).

use crate::bench::{Bench, on_both, start};
use desk::incident::{Letter, input};
use desk::{Attempt, Content};
use domain::alerts::Action;
use domain::fact::Body;
use domain::ids::RecordKey;
use domain::incident::escalation::Group;

on_both!(
    an_outage_of_our_own_pages_once_and_only_what_is_of_use,
    a_storm_of_pages_is_twelve_mails_an_hour,
    what_goes_out_with_a_digest_that_fails_goes_out_by_itself,
);

/// What arrived: pages and notices apart.
#[derive(Default)]
struct Arrived {
    pages: Vec<Letter>,
    notices: Vec<Letter>,
}

/// Sends all that waits in a minute; what goes out with a digest hears of it some seconds later.
async fn send(bench: &Bench, minute: i64) -> Arrived {
    let mut arrived = Arrived::default();
    for seconds in [0, 6] {
        bench.clock.set(start().plus_minutes(minute).plus_ms(seconds * 1_000));
        deliver(bench, &mut arrived).await;
    }
    arrived
}

/// Claims all that waits and delivers it.
async fn deliver(bench: &Bench, arrived: &mut Arrived) {
    bench.desk.store().system().beat("n1", "n1", start()).await.unwrap();
    loop {
        let claimed = bench.desk.claim("n1", 500, 600_000).await.unwrap();
        if claimed.is_empty() {
            return;
        }
        for outgoing in claimed {
            let attempt = match outgoing.content {
                Content::Mail(letter) => {
                    let is_page = outgoing.claim.class == "page";
                    if is_page { &mut arrived.pages } else { &mut arrived.notices }.push(letter);
                    Attempt::Delivered { detail: "250 ok".into() }
                }
                Content::Unsendable(attempt) => attempt,
                Content::Webhook(..) => panic!("no webhook is configured"),
            };
            assert!(bench.desk.finish(&outgoing.claim, &attempt).await.unwrap());
        }
    }
}

/// Escalates to the support centre, which is one person here.
async fn escalate(bench: &Bench, key: &RecordKey) {
    let input = input::Escalation { to: Some(Group::Su), reason: "原因が分かりません".into() };
    bench.desk.escalate(bench.person("mo"), key, &input).await.unwrap();
}

async fn incident(bench: &Bench, name: &str) -> RecordKey {
    let key = bench.tell(Action::Trigger, name).await.incident.unwrap();
    bench.take(&key).await;
    escalate(bench, &key).await;
    key
}

async fn verified(bench: &Bench) {
    let asked = desk::Verify { checkpoint_keys: vec![], outside: None };
    desk::verify(bench.desk.store(), &asked).await.unwrap();
}

/// F14: thirty minutes without any node, with pages and notices queued.
async fn an_outage_of_our_own_pages_once_and_only_what_is_of_use(bench: Bench) {
    let mut keys = vec![];
    for n in 0..12 {
        keys.push(incident(&bench, &format!("host{n}")).await);
        bench.clock.set(start().plus_ms(i64::from(n) * 1_000));
    }
    // A notice to the customer was published before, and waits too.
    bench.check(&keys[0]).await;
    bench.judge(&keys[0], true).await;
    bench.at(31);
    // What was done meanwhile by others: two escalations are taken.
    for key in &keys[1..3] {
        let take = input::EscalationTaking { escalation: 1 };
        bench.desk.take_escalation(bench.person("su"), key, &take).await.unwrap();
    }
    bench.desk.fire_due().await.unwrap();
    let climbed = async |key: &RecordKey| {
        bench.count(key, |body| matches!(body, Body::PageQueued { escalation: 1, step: 1.., .. })).await
    };
    for key in &keys {
        assert_eq!(climbed(key).await, 0, "our own outage climbs no ladder");
    }
    let Arrived { pages, notices } = send(&bench, 31).await;
    let owner = notices.iter().filter(|letter| letter.to == "owner@acme.example.jp").count();
    assert_eq!(owner, 1, "a notice is never dropped");
    let to_su: Vec<&Letter> = pages.iter().filter(|letter| letter.to == "su@example.jp").collect();
    let [digest] = to_su[..] else { panic!("{} mails to one person", to_su.len()) };
    assert!(digest.subject.contains("まとめ 10件"), "{}", digest.subject);
    let place = |key: &RecordKey| digest.text.find(&format!("[{key}]"));
    assert!(keys[1..3].iter().all(|key| place(key).is_none()), "taken already: {}", digest.text);
    let order: Vec<_> = keys[3..].iter().map(|key| place(key).unwrap()).collect();
    assert!(order.is_sorted_by(|older, newer| older > newer), "the newest first: {order:?}");
    for key in &keys[3..] {
        assert_eq!(
            bench.count(key, |body| matches!(body, Body::MessageAttempted { .. })).await,
            1 + dh(&bench, key).await
        );
    }
    // Five minutes after the digest, and not before, the ladder climbs.
    bench.at(35);
    bench.desk.fire_due().await.unwrap();
    assert_eq!(climbed(&keys[3]).await, 0);
    bench.at(37);
    bench.desk.fire_due().await.unwrap();
    assert!(climbed(&keys[3]).await > 0);
    assert_eq!(climbed(&keys[1]).await, 0, "taken");
    verified(&bench).await;
}

/// Attempts of pages to others than the support centre: what passed meanwhile is told to the head of desk and more.
async fn dh(bench: &Bench, key: &RecordKey) -> usize {
    let own = bench.person("su").person().cloned().unwrap();
    let facts = bench.facts(key).await;
    let others = facts.iter().filter(|fact| matches!(&fact.body, Body::PageQueued { person, .. } if *person != own));
    others.count()
}

/// F18: each person gets at most twelve mails an hour over all incidents, and everything is told.
async fn a_storm_of_pages_is_twelve_mails_an_hour(bench: Bench) {
    let mut keys = vec![];
    let mut mails: Vec<(i64, Letter)> = vec![];
    for minute in 0..75 {
        bench.at(minute);
        if minute < 60 {
            keys.push(incident(&bench, &format!("host{minute}")).await);
        }
        let Arrived { pages, .. } = send(&bench, minute).await;
        mails.extend(pages.into_iter().filter(|letter| letter.to == "su@example.jp").map(|letter| (minute, letter)));
    }
    for (first, _) in &mails {
        let within = mails.iter().filter(|(minute, _)| (*first..first + 60).contains(minute)).count();
        assert!(within <= 12, "{within} mails within the hour from minute {first}");
    }
    for key in &keys {
        let told = mails.iter().any(|(_, letter)| {
            letter.subject.contains(&format!("[{key}]")) || letter.text.contains(&format!("[{key}]"))
        });
        assert!(told, "{key} is told to nobody");
    }
    verified(&bench).await;
}

/// A digest that nobody takes over loses nothing.
async fn what_goes_out_with_a_digest_that_fails_goes_out_by_itself(bench: Bench) {
    let mut keys = vec![];
    for n in 0..3 {
        keys.push(incident(&bench, &format!("host{n}")).await);
    }
    bench.at(3);
    bench.desk.store().system().beat("n1", "n1", start()).await.unwrap();
    let claimed = bench.desk.claim("n1", 1, 600_000).await.unwrap();
    let [outgoing] = &claimed[..] else { panic!("{claimed:?}") };
    let Content::Mail(digest) = &outgoing.content else { panic!("{outgoing:?}") };
    assert!(digest.subject.contains("3件"), "{}", digest.subject);
    assert!(bench.desk.claim("n1", 10, 600_000).await.unwrap().is_empty(), "the others wait for it");
    bench.desk.finish(&outgoing.claim, &Attempt::Refused { detail: "550".into() }).await.unwrap();
    let Arrived { pages, .. } = send(&bench, 14).await;
    let again: Vec<&Letter> = pages.iter().filter(|letter| letter.to == "su@example.jp").collect();
    let [again] = again[..] else { panic!("{again:?}") };
    assert!(again.subject.contains("2件"), "{}", again.subject);
    verified(&bench).await;
}
