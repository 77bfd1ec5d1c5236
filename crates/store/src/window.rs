//! Windows of work, and the alerts kept in them. Both are caches of folds; the words stand in blobs alone.

use crate::scope::{list, reads};
use crate::values::{Val, row, vals};
use crate::{Failure, StaffScope, SystemScope, Write};
use domain::ids::{BlobId, ProjectKey, RecordKey, TenantId};
use domain::time::Instant;
use domain::window::{Left, Standing, Window, WindowState};
use std::collections::BTreeMap;

/// A window with its words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WindowRow {
    /// Whose it is.
    pub tenant: TenantId,
    /// Its name, `KEY-Wn`.
    pub key: RecordKey,
    /// Its project.
    pub project: ProjectKey,
    /// `planned` or `customer`.
    pub kind: String,
    /// Patterns of hosts, one a line, empty for the whole project; none where the words were erased.
    pub hosts: Option<String>,
    /// What is done; empty where the words were erased.
    pub work: String,
    /// Who told it by telephone.
    pub caller: Option<String>,
    /// Its begin.
    pub from: Instant,
    /// Its end.
    pub to: Instant,
    /// When it was announced.
    pub announced: Instant,
    /// When it ended; none while it stands.
    pub ended: Option<Instant>,
    /// Whether it was cancelled.
    pub cancelled: bool,
}

impl WindowRow {
    /// Where it stands at an instant.
    pub fn state(&self, now: Instant) -> WindowState {
        WindowState::at(now, self.from, self.to, self.ended.is_some(), self.cancelled)
    }

    /// The window as the intake meets it.
    pub fn standing(&self) -> Standing {
        Standing { key: self.key.clone(), hosts: self.hosts.clone(), from: self.from, to: self.to }
    }
}

row! {
    /// A window as the table holds it, with the bytes of its blobs.
    pub struct StoredWindow {
        pub tenant: TenantId,
        pub key: RecordKey,
        pub project: ProjectKey,
        pub kind: String,
        pub hosts: Option<Vec<u8>>,
        pub work: Option<Vec<u8>>,
        pub caller: Option<Vec<u8>>,
        pub begins: Instant,
        pub ends: Instant,
        pub announced: Instant,
        pub ended: Option<Instant>,
        pub cancelled: u32,
    }
}

impl From<StoredWindow> for WindowRow {
    fn from(it: StoredWindow) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        Self {
            tenant: it.tenant,
            key: it.key,
            project: it.project,
            kind: it.kind,
            hosts: it.hosts.map(text),
            work: it.work.map(text).unwrap_or_default(),
            caller: it.caller.map(text),
            from: it.begins,
            to: it.ends,
            announced: it.announced,
            ended: it.ended,
            cancelled: it.cancelled != 0,
        }
    }
}

row! {
    /// An alert kept in a window.
    pub struct WindowAlertRow {
        /// The window.
        pub window_key: RecordKey,
        /// What joins its events.
        pub dedup_key: String,
        /// Which alert.
        pub alert_key: String,
        /// `firing` or `resolved`, as the tool said last before the window ended.
        pub status: String,
        /// The severity as the sender says it.
        pub severity: String,
        /// One line.
        pub summary: String,
        /// What it is about, such as a host.
        pub source: String,
        /// When it was first kept here.
        pub first_received: Instant,
        /// When it was last told here.
        pub last_received: Instant,
        /// How often it was told here.
        pub count: u64,
        /// How many of those stand in facts.
        pub counted: u64,
        /// The incident it opened or joined when the window ended, or the window that keeps it since.
        pub led_to: Option<RecordKey>,
    }
}

/// What every query of a window selects.
const WINDOW: &str = "SELECT w.tenant, w.key, w.project, w.kind, h.bytes AS hosts, k.bytes AS work, c.bytes AS caller, \
                      w.begins, w.ends, w.announced, w.ended, w.cancelled FROM windows w \
                      LEFT JOIN blobs h ON h.tenant = w.tenant AND h.id = w.hosts \
                      LEFT JOIN blobs k ON k.tenant = w.tenant AND k.id = w.work \
                      LEFT JOIN blobs c ON c.tenant = w.tenant AND c.id = w.caller";

/// The columns of an alert.
const ALERT: &str = "window_key, dedup_key, alert_key, status, severity, summary, source, first_received, last_received, \
                     count, counted, led_to";

reads! {
    /// A window by its name.
    pub async fn window(from, tenant, key: &RecordKey) -> Option<WindowRow> {
        let sql = format!("{WINDOW} WHERE w.tenant = $1 AND w.key = $2");
        let stored: Option<StoredWindow> = from.first(&sql, vals![tenant, key]).await?;
        Ok(stored.map(WindowRow::from))
    }

    /// The windows of a project that have not ended, coming ones too, the one that ends first before the others.
    pub async fn standing_windows(from, tenant, project: &ProjectKey) -> Vec<WindowRow> {
        let sql = format!("{WINDOW} WHERE w.tenant = $1 AND w.project = $2 AND w.ended IS NULL ORDER BY w.ends, w.number");
        let stored: Vec<StoredWindow> = from.all(&sql, vals![tenant, project]).await?;
        Ok(stored.into_iter().map(WindowRow::from).collect())
    }

    /// The alerts of a window, the first received first.
    pub async fn alerts_in_window(from, tenant, key: &RecordKey) -> Vec<WindowAlertRow> {
        let sql = format!(
            "SELECT {ALERT} FROM window_alerts WHERE tenant = $1 AND window_key = $2 \
             ORDER BY first_received, dedup_key, alert_key"
        );
        from.all(&sql, vals![tenant, key]).await
    }

    /// Alerts in windows with repeats that stand in no fact yet, at most `limit` after a window, dedup key and alert key.
    pub async fn uncounted_in_windows(from, tenant, after: (&str, &str, &str), limit: u32) -> Vec<WindowAlertRow> {
        let sql = format!(
            "SELECT {ALERT} FROM window_alerts WHERE tenant = $1 AND counted < count \
             AND (window_key, dedup_key, alert_key) > ($2, $3, $4) ORDER BY window_key, dedup_key, alert_key LIMIT $5"
        );
        from.all(&sql, vals![tenant, after.0, after.1, after.2, limit]).await
    }
}

/// Which windows of many tenants to list.
#[derive(Clone, Debug, Default)]
pub struct WindowQuery {
    /// Only of this project.
    pub project: Option<ProjectKey>,
    /// Only those that have not ended, or only those that have.
    pub standing: Option<bool>,
    /// Only those that come after this place in the list: its begin and its name.
    pub after: Option<(Instant, RecordKey)>,
}

impl StaffScope<'_> {
    /// Windows of these tenants, the last to begin first, at most `limit`.
    ///
    /// # Errors
    /// The database fails.
    pub async fn windows(&self, query: &WindowQuery, limit: u32) -> Result<Vec<WindowRow>, Failure> {
        let (tenants, mut vals) = self.tenants_bound();
        let mut sql = format!("{WINDOW} WHERE w.tenant IN {tenants}");
        if let Some(project) = &query.project {
            vals.push(Val::from(project));
            sql += &format!(" AND w.project = ${}", vals.len());
        }
        match query.standing {
            Some(true) => sql += " AND w.ended IS NULL",
            Some(false) => sql += " AND w.ended IS NOT NULL",
            None => {}
        }
        if let Some((begins, key)) = &query.after {
            sql += &format!(" AND (w.begins, w.key) < (${}, ${})", vals.len() + 1, vals.len() + 2);
            vals.append(&mut vals![*begins, key]);
        }
        sql += &format!(" ORDER BY w.begins DESC, w.key DESC LIMIT ${}", vals.len() + 1);
        vals.push(Val::from(limit));
        let stored: Vec<StoredWindow> = self.db().all(&sql, vals).await?;
        Ok(stored.into_iter().map(WindowRow::from).collect())
    }

    /// The alerts of some windows of these tenants, at most `limit`: those that fire first, then the last told of.
    ///
    /// # Errors
    /// The database fails.
    pub async fn alerts_in_windows(&self, keys: &[RecordKey], limit: u32) -> Result<Vec<WindowAlertRow>, Failure> {
        let (tenants, mut vals) = self.tenants_bound();
        let (places, mut more) = list(vals.len(), keys);
        vals.append(&mut more);
        let sql = format!(
            "SELECT {ALERT} FROM window_alerts WHERE tenant IN {tenants} AND window_key IN {places} \
             ORDER BY status, last_received DESC, window_key, dedup_key, alert_key LIMIT ${}",
            vals.len() + 1
        );
        vals.push(Val::from(limit));
        self.db().all(&sql, vals).await
    }

    /// How many alerts fire in windows of these tenants that have not ended, by window.
    ///
    /// # Errors
    /// The database fails.
    pub async fn firing_in_windows(&self) -> Result<BTreeMap<RecordKey, u64>, Failure> {
        let (tenants, vals) = self.tenants_bound();
        let sql = format!(
            "SELECT a.window_key, COUNT(*) FROM window_alerts a \
             JOIN windows w ON w.tenant = a.tenant AND w.key = a.window_key \
             WHERE w.tenant IN {tenants} AND w.ended IS NULL AND a.status = 'firing' GROUP BY a.window_key"
        );
        let counts: Vec<(String, i64)> = self.db().all(&sql, vals).await?;
        let count = |(key, count)| (RecordKey::new(key), u64::try_from(count).unwrap_or(0));
        Ok(counts.into_iter().map(count).collect())
    }
}

impl SystemScope<'_> {
    /// Tenants with repeats in windows that stand in no fact yet.
    ///
    /// # Errors
    /// The database fails.
    pub async fn tenants_uncounted_in_windows(&self) -> Result<Vec<TenantId>, Failure> {
        let sql = "SELECT DISTINCT tenant FROM window_alerts WHERE counted < count ORDER BY tenant";
        let tenants: Vec<(String,)> = self.db().all(sql, vec![]).await?;
        Ok(tenants.into_iter().map(|(tenant,)| TenantId::new(tenant)).collect())
    }
}

impl Write {
    /// The number of the project's next window, from 1 without gaps.
    ///
    /// # Errors
    /// The database fails.
    pub async fn next_window(&mut self, project: &ProjectKey) -> Result<u64, Failure> {
        // Nobody else counts meanwhile: the chain's head is locked.
        let sql = "SELECT COALESCE(MAX(number), 0) + 1 FROM windows WHERE tenant = $1 AND project = $2";
        let (tx, tenant) = self.parts();
        let next: Option<(i64,)> = tx.first(sql, vals![tenant, project]).await?;
        Ok(next.and_then(|(next,)| u64::try_from(next).ok()).unwrap_or(1))
    }

    /// Stores a window as its facts tell it.
    ///
    /// # Errors
    /// The database fails.
    pub async fn save_window(&mut self, it: &Window) -> Result<(), Failure> {
        // The row refers to the blobs.
        self.flush().await?;
        let caller: Option<&BlobId> = it.caller.as_ref();
        let ended = it.ended.as_ref().map(|mark| mark.at);
        let row = vals![
            self.tenant(),
            &it.key,
            &it.project,
            it.number,
            it.kind.code(),
            &it.hosts,
            &it.work,
            caller,
            it.from,
            it.to,
            it.announced.at,
            ended,
            u32::from(it.cancelled)
        ];
        let head = "INSERT INTO windows (tenant, key, project, number, kind, hosts, work, caller, begins, ends, announced, \
                    ended, cancelled)";
        let tail = "ON CONFLICT (tenant, key) DO UPDATE SET ends = excluded.ends, ended = excluded.ended, \
                    cancelled = excluded.cancelled";
        self.insert(head, vec![row], tail).await
    }

    /// Those alerts of some windows that have one of some dedup keys.
    ///
    /// # Errors
    /// The database fails.
    pub async fn known_in_windows(
        &mut self,
        windows: &[RecordKey],
        dedup_keys: &[&str],
    ) -> Result<Vec<WindowAlertRow>, Failure> {
        let mut found = vec![];
        for dedup_keys in dedup_keys.chunks(512) {
            let (windows, mut named) = list(1, windows);
            let (places, mut more) = list(1 + named.len(), dedup_keys.iter().copied());
            let sql = format!(
                "SELECT {ALERT} FROM window_alerts \
                 WHERE tenant = $1 AND window_key IN {windows} AND dedup_key IN {places}"
            );
            let (tx, tenant) = self.parts();
            let mut vals = vals![tenant];
            vals.append(&mut named);
            vals.append(&mut more);
            found.append(&mut tx.all(&sql, vals).await?);
        }
        Ok(found)
    }

    /// Stores alerts of windows. Of one that is there already `count` and `counted` are added to, and status, severity,
    /// summary, source and `last_received` replaced; several rows of the same alert add up in the same way.
    ///
    /// # Errors
    /// The database fails.
    pub async fn upsert_window_alerts(&mut self, alerts: Vec<WindowAlertRow>) -> Result<(), Failure> {
        let mut merged: BTreeMap<_, WindowAlertRow> = BTreeMap::new();
        for mut alert in alerts {
            let place = (alert.window_key.clone(), alert.dedup_key.clone(), alert.alert_key.clone());
            if let Some(before) = merged.get(&place) {
                alert.first_received = before.first_received;
                alert.count += before.count;
                alert.counted += before.counted;
            }
            merged.insert(place, alert);
        }
        let tenant = self.tenant();
        let row = |it: WindowAlertRow| {
            vals![
                tenant,
                &it.window_key,
                it.dedup_key,
                it.alert_key,
                it.status,
                it.severity,
                it.summary,
                it.source,
                it.first_received,
                it.last_received,
                it.count,
                it.counted
            ]
        };
        let rows = merged.into_values().map(row).collect();
        let head = "INSERT INTO window_alerts (tenant, window_key, dedup_key, alert_key, status, severity, summary, source, \
                    first_received, last_received, count, counted)";
        let tail = "ON CONFLICT (tenant, window_key, dedup_key, alert_key) DO UPDATE SET status = excluded.status, \
                    severity = excluded.severity, summary = excluded.summary, source = excluded.source, \
                    last_received = excluded.last_received, count = window_alerts.count + excluded.count, \
                    counted = window_alerts.counted + excluded.counted";
        self.insert(head, rows, tail).await
    }

    /// Says that the first `counted` tellings of an alert in a window stand in facts now.
    ///
    /// # Errors
    /// The database fails.
    pub async fn mark_counted_in_window(&mut self, alert: &WindowAlertRow, counted: u64) -> Result<(), Failure> {
        let sql = "UPDATE window_alerts SET counted = $5 \
                   WHERE tenant = $1 AND window_key = $2 AND dedup_key = $3 AND alert_key = $4";
        let vals = vals![self.tenant(), &alert.window_key, &alert.dedup_key, &alert.alert_key, counted];
        self.run(sql, vals).await.map(drop)
    }

    /// Says where alerts went when their window ended.
    ///
    /// # Errors
    /// The database fails.
    pub async fn lead_out_of_window(&mut self, window: &RecordKey, left: &[Left]) -> Result<(), Failure> {
        let sql = "UPDATE window_alerts SET led_to = $5 \
                   WHERE tenant = $1 AND window_key = $2 AND dedup_key = $3 AND alert_key = $4";
        for Left { dedup_key, alert_key, to } in left {
            let vals = vals![self.tenant(), window, dedup_key, alert_key, to];
            self.run(sql, vals).await?;
        }
        Ok(())
    }
}
