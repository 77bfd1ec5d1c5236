//! Delegations: a right that one person lets another use (代理), at certain hours.

use crate::scope::reads;
use crate::values::{row, vals};
use crate::{Failure, SystemScope, Write};
use domain::ids::{DelegationId, PersonId, TenantId};
use domain::time::Instant;

row! {
    /// A delegation; it holds from `valid_from` on and before `valid_to`.
    pub struct DelegationRow {
        /// In which tenant.
        pub tenant: TenantId,
        /// Its id.
        pub id: DelegationId,
        /// Whose right it is.
        pub giver: PersonId,
        /// Who may use it.
        pub taker: PersonId,
        /// The right's code.
        pub right_code: String,
        /// From this minute of the day on, 0 to 1439.
        pub minute_from: u32,
        /// Before this minute of the day; not after `minute_from` where it crosses midnight.
        pub minute_to: u32,
        /// From when on.
        pub valid_from: Instant,
        /// Until when; none for as long as nobody ends it.
        pub valid_to: Option<Instant>,
    }
}

reads! {
    /// The tenant's delegations valid at an instant.
    pub async fn delegations(from, tenant, at: Instant) -> Vec<DelegationRow> {
        let sql = "SELECT tenant, id, giver, taker, right_code, minute_from, minute_to, valid_from, valid_to FROM delegations \
                   WHERE tenant = $1 AND valid_from <= $2 AND (valid_to IS NULL OR valid_to > $2) ORDER BY id";
        from.all(sql, vals![tenant, at]).await
    }
}

impl SystemScope<'_> {
    /// What is delegated to a person in all tenants at an instant; the hours are not looked at.
    ///
    /// # Errors
    /// The database fails.
    pub async fn delegations_to(&self, taker: &PersonId, at: Instant) -> Result<Vec<DelegationRow>, Failure> {
        let sql = "SELECT tenant, id, giver, taker, right_code, minute_from, minute_to, valid_from, valid_to FROM delegations \
                   WHERE taker = $1 AND valid_from <= $2 AND (valid_to IS NULL OR valid_to > $2) ORDER BY tenant, id";
        self.db().all(sql, vals![taker, at]).await
    }
}

impl Write {
    /// Delegates a right, in this tenant whatever the row says.
    ///
    /// # Errors
    /// The database fails, or there is no such person ([`Failure::Corrupt`]).
    pub async fn add_delegation(&mut self, row: &DelegationRow) -> Result<(), Failure> {
        let sql = "INSERT INTO delegations \
                   (tenant, id, giver, taker, right_code, minute_from, minute_to, valid_from, valid_to) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
        let vals = vals![
            self.tenant(),
            &row.id,
            &row.giver,
            &row.taker,
            &row.right_code,
            row.minute_from,
            row.minute_to,
            row.valid_from,
            row.valid_to
        ];
        self.run(sql, vals).await.map(drop)
    }

    /// Ends a delegation at an instant. Says whether it was still running then.
    ///
    /// # Errors
    /// The database fails.
    pub async fn end_delegation(&mut self, id: &DelegationId, at: Instant) -> Result<bool, Failure> {
        let sql = "UPDATE delegations SET valid_to = $3 WHERE tenant = $1 AND id = $2 AND (valid_to IS NULL OR valid_to > $3)";
        let vals = vals![self.tenant(), id, at];
        Ok(self.run(sql, vals).await? > 0)
    }
}
