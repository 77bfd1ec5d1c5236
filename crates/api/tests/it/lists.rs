//! Lists are walked page by page without gap or repeat, and hold only what the caller reaches.

use crate::site::{Site, on_both};
use serde_json::Value;
use std::collections::BTreeSet;

on_both!(pages_have_no_gap_and_no_repeat, filters_choose, a_key_of_a_project_sees_that_project);

async fn walk(site: &Site, token: &str, path: &str, name: &str) -> Vec<String> {
    let (mut seen, mut cursor) = (vec![], String::new());
    for _ in 0..100 {
        let page = site.get(token, &format!("{path}limit=2{cursor}")).await.with(200);
        let items = page["items"].as_array().unwrap();
        assert!(items.len() <= 2);
        seen.extend(items.iter().map(|item| item[name].as_str().unwrap().to_owned()));
        let Value::String(next) = &page["next"] else { return seen };
        cursor = format!("&cursor={next}");
    }
    panic!("{path} has no end");
}

/// Seven incidents over three tenants, all but one in the same millisecond.
async fn busy(site: &Site) -> (String, String) {
    for (name, project, alerts) in [("甲", "AAA", 3), ("乙", "BBB", 3), ("丙", "CCC", 1)] {
        site.tenant(name, project).await;
        let key = site.key(project, "intake", "mo").await;
        for n in 0..alerts {
            site.alert(&key, &format!("{project}-{n}")).await;
        }
    }
    site.minutes_pass(1);
    let key = site.key("CCC", "intake", "mo").await;
    site.alert(&key, "late").await;
    (site.person(&site.provider, "mo", "mo").await, key)
}

async fn pages_have_no_gap_and_no_repeat(site: Site) {
    let (mo, _) = busy(&site).await;
    for (path, name) in [("/incidents?", "key"), ("/alerts?", "incident"), ("/events?", "id")] {
        let seen = walk(&site, &mo, path, name).await;
        assert_eq!((seen.len(), seen.iter().collect::<BTreeSet<_>>().len()), (8, 8), "{path} {seen:?}");
    }
    assert_eq!(walk(&site, &mo, "/incidents?", "key").await[0], "CCC-2");
    let tenants = walk(&site, &site.admin, "/tenants?", "name").await;
    assert_eq!((tenants.len(), tenants[0].as_str()), (4, "窓口サービス"));
}

async fn filters_choose(site: Site) {
    let (mo, _) = busy(&site).await;
    assert_eq!(walk(&site, &mo, "/incidents?project=BBB&", "key").await, ["BBB-3", "BBB-2", "BBB-1"]);
    assert_eq!(walk(&site, &mo, "/incidents?open=false&", "key").await, Vec::<String>::new());
    assert_eq!(walk(&site, &mo, "/alerts?dedup_key=AAA-1&", "incident").await, ["AAA-2"]);
    assert_eq!(walk(&site, &mo, "/events?fate=new&to=2026-11-21T18:12:00.001Z&", "id").await.len(), 7);
    let event = walk(&site, &mo, "/events?", "id").await.remove(0);
    assert_eq!(site.get(&mo, &format!("/events/{event}")).await.with(200)["incident"], "CCC-2");
    let raw = site.get(&mo, &format!("/events/{event}/raw")).await;
    assert_eq!(
        (raw.text.as_str(), raw.headers["content-type"].to_str().unwrap()),
        (r#"{"event_action":"trigger"}"#, "application/octet-stream")
    );
}

async fn a_key_of_a_project_sees_that_project(site: Site) {
    busy(&site).await;
    let tenant = site.desk.tenant_named("甲").await.unwrap();
    site.desk.add_project(&crate::site::console(), &tenant, "AAB", "二つ目").await.unwrap();
    let beside = site.key("AAB", "intake", "mo").await;
    site.alert(&beside, "x").await;
    let key = format!("Bearer {}", site.key("AAA", "api", "mo").await);
    let ask = async |path: &str| site.send("GET", &format!("/api/v1{path}"), &[("authorization", &key)], "").await;
    for path in ["/board", "/incidents", "/alerts", "/events"] {
        let items = ask(path).await.with(200)["items"].clone();
        let projects: BTreeSet<String> =
            items.as_array().unwrap().iter().map(|item| item["project"].as_str().unwrap().to_owned()).collect();
        assert_eq!((items.as_array().unwrap().len(), projects), (3, BTreeSet::from(["AAA".to_owned()])), "{path}");
    }
    assert_eq!(ask("/fates").await.with(200)["total"], 3);
    assert_eq!(ask("/incidents?project=AAB").await.with(200)["items"], serde_json::json!([]));
    for path in ["/incidents/AAB-1", "/projects/AAB/criteria", "/projects/AAB/keys"] {
        ask(path).await.with(404);
    }
    assert_eq!(ask("/tenants").await.with(200)["items"][0]["projects"].as_array().unwrap().len(), 1);
}
