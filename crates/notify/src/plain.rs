//! Plain requests to addresses the operator wrote into the settings: a document put somewhere, a call to a receiver that
//! checks no signature, a look whether somebody answers.

use crate::{
    Delivered, Undelivered,
    egress::{Egress, Failure, Limits, Reply, Request},
};
use reqwest::Method;
use std::time::Duration;

/// The longest that [`put`] takes.
pub const PUT_LIMIT: Duration = Duration::from_secs(30);

/// Puts a document at a URL (HTTP PUT), with a bearer token where there is one.
///
/// # Errors
/// It is not taken; see [`crate::webhook::send`] for what may be tried again.
pub async fn put(
    egress: &Egress,
    url: &str,
    token: Option<&str>,
    content_type: &str,
    body: Vec<u8>,
) -> Result<Delivered, Undelivered> {
    let mut headers = vec![("content-type", content_type.to_owned())];
    headers.extend(token.map(|token| ("authorization", format!("Bearer {token}"))));
    let request = Request { method: Method::PUT, url: url.to_owned(), headers, body };
    egress.hand_over(&request, Limits { time: PUT_LIMIT, body_bytes: 1_024 }).await
}

/// Posts a JSON document without a signature.
///
/// # Errors
/// It is not taken; see [`crate::webhook::send`].
pub async fn post(egress: &Egress, url: &str, json: String) -> Result<Delivered, Undelivered> {
    let headers = vec![("content-type", "application/json".to_owned())];
    let request = Request { method: Method::POST, url: url.to_owned(), headers, body: json.into_bytes() };
    egress.hand_over(&request, Limits { time: crate::webhook::LIMIT, body_bytes: 1_024 }).await
}

/// Asks a URL (HTTP GET) and returns the reply with any status, at most its first 200 bytes.
///
/// # Errors
/// No reply comes within the limit, or the URL is not one we request.
pub async fn get(egress: &Egress, url: &str, limit: Duration) -> Result<Reply, Failure> {
    let request = Request { method: Method::GET, url: url.to_owned(), headers: vec![], body: vec![] };
    egress.request(&request, Limits { time: limit, body_bytes: 200 }).await
}
