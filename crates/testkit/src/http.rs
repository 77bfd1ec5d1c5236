//! The HTTP client of tests.

use crate::tls::{Authority, install_provider};
use anyhow::Result;
use reqwest::{Certificate, Client, redirect::Policy};
use std::time::Duration;

/// A client that goes straight to the peer: no proxy, no redirects, trusting `authority` alone where one is given.
///
/// # Errors
/// The authority's certificate is not readable.
pub fn client(authority: Option<&Authority>) -> Result<Client> {
    install_provider();
    #[expect(clippy::disallowed_methods, reason = "the client of tests, which talks to peers on the loopback")]
    let builder = Client::builder();
    let trusted = authority.map(|authority| Certificate::from_pem(authority.ca_pem().as_bytes())).transpose()?;
    Ok(builder.tls_certs_only(trusted).no_proxy().redirect(Policy::none()).timeout(Duration::from_secs(60)).build()?)
}
