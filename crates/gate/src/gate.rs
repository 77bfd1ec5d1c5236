//! The gate itself: what all routes share, and how tables become one router.

use crate::guard::guard;
use crate::{Row, Table, edge};
use axum::Router;
use axum::middleware::from_fn_with_state;
use desk::Desk;
use domain::words::Lang;
use std::collections::{BTreeMap, HashSet};
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex};
use tokio_util::sync::CancellationToken;
use wire::problem::Problem;

/// Writes the page that tells people of a problem.
pub type ErrorPage = fn(&Problem, Lang) -> String;

/// What a gate is told at its start.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Whether people reach the desk over TLS, here or at a proxy (the base address begins with `https`).
    pub https: bool,
    /// Writes error pages.
    pub error_page: ErrorPage,
    /// Cancelled when the desk stops: live streams end then.
    pub stop: CancellationToken,
}

/// Cheap to clone, shared by all routes.
#[derive(Clone)]
pub struct Gate(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) desk: Desk,
    settings: Settings,
    /// What request ids of this process begin with.
    pub(crate) prefix: String,
    pub(crate) requests: AtomicU64,
    /// Callers and their `Idempotency-Key`s that are being worked on.
    pub(crate) in_flight: Mutex<HashSet<(String, String)>>,
}

impl Gate {
    /// A gate before a desk.
    pub fn new(desk: Desk, settings: Settings) -> Self {
        let prefix = store::random::letters::<6>();
        let (requests, in_flight) = (AtomicU64::default(), Mutex::default());
        Self(Arc::new(Inner { desk, settings, prefix, requests, in_flight }))
    }

    /// What it was told.
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// A table's router, each route behind its guard.
    ///
    /// # Panics
    /// If two routes have the same method and path.
    pub fn router<S: Clone + Send + Sync + 'static>(&self, table: Table<S>, state: S) -> Router {
        let mut router = Router::new();
        for (row, handler) in table.routes {
            let path = row.path;
            let guarded = handler.route_layer(from_fn_with_state((self.clone(), Arc::new(row)), guard));
            router = router.route(path, guarded);
        }
        router.with_state(state)
    }

    /// The whole site out of its routers: unknown paths, unknown methods, errors, headers and the request log.
    ///
    /// # Panics
    /// If two routes have the same method and path.
    pub fn open(&self, routers: impl IntoIterator<Item = Router>) -> Router {
        let site = routers.into_iter().fold(Router::new(), Router::merge);
        site.fallback(edge::nowhere)
            .method_not_allowed_fallback(edge::no_such_method)
            .layer(from_fn_with_state(self.clone(), edge::edge))
    }
}

/// Rows by path, for readers who want one line a path.
pub(crate) fn by_path<'r>(rows: impl IntoIterator<Item = &'r Row>) -> BTreeMap<&'static str, Vec<&'r Row>> {
    let mut paths: BTreeMap<&'static str, Vec<&Row>> = BTreeMap::new();
    for row in rows {
        paths.entry(row.path).or_default().push(row);
    }
    paths
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use domain::time::Instant;
    use store::{Clock, HandClock, Store};

    /// A gate before an empty desk. Error pages are `<p>type detail</p>`.
    pub(crate) async fn gate(https: bool) -> (Gate, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("desk.db").display());
        let store = Store::open(&url, Clock::Hand(HandClock::at(Instant::from_ms(0)))).await.unwrap();
        let base_url = "https://desk.example.jp".to_owned();
        let desk =
            Desk::new(store, desk::Settings { base_url, message_domain: "example.jp".into(), sealing_key: [7; 32] });
        let error_page: ErrorPage = |problem, _| format!("<p>{} {}</p>", problem.kind, problem.detail);
        (Gate::new(desk, Settings { https, error_page, stop: CancellationToken::new() }), folder)
    }
}
