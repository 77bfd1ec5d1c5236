//! Packs: each quarter of an hour one node puts a sealed page with all that is owed into a second place. Which node, when the
//! next is due and how it went stands in one row that all nodes share.

mod folder;

pub use folder::{Folder, NotAFolder};

use anyhow::{anyhow, bail};
use desk::health::Packs as Standing;
use desk::pack::standing;
use desk::{Desk, pack::Content};
use domain::time::{Instant, MINUTE_MS};
use notify::egress::Egress;
use notify::plain;
use pack::{Fresh, Passphrase};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, oneshot};

/// How often a node looks whether a pack is due.
const LOOK: Duration = Duration::from_secs(10);
/// How long the folder may take; one on another machine may have gone.
const FOLDER_LIMIT: Duration = Duration::from_secs(60);
/// How long a node has the making to itself: all that it may take, and a margin.
const LEASE_MS: i64 = 3 * MINUTE_MS;
/// The longest wait before a pack that could not be written is tried again.
const RETRY_MS: i64 = MINUTE_MS;

/// Where packs go.
#[derive(Clone, Debug)]
pub enum Packs {
    /// To a second place.
    Kept(Box<PackSettings>),
    /// Nowhere: no passphrase or no second place is set, and the board says so.
    Nowhere,
    /// Nowhere, and none are needed: the demo.
    NotNeeded,
}

/// How packs are made. At least one of folder and upload is there.
#[derive(Clone, Debug)]
pub struct PackSettings {
    /// What opens them.
    pub passphrase: Passphrase,
    /// Time from one to the next.
    pub every: Duration,
    /// The folder they are written to.
    pub folder: Option<Folder>,
    /// The address they are put at.
    pub upload: Option<Upload>,
}

/// An address that takes packs by HTTP PUT.
#[derive(Clone)]
pub struct Upload {
    /// Where to: a URL that ends in `/` gets the file's name appended, any other is overwritten each time.
    pub url: String,
    /// Bearer token.
    pub token: Option<String>,
}

/// All but the token.
impl std::fmt::Debug for Upload {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Upload").field("url", &self.url).finish_non_exhaustive()
    }
}

impl PackSettings {
    fn every_ms(&self) -> i64 {
        i64::try_from(self.every.as_millis()).unwrap_or(i64::MAX)
    }
}

/// The task of one node.
pub(crate) struct Maker {
    node: String,
    packs: Packs,
    egress: Egress,
    /// Held while a folder is written to, also beyond the time we wait for it.
    writing: Arc<Mutex<()>>,
}

impl Maker {
    pub(crate) fn new(node: &str, packs: Packs, egress: Egress) -> Self {
        Self { node: node.to_owned(), packs, egress, writing: Arc::default() }
    }

    pub(crate) fn period(&self) -> Duration {
        if let Packs::Kept(settings) = &self.packs { settings.every.min(LOOK) } else { LOOK }
    }

    /// Makes a pack where one is due and no other node is at it, and tells the board how packs stand.
    pub(crate) async fn look(&self, desk: Desk) -> anyhow::Result<()> {
        let settings = match &self.packs {
            Packs::Kept(settings) => settings,
            Packs::Nowhere => {
                desk.health().update(|state| state.packs = Standing::NotConfigured);
                return Ok(());
            }
            Packs::NotNeeded => return Ok(()),
        };
        let (system, every_ms) = (desk.store().system(), settings.every_ms());
        let (row, now) = (system.pack().await?, desk.now().await?);
        let is_due = row.is_none_or(|row| row.due <= now || row.due > now.plus_ms(every_ms));
        if is_due && system.claim_pack(&self.node, every_ms, LEASE_MS).await? {
            let made = self.make(&desk, settings).await;
            let wait = if made.is_ok() { every_ms } else { every_ms.min(RETRY_MS) };
            let due = desk.now().await?.plus_ms(wait);
            let said = made.as_ref().map_err(|error| format!("{error:#}"));
            system.finish_pack(&self.node, said.as_ref().map(|made| **made).map_err(String::as_str), due).await?;
            match &said {
                Ok(_) => metrics::counter!("madoguchi_packs_total", "outcome" => "written").increment(1),
                Err(reason) => {
                    metrics::counter!("madoguchi_packs_total", "outcome" => "failed").increment(1);
                    tracing::warn!(%reason, "the pack could not be written; it will be tried again");
                }
            }
        }
        let (row, now) = (system.pack().await?, desk.now().await?);
        desk.health().update(|state| state.packs = standing(row.as_ref(), now, every_ms));
        Ok(())
    }

    /// Makes a pack and puts it everywhere it belongs; as of when it is.
    async fn make(&self, desk: &Desk, settings: &PackSettings) -> anyhow::Result<Instant> {
        let content = desk.pack_content().await?;
        let made = content.made;
        let file = Arc::new(sealed(content, settings.passphrase.clone()).await?);
        let name = name(made);
        let folder = async {
            let Some(folder) = &settings.folder else { return Ok(()) };
            self.write(folder.clone(), name.clone(), Arc::clone(&file)).await
        };
        let upload = async {
            let Some(Upload { url, token }) = &settings.upload else { return Ok(()) };
            let url = if url.ends_with('/') { format!("{url}{name}") } else { url.clone() };
            let body = file.as_bytes().to_vec();
            let put = plain::put(&self.egress, &url, token.as_deref(), "text/html; charset=utf-8", body).await;
            put.map(drop).map_err(|error| anyhow!("pack.url: {error}"))
        };
        // One place that fails does not keep the other from its pack.
        let (folder, upload) = tokio::join!(folder, upload);
        match (folder, upload) {
            (Ok(()), Ok(())) => Ok(made),
            (Err(error), Ok(())) | (Ok(()), Err(error)) => Err(error),
            (Err(folder), Err(upload)) => bail!("{folder:#}; {upload:#}"),
        }
    }

    async fn write(&self, folder: Folder, name: String, file: Arc<String>) -> anyhow::Result<()> {
        let Ok(writing) = Arc::clone(&self.writing).try_lock_owned() else {
            bail!("pack.dir {} has not answered since the last try", folder.dir.display());
        };
        let said = folder.dir.display().to_string();
        // A thread of its own: one that hangs on a mount that has gone keeps neither the other tasks nor the end of the desk.
        let (tell, told) = oneshot::channel();
        std::thread::Builder::new().name("pack".into()).spawn(move || {
            let written = folder.write(&name, file.as_bytes());
            drop(writing);
            // Nobody listens any more where it took too long.
            let _late = tell.send(written);
        })?;
        match tokio::time::timeout(FOLDER_LIMIT, told).await {
            Ok(Ok(written)) => written.map_err(|error| anyhow!("pack.dir {said}: {error}")),
            Ok(Err(fault)) => bail!("pack.dir {said}: {fault}"),
            Err(_) => bail!("pack.dir {said} does not answer within {} s", FOLDER_LIMIT.as_secs()),
        }
    }
}

/// Draws and seals a pack beside the other tasks: it takes half a second of a processor.
async fn sealed(content: Content, passphrase: Passphrase) -> anyhow::Result<String> {
    let fresh = Fresh { salt: store::random::bytes(), nonce: store::random::bytes() };
    Ok(tokio::task::spawn_blocking(move || pack::file(&content, &passphrase, &fresh)).await?)
}

/// `madoguchi-pack-20261121T181200Z.html`, in UTC, so that names sort by age.
fn name(made: Instant) -> String {
    let stamp: String = made.to_string().chars().filter(|letter| !"-:".contains(*letter)).take(15).collect();
    format!("{}{stamp}Z{}", folder::PREFIX, folder::SUFFIX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_sort_by_age() {
        let name_of = |text: &str| name(Instant::parse(text).unwrap());
        assert_eq!(name_of("2026-11-22T03:12:00.250+09:00"), "madoguchi-pack-20261121T181200Z.html");
        assert!(name_of("2026-11-22T03:12:00Z") < name_of("2026-11-22T03:12:01Z"));
    }
}
