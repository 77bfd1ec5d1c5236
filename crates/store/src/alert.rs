//! Alerts: what one incident was told, how it stands and how often.

use crate::scope::{list, reads};
use crate::values::{Val, row, vals};
use crate::{Failure, Scoped, StaffScope, SystemScope, Write};
use domain::ids::{ProjectKey, RecordKey, TenantId};
use domain::time::Instant;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

row! {
    /// An alert of an incident.
    pub struct AlertRow {
        /// The incident.
        pub incident: RecordKey,
        /// What tells alerts of one incident apart.
        pub alert_key: String,
        /// The project it came for.
        pub project: ProjectKey,
        /// What made it join the incident.
        pub dedup_key: String,
        /// `firing` or `resolved`.
        pub status: String,
        /// The severity as the sender says it.
        pub severity: String,
        /// One line.
        pub summary: String,
        /// What it is about, such as a host.
        pub source: String,
        /// When it was first received.
        pub first_received: Instant,
        /// When it was last received.
        pub last_received: Instant,
        /// How often.
        pub count: u64,
        /// How many of those stand in facts.
        pub counted: u64,
    }
}

/// The columns of an alert.
const COLUMNS: &str = "incident, alert_key, project, dedup_key, status, severity, summary, source, first_received, \
                       last_received, count, counted";

reads! {
    /// The host or service that the first alert of an incident named; none where no alert belongs to it.
    pub async fn first_source(from, tenant, incident: &RecordKey) -> Option<String> {
        let sql = "SELECT source FROM alerts WHERE tenant = $1 AND incident = $2 ORDER BY first_received, alert_key LIMIT 1";
        let found: Option<(String,)> = from.first(sql, vals![tenant, incident]).await?;
        Ok(found.map(|(source,)| source))
    }

    /// The alerts of an incident, the first received first.
    pub async fn alerts_of(from, tenant, incident: &RecordKey) -> Vec<AlertRow> {
        let sql = format!(
            "SELECT {COLUMNS} FROM alerts WHERE tenant = $1 AND incident = $2 ORDER BY first_received, alert_key"
        );
        from.all(&sql, vals![tenant, incident]).await
    }

    /// Alerts with repeats that stand in no fact yet, at most `limit` after an incident and alert key.
    pub async fn uncounted(from, tenant, after: (&str, &str), limit: u32) -> Vec<AlertRow> {
        let sql = format!(
            "SELECT {COLUMNS} FROM alerts WHERE tenant = $1 AND counted < count AND (incident, alert_key) > ($2, $3) \
             ORDER BY incident, alert_key LIMIT $4"
        );
        from.all(&sql, vals![tenant, after.0, after.1, limit]).await
    }
}

impl Scoped<'_> {
    /// Alerts, the last received first, of one correlating key or project or of all; `after` is the incident and alert key
    /// of the last one seen.
    ///
    /// # Errors
    /// The database fails.
    pub async fn alerts(
        &self,
        dedup_key: Option<&str>,
        project: Option<&ProjectKey>,
        after: Option<(&RecordKey, &str)>,
        limit: u32,
    ) -> Result<Vec<AlertRow>, Failure> {
        let columns = COLUMNS.split(", ").map(|column| format!("a.{column}")).collect::<Vec<_>>().join(", ");
        let sql = format!(
            "SELECT {columns} FROM alerts a LEFT JOIN alerts s ON s.tenant = $1 AND s.incident = $4 AND s.alert_key = $5 \
             WHERE a.tenant = $1 AND (a.dedup_key = $2 OR $2 IS NULL) AND (a.project = $3 OR $3 IS NULL) \
             AND ($4 IS NULL OR (a.last_received, a.incident, a.alert_key) < (s.last_received, s.incident, s.alert_key)) \
             ORDER BY a.last_received DESC, a.incident DESC, a.alert_key DESC LIMIT $6"
        );
        let vals = vals![
            self.tenant,
            dedup_key,
            project,
            after.map(|(incident, _)| incident),
            after.map(|(_, alert_key)| alert_key),
            limit
        ];
        self.db().all(&sql, vals).await
    }
}

/// Which alerts of many tenants to list.
#[derive(Clone, Debug, Default)]
pub struct AlertQuery {
    /// Only with this correlating key.
    pub dedup_key: Option<String>,
    /// Only of this project.
    pub project: Option<ProjectKey>,
    /// Only those that come after this place in the list: last received when, its incident and its alert key.
    pub after: Option<(Instant, RecordKey, String)>,
}

impl StaffScope<'_> {
    /// Alerts of these tenants, the last received first, at most `limit`.
    ///
    /// # Errors
    /// The database fails.
    pub async fn alerts(&self, query: &AlertQuery, limit: u32) -> Result<Vec<AlertRow>, Failure> {
        let (tenants, mut vals) = self.tenants_bound();
        let mut sql = format!("SELECT {COLUMNS} FROM alerts WHERE tenant IN {tenants}");
        // Only what is asked for stands in the text, so that a key is found by its index.
        let mut and = |condition: &str, val: Option<Val>| {
            if let Some(val) = val {
                vals.push(val);
                sql += &format!(" AND {condition} ${}", vals.len());
            }
        };
        and("dedup_key =", query.dedup_key.as_deref().map(Val::from));
        and("project =", query.project.as_ref().map(Val::from));
        // Nothing was received at the end of time.
        let end = (Instant::from_ms(i64::MAX), "", "");
        let after = query.after.as_ref().map_or(end, |(at, incident, alert)| (*at, incident.as_str(), alert.as_str()));
        let [at, incident, alert, most] = [1, 2, 3, 4].map(|place| vals.len() + place);
        sql += &format!(
            " AND (last_received, incident, alert_key) < (${at}, ${incident}, ${alert}) \
             ORDER BY last_received DESC, incident DESC, alert_key DESC LIMIT ${most}"
        );
        vals.append(&mut vals![after.0, after.1, after.2, limit]);
        self.db().all(&sql, vals).await
    }
}

impl SystemScope<'_> {
    /// Tenants with repeats that stand in no fact yet.
    ///
    /// # Errors
    /// The database fails.
    pub async fn uncounted_tenants(&self) -> Result<Vec<TenantId>, Failure> {
        let sql = "SELECT DISTINCT tenant FROM alerts WHERE counted < count ORDER BY tenant";
        let tenants: Vec<(String,)> = self.db().all(sql, vec![]).await?;
        Ok(tenants.into_iter().map(|(tenant,)| TenantId::new(tenant)).collect())
    }
}

impl Write {
    /// Those of the named alerts that are there: incident and alert key.
    ///
    /// # Errors
    /// The database fails.
    pub async fn known_alerts(&mut self, wanted: &[(RecordKey, &str)]) -> Result<Vec<AlertRow>, Failure> {
        let mut found = vec![];
        let mut by_incident: BTreeMap<&RecordKey, Vec<&str>> = BTreeMap::new();
        for (incident, alert_key) in wanted {
            by_incident.entry(incident).or_default().push(alert_key);
        }
        // Few keys lead to few incidents in the usual batch: repeats of one, or new ones that lead to none.
        for (incident, alert_keys) in by_incident {
            for alert_keys in alert_keys.chunks(512) {
                let (places, mut more) = list(2, alert_keys.iter().copied());
                let sql = format!(
                    "SELECT {COLUMNS} FROM alerts WHERE tenant = $1 AND incident = $2 AND alert_key IN {places}"
                );
                let (tx, tenant) = self.parts();
                let mut vals = vals![tenant, incident];
                vals.append(&mut more);
                found.append(&mut tx.all(&sql, vals).await?);
            }
        }
        Ok(found)
    }

    /// Stores alerts. Of one that is there already `count` and `counted` are added to, and status, severity, summary and
    /// `last_received` replaced; several rows of the same alert add up in the same way.
    ///
    /// # Errors
    /// The database fails.
    pub async fn upsert_alerts(&mut self, alerts: Vec<AlertRow>) -> Result<(), Failure> {
        let mut merged: BTreeMap<_, AlertRow> = BTreeMap::new();
        for alert in alerts {
            match merged.entry((alert.incident.clone(), alert.alert_key.clone())) {
                Entry::Vacant(place) => drop(place.insert(alert)),
                Entry::Occupied(mut place) => {
                    let row = place.get_mut();
                    // What acknowledges or resolves may come without words: then those told before stand.
                    let told = if alert.summary.is_empty() { &*row } else { &alert };
                    let (severity, summary) = (told.severity.clone(), told.summary.clone());
                    *row = AlertRow {
                        severity,
                        summary,
                        first_received: row.first_received,
                        count: row.count + alert.count,
                        counted: row.counted + alert.counted,
                        ..alert
                    };
                }
            }
        }
        let tenant = self.tenant();
        let rows = merged
            .into_values()
            .map(|row| {
                vals![
                    tenant,
                    &row.incident,
                    row.alert_key,
                    &row.project,
                    row.dedup_key,
                    row.status,
                    row.severity,
                    row.summary,
                    row.source,
                    row.first_received,
                    row.last_received,
                    row.count,
                    row.counted
                ]
            })
            .collect();
        let head = "INSERT INTO alerts (tenant, incident, alert_key, project, dedup_key, status, severity, summary, source, \
                    first_received, last_received, count, counted)";
        let tail = "ON CONFLICT (tenant, incident, alert_key) DO UPDATE SET status = excluded.status, \
                    severity = CASE excluded.summary WHEN '' THEN alerts.severity ELSE excluded.severity END, \
                    summary = CASE excluded.summary WHEN '' THEN alerts.summary ELSE excluded.summary END, \
                    last_received = excluded.last_received, \
                    count = alerts.count + excluded.count, counted = alerts.counted + excluded.counted";
        self.insert(head, rows, tail).await
    }

    /// Says that the first `counted` tellings of an alert stand in facts now.
    ///
    /// # Errors
    /// The database fails.
    pub async fn mark_counted(&mut self, incident: &RecordKey, alert_key: &str, counted: u64) -> Result<(), Failure> {
        let sql = "UPDATE alerts SET counted = $4 WHERE tenant = $1 AND incident = $2 AND alert_key = $3";
        let vals = vals![self.tenant(), incident, alert_key, counted];
        self.run(sql, vals).await.map(drop)
    }
}
