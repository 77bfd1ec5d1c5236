//! Windows of work by the API: announced once, read back with what was kept, ended.

use crate::site::{Reply, Site, on_both};
use serde_json::{Value, json};

on_both!(q_14_a_window_is_announced_once_and_ended_by_the_api);

async fn q_14_a_window_is_announced_once_and_ended_by_the_api(site: Site) {
    let tenant = site.tenant("○○商事", "ACME").await;
    site.tenant("△△物産", "OTHER").await;
    let cu = site.person(&tenant, "cu", "cu").await;
    let mo = site.person(&site.provider.clone(), "mo", "mo").await;
    let to = site.desk.now().await.unwrap().plus_minutes(60);
    let new = json!({"project": "ACME", "hosts": "web*, db01", "to": to, "work": "パッチ適用"});
    let cookie = format!("madoguchi={cu}");
    let headers = [("cookie", cookie.as_str()), ("idempotency-key", "k1")];
    let send = async || -> Reply { site.send("POST", "/api/v1/windows", &headers, &new.to_string()).await };
    let first = send().await;
    assert_eq!(first.status.as_u16(), 201, "{}", first.text);
    let again = send().await;
    assert_eq!((&again.text, again.headers["idempotent-replayed"].to_str().unwrap()), (&first.text, "true"));
    let done = first.json();
    assert_eq!((&done["window"], &done["state"]), (&json!("ACME-W1"), &json!("running")));

    let intake = site.key("ACME", "intake", "mo").await;
    assert!(site.alert(&intake, "d1").await.incident.is_none());
    let seen = site.get(&cu, "/windows/ACME-W1").await.with(200);
    assert_eq!((&seen["hosts"], &seen["kind"]), (&json!(["web*", "db01"]), &json!("customer")));
    let alert = &seen["alerts"][0];
    assert_eq!((&alert["status"], &alert["count"]), (&json!("firing"), &json!(1)));
    let event = site.get(&mo, "/events").await.with(200)["items"][0].clone();
    assert_eq!((&event["fate"], &event["kept_in"]), (&json!("window"), &json!("ACME-W1")));

    site.minutes_pass(10);
    let longer = json!({"to": to.plus_minutes(30)});
    assert_eq!(site.post(&mo, "/windows/ACME-W1/end", &longer).await.with(200)["state"], "running");
    let ended = site.post(&cu, "/windows/ACME-W1/end", &json!({})).await.with(200);
    assert_eq!(ended["state"], "over");
    site.post(&cu, "/windows/ACME-W1/cancellation", &json!({})).await.with(409);
    let incident = site.get(&mo, "/incidents/ACME-1").await.with(200);
    assert_eq!(incident["alert_at"], ended["to"], "from the window's end");
    assert_eq!(site.get(&mo, "/windows/ACME-W1").await.with(200)["alerts"][0]["led_to"], "ACME-1");
    assert_eq!(site.get(&cu, "/windows/ACME-W1").await.with(200)["alerts"][0]["led_to"], Value::Null);

    // Lists are walked page by page.
    for n in 0..2 {
        let mut next = new.clone();
        next["from"] = json!(to.plus_minutes(n - 30));
        site.post(&cu, "/windows", &next).await.with(201);
    }
    let standing = site.get(&cu, "/windows?standing=true").await.with(200);
    assert_eq!(standing["items"].as_array().unwrap().len(), 2);
    let page = site.get(&cu, "/windows?limit=1&project=ACME").await.with(200);
    let rest = site.get(&cu, &format!("/windows?limit=2&cursor={}", page["next"].as_str().unwrap())).await.with(200);
    let names = page["items"].as_array().unwrap().iter().chain(rest["items"].as_array().unwrap());
    assert_eq!(names.map(|it| it["window"].as_str().unwrap()).collect::<Vec<_>>(), ["ACME-W3", "ACME-W2", "ACME-W1"]);

    let refused = site.post(&mo, "/windows", &new).await.with(400);
    assert_eq!(refused["errors"][0]["field"], "kind");
    let mut foreign = new.clone();
    foreign["project"] = json!("OTHER");
    let other = site.post(&cu, "/windows", &foreign).await.with(404);
    foreign["project"] = json!("NONE");
    assert_eq!(other, site.post(&cu, "/windows", &foreign).await.with(404));
}
