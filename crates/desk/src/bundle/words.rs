//! Which words a customer is given: what the desk told them, and what they said themselves. All others stay names.

use domain::catalogue::Catalogue;
use domain::document::Confirmation;
use domain::fact::{Body, Fact};
use domain::ids::BlobId;
use domain::notice_board::NoticeBoard;
use domain::paper::{Agreement, Paper};
use serde::{Deserialize, Serialize};

/// Whose eyes a bundle is for. The facts are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Words {
    /// All, internal ones and raw alerts too: for the provider.
    All,
    /// Those told to or by the customer.
    Told,
}

/// Papers that the customer reads.
const TOLD: [&str; 4] = [Catalogue::KIND, Agreement::KIND, Confirmation::KIND, NoticeBoard::KIND];

/// The words of a fact that its customer knows. What is not listed is internal.
pub(crate) fn told(fact: &Fact) -> Vec<BlobId> {
    let is_told = match &fact.body {
        // The title stands over the ticket that the customer sees.
        Body::CallerHeard(heard) => return heard.title.iter().cloned().collect(),
        Body::VersionRecorded { paper, .. } => TOLD.contains(&paper.as_str()),
        Body::RecordActed(_) | Body::FileAttached(_) => fact.body.is_told_to_customer(),
        body => matches!(
            body,
            Body::TenantAdded { .. }
                | Body::TenantRenamed { .. }
                | Body::ProjectAdded { .. }
                | Body::IncidentOpened { .. }
                | Body::IncidentNotified { .. }
                | Body::IncidentMessaged { .. }
                | Body::IncidentRecurred { .. }
                | Body::InterimReported { .. }
                | Body::RecoveryNotified { .. }
                | Body::WindowAnnounced { .. }
                | Body::RecordOpened(_)
                | Body::RequestFiled(_)
                | Body::RequestAsked { .. }
                | Body::RequestAnswered { .. }
                | Body::RequestCompleted { .. }
                | Body::RequestDeclined { .. }
                | Body::RequestExcepted { .. }
                | Body::MissExplained { .. }
                | Body::RequestMessaged { .. }
                | Body::DateOffered { .. }
                | Body::SecretHanded { .. }
        ),
    };
    // Why a rule was overridden is internal.
    let words = fact.blobs().filter(|id| is_told && fact.reason.as_ref() != Some(*id));
    words.cloned().collect()
}
