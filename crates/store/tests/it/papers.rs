//! Papers by their validity, answers by their key, webhooks.

use crate::bench::{Bench, on_both, start};
use domain::ids::WebhookId;
use store::Failure;

async fn the_paper_valid_at_that_minute_is_found(bench: Bench) {
    let tenant = bench.tenant("a").await;
    let scope = bench.store.tenant(&tenant);
    let record = async |text: &str, minutes| {
        let mut write = scope.write().await.unwrap();
        let document = write.blob("application/json", text.as_bytes());
        let version = write.record_version("criteria", "ACME", start().plus_minutes(minutes), &document).await.unwrap();
        assert_eq!(write.version("criteria", "ACME", version).await.unwrap().unwrap().document, text);
        write.commit().await.unwrap();
        version
    };
    assert_eq!(record("first", 0).await, 1);
    assert_eq!(record("planned", 60).await, 2);
    assert_eq!(record("corrected", 0).await, 3);
    let at = async |minutes| {
        let paper = scope.version_at("criteria", "ACME", start().plus_minutes(minutes)).await.unwrap();
        paper.map(|paper| (paper.version, paper.document))
    };
    assert_eq!(at(-1).await, None);
    assert_eq!(at(0).await, Some((3, "corrected".into())), "of the same minute the one recorded last");
    assert_eq!(at(59).await, Some((3, "corrected".into())));
    assert_eq!(at(60).await, Some((2, "planned".into())));
    assert_eq!(scope.version_at("criteria", "OTHER", start()).await.unwrap(), None);
    let versions: Vec<_> = scope.versions("criteria", "ACME").await.unwrap().iter().map(|row| row.version).collect();
    assert_eq!(versions, [3, 2, 1]);
    assert_eq!(scope.papers("criteria").await.unwrap().len(), 3);
    assert_eq!(scope.papers("calendar").await.unwrap(), vec![]);
}

async fn an_answer_is_remembered_once(bench: Bench) {
    let (a, b) = (bench.tenant("a").await, bench.tenant("b").await);
    let mut write = bench.store.write(&a).await.unwrap();
    write.remember("caller", "key", "hash", 201, b"{}").await.unwrap();
    write.commit().await.unwrap();
    let mut write = bench.store.write(&a).await.unwrap();
    let again = write.remember("caller", "key", "hash", 201, b"{}").await;
    assert!(matches!(again, Err(Failure::Conflict(_))), "{again:?}");
    drop(write);
    let found = bench.store.tenant(&a).recall("caller", "key").await.unwrap().unwrap();
    assert_eq!(
        (found.request.as_str(), found.status, found.body, found.created),
        ("hash", 201, b"{}".to_vec(), start())
    );
    assert_eq!(bench.store.tenant(&a).recall("another", "key").await.unwrap(), None);
    assert_eq!(bench.store.tenant(&b).recall("caller", "key").await.unwrap(), None);
    assert_eq!(bench.store.system().forget_answers(start()).await.unwrap(), 0);
    assert_eq!(bench.store.system().forget_answers(start().plus_ms(1)).await.unwrap(), 1);
    assert_eq!(bench.store.tenant(&a).recall("caller", "key").await.unwrap(), None);
}

async fn a_webhook_is_added_and_disabled(bench: Bench) {
    let tenant = bench.tenant("a").await;
    let id = WebhookId::new("w");
    let mut write = bench.store.write(&tenant).await.unwrap();
    write.add_webhook(&id, "https://example.jp/hook", "secret").await.unwrap();
    write.commit().await.unwrap();
    let mut write = bench.store.write(&tenant).await.unwrap();
    assert_eq!(write.webhook(&id).await.unwrap().unwrap().disabled, None);
    assert!(write.disable_webhook(&id).await.unwrap());
    assert!(!write.disable_webhook(&id).await.unwrap());
    write.commit().await.unwrap();
    let stored = bench.store.tenant(&tenant).webhooks().await.unwrap().remove(0);
    assert_eq!((stored.url.as_str(), stored.disabled), ("https://example.jp/hook", Some(start())));
}

on_both!(the_paper_valid_at_that_minute_is_found, an_answer_is_remembered_once, a_webhook_is_added_and_disabled);
