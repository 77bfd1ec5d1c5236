//! When checkpoints are signed, and whose signature is trusted.

use super::history::{self, Place};
use super::{inside, key, on_both};
use desk::{CHECKPOINT_FACTS, CHECKPOINT_MS, CheckpointKey, Verify};
use domain::fact::{Body, NewFact};
use domain::ids::{ProjectKey, TenantId};
use store::Store;

async fn facts(store: &Store, tenant: &TenantId, count: u64) {
    let mut write = store.write(tenant).await.unwrap();
    for _ in 0..count {
        let exceptions = vec![];
        write.append(NewFact::by_system(None, Body::ProjectStarted { project: ProjectKey::new("ACME"), exceptions }));
    }
    write.commit().await.unwrap();
}

async fn each_minute_or_thousand_facts_where_there_is_news(place: Place) {
    let (store, desk, clock) = history::open(&place.url("desk").await).await;
    let tenant = desk.add_tenant(&history::console(), "○○商事", "ACME").await.unwrap().id;
    let covered = async || {
        let signed = desk.sign_heads(&key()).await.unwrap();
        desk.keep_checkpoints(&signed).await.unwrap();
        signed.iter().find(|note| note.tenant == tenant).map(|note| note.seq)
    };
    let begun = store.tenant(&tenant).head().await.unwrap().unwrap().seq;
    assert_eq!(covered().await, Some(begun), "the first one at once");
    facts(&store, &tenant, 1).await;
    clock.advance_ms(CHECKPOINT_MS - 1);
    assert_eq!(covered().await, None, "news, but too soon");
    clock.advance_ms(1);
    assert_eq!(covered().await, Some(begun + 1));
    clock.advance_ms(CHECKPOINT_MS);
    assert_eq!(covered().await, None, "no news");
    facts(&store, &tenant, CHECKPOINT_FACTS - 1).await;
    assert_eq!(covered().await, Some(begun + CHECKPOINT_FACTS), "a minute has passed");
    facts(&store, &tenant, CHECKPOINT_FACTS).await;
    assert_eq!(covered().await, Some(begun + 2 * CHECKPOINT_FACTS), "a thousand facts do not wait");
    let report = desk::verify(&store, &inside()).await.unwrap();
    assert_eq!(report.checkpoints, 5, "four of the customer and one of the provider");
}

async fn a_checkpoint_by_another_key_is_not_trusted(place: Place) {
    let (store, desk, _) = history::open(&place.url("desk").await).await;
    desk.add_tenant(&history::console(), "○○商事", "ACME").await.unwrap();
    let stranger = CheckpointKey::from_seed([8; 32]);
    let signed = desk.sign_heads(&stranger).await.unwrap();
    desk.keep_checkpoints(&signed).await.unwrap();
    desk::verify(&store, &Verify { checkpoint_keys: vec![stranger.verifier().clone()], outside: None }).await.unwrap();
    let found = desk::verify(&store, &inside()).await.unwrap_err();
    assert!(found.to_string().contains("trusted key"), "{found}");
}

async fn a_note_is_owed_until_it_is_kept(place: Place) {
    let (store, desk, _) = history::open(&place.url("desk").await).await;
    desk.add_tenant(&history::console(), "○○商事", "ACME").await.unwrap();
    let signed = desk.sign_heads(&key()).await.unwrap();
    assert!(!signed.is_empty());
    // It could not be put outside the database.
    assert_eq!(desk.sign_heads(&key()).await.unwrap(), signed);
    desk.keep_checkpoints(&signed).await.unwrap();
    assert_eq!(desk.sign_heads(&key()).await.unwrap(), vec![]);
    assert_eq!(desk::verify(&store, &inside()).await.unwrap().checkpoints, signed.len() as u64);
}

on_both!(
    each_minute_or_thousand_facts_where_there_is_news,
    a_checkpoint_by_another_key_is_not_trusted,
    a_note_is_owed_until_it_is_kept,
);
