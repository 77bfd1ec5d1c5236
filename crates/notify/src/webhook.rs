//! Webhooks, signed as Standard Webhooks 1.0 asks (<https://www.standardwebhooks.com>).
//!
//! The receiver checks `webhook-signature` over `webhook-id`, `webhook-timestamp` and the body, and may drop an id it has
//! seen: each attempt with the same message carries the same id.

mod signature;

pub use signature::{NotASecret, Secret, sign};

use crate::{
    Delivered, Undelivered,
    egress::{Egress, Limits, Request},
};
use domain::time::Instant;
use reqwest::Method;
use std::time::Duration;

/// What a receiver may take to answer and how much of its answer we look at. 15 s is Standard Webhooks' own advice.
const LIMITS: Limits = Limits { time: LIMIT, body_bytes: 1_024 };

/// The longest that [`send`] takes.
pub const LIMIT: Duration = Duration::from_secs(15);

/// One message to one receiver.
#[derive(Clone, Debug)]
pub struct Webhook {
    /// Where to; judged by [`crate::egress`].
    pub url: String,
    /// Identifier of the message, the same at each attempt; printable ASCII.
    pub id: String,
    /// When this attempt is made, by the desk's clock; receivers refuse one that is minutes away from their own.
    pub at: Instant,
    /// The JSON document.
    pub body: String,
    /// The receiver's secret; the old one beside it while it is being changed. Never empty.
    pub secrets: Vec<Secret>,
}

/// Posts a webhook.
///
/// # Errors
/// Permanent where the receiver refuses the message (4xx but 408, 425 and 429) or the URL or an address behind it is
/// not one we post to. Transient where it is busy, broken or out of reach, or answers with a redirect.
pub async fn send(egress: &Egress, webhook: &Webhook) -> Result<Delivered, Undelivered> {
    if webhook.secrets.is_empty() {
        return Err(Undelivered::permanent("a webhook needs a secret to be signed with"));
    }
    let timestamp = webhook.at.ms().div_euclid(1_000);
    let request = Request {
        method: Method::POST,
        url: webhook.url.clone(),
        headers: vec![
            ("content-type", "application/json".to_owned()),
            ("webhook-id", webhook.id.clone()),
            ("webhook-timestamp", timestamp.to_string()),
            ("webhook-signature", sign(&webhook.secrets, &webhook.id, timestamp, webhook.body.as_bytes())),
        ],
        body: webhook.body.clone().into_bytes(),
    };
    egress.hand_over(&request, LIMITS).await
}
