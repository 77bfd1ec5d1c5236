//! `verify`: recomputes everything from the facts and says where the database departs from them (`docs/chain.md`; F26, F27).
//!
//! It reads one consistent snapshot beside all writes, page by page. For each tenant it checks the chain, its head and its
//! checkpoints, then blobs, then every row that is a fold over facts. The first fault ends it, named by tenant and fact.

mod bundle;
mod chain;
mod disposals;
mod events;
mod facts;
mod files;
mod frozen;
mod mails;
mod mergings;
mod notes;
mod people;
mod records;
mod requests;
mod rows;
mod windows;

pub use bundle::{BundleReport, verify_bundle};
pub(crate) use facts::Facts;
pub(crate) use files::{Procedures, read as read_procedure, under_its_procedure, walked};
pub(crate) use mergings::Mergings;
pub(crate) use records::fold as fold_incident;

use crate::checkpoint::{Checkpoint, CheckpointVerifier};
use chain::Chain;
use domain::calendar::Calendar;
use domain::fact::sha256;
use domain::ids::{BlobId, RecordKey, TenantId};
use domain::paper::Closures;
use domain::time::{Instant, MINUTE_MS};
use serde::Serialize;
use std::collections::HashSet;
use store::{BlobRow, Cell, Failure, Snapshot, Store};

/// What `verify` is given beside the database.
#[derive(Clone, Debug, Default)]
pub struct Verify {
    /// Keys whose checkpoints are trusted; with none, signatures are not looked at.
    pub checkpoint_keys: Vec<CheckpointVerifier>,
    /// Checkpoints that were kept outside the database: only they show that a chain was cut, rolled back or written anew.
    pub outside: Option<Vec<Checkpoint>>,
}

/// What was checked without a fault.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Report {
    /// Tenants.
    pub tenants: u64,
    /// Facts in their chains.
    pub facts: u64,
    /// Records folded and compared with their rows.
    pub records: u64,
    /// Checkpoints, those from outside included.
    pub checkpoints: u64,
    /// Final verdicts computed again.
    pub verdicts: u64,
    /// Blobs whose name was computed again.
    pub blobs: u64,
    /// Blobs that were erased: their names stay, their words are gone.
    pub erased: u64,
    /// Seconds that the chains took: every link, with what facts name.
    pub chain_seconds: f64,
    /// Seconds that all of it took, the chains among it.
    pub seconds: f64,
}

/// Where the database departs from the facts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("tenant {tenant}, fact {seq}{}: {what}", record.as_ref().map(|key| format!(" ({key})")).unwrap_or_default())]
pub struct Fault {
    /// Whose.
    pub tenant: TenantId,
    /// The fact at fault, or the last one whose fold a row should show.
    pub seq: u64,
    /// The record, where it is about one.
    pub record: Option<RecordKey>,
    /// What is wrong.
    pub what: String,
}

/// Why `verify` did not end with a report.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// The database is not what the desk wrote.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// It could not be read.
    #[error(transparent)]
    Failed(#[from] Failure),
}

/// What a check returns.
pub(crate) type Checked<T = ()> = Result<T, VerifyError>;

/// The provider's closures in all versions, as (valid from, recorded at, days).
pub(crate) type ClosureVersions = Vec<(Instant, Instant, Closures)>;

/// Blobs read at once; each may have some megabytes.
const BLOBS: u32 = 64;

/// Checks the whole database.
///
/// # Errors
/// [`VerifyError::Fault`] with the first fault, or the database cannot be read.
pub async fn verify(store: &Store, options: &Verify) -> Checked<Report> {
    let begun = std::time::Instant::now();
    let (closures, procedures) = (vec![], files::Procedures::new());
    let mut audit = Audit {
        snapshot: store.snapshot().await?,
        options,
        report: Report::default(),
        closures,
        procedures,
        erased: HashSet::new(),
    };
    let tenants = audit.tenants().await?;
    for (tenant, _) in &tenants {
        audit.tenant(tenant).await?;
    }
    audit.strangers(&tenants).await?;
    audit.report.seconds = begun.elapsed().as_secs_f64();
    Ok(audit.report)
}

/// One run of `verify`.
struct Audit<'a, S = Snapshot> {
    snapshot: S,
    options: &'a Verify,
    report: Report,
    /// The provider's procedures in all versions.
    procedures: files::Procedures,
    closures: ClosureVersions,
    /// Blobs of the tenant at hand whose words are gone.
    erased: HashSet<BlobId>,
}

impl Audit<'_> {
    /// All tenants, the provider first: its calendar is needed for the others.
    async fn tenants(&mut self) -> Checked<Vec<(TenantId, bool)>> {
        let table = self.snapshot.tables()[0].clone();
        let mut tenants = vec![];
        let mut after: Option<Vec<Cell>> = None;
        loop {
            let page = self.snapshot.page(&table, after.as_deref(), 1_000).await?;
            let Some(last) = page.last() else { break };
            after = Some(vec![last.get("id").clone()]);
            tenants.extend(page.iter().map(|row| (TenantId::new(row.text("id")), row.text("kind") == "provider")));
        }
        tenants.sort_by_key(|(_, is_provider)| !is_provider);
        Ok(tenants)
    }

    async fn tenant(&mut self, tenant: &TenantId) -> Checked {
        let mut chain = Chain::check(self, tenant).await?;
        self.blobs(tenant, chain.seq).await?;
        self.disposals(&chain).await?;
        self.people(&chain).await?;
        self.frozen_tables(&mut chain).await?;
        self.records(chain).await?;
        self.report.tenants += 1;
        Ok(())
    }

    fn calendars(&self, at: Instant) -> Vec<Calendar> {
        calendars(&self.closures, at)
    }

    /// Nothing stands in the name of a tenant that is not there.
    async fn strangers(&mut self, tenants: &[(TenantId, bool)]) -> Checked {
        for table in self.snapshot.tables().to_vec() {
            if !table.columns.iter().any(|(column, _)| column == "tenant") {
                continue;
            }
            if let Some(id) = self.snapshot.stranger(&table).await? {
                return Err(fault(
                    &TenantId::new(id),
                    0,
                    format!("table {} names a tenant that is not there", table.name),
                ));
            }
        }
        let known = |note: &&Checkpoint| tenants.iter().all(|(tenant, _)| *tenant != note.tenant);
        match self.options.outside.iter().flatten().find(known) {
            None => Ok(()),
            Some(note) => {
                Err(fault(&note.tenant, 1, format!("a checkpoint covers {} facts, but the tenant is gone", note.seq)))
            }
        }
    }
}

impl<S: Facts> Audit<'_, S> {
    /// Each blob's name is computed again, unless it was erased.
    async fn blobs(&mut self, tenant: &TenantId, last: u64) -> Checked {
        self.erased.clear();
        let mut after = String::new();
        let mut page = self.snapshot.blobs(tenant, &after, BLOBS).await?;
        while let Some(end) = page.last() {
            after = end.id.to_string();
            let work = tokio::task::spawn_blocking(move || check_blobs(&page));
            let (next, checked) = tokio::join!(self.snapshot.blobs(tenant, &after, BLOBS), work);
            match checked? {
                Ok((whole, erased)) => {
                    self.report.blobs += whole;
                    self.report.erased += erased.len() as u64;
                    self.erased.extend(erased);
                }
                Err(id) => {
                    let seq = self.snapshot.fact_naming(tenant, &id).await?.unwrap_or(last);
                    return Err(fault(tenant, seq, format!("the bytes of blob {id} do not give its name")));
                }
            }
            page = next?;
        }
        Ok(())
    }
}

/// How many of a page are whole and which are erased, or the name of one that is neither.
fn check_blobs(page: &[BlobRow]) -> Result<(u64, Vec<BlobId>), String> {
    let (mut whole, mut erased) = (0, vec![]);
    for BlobRow { id, salt, bytes, .. } in page {
        match (salt, bytes) {
            (None, None) => erased.push(id.clone()),
            (Some(salt), Some(bytes)) if id.as_str().strip_prefix("sha256:") == Some(&sha256(&[salt, bytes])) => {
                whole += 1;
            }
            _ => return Err(id.to_string()),
        }
    }
    Ok((whole, erased))
}

/// The calendar as it was known at an instant. A version recorded within the last minute may have been on its way to the
/// disk when somebody else wrote; then the one before is possible too.
pub(crate) fn calendars(closures: &ClosureVersions, at: Instant) -> Vec<Calendar> {
    let known = |until: Instant| {
        let valid = closures.iter().filter(|(from, recorded, _)| *from <= at && *recorded <= until);
        // Of equal starts the later version, which stands later in the list.
        let newest = valid.max_by_key(|(from, ..)| *from);
        Calendar::tokyo(newest.map(|(.., closures)| closures.days.clone()).unwrap_or_default())
    };
    let mut calendars = vec![known(at), known(at.plus_ms(-MINUTE_MS))];
    calendars.dedup();
    calendars
}

pub(crate) fn fault(tenant: &TenantId, seq: u64, what: impl Into<String>) -> VerifyError {
    VerifyError::Fault(Fault { tenant: tenant.clone(), seq, record: None, what: what.into() })
}

pub(crate) fn fault_of(tenant: &TenantId, seq: u64, record: &RecordKey, what: impl Into<String>) -> VerifyError {
    VerifyError::Fault(Fault { tenant: tenant.clone(), seq, record: Some(record.clone()), what: what.into() })
}

/// A file of its own, on which long parts are kept, cannot be written or read.
impl From<std::io::Error> for VerifyError {
    fn from(error: std::io::Error) -> Self {
        Self::Failed(Failure::Corrupt(format!("a temporary file failed: {error}")))
    }
}

/// A check on another thread that panicked or was cancelled.
impl From<tokio::task::JoinError> for VerifyError {
    fn from(error: tokio::task::JoinError) -> Self {
        Self::Failed(Failure::Corrupt(format!("a check broke off: {error}")))
    }
}
