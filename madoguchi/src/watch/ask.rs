//! Asking nodes whether they can commit.

use super::settings::Settings;
use anyhow::{Context, anyhow};
use futures::future::join_all;
use notify::egress::{Allowed, Egress, Rules};
use notify::plain;
use std::time::Duration;

/// What one node answered.
#[derive(Clone, Debug)]
pub(super) struct Heard {
    /// Its address, without a slash at the end.
    pub(super) url: String,
    /// Whether it can commit.
    pub(super) ready: bool,
    /// Its words, or why there are none.
    pub(super) said: String,
}

/// Asks all nodes.
pub(super) struct Asker {
    egress: Egress,
    nodes: Vec<String>,
    limit: Duration,
}

impl Asker {
    pub(super) fn new(settings: &Settings) -> anyhow::Result<Self> {
        let egress = egress(settings, &settings.nodes).context("nodes")?;
        settings.nodes.iter().try_for_each(|url| egress.check_url(url).map(drop)).context("nodes")?;
        let nodes = settings.nodes.iter().map(|url| url.trim_end_matches('/').to_owned()).collect();
        Ok(Self { egress, nodes, limit: settings.answer() })
    }

    /// Asks all nodes beside each other.
    pub(super) async fn ask(&self) -> Vec<Heard> {
        join_all(self.nodes.iter().map(|node| self.ask_one(node))).await
    }

    async fn ask_one(&self, url: &str) -> Heard {
        let asked = plain::get(&self.egress, &format!("{url}/readyz"), self.limit).await;
        let (ready, said) = match asked {
            Ok(reply) => {
                let words = String::from_utf8_lossy(&reply.body).split_whitespace().collect::<Vec<_>>().join(" ");
                // A page of some proxy with status 200 is no word of the desk.
                (reply.status == 200 && words == "ready", format!("HTTP {} {words}", reply.status))
            }
            Err(failure) => (false, failure.to_string()),
        };
        Heard { url: url.to_owned(), ready, said }
    }
}

/// A client for addresses the operator wrote down: those hosts may be reached wherever they are.
pub(super) fn egress<'a>(settings: &Settings, urls: impl IntoIterator<Item = &'a String>) -> anyhow::Result<Egress> {
    let hosts = urls.into_iter().map(|url| {
        let parsed = reqwest::Url::parse(url).with_context(|| format!("'{url}' is no address"))?;
        let host = parsed.host_str().ok_or_else(|| anyhow!("'{url}' names no host"))?;
        Ok(host.trim_matches(['[', ']']).parse::<Allowed>()?)
    });
    let allowed = hosts.collect::<anyhow::Result<_>>()?;
    Ok(Egress::new(&Rules { allowed, ca_file: settings.ca_file.clone() })?)
}
