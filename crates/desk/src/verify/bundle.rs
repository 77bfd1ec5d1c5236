//! A bundle, offline: the same rules over the facts in it, then every derived part against what they give (F26).

use super::chain::Chain;
use super::{Audit, Checked, Procedures, Report, Verify, VerifyError, fault};
use crate::bundle::{BundleError, DERIVED, MANIFEST, PAPERS, Papers, Reader, Stand, check_files, compare, derive};
use domain::ids::TenantId;
use serde::Serialize;
use std::collections::HashSet;
use std::fs::File;
use std::io::BufReader;
use store::Failure;

/// What of a bundle was checked without a fault.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BundleReport {
    /// Whose.
    pub tenant: TenantId,
    /// The customer's name.
    pub name: String,
    /// Where the chain ends: to be compared with what the portal says.
    pub head: Stand,
    /// The last fact that a checkpoint covers; what stands after it is not signed.
    pub covered: u64,
    /// What was counted.
    #[serde(flatten)]
    pub report: Report,
}

/// Checks a bundle without a database.
///
/// # Errors
/// [`BundleError::Wrong`] with the first fault by tenant and fact, or the file is no bundle that can be read.
pub async fn verify_bundle(file: File, options: &Verify) -> Result<BundleReport, BundleError> {
    let begun = std::time::Instant::now();
    let reader = tokio::task::spawn_blocking(move || Reader::open(file)).await.map_err(VerifyError::from)??;
    let tenant = reader.manifest.tenant.clone();
    let covered = reader.covered().max(outside(options, &tenant));
    let mut audit = Audit {
        snapshot: reader,
        options,
        report: Report::default(),
        closures: vec![],
        procedures: Procedures::new(),
        erased: HashSet::new(),
    };
    let found = check(&mut audit, &tenant).await;
    let head = audit.snapshot.manifest.head.clone();
    // A fault that names its fact says more than the sum of its part does.
    match (found, audit.snapshot.wrong_sum) {
        (Err(BundleError::Wrong(VerifyError::Failed(failure))), Some(part)) => {
            let what = format!("part {part} is not the one that {MANIFEST} sums up: {failure}");
            return Err(fault(&tenant, head.seq, what).into());
        }
        (Ok(_), Some(part)) => {
            let what = format!("part {part} is not the one that {MANIFEST} sums up");
            return Err(fault(&tenant, head.seq, what).into());
        }
        (Err(BundleError::Wrong(VerifyError::Failed(Failure::Corrupt(what)))), None) if what.starts_with("part ") => {
            return Err(fault(&tenant, head.seq, what).into());
        }
        (found, _) => found?,
    }
    audit.report.tenants = 1;
    audit.report.seconds = begun.elapsed().as_secs_f64();
    let name = audit.snapshot.manifest.name.clone();
    Ok(BundleReport { tenant, name, head, covered, report: audit.report })
}

fn outside(options: &Verify, tenant: &TenantId) -> u64 {
    options.outside.iter().flatten().filter(|note| note.tenant == *tenant).map(|note| note.seq).max().unwrap_or(0)
}

async fn check(audit: &mut Audit<'_, Reader>, tenant: &TenantId) -> Result<(), BundleError> {
    // What blobs there are is asked for by the chain.
    let last = audit.snapshot.manifest.head.seq;
    audit.blobs(tenant, last).await?;
    let chain = Chain::check(audit, tenant).await?;
    let manifest = audit.snapshot.manifest.clone();
    let provider = manifest.provider.clone();
    let papers = Papers::read(BufReader::new(audit.snapshot.part(PAPERS)?), &provider)?;
    let sketch = std::mem::take(&mut audit.snapshot.sketch);
    check_files(&mut audit.snapshot, tenant, &sketch).await?;
    let context = papers.context(&mut audit.snapshot, tenant, &sketch, manifest.head.clone()).await?;
    said(chain.seq, tenant, "name", context.name == manifest.name)?;
    said(chain.seq, tenant, "as_of", context.as_of == manifest.as_of)?;
    let derived = derive(&mut audit.snapshot, &context).await?;
    audit.report.records = derived.records;
    audit.report.verdicts = derived.verdicts;
    for (part, file) in DERIVED.into_iter().zip(derived.files) {
        let found = audit.snapshot.part(part)?;
        compare(&context, part, file, found)?;
    }
    Ok(())
}

fn said(seq: u64, tenant: &TenantId, field: &str, is_right: bool) -> Checked {
    if is_right {
        Ok(())
    } else {
        Err(fault(tenant, seq, format!("{field} in part {MANIFEST} is not what the facts say")))
    }
}
