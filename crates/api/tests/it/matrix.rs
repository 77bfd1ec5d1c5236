//! F29: no route of the API lets one customer see or touch another's things.

use crate::site::{Site, console, on_both};
use anyhow::Result;
use desk::{NewDelegation, NewPerson};
use domain::ids::{PersonId, TenantId};
use serde_json::json;
use std::collections::HashMap;
use testkit::matrix::{self, Caller, Probe, Reply, Route, Thing, World};

on_both!(foreign_is_absent_for_everybody);

/// Owners of things: customer A with its projects ACME and, beside it, ACMX; customer B; the provider; one's own.
const EVERYBODY: &[&str] = &["A", "A beside", "B", "provider"];
const NOBODY: &str = "nobody";

const VERSION: &str = r#"{"version":1}"#;
const TEXT: &str = r#"{"version":1,"text":"t"}"#;

/// What routes are sent, so that a request is refused for whom it is about and not for how it is written.
const PROBES: &[Probe] = &[
    Probe { route: "GET /api/v1/incidents", query: "project=<Project>", body: "" },
    Probe { route: "GET /api/v1/alerts", query: "project=<Project>", body: "" },
    Probe { route: "GET /api/v1/figures", query: "project=<Project>", body: "" },
    body("POST /api/v1/incidents/{key}/assignment", VERSION),
    body("POST /api/v1/incidents/{key}/files", r#"{"name":"","content":""}"#),
    body("POST /api/v1/requests/{request}/files", r#"{"name":"","content":""}"#),
    Probe { route: "GET /api/v1/incidents/{key}/file", query: "number=x", body: "" },
    Probe { route: "GET /api/v1/requests/{request}/file", query: "number=x", body: "" },
    body("POST /api/v1/incidents/{key}/check", r#"{"version":1,"how":"h","result":"r"}"#),
    body(
        "POST /api/v1/incidents/{key}/judgement",
        r#"{"version":1,"criteria":1,"answers":[{"question":"down","yes":true}],"text":"t"}"#,
    ),
    body(
        "POST /api/v1/incidents/{key}/rejudgement",
        r#"{"version":1,"impact":true,"held_at_alert":true,"text":"t","reason":"r"}"#,
    ),
    body("POST /api/v1/incidents/{key}/judgement-confirmation", VERSION),
    body("POST /api/v1/incidents/{key}/notice", TEXT),
    body("POST /api/v1/incidents/{key}/call", r#"{"version":1,"contact":"c1","result":"busy"}"#),
    body("POST /api/v1/incidents/{key}/merge", r#"{"version":1,"children":["<Incident>"]}"#),
    body("POST /api/v1/incidents/{key}/separation", r#"{"version":1,"children":["<Incident>"]}"#),
    body("POST /api/v1/incidents/{key}/interim-report", TEXT),
    body("POST /api/v1/incidents/{key}/recovery-step", r#"{"version":1,"step":"s","result":"r"}"#),
    body(
        "POST /api/v1/incidents/{key}/runbook-step",
        r#"{"version":1,"runbook":"aws-ec2-start","runbook_version":1,"step":1,"result":"r"}"#,
    ),
    body("POST /api/v1/incidents/{key}/runbook-refusal", r#"{"version":1,"reason":"r"}"#),
    body(
        "POST /api/v1/incidents/{key}/incident-report",
        r#"{"report":"preliminary","follows":0,"occurrence":"o","impact":"i","course":"c"}"#,
    ),
    body(
        "POST /api/v1/incidents/{key}/incident-report-decision",
        r#"{"report":"preliminary","report_version":1,"approved":true}"#,
    ),
    body("POST /api/v1/incidents/{key}/incident-report-date", r#"{"due":"2026-12-11T10:00:00Z","agreed_by":"a"}"#),
    body("POST /api/v1/incidents/{key}/major", r#"{"version":1,"criterion":"security","reason":"r"}"#),
    body("POST /api/v1/incidents/{key}/major-review", r#"{"timeline":"t","cause":"c","lessons":"l","action":"a"}"#),
    body("POST /api/v1/incidents/{key}/recovery", VERSION),
    body("POST /api/v1/incidents/{key}/recovery-withdrawal", r#"{"version":1,"reason":"r"}"#),
    body("POST /api/v1/incidents/{key}/recovery-notice", r#"{"version":1,"method":"m","confirmed_by":"p","text":"t"}"#),
    body("POST /api/v1/incidents/{key}/recurrence", TEXT),
    body("POST /api/v1/incidents/{key}/closure", r#"{"version":1,"class":"os","cause":"c","confirmed_by":"p"}"#),
    body("POST /api/v1/incidents/{key}/false-alarm", r#"{"version":1,"grounds":"g"}"#),
    body("POST /api/v1/incidents/{key}/false-alarm-review", r#"{"version":1,"upheld":true}"#),
    body(
        "POST /api/v1/incidents",
        r#"{"project":"<Project>","priority":"high","detected_at":"2020-01-01T00:00:00Z","host":"h","business_impact":"b","details":"d"}"#,
    ),
    Probe { route: "GET /api/v1/tenants/{tenant}/compliance", query: "from=2026-11-01&to=2026-11-30", body: "" },
    body("POST /api/v1/tenants/{tenant}/compliance/frozen", "{}"),
    body("POST /api/v1/tenants/{tenant}/compliance/restatements", r#"{"number":99,"reason":"r"}"#),
    body("POST /api/v1/tenants/{tenant}/disposals", "{}"),
    body("POST /api/v1/tenants/{tenant}/disposals/answer", r#"{"number":1,"approved":false,"reason":"r"}"#),
    body("POST /api/v1/requests/{request}/erasure", r#"{"number":99,"reason":"r"}"#),
    body("POST /api/v1/incidents/{key}/erasure", r#"{"number":99,"reason":"r"}"#),
    body("POST /api/v1/records/{record}/erasure", r#"{"number":99,"reason":"r"}"#),
    Probe { route: "GET /api/v1/tenants/{tenant}/compliance/table", query: "number=1", body: "" },
    Probe {
        route: "GET /api/v1/tenants/{tenant}/compliance/what-if",
        query: "from=2026-11-01&to=2026-11-30&without_calls=true",
        body: "",
    },
    body("POST /api/v1/projects/{project}/notices", r#"{"title":"t","text":""}"#),
    body("POST /api/v1/projects/{project}/notices/removal", r#"{"place":99,"version":99}"#),
    body("POST /api/v1/tenants/{tenant}/confirmations", r#"{"document":"catalogue","version":99}"#),
    Probe { route: "GET /api/v1/requests", query: "project=<Project>", body: "" },
    Probe { route: "GET /api/v1/projects/{project}/request-due", query: "entry=consultation", body: "" },
    body(
        "POST /api/v1/requests",
        r#"{"project":"<Project>","entry":"consultation","fields":{"topic":"t"},"reason":"r"}"#,
    ),
    Probe { route: "GET /api/v1/records", query: "project=<Project>&process=complaint", body: "" },
    body("POST /api/v1/records", r#"{"project":"<Project>","process":"complaint","fields":{"title":"t","text":"t"}}"#),
    body("POST /api/v1/records/{record}/act", r#"{"noun":"message","fields":{"text":"t"}}"#),
    body("POST /api/v1/processes", r##"{"ja":"# a"}"##),
    body("POST /api/v1/causes", r#"{"title":"t"}"#),
    Probe { route: "GET /api/v1/cause", query: "cause=1", body: "" },
    body("POST /api/v1/cause/incidents", r#"{"cause":1,"incidents":["<Incident>"]}"#),
    body("POST /api/v1/cause/release", r#"{"cause":1,"incidents":["<Incident>"]}"#),
    body(
        "POST /api/v1/cause/notice",
        r#"{"cause":1,"how":"h","result":"r","text":"t","incidents":[{"key":"<Incident>","version":1,"criteria":1,"question":"down"}]}"#,
    ),
    body("POST /api/v1/cause/call", r#"{"cause":1,"number":"03-0000-0000"}"#),
    body("POST /api/v1/cause/call-connection", r#"{"cause":1,"number":"03-0000-0000"}"#),
    body("POST /api/v1/cause/call-end", r#"{"cause":1,"number":"03-0000-0000","result":"busy"}"#),
    body("POST /api/v1/shift/hand-over", r#"{"text":"t"}"#),
    body("POST /api/v1/shift/taking", r#"{"incidents":["<Incident>"]}"#),
    body("POST /api/v1/cause/closure", r#"{"cause":1}"#),
    Probe { route: "GET /api/v1/mail-in/raw", query: "mail=1", body: "" },
    body("POST /api/v1/requests/{request}/secrets", r#"{"label":"l","secret":"s"}"#),
    body("POST /api/v1/requests/{request}/secrets/reading", r#"{"number":1}"#),
    body("POST /api/v1/requests/{request}/secrets/taking-back", r#"{"number":1,"reason":"r"}"#),
    body("POST /api/v1/mail-in/attachment", r#"{"mail":1,"ticket":"<Incident>","reason":"r"}"#),
    body("POST /api/v1/mail-in/drop", r#"{"mail":1,"reason":"r"}"#),
    Probe { route: "GET /api/v1/windows", query: "project=<Project>", body: "" },
    body(
        "POST /api/v1/windows",
        r#"{"project":"<Project>","kind":"customer","to":"2999-01-01T00:00:00Z","work":"w","caller":"c"}"#,
    ),
    body("POST /api/v1/windows/{window}/end", "{}"),
    body("POST /api/v1/windows/{window}/cancellation", "{}"),
    body("POST /api/v1/calls", "{}"),
    body("POST /api/v1/calls/incidents", r#"{"call":1,"project":"<Project>"}"#),
    body("POST /api/v1/incidents/{key}/caller-words", r#"{"caller":"c"}"#),
    body("POST /api/v1/incidents/{key}/intake-call-end", r#"{"summary":"s"}"#),
    body("POST /api/v1/incidents/{key}/note", r#"{"text":"t"}"#),
    body("POST /api/v1/incidents/{key}/message", r#"{"text":"t"}"#),
    body("POST /api/v1/tenants", r#"{"name":"n","project":"NEWONE"}"#),
    body("PUT /api/v1/tenants/{tenant}", r#"{"name":"n"}"#),
    body("POST /api/v1/tenants/{tenant}/projects", r#"{"key":"NEXT","name":"n"}"#),
    body("POST /api/v1/tenants/{tenant}/members", r#"{"email":"new@example.jp","role":"rm"}"#),
    body(
        "POST /api/v1/tenants/{tenant}/delegations",
        r#"{"giver":"<Person>","taker":"<Person>","right":"operate","minute_from":0,"minute_to":0}"#,
    ),
    body("POST /api/v1/tenants/{tenant}/webhooks", r#"{"url":"https://hook.example/"}"#),
    body("POST /api/v1/tenants/{tenant}/retention", r#"{"document":{"months":60}}"#),
    body(
        "POST /api/v1/tenants/{tenant}/agreement",
        r#"{"document":{"targets":{"with_impact":{"slo_minutes":15,"sla_minutes":30},"without_impact":{"slo_minutes":60,"sla_minutes":null}},"signatory":"s"}}"#,
    ),
    body(
        "POST /api/v1/tenants/{tenant}/catalogue",
        r#"{"after":99,"document":{"rows":[{"name":"r","class":"slight","filer":"customer"}],"entry":[{"code":"a","heading":{"ja":"a"},"kind":"k","report":"r","class":"slight","filer":"customer","fields":[{"code":"topic","label":{"ja":"t"}}]}]}}"#,
    ),
    body(
        "POST /api/v1/tenants/{tenant}/templates",
        r#"{"document":{"occurrence":"a","occurrence_no_impact":"a","interim":"a","recovery":"a"}}"#,
    ),
    body("POST /api/v1/projects/{project}/criteria", r#"{"document":{"questions":[{"id":"a","ja":"b"}]}}"#),
    body("POST /api/v1/projects/{project}/contact-plan", r#"{"document":{"contacts":[]}}"#),
    body("POST /api/v1/projects/{project}/criteria/agreement", r#"{"version":1}"#),
    body("POST /api/v1/projects/{project}/contact-plan/agreement", r#"{"version":1}"#),
    body("POST /api/v1/projects/{project}/runbooks", r#"{"document":{"runbooks":[]}}"#),
    body("POST /api/v1/projects/{project}/keys", r#"{"scope":"intake"}"#),
    body("POST /api/v1/calendar", r#"{"document":{"days":[]}}"#),
    body("POST /api/v1/provider", r#"{"document":{"name":"n"}}"#),
];

const fn body(route: &'static str, body: &'static str) -> Probe {
    Probe { route, query: "", body }
}

/// The API in-process, and what each caller proves themselves with.
struct Door<'s> {
    site: &'s Site,
    proofs: HashMap<&'static str, (&'static str, String)>,
}

impl matrix::Site for Door<'_> {
    async fn ask(&self, caller: &Caller, method: &str, target: &str, body: &str) -> Result<Reply> {
        let proof = self.proofs.get(caller.name).map(|(name, value)| (*name, value.as_str()));
        let reply = self.site.send(method, target, proof.as_slice(), body).await;
        Ok(Reply { status: reply.status.as_u16(), body: reply.text })
    }

    async fn pulse(&self) -> Result<String> {
        Ok(format!("{:?}", self.site.heads().await))
    }
}

async fn foreign_is_absent_for_everybody(site: Site) {
    let (world, proofs) = world(&site).await;
    let findings = world.walk(&Door { site: &site, proofs }).await.unwrap();
    assert!(findings.requests > 3_000, "{}", findings.requests);
    assert_eq!(findings.faults, Vec::<String>::new(), "of {} requests", findings.requests);
}

/// The routes as their tables have them. Another surface is walked by chaining its rows.
fn routes() -> Vec<Route> {
    let rows = api::rows().into_iter();
    let route = |row: gate::Row| Route {
        method: row.method.to_string(),
        path: row.path.to_owned(),
        kinds: row.objects.iter().map(|object| format!("{object:?}")).collect(),
        is_public: row.policy == gate::Policy::Public,
    };
    rows.map(route).collect()
}

async fn world(site: &Site) -> (World, HashMap<&'static str, (&'static str, String)>) {
    let (a, b) = (site.tenant("甲", "ACME").await, site.tenant("乙", "BETA").await);
    site.desk.add_project(&console(), &a, "ACMX", "甲の二つ目").await.unwrap();
    let mut things = vec![];
    let mut add = |kind: &'static str, owner: &'static str, id: String| things.push(Thing { kind, owner, id });
    for (owner, tenant, project) in
        [("A", &a, "ACME"), ("A beside", &a, "ACMX"), ("B", &b, "BETA"), ("provider", &site.provider, "MSP")]
    {
        add("Project", owner, project.to_owned());
        let intake = site.key(project, "intake", "mo").await;
        let received = site.alert(&intake, "a").await;
        add("Incident", owner, received.incident.unwrap().to_string());
        add("Event", owner, format!("{tenant}.{}", received.event));
        add("Request", owner, request(site, project).await);
        add("Record", owner, complaint(site, project).await);
        add("Window", owner, window(site, project).await);
        let key = site.desk.keys(&console(), tenant).await.unwrap();
        add("Key", owner, key.iter().find(|key| key.project.as_str() == project).unwrap().id.to_string());
    }
    for (owner, tenant) in [("A", &a), ("B", &b), ("provider", &site.provider)] {
        add("Tenant", owner, tenant.to_string());
        let (spare, person) = spare(site, tenant, owner).await;
        add("Membership", owner, spare);
        add("Person", owner, person);
        add(
            "Webhook",
            owner,
            site.desk.add_webhook(&console(), tenant, "https://x.example/").await.unwrap().0.to_string(),
        );
        add("Delegation", owner, delegation(site, tenant, owner).await);
    }
    add("Session", "mo", own_session(site).await);
    publish(site).await;
    for (kind, id) in [
        ("Project", "NONE"),
        ("Incident", "NONE-1"),
        ("Request", "NONE-1"),
        ("Record", "NONE-1"),
        ("Window", "NONE-W1"),
        ("Event", "0000000000000000.1"),
    ] {
        add(kind, NOBODY, id.to_owned());
    }
    for kind in ["Tenant", "Membership", "Person", "Webhook", "Delegation", "Session", "Key"] {
        add(kind, NOBODY, "0000000000000000".to_owned());
    }
    let mut callers = vec![];
    let mut proofs = HashMap::new();
    for (name, tenant, role, reaches) in [
        ("cu of A", &a, "cu", &["A", "A beside"][..]),
        ("ca of B", &b, "ca", &["B"]),
        ("mo limited to A", &a, "mo", &["A", "A beside"]),
        ("ad limited to A", &a, "ad", &["A", "A beside"]),
        ("dh", &site.provider, "dh", EVERYBODY),
        ("au", &site.provider, "au", EVERYBODY),
        ("mr", &site.provider, "mr", EVERYBODY),
        ("ad", &site.provider, "ad", EVERYBODY),
    ] {
        let token = site.person(tenant, &name.replace(' ', "."), role).await;
        callers.push(Caller { name, reaches, is_known: true });
        proofs.insert(name, ("cookie", format!("madoguchi={token}")));
    }
    callers.push(Caller { name: "mo", reaches: &["A", "A beside", "B", "provider", "mo"], is_known: true });
    proofs.insert("mo", ("cookie", format!("madoguchi={}", site.session("mo").await)));
    for (name, project, scope, reaches) in [
        ("key of A", "ACME", "api", Some(&["A"][..])),
        ("key of the provider", "MSP", "api", Some(EVERYBODY)),
        ("intake key", "ACME", "intake", None),
    ] {
        let key = site.key(project, scope, "mo").await;
        callers.push(Caller { name, reaches: reaches.unwrap_or_default(), is_known: reaches.is_some() });
        proofs.insert(name, ("authorization", format!("Bearer {key}")));
    }
    let revoked = site.session("mo").await;
    let caller = site.desk.caller_by_session(&revoked).await.unwrap().unwrap();
    if let desk::Who::Person { session, .. } = &caller.who {
        site.desk.end_session(&caller, session).await.unwrap();
    }
    proofs.insert("revoked session", ("cookie", format!("madoguchi={revoked}")));
    for name in ["anonymous", "revoked session"] {
        callers.push(Caller { name, reaches: &[], is_known: false });
    }
    (World { routes: routes(), probes: PROBES.to_vec(), callers, things }, proofs)
}

/// Tells the customer of the first incident, so that there is something published.
async fn publish(site: &Site) {
    let mo = site.session("mo").await;
    for (noun, body) in [
        ("assignment", json!({})),
        (
            "judgement",
            json!({"criteria": 1, "answers": [{"question": "down", "yes": true}], "text": "t", "reason": "r"}),
        ),
    ] {
        let mut body = body;
        body["version"] = site.get(&mo, "/incidents/ACME-1").await.with(200)["version"].clone();
        site.post(&mo, &format!("/incidents/ACME-1/{noun}"), &body).await.with(200);
    }
}

/// A request of that project.
async fn request(site: &Site, project: &str) -> String {
    let fields = [("topic".to_owned(), "t".to_owned())].into();
    let entry = "consultation".to_owned();
    let new =
        desk::request::NewRequest { project: project.into(), entry, fields, reason: "r".into(), ..Default::default() };
    site.desk.file_request(&console(), &new).await.unwrap().key.to_string()
}

/// A record of a process that is only its file.
async fn complaint(site: &Site, project: &str) -> String {
    let fields = [("title", "t"), ("text", "t")].map(|(name, text)| (name.to_owned(), text.to_owned())).into();
    let new = desk::record::NewRecord { project: project.into(), process: "complaint".into(), fields };
    site.desk.open_record(&console(), &new).await.unwrap().key.to_string()
}

/// A window of work that runs.
async fn window(site: &Site, project: &str) -> String {
    let kind = Some(domain::window::WindowKind::Planned);
    let to = Some(site.desk.now().await.unwrap().plus_minutes(60));
    let new = desk::NewWindow { project: project.into(), kind, to, work: "w".into(), ..desk::NewWindow::default() };
    site.desk.announce_window(&console(), &new).await.unwrap().window.to_string()
}

/// A membership that may be ended, and its person.
async fn spare(site: &Site, tenant: &TenantId, owner: &str) -> (String, String) {
    let new = NewPerson { email: format!("spare.{owner}@example.jp"), role: "mo".into(), ..NewPerson::default() };
    let person = site.desk.add_person(&console(), tenant, &new).await.unwrap();
    let members = site.desk.members(&console(), tenant).await.unwrap();
    let member = members.into_iter().find(|member| member.person.id == person).unwrap();
    (member.membership.id.to_string(), person.to_string())
}

async fn delegation(site: &Site, tenant: &TenantId, owner: &str) -> String {
    let add = async |name: &str, role: &str| -> PersonId {
        let new = NewPerson { email: format!("{name}.{owner}@example.jp"), role: role.into(), ..NewPerson::default() };
        site.desk.add_person(&console(), tenant, &new).await.unwrap()
    };
    let (giver, taker) = (add("giver", "dh").await, add("taker", "mo").await);
    let new = NewDelegation {
        giver: giver.to_string(),
        taker: taker.to_string(),
        right: "decide".into(),
        ..NewDelegation::default()
    };
    site.desk.delegate(&console(), tenant, &new).await.unwrap().to_string()
}

/// A session of the monitoring centre beside the one it asks with.
async fn own_session(site: &Site) -> String {
    let token = site.person(&site.provider, "mo", "mo").await;
    let caller = site.desk.caller_by_session(&token).await.unwrap().unwrap();
    match caller.who {
        desk::Who::Person { session, .. } => session,
        _ => String::new(),
    }
}
