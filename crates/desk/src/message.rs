//! The outbox: claiming what is due to be sent, and writing down what became of it.

use crate::incident::Payload;
use crate::{Answer, Desk};
use domain::fact::{AttemptOutcome, Body, NewFact};
use domain::time::{MINUTE_MS, SECOND_MS};
use store::{ClaimedMessage, Failure, Finish};

/// Waits before the next attempt, by attempts made: at once again, then slower, for about 28 hours.
const WAITS_MS: [i64; 14] = [
    2 * SECOND_MS,
    5 * SECOND_MS,
    10 * SECOND_MS,
    20 * SECOND_MS,
    MINUTE_MS,
    2 * MINUTE_MS,
    5 * MINUTE_MS,
    10 * MINUTE_MS,
    30 * MINUTE_MS,
    60 * MINUTE_MS,
    120 * MINUTE_MS,
    300 * MINUTE_MS,
    600 * MINUTE_MS,
    600 * MINUTE_MS,
];

/// A message to send, with what to send.
#[derive(Clone, Debug)]
pub struct Outgoing {
    /// The claim: it holds until its node is dead.
    pub claim: ClaimedMessage,
    /// What to send; none where the words were erased meanwhile.
    pub payload: Option<Payload>,
    /// Opened secrets of the webhook, newest first.
    pub secrets: Vec<String>,
}

/// How one attempt went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// The other side took it over.
    Delivered {
        /// What it said.
        detail: String,
    },
    /// Not now.
    Deferred {
        /// Why.
        detail: String,
    },
    /// Never this way.
    Refused {
        /// Why.
        detail: String,
    },
}

impl Desk {
    /// Claims messages for a node: waiting ones, and those of nodes that died.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn claim(&self, node: &str, limit: u32) -> Answer<Vec<Outgoing>> {
        let mut outgoing = vec![];
        for claim in self.store.system().claim_messages(node, limit, limit.div_ceil(2)).await? {
            let store = self.store.tenant(&claim.tenant);
            let payload = match store.blob_text(&claim.payload).await? {
                Some(text) => Some(
                    serde_json::from_str(&text).map_err(|e| Failure::Corrupt(format!("message {}: {e}", claim.id)))?,
                ),
                None => None,
            };
            let secrets = match &payload {
                Some(Payload::Webhook(hook)) => self.webhook_secrets(&claim.tenant, &hook.webhook).await?,
                _ => vec![],
            };
            outgoing.push(Outgoing { claim, payload, secrets });
        }
        Ok(outgoing)
    }

    /// Writes down how an attempt went, if the claim still holds. Returns whether it did.
    ///
    /// # Errors
    /// The database does not answer; the message is then sent again under the same key.
    pub async fn finish(&self, claim: &ClaimedMessage, attempt: &Attempt) -> Answer<bool> {
        let (outcome, detail) = match attempt {
            Attempt::Delivered { detail } => (AttemptOutcome::Delivered, detail),
            Attempt::Deferred { detail } => (AttemptOutcome::Deferred, detail),
            Attempt::Refused { detail } => (AttemptOutcome::Refused, detail),
        };
        let wait = WAITS_MS.get(claim.attempts.saturating_sub(1) as usize);
        let (outcome, finish) = match (outcome, wait) {
            (AttemptOutcome::Delivered, _) => (outcome, Finish::Delivered),
            (AttemptOutcome::Deferred, Some(wait)) => {
                let not_before = self.now().await?.plus_ms(*wait);
                (outcome, Finish::Again { not_before, reason: detail.clone() })
            }
            _ => (AttemptOutcome::Refused, Finish::Failed { reason: detail.clone() }),
        };
        let case = match &claim.record {
            Some(record) => self.open_by_system(&claim.tenant, record).await?,
            None => None,
        };
        let Some(mut case) = case else {
            let mut write = self.store.write(&claim.tenant).await?;
            let held = write.finish_message(&claim.id, claim.fence, &finish).await?;
            write.commit().await?;
            return Ok(held);
        };
        if !case.write.finish_message(&claim.id, claim.fence, &finish).await? {
            return Ok(false);
        }
        let detail = case.write.text(detail);
        let body = Body::MessageAttempted { message: claim.id.clone(), attempt: claim.attempts, outcome, detail };
        let record = claim.record.clone();
        case.save(vec![NewFact::by_system(record, body)]).await?;
        Ok(true)
    }
}
