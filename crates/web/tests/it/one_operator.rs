//! A whole night by one operator, by forms and by the clock: two incidents, three ranks over two rounds, a call back, an oral
//! consent, a restart, two interim reports, the recovery, and the hand-over at 08:45.

use crate::app::{App, Browser, Script, console};
use crate::night::{IMPACT, step};
use domain::contact::{Contact, ContactPlan, Hours};
use domain::fact::{CallResult, Target};
use domain::ids::{ContactId, RecordKey};
use domain::incident::clock::NoticeClock;
use domain::incident::{Calling, Incident, Reached, State};
use domain::time::Instant;

fn contact(rank: u32) -> Contact {
    Contact {
        id: ContactId::new(format!("c{rank}")),
        name: format!("担当 {rank}"),
        reading: "たんとう".into(),
        phone: format!("090-0000-000{rank}"),
        other_phones: vec![],
        mail: format!("c{rank}@nagisa.example"),
        hours: Hours::default(),
        services: vec![],
    }
}

fn at(time: &str) -> Instant {
    Instant::parse(&format!("2026-11-22T{time}+09:00")).unwrap()
}

async fn fold(app: &App, key: &RecordKey) -> Incident {
    let tenant = app.desk.store().system().tenant_of_project(&domain::ids::ProjectKey::new("NGS")).await.unwrap();
    let facts = app.desk.store().tenant(&tenant.unwrap()).record_facts(key).await.unwrap();
    Incident::fold(&facts).unwrap().unwrap()
}

/// Calls whoever the page offers, and says how it went.
async fn call(app: &App, mo: &mut Browser<'_>, key: &RecordKey, number: &str, rank: u32, result: &str) {
    let phone = format!("090-0000-000{rank}");
    step(app, mo, key, "call", &[("contact", &format!("c{rank}")), ("number", &phone)]).await;
    step(app, mo, key, "call-end", &[("call", number), ("result", result), ("note", "")]).await;
}

#[tokio::test]
async fn a_night_by_one_operator() {
    let app = App::at_work().await;
    let nagisa = app.tenant("なぎさ商事").await;
    let plan = ContactPlan { contacts: (1..=3).map(contact).collect(), ..ContactPlan::default() };
    app.desk.record_paper(&console(), &nagisa, "NGS", &plan, None).await.unwrap();
    let mut mo = app.sign_in("mo").await;

    // 03:12: the first alert. The customer is told, and nobody picks up for a round.
    let web = app.alert("NGS", "応答なし").await;
    step(&app, &mut mo, &web, "assignment", &[]).await;
    step(&app, &mut mo, &web, "check", &[("how", "curl"), ("result", "as_alerted")]).await;
    step(&app, &mut mo, &web, "judgement", &IMPACT).await;
    call(&app, &mut mo, &web, "1", 1, "voicemail").await;
    call(&app, &mut mo, &web, "2", 2, "none").await;
    let skipped = fold(&app, &web).await;
    assert!(matches!(skipped.calling(), Calling::NextRank { .. }));
    call(&app, &mut mo, &web, "3", 3, "busy").await;
    let Calling::NewRound { due } = fold(&app, &web).await.calling() else { panic!("a round ended") };

    // Meanwhile another one, which affects nobody.
    let batch = app.alert("NGS", "夜間集計の遅延").await;
    step(&app, &mut mo, &batch, "assignment", &[]).await;
    step(&app, &mut mo, &batch, "check", &[("how", "ログ"), ("result", "partly")]).await;
    let none =
        [("criteria", "1"), ("answer_down", "no"), ("answer_degraded", "no"), ("answer_data", "no"), ("text", "")];
    step(&app, &mut mo, &batch, "judgement", &none).await;
    step(&app, &mut mo, &batch, "notice", &[("text", "影響はありません。")]).await;

    // The second round begins ten minutes after the first, from the first rank; the third answers.
    app.clock.set(due);
    app.desk.fire_due().await.unwrap();
    assert!(mo.get("/").await.ok().contains("架電の次の巡回"));
    call(&app, &mut mo, &web, "4", 1, "none").await;
    call(&app, &mut mo, &web, "5", 2, "voicemail").await;
    call(&app, &mut mo, &web, "6", 3, "answered").await;
    assert_eq!(fold(&app, &web).await.calling(), Calling::Stopped(Reached::Answered));

    // The first rank calls back; found by number, and consents to a restart.
    let found = mo.get("/callers?number=0001").await.ok();
    assert!(found.contains("担当 1") && found.contains(web.as_str()) && found.contains(batch.as_str()), "{found}");
    let back = [("number", "090-0000-0001"), ("name", "担当 1"), ("understood", "yes"), ("note", "留守電を聞いた")];
    mo.act(&format!("/incidents/{web}/call-back"), &back).await;
    let restart = [
        ("runbook", "web-php"),
        ("runbook_version", "1"),
        ("step", "2"),
        ("result", "応答あり"),
        ("recovery_point", ""),
        ("consent", ""),
    ];
    let version = mo.version(&web).await;
    let mut locked = vec![("version", version.as_str())];
    locked.extend(restart);
    let page = mo.post(&format!("/incidents/{web}/runbook-step"), &locked, Script::On).await;
    assert!(page.status.is_client_error(), "no restart without consent: {}", page.text);
    let words =
        [("who", "担当 1"), ("number", "090-0000-0001"), ("words", "再起動してください"), ("what", "php-fpm の再起動")];
    step(&app, &mut mo, &web, "consent", &words).await;

    // Each hour a report, in its hour, and the restart between them.
    for time in ["04:05:00", "05:08:00"] {
        app.clock.set(at(time));
        app.desk.fire_due().await.unwrap();
        step(&app, &mut mo, &web, "interim-report", &[("text", "調査中です。")]).await;
    }
    let unlocked: Vec<(&str, &str)> =
        restart.iter().map(|(name, value)| (*name, if *name == "consent" { "1" } else { *value })).collect();
    step(&app, &mut mo, &web, "runbook-step", &unlocked).await;
    app.clock.set(at("05:40:00"));
    app.desk.fire_due().await.unwrap();
    step(&app, &mut mo, &web, "recovery", &[("recovered_at", "2026-11-22T05:35:00"), ("recovery_point", "")]).await;
    let told = [("method", "URL"), ("confirmed_by", "mo さん"), ("channel", "ticket"), ("text", "復旧しました。")];
    step(&app, &mut mo, &web, "recovery-notice", &told).await;

    // 08:45: what is open goes to the next shift, and stays until it is taken.
    app.clock.set(at("08:45:00"));
    app.desk.fire_due().await.unwrap();
    let mut second = app.sign_in("second").await;
    mo.act("/shift/hand-over", &[("to", ""), ("text", "NGS は復旧済み、集計の遅延は朝に確認")]).await;
    let page = second.get("/shift").await.ok();
    assert!(page.contains("集計の遅延は朝に確認") && page.contains("受け取る") && page.contains("mo さん"), "{page}");
    let ticks = [web.clone(), batch.clone()].map(|key| format!("child:{key}"));
    second.act("/shift/taking", &[(ticks[0].as_str(), "yes"), (ticks[1].as_str(), "yes")]).await;

    let web = fold(&app, &web).await;
    let results: Vec<Option<CallResult>> = web.calls.iter().map(|call| call.what.result()).collect();
    use CallResult::{Answered, Busy, None as Nobody, Voicemail};
    let said = [Voicemail, Nobody, Busy, Nobody, Voicemail, Answered].map(Some);
    assert_eq!(results, said);
    assert_eq!(web.calls.iter().map(|call| (call.what.round, call.what.rank)).collect::<Vec<_>>(), {
        [(1, 1), (1, 2), (1, 3), (2, 1), (2, 2), (2, 3)]
    });
    let met = |clock: &NoticeClock, target| clock.verdict(target, web.as_of).map(|verdict| verdict.met());
    assert_eq!(met(&web.clocks()[0], Target::Slo), Some(Some(true)));
    assert_eq!(met(&web.clocks()[0], Target::Sla), Some(Some(true)));
    assert_eq!((web.missed_slots.len(), web.reports.len(), web.state), (0, 2, State::RecoveryNotified));
    let batch = fold(&app, &batch).await;
    let second = web.taken.as_ref().map(|taken| taken.what.clone());
    assert!(second.is_some() && batch.taken.as_ref().map(|taken| taken.what.clone()) == second);
    let asked = desk::Verify { checkpoint_keys: vec![], outside: None };
    desk::verify(app.desk.store(), &asked).await.unwrap();
}
