//! What a pack holds: every open incident with its dues and what was told, every contact in order, the criteria.

use crate::bench::{Bench, on_both, start};
use desk::incident::input;
use domain::fact::CallResult;
use domain::ids::RecordKey;
use domain::incident::duty::DutyKind;

on_both!(it_holds_what_is_open_and_whom_to_call, calls_made_on_paper_are_entered_as_stated);

async fn it_holds_what_is_open_and_whom_to_call(bench: Bench) {
    let key = bench.told().await;
    bench.at(3);
    bench.call(&key).await;
    let closed = bench.tell(domain::alerts::Action::Trigger, "db01").await.incident.unwrap();
    let version = bench.version(&closed).await;
    let alarm = input::FalseAlarm { version, grounds: "監視の誤設定".into() };
    bench.desk.declare_false_alarm(bench.person("mo"), &closed, &alarm).await.unwrap();
    let upheld = input::FalseAlarmReview { version: bench.version(&closed).await, upheld: true, reason: String::new() };
    bench.desk.review_false_alarm(bench.person("dh"), &closed, &upheld).await.unwrap();
    bench.at(5);

    let content = bench.desk.pack_content().await.unwrap();
    assert_eq!((content.made, content.damaged.len()), (start().plus_minutes(5), 0));
    assert_eq!(content.provider.name, "窓口サービス");
    let names: Vec<_> = content.customers.iter().map(|customer| customer.name.as_str()).collect();
    assert_eq!(names.len(), 3, "the provider and both customers: {names:?}");
    let acme = content.customers.iter().find(|customer| customer.name == "○○商事").unwrap();
    let [project] = acme.projects.as_slice() else { panic!("one project") };
    let keys: Vec<_> = project.incidents.iter().map(|view| view.incident.key.clone()).collect();
    assert_eq!(keys, std::slice::from_ref(&key), "what has ended and owes nothing is left out");
    let view = &project.incidents[0];
    assert_eq!(view.duties[0].kind, DutyKind::Interim);
    assert_eq!(view.texts[&view.incident.publications[0].what.text], "販売管理サイトに接続できません。");
    assert_eq!(view.contact_names[view.incident.calls[0].what.contact.as_str()], "佐藤");
    let (_, plan) = project.plan.as_ref().unwrap();
    let order: Vec<_> = plan.contacts.iter().map(|contact| contact.name.as_str()).collect();
    assert_eq!(order, ["佐藤", "総務"]);
    assert!(project.criteria.as_ref().is_some_and(|(_, criteria)| !criteria.questions.is_empty()));
    let other = content.customers.iter().find(|customer| customer.name == "△△物産").unwrap();
    assert!(other.projects[0].incidents.is_empty() && other.projects[0].plan.is_none());
}

/// what was done by telephone while the desk was down is entered with its own time, up to a day back, with a reason.
async fn calls_made_on_paper_are_entered_as_stated(bench: Bench) {
    let key = bench.told().await;
    // The desk was down from the third minute until the next morning.
    bench.at(6 * 60);
    let called = async |begun: i64, reason: &str| {
        let call = input::Call {
            version: bench.version(&key).await,
            contact: "owner".into(),
            begun: Some(start().plus_minutes(begun)),
            result: Some(CallResult::Answered),
            reason: reason.into(),
            ..input::Call::default()
        };
        bench.desk.call(bench.person("mo"), &key, &call).await
    };
    assert!(called(10, "").await.is_err(), "without a reason it is not taken");
    called(10, "窓口停止中に紙で記録").await.unwrap();
    let ended = |view: desk::incident::IncidentView| view.incident.clocks()[0].end.as_ref().map(|end| end.at);
    let view = async |key: &RecordKey| bench.desk.incident(bench.person("mo"), key).await.unwrap();
    assert!(view(&key).await.incident.calls[0].what.stated);
    assert_eq!(ended(view(&key).await), Some(start().plus_minutes(10)), "the call counts from when it was made");
    let recovery = input::Recovery {
        version: bench.version(&key).await,
        recovered_at: Some(start().plus_minutes(40)),
        ..input::Recovery::default()
    };
    bench.desk.recover(bench.person("mo"), &key, &recovery).await.unwrap();
    let view = view(&key).await;
    assert_eq!(view.incident.recovery().unwrap().what.recovered_at, start().plus_minutes(40));
}
