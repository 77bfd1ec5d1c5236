//! Settings of the watcher: defaults, then its file, then the environment; an unknown key is refused.
//!
//! `madoguchi-watch.toml` in the working directory is read where it exists, another file by `--config`. The environment is
//! `MADOGUCHI_WATCH_AFTER_S`, `MADOGUCHI_WATCH_MAIL__HOST` and so on.

use crate::settings::Secret;
use anyhow::{Context, bail};
use domain::watch::Pace;
use figment::Figment;
use figment::providers::{Env, Format, Serialized, Toml};
use notify::mail::MailSettings;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Everything that can be set.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Settings {
    /// Addresses of the nodes, or the one address of all, such as `https://desk.example.jp`.
    pub(super) nodes: Vec<String>,
    /// Seconds from one asking to the next, 1 to 60.
    pub(super) every_s: u32,
    /// Seconds without a commit after which people are paged, 1 to 3600.
    pub(super) after_s: u32,
    /// Seconds from one page to the next while it lasts, 10 to 86400.
    pub(super) repeat_s: u32,
    /// PEM file of authorities to trust beside the public ones.
    #[serde(default)]
    pub(super) ca_file: Option<PathBuf>,
    /// Mail server of the watcher: better not the desk's own.
    #[serde(default)]
    pub(super) mail: Option<MailSettings>,
    /// Who is paged by mail.
    #[serde(default)]
    pub(super) mail_to: Vec<String>,
    /// Who is paged by a call.
    #[serde(default)]
    pub(super) webhook: Option<Webhook>,
}

/// A receiver of pages.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Webhook {
    /// Where to.
    pub(super) url: String,
    /// `whsec_...`: with it the call is signed as Standard Webhooks asks, without it is a plain POST.
    #[serde(default)]
    pub(super) secret: Option<Secret>,
}

const DEFAULT_FILE: &str = "madoguchi-watch.toml";
/// The longest that one asking may take.
const ANSWER_MAX_S: u32 = 5;

impl Settings {
    /// Reads the settings; the environment wins over the file.
    pub(super) fn load(config: Option<&Path>) -> anyhow::Result<Self> {
        let defaults = serde_json::json!({ "nodes": [], "every_s": 5, "after_s": 90, "repeat_s": 600 });
        let mut figment = Figment::from(Serialized::defaults(defaults));
        let file = match config {
            Some(file) if !file.exists() => bail!("there is no settings file {}", file.display()),
            Some(file) => Some(file.to_owned()),
            None => Some(PathBuf::from(DEFAULT_FILE)).filter(|file| file.exists()),
        };
        if let Some(file) = file {
            figment = figment.merge(Toml::file_exact(file));
        }
        let settings: Self = figment
            .merge(Env::prefixed("MADOGUCHI_WATCH_").split("__"))
            .extract()
            .context("reading the settings of the watcher")?;
        settings.check()?;
        Ok(settings)
    }

    fn check(&self) -> anyhow::Result<()> {
        if self.nodes.is_empty() {
            bail!("nodes is empty; name the address of each node, such as https://desk1.example.jp");
        }
        for (name, value, range) in [
            ("every_s", self.every_s, 1..=60),
            ("after_s", self.after_s, 1..=3_600),
            ("repeat_s", self.repeat_s, 10..=86_400),
        ] {
            if !range.contains(&value) {
                bail!("{name} is {value}; it is {} to {}", range.start(), range.end());
            }
        }
        if self.after_s < self.every_s {
            bail!("after_s is {}, less than every_s; between two askings nothing is heard", self.after_s);
        }
        match (&self.mail, self.mail_to.is_empty(), &self.webhook) {
            (None, _, None) => bail!("nobody could be paged; set [mail] and mail_to, or [webhook] url"),
            (None, false, _) => bail!("mail_to names people but there is no [mail] server"),
            (Some(_), true, _) => bail!("there is a [mail] server but mail_to names nobody"),
            _ => Ok(()),
        }
    }

    pub(super) fn every(&self) -> Duration {
        Duration::from_secs(u64::from(self.every_s))
    }

    /// How long one asking may take.
    pub(super) fn answer(&self) -> Duration {
        Duration::from_secs(u64::from(ANSWER_MAX_S.min(self.after_s)))
    }

    pub(super) fn pace(&self) -> Pace {
        let ms = |seconds: u32| u64::from(seconds) * 1_000;
        // Two rounds with all that one may take: what lies beyond was no asking.
        let gap_ms = 2 * ms(self.every_s + ANSWER_MAX_S.min(self.after_s));
        Pace { after_ms: ms(self.after_s), repeat_ms: ms(self.repeat_s), gap_ms }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAIL: &str = "[mail]\nhost = 'localhost'\nport = 25\ntls = 'none'\nmessage_id_domain = 'a.example'\n\
                        from = { address = 'watch@a.example' }\n";

    /// Reads a file and returns what is wrong with it; empty where nothing is.
    fn fault(text: &str) -> String {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("watch.toml");
        std::fs::write(&file, text).unwrap();
        Settings::load(Some(&file)).err().map(|error| format!("{error:#}")).unwrap_or_default()
    }

    #[test]
    fn what_cannot_page_or_watch_is_refused_by_name() {
        let hook = "[webhook]\nurl = 'https://a.example'\n";
        let nodes = "nodes = ['https://desk.example']\n";
        assert_eq!(fault(&format!("{nodes}{hook}")), "");
        assert_eq!(fault(&format!("{nodes}mail_to = ['a@a.example']\n{MAIL}")), "");
        for (text, said) in [
            (hook.to_owned(), "nodes is empty"),
            (nodes.to_owned(), "nobody could be paged"),
            (format!("{nodes}{MAIL}"), "mail_to names nobody"),
            (format!("{nodes}mail_to = ['a@a.example']\n{hook}"), "no [mail] server"),
            (format!("{nodes}every_s = 0\n{hook}"), "every_s is 0; it is 1 to 60"),
            (format!("{nodes}repeat_s = 9\n{hook}"), "repeat_s is 9"),
            (format!("{nodes}after_s = 3\n{hook}"), "after_s is 3, less than every_s"),
            (format!("{nodes}intervall = 9\n{hook}"), "intervall"),
        ] {
            let fault = fault(&text);
            assert!(fault.contains(said), "{text}: {fault}");
        }
        assert!(Settings::load(Some(Path::new("/nowhere/watch.toml"))).is_err());
    }

    #[test]
    fn a_secret_is_not_shown() {
        let shown =
            format!("{:?}", Webhook { url: "https://a.example".into(), secret: Some(Secret("whsec_x".into())) });
        assert!(!shown.contains("whsec"), "{shown}");
    }
}
