//! Wrong input gives a named error and changes nothing.

use crate::site::{Site, on_both};
use serde_json::{Value, json};

on_both!(
    each_field_of_each_verb_is_named,
    settings_name_their_fields,
    queries_are_read_strictly,
    a_stale_version_learns_the_new_one
);

async fn check(site: &Site, token: &str, path: &str, body: &Value, field: &str) {
    let before = site.heads().await;
    let reply = site.post(token, path, body).await;
    assert_eq!(reply.headers["content-type"], "application/problem+json", "{path} {body}");
    let problem = reply.with(400);
    assert_eq!(problem["field"], field, "{path} {body}: {problem}");
    assert_eq!(site.heads().await, before, "{path} {body}");
}

async fn taken(site: &Site) -> (String, u64) {
    site.tenant("○○商事", "ACME").await;
    let intake = site.key("ACME", "intake", "mo").await;
    site.alert(&intake, "a").await;
    site.plan("ACME").await;
    let dh = site.person(&site.provider, "dh", "dh").await;
    let seen = site.get(&dh, "/incidents/ACME-1").await.with(200)["version"].clone();
    let done = site.post(&dh, "/incidents/ACME-1/assignment", &json!({"version": seen})).await.with(200);
    (dh, done["version"].as_u64().unwrap())
}

/// A verb, a body that is right, and fields that make it wrong.
type Verb<'a> = (&'a str, Value, &'a [(&'a str, Value)]);

async fn each_field_of_each_verb_is_named(site: Site) {
    let (dh, v) = taken(&site).await;
    let long = "あ".repeat(20_001);
    let answers = json!([{"question": "down", "yes": true}]);
    let verbs: &[Verb] = &[
        ("assignment", json!({}), &[]),
        (
            "check",
            json!({"how": "h", "result": "r"}),
            &[("how", json!("")), ("how", json!(1)), ("result", json!(" ")), ("result", json!(long))],
        ),
        (
            "judgement",
            json!({"criteria": 1, "answers": answers, "text": "t", "reason": "r"}),
            &[
                ("criteria", json!(0)),
                ("answers", json!([])),
                ("answers", json!([{"question": "no", "yes": true}])),
                ("reason", json!("")),
                ("text", json!("")),
            ],
        ),
        (
            "call",
            json!({"contact": "c1", "result": "busy"}),
            &[
                ("contact", json!("zz")),
                ("result", json!("maybe")),
                ("begun", json!("03:12")),
                ("begun", json!("2026-11-22T04:12:00+09:00")),
            ],
        ),
        ("recovery-step", json!({"step": "s", "result": "r"}), &[("step", json!("")), ("result", json!(""))]),
        (
            "runbook-step",
            json!({"runbook": "aws-rds-pitr", "runbook_version": 1, "step": 2, "result": "r", "recovery_point": "2026-11-22T03:00:00+09:00", "consent": ""}),
            &[
                ("step", json!("x")),
                ("result", json!("")),
                ("recovery_point", json!(null)),
                ("recovery_point", json!("soon")),
                ("consent", json!("")),
                ("consent", json!("standing")),
                ("consent", json!("9")),
                ("consent", json!("yes")),
            ],
        ),
        ("recovery", json!({}), &[("recovered_at", json!("x")), ("recovery_point", json!(5))]),
        (
            "closure",
            json!({"class": "os", "cause": "c", "confirmed_by": "p"}),
            &[("class", json!("magic")), ("cause", json!("")), ("confirmed_by", json!(""))],
        ),
        (
            "recovery-notice",
            json!({"method": "m", "confirmed_by": "p", "text": "t"}),
            &[("method", json!("")), ("confirmed_by", json!("")), ("text", json!("")), ("channel", json!("fax"))],
        ),
        ("interim-report", json!({"text": "t"}), &[("text", json!(""))]),
        ("recurrence", json!({"text": "t"}), &[("text", json!(""))]),
        ("false-alarm", json!({"grounds": "g"}), &[("grounds", json!(""))]),
        ("false-alarm-review", json!({"upheld": true}), &[("upheld", json!("yes"))]),
        (
            "rejudgement",
            json!({"impact": true, "reason": "r"}),
            &[("impact", json!("yes")), ("held_at_alert", json!(1))],
        ),
        ("judgement-confirmation", json!({}), &[]),
        ("notice", json!({"text": "t"}), &[("text", json!(7))]),
        ("recovery-withdrawal", json!({"reason": "r"}), &[("reason", json!(7))]),
        (
            "major",
            json!({"criterion": "security", "reason": "r"}),
            &[("criterion", json!(null)), ("criterion", json!("loud")), ("reason", json!(""))],
        ),
    ];
    for (noun, good, wrong) in verbs {
        let path = format!("/incidents/ACME-1/{noun}");
        let with = |field: &str, value: &Value| {
            let mut body = good.clone();
            body["version"] = json!(v);
            body[field] = value.clone();
            body
        };
        for (field, value) in *wrong {
            check(&site, &dh, &path, &with(field, value), field).await;
        }
        check(&site, &dh, &path, &with("version", &json!(0)), "version").await;
        check(&site, &dh, &path, &with("version", &json!("new")), "version").await;
        check(&site, &dh, &path, &with("colour", &json!("red")), "colour").await;
    }
    for (noun, body, field) in [
        ("incident-report", json!({}), "report"),
        ("incident-report", json!({"report": "weekly"}), "report"),
        ("incident-report", json!({"report": "preliminary", "follows": "x"}), "follows"),
        ("incident-report", json!({"report": "preliminary", "occurrence": "o", "course": "c"}), "impact"),
        ("incident-report-decision", json!({"approved": true}), "report"),
        (
            "incident-report-decision",
            json!({"report": "final", "report_version": 9, "approved": true}),
            "report_version",
        ),
        ("incident-report-decision", json!({"report": "final", "approved": "yes"}), "approved"),
        ("incident-report-date", json!({"agreed_by": "a"}), "due"),
        ("incident-report-date", json!({"due": "soon", "agreed_by": "a"}), "due"),
        ("incident-report-date", json!({"due": "2026-12-11T10:00:00Z"}), "agreed_by"),
        ("major-review", json!({"timeline": "t", "cause": "c", "lessons": "l"}), "action"),
    ] {
        check(&site, &dh, &format!("/incidents/ACME-1/{noun}"), &body, field).await;
    }
    for noun in ["note", "message"] {
        check(&site, &dh, &format!("/incidents/ACME-1/{noun}"), &json!({}), "text").await;
        check(&site, &dh, &format!("/incidents/ACME-1/{noun}"), &json!({"text": "a\u{0}"}), "text").await;
    }
}

async fn settings_name_their_fields(site: Site) {
    let tenant = site.tenant("○○商事", "ACME").await;
    let at = |rest: &str| format!("/tenants/{tenant}/{rest}");
    let cases: Vec<(String, Value, &str)> = vec![
        ("/tenants".into(), json!({"name": "", "project": "NEW"}), "name"),
        ("/tenants".into(), json!({"name": "x", "project": "new"}), "project"),
        ("/tenants".into(), json!({"name": "x", "project": "ACME"}), "project"),
        ("/tenants".into(), json!({"name": "x"}), "project"),
        (at("projects"), json!({"key": "ACME", "name": "x"}), "key"),
        (at("projects"), json!({"key": "NEW", "name": ""}), "name"),
        (at("members"), json!({"email": "nobody", "role": "cu"}), "email"),
        (at("members"), json!({"email": "a@b.jp", "role": "king"}), "role"),
        (at("members"), json!({"email": "a@b.jp", "role": "cu", "password": "short"}), "password"),
        (at("members"), json!({"email": "a@b.jp", "role": "cu", "admin": true}), "admin"),
        (
            at("delegations"),
            json!({"giver": "x", "taker": "y", "right": "fly", "minute_from": 0, "minute_to": 0}),
            "right",
        ),
        (
            at("delegations"),
            json!({"giver": "x", "taker": "y", "right": "decide", "minute_from": 1440, "minute_to": 0}),
            "minute_from",
        ),
        (
            at("delegations"),
            json!({"giver": "x", "taker": "y", "right": "decide", "minute_from": 0, "minute_to": 0}),
            "giver",
        ),
        (at("webhooks"), json!({"url": "ftp://x"}), "url"),
        (at("agreement"), json!({"document": {"targets": 1, "signatory": "x"}}), "document.targets"),
        (
            at("templates"),
            json!({"document": {"occurrence": "{secret}", "occurrence_no_impact": "a", "interim": "a", "recovery": "a"}}),
            "occurrence",
        ),
        ("/projects/ACME/keys".into(), json!({"scope": "root"}), "scope"),
        ("/projects/ACME/keys".into(), json!({"scope": "api", "role": "king"}), "role"),
        ("/projects/ACME/keys".into(), json!({"scope": "intake", "heartbeat_minutes": 0}), "heartbeat_minutes"),
        ("/projects/ACME/keys".into(), json!({"scope": "intake", "expires": "soon"}), "expires"),
        ("/projects/ACME/criteria".into(), json!({"document": {"questions": []}}), "questions"),
        (
            "/projects/ACME/criteria".into(),
            json!({"valid_from": "2020-01-01T00:00:00Z", "document": {"questions": [{"id": "a", "ja": "b"}]}}),
            "valid_from",
        ),
        (
            "/projects/ACME/contact-plan".into(),
            json!({"document": {"contacts": [{"id": "c", "name": "n", "phone": "x"}]}}),
            "phone",
        ),
        (
            "/projects/ACME/runbooks".into(),
            json!({"document": {"runbooks": [{"id": "aws-mine", "title": "t", "steps": [{"text": "s"}]}]}}),
            "runbooks",
        ),
        (
            "/projects/ACME/runbooks".into(),
            json!({"document": {"runbooks": [], "standing_consent": {"by": "", "on": "2026-11-20"}}}),
            "standing_consent",
        ),
        (
            "/projects/ACME/runbooks".into(),
            json!({"document": {"runbooks": [], "standing_consent": {"by": "田中", "on": "2099-11-20"}}}),
            "standing_consent.on",
        ),
        ("/calendar".into(), json!({"document": {"days": ["2026-02-30"]}}), "document.days[0]"),
        ("/provider".into(), json!({"document": {"name": ""}}), "name"),
    ];
    for (path, body, field) in cases {
        check(&site, &site.admin, &path, &body, field).await;
    }
    let cookie = format!("madoguchi={}", site.admin);
    for (body, kind, status) in
        [("{", "application/json", 400), ("[]", "application/json", 400), ("{}", "text/plain", 415)]
    {
        let headers = [("cookie", cookie.as_str()), ("content-type", kind)];
        assert_eq!(site.send("POST", "/api/v1/tenants", &headers[..1], "").await.status.as_u16(), 400);
        let request =
            http::Request::post("/api/v1/tenants").header(headers[0].0, headers[0].1).header("content-type", kind);
        let reply =
            tower::ServiceExt::oneshot(site.router.clone(), request.body(axum::body::Body::from(body)).unwrap()).await;
        assert_eq!(reply.unwrap().status().as_u16(), status, "{body}");
    }
}

async fn queries_are_read_strictly(site: Site) {
    for (path, field) in [
        ("/incidents?limit=0", "limit"),
        ("/incidents?limit=201", "limit"),
        ("/incidents?limit=x", "limit"),
        ("/incidents?cursor=nonsense", "cursor"),
        ("/incidents?opn=true", "opn"),
        ("/incidents?open=maybe", "open"),
        ("/incidents?open=true&open=true", "open"),
        ("/board?limit=5", "limit"),
        ("/alerts?dedup_key=a%00", "dedup_key"),
        ("/events?fate=lost", "fate"),
        ("/events?from=yesterday", "from"),
        ("/fates?day=2026-13-01", "day"),
        ("/fates?from=2026-11-22T00:00:00Z", "to"),
        ("/fates?day=2026-11-22&to=2026-11-22T00:00:00Z", "day"),
        ("/tenants?limit=0", "limit"),
        ("/calendar?cursor=x", "cursor"),
    ] {
        let problem = site.get(&site.admin, path).await.with(400);
        assert_eq!(problem["field"], field, "{path}: {problem}");
    }
}

async fn a_stale_version_learns_the_new_one(site: Site) {
    let (dh, version) = taken(&site).await;
    let before = site.heads().await;
    let stale = json!({"version": version - 1, "how": "h", "result": "r"});
    let problem = site.post(&dh, "/incidents/ACME-1/check", &stale).await.with(409);
    assert_eq!((&problem["version"], &problem["type"]), (&json!(version), &json!("/docs/problems#stale")));
    assert_eq!(site.heads().await, before);
}
