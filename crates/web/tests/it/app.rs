//! A desk with a provider, two customers and their people, behind the real gate.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::response::Response;
use desk::{Caller, Delivery, Desk, NewKey, NewPerson, Who};
use domain::alerts::{Action, AlertEvent};
use domain::contact::{Contact, ContactPlan, Hours};
use domain::ids::{ContactId, ProjectKey, RecordKey, TenantId};
use domain::time::Instant;
use domain::words::Lang;
use gate::Gate;
use http::{Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use store::{Clock, HandClock, Store};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

/// Everybody's password.
pub(crate) const PASSWORD: &str = "a long night in tokyo";

pub(crate) struct App {
    pub(crate) site: Router,
    pub(crate) desk: Desk,
    pub(crate) clock: HandClock,
    pub(crate) stop: CancellationToken,
    _folder: tempfile::TempDir,
}

/// Whether somebody uses script: forms by fetch, problems as JSON.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Script {
    On,
    Off,
}

/// Somebody at a browser.
pub(crate) struct Browser<'a> {
    app: &'a App,
    pub(crate) cookie: String,
}

/// What came back.
pub(crate) struct Page {
    pub(crate) status: StatusCode,
    pub(crate) to: String,
    pub(crate) kind: String,
    pub(crate) text: String,
}

/// 2026-11-22 03:12 in Tokyo, a Sunday night.
pub(crate) fn night() -> Instant {
    Instant::parse("2026-11-22T03:12:00+09:00").unwrap()
}

/// The runbook of なぎさ.
pub(crate) const RUNBOOK: &str =
    "■ web-php Webサーバの応答なし\n対象: web*\n1. 見る\n2. [中断] 再起動する\n   制限: 1分止まります\n";

impl App {
    /// A desk where nobody was yet.
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = HandClock::at(night());
        let url = format!("sqlite://{}", folder.path().join("desk.db").display());
        let store = Store::open(&url, Clock::Hand(clock.clone())).await.unwrap();
        let base_url = "http://desk.example".to_owned();
        let desk =
            Desk::new(store, desk::Settings { base_url, message_domain: "desk.example".into(), sealing_key: [7; 32] });
        let stop = CancellationToken::new();
        let gate =
            Gate::new(desk.clone(), gate::Settings { https: false, error_page: web::error_page, stop: stop.clone() });
        let state = web::State::new(desk.clone(), gate.clone(), web::Setting::default());
        let site = gate.open([web::router(&state)]);
        Self { site, desk, clock, stop, _folder: folder }
    }

    /// A desk at work: みなと with customers なぎさ (NGS) and そらいろ (SOR).
    pub(crate) async fn at_work() -> Self {
        let app = Self::new().await;
        let console = console();
        let provider = app.desk.ensure_provider("みなとマネージド").await.unwrap();
        let nagisa = app.desk.add_tenant(&console, "なぎさ商事", "NGS").await.unwrap().id;
        let sorairo = app.desk.add_tenant(&console, "そらいろ運輸", "SOR").await.unwrap().id;
        for (name, role, tenant) in [
            ("mo", "mo", &provider),
            ("second", "mo", &provider),
            ("dh", "dh", &provider),
            ("su", "su", &provider),
            ("ad", "ad", &provider),
            ("au", "au", &provider),
            ("nagisa", "cu", &nagisa),
            ("sorairo", "ca", &sorairo),
        ] {
            let new = NewPerson {
                email: email(name),
                name: format!("{name} さん"),
                role: role.into(),
                password: PASSWORD.into(),
                ..NewPerson::default()
            };
            app.desk.add_person(&console, tenant, &new).await.unwrap();
        }
        let contact = Contact {
            id: ContactId::new("c1"),
            name: "長谷川 亮".into(),
            reading: "はせがわ りょう".into(),
            phone: "090-0000-1234".into(),
            other_phones: vec![],
            mail: "hasegawa@nagisa.example".into(),
            hours: Hours::default(),
            services: vec![],
        };
        let plan = ContactPlan { contacts: vec![contact], ..ContactPlan::default() };
        app.desk.record_paper(&console, &nagisa, "NGS", &plan, None).await.unwrap();
        let runbooks = domain::runbook::notation::parse(RUNBOOK).unwrap();
        let runbooks = domain::runbook::Runbooks { runbooks, standing_consent: None };
        app.desk.record_paper(&console, &nagisa, "NGS", &runbooks, None).await.unwrap();
        app
    }

    pub(crate) async fn tenant(&self, name: &str) -> TenantId {
        self.desk.tenant_named(name).await.unwrap()
    }

    /// An alert of a project; the incident it opened or joined.
    pub(crate) async fn alert(&self, project: &str, summary: &str) -> RecordKey {
        let new = NewKey { scope: "intake".into(), label: "Alertmanager".into(), ..NewKey::default() };
        let made = self.desk.add_key(&console(), &ProjectKey::new(project), &new).await.unwrap();
        let key = self.desk.intake_key(&made.key).await.unwrap().unwrap();
        let event = AlertEvent {
            action: Action::Trigger,
            dedup_key: summary.into(),
            alert_key: summary.into(),
            severity: "critical".into(),
            summary: summary.into(),
            source: "web01".into(),
        };
        let body = format!("{{\"payload\":{{\"summary\":\"{summary}\"}}}}").into_bytes();
        let delivery = Delivery { key, sender: "events_v2", body, content: Ok(vec![event]) };
        self.desk.receive(delivery).await.unwrap().remove(0).incident.unwrap()
    }

    /// A browser in which nobody is signed in.
    pub(crate) fn browser(&self) -> Browser<'_> {
        Browser { app: self, cookie: String::new() }
    }

    /// A browser in which somebody is signed in.
    pub(crate) async fn sign_in(&self, name: &str) -> Browser<'_> {
        let mut browser = self.browser();
        let page = browser
            .post("/sign-in", &[("email", &email(name)), ("password", PASSWORD), ("back", "/")], Script::Off)
            .await;
        assert_eq!((page.status, page.to.as_str()), (StatusCode::SEE_OTHER, "/"), "{}", page.text);
        browser
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Response {
        self.site.clone().oneshot(request).await.unwrap()
    }
}

pub(crate) fn console() -> Caller {
    Caller { who: Who::Console, grants: vec![], lang: Lang::Ja }
}

pub(crate) fn email(name: &str) -> String {
    format!("{name}@example.jp")
}

impl Browser<'_> {
    fn request(&self, method: Method, path: &str) -> http::request::Builder {
        let request = Request::builder().method(method).uri(path).header(header::HOST, "desk.example");
        request.header(header::COOKIE, self.cookie.as_str()).header("sec-fetch-site", "same-origin")
    }

    pub(crate) async fn get(&self, path: &str) -> Page {
        let request = self.request(Method::GET, path).header(header::ACCEPT, "text/html");
        Page::of(self.app.send(request.body(Body::empty()).unwrap()).await).await
    }

    /// The bare answer, for streams.
    pub(crate) async fn open(&self, path: &str) -> Response {
        self.app.send(self.request(Method::GET, path).body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)], script: Script) -> Page {
        let accept = if script == Script::On { "application/problem+json, text/html" } else { "text/html" };
        let request = self.request(Method::POST, path).header(header::ACCEPT, accept);
        let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let body = serde_urlencoded::to_string(fields).unwrap();
        let response = self.app.send(request.body(Body::from(body)).unwrap()).await;
        for cookie in response.headers().get_all(header::SET_COOKIE) {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let name = pair.split('=').next().unwrap();
            let mut kept: Vec<&str> =
                self.cookie.split("; ").filter(|it| !it.is_empty() && it.split('=').next() != Some(name)).collect();
            kept.push(pair);
            self.cookie = kept.join("; ");
        }
        Page::of(response).await
    }

    /// A form with a file, as a browser without script sends it.
    pub(crate) async fn send_file(&self, path: &str, fields: &[(&str, &str)], name: &str, bytes: &[u8]) -> Page {
        let mut body = vec![];
        for (field, value) in fields {
            let part = format!("--edge\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n");
            body.extend(part.into_bytes());
        }
        let part = format!("--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n");
        body.extend(part.into_bytes());
        body.extend(bytes);
        body.extend(b"\r\n--edge--\r\n");
        let request = self.request(Method::POST, path).header(header::ACCEPT, "text/html");
        let request = request.header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge");
        Page::of(self.app.send(request.body(Body::from(body)).unwrap()).await).await
    }

    /// A form that leads on.
    pub(crate) async fn act(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let page = self.post(path, fields, Script::On).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{path}: {}", page.text);
        page
    }

    /// The version of an incident that its page shows.
    pub(crate) async fn version(&self, key: &RecordKey) -> String {
        let page = self.get(&format!("/incidents/{key}")).await;
        let (_, rest) =
            page.text.split_once("name=\"version\" value=\"").unwrap_or_else(|| panic!("no version: {}", page.text));
        rest.split('"').next().unwrap().to_owned()
    }
}

impl Page {
    async fn of(response: Response) -> Self {
        let header = |name| response.headers().get(name).map(|it| it.to_str().unwrap().to_owned()).unwrap_or_default();
        let (status, to, kind) = (response.status(), header(header::LOCATION), header(header::CONTENT_TYPE));
        let bytes: Bytes = response.into_body().collect().await.unwrap().to_bytes();
        Self { status, to, kind, text: String::from_utf8_lossy(&bytes).into_owned() }
    }

    pub(crate) fn ok(self) -> String {
        assert_eq!(self.status, StatusCode::OK, "{}", self.text);
        self.text
    }
}
