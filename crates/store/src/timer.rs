//! Timers: a deadline is a row.

use crate::scope::reads;
use crate::values::{row, vals};
use crate::{Failure, SystemScope, Write};
use domain::ids::TenantId;
use domain::time::Instant;

/// A timer that a subject wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timer {
    /// What it is for; one of each kind a subject.
    pub kind: String,
    /// Raised to arm it again.
    pub generation: u64,
    /// When it fires.
    pub due: Instant,
}

row! {
    /// A timer as it stands.
    pub struct TimerRow {
        /// What it belongs to: a record's key, or another name.
        pub subject: String,
        /// What it is for.
        pub kind: String,
        /// How often it was armed.
        pub generation: u64,
        /// When it fires.
        pub due: Instant,
        /// When it fired.
        pub fired: Option<Instant>,
    }
}

row! {
    /// A tenant with timers that should have fired.
    pub struct DueTenant {
        /// The tenant.
        pub tenant: TenantId,
        /// When the first of them was due.
        pub first: Instant,
        /// How many there are.
        pub count: u64,
    }
}

reads! {
    /// The timers of a subject by kind.
    pub async fn timers_of(from, tenant, subject: &str) -> Vec<TimerRow> {
        let sql = "SELECT subject, kind, generation, due, fired FROM timers WHERE tenant = $1 AND subject = $2 ORDER BY kind";
        from.all(sql, vals![tenant, subject]).await
    }

    /// The tenant's timers after a subject and kind, in their order; for `verify`.
    pub async fn timers(from, tenant, after: (&str, &str), limit: u32) -> Vec<TimerRow> {
        let sql = "SELECT subject, kind, generation, due, fired FROM timers \
                   WHERE tenant = $1 AND (subject, kind) > ($2, $3) ORDER BY subject, kind LIMIT $4";
        from.all(sql, vals![tenant, after.0, after.1, limit]).await
    }
}

/// What is due at `$1`, found by the index of dues: grouped or asked for by tenant, SQLite would walk every timer there is.
const DUE: &str = "WITH due AS MATERIALIZED (SELECT tenant, subject, kind, generation, due, fired FROM timers \
                   WHERE fired IS NULL AND due <= $1)";

impl Write {
    /// Arms timers of subjects that have none yet, few statements for many rows.
    ///
    /// # Errors
    /// The database fails, or such a timer is there already ([`Failure::Conflict`]).
    pub async fn arm_timers(&mut self, timers: Vec<(String, Timer)>) -> Result<(), Failure> {
        let tenant = self.tenant().clone();
        let row = |(subject, timer): (String, Timer)| vals![&tenant, subject, timer.kind, timer.generation, timer.due];
        let rows = timers.into_iter().map(row).collect();
        self.insert("INSERT INTO timers (tenant, subject, kind, generation, due)", rows, "").await
    }

    /// Makes the timers of a subject the wanted ones: arms and moves what differs, arms a fired one again where its
    /// generation rose, and removes what is not wanted and has not fired.
    ///
    /// # Errors
    /// The database fails.
    pub async fn sync_timers(&mut self, subject: &str, wanted: &[Timer]) -> Result<(), Failure> {
        let stored = self.timers_of(subject).await?;
        let tenant = self.tenant().clone();
        let same = |timer: &Timer| {
            stored
                .iter()
                .any(|row| row.kind == timer.kind && row.generation == timer.generation && row.due == timer.due)
        };
        let changed = wanted.iter().filter(|timer| !same(timer));
        let rows = changed.map(|timer| vals![&tenant, subject, &timer.kind, timer.generation, timer.due]).collect();
        let head = "INSERT INTO timers (tenant, subject, kind, generation, due)";
        let tail = "ON CONFLICT (tenant, subject, kind) DO UPDATE SET due = excluded.due, generation = excluded.generation, \
                    fired = CASE WHEN excluded.generation > timers.generation THEN NULL ELSE timers.fired END";
        self.insert(head, rows, tail).await?;
        for row in stored.iter().filter(|row| row.fired.is_none() && wanted.iter().all(|timer| timer.kind != row.kind))
        {
            let sql = "DELETE FROM timers WHERE tenant = $1 AND subject = $2 AND kind = $3";
            self.run(sql, vals![&tenant, subject, &row.kind]).await?;
        }
        Ok(())
    }

    /// The tenant's timers that are due at the transaction's instant and have not fired, the earliest first.
    ///
    /// # Errors
    /// The database fails.
    pub async fn due_timers(&mut self, limit: u32) -> Result<Vec<TimerRow>, Failure> {
        let now = self.now();
        let sql = format!("{DUE} SELECT * FROM due WHERE tenant = $2 ORDER BY due, subject, kind LIMIT $3");
        let (tx, tenant) = self.parts();
        tx.all(&sql, vals![now, tenant, limit]).await
    }

    /// Marks a timer as fired. Says whether it was this call that did: not where it fired already, was armed again or is gone.
    ///
    /// # Errors
    /// The database fails.
    pub async fn mark_fired(&mut self, subject: &str, kind: &str, generation: u64) -> Result<bool, Failure> {
        let sql = "UPDATE timers SET fired = $5 \
                   WHERE tenant = $1 AND subject = $2 AND kind = $3 AND generation = $4 AND fired IS NULL";
        let vals = vals![self.tenant(), subject, kind, generation, self.now()];
        Ok(self.run(sql, vals).await? > 0)
    }
}

impl SystemScope<'_> {
    /// Tenants with timers due at an instant or before, the longest waiting first. With an instant in the past it tells what
    /// is overdue.
    ///
    /// # Errors
    /// The database fails.
    pub async fn due_tenants(&self, at: Instant, limit: u32) -> Result<Vec<DueTenant>, Failure> {
        let sql = format!(
            "{DUE} SELECT tenant, MIN(due) AS first, COUNT(*) AS count FROM due \
             GROUP BY tenant ORDER BY MIN(due), tenant LIMIT $2"
        );
        self.db().all(&sql, vals![at, limit]).await
    }

    /// When the next timer of all is due; none while none is armed.
    ///
    /// # Errors
    /// The database fails.
    pub async fn next_due(&self) -> Result<Option<Instant>, Failure> {
        let due: Option<(Option<i64>,)> =
            self.db().first("SELECT MIN(due) FROM timers WHERE fired IS NULL", vec![]).await?;
        Ok(due.and_then(|(due,)| due).map(Instant::from_ms))
    }
}
