//! A request opened for writing: loaded and folded under its tenant's lock, saved whole.

use super::{staff, telling};
use crate::desk::required;
use crate::incident::{Done, calendar_as_of};
use crate::{Answer, Change, Desk};
use domain::access::{Actor, Role};
use domain::calendar::Calendar;
use domain::fact::{Body, Fact, NewFact};
use domain::ids::{BlobId, RecordKey, TenantId};
use domain::incident::verbs::By;
use domain::refusal::Refusal;
use domain::request::Request;
use domain::request::duty::RequestTimer;
use domain::time::Instant;
use store::{RequestRow, Write};

/// A request, open for one change.
pub(crate) struct RequestCase<'a> {
    pub(crate) desk: &'a Desk,
    pub(crate) write: Write,
    pub(crate) request: Box<Request>,
    pub(crate) calendar: Calendar,
    pub(crate) by: By,
}

impl Desk {
    /// Opens a request for the desk itself: a timer, a delivery.
    pub(crate) async fn open_request_by_system(
        &self,
        tenant: &TenantId,
        key: &RecordKey,
    ) -> Answer<Option<RequestCase<'_>>> {
        let write = self.store.write(tenant).await?;
        self.open_request(write, key, Actor::System, None).await
    }

    pub(crate) async fn open_request(
        &self,
        mut write: Write,
        key: &RecordKey,
        actor: Actor,
        role: Option<Role>,
    ) -> Answer<Option<RequestCase<'_>>> {
        let facts = write.record_facts(key).await?;
        if !matches!(facts.first().map(|fact| &fact.body), Some(Body::RequestFiled(_))) {
            return Ok(None);
        }
        let Some(request) = Request::fold(&facts)? else { return Ok(None) };
        let request = self.under_its_procedure(request).await?;
        let now = write.now();
        let calendar = calendar_as_of(&mut write, now).await?;
        let by = By { actor, role, now };
        Ok(Some(RequestCase { desk: self, write, request: Box::new(request), calendar, by }))
    }
}

impl RequestCase<'_> {
    /// A required text, stored as a blob.
    pub(crate) fn required(&mut self, field: &'static str, text: &str) -> Result<BlobId, Refusal> {
        required(field, text).map(|text| self.write.text(text))
    }

    /// A text that may be empty, stored as a blob where it is not.
    pub(crate) fn optional(&mut self, field: &'static str, text: &str) -> Result<Option<BlobId>, Refusal> {
        if text.trim().is_empty() { Ok(None) } else { self.required(field, text).map(Some) }
    }

    /// Says what is due by now: how many timers fired. It comes before whatever else is done to the request now, for a warning
    /// that lies before the last step is owed no more.
    pub(crate) async fn fire(&mut self) -> Answer<usize> {
        let now = self.by.now;
        let key = self.request.key.clone();
        // The calendar the rows were armed by.
        let calendar = calendar_as_of(&mut self.write, self.request.as_of).await?;
        let (mut facts, mut fired, mut paged) = (vec![], 0, false);
        let mut timers = self.write.timers_of(key.as_str()).await?;
        timers.sort_by_key(|timer| timer.due);
        for timer in timers {
            if timer.fired.is_some()
                || timer.due > now
                || !self.write.mark_fired(key.as_str(), &timer.kind, timer.generation).await?
            {
                continue;
            }
            fired += 1;
            let kind = RequestTimer::ALL.into_iter().find(|kind| kind.code() == timer.kind);
            paged |= kind == Some(RequestTimer::Page);
            let said = kind.and_then(|kind| self.request.fire(kind, now, &calendar));
            facts.extend(said.map(|body| NewFact::by_system(Some(key.clone()), body)));
        }
        let next = self.request.next_page().filter(|(_, at)| *at <= now);
        self.add(facts).await?;
        if let Some((step, at)) = next.filter(|_| paged) {
            let pages = staff::page(self, RequestTimer::Page, step, at.ms().unsigned_abs()).await?;
            self.append(pages)?;
        }
        Ok(fired)
    }

    /// Writes facts with all that follows from them, and commits.
    pub(crate) async fn save(mut self, facts: Vec<NewFact>) -> Answer<Done> {
        self.add(facts).await?;
        self.end().await
    }

    pub(crate) async fn add(&mut self, facts: Vec<NewFact>) -> Answer<()> {
        for new in facts {
            let fact = self.write.append(new);
            self.request.apply(&fact)?;
            // What is gone by the facts is gone.
            if let Body::SecretRead { number } | Body::SecretTakenBack { number } | Body::SecretExpired { number } =
                &fact.body
            {
                self.write.take_secret(*number).await?;
            }
            self.follow(&fact).await?;
        }
        Ok(())
    }

    /// Queues what a fact tells the customer and our own people.
    pub(super) async fn follow(&mut self, fact: &Fact) -> Answer<()> {
        let mut queued = telling::queue(self, fact).await?;
        queued.extend(staff::queue(self, fact).await?);
        self.append(queued)
    }

    /// Adds facts that tell nobody anything.
    fn append(&mut self, facts: Vec<NewFact>) -> Answer<()> {
        for new in facts {
            let fact = self.write.append(new);
            self.request.apply(&fact)?;
        }
        Ok(())
    }

    /// Makes header and timers agree with the fold.
    pub(crate) async fn settle(&mut self) -> Answer<Done> {
        let title = self.write.blob_text(&self.request.title).await?.unwrap_or_default();
        let calendar = calendar_as_of(&mut self.write, self.request.as_of).await?;
        let row = cached_row(self.write.tenant(), &self.request, title, &calendar);
        self.write.save_request(row).await?;
        self.write.sync_timers(self.request.key.as_str(), &timer_rows(&self.request, &calendar)).await?;
        Ok(Done {
            key: self.request.key.clone(),
            version: self.request.version,
            state: self.request.state.code().into(),
        })
    }

    /// Makes header and timers agree with the fold, and commits.
    pub(crate) async fn end(mut self) -> Answer<Done> {
        let done = self.settle().await?;
        self.commit(&done).await?;
        Ok(done)
    }

    /// As [`Self::end`], where the verb answers something of its own.
    pub(crate) async fn end_with<T: serde::Serialize>(mut self, answer: &T) -> Answer<()> {
        self.settle().await?;
        self.commit(answer).await
    }

    async fn commit<T: serde::Serialize>(self, answer: &T) -> Answer<()> {
        self.desk.commit(self.write, answer).await?;
        self.desk.ring(Change::Act);
        Ok(())
    }
}

/// The timers of a request as rows.
pub(crate) fn timer_rows(request: &Request, calendar: &Calendar) -> Vec<store::Timer> {
    let timers = request.timers(calendar).into_iter();
    let row = |(kind, due): (RequestTimer, Instant)| store::Timer {
        kind: kind.code().to_owned(),
        generation: request.generation(due),
        due,
    };
    timers.map(row).collect()
}

/// The header that caches the fold of a request, as of its own last step.
pub(crate) fn cached_row(tenant: &TenantId, request: &Request, title: String, calendar: &Calendar) -> RequestRow {
    let clock = request.clock(calendar, request.as_of).ok();
    let owed = request.owed(calendar);
    let work = request.work_ahead(calendar);
    let of_clock = |read: fn(&domain::request::clock::Clock) -> Option<Instant>| clock.as_ref().and_then(read);
    RequestRow {
        tenant: tenant.clone(),
        key: request.key.clone(),
        project: request.project.clone(),
        number: request.number,
        state: request.state.code().to_owned(),
        version: request.version,
        title,
        assignee: request.taken.as_ref().map(|taken| taken.what.clone()),
        opened: request.filed.at,
        ended: request.ended_at(),
        entry: request.filing.entry.clone(),
        kind: request.filing.kind.clone(),
        report: request.filing.report.clone(),
        class: request.filing.class.code().to_owned(),
        days: request.filing.days.into(),
        pace: request.pace.code().to_owned(),
        channel: request.channel.code().to_owned(),
        received: request.received,
        standard_due: of_clock(|clock| clock.standard),
        raw_due: of_clock(|clock| clock.raw),
        due: of_clock(|clock| clock.due),
        held: clock.as_ref().map_or(0, |clock| u32::try_from(clock.held.len()).unwrap_or(u32::MAX)),
        awaiting: request.awaits().map(|awaited| awaited.code().to_owned()),
        excepted: u32::from(request.exception().is_some()),
        done: of_clock(|clock| clock.done),
        breached: u32::from(request.breached.is_some()),
        urgent: u32::from(request.urgent.is_some()),
        owed: owed.map(|(owed, _)| owed.code().to_owned()),
        owed_due: owed.and_then(|(_, due)| due),
        work_from: work.map(|(from, _)| from),
        work_to: work.map(|(_, to)| to),
        handed: u32::from(request.is_handed()),
    }
}
