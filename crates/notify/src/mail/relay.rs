//! The conversation with the relay.

use super::{MailSettings, SettingsFault, Tls, letter::Letter};
use crate::{Delivered, Undelivered, outcome::with_sources};
use lettre::transport::smtp::{
    Error,
    authentication::{Credentials, Mechanism},
    client::{AsyncSmtpConnection, Certificate, TlsParameters},
    extension::ClientId,
    response::Response,
};
use std::{fmt, net::IpAddr, time::Duration};

/// A relay and how we talk to it.
#[derive(Clone)]
pub(super) struct Relay {
    host: String,
    port: u16,
    tls: Tls,
    parameters: Option<TlsParameters>,
    login: Option<Credentials>,
    name: ClientId,
    limit: Duration,
}

impl fmt::Debug for Relay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Relay({}:{}, {:?})", self.host, self.port, self.tls)
    }
}

/// What the relay answered with other than yes.
enum Trouble {
    /// Before any mail was spoken of: the relay's or the settings' fault.
    Relay(Error),
    /// While a mail was handed over.
    Mail(Error),
}

impl Relay {
    pub(super) fn new(settings: &MailSettings) -> Result<Self, SettingsFault> {
        if !(1..=600).contains(&settings.timeout_s) {
            return Err(SettingsFault::Timeout(settings.timeout_s));
        }
        let login = match (&settings.user, &settings.password) {
            (Some(user), Some(password)) => Some(Credentials::new(user.clone(), password.clone())),
            (None, None) => None,
            _ => return Err(SettingsFault::HalfLogin),
        };
        if login.is_some() && settings.tls == Tls::None && !is_this_machine(&settings.host) {
            return Err(SettingsFault::OpenLogin);
        }
        let parameters = match settings.tls {
            Tls::None => None,
            Tls::Starttls | Tls::Tls => Some(tls_parameters(settings)?),
        };
        Ok(Self {
            host: settings.host.clone(),
            port: settings.port,
            tls: settings.tls,
            parameters,
            login,
            name: ClientId::Domain(settings.message_id_domain.clone()),
            limit: Duration::from_secs(u64::from(settings.timeout_s)),
        })
    }

    pub(super) async fn submit(&self, letter: &Letter) -> Result<Delivered, Undelivered> {
        self.within_limit(async {
            let mut connection = self.open().await.map_err(Trouble::Relay)?;
            let response = connection.send(&letter.envelope, &letter.bytes).await.map_err(Trouble::Mail)?;
            // The mail is taken; how the relay says good-bye changes nothing.
            let _ = connection.quit().await;
            Ok(said(&response))
        })
        .await
    }

    pub(super) async fn probe(&self) -> Result<Delivered, Undelivered> {
        self.within_limit(async {
            let mut connection = self.open().await.map_err(Trouble::Relay)?;
            let name = connection.server_info().name().to_owned();
            connection.quit().await.map_err(Trouble::Relay)?;
            Ok(Delivered::new(&format!("{name} at {}:{} answers", self.host, self.port)))
        })
        .await
    }

    /// Connects, greets, encrypts and logs in, as far as the settings say.
    async fn open(&self) -> Result<AsyncSmtpConnection, Error> {
        let from_the_start = self.parameters.clone().filter(|_| self.tls == Tls::Tls);
        let address = (self.host.as_str(), self.port);
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(address, Some(self.limit), &self.name, from_the_start, None).await?;
        if let (Tls::Starttls, Some(parameters)) = (self.tls, &self.parameters) {
            connection.starttls(parameters.clone(), &self.name).await?;
        }
        if let Some(login) = &self.login {
            connection.auth(&[Mechanism::Plain, Mechanism::Login], login).await?;
        }
        Ok(connection)
    }

    /// Runs a conversation within the time-out. lettre's own limits the connecting only; a relay that stalls or drips
    /// would hold a sender for ever (trust.md F12).
    async fn within_limit(
        &self,
        conversation: impl Future<Output = Result<Delivered, Trouble>>,
    ) -> Result<Delivered, Undelivered> {
        let (host, port) = (&self.host, self.port);
        match tokio::time::timeout(self.limit, conversation).await {
            Ok(Ok(delivered)) => Ok(delivered),
            Ok(Err(Trouble::Mail(error))) if is_final(&error) => Err(Undelivered::permanent(words(&error))),
            Ok(Err(Trouble::Mail(error))) if is_about_mail(&error) => Err(Undelivered::transient(words(&error))),
            Ok(Err(Trouble::Mail(error) | Trouble::Relay(error))) => {
                Err(Undelivered::on_the_way(format!("mail relay {host}:{port}: {}", words(&error))))
            }
            Err(_) => Err(Undelivered::on_the_way(format!(
                "mail relay {host}:{port}: no complete answer within {} s",
                self.limit.as_secs()
            ))),
        }
    }
}

/// Whether the refusal is about this mail for good.
fn is_final(error: &Error) -> bool {
    error.is_permanent() && is_about_mail(error)
}

/// Whether the relay spoke of this mail: it answered, with other than 530, which asks for a login, and 421, which closes the
/// service. Those are about the settings and the relay.
fn is_about_mail(error: &Error) -> bool {
    error.status().is_some_and(|code| !matches!(u16::from(code), 421 | 530))
}

/// The relay's own words with their code, or what went wrong without it.
fn words(error: &Error) -> String {
    match (error.status(), std::error::Error::source(error)) {
        (Some(code), Some(source)) => format!("{code} {source}"),
        _ => with_sources(error),
    }
}

fn said(response: &Response) -> Delivered {
    let lines: Vec<&str> = response.message().collect();
    Delivered::new(&format!("{} {}", response.code(), lines.join(" ")))
}

fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn tls_parameters(settings: &MailSettings) -> Result<TlsParameters, SettingsFault> {
    let mut builder = TlsParameters::builder(settings.host.clone());
    if let Some(path) = &settings.ca_file {
        let fault = |source| SettingsFault::CaFile { path: path.clone(), source };
        let pem = std::fs::read(path).map_err(|e| fault(e.into()))?;
        builder = builder.add_root_certificate(Certificate::from_pem(&pem).map_err(|e| fault(e.into()))?);
    }
    builder.build_rustls().map_err(|source| SettingsFault::Tls { host: settings.host.clone(), source })
}
