//! `/healthz`, `/readyz`, `/metrics`: is it alive, can it commit, what does it count.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use desk::Desk;
use gate::{Policy, Surface, Table};
use metrics_exporter_prometheus::PrometheusHandle;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// What the health routes look at.
#[derive(Clone)]
pub(crate) struct Health {
    desk: Desk,
    metrics: PrometheusHandle,
    /// When the last commit was tried, and whether it went well.
    tried: Arc<Mutex<Option<(Instant, bool)>>>,
}

/// How long an answer of `/readyz` holds: anybody may ask, and only one commit a second comes of it.
const HOLDS: Duration = Duration::from_secs(1);

impl Health {
    /// The health of a desk, with what it counts.
    pub(crate) fn new(desk: Desk, metrics: PrometheusHandle) -> Self {
        Self { desk, metrics, tried: Arc::default() }
    }

    /// Really commits something, or says how it went a moment ago: a disk that is full or a database that is gone shows
    /// here first. Those who ask meanwhile wait for the same answer.
    async fn can_commit(&self) -> bool {
        let mut tried = self.tried.lock().await;
        if let Some((_, went_well)) = tried.filter(|(at, _)| at.elapsed() < HOLDS) {
            return went_well;
        }
        let went = self.desk.store().can_commit().await;
        if let Err(error) = &went {
            tracing::warn!(%error, "not ready");
        }
        *tried = Some((Instant::now(), went.is_ok()));
        went.is_ok()
    }
}

/// The health routes: open to everybody who reaches the address, and silent about tenants.
pub(crate) fn table() -> Table<Health> {
    let mut table = Table::new(Surface::Health);
    table.get("/healthz").allow(Policy::Public).to(healthz);
    table.get("/readyz").allow(Policy::Public).to(readyz);
    table.get("/metrics").allow(Policy::Public).to(count);
    table
}

async fn healthz() -> &'static str {
    "alive\n"
}

async fn readyz(State(health): State<Health>) -> Response {
    if health.can_commit().await {
        "ready\n".into_response()
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, [("retry-after", "1")], "not ready: the database takes no commit\n")
            .into_response()
    }
}

async fn count(State(health): State<Health>) -> Response {
    let system = health.desk.store().system();
    if let (Ok(queues), Ok(now)) = (system.queue_depth().await, health.desk.now().await) {
        for class in ["notice", "page", "summary"] {
            let queue = queues.iter().find(|queue| queue.class == class);
            let oldest_ms = queue.map_or(0, |queue| now.since_ms(queue.oldest).max(0));
            metrics::gauge!("madoguchi_messages_waiting", "class" => class)
                .set(queue.map_or(0.0, |queue| queue.count as f64));
            metrics::gauge!("madoguchi_messages_oldest_seconds", "class" => class).set(oldest_ms as f64 / 1000.0);
        }
    }
    if let Ok(provider) = health.desk.provider_id().await
        && let Ok(count) = health.desk.store().tenant(&provider).mails_waiting().await
    {
        metrics::gauge!("madoguchi_mails_waiting").set(count as f64);
    }
    if let (Ok(Some(pack)), Ok(now)) = (system.pack().await, health.desk.now().await)
        && let Some(made) = pack.made
    {
        metrics::gauge!("madoguchi_pack_age_seconds").set(now.since_ms(made).max(0) as f64 / 1000.0);
    }
    health.metrics.render().into_response()
}
