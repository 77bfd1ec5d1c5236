//! The whole API before a desk with two customers, and people to ask it.

use axum::Router;
use axum::body::Body;
use desk::{Caller, Delivery, Desk, NewKey, NewPerson, Received, Who};
use domain::alerts::{Action, AlertEvent};
use domain::ids::TenantId;
use domain::time::{Instant, MINUTE_MS};
use domain::words::Lang;
use gate::{Gate, Settings};
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use std::sync::Arc;
use store::{Clock, HandClock, Store};
use tempfile::TempDir;
use testkit::postgres::Server;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

/// A password for everybody.
pub(crate) const PASSWORD: &str = "correct horse battery";

pub(crate) struct Site {
    pub(crate) desk: Desk,
    pub(crate) clock: HandClock,
    pub(crate) router: Router,
    /// Session of the first administrator.
    pub(crate) admin: String,
    pub(crate) provider: TenantId,
    _folder: TempDir,
    _server: Option<Arc<Server>>,
}

/// What was answered.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("{} {}", self.status, self.text))
    }

    /// The answer, which must have that status.
    pub(crate) fn with(self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        if self.text.is_empty() { Value::Null } else { self.json() }
    }
}

pub(crate) async fn sqlite() -> Site {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/desk.db", folder.path().display());
    Site::open(&url, folder, None).await
}

pub(crate) async fn postgres() -> Site {
    let server = Server::shared().await.unwrap();
    let url = server.create_database().await.unwrap();
    Site::open(&url, tempfile::tempdir().unwrap(), Some(server)).await
}

/// Runs tests on both databases.
macro_rules! on_both {
    ($($name:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() { super::$name(crate::site::sqlite().await).await; })*
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() { super::$name(crate::site::postgres().await).await; })*
        }
    };
}
pub(crate) use on_both;

impl Site {
    async fn open(url: &str, folder: TempDir, server: Option<Arc<Server>>) -> Self {
        let clock = HandClock::at(Instant::parse("2026-11-22T03:12:00+09:00").unwrap());
        let store = Store::open(url, Clock::Hand(clock.clone())).await.unwrap();
        let settings = desk::Settings {
            base_url: "https://desk.example.jp".into(),
            message_domain: "example.jp".into(),
            sealing_key: [7; 32],
        };
        let desk = Desk::new(store, settings);
        let head = NewPerson { email: "ad@example.jp".into(), password: PASSWORD.into(), ..NewPerson::default() };
        let admin = desk.set_up("窓口サービス", &head, "test", "127.0.0.1").await.unwrap().token;
        let provider = desk.provider_id().await.unwrap();
        let error_page: gate::ErrorPage = |problem, _| problem.detail.clone();
        let gate = Gate::new(desk.clone(), Settings { https: false, error_page, stop: CancellationToken::new() });
        let router = gate.open([api::router(&gate, desk.clone())]);
        Self { desk, clock, router, admin, provider, _folder: folder, _server: server }
    }

    /// Asks with whatever headers prove who asks.
    pub(crate) async fn send(&self, method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> Reply {
        let mut request = Request::builder().method(method.parse::<Method>().unwrap()).uri(target);
        if !body.is_empty() {
            request = request.header("content-type", "application/json");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = self.router.clone().oneshot(request.body(Body::from(body.to_owned())).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        Reply { status: parts.status, headers: parts.headers, text: String::from_utf8_lossy(&bytes).into_owned() }
    }

    pub(crate) async fn get(&self, token: &str, path: &str) -> Reply {
        self.send("GET", &format!("/api/v1{path}"), &[("cookie", &format!("madoguchi={token}"))], "").await
    }

    pub(crate) async fn post(&self, token: &str, path: &str, body: &Value) -> Reply {
        let cookie = format!("madoguchi={token}");
        self.send("POST", &format!("/api/v1{path}"), &[("cookie", &cookie)], &body.to_string()).await
    }

    pub(crate) async fn delete(&self, token: &str, path: &str) -> Reply {
        self.send("DELETE", &format!("/api/v1{path}"), &[("cookie", &format!("madoguchi={token}"))], "").await
    }

    /// A customer with a project.
    pub(crate) async fn tenant(&self, name: &str, project: &str) -> TenantId {
        self.desk.add_tenant(&console(), name, project).await.unwrap().id
    }

    /// A session of somebody with a role in a tenant.
    pub(crate) async fn person(&self, tenant: &TenantId, name: &str, role: &str) -> String {
        let new = NewPerson {
            email: format!("{name}@example.jp"),
            name: name.into(),
            role: role.into(),
            password: PASSWORD.into(),
            ..NewPerson::default()
        };
        self.desk.add_person(&console(), tenant, &new).await.unwrap();
        self.session(name).await
    }

    pub(crate) async fn session(&self, name: &str) -> String {
        self.desk.sign_in(&format!("{name}@example.jp"), PASSWORD, "test", "127.0.0.1").await.unwrap().token
    }

    pub(crate) async fn key(&self, project: &str, scope: &str, role: &str) -> String {
        let new = NewKey { scope: scope.into(), role: role.into(), ..NewKey::default() };
        self.desk.add_key(&console(), &domain::ids::ProjectKey::new(project), &new).await.unwrap().key
    }

    /// Takes in an alert as an intake route would.
    pub(crate) async fn alert(&self, intake_key: &str, dedup_key: &str) -> Received {
        let event = AlertEvent {
            action: Action::Trigger,
            dedup_key: dedup_key.into(),
            alert_key: dedup_key.into(),
            severity: "critical".into(),
            summary: "応答なし".into(),
            source: "web01".into(),
        };
        let key = self.desk.intake_key(intake_key).await.unwrap().unwrap();
        let body = br#"{"event_action":"trigger"}"#.to_vec();
        let delivery = Delivery { key, sender: "events_v2", body, content: Ok(vec![event]) };
        self.desk.receive(delivery).await.unwrap().remove(0)
    }

    pub(crate) fn minutes_pass(&self, minutes: i64) {
        self.clock.advance_ms(minutes * MINUTE_MS);
    }

    /// Where every chain stands: changes with every write that says something.
    pub(crate) async fn heads(&self) -> Vec<(String, u64)> {
        let heads = self.desk.store().system().heads().await.unwrap();
        heads.into_iter().map(|head| (head.tenant.to_string(), head.seq)).collect()
    }

    /// One contact who can be called at every hour.
    pub(crate) async fn plan(&self, project: &str) {
        let contact =
            json!({"id": "c1", "name": "山田 太郎", "phone": "03-0000-0000", "mail": "yamada@customer.example.jp"});
        let body = json!({"document": {"contacts": [contact]}});
        self.post(&self.admin, &format!("/projects/{project}/contact-plan"), &body).await.with(201);
    }
}

pub(crate) fn console() -> Caller {
    Caller { who: Who::Console, grants: vec![], lang: Lang::Ja }
}
