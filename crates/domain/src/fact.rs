//! Facts and the chain they stand in (design: facts, clocks, verdicts; `docs/chain.md`).
//!
//! A fact is RFC 8785 JSON, stored exactly as hashed: `hash = SHA-256(previous hash || bytes)`. The first previous hash of
//! a tenant's lane is its genesis, so the lane is covered too. Nothing in here is ever edited.

mod blobs;
mod body;
mod chain;
mod told;

pub use body::*;
pub use chain::{ChainFault, Hash, genesis, link, sha256, verify_link};

use crate::access::{Actor, Role};
use crate::ids::{BlobId, RecordKey, TenantId};
use crate::time::Instant;
use serde::{Deserialize, Serialize};

/// The edition of the fact format written now.
pub const EDITION: u32 = 1;

/// One fact as it stands in the chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// Edition of this format.
    pub edition: u32,
    /// Whose chain it stands in.
    pub tenant: TenantId,
    /// Place in the chain, from 1 without gaps. Order is by this, never by instant.
    pub seq: u64,
    /// The record it is about, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<RecordKey>,
    /// What happened: its `kind` and `body`.
    #[serde(flatten)]
    pub body: Body,
    /// Who did it.
    pub actor: Actor,
    /// In which role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// When, by the one clock of its transaction.
    pub instant: Instant,
    /// Why, where a rule was overridden: a blob with the words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<BlobId>,
}

impl Fact {
    /// The bytes that are stored and hashed: RFC 8785 canonical JSON.
    #[expect(clippy::expect_used, reason = "a fact holds texts, integers and lists only: nothing JSON cannot say")]
    pub fn canonical(&self) -> String {
        serde_json_canonicalizer::to_string(self).expect("a fact is JSON")
    }

    /// Reads a stored fact.
    ///
    /// # Errors
    /// The text is not a fact of an edition this program knows.
    pub fn parse(json: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(json)
    }
}

/// The kind that the canonical bytes of a fact say; empty where they are no fact.
///
/// Inside a text a quotation mark is escaped, and no member after `kind` holds another, so the last `"kind":"` is the
/// fact's own.
pub fn kind_of(canonical: &str) -> &str {
    canonical.rsplit_once("\"kind\":\"").and_then(|(_, rest)| rest.split('"').next()).unwrap_or_default()
}

/// A fact before it has its place: what a rule returns and the store appends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewFact {
    /// The record it is about.
    pub record: Option<RecordKey>,
    /// What happened.
    pub body: Body,
    /// Who did it.
    pub actor: Actor,
    /// In which role.
    pub role: Option<Role>,
    /// Why, where a rule was overridden.
    pub reason: Option<BlobId>,
}

impl NewFact {
    /// A fact of the desk itself.
    pub fn by_system(record: Option<RecordKey>, body: Body) -> Self {
        Self { record, body, actor: Actor::System, role: None, reason: None }
    }

    /// Gives it its place in the chain.
    pub fn at(self, tenant: TenantId, seq: u64, instant: Instant) -> Fact {
        let Self { record, body, actor, role, reason } = self;
        Fact { edition: EDITION, tenant, seq, record, body, actor, role, instant, reason }
    }
}
