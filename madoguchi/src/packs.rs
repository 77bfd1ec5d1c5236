//! The settings of packs, and what `doctor` says of them.

use crate::open;
use crate::settings::{Pack, Settings};
use anyhow::{Context, bail};
use desk::health::Packs;
use desk::pack::standing;
use pack::Passphrase;
use std::path::Path;
use std::time::Duration;
use store::Store;
use work::{Folder, PackSettings, Upload};

/// Seconds from one pack to the next.
const EVERY_S: std::ops::RangeInclusive<u32> = 1..=86_400;

/// How packs are made; none where no passphrase or no second place is set.
pub(crate) fn settings(settings: &Settings) -> anyhow::Result<Option<PackSettings>> {
    let Some(pack) = &settings.pack else { return Ok(None) };
    let Pack { passphrase, passphrase_file, dir, keep, url, token, every_s } = pack;
    if !EVERY_S.contains(every_s) {
        bail!("pack.every_s is {every_s}; it is {} to {}", EVERY_S.start(), EVERY_S.end());
    }
    if *keep == 0 {
        bail!("pack.keep is 0; at least one pack stays");
    }
    if url.as_ref().is_some_and(|url| !url.starts_with("https://")) {
        bail!("pack.url must begin with https://");
    }
    let passphrase = match (passphrase, passphrase_file) {
        (Some(_), Some(_)) => bail!("pack.passphrase and pack.passphrase_file are both set; set one of them"),
        (Some(passphrase), None) => Some(passphrase.clone()),
        (None, Some(file)) => {
            Some(from_file(file).with_context(|| format!("pack.passphrase_file {}", file.display()))?)
        }
        (None, None) => None,
    };
    let Some(passphrase) = passphrase else { return Ok(None) };
    if dir.is_none() && url.is_none() {
        return Ok(None);
    }
    Ok(Some(PackSettings {
        passphrase,
        every: Duration::from_secs(u64::from(*every_s)),
        folder: dir.clone().map(|dir| Folder { dir, keep: *keep }),
        upload: url.clone().map(|url| Upload { url, token: token.clone().map(|token| token.0) }),
    }))
}

fn from_file(file: &Path) -> anyhow::Result<Passphrase> {
    let text = std::fs::read_to_string(file)?;
    let line = text.lines().next().unwrap_or_default();
    Ok(Passphrase::try_from(line.to_owned())?)
}

/// Whether packs are set up, whether their places can be written to, and how old the last one is.
pub(crate) async fn doctor(all: &Settings, store: Option<&Store>) -> anyhow::Result<String> {
    let Some(packs) = settings(all)? else {
        bail!("none are made, so nobody could go on by paper; set pack.passphrase, and pack.dir or pack.url");
    };
    if let Some(folder) = &packs.folder {
        folder.probe().with_context(|| format!("pack.dir {}", folder.dir.display()))?;
    }
    if let Some(upload) = &packs.upload {
        open::egress(all)?.check_url(&upload.url).context("pack.url")?;
    }
    let Some(store) = store else { return Ok("the places can be written to".into()) };
    let (row, now) = (store.system().pack().await?, store.now().await?);
    let every_ms = i64::try_from(packs.every.as_millis())?;
    match standing(row.as_ref(), now, every_ms) {
        Packs::Made { at } => Ok(format!("the last one is {} s old", now.since_ms(at) / 1_000)),
        Packs::Late { made, reason } => {
            let made = made.map_or_else(|| "never".to_owned(), |made| made.to_string());
            bail!("the last one was written {made}; {reason}")
        }
        Packs::Unknown | Packs::NotConfigured => Ok("the places can be written to; none was made yet".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    /// Reads a settings file: what is wrong with it, or whether packs are made.
    fn read(text: &str) -> Result<bool, String> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("madoguchi.toml");
        std::fs::write(folder.path().join("secret"), "correct horse battery\nwritten by the head of desk\n").unwrap();
        std::fs::write(&file, text.replace("FOLDER", &folder.path().display().to_string())).unwrap();
        let place = crate::Cli::parse_from(["madoguchi", "--config", &file.display().to_string(), "doctor"]).place;
        let read = Settings::load(&place, None).and_then(|all| settings(&all));
        read.map(|packs| packs.is_some()).map_err(|error| format!("{error:#}"))
    }

    #[test]
    fn packs_are_made_once_a_passphrase_and_a_place_are_set() {
        let secret = "passphrase = 'correct horse battery'";
        let url = "url = 'https://a.example/'";
        for (pack, expected) in [
            ("", Ok(false)),
            ("[pack]", Ok(false)),
            ("[pack]\nSECRET", Ok(false)),
            ("[pack]\nURL", Ok(false)),
            ("[pack]\nSECRET\nURL", Ok(true)),
            ("[pack]\nSECRET\ndir = '/mnt/a'", Ok(true)),
            ("[pack]\npassphrase_file = 'FOLDER/secret'\nURL", Ok(true)),
            ("[pack]\npassphrase_file = 'FOLDER/none'\nURL", Err("pack.passphrase_file")),
            ("[pack]\npassphrase_file = 'FOLDER/secret'\nSECRET", Err("set one of them")),
            ("[pack]\npassphrase = 'short'", Err("16 to 200 printable ASCII characters")),
            ("[pack]\npassphrase = 1234567890123456", Err("is a number stands in quotes")),
            ("[pack]\nurl = 'http://a.example/'", Err("must begin with https://")),
            ("[pack]\nkeep = 0", Err("pack.keep is 0")),
            ("[pack]\nevery_s = 0", Err("pack.every_s is 0; it is 1 to 86400")),
            ("[pack]\nfolder = 'x'", Err("folder")),
        ] {
            match (read(&pack.replace("SECRET", secret).replace("URL", url)), expected) {
                (Ok(made), Ok(expected)) => assert_eq!(made, expected, "{pack}"),
                (Err(said), Err(expected)) => assert!(said.contains(expected), "{pack}: {said}"),
                (read, _) => panic!("{pack}: {read:?}"),
            }
        }
    }
}
