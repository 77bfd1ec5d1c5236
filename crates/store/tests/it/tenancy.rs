//! The database itself refuses what crosses from one tenant to another.

use crate::bench::{Bench, incident, key, on_both, start};
use domain::ids::{MessageId, RecordKey, TenantId};
use store::{CorrelationRow, Failure, IncidentQuery, NewMessage};

async fn a_crossing_is_refused(bench: Bench) {
    let (a, of_a, incident_of_a) = bench.incident("a", "AAA").await;
    let (b, of_b) = bench.customer("b", "BBB").await;
    let mut write = bench.store.write(&a).await.unwrap();
    let blob_of_a = write.text("a");
    write.commit().await.unwrap();

    let message = NewMessage {
        id: MessageId::new("m"),
        key: "m".into(),
        class: "notice".into(),
        channel: "mail".into(),
        record: None,
        recipient: "a@example.jp".into(),
        payload: blob_of_a.clone(),
        not_before: start(),
    };
    let joins = CorrelationRow {
        project: of_b.clone(),
        dedup_key: "k".into(),
        incident: incident_of_a.clone(),
        joins_until: None,
    };
    let write = async || bench.store.write(&b).await.unwrap();
    // Each write ends before the next begins: there is one writer.
    let mut saving = write().await;
    let record = match saving.save_incidents(vec![incident(&b, &of_a, 7)]).await {
        Ok(()) => saving.commit().await.map(drop),
        refused => {
            drop(saving);
            refused
        }
    };
    let mut saving = write().await;
    let correlation = match saving.save_correlations(vec![joins]).await {
        Ok(()) => saving.commit().await.map(drop),
        refused => {
            drop(saving);
            refused
        }
    };
    let intake_key = write().await.add_key(&key(&a, &of_a, "k")).await;
    let paper = write().await.record_version("criteria", "", start(), &blob_of_a).await.map(drop);
    let message = write().await.queue_messages(vec![message]).await.map(drop);
    let number = write().await.next_number(&of_a).await.map(drop);
    let crossings = [
        ("record", record),
        ("correlation", correlation),
        ("key", intake_key),
        ("paper", paper),
        ("message", message),
        ("number", number),
    ];
    for (what, result) in crossings {
        assert!(matches!(result, Err(Failure::Corrupt(_))), "{what}: {result:?}");
    }
    assert_eq!(bench.store.tenant(&a).project(&of_a).await.unwrap().unwrap().records, 1);
}

async fn a_row_goes_to_the_tenant_of_its_write(bench: Bench) {
    let (a, _, _) = bench.incident("a", "AAA").await;
    let (b, of_b) = bench.customer("b", "BBB").await;
    let mut write = bench.store.write(&b).await.unwrap();
    write.save_incidents(vec![incident(&a, &of_b, 1)]).await.unwrap();
    write.add_key(&key(&a, &of_b, "k")).await.unwrap();
    write.commit().await.unwrap();
    let stored = bench.store.tenant(&b).incident(&of_b.record(1)).await.unwrap().unwrap();
    assert_eq!(stored.tenant, b);
    assert_eq!(bench.store.tenant(&a).keys().await.unwrap(), vec![]);
    assert_eq!(bench.store.system().find_key("hash of k").await.unwrap().unwrap().tenant, b);
}

async fn foreign_and_absent_look_the_same(bench: Bench) {
    let (a, of_a, key_a) = bench.incident("a", "AAA").await;
    let (b, _, _) = bench.incident("b", "BBB").await;
    let absent = RecordKey::new("AAA-99");
    let scope = bench.store.tenant(&b);
    let seen = async |tenants: &[TenantId]| -> Vec<RecordKey> {
        let rows = bench.store.staff(tenants).incidents(&IncidentQuery::default(), 9).await.unwrap();
        rows.into_iter().map(|row| row.key).collect()
    };
    for key in [&key_a, &absent] {
        assert_eq!(scope.incident(key).await.unwrap(), None);
        assert_eq!(scope.record_facts(key).await.unwrap(), vec![]);
        assert!(!seen(std::slice::from_ref(&b)).await.contains(key));
    }
    assert_eq!(scope.project(&of_a).await.unwrap(), None);
    let both = [a.clone(), b.clone()];
    assert!(seen(&both).await.contains(&key_a));
    let board = |tenants: Vec<TenantId>| {
        let store = bench.store.clone();
        async move { store.staff(&tenants).board(9).await.unwrap().len() }
    };
    assert_eq!(board(vec![]).await, 0);
    assert_eq!(board(vec![b.clone()]).await, 1);
    assert_eq!(board(vec![a, b, TenantId::new("c")]).await, 2);
}

async fn there_is_one_provider_and_a_project_key_is_taken_once(bench: Bench) {
    let system = bench.store.system();
    assert_eq!(system.provider().await.unwrap(), None);
    let ours = TenantId::new("ours");
    let mut write = system.add_tenant(&ours, "当社", "provider").await.unwrap();
    write.rename_tenant("株式会社当社").await.unwrap();
    write.commit().await.unwrap();
    let provider = system.provider().await.unwrap().unwrap();
    assert!(provider.is_provider());
    assert_eq!((provider.id, provider.name.as_str(), provider.created), (ours.clone(), "株式会社当社", start()));
    let second = system.add_tenant(&TenantId::new("other"), "他社", "provider").await.err().unwrap();
    assert!(matches!(second, Failure::Conflict(_)), "{second:?}");

    let (a, key) = bench.customer("a", "ACME").await;
    let mut write = bench.store.write(&ours).await.unwrap();
    let taken = write.add_project(&key, "ACME").await;
    assert!(matches!(taken, Err(Failure::Conflict(_))), "{taken:?}");
    drop(write);
    assert_eq!(system.tenant_of_project(&key).await.unwrap(), Some(a.clone()));
    let mut write = bench.store.write(&a).await.unwrap();
    assert!(write.start_project(&key, start()).await.unwrap());
    assert!(!write.start_project(&key, start()).await.unwrap());
    write.commit().await.unwrap();
    let project = bench.store.tenant(&a).projects().await.unwrap().remove(0);
    assert_eq!((project.phase.as_str(), project.started), ("operation", Some(start())));
    assert_eq!(system.tenants().await.unwrap().len(), 2);
}

on_both!(
    a_crossing_is_refused,
    a_row_goes_to_the_tenant_of_its_write,
    foreign_and_absent_look_the_same,
    there_is_one_provider_and_a_project_key_is_taken_once,
);
