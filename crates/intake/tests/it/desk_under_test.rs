//! A desk with one customer, one intake key and one that promised a heartbeat, behind the real routes.

use axum::Router;
use axum::body::Body;
use desk::{Caller, Desk, NewKey, Who};
use domain::ids::TenantId;
use domain::time::Instant;
use domain::words::Lang;
use gate::{Buckets, Gate};
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use intake::Intake;
use serde_json::Value;
use store::{Clock, EventFilter, HandClock, Store};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

/// 2026-11-22T03:12:00+09:00, where the clock stands.
const NOW: Instant = Instant::from_ms(1_795_284_720_000);

pub(crate) struct Under {
    pub(crate) desk: Desk,
    pub(crate) tenant: TenantId,
    pub(crate) key: String,
    pub(crate) heartbeat_key: String,
    site: Router,
    _folder: tempfile::TempDir,
}

impl Under {
    pub(crate) async fn new(buckets: Buckets) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("desk.db").display());
        let store = Store::open(&url, Clock::Hand(HandClock::at(NOW))).await.unwrap();
        let settings = desk::Settings {
            base_url: "http://127.0.0.1".into(),
            message_domain: "example.jp".into(),
            sealing_key: [7; 32],
        };
        let desk = Desk::new(store, settings);
        desk.ensure_provider("窓口サービス").await.unwrap();
        let console = Caller { who: Who::Console, grants: vec![], lang: Lang::Ja };
        let added = desk.add_tenant(&console, "○○商事", "ACME").await.unwrap();
        let intake = |heartbeat_minutes| NewKey { scope: "intake".into(), heartbeat_minutes, ..NewKey::default() };
        let key = desk.add_key(&console, &added.project, &intake(None)).await.unwrap().key;
        let heartbeat_key = desk.add_key(&console, &added.project, &intake(Some(5))).await.unwrap().key;
        let settings =
            gate::Settings { https: false, error_page: |_, _| String::new(), stop: CancellationToken::new() };
        let gate = Gate::new(desk.clone(), settings);
        let site = gate.open([gate.router(intake::table(), Intake::new(desk.clone(), buckets))]);
        Self { desk, tenant: added.id, key, heartbeat_key, site, _folder: folder }
    }

    pub(crate) async fn post(&self, path: &str, body: impl Into<Body>) -> (StatusCode, HeaderMap, Value) {
        let request = Request::post(path).header("content-type", "application/json").body(body.into()).unwrap();
        let response = self.site.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        (parts.status, parts.headers, serde_json::from_slice(&bytes).unwrap_or_default())
    }

    /// The fates kept so far, in their order.
    pub(crate) async fn fates(&self) -> Vec<String> {
        let everything = EventFilter { from: NOW, to: NOW.plus_ms(1), fate: None, after: None };
        let rows = self.desk.store().tenant(&self.tenant).events(&everything, 100).await.unwrap();
        let mut rows: Vec<(u64, String)> = rows.into_iter().map(|row| (row.id, row.fate)).collect();
        rows.sort_unstable();
        rows.into_iter().map(|(_, fate)| fate).collect()
    }
}
