//! 障害ご連絡 by the API (R-4.2.1-1 to -9, R-4.1.2-3 to -7): filed by customers and for them, told by telephone, done once.

use crate::site::{Reply, Site, on_both};
use serde_json::{Value, json};

on_both!(a_fault_is_filed_once_and_read_back, a_call_is_taken_by_the_api);

fn fault(project: &str, priority: &str) -> Value {
    json!({
        "project": project, "priority": priority, "detected_at": "2020-01-01T00:00:00Z",
        "host": "web02", "business_impact": "受注ができません。", "details": "画面が真っ白になります。",
    })
}

async fn a_fault_is_filed_once_and_read_back(site: Site) {
    let tenant = site.tenant("○○商事", "ACME").await;
    site.tenant("△△物産", "OTHER").await;
    let cu = site.person(&tenant, "cu", "cu").await;
    let mo = site.person(&site.provider.clone(), "mo", "mo").await;
    let cookie = format!("madoguchi={cu}");
    let headers = [("cookie", cookie.as_str()), ("idempotency-key", "k1")];
    let send =
        async |body: &Value| -> Reply { site.send("POST", "/api/v1/incidents", &headers, &body.to_string()).await };
    let first = send(&fault("ACME", "high")).await;
    assert_eq!(first.status.as_u16(), 201, "{}", first.text);
    let again = send(&fault("ACME", "high")).await;
    assert_eq!((again.status.as_u16(), &again.text), (201, &first.text));
    assert_eq!(again.headers["idempotent-replayed"], "true");
    assert_eq!(send(&fault("ACME", "low")).await.status.as_u16(), 422);
    let key = first.json()["key"].as_str().unwrap().to_owned();

    let told = site.get(&cu, &format!("/published/{key}")).await.with(200);
    assert_eq!(told["filed"]["priority"], "high");
    assert_eq!(told["filed"]["business_impact"], "受注ができません。");
    assert_eq!(told["told"], json!([]), "filing is no notice");
    assert_eq!(site.get(&cu, "/published").await.with(200)["items"][0]["key"], *key);
    site.post(&cu, &format!("/incidents/{key}/message"), &json!({"text": "まだです。"})).await.with(200);
    let seen = site.get(&mo, &format!("/incidents/{key}")).await.with(200);
    assert_eq!((&seen["filed"]["by"], &seen["filed"]["host"]), (&json!("customer"), &json!("web02")));
    assert!(seen["filed"]["detection_lag_ms"].as_i64().unwrap() > 0, "R-4.2-1");

    for (field, value) in
        [("priority", json!("urgent")), ("detected_at", json!("2999-01-01T00:00:00Z")), ("host", json!(""))]
    {
        let mut wrong = fault("ACME", "middle");
        wrong[field] = value;
        let refused = site.post(&cu, "/incidents", &wrong).await.with(400);
        assert_eq!(refused["errors"][0]["field"], field, "{refused}");
    }
    let foreign = site.post(&cu, "/incidents", &fault("OTHER", "high")).await.with(404);
    assert_eq!(foreign, site.post(&cu, "/incidents", &fault("NONE", "high")).await.with(404));
    // A key of the project files for the customer.
    for (role, status) in [("cu", 201), ("mo", 201), ("au", 403)] {
        let bearer = format!("Bearer {}", site.key("ACME", "api", role).await);
        let headers = [("authorization", bearer.as_str())];
        let reply = site.send("POST", "/api/v1/incidents", &headers, &fault("ACME", "low").to_string()).await;
        assert_eq!(reply.status.as_u16(), status, "{role}: {}", reply.text);
    }
}

async fn a_call_is_taken_by_the_api(site: Site) {
    site.tenant("○○商事", "ACME").await;
    site.plan("ACME").await;
    let mo = site.person(&site.provider.clone(), "mo", "mo").await;
    let call = site.post(&mo, "/calls", &json!({})).await.with(201);
    site.minutes_pass(2);
    let done = site.post(&mo, "/calls/incidents", &json!({"call": call["call"], "project": "ACME"})).await.with(201);
    let path = format!("/incidents/{}", done["key"].as_str().unwrap());
    let seen = site.get(&mo, &path).await.with(200);
    assert_eq!((&seen["alert_at"], &seen["filed"]["by"]), (&call["began"], &json!("telephone")));
    assert_eq!(seen["filed"]["owed"][0], "caller");
    let words = json!({"caller": "山田 太郎", "content": "真っ白", "by_phone": "urgent"});
    site.post(&mo, &format!("{path}/caller-words"), &words).await.with(200);
    let seen = site.get(&mo, &path).await.with(200);
    assert_eq!(seen["filed"]["caller_matched"], true, "R-4.1.2-4");
    assert_eq!(seen["filed"]["owed"], json!(["detected_at", "host", "business_impact", "summary"]));
    site.post(&mo, &format!("{path}/intake-call-end"), &json!({"summary": "切れた"})).await.with(200);
    let seen = site.get(&mo, &path).await.with(200);
    assert_eq!(seen["filed"]["owed"], json!(["detected_at", "host", "business_impact"]));
    assert!(seen["duties"].as_array().unwrap().iter().any(|duty| duty["kind"] == "ask_caller"), "{}", seen["duties"]);
    site.post(&mo, "/calls/incidents", &json!({"call": 1, "project": "ACME"})).await.with(400);
}
