//! The demo as it is after one start and after more of them.

use super::people::{CUSTOMERS, PASSWORD};
use super::{Logins, check_folder, fill, live};
use desk::incident::IncidentView;
use desk::{Caller, Desk, Verify, Who};
use domain::access::Right;
use domain::fact::{Body, Outcome, Reminder, Target};
use domain::ids::RecordKey;
use domain::incident::State;
use domain::readiness::Gap;
use domain::time::{Instant, MINUTE_MS};
use domain::words::Lang;
use std::path::Path;
use store::{Clock, HandClock, IncidentQuery, RecordQuery, RequestQuery, Store};

fn settings() -> desk::Settings {
    desk::Settings {
        base_url: "http://127.0.0.1:8080".into(),
        message_domain: "madoguchi.example.jp".into(),
        sealing_key: [7; 32],
    }
}

fn console() -> Caller {
    Caller { who: Who::Console, grants: vec![], lang: Lang::Ja }
}

fn url(home: &Path) -> String {
    format!("sqlite://{}", home.join("madoguchi.db").display())
}

async fn open(url: &str, clock: Clock) -> Desk {
    Desk::new(Store::open(url, clock).await.unwrap(), settings())
}

/// The projects whose year was routine.
const ROUTINE: [&str; 3] = ["KOMO", "HINATA", "TSUMUGI"];

/// Every incident of the customers that is told one by one, the oldest first.
async fn incidents(desk: &Desk) -> Vec<IncidentView> {
    let mut views = vec![];
    for tenant in desk.tenants(&console(), Right::ReadOperations).await.unwrap() {
        let tenant = tenant.tenant.id;
        let rows = desk.store().staff(&[tenant]).incidents(&IncidentQuery::default(), 100).await.unwrap();
        for row in rows.into_iter().filter(|row| !ROUTINE.contains(&row.project.as_str())) {
            views.push(desk.incident(&console(), &row.key).await.unwrap());
        }
    }
    views.sort_by_key(|view| view.incident.alert_at());
    views
}

fn facts(views: &[IncidentView]) -> impl Iterator<Item = &Body> {
    views.iter().flat_map(|view| &view.facts).map(|fact| &fact.body)
}

fn how_many(views: &[IncidentView], what: impl Fn(&Body) -> bool) -> usize {
    facts(views).filter(|body| what(body)).count()
}

async fn steps_of_the_clock(desk: &Desk) -> usize {
    let mut steps = 0;
    for tenant in desk.store().system().tenants().await.unwrap() {
        let scope = desk.store().tenant(&tenant.id);
        let facts = scope.facts(0, 100_000).await.unwrap();
        steps += facts.iter().filter(|stored| stored.kind == "clock.stepped").count();
        assert!(facts.is_sorted_by_key(|stored| stored.instant), "{} goes back in time", tenant.name);
    }
    steps
}

/// A history that ends now, and what goes on at this instant.
async fn filled(url: &str, now: Instant) {
    super::fill_as_of(url, settings(), now).await.unwrap();
    super::live::as_of(url, settings(), now).await.unwrap();
}

fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

/// A Friday afternoon.
fn friday() -> Instant {
    at("2026-11-20T15:20:00+09:00")
}

async fn a_history_is_told_and_proven(url: &str) {
    let now = friday();
    filled(url, now).await;
    let desk = open(url, Clock::Hand(HandClock::at(now))).await;
    assert_eq!(desk::verify(desk.store(), &Verify::default()).await.map(|report| report.tenants).unwrap(), 4);
    assert_eq!(steps_of_the_clock(&desk).await, 0);
    let logins = Logins::all();
    for login in &logins.people {
        desk.sign_in(login.email, login.password, "test", "127.0.0.1").await.unwrap();
    }
    let key = desk.intake_key(&logins.intake_key).await.unwrap().unwrap();
    assert_eq!(key.project.as_str(), "SHOP");
    for tenant in desk.tenants(&console(), Right::Administer).await.unwrap().iter().filter(|t| !t.tenant.is_provider())
    {
        for project in &tenant.projects {
            let gaps = desk.gaps(&tenant.tenant.id, &project.key).await.unwrap();
            let lacks = [Gap::ContactPlan, Gap::CriteriaAgreed, Gap::Agreement, Gap::AccountManager];
            assert!(!gaps.iter().any(|gap| lacks.contains(gap)), "{}: {gaps:?}", project.key);
        }
    }

    let inquiries = desk.records(&console(), &RecordQuery::default(), 10).await.unwrap();
    let with_sales: Vec<(&str, &str)> =
        inquiries.iter().map(|it| (it.row.kind.as_str(), it.row.state.as_str())).collect();
    assert_eq!(with_sales, [("lead", "asked"), ("lead", "advising")]);

    let views = incidents(&desk).await;
    assert_eq!(views.len(), 15);
    let told = |kind: fn(&Body) -> bool| how_many(&views, kind);
    assert_eq!(told(|b| matches!(b, Body::RecoveryWithdrawn {})), 1);
    assert_eq!(told(|b| matches!(b, Body::IncidentRecurred { .. })), 1);
    assert_eq!(told(|b| matches!(b, Body::JudgementConfirmed { .. })), 1);
    assert_eq!(told(|b| matches!(b, Body::FalseAlarmReviewed { upheld: true })), 1);
    assert_eq!(told(|b| matches!(b, Body::IncidentClosed { automatic: true, .. })), 1);
    assert_eq!(told(|b| matches!(b, Body::SlotMissed { .. })), 0);
    assert_eq!(told(|b| matches!(b, Body::MessageUndelivered { .. })), 2, "the notice and the recovery notice");
    assert!(told(|b| matches!(b, Body::InterimReported { .. })) >= 8);
    assert!(told(|b| matches!(b, Body::IncidentReminded { reminder: Reminder::InterimSoon, .. })) >= 8);
    let missed = |target| told_verdicts(&views, target, Outcome::Missed);
    assert_eq!((missed(Target::Slo), missed(Target::Sla)), (vec![RecordKey::new("EDI-1")], vec![]));
    let voided = told_verdicts(&views, Target::Slo, Outcome::Void);
    assert_eq!(voided, [RecordKey::new("STOCK-1")]);
    let flapping = views.iter().find(|view| view.incident.key.as_str() == "LIBRARY-1").unwrap();
    assert_eq!(flapping.alerts.iter().map(|alert| alert.count).sum::<u64>(), 1 + 18 + 1 + 1 + 14 + 1 + 1 + 9 + 1);
    assert_eq!(flapping.incident.alerts.values().map(|alert| alert.total).sum::<u64>(), 47);
    let reported = told(|b| matches!(b, Body::ReportApproved { .. }));
    assert!(reported >= 10, "{reported}");
    // A report is kept as JSON.
    let words = views.iter().flat_map(|view| view.texts.values()).filter(|text| !text.starts_with("{\""));
    for text in words {
        assert!(!text.contains('{') && !text.contains("  \n"), "{text}");
    }
    desk.store().close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_history_is_told_and_proven_on_sqlite() {
    let home = tempfile::tempdir().unwrap();
    Box::pin(a_history_is_told_and_proven(&url(home.path()))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_history_is_told_and_proven_on_postgres() {
    let server = testkit::postgres::Server::shared().await.unwrap();
    Box::pin(a_history_is_told_and_proven(&server.create_database().await.unwrap())).await;
}

/// Closures and holidays move what people do in office hours; every verb of the history must still fit.
#[tokio::test(flavor = "multi_thread")]
async fn the_history_fits_the_turn_of_the_year_and_golden_week() {
    for now in ["2027-01-04T00:10:00+09:00", "2027-05-06T09:05:00+09:00"].map(at) {
        let home = tempfile::tempdir().unwrap();
        let url = url(home.path());
        filled(&url, now).await;
        let desk = open(&url, Clock::Hand(HandClock::at(now))).await;
        desk::verify(desk.store(), &Verify::default()).await.unwrap();
        assert_eq!(incidents(&desk).await.len(), 15, "{now}");
        desk.store().close().await;
    }
}

fn told_verdicts(views: &[IncidentView], wanted: Target, outcome: Outcome) -> Vec<RecordKey> {
    let given = |view: &IncidentView| {
        view.incident.verdicts.iter().any(|verdict| verdict.what.target == wanted && verdict.what.outcome == outcome)
    };
    views.iter().filter(|view| given(view)).map(|view| view.incident.key.clone()).collect()
}

/// The untaken incidents, and their age in minutes.
fn untaken(views: &[IncidentView], now: Instant) -> Vec<(&str, i64)> {
    let untaken = views.iter().filter(|view| view.incident.state == State::Detected);
    untaken.map(|view| (view.incident.key.as_str(), now.since_ms(view.incident.alert_at()) / MINUTE_MS)).collect()
}

fn one<'a>(views: &'a [IncidentView], key: &str) -> &'a IncidentView {
    views.iter().find(|view| view.incident.key.as_str() == key).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_start_has_a_fresh_incident_and_leaves_alone_what_is_worked_on() {
    let home = tempfile::tempdir().unwrap();
    let url = url(home.path());
    let now = friday();
    filled(&url, now).await;
    let clock = HandClock::at(now);
    let desk = open(&url, Clock::Hand(clock.clone())).await;
    let views = incidents(&desk).await;
    assert_eq!(untaken(&views, now), [("SHOP-5", 6)]);
    let running = one(&views, "EDI-2");
    assert_eq!(running.incident.state, State::Notified);
    assert_eq!(running.duties.first().map(|duty| duty.kind.code()), Some("interim"));
    assert_eq!(running.earlier.len(), 1);
    let live = one(&views, "SHOP-5");
    assert_eq!((live.earlier.len(), live.alerts.len()), (3, 2), "the second web server joined");

    // At once again: the same incident is still fresh.
    super::live::as_of(&url, settings(), now.plus_minutes(1)).await.unwrap();
    assert_eq!(incidents(&desk).await.len(), views.len());

    // Somebody takes it; the next start brings another one.
    clock.set(now.plus_minutes(2));
    let begun = desk.sign_in("hikari@example.jp", PASSWORD, "test", "127.0.0.1").await.unwrap();
    let hikari = desk.caller_by_session(&begun.token).await.unwrap().unwrap();
    let input = desk::incident::input::Assignment { version: live.incident.version };
    desk.take(&hikari, &live.incident.key, &input).await.unwrap();
    super::live::as_of(&url, settings(), now.plus_minutes(10)).await.unwrap();
    clock.set(now.plus_minutes(10));
    let views = incidents(&desk).await;
    assert_eq!(untaken(&views, clock.now()), [("HAISHA-4", 6)]);
    assert_eq!(one(&views, "SHOP-5").incident.state, State::Triaging);
    assert_eq!(steps_of_the_clock(&desk).await, 0);
    desk::verify(desk.store(), &Verify::default()).await.unwrap();
    desk.store().close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_earlier_start_left_open_is_ended() {
    let home = tempfile::tempdir().unwrap();
    let url = url(home.path());
    filled(&url, friday()).await;
    let tomorrow = friday().plus_minutes(24 * 60);
    super::live::as_of(&url, settings(), tomorrow).await.unwrap();
    let desk = open(&url, Clock::Hand(HandClock::at(tomorrow))).await;
    let views = incidents(&desk).await;
    let state = |key: &str| one(&views, key).incident.state;
    assert_eq!((state("SHOP-5"), state("EDI-2")), (State::Closed, State::Closed));
    assert_eq!((state("SHOP-6"), state("EDI-3")), (State::Detected, State::Notified));
    assert_eq!(state("SHOP-4"), State::RecoveryNotified, "the customer has five business days");
    assert_eq!(steps_of_the_clock(&desk).await, 0);
    desk::verify(desk.store(), &Verify::default()).await.unwrap();
    desk.store().close().await;
}

/// As the binary starts it, by the real clock.
#[tokio::test(flavor = "multi_thread")]
async fn a_second_start_fills_nothing() {
    let home = tempfile::tempdir().unwrap();
    check_folder(home.path()).unwrap();
    let url = url(home.path());
    let mut sizes = vec![];
    for _ in 0..2 {
        assert_eq!(fill(&url, settings()).await.unwrap().people.len(), 15);
        let desk = open(&url, Clock::Real).await;
        sizes.push(incidents(&desk).await.len());
        desk.store().close().await;
    }
    assert_eq!(sizes, [13, 13]);
    live(&url, settings()).await.unwrap();
    let desk = open(&url, Clock::Real).await;
    assert_eq!(untaken(&incidents(&desk).await, Instant::default()).len(), 1);
    desk.store().close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_elses_database_is_refused() {
    let home = tempfile::tempdir().unwrap();
    let url = url(home.path());
    let desk = open(&url, Clock::Real).await;
    desk.ensure_provider("別の会社").await.unwrap();
    let refused = fill(&url, settings()).await.unwrap_err().to_string();
    assert!(refused.contains("別の会社"), "{refused}");
    assert_eq!(desk.tenants(&console(), Right::Administer).await.unwrap().len(), 1);
    desk.store().close().await;
}

#[test]
fn everybody_is_invented_and_every_number_is_nobodys() {
    for customer in 0..CUSTOMERS.len() {
        for contact in super::papers::contact_plan(customer, true).contacts {
            assert!(contact.phone.is_empty() || contact.phone.contains("-0000-00"), "{}", contact.phone);
            assert!(contact.mail.is_empty() || contact.mail.ends_with(".example.jp"), "{}", contact.mail);
        }
    }
    let printed = Logins::all().to_string();
    for login in &Logins::all().people {
        assert!(printed.contains(login.email) && login.email.ends_with("example.jp"));
    }
}

/// The year before: every month has its table, dues were kept, held, excepted and missed, and one table was restated.
#[tokio::test(flavor = "multi_thread")]
async fn a_year_of_tables_is_frozen_and_one_restated() {
    let home = tempfile::tempdir().unwrap();
    let url = url(home.path());
    filled(&url, friday()).await;
    let desk = open(&url, Clock::Hand(HandClock::at(friday()))).await;
    let (mut restated, mut missed, mut excepted, mut held) = (0, 0, 0, 0);
    for tenant in desk.tenants(&console(), Right::ReadOperations).await.unwrap() {
        let tenant = tenant.tenant;
        if tenant.is_provider() {
            continue;
        }
        let tables = desk.frozen_tables(&console(), &tenant.id).await.unwrap().tables;
        let of_months = tables.iter().filter(|table| table.restates.is_none()).count();
        assert_eq!(of_months, 12, "{}", tenant.name);
        restated += tables.len() - of_months;
        let tenants = [tenant.id.clone()];
        for row in desk.store().staff(&tenants).requests(&RequestQuery::default(), 200).await.unwrap() {
            missed += row.breached;
            excepted += row.excepted;
            held += u32::from(row.held > 0);
        }
    }
    assert_eq!(restated, 1);
    assert!(missed >= 4 && excepted >= 4 && held >= 4, "{missed} missed, {excepted} excepted, {held} held");
    desk::verify(desk.store(), &Verify::default()).await.unwrap();
    desk.store().close().await;
}
