//! 取り決め: what the desk does for a project by agreement - criteria and contact plan - as the customer reads it, and the word
//! of the customer's approver, who agrees to a version signed in (R-3.4-5, R-4.2.2-7).

use crate::paper::version;
use crate::{Answer, Caller, Change, Desk, Recorded, Version};
use domain::access::{Actor, Right};
use domain::contact::ContactPlan;
use domain::criteria::Criteria;
use domain::fact::{Body, NewFact};
use domain::ids::{PersonId, ProjectKey, TenantId};
use domain::paper::Paper;
use domain::refusal::Refusal;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use store::ProjectRow;
use utoipa::ToSchema;

/// The version the approver read, to agree to: the same struct for the API's JSON and the page's form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PaperAgreement {
    /// Number of the newest version.
    #[schema(required)]
    pub version: u32,
}

/// What is agreed about one project: the newest versions, in force or to come.
#[derive(Clone, Debug)]
pub struct Terms {
    /// The project.
    pub project: ProjectRow,
    /// Whether the reader may agree in the customer's name.
    pub may_agree: bool,
    /// Its criteria; none where nobody recorded any.
    pub criteria: Option<Version<Criteria>>,
    /// Its contact plan; none where nobody recorded one.
    pub plan: Option<Version<ContactPlan>>,
    /// Names of those who agreed on the portal.
    pub names: HashMap<PersonId, String>,
}

impl Desk {
    /// What is agreed about the caller's own projects.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn terms(&self, caller: &Caller) -> Answer<Vec<Terms>> {
        let mut terms = vec![];
        for view in self.tenants(caller, Right::SpeakAsCustomer).await? {
            let tenant = &view.tenant.id;
            let may_agree = caller.enter(tenant, Right::Consent).is_ok() && caller.person().is_some();
            for project in view.projects {
                let criteria = self.newest::<Criteria>(tenant, &project.key).await?;
                let plan = self.newest::<ContactPlan>(tenant, &project.key).await?;
                let agreed = [criteria.as_ref().map(|it| &it.agreed), plan.as_ref().map(|it| &it.agreed)];
                let mut names = HashMap::new();
                for (person, _) in agreed.into_iter().flatten().flatten() {
                    let row = self.store.system().person(person).await?;
                    names.extend(row.map(|row| (person.clone(), row.name)));
                }
                terms.push(Terms { project, may_agree, criteria, plan, names });
            }
        }
        Ok(terms)
    }

    async fn newest<P: Paper>(&self, tenant: &TenantId, project: &ProjectKey) -> Answer<Option<Version<P>>> {
        let rows = self.store.tenant(tenant).versions(P::KIND, project.as_str()).await?;
        rows.first().map(version).transpose()
    }

    /// The customer's approver agrees to the newest version of a project's criteria or contact plan. What was agreed to stays so.
    ///
    /// # Errors
    /// It is not the newest version, the caller is no person, or the project is out of reach.
    pub async fn agree_to<P: Paper>(
        &self,
        caller: &Caller,
        project: &ProjectKey,
        input: PaperAgreement,
    ) -> Answer<Recorded> {
        let scope = self.enter_project(caller, project, &[Right::Consent]).await?;
        let Actor::Person { id: person, .. } = &scope.actor else {
            return Err(Refusal::not_now(
                "同意は、承認者ご本人がサインインして行ってください。",
                "An approver agrees in person, signed in; a key cannot.",
            )
            .into());
        };
        let mut write = self.begin(&scope.tenant).await?;
        let (subject, seen) = (project.as_str(), input.version);
        let newest = write.versions(P::KIND, subject).await?.first().map_or(0, |row| row.version);
        if seen == 0 || seen != newest {
            return Err(Refusal::invalid(
                "version",
                "新しい版があります。画面を開き直し、内容を確かめてから同意してください。",
                "This is not the newest version. Open it again and read it before you agree.",
            )
            .into());
        }
        // Pressed twice is agreed once: the first word stands.
        if write.agree_version(P::KIND, subject, seen, person).await? {
            let body = Body::VersionAgreed { paper: P::KIND.to_owned(), subject: subject.to_owned(), version: seen };
            write.append(NewFact { record: None, body, actor: scope.actor.clone(), role: scope.role, reason: None });
        }
        let recorded = Recorded { version: seen };
        self.commit(write, &recorded).await?;
        self.ring(Change::Act);
        Ok(recorded)
    }
}
