//! Alert events: every accepted event with its one fate.

use crate::values::{row, vals};
use crate::{Failure, Scoped, Write};
use domain::ids::{BlobId, KeyId, ProjectKey, RecordKey};
use domain::time::Instant;

row! {
    /// An accepted event.
    pub struct EventRow {
        /// Its number in the tenant, from 1 without gaps.
        pub id: u64,
        /// The project its key writes to.
        pub project: ProjectKey,
        /// The key it came with.
        pub api_key: KeyId,
        /// The kind of sender.
        pub sender: String,
        /// When it was received.
        pub received: Instant,
        /// What it asks for: trigger, acknowledge, resolve, ...
        pub action: String,
        /// What became of it.
        pub fate: String,
        /// What makes it join an incident.
        pub dedup_key: Option<String>,
        /// Which alert of the incident it is about.
        pub alert_key: Option<String>,
        /// The incident it opened or joined.
        pub incident: Option<RecordKey>,
        /// The window of work it was kept in.
        pub kept_in: Option<RecordKey>,
        /// Why, where it is unreadable.
        pub note: Option<String>,
        /// The blob with the bytes as they came.
        pub body: BlobId,
    }
}

row! {
    /// How many events had a fate.
    pub struct FateCount {
        /// The fate.
        pub fate: String,
        /// How many.
        pub count: u64,
    }
}

/// Which events to list.
#[derive(Clone, Debug)]
pub struct EventFilter {
    /// Received at this instant or later.
    pub from: Instant,
    /// Received before this instant.
    pub to: Instant,
    /// Only of this fate.
    pub fate: Option<String>,
    /// Only those that come after this number in the list: smaller ones.
    pub after: Option<u64>,
}

/// Columns and table of events with their fate as it turned out: what opened or joined an incident that proved a false
/// alarm was one. The row itself keeps what was decided when the event came.
const TOLD: &str = "e.id, e.project, e.api_key, e.sender, e.received, e.action, \
                    CASE WHEN r.state = 'false_alarm' THEN r.state ELSE e.fate END AS fate, \
                    e.dedup_key, e.alert_key, e.incident, e.kept_in, e.note, e.body \
                    FROM alert_events e LEFT JOIN records r ON r.tenant = e.tenant AND r.key = e.incident";

impl Scoped<'_> {
    /// How many events of each fate were received from an instant on and before another.
    ///
    /// # Errors
    /// The database fails.
    pub async fn fates(&self, from: Instant, to: Instant) -> Result<Vec<FateCount>, Failure> {
        self.fates_in(None, from, to).await
    }

    /// The same of one project, or of all.
    ///
    /// # Errors
    /// The database fails.
    pub async fn fates_in(
        &self,
        project: Option<&ProjectKey>,
        from: Instant,
        to: Instant,
    ) -> Result<Vec<FateCount>, Failure> {
        // Counted first and looked up after: a storm of a hundred thousand events leads to few incidents.
        let sql = "SELECT CASE WHEN r.state = 'false_alarm' THEN r.state ELSE g.fate END AS fate, \
                   CAST(SUM(g.count) AS BIGINT) AS count \
                   FROM (SELECT fate, incident, COUNT(*) AS count FROM alert_events \
                     WHERE tenant = $1 AND received >= $2 AND received < $3 AND (project = $4 OR $4 IS NULL) \
                     GROUP BY fate, incident) AS g \
                   LEFT JOIN records r ON r.tenant = $1 AND r.key = g.incident GROUP BY 1 ORDER BY 1";
        self.db().all(sql, vals![self.tenant, from, to, project]).await
    }

    /// Events, the latest number first, at most `limit`.
    ///
    /// # Errors
    /// The database fails.
    pub async fn events(&self, filter: &EventFilter, limit: u32) -> Result<Vec<EventRow>, Failure> {
        self.events_in(None, filter, limit).await
    }

    /// The same of one project, or of all.
    ///
    /// # Errors
    /// The database fails.
    pub async fn events_in(
        &self,
        project: Option<&ProjectKey>,
        filter: &EventFilter,
        limit: u32,
    ) -> Result<Vec<EventRow>, Failure> {
        let sql = format!(
            "SELECT * FROM (SELECT {TOLD} WHERE e.tenant = $1 AND e.received >= $2 AND e.received < $3 AND e.id < $5 \
               AND (e.project = $6 OR $6 IS NULL)) AS told \
             WHERE (fate = $4 OR $4 IS NULL) ORDER BY id DESC LIMIT $7"
        );
        let EventFilter { from, to, fate, after } = filter;
        let vals = vals![self.tenant, *from, *to, fate.as_deref(), after.unwrap_or(u64::MAX), project, limit];
        self.db().all(&sql, vals).await
    }

    /// An event by its number.
    ///
    /// # Errors
    /// The database fails.
    pub async fn event(&self, id: u64) -> Result<Option<EventRow>, Failure> {
        let sql = format!("SELECT {TOLD} WHERE e.tenant = $1 AND e.id = $2");
        self.db().first(&sql, vals![self.tenant, id]).await
    }
}

impl Write {
    /// Stores accepted events; their numbers come from [`Write::next_event`].
    ///
    /// # Errors
    /// The database fails.
    pub async fn insert_events(&mut self, events: Vec<EventRow>) -> Result<(), Failure> {
        let tenant = self.tenant();
        let rows = events
            .into_iter()
            .map(|row| {
                vals![
                    tenant,
                    row.id,
                    &row.project,
                    &row.api_key,
                    row.sender,
                    row.received,
                    row.action,
                    row.fate,
                    row.dedup_key,
                    row.alert_key,
                    row.incident.as_ref(),
                    row.kept_in.as_ref(),
                    row.note,
                    &row.body
                ]
            })
            .collect();
        let head = "INSERT INTO alert_events (tenant, id, project, api_key, sender, received, action, fate, dedup_key, \
                    alert_key, incident, kept_in, note, body)";
        self.insert(head, rows, "").await
    }
}
