//! What the intake of alerts rests on: correlations, exact counters, events with one fate each.

use crate::bench::{Bench, key, on_both, start};
use domain::ids::{KeyId, ProjectKey, RecordKey};
use std::collections::HashMap;
use store::{AlertRow, CorrelationRow, EventFilter, EventRow, Write};

fn alert(project: &ProjectKey, incident: &RecordKey, alert_key: &str) -> AlertRow {
    AlertRow {
        incident: incident.clone(),
        alert_key: alert_key.into(),
        project: project.clone(),
        dedup_key: "web01".into(),
        status: "firing".into(),
        severity: "critical".into(),
        summary: "応答なし".into(),
        source: "web01".into(),
        first_received: start(),
        last_received: start(),
        count: 1,
        counted: 0,
    }
}

fn event(write: &mut Write, project: &ProjectKey, fate: &str) -> EventRow {
    EventRow {
        id: write.next_event(),
        project: project.clone(),
        api_key: KeyId::new("k"),
        sender: "pagerduty".into(),
        received: write.now(),
        action: "trigger".into(),
        fate: fate.into(),
        dedup_key: Some("web01".into()),
        alert_key: Some("web01".into()),
        incident: None,
        kept_in: None,
        note: None,
        body: write.blob("application/json", b"{}"),
    }
}

async fn a_counter_is_exact_under_eight_writers(bench: Bench) {
    let (tenant, project, incident) = bench.incident("a", "ACME").await;
    let writers: Vec<_> = (0..8)
        .map(|_| {
            let (store, tenant, row) = (bench.store.clone(), tenant.clone(), alert(&project, &incident, "web01"));
            tokio::spawn(async move {
                for _ in 0..10 {
                    let mut write = store.write(&tenant).await.unwrap();
                    // Two of them in one batch add up before the database sees them.
                    write.upsert_alerts(vec![row.clone(), row.clone()]).await.unwrap();
                    write.commit().await.unwrap();
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    let scope = bench.store.tenant(&tenant);
    assert_eq!(scope.alerts_of(&incident).await.unwrap()[0].count, 160);
    assert_eq!(bench.store.system().uncounted_tenants().await.unwrap(), vec![tenant.clone()]);

    let mut write = scope.write().await.unwrap();
    assert_eq!(write.uncounted(("", ""), 9).await.unwrap()[0].counted, 0);
    write.mark_counted(&incident, "web01", 160).await.unwrap();
    let later = start().plus_minutes(1);
    let told = AlertRow {
        status: "resolved".into(),
        first_received: later,
        last_received: later,
        counted: 1,
        ..alert(&project, &incident, "web01")
    };
    write.upsert_alerts(vec![told]).await.unwrap();
    write.commit().await.unwrap();
    assert_eq!(scope.uncounted(("", ""), 9).await.unwrap(), vec![]);
    let row = scope.alerts_of(&incident).await.unwrap().remove(0);
    assert_eq!((row.count, row.counted, row.status.as_str()), (161, 161, "resolved"));
    assert_eq!((row.first_received, row.last_received), (start(), later));
}

async fn keys_join_until_told_otherwise(bench: Bench) {
    let (tenant, project, incident) = bench.incident("a", "ACME").await;
    let mut write = bench.store.write(&tenant).await.unwrap();
    let row = |key: &str, joins_until| CorrelationRow {
        project: project.clone(),
        dedup_key: key.into(),
        incident: incident.clone(),
        joins_until,
    };
    write.save_correlations(vec![row("a", Some(start())), row("b", None), row("a", None)]).await.unwrap();
    let found = write.correlations(&project, &["a", "b", "c"]).await.unwrap();
    assert_eq!(found.len(), 2);
    assert_eq!((found["a"].joins_until, &found["a"].incident), (None, &incident), "the later row counts");
    write.join_until(&incident, Some(start().plus_minutes(5))).await.unwrap();
    assert_eq!(write.correlations(&project, &["b"]).await.unwrap()["b"].joins_until, Some(start().plus_minutes(5)));
    assert_eq!(write.correlations(&project, &[]).await.unwrap(), HashMap::new());
    assert_eq!(write.correlations(&ProjectKey::new("OTHER"), &["a"]).await.unwrap(), HashMap::new());
    write.commit().await.unwrap();
    let scope = bench.store.tenant(&tenant);
    assert_eq!(scope.correlations(Some((&project, "a")), 9).await.unwrap().len(), 1);
}

async fn fates_add_up(bench: Bench) {
    let (tenant, project) = bench.customer("a", "ACME").await;
    let scope = bench.store.tenant(&tenant);
    let mut write = scope.write().await.unwrap();
    let events: Vec<_> =
        (0..700).map(|n| event(&mut write, &project, if n % 7 == 0 { "new" } else { "joined" })).collect();
    write.insert_events(events).await.unwrap();
    write.commit().await.unwrap();
    bench.clock.advance_ms(1);
    let mut write = scope.write().await.unwrap();
    let late = event(&mut write, &project, "unreadable");
    assert_eq!(late.id, 701);
    write.insert_events(vec![late.clone()]).await.unwrap();
    write.commit().await.unwrap();

    let counts = async |from, to| -> Vec<(String, u64)> {
        scope.fates(from, to).await.unwrap().into_iter().map(|row| (row.fate, row.count)).collect()
    };
    let end = start().plus_ms(1);
    assert_eq!(counts(start(), end).await, [("joined".to_owned(), 600), ("new".to_owned(), 100)]);
    assert_eq!(counts(end, start().plus_ms(2)).await, [("unreadable".to_owned(), 1)]);
    assert_eq!(scope.event(701).await.unwrap(), Some(late));
    let filter = EventFilter { from: start(), to: end, fate: Some("new".into()), after: Some(694) };
    let ids: Vec<_> = scope.events(&filter, 2).await.unwrap().into_iter().map(|row| row.id).collect();
    assert_eq!(ids, [687, 680]);
}

async fn alerts_are_listed_the_latest_first(bench: Bench) {
    let (tenant, project, incident) = bench.incident("a", "ACME").await;
    let mut write = bench.store.write(&tenant).await.unwrap();
    let rows = (0..5).map(|n| AlertRow {
        last_received: start().plus_minutes(n / 2),
        dedup_key: if n == 4 { "db01" } else { "web01" }.into(),
        ..alert(&project, &incident, &format!("k{n}"))
    });
    write.upsert_alerts(rows.collect()).await.unwrap();
    write.commit().await.unwrap();
    let scope = bench.store.tenant(&tenant);
    let list = async |key, after: Option<&str>| -> Vec<String> {
        let after = after.map(|alert| (&incident, alert));
        scope.alerts(key, Some(&project), after, 3).await.unwrap().into_iter().map(|row| row.alert_key).collect()
    };
    assert_eq!(list(None, None).await, ["k4", "k3", "k2"]);
    assert_eq!(list(None, Some("k2")).await, ["k1", "k0"]);
    assert_eq!(list(Some("db01"), None).await, ["k4"]);
    assert_eq!(scope.alerts(None, Some(&ProjectKey::new("OTHER")), None, 3).await.unwrap(), vec![]);
}

async fn keys_are_found_by_their_hash(bench: Bench) {
    let (tenant, project) = bench.customer("a", "ACME").await;
    let scope = bench.store.tenant(&tenant);
    let ends = Some(start().plus_minutes(60));
    let (added, id) = (store::KeyRow { expires: ends, ..key(&tenant, &project, "k") }, KeyId::new("k"));
    let mut write = scope.write().await.unwrap();
    write.add_key(&added).await.unwrap();
    write.beat_key(&id).await.unwrap();
    write.commit().await.unwrap();
    let found = bench.store.system().find_key("hash of k").await.unwrap().unwrap();
    assert_eq!((found.id.clone(), found.role, found.last_heartbeat), (id.clone(), added.role, Some(start())));
    assert_eq!(bench.store.system().find_key("hash of another").await.unwrap(), None);
    assert_eq!(bench.store.system().heartbeat_keys(start().plus_minutes(60).plus_ms(-1)).await.unwrap().len(), 1);
    let ended = bench.store.system().heartbeat_keys(start().plus_minutes(60)).await.unwrap();
    assert_eq!(ended, vec![], "an expired key can give no sign of life");

    scope.touch_key(&id, start()).await.unwrap();
    scope.touch_key(&id, start().plus_ms(60_000)).await.unwrap();
    assert_eq!(scope.key(&id).await.unwrap().unwrap().last_used, Some(start()), "a minute apart at least");
    scope.touch_key(&id, start().plus_ms(60_001)).await.unwrap();
    assert_eq!(scope.key(&id).await.unwrap().unwrap().last_used, Some(start().plus_ms(60_001)));

    let mut write = scope.write().await.unwrap();
    assert!(write.revoke_key(&id).await.unwrap());
    assert!(!write.revoke_key(&id).await.unwrap());
    write.commit().await.unwrap();
    assert_eq!(scope.keys().await.unwrap()[0].revoked, Some(start()));
    assert_eq!(bench.store.system().heartbeat_keys(start()).await.unwrap(), vec![]);
}

on_both!(
    a_counter_is_exact_under_eight_writers,
    keys_join_until_told_otherwise,
    fates_add_up,
    alerts_are_listed_the_latest_first,
    keys_are_found_by_their_hash,
);
