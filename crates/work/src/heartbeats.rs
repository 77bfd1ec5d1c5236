//! Intake keys that promised a heartbeat and fell silent open an incident of the provider.

use desk::Desk;

pub(crate) async fn watch(desk: Desk) -> anyhow::Result<()> {
    let opened = desk.watch_heartbeats().await?;
    if opened > 0 {
        tracing::warn!(opened, "promised heartbeats are overdue");
    }
    Ok(())
}
