//! The ledger: what a client was told is on disk, in a file of its own that outlives every kill.

use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

/// An alert as both sides name it: the key that correlates it, and which alert of that it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AlertId {
    /// Its dedup key.
    pub dedup_key: String,
    /// Which alert of the incident: the dedup key again, or a fingerprint.
    pub alert_key: String,
}

/// An open ledger. A line is written after a 2xx and synced to disk; many lines share one sync.
pub struct Ledger {
    lines: Sender<Vec<AlertId>>,
    writer: JoinHandle<std::io::Result<()>>,
    path: PathBuf,
}

impl Ledger {
    /// Opens a ledger; what the file holds already stays.
    ///
    /// # Errors
    /// The file cannot be opened.
    pub fn open(path: &Path) -> Result<Self> {
        let file = File::options().create(true).append(true).open(path).with_context(|| path.display().to_string())?;
        let (lines, received) = channel();
        let writer = std::thread::spawn(move || write(file, &received));
        Ok(Self { lines, writer, path: path.to_owned() })
    }

    /// Where clients tell what was acknowledged.
    pub fn pen(&self) -> Sender<Vec<AlertId>> {
        self.lines.clone()
    }

    /// Waits until all is on disk and reads the file back: how often each alert was acknowledged. Every pen must be gone.
    ///
    /// # Errors
    /// The file could not be written or holds something else.
    pub fn close(self) -> Result<BTreeMap<AlertId, u64>> {
        drop(self.lines);
        self.writer.join().map_err(|_| anyhow::anyhow!("the ledger's writer panicked"))??;
        read(&self.path)
    }
}

fn write(mut file: File, received: &Receiver<Vec<AlertId>>) -> std::io::Result<()> {
    while let Ok(first) = received.recv() {
        let mut text = String::new();
        for id in std::iter::once(first).chain(received.try_iter()).flatten() {
            text.extend([&id.dedup_key, "\t", &id.alert_key, "\n"]);
        }
        file.write_all(text.as_bytes())?;
        file.sync_data()?;
    }
    Ok(())
}

/// Reads a ledger.
fn read(path: &Path) -> Result<BTreeMap<AlertId, u64>> {
    let mut found = BTreeMap::new();
    for line in std::fs::read_to_string(path)?.lines() {
        let (dedup_key, alert_key) = line.split_once('\t').with_context(|| format!("no line of a ledger: {line}"))?;
        *found.entry(AlertId { dedup_key: dedup_key.to_owned(), alert_key: alert_key.to_owned() }).or_default() += 1;
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ledger_says_how_often_each_alert_was_acknowledged() {
        let folder = tempfile::tempdir().unwrap();
        let id = |key: &str| AlertId { dedup_key: key.to_owned(), alert_key: format!("{key}-1") };
        let ledger = Ledger::open(&folder.path().join("ledger")).unwrap();
        let pen = ledger.pen();
        pen.send(vec![id("a"), id("b")]).unwrap();
        pen.send(vec![id("a")]).unwrap();
        drop(pen);
        assert_eq!(ledger.close().unwrap(), BTreeMap::from([(id("a"), 2), (id("b"), 1)]));
    }
}
