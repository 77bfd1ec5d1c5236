//! 障害ご連絡 by portal and API: a customer, or a tool for them, files a fault, and the incident begins with it (R-4.2.1-1
//! to -8).

use crate::desk::{read_paper, required};
use crate::incident::{Case, Done, calendar_as_of, receipt};
use crate::readiness::in_operation;
use crate::{Answer, Caller, Desk, Scope};
use domain::access::Right;
use domain::fact::{Body, NewFact, Origin};
use domain::fault::{self, Priority};
use domain::ids::{BlobId, ProjectKey, RecordKey};
use domain::incident::Incident;
use domain::incident::verbs::By;
use domain::paper::{Agreement, Paper};
use domain::refusal::Refusal;
use domain::time::Instant;
use serde::{Deserialize, Serialize};
use store::{Failure, IncidentQuery, Write};
use utoipa::ToSchema;

/// A fault as the customer tells it: the same struct for the API's JSON and the page's form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NewFault {
    /// Key of the project.
    #[schema(required)]
    pub project: String,
    /// 優先度
    #[schema(required, value_type = wire::incident::Priority)]
    pub priority: Option<Priority>,
    /// 検知日時: when it was noticed, not after now.
    #[schema(required, value_type = String, format = DateTime)]
    pub detected_at: Option<Instant>,
    /// ホスト名
    #[schema(required)]
    pub host: String,
    /// ビジネスインパクト
    #[schema(required)]
    pub business_impact: String,
    /// 障害の詳細
    #[schema(required)]
    pub details: String,
}

/// An open incident of a project that the customer knows of: what is new may belong there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenFault {
    /// The incident.
    pub key: RecordKey,
    /// Its title.
    pub title: String,
    /// Its project.
    pub project: ProjectKey,
    /// When its clocks began.
    pub began: Instant,
}

/// Open incidents offered beside a filing at most.
const OFFERED_MAX: u32 = 20;

impl Desk {
    /// Files a fault: opens an incident whose clocks run from now, and sends the person who files a receipt.
    ///
    /// # Errors
    /// A field is missing, the detection lies ahead, the project is out of reach or absent.
    pub async fn file_fault(&self, caller: &Caller, input: &NewFault) -> Answer<Done> {
        let project = ProjectKey::new(required("project", &input.project)?);
        let scope = self.enter_project(caller, &project, &[Right::Operate, Right::SpeakAsCustomer]).await?;
        if !scope.reaches(&project) {
            return Err(Refusal::not_found().into());
        }
        let missing = |field| Refusal::invalid(field, "選択または入力してください。", "This is required.");
        let priority = input.priority.ok_or_else(|| missing("priority"))?;
        let detected_at = input.detected_at.ok_or_else(|| missing("detected_at"))?;
        let host = required("host", &input.host)?;
        let business_impact = required("business_impact", &input.business_impact)?;
        let details = required("details", &input.details)?;
        let filer = match caller.person().filter(|_| scope.role.is_some_and(|role| role.is_customer())) {
            Some(person) => self.store.system().person(person).await?,
            None => None,
        };
        let mut write = self.begin(&scope.tenant).await?;
        let detected_at = fault::detected(detected_at, write.now())?;
        let title = fault::title(host, details);
        let origin = Origin::Customer {
            priority,
            detected_at,
            host: write.text(host),
            business_impact: write.text(business_impact),
            details: write.text(details),
        };
        let title = write.text(&title);
        let severity = priority.code().to_owned();
        let mut case = self.open_incident(write, &scope, &project, origin, title, severity, None).await?;
        let facts = match filer {
            Some(filer) => receipt(&mut case, &filer).await?,
            None => vec![],
        };
        case.save(facts).await
    }

    /// Open incidents of the projects that the caller may file for, as far as the customer knows of them, the latest first.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn open_faults(&self, caller: &Caller) -> Answer<Vec<OpenFault>> {
        let query = IncidentQuery { open: Some(true), told: true, ..IncidentQuery::default() };
        let tenants = self.tenants_with(caller, Right::SpeakAsCustomer).await?;
        let rows = self.store.staff(&tenants).incidents(&query, OFFERED_MAX).await?;
        let open = rows.into_iter().filter(|row| caller.only_project().is_none_or(|only| row.project == *only));
        Ok(open
            .map(|row| OpenFault { key: row.key, title: row.title, project: row.project, began: row.alert_at })
            .collect())
    }

    /// Begins an incident that is told by people, in a write that has begun: its first fact, and the case to save it by.
    #[expect(clippy::too_many_arguments, reason = "each is one thing the first fact says")]
    pub(crate) async fn open_incident(
        &self,
        mut write: Write,
        scope: &Scope,
        project: &ProjectKey,
        origin: Origin,
        title: BlobId,
        severity: String,
        reason: Option<BlobId>,
    ) -> Answer<Case<'_>> {
        let now = write.now();
        in_operation(&mut write, project).await?;
        let number = write.next_number(project).await?;
        let row = write.version_at(Agreement::KIND, "", now).await?;
        let agreed = row.map(|row| read_paper::<Agreement>(&row)).transpose()?;
        let agreement = agreed.as_ref().map(|(version, _)| *version);
        let targets = agreed.map(|(_, agreement)| agreement.targets).unwrap_or_default();
        let body =
            Body::IncidentOpened { project: project.clone(), number, origin, title, severity, targets, agreement };
        let record = Some(project.record(number));
        let fact = write.append(NewFact { record, body, actor: scope.actor.clone(), role: scope.role, reason });
        let incident = Incident::fold(std::slice::from_ref(&fact))?;
        let incident = incident.ok_or_else(|| Failure::Corrupt("the first fact opens nothing".into()))?;
        let calendar = calendar_as_of(&mut write, now).await?;
        let by = By { actor: scope.actor.clone(), role: scope.role, now };
        Ok(Case { desk: self, write, incident: Box::new(incident), calendar, by })
    }
}
