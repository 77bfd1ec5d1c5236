//! Causes common to several customers, kept by the provider, and the numbers that are being dialled.

use crate::scope::reads;
use crate::values::{row, vals};
use crate::{Failure, IncidentRow, StaffScope, Write};
use domain::time::Instant;

row! {
    /// A cause.
    pub struct CauseRow {
        /// The place of the fact that opened it in the provider's chain.
        pub number: u64,
        /// What is wrong.
        pub title: String,
        /// When it was opened.
        pub opened: Instant,
        /// When it was closed.
        pub closed: Option<Instant>,
    }
}

reads! {
    /// Causes of the provider, open ones first, then the latest opened.
    pub async fn causes(from, tenant, limit: u32) -> Vec<CauseRow> {
        let sql = "SELECT number, title, opened, closed FROM causes WHERE tenant = $1 \
                   ORDER BY CASE WHEN closed IS NULL THEN 0 ELSE 1 END, number DESC LIMIT $2";
        from.all(sql, vals![tenant, limit]).await
    }

    /// A cause.
    pub async fn cause(from, tenant, number: u64) -> Option<CauseRow> {
        let sql = "SELECT number, title, opened, closed FROM causes WHERE tenant = $1 AND number = $2";
        from.first(sql, vals![tenant, number]).await
    }
}

impl StaffScope<'_> {
    /// The incidents of these tenants that are linked to a cause, the nearest duty first.
    ///
    /// # Errors
    /// The database fails.
    pub async fn incidents_of_cause(&self, cause: u64, limit: u32) -> Result<Vec<IncidentRow>, Failure> {
        let (tenants, mut vals) = self.tenants_bound();
        let (number, most) = (vals.len() + 1, vals.len() + 2);
        let sql = format!(
            "{} WHERE r.tenant IN {tenants} AND i.cause = ${number} \
             ORDER BY i.duty_due NULLS LAST, r.opened, r.tenant, r.key LIMIT ${most}",
            crate::record::INCIDENT
        );
        vals.append(&mut vals![cause, limit]);
        self.db().all(&sql, vals).await
    }
}

impl Write {
    /// Adds a cause that a fact of this write opened.
    ///
    /// # Errors
    /// The database fails.
    pub async fn add_cause(&mut self, number: u64, title: &str) -> Result<(), Failure> {
        let sql = "INSERT INTO causes (tenant, number, title, opened) VALUES ($1, $2, $3, $4)";
        let vals = vals![self.tenant(), number, title, self.now()];
        self.run(sql, vals).await.map(drop)
    }

    /// Closes a cause. Says whether it was open.
    ///
    /// # Errors
    /// The database fails.
    pub async fn close_cause(&mut self, number: u64) -> Result<bool, Failure> {
        let sql = "UPDATE causes SET closed = $3 WHERE tenant = $1 AND number = $2 AND closed IS NULL";
        let vals = vals![self.tenant(), number, self.now()];
        Ok(self.run(sql, vals).await? > 0)
    }

    /// Takes a number for somebody until an instant: nobody else dials it meanwhile, for whatever customer. Says whether it was
    /// free, or theirs already.
    ///
    /// # Errors
    /// The database fails.
    pub async fn lease_number(&mut self, digits: &str, holder: &str, until: Instant) -> Result<bool, Failure> {
        let sql = "INSERT INTO number_leases (digits, holder, until) VALUES ($1, $2, $3) \
                   ON CONFLICT (digits) DO UPDATE SET holder = excluded.holder, until = excluded.until \
                   WHERE number_leases.until < $4 OR number_leases.holder = excluded.holder";
        let vals = vals![digits, holder, until, self.now()];
        Ok(self.run(sql, vals).await? > 0)
    }

    /// Gives a number back.
    ///
    /// # Errors
    /// The database fails.
    pub async fn release_number(&mut self, digits: &str, holder: &str) -> Result<(), Failure> {
        let sql = "DELETE FROM number_leases WHERE digits = $1 AND holder = $2";
        let vals = vals![digits, holder];
        self.run(sql, vals).await.map(drop)
    }
}
