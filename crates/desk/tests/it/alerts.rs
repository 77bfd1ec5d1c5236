//! Alerts taken in (R-4.2.1-11; design: intake, storms, heartbeats).

use crate::bench::{Bench, console, on_both, start};
use desk::{Delivery, Error, NewKey};
use domain::alerts::{Action, Fate};
use domain::fact::Body;
use domain::ids::{ProjectKey, RecordKey};
use std::collections::HashSet;
use store::{EventFilter, Failure};

on_both!(
    a_hundred_repeats_are_one_incident_an_exact_count_and_one_fact,
    a_trigger_joins_until_ten_minutes_after_the_recovery_notice,
    tools_leave_hints_and_change_no_state,
    an_unreadable_body_is_kept,
    a_group_is_one_incident_with_an_alert_each,
    many_senders_at_once_leave_no_gap,
    one_key_from_many_senders_is_one_incident,
    a_silent_heartbeat_opens_one_incident_of_the_provider,
    repeats_of_a_storm_are_all_counted,
    all_are_told_at_once_that_the_database_is_away,
);

async fn a_hundred_repeats_are_one_incident_an_exact_count_and_one_fact(bench: Bench) {
    let key = bench.alert().await;
    for minute in 0..99 {
        bench.at(minute);
        assert_eq!(bench.alert().await, key);
    }
    let alerts = bench.desk.store().tenant(&bench.tenant).alerts_of(&key).await.unwrap();
    assert_eq!((alerts.len(), alerts[0].count, alerts[0].counted), (1, 100, 1));
    assert_eq!(bench.facts(&key).await.len(), 1, "repeats are rows");
    assert_eq!(bench.desk.count_repeats().await.unwrap(), 1);
    assert_eq!(bench.desk.count_repeats().await.unwrap(), 0);
    let counted = |body: &Body| matches!(body, Body::AlertCounted { count: 99, total: 100, .. });
    assert_eq!(bench.count(&key, counted).await, 1);
    let view = bench.desk.incident(bench.person("mo"), &key).await.unwrap();
    assert_eq!(view.incident.alerts["web01"].total, 100);
    assert_eq!(view.incident.alert_at(), start(), "the clock runs from the first");
    let fates = bench.desk.fates(bench.person("mo"), start(), start().plus_minutes(1_440)).await.unwrap();
    let count = |fate| fates.counts.iter().find(|(known, _)| *known == fate).map(|(_, count)| *count);
    assert_eq!((count(Fate::New), count(Fate::Joined), fates.total), (Some(1), Some(99), 100));
}

async fn a_trigger_joins_until_ten_minutes_after_the_recovery_notice(bench: Bench) {
    let key = bench.told().await;
    bench.at(30);
    bench.recover(&key).await;
    bench.notify_recovery(&key).await;
    bench.tell(Action::Resolve, "web01").await;
    bench.at(40);
    assert_eq!(bench.alert().await, key, "the tenth minute is within");
    let view = bench.desk.incident(bench.person("mo"), &key).await.unwrap();
    assert_eq!(view.incident.state.code(), "recovery_notified", "a tool moves no state");
    let board = bench.desk.board(bench.person("mo")).await.unwrap();
    assert!(view.duties.iter().any(|duty| duty.kind.code() == "rejoined"), "{:?}", view.duties);
    assert_eq!(board.len(), 1);
    bench.at(41);
    assert_eq!(bench.alert().await, RecordKey::new("ACME-2"));
    assert_eq!(bench.alert().await, RecordKey::new("ACME-2"));
}

async fn tools_leave_hints_and_change_no_state(bench: Bench) {
    let key = bench.alert().await;
    let state = async || bench.desk.incident(bench.person("mo"), &key).await.unwrap().incident;
    let version = bench.version(&key).await;
    assert_eq!(bench.tell(Action::Acknowledge, "web01").await.fate, Fate::Joined);
    assert_eq!(state().await.tool_acknowledged.len(), 1);
    assert_eq!(bench.tell(Action::Resolve, "web01").await.fate, Fate::Joined);
    let incident = state().await;
    assert!(incident.alerts["web01"].resolved);
    assert_eq!((incident.state.code(), incident.version), ("detected", version));
    assert!(incident.clocks()[0].end.is_none(), "an acknowledgement ends no clock");
    bench.alert().await;
    assert!(!state().await.alerts["web01"].resolved);
    assert_eq!(bench.tell(Action::Resolve, "unknown").await.fate, Fate::Unmatched);
    assert_eq!(bench.tell(Action::Change, "deploy").await.fate, Fate::Change);
    assert_eq!(bench.tell(Action::Heartbeat, "watchdog").await.fate, Fate::Heartbeat);
}

async fn an_unreadable_body_is_kept(bench: Bench) {
    let head = bench.head().await;
    let body = b"not json \xff".to_vec();
    let content = Err("line 1 column 1: expected value".to_owned());
    let delivery = Delivery { key: bench.intake.clone(), sender: "events_v2", body: body.clone(), content };
    let received = bench.desk.receive(delivery).await.unwrap();
    assert_eq!((received.len(), received[0].fate), (1, Fate::Unreadable));
    let (event, bytes) = bench.desk.event(bench.person("mo"), &bench.tenant, received[0].event).await.unwrap();
    assert_eq!((event.note.as_deref(), bytes), (Some("line 1 column 1: expected value"), body));
    assert_eq!(bench.head().await, head, "no incident was touched");
    assert!(bench.desk.intake_key("nobody-knows-this-key-00000000000").await.unwrap().is_none());
}

async fn a_group_is_one_incident_with_an_alert_each(bench: Bench) {
    let group: Vec<_> = ["f1", "f2", "f3"].map(|fingerprint| (Action::Trigger, "group", fingerprint)).to_vec();
    let received = bench.desk.receive(bench.delivery(&group)).await.unwrap();
    let fates: Vec<_> = received.iter().map(|received| received.fate).collect();
    assert_eq!(fates, [Fate::New, Fate::Joined, Fate::Joined]);
    let key = received[0].incident.clone().unwrap();
    assert!(received.iter().all(|received| received.incident.as_ref() == Some(&key)));
    // Alertmanager repeats the whole group, one alert of it resolved.
    let again = [(Action::Trigger, "group", "f1"), (Action::Resolve, "group", "f2"), (Action::Trigger, "group", "f3")];
    bench.desk.receive(bench.delivery(&again)).await.unwrap();
    let incident = bench.desk.incident(bench.person("mo"), &key).await.unwrap().incident;
    let standing: Vec<_> = incident.alerts.values().map(|alert| alert.resolved).collect();
    assert_eq!(standing, [false, true, false]);
    let events = bench.desk.store().tenant(&bench.tenant).head().await.unwrap().unwrap().events;
    assert_eq!(events, 6);
}

async fn many_senders_at_once_leave_no_gap(bench: Bench) {
    let senders: Vec<_> = (0..64)
        .map(|sender| {
            let (desk, key) = (bench.desk.clone(), format!("host{sender}"));
            let delivery = bench.delivery(&[(Action::Trigger, &key, &key)]);
            tokio::spawn(async move { desk.receive(delivery).await.unwrap().remove(0) })
        })
        .collect();
    let (mut keys, mut events) = (HashSet::new(), HashSet::new());
    for sender in senders {
        let received = sender.await.unwrap();
        assert_eq!(received.fate, Fate::New);
        keys.insert(received.incident.unwrap());
        events.insert(received.event);
    }
    assert_eq!(keys, (1..=64).map(|number| bench.project.record(number)).collect());
    assert_eq!(events, (1..=64).collect());
    let facts = bench.desk.store().tenant(&bench.tenant).facts(0, 10_000).await.unwrap();
    assert!(facts.iter().zip(1..).all(|(fact, seq)| fact.seq == seq), "the chain has no gap");
    let listed = bench.desk.events(bench.person("mo"), &day(), None, 100).await.unwrap();
    assert_eq!(listed.len(), 64);
}

fn day() -> EventFilter {
    EventFilter { from: start().plus_minutes(-1), to: start().plus_minutes(1_440), fate: None, after: None }
}

async fn one_key_from_many_senders_is_one_incident(bench: Bench) {
    let second = bench.second_desk().await;
    let senders: Vec<_> = (0..64)
        .map(|sender| {
            let desk = if sender % 2 == 0 { bench.desk.clone() } else { second.clone() };
            let delivery = bench.delivery(&[(Action::Trigger, "web01", "web01")]);
            tokio::spawn(async move { desk.receive(delivery).await.unwrap().remove(0) })
        })
        .collect();
    let mut opened = 0;
    for sender in senders {
        let received = sender.await.unwrap();
        assert_eq!(received.incident, Some(RecordKey::new("ACME-1")));
        opened += usize::from(received.fate == Fate::New);
    }
    assert_eq!(opened, 1);
    let alerts = bench.desk.store().tenant(&bench.tenant).alerts_of(&RecordKey::new("ACME-1")).await.unwrap();
    assert_eq!(alerts[0].count, 64);
}

async fn a_silent_heartbeat_opens_one_incident_of_the_provider(bench: Bench) {
    let new = NewKey { scope: "intake".into(), heartbeat_minutes: Some(5), ..NewKey::default() };
    let secret = bench.desk.add_key(&console(), &bench.project, &new).await.unwrap().key;
    let key = bench.desk.intake_key(&secret).await.unwrap().unwrap();
    assert!(key.heartbeat);
    let beat = async || {
        let delivery = bench.delivery(&[(Action::Heartbeat, "watchdog", "watchdog")]);
        bench.desk.receive(Delivery { key: key.clone(), ..delivery }).await.unwrap();
    };
    bench.at(4);
    beat().await;
    bench.at(9);
    assert_eq!(bench.desk.watch_heartbeats().await.unwrap(), 0, "within includes the instant");
    bench.at(10);
    assert_eq!(bench.desk.watch_heartbeats().await.unwrap(), 1);
    assert_eq!(bench.desk.watch_heartbeats().await.unwrap(), 0, "once for one silence");
    let own = ProjectKey::new(desk::OWN_PROJECT).record(1);
    let view = bench.desk.incident(bench.person("mo"), &own).await.unwrap();
    assert_eq!(view.tenant, bench.provider);
    let title = &view.texts[&view.incident.title];
    assert!(title.contains("○○商事") && title.contains("5分"), "{title}");
    beat().await;
    bench.at(12);
    assert_eq!(bench.desk.watch_heartbeats().await.unwrap(), 0);
}

async fn repeats_of_a_storm_are_all_counted(bench: Bench) {
    let names: Vec<_> = (0..1_005).map(|n| format!("host{n}")).collect();
    let storm: Vec<_> = names.iter().map(|name| (Action::Trigger, "storm", name.as_str())).collect();
    for _ in 0..2 {
        bench.desk.receive(bench.delivery(&storm)).await.unwrap();
    }
    assert_eq!(bench.desk.count_repeats().await.unwrap(), 1_005, "more than one page");
    assert_eq!(bench.desk.count_repeats().await.unwrap(), 0);
}

async fn all_are_told_at_once_that_the_database_is_away(bench: Bench) {
    bench.desk.store().close().await;
    let senders: Vec<_> = (0..20)
        .map(|_| {
            let (desk, delivery) = (bench.desk.clone(), bench.delivery(&[(Action::Trigger, "web01", "web01")]));
            tokio::spawn(async move { desk.receive(delivery).await })
        })
        .collect();
    for sender in senders {
        match sender.await.unwrap() {
            // None of them was tried by itself.
            Err(Error::Failed(failure @ Failure::Away(_))) => assert!(failure.is_unavailable()),
            other => panic!("{other:?}"),
        }
    }
}
