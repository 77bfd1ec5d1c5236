//! Repeats of alerts become facts: one an alert, however many repeats since the last.

use desk::Desk;

pub(crate) async fn count(desk: Desk) -> anyhow::Result<()> {
    desk.count_repeats().await?;
    Ok(())
}
