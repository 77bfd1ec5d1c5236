//! Timers fire once, on whichever node (R-3.3.3-1, R-4.2.2-16; ).

use crate::bench::{Bench, on_both, start};
use desk::{Delivery, IntakeKey};
use domain::alerts::Action;
use domain::fact::{Body, Reminder, Target};
use domain::ids::ProjectKey;
use domain::time::Instant;
use testkit::tamper::Hand;

on_both!(
    two_nodes_fire_each_timer_once,
    targets_pass_and_are_told,
    reminders_and_a_missed_slot,
    the_desk_closes_after_five_business_days,
    a_node_that_was_away_catches_up,
    trouble_of_one_holds_up_no_other,
);

/// Fires until nothing is due.
async fn fire(bench: &Bench) -> usize {
    let mut fired = 0;
    loop {
        match bench.desk.fire_due().await.unwrap() {
            0 => return fired,
            some => fired += some,
        }
    }
}

async fn two_nodes_fire_each_timer_once(bench: Bench) {
    let second = bench.second_desk().await;
    let key = bench.alert().await;
    bench.at(16);
    let nodes: Vec<_> = [bench.desk.clone(), second.clone(), bench.desk.clone(), second]
        .into_iter()
        .map(|desk| tokio::spawn(async move { desk.fire_due().await.unwrap() }))
        .collect();
    let mut fired = 0;
    for node in nodes {
        fired += node.await.unwrap();
    }
    assert_eq!(fired, 3, "unjudged, unjudged for long, and the SLO");
    let told =
        bench.count(&key, |body| matches!(body, Body::IncidentReminded { .. } | Body::TargetPassed { .. })).await;
    assert_eq!(told, 3);
    assert_eq!(
        bench.desk.next_timer().await.unwrap(),
        Some(start().plus_minutes(30).plus_ms(1)),
        "the SLA; a page that nobody tried to send climbs no ladder"
    );
}

async fn targets_pass_and_are_told(bench: Bench) {
    let key = bench.alert().await;
    bench.at(15);
    fire(&bench).await;
    let passed = async |target| {
        bench
            .count(&key, |body| matches!(body, Body::TargetPassed { target: told, clock: 0, .. } if *told == target))
            .await
    };
    assert_eq!(passed(Target::Slo).await, 0, "within includes the instant");
    bench.clock.advance_ms(1);
    fire(&bench).await;
    assert_eq!((passed(Target::Slo).await, passed(Target::Sla).await), (1, 0));
    let board = bench.desk.board(bench.person("mo")).await.unwrap();
    assert_eq!(board[0].row.duty_due, Some(start().plus_minutes(30)), "the SLA is what is left");
    bench.at(31);
    fire(&bench).await;
    assert_eq!((passed(Target::Slo).await, passed(Target::Sla).await), (1, 1));
}

async fn reminders_and_a_missed_slot(bench: Bench) {
    let key = bench.told().await;
    bench.call(&key).await;
    let reminded = async |reminder| {
        bench
            .count(&key, |body| matches!(body, Body::IncidentReminded { reminder: told, .. } if *told == reminder))
            .await
    };
    let missed = async || bench.count(&key, |body| matches!(body, Body::SlotMissed { .. })).await;
    bench.at(49);
    fire(&bench).await;
    assert_eq!(reminded(Reminder::InterimSoon).await, 0);
    bench.at(50);
    fire(&bench).await;
    assert_eq!(reminded(Reminder::InterimSoon).await, 1);
    bench.at(60);
    fire(&bench).await;
    assert_eq!(missed().await, 0, "within includes the instant");
    bench.clock.advance_ms(1);
    fire(&bench).await;
    assert_eq!((missed().await, reminded(Reminder::LongSilence).await), (1, 0));
    let board = bench.desk.board(bench.person("mo")).await.unwrap();
    let late = (board[0].row.duty.as_deref(), board[0].row.duty_due);
    assert!(
        late.0 == Some("call_undelivered") || late == (Some("interim"), Some(start().plus_minutes(60))),
        "{late:?}"
    );
    bench.at(62);
    bench.report(&key).await;
    bench.at(112);
    fire(&bench).await;
    assert_eq!((missed().await, reminded(Reminder::LongSilence).await), (1, 1), "50 minutes after the last word");
}

async fn the_desk_closes_after_five_business_days(bench: Bench) {
    let key = bench.told().await;
    bench.call(&key).await;
    bench.recover(&key).await;
    bench.notify_recovery(&key).await;
    let state = async || bench.desk.incident(bench.person("mo"), &key).await.unwrap().incident.state.code();
    // Sunday the 22nd is day 0 and Monday the 23rd a holiday.
    bench.clock.set(Instant::parse("2026-11-30T18:59:59.999+09:00").unwrap());
    fire(&bench).await;
    assert_eq!(state().await, "recovery_notified");
    bench.clock.set(Instant::parse("2026-11-30T19:00:00+09:00").unwrap());
    assert_eq!(fire(&bench).await, 1);
    let incident = bench.desk.incident(bench.person("mo"), &key).await.unwrap().incident;
    let closure = incident.closure.unwrap().what;
    assert!(closure.automatic && closure.confirmed_by.is_none());
    assert_eq!(incident.verdicts.len(), 2);
    assert_eq!(fire(&bench).await, 0);
}

async fn a_node_that_was_away_catches_up(bench: Bench) {
    let key = bench.told().await;
    bench.call(&key).await;
    bench.at(200);
    fire(&bench).await;
    let slots: Vec<_> = bench
        .facts(&key)
        .await
        .into_iter()
        .filter_map(|fact| match fact.body {
            Body::SlotMissed { slot } => Some(slot),
            _ => None,
        })
        .collect();
    assert_eq!(slots, [60, 120, 180].map(|minute| start().plus_minutes(minute)));
    assert_eq!(fire(&bench).await, 0);
    assert_eq!(bench.desk.audit().await.unwrap().overdue_timers, 0);
}

async fn trouble_of_one_holds_up_no_other(bench: Bench) {
    let damaged = bench.alert().await;
    let sound = bench.tell(Action::Trigger, "db01").await.incident.unwrap();
    let other = IntakeKey { tenant: bench.other.clone(), project: ProjectKey::new("OTHER"), ..bench.intake.clone() };
    for _ in 0..2 {
        let delivery = bench.delivery(&[(Action::Trigger, "web01", "web01")]);
        bench.desk.receive(Delivery { key: other.clone(), ..delivery }).await.unwrap();
    }
    bench.tell(Action::Trigger, "db01").await;
    let mut hand = Hand::on(&bench.url).await.unwrap();
    let alter = |from: &str, to: &str| {
        format!("UPDATE facts SET json = replace(json, '{from}', '{to}') WHERE record = '{damaged}'")
    };
    hand.run(&alter("incident.opened", "incident.broken")).await.unwrap();
    bench.at(16);
    assert_eq!(bench.desk.fire_due().await.unwrap(), 6, "three of the sound record and three of the other tenant");
    assert_eq!(bench.desk.fire_due().await.unwrap(), 0);
    let (glances, unreadable) = bench.desk.glances(bench.person("mo")).await.unwrap();
    assert_eq!((glances.len(), unreadable), (2, vec![damaged.clone()]), "the board shows the rest");

    // Now nothing of the tenant can be written.
    let seq = bench.head().await;
    let head = |seq: &str| format!("UPDATE chain_heads SET seq = {seq} WHERE tenant = '{}'", bench.tenant);
    hand.run(&head("-1")).await.unwrap();
    bench.at(31);
    assert_eq!(bench.desk.fire_due().await.unwrap(), 1, "the other tenant's SLA");
    assert_eq!(bench.desk.count_repeats().await.unwrap(), 1, "the other tenant's repeats");

    hand.run(&head(&seq.to_string())).await.unwrap();
    hand.run(&alter("incident.broken", "incident.opened")).await.unwrap();
    hand.close().await.unwrap();
    bench.clock.advance_ms(30_000);
    let owed = "four of the record that was damaged and the SLA of the sound one";
    assert_eq!(fire(&bench).await, 5, "{owed}");
    assert_eq!(bench.count(&sound, |body| matches!(body, Body::TargetPassed { .. })).await, 2);
}
