//! F29: routes through which one customer sees or touches another's things. 0 is the figure, over every route of the API, as
//! the running binary's document names them, and over every page and live stream, as the route table of the pages does.
//!
//! The real binary is asked over HTTP with real cookies and keys. Bodies of the API are made from the document's schemas; forms
//! that name somebody's things are written down in [`FORMS`]. The intake has no callers but its keys, which its own tests try.

use super::{Outcome, Run};
use crate::client::Connection;
use crate::house::{Customer, House};
use crate::sender;
use crate::staff::Staff;
use anyhow::{Context, Result};
use reqwest::Method;
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use testkit::matrix::{self, Caller, Probe, Reply, Route, Thing, World};

const EVERYBODY: &[&str] = &["A", "B", "provider"];
/// Owner of ids that do not exist.
const NOBODY: &str = "nobody";

pub(super) async fn run(run: &Run) -> Result<Outcome> {
    let mut outcome = Outcome::default();
    // Each face walks in a house of its own: a walk ends what can be ended.
    for face in ["API", "pages"] {
        let house = House::open(&run.ground, &[]).await?;
        let (a, b) = (house.add_customer("甲", "ACME").await?, house.add_customer("乙", "BETA").await?);
        house.add_person("ad@msp.example", "ad", None).await?;
        let admin = Staff::sign_in(&house, "ad@msp.example").await?;
        let (mut callers, proofs) = callers(&house, &a, &b).await?;
        let (routes, probes) = if face == "API" {
            routes(&admin.get("/api/v1/openapi.json").await?)?
        } else {
            // A key opens no page: whoever brings one there is a stranger.
            for caller in callers.iter_mut().filter(|caller| caller.name.starts_with("key ")) {
                *caller = Caller { reaches: &[], is_known: false, ..caller.clone() };
            }
            (pages(), FORMS.to_vec())
        };
        let world = World { routes, probes, callers, things: things(&house, &admin, &a, &b).await? };
        let findings = world.walk(&Door { house: &house, proofs }).await?;
        outcome.passed += (findings.requests - findings.faults.len()) as u64;
        outcome.failures.extend(findings.faults);
        let (routes, callers, requests) = (world.routes.len(), world.callers.len(), findings.requests);
        outcome.figures += &format!("{face}: {routes} routes, {callers} callers, {requests} requests; ");
    }
    Ok(outcome)
}

/// The running binary, and what each caller proves themselves with.
struct Door<'h> {
    house: &'h House,
    proofs: HashMap<&'static str, (&'static str, String)>,
}

impl matrix::Site for Door<'_> {
    async fn ask(&self, caller: &Caller, method: &str, target: &str, body: &str) -> Result<Reply> {
        let method = Method::from_bytes(method.as_bytes())?;
        let mut request = self.house.client.request(method.clone(), self.house.desk.url(target));
        if let Some((name, value)) = self.proofs.get(caller.name) {
            request = request.header(*name, value);
        }
        let is_page = !target.starts_with("/api/");
        if is_page && method == Method::POST {
            // As a script sends forms: problems come as such, without a page around them.
            let form = request.header("content-type", "application/x-www-form-urlencoded");
            request = form.header("accept", "application/problem+json").body(body.to_owned());
        } else if !body.is_empty() {
            request = request.header("content-type", "application/json").body(body.to_owned());
        }
        let reply = request.send().await?;
        let status = reply.status().as_u16();
        // A stream that was let in has no end.
        let is_stream = target.starts_with("/live/") && status == 200;
        Ok(Reply { status, body: if is_stream { String::new() } else { timeless(&reply.text().await?) } })
    }

    /// Everything written leaves a fact, a record or a blob, and `verify` counts them.
    async fn pulse(&self) -> Result<String> {
        let verdict = self.house.verify().await?;
        let report: Value = serde_json::from_str(&verdict.said).with_context(|| verdict.said.clone())?;
        Ok(["facts", "records", "blobs"].map(|count| report[count].to_string()).join(" "))
    }
}

/// The routes of an API document, and a body for each that takes one.
fn routes(document: &Value) -> Result<(Vec<Route>, Vec<Probe>)> {
    let (mut routes, mut probes) = (vec![], vec![]);
    for (path, operations) in document["paths"].as_object().context("a document has paths")? {
        for (method, operation) in operations.as_object().into_iter().flatten() {
            let method = method.to_uppercase();
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            if !schema.is_null() {
                let mut body = fitting(document, schema, 0);
                // A fault is filed in a project that is there already.
                if path == "/api/v1/incidents" || path == "/api/v1/windows" {
                    body["project"] = json!("<Project>");
                }
                if path == "/api/v1/requests" {
                    body = json!({
                        "project": "<Project>", "entry": "consultation", "fields": { "topic": "t" }, "reason": "r",
                    });
                }
                if path == "/api/v1/records" {
                    body = json!({
                        "project": "<Project>", "process": "complaint", "fields": { "title": "t", "text": "t" },
                    });
                }
                let body = body.to_string();
                // The walk lives as long as the program.
                let (route, body) = (format!("{method} {path}").leak(), body.leak());
                probes.push(Probe { route, query: "", body });
            }
            let kinds =
                path.split('{').skip(1).filter_map(|rest| Some(kind(rest.split('}').next()?).to_owned())).collect();
            let is_public = operation["security"].is_null();
            routes.push(Route { method, path: path.clone(), kinds, is_public });
        }
    }
    Ok((routes, probes))
}

/// A page without the instant it was drawn at.
fn timeless(page: &str) -> String {
    match page.split_once("data-now=\"") {
        Some((before, rest)) => format!("{before}{}", rest.trim_start_matches(|c: char| c.is_ascii_digit())),
        None => page.to_owned(),
    }
}

/// Forms that name somebody's things beside their path. The others are sent empty, and refused for that if for nothing else.
const FORMS: [Probe; 32] = [
    form(
        "POST /faults",
        "project=<Project>&priority=low&detected_at=2020-01-01T00:00&host=h&business_impact=b&details=d&separate=yes",
    ),
    form("POST /requests", "project=<Project>&entry=consultation&topic=t&reason=r&pace=middle"),
    form("POST /compliance/freeze", "tenant=<Tenant>&from=2025-01-01&to=2025-01-31"),
    form("POST /compliance/restate", "tenant=<Tenant>&number=99&reason=r"),
    form("POST /retention", "tenant=<Tenant>&months=60&after=99"),
    form("POST /retention/proposal", "tenant=<Tenant>"),
    form("POST /retention/answer", "tenant=<Tenant>&number=1&approved=no&reason=r"),
    form("POST /requests/{key}/erasure", "number=99&reason=r"),
    form("POST /requests/{key}/note", "version=1&text=t"),
    form("POST /records", "project=<Project>&process=complaint&title=t&text=t"),
    form("POST /records/{key}/act", "noun=message&text=t"),
    form("POST /notices", "project=<Project>&title=t"),
    form("POST /notices/removal", "project=<Project>&place=99&version=99"),
    form("POST /documents/confirmation", "tenant=<Tenant>&document=catalogue&version=99"),
    form("POST /terms/criteria", "project=<Project>&version=99"),
    form("POST /terms/contact-plan", "project=<Project>&version=99"),
    form("POST /faults/additions", "key=<Incident>&text=t"),
    form("POST /calls/incident", "call=1&project=<Project>"),
    form("POST /mail-in/attachment", "mail=1&ticket=<Incident>&reason=r"),
    form("POST /mail-in/drop", "mail=1&reason=r"),
    form("POST /windows", "project=<Project>&kind=customer&to=2999-01-01T00:00&work=w&caller=c"),
    form(
        "POST /settings/people",
        "email=new%40example.jp&name=n&role=mo&tenant=<Tenant>&password=another+long+sentence",
    ),
    form("POST /settings/calendar", "date=2026-11-24"),
    form("POST /incidents/{key}/assignment", "version=1"),
    form("POST /incidents/{key}/note", "version=1&text=t"),
    form("POST /settings/tenants/{tenant}/projects", "name=n&key=NEWKEY"),
    form("POST /settings/people/password", "person=<Person>&password=another+long+sentence"),
    form("POST /settings/memberships", "person=<Person>&tenant=<Tenant>&role=mo"),
    form("POST /settings/keys", "name=n&project=<Project>&scope=intake"),
    form("POST /settings/webhooks", "url=https%3A%2F%2Fhook.example%2Fpage&tenant=<Tenant>"),
    form("POST /settings/delegations", "right=decide&from=<Person>&to=<Person>&hours_from=19:00&hours_to=10:00"),
    form("POST /settings/projects/{project}/calling", "every_minutes=10&for_minutes=60&self_recovery=phone"),
];

const fn form(route: &'static str, body: &'static str) -> Probe {
    Probe { route, query: "", body }
}

/// What asks for nobody's things and would end what the callers ask with: coming and going. The link of a mail is its own
/// key, and answers everybody alike; the desk's tests forge it.
const DOORS: [&str; 5] = ["/sign-in", "/sign-out", "/set-up", "/language", "/ack/{tenant}/{message}/{signature}"];

/// The pages and live streams.
fn pages() -> Vec<Route> {
    let tables = web::tables();
    let rows = tables.iter().flat_map(|table| table.rows());
    // Nobody owns a file, and the outbox is there in the demo alone.
    let is_walked = |path: &str| !DOORS.contains(&path) && !path.starts_with("/assets") && !path.starts_with("/outbox");
    let walked = rows.filter(|row| is_walked(row.path));
    walked
        .map(|row| Route {
            method: row.method.to_string(),
            path: row.path.to_owned(),
            // A page names an event by its number beside its tenant; the API's ids hold both.
            kinds: row.objects.iter().map(|object| format!("{object:?}").replace("Event", "Number")).collect(),
            is_public: format!("{:?}", row.policy) == "Public",
        })
        .collect()
}

/// What a parameter of a path names.
fn kind(parameter: &str) -> &'static str {
    match parameter {
        "key" => "Incident",
        "project" => "Project",
        "tenant" => "Tenant",
        "membership" => "Membership",
        "delegation" => "Delegation",
        "webhook" => "Webhook",
        "event" => "Event",
        "window" => "Window",
        "request" => "Request",
        "record" => "Record",
        "session" => "Session",
        "id" => "Key",
        _ => "a kind the walk does not know",
    }
}

/// Levels of a schema that are filled in.
const DEPTH: usize = 6;

/// A value that fits a schema.
fn fitting(document: &Value, schema: &Value, depth: usize) -> Value {
    if depth > DEPTH {
        return Value::Null;
    }
    if let Some(name) = schema["$ref"].as_str() {
        let place = name.trim_start_matches('#');
        return document.pointer(place).map_or(Value::Null, |schema| fitting(document, schema, depth + 1));
    }
    if let Some(first) = schema["enum"].get(0) {
        return first.clone();
    }
    if let Some(first) = schema["oneOf"].as_array().and_then(|any| any.iter().find(|one| one["type"] != "null")) {
        return fitting(document, first, depth + 1);
    }
    let kind = schema["type"].as_str().or_else(|| schema["type"][0].as_str());
    match kind {
        Some("object") => {
            let required =
                |name: &String| schema["required"].as_array().is_some_and(|names| names.contains(&json!(name)));
            let properties = schema["properties"].as_object().into_iter().flatten();
            let chosen = properties.filter(|(name, _)| required(name));
            Value::Object(
                chosen
                    .map(|(name, schema)| (name.clone(), fitting(document, schema, depth + 1)))
                    .collect::<Map<_, _>>(),
            )
        }
        Some("array") => json!([fitting(document, &schema["items"], depth + 1)]),
        Some("integer" | "number") => json!(schema["minimum"].as_i64().unwrap_or(1).max(1)),
        Some("boolean") => json!(true),
        Some("string") => match schema["format"].as_str() {
            Some("date-time") => json!("2026-11-22T03:12:00+09:00"),
            Some("date") => json!("2026-11-22"),
            _ => json!("t"),
        },
        _ => Value::Null,
    }
}

async fn things(house: &House, admin: &Staff, a: &Customer, b: &Customer) -> Result<Vec<Thing>> {
    // The administrator may not read tickets; the monitoring centre may.
    let reader = Staff::sign_in(house, "mo@msp.example").await?;
    let mut things = vec![];
    let mut add = |kind: &'static str, owner: &'static str, id: &Value| -> Result<()> {
        let id = id.as_str().with_context(|| format!("no {kind} of {owner}"))?.to_owned();
        things.push(Thing { kind, owner, id });
        Ok(())
    };
    let tenants = admin.get("/api/v1/tenants?limit=200").await?;
    let provider = tenants["items"].as_array().into_iter().flatten().find(|tenant| tenant["is_provider"] == true);
    let provider = provider.context("no provider in the list of tenants")?["id"].clone();
    let own = house.desk.admin(&["key", "add", "--project", "MSP", "--scope", "intake"], None).await?;
    let own = own["key"].as_str().context("no key")?.to_owned();
    let all = [
        ("A", json!(a.tenant), "ACME", &a.intake_key),
        ("B", json!(b.tenant), "BETA", &b.intake_key),
        ("provider", provider, "MSP", &own),
    ];
    for (owner, tenant, project, intake_key) in all {
        Connection::open(house.desk.port).await?.send(&sender::events_v2(intake_key, "web01")).await?;
        let tenant_id = tenant.as_str().unwrap_or_default();
        let of = |noun: &str| format!("/api/v1/tenants/{tenant_id}/{noun}");
        add("Tenant", owner, &tenant)?;
        add("Project", owner, &json!(project))?;
        add("Incident", owner, &json!(format!("{project}-1")))?;
        let request = json!({ "project": project, "entry": "consultation", "fields": { "topic": "t" }, "reason": "r" });
        add("Request", owner, &reader.post("/api/v1/requests", &request).await?["key"])?;
        let complaint = json!({ "project": project, "process": "complaint", "fields": { "title": "t", "text": "t" } });
        add("Record", owner, &reader.post("/api/v1/records", &complaint).await?["key"])?;
        // A window of another host, so that the alerts of the walk go on as they are.
        let window = json!({
            "project": project, "kind": "customer", "hosts": "db01", "to": crate::later::instant(24), "work": "w", "caller": "c",
        });
        add("Window", owner, &reader.post("/api/v1/windows", &window).await?["window"])?;
        let events = reader.get("/api/v1/events?limit=200").await?;
        let event = events["items"].as_array().into_iter().flatten().find(|event| event["project"] == project);
        add("Event", owner, &event.context("no event")?["id"])?;
        // What may be ended is nothing that anybody asks with.
        let spare = house.desk.admin(&["key", "add", "--project", project, "--scope", "intake"], None).await?;
        add("Key", owner, &spare["id"])?;
        let contact = format!("contact-of-{project}");
        let plan = json!({ "document": { "contacts": [{
            "id": contact, "name": "連絡先", "reading": "れんらくさき", "phone": "03-0000-0000",
        }] } });
        admin.post(&format!("/api/v1/projects/{project}/contact-plan"), &plan).await?;
        add("Contact", owner, &json!(contact))?;
        // The customer sees what was published.
        let incident = format!("{project}-1");
        reader.tell_of(&incident).await?;
        let person = async |name: &str, role: &str| -> Result<Value> {
            let email = format!("{name}.{}@example.jp", owner.to_lowercase());
            admin.post(&of("members"), &json!({ "email": email, "role": role })).await?;
            let members = admin.get(&of("members")).await?;
            let member = members["items"].as_array().into_iter().flatten().find(|member| member["email"] == email);
            Ok(member.with_context(|| format!("no member {email}"))?.clone())
        };
        let (giver, taker) = (person("giver", "dh").await?, person("taker", "mo").await?);
        add("Membership", owner, &taker["id"])?;
        add("Person", owner, &taker["person"])?;
        let lent = json!({
            "giver": giver["person"], "taker": taker["person"], "right": "decide", "minute_from": 0, "minute_to": 0,
        });
        admin.post(&of("delegations"), &lent).await?;
        add("Delegation", owner, &admin.get(&of("delegations")).await?["items"][0]["id"])?;
        admin.post(&of("webhooks"), &json!({ "url": "https://hook.example/" })).await?;
        add("Webhook", owner, &admin.get(&of("webhooks")).await?["items"][0]["id"])?;
    }
    let spare = Staff::sign_in(house, "ad@msp.example").await?.get("/api/v1/me/sessions").await?;
    let spare = spare["items"].as_array().into_iter().flatten().find(|session| session["current"] == true);
    add("Session", "ad", &spare.context("no session")?["id"])?;
    for (kind, id) in [("Paper", "occurrence"), ("Nothing", "2026-11-24"), ("Number", "1")] {
        add(kind, matrix::COMMON, &json!(id))?;
        add(kind, NOBODY, &json!("999"))?;
    }
    for (kind, id) in [
        ("Project", "NONE"),
        ("Incident", "NONE-1"),
        ("Request", "NONE-1"),
        ("Record", "NONE-1"),
        ("Window", "NONE-W1"),
        ("Event", "0000000000000000.1"),
    ] {
        add(kind, NOBODY, &json!(id))?;
    }
    for kind in ["Tenant", "Membership", "Webhook", "Delegation", "Session", "Key", "Person", "Contact"] {
        add(kind, NOBODY, &json!("0000000000000000"))?;
    }
    Ok(things)
}

type Proofs = HashMap<&'static str, (&'static str, String)>;

async fn callers(house: &House, a: &Customer, b: &Customer) -> Result<(Vec<Caller>, Proofs)> {
    let (mut callers, mut proofs) = (vec![], HashMap::new());
    for (name, email, role, tenant, reaches) in [
        ("cu of A", "cu.a@example.jp", "cu", Some("甲"), &["A"][..]),
        ("ca of B", "ca.b@example.jp", "ca", Some("乙"), &["B"]),
        ("mo limited to A", "mo.a@example.jp", "mo", Some("甲"), &["A"]),
        ("ad limited to A", "ad.a@example.jp", "ad", Some("甲"), &["A"]),
        ("mo", "mo@msp.example", "mo", None, EVERYBODY),
        ("dh", "dh@msp.example", "dh", None, EVERYBODY),
        ("au", "au@msp.example", "au", None, EVERYBODY),
        ("mr", "mr@msp.example", "mr", None, EVERYBODY),
        ("sa", "sa@msp.example", "sa", None, EVERYBODY),
        ("ad", "ad@msp.example", "ad", None, &["A", "B", "provider", "ad"]),
    ] {
        if name != "ad" {
            house.add_person(email, role, tenant).await?;
        }
        let header = Staff::sign_in(house, email).await?.header();
        proofs.insert(name, ("cookie", header.trim_start_matches("cookie: ").to_owned()));
        callers.push(Caller { name, reaches, is_known: true });
    }
    proofs.insert("key of A", ("authorization", format!("Bearer {}", a.api_key)));
    callers.push(Caller { name: "key of A", reaches: &["A"], is_known: true });
    proofs.insert("key of B", ("authorization", format!("Bearer {}", b.api_key)));
    callers.push(Caller { name: "key of B", reaches: &["B"], is_known: true });
    proofs.insert("intake key", ("authorization", format!("Bearer {}", a.intake_key)));
    for name in ["intake key", "anonymous"] {
        callers.push(Caller { name, reaches: &[], is_known: false });
    }
    Ok((callers, proofs))
}
