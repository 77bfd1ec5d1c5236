//! Messages: claimed under a fence, tried again slower and slower, and named when they do not arrive (design §6).

use crate::bench::{Bench, console, on_both, settings, start};
use desk::incident::input;
use desk::{Attempt, Content, Desk, Outgoing};
use domain::fact::{AttemptOutcome, Body, CallResult};
use domain::ids::RecordKey;
use domain::incident::duty::DutyKind;
use testkit::tamper::Hand;

on_both!(
    a_delivered_message_is_written_down_once,
    what_is_deferred_is_tried_again_slower_and_at_last_given_up,
    a_stale_claim_writes_nothing,
    what_nobody_took_over_for_five_minutes_is_owed_a_call,
    a_webhook_is_called_with_its_secret_which_is_sealed,
    a_lost_outcome_is_no_lost_message,
    a_message_that_cannot_be_looked_into_strands_no_other,
    two_webhooks_of_one_address_are_both_called,
    a_secret_sealed_with_another_key_defers,
    why_a_mail_was_refused_stays_known,
    an_ended_incident_stays_on_the_board_while_it_owes_a_call,
);

/// How long claims of these tests last.
const LEASE_MS: i64 = 60_000;

async fn claim(bench: &Bench, node: &str) -> Vec<Outgoing> {
    bench.desk.store().system().beat(node, node, start()).await.unwrap();
    bench.desk.claim(node, 10, LEASE_MS).await.unwrap()
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
    assert!(claimed.iter().all(|outgoing| matches!(outgoing.content, Content::Mail(_))));
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
    assert_eq!(fresh.content, stale.content, "the same message again, under the same Message-ID");
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
    let call = async |contact: &str, result| {
        let (version, number) = (bench.version(&key).await, "03-0000-0000".to_owned());
        let call =
            input::Call { version, contact: contact.into(), number, result: Some(result), ..input::Call::default() };
        bench.desk.call(bench.person("mo"), &key, &call).await.unwrap();
        duty().await
    };
    assert_eq!(call("owner", CallResult::Busy).await.as_deref(), Some("call_undelivered"), "the office was not called");
    assert_eq!(call("office", CallResult::Busy).await.as_deref(), Some("interim"));
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
    let Content::Webhook(hook, opened) = &hooks[0].content else { panic!("{:?}", hooks[0].content) };
    assert_eq!(*opened, secret);
    let body: serde_json::Value = serde_json::from_str(&hook.body).unwrap();
    assert_eq!(body["type"], "incident.occurrence");
    assert_eq!((&body["data"]["key"], &body["data"]["impact"]), (&"ACME-1".into(), &true.into()));
    for outgoing in &claimed {
        bench.desk.finish(&outgoing.claim, &Attempt::Delivered { detail: detail("ok") }).await.unwrap();
    }
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

async fn a_lost_outcome_is_no_lost_message(bench: Bench) {
    bench.told().await;
    let lost = claim(&bench, "n1").await;
    assert_eq!(lost.len(), 2);
    bench.clock.advance_ms(LEASE_MS);
    assert_eq!(claim(&bench, "n1").await.len(), 0);
    bench.clock.advance_ms(10_001);
    assert_eq!(bench.desk.audit().await.unwrap().overdue_claims, 2);
    let again = claim(&bench, "n1").await;
    assert_eq!(again.len(), 2, "the node lives, and the messages are sent again");
    assert!(!bench.desk.finish(&lost[0].claim, &Attempt::Delivered { detail: detail("250 ok") }).await.unwrap());
    assert_eq!(bench.desk.audit().await.unwrap().overdue_claims, 0);
}

async fn a_message_that_cannot_be_looked_into_strands_no_other(bench: Bench) {
    bench.desk.add_webhook(&console(), &bench.tenant, "https://hooks.acme.example.jp/x").await.unwrap();
    bench.told().await;
    let mut hand = Hand::on(&bench.url).await.unwrap();
    hand.run("ALTER TABLE webhooks RENAME TO webhooks_away").await.unwrap();
    let claimed = claim(&bench, "n1").await;
    assert_eq!(claimed.len(), 2);
    assert!(claimed.iter().all(|outgoing| matches!(outgoing.content, Content::Mail(_))));
    hand.run("ALTER TABLE webhooks_away RENAME TO webhooks").await.unwrap();
    hand.close().await.unwrap();
    assert_eq!(claim(&bench, "n1").await.len(), 0, "it waits a little");
    bench.clock.advance_ms(10_000);
    let [hook] = claim(&bench, "n1").await.try_into().unwrap();
    assert!(matches!(hook.content, Content::Webhook(..)));
    assert_eq!(hook.claim.attempts, 1, "nothing was attempted before");
}

async fn two_webhooks_of_one_address_are_both_called(bench: Bench) {
    let url = "https://hooks.acme.example.jp/x";
    let mut secrets = vec![];
    for _ in 0..2 {
        secrets.push(bench.desk.add_webhook(&console(), &bench.tenant, url).await.unwrap().1);
    }
    let key = bench.told().await;
    let claimed = claim(&bench, "n1").await;
    let signing = claimed.iter().filter_map(|outgoing| match &outgoing.content {
        Content::Webhook(_, secret) => Some(secret.clone()),
        _ => None,
    });
    let mut signing: Vec<_> = signing.collect();
    signing.sort();
    secrets.sort();
    assert_eq!(signing, secrets, "while a secret is changed, the old and the new one");
    let queued = bench.count(&key, |body| matches!(body, Body::MessageQueued { .. })).await;
    assert_eq!((queued, bench.messages(&key).await.len()), (4, 4), "a fact for each row");
}

async fn a_secret_sealed_with_another_key_defers(bench: Bench) {
    let (id, _) = bench.desk.add_webhook(&console(), &bench.tenant, "https://hooks.acme.example.jp/x").await.unwrap();
    bench.told().await;
    let store = bench.desk.store().clone();
    let stranger = Desk::new(store, desk::Settings { sealing_key: [8; 32], ..settings() });
    stranger.store().system().beat("n2", "n2", start()).await.unwrap();
    let claimed = stranger.claim("n2", 10, LEASE_MS).await.unwrap();
    let hook = claimed.iter().find(|outgoing| outgoing.claim.channel == "webhook").unwrap();
    let Content::Unsendable(attempt @ Attempt::Deferred { detail }) = &hook.content else { panic!("{hook:?}") };
    assert!(detail.contains("sealing key"), "{detail}");
    assert!(stranger.finish(&hook.claim, attempt).await.unwrap());
    bench.clock.advance_ms(2_000);
    let again = claim(&bench, "n1").await;
    assert!(matches!(again[0].content, Content::Webhook(..)), "the node that sealed it sends it");
    bench.desk.finish(&again[0].claim, attempt).await.unwrap();
    bench.desk.disable_webhook(&console(), &bench.tenant, &id).await.unwrap();
    bench.clock.advance_ms(5_000);
    let disabled = claim(&bench, "n1").await.into_iter().find(|outgoing| outgoing.claim.channel == "webhook").unwrap();
    assert!(matches!(disabled.content, Content::Unsendable(Attempt::Refused { .. })), "{disabled:?}");
}

async fn why_a_mail_was_refused_stays_known(bench: Bench) {
    let key = bench.told().await;
    let refused = claim(&bench, "n1").await.remove(0);
    bench.desk.finish(&refused.claim, &Attempt::Refused { detail: detail("550 no such user") }).await.unwrap();
    bench.at(9);
    bench.desk.fire_due().await.unwrap();
    let view = bench.desk.incident(bench.person("mo"), &key).await.unwrap();
    let owed = view.duties.into_iter().filter_map(|duty| match duty.kind {
        DutyKind::CallUndelivered(id) => Some(id),
        _ => None,
    });
    let owed: Vec<_> = owed.collect();
    let rows = bench.desk.messages_named(bench.person("mo"), &owed).await.unwrap();
    assert_eq!(rows.len(), 2);
    let row = rows.iter().find(|row| row.id == refused.claim.id).unwrap();
    assert_eq!(row.reason.as_deref(), Some("550 no such user"));
    assert_eq!(bench.desk.messages_named(bench.person("foreign"), &owed).await.unwrap(), vec![]);
}

async fn an_ended_incident_stays_on_the_board_while_it_owes_a_call(bench: Bench) {
    let key = bench.told().await;
    bench.call(&key).await;
    for outgoing in claim(&bench, "n1").await {
        bench.desk.finish(&outgoing.claim, &Attempt::Delivered { detail: detail("250 ok") }).await.unwrap();
    }
    bench.recover(&key).await;
    bench.notify_recovery(&key).await;
    for outgoing in claim(&bench, "n1").await {
        bench.desk.finish(&outgoing.claim, &Attempt::Delivered { detail: detail("250 ok") }).await.unwrap();
    }
    bench.close(&key).await;
    for outgoing in claim(&bench, "n1").await {
        let attempt = match outgoing.claim.recipient.as_str() {
            "owner@acme.example.jp" => Attempt::Refused { detail: detail("550 no such user") },
            _ => Attempt::Delivered { detail: detail("250 ok") },
        };
        bench.desk.finish(&outgoing.claim, &attempt).await.unwrap();
    }
    let row = async || bench.desk.board(bench.person("mo")).await.unwrap().remove(0).row;
    assert_eq!(row().await.duty.as_deref(), Some("write_preliminary"));
    bench.at(5);
    assert_eq!(bench.desk.fire_due().await.unwrap(), 1);
    assert_eq!((row().await.state.as_str(), row().await.duty.as_deref()), ("closed", Some("call_undelivered")));
    bench.call(&key).await;
    assert_eq!(row().await.duty.as_deref(), Some("write_preliminary"));
}
