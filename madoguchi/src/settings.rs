//! Settings: defaults, then the file, then the environment, then flags; an unknown key is refused.
//!
//! `madoguchi.toml` in the working directory is read where it exists, another file by `--config`. The environment is
//! `MADOGUCHI_LISTEN`, `MADOGUCHI_MAIL__HOST` and so on: two underscores go down one table.

use anyhow::{Context, bail};
use clap::Args;
use figment::Figment;
use figment::providers::{Env, Format, Serialized, Toml};
use notify::mail::MailSettings;
use pack::Passphrase;
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// Where the database is: on every command that touches it.
#[derive(Args, Clone, Debug, Default, Serialize)]
pub(crate) struct Place {
    /// Data folder: the embedded database and the keys
    #[arg(long, value_name = "DIR", global = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<PathBuf>,
    /// sqlite://FILE or postgres://...; default is SQLite under the data folder
    #[arg(long, value_name = "URL", global = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    database: Option<String>,
    /// Settings file; default is madoguchi.toml where it exists
    #[arg(long, value_name = "FILE", global = true)]
    #[serde(skip)]
    config: Option<PathBuf>,
}

impl Place {
    /// The data folder given by flag.
    pub(crate) fn data(&self) -> Option<PathBuf> {
        self.data.clone()
    }

    /// The settings file given by flag.
    pub(crate) fn config(&self) -> Option<&Path> {
        self.config.as_deref()
    }
}

/// Everything that can be set.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settings {
    /// Address to listen on.
    pub(crate) listen: SocketAddr,
    /// Data folder.
    pub(crate) data: PathBuf,
    /// Database address; none means SQLite under the data folder.
    #[serde(default)]
    pub(crate) database: Option<String>,
    /// Address under which people reach the desk; none means the listening address.
    #[serde(default)]
    pub(crate) base_url: Option<String>,
    /// Certificate for TLS; none means plain HTTP.
    #[serde(default)]
    pub(crate) tls: Option<Tls>,
    /// Mail server; none means that mail waits and the board says so.
    #[serde(default)]
    pub(crate) mail: Option<MailSettings>,
    /// Where replies to our mails come in; none means that they are not received.
    #[serde(default)]
    pub(crate) mail_in: Option<mailin::Settings>,
    /// Addresses webhooks may reach although they are not public: CIDR, address or host name.
    #[serde(default)]
    pub(crate) egress_allowed: Vec<String>,
    /// PEM file of authorities webhooks trust beside the public ones.
    #[serde(default)]
    pub(crate) egress_ca_file: Option<PathBuf>,
    /// Key that seals secrets; none means a file of its own in the data folder. Equal nodes need the same.
    #[serde(default)]
    pub(crate) sealing_key_file: Option<PathBuf>,
    /// Key that signs checkpoints; none means a file of its own in the data folder. Equal nodes need the same.
    #[serde(default)]
    pub(crate) checkpoint_key_file: Option<PathBuf>,
    /// File checkpoints are appended to; none means one in the data folder. Better on another machine.
    #[serde(default)]
    pub(crate) checkpoint_file: Option<PathBuf>,
    /// What people work from while the desk is down; none means that no packs are made and the board says so.
    #[serde(default)]
    pub(crate) pack: Option<Pack>,
    /// Alert events one intake key may send a second, on average.
    pub(crate) intake_per_second: u32,
    /// Log lines as `text` or `json`.
    pub(crate) log_format: LogFormat,
}

/// A certificate.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Tls {
    /// PEM file of the certificate and its chain.
    pub(crate) certificate: PathBuf,
    /// PEM file of its key.
    pub(crate) key: PathBuf,
}

/// How packs are made, and where to.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pack {
    /// What opens them; here or in a file.
    #[serde(default)]
    pub(crate) passphrase: Option<Passphrase>,
    /// File that holds the passphrase on its first line.
    #[serde(default)]
    pub(crate) passphrase_file: Option<PathBuf>,
    /// Folder they are written to, meant as a mount of another machine.
    #[serde(default)]
    pub(crate) dir: Option<PathBuf>,
    /// How many stay there.
    #[serde(default = "default_keep")]
    pub(crate) keep: usize,
    /// Address they are put at.
    #[serde(default)]
    pub(crate) url: Option<String>,
    /// Bearer token for that address.
    #[serde(default)]
    pub(crate) token: Option<Secret>,
    /// Seconds from one to the next.
    #[serde(default = "default_every_s")]
    pub(crate) every_s: u32,
}

const fn default_keep() -> usize {
    96
}

const fn default_every_s() -> u32 {
    900
}

/// A secret among the settings; never shown by `Debug`.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub(crate) struct Secret(pub(crate) String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogFormat {
    /// For people.
    Text,
    /// For machines.
    Json,
}

const DEFAULT_FILE: &str = "madoguchi.toml";

impl Settings {
    /// What holds where nothing is said; a login or a key has no default.
    fn defaults() -> serde_json::Value {
        serde_json::json!({
            "listen": "127.0.0.1:8080",
            "data": "madoguchi-data",
            "intake_per_second": intake::DEFAULT_RATE.0,
            "log_format": "text",
        })
    }

    /// Reads the settings; flags win over the environment, the environment over the file.
    pub(crate) fn load(place: &Place, listen: Option<SocketAddr>) -> anyhow::Result<Self> {
        let mut figment = Figment::from(Serialized::defaults(Self::defaults()));
        let file = match &place.config {
            Some(file) if !file.exists() => bail!("there is no settings file {}", file.display()),
            Some(file) => Some(file.clone()),
            None => Some(PathBuf::from(DEFAULT_FILE)).filter(|file| file.exists()),
        };
        if let Some(file) = file {
            figment = figment.merge(Toml::file_exact(file));
        }
        // Names of the test runner are not settings, and those of the outside watcher are not the desk's.
        let ours = |name: &str| !name.starts_with("TEST_") && !name.starts_with("WATCH_");
        let env = Env::prefixed("MADOGUCHI_").filter(move |key| ours(key.as_str())).split("__");
        figment = figment.merge(env).merge(Serialized::defaults(place));
        if let Some(listen) = listen {
            figment = figment.merge(Serialized::default("listen", listen));
        }
        let settings: Self = figment.extract().context("reading the settings")?;
        if settings.base_url.as_ref().is_some_and(|url| !url.starts_with("http://") && !url.starts_with("https://")) {
            bail!("base_url must begin with http:// or https://");
        }
        Ok(settings)
    }

    /// The database's address.
    pub(crate) fn database_url(&self) -> String {
        self.database.clone().unwrap_or_else(|| format!("sqlite://{}", self.data.join("madoguchi.db").display()))
    }

    /// The address people reach the desk under, without a slash at the end.
    pub(crate) fn base_url(&self, listening: SocketAddr) -> String {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        let url = self.base_url.clone().unwrap_or_else(|| format!("{scheme}://{listening}"));
        url.trim_end_matches('/').to_owned()
    }

    /// The file checkpoints are appended to.
    pub(crate) fn checkpoint_file(&self) -> PathBuf {
        self.checkpoint_file.clone().unwrap_or_else(|| self.data.join("checkpoints.txt"))
    }

    /// The file of a key: the one set, or one in the data folder.
    pub(crate) fn key_file(&self, set: Option<&Path>, name: &str) -> PathBuf {
        set.map_or_else(|| self.data.join("keys").join(name), Path::to_path_buf)
    }
}
