//! What a stretch of time concerns: incidents of it, and until when a tenant's mornings were told.

use crate::record::INCIDENT;
use crate::scope::reads;
use crate::values::vals;
use crate::{Failure, IncidentRow, StaffScope};
use domain::fact::Fact;
use domain::ids::{ProjectKey, RecordKey};
use domain::time::Instant;

reads! {
    /// The fact by which a morning of the tenant was told last.
    pub async fn last_morning(from, tenant) -> Option<Fact> {
        let sql = "SELECT json FROM facts WHERE tenant = $1 AND kind = 'tenant.morning_told' ORDER BY seq DESC LIMIT 1";
        let found: Option<(String,)> = from.first(sql, vals![tenant]).await?;
        let read = |(json,): (String,)| {
            Fact::parse(&json).map_err(|error| Failure::Corrupt(format!("a morning of tenant {tenant}: {error}")))
        };
        found.map(read).transpose()
    }

    /// Records of which the customer heard something by a fact after a place, and after an instant; each once.
    pub async fn records_told_since(from, tenant, seq: u64, at: Instant) -> Vec<RecordKey> {
        let sql = "SELECT DISTINCT record FROM facts WHERE tenant = $1 AND lane = 0 AND seq > $2 AND instant > $3 \
                   AND record IS NOT NULL AND kind IN ('incident.opened', 'incident.notified', \
                   'incident.recovery_notified', 'incident.recurred', 'incident.report_approved') ORDER BY record";
        let found: Vec<(String,)> = from.all(sql, vals![tenant, seq, at]).await?;
        Ok(found.into_iter().map(|(key,)| RecordKey::new(key)).collect())
    }
}

impl StaffScope<'_> {
    /// Incidents of these tenants that were open at some instant of `[from, to)`, the earliest first, at most `limit`; with
    /// `told` only those that exist for the customer.
    ///
    /// # Errors
    /// The database fails.
    pub async fn incidents_during(
        &self,
        (from, to): (Instant, Instant),
        project: Option<&ProjectKey>,
        told: bool,
        limit: u32,
    ) -> Result<Vec<IncidentRow>, Failure> {
        let (tenants, mut vals) = self.tenants_bound();
        let [since, until, of, most] = [1, 2, 3, 4].map(|place| vals.len() + place);
        let told = if told { "AND i.known = 1" } else { "" };
        let sql = format!(
            "{INCIDENT} WHERE r.tenant IN {tenants} {told} AND r.opened < ${until} \
             AND (r.ended IS NULL OR r.ended >= ${since}) AND (r.project = ${of} OR ${of} IS NULL) \
             ORDER BY r.opened, r.tenant, r.key LIMIT ${most}"
        );
        vals.append(&mut vals![from, to, project, limit]);
        self.db().all(&sql, vals).await
    }
}
