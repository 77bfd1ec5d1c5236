//! A record opened for writing: loaded and folded under its tenant's lock, saved whole.

use super::json;
use crate::incident::{Done, calendar_as_of};
use crate::ticket_mail::{Ticket, queue};
use crate::{Answer, Change, Desk};
use domain::access::{Actor, Role};
use domain::calendar::Calendar;
use domain::fact::{Body, Fact, NewFact, NoticeKind};
use domain::ids::{RecordKey, TenantId};
use domain::incident::verbs::By;
use domain::process::record::Record;
use domain::process::{Effect, Process, Verb};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{RecordRow, Write};

/// A record, open for one change.
pub(crate) struct RecordCase<'a> {
    pub(crate) desk: &'a Desk,
    pub(crate) write: Write,
    pub(crate) record: Box<Record>,
    pub(crate) process: Arc<Process>,
    pub(crate) by: By,
}

impl Desk {
    /// Opens a record for the desk itself: a timer, a delivery.
    pub(crate) async fn open_record_by_system(
        &self,
        tenant: &TenantId,
        key: &RecordKey,
    ) -> Answer<Option<RecordCase<'_>>> {
        let write = self.store.write(tenant).await?;
        self.open_case(write, key, Actor::System, None).await
    }

    pub(crate) async fn open_case(
        &self,
        mut write: Write,
        key: &RecordKey,
        actor: Actor,
        role: Option<Role>,
    ) -> Answer<Option<RecordCase<'_>>> {
        let facts = write.record_facts(key).await?;
        if !matches!(facts.first().map(|fact| &fact.body), Some(Body::RecordOpened(_))) {
            return Ok(None);
        }
        let Some(record) = Record::fold(&facts)? else { return Ok(None) };
        let process = self.procedure_of(&record.opened.what.process, record.opened.what.edition).await?;
        let now = write.now();
        let by = By { actor, role, now };
        Ok(Some(RecordCase { desk: self, write, record: Box::new(record), process, by }))
    }
}

impl RecordCase<'_> {
    /// Does a verb, with what was filled in for it, and tells of it.
    pub(crate) async fn act(&mut self, verb: &Verb, fields: &BTreeMap<String, String>) -> Answer<()> {
        let blob = if fields.is_empty() { None } else { Some(self.write.text(&json(fields)?)) };
        let new = self.record.act(&self.process, verb, &self.by, blob)?;
        let fact = self.add(new)?;
        self.tell(&fact, fields).await
    }

    /// Writes a fact and folds it in.
    pub(crate) fn add(&mut self, new: NewFact) -> Answer<Fact> {
        let fact = self.write.append(new);
        self.record.apply(&fact)?;
        Ok(fact)
    }

    /// Tells the customer what the procedure says is told, where it is not their own word. Whoever opened it gets a receipt.
    pub(super) async fn tell(&mut self, fact: &Fact, fields: &BTreeMap<String, String>) -> Answer<()> {
        let verb = match &fact.body {
            Body::RecordOpened(_) => self.process.opening(),
            Body::RecordActed(acted) => self.process.verb(&acted.verb),
            _ => None,
        };
        let own_word = fact.role.is_some_and(Role::is_customer) && !matches!(fact.body, Body::RecordOpened(_));
        let Some(verb) = verb.filter(|verb| verb.effects.contains(&Effect::Tells) && !own_word) else { return Ok(()) };
        let said =
            |need: &domain::process::Need| fields.get(&need.field).map(|text| format!("{}:\n{text}", need.label.ja));
        let mut lines: Vec<String> = verb.needs.iter().filter_map(said).collect();
        if let Body::RecordOpened(_) = &fact.body {
            lines.insert(0, format!("次の{}を受け付けました。", self.process.label.ja));
        }
        if lines.is_empty() {
            let state = self.process.state(&self.record.state).map(|state| state.label.ja.clone()).unwrap_or_default();
            lines.push(format!("「{state}」に進みました。"));
        }
        let kind = match &fact.body {
            Body::RecordOpened(_) => NoticeKind::Receipt,
            _ => NoticeKind::Message,
        };
        let opened = &self.record.opened;
        let ticket = Ticket {
            key: &self.record.key,
            path: "records",
            project: &opened.what.project,
            title: &opened.what.title,
            opened: &opened.mark,
        };
        let (name, text) = (verb.label.ja.as_str(), lines.join("\n\n"));
        for queued in queue(self.desk, &mut self.write, &ticket, fact, kind, name, &text).await? {
            self.add(queued)?;
        }
        Ok(())
    }

    /// Makes header and timers agree with the fold, and commits.
    pub(crate) async fn end(mut self) -> Answer<Done> {
        let title = self.write.blob_text(&self.record.opened.what.title).await?.unwrap_or_default();
        let calendar = calendar_as_of(&mut self.write, self.record.as_of).await?;
        let row = cached_row(self.write.tenant(), &self.record, title);
        self.write.save_record(row).await?;
        let timers = timer_rows(&self.record, &self.process, &calendar);
        self.write.sync_timers(self.record.key.as_str(), &timers).await?;
        let done = Done {
            key: self.record.key.clone(),
            version: self.record.version,
            state: self.record.state.clone().into(),
        };
        self.desk.commit(self.write, &done).await?;
        self.desk.ring(Change::Act);
        Ok(done)
    }
}

/// The timers of a record as rows: what happens by itself.
pub(crate) fn timer_rows(record: &Record, process: &Process, calendar: &Calendar) -> Vec<store::Timer> {
    let timers = record.timers(process, calendar).into_iter();
    timers.map(|(kind, due)| store::Timer { kind: kind.to_owned(), generation: due.ms().unsigned_abs(), due }).collect()
}

/// The header that caches the fold of a record.
pub(crate) fn cached_row(tenant: &TenantId, record: &Record, title: String) -> RecordRow {
    let opened = &record.opened.what;
    RecordRow {
        tenant: tenant.clone(),
        key: record.key.clone(),
        project: opened.project.clone(),
        number: opened.number,
        kind: opened.process.clone(),
        state: record.state.clone(),
        version: record.version,
        title,
        assignee: record.holder.clone(),
        opened: record.opened.mark.at,
        ended: record.ended.as_ref().map(|mark| mark.at),
    }
}
