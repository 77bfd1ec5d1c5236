//! Timers: fires what is due, then waits for the next due instant, a change, or a quarter of a second.

use desk::Desk;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// The longest wait: another node may have armed something nearer.
const POLL: Duration = Duration::from_millis(250);
/// What is due longer than this could not be fired and rests; it is not asked for without a pause.
const LATE_MS: i64 = 1_000;

pub(crate) async fn run(desk: Desk, stop: CancellationToken) {
    let mut changes = desk.listen();
    while !stop.is_cancelled() {
        let fired = match desk.fire_due().await {
            Ok(fired) => fired,
            Err(error) => {
                tracing::warn!(%error, "timers could not be fired; they stay due");
                0
            }
        };
        if fired > 0 {
            metrics::counter!("madoguchi_timers_fired_total").increment(fired as u64);
            continue;
        }
        let wait = wait(&desk).await;
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(wait) => {}
            // A bell that was missed or fell behind costs a poll at most.
            () = crate::act(&mut changes) => {}
        }
    }
}

async fn wait(desk: &Desk) -> Duration {
    let (Ok(Some(next)), Ok(now)) = (desk.next_timer().await, desk.now().await) else { return POLL };
    let ms = next.since_ms(now);
    if ms < -LATE_MS {
        return POLL;
    }
    Duration::from_millis(u64::try_from(ms).unwrap_or(0)).clamp(Duration::from_millis(5), POLL)
}
