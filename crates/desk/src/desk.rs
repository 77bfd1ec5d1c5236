//! The desk itself: a store, its settings, and a bell that rings when something changed.

use crate::alert::Counter;
use crate::health::Health;
use crate::key_ring::KeyRing;
use crate::mail_in::Receiving;
use crate::procedure::Editions;
use crate::timer::Resting;
use crate::{Answer, Caller, CheckpointVerifier, Once, Reach, Scope};
use domain::access::Right;
use domain::calendar::Calendar;
use domain::ids::{ProjectKey, TenantId};
use domain::paper::{Closures, Paper};
use domain::refusal::Refusal;
use domain::telephone::{ByHand, Telephone};
use domain::time::Instant;
use std::sync::Arc;
use store::{PaperRow, Store};
use tokio::sync::broadcast;

/// What the desk must know beside its database.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Address under which people reach the desk, without a slash at the end; links in mails begin with it.
    pub base_url: String,
    /// Domain after the `@` of message ids.
    pub message_domain: String,
    /// Key that seals secrets in the database; 32 bytes.
    pub sealing_key: [u8; 32],
}

/// Something changed, so that pages and tasks ask again. A hint; all is correct without it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Tools told of alerts: boards show them. Nothing waits to be sent, and no timer is due in the next minutes for it.
    Alerts,
    /// Anything else: a message may wait, a timer may be near.
    Act,
}

/// Says why an address cannot be called; whoever calls webhooks knows.
pub type UrlJudge = Arc<dyn Fn(&str) -> Result<(), String> + Send + Sync>;

/// The desk: cheap to clone, shared by all edges and tasks.
#[derive(Clone)]
pub struct Desk {
    pub(crate) store: Store,
    pub(crate) settings: Arc<Settings>,
    pub(crate) changes: broadcast::Sender<Change>,
    pub(crate) counter: Arc<Counter>,
    pub(crate) health: Health,
    pub(crate) key_ring: Arc<KeyRing>,
    pub(crate) resting: Arc<Resting>,
    pub(crate) url_judge: Option<UrlJudge>,
    pub(crate) telephone: Arc<dyn Telephone>,
    pub(crate) editions: Arc<Editions>,
    /// The key that checkpoints are signed with, for people to check them by.
    pub(crate) checkpoint_key: Option<CheckpointVerifier>,
    /// Where replies to our mails are received; none where they are not.
    pub(crate) receiving: Option<Receiving>,
    /// The request whose verb is to be done once, where this desk stands for one.
    pub(crate) once: Option<Once>,
}

impl Desk {
    /// A desk over an open store. Tasks that take in alerts are started on the current runtime.
    pub fn new(store: Store, settings: Settings) -> Self {
        let (changes, _) = broadcast::channel(1024);
        let counter = Arc::new(Counter::default());
        let health = Health::default();
        let (settings, key_ring) = (Arc::new(settings), Arc::default());
        let resting = Arc::default();
        let (url_judge, editions) = (None, Arc::default());
        let telephone = Arc::new(ByHand);
        let desk = Self {
            store,
            settings,
            changes,
            counter,
            health,
            key_ring,
            resting,
            url_judge,
            telephone,
            editions,
            checkpoint_key: None,
            receiving: None,
            once: None,
        };
        desk.counter.open(&desk);
        desk
    }

    /// The desk with a judge of the addresses that it is given to call, so that a wrong one is refused by the form that takes it.
    #[must_use]
    pub fn judging_urls(self, judge: UrlJudge) -> Self {
        Self { url_judge: Some(judge), ..self }
    }

    /// The desk with something else that rings telephones than the operators' hands.
    #[must_use]
    pub fn dialling_by(self, telephone: Arc<dyn Telephone>) -> Self {
        Self { telephone, ..self }
    }

    /// The desk that tells people which key its checkpoints are signed with.
    #[must_use]
    pub fn signing_by(self, checkpoint_key: CheckpointVerifier) -> Self {
        Self { checkpoint_key: Some(checkpoint_key), ..self }
    }

    /// The store, for tasks that keep it: backup, checkpoints, verify.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// What the desk was told at its start.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// What the desk knows of itself.
    pub fn health(&self) -> &Health {
        &self.health
    }

    /// Hears of every change from now on.
    pub fn listen(&self) -> broadcast::Receiver<Change> {
        self.changes.subscribe()
    }

    /// Tells everybody who listens; nobody listening is fine.
    pub fn ring(&self, change: Change) {
        let _nobody_listens = self.changes.send(change);
    }

    /// The desk's instant for reading; a verb reads its own inside its transaction.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn now(&self) -> Answer<Instant> {
        Ok(self.store.now().await?)
    }

    /// The calendar in force at an instant: the provider's closures on top of weekends and public holidays.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn calendar(&self, at: Instant) -> Answer<Calendar> {
        let Some(provider) = self.store.system().provider().await? else { return Ok(Calendar::tokyo([])) };
        let closures = self.paper::<Closures>(&provider.id, "", at).await?;
        Ok(Calendar::tokyo(closures.map(|(_, closures)| closures.days).unwrap_or_default()))
    }

    /// The version of a paper valid at an instant, with its number.
    pub(crate) async fn paper<P: Paper>(
        &self,
        tenant: &TenantId,
        subject: &str,
        at: Instant,
    ) -> Answer<Option<(u32, P)>> {
        let row = self.store.tenant(tenant).version_at(P::KIND, subject, at).await?;
        row.map(|row| read_paper(&row)).transpose()
    }

    /// Enters a tenant by id with the first of these rights that the caller holds there. Foreign and absent look the same.
    pub(crate) async fn enter(&self, caller: &Caller, tenant: &TenantId, rights: &[Right]) -> Answer<Scope> {
        let mut entered = Err(Refusal::not_found());
        for right in rights {
            entered = caller.enter(tenant, *right);
            if entered.is_ok() {
                break;
            }
        }
        // An administrator of all customers reaches also those that do not exist.
        let exists = entered != Err(Refusal::not_found()) && self.store.system().tenant(tenant).await?.is_some();
        if exists { Ok(entered?) } else { Err(Refusal::not_found().into()) }
    }

    /// Enters the tenant of a project in the same way.
    ///
    /// # Errors
    /// The project is out of reach or absent, or none of the rights is held there.
    pub async fn enter_project(&self, caller: &Caller, project: &ProjectKey, rights: &[Right]) -> Answer<Scope> {
        let tenant = self.store.system().tenant_of_project(project).await?.ok_or_else(Refusal::not_found)?;
        if caller.reaches_project(&tenant, project) {
            self.enter(caller, &tenant, rights).await
        } else {
            Err(Refusal::not_found().into())
        }
    }

    /// The tenants in which a caller holds a right.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn tenants_with(&self, caller: &Caller, right: Right) -> Answer<Vec<TenantId>> {
        Ok(match caller.reach(right) {
            Reach::Only(tenants) => tenants,
            Reach::Everywhere => self.store.system().tenants().await?.into_iter().map(|tenant| tenant.id).collect(),
        })
    }
}

/// Reads a stored paper.
pub(crate) fn read_paper<P: Paper>(row: &PaperRow) -> Answer<(u32, P)> {
    let paper = serde_json::from_str(&row.document)
        .map_err(|error| store::Failure::Corrupt(format!("{} version {}: {error}", row.kind, row.version)))?;
    Ok((row.version, paper))
}

/// A required text of a form or a body, trimmed.
///
/// # Errors
/// It is empty, or longer than 20,000 characters.
pub(crate) fn required<'a>(field: &'static str, text: &'a str) -> Result<&'a str, Refusal> {
    let text = text.trim();
    match text.chars().count() {
        0 => Err(Refusal::invalid(field, "入力してください。", "This is required.")),
        1..=TEXT_MAX => Ok(text),
        _ => Err(Refusal::invalid(field, "20,000文字までで入力してください。", "At most 20,000 characters.")),
    }
}

/// Characters of one text.
const TEXT_MAX: usize = 20_000;
