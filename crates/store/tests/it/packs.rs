//! Packs: one node of several makes each, and how it went is known to all.

use crate::bench::{Bench, on_both, start};

const EVERY_MS: i64 = 15 * 60_000;
const LEASE_MS: i64 = 2 * 60_000;

async fn one_node_makes_it_and_the_next_is_due_later(bench: Bench) {
    let system = bench.store.system();
    assert!(system.pack().await.unwrap().is_none());
    let claim = async |node: &str| system.claim_pack(node, EVERY_MS, LEASE_MS).await.unwrap();
    assert!(claim("a").await);
    assert!(!claim("b").await, "a has it");
    assert!(!claim("a").await, "and has begun already");
    system.finish_pack("a", Ok(start()), start().plus_ms(EVERY_MS)).await.unwrap();
    let row = system.pack().await.unwrap().unwrap();
    assert_eq!((row.made, row.failing_since, row.reason), (Some(start()), None, None));
    bench.clock.advance_ms(EVERY_MS - 1);
    assert!(!claim("b").await, "not due yet");
    bench.clock.advance_ms(1);
    assert!(claim("b").await);
}

async fn a_node_that_died_over_it_is_followed_by_another(bench: Bench) {
    let system = bench.store.system();
    assert!(system.claim_pack("a", EVERY_MS, LEASE_MS).await.unwrap());
    bench.clock.advance_ms(LEASE_MS - 1);
    assert!(!system.claim_pack("b", EVERY_MS, LEASE_MS).await.unwrap());
    bench.clock.advance_ms(1);
    assert!(system.claim_pack("b", EVERY_MS, LEASE_MS).await.unwrap());
    // What the first one says afterwards does not count.
    system.finish_pack("a", Ok(start()), start().plus_ms(EVERY_MS)).await.unwrap();
    assert_eq!(system.pack().await.unwrap().unwrap().made, None);
}

async fn a_failure_keeps_its_beginning_and_the_last_good_pack(bench: Bench) {
    let system = bench.store.system();
    let tried = async |ended: Result<domain::time::Instant, &str>| {
        assert!(system.claim_pack("a", EVERY_MS, LEASE_MS).await.unwrap());
        let now = bench.store.now().await.unwrap();
        system.finish_pack("a", ended, now.plus_minutes(1)).await.unwrap();
        bench.clock.advance_ms(60_000);
        let row = system.pack().await.unwrap().unwrap();
        (row.made, row.failing_since, row.reason)
    };
    assert_eq!(tried(Ok(start())).await, (Some(start()), None, None));
    let since = Some(start().plus_minutes(1));
    assert_eq!(tried(Err("disk full")).await, (Some(start()), since, Some("disk full".into())));
    assert_eq!(tried(Err("no folder")).await, (Some(start()), since, Some("no folder".into())));
    let later = start().plus_minutes(3);
    assert_eq!(tried(Ok(later)).await, (Some(later), None, None));
}

async fn a_clock_that_went_back_does_not_stop_packs(bench: Bench) {
    let system = bench.store.system();
    assert!(system.claim_pack("a", EVERY_MS, LEASE_MS).await.unwrap());
    system.finish_pack("a", Ok(start()), start().plus_ms(EVERY_MS)).await.unwrap();
    bench.clock.advance_ms(-60 * 60_000);
    assert!(system.claim_pack("b", EVERY_MS, LEASE_MS).await.unwrap());
}

on_both!(
    one_node_makes_it_and_the_next_is_due_later,
    a_node_that_died_over_it_is_followed_by_another,
    a_failure_keeps_its_beginning_and_the_last_good_pack,
    a_clock_that_went_back_does_not_stop_packs,
);
