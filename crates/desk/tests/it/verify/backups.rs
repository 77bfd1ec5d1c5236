//! A backup comes back, on either engine, and a damaged one is refused (F42).

use super::history::{self, Place};
use super::{inside, on_both};
use desk::BackupError;
use store::{Clock, Store};

async fn a_backup_comes_back_on_the_other_engine_and_back_again(place: Place) {
    let history = history::write(&place).await;
    let digest = desk::digest(&history.store).await.unwrap();
    let (there, back) = (place.folder.path().join("there.jsonl"), place.folder.path().join("back.jsonl"));
    let copied = desk::backup(&history.store, &there).await.unwrap();
    assert_eq!((&copied.digest, copied.bytes), (&digest, std::fs::metadata(&there).unwrap().len()));

    let other = place.other().await;
    let url = other.url("restored").await;
    assert_eq!(desk::restore(&there, &url).await.unwrap(), copied);
    let store = Store::open(&url, Clock::Real).await.unwrap();
    assert_ne!(store.engine(), history.store.engine());
    desk::verify(&store, &inside()).await.unwrap();
    desk::backup(&store, &back).await.unwrap();
    store.close().await;
    assert_eq!(std::fs::read(&there).unwrap(), std::fs::read(&back).unwrap());

    // The restored desk goes on where the old one stood.
    let url = place.url("again").await;
    desk::restore(&back, &url).await.unwrap();
    let (store, desk, clock) = history::open(&url).await;
    clock.set(history.clock.now());
    desk.receive(history::trigger(&history.intake, "web09")).await.unwrap();
    let report = desk::verify(&store, &inside()).await.unwrap();
    assert_eq!(report.records, 6);
}

async fn a_backup_made_while_alerts_come_in_verifies(place: Place) {
    let history = history::write(&place).await;
    let busy = tokio::spawn({
        let (desk, key) = (history.desk.clone(), history.intake.clone());
        async move {
            for n in 0..100 {
                desk.receive(history::trigger(&key, &format!("host{n}"))).await.unwrap();
            }
        }
    });
    let mut copies = 0;
    while !busy.is_finished() {
        let file = place.folder.path().join(format!("{copies}.jsonl"));
        desk::backup(&history.store, &file).await.unwrap();
        copies += 1;
    }
    busy.await.unwrap();
    for copy in [0, copies - 1] {
        let url = place.url(&format!("copy{copy}")).await;
        desk::restore(&place.folder.path().join(format!("{copy}.jsonl")), &url).await.unwrap();
    }
}

async fn what_must_not_be_loaded_is_refused(place: Place) {
    let history = history::write(&place).await;
    let file = place.folder.path().join("good.jsonl");
    desk::backup(&history.store, &file).await.unwrap();
    let again = desk::backup(&history.store, &file).await.unwrap_err();
    assert!(matches!(again, BackupError::File(..)), "an existing file is not overwritten: {again}");
    let full = desk::restore(&file, &history.url).await.unwrap_err();
    assert!(full.to_string().contains("not empty"), "{full}");

    let good = std::fs::read_to_string(&file).unwrap();
    let cut = good.rsplit_once("{\"rows\"").unwrap().0;
    let bad = [
        ("changed.jsonl", good.replacen("web01", "web02", 1), "checksum"),
        ("cut.jsonl", cut.to_owned(), "no end"),
        ("torn.jsonl", good[..good.len() - 1].to_owned(), "middle of a line"),
        ("newer.jsonl", good.replacen("\"schema\":", "\"schema\":99", 1), "newer"),
        ("other.jsonl", "{\"hello\":1}\n".to_owned(), "no backup"),
        ("empty.jsonl", String::new(), "empty"),
    ];
    let url = place.url("target").await;
    for (name, text, word) in bad {
        let file = place.folder.path().join(name);
        std::fs::write(&file, text).unwrap();
        let refused = desk::restore(&file, &url).await.unwrap_err();
        assert!(refused.to_string().contains(word), "{name}: {refused}");
    }
    desk::restore(&file, &url).await.unwrap();
}

on_both!(
    a_backup_comes_back_on_the_other_engine_and_back_again,
    a_backup_made_while_alerts_come_in_verifies,
    what_must_not_be_loaded_is_refused,
);
