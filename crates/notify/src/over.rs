//! A request that hands something over, and what its reply means for trying again.

use crate::{
    Delivered, Undelivered,
    egress::{Egress, Failure, Limits, Request},
};

impl Egress {
    /// Sends a request and reads the reply as taken or not.
    ///
    /// # Errors
    /// Permanent where the receiver refuses (4xx but 408, 425 and 429) or the URL or an address behind it is not one we
    /// request. Transient where it is busy, broken or out of reach, or answers with a redirect.
    pub(crate) async fn hand_over(&self, request: &Request, limits: Limits) -> Result<Delivered, Undelivered> {
        let reply = match self.request(request, limits).await {
            Ok(reply) => reply,
            Err(failure @ (Failure::Url(_) | Failure::Header(_) | Failure::Denied(_))) => {
                return Err(Undelivered::permanent(failure));
            }
            Err(failure @ (Failure::Late(_) | Failure::Network(_))) => return Err(Undelivered::transient(failure)),
        };
        let words = String::from_utf8_lossy(&reply.body);
        match reply.status {
            200..=299 => Ok(Delivered::new(&format!("HTTP {}", reply.status))),
            300..=399 => Err(Undelivered::transient(format!("HTTP {}: redirects are not followed", reply.status))),
            410 => Err(Undelivered::permanent("HTTP 410: the receiver wants no more messages at this address")),
            408 | 425 | 429 | 500.. => Err(Undelivered::transient(format!("HTTP {} {words}", reply.status))),
            _ => Err(Undelivered::permanent(format!("HTTP {} {words}", reply.status))),
        }
    }
}
