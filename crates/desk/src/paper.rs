//! Agreed papers: criteria, contact plan, runbooks, agreement, templates, closures, the provider's name. A change is a new version.

use crate::desk::read_paper;
use crate::tenant::record;
use crate::{Answer, Caller, Change, Desk, Recorded, Scope};
use domain::access::Right;
use domain::ids::{PersonId, ProjectKey, TenantId};
use domain::paper::{Closures, Paper, Provider};
use domain::refusal::Refusal;
use domain::runbook::Runbooks;
use domain::time::Instant;

/// One version of a paper.
#[derive(Clone, Debug)]
pub struct Version<P> {
    /// Its number, from 1.
    pub version: u32,
    /// From when it holds.
    pub valid_from: Instant,
    /// When it was recorded.
    pub recorded_at: Instant,
    /// The document.
    pub paper: P,
    /// Who agreed to it on the portal for the customer, and when.
    pub agreed: Option<(PersonId, Instant)>,
}

impl Desk {
    /// Records the next version of a paper. `subject` is the project's key for criteria and contact plans, empty for what
    /// belongs to the tenant.
    ///
    /// # Errors
    /// The document is not valid, `valid_from` lies in the past, or the tenant is out of reach.
    pub async fn record_paper<P: Paper>(
        &self,
        caller: &Caller,
        tenant: &TenantId,
        subject: &str,
        paper: &P,
        valid_from: Option<Instant>,
    ) -> Answer<u32> {
        self.record_paper_after(caller, tenant, subject, paper, valid_from, None).await
    }

    /// As [`Desk::record_paper`], made from the paper as it stood when `after` was the newest version recorded (0: none was).
    ///
    /// # Errors
    /// As [`Desk::record_paper`]; somebody else recorded a version since.
    pub async fn record_paper_after<P: Paper>(
        &self,
        caller: &Caller,
        tenant: &TenantId,
        subject: &str,
        paper: &P,
        valid_from: Option<Instant>,
        after: Option<u32>,
    ) -> Answer<u32> {
        // What holds for the whole installation is no customer's agreement.
        let is_setting = [Closures::KIND, Provider::KIND].contains(&P::KIND);
        let rights: &[Right] = if is_setting { &[Right::Administer] } else { &[Right::Administer, Right::Agree] };
        let scope = self.enter(caller, tenant, rights).await?;
        refuse_unreached(&scope, subject)?;
        paper.validate()?;
        let mut write = self.begin(&scope.tenant).await?;
        if !subject.is_empty() && write.project(&ProjectKey::new(subject)).await?.is_none() {
            return Err(Refusal::not_found().into());
        }
        let now = write.now();
        paper.validate_on(domain::calendar::Calendar::default().date_of(now))?;
        let valid_from = valid_from.unwrap_or(now);
        // What was now when the form was opened is taken as now; a promise made backwards is not.
        if now.since_ms(valid_from) > domain::time::HOUR_MS {
            return Err(Refusal::invalid(
                "valid_from",
                "有効開始は今以降で入力してください。過去にさかのぼる版は登録できません。",
                "A version is valid from now or later; it cannot reach back.",
            )
            .into());
        }
        let version = record(&mut write, subject, paper, valid_from.max(now), &scope.actor).await?;
        let newest = version - 1;
        if after.is_some_and(|after| after != newest) {
            return Err(Refusal::stale(u64::from(newest)).into());
        }
        if P::KIND == Runbooks::KIND {
            write = self.settle_runbooks(write, subject, version, &scope).await?;
        }
        self.commit(write, &Recorded { version }).await?;
        self.ring(Change::Act);
        Ok(version)
    }

    /// The version of a paper valid now.
    ///
    /// # Errors
    /// The tenant is out of reach.
    pub async fn paper_now<P: Paper>(
        &self,
        caller: &Caller,
        tenant: &TenantId,
        subject: &str,
    ) -> Answer<Option<Version<P>>> {
        self.enter_to_read(caller, tenant, subject).await?;
        let now = self.now().await?;
        let row = self.store.tenant(tenant).version_at(P::KIND, subject, now).await?;
        row.map(|row| version(&row)).transpose()
    }

    /// The number of the newest version of a paper, valid or to come; 0 where there is none.
    ///
    /// # Errors
    /// The tenant is out of reach.
    pub async fn newest_version<P: Paper>(&self, caller: &Caller, tenant: &TenantId, subject: &str) -> Answer<u32> {
        let versions = self.paper_versions::<P>(caller, tenant, subject).await?;
        Ok(versions.first().map_or(0, |newest| newest.version))
    }

    /// All versions of a paper, newest first.
    ///
    /// # Errors
    /// The tenant is out of reach.
    pub async fn paper_versions<P: Paper>(
        &self,
        caller: &Caller,
        tenant: &TenantId,
        subject: &str,
    ) -> Answer<Vec<Version<P>>> {
        self.enter_to_read(caller, tenant, subject).await?;
        let mut versions: Vec<Version<P>> = vec![];
        for row in self.store.tenant(tenant).versions(P::KIND, subject).await? {
            versions.push(version(&row)?);
        }
        versions.sort_by_key(|version| std::cmp::Reverse(version.version));
        Ok(versions)
    }

    async fn enter_to_read(&self, caller: &Caller, tenant: &TenantId, subject: &str) -> Answer<()> {
        let scope = self.enter(caller, tenant, &[Right::ReadOperations, Right::Agree, Right::Administer]).await?;
        Ok(refuse_unreached(&scope, subject)?)
    }
}

/// A key reaches the papers of its own project and of its tenant, not those of the projects beside it.
fn refuse_unreached(scope: &Scope, subject: &str) -> Result<(), Refusal> {
    if subject.is_empty() || scope.reaches(&ProjectKey::new(subject)) { Ok(()) } else { Err(Refusal::not_found()) }
}

pub(crate) fn version<P: Paper>(row: &store::PaperRow) -> Answer<Version<P>> {
    let (version, paper) = read_paper(row)?;
    let agreed = row.agreed_by.clone().zip(row.agreed_at);
    Ok(Version { version, valid_from: row.valid_from, recorded_at: row.recorded_at, paper, agreed })
}
