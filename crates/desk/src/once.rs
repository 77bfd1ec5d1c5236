//! Verbs done once: what a verb answered is remembered in the transaction of its effect, so that no crash can part them (F6).
//!
//! [`Desk::once`] makes a desk for one request. Its verb looks the key up under the tenant's lock before it does anything, and
//! remembers its answer sealed, since an answer may hold a secret that is shown once.

use crate::{Answer, Desk, seal};
use domain::fact::sha256;
use domain::ids::{ProjectKey, TenantId, WebhookId};
use domain::refusal::Refusal;
use serde::Serialize;
use std::sync::{Arc, OnceLock};
use store::{Failure, Write};

/// What a verb that adds a person or a delegation remembers.
#[derive(Clone, Debug, Serialize)]
pub struct AddedId<T> {
    /// The id of what was added.
    pub id: T,
}

/// What a verb that adds a project remembers.
#[derive(Clone, Debug, Serialize)]
pub struct AddedProject {
    /// The project's key.
    pub project: ProjectKey,
}

/// What a verb that adds a webhook remembers.
#[derive(Clone, Debug, Serialize)]
pub struct AddedWebhook {
    /// The webhook's id.
    pub id: WebhookId,
    /// What its calls are signed with; shown once.
    pub secret: String,
}

/// What a verb that records a version of a paper remembers.
#[derive(Clone, Debug, Serialize)]
pub struct Recorded {
    /// The version's number, from 1.
    pub version: u32,
}

/// A request that is to be done once, however often it comes.
#[derive(Clone, Debug)]
pub struct Once {
    caller: String,
    key: String,
    request: String,
    answered: Arc<OnceLock<String>>,
}

impl Once {
    /// `caller` says who called, `key` is the caller's own name for the request, `request` a hash over all it says.
    pub fn new(caller: impl Into<String>, key: impl Into<String>, request: impl Into<String>) -> Self {
        Self { caller: caller.into(), key: key.into(), request: request.into(), answered: Arc::default() }
    }

    /// The answer of the first time, as JSON; none unless the verb was refused because it was done before.
    pub fn answered(&self) -> Option<&str> {
        self.answered.get().map(String::as_str)
    }

    fn place(&self, tenant: &TenantId) -> String {
        format!("{tenant}|idempotency|{}|{}", self.caller, self.key)
    }
}

/// Hours for which an answer is remembered (F6).
const REMEMBERED_HOURS: i64 = 72;

impl Desk {
    /// Forgets what is only good for a while: answers given more than 72 hours ago and sessions that ended. Says how many.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn forget_passing(&self) -> Answer<u64> {
        let (now, system) = (self.now().await?, self.store.system());
        let answers = system.forget_answers(now.plus_minutes(-60 * REMEMBERED_HOURS)).await?;
        Ok(answers + system.forget_sessions(now).await?)
    }
}

impl Desk {
    /// This desk for one request: its verb is refused where it was done before, and [`Once::answered`] then has its answer.
    #[must_use]
    pub fn once(&self, once: &Once) -> Self {
        Self { once: Some(once.clone()), ..self.clone() }
    }

    /// This desk for one step of a verb that changes several records, each for itself.
    #[must_use]
    pub(crate) fn without_once(mut self) -> Self {
        self.once = None;
        self
    }

    /// Starts the write of a verb that can be asked for once.
    pub(crate) async fn begin(&self, tenant: &TenantId) -> Answer<Write> {
        let mut write = self.store.write(tenant).await?;
        self.refuse_repeated(&mut write).await?;
        Ok(write)
    }

    /// Refuses a verb that was done before.
    pub(crate) async fn refuse_repeated(&self, write: &mut Write) -> Answer<()> {
        let Some(once) = &self.once else { return Ok(()) };
        let Some(found) = write.recall(&once.caller, &once.key).await? else { return Ok(()) };
        if found.request != once.request {
            return Err(Refusal::invalid(
                "Idempotency-Key",
                "このキーは別の内容の要求に使われています。新しいキーを付けてください。",
                "This key was used for a request that said something else. Choose a new one.",
            )
            .into());
        }
        let sealed = String::from_utf8_lossy(&found.body);
        let answer = seal::open(&self.settings.sealing_key, &once.place(write.tenant()), &sealed);
        let answer = answer
            .ok_or_else(|| Failure::Settings("a remembered answer does not open with this sealing key".into()))?;
        let _told_before = once.answered.set(answer);
        Err(Refusal::not_now("この要求は処理済みです。", "This was done before.").into())
    }

    /// Commits a write together with the answer of its verb.
    pub(crate) async fn commit<T: Serialize>(&self, mut write: Write, answer: &T) -> Answer<()> {
        if let Some(once) = &self.once {
            let json =
                serde_json::to_string(answer).map_err(|error| Failure::Corrupt(format!("an answer: {error}")))?;
            let sealed = seal::seal(&self.settings.sealing_key, &once.place(write.tenant()), &json);
            let sealed = sealed.ok_or_else(|| Failure::Settings("the sealing key is unusable".into()))?;
            write.remember(&once.caller, &once.key, &once.request, 200, sealed.as_bytes()).await?;
        }
        write.commit().await?;
        Ok(())
    }

    /// The id of a tenant to be added: drawn at random, or where it is asked for once the one that the request leads to, so
    /// that a repetition finds the tenant it made.
    pub(crate) fn new_tenant_id(&self) -> TenantId {
        let Some(once) = &self.once else { return TenantId::new(store::random::letters::<16>()) };
        let hash = sha256(&[&self.settings.sealing_key, once.caller.as_bytes(), b"\0", once.key.as_bytes()]);
        TenantId::new(hash.chars().take(16).collect::<String>())
    }
}
