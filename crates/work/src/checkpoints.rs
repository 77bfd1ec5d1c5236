//! Checkpoints: signed heads of the chains, in the database and in a file outside it.

use anyhow::Context;
use desk::{CheckpointKey, Desk};
use std::path::PathBuf;
use tokio::io::AsyncWriteExt;

pub(crate) async fn sign(desk: Desk, key: CheckpointKey, file: PathBuf) -> anyhow::Result<()> {
    let signed = desk.checkpoint(&key).await?;
    if signed.is_empty() {
        return Ok(());
    }
    let mut outside = tokio::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(&file)
        .await
        .with_context(|| format!("opening {}", file.display()))?;
    for checkpoint in signed {
        outside.write_all(format!("{}\n", checkpoint.note).as_bytes()).await?;
    }
    outside.sync_data().await?;
    Ok(())
}
