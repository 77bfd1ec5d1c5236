//! Tables of appendix 5 that were frozen, and the verdicts they fix.

use crate::scope::reads;
use crate::values::{row, vals};
use crate::{Failure, StaffScope, Write};
use domain::clocks::Verdict;
use domain::ids::{BlobId, RecordKey, TenantId};
use domain::time::Instant;
use std::collections::BTreeMap;

row! {
    /// A frozen table without what it says.
    pub struct FrozenRow {
        /// Whose.
        pub tenant: TenantId,
        /// Its number, from 1 without gaps.
        pub number: u32,
        /// The table it restates.
        pub restates: Option<u32>,
        /// From when the period runs.
        pub from: Instant,
        /// Before when it ends.
        pub before: Instant,
        /// When it was frozen.
        pub frozen_at: Instant,
        /// Who froze it: the actor of its fact, as JSON.
        pub frozen_by: String,
        /// SHA-256 over its canonical JSON.
        pub checksum: String,
        /// The blob with its canonical JSON.
        pub document: BlobId,
        /// Why it restates another: a blob.
        pub reason: Option<BlobId>,
        /// Requests and incidents judged by their objective.
        pub judged: u32,
        /// Those that missed it.
        pub missed: u32,
        /// Incidents judged by an agreed limit.
        pub sla_judged: u32,
        /// Those that missed it.
        pub sla_missed: u32,
    }
}

row! {
    /// A verdict of a ticket that a table fixes.
    pub struct FrozenVerdictRow {
        /// The table.
        pub number: u32,
        /// `met` or `missed`.
        pub verdict: String,
        /// From when the table's period runs.
        pub from: Instant,
        /// Before when it ends.
        pub before: Instant,
    }
}

const FROZEN: &str = "SELECT tenant, number, restates, period_from AS \"from\", period_before AS before, frozen_at, frozen_by, \
                      checksum, document, reason, judged, missed, sla_judged, sla_missed FROM frozen_tables";

reads! {
    /// Every frozen table, the newest first.
    pub async fn frozen_tables(from, tenant) -> Vec<FrozenRow> {
        from.all(&format!("{FROZEN} WHERE tenant = $1 ORDER BY number DESC"), vals![tenant]).await
    }

    /// What frozen tables fix of a ticket, the newest table first.
    pub async fn frozen_verdicts(from, tenant, record: &RecordKey) -> Vec<FrozenVerdictRow> {
        let sql = "SELECT v.number, v.verdict, t.period_from AS \"from\", t.period_before AS before FROM frozen_verdicts v \
                   JOIN frozen_tables t ON t.tenant = v.tenant AND t.number = v.number \
                   WHERE v.tenant = $1 AND v.record = $2 ORDER BY v.number DESC";
        from.all(sql, vals![tenant, record]).await
    }
}

impl StaffScope<'_> {
    /// Every frozen table of these tenants, tenant by tenant, the newest first.
    ///
    /// # Errors
    /// The database fails.
    pub async fn all_frozen_tables(&self) -> Result<Vec<FrozenRow>, Failure> {
        let (tenants, vals) = self.tenants_bound();
        let sql = format!("{FROZEN} WHERE tenant IN {tenants} ORDER BY tenant, number DESC");
        self.db().all(&sql, vals).await
    }
}

impl Write {
    /// Keeps a table that a fact of this write froze, with the verdicts it fixes; its tenant is this one whatever the row says.
    ///
    /// # Errors
    /// The database fails.
    pub async fn add_frozen_table(
        &mut self,
        row: &FrozenRow,
        verdicts: &BTreeMap<RecordKey, Verdict>,
    ) -> Result<(), Failure> {
        // The document it refers to goes first.
        self.flush().await?;
        let tenant = self.tenant().clone();
        let vals = vals![
            &tenant,
            row.number,
            row.restates,
            row.from,
            row.before,
            row.frozen_at,
            row.frozen_by.as_str(),
            row.checksum.as_str(),
            &row.document,
            row.reason.as_ref(),
            row.judged,
            row.missed,
            row.sla_judged,
            row.sla_missed
        ];
        let head = "INSERT INTO frozen_tables (tenant, number, restates, period_from, period_before, frozen_at, frozen_by, \
                    checksum, document, reason, judged, missed, sla_judged, sla_missed)";
        self.insert(head, vec![vals], "").await?;
        let one = |(record, verdict): (&RecordKey, &Verdict)| {
            let verdict = if *verdict == Verdict::Met { "met" } else { "missed" };
            vals![&tenant, record, row.number, verdict]
        };
        let rows = verdicts.iter().map(one).collect();
        self.insert("INSERT INTO frozen_verdicts (tenant, record, number, verdict)", rows, "").await
    }
}
