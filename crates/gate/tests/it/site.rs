//! A small site with one route of each policy, and people to knock at it.

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use desk::{Caller, Desk, NewKey, NewPerson, Who};
use domain::access::Right;
use domain::ids::ProjectKey;
use domain::time::Instant;
use domain::words::Lang;
use gate::{
    Asked, FormBody, Gate, JsonBody, Object, Path, Policy, Query, Settings, Signed, Surface, Table, Trouble,
    answer_once,
};
use http::request::Builder;
use http::{HeaderMap, StatusCode};
use http_body_util::BodyExt;
use serde::Deserialize;
use store::{Clock, HandClock, Store};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

pub(crate) struct Site {
    pub(crate) desk: Desk,
    pub(crate) router: Router,
    /// Session of the administrator, who is head of desk too.
    pub(crate) staff: String,
    /// Session of a customer.
    pub(crate) customer: String,
    /// API key of the monitoring centre for one project.
    pub(crate) key: String,
    pub(crate) stop: CancellationToken,
    _folder: tempfile::TempDir,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Call {
    number: u32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Label {
    label: String,
}

async fn hello() -> &'static str {
    "hello"
}

async fn who(Signed(caller): Signed) -> String {
    match caller.who {
        Who::Person { email, .. } => email,
        Who::Key { project, .. } => project.to_string(),
        Who::Console => "console".into(),
    }
}

async fn echo(Path(key): Path<String>) -> String {
    key
}

async fn number(JsonBody(call): JsonBody<Call>) -> String {
    call.number.to_string()
}

async fn form(FormBody(call): FormBody<Call>) -> String {
    call.number.to_string()
}

async fn query(Query(call): Query<Call>) -> String {
    call.number.to_string()
}

/// A real verb, so that what is remembered is remembered by the desk.
async fn add_key(State(desk): State<Desk>, Signed(caller): Signed, asked: Asked<Label>) -> Result<Response, Trouble> {
    let new = NewKey { scope: "intake".into(), label: asked.body.label, ..NewKey::default() };
    let project = ProjectKey::new("ACME");
    let verb = async |desk: Desk| desk.add_key(&caller, &project, &new).await;
    answer_once(&desk, asked.once.as_ref(), StatusCode::CREATED, verb).await
}

async fn broken() -> Result<(), Trouble> {
    Err(store::Failure::Corrupt("the secret cause".into()).into())
}

#[expect(clippy::panic, reason = "a bug, to be caught at the edge")]
async fn bug() {
    panic!("the secret cause")
}

impl Site {
    pub(crate) async fn new(https: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("desk.db").display());
        let store = Store::open(&url, Clock::Hand(HandClock::at(Instant::from_ms(0)))).await.unwrap();
        let settings =
            desk::Settings { base_url: "http://x".into(), message_domain: "example.jp".into(), sealing_key: [7; 32] };
        let desk = Desk::new(store, settings);
        let password = || "correct horse battery".to_owned();
        let head = NewPerson { email: "head@example.jp".into(), password: password(), ..NewPerson::default() };
        let staff = desk.set_up("窓口サービス", &head, "test", "127.0.0.1").await.unwrap().token;
        let console = Caller { who: Who::Console, grants: vec![], lang: Lang::Ja };
        let added = desk.add_tenant(&console, "○○商事", "ACME").await.unwrap();
        let customer = NewPerson {
            email: "cu@example.jp".into(),
            role: "cu".into(),
            password: password(),
            ..NewPerson::default()
        };
        desk.add_person(&console, &added.id, &customer).await.unwrap();
        let customer = desk.sign_in("cu@example.jp", &password(), "test", "127.0.0.1").await.unwrap().token;
        let new = NewKey { scope: "api".into(), role: "mo".into(), ..NewKey::default() };
        let key = desk.add_key(&console, &added.project, &new).await.unwrap().key;
        let stop = CancellationToken::new();
        let error_page: gate::ErrorPage = |problem, _| format!("<p>{} {}</p>", problem.kind, problem.detail);
        let gate = Gate::new(desk.clone(), Settings { https, error_page, stop: stop.clone() });
        let router = gate.open([
            gate.router(pages(), ()),
            gate.router(api(), ()),
            gate.router(verbs(), desk.clone()),
            gate.router(live(), stop.clone()),
        ]);
        Self { desk, router, staff, customer, key, stop, _folder: folder }
    }

    pub(crate) async fn ask(&self, request: Builder, body: impl Into<Body>) -> (StatusCode, HeaderMap, String) {
        let response = self.router.clone().oneshot(request.body(body.into()).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        (parts.status, parts.headers, String::from_utf8_lossy(&bytes).into_owned())
    }

    pub(crate) fn cookie(&self, token: &str) -> String {
        format!("madoguchi={token}")
    }

    pub(crate) fn bearer(&self) -> String {
        format!("Bearer {}", self.key)
    }
}

fn pages() -> Table<()> {
    let mut table = Table::new(Surface::Page);
    table.get("/hello").allow(Policy::Public).to(hello);
    table.get("/me").allow(Policy::SignedIn).to(who);
    table.post("/me").allow(Policy::SignedIn).to(who);
    table.get("/board").allow(Policy::Somewhere(Right::ReadOperations)).to(who);
    table.get("/things/{key}").allow(Policy::SignedIn).objects(&[Object::Nothing]).to(echo);
    table.post("/form").allow(Policy::Public).to(form);
    table.get("/query").allow(Policy::Public).to(query);
    table.get("/broken").allow(Policy::Public).to(broken);
    table.get("/bug").allow(Policy::Public).to(bug);
    // A mistake: the handler wants a caller, the policy asks for none.
    table.get("/mistake").allow(Policy::Public).to(who);
    table
}

fn api() -> Table<()> {
    let mut table = Table::new(Surface::Api);
    table.get("/api/v1/me").allow(Policy::SignedIn).to(who);
    table.get("/api/v1/settings").allow(Policy::Somewhere(Right::Administer)).to(who);
    table.post("/api/v1/numbers").allow(Policy::SignedIn).body_max(100).to(number);
    table
}

fn verbs() -> Table<Desk> {
    let mut table = Table::new(Surface::Api);
    table.post("/api/v1/keys").allow(Policy::In(Right::Administer)).to(add_key);
    table
}

fn live() -> Table<CancellationToken> {
    let mut table = Table::new(Surface::Live);
    table
        .get("/live")
        .allow(Policy::SignedIn)
        .to(async || Body::from_stream(futures::stream::pending::<Result<String, std::io::Error>>()));
    table
}
