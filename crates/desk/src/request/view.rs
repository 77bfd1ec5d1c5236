//! Reading requests: one with what its reader may see, lists, and the due before anybody files.

use super::{no_entry, standard_due};
use crate::{Answer, Caller, Desk};
use domain::access::{Actor, Right, Role};
use domain::calendar::Calendar;
use domain::catalogue::{Catalogue, Entry, Values};
use domain::fact::Fact;
use domain::ids::{BlobId, PersonId, ProjectKey, RecordKey, TenantId};
use domain::paper::Agreement;
use domain::refusal::Refusal;
use domain::request::clock::Clock;
use domain::request::{Filing, Pace, Request};
use domain::time::Instant;
use jiff::civil::Date;
use std::collections::HashMap;
use store::{FrozenVerdictRow, MessageRow, RequestQuery, RequestRow};

/// So many urgent requests stand on the board at most.
const URGENT_SHOWN: u32 = 50;

/// A request with everything its reader may see.
#[derive(Clone, Debug)]
pub struct RequestView {
    /// The fold; for the customer without notes among ourselves.
    pub request: Request,
    /// The facts behind it, in order; for the customer without what is internal.
    pub facts: Vec<Fact>,
    /// Whose it is.
    pub tenant: TenantId,
    /// The customer's name.
    pub customer: String,
    /// The words behind blobs; an erased one is missing.
    pub texts: HashMap<BlobId, String>,
    /// Names of the people who acted; for the customer of their own only.
    pub people: HashMap<PersonId, String>,
    /// What was told by mail; staff only.
    pub messages: Vec<MessageRow>,
    /// The entry it was filed under, as the catalogue of that day had it.
    pub entry: Option<Entry>,
    /// What was filled in.
    pub details: Values,
    /// How its clock stands now.
    pub clock: Option<Clock>,
    /// The calendar.
    pub calendar: Calendar,
    /// What frozen tables fix of it, the newest first.
    pub frozen: Vec<FrozenVerdictRow>,
    /// As of when.
    pub now: Instant,
    /// Who reads it, in which role.
    pub reader: (Actor, Option<Role>),
}

/// A request of a list.
#[derive(Clone, Debug)]
pub struct RequestListed {
    /// The request.
    pub row: RequestRow,
    /// The customer's name.
    pub customer: String,
    /// Who holds it, by name.
    pub assignee: Option<String>,
}

/// When a request filed now would be due, and why.
#[derive(Clone, Debug)]
pub struct Promise {
    /// The entry.
    pub entry: Entry,
    /// Whether it takes an option that is not contracted: filing it opens an inquiry without a due.
    pub lead: bool,
    /// The due; none without a date.
    pub due: Option<Instant>,
    /// Each day from the day of receipt, day 0, to the due.
    pub days: Vec<Counted>,
}

/// One day on the way to a due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    /// The day.
    pub date: Date,
    /// Which business day it is, from 1; none where it does not count.
    pub number: Option<u16>,
    /// Name of the public holiday it is.
    pub holiday: Option<&'static str>,
    /// Whether the desk is closed on it by its own calendar.
    pub closure: bool,
}

/// The days from a receipt to a due, each with whether it counts.
pub(crate) fn counted(received: Instant, due: Instant, calendar: &Calendar) -> Vec<Counted> {
    let (first, last) = (calendar.date_of(received), calendar.date_of(due));
    let (mut days, mut date, mut number) = (vec![], first, 0);
    loop {
        let counts = date != first && calendar.is_business_day(date).unwrap_or(false);
        number += u16::from(counts);
        let holiday = calendar.holiday(date).ok().flatten().map(|holiday| holiday.name);
        let closure = calendar.is_closure(date);
        days.push(Counted { date, number: counts.then_some(number), holiday, closure });
        match date.tomorrow() {
            Ok(next) if date < last => date = next,
            _ => return days,
        }
    }
}

impl Desk {
    /// The catalogue in force for a tenant now, with its version; 0 for the one that ships.
    ///
    /// # Errors
    /// The tenant is out of reach.
    pub async fn catalogue(&self, caller: &Caller, tenant: &TenantId) -> Answer<(u32, Catalogue)> {
        let rights = [Right::ReadPublished, Right::ReadOperations, Right::Agree, Right::Administer];
        self.enter(caller, tenant, &rights).await?;
        self.catalogue_of(tenant).await
    }

    /// The catalogue in force for a tenant now.
    pub(crate) async fn catalogue_of(&self, tenant: &TenantId) -> Answer<(u32, Catalogue)> {
        let now = self.now().await?;
        if let Some(own) = self.paper::<Catalogue>(tenant, "", now).await? {
            return Ok(own);
        }
        self.own_catalogue().await
    }

    /// The provider's catalogue, which everybody may read (R-2.3-1).
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn own_catalogue(&self) -> Answer<(u32, Catalogue)> {
        let now = self.now().await?;
        let own = match self.store.system().provider().await? {
            Some(provider) => self.paper::<Catalogue>(&provider.id, "", now).await?,
            None => None,
        };
        Ok(own.unwrap_or_else(|| (0, Catalogue::default())))
    }

    /// When a request filed now would be due, day by day.
    ///
    /// # Errors
    /// There is no such entry, or the project is out of reach.
    pub async fn due_if_filed(&self, caller: &Caller, project: &str, entry: &str, pace: Pace) -> Answer<Promise> {
        let scope =
            self.enter_project(caller, &ProjectKey::new(project), &[Right::Operate, Right::SpeakAsCustomer]).await?;
        let (_, catalogue) = self.catalogue(caller, &scope.tenant).await?;
        let entry = catalogue.entry(entry).ok_or_else(no_entry)?.clone();
        let now = self.now().await?;
        let calendar = self.calendar(now).await?;
        let filing = Filing {
            entry: entry.code.clone(),
            kind: String::new(),
            report: String::new(),
            class: entry.class,
            days: entry.days().get(),
            catalogue: 0,
            affects: false,
        };
        let standard = standard_due(now, &filing, &calendar)?;
        let agreement = self.paper::<Agreement>(&scope.tenant, "", now).await?;
        let contracted = agreement.is_some_and(|(_, agreement)| agreement.has_option(&entry.code));
        let lead = entry.class.is_paid() && !contracted;
        let due = (pace != Pace::Low && !lead).then_some(standard);
        Ok(Promise { entry, lead, due, days: counted(now, standard, &calendar) })
    }

    /// Requests within the caller's reach, the latest filed first.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn requests(&self, caller: &Caller, query: &RequestQuery, limit: u32) -> Answer<Vec<RequestListed>> {
        let Some(project) = caller.project_within(query.project.as_ref()) else { return Ok(vec![]) };
        let query = RequestQuery { project: project.cloned(), ..query.clone() };
        let tenants = self.tenants_with(caller, Right::ReadPublished).await?;
        let rows = self.store.staff(&tenants).requests(&query, limit).await?;
        self.listed(caller, rows).await
    }

    /// Urgent requests that nobody has taken, for the monitoring centre, which is there at all hours (R-3.3.1-3, C-12).
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn urgent_requests(&self, caller: &Caller) -> Answer<Vec<RequestListed>> {
        let tenants = self.tenants_with(caller, Right::ReadOperations).await?;
        let query = RequestQuery { open: Some(true), urgent: true, ..RequestQuery::default() };
        let mut rows = self.store.staff(&tenants).requests(&query, URGENT_SHOWN).await?;
        rows.retain(|row| caller.only_project().is_none_or(|only| row.project == *only));
        self.listed(caller, rows).await
    }

    /// Open requests by what is owed first (今日).
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn requests_owed(&self, caller: &Caller, limit: u32) -> Answer<Vec<RequestListed>> {
        let tenants = self.tenants_with(caller, Right::ReadOperations).await?;
        let mut rows = self.store.staff(&tenants).requests_owed(limit).await?;
        rows.retain(|row| caller.only_project().is_none_or(|only| row.project == *only));
        self.listed(caller, rows).await
    }

    /// The header of one request.
    ///
    /// # Errors
    /// There is no such request in the caller's reach.
    pub async fn request_row(&self, caller: &Caller, key: &RecordKey) -> Answer<RequestListed> {
        let scope = self.enter_request(caller, key, &[Right::ReadOperations, Right::ReadPublished]).await?;
        let row = self.store.tenant(&scope.tenant).request(key).await?.ok_or_else(Refusal::not_found)?;
        let listed = self.listed(caller, vec![row]).await?;
        Ok(listed.into_iter().next().ok_or_else(Refusal::not_found)?)
    }

    pub(crate) async fn listed(&self, caller: &Caller, rows: Vec<RequestRow>) -> Answer<Vec<RequestListed>> {
        let names: HashMap<TenantId, String> =
            self.store.system().tenants().await?.into_iter().map(|tenant| (tenant.id, tenant.name)).collect();
        let ids: Vec<PersonId> = rows.iter().filter_map(|row| row.assignee.clone()).collect();
        let people = self.store.system().people_of(&ids).await?;
        let listed = |row: RequestRow| {
            let internal = caller.enter(&row.tenant, Right::ReadOperations).is_ok();
            let assignee = row.assignee.as_ref().filter(|_| internal).and_then(|id| people.get(id));
            let assignee = assignee.map(|person| person.name.clone());
            RequestListed { customer: names.get(&row.tenant).cloned().unwrap_or_default(), assignee, row }
        };
        Ok(rows.into_iter().map(listed).collect())
    }

    /// One request with what its reader may see.
    ///
    /// # Errors
    /// There is no such request in the caller's reach.
    pub async fn request(&self, caller: &Caller, key: &RecordKey) -> Answer<RequestView> {
        let scope = self.enter_request(caller, key, &[Right::ReadOperations, Right::ReadPublished]).await?;
        let internal = caller.enter(&scope.tenant, Right::ReadOperations).is_ok();
        let now = self.now().await?;
        let store = self.store.tenant(&scope.tenant);
        let (mut facts, frozen) = (store.record_facts(key).await?, store.frozen_verdicts(key).await?);
        let request = Request::fold(&facts)?.ok_or_else(Refusal::not_found)?;
        let mut request = self.under_its_procedure(request).await?;
        let messages = if internal { store.messages(key).await? } else { vec![] };
        if !internal {
            // What is internal is taken out here, so that no page can show it by mistake.
            request.messages.retain(|message| !message.what.internal);
            request.files.retain(|file| !file.what.internal);
            request.pages.clear();
            request.evidence.clear();
            request.checked.clear();
            request.handed.clear();
            request.links.clear();
            facts.retain(|fact| fact.body.is_told_to_customer());
            for fact in &mut facts {
                hide(fact);
            }
        }
        let blobs: Vec<BlobId> = facts.iter().flat_map(Fact::words).cloned().collect();
        let texts = store.texts(&blobs).await?;
        let paged = request.pages.values().filter(|_| internal).map(|page| page.person.clone());
        let actors = facts.iter().filter_map(|fact| fact.actor.person_id().cloned());
        let actors: Vec<PersonId> = actors.chain(paged).collect();
        let people = self.store.system().people_of(&actors).await?;
        let calendar = self.calendar(now).await?;
        let details = texts.get(&request.details).and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        let entry = self.entry_of(&scope.tenant, &request).await?;
        let clock = request.clock(&calendar, now).ok();
        Ok(RequestView {
            request,
            facts,
            customer: self.customer_name(&scope.tenant).await?,
            tenant: scope.tenant,
            texts,
            people: people.into_iter().map(|(id, person)| (id, person.name)).collect(),
            messages,
            entry,
            details,
            clock,
            calendar,
            frozen,
            now,
            reader: (scope.actor, scope.role),
        })
    }

    async fn entry_of(&self, tenant: &TenantId, request: &Request) -> Answer<Option<Entry>> {
        let at = request.filed.at;
        let own = self.paper::<Catalogue>(tenant, "", at).await?;
        let of_all = match (&own, self.store.system().provider().await?) {
            (None, Some(provider)) => self.paper::<Catalogue>(&provider.id, "", at).await?,
            _ => None,
        };
        let catalogue = own.or(of_all).map_or_else(Catalogue::default, |(_, catalogue)| catalogue);
        Ok(catalogue.entry(&request.filing.entry).cloned())
    }
}

/// The customer reads that the provider acted, never which of its people.
fn hide(fact: &mut Fact) {
    let is_customer = fact.role.is_some_and(|role| role.is_customer());
    if !is_customer && fact.actor != Actor::System {
        fact.actor = Actor::System;
    }
}
