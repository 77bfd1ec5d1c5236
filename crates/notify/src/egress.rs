//! The one door to addresses that someone else has written down: webhooks now, probes and imports later.
//!
//! A customer's administrator may write any URL into a setting. So that it cannot make the desk speak to the inside of
//! the provider's network (server-side request forgery, trust.md §3.2 item 6 and F33), a request
//! - goes to `http` or `https` without user and password in the URL,
//! - goes only to addresses of the public internet ([`address::why_not`]) or to those the operator allows
//!   ([`Allowed`]); where one address of a name is not allowed, none is,
//! - connects to the very address that was judged: resolving and judging happen inside the connector, once,
//! - follows no redirect, asks no proxy named by the environment, and ends at a limit of time and of bytes.

pub mod address;
mod allowed;

pub use allowed::{Allowed, NotAllowable};

use crate::outcome::with_sources;
use address::Denied;
use reqwest::{
    Certificate, Client, Method,
    dns::{Addrs, Name, Resolve, Resolving},
    header::{HeaderMap, HeaderName, HeaderValue},
    redirect::Policy,
};
use std::{net::IpAddr, net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};
use url::{Host, Url};

/// What the operator sets for all outgoing requests.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    /// Addresses and hosts that may be reached though they are not public.
    pub allowed: Vec<Allowed>,
    /// PEM file of authorities to trust beside the system's.
    pub ca_file: Option<PathBuf>,
}

/// Limits of one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Time for everything from resolving the name to the last byte kept.
    pub time: Duration,
    /// Bytes of the reply's body that are kept; the rest is not read.
    pub body_bytes: usize,
}

/// A request to an address from outside.
#[derive(Clone, Debug)]
pub struct Request {
    /// Such as `POST`.
    pub method: Method,
    /// The URL as it was written down.
    pub url: String,
    /// Headers, each name in lower case.
    pub headers: Vec<(&'static str, String)>,
    /// The body; may be empty.
    pub body: Vec<u8>,
}

/// The reply to a request, whatever its status, redirects included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// The first bytes of the body, as many as the limit keeps.
    pub body: Vec<u8>,
}

/// Why a request has no reply.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Not a URL we request: the sentence says why.
    #[error("{0}")]
    Url(String),
    /// A header's value holds a line break or other control character.
    #[error("header {0} holds a control character")]
    Header(&'static str),
    /// The address may not be reached from here.
    #[error("{0}")]
    Denied(#[from] Denied),
    /// No complete reply within the limit.
    #[error("no reply within {} s", .0.as_secs_f32())]
    Late(Duration),
    /// The network, TLS or HTTP failed.
    #[error("{0}")]
    Network(String),
}

/// Why no client can be made.
#[derive(Debug, thiserror::Error)]
pub enum RulesFault {
    /// The file of authorities cannot be read.
    #[error("egress ca_file {path}: {source}")]
    CaFile {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// TLS cannot be set up.
    #[error("egress: {0}")]
    Tls(String),
}

/// The client. Cloning is cheap and shares its connections.
#[derive(Clone, Debug)]
pub struct Egress {
    client: Client,
    allowed: Arc<[Allowed]>,
}

impl Egress {
    /// A client under those rules.
    ///
    /// # Errors
    /// The file of authorities cannot be read.
    pub fn new(rules: &Rules) -> Result<Self, RulesFault> {
        // Already installed by the binary; an error says just that.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let allowed: Arc<[Allowed]> = rules.allowed.clone().into();
        let extra = extra_authorities(rules)?;
        let client = match builder(&allowed).tls_certs_merge(extra.clone()).build() {
            Ok(client) => client,
            Err(error) => {
                // A machine without the package ca-certificates can still use http and its own authorities.
                tracing::warn!(error = with_sources(&error), "no public certificate authorities; https may fail");
                let built = builder(&allowed).tls_certs_only(extra).build();
                built.map_err(|error| RulesFault::Tls(with_sources(&error)))?
            }
        };
        Ok(Self { client, allowed })
    }

    /// Sends a request and returns the reply with any status.
    ///
    /// # Errors
    /// The URL is not one we request, an address is denied, or no complete reply comes within the limit.
    pub async fn request(&self, request: &Request, limits: Limits) -> Result<Reply, Failure> {
        let url = self.check_url(&request.url)?;
        let mut headers = HeaderMap::new();
        for (name, value) in &request.headers {
            let value = HeaderValue::from_str(value).map_err(|_| Failure::Header(name))?;
            headers.append(HeaderName::from_static(name), value);
        }
        let sent = self.client.request(request.method.clone(), url).headers(headers).body(request.body.clone()).send();
        let exchange = async {
            let mut response = sent.await?;
            let mut reply = Reply { status: response.status().as_u16(), body: Vec::new() };
            while reply.body.len() < limits.body_bytes {
                let Some(chunk) = response.chunk().await? else { break };
                let room = limits.body_bytes - reply.body.len();
                reply.body.extend_from_slice(&chunk[..chunk.len().min(room)]);
            }
            Ok::<_, reqwest::Error>(reply)
        };
        match tokio::time::timeout(limits.time, exchange).await {
            Ok(Ok(reply)) => Ok(reply),
            Ok(Err(error)) => Err(why(error)),
            Err(_) => Err(Failure::Late(limits.time)),
        }
    }

    /// Checks what can be known about a URL without resolving its name, for the form that takes it and before each
    /// request. Forms such as `http://2130706433/` or `http://0x7f.1/` are read as the addresses they are.
    ///
    /// # Errors
    /// It is not a URL we request, or it names an address that is denied.
    pub fn check_url(&self, text: &str) -> Result<Url, Failure> {
        let refuse = |why: &str| Failure::Url(format!("'{}' {why}", text.escape_debug()));
        if text.chars().any(|c| c.is_control() || c.is_whitespace() || c == '\\') {
            return Err(refuse("holds a space, a backslash or a control character"));
        }
        let url = Url::parse(text).map_err(|error| refuse(&format!("is not a URL: {error}")))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(refuse("is neither http nor https"));
        }
        if !url.username().is_empty() || url.password().is_some() || authority(text).contains('@') {
            return Err(refuse("holds a user or password; use a signing secret instead"));
        }
        let address = match url.host() {
            Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
            Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
            Some(Host::Domain(_)) => None,
            None => return Err(refuse("names no host")),
        };
        if let Some(address) = address {
            judge(&self.allowed, &address.to_string(), address)?;
        }
        Ok(url)
    }
}

/// A client builder with everything but the authorities.
fn builder(allowed: &Arc<[Allowed]>) -> reqwest::ClientBuilder {
    #[expect(clippy::disallowed_methods, reason = "this is the egress module")]
    let builder = Client::builder();
    builder
        .dns_resolver(Arc::new(Judge { allowed: Arc::clone(allowed) }))
        .redirect(Policy::none())
        .no_proxy()
        .referer(false)
        .retry(reqwest::retry::never())
        .user_agent(concat!("Madoguchi/", env!("CARGO_PKG_VERSION")))
}

fn extra_authorities(rules: &Rules) -> Result<Vec<Certificate>, RulesFault> {
    let Some(path) = &rules.ca_file else { return Ok(Vec::new()) };
    let fault = |source| RulesFault::CaFile { path: path.clone(), source };
    let pem = std::fs::read(path).map_err(|e| fault(e.into()))?;
    Certificate::from_pem_bundle(&pem).map_err(|e| fault(e.into()))
}

/// What stands between `//` and the next slash, before anything is normalised away.
fn authority(text: &str) -> &str {
    let after = text.split_once("//").map_or(text, |(_, after)| after);
    after.split(['/', '?', '#']).next().unwrap_or_default()
}

fn judge(allowed: &[Allowed], host: &str, address: IpAddr) -> Result<(), Denied> {
    match address::why_not(address) {
        Some(why) if !allowed.iter().any(|one| one.covers(host, address)) => {
            Err(Denied { host: host.to_owned(), address, why })
        }
        _ => Ok(()),
    }
}

/// Resolves names for the client and hands on only what may be reached, so that the connector has no other address.
struct Judge {
    allowed: Arc<[Allowed]>,
}

impl Resolve for Judge {
    fn resolve(&self, name: Name) -> Resolving {
        let allowed = Arc::clone(&self.allowed);
        Box::pin(async move {
            let host = name.as_str();
            let found: Vec<SocketAddr> = tokio::net::lookup_host((host, 0)).await?.collect();
            for address in &found {
                judge(&allowed, host, address.ip())?;
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// The failure behind reqwest's error: a refusal of ours where one lies at its root.
fn why(error: reqwest::Error) -> Failure {
    let error = error.without_url();
    let mut next: Option<&(dyn std::error::Error + 'static)> = Some(&error);
    while let Some(source) = next {
        if let Some(denied) = source.downcast_ref::<Denied>() {
            return Failure::Denied(denied.clone());
        }
        next = source.source();
    }
    Failure::Network(with_sources(&error))
}

#[cfg(test)]
mod tests;
