//! After the fault, by the API alone: 障害報告書, the night, figures.

use crate::site::{Site, on_both};
use serde_json::{Value, json};

on_both!(a_report_is_written_approved_and_read, the_night_and_its_figures_are_read);

/// An incident told with impact and recovered, by `mo`.
async fn recovered(site: &Site) {
    let tenant = site.tenant("○○商事", "ACME").await;
    site.plan("ACME").await;
    site.person(&tenant, "cu", "cu").await;
    for (name, role) in [("mo", "mo"), ("dh", "dh")] {
        site.person(&site.provider, name, role).await;
    }
    let intake = site.key("ACME", "intake", "mo").await;
    site.alert(&intake, "web01:http").await;
    let mo = site.session("mo").await;
    let act = async |noun: &str, mut body: Value| {
        site.minutes_pass(1);
        body["version"] = site.get(&mo, "/incidents/ACME-1").await.with(200)["version"].clone();
        site.post(&mo, &format!("/incidents/ACME-1/{noun}"), &body).await.with(200)
    };
    act("assignment", json!({})).await;
    act("check", json!({"how": "curl", "result": "応答なし"})).await;
    let answers = json!([{"question": "down", "yes": true}]);
    act("judgement", json!({"criteria": 1, "answers": answers, "text": "障害が発生しました。"})).await;
    act("recovery", json!({})).await;
    act("recovery-notice", json!({"method": "curl", "confirmed_by": "mo", "text": "復旧しました。"})).await;
}

async fn a_report_is_written_approved_and_read(site: Site) {
    recovered(&site).await;
    let (mo, dh, cu) = (site.session("mo").await, site.session("dh").await, site.session("cu").await);
    let after = site.get(&mo, "/incidents/ACME-1").await.with(200)["afterwards"].clone();
    let draft = &after["drafts"][0];
    assert_eq!((&draft["report"], &draft["follows"]), (&json!("preliminary"), &json!(0)));
    assert_eq!(draft["due"], "2026-11-21T19:17:00.000Z", "an hour after the recovery notice");
    assert!(draft["document"]["course"].as_str().unwrap().contains("復旧連絡（チケット）"), "{draft}");
    let mut body = draft["document"].clone();
    (body["report"], body["follows"]) = (json!("preliminary"), json!(0));
    site.post(&mo, "/incidents/ACME-1/incident-report", &body).await.with(200);
    site.post(&mo, "/incidents/ACME-1/incident-report", &body).await.with(409);
    let seen = async || site.get(&cu, "/published/ACME-1").await.with(200);
    assert_eq!(seen().await["reports"], json!([]));
    let approve = json!({"report": "preliminary", "report_version": 1, "approved": true});
    site.post(&mo, "/incidents/ACME-1/incident-report-decision", &approve).await.with(403);
    site.post(&dh, "/incidents/ACME-1/incident-report-decision", &approve).await.with(200);
    let seen = seen().await;
    assert_eq!((&seen["reports"][0]["report"], &seen["reports"][0]["version"]), (&json!("preliminary"), &json!(1)));
    assert!(seen["told"].as_array().unwrap().iter().any(|told| told["kind"] == "report"), "{seen}");
    let after = site.get(&mo, "/incidents/ACME-1").await.with(200)["afterwards"].clone();
    assert_eq!((&after["reports"][0]["state"], &after["major"]), (&json!("approved"), &Value::Null));
}

async fn the_night_and_its_figures_are_read(site: Site) {
    recovered(&site).await;
    let (mo, cu) = (site.session("mo").await, site.session("cu").await);
    let night = site.get(&cu, "/night").await.with(200);
    assert_eq!(
        (&night["from"], &night["to"]),
        (&json!("2026-11-21T10:00:00.000Z"), &json!("2026-11-22T00:00:00.000Z"))
    );
    let it = &night["incidents"][0];
    assert_eq!((&it["key"], &it["standing"]["ja"]), (&json!("ACME-1"), &json!("復旧しました。")));
    assert!(!it["decide"].is_null() && !it["told"].is_null() && !it["recovered"].is_null(), "{it}");
    site.get(&cu, "/night?from=soon").await.with(400);
    site.get(&cu, "/night?from=2026-11-01T00:00:00Z&to=2026-11-21T00:00:00Z").await.with(400);
    site.get(&cu, "/figures").await.with(403);
    let figures = site.get(&mo, "/figures").await.with(200);
    let judged = &figures["incidents"][0]["figures"]["to_judge"];
    assert_eq!((&judged["ms"], &judged["runs"]), (&json!(180_000), &json!(false)), "{figures}");
    assert_eq!((&figures["sums"][0]["measure"], &figures["sums"][0]["max_ms"]), (&json!("to_judge"), &json!(180_000)));
    let facts = site.get(&mo, "/incidents/ACME-1").await.with(200)["timeline"].clone();
    let behind = facts.as_array().unwrap().iter().find(|fact| fact["seq"] == judged["to"]).unwrap();
    assert_eq!(behind["kind"], "incident.judged");
    assert_eq!(site.get(&mo, "/figures?project=NONE").await.with(200)["incidents"], json!([]));
}
