//! `verify` finds nothing in what the desk wrote, and everything that somebody else changed (F26, F27, F42).

mod backups;
mod checkpoints;
mod doc;
pub(crate) mod history;
mod tampered;

use crate::verify::history::Place;
use desk::{CheckpointKey, Fault, Verify, VerifyError};

/// Runs contracts on both databases.
macro_rules! on_both {
    ($($name:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() { super::$name(crate::verify::history::Place::sqlite()).await; })*
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() { super::$name(crate::verify::history::Place::postgres().await).await; })*
        }
    };
}
pub(crate) use on_both;

fn key() -> CheckpointKey {
    CheckpointKey::from_seed([7; 32])
}

/// Trusts our key and knows no checkpoints from outside.
pub(crate) fn inside() -> Verify {
    Verify { checkpoint_keys: vec![key().verifier().clone()], outside: None }
}

/// The fault found in a database.
async fn fault(url: &str, options: &Verify) -> Option<Fault> {
    let store = store::Store::open(url, store::Clock::Real).await.unwrap();
    let found = match desk::verify(&store, options).await {
        Ok(_) => None,
        Err(VerifyError::Fault(fault)) => Some(fault),
        Err(VerifyError::Failed(failure)) => panic!("{failure}"),
    };
    store.close().await;
    found
}

async fn what_the_desk_wrote_has_no_fault(place: Place) {
    let history = history::write(&place).await;
    let options = Verify { outside: Some(history.outside.clone()), ..inside() };
    let report = desk::verify(&history.store, &options).await.unwrap();
    assert_eq!((report.tenants, report.records, report.erased), (3, 5, 0), "{report:?}");
    assert!(report.facts > 80 && report.verdicts >= 4 && report.blobs > 60, "{report:?}");
    assert_eq!(report.checkpoints, 2 * history.outside.len() as u64, "once from the database, once from outside");
}

async fn words_that_go_without_a_fact_are_named(place: Place) {
    let history = history::write(&place).await;
    let note = history.a_note().await;
    let mut write = history.store.write(&history.acme).await.unwrap();
    assert!(write.erase_blob(&note).await.unwrap());
    write.commit().await.unwrap();
    let fault = desk::verify(&history.store, &inside()).await.unwrap_err().to_string();
    assert!(fault.contains("of which no fact tells") && fault.contains(note.as_str()), "{fault}");
}

async fn a_desk_that_writes_meanwhile_gives_no_false_alarm(place: Place) {
    let history = history::write(&place).await;
    let busy = tokio::spawn({
        let (desk, key) = (history.desk.clone(), history.intake.clone());
        async move {
            for n in 0..60 {
                desk.receive(history::trigger(&key, &format!("host{}", n % 20))).await.unwrap();
                desk.count_repeats().await.unwrap();
            }
        }
    });
    let mut checked = 0;
    while !busy.is_finished() {
        desk::verify(&history.store, &inside()).await.unwrap();
        checked += 1;
    }
    busy.await.unwrap();
    let report = desk::verify(&history.store, &inside()).await.unwrap();
    assert!(checked > 0 && report.records >= 24, "{checked} {report:?}");
}

on_both!(
    what_the_desk_wrote_has_no_fault,
    words_that_go_without_a_fact_are_named,
    a_desk_that_writes_meanwhile_gives_no_false_alarm,
);
