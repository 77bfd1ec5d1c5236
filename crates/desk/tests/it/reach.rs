//! Who reaches what (R-3.2-1 to -4; design §7): foreign and absent look the same, and each role has its rights.

use crate::bench::{Bench, console, on_both, refusal};
use desk::incident::input;
use desk::{Answer, Caller, Error, Grant, NewKey, NewPerson};
use domain::access::Role;
use domain::ids::{PersonId, RecordKey};
use domain::refusal::{Refusal, RefusalKind};

on_both!(
    foreign_and_absent_are_the_same_answer,
    each_role_has_its_rights,
    a_key_reaches_its_own_project_only,
    an_administrator_of_one_customer_is_none_of_all,
);

async fn foreign_and_absent_are_the_same_answer(bench: Bench) {
    let key = bench.told().await;
    let foreign = bench.person("foreign");
    let grants = vec![Grant { tenant: bench.other.clone(), role: Role::Dh, everywhere: false, delegated: None }];
    let limited = Caller { grants, ..bench.person("dh").clone() };
    let message = input::Message { text: "こんにちは".into() };
    let note = input::Note { text: "メモ".into() };
    let take = input::Assignment { version: 1 };
    let head = bench.head().await;
    for record in
        [key, RecordKey::new("ACME-999"), RecordKey::new("NOWHERE-1"), RecordKey::new("x"), RecordKey::new("")]
    {
        let refusals = [
            refusal(bench.desk.published(foreign, &record).await.map(|_| ())),
            refusal(bench.desk.incident(foreign, &record).await.map(|_| ())),
            refusal(bench.desk.message(foreign, &record, &message).await),
            refusal(bench.desk.take(foreign, &record, &take).await),
            refusal(bench.desk.incident(&limited, &record).await.map(|_| ())),
            refusal(bench.desk.note(&limited, &record, &note).await),
        ];
        for refused in refusals {
            assert_eq!(refused, Refusal::not_found(), "{record}");
        }
    }
    assert_eq!(bench.head().await, head);
    assert_eq!(bench.desk.board(foreign).await.unwrap().len(), 0);
    assert_eq!(bench.desk.board(&limited).await.unwrap().len(), 0);
    for told in [false, true] {
        let query = store::IncidentQuery { told, ..store::IncidentQuery::default() };
        assert_eq!(bench.desk.incidents(foreign, &query, 10).await.unwrap().len(), 0);
    }
}

/// `yes`, or why not.
fn told<T>(answer: Answer<T>) -> &'static str {
    match answer {
        Ok(_) => "yes",
        Err(Error::Refused(refusal)) => match refusal.kind {
            RefusalKind::Forbidden => "no",
            RefusalKind::NotFound => "hidden",
            _ => "yes",
        },
        Err(Error::Failed(failure)) => panic!("{failure}"),
    }
}

async fn each_role_has_its_rights(bench: Bench) {
    let key = bench.told().await;
    let desk = &bench.desk;
    // see the board's incident, work on it, decide, see what was published, agree papers, administer
    for (name, rights) in [
        ("mo", ["yes", "yes", "no", "yes", "no", "no"]),
        ("su", ["yes", "yes", "no", "yes", "no", "no"]),
        ("dh", ["yes", "yes", "yes", "yes", "yes", "no"]),
        ("au", ["yes", "no", "no", "yes", "no", "no"]),
        ("ad", ["no", "no", "no", "no", "yes", "yes"]),
        ("cu", ["no", "no", "no", "yes", "no", "no"]),
        ("ca", ["no", "no", "no", "yes", "no", "no"]),
    ] {
        let person = bench.person(name);
        let step =
            input::RecoveryStep {
                version: bench.version(&key).await, step: "再起動".into(), result: "正常".into()
            };
        let review =
            input::FalseAlarmReview { version: bench.version(&key).await, upheld: true, reason: String::new() };
        let plan = crate::bench::plan();
        let found = [
            told(desk.incident(person, &key).await),
            told(desk.step(person, &key, &step).await),
            told(desk.review_false_alarm(person, &key, &review).await),
            told(desk.published(person, &key).await),
            told(desk.record_paper(person, &bench.tenant, "ACME", &plan, None).await),
            told(desk.members(person, &bench.tenant).await),
        ];
        assert_eq!(found, rights, "{name}");
    }
    let message = input::Message { text: "状況は？".into() };
    for (name, may) in [("cu", "yes"), ("ca", "yes"), ("mo", "yes"), ("au", "no"), ("ad", "no")] {
        assert_eq!(told(desk.message(bench.person(name), &key, &message).await), may, "{name}");
    }
}

async fn a_key_reaches_its_own_project_only(bench: Bench) {
    let desk = &bench.desk;
    desk.add_project(&console(), &bench.tenant, "ACME2", "人事").await.unwrap();
    let key = bench.alert().await;
    let new = |role: &str| NewKey { scope: "api".into(), role: role.into(), ..NewKey::default() };
    let secret = desk.add_key(&console(), &bench.project, &new("mo")).await.unwrap().key;
    let own = desk.caller_by_key(&secret).await.unwrap().unwrap();
    let second = domain::ids::ProjectKey::new("ACME2");
    let secret = desk.add_key(&console(), &second, &new("")).await.unwrap().key;
    let beside = desk.caller_by_key(&secret).await.unwrap().unwrap();
    assert!(desk.incident(&own, &key).await.is_ok());
    assert_eq!(refusal(desk.incident(&beside, &key).await.map(|_| ())), Refusal::not_found());
    assert_eq!((desk.board(&own).await.unwrap().len(), desk.board(&beside).await.unwrap().len()), (1, 0));
    // A program works, but it is nobody's assignee and no second person.
    let take = input::Assignment { version: bench.version(&key).await };
    assert_eq!(refusal(desk.take(&own, &key, &take).await).kind, RefusalKind::NotNow);
    assert!(desk.note(&own, &key, &input::Note { text: "自動検知".into() }).await.is_ok());
}

async fn an_administrator_of_one_customer_is_none_of_all(bench: Bench) {
    let grants = vec![Grant { tenant: bench.tenant.clone(), role: Role::Ad, everywhere: false, delegated: None }];
    let limited = Caller { grants, ..bench.person("ad").clone() };
    let desk = &bench.desk;
    assert!(desk.members(&limited, &bench.tenant).await.is_ok());
    assert_eq!(refusal(desk.members(&limited, &bench.other).await.map(|_| ())), Refusal::not_found());
    assert_eq!(refusal(desk.members(&limited, &bench.provider).await.map(|_| ())), Refusal::not_found());
    let victim = bench.person("dh").person().unwrap();
    assert_eq!(refusal(desk.reset_password(&limited, victim, "long enough").await).kind, RefusalKind::Forbidden);
    assert_eq!(refusal(desk.disable_person(&limited, victim, true).await).kind, RefusalKind::Forbidden);
    assert_eq!(refusal(desk.add_tenant(&limited, "新しい会社", "NEW").await).kind, RefusalKind::Forbidden);
    let new = NewPerson { email: "x@example.jp".into(), role: "mo".into(), ..NewPerson::default() };
    assert_eq!(refusal(desk.add_person(&limited, &bench.provider, &new).await), Refusal::not_found());
    let absent = refusal(desk.reset_password(bench.person("ad"), &PersonId::new("nobody"), "long enough").await);
    assert_eq!(absent, Refusal::not_found());
}
