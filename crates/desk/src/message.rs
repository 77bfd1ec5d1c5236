//! The outbox: claiming what is due to be sent, and writing down what became of it.

use crate::incident::paging::{PAGE, Paged};
use crate::incident::{Hook, Letter, Payload};
use crate::key::WebhookSecret;
use crate::{Answer, Desk};
use domain::fact::{AttemptOutcome, Body, NewFact};
use domain::ids::BlobId;
use domain::time::{MINUTE_MS, SECOND_MS};
use store::{ClaimedMessage, Finish};

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

/// A claim that could not be looked into is claimed again after this long.
const AGAIN_MS: i64 = 10 * SECOND_MS;

/// A message to send, with what to send.
#[derive(Clone, Debug)]
pub struct Outgoing {
    /// The claim: it holds until its lease ends or its node is dead.
    pub claim: ClaimedMessage,
    /// What to send.
    pub content: Content,
}

/// What a message says, ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// A mail.
    Mail(Letter),
    /// A call of a webhook and the secret that signs it.
    Webhook(Hook, String),
    /// Nothing can be sent; how the attempt went without one.
    Unsendable(Attempt),
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
    /// Claims messages for a node and for so long: waiting ones, those of nodes that died, and those held beyond their lease.
    /// One that cannot be looked into is given back at once and holds up no other.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn claim(&self, node: &str, limit: u32, lease_ms: i64) -> Answer<Vec<Outgoing>> {
        let system = self.store.system();
        let mut outgoing = vec![];
        for claim in system.claim_messages(node, limit, limit.div_ceil(2), lease_ms).await? {
            // Boxed: what it awaits is large.
            match Box::pin(self.content(&claim)).await {
                Ok(Some(content)) => outgoing.push(Outgoing { claim, content }),
                Ok(None) => {}
                Err(error) => {
                    tracing::warn!(tenant = %claim.tenant, message = %claim.id, %error, "a message could not be read; it waits");
                    let again = self.now().await?.plus_ms(AGAIN_MS);
                    if let Err(error) = self.store.system().give_back(&claim, again).await {
                        tracing::warn!(message = %claim.id, %error, "its claim ends with its lease");
                    }
                }
            }
        }
        Ok(outgoing)
    }

    /// What to send now; none where it waits and was given back.
    async fn content(&self, claim: &ClaimedMessage) -> Answer<Option<Content>> {
        if claim.class != PAGE {
            return self.words(claim).await.map(Some);
        }
        match self.paged(claim).await? {
            Paged::Alone => self.words(claim).await.map(Some),
            Paged::Together(letter) => Ok(Some(Content::Mail(letter))),
            Paged::Over(attempt) => Ok(Some(Content::Unsendable(attempt))),
            Paged::Later(until) => {
                self.store.system().give_back(claim, until).await?;
                Ok(None)
            }
        }
    }

    /// What a message says, as it was written when it was queued.
    async fn words(&self, claim: &ClaimedMessage) -> Answer<Content> {
        let unsendable = |detail: &str| Content::Unsendable(Attempt::Refused { detail: detail.to_owned() });
        let Some(text) = self.store.tenant(&claim.tenant).blob_text(&claim.payload).await? else {
            return Ok(unsendable("本文は消去されました / the words were erased"));
        };
        let hook = match serde_json::from_str(&text) {
            Ok(Payload::Mail(letter)) => return Ok(Content::Mail(letter)),
            Ok(Payload::Webhook(hook)) => hook,
            Err(error) => return Ok(unsendable(&format!("本文を読めません / the words cannot be read: {error}"))),
        };
        Ok(match self.webhook_secret(&claim.tenant, &hook.webhook).await? {
            WebhookSecret::Open(secret) => Content::Webhook(hook, secret),
            WebhookSecret::Disabled => unsendable("Webhookは無効です / the webhook is disabled"),
            WebhookSecret::Sealed => Content::Unsendable(Attempt::Deferred {
                detail: "Webhookの秘密を開けません。封印の鍵が登録時と異なります / the secret of the webhook does not open: \
                         this node's sealing key is not the one it was sealed with"
                    .to_owned(),
            }),
        })
    }

    /// Writes down how an attempt went, if the claim still holds. Returns whether it did.
    ///
    /// # Errors
    /// The database does not answer; if nobody writes it down before the lease ends, the message is sent again under the
    /// same key.
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
            if let Some(record) = &claim.record
                && let Some(mut case) = self.open_request_by_system(&claim.tenant, record).await?
            {
                if !case.write.finish_message(&claim.id, claim.fence, &finish).await? {
                    return Ok(false);
                }
                case.fire().await?;
                let detail = case.write.text(detail);
                case.save(vec![attempted(claim, outcome, detail)]).await?;
                return Ok(true);
            }
            if let Some(record) = &claim.record
                && let Some(mut case) = self.open_record_by_system(&claim.tenant, record).await?
            {
                if !case.write.finish_message(&claim.id, claim.fence, &finish).await? {
                    return Ok(false);
                }
                let detail = case.write.text(detail);
                case.add(attempted(claim, outcome, detail))?;
                case.end().await?;
                return Ok(true);
            }
            let mut write = self.store.write(&claim.tenant).await?;
            let held = write.finish_message(&claim.id, claim.fence, &finish).await?;
            write.commit().await?;
            return Ok(held);
        };
        if !case.write.finish_message(&claim.id, claim.fence, &finish).await? {
            return Ok(false);
        }
        let detail = case.write.text(detail);
        case.save(vec![attempted(claim, outcome, detail)]).await?;
        Ok(true)
    }
}

fn attempted(claim: &ClaimedMessage, outcome: AttemptOutcome, detail: BlobId) -> NewFact {
    let body = Body::MessageAttempted { message: claim.id.clone(), attempt: claim.attempts, outcome, detail };
    NewFact::by_system(claim.record.clone(), body)
}
