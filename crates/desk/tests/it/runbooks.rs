//! Runbooks on incidents, their steps, and the one that is missing (R-4.2.1-10, R-4.2.2-9 to -15, Q-24).

use crate::bench::{Bench, RUNBOOK, on_both, refusal, runbooks, start};
use desk::incident::input;
use domain::alerts::Action;
use domain::fact::Body;
use domain::ids::RecordKey;
use domain::refusal::RefusalKind;
use domain::runbook::{Runbooks, StandingConsent, shipped};

on_both!(
    an_incident_opens_with_the_runbook_of_its_alert,
    a_step_that_interrupts_waits_for_consent,
    standing_consent_is_to_one_version,
    a_restore_leaves_its_recovery_point_in_the_notice,
    a_missing_runbook_is_owed_until_a_version_brings_it,
    the_support_centre_may_decline_after_the_end,
    the_last_faults_of_the_host_stand_in_where_the_alert_is_new,
    the_customer_sees_no_steps,
);

async fn record(bench: &Bench, paper: &Runbooks) -> u32 {
    bench.desk.record_paper(bench.person("dh"), &bench.tenant, "ACME", paper, None).await.unwrap()
}

/// A step of a runbook in the version in force, done by the operator.
async fn tick(bench: &Bench, key: &RecordKey, runbook: &str, step: u32, consent: &str) -> desk::Answer<()> {
    tick_with(bench, key, |input| {
        (input.runbook, input.step, input.consent) = (runbook.into(), step, consent.into());
    })
    .await
}

async fn tick_with(bench: &Bench, key: &RecordKey, change: impl FnOnce(&mut input::RunbookStep)) -> desk::Answer<()> {
    let view = bench.desk.incident(bench.person("mo"), key).await.unwrap();
    let mut input = input::RunbookStep {
        version: view.incident.version,
        runbook_version: view.runbooks.version,
        result: "済み".into(),
        ..input::RunbookStep::default()
    };
    change(&mut input);
    if input.runbook.starts_with(shipped::PREFIX) {
        input.runbook_version = shipped::EDITION;
    }
    bench.desk.tick_step(bench.person("mo"), key, &input).await.map(drop)
}

async fn consent(bench: &Bench, key: &RecordKey) {
    let s = str::to_owned;
    let version = bench.version(key).await;
    let input =
        input::Consent {
            version, who: s("佐藤"), number: s("090"), words: s("お願いします"), what: s("再起動")
        };
    bench.desk.consent(bench.person("mo"), key, &input).await.unwrap();
}

/// Whatever happened is proven by its facts.
async fn verified(bench: &Bench) {
    let asked = desk::Verify { checkpoint_keys: vec![], outside: None };
    desk::verify(bench.desk.store(), &asked).await.unwrap();
}

/// Duty codes of an incident, and that on its header.
async fn owes(bench: &Bench, key: &RecordKey) -> bool {
    let view = bench.desk.incident(bench.person("mo"), key).await.unwrap();
    view.duties.iter().any(|duty| duty.kind.code() == "write_runbook")
}

async fn an_incident_opens_with_the_runbook_of_its_alert(bench: Bench) {
    record(
        &bench,
        &runbooks("■ db データベース\n対象: db*\n1. 見る\n■ web Web\n対象: web*\nラベル: alertname=Down\n1. 見る"),
    )
    .await;
    let mut delivery = bench.delivery(&[(Action::Trigger, "web01", "web01")]);
    delivery.body = br#"{"payload":{"source":"web01","custom_details":{"alertname":"Down"}}}"#.to_vec();
    let key = bench.desk.receive(delivery).await.unwrap().remove(0).incident.unwrap();
    let offered = bench.desk.incident(bench.person("mo"), &key).await.unwrap().runbooks;
    assert_eq!((offered.version, offered.matching.as_slice()), (2, &["web".to_owned()][..]));
    assert_eq!(offered.others().map(|runbook| runbook.id.as_str()).collect::<Vec<_>>(), ["db"]);
    // Without the label nothing is bound.
    let other = bench.tell(Action::Trigger, "other").await.incident.unwrap();
    assert!(bench.desk.incident(bench.person("mo"), &other).await.unwrap().runbooks.matching.is_empty());
    bench.take(&key).await;
    bench.take(&other).await;
    assert_eq!((owes(&bench, &key).await, owes(&bench, &other).await), (false, true));
    verified(&bench).await;
}

async fn a_step_that_interrupts_waits_for_consent(bench: Bench) {
    let key = bench.alert().await;
    assert_eq!(refusal(tick(&bench, &key, "any", 1, "").await).kind, RefusalKind::NotNow, "nobody has taken it");
    bench.take(&key).await;
    // Telling and mending run side by side: nothing is judged yet.
    tick(&bench, &key, "any", 1, "").await.unwrap();
    for (runbook, step, consent, field) in [
        ("any", 2, "", "consent"),
        ("any", 2, "standing", "consent"),
        ("any", 2, "1", "consent"),
        ("any", 2, "yes", "consent"),
        ("any", 3, "", "runbook"),
        ("none", 1, "", "runbook"),
        ("aws-rds-failback", 2, "", "consent"), // R-4.2.2-13
    ] {
        let refused = refusal(tick(&bench, &key, runbook, step, consent).await);
        assert_eq!(refused.field(), Some(field), "{runbook} {step} {consent}: {}", refused.ja);
    }
    consent(&bench, &key).await;
    tick(&bench, &key, "any", 2, "1").await.unwrap();
    tick(&bench, &key, "aws-rds-failback", 2, "1").await.unwrap();
    bench.check(&key).await;
    bench.judge(&key, true).await;
    let dispute = input::ConsentDispute { consent: 1, text: "頼んでいません".into() };
    bench.desk.dispute_consent(bench.person("ca"), &key, &dispute).await.unwrap();
    assert_eq!(refusal(tick(&bench, &key, "any", 2, "1").await).field(), Some("consent"), "disputed");
    let view = bench.desk.incident(bench.person("mo"), &key).await.unwrap();
    assert_eq!((view.incident.steps.len(), view.runbooks.done.len()), (3, 3));
    verified(&bench).await;
}

async fn standing_consent_is_to_one_version(bench: Bench) {
    let by = StandingConsent { by: "佐藤".into(), on: "2026-11-20".parse().unwrap() };
    record(&bench, &Runbooks { standing_consent: Some(by), ..runbooks(RUNBOOK) }).await;
    let key = bench.alert().await;
    bench.take(&key).await;
    tick(&bench, &key, "any", 2, "standing").await.unwrap();
    assert_eq!(
        refusal(tick(&bench, &key, "aws-rds-failback", 2, "standing").await).field(),
        Some("consent"),
        "it is to the customer's own text"
    );
    record(&bench, &runbooks(RUNBOOK)).await;
    assert_eq!(refusal(tick(&bench, &key, "any", 2, "standing").await).field(), Some("consent"));
    let old = tick_with(&bench, &key, |input| {
        (input.runbook, input.step, input.consent, input.runbook_version) = ("any".into(), 2, "standing".into(), 2);
    });
    assert_eq!(refusal(old.await).kind, RefusalKind::NotNow, "another version is in force");
    // What was done by the version before is still told by its words.
    let offered = bench.desk.incident(bench.person("mo"), &key).await.unwrap().runbooks;
    assert_eq!(offered.done.values().map(|step| step.text.as_str()).collect::<Vec<_>>(), ["再起動する"]);
    verified(&bench).await;
}

/// R-4.2.2-10 to -12, -14, -15.
async fn a_restore_leaves_its_recovery_point_in_the_notice(bench: Bench) {
    bench.at(30);
    let key = bench.told().await;
    consent(&bench, &key).await;
    for runbook in ["aws-ec2-restore", "aws-rds-restore", "aws-rds-pitr"] {
        assert_eq!(refusal(tick(&bench, &key, runbook, 2, "1").await).field(), Some("recovery_point"), "{runbook}");
    }
    let point = start().plus_minutes(24);
    for runbook in ["aws-ec2-restore", "aws-rds-pitr"] {
        let restored = tick_with(&bench, &key, |input| {
            (input.runbook, input.step, input.consent) = (runbook.into(), 2, "1".into());
            input.recovery_point = Some(point);
        });
        restored.await.unwrap();
    }
    let view = bench.desk.incident(bench.person("mo"), &key).await.unwrap();
    let old: Vec<_> =
        view.incident.steps.iter().map(|s| s.older_than_promised(&view.runbooks.done[&s.mark.seq])).collect();
    assert_eq!(old, [None, Some(6)], "only point-in-time recovery promises five minutes");
    bench.recover(&key).await;
    let view = bench.desk.incident(bench.person("mo"), &key).await.unwrap();
    assert_eq!(view.incident.recovery().unwrap().what.recovery_point, Some(point));
    for words in ["2026年11月22日 03:36 時点", "バックアップが完了した時点", "ミドルウェアのデータ", "直近5分前"]
    {
        assert!(view.drafts.recovery.contains(words), "{words}: {}", view.drafts.recovery);
    }
    assert!(view.drafts.occurrence.contains("保証の対象外"), "R-4.2.2-12");
    verified(&bench).await;
}

async fn a_missing_runbook_is_owed_until_a_version_brings_it(bench: Bench) {
    record(&bench, &runbooks("■ db データベース\n対象: db*\n1. 見る")).await;
    let key = bench.told().await;
    assert_eq!(bench.count(&key, |body| matches!(body, Body::RunbookMissing { version: 2 })).await, 1);
    bench.call(&key).await;
    bench.take(&key).await;
    assert_eq!(bench.count(&key, |body| matches!(body, Body::RunbookMissing { .. })).await, 1, "it is said once");
    bench.recover(&key).await;
    bench.notify_recovery(&key).await;
    bench.close(&key).await;
    let board = async || bench.desk.board(bench.person("su")).await.unwrap();
    // The reports are owed too, and first.
    bench.reported(&key).await;
    let [row] = board().await.try_into().unwrap();
    assert_eq!((row.row.state.as_str(), row.row.duty.as_deref()), ("closed", Some("write_runbook")));
    record(&bench, &runbooks("■ mq キュー\n対象: mq*\n1. 見る")).await;
    assert!(owes(&bench, &key).await, "a runbook for something else settles nothing");
    verified(&bench).await;
    record(&bench, &runbooks(RUNBOOK)).await;
    assert!(!owes(&bench, &key).await && board().await.is_empty());
    assert_eq!(bench.count(&key, |body| matches!(body, Body::RunbookProvided { version: 4 })).await, 1);
    verified(&bench).await;
}

async fn the_support_centre_may_decline_after_the_end(bench: Bench) {
    record(&bench, &runbooks("")).await;
    let key = bench.told().await;
    bench.call(&key).await;
    bench.recover(&key).await;
    bench.notify_recovery(&key).await;
    bench.close(&key).await;
    let decline = async |who, reason: &str| {
        let input = input::RunbookRefusal { version: bench.version(&key).await, reason: reason.into() };
        bench.desk.decline_runbook(bench.person(who), &key, &input).await
    };
    assert_eq!(refusal(decline("mo", "一度きり").await).kind, RefusalKind::NotNow);
    assert_eq!(refusal(decline("su", "").await).field(), Some("reason"));
    decline("su", "一度きりの障害のため").await.unwrap();
    assert!(!owes(&bench, &key).await);
    verified(&bench).await;
}

async fn the_last_faults_of_the_host_stand_in_where_the_alert_is_new(bench: Bench) {
    let mut keys = vec![];
    for (minute, name) in (0..).zip(["a", "b", "c", "d"]) {
        bench.at(minute);
        keys.push(bench.tell(Action::Trigger, name).await.incident.unwrap());
    }
    let view = bench.desk.incident(bench.person("mo"), &keys[3]).await.unwrap();
    let earlier: Vec<_> = view.earlier.iter().map(|row| row.key.clone()).collect();
    assert_eq!((earlier, view.earlier_by_host), (vec![keys[2].clone(), keys[1].clone(), keys[0].clone()], true));
    let mut elsewhere = bench.delivery(&[(Action::Trigger, "e", "e")]);
    for event in elsewhere.content.iter_mut().flatten() {
        event.source = "db01".into();
    }
    let key = bench.desk.receive(elsewhere).await.unwrap().remove(0).incident.unwrap();
    assert!(bench.desk.incident(bench.person("mo"), &key).await.unwrap().earlier.is_empty());
}

async fn the_customer_sees_no_steps(bench: Bench) {
    let key = bench.told().await;
    tick(&bench, &key, "any", 1, "").await.unwrap();
    let published = bench.desk.published(bench.person("cu"), &key).await.unwrap();
    assert!(published.incident.steps.is_empty() && published.incident.runbook_task.is_none());
    assert!(!published.texts.values().any(|text| text == "見る" || text == "済み"));
}
