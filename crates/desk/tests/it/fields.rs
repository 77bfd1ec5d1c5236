//! Each field of each verb, wrong: the answer names it, and nothing is changed.

use crate::bench::{Bench, console, on_both, refusal, start};
use desk::incident::input;
use desk::{Answer, NewPerson};
use domain::criteria::Criteria;
use domain::fact::CallResult;
use domain::paper::Agreement;

on_both!(each_wrong_field_is_named_and_nothing_is_changed, wrong_names_are_named);

/// Checks that a verb was refused at a field and that the customer's chain stands where it stood.
async fn check<T: std::fmt::Debug>(bench: &Bench, head: u64, field: &str, answer: Answer<T>) {
    let refused = refusal(answer);
    assert_eq!(refused.field(), Some(field), "{refused:?}");
    assert!(!refused.ja.is_empty() && !refused.en.is_empty());
    assert_eq!(bench.head().await, head, "{field}");
}

fn s(text: &str) -> String {
    text.to_owned()
}

async fn each_wrong_field_is_named_and_nothing_is_changed(bench: Bench) {
    let (desk, mo) = (&bench.desk, bench.person("mo"));
    let key = bench.alert().await;
    bench.take(&key).await;
    let (version, head) = (bench.version(&key).await, bench.head().await);
    let long = "あ".repeat(20_001);
    for how in ["", "  \n", &long] {
        check(&bench, head, "how", desk.check(mo, &key, &input::Check { version, how: s(how), result: s("x") }).await)
            .await;
        check(
            &bench,
            head,
            "result",
            desk.check(mo, &key, &input::Check { version, how: s("x"), result: s(how) }).await,
        )
        .await;
        let step = input::RecoveryStep { version, step: s(how), result: s("x") };
        check(&bench, head, "step", desk.step(mo, &key, &step).await).await;
        let step = input::RecoveryStep { version, step: s("x"), result: s(how) };
        check(&bench, head, "result", desk.step(mo, &key, &step).await).await;
        check(&bench, head, "text", desk.note(mo, &key, &input::Note { text: s(how) }).await).await;
        check(&bench, head, "text", desk.message(mo, &key, &input::Message { text: s(how) }).await).await;
        let alarm = input::FalseAlarm { version, grounds: s(how) };
        check(&bench, head, "grounds", desk.declare_false_alarm(mo, &key, &alarm).await).await;
    }
    let judgement = bench.judgement(&key, true).await;
    check(&bench, head, "reason", desk.judge(mo, &key, &judgement).await).await;
    let with_reason = input::Judgement { reason: s("急いで"), ..judgement };
    let empty = input::Judgement { answers: vec![], ..with_reason.clone() };
    check(&bench, head, "answers", desk.judge(mo, &key, &empty).await).await;
    let silent = input::Judgement { text: s(" "), ..with_reason.clone() };
    check(&bench, head, "text", desk.judge(mo, &key, &silent).await).await;
    let take = input::Assignment { version: 0 };
    check(&bench, head, "version", desk.take(mo, &key, &take).await).await;

    desk.judge(mo, &key, &with_reason).await.unwrap();
    bench.at(10);
    let (version, head) = (bench.version(&key).await, bench.head().await);
    let call = input::Call { version, contact: s("owner"), result: Some(CallResult::Busy), ..input::Call::default() };
    for (field, wrong) in [
        ("contact", input::Call { contact: s("nobody"), ..call.clone() }),
        ("contact", input::Call { contact: s(""), ..call.clone() }),
        ("result", input::Call { result: None, begun: Some(start().plus_minutes(10)), ..call.clone() }),
        ("number", input::Call { contact: s("office"), ..call.clone() }),
        ("begun", input::Call { begun: Some(start().plus_minutes(11)), ..call.clone() }),
        ("reason", input::Call { begun: Some(start().plus_minutes(7)), ..call.clone() }),
    ] {
        check(&bench, head, field, desk.call(mo, &key, &wrong).await).await;
    }
    check(&bench, head, "text", desk.report(mo, &key, &input::InterimReport { version, text: s("") }).await).await;
    let rejudgement = input::Rejudgement { version, reason: s("x"), ..input::Rejudgement::default() };
    let same = input::Rejudgement { impact: true, text: s("x"), ..rejudgement.clone() };
    check(&bench, head, "impact", desk.rejudge(mo, &key, &same).await).await;
    let silent = input::Rejudgement { reason: s(""), ..rejudgement };
    check(&bench, head, "reason", desk.rejudge(mo, &key, &silent).await).await;
    let recovery = input::Recovery { version, ..input::Recovery::default() };
    for (field, wrong) in [
        ("recovered_at", input::Recovery { recovered_at: Some(start().plus_minutes(11)), ..recovery.clone() }),
        ("recovered_at", input::Recovery { recovered_at: Some(start().plus_minutes(-1)), ..recovery.clone() }),
        ("recovery_point", input::Recovery { recovery_point: Some(start().plus_minutes(11)), ..recovery.clone() }),
    ] {
        check(&bench, head, field, desk.recover(mo, &key, &wrong).await).await;
    }

    bench.recover(&key).await;
    let (version, head) = (bench.version(&key).await, bench.head().await);
    let withdrawal = input::RecoveryWithdrawal { version, reason: s("") };
    check(&bench, head, "reason", desk.withdraw_recovery(mo, &key, &withdrawal).await).await;
    let notice = input::RecoveryNotice { version, method: s("x"), confirmed_by: s("x"), channel: None, text: s("x") };
    for (field, wrong) in [
        ("method", input::RecoveryNotice { method: s(""), ..notice.clone() }),
        ("confirmed_by", input::RecoveryNotice { confirmed_by: s(""), ..notice.clone() }),
        ("text", input::RecoveryNotice { text: s(""), ..notice.clone() }),
    ] {
        check(&bench, head, field, desk.notify_recovery(mo, &key, &wrong).await).await;
    }

    bench.notify_recovery(&key).await;
    let (version, head) = (bench.version(&key).await, bench.head().await);
    check(&bench, head, "text", desk.recur(mo, &key, &input::Recurrence { version, text: s("") }).await).await;
    let closure = bench.closure(version);
    for (field, wrong) in [
        ("class", input::Closure { class: s("bad luck"), ..closure.clone() }),
        ("cause", input::Closure { cause: s(""), ..closure.clone() }),
        ("confirmed_by", input::Closure { confirmed_by: s(""), ..closure.clone() }),
    ] {
        check(&bench, head, field, desk.close(mo, &key, &wrong).await).await;
    }
}

async fn wrong_names_are_named(bench: Bench) {
    let (desk, console) = (&bench.desk, console());
    let head = bench.head().await;
    for (name, project, field) in [
        ("", "NEW", "name"),
        ("新しい会社", "", "project"),
        ("新しい会社", "new", "project"),
        ("新しい会社", "A-1", "project"),
        ("新しい会社", "ACME", "project"),
    ] {
        check(&bench, head, field, desk.add_tenant(&console, name, project).await).await;
    }
    assert_eq!(desk.store().system().tenants().await.unwrap().len(), 3);
    check(&bench, head, "name", desk.add_project(&console, &bench.tenant, "NEW", " ").await).await;
    check(&bench, head, "name", desk.rename_tenant(&console, &bench.tenant, "").await).await;
    for url in ["", "ftp://x", "https://x y"] {
        check(&bench, head, "url", desk.add_webhook(&console, &bench.tenant, url).await).await;
    }
    let inside = |url: &str| if url.contains("10.1.2.3") { Err("10.1.2.3 is private".to_owned()) } else { Ok(()) };
    let judging = desk.clone().judging_urls(std::sync::Arc::new(inside));
    check(&bench, head, "url", judging.add_webhook(&console, &bench.tenant, "https://10.1.2.3/hook").await).await;
    let person =
        NewPerson { email: s("new@example.jp"), role: s("cu"), password: s("long enough"), ..NewPerson::default() };
    for (field, wrong) in [
        ("email", NewPerson { email: s("no address"), ..person.clone() }),
        ("role", NewPerson { role: s("root"), ..person.clone() }),
        ("password", NewPerson { password: s("short"), ..person.clone() }),
    ] {
        check(&bench, head, field, desk.add_person(&console, &bench.tenant, &wrong).await).await;
    }
    check(&bench, head, "role", desk.add_person(&console, &bench.provider, &person).await).await;
    assert!(desk.store().system().person_by_email("new@example.jp").await.unwrap().is_none());
    let nothing = Criteria { questions: vec![], agreed_by: None };
    let answer = desk.record_paper(&console, &bench.tenant, "ACME", &nothing, None).await;
    check(&bench, head, "questions", answer).await;
    let unsigned = Agreement::default();
    check(&bench, head, "signatory", desk.record_paper(&console, &bench.tenant, "", &unsigned, None).await).await;
    let mut plan = crate::bench::plan();
    plan.contacts[1].id = domain::ids::ContactId::new("a b>\r\nBcc: x");
    check(&bench, head, "id", desk.record_paper(&console, &bench.tenant, "ACME", &plan, None).await).await;
}
