//! Tenants and projects: adding a customer, starting its operation phase (R-3.4-*).

use crate::desk::required;
use crate::{AddedProject, Answer, Caller, Change, Desk, Error, Reach, Who};
use domain::access::{Actor, Right};
use domain::criteria::Criteria;
use domain::fact::{Body, NewFact};
use domain::ids::{ProjectKey, TenantId};
use domain::paper::{Paper, Provider};
use domain::readiness::Gap;
use domain::refusal::Refusal;
use domain::time::Instant;
use serde::{Deserialize, Serialize};
use store::{Failure, ProjectRow, TenantRow, Write, random};
use utoipa::ToSchema;

/// Key of the provider's own project, where incidents of the desk itself are opened.
pub const OWN_PROJECT: &str = "MSP";

/// In which phase a project begins (R-3.4-1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// 構築: nothing is filed and no alert comes in before its operation is started.
    Build,
    /// 運用
    #[default]
    Operation,
}

/// A tenant just added.
#[derive(Clone, Debug, Serialize)]
pub struct Added {
    /// The tenant.
    pub id: TenantId,
    /// Its first project.
    pub project: ProjectKey,
}

/// A customer with its projects.
#[derive(Clone, Debug)]
pub struct TenantView {
    /// The tenant.
    pub tenant: TenantRow,
    /// Its projects.
    pub projects: Vec<ProjectRow>,
}

pub(crate) fn console_fact(actor: Actor, body: Body) -> NewFact {
    NewFact { record: None, body, actor, role: None, reason: None }
}

impl Caller {
    pub(crate) fn actor(&self) -> Actor {
        match &self.who {
            Who::Person { id, .. } => Actor::person(id.clone()),
            Who::Key { id, .. } => Actor::Key { id: id.clone() },
            Who::Console => Actor::Console,
        }
    }

    /// Whether the caller administers the whole installation, not only a customer of it.
    pub(crate) fn may_administer(&self) -> Result<(), Refusal> {
        if self.reach(Right::Administer) == Reach::Everywhere { Ok(()) } else { Err(Refusal::forbidden()) }
    }
}

impl Desk {
    /// The provider's own tenant; made with its project at the first call.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn ensure_provider(&self, name: &str) -> Answer<TenantId> {
        if let Some(provider) = self.store.system().provider().await? {
            return Ok(provider.id);
        }
        let id = TenantId::new(random::letters::<16>());
        let mut write = match self.store.system().add_tenant(&id, name, "provider").await {
            Ok(write) => write,
            // Made by somebody else since it was looked up.
            Err(failure @ Failure::Conflict(_)) => {
                return Ok(self.store.system().provider().await?.ok_or(failure)?.id);
            }
            Err(failure) => return Err(failure.into()),
        };
        let told = write.text(name);
        write.append(console_fact(Actor::System, Body::TenantAdded { name: told }));
        let project = ProjectKey::new(OWN_PROJECT);
        found_project(&mut write, Phase::Operation, &project, name, &Actor::System).await?;
        let paper = Provider { name: name.to_owned(), phone: String::new() };
        record(&mut write, "", &paper, Instant::from_ms(0), &Actor::System).await?;
        write.commit().await?;
        Ok(id)
    }

    /// Adds a customer with a first project in its operation phase; missing start conditions are listed as exceptions.
    ///
    /// # Errors
    /// The name is missing, the key is no project key or in use, or the right is missing.
    pub async fn add_tenant(&self, caller: &Caller, name: &str, project: &str) -> Answer<Added> {
        self.add_tenant_in(Phase::Operation, caller, name, project).await
    }

    /// Adds a customer with a first project in a phase.
    ///
    /// # Errors
    /// As [`Desk::add_tenant`].
    pub async fn add_tenant_in(&self, phase: Phase, caller: &Caller, name: &str, project: &str) -> Answer<Added> {
        caller.may_administer()?;
        let name = required("name", name)?;
        let project = project_key("project", project)?;
        let id = self.new_tenant_id();
        if self.store.system().tenant(&id).await?.is_some() {
            self.begin(&id).await?;
        }
        self.refuse_used_key("project", &project).await?;
        self.ensure_provider("MSP").await?;
        let mut write = self.store.system().add_tenant(&id, name, "customer").await?;
        let told = write.text(name);
        write.append(console_fact(caller.actor(), Body::TenantAdded { name: told }));
        found_project(&mut write, phase, &project, name, &caller.actor()).await?;
        let added = Added { id, project };
        self.commit(write, &added).await?;
        self.ring(Change::Act);
        Ok(added)
    }

    /// Adds a project to a customer, in its operation phase.
    ///
    /// # Errors
    /// As [`Desk::add_tenant`]; the tenant is not found.
    pub async fn add_project(&self, caller: &Caller, tenant: &TenantId, key: &str, name: &str) -> Answer<ProjectKey> {
        self.add_project_in(Phase::Operation, caller, tenant, key, name).await
    }

    /// Adds a project to a customer, in a phase.
    ///
    /// # Errors
    /// As [`Desk::add_project`].
    pub async fn add_project_in(
        &self,
        phase: Phase,
        caller: &Caller,
        tenant: &TenantId,
        key: &str,
        name: &str,
    ) -> Answer<ProjectKey> {
        let scope = self.enter(caller, tenant, &[Right::Administer]).await?;
        let (project, name) = (project_key("key", key)?, required("name", name)?);
        let mut write = self.begin(&scope.tenant).await?;
        self.refuse_used_key("key", &project).await?;
        found_project(&mut write, phase, &project, name, &scope.actor).await?;
        self.commit(write, &AddedProject { project: project.clone() }).await?;
        Ok(project)
    }

    async fn refuse_used_key(&self, field: &'static str, project: &ProjectKey) -> Answer<()> {
        match self.store.system().tenant_of_project(project).await? {
            None => Ok(()),
            Some(_) => Err(used_key(field, project).into()),
        }
    }

    /// Renames a tenant; the facts keep the old name.
    ///
    /// # Errors
    /// The name is missing, or the tenant is out of reach.
    pub async fn rename_tenant(&self, caller: &Caller, tenant: &TenantId, name: &str) -> Answer<()> {
        let scope = self.enter(caller, tenant, &[Right::Administer]).await?;
        let name = required("name", name)?;
        let mut write = self.store.write(&scope.tenant).await?;
        let told = write.text(name);
        write.append(console_fact(scope.actor, Body::TenantRenamed { name: told }));
        write.rename_tenant(name).await?;
        write.commit().await?;
        Ok(())
    }

    /// The tenants in which a caller holds a right, with their projects, the provider first.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn tenants(&self, caller: &Caller, right: Right) -> Answer<Vec<TenantView>> {
        let reach = self.tenants_with(caller, right).await?;
        let mut views = vec![];
        for tenant in self.store.system().tenants().await? {
            if reach.contains(&tenant.id) {
                let scope = caller.enter(&tenant.id, right)?;
                let mut projects = self.store.tenant(&tenant.id).projects().await?;
                projects.retain(|project| scope.reaches(&project.key));
                views.push(TenantView { tenant, projects });
            }
        }
        views.sort_by_key(|view| (!view.tenant.is_provider(), view.tenant.name.clone()));
        Ok(views)
    }

    /// One tenant with its projects, for whoever works for it.
    ///
    /// # Errors
    /// The tenant is out of reach, or no right to read it is held there.
    pub async fn tenant(&self, caller: &Caller, tenant: &TenantId) -> Answer<TenantView> {
        let scope = self.enter(caller, tenant, &[Right::ReadOperations, Right::Agree, Right::Administer]).await?;
        let row = self.store.system().tenant(tenant).await?.ok_or_else(Refusal::not_found)?;
        let mut projects = self.store.tenant(tenant).projects().await?;
        projects.retain(|project| scope.reaches(&project.key));
        Ok(TenantView { tenant: row, projects })
    }

    /// The provider's own tenant.
    ///
    /// # Errors
    /// There is none before the first start.
    pub async fn provider_id(&self) -> Answer<TenantId> {
        Ok(self.store.system().provider().await?.ok_or_else(Refusal::not_found)?.id)
    }

    /// A tenant by its name, for the command line.
    ///
    /// # Errors
    /// There is none, or more than one.
    pub async fn tenant_named(&self, name: &str) -> Answer<TenantId> {
        let named: Vec<TenantRow> = self
            .store
            .system()
            .tenants()
            .await?
            .into_iter()
            .filter(|t| t.name == name || t.id.as_str() == name)
            .collect();
        match named.as_slice() {
            [one] => Ok(one.id.clone()),
            [] => Err(Refusal::invalid(
                "tenant",
                format!("お客様「{name}」はありません。"),
                format!("There is no tenant “{name}”."),
            )
            .into()),
            _ => Err(Refusal::invalid(
                "tenant",
                format!("「{name}」という名称のお客様が複数あります。id で指定してください。"),
                format!("More than one tenant is called “{name}”. Give its id."),
            )
            .into()),
        }
    }
}

/// Adds a project with our default criteria, so that an alert can be judged from its first minute. Where its operation phase
/// begins at once, that nothing is agreed yet is a listed exception.
async fn found_project(write: &mut Write, phase: Phase, project: &ProjectKey, name: &str, actor: &Actor) -> Answer<()> {
    write.add_project(project, name).await.map_err(|failure| match failure {
        // Somebody else took it since it was looked up.
        Failure::Conflict(_) => Error::from(used_key("project", project)),
        failure => failure.into(),
    })?;
    let told = write.text(name);
    write.append(console_fact(actor.clone(), Body::ProjectAdded { project: project.clone(), name: told }));
    let now = write.now();
    record(write, project.as_str(), &Criteria::default(), now, actor).await?;
    if phase == Phase::Operation {
        write.start_project(project, now).await?;
        let exceptions = Gap::OF_NOTHING.map(|gap| gap.code().to_owned()).into();
        write.append(console_fact(actor.clone(), Body::ProjectStarted { project: project.clone(), exceptions }));
    }
    Ok(())
}

/// Records a version of a paper: the document as a blob, the row, the fact.
pub(crate) async fn record<P: Paper>(
    write: &mut Write,
    subject: &str,
    paper: &P,
    valid_from: Instant,
    actor: &Actor,
) -> Answer<u32> {
    let json = serde_json::to_vec(paper).map_err(|error| store::Failure::Corrupt(format!("{}: {error}", P::KIND)))?;
    let document = write.blob("application/json", &json);
    let version = write.record_version(P::KIND, subject, valid_from, &document).await?;
    let (paper, subject) = (P::KIND.to_owned(), subject.to_owned());
    write.append(console_fact(actor.clone(), Body::VersionRecorded { paper, subject, version, valid_from, document }));
    Ok(version)
}

/// Reads a project key out of a field.
fn project_key(field: &'static str, text: &str) -> Result<ProjectKey, Refusal> {
    ProjectKey::parse(text.trim()).map_err(|fault| {
        let ja = format!(
            "「{}」はプロジェクトキーにできません。英大文字で始まる英大文字・数字・_ を25文字まで入力してください。",
            fault.0
        );
        Refusal::invalid(field, ja, fault.to_string())
    })
}

fn used_key(field: &'static str, project: &ProjectKey) -> Refusal {
    Refusal::invalid(
        field,
        format!("プロジェクトキー {project} は使われています。別のキーを入力してください。"),
        format!("The project key {project} is in use. Choose another."),
    )
}
