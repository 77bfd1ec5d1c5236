//! Reading records: one with what its reader may see and do, and lists.

use super::{Standing, open_to, reading_rights, sees_internal};
use crate::procedure::Edition;
use crate::{Answer, Caller, Desk};
use domain::access::{Actor, Right, Role};
use domain::disposal::{DISPOSED, ERASED};
use domain::fact::{Body, Fact};
use domain::ids::{BlobId, PersonId, RecordKey, TenantId};
use domain::process::record::Record;
use domain::process::{Process, Verb};
use domain::refusal::Refusal;
use domain::time::Instant;
use domain::words::{Label, Words};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use store::{RecordQuery, RecordRow};

/// A record with everything its reader may see.
#[derive(Clone, Debug)]
pub struct RecordView {
    /// Whose it is.
    pub tenant: TenantId,
    /// The customer's name.
    pub customer: String,
    /// Its procedure, in the version it was opened under.
    pub process: Arc<Process>,
    /// Which version that is; none: the one that shipped.
    pub edition: Option<u32>,
    /// The fold; for the customer without what is internal.
    pub record: Record,
    /// Its title.
    pub title: String,
    /// Who holds it, by name; staff only.
    pub holder: Option<String>,
    /// What happened, in order; for the customer without what is internal.
    pub happened: Vec<Happened>,
    /// What the reader can do now.
    pub verbs: Vec<Verb>,
}

/// Something that happened to a record.
#[derive(Clone, Debug)]
pub struct Happened {
    /// Place of the fact in the chain.
    pub seq: u64,
    /// When.
    pub at: Instant,
    /// Who, by name; none for the provider's people as the customer reads it, and for the desk itself.
    pub by: Option<String>,
    /// Whether the desk itself did it.
    pub by_itself: bool,
    /// What.
    pub verb: Words,
    /// The state it led to, where that is another.
    pub to: Option<Words>,
    /// What was filled in: the name of each field and its value.
    pub fields: Vec<(Words, String)>,
    /// Whether the customer does not see it.
    pub internal: bool,
}

/// A form to open a record with.
#[derive(Clone, Debug)]
pub struct Form {
    /// The procedure in force.
    pub edition: Edition,
    /// The verb that opens one.
    pub verb: Verb,
}

/// A record of a list.
#[derive(Clone, Debug)]
pub struct RecordListed {
    /// The record.
    pub row: RecordRow,
    /// The customer's name.
    pub customer: String,
    /// Who holds it, by name; staff only.
    pub holder: Option<String>,
    /// The name of its process.
    pub process: Words,
    /// The name of its state.
    pub state: Words,
}

impl Desk {
    /// The form to open a record of a process with; none where this caller opens none.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn record_form(&self, caller: &Caller, process: &str) -> Answer<Option<Form>> {
        let Some(edition) = self.procedure(process).await? else { return Ok(None) };
        if ["request", "incident"].contains(&process) {
            return Ok(None);
        }
        let may = |verb: &Verb| {
            verb.rights().into_iter().any(|right| caller.may_somewhere(right))
                || verb.who.iter().flat_map(|who| who.roles()).any(|role| caller.holds_somewhere(role))
        };
        let verb = edition.process.opening().filter(|verb| may(verb)).cloned();
        Ok(verb.map(|verb| Form { edition, verb }))
    }

    /// Records within the caller's reach, the latest opened first.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn records(&self, caller: &Caller, query: &RecordQuery, limit: u32) -> Answer<Vec<RecordListed>> {
        let Some(project) = caller.project_within(query.project.as_ref()) else { return Ok(vec![]) };
        let query = RecordQuery { project: project.cloned(), ..query.clone() };
        let processes = self.procedures().await?;
        let rows = self.rows_within_reach(caller, &query, &processes, limit).await?;
        let names: HashMap<TenantId, String> =
            self.store.system().tenants().await?.into_iter().map(|tenant| (tenant.id, tenant.name)).collect();
        let ids: Vec<PersonId> = rows.iter().filter_map(|row| row.assignee.clone()).collect();
        let people = self.store.system().people_of(&ids).await?;
        let mut listed = vec![];
        for row in rows {
            let process = processes.iter().map(|it| &it.process).find(|process| process.code == row.kind);
            let internal = process.is_some_and(|process| sees_internal(caller, &row.tenant, process));
            let holder = row.assignee.as_ref().filter(|_| internal).and_then(|id| people.get(id));
            let state = process.and_then(|process| process.state(&row.state));
            listed.push(RecordListed {
                customer: names.get(&row.tenant).cloned().unwrap_or_default(),
                holder: holder.map(|person| person.name.clone()),
                process: process.map(|process| process.label.clone()).unwrap_or_default(),
                state: state.map(|state| state.label.clone()).unwrap_or_default(),
                row,
            });
        }
        Ok(listed)
    }

    /// Rows of everything where the caller reads what is published, and elsewhere those of procedures that give them something to do.
    async fn rows_within_reach(
        &self,
        caller: &Caller,
        query: &RecordQuery,
        processes: &[Edition],
        limit: u32,
    ) -> Answer<Vec<RecordRow>> {
        let everything = self.tenants_with(caller, Right::ReadPublished).await?;
        let mut rows = self.store.staff(&everything).records(query, limit).await?;
        for process in processes.iter().map(|edition| &edition.process) {
            if query.process.as_ref().is_some_and(|wanted| *wanted != process.code) {
                continue;
            }
            let mut others = vec![];
            for right in reading_rights(process) {
                others.extend(self.tenants_with(caller, right).await?);
            }
            others.retain(|tenant| !everything.contains(tenant));
            others.sort();
            others.dedup();
            if !others.is_empty() {
                let of_process = RecordQuery { process: Some(process.code.clone()), ..query.clone() };
                rows.extend(self.store.staff(&others).records(&of_process, limit).await?);
            }
        }
        rows.sort_by(|a, b| (b.opened, &b.key).cmp(&(a.opened, &a.key)));
        rows.truncate(limit as usize);
        Ok(rows)
    }

    /// One record with what its reader may see and do.
    ///
    /// # Errors
    /// There is no such record in the caller's reach.
    pub async fn record(&self, caller: &Caller, key: &RecordKey) -> Answer<RecordView> {
        let scope = self.enter_any_record(caller, key).await?;
        let store = self.store.tenant(&scope.tenant);
        let facts = store.record_facts(key).await?;
        let mut record = Record::fold(&facts)?.ok_or_else(Refusal::not_found)?;
        let opened = record.opened.what.clone();
        let process = self.procedure_of(&opened.process, opened.edition).await?;
        let internal = sees_internal(caller, &scope.tenant, &process);
        let standing = Standing { caller, tenant: &scope.tenant };
        let verbs = open_to(&standing, &process, &record, &scope.actor).into_iter().cloned().collect();
        let seen: Vec<&Fact> = facts.iter().filter(|fact| internal || fact.body.is_told_to_customer()).collect();
        let blobs: Vec<BlobId> = seen.iter().flat_map(|fact| fact.words()).cloned().collect();
        let texts = store.texts(&blobs).await?;
        let actors: Vec<PersonId> =
            seen.iter().filter_map(|fact| fact.actor.person_id().cloned()).chain(record.holder.clone()).collect();
        let people = self.store.system().people_of(&actors).await?;
        let name = |id: &PersonId| people.get(id).map(|person| person.name.clone());
        let said = |fact: &&Fact| {
            let is_customer = fact.role.is_some_and(Role::is_customer);
            let by = fact.actor.person_id().filter(|_| internal || is_customer).and_then(&name);
            happened(&process, fact, by, &texts)
        };
        let happened = seen.iter().filter_map(said).collect();
        if !internal {
            // What is internal is taken out here, so that no page can show it by mistake.
            record.acts.retain(|act| !act.what.internal);
        }
        Ok(RecordView {
            customer: self.customer_name(&scope.tenant).await?,
            title: texts.get(&opened.title).cloned().unwrap_or_default(),
            holder: record.holder.as_ref().filter(|_| internal).and_then(name),
            edition: opened.edition,
            tenant: scope.tenant,
            process,
            record,
            happened,
            verbs,
        })
    }
}

fn happened(process: &Process, fact: &Fact, by: Option<String>, texts: &HashMap<BlobId, String>) -> Option<Happened> {
    let (verb, to, fields, internal) = match &fact.body {
        Body::RecordOpened(opened) => (process.opening()?, Some(&opened.state), Some(&opened.fields), false),
        Body::RecordActed(acted) => {
            let verb = process.verb(&acted.verb)?;
            let moved = verb.ways.iter().any(|way| way.to == acted.to && way.from != acted.to);
            (verb, moved.then_some(&acted.to), acted.fields.as_ref(), acted.internal)
        }
        Body::RecordDisposed { .. } => return Some(gone(fact, &DISPOSED, None)),
        Body::WordsErased { of, .. } => return Some(gone(fact, &ERASED, by.map(|by| (by, *of)))),
        _ => return None,
    };
    // Words that were erased say nothing any more.
    let filled: BTreeMap<String, String> =
        fields.and_then(|blob| texts.get(blob)).and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    let field = |need: &domain::process::Need| Some((need.label.clone(), filled.get(&need.field)?.clone()));
    Some(Happened {
        seq: fact.seq,
        at: fact.instant,
        by,
        // A contact without an account speaks by mail.
        by_itself: fact.actor == Actor::System && !fact.role.is_some_and(domain::access::Role::is_customer),
        verb: verb.label.clone(),
        to: to.and_then(|code| process.state(code)).map(|state| state.label.clone()),
        fields: verb.needs.iter().filter_map(field).collect(),
        internal,
    })
}

/// Words went: by themselves at the end of their retention, or by somebody those of one fact.
fn gone(fact: &Fact, what: &Label, by: Option<(String, u64)>) -> Happened {
    let (by, of) = by.map_or((None, String::new()), |(by, of)| (Some(by), format!(" #{of}")));
    Happened {
        seq: fact.seq,
        at: fact.instant,
        by_itself: by.is_none(),
        by,
        verb: Words { ja: format!("{}{of}", what.ja), en: format!("{}{of}", what.en) },
        to: None,
        fields: vec![],
        internal: false,
    }
}
