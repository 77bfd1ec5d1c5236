//! Mails kept for people: read, put on a ticket by hand, or dropped. They stay in the chain either way.

use super::joining::{Speaker, Words};
use crate::desk::required;
use crate::{Answer, Caller, Desk, Scope};
use domain::access::Right;
use domain::fact::{Body, NewFact};
use domain::ids::{ProjectKey, RecordKey};
use domain::mail_in::Why;
use domain::refusal::Refusal;
use domain::time::Instant;
use serde::{Deserialize, Serialize};
use store::MailRow;
use utoipa::ToSchema;

/// A mail that joined no ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptMail {
    /// Its number.
    pub number: u64,
    /// When it came.
    pub received: Instant,
    /// Why it was kept.
    pub why: Why,
    /// The ticket it seems to be about; nothing proves it.
    pub guess: Option<RecordKey>,
    /// Who wrote it, as it says.
    pub from: String,
    /// Its subject.
    pub subject: String,
    /// Its text without the mail it answers.
    pub text: String,
    /// When somebody dealt with it.
    pub settled: Option<Instant>,
    /// The ticket it was put on.
    pub attached: Option<RecordKey>,
}

/// A kept mail put on a ticket.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MailAttachment {
    /// Its number.
    #[schema(required, minimum = 1)]
    pub mail: u64,
    /// Key of the ticket.
    #[schema(required)]
    pub ticket: String,
    /// How you know that it belongs there.
    #[schema(required)]
    pub reason: String,
}

/// A kept mail dropped.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MailDrop {
    /// Its number.
    #[schema(required, minimum = 1)]
    pub mail: u64,
    /// Why nothing is done about it.
    #[schema(required)]
    pub reason: String,
}

/// A kept mail that was dealt with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MailSettled {
    /// Its number.
    pub mail: u64,
}

/// Mails of the list at most.
const LISTED_MAX: u32 = 200;

fn no_such_mail() -> Refusal {
    Refusal::invalid(
        "mail",
        "未処理のメールを選んでください。",
        "There is no such mail that waits. Choose one of the list.",
    )
}

fn no_such_ticket() -> Refusal {
    Refusal::invalid(
        "ticket",
        "チケット番号を入力してください (例: ACME-12)。",
        "Give the key of a ticket, such as ACME-12.",
    )
}

impl From<MailRow> for KeptMail {
    fn from(row: MailRow) -> Self {
        let text = |bytes: Option<Vec<u8>>| String::from_utf8_lossy(&bytes.unwrap_or_default()).into_owned();
        Self {
            number: row.number,
            received: row.received,
            // The table holds codes alone; `verify` says where not.
            why: Why::from_code(&row.why).unwrap_or(Why::Unreadable),
            guess: row.record,
            from: text(row.sender),
            subject: text(row.subject),
            text: text(row.words),
            settled: row.settled,
            attached: row.attached,
        }
    }
}

impl Desk {
    /// Kept mails, those nobody dealt with first, then the latest; at most 200.
    ///
    /// # Errors
    /// The caller reads no operations of the provider.
    pub async fn kept_mails(&self, caller: &Caller) -> Answer<Vec<KeptMail>> {
        let scope = self.mail_scope(caller, Right::ReadOperations).await?;
        let rows = self.store.tenant(&scope.tenant).kept_mails(LISTED_MAX).await?;
        Ok(rows.into_iter().map(KeptMail::from).collect())
    }

    /// How many of them nobody dealt with; none for whoever does not read them.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn mails_waiting(&self, caller: &Caller) -> Answer<u64> {
        let provider = self.provider_id().await?;
        if caller.enter(&provider, Right::ReadOperations).is_err() {
            return Ok(0);
        }
        Ok(self.store.tenant(&provider).mails_waiting().await?)
    }

    /// One of them.
    ///
    /// # Errors
    /// There is no such mail, or the caller reads no operations of the provider.
    pub async fn kept_mail(&self, caller: &Caller, number: u64) -> Answer<KeptMail> {
        let scope = self.mail_scope(caller, Right::ReadOperations).await?;
        let row = self.store.tenant(&scope.tenant).kept_mail(number).await?;
        Ok(row.ok_or_else(no_such_mail)?.into())
    }

    /// Its bytes as they came.
    ///
    /// # Errors
    /// As [`Desk::kept_mail`], and where they were erased.
    pub async fn raw_mail(&self, caller: &Caller, number: u64) -> Answer<Vec<u8>> {
        let scope = self.mail_scope(caller, Right::ReadOperations).await?;
        let store = self.store.tenant(&scope.tenant);
        let row = store.kept_mail(number).await?.ok_or_else(no_such_mail)?;
        Ok(store.blob_bytes(&row.raw).await?.map(|(_, bytes)| bytes).ok_or_else(no_such_mail)?)
    }

    /// Puts a kept mail on a ticket, as the customer's message: whoever does it knows whose it is, and says how.
    ///
    /// # Errors
    /// There is no such mail that waits; the reason is missing; the ticket is absent, out of reach or takes no message now.
    pub async fn attach_mail(&self, caller: &Caller, input: &MailAttachment) -> Answer<MailSettled> {
        let scope = self.mail_scope(caller, Right::Operate).await?;
        let key = RecordKey::new(input.ticket.trim().to_uppercase());
        let project = key.as_str().rsplit_once('-').map(|(project, _)| ProjectKey::new(project));
        let there = self.enter_project(caller, &project.ok_or_else(no_such_ticket)?, &[Right::Operate]).await?;
        if self.store.tenant(&there.tenant).record_facts(&key).await?.is_empty() {
            return Err(Refusal::not_found().into());
        }
        let reason = required("reason", &input.reason)?;
        let row = self.waiting(&scope, input.mail).await?;
        let raw = self.store.tenant(&scope.tenant).blob_bytes(&row.raw).await?;
        let raw = raw.map(|(_, bytes)| bytes).unwrap_or_default();
        let (mail, shown) = (row.mail.clone(), KeptMail::from(row));
        let words = Words { mail: &mail, text: &shown.text, from: &shown.from, raw: &raw };
        let by = Speaker { actor: there.actor, role: there.role, reason: Some(reason.to_owned()) };
        // Where it is there already, a repetition goes on to the note in the provider's chain.
        let desk = self.clone().without_once();
        desk.put_on(&there.tenant, &key, &words, Speaker::contact(), by).await?;
        self.settle(scope, input.mail, Some(key), reason).await
    }

    /// Drops a kept mail: nothing is done about it.
    ///
    /// # Errors
    /// There is no such mail that waits, or the reason is missing.
    pub async fn drop_mail(&self, caller: &Caller, input: &MailDrop) -> Answer<MailSettled> {
        let scope = self.mail_scope(caller, Right::Operate).await?;
        let reason = required("reason", &input.reason)?;
        self.settle(scope, input.mail, None, reason).await
    }

    /// A kept mail that nobody dealt with; a request that was answered before is answered again first.
    async fn waiting(&self, scope: &Scope, number: u64) -> Answer<MailRow> {
        let mut write = self.begin(&scope.tenant).await?;
        let row = write.kept_mail(number).await?;
        Ok(row.filter(|row| row.settled.is_none()).ok_or_else(no_such_mail)?)
    }

    async fn settle(
        &self,
        scope: Scope,
        number: u64,
        attached: Option<RecordKey>,
        reason: &str,
    ) -> Answer<MailSettled> {
        let mut write = self.begin(&scope.tenant).await?;
        if !write.settle_mail(number, attached.as_ref()).await? {
            return Err(no_such_mail().into());
        }
        let reason = Some(write.text(reason));
        let body = Body::MailSettled { number, attached };
        write.append(NewFact { record: None, body, actor: scope.actor, role: scope.role, reason });
        let settled = MailSettled { mail: number };
        self.commit(write, &settled).await?;
        self.ring(crate::Change::Act);
        Ok(settled)
    }

    /// Nobody knows whose a kept mail is: whoever reads it works for the provider and reaches every customer.
    async fn mail_scope(&self, caller: &Caller, right: Right) -> Answer<Scope> {
        let provider = self.provider_id().await?;
        Ok(caller.enter(&provider, right).map_err(|_| Refusal::forbidden())?)
    }
}
