//! Delegation by right, person and hours (代理), memberships that end, and keys that end (design §7).

use crate::bench::{Bench, console, on_both, refusal, start};
use desk::incident::input;
use desk::{Caller, NewDelegation, NewKey, NewPerson};
use domain::access::{Actor, Right};
use domain::fact::Body;
use domain::ids::PersonId;
use domain::refusal::{Refusal, RefusalKind};
use domain::time::Instant;

on_both!(
    a_right_is_lent_for_hours_and_the_facts_say_so,
    a_key_ends,
    a_membership_ends_but_not_the_last_administrator_s,
    a_role_held_already_gets_another_end
);

const PASSWORD: &str = "correct horse battery";

async fn signed_in(bench: &Bench, email: &str) -> Caller {
    let begun = bench.desk.sign_in(email, PASSWORD, "Firefox", "192.0.2.1").await.unwrap();
    bench.desk.caller_by_session(&begun.token).await.unwrap().unwrap()
}

async fn person(bench: &Bench, email: &str, role: &str) -> PersonId {
    let new = NewPerson { email: email.into(), role: role.into(), password: PASSWORD.into(), ..NewPerson::default() };
    bench.desk.add_person(&console(), &bench.provider, &new).await.unwrap()
}

/// Each row: until when it is given, then how many facts of that person's memberships there are.
async fn a_role_held_already_gets_another_end(bench: Bench) {
    let leader = person(&bench, "leader@example.jp", "mo").await;
    let (day, week) = (start().plus_minutes(24 * 60), start().plus_minutes(7 * 24 * 60));
    let role = domain::access::Role::Mo;
    for (until, facts) in [(None, 1), (Some(week), 3), (Some(week), 3), (Some(day), 5), (None, 7), (Some(day), 9)] {
        bench.desk.grant(&console(), &bench.provider, &leader, role, until).await.unwrap();
        let held = bench.desk.members(&console(), &bench.provider).await.unwrap();
        let held: Vec<_> = held.iter().filter(|m| m.person.id == leader).map(|m| m.membership.valid_to).collect();
        assert_eq!(held, [until]);
        let told = bench.desk.store().tenant(&bench.provider).facts(0, 1_000).await.unwrap();
        let memberships = told.iter().filter(|fact| fact.kind.starts_with("membership."));
        let ids: std::collections::HashSet<String> = memberships
            .clone()
            .filter(|fact| fact.json.contains(leader.as_str()))
            .filter_map(|fact| serde_json::from_str::<serde_json::Value>(&fact.json).ok())
            .filter_map(|fact| Some(fact["body"]["membership"].as_str()?.to_owned()))
            .collect();
        let own = memberships.filter(|fact| ids.iter().any(|id| fact.json.contains(id))).count();
        assert_eq!(own, facts, "{until:?}");
    }
    // Being added again, as by a list, takes no end away.
    person(&bench, "leader@example.jp", "mo").await;
    let held = bench.desk.members(&console(), &bench.provider).await.unwrap();
    assert!(held.iter().any(|m| m.person.id == leader && m.membership.valid_to == Some(day)));
    bench.clock.set(day);
    assert!(!signed_in(&bench, "leader@example.jp").await.may_somewhere(Right::Operate));
}

async fn a_right_is_lent_for_hours_and_the_facts_say_so(bench: Bench) {
    let leader = person(&bench, "leader@example.jp", "mo").await;
    let head = bench.person("dh").person().unwrap().clone();
    let lend = |right: &str, from, to| NewDelegation {
        giver: head.to_string(),
        taker: leader.to_string(),
        right: right.into(),
        minute_from: from,
        minute_to: to,
        until: None,
    };
    let lent = lend("decide", 19 * 60, 10 * 60);
    let delegation = bench.desk.delegate(&console(), &bench.provider, &lent).await.unwrap();
    // Now it is 03:12, within the hours.
    let key = bench.alert().await;
    let alarm = input::FalseAlarm { version: bench.version(&key).await, grounds: "誤設定".into() };
    bench.desk.declare_false_alarm(bench.person("mo"), &key, &alarm).await.unwrap();
    let by_day = async || {
        bench.clock.set(Instant::parse("2026-11-24T10:00:00+09:00").unwrap());
        signed_in(&bench, "leader@example.jp").await.may_somewhere(Right::Decide)
    };
    let caller = signed_in(&bench, "leader@example.jp").await;
    let review = input::FalseAlarmReview { version: bench.version(&key).await, upheld: true, reason: String::new() };
    bench.desk.review_false_alarm(&caller, &key, &review).await.unwrap();
    let facts = bench.facts(&key).await;
    let reviewed = facts.iter().find(|fact| matches!(fact.body, Body::FalseAlarmReviewed { .. })).unwrap();
    assert_eq!(reviewed.actor, Actor::Person { id: leader.clone(), for_person: Some(head.clone()) });
    assert!(!by_day().await, "at 10:00 the head of desk is there");
    bench.clock.set(Instant::parse("2026-11-24T19:00:00+09:00").unwrap());
    assert!(signed_in(&bench, "leader@example.jp").await.may_somewhere(Right::Decide));
    bench.desk.end_delegation(&console(), &bench.provider, &delegation).await.unwrap();
    assert!(!signed_in(&bench, "leader@example.jp").await.may_somewhere(Right::Decide));

    for (field, wrong) in [
        ("right", lend("everything", 0, 0)),
        ("giver", lend("administer", 0, 0)),
        ("minute_from", lend("decide", 1_440, 0)),
        ("minute_from", lend("decide", 0, 1_441)),
        ("taker", NewDelegation { taker: head.to_string(), ..lend("decide", 0, 0) }),
        ("taker", NewDelegation { taker: "nobody".into(), ..lend("decide", 0, 0) }),
    ] {
        let refused = refusal(bench.desk.delegate(&console(), &bench.provider, &wrong).await);
        assert_eq!(refused.field(), Some(field), "{wrong:?}");
    }
}

async fn a_key_ends(bench: Bench) {
    let desk = &bench.desk;
    let expires = Some(start().plus_minutes(10));
    let new = |scope: &str| NewKey { scope: scope.into(), expires, ..NewKey::default() };
    let api = desk.add_key(&console(), &bench.project, &new("api")).await.unwrap();
    let intake = desk.add_key(&console(), &bench.project, &new("intake")).await.unwrap();
    assert_eq!((api.key.len(), intake.key.len()), (40, 32));
    bench.at(9);
    assert!(desk.caller_by_key(&api.key).await.unwrap().is_some());
    assert!(desk.intake_key(&intake.key).await.unwrap().is_some());
    assert!(desk.caller_by_key(&intake.key).await.unwrap().is_none(), "an intake key calls no API");
    assert!(desk.intake_key(&api.key).await.unwrap().is_none());
    desk.revoke_key(&console(), &bench.tenant, &api.id).await.unwrap();
    assert!(desk.caller_by_key(&api.key).await.unwrap().is_none());
    assert_eq!(refusal(desk.revoke_key(&console(), &bench.tenant, &api.id).await), Refusal::not_found());
    bench.at(10);
    assert!(desk.intake_key(&intake.key).await.unwrap().is_none(), "it ends at its instant");
    let rows = desk.keys(&console(), &bench.tenant).await.unwrap();
    assert!(rows.iter().all(|row| row.hash != api.key && row.hash != intake.key), "only hashes are kept");
    assert!(rows.iter().any(|row| row.id == intake.id && row.last_used.is_some()));
    let head = bench.head().await;
    for (field, wrong) in [
        ("scope", new("both")),
        ("role", NewKey { role: "root".into(), expires: None, ..new("api") }),
        ("heartbeat_minutes", NewKey { heartbeat_minutes: Some(0), expires: None, ..new("intake") }),
        ("heartbeat_minutes", NewKey { heartbeat_minutes: Some(5), expires: None, ..new("api") }),
        ("expires", new("api")),
    ] {
        let refused = refusal(desk.add_key(&console(), &bench.project, &wrong).await);
        assert_eq!(refused.field(), Some(field), "{wrong:?}");
    }
    assert_eq!(bench.head().await, head);
}

async fn a_membership_ends_but_not_the_last_administrator_s(bench: Bench) {
    let desk = &bench.desk;
    let members = desk.members(&console(), &bench.provider).await.unwrap();
    let of = |name: &str| members.iter().find(|member| member.person.name == name).unwrap().membership.id.clone();
    let last = refusal(desk.end_membership(&console(), &bench.provider, &of("ad")).await);
    assert_eq!(last.kind, RefusalKind::NotNow);
    desk.end_membership(&console(), &bench.provider, &of("su")).await.unwrap();
    let left = desk.members(&console(), &bench.provider).await.unwrap();
    assert_eq!(left.len(), members.len() - 1);
    assert_eq!(refusal(desk.end_membership(&console(), &bench.provider, &of("su")).await), Refusal::not_found());
}
