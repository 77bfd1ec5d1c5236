//! 運用開始前の点検: what each project lacks to keep what is promised for it, and the start of its operation phase (R-3.4-*).

use crate::desk::read_paper;
use crate::paper::version;
use crate::tenant::OWN_PROJECT;
use crate::{AddedProject, Answer, Caller, Change, Desk};
use domain::access::{Right, Role};
use domain::contact::ContactPlan;
use domain::criteria::Criteria;
use domain::fact::{Body, NewFact};
use domain::ids::{ProjectKey, TenantId};
use domain::paper::{Agreement, Closures, Paper};
use domain::readiness::{Gap, SetUp};
use domain::refusal::Refusal;
use domain::runbook::Runbooks;
use serde::{Deserialize, Serialize};
use store::{ProjectRow, TenantRow, Write};
use utoipa::ToSchema;

/// A project and what it lacks.
#[derive(Clone, Debug)]
pub struct ProjectStanding {
    /// Whose.
    pub tenant: TenantRow,
    /// The project.
    pub project: ProjectRow,
    /// What is missing, what breaks a promise first.
    pub gaps: Vec<Gap>,
}

/// 運用開始: the same struct for the API's JSON and the page's form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct StartOperation {
    /// Why it starts although something is missing; asked for only then.
    pub reason: String,
}

impl Desk {
    /// What a project lacks now; nothing for the provider's own.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn gaps(&self, tenant: &TenantId, project: &ProjectKey) -> Answer<Vec<Gap>> {
        if project.as_str() == OWN_PROJECT {
            return Ok(vec![]);
        }
        let now = self.now().await?;
        let (rows, key) = (self.store.tenant(tenant), project.as_str());
        let criteria = rows.version_at(Criteria::KIND, key, now).await?;
        let criteria = criteria.map(|row| version::<Criteria>(&row)).transpose()?;
        let plan = rows.version_at(ContactPlan::KIND, key, now).await?;
        let plan = plan.map(|row| version::<ContactPlan>(&row)).transpose()?;
        let runbooks = self.paper::<Runbooks>(tenant, key, now).await?;
        let provider = self.provider_id().await?;
        let closures = self.store.tenant(&provider).versions(Closures::KIND, "").await?;
        let newest = closures.first().map(read_paper::<Closures>).transpose()?;
        let calendar = self.calendar(now).await?;
        let set_up = SetUp {
            now,
            calendar: &calendar,
            closures: newest.as_ref().map_or(&[], |(_, closures)| &closures.days),
            closures_recorded: closures.first().map(|row| row.recorded_at),
            criteria_agreed: criteria.is_some_and(|it| it.agreed.is_some() || it.paper.agreed_by.is_some()),
            plan: plan.as_ref().map(|it| (&it.paper, it.agreed.is_some())),
            has_agreement: self.paper::<Agreement>(tenant, "", now).await?.is_some(),
            has_manager: !rows.holders(Role::Rm, now).await?.is_empty(),
            has_approver: !rows.holders(Role::Ca, now).await?.is_empty(),
            unconfirmed: self.unconfirmed(&provider, tenant).await?,
            has_runbook: runbooks.is_some_and(|(_, it)| !it.runbooks.is_empty()),
        };
        Ok(set_up.gaps())
    }

    /// The projects of the customers whose set-up the caller looks after, each with what it lacks.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn readiness(&self, caller: &Caller) -> Answer<Vec<ProjectStanding>> {
        let mut standings = vec![];
        for view in self.tenants(caller, Right::Agree).await? {
            if view.tenant.is_provider() {
                continue;
            }
            for project in view.projects {
                let gaps = self.gaps(&view.tenant.id, &project.key).await?;
                standings.push(ProjectStanding { tenant: view.tenant.clone(), project, gaps });
            }
        }
        Ok(standings)
    }

    /// Starts the operation phase of a project that was being built (R-3.4-3). What is missing stands as a listed exception
    /// with the reason; without an account manager it does not start (R-3.4-4).
    ///
    /// # Errors
    /// It started already, nobody is its account manager, or a reason is missing.
    pub async fn start_operation(
        &self,
        caller: &Caller,
        project: &ProjectKey,
        input: StartOperation,
    ) -> Answer<AddedProject> {
        let scope = self.enter_project(caller, project, &[Right::Agree]).await?;
        let gaps = self.gaps(&scope.tenant, project).await?;
        let mut write = self.begin(&scope.tenant).await?;
        if write.project(project).await?.is_none_or(|row| row.started.is_some()) {
            return Err(Refusal::not_now("運用はもう始まっています。", "Its operation has started already.").into());
        }
        if gaps.contains(&Gap::AccountManager) {
            let advice = Gap::AccountManager.advice();
            return Err(Refusal::not_now(advice.ja, advice.en).into());
        }
        let reason = input.reason.trim();
        if !gaps.is_empty() && reason.is_empty() {
            return Err(Refusal::invalid(
                "reason",
                "足りないものがあります。それでも運用を始める理由を入力してください。",
                "Something is missing. Give the reason why operation starts all the same.",
            )
            .into());
        }
        let exceptions = gaps.iter().map(|gap| gap.code().to_owned()).collect();
        let reason = (!reason.is_empty()).then(|| write.text(reason));
        let now = write.now();
        write.start_project(project, now).await?;
        let body = Body::ProjectStarted { project: project.clone(), exceptions };
        write.append(NewFact { record: None, body, actor: scope.actor.clone(), role: scope.role, reason });
        let started = AddedProject { project: project.clone() };
        self.commit(write, &started).await?;
        self.ring(Change::Act);
        Ok(started)
    }
}

/// Refuses what is filed for a project that is still being built (R-3.4-3).
pub(crate) async fn in_operation(write: &mut Write, project: &ProjectKey) -> Answer<()> {
    match write.project(project).await? {
        Some(row) if row.started.is_none() => Err(Refusal::invalid(
            "project",
            format!("{project} は構築段階です。運用が始まると受け付けます。急ぎのときは、お客様担当スタッフにご連絡ください。"),
            format!("{project} is still being built. The desk takes it once operation has started; if it is urgent, call your account manager."),
        )
        .into()),
        _ => Ok(()),
    }
}
