//! What became of the mails of a ticket, as facts tell it.

use super::{Delivery, Mark, Marked};
use crate::fact::{Body, Fact};
use crate::ids::MessageId;
use std::collections::BTreeMap;

/// Adds what a fact tells of a mail; none where it tells of something else, or of a mail that was never queued.
pub(crate) fn add(deliveries: &mut BTreeMap<MessageId, Delivery>, fact: &Fact) -> Option<()> {
    let mark = Mark::of(fact);
    match &fact.body {
        Body::MessageQueued { message, notice, channel, contact } => {
            let delivery = Delivery {
                queued: mark,
                notice: *notice,
                channel: channel.clone(),
                contact: contact.clone(),
                attempts: vec![],
                undelivered: None,
            };
            deliveries.insert(message.clone(), delivery);
        }
        Body::MessageAttempted { message, outcome, detail, .. } => {
            let attempt = Marked { mark, what: (*outcome, detail.clone()) };
            deliveries.get_mut(message)?.attempts.push(attempt);
        }
        _ => return None,
    }
    Some(())
}
