//! Reading alerts: by key, by day, and what lies in quarantine.

use crate::{Answer, Caller, Desk};
use domain::access::Right;
use domain::alerts::Fate;
use domain::ids::TenantId;
use domain::refusal::Refusal;
use domain::time::Instant;
use store::{AlertRow, EventFilter, EventRow};

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

impl Desk {
    /// Alerts with a dedup key, newest first, within the caller's reach.
    ///
    /// # Errors
    /// The right is missing everywhere.
    pub async fn alerts(&self, caller: &Caller, dedup_key: &str, limit: u32) -> Answer<Vec<(TenantId, AlertRow)>> {
        let mut found = vec![];
        for tenant in self.tenants_with(caller, Right::ReadOperations).await? {
            let project = caller.enter(&tenant, Right::ReadOperations)?.project;
            let rows = self.store.tenant(&tenant).alerts(Some(dedup_key), project.as_ref(), None, limit).await?;
            found.extend(rows.into_iter().map(|row| (tenant.clone(), row)));
        }
        found.sort_by_key(|(_, row)| std::cmp::Reverse(row.last_received));
        found.truncate(limit as usize);
        Ok(found)
    }

    /// How the events received in `[from, to)` ended.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn fates(&self, caller: &Caller, from: Instant, to: Instant) -> Answer<Fates> {
        let mut counts: Vec<(Fate, u64)> = Fate::ALL.map(|fate| (fate, 0)).to_vec();
        for tenant in self.tenants_with(caller, Right::ReadOperations).await? {
            for row in self.store.tenant(&tenant).fates(from, to).await? {
                if let Some(count) = counts.iter_mut().find(|(fate, _)| fate.code() == row.fate) {
                    count.1 += row.count;
                }
            }
        }
        let total = counts.iter().map(|(_, count)| count).sum();
        Ok(Fates { counts, total })
    }

    /// Events received in a stretch of time, newest first, within the caller's reach.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn events(&self, caller: &Caller, filter: &EventFilter, limit: u32) -> Answer<Vec<EventView>> {
        let mut found = vec![];
        for tenant in self.tenants_with(caller, Right::ReadOperations).await? {
            let rows = self.store.tenant(&tenant).events(filter, limit).await?;
            found.extend(rows.into_iter().map(|event| EventView { tenant: tenant.clone(), event }));
        }
        found.sort_by_key(|view| std::cmp::Reverse(view.event.received));
        found.truncate(limit as usize);
        Ok(found)
    }

    /// One event with its bytes as they came.
    ///
    /// # Errors
    /// There is no such event in the caller's reach.
    pub async fn event(&self, caller: &Caller, tenant: &TenantId, id: u64) -> Answer<(EventRow, Vec<u8>)> {
        caller.enter(tenant, Right::ReadOperations)?;
        let store = self.store.tenant(tenant);
        let event = store.event(id).await?.ok_or_else(Refusal::not_found)?;
        let bytes = store.blob_bytes(&event.body).await?.map(|(_, bytes)| bytes).unwrap_or_default();
        Ok((event, bytes))
    }
}
