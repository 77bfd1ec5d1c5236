//! Windows of work: alerts inside are kept and linked, what fires at the end opens an incident from that instant.

use crate::bench::{Bench, console, on_both, refusal, start};
use crate::verify::inside;
use desk::{Delivery, NewWindow, Received, WindowDone, WindowEnd};
use domain::alerts::{Action, AlertEvent, Fate};
use domain::fact::{Body, Origin};
use domain::ids::{ProjectKey, RecordKey};
use domain::refusal::RefusalKind;
use domain::window::{WindowKind, WindowState};
use store::WindowQuery;

on_both!(
    q_14_an_alert_inside_is_kept_and_opens_no_incident,
    q_14_what_fires_at_the_end_opens_an_incident_from_that_instant,
    q_14_a_late_desk_still_counts_from_the_windows_end,
    q_14_an_event_after_the_end_finds_what_the_window_left,
    q_14_an_early_end_and_a_cancellation_do_the_same_at_that_instant,
    q_14_an_open_incident_goes_on_beside_a_window,
    q_14_another_window_that_runs_on_keeps_the_alert,
    q_14_alerts_of_one_dedup_key_are_one_incident,
    q_14_an_alert_joins_the_incident_that_is_open_for_its_key,
    q_14_what_an_incident_heard_of_since_stays_with_it,
    q_14_an_acknowledgement_without_words_keeps_host_and_words,
    q_14_repeats_are_counted_and_the_fates_add_up,
    a_window_ends_once_on_two_nodes,
    who_may_announce_change_and_read_a_window,
    what_cannot_be_announced_is_told_at_its_field,
    erased_hosts_cover_nothing,
);

fn new(to: i64) -> NewWindow {
    NewWindow {
        project: "ACME".into(),
        hosts: "web*".into(),
        to: Some(start().plus_minutes(to)),
        work: "パッチ適用".into(),
        ..NewWindow::default()
    }
}

impl Bench {
    /// The customer's own window over `web*`, from now.
    async fn window(&self, to: i64) -> RecordKey {
        self.announce(&new(to)).await.window
    }

    async fn announce(&self, new: &NewWindow) -> WindowDone {
        self.desk.announce_window(self.person("cu"), new).await.unwrap()
    }

    async fn hear(&self, action: Action, dedup_key: &str, source: &str) -> Received {
        self.hear_all(&[(action, dedup_key, dedup_key, source)]).await.remove(0)
    }

    async fn hear_all(&self, events: &[(Action, &str, &str, &str)]) -> Vec<Received> {
        let event = |(action, dedup_key, alert_key, source): &(Action, &str, &str, &str)| AlertEvent {
            action: *action,
            dedup_key: (*dedup_key).into(),
            alert_key: (*alert_key).into(),
            severity: "critical".into(),
            summary: "応答なし".into(),
            source: (*source).into(),
        };
        let content = Ok(events.iter().map(event).collect());
        let (key, body) = (self.intake.clone(), b"{}".to_vec());
        self.desk.receive(Delivery { key, sender: "events_v2", body, content }).await.unwrap()
    }

    async fn open_incidents(&self) -> Vec<RecordKey> {
        self.desk.board(self.person("mo")).await.unwrap().into_iter().map(|row| row.row.key).collect()
    }

    async fn sound(&self) {
        desk::verify(self.desk.store(), &inside()).await.unwrap();
    }
}

async fn q_14_an_alert_inside_is_kept_and_opens_no_incident(bench: Bench) {
    let window = bench.window(60).await;
    assert_eq!(window.as_str(), "ACME-W1");
    let received = bench.hear(Action::Trigger, "d1", "web01:9100").await;
    assert_eq!((received.fate, received.incident, received.kept_in), (Fate::Window, None, Some(window.clone())));
    // Another host is no part of it, and another project neither.
    assert_eq!(bench.hear(Action::Trigger, "d2", "db01").await.fate, Fate::New);
    let facts = bench.head().await;
    bench.at(5);
    assert_eq!(bench.hear(Action::Trigger, "d1", "web01").await.fate, Fate::Window);
    assert_eq!(bench.head().await, facts, "a repeat is a row");
    bench.at(6);
    let resolved = bench.hear(Action::Resolve, "d1", "").await;
    assert_eq!((resolved.fate, resolved.kept_in.as_ref()), (Fate::Window, Some(&window)));
    assert_eq!(bench.hear(Action::Resolve, "unknown", "web01").await.fate, Fate::Unmatched);
    let view = bench.desk.window(bench.person("mo"), &window).await.unwrap();
    let [alert] = view.alerts.as_slice() else { panic!("{:?}", view.alerts) };
    assert_eq!((view.state, alert.status.as_str(), alert.count), (WindowState::Running, "resolved", 3));
    bench.sound().await;
    bench.at(60);
    while bench.desk.fire_due().await.unwrap() > 0 {}
    assert_eq!(bench.open_incidents().await, [bench.project.record(1)], "only the other host's");
    assert_eq!(bench.hear(Action::Trigger, "d1", "web01").await.fate, Fate::New, "the end itself is outside");
    bench.sound().await;
}

async fn q_14_what_fires_at_the_end_opens_an_incident_from_that_instant(bench: Bench) {
    let window = bench.window(60).await;
    bench.at(10);
    bench.hear(Action::Trigger, "d1", "web01").await;
    bench.at(60);
    let mut fired = 0;
    while let one @ 1.. = bench.desk.fire_due().await.unwrap() {
        fired += one;
    }
    assert_eq!(fired, 1);
    let key = bench.project.record(1);
    let view = bench.desk.incident(bench.person("mo"), &key).await.unwrap();
    let ended = start().plus_minutes(60);
    assert_eq!(view.incident.alert_at(), ended, "the clock runs from the window's end");
    assert_eq!(view.incident.clocks()[0].slo_due, ended.plus_minutes(15));
    assert!(view.ledgers[0].basis.ja.contains("作業時間帯の終了"), "{:?}", view.ledgers[0].basis);
    assert!(matches!(&view.incident.origin, Origin::Window { window: it, .. } if *it == window));
    assert_eq!(view.texts[&view.incident.title], "web01 応答なし");
    assert_eq!(view.runbooks.matching, ["any"], "the runbook of its host stands beside it");
    let kept = bench.desk.window(bench.person("mo"), &window).await.unwrap();
    assert_eq!((kept.state, kept.alerts[0].led_to.clone()), (WindowState::Over, Some(key.clone())));
    // A later repeat joins it.
    bench.at(61);
    let again = bench.hear(Action::Trigger, "d1", "web01").await;
    assert_eq!((again.fate, again.incident), (Fate::Joined, Some(key.clone())));
    bench.at(62);
    assert_eq!(bench.hear(Action::Resolve, "d1", "web01").await.fate, Fate::Joined);
    bench.desk.count_repeats().await.unwrap();
    bench.sound().await;
}

async fn q_14_a_late_desk_still_counts_from_the_windows_end(bench: Bench) {
    bench.window(60).await;
    bench.hear(Action::Trigger, "d1", "web01").await;
    bench.at(95);
    while bench.desk.fire_due().await.unwrap() > 0 {}
    let view = bench.desk.incident(bench.person("mo"), &bench.project.record(1)).await.unwrap();
    assert_eq!(view.incident.alert_at(), start().plus_minutes(60));
    assert_eq!(view.incident.opened.at, start().plus_minutes(95));
    // Both targets have passed by then, and say so.
    assert_eq!(view.incident.passed.len(), 2, "{:?}", view.incident.passed);
    bench.sound().await;
}

async fn q_14_an_event_after_the_end_finds_what_the_window_left(bench: Bench) {
    let window = bench.window(60).await;
    bench.hear_all(&[(Action::Trigger, "d1", "a", "web01"), (Action::Trigger, "d2", "b", "web02")]).await;
    // The desk was down at the end, and an event is faster than the timer.
    bench.at(70);
    let received = bench.hear_all(&[(Action::Trigger, "d1", "a", "web01"), (Action::Resolve, "d2", "b", "")]).await;
    assert_eq!(received.iter().map(|one| one.fate).collect::<Vec<_>>(), [Fate::Joined, Fate::Joined]);
    for one in &received {
        let view = bench.desk.incident(bench.person("mo"), one.incident.as_ref().unwrap()).await.unwrap();
        assert_eq!(view.incident.alert_at(), start().plus_minutes(60));
    }
    assert_eq!(bench.open_incidents().await.len(), 2);
    bench.sound().await;
    while bench.desk.fire_due().await.unwrap() > 0 {}
    assert_eq!(bench.open_incidents().await.len(), 2, "the timer finds nothing left to do");
    assert_eq!(bench.desk.window(bench.person("mo"), &window).await.unwrap().state, WindowState::Over);
    bench.sound().await;
}

async fn q_14_an_early_end_and_a_cancellation_do_the_same_at_that_instant(bench: Bench) {
    let (first, cu) = (bench.window(60).await, bench.person("cu"));
    bench.hear(Action::Trigger, "d1", "web01").await;
    bench.at(20);
    let later = WindowEnd { to: Some(start().plus_minutes(90)) };
    assert_eq!(bench.desk.change_window(cu, &first, &later).await.unwrap().to, start().plus_minutes(90));
    bench.at(60);
    assert_eq!(bench.desk.fire_due().await.unwrap(), 0, "it was extended");
    bench.at(70);
    let done = bench.desk.change_window(cu, &first, &WindowEnd::default()).await.unwrap();
    assert_eq!((done.state, done.to), ("over", start().plus_minutes(70)));
    let opened = async |number| {
        let view = bench.desk.incident(bench.person("mo"), &bench.project.record(number)).await.unwrap();
        view.incident.alert_at()
    };
    assert_eq!(opened(1).await, start().plus_minutes(70));
    assert!(matches!(
        refusal(bench.desk.change_window(cu, &first, &WindowEnd::default()).await).kind,
        RefusalKind::NotNow
    ));
    let second = bench.window(120).await;
    bench.hear(Action::Trigger, "d2", "web02").await;
    bench.at(80);
    assert_eq!(bench.desk.cancel_window(cu, &second).await.unwrap().state, "cancelled");
    assert_eq!(opened(2).await, start().plus_minutes(80));
    // One that has not begun leaves nothing.
    let coming = NewWindow { from: Some(start().plus_minutes(200)), ..new(260) };
    let coming = bench.announce(&coming).await;
    assert_eq!(coming.state, "coming");
    assert!(matches!(
        refusal(bench.desk.change_window(cu, &coming.window, &WindowEnd::default()).await).kind,
        RefusalKind::NotNow
    ));
    bench.desk.cancel_window(cu, &coming.window).await.unwrap();
    bench.at(230);
    assert_eq!(bench.hear(Action::Trigger, "d3", "web03").await.fate, Fate::New);
    bench.sound().await;
}

async fn q_14_an_open_incident_goes_on_beside_a_window(bench: Bench) {
    let key = bench.hear(Action::Trigger, "d1", "web01").await.incident.unwrap();
    bench.at(5);
    let window = bench.window(60).await;
    assert_eq!(bench.hear(Action::Trigger, "d1", "web01").await.incident, Some(key.clone()), "it goes on joining");
    let view = bench.desk.incident(bench.person("mo"), &key).await.unwrap();
    assert_eq!(view.windows.iter().map(|row| &row.key).collect::<Vec<_>>(), [&window]);
    assert_eq!(view.incident.alert_at(), start());
    bench.at(60);
    while bench.desk.fire_due().await.unwrap() > 0 {}
    assert_eq!(bench.open_incidents().await, std::slice::from_ref(&key));
    assert!(bench.desk.incident(bench.person("mo"), &key).await.unwrap().windows.is_empty());
    bench.sound().await;
}

async fn q_14_another_window_that_runs_on_keeps_the_alert(bench: Bench) {
    let first = bench.window(60).await;
    bench.hear(Action::Trigger, "d1", "web01").await;
    bench.at(30);
    let planned = NewWindow { kind: Some(WindowKind::Planned), hosts: "web01".into(), ..new(90) };
    let second = bench.desk.announce_window(bench.person("mo"), &planned).await.unwrap().window;
    bench.at(40);
    assert_eq!(bench.hear(Action::Trigger, "d1", "web01").await.kept_in, Some(first.clone()), "it stays where it is");
    bench.at(60);
    while bench.desk.fire_due().await.unwrap() > 0 {}
    assert!(bench.open_incidents().await.is_empty());
    let left = bench.desk.window(bench.person("mo"), &first).await.unwrap();
    assert_eq!(left.alerts[0].led_to.as_ref(), Some(&second));
    bench.at(65);
    assert_eq!(bench.hear(Action::Trigger, "d1", "web01").await.kept_in, Some(second.clone()));
    bench.desk.count_repeats().await.unwrap();
    bench.sound().await;
    bench.at(90);
    while bench.desk.fire_due().await.unwrap() > 0 {}
    let view = bench.desk.incident(bench.person("mo"), &bench.project.record(1)).await.unwrap();
    assert_eq!(view.incident.alert_at(), start().plus_minutes(90));
    bench.sound().await;
}

async fn q_14_alerts_of_one_dedup_key_are_one_incident(bench: Bench) {
    let window = bench.window(60).await;
    let group = [
        (Action::Trigger, "group", "a", "web01"),
        (Action::Trigger, "group", "b", "web02"),
        (Action::Trigger, "group", "c", "web03"),
        (Action::Trigger, "other", "a", "web01"),
    ];
    assert!(bench.hear_all(&group).await.iter().all(|one| one.kept_in.as_ref() == Some(&window)));
    bench.at(10);
    bench.hear_all(&[(Action::Resolve, "group", "b", "")]).await;
    bench.at(60);
    while bench.desk.fire_due().await.unwrap() > 0 {}
    assert_eq!(bench.open_incidents().await.len(), 2, "one a dedup key");
    let key = bench.project.record(1);
    let alerts = bench.desk.store().tenant(&bench.tenant).alerts_of(&key).await.unwrap();
    let told: Vec<_> = alerts.iter().map(|row| (row.alert_key.as_str(), row.status.as_str(), row.count)).collect();
    assert_eq!(told, [("a", "firing", 1), ("c", "firing", 1)]);
    bench.at(61);
    bench.hear_all(&group).await;
    bench.sound().await;
}

async fn q_14_an_alert_joins_the_incident_that_is_open_for_its_key(bench: Bench) {
    bench.window(60).await;
    bench.hear_all(&[(Action::Trigger, "group", "a", "web01")]).await;
    // The same group about a host without work.
    let open = bench.hear_all(&[(Action::Trigger, "group", "b", "db01")]).await.remove(0);
    assert_eq!(open.fate, Fate::New);
    bench.at(60);
    while bench.desk.fire_due().await.unwrap() > 0 {}
    assert_eq!(bench.open_incidents().await.len(), 1);
    let key = open.incident.unwrap();
    assert_eq!(bench.count(&key, |body| matches!(body, Body::AlertCarried { .. })).await, 1);
    let view = bench.desk.incident(bench.person("mo"), &key).await.unwrap();
    assert_eq!((view.incident.alerts.len(), view.incident.alert_at()), (2, start()));
    bench.sound().await;
}

async fn q_14_what_an_incident_heard_of_since_stays_with_it(bench: Bench) {
    let window = bench.window(60).await;
    bench.hear_all(&[(Action::Trigger, "group", "a", "web01")]).await;
    bench.at(5);
    let key = bench.hear_all(&[(Action::Trigger, "group", "b", "db01")]).await.remove(0).incident.unwrap();
    bench.at(10);
    let resolved =
        bench.hear_all(&[(Action::Trigger, "group", "a", "web01"), (Action::Resolve, "group", "a", "")]).await;
    assert!(resolved.iter().all(|one| one.incident.as_ref() == Some(&key)), "{resolved:?}");
    bench.at(60);
    while bench.desk.fire_due().await.unwrap() > 0 {}
    assert_eq!(bench.count(&key, |body| matches!(body, Body::AlertCarried { .. })).await, 0, "it was over");
    let view = bench.desk.incident(bench.person("mo"), &key).await.unwrap();
    assert!(view.incident.alerts["a"].resolved);
    let kept = bench.desk.window(bench.person("mo"), &window).await.unwrap();
    assert_eq!(kept.alerts[0].led_to.as_ref(), Some(&key));
    bench.sound().await;
}

async fn q_14_an_acknowledgement_without_words_keeps_host_and_words(bench: Bench) {
    bench.window(60).await;
    bench.hear(Action::Trigger, "d1", "web01").await;
    bench.at(5);
    // Events v2 acknowledges by the key alone.
    let event = AlertEvent {
        action: Action::Acknowledge,
        dedup_key: "d1".into(),
        alert_key: "d1".into(),
        severity: "info".into(),
        summary: String::new(),
        source: String::new(),
    };
    for _ in 0..2 {
        let (key, body) = (bench.intake.clone(), b"{}".to_vec());
        let content = Ok(vec![event.clone()]);
        bench.desk.receive(Delivery { key, sender: "events_v2", body, content }).await.unwrap();
        bench.at(60);
        while bench.desk.fire_due().await.unwrap() > 0 {}
    }
    let key = bench.project.record(1);
    let view = bench.desk.incident(bench.person("mo"), &key).await.unwrap();
    assert_eq!(
        (view.texts[&view.incident.title].as_str(), view.incident.severity.as_str()),
        ("web01 応答なし", "critical")
    );
    let alerts = bench.desk.store().tenant(&bench.tenant).alerts_of(&key).await.unwrap();
    let [alert] = alerts.as_slice() else { panic!("{alerts:?}") };
    assert_eq!(
        (alert.source.as_str(), alert.summary.as_str(), alert.severity.as_str()),
        ("web01", "応答なし", "critical")
    );
    bench.sound().await;
}

async fn q_14_repeats_are_counted_and_the_fates_add_up(bench: Bench) {
    let window = bench.window(60).await;
    for minute in 0..50 {
        bench.at(minute);
        assert_eq!(bench.hear(Action::Trigger, "d1", "web01").await.kept_in, Some(window.clone()));
    }
    bench.hear(Action::Acknowledge, "d1", "web01").await;
    assert_eq!(bench.desk.count_repeats().await.unwrap(), 1);
    assert_eq!(bench.desk.count_repeats().await.unwrap(), 0);
    let fates = bench.desk.fates(bench.person("mo"), start(), start().plus_minutes(1_440)).await.unwrap();
    let count = |fate| fates.counts.iter().find(|(known, _)| *known == fate).map(|(_, count)| *count);
    assert_eq!((count(Fate::Window), fates.total), (Some(51), 51));
    let running = bench.desk.running_windows(bench.person("mo")).await.unwrap();
    assert_eq!(running.iter().map(|it| (&it.row.key, it.firing)).collect::<Vec<_>>(), [(&window, 1)]);
    bench.hear(Action::Trigger, "d1", "web01").await;
    bench.at(60);
    while bench.desk.fire_due().await.unwrap() > 0 {}
    assert_eq!(bench.desk.count_repeats().await.unwrap(), 1, "also once it is over");
    bench.sound().await;
}

async fn a_window_ends_once_on_two_nodes(bench: Bench) {
    bench.window(60).await;
    bench.hear(Action::Trigger, "d1", "web01").await;
    bench.at(60);
    let second = bench.second_desk().await;
    let (one, two) = tokio::join!(bench.desk.fire_due(), second.fire_due());
    assert_eq!(one.unwrap() + two.unwrap(), 1);
    assert_eq!(bench.open_incidents().await.len(), 1);
    bench.sound().await;
}

async fn who_may_announce_change_and_read_a_window(bench: Bench) {
    let desk = &bench.desk;
    let by_phone = NewWindow { kind: Some(WindowKind::Customer), caller: "田中".into(), ..new(60) };
    let told = desk.announce_window(bench.person("mo"), &by_phone).await.unwrap().window;
    let planned = NewWindow { kind: Some(WindowKind::Planned), hosts: String::new(), ..new(60) };
    let planned = desk.announce_window(bench.person("su"), &planned).await.unwrap().window;
    assert_eq!((told.as_str(), planned.as_str()), ("ACME-W1", "ACME-W2"));
    let all = desk.windows(bench.person("cu"), &WindowQuery::default(), 10).await.unwrap();
    assert_eq!(all.len(), 2);
    assert!(all.iter().any(|it| it.row.caller.as_deref() == Some("田中")));
    // What they told by telephone is theirs to end; what the desk planned is not.
    let now = WindowEnd::default();
    assert!(desk.change_window(bench.person("ca"), &told, &now).await.is_ok());
    assert!(matches!(refusal(desk.change_window(bench.person("cu"), &planned, &now).await).kind, RefusalKind::NotNow));
    assert!(matches!(refusal(desk.cancel_window(bench.person("cu"), &planned).await).kind, RefusalKind::NotNow));
    for name in ["au", "ad"] {
        assert_eq!(refusal(desk.announce_window(bench.person(name), &new(60)).await).kind, RefusalKind::Forbidden);
        assert_eq!(refusal(desk.cancel_window(bench.person(name), &planned).await).kind, RefusalKind::Forbidden);
    }
    let foreign = bench.person("foreign");
    assert!(desk.windows(foreign, &WindowQuery::default(), 10).await.unwrap().is_empty());
    for key in [planned, RecordKey::new("NONE-W1"), ProjectKey::new("ACME").window(99), bench.project.record(1)] {
        assert_eq!(refusal(desk.window(foreign, &key).await).kind, RefusalKind::NotFound, "{key}");
        assert_eq!(refusal(desk.cancel_window(foreign, &key).await).kind, RefusalKind::NotFound, "{key}");
        assert_eq!(refusal(desk.change_window(foreign, &key, &now).await).kind, RefusalKind::NotFound, "{key}");
    }
    assert_eq!(refusal(desk.announce_window(foreign, &new(60)).await).kind, RefusalKind::NotFound);
    // The customer is not told of incidents that nobody told them of.
    let window = bench.window(90).await;
    bench.hear(Action::Trigger, "d1", "web01").await;
    bench.at(90);
    while desk.fire_due().await.unwrap() > 0 {}
    let led_to = async |name: &str| {
        let view = desk.window(bench.person(name), &window).await.unwrap();
        view.alerts.iter().map(|alert| alert.led_to.is_some()).collect::<Vec<_>>()
    };
    assert_eq!((led_to("mo").await, led_to("cu").await), (vec![true], vec![false]));
}

async fn what_cannot_be_announced_is_told_at_its_field(bench: Bench) {
    let cu = bench.person("cu");
    for (field, wrong) in [
        ("project", NewWindow { project: String::new(), ..new(60) }),
        ("to", NewWindow { to: None, ..new(60) }),
        ("to", new(-1)),
        ("to", new(31 * 24 * 60)),
        ("from", NewWindow { from: Some(start().plus_minutes(-61)), ..new(60) }),
        ("work", NewWindow { work: " ".into(), ..new(60) }),
        ("hosts", NewWindow { hosts: "x".repeat(300), ..new(60) }),
        ("kind", NewWindow { kind: Some(WindowKind::Planned), ..new(60) }),
    ] {
        assert_eq!(refusal(bench.desk.announce_window(cu, &wrong).await).field(), Some(field));
    }
    let mo = bench.person("mo");
    assert_eq!(refusal(bench.desk.announce_window(mo, &new(60)).await).field(), Some("kind"));
    let nobody = NewWindow { kind: Some(WindowKind::Customer), ..new(60) };
    assert_eq!(refusal(bench.desk.announce_window(mo, &nobody).await).field(), Some("caller"));
    let window = bench.window(60).await;
    let long = WindowEnd { to: Some(start().plus_minutes(31 * 24 * 60)) };
    assert_eq!(refusal(bench.desk.change_window(cu, &window, &long).await).field(), Some("to"));
}

async fn erased_hosts_cover_nothing(bench: Bench) {
    let window = bench.window(60).await;
    let facts = bench.desk.store().tenant(&bench.tenant).record_facts(&window).await.unwrap();
    let erasure = desk::Erasure { number: facts[0].seq, reason: "誤記".into() };
    bench.desk.erase_words(bench.person("dh"), &window, &erasure).await.unwrap();
    assert_eq!(bench.hear(Action::Trigger, "d1", "web01").await.fate, Fate::New);
    assert!(bench.desk.windows(&console(), &WindowQuery::default(), 10).await.unwrap()[0].row.hosts.is_none());
    bench.sound().await;
}
