//! Correlations: which incident an alert's key joins.

use crate::scope::list;
use crate::values::{row, vals};
use crate::{Failure, Scoped, Write};
use domain::ids::{ProjectKey, RecordKey};
use domain::time::Instant;
use std::collections::{BTreeMap, HashMap};

row! {
    /// The incident that a key joins.
    pub struct Correlation {
        /// The key.
        pub dedup_key: String,
        /// The incident.
        pub incident: RecordKey,
        /// Until when it takes alerts in; none for as long as it is open.
        pub joins_until: Option<Instant>,
    }
}

row! {
    /// A correlation to be stored.
    pub struct CorrelationRow {
        /// The project of the key.
        pub project: ProjectKey,
        /// The key.
        pub dedup_key: String,
        /// The incident it joins from now on.
        pub incident: RecordKey,
        /// Until when; none for as long as it is open.
        pub joins_until: Option<Instant>,
    }
}

impl Write {
    /// What these keys of a project join; a key that joins nothing is left out.
    ///
    /// # Errors
    /// The database fails.
    pub async fn correlations(
        &mut self,
        project: &ProjectKey,
        keys: &[&str],
    ) -> Result<HashMap<String, Correlation>, Failure> {
        let mut found = HashMap::new();
        for keys in keys.chunks(512) {
            let (places, mut more) = list(2, keys.iter().copied());
            let sql = format!(
                "SELECT dedup_key, incident, joins_until FROM correlations \
                 WHERE tenant = $1 AND project = $2 AND dedup_key IN {places}"
            );
            let (tx, tenant) = self.parts();
            let mut vals = vals![tenant, project];
            vals.append(&mut more);
            let rows: Vec<Correlation> = tx.all(&sql, vals).await?;
            found.extend(rows.into_iter().map(|row| (row.dedup_key.clone(), row)));
        }
        Ok(found)
    }

    /// Stores what keys join from now on. Of two rows with the same key the later one counts.
    ///
    /// # Errors
    /// The database fails.
    pub async fn save_correlations(&mut self, rows: Vec<CorrelationRow>) -> Result<(), Failure> {
        let latest: BTreeMap<_, _> =
            rows.into_iter().map(|row| ((row.project.clone(), row.dedup_key.clone()), row)).collect();
        let tenant = self.tenant();
        let rows = latest
            .into_values()
            .map(|row| vals![tenant, &row.project, row.dedup_key, &row.incident, row.joins_until])
            .collect();
        let head = "INSERT INTO correlations (tenant, project, dedup_key, incident, joins_until)";
        let tail = "ON CONFLICT (tenant, project, dedup_key) DO UPDATE SET incident = excluded.incident, \
                    joins_until = excluded.joins_until";
        self.insert(head, rows, tail).await
    }

    /// Sets until when the keys of an incident join it; none for as long as it is open.
    ///
    /// # Errors
    /// The database fails.
    pub async fn join_until(&mut self, incident: &RecordKey, until: Option<Instant>) -> Result<(), Failure> {
        let sql = "UPDATE correlations SET joins_until = $3 WHERE tenant = $1 AND incident = $2";
        let vals = vals![self.tenant(), incident, until];
        self.run(sql, vals).await.map(drop)
    }
}

impl Scoped<'_> {
    /// All correlations of the tenant after a project and key, in their order; for `verify`.
    ///
    /// # Errors
    /// The database fails.
    pub async fn correlations(
        &self,
        after: Option<(&ProjectKey, &str)>,
        limit: u32,
    ) -> Result<Vec<CorrelationRow>, Failure> {
        let sql = "SELECT project, dedup_key, incident, joins_until FROM correlations \
                   WHERE tenant = $1 AND (project, dedup_key) > ($2, $3) ORDER BY project, dedup_key LIMIT $4";
        let (project, key) = after.map_or(("", ""), |(project, key)| (project.as_str(), key));
        self.db().all(sql, vals![self.tenant, project, key, limit]).await
    }
}
