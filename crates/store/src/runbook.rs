//! What runbooks are matched with, incidents that had none, and what happened to a host before.

use crate::scope::reads;
use crate::values::vals;
use domain::ids::{BlobId, ProjectKey, RecordKey};

reads! {
    /// Incidents of a project that were without a runbook when they were taken, settled since or not.
    pub async fn without_runbook(from, tenant, project: &ProjectKey) -> Vec<RecordKey> {
        let sql = "SELECT DISTINCT f.record FROM facts f JOIN records r ON r.tenant = f.tenant AND r.key = f.record \
                   WHERE f.tenant = $1 AND f.kind = 'incident.runbook_missing' AND r.project = $2 ORDER BY f.record";
        let found: Vec<(String,)> = from.all(sql, vals![tenant, project]).await?;
        Ok(found.into_iter().map(|(key,)| RecordKey::new(key)).collect())
    }

    /// The blob with the body of an alert event; none where there is no such event.
    pub async fn event_body(from, tenant, event: u64) -> Option<BlobId> {
        let sql = "SELECT body FROM alert_events WHERE tenant = $1 AND id = $2";
        let found: Option<(String,)> = from.first(sql, vals![tenant, event]).await?;
        Ok(found.map(|(body,)| BlobId::new(body)))
    }

    /// Incidents of a project with an alert about a host, the last told of first.
    pub async fn incidents_of_source(from, tenant, project: &ProjectKey, source: &str, limit: u32) -> Vec<RecordKey> {
        let sql = "SELECT incident FROM alerts WHERE tenant = $1 AND project = $2 AND source = $3 \
                   GROUP BY incident ORDER BY MAX(first_received) DESC, incident DESC LIMIT $4";
        let found: Vec<(String,)> = from.all(sql, vals![tenant, project, source, limit]).await?;
        Ok(found.into_iter().map(|(key,)| RecordKey::new(key)).collect())
    }
}
