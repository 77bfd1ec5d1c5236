//! Attainment by month of one customer or of all, and the promises that are at risk (R-A5-*; Q-22).

use crate::compliance::{TICKETS_MAX, counted_ticket, occurrence};
use crate::request::RequestListed;
use crate::{Answer, Caller, Desk};
use domain::access::Right;
use domain::compliance::frozen::Counts;
use domain::compliance::months::Month;
use domain::compliance::risk::{AHEAD_MS, Risk};
use domain::ids::{ProjectKey, TenantId};
use domain::refusal::Refusal;
use domain::time::Instant;
use std::collections::HashMap;
use store::{FrozenRow, RequestQuery};

/// Months of a picture.
const MONTHS: i64 = 12;
/// Open requests that are looked at for promises at risk.
const OPEN_MAX: u32 = 2_000;

/// How a month came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attained {
    /// The month.
    pub month: Month,
    /// What was kept and missed: by its frozen table where there is one, else as it stands now.
    pub counts: Counts,
    /// The newest frozen table of exactly that month.
    pub frozen: Option<u32>,
}

/// A customer's months.
#[derive(Clone, Debug)]
pub struct CustomerMonths {
    /// The customer.
    pub tenant: TenantId,
    /// Its name.
    pub customer: String,
    /// Its months, the earliest first.
    pub months: Vec<Attained>,
}

/// A promise at risk.
#[derive(Clone, Debug)]
pub struct AtRisk {
    /// The request.
    pub request: RequestListed,
    /// When it is due.
    pub due: Instant,
    /// Why.
    pub risk: Risk,
}

/// All customers at a glance.
#[derive(Clone, Debug)]
pub struct Overview {
    /// Each customer's months, by name.
    pub customers: Vec<CustomerMonths>,
    /// Promises at risk, the nearest due first.
    pub at_risk: Vec<AtRisk>,
    /// As of when.
    pub as_of: Instant,
}

impl Desk {
    /// The last twelve months of a customer.
    ///
    /// # Errors
    /// The tenant is out of reach, or has too many tickets.
    pub async fn attainment(&self, caller: &Caller, tenant: &TenantId) -> Answer<CustomerMonths> {
        let scope = self.enter(caller, tenant, &[Right::ReadOperations, Right::ReadPublished]).await?;
        let customer = self.customer_name(&scope.tenant).await?;
        let mut months = self.months(std::slice::from_ref(&scope.tenant), scope.project.as_ref()).await?;
        let months = months.remove(&scope.tenant).unwrap_or_default();
        Ok(CustomerMonths { tenant: scope.tenant, customer, months })
    }

    /// All customers within the caller's reach: their months, and the promises at risk.
    ///
    /// # Errors
    /// There are too many tickets, or the database does not answer.
    pub async fn overview(&self, caller: &Caller) -> Answer<Overview> {
        let tenants = self.tenants_with(caller, Right::ReadOperations).await?;
        let mut months = self.months(&tenants, caller.only_project()).await?;
        let mut customers = vec![];
        for row in self.store.system().tenants().await? {
            if row.kind == "customer" && tenants.contains(&row.id) {
                let months = months.remove(&row.id).unwrap_or_default();
                customers.push(CustomerMonths { tenant: row.id, customer: row.name, months });
            }
        }
        customers.sort_by(|a, b| a.customer.cmp(&b.customer));
        let as_of = self.now().await?;
        let at_risk = self.at_risk(caller, as_of).await?;
        Ok(Overview { customers, at_risk, as_of })
    }

    async fn at_risk(&self, caller: &Caller, now: Instant) -> Answer<Vec<AtRisk>> {
        let Some(project) = caller.project_within(None) else { return Ok(vec![]) };
        let tenants = self.tenants_with(caller, Right::ReadOperations).await?;
        let due = Some((Instant::from_ms(0), now.plus_ms(AHEAD_MS + 1)));
        let query = RequestQuery { open: Some(true), due, project: project.cloned(), ..RequestQuery::default() };
        let rows = self.store.staff(&tenants).requests(&query, OPEN_MAX).await?;
        let mut at_risk = vec![];
        for request in self.listed(caller, rows).await? {
            let Some(due) = request.row.due else { continue };
            let (row, waits) = (&request.row, request.row.awaiting.is_some());
            let risk = Risk::of(&row.state, row.assignee.is_some(), waits, due, now);
            at_risk.extend(risk.map(|risk| AtRisk { request, due, risk }));
        }
        at_risk.sort_by(|a, b| (a.due, &a.request.row.key).cmp(&(b.due, &b.request.row.key)));
        Ok(at_risk)
    }

    async fn months(
        &self,
        tenants: &[TenantId],
        project: Option<&ProjectKey>,
    ) -> Answer<HashMap<TenantId, Vec<Attained>>> {
        let now = self.now().await?;
        let months = Month::last(MONTHS, now, &self.calendar(now).await?);
        let (Some(first), Some(last)) = (months.first(), months.last()) else { return Ok(HashMap::new()) };
        let (from, before) = (first.from, last.before);
        let store = self.store.staff(tenants);
        let filed = store.requests_due(project, from, before, TICKETS_MAX + 1).await?;
        let occurred = store.incidents_due(from, before, TICKETS_MAX + 1).await?;
        if filed.len().max(occurred.len()) > TICKETS_MAX as usize {
            return Err(Refusal::not_now("件数が多すぎます。", "There are too many tickets.").into());
        }
        let frozen = store.all_frozen_tables().await?;
        let empty = || -> Vec<Attained> {
            months.iter().map(|month| Attained { month: *month, counts: Counts::default(), frozen: None }).collect()
        };
        let mut of: HashMap<TenantId, Vec<Attained>> = tenants.iter().map(|id| (id.clone(), empty())).collect();
        let mut count = |tenant: &TenantId, due: Instant, add: &dyn Fn(&mut Counts)| {
            let months = of.get_mut(tenant).into_iter().flatten();
            months.filter(|it| it.month.from <= due && due < it.month.before).for_each(|it| add(&mut it.counts));
        };
        for row in filed {
            let tenant = row.tenant.clone();
            let judged = counted_ticket(row).judged(now);
            count(&tenant, judged.due, &|counts| counts.add_request(&judged));
        }
        for row in occurred.into_iter().filter(|row| project.is_none_or(|own| row.project == *own)) {
            let tenant = row.tenant.clone();
            let judged = occurrence(row).judged(now);
            count(&tenant, judged.due, &|counts| counts.add_incident(&judged));
        }
        // A key of one project does not read figures of the whole tenant.
        for row in frozen.iter().filter(|_| project.is_none()) {
            let months = of.get_mut(&row.tenant).into_iter().flatten();
            // The newest comes first.
            months.filter(|it| is_of(row, &it.month) && it.frozen.is_none()).for_each(|it| {
                (it.frozen, it.counts) = (Some(row.number), counts(row));
            });
        }
        Ok(of)
    }
}

fn is_of(row: &FrozenRow, month: &Month) -> bool {
    (row.from, row.before) == (month.from, month.before)
}

const fn counts(row: &FrozenRow) -> Counts {
    Counts { judged: row.judged, missed: row.missed, sla_judged: row.sla_judged, sla_missed: row.sla_missed }
}
