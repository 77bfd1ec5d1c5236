//! Mail by SMTP submission.
//!
//! A mail of the desk has a null envelope sender and says `Auto-Submitted: auto-generated` (RFC 3834), so no correct
//! system answers it and no loop begins. `Precedence` is not sent: RFC 3834 does not ask for it.

mod letter;
mod relay;

pub use letter::{Fault, message_id};

use crate::{Delivered, Undelivered};
use domain::time::Instant;
use serde::Deserialize;
use std::{fmt, path::PathBuf, time::Duration};

/// A name and an address, as `From` and `To` show them.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mailbox {
    /// Display name in any script; may be empty.
    #[serde(default)]
    pub name: String,
    /// Address in ASCII, such as `desk@example.jp`; a Japanese domain in its `xn--` form.
    pub address: String,
}

/// How the connection to the relay is protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tls {
    /// Not at all; for a relay on the same machine.
    None,
    /// `STARTTLS` after the greeting, refused where the relay does not offer it (usually port 587).
    #[default]
    Starttls,
    /// From the first byte (usually port 465).
    Tls,
}

/// The relay that takes our mail, and who we are to it. The operator names it, so its address is not judged by the
/// rules of [`crate::egress`].
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailSettings {
    /// Host name or address of the relay; TLS checks its certificate against it.
    pub host: String,
    /// Its port, such as 587.
    pub port: u16,
    /// How the connection is protected.
    #[serde(default)]
    pub tls: Tls,
    /// User of `AUTH`; without one no `AUTH` is sent.
    #[serde(default)]
    pub user: Option<String>,
    /// Its password.
    #[serde(default)]
    pub password: Option<String>,
    /// Who writes.
    pub from: Mailbox,
    /// Right side of our `Message-ID`s and our name in `EHLO`, such as `desk.example.jp`.
    pub message_id_domain: String,
    /// Time for a whole conversation with the relay, in seconds, 1 to 600.
    #[serde(default = "default_timeout_s")]
    pub timeout_s: u32,
    /// PEM file of authorities to trust beside the public ones.
    #[serde(default)]
    pub ca_file: Option<PathBuf>,
}

const fn default_timeout_s() -> u32 {
    30
}

/// All but the password.
impl fmt::Debug for MailSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MailSettings")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("tls", &self.tls)
            .field("user", &self.user)
            .field("from", &self.from)
            .field("message_id_domain", &self.message_id_domain)
            .field("timeout_s", &self.timeout_s)
            .field("ca_file", &self.ca_file)
            .finish_non_exhaustive()
    }
}

/// One mail to one recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// Identifier without angle brackets, the same at each attempt; see [`Mailer::message_id`].
    pub message_id: String,
    /// Identifier of the mail this one answers.
    pub in_reply_to: Option<String>,
    /// Where it asks to be answered, an address; none where answers go to the sender.
    pub reply_to: Option<String>,
    /// Identifiers of the thread, oldest first.
    pub references: Vec<String>,
    /// Who shall read it.
    pub to: Mailbox,
    /// Subject in any script.
    pub subject: String,
    /// Plain text in any script, lines ended by `\n`.
    pub text: String,
    /// More headers, each named `X-...`, such as `X-Madoguchi-Checkpoint`.
    pub headers: Vec<(String, String)>,
    /// When it was written, shown as `Date` in UTC.
    pub date: Instant,
}

/// Why no mail can be sent with these settings.
#[derive(Debug, thiserror::Error)]
pub enum SettingsFault {
    /// The sender or the domain of our identifiers cannot stand in a header.
    #[error("mail settings: {0}")]
    Field(#[from] Fault),
    /// Only one of user and password is there.
    #[error("mail settings: user and password are given together or not at all")]
    HalfLogin,
    /// A login would cross the network readably.
    #[error("mail settings: user and password need tls = starttls or tls, except for a relay on this machine")]
    OpenLogin,
    /// The time-out is out of its range.
    #[error("mail settings: timeout_s is {0}; it is 1 to 600")]
    Timeout(u32),
    /// The file of authorities cannot be read.
    #[error("mail settings: ca_file {path}: {source}")]
    CaFile {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// TLS cannot be set up for that host.
    #[error("mail settings: TLS for {host}: {source}")]
    Tls {
        /// The relay's host.
        host: String,
        /// What is wrong.
        source: lettre::transport::smtp::Error,
    },
}

/// Sends mail through one relay, each mail on a connection of its own.
///
/// Connections are not kept: one left in the middle of a conversation by a time-out could take the answer to one mail
/// for the answer to the next.
#[derive(Clone, Debug)]
pub struct Mailer {
    settings: MailSettings,
    relay: relay::Relay,
}

impl Mailer {
    /// A mailer with those settings; connects to nothing yet.
    ///
    /// # Errors
    /// The settings contradict themselves or name a file that cannot be read.
    pub fn new(settings: MailSettings) -> Result<Self, SettingsFault> {
        letter::check_mailbox("from", &settings.from)?;
        letter::check_domain(&settings.message_id_domain)?;
        let relay = relay::Relay::new(&settings)?;
        Ok(Self { settings, relay })
    }

    /// The longest that [`Mailer::send`] takes.
    pub fn limit(&self) -> Duration {
        Duration::from_secs(u64::from(self.settings.timeout_s))
    }

    /// The `Message-ID` of an outbox key, such as `incident-7:notice:1`: equal keys give equal identifiers.
    pub fn message_id(&self, key: &str) -> String {
        message_id(key, &self.settings.message_id_domain)
    }

    /// Hands the mail to the relay. Returns when the relay has taken it, not when it has been delivered.
    ///
    /// # Errors
    /// Permanent where the mail holds what no header may hold ([`Fault`]), or the relay refuses this mail or recipient
    /// (5xx). Transient otherwise, a refused login included: mending that needs no new mail.
    pub async fn send(&self, mail: &Mail) -> Result<Delivered, Undelivered> {
        let letter = letter::write(mail, &self.settings.from).map_err(Undelivered::permanent)?;
        self.relay.submit(&letter).await
    }

    /// Connects, greets, encrypts and logs in as a send would, and leaves: for `doctor` and the board's warning.
    ///
    /// # Errors
    /// As [`Mailer::send`] before it speaks of a mail.
    pub async fn probe(&self) -> Result<Delivered, Undelivered> {
        self.relay.probe().await
    }
}
