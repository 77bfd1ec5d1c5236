//! The night as it is read in the morning, the mail at 09:00, figures over a stretch.

use crate::bench::{Bench, on_both, refusal, start};
use desk::incident::Payload;
use domain::fact::Body;
use domain::ids::{RecordKey, TenantId};
use domain::refusal::RefusalKind;
use domain::time::Instant;
use store::MessageRow;

on_both!(
    the_morning_is_told_once_a_day_where_there_is_news,
    two_nodes_tell_it_once,
    a_mail_of_a_morning_that_is_gone_is_found,
    after_a_down_time_it_is_told_late_and_not_twice,
    without_a_contact_with_mail_the_customers_people_are_told,
    the_night_shows_each_what_they_may_see,
    figures_name_the_facts_behind_them,
);

/// 09:00 of the Sunday on which the tests begin, in minutes after 03:12.
const NINE: i64 = 348;
const DAY: i64 = 24 * 60;

async fn mails(bench: &Bench, tenant: &TenantId) -> Vec<(MessageRow, desk::incident::Letter)> {
    let store = bench.desk.store().tenant(tenant);
    let mut found = vec![];
    for stored in store.facts(0, 10_000).await.unwrap() {
        let fact = stored.fact(tenant).unwrap();
        let Body::MorningTold { messages, .. } = fact.body else { continue };
        for id in messages {
            let row = store.message(&id).await.unwrap().unwrap();
            let text = store.blob_text(&row.payload).await.unwrap().unwrap();
            let Payload::Mail(letter) = serde_json::from_str(&text).unwrap() else { panic!("no mail") };
            found.push((row, letter));
        }
    }
    found
}

async fn told(bench: &Bench) -> usize {
    bench.desk.tell_mornings(None).await.unwrap().told
}

/// Whatever happened is proven by its facts.
async fn verified(bench: &Bench) {
    let asked = desk::Verify { checkpoint_keys: vec![], outside: None };
    desk::verify(bench.desk.store(), &asked).await.unwrap();
}

async fn night(bench: &Bench) -> RecordKey {
    let key = bench.told().await;
    bench.call(&key).await;
    bench.at(48);
    bench.recover(&key).await;
    bench.at(50);
    bench.notify_recovery(&key).await;
    key
}

async fn the_morning_is_told_once_a_day_where_there_is_news(bench: Bench) {
    let key = night(&bench).await;
    bench.at(NINE - 1);
    assert_eq!(told(&bench).await, 0, "not before nine");
    bench.at(NINE);
    assert_eq!(told(&bench).await, 1, "the other customer had no incident");
    assert_eq!(told(&bench).await, 0);
    let sent = mails(&bench, &bench.tenant).await;
    let to: Vec<&str> = sent.iter().map(|(row, _)| row.recipient.as_str()).collect();
    assert_eq!(to, ["office@acme.example.jp", "owner@acme.example.jp"]);
    let (row, letter) = &sent[0];
    assert_eq!((row.class.as_str(), row.record.as_ref(), row.state.as_str()), ("summary", None, "queued"));
    assert_eq!(letter.subject, "【朝のお知らせ】11月22日 障害 1件");
    for words in [
        "から 11/22 04:00 まで 48分続きました。",
        "○○商事へお知らせしました。",
        "お決めいただきたいこと: 復旧の確認",
        "https://desk.example.jp/night",
    ] {
        assert!(letter.text.contains(words), "{words}: {}", letter.text);
    }
    assert!(letter.text.contains(key.as_str()));
    // It leaves like any message, and nobody is called where it does not arrive.
    for outgoing in bench.desk.claim("n1", 50, 60_000).await.unwrap() {
        bench.desk.finish(&outgoing.claim, &desk::Attempt::Refused { detail: "550".into() }).await.unwrap();
    }
    verified(&bench).await;
    bench.at(NINE + DAY);
    assert_eq!(told(&bench).await, 0, "no news: the recovery was told the day before");
    bench.at(NINE + DAY + 1);
    let version = bench.version(&key).await;
    let again = desk::incident::input::Recurrence { version, text: "再び応答なし".into() };
    bench.desk.recur(bench.person("ca"), &key, &again).await.unwrap();
    assert_eq!(told(&bench).await, 0, "what comes after nine is told the next morning");
    bench.at(NINE + 2 * DAY);
    assert_eq!(told(&bench).await, 1);
    assert_eq!(mails(&bench, &bench.tenant).await.len(), 4);
    verified(&bench).await;
}

async fn two_nodes_tell_it_once(bench: Bench) {
    night(&bench).await;
    bench.at(NINE);
    let second = bench.second_desk().await;
    let (one, other) = tokio::join!(bench.desk.tell_mornings(None), second.tell_mornings(None));
    // One may have waited for the other's chain in vain; whoever told it, it was told once.
    let sum = [one, other].into_iter().filter_map(Result::ok).map(|it| it.told).sum::<usize>() + told(&bench).await;
    assert_eq!(sum, 1);
    assert_eq!(mails(&bench, &bench.tenant).await.len(), 2);
}

async fn a_mail_of_a_morning_that_is_gone_is_found(bench: Bench) {
    night(&bench).await;
    bench.at(NINE);
    assert_eq!(told(&bench).await, 1);
    verified(&bench).await;
    let mut hand = testkit::tamper::Hand::on(&bench.url).await.unwrap();
    hand.run("DELETE FROM messages WHERE class = 'summary' AND recipient LIKE 'owner%'").await.unwrap();
    hand.close().await.unwrap();
    let asked = desk::Verify { checkpoint_keys: vec![], outside: None };
    let found = desk::verify(bench.desk.store(), &asked).await.unwrap_err().to_string();
    assert!(found.contains("of messages is missing"), "{found}");
}

async fn after_a_down_time_it_is_told_late_and_not_twice(bench: Bench) {
    night(&bench).await;
    bench.at(NINE + 5 * 60);
    let mornings = bench.desk.tell_mornings(None).await.unwrap();
    assert_eq!((mornings.told, mornings.done), (1, Some(start().plus_minutes(NINE))), "late, the same day");
    assert_eq!(bench.desk.tell_mornings(mornings.done).await.unwrap(), desk::Mornings { told: 0, ..mornings });
    assert_eq!(told(&bench).await, 0);
    bench.at(NINE + DAY);
    assert_eq!(told(&bench).await, 0);
}

async fn without_a_contact_with_mail_the_customers_people_are_told(bench: Bench) {
    let plan = domain::contact::ContactPlan::default();
    bench.desk.record_paper(bench.person("dh"), &bench.tenant, "ACME", &plan, None).await.unwrap();
    let key = bench.told().await;
    bench.at(NINE);
    assert_eq!(told(&bench).await, 1, "{key}");
    let mut to: Vec<String> = mails(&bench, &bench.tenant).await.into_iter().map(|(row, _)| row.recipient).collect();
    to.sort();
    assert_eq!(to, ["ca@example.jp", "cu@example.jp"]);
    verified(&bench).await;
}

async fn the_night_shows_each_what_they_may_see(bench: Bench) {
    let told = night(&bench).await;
    bench.at(60);
    let untold = bench.tell(domain::alerts::Action::Trigger, "db01").await.incident.unwrap();
    let keys = async |who: &str, asked| -> Vec<RecordKey> {
        let night = bench.desk.night(bench.person(who), asked).await.unwrap();
        night.incidents.into_iter().map(|view| view.incident.key).collect()
    };
    assert_eq!(keys("cu", (None, None)).await, std::slice::from_ref(&told), "what they were not told of is not there");
    assert_eq!(keys("mo", (None, None)).await, [told.clone(), untold.clone()]);
    assert_eq!(keys("foreign", (None, None)).await, []);
    let night = bench.desk.night(bench.person("mo"), (None, None)).await.unwrap();
    assert_eq!((night.from, night.to), (at("2026-11-21T19:00"), at("2026-11-22T09:00")));
    // Nothing internal is shown to anybody here.
    assert!(night.incidents.iter().all(|view| view.incident.checks.is_empty() && view.incident.notes.is_empty()));
    bench.at(120);
    assert_eq!(keys("mo", (Some(start().plus_minutes(55)), None)).await, [told, untold], "open at some instant of it");
    for (from, to) in [(10, 10), (10, 5), (0, 8 * DAY)] {
        let asked = (Some(start().plus_minutes(from)), Some(start().plus_minutes(to)));
        let refused = refusal(bench.desk.night(bench.person("cu"), asked).await);
        assert_eq!(refused.kind, RefusalKind::Invalid { field: "to" }, "{from} {to}");
    }
}

fn at(text: &str) -> Instant {
    Instant::parse(&format!("{text}:00+09:00")).unwrap()
}

async fn figures_name_the_facts_behind_them(bench: Bench) {
    let key = night(&bench).await;
    let week = (start().plus_minutes(-DAY), start().plus_minutes(DAY));
    let rows = bench.desk.figures(bench.person("mo"), week, None).await.unwrap().rows;
    let [row] = rows.as_slice() else { panic!("{rows:?}") };
    let figures = row.figures.as_ref().unwrap();
    assert_eq!((&row.key, row.customer.as_str()), (&key, "○○商事"));
    let silence = figures.longest_silence.unwrap();
    assert_eq!((silence.ms, silence.runs), (50 * 60_000, false));
    let facts = bench.facts(&key).await;
    let kind = |seq: u64| facts.iter().find(|fact| fact.seq == seq).map(|fact| fact.body.clone());
    assert!(matches!(kind(silence.from), Some(Body::IncidentNotified { .. })));
    assert!(matches!(kind(silence.to.unwrap()), Some(Body::RecoveryNotified { .. })));
    assert!(matches!(kind(figures.to_reach.unwrap().to.unwrap()), Some(Body::CallBegun { .. })));
    let earlier = (start().plus_minutes(-DAY), start());
    assert!(
        bench.desk.figures(bench.person("mo"), earlier, None).await.unwrap().rows.is_empty(),
        "by the alert's instant"
    );
    let other = domain::ids::ProjectKey::new("OTHER");
    assert!(bench.desk.figures(bench.person("mo"), week, Some(&other)).await.unwrap().rows.is_empty());
    let long = (start(), start().plus_minutes(400 * DAY));
    assert_eq!(refusal(bench.desk.figures(bench.person("mo"), long, None).await).field(), Some("to"));
}
