//! Q-14 as tables of cases.

use super::*;
use crate::access::Actor;
use crate::fact::{Fact, NewFact};
use crate::ids::TenantId;

fn at(minutes: i64) -> Instant {
    Instant::from_ms(0).plus_minutes(minutes)
}

fn standing(number: u64, hosts: &str, from: i64, to: i64) -> Standing {
    let key = ProjectKey::new("ACME").window(number);
    Standing { key, hosts: Some(hosts.to_owned()), from: at(from), to: at(to) }
}

#[test]
fn q_14_the_begin_is_inside_and_the_end_is_outside() {
    let windows = [standing(1, "", 10, 20)];
    for (minute, is_kept) in [(9, false), (10, true), (19, true), (20, false)] {
        assert_eq!(choose(&windows, "web01", at(minute)).is_some(), is_kept, "minute {minute}");
    }
}

#[test]
fn q_14_hosts_are_patterns_and_none_is_the_whole_project() {
    for (hosts, source, is_covered) in [
        ("", "web01", true),
        ("", "", true),
        ("web01", "web01", true),
        ("web01", "WEB01:9100", true),
        ("web*\ndb01", "db01", true),
        ("web*\ndb01", "db02", false),
        ("web01", "", false),
    ] {
        assert_eq!(covers(hosts, source), is_covered, "{hosts:?} {source:?}");
    }
    let erased = Standing { hosts: None, ..standing(1, "", 0, 9) };
    assert_eq!(choose(&[erased], "web01", at(1)), None, "erased words cover nothing");
}

#[test]
fn q_14_of_several_windows_the_one_that_ends_last_keeps_it() {
    let windows =
        [standing(1, "web01", 0, 20), standing(2, "", 0, 30), standing(3, "", 0, 30), standing(4, "db*", 0, 99)];
    let chosen = |source, minute| choose(&windows, source, at(minute)).map(|window| window.key.to_string());
    assert_eq!(chosen("web01", 5).as_deref(), Some("ACME-W2"));
    assert_eq!(chosen("db01", 5).as_deref(), Some("ACME-W4"));
    assert_eq!(chosen("web01", 30), None);
}

#[test]
fn q_14_each_new_alert_is_a_fact_and_each_repeat_is_counted() {
    for (action, known, expected) in [
        (Action::Trigger, None, "kept"),
        (Action::Trigger, Some(false), "repeat"),
        (Action::Trigger, Some(true), "kept"),
        (Action::Resolve, None, "not ours"),
        (Action::Resolve, Some(false), "resolved"),
        (Action::Resolve, Some(true), "repeat"),
        (Action::Acknowledge, Some(false), "repeat"),
        (Action::Acknowledge, None, "not ours"),
        (Action::Heartbeat, Some(false), "not ours"),
        (Action::Change, Some(false), "not ours"),
    ] {
        let text = || "k".to_owned();
        let event = AlertEvent {
            action,
            dedup_key: text(),
            alert_key: text(),
            severity: text(),
            summary: text(),
            source: text(),
        };
        let said = match keep(&event, 7, known) {
            None => "not ours",
            Some(None) => "repeat",
            Some(Some(Body::WindowKept { event: 7, .. })) => "kept",
            Some(Some(Body::WindowResolved { event: 7, .. })) => "resolved",
            other => panic!("{other:?}"),
        };
        assert_eq!(said, expected, "{action:?} {known:?}");
    }
}

#[test]
fn a_window_is_announced_from_now_on_and_for_thirty_days_at_most() {
    let now = at(1_000);
    let day = 24 * 60;
    for (from, to, expected) in [
        (None, Some(1_060), Ok((1_000, 1_060))),
        (Some(1_030), Some(1_060), Ok((1_030, 1_060))),
        (Some(990), Some(1_060), Ok((1_000, 1_060))),
        (Some(939), Some(1_060), Err("from")),
        (Some(1_000 + 367 * day), Some(1_000 + 368 * day), Err("from")),
        (None, None, Err("to")),
        (None, Some(1_000), Err("to")),
        (Some(1_060), Some(1_060), Err("to")),
        (None, Some(1_000 + 30 * day), Ok((1_000, 1_000 + 30 * day))),
        (None, Some(1_001 + 30 * day), Err("to")),
    ] {
        let said = span(from.map(at), to.map(at), now).map_err(|refusal| refusal.field().unwrap());
        assert_eq!(said, expected.map(|(from, to)| (at(from), at(to))), "{from:?} {to:?}");
    }
}

#[test]
fn hosts_are_read_as_people_write_them() {
    assert_eq!(hosts(" web01, web02、db*\n\nbatch ").unwrap(), "web01\nweb02\ndb*\nbatch");
    assert_eq!(hosts(" \n").unwrap(), "");
    assert_eq!(hosts(&"x ".repeat(101)).unwrap_err().field(), Some("hosts"));
    assert_eq!(hosts(&"x".repeat(256)).unwrap_err().field(), Some("hosts"));
}

#[test]
fn whose_work_it_is_and_who_told_it() {
    use WindowKind::{Customer, Planned};
    for (asked, by_customer, expected) in [
        (None, true, Ok(Customer)),
        (Some(Customer), true, Ok(Customer)),
        (Some(Planned), true, Err("kind")),
        (Some(Planned), false, Ok(Planned)),
        (Some(Customer), false, Ok(Customer)),
        (None, false, Err("kind")),
    ] {
        assert_eq!(kind(asked, by_customer).map_err(|refusal| refusal.field().unwrap()), expected, "{asked:?}");
    }
    assert_eq!(caller(Customer, false, " 田中 "), Ok(Some("田中")));
    assert_eq!(caller(Customer, false, " ").unwrap_err().field(), Some("caller"));
    assert_eq!(caller(Customer, true, "田中"), Ok(None), "they told it themselves");
    assert_eq!(caller(Planned, false, "田中"), Ok(None));
}

#[test]
fn a_windows_name_is_no_incidents() {
    for (key, project) in [
        ("ACME-W1", Some("ACME")),
        ("ACME-1", None),
        ("ACME-W", None),
        ("ACME-W01", None),
        ("ACME-Wx", None),
        ("W1", None),
    ] {
        assert_eq!(project_of(&RecordKey::new(key)).map(|key| key.to_string()).as_deref(), project, "{key}");
    }
}

struct Story(Vec<Fact>);

impl Story {
    fn begin() -> Self {
        let text = || BlobId::new("sha256:0");
        let of = WindowKind::Customer;
        let (project, from, to) = (ProjectKey::new("ACME"), at(10), at(20));
        let mut story = Self(vec![]);
        story.tell(
            0,
            Body::WindowAnnounced { project, number: 1, of, hosts: text(), work: text(), caller: None, from, to },
        );
        story
    }

    fn tell(&mut self, minute: i64, body: Body) {
        let record = Some(ProjectKey::new("ACME").window(1));
        let new = NewFact { record, body, actor: Actor::System, role: None, reason: None };
        let seq = self.0.len() as u64 + 1;
        self.0.push(new.at(TenantId::new("t"), seq, at(minute)));
    }

    fn window(&self) -> Result<Window, crate::incident::Broken> {
        Window::fold(&self.0).map(Option::unwrap)
    }
}

fn kept(event: u64) -> Body {
    Body::WindowKept { event, dedup_key: "d".into(), alert_key: "a".into(), from: None }
}

fn left() -> Vec<Left> {
    vec![Left { dedup_key: "d".into(), alert_key: "a".into(), to: RecordKey::new("ACME-1") }]
}

#[test]
fn a_window_is_the_fold_of_its_facts() {
    let mut story = Story::begin();
    story.tell(11, kept(1));
    story.tell(12, Body::WindowResolved { event: 2, dedup_key: "d".into(), alert_key: "a".into() });
    story.tell(13, kept(3));
    story.tell(14, Body::WindowChanged { to: at(30) });
    assert_eq!(story.window().unwrap().due(), Some(at(30)));
    assert_eq!(story.window().unwrap().state(at(29)), WindowState::Running);
    story.tell(30, Body::WindowEnded { at: at(30), left: left() });
    story.tell(31, Body::WindowCounted { dedup_key: "d".into(), alert_key: "a".into(), count: 4, total: 7 });
    let window = story.window().unwrap();
    assert_eq!((window.due(), window.state(at(31))), (None, WindowState::Over));
    let alert = &window.alerts[&("d".to_owned(), "a".to_owned())];
    assert_eq!((alert.total, alert.event, alert.led_to.clone()), (7, 3, Some(RecordKey::new("ACME-1"))));
}

#[test]
fn facts_that_no_desk_writes_are_no_window() {
    let broken = |tell: &dyn Fn(&mut Story)| {
        let mut story = Story::begin();
        tell(&mut story);
        assert!(story.window().is_err());
    };
    // An alert that still fired was forgotten.
    broken(&|story| {
        story.tell(11, kept(1));
        story.tell(20, Body::WindowEnded { at: at(20), left: vec![] });
    });
    broken(&|story| story.tell(20, Body::WindowEnded { at: at(20), left: left() }));
    broken(&|story| {
        story.tell(20, Body::WindowCancelled { left: vec![] });
        story.tell(21, kept(1));
    });
    broken(&|story| {
        story.tell(11, kept(1));
        story.tell(12, Body::WindowCounted { dedup_key: "d".into(), alert_key: "a".into(), count: 4, total: 9 });
    });
    broken(&|story| story.tell(11, Body::TicketRead {}));
}

#[test]
fn what_may_still_be_changed() {
    let window = Story::begin().window().unwrap();
    for (to, now, expected) in [
        (Some(25), 15, Ok(NewEnd::At(at(25)))),
        (Some(17), 15, Ok(NewEnd::At(at(17)))),
        (None, 15, Ok(NewEnd::Now)),
        (Some(14), 15, Ok(NewEnd::Now)),
        (None, 5, Err(())),
        (Some(10), 5, Err(())),
        (Some(25), 20, Err(())),
        (Some(10 + 31 * 24 * 60), 15, Err(())),
    ] {
        assert_eq!(window.change(to.map(at), at(now)).map_err(drop), expected, "{to:?} at {now}");
    }
    let planned = Window { kind: WindowKind::Planned, ..window.clone() };
    assert!(planned.may_be_changed(true).is_err() && planned.may_be_changed(false).is_ok());
    assert!(window.may_be_changed(true).is_ok());
}

/// Which incident the dedup key leads to and until when it joins, when it heard of the alert, and where the alert goes.
#[test]
fn q_14_what_still_fires_goes_where_it_was_last_heard_of_then_to_a_window_then_to_an_incident() {
    let beside = [standing(2, "web*", 0, 90), standing(3, "db01", 0, 60)];
    for (source, until, heard, expected) in [
        ("app01", None, None, Leaves::Opens),
        ("web01", None, None, Leaves::ToWindow(RecordKey::new("ACME-W2"))),
        ("db01", None, None, Leaves::Opens),
        ("app01", Some(None), None, Leaves::ToIncident(RecordKey::new("ACME-1"))),
        ("web01", Some(None), None, Leaves::ToWindow(RecordKey::new("ACME-W2"))),
        ("app01", Some(Some(70)), None, Leaves::ToIncident(RecordKey::new("ACME-1"))),
        ("app01", Some(Some(69)), None, Leaves::Opens),
        ("app01", Some(None), Some(29), Leaves::ToIncident(RecordKey::new("ACME-1"))),
        ("app01", Some(None), Some(30), Leaves::WithIncident(RecordKey::new("ACME-1"))),
        ("web01", Some(Some(0)), Some(31), Leaves::WithIncident(RecordKey::new("ACME-1"))),
    ] {
        let found = until.map(|until: Option<i64>| crate::alerts::Correlation {
            incident: RecordKey::new("ACME-1"),
            joins_until: until.map(at),
        });
        let alert = Firing { source, last: at(30) };
        let beside = Beside { windows: &beside, incident: found.as_ref(), heard: heard.map(at) };
        assert_eq!(leaves(alert, beside, at(60), at(70)), expected, "{source} {until:?} {heard:?}");
    }
}
