//! `/healthz`, `/readyz`, `/metrics`: is it alive, can it commit, what does it count.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use desk::Desk;
use gate::{Policy, Surface, Table};
use metrics_exporter_prometheus::PrometheusHandle;

/// What the health routes look at.
#[derive(Clone)]
pub(crate) struct Health {
    pub(crate) desk: Desk,
    pub(crate) metrics: PrometheusHandle,
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

/// Really commits something: a disk that is full or a database that is gone shows here first.
async fn readyz(axum::extract::State(health): axum::extract::State<Health>) -> Response {
    match health.desk.store().can_commit().await {
        Ok(()) => "ready\n".into_response(),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, [("retry-after", "1")], "not ready: the database takes no commit\n")
                .into_response()
        }
    }
}

async fn count(axum::extract::State(health): axum::extract::State<Health>) -> Response {
    let system = health.desk.store().system();
    if let (Ok(queues), Ok(now)) = (system.queue_depth().await, health.desk.now().await) {
        for class in ["notice", "page"] {
            let queue = queues.iter().find(|queue| queue.class == class);
            let oldest_ms = queue.map_or(0, |queue| now.since_ms(queue.oldest).max(0));
            metrics::gauge!("madoguchi_messages_waiting", "class" => class)
                .set(queue.map_or(0.0, |queue| queue.count as f64));
            metrics::gauge!("madoguchi_messages_oldest_seconds", "class" => class).set(oldest_ms as f64 / 1000.0);
        }
    }
    health.metrics.render().into_response()
}
