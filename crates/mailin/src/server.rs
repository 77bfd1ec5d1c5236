//! The listener: takes connections, few at once, and ends them in order.

use crate::conversation::Conversation;
use desk::Desk;
use serde::Deserialize;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// How the mail server in front hands mails over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Transfer {
    /// SMTP (RFC 5321).
    Smtp,
    /// LMTP (RFC 2033): an answer for each recipient.
    #[default]
    Lmtp,
}

/// Where replies come in.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Address to listen on; the loopback, or a network of one's own.
    #[serde(default = "default_listen")]
    pub listen: SocketAddr,
    /// How mails are handed over.
    #[serde(default)]
    pub transfer: Transfer,
    /// Domain of the addresses for replies, such as `desk.example.jp`.
    pub domain: String,
    /// The name under which the mail server in front signs its `Authentication-Results` (RFC 8601); its verdict of DMARC counts.
    #[serde(default)]
    pub authserv_id: Option<String>,
    /// Bytes of a mail at most.
    #[serde(default = "default_max_bytes")]
    pub max_bytes: usize,
}

fn default_listen() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 2424))
}

const fn default_max_bytes() -> usize {
    15 * 1024 * 1024
}

/// Connections at once; a mail server waits and comes again.
const CONNECTIONS: usize = 16;

/// Why nothing can be received with these settings.
#[derive(Debug, thiserror::Error)]
pub enum SettingsFault {
    /// The domain cannot stand in an address.
    #[error("mail_in.domain '{0}' is not a domain name in ASCII, at most 190 characters")]
    Domain(String),
    /// The size is out of its range.
    #[error("mail_in.max_bytes is {0}; it is 65536 to 52428800")]
    Size(usize),
    /// The address cannot be listened on.
    #[error("listening for mail on {0}: {1}")]
    Listen(SocketAddr, std::io::Error),
}

/// A listener that is bound and serves nobody yet.
#[derive(Debug)]
pub struct Listener {
    socket: TcpListener,
    address: SocketAddr,
    settings: Settings,
}

impl Listener {
    /// Binds it.
    ///
    /// # Errors
    /// A setting is out of its range, or the address is taken.
    pub async fn bind(settings: Settings) -> Result<Self, SettingsFault> {
        let is_label = |label: &str| {
            !label.is_empty() && label.len() <= 63 && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        };
        if settings.domain.len() > 190 || !settings.domain.split('.').all(is_label) {
            return Err(SettingsFault::Domain(settings.domain));
        }
        if !(65_536..=50 * 1024 * 1024).contains(&settings.max_bytes) {
            return Err(SettingsFault::Size(settings.max_bytes));
        }
        let wrong = |error| SettingsFault::Listen(settings.listen, error);
        let socket = TcpListener::bind(settings.listen).await.map_err(wrong)?;
        let address = socket.local_addr().map_err(wrong)?;
        Ok(Self { socket, address, settings })
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until told to stop; a mail that is being taken in then is taken in first.
    pub async fn serve(self, desk: Desk, stop: CancellationToken) {
        let (settings, places) = (Arc::new(self.settings), Arc::new(Semaphore::new(CONNECTIONS)));
        let mut talks = JoinSet::new();
        loop {
            let accepted = tokio::select! {
                accepted = self.socket.accept() => accepted,
                _ = talks.join_next(), if !talks.is_empty() => continue,
                () = stop.cancelled() => break,
            };
            let mut stream = match accepted {
                Ok((stream, _)) => stream,
                Err(error) => {
                    // Too many open files, say: the next may go better, a moment later.
                    tracing::warn!(%error, "a connection with mail could not be accepted");
                    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
                    continue;
                }
            };
            let Ok(place) = Arc::clone(&places).try_acquire_owned() else {
                // It may be gone already.
                let _ = stream.write_all(b"421 4.3.2 too many connections, come again\r\n").await;
                continue;
            };
            let (desk, settings, stop) = (desk.clone(), Arc::clone(&settings), stop.clone());
            talks.spawn(async move {
                let (reader, writer) = stream.into_split();
                let talk = Conversation::new(reader, writer, &desk, &settings);
                if let Err(error) = talk.run(&stop).await {
                    tracing::debug!(%error, "a connection with mail broke off");
                }
                drop(place);
            });
        }
        while talks.join_next().await.is_some() {}
    }
}
