//! Which words of a fact its customer reads: what search finds for them. What is not named here is internal.

use super::{Body, Fact};
use crate::ids::BlobId;

impl Fact {
    /// The words that the customer reads, once the record exists for them.
    pub fn told_words(&self) -> Vec<&BlobId> {
        match &self.body {
            Body::IncidentOpened { .. } => self.words().collect(),
            Body::IncidentNotified { text, .. }
            | Body::InterimReported { text, .. }
            | Body::IncidentRecurred { text }
            | Body::IncidentMessaged { text, .. }
            | Body::RecoveryNotified { text, .. }
            | Body::ConsentDisputed { text, .. } => vec![text],
            Body::ConsentHeard { words, what, .. } => vec![words, what],
            Body::RecordOpened(_)
            | Body::RecordActed(_)
            | Body::FileAttached(_)
            | Body::RequestFiled(_)
            | Body::RequestPlanned { .. }
            | Body::RequestCompleted { .. }
            | Body::RequestDeclined { .. }
            | Body::RequestAsked { .. }
            | Body::RequestAnswered { .. }
            | Body::RequestExcepted { .. }
            | Body::RequestMessaged { .. }
            | Body::MissExplained { .. }
            | Body::DateOffered { .. }
            | Body::SecretHanded { .. }
                if self.body.is_told_to_customer() =>
            {
                self.words().collect()
            }
            _ => vec![],
        }
    }

    /// The words that staff finds: all but the raw bytes of mails and what mail servers answered.
    pub fn found_words(&self) -> Vec<&BlobId> {
        match &self.body {
            Body::MailJoined { from, .. } => vec![from],
            Body::MessageAttempted { .. } => vec![],
            _ => self.words().collect(),
        }
    }
}
