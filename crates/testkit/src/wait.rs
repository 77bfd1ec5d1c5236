//! Waiting for a condition, with a limit.

use anyhow::{Result, bail};
use std::time::{Duration, Instant};

/// Time a peer has to become ready or to do what a test expects, unless the test says otherwise.
pub const LIMIT: Duration = Duration::from_secs(60);

/// Pause between two looks at a condition.
const PAUSE: Duration = Duration::from_millis(20);

/// Looks until there is something to see and returns it.
///
/// # Errors
/// `look` failed, or nothing was seen within `limit`; the error then names `what` was waited for.
pub async fn until<T>(what: &str, limit: Duration, mut look: impl AsyncFnMut() -> Result<Option<T>>) -> Result<T> {
    let begun = Instant::now();
    loop {
        if let Some(seen) = look().await? {
            return Ok(seen);
        }
        if begun.elapsed() > limit {
            bail!("waited {} s in vain for {what}", limit.as_secs_f32());
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Looks until a TCP port of 127.0.0.1 accepts a connection.
///
/// # Errors
/// Nothing accepted within `limit`, or `alive` failed, which is how a peer that died early is noticed.
pub async fn until_port_open(port: u16, limit: Duration, mut alive: impl FnMut() -> Result<()>) -> Result<()> {
    until(&format!("port {port} to open"), limit, async || {
        alive()?;
        #[expect(clippy::disallowed_methods, reason = "a look at our own peer on the loopback")]
        let connection = tokio::net::TcpStream::connect(("127.0.0.1", port)).await;
        Ok(connection.ok().map(drop))
    })
    .await
}
