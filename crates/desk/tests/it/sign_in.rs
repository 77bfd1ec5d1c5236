//! Signing in, sessions and the first start.

use crate::bench::{Bench, console, on_both, refusal, settings, start};
use desk::{Begun, Desk, NewPerson};
use domain::refusal::RefusalKind;
use domain::time::{HOUR_MS, Instant};
use store::{Clock, HandClock, Store};

on_both!(
    a_wrong_password_and_an_unknown_address_are_one_answer,
    sessions_end,
    watching_keeps_no_session_alive,
    a_changed_password_ends_the_other_sessions
);

const PASSWORD: &str = "correct horse battery";
const EMAIL: &str = "tanaka@example.jp";

async fn tanaka(bench: &Bench) -> domain::ids::PersonId {
    let new = NewPerson { email: EMAIL.into(), role: "mo".into(), password: PASSWORD.into(), ..NewPerson::default() };
    bench.desk.add_person(&console(), &bench.provider, &new).await.unwrap()
}

async fn sign_in(bench: &Bench, password: &str) -> desk::Answer<Begun> {
    bench.desk.sign_in(" Tanaka@Example.jp ", password, "Firefox", "192.0.2.1").await
}

async fn a_wrong_password_and_an_unknown_address_are_one_answer(bench: Bench) {
    let person = tanaka(&bench).await;
    let begun = sign_in(&bench, PASSWORD).await.unwrap();
    let caller = bench.desk.caller_by_session(&begun.token).await.unwrap().unwrap();
    assert_eq!(caller.person(), Some(&person));
    let wrong = refusal(sign_in(&bench, "wrong horse battery").await.map(|_| ()));
    let unknown = refusal(bench.desk.sign_in("nobody@example.jp", PASSWORD, "", "").await.map(|_| ()));
    // Somebody who was never given a password.
    let without = refusal(bench.desk.sign_in("mo@example.jp", "", "", "").await.map(|_| ()));
    assert_eq!((&wrong, &without, wrong.field()), (&unknown, &unknown, Some("password")));
    bench.desk.disable_person(&console(), &person, true).await.unwrap();
    assert!(bench.desk.caller_by_session(&begun.token).await.unwrap().is_none(), "at once, not at the next sign-in");
    assert_eq!(refusal(sign_in(&bench, PASSWORD).await.map(|_| ())), wrong);
    bench.desk.disable_person(&console(), &person, false).await.unwrap();
    assert!(sign_in(&bench, PASSWORD).await.is_ok());
}

async fn sessions_end(bench: Bench) {
    tanaka(&bench).await;
    let lives = async |begun: &Begun| bench.desk.caller_by_session(&begun.token).await.unwrap().is_some();
    let idle = sign_in(&bench, PASSWORD).await.unwrap();
    bench.clock.advance_ms(12 * HOUR_MS);
    assert!(lives(&idle).await, "twelve hours without use are within, and this is a use");
    bench.clock.advance_ms(12 * HOUR_MS + 1);
    assert!(!lives(&idle).await);
    let used = sign_in(&bench, PASSWORD).await.unwrap();
    let begun = bench.clock.now();
    for hours in (6..168).step_by(6) {
        bench.clock.set(begun.plus_ms(hours * HOUR_MS));
        assert!(lives(&used).await, "{hours} hours");
    }
    bench.clock.set(used.expires);
    assert!(!lives(&used).await, "after a week in any case");
    assert!(bench.desk.caller_by_session("made-up").await.unwrap().is_none());
}

async fn watching_keeps_no_session_alive(bench: Bench) {
    let person = tanaka(&bench).await;
    let begun = sign_in(&bench, PASSWORD).await.unwrap();
    for _ in 0..12 {
        let watcher = bench.desk.watcher_by_session(&begun.token).await.unwrap().unwrap();
        assert_eq!(watcher.person(), Some(&person));
        bench.clock.advance_ms(HOUR_MS);
    }
    bench.clock.advance_ms(1);
    assert!(bench.desk.watcher_by_session(&begun.token).await.unwrap().is_none(), "a page left open is no use");
    assert!(bench.desk.caller_by_session(&begun.token).await.unwrap().is_none());
}

async fn a_changed_password_ends_the_other_sessions(bench: Bench) {
    tanaka(&bench).await;
    let (here, there) = (sign_in(&bench, PASSWORD).await.unwrap(), sign_in(&bench, PASSWORD).await.unwrap());
    let caller = bench.desk.caller_by_session(&here.token).await.unwrap().unwrap();
    for (old, new, field) in [("wrong", "long enough now", "old"), (PASSWORD, "short", "password")] {
        assert_eq!(refusal(bench.desk.change_password(&caller, old, new).await).field(), Some(field));
    }
    assert_eq!(bench.desk.sessions(&caller).await.unwrap().len(), 2, "a refusal ends nothing");
    bench.desk.change_password(&caller, PASSWORD, "long enough now").await.unwrap();
    assert!(bench.desk.caller_by_session(&here.token).await.unwrap().is_some());
    assert!(bench.desk.caller_by_session(&there.token).await.unwrap().is_none());
    assert!(sign_in(&bench, PASSWORD).await.is_err());
    assert!(sign_in(&bench, "long enough now").await.is_ok());
    // Nobody ends a session of somebody else.
    let other = bench.person("su");
    let session = bench.desk.sessions(&caller).await.unwrap().remove(0).id;
    assert_eq!(refusal(bench.desk.end_session(other, &session).await).kind, RefusalKind::NotFound);
    bench.desk.end_session(&caller, &session).await.unwrap();
}

/// A desk nobody has set up yet.
async fn new_desk() -> (Desk, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/desk.db", folder.path().display());
    let store = Store::open(&url, Clock::Hand(HandClock::at(start()))).await.unwrap();
    (Desk::new(store, settings()), folder)
}

#[tokio::test]
async fn the_first_administrator_is_made_once() {
    let (desk, _folder) = new_desk().await;
    let person = |email: &str, password: &str| NewPerson {
        email: email.into(),
        password: password.into(),
        ..NewPerson::default()
    };
    for (provider, email, password, field) in [
        ("", EMAIL, PASSWORD, "provider"),
        ("窓口サービス", "no address", PASSWORD, "email"),
        ("窓口サービス", EMAIL, "short", "password"),
    ] {
        let refused = refusal(desk.set_up(provider, &person(email, password), "", "").await.map(|_| ()));
        assert_eq!(refused.field(), Some(field));
        assert!(desk.store().system().provider().await.unwrap().is_none(), "nothing was changed");
    }
    assert!(desk.is_new().await.unwrap());
    let begun = desk.set_up("窓口サービス", &person(EMAIL, PASSWORD), "", "").await.unwrap();
    let caller = desk.caller_by_session(&begun.token).await.unwrap().unwrap();
    assert!(
        caller.may_somewhere(domain::access::Right::Administer) && caller.may_somewhere(domain::access::Right::Decide)
    );
    let again = refusal(desk.set_up("別の会社", &person("x@example.jp", PASSWORD), "", "").await.map(|_| ()));
    assert_eq!(again.kind, RefusalKind::NotNow);
}

#[tokio::test]
async fn a_set_up_after_a_customer_was_added_names_the_provider() {
    let (desk, _folder) = new_desk().await;
    desk.add_tenant(&console(), "○○商事", "ACME").await.unwrap();
    let person = NewPerson { email: EMAIL.into(), password: PASSWORD.into(), ..NewPerson::default() };
    desk.set_up("窓口サービス", &person, "", "").await.unwrap();
    assert_eq!(desk.store().system().provider().await.unwrap().unwrap().name, "窓口サービス");
    let expires = desk.sign_in(EMAIL, PASSWORD, "", "").await.unwrap().expires;
    assert_eq!(expires, Instant::from_ms(start().ms() + 7 * 24 * HOUR_MS));
}

#[tokio::test]
async fn two_set_ups_at_once_make_one_administrator() {
    let (desk, _folder) = new_desk().await;
    let person = |email: &str| NewPerson { email: email.into(), password: PASSWORD.into(), ..NewPerson::default() };
    let (ours, theirs) = (person(EMAIL), person("stranger@example.net"));
    let (first, second) =
        tokio::join!(desk.set_up("窓口サービス", &ours, "", ""), desk.set_up("別の会社", &theirs, "", ""));
    assert_eq!(usize::from(first.is_ok()) + usize::from(second.is_ok()), 1, "{first:?} {second:?}");
    assert_eq!(desk.store().system().people_count().await.unwrap(), 1);
    let provider = desk.store().system().provider().await.unwrap().unwrap();
    assert_eq!(provider.name, if first.is_ok() { "窓口サービス" } else { "別の会社" });
}
