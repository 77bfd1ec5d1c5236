//! One customer's history as one file that opens without the product (`docs/proof.md`).
//!
//! A zip. `facts.jsonl`, `blobs.jsonl`, `events.jsonl`, `checkpoints.txt` and `papers.jsonl` are copied as they stand; all else
//! is [`derive`]d from them, by the same code when it is written and when it is verified. The same state gives the same bytes.

mod compare;
mod derive;
mod files;
mod page;
mod papers;
mod read;
mod spool;
mod tables;
mod words;
mod write;

pub(crate) use compare::compare;
pub(crate) use derive::derive;
pub(crate) use files::check as check_files;
pub(crate) use papers::Papers;
pub(crate) use read::Reader;
pub use words::Words;
pub use write::{Exported, export};

use crate::verify::{Checked, ClosureVersions, Facts, Procedures, VerifyError};
use domain::catalogue::Catalogue;
use domain::fact::{Body, Fact, Hash};
use domain::ids::{BlobId, RecordKey, TenantId};
use domain::paper::Paper;
use domain::time::Instant;
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};
use std::io;
use store::Failure;

/// Edition of the file's format.
pub(crate) const FORMAT: u32 = 1;

/// What was copied, in the order of the file.
pub(crate) const COPIED: [&str; 5] = [FACTS, BLOBS, EVENTS, CHECKPOINTS, PAPERS];
pub(crate) const FACTS: &str = "facts.jsonl";
pub(crate) const BLOBS: &str = "blobs.jsonl";
pub(crate) const EVENTS: &str = "events.jsonl";
pub(crate) const CHECKPOINTS: &str = "checkpoints.txt";
pub(crate) const PAPERS: &str = "papers.jsonl";
/// What was derived, in the order of the file.
pub(crate) const DERIVED: [&str; 11] = [
    REQUESTS,
    REQUESTS_CSV,
    INCIDENTS,
    INCIDENTS_CSV,
    RECORDS,
    RECORDS_CSV,
    WINDOWS,
    WINDOWS_CSV,
    COMPLIANCE,
    COMPLIANCE_CSV,
    PAGE,
];
pub(crate) const REQUESTS: &str = "requests.jsonl";
pub(crate) const REQUESTS_CSV: &str = "requests.csv";
pub(crate) const INCIDENTS: &str = "incidents.jsonl";
pub(crate) const INCIDENTS_CSV: &str = "incidents.csv";
pub(crate) const RECORDS: &str = "records.jsonl";
pub(crate) const RECORDS_CSV: &str = "records.csv";
pub(crate) const WINDOWS: &str = "windows.jsonl";
pub(crate) const WINDOWS_CSV: &str = "windows.csv";
pub(crate) const COMPLIANCE: &str = "compliance.jsonl";
pub(crate) const COMPLIANCE_CSV: &str = "compliance.csv";
pub(crate) const PAGE: &str = "index.html";
/// Last in the file.
pub(crate) const MANIFEST: &str = "manifest.json";

/// Columns of `alert_events` in a bundle, beside the tenant.
pub(crate) const EVENT_COLUMNS: [&str; 13] = [
    "id",
    "project",
    "api_key",
    "sender",
    "received",
    "action",
    "fate",
    "dedup_key",
    "alert_key",
    "incident",
    "kept_in",
    "note",
    "body",
];

/// Where a chain stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stand {
    /// The last fact; 0 without any.
    pub seq: u64,
    /// The chain's hash there.
    pub hash: Hash,
}

/// What a bundle says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Manifest {
    pub(crate) madoguchi: String,
    pub(crate) format: u32,
    pub(crate) tenant: TenantId,
    pub(crate) provider: TenantId,
    pub(crate) name: String,
    pub(crate) head: Stand,
    pub(crate) events: u64,
    /// Which words were left in.
    pub(crate) words: Words,
    /// The instant of the last fact, as of which everything is judged.
    pub(crate) as_of: Instant,
    pub(crate) parts: Vec<Part>,
}

/// A part with its sum.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Part {
    pub(crate) name: String,
    pub(crate) bytes: u64,
    pub(crate) sha256: String,
}

/// Why a bundle could not be written or read.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// The file cannot be written or read.
    #[error("the bundle: {0}")]
    File(#[from] io::Error),
    /// The container is damaged.
    #[error("the bundle is no zip that can be read: {0}")]
    Container(#[from] zip::result::ZipError),
    /// It is none, or one of another format.
    #[error("{0}")]
    Refused(String),
    /// What it holds does not agree with its facts.
    #[error(transparent)]
    Wrong(#[from] VerifyError),
}

impl From<Failure> for BundleError {
    fn from(failure: Failure) -> Self {
        Self::Wrong(failure.into())
    }
}

/// What one reading of all facts tells, before any is folded.
#[derive(Debug, Default)]
pub(crate) struct Sketch {
    /// Records, by their first fact.
    pub(crate) records: Vec<RecordKey>,
    known: HashSet<RecordKey>,
    pub(crate) name: Option<BlobId>,
    /// The tenant's own catalogues: from when, and the document.
    pub(crate) catalogues: Vec<(Instant, BlobId)>,
    pub(crate) as_of: Option<Instant>,
    /// Files that were attached.
    pub(crate) files: Vec<files::Filed>,
}

impl Sketch {
    pub(crate) fn take(&mut self, fact: &Fact) {
        self.as_of = Some(fact.instant);
        self.files.extend(files::Filed::of(fact));
        if let Some(record) = &fact.record
            && !self.known.contains(record)
        {
            self.known.insert(record.clone());
            self.records.push(record.clone());
        }
        match &fact.body {
            Body::TenantAdded { name } | Body::TenantRenamed { name } => self.name = Some(name.clone()),
            Body::VersionRecorded { paper, valid_from, document, .. } if paper == Catalogue::KIND => {
                self.catalogues.push((*valid_from, document.clone()));
            }
            _ => {}
        }
    }
}

/// All that is asked of a tenant and its provider when parts are derived.
pub(crate) struct Context {
    pub(crate) tenant: TenantId,
    pub(crate) name: String,
    pub(crate) head: Stand,
    pub(crate) as_of: Instant,
    pub(crate) records: Vec<RecordKey>,
    pub(crate) closures: ClosureVersions,
    pub(crate) procedures: Procedures,
    pub(crate) catalogue: Catalogue,
    /// The words that may be shown; none where all may that are there.
    pub(crate) kept: Option<HashSet<BlobId>>,
}

impl Context {
    /// The words behind some names. What is not given to the reader is never read, so that no derived part can show it.
    pub(crate) async fn texts<S: Facts>(&self, source: &mut S, ids: &[&BlobId]) -> Checked<HashMap<BlobId, String>> {
        let may = |id: &&&BlobId| self.kept.as_ref().is_none_or(|kept| kept.contains(**id));
        let ids: Vec<&BlobId> = ids.iter().filter(may).copied().collect();
        Ok(source.texts(&self.tenant, &ids).await?)
    }
}
