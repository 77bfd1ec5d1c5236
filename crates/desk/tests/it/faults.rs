//! 障害ご連絡 on both databases (R-4.2.1-1 to -9, R-4.2-1, R-4.2-2, R-4.2.2-4, R-4.1.2-1 to -5, -7, C-19, C-20, Q-03, Q-19).

use crate::bench::{Bench, on_both, plan, refusal, start};
use desk::incident::{Done, Payload, input};
use desk::{CallOf, CallerWords, IntakeCallEnd, NewFault};
use domain::contact::ContactPlan;
use domain::fact::{AttemptOutcome, Body, NoticeKind};
use domain::fault::{CallReason, Priority};
use domain::ids::{ProjectKey, RecordKey};
use domain::refusal::RefusalKind;
use store::IncidentQuery;

on_both!(
    a_customer_files_and_sees_it_at_once,
    a_low_one_runs_the_hour_and_is_judged_as_any_other,
    what_is_missing_is_refused_at_its_field,
    nobody_files_for_others,
    a_call_becomes_an_incident_with_the_company_and_owes_the_rest,
    a_caller_who_is_told_on_the_own_call_needs_no_other,
    a_company_that_cannot_be_found_is_an_incident_of_our_own,
    a_call_is_found_by_its_number_and_opens_one_incident,
    what_was_filed_and_told_by_telephone_verifies,
);

fn fault(priority: Priority) -> NewFault {
    NewFault {
        project: "ACME".into(),
        priority: Some(priority),
        detected_at: Some(start().plus_minutes(-7)),
        host: "web02".into(),
        business_impact: "受注ができません。".into(),
        details: "画面が真っ白になります。\n03:05 から。".into(),
    }
}

async fn file(bench: &Bench, priority: Priority) -> RecordKey {
    bench.desk.file_fault(bench.person("cu"), &fault(priority)).await.unwrap().key
}

async fn a_customer_files_and_sees_it_at_once(bench: Bench) {
    let key = file(&bench, Priority::High).await;
    let row = bench.desk.store().tenant(&bench.tenant).incident(&key).await.unwrap().unwrap();
    assert_eq!((row.title.as_str(), row.impact.as_str(), row.known), ("web02 画面が真っ白になります。", "unjudged", 1));
    assert_eq!((row.slo_due, row.sla_due), (start().plus_minutes(15), Some(start().plus_minutes(30))));
    assert_eq!(row.duty.as_deref(), Some("judge"));
    let board = bench.desk.board(bench.person("mo")).await.unwrap();
    assert_eq!(board.iter().map(|it| &it.row.key).collect::<Vec<_>>(), [&key]);

    // They see what they filed, their messages work, and nothing of it was a notice (R-4.2-2).
    let view = bench.desk.published(bench.person("ca"), &key).await.unwrap();
    assert!(view.texts.values().any(|text| text == "受注ができません。"));
    assert_eq!(view.incident.detection_lag_ms(), Some(7 * 60_000));
    let message = input::Message { text: "まだ直りません。".into() };
    bench.desk.message(bench.person("cu"), &key, &message).await.unwrap();
    let query = IncidentQuery { told: true, ..IncidentQuery::default() };
    assert_eq!(bench.desk.incidents(bench.person("cu"), &query, 9).await.unwrap().len(), 1);
    assert_eq!(bench.desk.open_faults(bench.person("cu")).await.unwrap()[0].key, key);

    // One mail, to whoever filed it; if it does not arrive nobody is called.
    let messages = bench.messages(&key).await;
    let [(row, Payload::Mail(letter))] = messages.as_slice() else { panic!("{messages:?}") };
    assert_eq!((row.recipient.as_str(), letter.to.as_str()), ("cu@example.jp", "cu@example.jp"));
    assert_eq!(letter.subject, "[ACME-1] 【受付のお知らせ】web02 画面が真っ白になります。");
    assert!(letter.text.contains("受け付けました") && letter.text.contains("https://desk.example.jp/incidents/ACME-1"));
    bench.at(14);
    bench.desk.fire_due().await.unwrap();
    let undelivered = |body: &Body| matches!(body, Body::MessageUndelivered { .. });
    assert_eq!(bench.count(&key, undelivered).await, 0);
    let view = bench.desk.incident(bench.person("mo"), &key).await.unwrap();
    assert_eq!(view.incident.clocks()[0].end, None);

    // The ticket is updated by the judged notice, not doubled (R-4.2.2-4), and the plan's contacts are told.
    bench.take(&key).await;
    bench.check(&key).await;
    bench.judge(&key, true).await;
    bench.call(&key).await;
    let view = bench.desk.incident(bench.person("mo"), &key).await.unwrap();
    assert_eq!(view.incident.clocks()[0].end.as_ref().map(|end| end.at), Some(start().plus_minutes(14)));
    let notices =
        bench.count(&key, |body| matches!(body, Body::MessageQueued { notice: NoticeKind::Occurrence, .. })).await;
    assert_eq!(notices, 2, "the plan's two contacts");
    assert_eq!(bench.desk.board(bench.person("mo")).await.unwrap().len(), 1);
    assert_eq!(
        bench
            .count(&key, |body| matches!(body, Body::MessageAttempted { outcome: AttemptOutcome::Delivered, .. }))
            .await,
        0
    );
}

/// R-4.2.1-4: 低 runs the hour; R-4.2.1-2 and R-4.2.1-3 stand in the table of the domain.
async fn a_low_one_runs_the_hour_and_is_judged_as_any_other(bench: Bench) {
    let key = file(&bench, Priority::Low).await;
    let row = async || bench.desk.store().tenant(&bench.tenant).incident(&key).await.unwrap().unwrap();
    assert_eq!((row().await.slo_due, row().await.sla_due), (start().plus_minutes(60), None));
    bench.take(&key).await;
    bench.check(&key).await;
    bench.at(16);
    assert_eq!(bench.desk.fire_due().await.unwrap(), 2, "the reminders of 5 and 10 minutes, and no target");
    bench.judge(&key, true).await;
    assert_eq!(row().await.slo_due, start().plus_minutes(15), "from the receipt, whatever the customer thought");
    bench.desk.fire_due().await.unwrap();
    assert_eq!(bench.count(&key, |body| matches!(body, Body::TargetPassed { .. })).await, 1);
}

/// R-4.2.1-5, R-4.2.1-6, R-4.2.1-7, R-4.2.1-8: each detail is asked for at its field.
async fn what_is_missing_is_refused_at_its_field(bench: Bench) {
    let good = fault(Priority::Middle);
    let head = bench.head().await;
    for (field, wrong) in [
        ("project", NewFault { project: " ".into(), ..good.clone() }),
        ("priority", NewFault { priority: None, ..good.clone() }),
        ("detected_at", NewFault { detected_at: None, ..good.clone() }),
        ("detected_at", NewFault { detected_at: Some(start().plus_ms(1)), ..good.clone() }),
        ("host", NewFault { host: String::new(), ..good.clone() }),
        ("business_impact", NewFault { business_impact: " \n".into(), ..good.clone() }),
        ("details", NewFault { details: String::new(), ..good.clone() }),
        ("details", NewFault { details: "あ".repeat(20_001), ..good.clone() }),
    ] {
        let refused = refusal(bench.desk.file_fault(bench.person("cu"), &wrong).await);
        assert_eq!((refused.field(), refused.kind), (Some(field), RefusalKind::Invalid { field }), "{wrong:?}");
    }
    assert_eq!(bench.head().await, head, "nothing was written");
}

async fn nobody_files_for_others(bench: Bench) {
    let good = fault(Priority::Middle);
    let absent = NewFault { project: "NONE".into(), ..good.clone() };
    let of = async |name: &str, fault: &NewFault| refusal(bench.desk.file_fault(bench.person(name), fault).await);
    assert_eq!(of("foreign", &good).await, of("foreign", &absent).await, "foreign is absent");
    for name in ["au", "ad"] {
        assert_eq!(of(name, &good).await.kind, RefusalKind::Forbidden, "{name}");
    }
    let filed = bench.desk.file_fault(bench.person("mo"), &good).await.unwrap();
    assert_eq!(bench.messages(&filed.key).await.len(), 0, "staff get no receipt");
    assert_eq!(refusal(bench.desk.begin_intake_call(bench.person("cu")).await).kind, RefusalKind::Forbidden);
}

async fn begin(bench: &Bench, project: &str) -> (u64, Done) {
    let call = bench.desk.begin_intake_call(bench.person("mo")).await.unwrap();
    bench.clock.advance_ms(90_000);
    let of = CallOf { call: call.call, project: project.into(), ..CallOf::default() };
    (call.call, bench.desk.open_by_call(bench.person("mo"), &of).await.unwrap())
}

async fn said(bench: &Bench, key: &RecordKey, words: CallerWords) -> Vec<&'static str> {
    bench.desk.hear(bench.person("mo"), key, &words).await.unwrap();
    let view = bench.desk.incident(bench.person("mo"), key).await.unwrap();
    view.incident.phone.unwrap().owed().iter().map(|item| item.code()).collect()
}

async fn a_call_becomes_an_incident_with_the_company_and_owes_the_rest(bench: Bench) {
    let (_, Done { key, .. }) = begin(&bench, "ACME").await;
    let row = async || bench.desk.store().tenant(&bench.tenant).incident(&key).await.unwrap().unwrap();
    assert_eq!((row().await.alert_at, row().await.slo_due), (start(), start().plus_minutes(15)), "C-19: from the call");
    assert_eq!((row().await.opened, row().await.known), (start().plus_ms(90_000), 0));
    let absent = refusal(bench.desk.published(bench.person("cu"), &RecordKey::new("ACME-99")).await);
    assert_eq!(refusal(bench.desk.published(bench.person("cu"), &key).await), absent, "nobody knows yet who called");

    // The line drops after the company's name: the rest is owed, as a duty too.
    let end = IntakeCallEnd { summary: "社名を伺ったところで切れた。".into() };
    bench.desk.end_intake_call(bench.person("mo"), &key, &end).await.unwrap();
    let again = refusal(bench.desk.end_intake_call(bench.person("mo"), &key, &end).await);
    assert_eq!(again.kind, RefusalKind::NotNow);
    let view = bench.desk.incident(bench.person("mo"), &key).await.unwrap();
    assert!(view.duties.iter().any(|duty| duty.kind.code() == "ask_caller"), "{:?}", view.duties);
    assert_eq!(view.incident.phone.unwrap().owed().len(), 6);

    let unknown = CallerWords { caller: "田中".into(), host: "web02".into(), ..CallerWords::default() };
    let left = said(&bench, &key, unknown).await;
    assert_eq!(left, ["called_back", "by_phone", "content", "detected_at", "business_impact"]);
    assert_eq!(row().await.known, 0, "R-4.1.2-4: a name on no list");
    let named = CallerWords { caller: "佐 藤".into(), content: "真っ白".into(), ..CallerWords::default() };
    assert_eq!(said(&bench, &key, named).await, ["by_phone", "detected_at", "business_impact"], "matched by name");
    assert_eq!((row().await.known, row().await.title.as_str()), (1, "web02 真っ白"));
    assert!(bench.desk.published(bench.person("cu"), &key).await.is_ok());
    let head = bench.head().await;
    let same = CallerWords {
        caller: "佐 藤".into(),
        content: "真っ白".into(),
        host: "web02".into(),
        ..CallerWords::default()
    };
    said(&bench, &key, same).await;
    assert_eq!(bench.head().await, head, "the same again says nothing");
    let late = CallerWords { detected_at: Some(start().plus_ms(1)), ..CallerWords::default() };
    assert_eq!(refusal(bench.desk.hear(bench.person("mo"), &key, &late).await).field(), Some("detected_at"));
    let stranger = CallerWords { contact: "nobody".into(), ..CallerWords::default() };
    assert_eq!(refusal(bench.desk.hear(bench.person("mo"), &key, &stranger).await).field(), Some("contact"));
    let rest = CallerWords {
        by_phone: Some(CallReason::ToolOutOfReach),
        detected_at: Some(start().plus_minutes(-3)),
        business_impact: "受注ができない".into(),
        ..CallerWords::default()
    };
    assert_eq!(said(&bench, &key, rest).await, Vec::<&str>::new());
    let view = bench.desk.incident(bench.person("mo"), &key).await.unwrap();
    assert!(view.duties.iter().all(|duty| duty.kind.code() != "ask_caller"));
    let published = bench.desk.published(bench.person("cu"), &key).await.unwrap();
    assert!(published.texts.values().all(|text| !text.contains("切れた")), "the summary is the desk's own");
    let alert = bench.alert().await;
    let none = refusal(bench.desk.hear(bench.person("mo"), &alert, &CallerWords::default()).await);
    assert_eq!(none.kind, RefusalKind::NotNow);
}

async fn a_caller_who_is_told_on_the_own_call_needs_no_other(bench: Bench) {
    let judged = async |key: &RecordKey| {
        let told = input::Judgement { told_caller: true, ..bench.judgement(key, true).await };
        bench.desk.judge(bench.person("mo"), key, &told).await
    };
    let (_, Done { key, .. }) = begin(&bench, "ACME").await;
    bench.take(&key).await;
    bench.check(&key).await;
    assert_eq!(refusal(judged(&key).await).field(), Some("told_caller"), "nobody said who calls");
    said(&bench, &key, CallerWords { contact: "office".into(), ..CallerWords::default() }).await;
    bench.at(5);
    judged(&key).await.unwrap();
    let view = bench.desk.incident(bench.person("mo"), &key).await.unwrap();
    assert_eq!(view.incident.clocks()[0].end.as_ref().map(|end| end.at), Some(start().plus_minutes(5)));
    assert!(view.duties.iter().all(|duty| duty.kind.code() != "first_call"), "{:?}", view.duties);

    let (_, Done { key, .. }) = begin(&bench, "ACME").await;
    bench.take(&key).await;
    bench.check(&key).await;
    said(&bench, &key, CallerWords { contact: "owner".into(), ..CallerWords::default() }).await;
    bench.desk.end_intake_call(bench.person("mo"), &key, &IntakeCallEnd { summary: "以上".into() }).await.unwrap();
    assert_eq!(refusal(judged(&key).await).field(), Some("told_caller"), "the call has ended");
    bench.judge(&key, true).await;
    let view = bench.desk.incident(bench.person("mo"), &key).await.unwrap();
    assert!(view.duties.iter().any(|duty| duty.kind.code() == "first_call"), "{:?}", view.duties);
    let filed = file(&bench, Priority::High).await;
    bench.take(&filed).await;
    bench.check(&filed).await;
    assert_eq!(refusal(judged(&filed).await).field(), Some("told_caller"), "nobody called");
}

async fn a_company_that_cannot_be_found_is_an_incident_of_our_own(bench: Bench) {
    let mo = bench.person("mo");
    let call = bench.desk.begin_intake_call(mo).await.unwrap().call;
    let nameless = CallOf { call, ..CallOf::default() };
    assert_eq!(refusal(bench.desk.open_by_call(mo, &nameless).await).field(), Some("company"));
    let lost = CallOf { company: "まるまる工業".into(), ..nameless };
    let done = bench.desk.open_by_call(mo, &lost).await.unwrap();
    assert_eq!(done.key, RecordKey::new("MSP-1"));
    let view = bench.desk.incident(mo, &done.key).await.unwrap();
    assert_eq!(view.incident.phone.as_ref().unwrap().owed()[0].code(), "company");
    assert!(view.texts[&view.incident.title].contains("まるまる工業"));
    assert!(!view.incident.is_known_to_customer());
}

async fn a_call_is_found_by_its_number_and_opens_one_incident(bench: Bench) {
    let mo = bench.person("mo");
    let (call, done) = begin(&bench, "ACME").await;
    let again = CallOf { call, project: "ACME".into(), ..CallOf::default() };
    assert_eq!(bench.desk.open_by_call(mo, &again).await.unwrap(), done, "the same form again");
    assert_eq!(bench.desk.board(mo).await.unwrap().len(), 1);
    assert_eq!(bench.desk.intake_call(mo, call).await.unwrap().began, start());
    for absent in [0, call + 1, 1] {
        assert_eq!(refusal(bench.desk.intake_call(mo, absent).await).kind, RefusalKind::NotFound, "{absent}");
        let of = CallOf { call: absent, project: "ACME".into(), ..CallOf::default() };
        assert_eq!(refusal(bench.desk.open_by_call(mo, &of).await).field(), Some("call"), "{absent}");
    }
    // A stated begin (Q-19): earlier, with a reason, at most a day.
    let other = bench.desk.begin_intake_call(mo).await.unwrap();
    let stated = |minutes: i64, reason: &str| CallOf {
        call: other.call,
        project: "OTHER".into(),
        began: Some(other.began.plus_minutes(minutes)),
        reason: reason.into(),
        ..CallOf::default()
    };
    for (minutes, reason, field) in [(1, "r", "began"), (-9, "", "reason"), (-1441, "r", "began")] {
        assert_eq!(refusal(bench.desk.open_by_call(mo, &stated(minutes, reason)).await).field(), Some(field));
    }
    let done = bench.desk.open_by_call(mo, &stated(-9, "回線の切替中に受けた")).await.unwrap();
    let view = bench.desk.incident(mo, &done.key).await.unwrap();
    assert_eq!(view.incident.alert_at(), other.began.plus_minutes(-9));
    assert!(view.incident.phone.unwrap().stated && view.facts[0].reason.is_some());
    // By name, key and the number of a contact; others' companies never.
    for (sought, found) in
        [("○○", 1), ("acme", 1), ("090 0000 0000", 1), ("さとう", 0), ("物産", 1), (" ", 0), ("MSP", 0)]
    {
        assert_eq!(bench.desk.companies(mo, sought).await.unwrap().len(), found, "{sought}");
    }
    assert!(bench.desk.companies(bench.person("cu"), "acme").await.unwrap().is_empty());
    let mut read = plan();
    read.contacts[0].reading = "さとう".into();
    bench.desk.record_paper::<ContactPlan>(bench.person("dh"), &bench.tenant, "ACME", &read, None).await.unwrap();
    let found = bench.desk.companies(mo, "サトウ").await.unwrap();
    assert_eq!(found[0].contact.as_deref(), Some("佐藤 090-0000-0000"));
    assert_eq!(found[0].projects, [(ProjectKey::new("ACME"), found[0].projects[0].1.clone())]);
}

async fn what_was_filed_and_told_by_telephone_verifies(bench: Bench) {
    file(&bench, Priority::Low).await;
    let (_, Done { key, .. }) = begin(&bench, "ACME").await;
    let words = CallerWords { caller: "佐藤".into(), content: "真っ白".into(), ..CallerWords::default() };
    said(&bench, &key, words).await;
    bench.desk.end_intake_call(bench.person("mo"), &key, &IntakeCallEnd { summary: "以上".into() }).await.unwrap();
    let call = bench.desk.begin_intake_call(bench.person("mo")).await.unwrap().call;
    let lost = CallOf { call, company: "まるまる工業".into(), ..CallOf::default() };
    bench.desk.open_by_call(bench.person("mo"), &lost).await.unwrap();
    let report = desk::verify(bench.desk.store(), &crate::verify::inside()).await.unwrap();
    assert_eq!(report.records, 3, "{report:?}");
}
