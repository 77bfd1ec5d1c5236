//! 仮定: the tables of a period under other papers, computed from the facts; nothing is written.

use crate::compliance::{occurrence, ticket};
use crate::{Answer, Caller, Desk};
use domain::access::Right;
use domain::compliance::what_if::{Differs, Supposed};
use domain::compliance::{IncidentLine, Judged, JudgedNotice, Line, incident_lines, lines};
use domain::fact::Fact;
use domain::ids::{RecordKey, TenantId};
use domain::incident::Incident;
use domain::paper::{Closures, Paper};
use domain::refusal::Refusal;
use domain::request::Request;
use domain::time::Instant;
use std::collections::HashMap;

/// Tickets of one report at most: each is folded again.
const TICKETS_MAX: usize = 5_000;

/// The tables as they are and as supposed.
#[derive(Clone, Debug)]
pub struct WhatIf {
    /// The customer's name.
    pub customer: String,
    /// As of when both are judged.
    pub as_of: Instant,
    /// The table of requests as it is.
    pub requests: Vec<Line>,
    /// The table of requests as supposed, row for row.
    pub supposed_requests: Vec<Line>,
    /// The table of incidents as it is.
    pub incidents: [IncidentLine; 2],
    /// The table of incidents as supposed.
    pub supposed_incidents: [IncidentLine; 2],
    /// Tickets that come out otherwise, by name.
    pub differ: Vec<Differs>,
}

impl Desk {
    /// The tables of a period as they would be under other papers, beside the real ones. It changes nothing.
    ///
    /// # Errors
    /// The tenant is out of reach, what is supposed cannot be counted, or the period holds too many tickets.
    pub async fn what_if(
        &self,
        caller: &Caller,
        tenant: &TenantId,
        (from, before): (Instant, Instant),
        supposed: &Supposed,
    ) -> Answer<WhatIf> {
        let scope = self.enter(caller, tenant, &[Right::ReadOperations]).await?;
        supposed.validate()?;
        let rows = self.rows_of(&scope.tenant).await?.rows;
        if let Some(unknown) = supposed.days.keys().find(|name| !rows.iter().any(|row| row.name == **name)) {
            return Err(Refusal::invalid(
                "row",
                format!("依頼作業名「{unknown}」はありません。"),
                format!("The table has no row “{unknown}”."),
            )
            .into());
        }
        let (tickets, occurrences) = self.counted(&scope.tenant, scope.project.as_ref(), from, before).await?;
        if tickets.len() + occurrences.len() > TICKETS_MAX {
            return Err(Refusal::invalid(
                "to",
                "件数が多すぎます。期間を短くしてください。",
                "There are too many tickets. Choose a shorter period.",
            )
            .into());
        }
        let as_of = self.now().await?;
        let calendars = self.closures().await?;
        let keys: Vec<RecordKey> =
            tickets.iter().map(|it| it.key.clone()).chain(occurrences.iter().map(|it| it.key.clone())).collect();
        let mut snapshot = self.store.snapshot().await?;
        let mut facts: HashMap<RecordKey, Vec<Fact>> = HashMap::new();
        for stored in snapshot.facts_of(&scope.tenant, &keys).await? {
            let fact = stored.fact(&scope.tenant)?;
            let record = fact.record.clone().unwrap_or_else(|| RecordKey::new(""));
            facts.entry(record).or_default().push(fact);
        }
        drop(snapshot);
        let requests: Vec<Judged> = tickets.iter().map(|it| it.judged(as_of)).collect();
        let incidents: Vec<JudgedNotice> = occurrences.iter().map(|it| it.judged(as_of)).collect();
        let (mut supposed_requests, mut supposed_incidents, mut differ) = (vec![], vec![], vec![]);
        for real in &requests {
            let folded = Request::fold(facts.get(&real.key).map_or(&[], Vec::as_slice))?;
            let request = supposed.request(folded.ok_or_else(Refusal::not_found)?);
            let calendar = supposed.calendar(&known(&calendars, request.as_of));
            let row = crate::request::cached_row(&scope.tenant, &request, String::new(), &calendar);
            // A due that leaves the table of holidays cannot be counted: the ticket stays as it is.
            let it = ticket(row).map_or_else(|| real.clone(), |it| it.judged(as_of));
            if it.verdict != real.verdict {
                let (record, due, verdict) = (real.key.clone(), real.due, real.verdict);
                let (supposed_due, supposed) = (it.due, it.verdict);
                differ.push(Differs { record, incident: false, due, verdict, supposed_due, supposed });
            }
            supposed_requests.push(it);
        }
        for real in &incidents {
            let folded = Incident::fold(facts.get(&real.key).map_or(&[], Vec::as_slice))?;
            let incident = supposed.incident(folded.ok_or_else(Refusal::not_found)?);
            let calendar = domain::calendar::Calendar::default();
            let row = crate::incident::cached_row(&scope.tenant, &incident, String::new(), &calendar);
            let it = occurrence(row).judged(as_of);
            if (it.verdict, it.sla) != (real.verdict, real.sla) {
                let (record, due, verdict) = (real.key.clone(), real.due, Some(real.verdict));
                let (supposed_due, supposed) = (it.due, Some(it.verdict));
                differ.push(Differs { record, incident: true, due, verdict, supposed_due, supposed });
            }
            supposed_incidents.push(it);
        }
        differ.sort_by(|a, b| a.record.cmp(&b.record));
        Ok(WhatIf {
            customer: self.customer_name(&scope.tenant).await?,
            as_of,
            requests: lines(&rows, &requests),
            supposed_requests: lines(&rows, &supposed_requests),
            incidents: incident_lines(&incidents),
            supposed_incidents: incident_lines(&supposed_incidents),
            differ,
        })
    }

    /// The provider's closures in all versions, the oldest first, as (valid from, recorded at, days).
    async fn closures(&self) -> Answer<Vec<(Instant, Instant, Closures)>> {
        let Some(provider) = self.store.system().provider().await? else { return Ok(vec![]) };
        let mut versions = vec![];
        for row in self.store.tenant(&provider.id).versions(Closures::KIND, "").await? {
            let (_, closures) = crate::desk::read_paper::<Closures>(&row)?;
            versions.push((row.valid_from, row.recorded_at, closures));
        }
        versions.reverse();
        Ok(versions)
    }
}

/// The closures as they were known at an instant.
fn known(versions: &[(Instant, Instant, Closures)], at: Instant) -> Closures {
    let valid = versions.iter().filter(|(from, recorded, _)| *from <= at && *recorded <= at);
    // Of equal starts the later version, which stands later in the list.
    valid.max_by_key(|(from, ..)| *from).map(|(.., closures)| closures.clone()).unwrap_or_default()
}
