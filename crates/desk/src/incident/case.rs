//! An incident opened for writing: loaded and folded under its tenant's lock, saved whole.
//!
//! [`Case::save`] is the one way an incident changes: it appends the facts, queues what they tell the customer, makes timers,
//! header and correlation agree with the new fold, and commits. All of those are functions of the fold, so `verify` can
//! recompute them.

use super::{Done, outgoing};
use crate::desk::{read_paper, required};
use crate::{Answer, Caller, Change, Desk, Scope};
use domain::access::{Actor, Right};
use domain::calendar::Calendar;
use domain::fact::{Body, NewFact};
use domain::ids::{BlobId, ProjectKey, RecordKey, TenantId};
use domain::incident::verbs::By;
use domain::incident::{Incident, Joins};
use domain::paper::{Closures, Paper};
use domain::refusal::Refusal;
use domain::time::Instant;
use store::{IncidentRow, Write};

/// Which version of the record the caller saw.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Seen {
    /// This one; a stale one is refused.
    At(u64),
    /// It does not matter: what is added fits any.
    Whatever,
}

/// An incident, open for one change.
pub(crate) struct Case<'a> {
    pub(crate) desk: &'a Desk,
    pub(crate) write: Write,
    /// Boxed: it is large, and every verb awaits around it.
    pub(crate) incident: Box<Incident>,
    pub(crate) calendar: Calendar,
    pub(crate) by: By,
}

impl Desk {
    /// Opens an incident for a verb of a caller.
    pub(crate) async fn open(&self, caller: &Caller, right: Right, key: &RecordKey, seen: Seen) -> Answer<Case<'_>> {
        let scope = self.enter_record(caller, right, key).await?;
        let mut case =
            self.open_as(&scope.tenant, key, scope.actor, scope.role).await?.ok_or_else(Refusal::not_found)?;
        if right == Right::SpeakAsCustomer && !case.incident.is_known_to_customer() {
            // Nothing was told yet: for the customer there is no such incident.
            return Err(Refusal::not_found().into());
        }
        self.refuse_repeated(&mut case.write).await?;
        match seen {
            Seen::At(0) => Err(Refusal::invalid(
                "version",
                "表示していたチケットの version を付けてください。",
                "Send the version of the record that you saw.",
            )
            .into()),
            Seen::At(version) if version != case.incident.version => Err(Refusal::stale(case.incident.version).into()),
            _ => Ok(case),
        }
    }

    /// Opens an incident for the desk itself: a timer, a delivery; none where the record is another one.
    pub(crate) async fn open_by_system(&self, tenant: &TenantId, key: &RecordKey) -> Answer<Option<Case<'_>>> {
        self.open_as(tenant, key, Actor::System, None).await
    }

    /// Opens an incident as somebody; none where the record is another one.
    pub(crate) async fn open_as(
        &self,
        tenant: &TenantId,
        key: &RecordKey,
        actor: Actor,
        role: Option<domain::access::Role>,
    ) -> Answer<Option<Case<'_>>> {
        let mut write = self.store.write(tenant).await?;
        let facts = write.record_facts(key).await?;
        if matches!(facts.first().map(|fact| &fact.body), Some(Body::RequestFiled(_) | Body::RecordOpened(_))) {
            return Ok(None);
        }
        let Some(incident) = Incident::fold(&facts)? else { return Ok(None) };
        let now = write.now();
        let calendar = calendar_as_of(&mut write, now).await?;
        let by = By { actor, role, now: write.now() };
        Ok(Some(Case { desk: self, write, incident: Box::new(incident), calendar, by }))
    }

    /// The scope of a record's tenant, for a caller with a right there. Foreign and absent look the same.
    pub(crate) async fn enter_record(&self, caller: &Caller, right: Right, key: &RecordKey) -> Answer<Scope> {
        let project = key.as_str().rsplit_once('-').map(|(project, _)| ProjectKey::new(project));
        let project = project.ok_or_else(Refusal::not_found)?;
        let tenant = self.store.system().tenant_of_project(&project).await?.ok_or_else(Refusal::not_found)?;
        let scope = self.enter_project(caller, &project, &[right]).await;
        let exists = self.store.tenant(&tenant).incident(key).await?.is_some();
        if exists { scope } else { Err(Refusal::not_found().into()) }
    }
}

impl Case<'_> {
    /// A required text, stored as a blob.
    pub(crate) fn required(&mut self, field: &'static str, text: &str) -> Result<BlobId, Refusal> {
        required(field, text).map(|text| self.write.text(text))
    }

    /// A text that may be empty, stored as a blob where it is not.
    pub(crate) fn optional(&mut self, field: &'static str, text: &str) -> Result<Option<BlobId>, Refusal> {
        if text.trim().is_empty() { Ok(None) } else { self.required(field, text).map(Some) }
    }

    /// The version of a paper of this incident's project valid now.
    pub(crate) async fn paper<P: Paper>(&mut self) -> Answer<Option<(u32, P)>> {
        self.paper_at(self.by.now).await
    }

    /// The version of a paper of this incident's project valid at an instant.
    pub(crate) async fn paper_at<P: Paper>(&mut self, at: Instant) -> Answer<Option<(u32, P)>> {
        let row = self.write.version_at(P::KIND, self.incident.project.as_str(), at).await?;
        row.map(|row| read_paper(&row)).transpose()
    }

    /// Makes the header agree with the fold; returns the calendar it is kept by.
    pub(crate) async fn save_row(&mut self) -> Answer<Calendar> {
        let title = self.write.blob_text(&self.incident.title).await?.unwrap_or_default();
        let calendar = calendar_as_of(&mut self.write, self.incident.as_of).await?;
        let row = cached_row(self.write.tenant(), &self.incident, title, &calendar);
        self.write.save_incidents(vec![row]).await?;
        Ok(calendar)
    }

    /// Saves facts with all that follows from them, and commits.
    pub(crate) async fn save(mut self, facts: Vec<NewFact>) -> Answer<Done> {
        self.put(facts).await?;
        self.done().await
    }

    /// Commits what was written.
    pub(super) async fn done(self) -> Answer<Done> {
        let done = Done {
            key: self.incident.key.clone(),
            version: self.incident.version,
            state: self.incident.state.code().into(),
        };
        self.desk.commit(self.write, &done).await?;
        self.desk.ring(Change::Act);
        Ok(done)
    }

    /// Writes facts with all that follows from them into the transaction, which goes on.
    pub(crate) async fn put(&mut self, facts: Vec<NewFact>) -> Answer<()> {
        let joined_before = self.incident.joins_until() != Joins::No;
        let stood = self.incident.standing();
        for new in facts {
            let fact = self.write.append(new);
            self.incident.apply(&fact)?;
            let mut told = outgoing::queue(self, &fact).await?;
            if matches!(fact.body, Body::Escalated { .. }) {
                let number = self.incident.escalations.len() as u32;
                told.extend(self.page(number, 0).await?);
            }
            for queued in told {
                let fact = self.write.append(queued);
                self.incident.apply(&fact)?;
            }
        }
        let calendar = self.save_row().await?;
        let timers = timer_rows(&self.incident, &calendar);
        self.write.sync_timers(self.incident.key.as_str(), &timers).await?;
        match self.incident.joins_until() {
            Joins::Yes => self.write.join_until(&self.incident.key, None).await?,
            Joins::Until(at) => self.write.join_until(&self.incident.key, Some(at)).await?,
            // Once ended nothing joins; the start of time is before every alert.
            Joins::No if joined_before => self.write.join_until(&self.incident.key, Some(Instant::from_ms(0))).await?,
            Joins::No => {}
        }
        if self.incident.standing() != stood {
            Box::pin(self.tell_children()).await?;
        }
        Ok(())
    }
}

/// The calendar by which header and timers of an incident are kept: as it was known at the incident's own last step, so
/// that it is a function of facts alone.
pub(crate) async fn calendar_as_of(write: &mut Write, at: Instant) -> Answer<Calendar> {
    let row = write.provider_version_at(Closures::KIND, at).await?;
    let closures = row.map(|row| read_paper::<Closures>(&row)).transpose()?;
    Ok(Calendar::tokyo(closures.map(|(_, closures)| closures.days).unwrap_or_default()))
}

/// The timers of an incident as rows.
pub(crate) fn timer_rows(incident: &Incident, calendar: &Calendar) -> Vec<store::Timer> {
    let row = |timer: domain::incident::timer::Timer| store::Timer {
        kind: timer.kind.code(),
        generation: timer.generation,
        due: timer.due,
    };
    incident.timers(calendar).into_iter().map(row).collect()
}

/// The header that caches the fold of an incident, as of its own last step.
pub(crate) fn cached_row(tenant: &TenantId, incident: &Incident, title: String, calendar: &Calendar) -> IncidentRow {
    let clocks = incident.clocks();
    // The clock that runs, or the first: the alert's own.
    let clock = clocks.iter().rev().find(|clock| clock.end.is_none()).unwrap_or(&clocks[0]);
    let duty = incident.duties(incident.as_of, calendar).into_iter().next();
    IncidentRow {
        tenant: tenant.clone(),
        key: incident.key.clone(),
        project: incident.project.clone(),
        number: incident.number,
        state: incident.state.code().to_owned(),
        version: incident.version,
        title,
        assignee: incident.taken.as_ref().map(|taken| taken.what.clone()),
        opened: incident.opened.at,
        ended: incident.ended_at(),
        impact: match incident.impact() {
            None => "unjudged",
            Some(true) => "yes",
            Some(false) => "no",
        }
        .to_owned(),
        alert_at: incident.alert_at(),
        slo_due: clock.slo_due,
        sla_due: clock.sla_due,
        notified_at: clock.end.as_ref().map(|end| end.at),
        duty: duty.as_ref().map(|duty| duty.kind.code().to_owned()),
        duty_due: duty.map(|duty| duty.due),
        known: u32::from(incident.is_known_to_customer()),
        merged_into: incident.merged_into().cloned(),
        children: incident.merged_children().count() as u64,
        cause: incident.cause(),
    }
}
