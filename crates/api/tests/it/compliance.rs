//! Frozen tables, months and what if by the API (R-A5-*, Q-22).

use crate::site::{Site, on_both};
use domain::compliance::frozen::checksum;
use serde_json::json;

on_both!(a_table_is_frozen_once_and_read_byte_for_byte);

async fn a_table_is_frozen_once_and_read_byte_for_byte(site: Site) {
    let tenant = site.tenant("○○商事", "ACME").await;
    let provider = site.provider.clone();
    site.person(&provider, "dh", "dh").await;
    let owner = site.person(&tenant, "cu", "cu").await;
    let new = json!({"project": "ACME", "entry": "consultation", "fields": {"topic": "t"}});
    site.post(&owner, "/requests", &new).await.with(201);
    site.minutes_pass(60 * 24 * 30);
    // The sessions of November have ended.
    let (head, owner) = (site.session("dh").await, site.session("cu").await);
    let at = |rest: &str| format!("/tenants/{tenant}/compliance/{rest}");
    let cookie = format!("madoguchi={head}");
    let once = [("cookie", cookie.as_str()), ("idempotency-key", "freeze-1")];
    let target = format!("/api/v1{}", at("frozen"));
    let freeze = |body: &'static str| site.send("POST", &target, &once, body);
    let (first, heads) = (freeze("{}").await, site.heads().await);
    let again = freeze("{}").await;
    assert_eq!((first.status.as_u16(), &first.text), (201, &again.text), "{}", first.text);
    assert_eq!(site.heads().await, heads, "done once");
    assert_eq!(freeze(r#"{"from":"2026-10-01","to":"2026-10-31"}"#).await.status.as_u16(), 422);
    let table = site.get(&owner, &at("table?number=1")).await;
    assert_eq!(first.json(), json!({"number": 1, "checksum": checksum(&table.text)}));
    assert_eq!(table.json()["requests"][0]["verdict"], "missed");
    assert_eq!(site.get(&owner, &at("frozen")).await.json()["items"][0]["counts"]["missed"], 1);
    let refused = site.post(&head, &at("restatements"), &json!({"number": 1, "reason": "r"})).await;
    assert_eq!(refused.status.as_u16(), 409, "{}", refused.text);
    assert_eq!(site.get(&owner, &at("table?number=2")).await.status.as_u16(), 400);
    let months = site.get(&owner, &at("months")).await.json();
    assert_eq!((&months["months"][10]["frozen"], &months["months"][10]["judgement"]), (&json!(1), &json!("missed")));
    let all = site.get(&head, "/compliance").await.json();
    assert_eq!((&all["customers"][0]["customer"], &all["at_risk"][0]["risk"]), (&json!("○○商事"), &json!("overdue")));
    assert_eq!(site.get(&owner, "/compliance").await.status.as_u16(), 403);
    let supposed = site.get(&head, &at("what-if?from=2026-11-01&to=2026-11-30&closures=2026-11-30")).await.json();
    assert_eq!(supposed["differ"], json!([]), "a request that is not done stays missed: {supposed}");
    let wrong = site.get(&head, &at("what-if?from=2026-11-01&to=2026-11-30&days=3")).await;
    assert_eq!(wrong.status.as_u16(), 400, "{}", wrong.text);
}
