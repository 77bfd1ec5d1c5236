//! 秘密の受け渡し: handed over on a request, read once by the customer, taken back by us.

use crate::desk::required;
use crate::incident::Done;
use crate::{Answer, Caller, Desk, seal};
use domain::access::Right;
use domain::ids::{RecordKey, TenantId};
use domain::refusal::Refusal;
use serde::{Deserialize, Serialize};
use store::Failure;
use utoipa::ToSchema;

/// A secret to hand over.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSecret {
    /// What it is for, such as the name of an account; it stands on the ticket.
    pub label: String,
    /// The secret: at most 8 KiB. It stands in no fact and in no mail.
    pub secret: String,
}

/// What the customer reads, once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Revealed {
    /// What it is for; none where the words were erased.
    pub label: Option<String>,
    /// The secret.
    pub secret: String,
}

/// A secret to take back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SecretBack {
    /// Its number.
    pub number: u64,
    /// Why.
    pub reason: String,
}

// A secret is never printed.
impl std::fmt::Debug for Revealed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Revealed").field("label", &self.label).finish_non_exhaustive()
    }
}

/// Where a secret is sealed: at another place it does not open.
fn place(tenant: &TenantId, number: u64) -> String {
    format!("{tenant}|secrets|sealed|{number}")
}

impl Desk {
    /// Hands a secret over: the customer is told by mail that it can be read on the ticket, once, for 7 days.
    ///
    /// # Errors
    /// It has no label or does not fit, the request has ended, or is out of reach.
    pub async fn hand_secret(&self, caller: &Caller, key: &RecordKey, new: &NewSecret) -> Answer<Done> {
        let scope = self.enter_request(caller, key, &[Right::Operate]).await?;
        let write = self.begin(&scope.tenant).await?;
        let case = self.open_request(write, key, scope.actor.clone(), scope.role).await?;
        let mut case = case.ok_or_else(Refusal::not_found)?;
        let label = case.required("label", &new.label)?;
        let facts = case.request.hand_secret(&case.by, &new.secret, label)?;
        case.add(facts).await?;
        // The verb has just added it.
        if let Some(secret) = case.request.secrets.last() {
            let (number, until) = (secret.mark.seq, secret.what.until);
            let sealed = seal::seal(&self.settings().sealing_key, &place(&scope.tenant, number), &new.secret);
            let sealed = sealed.ok_or_else(|| Failure::Settings("the sealing key is unusable".into()))?;
            case.write.keep_secret(number, key, until, &sealed).await?;
        }
        case.end().await
    }

    /// The customer reads a secret. After this it is nowhere any more.
    ///
    /// # Errors
    /// It was read or taken back before, its time has passed, it does not open with this desk's key, or is out of reach.
    pub async fn read_secret(&self, caller: &Caller, key: &RecordKey, number: u64) -> Answer<Revealed> {
        let scope = self.enter_request(caller, key, &[Right::SpeakAsCustomer]).await?;
        let write = self.begin(&scope.tenant).await?;
        let case = self.open_request(write, key, scope.actor.clone(), scope.role).await?;
        let mut case = case.ok_or_else(Refusal::not_found)?;
        let facts = case.request.read_secret(&case.by, number)?;
        let sealed = case.write.take_secret(number).await?;
        let opened =
            sealed.and_then(|sealed| seal::open(&self.settings().sealing_key, &place(&scope.tenant, number), &sealed));
        let secret = opened.ok_or_else(|| {
            Refusal::not_now(
                "開けませんでした。あらためて発行を依頼してください。",
                "It cannot be opened. Ask for a new one.",
            )
        })?;
        let label = case.request.secrets.iter().find(|it| it.mark.seq == number).map(|it| it.what.label.clone());
        let label = match label {
            Some(label) => case.write.blob_text(&label).await?,
            None => None,
        };
        case.add(facts).await?;
        let revealed = Revealed { label, secret };
        case.end_with(&revealed).await?;
        Ok(revealed)
    }

    /// Takes a secret back that nobody has read.
    ///
    /// # Errors
    /// There is no reason, it is there no more, or is out of reach.
    pub async fn take_secret_back(&self, caller: &Caller, key: &RecordKey, back: &SecretBack) -> Answer<Done> {
        let scope = self.enter_request(caller, key, &[Right::Operate]).await?;
        let write = self.begin(&scope.tenant).await?;
        let case = self.open_request(write, key, scope.actor.clone(), scope.role).await?;
        let mut case = case.ok_or_else(Refusal::not_found)?;
        let reason = case.write.text(required("reason", &back.reason)?);
        let facts = case.request.take_secret_back(&case.by, back.number, reason)?;
        case.save(facts).await
    }
}
