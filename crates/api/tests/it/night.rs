//! A night from alert to closed incident, by the API alone.

use crate::site::{Site, on_both};
use serde_json::{Value, json};

on_both!(a_night_is_told_in_time_and_closed, no_impact_needs_no_call, a_customer_sees_nothing_before_it_is_told);

async fn a_night_is_told_in_time_and_closed(site: Site) {
    // An administrator's key of the provider sets up the customer.
    let key = site.key("MSP", "api", "ad").await;
    let bearer = format!("Bearer {key}");
    let ask = async |method: &str, path: &str, body: Value| {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        site.send(method, &format!("/api/v1{path}"), &[("authorization", &bearer)], &body).await
    };
    let added = ask("POST", "/tenants", json!({"name": "○○商事", "project": "ACME"})).await.with(201);
    let tenant = added["id"].as_str().unwrap().to_owned();
    let contact =
        json!({"id": "c1", "name": "山田 太郎", "phone": "03-0000-0000", "mail": "yamada@customer.example.jp"});
    ask("POST", "/projects/ACME/contact-plan", json!({"document": {"contacts": [contact]}})).await.with(201);
    let member = |email: &str, role: &str| json!({"email": email, "role": role, "password": crate::site::PASSWORD});
    ask("POST", &format!("/tenants/{tenant}/members"), member("cu@example.jp", "cu")).await.with(201);
    ask("POST", &format!("/tenants/{}/members", site.provider), member("mo@example.jp", "mo")).await.with(201);
    let intake = ask("POST", "/projects/ACME/keys", json!({"scope": "intake"})).await.with(201);

    let key = site.alert(intake["key"].as_str().unwrap(), "web01:http").await.incident.unwrap().to_string();
    assert_eq!(key, "ACME-1");
    let (mo, cu) = (site.session("mo").await, site.session("cu").await);
    let board = site.get(&mo, "/board").await.with(200);
    assert_eq!((&board["items"][0]["key"], &board["items"][0]["duty"]), (&json!("ACME-1"), &json!("judge")));
    let alerts = site.get(&mo, "/alerts?dedup_key=web01:http").await.with(200);
    assert_eq!((&alerts["items"][0]["incident"], &alerts["items"][0]["count"]), (&json!("ACME-1"), &json!(1)));

    let version = std::cell::Cell::new(site.get(&mo, "/incidents/ACME-1").await.with(200)["version"].as_u64().unwrap());
    let act = async |noun: &str, mut body: Value| {
        body["version"] = json!(version.get());
        let done = site.post(&mo, &format!("/incidents/ACME-1/{noun}"), &body).await.with(200);
        version.set(done["version"].as_u64().unwrap());
        done["state"].as_str().unwrap().to_owned()
    };
    site.minutes_pass(2);
    assert_eq!(act("assignment", json!({})).await, "triaging");
    act("check", json!({"how": "curl", "result": "応答なし"})).await;
    site.get(&cu, "/published/ACME-1").await.with(404);
    site.minutes_pass(3);
    let answers = json!([{"question": "down", "yes": true}]);
    assert_eq!(
        act("judgement", json!({"criteria": 1, "answers": answers, "text": "障害が発生しました。"})).await,
        "notified"
    );
    site.minutes_pass(1);
    act("call", json!({"contact": "c1", "result": "answered", "note": "了解とのこと"})).await;
    site.minutes_pass(50);
    act("interim-report", json!({"text": "再起動を進めています。"})).await;
    act("recovery-step", json!({"step": "再起動", "result": "起動した"})).await;
    assert_eq!(act("recovery", json!({})).await, "confirming");
    assert_eq!(act("recovery-withdrawal", json!({"reason": "また落ちた"})).await, "notified");
    act("recovery", json!({})).await;
    let told = json!({"method": "curl", "confirmed_by": "mo", "channel": "ticket", "text": "復旧しました。"});
    assert_eq!(act("recovery-notice", told).await, "recovery_notified");
    site.post(&mo, "/incidents/ACME-1/note", &json!({"text": "社内だけ"})).await.with(200);
    site.post(&cu, "/incidents/ACME-1/message", &json!({"text": "ありがとうございます"})).await.with(200);
    let closing = json!({"class": "os", "cause": "OOM", "confirmed_by": "山田様"});
    assert_eq!(act("closure", closing).await, "closed");

    let whole = site.get(&mo, "/incidents/ACME-1").await.with(200);
    let clock = &whole["clocks"][0];
    for (place, name) in ["slo", "sla"].into_iter().enumerate() {
        let target = &clock["targets"][place];
        assert_eq!(
            (&target["target"], &target["verdict"], &target["is_final"]),
            (&json!(name), &json!("met"), &json!(true))
        );
    }
    assert_eq!(clock["ended"], "2026-11-21T18:18:00.000Z");
    let fact = |kind: &str| whole["timeline"].as_array().unwrap().iter().find(|fact| fact["kind"] == kind).unwrap();
    assert_eq!(fact("incident.call_begun")["seq"], clock["stop"]["fact"]);
    assert_eq!(fact("incident.call_ended")["texts"]["note"], "了解とのこと");
    assert_eq!(whole["messages"][0]["recipient"], "yamada@customer.example.jp");

    let published = site.get(&cu, "/published/ACME-1").await.with(200);
    assert!(!published.to_string().contains("社内だけ") && !published.to_string().contains("了解とのこと"));
    assert_eq!(published["clocks"][0]["ledger"], clock["ledger"]);
    let kinds: Vec<&str> =
        published["told"].as_array().unwrap().iter().map(|told| told["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["notice", "interim_report", "recovery_notice", "message_from_customer", "closure"]);
    assert_eq!(site.get(&cu, "/published").await.with(200)["items"][0]["key"], "ACME-1");
    let fates = site.get(&mo, "/fates?day=2026-11-22").await.with(200);
    assert_eq!((&fates["total"], &fates["counts"][0]), (&json!(1), &json!({"fate": "new", "count": 1})));
}

async fn no_impact_needs_no_call(site: Site) {
    site.tenant("○○商事", "ACME").await;
    let intake = site.key("ACME", "intake", "mo").await;
    site.alert(&intake, "a").await;
    let mo = site.person(&site.provider, "mo", "mo").await;
    let version = |reply: Value| reply["version"].clone();
    let seen = version(site.get(&mo, "/incidents/ACME-1").await.with(200));
    let seen = version(site.post(&mo, "/incidents/ACME-1/assignment", &json!({"version": seen})).await.with(200));
    let no: Vec<Value> =
        ["down", "degraded", "data"].map(|question| json!({"question": question, "yes": false})).to_vec();
    let judged = json!({"version": seen, "criteria": 1, "answers": no, "reason": "監視の誤設定と判明"});
    let seen = version(site.post(&mo, "/incidents/ACME-1/judgement", &judged).await.with(200));
    let told = json!({"version": seen, "text": "影響はありません。"});
    site.post(&mo, "/incidents/ACME-1/notice", &told).await.with(200);
    let clock = &site.get(&mo, "/incidents/ACME-1").await.with(200)["clocks"][0];
    assert_eq!((&clock["impact"], clock["targets"].as_array().unwrap().len()), (&json!(false), 1));
    assert!(clock["ended"].is_string());
}

async fn a_customer_sees_nothing_before_it_is_told(site: Site) {
    let tenant = site.tenant("○○商事", "ACME").await;
    let intake = site.key("ACME", "intake", "mo").await;
    site.alert(&intake, "a").await;
    let cu = site.person(&tenant, "cu", "cu").await;
    site.get(&cu, "/published/ACME-1").await.with(404);
    assert_eq!(site.get(&cu, "/published").await.with(200), json!({"items": [], "next": null}));
    site.post(&cu, "/incidents/ACME-1/message", &json!({"text": "何かありましたか"})).await.with(404);
    site.get(&cu, "/incidents/ACME-1").await.with(403);
    site.get(&cu, "/incidents").await.with(403);
}
