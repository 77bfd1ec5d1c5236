//! Papers have versions, and settings have their administrators.

use crate::site::{Site, on_both};
use serde_json::json;

on_both!(
    a_paper_keeps_its_versions,
    an_incident_offers_the_runbooks_of_its_project,
    people_and_keys_come_and_go,
    an_administrator_of_one_customer_administers_that_one
);

async fn a_paper_keeps_its_versions(site: Site) {
    site.tenant("○○商事", "ACME").await;
    let criteria = |words: &str| json!({"document": {"questions": [{"id": "a", "ja": words}], "agreed_by": "山田様"}});
    assert_eq!(site.post(&site.admin, "/projects/ACME/criteria", &criteria("停止?")).await.with(201)["version"], 2);
    let mut second = criteria("遅延?");
    for (after, status) in [(json!(1), 409), (json!(0), 409), (json!(-1), 400), (json!(2), 201)] {
        second["after"] = after;
        let told = site.post(&site.admin, "/projects/ACME/criteria", &second).await.with(status);
        assert!(
            status != 409 || (&told["type"], &told["version"]) == (&json!("/docs/problems#stale"), &json!(2)),
            "{told}"
        );
    }
    let restored = criteria("停止?");
    assert_eq!(site.post(&site.admin, "/projects/ACME/criteria", &restored).await.with(201)["version"], 4);
    let versions = site.get(&site.admin, "/projects/ACME/criteria").await.with(200);
    assert_eq!(versions["items"][0]["document"]["questions"][0]["ja"], "停止?");
    assert_eq!((versions["items"].as_array().unwrap().len(), &versions["items"][3]["version"]), (4, &json!(1)));
    let tenants = site.get(&site.admin, "/tenants").await.with(200);
    let exceptions = tenants["items"][1]["projects"][0]["exceptions"].as_array().unwrap();
    // Whether the next year's closures are asked about depends on the day on which this runs.
    let exceptions: Vec<&serde_json::Value> = exceptions.iter().filter(|code| *code != "next_year").collect();
    assert_eq!(json!(exceptions), json!(["contact_plan", "account_manager", "agreement", "approver", "runbook"]));
    let project = tenants["items"][1]["projects"][0]["key"].as_str().unwrap();
    let readiness = site.get(&site.admin, "/readiness").await.with(200);
    let standing = readiness["items"].as_array().unwrap().iter().find(|it| it["project"] == project).unwrap();
    let gap = standing["gaps"].as_array().unwrap().iter().find(|gap| gap["code"] == "account_manager").unwrap();
    assert_eq!((&standing["phase"], &gap["breaks_a_promise"]), (&json!("operation"), &json!(true)));
    let again = site.post(&site.admin, &format!("/projects/{project}/start"), &json!({})).await;
    again.with(409);
    let targets = |slo: u32| json!({"slo_minutes": slo, "sla_minutes": 30});
    let agreement = json!({"document": {"targets": {"with_impact": targets(10), "without_impact": targets(20)}, "signatory": "山田様", "options": ["meeting"]}});
    let tenant = tenants["items"][1]["id"].as_str().unwrap();
    site.post(&site.admin, &format!("/tenants/{tenant}/agreement"), &agreement).await.with(201);
    let dh = site.person(&site.provider, "dh", "dh").await;
    assert_eq!(
        site.get(&dh, &format!("/tenants/{tenant}/agreement")).await.with(200)["items"][0]["document"],
        agreement["document"]
    );
    // What holds for the whole installation is for its administrators.
    site.post(&dh, "/calendar", &json!({"document": {"days": []}})).await.with(403);
}

async fn people_and_keys_come_and_go(site: Site) {
    let tenant = site.tenant("○○商事", "ACME").await;
    let at = |rest: &str| format!("/tenants/{tenant}/{rest}");
    site.post(&site.admin, &at("members"), &json!({"email": "CU@example.jp", "name": "山田", "role": "cu"}))
        .await
        .with(201);
    let members = site.get(&site.admin, &at("members")).await.with(200);
    let member = &members["items"][0];
    assert_eq!(
        (&member["email"], &member["name"], &member["role"]),
        (&json!("cu@example.jp"), &json!("山田"), &json!("cu"))
    );
    let path = at(&format!("members/{}", member["id"].as_str().unwrap()));
    site.delete(&site.admin, &path).await.with(204);
    site.delete(&site.admin, &path).await.with(404);
    let key = site.post(&site.admin, "/projects/ACME/keys", &json!({"scope": "api"})).await.with(201);
    let bearer = format!("Bearer {}", key["key"].as_str().unwrap());
    let me = async || site.send("GET", "/api/v1/me", &[("authorization", &bearer)], "").await;
    assert_eq!(me().await.with(200)["project"], "ACME");
    site.delete(&site.admin, &format!("/projects/ACME/keys/{}", key["id"].as_str().unwrap())).await.with(204);
    me().await.with(401);
    let hook = site.post(&site.admin, &at("webhooks"), &json!({"url": "https://hook.example/"})).await.with(201);
    site.delete(&site.admin, &at(&format!("webhooks/{}", hook["id"].as_str().unwrap()))).await.with(204);
    assert!(site.get(&site.admin, &at("webhooks")).await.with(200)["items"][0]["disabled"].is_string());
    let sessions = site.get(&site.admin, "/me/sessions").await.with(200);
    let own = sessions["items"][0]["id"].as_str().unwrap().to_owned();
    site.delete(&site.admin, &format!("/me/sessions/{own}")).await.with(204);
    site.get(&site.admin, "/me").await.with(401);
}

async fn an_administrator_of_one_customer_administers_that_one(site: Site) {
    let (ours, other) = (site.tenant("甲", "AAA").await, site.tenant("乙", "BBB").await);
    let limited = site.person(&ours, "limited", "ad").await;
    site.get(&limited, &format!("/tenants/{ours}/members")).await.with(200);
    site.get(&limited, &format!("/tenants/{other}/members")).await.with(404);
    site.post(&limited, "/tenants", &json!({"name": "丙", "project": "CCC"})).await.with(403);
}

/// R-4.2.1-10, R-4.2.2-9, -13: by the API as by the page.
async fn an_incident_offers_the_runbooks_of_its_project(site: Site) {
    site.tenant("○○商事", "ACME").await;
    let step = |text: &str, effect: &str| json!({"text": text, "effect": effect, "limits": ["1分止まります"]});
    let runbook = json!({"id": "web", "title": "再起動", "hosts": ["*"], "steps": [step("見る", "none"), step("再起動する", "interrupts")]});
    let paper = json!({"document": {"runbooks": [runbook], "standing_consent": null}});
    assert_eq!(site.post(&site.admin, "/projects/ACME/runbooks", &paper).await.with(201)["version"], 1);
    let versions = site.get(&site.admin, "/projects/ACME/runbooks").await.with(200);
    assert_eq!(versions["items"][0]["document"]["runbooks"][0]["hosts"], json!(["*"]));
    let mo = site.person(&site.provider, "mo", "mo").await;
    let key = site.key("ACME", "intake", "mo").await;
    site.alert(&key, "web01").await;
    let shown = site.get(&mo, "/incidents/ACME-1").await.with(200);
    let offered = &shown["runbooks"];
    assert_eq!((&offered[0]["matches"], &offered[0]["runbook"]["id"]), (&json!(true), &json!("web")));
    assert_eq!((&offered[1]["shipped"], &offered[1]["runbook"]["id"]), (&json!(true), &json!("aws-ec2-start")));
    let act = async |noun: &str, mut body: serde_json::Value, status: u16| {
        body["version"] = site.get(&mo, "/incidents/ACME-1").await.with(200)["version"].clone();
        site.post(&mo, &format!("/incidents/ACME-1/{noun}"), &body).await.with(status)
    };
    act("assignment", json!({}), 200).await;
    let tick = |step: u32, consent: &str| json!({"runbook": "web", "runbook_version": 1, "step": step, "result": "r", "consent": consent});
    act("runbook-step", tick(1, ""), 200).await;
    assert_eq!(act("runbook-step", tick(2, ""), 400).await["field"], "consent");
    act("consent", json!({"who": "山田", "number": "03", "words": "どうぞ", "what": "再起動"}), 200).await;
    act("runbook-step", tick(2, "1"), 200).await;
    let done = site.get(&mo, "/incidents/ACME-1").await.with(200);
    let last = done["timeline"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(last["body"]["runbook"], json!({"id": "web", "version": 1, "step": 2}));
    assert_eq!(last["body"]["consent"], json!({"by": "given", "consent": 1}));
    act("runbook-refusal", json!({"reason": "r"}), 409).await;
}
