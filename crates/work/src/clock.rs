//! Whether the machine's clock follows a reference, as far as the system says.

use desk::Desk;
use desk::health::WallClock;
use tokio::process::Command;

/// Asks systemd; where it is absent nothing can be said.
pub(crate) async fn look(desk: Desk) -> anyhow::Result<()> {
    let asked = Command::new("timedatectl").args(["show", "--property=NTPSynchronized", "--value"]).kill_on_drop(true).output();
    let clock = match asked.await {
        Ok(said) if said.stdout.starts_with(b"yes") => WallClock::Synchronised,
        Ok(said) if said.stdout.starts_with(b"no") => WallClock::Unsynchronised,
        _ => WallClock::Unknown,
    };
    desk.health().update(|state| state.clock = clock);
    Ok(())
}
