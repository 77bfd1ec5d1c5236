//! Incidents as the board and the lists show them.

use crate::bench::{Bench, incident, on_both, start};
use domain::ids::ProjectKey;
use store::{IncidentQuery, IncidentRow};

async fn an_incident_is_stored_and_changed(bench: Bench) {
    let (tenant, project, key) = bench.incident("a", "ACME").await;
    let scope = bench.store.tenant(&tenant);
    assert_eq!(scope.incident(&key).await.unwrap(), Some(incident(&tenant, &project, 1)));
    let changed = IncidentRow {
        state: "closed".into(),
        version: 7,
        impact: "no".into(),
        sla_due: None,
        duty: None,
        duty_due: None,
        ended: Some(start().plus_minutes(40)),
        notified_at: Some(start().plus_minutes(9)),
        known: 1,
        ..incident(&tenant, &project, 1)
    };
    let mut write = scope.write().await.unwrap();
    write.save_incidents(vec![incident(&tenant, &project, 1), changed.clone()]).await.unwrap();
    assert_eq!(write.incident(&key).await.unwrap(), Some(changed.clone()), "the later row counts");
    write.commit().await.unwrap();
    assert_eq!(scope.incident(&key).await.unwrap(), Some(changed));
}

async fn lists_are_paged_and_filtered(bench: Bench) {
    let (tenant, project) = bench.customer("a", "ACME").await;
    let other = ProjectKey::new("OTHER");
    let mut write = bench.store.write(&tenant).await.unwrap();
    write.add_project(&other, "別件").await.unwrap();
    let mut rows: Vec<_> = (1..=4).map(|number| incident(&tenant, &project, number)).collect();
    rows[0].ended = Some(start());
    rows[3].opened = start().plus_minutes(1);
    rows[1].known = 1;
    rows.push(incident(&tenant, &other, 1));
    write.save_incidents(rows).await.unwrap();
    write.commit().await.unwrap();
    let tenants = [tenant];
    let staff = bench.store.staff(&tenants);
    let list = async |query: &IncidentQuery| -> Vec<String> {
        staff.incidents(query, 3).await.unwrap().iter().map(|row| row.key.to_string()).collect()
    };
    let mut query = IncidentQuery::default();
    assert_eq!(list(&query).await, ["ACME-4", "OTHER-1", "ACME-3"]);
    query.after = Some((start(), project.record(3)));
    assert_eq!(list(&query).await, ["ACME-2", "ACME-1"]);
    query = IncidentQuery { open: Some(false), ..IncidentQuery::default() };
    assert_eq!(list(&query).await, ["ACME-1"]);
    query = IncidentQuery { open: Some(true), project: Some(other), ..IncidentQuery::default() };
    assert_eq!(list(&query).await, ["OTHER-1"]);
    query = IncidentQuery { told: true, ..IncidentQuery::default() };
    assert_eq!(list(&query).await, ["ACME-2"]);
}

async fn the_board_is_sorted_by_the_nearest_duty(bench: Bench) {
    let (tenant, project) = bench.customer("a", "ACME").await;
    let mut rows: Vec<_> = (1..=4).map(|number| incident(&tenant, &project, number)).collect();
    rows[0].duty_due = None;
    rows[1].duty_due = Some(start().plus_minutes(9));
    rows[2].duty_due = Some(start().plus_minutes(3));
    rows[3].ended = Some(start().plus_minutes(1));
    let mut write = bench.store.write(&tenant).await.unwrap();
    write.save_incidents(rows).await.unwrap();
    write.commit().await.unwrap();
    let tenants = [tenant];
    let staff = bench.store.staff(&tenants);
    let keys = |rows: Vec<IncidentRow>| -> Vec<u64> { rows.into_iter().map(|row| row.number).collect() };
    assert_eq!(keys(staff.board(9).await.unwrap()), [3, 2, 1]);
}

async fn numbers_have_no_gap(bench: Bench) {
    let (tenant, project) = bench.customer("a", "ACME").await;
    let writers: Vec<_> = (0..4)
        .map(|writer| {
            let (store, tenant, project) = (bench.store.clone(), tenant.clone(), project.clone());
            tokio::spawn(async move {
                let mut numbers = vec![];
                for round in 0..6 {
                    let mut write = store.write(&tenant).await.unwrap();
                    let number = write.next_number(&project).await.unwrap();
                    // Every third write is given up, and its number goes to the next.
                    if (writer + round) % 3 != 0 {
                        write.commit().await.unwrap();
                        numbers.push(number);
                    }
                }
                numbers
            })
        })
        .collect();
    let mut numbers = vec![];
    for writer in writers {
        numbers.extend(writer.await.unwrap());
    }
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=16).collect::<Vec<u64>>());
}

on_both!(
    an_incident_is_stored_and_changed,
    lists_are_paged_and_filtered,
    the_board_is_sorted_by_the_nearest_duty,
    numbers_have_no_gap,
);
