//! The tables of appendix 5 of one tenant for a period, as they stand now (R-A5-*).

use crate::{Answer, Caller, Desk};
use domain::access::Right;
use domain::catalogue::Catalogue;
use domain::compliance::{IncidentLine, Line, Occurrence, Ticket, incidents, requests};
use domain::ids::{ProjectKey, TenantId};
use domain::refusal::Refusal;
use domain::request::State;
use domain::time::{HOUR_MS, Instant};
use store::{CountedRow, IncidentRow, RequestRow};

/// Tickets of one table at most; a table with more would not be whole, so it is refused.
pub(crate) const TICKETS_MAX: u32 = 2_000_000;
/// The longest period: ten years.
const PERIOD_MAX_MS: i64 = 3_660 * 24 * HOUR_MS;

/// Both tables.
#[derive(Clone, Debug)]
pub struct Compliance {
    /// The customer's name.
    pub customer: String,
    /// From when.
    pub from: Instant,
    /// Before when.
    pub before: Instant,
    /// As of when.
    pub as_of: Instant,
    /// One line for each row of the catalogue.
    pub requests: Vec<Line>,
    /// With impact, and without.
    pub incidents: [IncidentLine; 2],
}

impl Desk {
    /// How a customer's service levels were kept in a period.
    ///
    /// # Errors
    /// The tenant is out of reach, the period ends before it begins or is longer than ten years, or it holds more tickets than a
    /// table can.
    pub async fn compliance(
        &self,
        caller: &Caller,
        tenant: &TenantId,
        from: Instant,
        before: Instant,
    ) -> Answer<Compliance> {
        let scope = self.enter(caller, tenant, &[Right::ReadOperations, Right::ReadPublished]).await?;
        let (tickets, occurrences) = self.counted(&scope.tenant, scope.project.as_ref(), from, before).await?;
        let as_of = self.now().await?;
        Ok(Compliance {
            customer: self.customer_name(&scope.tenant).await?,
            from,
            before,
            as_of,
            requests: requests(&self.rows_of(&scope.tenant).await?, &tickets, as_of),
            incidents: incidents(&occurrences, as_of),
        })
    }

    /// The catalogue whose rows the tables of a tenant have now.
    pub(crate) async fn rows_of(&self, tenant: &TenantId) -> Answer<Catalogue> {
        Ok(rows_of(self.catalogue_of(tenant).await?.1))
    }

    /// What counts in a period, the earliest first.
    pub(crate) async fn counted(
        &self,
        tenant: &TenantId,
        project: Option<&ProjectKey>,
        from: Instant,
        before: Instant,
    ) -> Answer<(Vec<Ticket>, Vec<Occurrence>)> {
        if before <= from || before.since_ms(from) > PERIOD_MAX_MS {
            return Err(Refusal::invalid(
                "to",
                "期間は開始より後、10年以内で指定してください。",
                "A period ends after it begins, within ten years.",
            )
            .into());
        }
        let tenants = [tenant.clone()];
        let store = self.store.staff(&tenants);
        let filed = store.requests_due(project, from, before, TICKETS_MAX + 1).await?;
        let mut occurred = store.incidents_due(from, before, TICKETS_MAX + 1).await?;
        occurred.retain(|row| project.is_none_or(|own| row.project == *own));
        if filed.len().max(occurred.len()) > TICKETS_MAX as usize {
            return Err(Refusal::invalid(
                "to",
                "件数が多すぎます。期間を短くしてください。",
                "There are too many tickets. Choose a shorter period.",
            )
            .into());
        }
        Ok((filed.into_iter().map(counted_ticket).collect(), occurred.into_iter().map(occurrence).collect()))
    }
}

/// A customer's own catalogue may lack rows of the tables; the tables stay whole.
pub(crate) fn rows_of(mut catalogue: Catalogue) -> Catalogue {
    for row in &Catalogue::shipped().rows {
        if !catalogue.rows.iter().any(|own| own.name == row.name) {
            catalogue.rows.push(row.clone());
        }
    }
    catalogue
}

/// A request as the tables count it; none without a due.
pub(crate) fn ticket(row: RequestRow) -> Option<Ticket> {
    row.counted().map(counted_ticket)
}

/// A request as the tables count it.
pub(crate) fn counted_ticket(row: CountedRow) -> Ticket {
    Ticket {
        cancelled: [State::Cancelled.code(), State::OutOfScope.code()].contains(&row.state.as_str()),
        key: row.key,
        report: row.report,
        due: row.due,
        raw_due: row.raw_due.unwrap_or(row.due),
        done: row.done,
        excepted: row.excepted == 1,
        held: row.held,
        // What was asked once the due had passed hides no miss.
        waits: row.awaiting.is_some() && row.breached == 0,
    }
}

/// An incident as the tables count it.
pub(crate) fn occurrence(row: IncidentRow) -> Occurrence {
    Occurrence {
        key: row.key,
        impact: row.impact != "no",
        slo_due: row.slo_due,
        sla_due: row.sla_due,
        notified: row.notified_at,
    }
}
