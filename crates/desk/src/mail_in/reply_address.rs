//! The addresses for replies in our own mails.

use crate::{Desk, seal};
use domain::ids::{RecordKey, TenantId};
use domain::mail_in::{ReplyTo, TAG_LEN, day_of};
use domain::time::Instant;

/// That replies are received, and where.
#[derive(Clone, Debug)]
pub(crate) struct Receiving {
    /// The domain of the addresses for replies.
    pub(crate) domain: String,
}

/// What the tags are made for, so that no other signature of the desk is one.
const USE: &str = "reply";

impl Desk {
    /// The desk whose mails ask for replies at this domain. Without it they keep their headers as they are.
    #[must_use]
    pub fn receiving_mail(self, domain: &str) -> Self {
        let receiving = Receiving { domain: domain.to_lowercase() };
        Self { receiving: Some(receiving), ..self }
    }

    /// Where a mail about a ticket to an address asks to be answered; none where replies are not received.
    pub fn reply_to(&self, tenant: &TenantId, ticket: &RecordKey, to: &str, now: Instant) -> Option<String> {
        let receiving = self.receiving.as_ref()?;
        let mut reply = ReplyTo { ticket: ticket.clone(), day: day_of(now), tag: String::new() };
        reply.tag = seal::tag::<TAG_LEN>(&self.settings.sealing_key, USE, &reply.signed(tenant.as_str(), to));
        reply.address(&receiving.domain)
    }

    /// Whether we wrote that address into a mail to `from`.
    pub(super) fn is_tagged(&self, address: &ReplyTo, tenant: &TenantId, from: &str) -> bool {
        let signed = address.signed(tenant.as_str(), from);
        seal::is_tag::<TAG_LEN>(&self.settings.sealing_key, USE, &signed, &address.tag)
    }
}
