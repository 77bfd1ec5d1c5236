//! A cause common to several customers: one call list, one text, each incident on its own clock.

use crate::bench::{Bench, console, on_both, plan, refusal};
use desk::incident::input;
use desk::{
    CauseCall, CauseCallEnd, CauseIncidents, CauseJudgement, CauseNotice, CauseNumber, Delivery, NewCause, NewKey,
};
use domain::alerts::Action;
use domain::contact::ContactPlan;
use domain::fact::CallResult;
use domain::ids::{ContactId, ProjectKey, RecordKey, TenantId};
use domain::incident::State;
use domain::refusal::RefusalKind;

on_both!(
    ten_customers_are_told_by_one_text_and_called_from_one_list,
    a_number_is_dialled_by_one_person_at_a_time_for_whatever_customer,
    a_cause_is_the_providers_and_what_refuses_one_incident_holds_up_no_other,
);

/// A customer with one contact, and an open incident of theirs.
async fn customer(bench: &Bench, project: &str, phone: &str) -> (TenantId, RecordKey) {
    let tenant = bench.desk.add_tenant(&console(), &format!("お客様{project}"), project).await.unwrap().id;
    let mut contact = plan().contacts.remove(0);
    (contact.id, contact.phone) = (ContactId::new(format!("owner-{project}")), phone.into());
    let plan = ContactPlan { contacts: vec![contact], ..ContactPlan::default() };
    bench.desk.record_paper(&console(), &tenant, project, &plan, None).await.unwrap();
    let key = open(bench, project, "web01").await;
    (tenant, key)
}

async fn open(bench: &Bench, project: &str, name: &str) -> RecordKey {
    let new = NewKey { scope: "intake".into(), ..NewKey::default() };
    let secret = bench.desk.add_key(&console(), &ProjectKey::new(project), &new).await.unwrap().key;
    let key = bench.desk.intake_key(&secret).await.unwrap().unwrap();
    let delivery = Delivery { key, ..bench.delivery(&[(Action::Trigger, name, name)]) };
    bench.desk.receive(delivery).await.unwrap().remove(0).incident.unwrap()
}

async fn cause(bench: &Bench, keys: &[RecordKey]) -> u64 {
    let new = NewCause { title: "ap-northeast-1a の電源障害".into() };
    let cause = bench.desk.open_cause(bench.person("mo"), &new).await.unwrap().cause;
    let incidents = keys.iter().map(ToString::to_string).collect();
    let linked = bench.desk.link_to_cause(bench.person("mo"), &CauseIncidents { cause, incidents }).await.unwrap();
    assert!(linked.incidents.iter().all(|one| one.refused.is_none()), "{linked:?}");
    cause
}

async fn notice(bench: &Bench, cause: u64, keys: &[RecordKey]) -> CauseNotice {
    let mut incidents = vec![];
    for key in keys {
        let view = bench.desk.incident(bench.person("mo"), key).await.unwrap();
        let (version, criteria) = view.criteria.unwrap();
        incidents.push(CauseJudgement {
            key: key.to_string(),
            version: view.incident.version,
            criteria: version,
            question: criteria.questions[1].id.clone(),
        });
    }
    let text = "{customer} 様 {title} ({key})".into();
    CauseNotice { cause, how: "AWS Health".into(), result: "電源障害".into(), text, incidents }
}

async fn verified(bench: &Bench) {
    let asked = desk::Verify { checkpoint_keys: vec![], outside: None };
    desk::verify(bench.desk.store(), &asked).await.unwrap();
}

async fn ten_customers_are_told_by_one_text_and_called_from_one_list(bench: Bench) {
    let mut keys = vec![];
    for number in 0..10 {
        bench.at(number);
        keys.push(customer(&bench, &format!("CU{number}"), &format!("03-0000-{number:04}")).await.1);
    }
    let cause = cause(&bench, &keys).await;
    let mo = bench.person("mo");
    let told = bench.desk.tell_cause(mo, &notice(&bench, cause, &keys).await).await.unwrap();
    assert!(told.incidents.iter().all(|one| one.refused.is_none()), "{told:?}");
    let view = bench.desk.cause(mo, cause).await.unwrap();
    assert_eq!(view.members.len(), 10);
    for member in &view.members {
        let incident = &member.incident;
        assert_eq!((incident.state, incident.impact(), incident.publications.len()), (State::Notified, Some(true), 1));
        let published = bench.desk.incident(mo, &incident.key).await.unwrap();
        let text = &published.texts[&incident.publications[0].what.text];
        assert!(text.contains(&member.board.customer) && text.contains(incident.key.as_str()), "{text}");
        assert_eq!(incident.clocks()[0].end, None, "the call is owed, on each own clock");
    }
    // The first alert's customer is called first.
    let numbers: Vec<&str> = view.calls.iter().map(|entry| entry.number.as_str()).collect();
    assert_eq!(numbers, (0..10).map(|number| format!("03-0000-{number:04}")).collect::<Vec<_>>());
    // Two operators work the list from the top at once.
    let (first, second) = (bench.person("mo"), bench.person("mo2"));
    for pair in view.calls.chunks(2) {
        let call = |number: &str| CauseCall { cause, number: number.into() };
        let (a, b) = (call(&pair[0].number), call(&pair[1].number));
        let (one, other) = tokio::join!(bench.desk.call_cause(first, &a), bench.desk.call_cause(second, &b));
        assert!(one.unwrap().incidents.iter().chain(&other.unwrap().incidents).all(|one| one.refused.is_none()));
        let twice = refusal(bench.desk.call_cause(second, &a).await);
        assert_eq!(twice.kind, RefusalKind::NotNow, "somebody calls that number");
        bench.desk.connect_cause_call(first, &a).await.unwrap();
        for (caller, entry) in [(first, &pair[0]), (second, &pair[1])] {
            let result = Some(CallResult::Answered);
            let end = CauseCallEnd { cause, number: entry.number.clone(), result, note: "伝えた".into() };
            bench.desk.end_cause_call(caller, &end).await.unwrap();
        }
    }
    let view = bench.desk.cause(mo, cause).await.unwrap();
    assert_eq!(view.calls.len(), 0);
    assert!(view.members.iter().all(|member| member.incident.clocks()[0].end.is_some()));
    verified(&bench).await;
    bench.desk.close_cause(mo, &CauseNumber { cause }).await.unwrap();
    let closed = refusal(bench.desk.call_cause(mo, &CauseCall { cause, number: "03-0000-0001".into() }).await);
    assert_eq!(closed.field(), Some("cause"));
    verified(&bench).await;
}

async fn a_number_is_dialled_by_one_person_at_a_time_for_whatever_customer(bench: Bench) {
    // One person is the contact of two customers, and of two incidents of one of them.
    let (_, a) = customer(&bench, "CUA", "090-1111-2222").await;
    let (_, b) = customer(&bench, "CUB", "+81 90 1111 2222").await;
    let c = open(&bench, "CUA", "db01").await;
    let keys = [a, b, c];
    let cause = cause(&bench, &keys).await;
    bench.desk.tell_cause(bench.person("mo"), &notice(&bench, cause, &keys).await).await.unwrap();
    let view = bench.desk.cause(bench.person("mo"), cause).await.unwrap();
    assert_eq!(view.calls.len(), 1, "each number stands once");
    assert_eq!(view.calls[0].incidents.len(), 3);
    let called = bench.desk.call_cause(bench.person("mo"), &CauseCall { cause, number: "09011112222".into() }).await;
    assert_eq!(called.unwrap().incidents.len(), 3);
    let view = bench.desk.cause(bench.person("mo"), cause).await.unwrap();
    assert!(view.members.iter().all(|member| member.incident.calls.len() == 1), "one call counts for every incident");
    assert_eq!(view.calls[0].held_by.as_deref(), Some("mo"));
    // Whoever dials from an incident's own page meets the same hold.
    let (_, d) = customer(&bench, "CUD", "090-1111-2222").await;
    bench.take(&d).await;
    let version = bench.version(&d).await;
    let input = input::Call { version, contact: "owner-CUD".into(), ..input::Call::default() };
    let held = refusal(bench.desk.call(bench.person("mo2"), &d, &input).await);
    assert_eq!(held.kind, RefusalKind::NotNow);
    let end =
        CauseCallEnd { cause, number: "090-1111-2222".into(), result: Some(CallResult::Busy), note: String::new() };
    bench.desk.end_cause_call(bench.person("mo"), &end).await.unwrap();
    bench.desk.call(bench.person("mo2"), &d, &input).await.unwrap();
    // Whoever says how a call ended gives its number back, though somebody else dialled it.
    let version = bench.version(&d).await;
    let end = input::CallEnd { version, call: 1, result: Some(CallResult::Busy), note: String::new() };
    bench.desk.end_call(bench.person("mo"), &d, &end).await.unwrap();
    let (_, e) = customer(&bench, "CUE", "090-1111-2222").await;
    bench.take(&e).await;
    let version = bench.version(&e).await;
    let input = input::Call { version, contact: "owner-CUE".into(), ..input::Call::default() };
    bench.desk.call(bench.person("mo"), &e, &input).await.unwrap();
    // A talk whose result never came is void after 30 minutes, and then the number is free.
    let version = bench.version(&e).await;
    bench.desk.connect_call(bench.person("mo"), &e, &input::CallConnection { version, call: 1 }).await.unwrap();
    bench.at(31);
    while bench.desk.fire_due().await.unwrap() > 0 {}
    let version = bench.version(&d).await;
    let input = input::Call { version, contact: "owner-CUD".into(), ..input::Call::default() };
    bench.desk.call(bench.person("mo2"), &d, &input).await.unwrap();
    verified(&bench).await;
}

async fn a_cause_is_the_providers_and_what_refuses_one_incident_holds_up_no_other(bench: Bench) {
    let key = bench.alert().await;
    let cause = cause(&bench, std::slice::from_ref(&key)).await;
    for name in ["cu", "foreign", "ad"] {
        let shut = refusal(bench.desk.cause(bench.person(name), cause).await);
        assert_eq!(shut.kind, RefusalKind::Forbidden, "{name}");
    }
    let unknown = CauseIncidents { cause: cause + 1, incidents: vec![key.to_string()] };
    assert_eq!(refusal(bench.desk.link_to_cause(bench.person("mo"), &unknown).await).field(), Some("cause"));
    let none = CauseIncidents { cause, incidents: vec![] };
    assert_eq!(refusal(bench.desk.link_to_cause(bench.person("mo"), &none).await).field(), Some("incidents"));
    let mut input = notice(&bench, cause, std::slice::from_ref(&key)).await;
    input
        .incidents
        .insert(0, CauseJudgement { key: "NONE-1".into(), version: 1, criteria: 1, question: "down".into() });
    let told = bench.desk.tell_cause(bench.person("mo"), &input).await.unwrap();
    let refused: Vec<bool> = told.incidents.iter().map(|one| one.refused.is_some()).collect();
    assert_eq!(refused, [true, false]);
    let again = bench.desk.tell_cause(bench.person("mo"), &input).await;
    assert_eq!(refusal(again).field(), Some("incidents"), "nobody is told twice: the first refusal is the answer");
    let view = bench.desk.published(bench.person("cu"), &key).await.unwrap();
    assert_eq!(view.incident.causes, vec![], "the customer does not see who else is affected");
    verified(&bench).await;
}
