//! Alerts kept in windows of work: how each stands, how often it was told, and where it went when the window ended.

use crate::scope::{list, reads};
use crate::values::{Val, row, vals};
use crate::{Failure, StaffScope, SystemScope, Write};
use domain::ids::{RecordKey, TenantId};
use domain::time::Instant;
use domain::window::Left;
use std::collections::BTreeMap;

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

/// The columns of an alert.
const ALERT: &str = "window_key, dedup_key, alert_key, status, severity, summary, source, first_received, last_received, \
                     count, counted, led_to";

reads! {
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

impl StaffScope<'_> {
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

impl WindowAlertRow {
    /// An event that acknowledges or resolves may come without words and host: then those told before stand.
    fn keep_words_of(&mut self, before: &Self) {
        if self.summary.is_empty() {
            (self.severity, self.summary) = (before.severity.clone(), before.summary.clone());
        }
        if self.source.is_empty() {
            self.source.clone_from(&before.source);
        }
    }
}

impl Write {
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
                alert.keep_words_of(before);
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
                    severity = CASE excluded.summary WHEN '' THEN window_alerts.severity ELSE excluded.severity END, \
                    summary = CASE excluded.summary WHEN '' THEN window_alerts.summary ELSE excluded.summary END, \
                    source = CASE excluded.source WHEN '' THEN window_alerts.source ELSE excluded.source END, \
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
