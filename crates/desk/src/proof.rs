//! What a customer proves the desk's history with: the bundle, and where its chain stands.

use crate::bundle::{self, BundleError, Exported, Stand, Words};
use crate::{Answer, Caller, Checkpoint, Desk, Error, Scope, VerifyError};
use domain::access::Right;
use domain::ids::TenantId;
use domain::refusal::Refusal;
use domain::time::Instant;
use std::fs::File;
use std::io::{Seek, SeekFrom};
use store::Failure;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;

/// Bundles written at once: each reads a whole history.
static WRITING: Semaphore = Semaphore::const_new(2);

/// Where a customer's chain stands.
#[derive(Clone, Debug)]
pub struct Proof {
    /// The customer's name.
    pub customer: String,
    /// The last fact with the chain's hash.
    pub head: Stand,
    /// The last signed checkpoint, and when it was made.
    pub checkpoint: Option<(Stand, Instant)>,
    /// The key that checkpoints are signed with, as `--checkpoint-key` takes it; none where this desk does not sign.
    pub key: Option<String>,
}

impl Desk {
    /// Where the chain of a customer stands, to be compared with a bundle.
    ///
    /// # Errors
    /// The tenant is out of reach.
    pub async fn proof(&self, caller: &Caller, tenant: &TenantId) -> Answer<Proof> {
        let scope = self.enter_proof(caller, tenant).await?;
        let store = self.store.tenant(&scope.tenant);
        let head = store.head().await?.map_or_else(Stand::default, |head| Stand { seq: head.seq, hash: head.hash });
        let row = store.last_checkpoint().await?;
        let read = row.map(|row| Checkpoint::parse(&row.note).map(|note| (note, row.instant)));
        let checkpoint = read.transpose().map_err(Failure::from)?;
        Ok(Proof {
            customer: self.customer_name(&scope.tenant).await?,
            head,
            checkpoint: checkpoint.map(|(note, at)| (Stand { seq: note.seq, hash: note.hash }, at)),
            key: self.checkpoint_key.as_ref().map(ToString::to_string),
        })
    }

    /// Writes the bundle into a file without a name, to be read from its beginning. Whoever may not see what is internal
    /// gets the words that were told.
    ///
    /// # Errors
    /// The tenant is out of reach, or what is stored does not agree with itself.
    pub async fn bundle(&self, caller: &Caller, tenant: &TenantId) -> Answer<(Exported, File)> {
        let scope = self.enter_proof(caller, tenant).await?;
        let is_staff = caller.enter(&scope.tenant, Right::ReadOperations).is_ok();
        let words = if is_staff { Words::All } else { Words::Told };
        let broken = |error: std::io::Error| Failure::Corrupt(format!("a temporary file failed: {error}"));
        // Never closed, so it is always given.
        let _one_of_few = WRITING.acquire().await;
        let mut file = tempfile::tempfile().map_err(broken)?;
        let target = file.try_clone().map_err(broken)?;
        let (store, tenant, handle) = (self.store.clone(), scope.tenant, Handle::current());
        // Packing keeps a core busy, so it stands beside the others' requests.
        let work = move || handle.block_on(bundle::export(&store, &tenant, words, target));
        let written = tokio::task::spawn_blocking(work).await.map_err(VerifyError::from).map_err(BundleError::from);
        let exported = written.flatten().map_err(|error| match error {
            BundleError::Wrong(VerifyError::Failed(failure)) => Error::Failed(failure),
            other => Error::Failed(Failure::Corrupt(other.to_string())),
        })?;
        file.seek(SeekFrom::Start(0)).map_err(broken)?;
        Ok((exported, file))
    }

    /// A key of one project does not reach what the whole customer is given.
    async fn enter_proof(&self, caller: &Caller, tenant: &TenantId) -> Answer<Scope> {
        let scope = self.enter(caller, tenant, &[Right::ReadOperations, Right::ReadPublished]).await?;
        match scope.project {
            None => Ok(scope),
            Some(_) => Err(Refusal::invalid(
                "key",
                "このキーは1つのプロジェクト専用です。証跡はログインして取得してください。",
                "This key reaches one project only. Sign in to get the proof of the whole customer.",
            )
            .into()),
        }
    }
}
