//! A repeated POST does nothing twice and is answered the same.

use crate::site::{Reply, Site, on_both};
use serde_json::{Value, json};

on_both!(every_post_is_done_once, an_incident_verb_is_done_once, a_failed_one_may_be_tried_again);

async fn post(site: &Site, token: &str, path: &str, key: &str, body: &Value) -> Reply {
    let cookie = format!("madoguchi={token}");
    let headers = [("cookie", cookie.as_str()), ("idempotency-key", key)];
    site.send("POST", &format!("/api/v1{path}"), &headers, &body.to_string()).await
}

async fn check(site: &Site, token: &str, path: &str, body: &Value, other: &Value) -> Value {
    let first = post(site, token, path, path, body).await;
    assert!(first.status.is_success(), "{path}: {}", first.text);
    let after = site.heads().await;
    let second = post(site, token, path, path, body).await;
    assert_eq!((second.status, &second.text), (first.status, &first.text), "{path}");
    assert_eq!(second.headers["idempotent-replayed"], "true", "{path}");
    assert_eq!(second.headers["content-type"], first.headers["content-type"], "{path}");
    let third = post(site, token, path, path, other).await;
    assert_eq!(third.status.as_u16(), 422, "{path}: {}", third.text);
    assert_eq!(third.json()["type"], "/docs/problems#idempotency-key-reused");
    assert_eq!(site.heads().await, after, "{path}");
    first.json()
}

async fn every_post_is_done_once(site: Site) {
    let ad = &site.admin;
    let tenant = |name: &str| json!({"name": name, "project": "ACME"});
    let added = check(&site, ad, "/tenants", &tenant("○○商事"), &tenant("別会社")).await;
    let at = |rest: &str| format!("/tenants/{}/{rest}", added["id"].as_str().unwrap());
    let project = |name: &str| json!({"key": "ACMX", "name": name});
    check(&site, ad, &at("projects"), &project("本番"), &project("検証")).await;
    let member = |email: &str| json!({"email": email, "role": "dh"});
    let giver = check(&site, ad, &at("members"), &member("a@example.jp"), &member("b@example.jp")).await;
    let taker = site.post(ad, &at("members"), &json!({"email": "c@example.jp", "role": "mo"})).await.with(201);
    let lend = |minute: u32| json!({"giver": giver["id"], "taker": taker["id"], "right": "decide", "minute_from": 1140, "minute_to": minute});
    check(&site, ad, &at("delegations"), &lend(600), &lend(601)).await;
    let hook = |host: &str| json!({"url": format!("https://{host}/hook")});
    let hooked = check(&site, ad, &at("webhooks"), &hook("a.example"), &hook("b.example")).await;
    let key = |label: &str| json!({"scope": "api", "label": label});
    let made = check(&site, ad, "/projects/ACME/keys", &key("a"), &key("b")).await;
    let criteria = |words: &str| json!({"document": {"questions": [{"id": "a", "ja": words}]}});
    check(&site, ad, "/projects/ACME/criteria", &criteria("停止?"), &criteria("遅延?")).await;
    let days = |day: &str| json!({"document": {"days": [day]}});
    check(&site, ad, "/calendar", &days("2026-12-29"), &days("2026-12-30")).await;
    // What is remembered does not give secrets away.
    let caller = site.get(ad, "/me").await.json()["id"].as_str().unwrap().to_owned();
    let tenant = domain::ids::TenantId::new(added["id"].as_str().unwrap());
    for (path, secret) in [("/projects/ACME/keys".to_owned(), &made["key"]), (at("webhooks"), &hooked["secret"])] {
        let kept = site.desk.store().tenant(&tenant).recall(&format!("person:{caller}"), &path).await.unwrap().unwrap();
        assert!(!String::from_utf8_lossy(&kept.body).contains(secret.as_str().unwrap()), "{path}");
    }
}

async fn an_incident_verb_is_done_once(site: Site) {
    site.tenant("○○商事", "ACME").await;
    let intake = site.key("ACME", "intake", "mo").await;
    site.alert(&intake, "a").await;
    let mo = site.person(&site.provider, "mo", "mo").await;
    let seen = site.get(&mo, "/incidents/ACME-1").await.with(200)["version"].as_u64().unwrap();
    let (this, other) = (json!({"version": seen}), json!({"version": seen + 1}));
    check(&site, &mo, "/incidents/ACME-1/assignment", &this, &other).await;
    check(&site, &mo, "/incidents/ACME-1/note", &json!({"text": "一度だけ"}), &json!({"text": "二度"})).await;
    let timeline = site.get(&mo, "/incidents/ACME-1").await.with(200)["timeline"].to_string();
    assert_eq!(timeline.matches("一度だけ").count(), 1);
    // Another caller may use the same key for something else.
    let su = site.person(&site.provider, "su", "su").await;
    post(&site, &su, "/incidents/ACME-1/note", "/incidents/ACME-1/note", &json!({"text": "別の人"})).await.with(200);
}

async fn a_failed_one_may_be_tried_again(site: Site) {
    let ad = site.admin.clone();
    post(&site, &ad, "/tenants", "k", &json!({"name": "", "project": "ACME"})).await.with(400);
    post(&site, &ad, "/tenants", "k", &json!({"name": "○○商事", "project": "ACME"})).await.with(201);
    post(&site, &ad, "/tenants", "k k", &json!({"name": "x", "project": "NEW"})).await.with(400);
}
