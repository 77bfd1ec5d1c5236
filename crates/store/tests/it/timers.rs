//! Timers are armed, moved, armed again and fire once.

use crate::bench::{Bench, on_both, start};
use store::{Timer, TimerRow};

fn timer(kind: &str, generation: u64, minutes: i64) -> Timer {
    Timer { kind: kind.into(), generation, due: start().plus_minutes(minutes) }
}

async fn timers_become_the_wanted_ones(bench: Bench) {
    let tenant = bench.tenant("a").await;
    let mut write = bench.store.write(&tenant).await.unwrap();
    write.sync_timers("ACME-1", &[timer("slo", 1, 15), timer("sla", 1, 30), timer("remind", 1, 5)]).await.unwrap();
    write.sync_timers("ACME-2", &[timer("slo", 1, 1)]).await.unwrap();
    write.commit().await.unwrap();
    assert_eq!(bench.store.system().next_due().await.unwrap(), Some(start().plus_minutes(1)));

    bench.clock.advance_ms(5 * 60_000);
    let mut write = bench.store.write(&tenant).await.unwrap();
    assert!(write.mark_fired("ACME-1", "remind", 1).await.unwrap());
    assert!(!write.mark_fired("ACME-1", "slo", 2).await.unwrap(), "that generation is not armed");
    write.sync_timers("ACME-1", &[timer("slo", 2, 20)]).await.unwrap();
    write.commit().await.unwrap();
    let scope = bench.store.tenant(&tenant);
    let row = |kind: &str, generation, minutes, fired| TimerRow {
        subject: "ACME-1".into(),
        kind: kind.into(),
        generation,
        due: start().plus_minutes(minutes),
        fired,
    };
    let fired = Some(start().plus_minutes(5));
    let expected = vec![row("remind", 1, 5, fired), row("slo", 2, 20, None)];
    assert_eq!(scope.timers_of("ACME-1").await.unwrap(), expected, "what fired stays, what is not wanted goes");

    let mut write = scope.write().await.unwrap();
    write.sync_timers("ACME-1", &[timer("remind", 1, 9), timer("slo", 2, 20)]).await.unwrap();
    assert_eq!(write.timers_of("ACME-1").await.unwrap()[0], row("remind", 1, 9, fired), "same generation stays fired");
    write.sync_timers("ACME-1", &[timer("remind", 2, 9), timer("slo", 2, 20)]).await.unwrap();
    assert_eq!(write.timers_of("ACME-1").await.unwrap()[0], row("remind", 2, 9, None), "a higher one is armed again");
    write.commit().await.unwrap();
    assert_eq!(scope.timers(("ACME-1", "remind"), 9).await.unwrap().len(), 2);
}

async fn two_claimers_fire_each_timer_once(bench: Bench) {
    let tenant = bench.tenant("a").await;
    let mut write = bench.store.write(&tenant).await.unwrap();
    for n in 0..40 {
        write.sync_timers(&format!("ACME-{n}"), &[timer("slo", 1, n)]).await.unwrap();
    }
    write.commit().await.unwrap();
    bench.clock.advance_ms(29 * 60_000);
    let due = bench.store.system().due_tenants(bench.clock.now(), 9).await.unwrap().remove(0);
    assert_eq!((due.tenant, due.first, due.count), (tenant.clone(), start(), 30));

    let claimers: Vec<_> = (0..2)
        .map(|_| {
            let (store, tenant) = (bench.store.clone(), tenant.clone());
            tokio::spawn(async move {
                let mut fired = vec![];
                loop {
                    let mut write = store.write(&tenant).await.unwrap();
                    let due = write.due_timers(3).await.unwrap();
                    for timer in &due {
                        assert!(write.mark_fired(&timer.subject, &timer.kind, timer.generation).await.unwrap());
                        assert!(!write.mark_fired(&timer.subject, &timer.kind, timer.generation).await.unwrap());
                        fired.push(timer.subject.clone());
                    }
                    write.commit().await.unwrap();
                    if due.is_empty() {
                        return fired;
                    }
                }
            })
        })
        .collect();
    let mut fired = vec![];
    for claimer in claimers {
        fired.extend(claimer.await.unwrap());
    }
    fired.sort();
    let mut expected: Vec<String> = (0..30).map(|n| format!("ACME-{n}")).collect();
    expected.sort();
    assert_eq!(fired, expected);
    assert_eq!(bench.store.system().due_tenants(bench.clock.now(), 9).await.unwrap(), vec![]);
    assert_eq!(bench.store.system().next_due().await.unwrap(), Some(start().plus_minutes(30)));
}

on_both!(timers_become_the_wanted_ones, two_claimers_fire_each_timer_once);
