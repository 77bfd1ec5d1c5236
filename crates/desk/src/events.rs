//! Reading alerts: by key, by day, and what lies in quarantine.

use crate::{Answer, Caller, Desk};
use domain::access::Right;
use domain::alerts::Fate;
use domain::ids::TenantId;
use domain::refusal::Refusal;
use domain::time::Instant;
use store::{AlertQuery, AlertRow, EventFilter, EventRow};

/// How the events of a stretch of time ended, over tenants: every fate, also those without events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fates {
    /// Count by fate, in the order of [`Fate::ALL`].
    pub counts: Vec<(Fate, u64)>,
    /// All events: the sum of the counts.
    pub total: u64,
}

/// An event with its tenant.
#[derive(Clone, Debug)]
pub struct EventView {
    /// Whose it is.
    pub tenant: TenantId,
    /// The event.
    pub event: EventRow,
}

/// A place in the list of events over tenants: newest first, then by tenant, then the later number first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventPlace {
    /// When the event was received.
    pub received: Instant,
    /// Whose it is.
    pub tenant: TenantId,
    /// Its number in the tenant.
    pub id: u64,
}

impl EventPlace {
    /// What of a tenant's events comes after this place.
    fn filter(&self, tenant: &TenantId, filter: &EventFilter) -> EventFilter {
        let same_instant_too = *tenant >= self.tenant;
        let to = self.received.plus_ms(i64::from(same_instant_too)).min(filter.to);
        let after = if *tenant == self.tenant { Some(self.id) } else { filter.after };
        EventFilter { to, after, ..filter.clone() }
    }
}

impl Desk {
    /// Alerts, the last received first, within the caller's reach.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn alert_list(&self, caller: &Caller, query: &AlertQuery, limit: u32) -> Answer<Vec<AlertRow>> {
        let Some(project) = caller.project_within(query.project.as_ref()) else { return Ok(vec![]) };
        let tenants = self.tenants_with(caller, Right::ReadOperations).await?;
        let query = AlertQuery { project: project.cloned(), ..query.clone() };
        Ok(self.store.staff(&tenants).alerts(&query, limit).await?)
    }

    /// How the events received in `[from, to)` ended.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn fates(&self, caller: &Caller, from: Instant, to: Instant) -> Answer<Fates> {
        let mut counts: Vec<(Fate, u64)> = Fate::ALL.map(|fate| (fate, 0)).to_vec();
        for tenant in self.tenants_with(caller, Right::ReadOperations).await? {
            for row in self.store.tenant(&tenant).fates_in(caller.only_project(), from, to).await? {
                if let Some(count) = counts.iter_mut().find(|(fate, _)| fate.code() == row.fate) {
                    count.1 += row.count;
                }
            }
        }
        let total = counts.iter().map(|(_, count)| count).sum();
        Ok(Fates { counts, total })
    }

    /// Events received in a stretch of time, newest first, within the caller's reach; `after` is the last one seen.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn events(
        &self,
        caller: &Caller,
        filter: &EventFilter,
        after: Option<&EventPlace>,
        limit: u32,
    ) -> Answer<Vec<EventView>> {
        let mut found = vec![];
        for tenant in self.tenants_with(caller, Right::ReadOperations).await? {
            let filter = after.map_or_else(|| filter.clone(), |after| after.filter(&tenant, filter));
            let rows = self.store.tenant(&tenant).events_in(caller.only_project(), &filter, limit).await?;
            found.extend(rows.into_iter().map(|event| EventView { tenant: tenant.clone(), event }));
        }
        found.sort_by(|a, b| b.event.received.cmp(&a.event.received).then_with(|| a.tenant.cmp(&b.tenant)));
        found.truncate(limit as usize);
        Ok(found)
    }

    /// One event with its bytes as they came.
    ///
    /// # Errors
    /// There is no such event in the caller's reach.
    pub async fn event(&self, caller: &Caller, tenant: &TenantId, id: u64) -> Answer<(EventRow, Vec<u8>)> {
        let scope = self.enter(caller, tenant, &[Right::ReadOperations]).await?;
        let store = self.store.tenant(tenant);
        let event =
            store.event(id).await?.filter(|event| scope.reaches(&event.project)).ok_or_else(Refusal::not_found)?;
        let bytes = store.blob_bytes(&event.body).await?.map(|(_, bytes)| bytes).unwrap_or_default();
        Ok((event, bytes))
    }
}
