//! Messages: claimed under a fence, tried again slower and slower, and named when they do not arrive (design §6).

use crate::bench::{Bench, console, on_both, start};
use desk::incident::Payload;
use desk::{Attempt, Outgoing};
use domain::fact::{AttemptOutcome, Body};
use domain::ids::RecordKey;

on_both!(
    a_delivered_message_is_written_down_once,
    what_is_deferred_is_tried_again_slower_and_at_last_given_up,
    a_stale_claim_writes_nothing,
    what_nobody_took_over_for_five_minutes_is_owed_a_call,
    a_webhook_is_called_with_its_secret_which_is_sealed,
);

async fn claim(bench: &Bench, node: &str) -> Vec<Outgoing> {
    bench.desk.store().system().beat(node, node, start()).await.unwrap();
    bench.desk.claim(node, 10).await.unwrap()
}

async fn attempts(bench: &Bench, key: &RecordKey) -> Vec<AttemptOutcome> {
    let facts = bench.facts(key).await.into_iter();
    let outcomes = facts.filter_map(|fact| match fact.body {
        Body::MessageAttempted { outcome, .. } => Some(outcome),
        _ => None,
    });
    outcomes.collect()
}

fn detail(text: &str) -> String {
    text.to_owned()
}

async fn a_delivered_message_is_written_down_once(bench: Bench) {
    let key = bench.told().await;
    let claimed = claim(&bench, "n1").await;
    assert_eq!(claimed.len(), 2);
    assert!(claimed.iter().all(|outgoing| matches!(outgoing.payload, Some(Payload::Mail(_)))));
    assert_eq!(claim(&bench, "n2").await.len(), 0, "what a living node holds is nobody else's");
    let version = bench.version(&key).await;
    for outgoing in &claimed {
        assert!(bench.desk.finish(&outgoing.claim, &Attempt::Delivered { detail: detail("250 ok") }).await.unwrap());
        assert!(!bench.desk.finish(&outgoing.claim, &Attempt::Delivered { detail: detail("250 ok") }).await.unwrap());
    }
    assert_eq!(attempts(&bench, &key).await, [AttemptOutcome::Delivered; 2]);
    assert_eq!(bench.version(&key).await, version, "a delivery makes nobody's work stale");
    assert!(bench.messages(&key).await.iter().all(|(row, _)| row.state == "delivered"));
    bench.at(30);
    bench.desk.fire_due().await.unwrap();
    assert_eq!(bench.count(&key, |body| matches!(body, Body::MessageUndelivered { .. })).await, 0);
}

async fn what_is_deferred_is_tried_again_slower_and_at_last_given_up(bench: Bench) {
    let key = bench.told().await;
    let [first, other] = claim(&bench, "n1").await.try_into().unwrap();
    bench.desk.finish(&other.claim, &Attempt::Refused { detail: detail("550 no such user") }).await.unwrap();
    let (mut claim_now, mut waits_s) = (first, vec![]);
    loop {
        let before = bench.clock.now();
        bench.desk.finish(&claim_now.claim, &Attempt::Deferred { detail: detail("451 later") }).await.unwrap();
        let Some(next) = bench.desk.store().system().next_message().await.unwrap() else { break };
        waits_s.push(next.since_ms(before) / 1_000);
        bench.clock.set(next.plus_ms(-1));
        assert_eq!(claim(&bench, "n1").await.len(), 0, "not before its time");
        bench.clock.set(next);
        claim_now = claim(&bench, "n1").await.remove(0);
        assert_eq!(claim_now.claim.attempts as usize, waits_s.len() + 1);
    }
    assert_eq!(waits_s, [2, 5, 10, 20, 60, 120, 300, 600, 1_800, 3_600, 7_200, 18_000, 36_000, 36_000]);
    let told = attempts(&bench, &key).await;
    assert_eq!(told.len(), 16);
    assert_eq!((told[0], told[15]), (AttemptOutcome::Refused, AttemptOutcome::Refused));
    assert!(told[1..15].iter().all(|outcome| *outcome == AttemptOutcome::Deferred));
    let messages = bench.messages(&key).await;
    assert!(messages.iter().all(|(row, _)| row.state == "failed" && row.reason.is_some()));
}

async fn a_stale_claim_writes_nothing(bench: Bench) {
    let key = bench.told().await;
    let stale = claim(&bench, "n1").await.remove(0);
    // The node dies: five seconds later its work is another's.
    bench.clock.advance_ms(5_000);
    let taken = claim(&bench, "n2").await;
    let fresh = taken.iter().find(|outgoing| outgoing.claim.id == stale.claim.id).unwrap();
    assert_eq!((stale.claim.fence, fresh.claim.fence), (1, 2));
    assert_eq!(fresh.payload, stale.payload, "the same message again, under the same Message-ID");
    let head = bench.head().await;
    assert!(!bench.desk.finish(&stale.claim, &Attempt::Refused { detail: detail("late") }).await.unwrap());
    assert_eq!(bench.head().await, head);
    assert!(bench.desk.finish(&fresh.claim, &Attempt::Delivered { detail: detail("250 ok") }).await.unwrap());
    assert_eq!(attempts(&bench, &key).await, [AttemptOutcome::Delivered]);
}

async fn what_nobody_took_over_for_five_minutes_is_owed_a_call(bench: Bench) {
    let key = bench.told().await;
    bench.call(&key).await;
    bench.at(4);
    assert_eq!(bench.desk.fire_due().await.unwrap(), 0);
    bench.at(5);
    assert_eq!(bench.desk.fire_due().await.unwrap(), 2);
    let duty = async || bench.desk.board(bench.person("mo")).await.unwrap()[0].row.duty.clone();
    assert_eq!(duty().await.as_deref(), Some("call_undelivered"));
    bench.call(&key).await;
    assert_eq!(duty().await.as_deref(), Some("interim"));
}

async fn a_webhook_is_called_with_its_secret_which_is_sealed(bench: Bench) {
    let url = "https://hooks.acme.example.jp/x";
    let (id, secret) = bench.desk.add_webhook(&console(), &bench.tenant, url).await.unwrap();
    let stored = bench.desk.store().tenant(&bench.tenant).webhook(&id).await.unwrap().unwrap();
    assert!(!stored.secret.contains(&secret) && !stored.secret.contains("whsec_"));
    bench.told().await;
    let claimed = claim(&bench, "n1").await;
    let hooks: Vec<_> = claimed.iter().filter(|outgoing| outgoing.claim.channel == "webhook").collect();
    assert_eq!(hooks.len(), 1);
    assert_eq!(hooks[0].secrets, [secret]);
    let Some(Payload::Webhook(hook)) = &hooks[0].payload else { panic!("{:?}", hooks[0].payload) };
    let body: serde_json::Value = serde_json::from_str(&hook.body).unwrap();
    assert_eq!(body["type"], "incident.occurrence");
    assert_eq!((&body["data"]["key"], &body["data"]["impact"]), (&"ACME-1".into(), &true.into()));
    // A sealed secret moved to another place does not open there.
    let (other, _) = bench.desk.add_webhook(&console(), &bench.other, url).await.unwrap();
    let elsewhere = bench.desk.store().tenant(&bench.other).webhook(&other).await.unwrap().unwrap();
    assert_ne!(elsewhere.secret, stored.secret);
    bench.desk.disable_webhook(&console(), &bench.tenant, &id).await.unwrap();
    bench.at(60);
    bench.report(&RecordKey::new("ACME-1")).await;
    let later = claim(&bench, "n1").await;
    assert!(later.iter().all(|outgoing| outgoing.claim.channel == "mail"), "a disabled endpoint is called no more");
}
