//! Records and incidents: the stored fold over their facts.

use crate::scope::reads;
use crate::values::{row, vals};
use crate::{Failure, StaffScope, Write};
use domain::ids::{PersonId, ProjectKey, RecordKey, TenantId};
use domain::time::Instant;

row! {
    /// An incident: the header of its record and its clocks. A cache of the fold over its facts.
    pub struct IncidentRow {
        /// Whose it is.
        pub tenant: TenantId,
        /// `KEY-n`.
        pub key: RecordKey,
        /// Its project.
        pub project: ProjectKey,
        /// Its number in the project.
        pub number: u64,
        /// Its state's code.
        pub state: String,
        /// What a person acting on it must have seen.
        pub version: u64,
        /// Its title.
        pub title: String,
        /// Who holds it.
        pub assignee: Option<PersonId>,
        /// When it was opened.
        pub opened: Instant,
        /// When it ended, once it did.
        pub ended: Option<Instant>,
        /// `unjudged`, `yes` or `no`.
        pub impact: String,
        /// The alert's receipt, from which the clocks run.
        pub alert_at: Instant,
        /// When the target (SLO) is due.
        pub slo_due: Instant,
        /// When the agreement (SLA) is due; none without impact.
        pub sla_due: Option<Instant>,
        /// When the notice clock ended.
        pub notified_at: Option<Instant>,
        /// The code of the nearest duty.
        pub duty: Option<String>,
        /// When that duty is due.
        pub duty_due: Option<Instant>,
        /// 1 where the ticket exists for the customer: it was published, or they told us of it themselves.
        pub known: u32,
        /// The incident it is merged into.
        pub merged_into: Option<RecordKey>,
        /// How many are merged into it.
        pub children: u64,
        /// The cause it is linked to.
        pub cause: Option<u64>,
    }
}

/// Which incidents to list.
#[derive(Clone, Debug, Default)]
pub struct IncidentQuery {
    /// Only open ones, only ended ones, or both.
    pub open: Option<bool>,
    /// Only of this project.
    pub project: Option<ProjectKey>,
    /// Only those that exist for the customer: they were told of it, or told us of it.
    pub told: bool,
    /// Only those that come after this place in the list: opened when, and its key.
    pub after: Option<(Instant, RecordKey)>,
}

/// What every query of an incident selects.
pub(crate) const INCIDENT: &str = "SELECT r.tenant, r.key, r.project, r.number, r.state, r.version, r.title, r.assignee, r.opened, r.ended, \
                        i.impact, i.alert_at, i.slo_due, i.sla_due, i.notified_at, i.duty, i.duty_due, i.known, \
                        i.merged_into, i.children, i.cause \
                        FROM records r JOIN incidents i ON i.tenant = r.tenant AND i.key = r.key";

/// What an ended incident may owe for reports, as the partial index has it.
const REPORTING: &str =
    "duty IN ('write_preliminary', 'approve_preliminary', 'write_final', 'approve_final', 'review_major')";

reads! {
    /// An incident.
    pub async fn incident(from, tenant, key: &RecordKey) -> Option<IncidentRow> {
        let sql = format!("{INCIDENT} WHERE r.tenant = $1 AND r.key = $2");
        from.first(&sql, vals![tenant, key]).await
    }
}

impl StaffScope<'_> {
    /// Incidents of these tenants, the latest opened first, at most `limit`.
    ///
    /// # Errors
    /// The database fails.
    pub async fn incidents(&self, query: &IncidentQuery, limit: u32) -> Result<Vec<IncidentRow>, Failure> {
        let open = match query.open {
            None => "",
            Some(true) => "AND r.ended IS NULL",
            Some(false) => "AND r.ended IS NOT NULL",
        };
        let told = if query.told { "AND i.known = 1" } else { "" };
        let (tenants, mut vals) = self.tenants_bound();
        let (project, opened, key, most) = (vals.len() + 1, vals.len() + 2, vals.len() + 3, vals.len() + 4);
        let sql = format!(
            "{INCIDENT} WHERE r.tenant IN {tenants} {open} {told} AND (r.project = ${project} OR ${project} IS NULL) \
             AND (r.opened < ${opened} OR (r.opened = ${opened} AND r.key < ${key})) \
             ORDER BY r.opened DESC, r.key DESC LIMIT ${most}"
        );
        // Nothing was opened at the end of time.
        let (at, after) =
            query.after.as_ref().map_or((Instant::from_ms(i64::MAX), ""), |(at, key)| (*at, key.as_str()));
        vals.append(&mut vals![query.project.as_ref(), at, after, limit]);
        self.db().all(&sql, vals).await
    }

    /// The board: incidents that are open and not merged into another, or ended and still owe a call, a runbook or a report, by
    /// their nearest duty, then by opening;
    /// those that owe nothing come last.
    ///
    /// # Errors
    /// The database fails.
    pub async fn board(&self, limit: u32) -> Result<Vec<IncidentRow>, Failure> {
        let (tenants, mut vals) = self.tenants_bound();
        let place = vals.len() + 1;
        let sql = format!(
            "{INCIDENT} WHERE r.tenant IN {tenants} AND (r.tenant, r.key) IN \
               (SELECT tenant, key FROM records WHERE tenant IN {tenants} AND ended IS NULL AND state <> 'merged' \
                UNION SELECT tenant, key FROM incidents WHERE tenant IN {tenants} AND duty = 'call_undelivered' \
                UNION SELECT tenant, key FROM incidents WHERE tenant IN {tenants} AND duty = 'write_runbook' \
                UNION SELECT tenant, key FROM incidents WHERE tenant IN {tenants} AND {REPORTING}) \
             ORDER BY i.duty_due NULLS LAST, r.opened, r.tenant, r.key LIMIT ${place}"
        );
        vals.append(&mut vals![limit]);
        self.db().all(&sql, vals).await
    }
}

impl Write {
    /// The project's next record number, from 1 without gaps. Numbers of a write that is dropped are given again.
    ///
    /// # Errors
    /// The database fails, or the tenant has no such project ([`Failure::Corrupt`]).
    pub async fn next_number(&mut self, project: &ProjectKey) -> Result<u64, Failure> {
        if let Some(number) = self.numbers().get_mut(project) {
            *number += 1;
            return Ok(*number);
        }
        // Nobody else counts meanwhile: the chain's head is locked.
        let (tx, tenant) = self.parts();
        let sql = "SELECT records FROM projects WHERE tenant = $1 AND key = $2";
        let given: Option<(i64,)> = tx.first(sql, vals![tenant, project]).await?;
        let given = given.and_then(|(given,)| u64::try_from(given).ok());
        let given = given.ok_or_else(|| Failure::Corrupt(format!("tenant {tenant} has no project {project}")))?;
        self.numbers().insert(project.clone(), given + 1);
        Ok(given + 1)
    }

    /// Stores incidents, new ones and changed ones, whose tenant is this one whatever the row says. Of two rows with the
    /// same key the later one counts.
    ///
    /// # Errors
    /// The database fails.
    pub async fn save_incidents(&mut self, incidents: Vec<IncidentRow>) -> Result<(), Failure> {
        let latest: std::collections::BTreeMap<_, _> =
            incidents.into_iter().map(|row| (row.key.clone(), row)).collect();
        let tenant = self.tenant().clone();
        let (mut records, mut details) = (vec![], vec![]);
        for row in latest.into_values() {
            records.push(vals![
                &tenant,
                &row.key,
                &row.project,
                row.number,
                "incident",
                row.state,
                row.version,
                row.title,
                row.assignee.as_ref(),
                row.opened,
                row.ended
            ]);
            details.push(vals![
                &tenant,
                &row.key,
                row.impact,
                row.alert_at,
                row.slo_due,
                row.sla_due,
                row.notified_at,
                row.duty,
                row.duty_due,
                row.known,
                row.merged_into.as_ref(),
                row.children,
                row.cause
            ]);
        }
        self.save_header(records).await?;
        let head = "INSERT INTO incidents \
                    (tenant, key, impact, alert_at, slo_due, sla_due, notified_at, duty, duty_due, known, merged_into, children, cause)";
        let tail = "ON CONFLICT (tenant, key) DO UPDATE SET impact = excluded.impact, alert_at = excluded.alert_at, \
                    slo_due = excluded.slo_due, sla_due = excluded.sla_due, notified_at = excluded.notified_at, \
                    duty = excluded.duty, duty_due = excluded.duty_due, known = excluded.known, merged_into = excluded.merged_into, \
                    children = excluded.children, cause = excluded.cause";
        self.insert(head, details, tail).await
    }
}

impl StaffScope<'_> {
    /// Incidents of these tenants whose objective was due from an instant on and before another, without false
    /// alarms; the first due first.
    ///
    /// # Errors
    /// The database fails.
    pub async fn incidents_due(&self, from: Instant, before: Instant, limit: u32) -> Result<Vec<IncidentRow>, Failure> {
        let (tenants, mut vals) = self.tenants_bound();
        let (low, high, most) = (vals.len() + 1, vals.len() + 2, vals.len() + 3);
        let sql = format!(
            "{INCIDENT} WHERE r.tenant IN {tenants} AND r.state <> 'false_alarm' AND i.slo_due >= ${low} AND i.slo_due < ${high} \
             ORDER BY i.slo_due, r.tenant, r.key LIMIT ${most}"
        );
        vals.append(&mut vals![from, before, limit]);
        self.db().all(&sql, vals).await
    }
}
