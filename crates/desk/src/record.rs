//! Records of processes that are only a file: opened, walked verb by verb, read (design §4). One set of functions for all of them.

mod case;
mod view;

use crate::incident::Done;
use crate::procedure::Edition;
use crate::readiness::in_operation;
use crate::{Answer, Caller, Desk, Scope};
use case::RecordCase;
pub(crate) use case::{cached_row, timer_rows};
use domain::access::{Actor, Right, Role};
use domain::fact::{Body, NewFact};
use domain::ids::{ProjectKey, RecordKey, TenantId};
use domain::incident::verbs::By;
use domain::process::record::{Opened, Record, may, read};
use domain::process::{Process, Verb, Who};
use domain::refusal::Refusal;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use store::Failure;
use utoipa::ToSchema;
pub use view::{Form, Happened, RecordListed, RecordView};

/// A record to open.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NewRecord {
    /// Key of the project.
    #[schema(required)]
    pub project: String,
    /// Code of the process, such as `complaint`.
    #[schema(required)]
    pub process: String,
    /// What its opening verb asks for, by field.
    #[schema(required)]
    pub fields: BTreeMap<String, String>,
}

/// What a verb of a record is given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RecordInput {
    /// Noun of the verb, as the procedure names it.
    #[schema(required)]
    pub noun: String,
    /// The version of the record that was seen; not needed for what only adds.
    pub version: u64,
    /// What the verb asks for, by field.
    pub fields: BTreeMap<String, String>,
}

/// What a caller is in a tenant: the role that a named role of a procedure asks for, where they hold it.
struct Standing<'a> {
    caller: &'a Caller,
    tenant: &'a TenantId,
}

impl Standing<'_> {
    fn may(&self, verb: &Verb) -> bool {
        let has = |right| self.caller.enter(self.tenant, right).is_ok();
        may(verb, None, &has) || self.role(verb).is_some()
    }

    /// The role under which a verb is done that asks for one by name.
    fn role(&self, verb: &Verb) -> Option<Role> {
        let named = verb.who.iter().filter_map(|who| if let Who::Role(role) = who { Some(*role) } else { None });
        named.into_iter().find(|role| self.caller.holds(self.tenant, *role))
    }

    /// Who acts, in which role.
    ///
    /// # Errors
    /// The procedure gives this verb to others.
    fn acts(&self, verb: &Verb) -> Result<(Actor, Option<Role>), Refusal> {
        if let Some(right) = verb.rights().into_iter().find(|right| self.caller.enter(self.tenant, *right).is_ok()) {
            let scope = self.caller.enter(self.tenant, right)?;
            return Ok((scope.actor, scope.role));
        }
        let role = self.role(verb).ok_or_else(Refusal::forbidden)?;
        let scope = self.caller.enter(self.tenant, Right::ReadPublished)?;
        Ok((scope.actor, Some(role)))
    }
}

fn no_process() -> Refusal {
    Refusal::invalid("process", "その手続きはありません。", "There is no such procedure whose records are opened here.")
}

impl Desk {
    /// Opens a record of a process under the version of its procedure in force.
    ///
    /// # Errors
    /// There is no such process, its procedure gives the opening to others, a field is missing or wrong, or the project is out of
    /// reach or absent.
    pub async fn open_record(&self, caller: &Caller, input: &NewRecord) -> Answer<Done> {
        let project = ProjectKey::new(crate::desk::required("project", &input.project)?);
        let edition = self.procedure(input.process.trim()).await?;
        let rights = edition.as_ref().map_or(vec![Right::ReadPublished], |edition| reading_rights(&edition.process));
        let scope = self.enter_project(caller, &project, &rights).await?;
        if !scope.reaches(&project) {
            return Err(Refusal::not_found().into());
        }
        let Edition { process, number: edition } = edition.ok_or_else(no_process)?;
        // A process with rules of its own has its own way in.
        let own = ["request", "incident"].contains(&process.code.as_str());
        let verb = process.opening().filter(|_| !own).ok_or_else(no_process)?;
        let (actor, role) = Standing { caller, tenant: &scope.tenant }.acts(verb)?;
        let fields = read(verb, &input.fields)?;
        let mut write = self.begin(&scope.tenant).await?;
        let now = write.now();
        in_operation(&mut write, &project).await?;
        let number = write.next_number(&project).await?;
        let title = fields.get("title").cloned().unwrap_or_else(|| process.label.ja.clone());
        let opened = Opened {
            process: process.code.clone(),
            edition,
            project: project.clone(),
            number,
            state: process.start().code.clone(),
            title: write.text(&title),
            fields: write.text(&json(&fields)?),
        };
        let body = Body::RecordOpened(Box::new(opened));
        let record = Some(project.record(number));
        let fact = write.append(NewFact { record, body, actor: actor.clone(), role, reason: None });
        let record = Record::fold(std::slice::from_ref(&fact))?;
        let record = record.ok_or_else(|| Failure::Corrupt("the first fact opens nothing".into()))?;
        let by = By { actor, role, now };
        let mut case = RecordCase { desk: self, write, record: Box::new(record), process, by };
        case.tell(&fact, &fields).await?;
        case.end().await
    }

    /// Does a verb of a record's procedure.
    ///
    /// # Errors
    /// The procedure has no such verb, gives it to others, or does not allow it now; a field is missing or wrong; the record is out of
    /// reach, or moved on.
    pub async fn act_on_record(&self, caller: &Caller, key: &RecordKey, input: &RecordInput) -> Answer<Done> {
        let scope = self.enter_any_record(caller, key).await?;
        let write = self.begin(&scope.tenant).await?;
        let case = self.open_case(write, key, scope.actor, scope.role).await?;
        let mut case = case.ok_or_else(Refusal::not_found)?;
        let process = std::sync::Arc::clone(&case.process);
        let verb = process.verb_of(input.noun.trim()).ok_or_else(|| {
            Refusal::invalid("noun", "この手続きにその操作はありません。", "The procedure has no such verb.")
        })?;
        let (actor, role) = Standing { caller, tenant: &scope.tenant }.acts(verb)?;
        case.by = By { actor, role, now: case.by.now };
        if !verb.fits_any_version() && input.version != case.record.version {
            return Err(match input.version {
                0 => Refusal::invalid(
                    "version",
                    "表示していたチケットの version を付けてください。",
                    "Send the version of the record that you saw.",
                ),
                _ => Refusal::stale(case.record.version),
            }
            .into());
        }
        let fields = read(verb, &input.fields)?;
        case.act(verb, &fields).await?;
        case.end().await
    }

    /// Fires what is due of a record; none where the record is none of these.
    pub(crate) async fn fire_record(&self, tenant: &TenantId, key: &RecordKey) -> Answer<Option<usize>> {
        let Some(mut case) = self.open_record_by_system(tenant, key).await? else { return Ok(None) };
        let now = case.by.now;
        let process = std::sync::Arc::clone(&case.process);
        let mut fired = 0;
        for timer in case.write.timers_of(key.as_str()).await? {
            if timer.fired.is_some()
                || timer.due > now
                || !case.write.mark_fired(key.as_str(), &timer.kind, timer.generation).await?
            {
                continue;
            }
            fired += 1;
            // The record moved on before the timer fired: nothing happens by itself any more.
            if let Some(verb) = process.verb(&timer.kind)
                && case.record.guard(&process, verb, &Actor::System).is_ok()
            {
                case.act(verb, &BTreeMap::new()).await?;
            }
        }
        case.end().await?;
        Ok(Some(fired))
    }

    /// The scope of a record's tenant, for whoever may read it. Foreign and absent look the same.
    async fn enter_any_record(&self, caller: &Caller, key: &RecordKey) -> Answer<Scope> {
        let project = key.as_str().rsplit_once('-').map(|(project, _)| ProjectKey::new(project));
        let project = project.ok_or_else(Refusal::not_found)?;
        let tenant = self.store.system().tenant_of_project(&project).await?.ok_or_else(Refusal::not_found)?;
        let row = self.store.tenant(&tenant).record(key).await?;
        let process = match &row {
            Some(row) => self.procedure(&row.kind).await?,
            None => None,
        };
        let rights = process.map_or(vec![Right::ReadPublished], |edition| reading_rights(&edition.process));
        let scope = self.enter_project(caller, &project, &rights).await;
        if row.is_some() { scope } else { Err(Refusal::not_found().into()) }
    }
}

/// The rights any of which lets read a process's records: who has something to do there reads them, such as sales the inquiries
/// about paid options and nothing else.
fn reading_rights(process: &Process) -> Vec<Right> {
    let mut rights = vec![Right::ReadOperations, Right::ReadPublished];
    for right in process.verbs.iter().flat_map(Verb::rights) {
        if !rights.contains(&right) {
            rights.push(right);
        }
    }
    rights
}

/// Whether a caller reads what is internal of a process's records.
fn sees_internal(caller: &Caller, tenant: &TenantId, process: &Process) -> bool {
    let of_staff = |scope: Scope| !scope.role.is_some_and(Role::is_customer);
    let rights = reading_rights(process).into_iter().filter(|right| *right != Right::ReadPublished);
    rights.into_iter().any(|right| caller.enter(tenant, right).is_ok_and(of_staff))
}

fn json(fields: &BTreeMap<String, String>) -> Result<String, Failure> {
    serde_json::to_string(fields).map_err(|error| Failure::Corrupt(error.to_string()))
}

/// The verbs that somebody may do to a record now.
fn open_to<'p>(standing: &Standing<'_>, process: &'p Process, record: &Record, actor: &Actor) -> Vec<&'p Verb> {
    let fits = |verb: &&Verb| standing.may(verb) && record.guard(process, verb, actor).is_ok();
    process.verbs.iter().filter(fits).collect()
}
