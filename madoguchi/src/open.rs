//! Opening the desk for a command.

use crate::keys;
use crate::settings::Settings;
use anyhow::{Context, anyhow, bail};
use desk::{CheckpointKey, Desk};
use notify::egress::{Egress, Rules};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use store::{Clock, Store};

/// Opens the store the settings name; makes the data folder where it does not exist.
pub(crate) async fn store(settings: &Settings) -> anyhow::Result<Store> {
    std::fs::create_dir_all(&settings.data)
        .with_context(|| format!("making the data folder {}", settings.data.display()))?;
    let url = settings.database_url();
    Store::open(&url, Clock::Real).await.with_context(|| format!("opening the database {}", without_password(&url)))
}

/// Opens a store that must be there already, and leaves its schema alone: proving an empty database that was just made would
/// prove nothing.
pub(crate) async fn existing_store(settings: &Settings) -> anyhow::Result<Store> {
    if settings.database.is_none() && !settings.data.join("madoguchi.db").exists() {
        bail!(
            "there is no database under {}; give --data or --database, or make one with serve",
            settings.data.display()
        );
    }
    let url = settings.database_url();
    let store = Store::open_as_it_is(&url, Clock::Real).await;
    store.with_context(|| format!("opening the database {}", without_password(&url)))
}

/// Opens the desk; `listening` is where it can be reached, where no base address is set.
pub(crate) async fn desk(settings: &Settings, listening: SocketAddr) -> anyhow::Result<Desk> {
    let (store, egress) = (store(settings).await?, egress(settings)?);
    // What the form takes is what the caller of webhooks would call.
    let judge = move |url: &str| egress.check_url(url).map(drop).map_err(|failure| failure.to_string());
    let desk = Desk::new(store, desk_settings(settings, listening)?).judging_urls(Arc::new(judge));
    Ok(match &settings.mail_in {
        Some(mail_in) => desk.receiving_mail(&mail_in.domain),
        None => desk,
    })
}

/// What the desk must know.
pub(crate) fn desk_settings(settings: &Settings, listening: SocketAddr) -> anyhow::Result<desk::Settings> {
    let base_url = settings.base_url(listening);
    let host = base_url.split("://").nth(1).unwrap_or_default().split([':', '/']).next().unwrap_or_default().to_owned();
    let mail_domain = settings.mail.as_ref().map(|mail| mail.message_id_domain.clone());
    Ok(desk::Settings {
        message_domain: mail_domain.filter(|domain| !domain.is_empty()).unwrap_or(host),
        base_url,
        sealing_key: keys::read_or_make(&settings.key_file(settings.sealing_key_file.as_deref(), "sealing.key"))?,
    })
}

/// The key checkpoints are signed with; made where there is none.
pub(crate) fn checkpoint_key(settings: &Settings) -> anyhow::Result<CheckpointKey> {
    Ok(CheckpointKey::from_seed(keys::read_or_make(&checkpoint_key_file(settings))?))
}

/// The key checkpoints were signed with, where this machine has it.
pub(crate) fn known_checkpoint_key(settings: &Settings) -> anyhow::Result<Option<CheckpointKey>> {
    let file = checkpoint_key_file(settings);
    if file.exists() { Ok(Some(CheckpointKey::from_seed(keys::read(&file)?))) } else { Ok(None) }
}

fn checkpoint_key_file(settings: &Settings) -> PathBuf {
    settings.key_file(settings.checkpoint_key_file.as_deref(), "checkpoint.key")
}

/// The client of webhooks.
pub(crate) fn egress(settings: &Settings) -> anyhow::Result<Egress> {
    let allowed = settings
        .egress_allowed
        .iter()
        .map(|text| text.parse().map_err(|error| anyhow!("egress_allowed '{text}': {error}")));
    let rules = Rules { allowed: allowed.collect::<anyhow::Result<_>>()?, ca_file: settings.egress_ca_file.clone() };
    Egress::new(&rules).context("preparing webhooks")
}

/// A database address fit for people's eyes.
pub(crate) fn without_password(url: &str) -> String {
    match (url.split_once("://"), url.rsplit_once('@')) {
        (Some((scheme, rest)), Some((_, host))) if rest.contains('@') => {
            let user = rest.split([':', '@']).next().unwrap_or_default();
            format!("{scheme}://{user}:***@{host}")
        }
        _ => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_not_shown() {
        assert_eq!(without_password("postgres://u:p@ss@h/db"), "postgres://u:***@h/db");
        assert_eq!(without_password("sqlite:///a/b.db"), "sqlite:///a/b.db");
    }
}
