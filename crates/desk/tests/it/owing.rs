//! Escalations page who must know, at the times of Q-13; promises and hand-over stand until they are met.

use crate::bench::{Bench, on_both, refusal, start};
use desk::incident::{Payload, input};
use desk::{Attempt, Content, Outgoing};
use domain::access::Role;
use domain::fact::AttemptOutcome;
use domain::ids::RecordKey;
use domain::incident::escalation::{Cause, Group};
use domain::paper::{DutyList, DutyOrder};
use domain::refusal::RefusalKind;

on_both!(
    an_unjudged_alert_pages_the_head_of_desk,
    the_duty_list_is_climbed_and_who_takes_it_is_left_alone,
    a_missed_agreement_is_told_to_three,
    what_is_given_stays_until_it_is_taken,
);

async fn pages(bench: &Bench, key: &RecordKey) -> Vec<String> {
    let messages = bench.messages(key).await.into_iter().filter(|(row, _)| row.class == "page");
    messages
        .filter_map(|(_, payload)| match payload {
            Payload::Mail(letter) => Some(letter.to),
            Payload::Webhook(_) => None,
        })
        .collect()
}

async fn escalations(bench: &Bench, key: &RecordKey) -> Vec<(Group, Cause)> {
    let view = bench.desk.incident(bench.person("mo"), key).await.unwrap();
    view.incident.escalations.iter().map(|escalation| (escalation.what.to, escalation.what.cause)).collect()
}

/// Sends what waits.
async fn send(bench: &Bench) {
    bench.desk.store().system().beat("n1", "n1", start()).await.unwrap();
    for outgoing in bench.desk.claim("n1", 50, 60_000).await.unwrap() {
        let delivered = Attempt::Delivered { detail: "250 ok".into() };
        let attempt = if let Content::Unsendable(attempt) = outgoing.content { attempt } else { delivered };
        assert!(bench.desk.finish(&outgoing.claim, &attempt).await.unwrap());
    }
}

async fn verified(bench: &Bench) {
    let asked = desk::Verify { checkpoint_keys: vec![], outside: None };
    desk::verify(bench.desk.store(), &asked).await.unwrap();
}

async fn an_unjudged_alert_pages_the_head_of_desk(bench: Bench) {
    let key = bench.alert().await;
    bench.at(10);
    bench.desk.fire_due().await.unwrap();
    assert_eq!(escalations(&bench, &key).await, [(Group::Dh, Cause::Unjudged)]);
    assert_eq!(pages(&bench, &key).await, ["dh@example.jp"]);
    send(&bench).await;
    bench.at(15);
    bench.desk.fire_due().await.unwrap();
    assert_eq!(pages(&bench, &key).await.len(), 2, "nobody answered: once more");
    let take = input::EscalationTaking { escalation: 1 };
    let reads = refusal(bench.desk.take_escalation(bench.person("au"), &key, &take).await.map(|_| ()));
    assert_eq!(reads.kind, RefusalKind::Forbidden, "an auditor reads");
    bench.desk.take_escalation(bench.person("dh"), &key, &take).await.unwrap();
    let again = refusal(bench.desk.take_escalation(bench.person("dh"), &key, &take).await.map(|_| ()));
    assert_eq!(again.kind, RefusalKind::NotNow);
    bench.at(21);
    bench.desk.fire_due().await.unwrap();
    assert_eq!(pages(&bench, &key).await.len(), 3, "the SLO passed meanwhile; the first is not paged again");
    verified(&bench).await;
}

async fn the_duty_list_is_climbed_and_who_takes_it_is_left_alone(bench: Bench) {
    let id = |name: &str| bench.person(name).person().cloned().unwrap();
    let order = DutyOrder { group: Group::Su, people: vec![id("su"), id("dh")] };
    let provider = bench.desk.provider_id().await.unwrap();
    let list = DutyList { groups: vec![order] };
    bench.desk.record_paper(bench.person("ad"), &provider, "", &list, None).await.unwrap();
    let key = bench.told().await;
    bench.call(&key).await;
    let mut input = input::Escalation { to: None, reason: "原因が分かりません".into() };
    assert_eq!(refusal(bench.desk.escalate(bench.person("mo"), &key, &input).await.map(|_| ())).field(), Some("to"));
    input.to = Some(Group::Su);
    bench.desk.escalate(bench.person("mo"), &key, &input).await.unwrap();
    assert_eq!(pages(&bench, &key).await, ["su@example.jp"]);
    // A page that waits is looked at again when it is sent.
    let sent: Vec<Outgoing> = bench.desk.claim("n1", 50, 60_000).await.unwrap();
    let page = sent.iter().find(|outgoing| outgoing.claim.class == "page").unwrap();
    assert!(matches!(page.content, Content::Mail(_)));
    bench.desk.finish(&page.claim, &Attempt::Deferred { detail: "451".into() }).await.unwrap();
    let later = bench.desk.incident(bench.person("mo"), &key).await.unwrap().incident.as_of;
    bench.at(later.since_ms(start()) / 60_000 + 6);
    bench.desk.fire_due().await.unwrap();
    assert_eq!(pages(&bench, &key).await, ["su@example.jp", "dh@example.jp"]);
    bench.desk.take_escalation(bench.person("su"), &key, &input::EscalationTaking { escalation: 1 }).await.unwrap();
    let sent = bench.desk.claim("n1", 50, 60_000).await.unwrap();
    let page = sent.iter().find(|outgoing| outgoing.claim.class == "page").unwrap();
    let Content::Unsendable(attempt) = &page.content else { panic!("{page:?}") };
    bench.desk.finish(&page.claim, attempt).await.unwrap();
    let view = bench.desk.incident(bench.person("mo"), &key).await.unwrap();
    let attempts = view.incident.pages.get(&page.claim.id).map(|page| page.attempts.clone()).unwrap();
    assert_eq!(attempts.last().unwrap().what.0, AttemptOutcome::Refused, "the reason stands on the timeline");
    verified(&bench).await;
}

async fn a_missed_agreement_is_told_to_three(bench: Bench) {
    let key = bench.alert().await;
    bench.at(31);
    bench.desk.fire_due().await.unwrap();
    let told = escalations(&bench, &key).await;
    for to in [Group::Dh, Group::Mr, Group::Rm] {
        assert!(told.contains(&(to, Cause::SlaPassed)), "{told:?}");
    }
    assert!(told.contains(&(Group::Dh, Cause::SloPassed)));
    bench.at(61);
    bench.desk.fire_due().await.unwrap();
    assert!(escalations(&bench, &key).await.contains(&(Group::Su, Cause::Unrecovered)));
    verified(&bench).await;
}

/// What incidents bring to 今日.
async fn of_day(bench: &Bench) -> Vec<(RecordKey, Vec<&'static str>)> {
    let lines = bench.desk.owed_by_day(bench.person("su")).await.unwrap();
    let codes = |line: &desk::ShiftLine| line.duties.iter().map(|duty| duty.kind.code()).collect();
    lines.iter().map(|line| (line.glance.incident.key.clone(), codes(line))).collect()
}

async fn what_is_given_stays_until_it_is_taken(bench: Bench) {
    let key = bench.told().await;
    let mo = bench.person("mo");
    let due = bench.desk.now().await.unwrap().plus_minutes(20);
    let promise = input::Promise {
        kind: Some(domain::incident::promise::PromiseKind::CallBack),
        due: Some(due),
        text: "折り返します".into(),
    };
    bench.desk.promise(mo, &key, &promise).await.unwrap();
    let refused = refusal(bench.desk.promise(mo, &key, &input::Promise { kind: None, ..promise }).await.map(|_| ()));
    assert_eq!(refused.field(), Some("kind"));
    let over = input::HandOver { to: "nobody".into(), text: "ログを確認中".into() };
    assert_eq!(refusal(bench.desk.hand_over(mo, &key, &over).await.map(|_| ())).field(), Some("to"));
    bench.desk.hand_over(mo, &key, &input::HandOver { to: String::new(), ..over }).await.unwrap();
    let view = bench.desk.incident(mo, &key).await.unwrap();
    assert!(view.colleagues.iter().any(|(id, _)| bench.person("su").person() == Some(id)), "{:?}", view.colleagues);
    let codes: Vec<&str> = view.duties.iter().map(|duty| duty.kind.code()).collect();
    assert!(codes.contains(&"promise") && codes.contains(&"hand_over"), "{codes:?}");
    assert_eq!(of_day(&bench).await, [(key.clone(), vec!["hand_over", "promise"])], "the nearest due first");
    // The customer sees none of it.
    let seen = bench.desk.published(bench.person("cu"), &key).await.unwrap();
    assert!(seen.incident.promises.is_empty() && seen.incident.hand_overs.is_empty());
    assert!(!format!("{:?}", seen.texts.values()).contains("ログを確認中"));
    bench.desk.keep_promise(mo, &key, &input::PromiseKept { promise: 1, text: String::new() }).await.unwrap();
    let version = bench.version(&key).await;
    bench.desk.take(bench.person("su"), &key, &input::Assignment { version }).await.unwrap();
    assert!(bench.desk.incident(mo, &key).await.unwrap().incident.handed_over().is_none());
    assert_eq!(of_day(&bench).await, [], "kept and taken; what remains belongs to the board");
    assert!(bench.person("su").grants.iter().any(|grant| grant.role == Role::Su));
    verified(&bench).await;
}
