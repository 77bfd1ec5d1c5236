//! 契約時の確認文書: published by the provider, read by every customer, confirmed version by version by its approver (R-5.2-1
//! to -5, -8).

use crate::desk::read_paper;
use crate::paper::version;
use crate::tenant::record;
use crate::{Answer, Caller, Change, Desk, Recorded, Version};
use domain::access::{Actor, Right};
use domain::document::{Confirmation, Document, DocumentKind};
use domain::fact::{Body, NewFact};
use domain::ids::{PersonId, TenantId};
use domain::paper::Paper;
use domain::refusal::Refusal;
use domain::time::Instant;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A document with how customers stand to it.
#[derive(Clone, Debug)]
pub struct DocumentView {
    /// Which.
    pub kind: DocumentKind,
    /// Its newest version; none where none was published.
    pub newest: Option<Version<Document>>,
    /// The customers the reader reaches, by name.
    pub customers: Vec<DocumentStanding>,
}

/// How one customer stands to a document.
#[derive(Clone, Debug)]
pub struct DocumentStanding {
    /// Which customer.
    pub tenant: TenantId,
    /// Its name.
    pub name: String,
    /// Whether the reader may confirm in its name.
    pub may_confirm: bool,
    /// The newest version it confirmed, by whom and when.
    pub confirmed: Option<(u32, String, Instant)>,
}

/// The version that was read, to be confirmed: the same struct for the API's JSON and the page's form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DocumentConfirmation {
    /// Code of the document.
    #[schema(required)]
    pub document: String,
    /// Its version.
    #[schema(required)]
    pub version: u32,
}

fn kind_of(code: &str) -> Result<DocumentKind, Refusal> {
    DocumentKind::from_code(code.trim())
        .ok_or_else(|| Refusal::invalid("document", "文書を選んでください。", "There is no such document."))
}

impl Desk {
    /// Every document with the standing of the customers that the caller reaches.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn documents(&self, caller: &Caller) -> Answer<Vec<DocumentView>> {
        let provider = self.provider_id().await?;
        let mut tenants = self.tenants(caller, Right::ReadPublished).await?;
        tenants.retain(|view| !view.tenant.is_provider());
        let mut views = vec![];
        for kind in DocumentKind::ALL {
            let rows = self.store.tenant(&provider).versions(Document::KIND, kind.code()).await?;
            let newest = rows.first().map(version::<Document>).transpose()?;
            let mut customers = vec![];
            for view in &tenants {
                let tenant = &view.tenant.id;
                let rows = self.store.tenant(tenant).versions(Confirmation::KIND, kind.code()).await?;
                let confirmed = rows.first().map(version::<Confirmation>).transpose()?;
                customers.push(DocumentStanding {
                    tenant: tenant.clone(),
                    name: view.tenant.name.clone(),
                    may_confirm: caller.enter(tenant, Right::Consent).is_ok() && caller.person().is_some(),
                    confirmed: match confirmed {
                        Some(Version { paper, agreed: Some((person, at)), .. }) => {
                            Some((paper.version, self.name_of(&person).await?, at))
                        }
                        _ => None,
                    },
                });
            }
            views.push(DocumentView { kind, newest, customers });
        }
        Ok(views)
    }

    async fn name_of(&self, person: &PersonId) -> Answer<String> {
        Ok(self.store.system().person(person).await?.map(|row| row.name).unwrap_or_default())
    }

    /// Publishes the next version of a document. Earlier confirmations stay with their version.
    ///
    /// # Errors
    /// There is no such document, its text is not valid, or the right is missing.
    pub async fn publish_document(&self, caller: &Caller, code: &str, document: &Document) -> Answer<Recorded> {
        let provider = self.provider_id().await?;
        let scope = self.enter(caller, &provider, &[Right::Administer, Right::Agree]).await?;
        let kind = kind_of(code)?;
        document.validate()?;
        let mut write = self.begin(&scope.tenant).await?;
        let now = write.now();
        let version = record(&mut write, kind.code(), document, now, &scope.actor).await?;
        let recorded = Recorded { version };
        self.commit(write, &recorded).await?;
        self.ring(Change::Act);
        Ok(recorded)
    }

    /// The customer's approver confirms the newest version of a document. Confirming twice is confirming once.
    ///
    /// # Errors
    /// It is not the newest version, the caller is no person, or the right is missing.
    pub async fn confirm_document(
        &self,
        caller: &Caller,
        tenant: &TenantId,
        input: &DocumentConfirmation,
    ) -> Answer<Recorded> {
        let scope = self.enter(caller, tenant, &[Right::Consent]).await?;
        let Actor::Person { id: person, .. } = &scope.actor else {
            return Err(Refusal::not_now(
                "確認は、承認者ご本人がサインインして行ってください。",
                "An approver confirms in person, signed in; a key cannot.",
            )
            .into());
        };
        let kind = kind_of(&input.document)?;
        let provider = self.provider_id().await?;
        let rows = self.store.tenant(&provider).versions(Document::KIND, kind.code()).await?;
        if rows.first().is_none_or(|row| row.version != input.version) {
            return Err(Refusal::invalid(
                "version",
                "新しい版があります。画面を開き直し、内容を確かめてから確認してください。",
                "This is not the newest version. Open it again and read it before you confirm.",
            )
            .into());
        }
        let mut write = self.begin(&scope.tenant).await?;
        let before = write.versions(Confirmation::KIND, kind.code()).await?;
        let before = before.first().map(read_paper::<Confirmation>).transpose()?;
        let recorded = Recorded { version: input.version };
        if before.is_none_or(|(_, it)| it.version < input.version) {
            let (now, paper) = (write.now(), Confirmation { version: input.version });
            let number = record(&mut write, kind.code(), &paper, now, &scope.actor).await?;
            write.agree_version(Confirmation::KIND, kind.code(), number, person).await?;
            let (paper, subject) = (Confirmation::KIND.to_owned(), kind.code().to_owned());
            let body = Body::VersionAgreed { paper, subject, version: number };
            write.append(NewFact { record: None, body, actor: scope.actor.clone(), role: scope.role, reason: None });
        }
        self.commit(write, &recorded).await?;
        self.ring(Change::Act);
        Ok(recorded)
    }

    /// How many documents were published of which a customer has not confirmed the newest version.
    pub(crate) async fn unconfirmed(&self, provider: &TenantId, tenant: &TenantId) -> Answer<usize> {
        let mut missing = 0;
        for kind in DocumentKind::ALL {
            let rows = self.store.tenant(provider).versions(Document::KIND, kind.code()).await?;
            let Some(newest) = rows.first() else { continue };
            let rows = self.store.tenant(tenant).versions(Confirmation::KIND, kind.code()).await?;
            let confirmed = rows.first().map(read_paper::<Confirmation>).transpose()?;
            missing += usize::from(confirmed.is_none_or(|(_, it)| it.version < newest.version));
        }
        Ok(missing)
    }
}
