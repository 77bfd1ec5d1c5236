//! Bytes from alert senders to alert events, one file per sender (L4).
//!
//! Each sender's file has a pure `parse` and a thin handler. The handler answers only after `Desk::receive` returned: a
//! 2xx means that it is on disk. What came with a known key and cannot be read is kept in quarantine and shown on the
//! board; what came with an unknown key is refused and nothing of it is kept.

pub mod alertmanager;
pub mod events_v2;
mod text;
mod unreadable;

pub use unreadable::Unreadable;

use axum::body::Bytes;
use desk::{Delivery, Desk, IntakeKey, Received};
use domain::alerts::AlertEvent;
use gate::{Buckets, Object, Policy, Surface, Table, Trouble};
use metrics::{counter, histogram};
use std::sync::Arc;
use std::time::Instant;

/// Events a second and events at once that one key may send where the settings say nothing else: above what one machine
/// takes in, so that only a sender gone wild meets it.
pub const DEFAULT_RATE: (u32, u32) = (20_000, 60_000);

/// What the handlers share.
#[derive(Clone)]
pub struct Intake {
    desk: Desk,
    buckets: Arc<Buckets>,
}

impl Intake {
    /// Hands what it reads to a desk; each key may send as much as its bucket holds.
    pub fn new(desk: Desk, buckets: Buckets) -> Self {
        Self { desk, buckets: Arc::new(buckets) }
    }

    /// Delivers what a known key sent and returns once it is on disk.
    async fn deliver(
        &self,
        key: IntakeKey,
        sender: &'static str,
        body: &Bytes,
        content: Result<Vec<AlertEvent>, String>,
    ) -> Result<Vec<Received>, Trouble> {
        let began = Instant::now();
        let amount = content.as_ref().map_or(1, Vec::len);
        self.buckets.take(key.key.as_str(), amount, began).map_err(Trouble::too_many)?;
        let received = self.desk.receive(Delivery { key, sender, body: body.to_vec(), content }).await?;
        for one in &received {
            counter!("intake_events_total", "sender" => sender, "fate" => one.fate.code()).increment(1);
        }
        histogram!("intake_seconds", "sender" => sender).record(began.elapsed().as_secs_f64());
        Ok(received)
    }
}

/// The routes of all senders.
pub fn table() -> Table<Intake> {
    let mut table = Table::new(Surface::Intake);
    table.post("/v2/enqueue").allow(Policy::IntakeKey).to(events_v2::enqueue);
    table.post("/v2/change/enqueue").allow(Policy::IntakeKey).to(events_v2::enqueue_change);
    table
        .post("/intake/alertmanager/{key}")
        .allow(Policy::IntakeKey)
        .objects(&[Object::IntakeSecret])
        .body_max(alertmanager::BODY_MAX)
        .to(alertmanager::receive);
    table
}
