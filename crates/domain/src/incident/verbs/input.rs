//! What the verbs are given: checked words and looked-up papers.

use crate::contact::Rounds;
use crate::criteria::Criteria;
use crate::fact::{Answer, Voice};
use crate::ids::{BlobId, ContactId};
use crate::incident::CallEnd;
use crate::telephone::Evidence;
use crate::time::Instant;

/// A judgement of impact by the customer's criteria.
#[derive(Clone, Debug)]
pub struct Judging<'a> {
    /// The criteria valid now.
    pub criteria: &'a Criteria,
    /// Their version.
    pub version: u32,
    /// The version whose questions were read and answered; 0 where none was named.
    pub read: u32,
    /// The answers, in the order of the questions.
    pub answers: Vec<Answer>,
    /// The notice to publish; needed with impact.
    pub notice: Option<Notice>,
    /// Why without a check of the running state.
    pub reason: Option<BlobId>,
}

/// A judgement of impact that replaces one.
#[derive(Clone, Debug)]
pub struct Rejudging {
    /// Version of the criteria valid now.
    pub version: u32,
    /// サービス影響 有 or 無 now.
    pub impact: bool,
    /// With impact: whether the criteria held at the alert already.
    pub held_at_alert: bool,
    /// The notice to publish; needed with impact.
    pub notice: Option<Notice>,
    /// Why it is judged anew; needed.
    pub reason: Option<BlobId>,
}

/// A notice ready to be published.
#[derive(Clone, Debug)]
pub struct Notice {
    /// Its text.
    pub text: BlobId,
    /// Version of the contact plan valid now; none where there is no plan.
    pub plan: Option<u32>,
    /// Whether a call is owed beside it.
    pub voice: Voice,
    /// When calls repeat and what ends them.
    pub rounds: Rounds,
}

/// A call about to be made, or one made already where `begun` is stated with its end.
#[derive(Clone, Debug)]
pub struct Dial {
    /// Who is called.
    pub contact: ContactId,
    /// Rank of the contact, from 1.
    pub rank: u32,
    /// The number dialled.
    pub number: BlobId,
    /// What the attempt proves: how the number is rung.
    pub evidence: Evidence,
    /// Version of the plan.
    pub plan: u32,
    /// Whether this is the first contact valid at the minute the call begins.
    pub first_valid: bool,
    /// When it began, where that is stated afterwards; none means now.
    pub begun: Option<Instant>,
    /// Whose turn it is.
    pub turn: Turn,
    /// How it ended, where that is known already.
    pub end: Option<CallEnd>,
}

/// Whose turn it is in the round, when a contact is called.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Turn {
    /// The rank that would come first; none where it is this contact's turn.
    pub before: Option<u32>,
    /// Whether nobody comes after this contact.
    pub is_last: bool,
}

/// How an incident is closed.
#[derive(Clone, Debug)]
pub struct Closing {
    /// Its class.
    pub class: String,
    /// Cause, or the problem that looks for it.
    pub cause: BlobId,
    /// Who confirmed.
    pub confirmed_by: Option<BlobId>,
    /// Whether the desk closes by itself after five business days.
    pub automatic: bool,
}
