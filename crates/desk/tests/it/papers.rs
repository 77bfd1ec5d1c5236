//! Agreed papers and their versions (R-3.3.4-3, R-3.3.4-4, R-3.4-5, R-4.2.2-1).

use crate::bench::{Bench, console, on_both, plan, refusal, start};
use desk::incident::input;
use desk::request::NewRequest;
use desk::{NewFault, NewKey, Phase, StartOperation};
use domain::access::Role;
use domain::alerts::Action;
use domain::clocks::Minutes;
use domain::clocks::notice::AgreedTargets;
use domain::contact::ContactPlan;
use domain::criteria::{Criteria, Question};
use domain::fact::{Answer, Body};
use domain::fault::Priority;
use domain::ids::ProjectKey;
use domain::paper::{Agreement, Closures};
use domain::readiness::Gap;
use domain::refusal::RefusalKind;
use domain::time::Instant;

on_both!(
    an_incident_keeps_the_targets_of_its_alert,
    the_criteria_in_force_are_judged_by,
    no_version_reaches_back,
    a_paper_made_from_an_older_version_is_refused,
    the_contact_plan_of_the_minute_decides_about_calls,
    what_is_missing_at_the_start_is_listed,
    a_project_that_is_built_takes_nothing_before_it_starts,
    a_closure_moves_the_day_on_which_the_desk_closes,
);

fn agreement(slo: u32) -> Agreement {
    let mut targets = AgreedTargets::default();
    targets.with_impact.slo_minutes = Minutes(slo);
    Agreement { targets, signatory: "佐藤".into(), options: vec![] }
}

async fn an_incident_keeps_the_targets_of_its_alert(bench: Bench) {
    let first = bench.alert().await;
    let valid_from = Some(start().plus_minutes(60));
    let recorded = bench.desk.record_paper(&console(), &bench.tenant, "", &agreement(10), valid_from).await;
    assert_eq!(recorded.unwrap(), 1);
    bench.at(59);
    let second = bench.tell(Action::Trigger, "second").await.incident.unwrap();
    bench.at(60);
    let third = bench.tell(Action::Trigger, "third").await.incident.unwrap();
    for (key, version, slo) in [(&first, None, 15), (&second, None, 59 + 15), (&third, Some(1), 60 + 10)] {
        let incident = bench.desk.incident(bench.person("mo"), key).await.unwrap().incident;
        let due = incident.clocks()[0].slo_due;
        assert_eq!((incident.agreement, due), (version, start().plus_minutes(slo)), "{key}");
    }
}

async fn the_criteria_in_force_are_judged_by(bench: Bench) {
    let key = bench.alert().await;
    bench.take(&key).await;
    bench.check(&key).await;
    let question =
        Question { id: "order".into(), ja: "注文できますか".into(), en: String::new(), impact_if_no: true };
    let criteria = Criteria { questions: vec![question], agreed_by: Some("佐藤".into()) };
    let version = bench.desk.record_paper(bench.person("dh"), &bench.tenant, "ACME", &criteria, None).await.unwrap();
    assert_eq!(version, 2, "our default was the first");
    let old = bench.judgement(&key, true).await;
    assert_eq!(refusal(bench.desk.judge(bench.person("mo"), &key, &old).await).field(), Some("answers"));
    let answers = vec![Answer { question: "order".into(), yes: false }];
    let new = input::Judgement { answers, ..old };
    let other = input::Judgement { criteria: 1, ..new.clone() };
    let moved = refusal(bench.desk.judge(bench.person("mo"), &key, &other).await);
    assert_eq!(moved.kind, domain::refusal::RefusalKind::NotNow, "the questions read were those of version 1");
    assert_eq!(bench.desk.judge(bench.person("mo"), &key, &new).await.unwrap().state, "notified");
    let judged = |body: &Body| matches!(body, Body::IncidentJudged { criteria: 2, impact: true, .. });
    assert_eq!(bench.count(&key, judged).await, 1);
    let third = Criteria { agreed_by: Some("鈴木".into()), ..Criteria::default() };
    bench.desk.record_paper(bench.person("dh"), &bench.tenant, "ACME", &third, None).await.unwrap();
    let shown = bench.desk.incident(bench.person("mo"), &key).await.unwrap().criteria;
    assert_eq!(shown, Some((2, criteria)), "an answer is shown beside the question that was asked");
}

async fn no_version_reaches_back(bench: Bench) {
    bench.at(120);
    let record = async |minute: i64| {
        let valid_from = Some(start().plus_minutes(minute));
        bench.desk.record_paper(&console(), &bench.tenant, "ACME", &ContactPlan::default(), valid_from).await
    };
    assert_eq!(refusal(record(59).await).field(), Some("valid_from"));
    record(100).await.unwrap();
    let versions = bench.desk.paper_versions::<ContactPlan>(&console(), &bench.tenant, "ACME").await.unwrap();
    assert_eq!(versions[0].valid_from, start().plus_minutes(120), "a form opened a while ago means now");
    record(180).await.unwrap();
    let now = bench.desk.paper_now::<ContactPlan>(&console(), &bench.tenant, "ACME").await.unwrap().unwrap();
    assert_eq!(now.version, 2, "what is valid later is not yet");
}

/// Each row: made from, what becomes of it; the plan of the bench is version 1.
async fn a_paper_made_from_an_older_version_is_refused(bench: Bench) {
    let stale = |version| Err(domain::refusal::RefusalKind::Stale { version });
    for (made_from, minute, expected) in [
        (Some(0), 0, stale(1)),
        (Some(1), 60, Ok(2)),
        // What is valid later counts too, else it would be replaced by somebody who never saw it.
        (Some(1), 0, stale(2)),
        (Some(3), 0, stale(2)),
        (Some(2), 0, Ok(3)),
        (None, 0, Ok(4)),
    ] {
        let (head, from) = (bench.head().await, Some(start().plus_minutes(minute)));
        let desk = &bench.desk;
        let recorded = desk.record_paper_after(&console(), &bench.tenant, "ACME", &plan(), from, made_from).await;
        let told = match recorded {
            Ok(version) => Ok(version),
            Err(desk::Error::Refused(refusal)) => Err(refusal.kind),
            Err(failed) => panic!("{failed}"),
        };
        assert_eq!(told, expected, "made from {made_from:?}");
        assert_eq!(bench.head().await == head, expected.is_err(), "a refused version leaves nothing");
    }
}

async fn the_contact_plan_of_the_minute_decides_about_calls(bench: Bench) {
    let waived = ContactPlan { waived_by: Some("佐藤".into()), ..plan() };
    bench.desk.record_paper(&console(), &bench.tenant, "ACME", &waived, Some(start().plus_minutes(30))).await.unwrap();
    let key = bench.told().await;
    let ended = async |key| {
        let view = bench.desk.incident(bench.person("mo"), key).await.unwrap();
        view.incident.clocks()[0].end.as_ref().map(|end| end.at.since_ms(start()) / 60_000)
    };
    assert_eq!(ended(&key).await, None, "the owner is to be called");
    bench.at(30);
    let second = bench.tell(Action::Trigger, "second").await.incident.unwrap();
    bench.take(&second).await;
    bench.check(&second).await;
    bench.judge(&second, true).await;
    assert_eq!(ended(&second).await, Some(30), "from now on calls are waived");
    assert_eq!(ended(&key).await, None, "what was published before keeps its duty");
    // A call to somebody else ends nothing.
    let version = bench.version(&key).await;
    let office = input::Call {
        version,
        contact: "office".into(),
        number: "03-0000-0000".into(),
        reason: "総務から依頼があったため".into(),
        result: Some(domain::fact::CallResult::Answered),
        ..input::Call::default()
    };
    bench.desk.call(bench.person("mo"), &key, &office).await.unwrap();
    assert_eq!(ended(&key).await, None);
    bench.call(&key).await;
    assert_eq!(ended(&key).await, Some(30));
}

async fn what_is_missing_at_the_start_is_listed(bench: Bench) {
    let desk = &bench.desk;
    let other = ProjectKey::new("OTHER");
    let lacks = async || {
        let gaps = desk.gaps(&bench.other, &other).await.unwrap();
        gaps.iter().map(|gap| gap.code()).collect::<Vec<_>>()
    };
    let facts = desk.store().tenant(&bench.other).facts(0, 100).await.unwrap();
    let started = facts.iter().find(|fact| fact.kind == "project.started").unwrap();
    assert!(Gap::OF_NOTHING.iter().all(|gap| started.json.contains(gap.code())), "{}", started.json);
    // It is November: the closures of the next year are asked about too.
    let all = ["contact_plan", "account_manager", "next_year", "criteria_agreed", "agreement", "approver", "runbook"];
    assert_eq!(lacks().await, all);
    let agreed = Criteria { agreed_by: Some("鈴木".into()), ..Criteria::default() };
    desk.record_paper(&console(), &bench.other, "OTHER", &agreed, None).await.unwrap();
    desk.record_paper(&console(), &bench.other, "OTHER", &plan(), None).await.unwrap();
    desk.record_paper(&console(), &bench.other, "", &agreement(15), None).await.unwrap();
    desk.record_paper(&console(), &bench.provider, "", &Closures::default(), None).await.unwrap();
    let rest = ["account_manager", "approver", "runbook"];
    assert_eq!(lacks().await[..3], rest);
    let manager = bench.person("su").person().unwrap().clone();
    desk.grant(&console(), &bench.other, &manager, Role::Rm, None).await.unwrap();
    assert_eq!(lacks().await[..2], rest[1..]);
    let of_all = desk.readiness(bench.person("dh")).await.unwrap();
    assert_eq!(of_all.iter().map(|it| it.project.key.as_str()).collect::<Vec<_>>(), ["OTHER", "ACME"], "by customer");
}

/// T-R-3.4-1, T-R-3.4-3, T-R-3.4-4: nothing is taken before the operation phase starts; it starts with an account manager, and with a
/// reason for what is missing.
async fn a_project_that_is_built_takes_nothing_before_it_starts(bench: Bench) {
    let desk = &bench.desk;
    let new = desk.add_project_in(Phase::Build, &console(), &bench.tenant, "NEWER", "新基幹").await.unwrap();
    let fields = [("topic".to_owned(), "相談".to_owned())].into();
    let request =
        NewRequest { project: new.to_string(), entry: "consultation".into(), fields, ..NewRequest::default() };
    let fault = NewFault {
        project: new.to_string(),
        priority: Some(Priority::High),
        detected_at: Some(start()),
        host: "web01".into(),
        business_impact: "受注できない".into(),
        details: "つながらない".into(),
    };
    let key = NewKey { scope: "intake".into(), ..NewKey::default() };
    let reason = |reason: &str| StartOperation { reason: reason.into() };
    assert_eq!(refusal(desk.add_key(&console(), &new, &key).await).field(), Some("project"));
    assert_eq!(refusal(desk.file_request(bench.person("cu"), &request).await).field(), Some("project"));
    assert_eq!(refusal(desk.file_fault(bench.person("cu"), &fault).await).field(), Some("project"));

    let head = bench.person("dh");
    let by_customer = desk.start_operation(bench.person("cu"), &new, reason("x")).await;
    assert_eq!(refusal(by_customer).kind, RefusalKind::Forbidden);
    assert_eq!(refusal(desk.start_operation(head, &new, reason("x")).await).kind, RefusalKind::NotNow, "no manager");
    let manager = bench.person("su").person().unwrap().clone();
    desk.grant(&console(), &bench.tenant, &manager, Role::Rm, None).await.unwrap();
    assert_eq!(refusal(desk.start_operation(head, &new, reason(" ")).await).field(), Some("reason"));
    desk.start_operation(head, &new, reason("お客様の希望により先行")).await.unwrap();
    let row = desk.store().tenant(&bench.tenant).project(&new).await.unwrap().unwrap();
    assert_eq!(row.phase, "operation");
    let facts = desk.store().tenant(&bench.tenant).facts(0, 1_000).await.unwrap();
    let started = facts.iter().rfind(|fact| fact.kind == "project.started").unwrap();
    assert!(started.json.contains("\"reason\":\"sha256:"), "{}", started.json);
    assert!(started.json.contains("contact_plan") && !started.json.contains("account_manager"), "{}", started.json);
    assert_eq!(refusal(desk.start_operation(head, &new, reason("x")).await).kind, RefusalKind::NotNow, "twice");
    desk.file_fault(bench.person("cu"), &fault).await.unwrap();
    desk.file_request(bench.person("cu"), &request).await.unwrap();
    desk.add_key(&console(), &new, &key).await.unwrap();
    desk::verify(desk.store(), &desk::Verify { checkpoint_keys: vec![], outside: None }).await.unwrap();
}

async fn a_closure_moves_the_day_on_which_the_desk_closes(bench: Bench) {
    let closed = Closures { days: vec!["2026-11-26".parse().unwrap()] };
    bench.desk.record_paper(&console(), &bench.provider, "", &closed, None).await.unwrap();
    let key = bench.told().await;
    bench.call(&key).await;
    bench.recover(&key).await;
    bench.notify_recovery(&key).await;
    let row = bench.desk.store().tenant(&bench.tenant).incident(&key).await.unwrap().unwrap();
    assert_eq!(row.duty.as_deref(), Some("write_preliminary"));
    let view = bench.desk.incident(bench.person("mo"), &key).await.unwrap();
    let last = Instant::parse("2026-12-01T19:00:00+09:00").unwrap();
    let due = |code: &str| view.duties.iter().find(|duty| duty.kind.code() == code).map(|duty| duty.due);
    assert_eq!((due("close"), due("write_final")), (Some(last), Some(last)));
}
