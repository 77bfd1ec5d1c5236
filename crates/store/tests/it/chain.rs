//! The write transaction and the chain of facts.

use crate::bench::{Bench, fact, incident, on_both, start};
use domain::fact::{Body, genesis, sha256, verify_link};
use domain::ids::{BlobId, TenantId};
use store::{Failure, LANE, STEP_MS, Store};

/// Reads the whole chain in pages and checks every place and hash; returns how many facts it has.
async fn check_chain(store: &Store, tenant: &TenantId) -> u64 {
    let (mut seq, mut hash) = (0, genesis(tenant, LANE));
    loop {
        let page = store.tenant(tenant).facts(seq, 97).await.unwrap();
        for stored in &page {
            seq += 1;
            assert_eq!(stored.seq, seq);
            verify_link(&hash, &stored.json, &stored.hash).unwrap();
            let fact = stored.fact(tenant).unwrap();
            assert_eq!((fact.seq, fact.instant, &fact.tenant), (seq, stored.instant, tenant));
            assert_eq!(fact.record, stored.record);
            assert!(stored.json.contains(&format!("\"kind\":\"{}\"", stored.kind)), "{}", stored.kind);
            hash.clone_from(&stored.hash);
        }
        if page.is_empty() {
            break;
        }
    }
    if let Some(head) = store.tenant(tenant).head().await.unwrap() {
        assert_eq!((head.seq, head.hash), (seq, hash));
    }
    seq
}

async fn eight_writers_leave_no_gap(bench: Bench) {
    let tenant = bench.tenant("a").await;
    let writers: Vec<_> = (0..8)
        .map(|_| {
            let (store, tenant) = (bench.store.clone(), tenant.clone());
            tokio::spawn(async move {
                for _ in 0..12 {
                    let mut write = store.write(&tenant).await.unwrap();
                    write.append(fact());
                    write.append(fact());
                    assert_eq!(write.commit().await.unwrap().len(), 2);
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    assert_eq!(check_chain(&bench.store, &tenant).await, 8 * 12 * 2);
}

async fn a_dropped_write_leaves_nothing(bench: Bench) {
    let (tenant, project) = bench.customer("a", "ACME").await;
    let before = bench.store.tenant(&tenant).head().await.unwrap();
    let mut write = bench.store.write(&tenant).await.unwrap();
    let blob = write.text("秘密");
    write.append(fact());
    write.next_event();
    let number = write.next_number(&project).await.unwrap();
    write.save_incidents(vec![incident(&tenant, &project, number)]).await.unwrap();
    write.flush().await.unwrap();
    drop(write);

    let scope = bench.store.tenant(&tenant);
    assert_eq!(scope.head().await.unwrap(), before);
    assert_eq!(scope.facts(0, 10).await.unwrap(), vec![]);
    assert_eq!(scope.blob_text(&blob).await.unwrap(), None);
    assert_eq!(scope.incident(&project.record(1)).await.unwrap(), None);
    let mut write = scope.write().await.unwrap();
    assert_eq!((write.next_number(&project).await.unwrap(), write.next_event()), (1, 1));
}

async fn a_write_reads_what_it_holds_itself(bench: Bench) {
    let (tenant, _, key) = bench.incident("a", "ACME").await;
    let mut write = bench.store.write(&tenant).await.unwrap();
    let blob = write.text("再起動した");
    let noted = write.append(domain::fact::NewFact {
        record: Some(key.clone()),
        body: Body::IncidentNoted { text: blob.clone() },
        ..fact()
    });
    assert_eq!(write.record_facts(&key).await.unwrap(), vec![noted.clone()]);
    assert_eq!(write.blob_text(&blob).await.unwrap().as_deref(), Some("再起動した"));
    let unknown = BlobId::new("sha256:none");
    let texts = write.texts(&[unknown, blob.clone()]).await.unwrap();
    assert_eq!(texts.into_iter().collect::<Vec<_>>(), vec![(blob.clone(), "再起動した".to_owned())]);
    write.commit().await.unwrap();
    let scope = bench.store.tenant(&tenant);
    assert_eq!(scope.record_facts(&key).await.unwrap(), vec![noted]);
    assert_eq!(scope.blob_bytes(&blob).await.unwrap(), Some(("text/plain".into(), "再起動した".into())));
}

async fn thousands_of_rows_go_in_one_write(bench: Bench) {
    let tenant = bench.tenant("a").await;
    let mut write = bench.store.write(&tenant).await.unwrap();
    let blobs: Vec<BlobId> = (0..1_237).map(|n| write.text(&n.to_string())).collect();
    for _ in 0..2_503 {
        write.append(fact());
    }
    write.commit().await.unwrap();
    assert_eq!(check_chain(&bench.store, &tenant).await, 2_503);
    let texts = bench.store.tenant(&tenant).texts(&blobs).await.unwrap();
    assert!(blobs.iter().enumerate().all(|(n, id)| texts.get(id) == Some(&n.to_string())));
    let mut stored = 0;
    let mut after = None;
    loop {
        let page = bench.store.tenant(&tenant).blobs(after.as_ref(), 100).await.unwrap();
        let Some(last) = page.last() else { break };
        after = Some(last.id.clone());
        stored += page.len();
    }
    assert_eq!(stored, blobs.len());
}

/// Those who wait for the lock of a chain hold connections; whoever holds it still reads beside them.
async fn who_writes_still_reads_however_many_wait(bench: Bench) {
    let tenant = bench.tenant("a").await;
    let mut write = bench.store.write(&tenant).await.unwrap();
    let waiting = (0..64).map(|_| {
        let (store, tenant) = (bench.store.clone(), tenant.clone());
        tokio::spawn(async move {
            let mut write = store.write(&tenant).await?;
            write.append(fact());
            write.commit().await.map(drop)
        })
    });
    let waiting: Vec<_> = waiting.collect();
    for _ in 0..500 {
        bench.store.tenant(&tenant).head().await.unwrap();
        tokio::task::yield_now().await;
    }
    write.append(fact());
    write.commit().await.unwrap();
    for one in waiting {
        one.await.unwrap().unwrap();
    }
    assert_eq!(check_chain(&bench.store, &tenant).await, 65);
}

async fn an_erased_blob_leaves_the_chain_valid(bench: Bench) {
    let tenant = bench.tenant("a").await;
    let mut write = bench.store.write(&tenant).await.unwrap();
    let blob = write.text("password=hunter2");
    write.append(domain::fact::NewFact { body: Body::TenantRenamed { name: blob.clone() }, ..fact() });
    write.commit().await.unwrap();
    let scope = bench.store.tenant(&tenant);
    let row = scope.blobs(None, 1).await.unwrap().remove(0);
    let name = sha256(&[&row.salt.unwrap(), &row.bytes.unwrap()]);
    assert_eq!(row.id.as_str(), format!("sha256:{name}"));

    let mut write = scope.write().await.unwrap();
    assert!(write.erase_blob(&blob).await.unwrap());
    assert!(!write.erase_blob(&blob).await.unwrap());
    write.commit().await.unwrap();
    let row = scope.blobs(None, 1).await.unwrap().remove(0);
    assert_eq!((row.id, row.salt, row.bytes), (blob.clone(), None, None));
    assert_eq!(scope.blob_text(&blob).await.unwrap(), None);
    assert_eq!(check_chain(&bench.store, &tenant).await, 1);
}

async fn a_step_back_of_the_clock_is_told(bench: Bench) {
    let tenant = bench.tenant("a").await;
    let append = async || {
        let mut write = bench.store.write(&tenant).await.unwrap();
        write.append(fact());
        write.commit().await.unwrap()
    };
    append().await;
    bench.clock.advance_ms(-STEP_MS);
    let facts = append().await;
    assert_eq!((facts.len(), facts[0].instant), (1, start().plus_ms(-STEP_MS)));

    bench.clock.advance_ms(-STEP_MS - 1);
    assert_eq!(bench.store.write(&tenant).await.unwrap().commit().await.unwrap(), vec![]);
    let facts = append().await;
    assert_eq!(facts[0].body, Body::ClockStepped { back_ms: STEP_MS + 1 });
    assert_eq!((facts.len(), facts[1].seq), (2, 4));
    assert_eq!(append().await.len(), 1, "a step is told once");
    assert_eq!(check_chain(&bench.store, &tenant).await, 5);
}

async fn a_tenant_that_is_not_there_has_no_chain(bench: Bench) {
    let failure = bench.store.write(&TenantId::new("nobody")).await.err().unwrap();
    assert!(matches!(failure, Failure::Corrupt(_)), "{failure:?}");
    bench.store.can_commit().await.unwrap();
    bench.store.can_commit().await.unwrap();
}

async fn checkpoints_cover_heads(bench: Bench) {
    let tenant = bench.tenant("a").await;
    let scope = bench.store.tenant(&tenant);
    let mut write = scope.write().await.unwrap();
    let fact = write.append(fact());
    let hash = write.head().hash.clone();
    write.commit().await.unwrap();
    let head = bench.store.system().heads().await.unwrap().remove(0);
    assert_eq!((head.tenant, head.seq, head.hash, head.covered_seq), (tenant.clone(), 1, hash, None));
    let checkpoint = store::CheckpointRow { seq: fact.seq, instant: start(), note: "note".into() };
    scope.add_checkpoint(&checkpoint).await.unwrap();
    scope.add_checkpoint(&store::CheckpointRow { note: "later".into(), ..checkpoint.clone() }).await.unwrap();
    assert_eq!(scope.checkpoints(0, 9).await.unwrap(), vec![checkpoint]);
    let head = bench.store.system().heads().await.unwrap().remove(0);
    assert_eq!((head.covered_seq, head.covered_at), (Some(1), Some(start())));
}

on_both!(
    eight_writers_leave_no_gap,
    a_dropped_write_leaves_nothing,
    a_write_reads_what_it_holds_itself,
    thousands_of_rows_go_in_one_write,
    an_erased_blob_leaves_the_chain_valid,
    who_writes_still_reads_however_many_wait,
    a_step_back_of_the_clock_is_told,
    a_tenant_that_is_not_there_has_no_chain,
    checkpoints_cover_heads,
);
