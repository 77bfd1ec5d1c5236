//! Facts and checkpoints only grow (F28), and a backup is a whole desk.

use crate::bench::{Bench, fact, on_both, start};
use domain::ids::{BlobId, ProjectKey};
use store::{CheckpointRow, Clock, Indexed, Store};

async fn nobody_changes_what_was_written(bench: Bench) {
    let tenant = bench.tenant("a").await;
    let mut write = bench.store.write(&tenant).await.unwrap();
    write.append(fact());
    write.commit().await.unwrap();
    let checkpoint = CheckpointRow { seq: 1, instant: start(), note: "note".into() };
    bench.store.tenant(&tenant).add_checkpoint(&checkpoint).await.unwrap();
    // What puts one tenant back sets the guards again, whether it ends or is given up.
    drop(bench.store.load_tenant(&tenant).await.unwrap());
    let nobody = domain::ids::TenantId::new("nobody");
    bench.store.load_tenant(&nobody).await.unwrap().commit().await.unwrap();
    let mut attacks = vec![
        "UPDATE facts SET json = '{}'",
        "UPDATE facts SET instant = instant + 1",
        "DELETE FROM facts",
        "UPDATE checkpoints SET note = ''",
        "DELETE FROM checkpoints",
    ];
    if !bench.is_sqlite() {
        attacks.extend(["TRUNCATE facts", "TRUNCATE checkpoints"]);
    }
    for attack in attacks {
        let answer = bench.raw(attack).await.unwrap_err();
        assert!(answer.contains("facts only grow"), "{attack}: {answer}");
    }
    assert_eq!(bench.store.tenant(&tenant).facts(0, 9).await.unwrap().len(), 1);
    assert_eq!(bench.store.tenant(&tenant).checkpoints(0, 9).await.unwrap(), [checkpoint]);
}

/// An index that is filled at once is counted at once: PostgreSQL would count it a minute later, and read every text until then.
async fn the_planner_knows_how_many_texts_there_are(bench: Bench) {
    let (tenant, project) = bench.customer("a", "ACME").await;
    let text = |seq: u64| Indexed {
        record: project.record(1),
        project: ProjectKey::new("ACME"),
        seq,
        part: 0,
        at: start(),
        internal: false,
        blob: BlobId::new("blob"),
        tokens: vec!["構成".into()],
    };
    let counted = async || {
        let known = "SELECT CAST(reltuples AS BIGINT)::text, '', '' FROM pg_class WHERE relname = 'search_texts'";
        if bench.is_sqlite() { None } else { bench.look(known).await[0].0.parse::<i64>().ok() }
    };
    let scope = bench.store.tenant(&tenant);
    let step = async |from: u64, to: u64| scope.index((from, to), &[text(from + 1), text(to)], &[]).await.unwrap();
    assert!(step(0, 999).await);
    let small = counted().await;
    assert!(step(999, 2_000).await);
    if !bench.is_sqlite() {
        assert_eq!((small, counted().await), (Some(-1), Some(4)));
    }
    assert!(!step(999, 2_000).await, "another node was there first");
}

async fn a_backup_opens_as_a_desk(bench: Bench) {
    let (tenant, _, key) = bench.incident("a", "ACME").await;
    let file = bench.folder().join("backup.db");
    if !bench.is_sqlite() {
        bench.store.backup(&file).await.unwrap_err();
        return;
    }
    // A write is under way meanwhile; the copy stands before it.
    let mut write = bench.store.write(&tenant).await.unwrap();
    write.append(fact());
    write.flush().await.unwrap();
    bench.store.backup(&file).await.unwrap();
    write.commit().await.unwrap();
    bench.store.backup(&file).await.expect_err("a file that is there is not overwritten");

    let copy = Store::open(&format!("sqlite://{}", file.display()), Clock::Real).await.unwrap();
    assert_eq!(copy.tenant(&tenant).facts(0, 9).await.unwrap(), vec![]);
    assert!(copy.tenant(&tenant).incident(&key).await.unwrap().is_some());
    let mut write = copy.write(&tenant).await.unwrap();
    write.append(fact());
    assert_eq!(write.commit().await.unwrap().len(), 1);
    copy.close().await;
}

async fn a_database_opens_again(bench: Bench) {
    let tenant = bench.tenant("a").await;
    bench.store.close().await;
    assert!(bench.store.can_commit().await.unwrap_err().is_unavailable());
    let again = Store::open(&bench.url, Clock::Real).await.unwrap();
    assert_eq!(again.system().tenants().await.unwrap().len(), 1);
    let write = again.write(&tenant).await.unwrap();
    assert!(write.now() <= again.now().await.unwrap());
}

on_both!(
    nobody_changes_what_was_written,
    a_backup_opens_as_a_desk,
    a_database_opens_again,
    the_planner_knows_how_many_texts_there_are,
);
