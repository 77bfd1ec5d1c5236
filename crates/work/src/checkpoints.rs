//! Checkpoints: signed heads of the chains, in a file outside the database and then in it: what could not be put outside is
//! owed still. The same note twice in the file does no harm.

use anyhow::Context;
use desk::{CheckpointKey, Desk};
use std::path::PathBuf;
use tokio::io::AsyncWriteExt;

pub(crate) async fn sign(desk: Desk, key: CheckpointKey, file: PathBuf) -> anyhow::Result<()> {
    let signed = desk.sign_heads(&key).await?;
    if signed.is_empty() {
        return Ok(());
    }
    let mut outside = tokio::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(&file)
        .await
        .with_context(|| format!("opening {}", file.display()))?;
    let notes: String = signed.iter().map(|checkpoint| format!("{}\n", checkpoint.note)).collect();
    let end = outside.metadata().await?.len();
    let written = async {
        outside.write_all(notes.as_bytes()).await?;
        outside.sync_data().await
    };
    if let Err(error) = written.await {
        // A note must not follow half of another.
        outside.set_len(end).await.context("taking half a note back")?;
        return Err(error).with_context(|| format!("writing {}", file.display()));
    }
    desk.keep_checkpoints(&signed).await?;
    Ok(())
}
