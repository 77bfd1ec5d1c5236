//! A request sent again and again on several connections at once: how many are answered a second, and how long each waits.

use super::Pace;
use crate::client::Connection;
use crate::figures::Series;
use anyhow::{Result, bail};
use std::time::Instant;
use tokio::task::JoinSet;

/// What a throng got.
#[derive(Debug, Default)]
pub(super) struct Answered {
    /// Answers a second, one value a run.
    pub(super) rates: Series,
    /// Milliseconds of each answer.
    pub(super) waits_ms: Series,
}

/// Sends a request on so many connections to a port of 127.0.0.1; its bytes are changed before each sending.
///
/// # Errors
/// An answer is no success, or a connection breaks.
pub(super) async fn throng(
    port: u16,
    connections: usize,
    pace: Pace,
    request: &[u8],
    change: impl Fn(&mut [u8]) + Clone + Send + 'static,
) -> Result<Answered> {
    let mut answered = Answered::default();
    for _ in 0..pace.repeats {
        let mut tasks = JoinSet::new();
        let begun = Instant::now();
        for _ in 0..connections {
            let (mut request, change) = (request.to_vec(), change.clone());
            tasks.spawn(async move {
                let mut connection = Connection::open(port).await?;
                let mut waits_ms = vec![];
                while begun.elapsed() < pace.run {
                    change(&mut request);
                    let asked = Instant::now();
                    let reply = connection.send(&request).await?;
                    if !reply.is_success() {
                        bail!("answered {}: {}", reply.status, String::from_utf8_lossy(&reply.body));
                    }
                    waits_ms.push(asked.elapsed().as_secs_f64() * 1_000.0);
                }
                Ok(waits_ms)
            });
        }
        let mut answers = 0;
        while let Some(waits_ms) = tasks.join_next().await {
            let waits_ms = waits_ms??;
            answers += waits_ms.len();
            answered.waits_ms.extend(waits_ms);
        }
        answered.rates.add(answers as f64 / begun.elapsed().as_secs_f64());
    }
    Ok(answered)
}
