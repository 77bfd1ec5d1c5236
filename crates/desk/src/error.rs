//! What a verb can answer beside success.

use domain::refusal::Refusal;
use store::Failure;

/// Refused by a rule, or failed by the world. A bug panics and is caught at the edge.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nothing was changed, and the caller can act on the sentence.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// What was attempted did not work; nothing was changed, and it may be tried again.
    #[error(transparent)]
    Failed(#[from] Failure),
}

/// What a verb returns.
pub type Answer<T> = Result<T, Error>;

impl From<domain::incident::Broken> for Error {
    fn from(broken: domain::incident::Broken) -> Self {
        Self::Failed(Failure::Corrupt(broken.to_string()))
    }
}
