//! 共通原因: one cause behind incidents of several customers. Each incident keeps its own clocks, notices and verdict; the link
//! says only that they are dealt with together. A cause is opened in the provider's chain and named by its place there.

use super::verbs::{By, Facts};
use super::{Incident, Mark, Marked};
use crate::fact::Body;
use crate::refusal::Refusal;

/// A link to a cause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CauseLink {
    /// Its number: the place of the fact `cause.opened` in the provider's chain.
    pub cause: u64,
    /// The fact that took the link away.
    pub undone: Option<Mark>,
}

impl Incident {
    /// The cause it is linked to.
    pub fn cause(&self) -> Option<u64> {
        self.causes.last().filter(|link| link.what.undone.is_none()).map(|link| link.what.cause)
    }

    /// Links it to a cause; to another one than before it changes over.
    ///
    /// # Errors
    /// It has ended, or is merged into another incident, which is to be linked instead.
    pub fn link_cause(&self, by: &By, cause: u64) -> Facts {
        self.still_open()?;
        if self.cause() == Some(cause) {
            return Ok(vec![]);
        }
        Ok(vec![self.fact(by, Body::CauseLinked { cause })])
    }

    /// Takes the link to a cause away.
    ///
    /// # Errors
    /// It is not linked to that cause.
    pub fn unlink_cause(&self, by: &By, cause: u64) -> Facts {
        if self.cause() != Some(cause) {
            let key = &self.key;
            return Err(Refusal::invalid(
                "incidents",
                format!("{key} はこの共通原因に結び付いていません。"),
                format!("{key} is not linked to this cause."),
            ));
        }
        Ok(vec![self.fact(by, Body::CauseUnlinked { cause })])
    }

    /// Adds a fact about causes; none where it names what is not there.
    pub(super) fn apply_cause(&mut self, body: &Body, mark: Mark) -> Option<()> {
        match body {
            Body::CauseLinked { cause } => {
                if let Some(before) = self.causes.last_mut().filter(|link| link.what.undone.is_none()) {
                    before.what.undone = Some(mark.clone());
                }
                self.causes.push(Marked { mark, what: CauseLink { cause: *cause, undone: None } });
            }
            Body::CauseUnlinked { cause } => {
                let standing = |link: &&mut Marked<CauseLink>| link.what.cause == *cause && link.what.undone.is_none();
                self.causes.last_mut().filter(standing)?.what.undone = Some(mark);
            }
            _ => return None,
        }
        Some(())
    }
}
