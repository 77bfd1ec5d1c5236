//! F26: random changes by plain SQL are found, each named exactly. F27: a chain cut, written anew or rolled back is found by
//! checkpoints.

use super::history::{self, Place};
use super::{fault, inside, on_both};
use desk::Verify;
use domain::fact::{genesis, link};
use testkit::tamper::{self, Dice, Hand};

/// How many changes are tried.
fn rounds() -> usize {
    std::env::var("MADOGUCHI_TEST_MUTATIONS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(40)
}

async fn each_change_is_named(place: Place) {
    let history = history::write(&place).await;
    let url = history.url.clone();
    history.desk.store().close().await;
    let seed = std::env::var("MADOGUCHI_TEST_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(26);
    let mut dice = Dice::new(seed);
    let mut missed = vec![];
    for round in 0..rounds() {
        let copy = tamper::copy(&url, place.folder.path(), &format!("copy{round}")).await.unwrap();
        assert_eq!(fault(&copy, &inside()).await, None, "a false alarm");
        let mut hand = Hand::on(&copy).await.unwrap();
        let tampering = hand.tamper(&mut dice).await.unwrap();
        hand.close().await.unwrap();
        let found = fault(&copy, &inside()).await;
        let named = found.as_ref().is_some_and(|fault| {
            let record = fault.record.as_ref().map(domain::ids::RecordKey::as_str);
            tampering.is_named(fault.tenant.as_str(), fault.seq, record, &fault.what)
        });
        if !named {
            missed.push(format!("round {round}: {tampering:?} found as {found:?}"));
        }
    }
    assert!(missed.is_empty(), "seed {seed}: {missed:#?}");
}

async fn a_tail_cut_with_its_head_is_seen_by_a_checkpoint(place: Place) {
    let history = history::write(&place).await;
    let covered = history.outside.iter().rev().find(|note| note.tenant == history.acme).unwrap().clone();
    let last = history.store.tenant(&history.acme).facts(covered.seq - 4, 1).await.unwrap().remove(0);
    history.desk.store().close().await;
    let mut hand = Hand::on(&history.url).await.unwrap();
    let (tenant, seq, hash) = (&history.acme, last.seq, &last.hash);
    hand.run(&format!("DELETE FROM facts WHERE tenant = '{tenant}' AND seq > {seq}")).await.unwrap();
    hand.run(&format!("UPDATE chain_heads SET seq = {seq}, hash = '{hash}' WHERE tenant = '{tenant}'")).await.unwrap();
    let found = fault(&history.url, &inside()).await.unwrap();
    assert_eq!((&found.tenant, found.seq), (tenant, seq + 1), "{found}");
    assert!(found.what.contains(&covered.seq.to_string()), "{found}");
    // With the checkpoints of the database gone too, those outside still tell.
    hand.run(&format!("DELETE FROM checkpoints WHERE seq > {seq}")).await.unwrap();
    hand.close().await.unwrap();
    let outside = Verify { outside: Some(history.outside.clone()), ..inside() };
    let found = fault(&history.url, &outside).await.unwrap();
    assert_eq!((&found.tenant, found.seq), (tenant, seq + 1), "{found}");
}

async fn a_chain_written_anew_is_seen_by_a_checkpoint(place: Place) {
    let history = history::write(&place).await;
    let tenant = history.acme.clone();
    let facts = history.store.tenant(&tenant).facts(0, 10_000).await.unwrap();
    let first = history.outside.iter().filter(|note| note.tenant == tenant).map(|note| note.seq).min().unwrap();
    history.desk.store().close().await;
    let mut hand = Hand::on(&history.url).await.unwrap();
    // One word of the first fact, and every hash after it computed again.
    let mut hash = genesis(&tenant, 0);
    for fact in &facts {
        let json = if fact.seq == 1 { fact.json.replace("\"console\"", "\"system\"") } else { fact.json.clone() };
        assert!(fact.seq > 1 || json != fact.json);
        hash = link(&hash, &json);
        let set = format!("json = '{}', hash = '{hash}'", json.replace('\'', "''"));
        hand.run(&format!("UPDATE facts SET {set} WHERE tenant = '{tenant}' AND seq = {}", fact.seq)).await.unwrap();
    }
    hand.run(&format!("UPDATE chain_heads SET hash = '{hash}' WHERE tenant = '{tenant}'")).await.unwrap();
    let found = fault(&history.url, &inside()).await.unwrap();
    assert_eq!((&found.tenant, found.seq), (&tenant, first), "{found}");
    hand.run("DELETE FROM checkpoints").await.unwrap();
    hand.close().await.unwrap();
    assert_eq!(fault(&history.url, &inside()).await, None, "without checkpoints nothing can tell");
    let outside = Verify { outside: Some(history.outside.clone()), ..inside() };
    let found = fault(&history.url, &outside).await.unwrap();
    assert_eq!((&found.tenant, found.seq), (&tenant, first), "{found}");
}

async fn a_rollback_to_an_old_copy_is_seen_from_outside(place: Place) {
    let mut history = history::write(&place).await;
    let old = place.folder.path().join("old.jsonl");
    desk::backup(&history.store, &old).await.unwrap();
    let before = history.store.tenant(&history.acme).head().await.unwrap().unwrap().seq;
    history.a_note().await;
    history.checkpoint().await;
    let url = place.url("rolled_back").await;
    desk::restore(&old, &url).await.unwrap();
    assert_eq!(fault(&url, &inside()).await, None, "the old copy is whole in itself");
    let outside = Verify { outside: Some(history.outside.clone()), ..inside() };
    let found = fault(&url, &outside).await.unwrap();
    assert_eq!((&found.tenant, found.seq), (&history.acme, before + 1), "{found}");
}

on_both!(
    each_change_is_named,
    a_tail_cut_with_its_head_is_seen_by_a_checkpoint,
    a_chain_written_anew_is_seen_by_a_checkpoint,
    a_rollback_to_an_old_copy_is_seen_from_outside,
);
