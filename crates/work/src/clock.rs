//! Whether the machine's clock follows a reference, as far as the system says.

use desk::Desk;
use desk::health::WallClock;
use tokio::process::Command;

pub(crate) async fn look(desk: Desk) -> anyhow::Result<()> {
    let clock = wall_clock().await;
    desk.health().update(|state| state.clock = clock);
    Ok(())
}

/// Asks systemd; where it is absent nothing can be said.
pub async fn wall_clock() -> WallClock {
    let asked =
        Command::new("timedatectl").args(["show", "--property=NTPSynchronized", "--value"]).kill_on_drop(true).output();
    match asked.await {
        Ok(said) if said.stdout.starts_with(b"yes") => WallClock::Synchronised,
        Ok(said) if said.stdout.starts_with(b"no") => WallClock::Unsynchronised,
        _ => WallClock::Unknown,
    }
}
