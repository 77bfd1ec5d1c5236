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

/// The rows of a backup, those that name the tenant apart from all others.
fn parted(file: &std::path::Path, tenant: &str) -> (Vec<String>, Vec<String>) {
    let text = std::fs::read_to_string(file).unwrap();
    let rows = text.lines().filter(|line| line.starts_with('[')).map(str::to_owned);
    rows.partition(|row| row.contains(&format!("\"{tenant}\"")))
}

async fn one_tenant_comes_back_and_no_other_is_touched(place: Place) {
    let history = history::write(&place).await;
    let acme = history.acme.as_str();
    let at = |name: &str| place.folder.path().join(name);
    desk::backup(&history.store, &at("good.jsonl")).await.unwrap();
    // Both sides go on: an alert of the tenant, and a fact of the provider.
    history.desk.receive(history::trigger(&history.intake, "web77")).await.unwrap();
    let closures = domain::paper::Closures { days: vec![] };
    let provider = history.desk.provider_id().await.unwrap();
    history.desk.record_paper(&history::console(), &provider, "", &closures, None).await.unwrap();
    desk::backup(&history.store, &at("later.jsonl")).await.unwrap();
    let later = parted(&at("later.jsonl"), acme);
    let good = parted(&at("good.jsonl"), acme);
    assert!(later.0.len() > good.0.len() && later.1 != good.1);

    let back = |name: &'static str, kept: &str| {
        let (file, kept, url) = (at("good.jsonl"), at(kept), history.url.clone());
        async move { desk::restore_tenant(&file, &url, name, &kept).await }
    };
    assert!(back("Nobody", "a").await.unwrap_err().to_string().contains("no customer named Nobody"));
    // A desk that runs is not written to behind its back.
    let node = Store::open(&history.url, Clock::Real).await.unwrap();
    node.system().beat("node1", "web1", node.now().await.unwrap()).await.unwrap();
    assert!(back("○○商事", "b").await.unwrap_err().to_string().contains("the desk runs (web1)"));
    node.system().forget_node("node1").await.unwrap();
    node.close().await;
    assert!(!at("a").exists() && !at("b").exists(), "nothing was copied for nothing");

    let restored = back("○○商事", "kept.jsonl").await.unwrap();
    assert_eq!((restored.tenant.as_str(), restored.rows), (acme, good.0.len() as u64));
    desk::backup(&history.store, &at("after.jsonl")).await.unwrap();
    let after = parted(&at("after.jsonl"), acme);
    assert_eq!(after.0, good.0, "the tenant stands as in the backup");
    assert_eq!(after.1, later.1, "all others stand as before");
    assert_eq!(std::fs::read(at("kept.jsonl")).unwrap(), std::fs::read(at("later.jsonl")).unwrap());
    // It goes on where the backup stood.
    history.desk.receive(history::trigger(&history.intake, "web78")).await.unwrap();
    desk::verify(&history.store, &inside()).await.unwrap();
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
    one_tenant_comes_back_and_no_other_is_touched,
    what_must_not_be_loaded_is_refused,
);
