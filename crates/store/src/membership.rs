//! Memberships: which person holds which role in which tenant, and when.

use crate::scope::reads;
use crate::values::{row, vals};
use crate::{Failure, PersonRow, SystemScope, Write};
use domain::access::Role;
use domain::ids::{MembershipId, PersonId, TenantId};
use domain::time::Instant;

row! {
    /// A membership; it holds from `valid_from` on and before `valid_to`.
    pub struct MembershipRow {
        /// In which tenant.
        pub tenant: TenantId,
        /// Its id.
        pub id: MembershipId,
        /// Who.
        pub person: PersonId,
        /// Which role.
        pub role: Role,
        /// From when on.
        pub valid_from: Instant,
        /// Until when; none for as long as nobody ends it.
        pub valid_to: Option<Instant>,
    }
}

reads! {
    /// The tenant's memberships valid at an instant.
    pub async fn memberships(from, tenant, at: Instant) -> Vec<MembershipRow> {
        let sql = "SELECT tenant, id, person, role, valid_from, valid_to FROM memberships \
                   WHERE tenant = $1 AND valid_from <= $2 AND (valid_to IS NULL OR valid_to > $2) ORDER BY person, role, id";
        from.all(sql, vals![tenant, at]).await
    }

    /// A membership, valid or not.
    pub async fn membership(from, tenant, id: &MembershipId) -> Option<MembershipRow> {
        let sql = "SELECT tenant, id, person, role, valid_from, valid_to FROM memberships WHERE tenant = $1 AND id = $2";
        from.first(sql, vals![tenant, id]).await
    }

    /// The people who hold a role in the tenant at an instant and may sign in, by name.
    pub async fn holders(from, tenant, role: Role, at: Instant) -> Vec<PersonRow> {
        let sql = "SELECT p.id, p.email, p.name, p.reading, p.lang, p.password, p.created, p.disabled FROM people p \
                   WHERE p.disabled IS NULL AND p.id IN (SELECT m.person FROM memberships m WHERE m.tenant = $1 \
                   AND m.role = $2 AND m.valid_from <= $3 AND (m.valid_to IS NULL OR m.valid_to > $3)) ORDER BY p.name, p.id";
        from.all(sql, vals![tenant, role, at]).await
    }
}

impl SystemScope<'_> {
    /// A person's memberships in all tenants valid at an instant.
    ///
    /// # Errors
    /// The database fails.
    pub async fn memberships_of(&self, person: &PersonId, at: Instant) -> Result<Vec<MembershipRow>, Failure> {
        let sql = "SELECT tenant, id, person, role, valid_from, valid_to FROM memberships \
                   WHERE person = $1 AND valid_from <= $2 AND (valid_to IS NULL OR valid_to > $2) ORDER BY tenant, role, id";
        self.db().all(sql, vals![person, at]).await
    }
}

impl Write {
    /// The people who hold a role at the provider or for this tenant at an instant and may sign in, by name.
    ///
    /// # Errors
    /// The database fails.
    pub async fn staff(&mut self, role: Role, at: Instant) -> Result<Vec<PersonRow>, Failure> {
        let sql = "SELECT p.id, p.email, p.name, p.reading, p.lang, p.password, p.created, p.disabled FROM people p \
                   WHERE p.disabled IS NULL AND p.id IN (SELECT m.person FROM memberships m WHERE (m.tenant = $1 \
                   OR m.tenant IN (SELECT t.id FROM tenants t WHERE t.kind = 'provider')) \
                   AND m.role = $2 AND m.valid_from <= $3 AND (m.valid_to IS NULL OR m.valid_to > $3)) ORDER BY p.name, p.id";
        let (tx, tenant) = self.parts();
        tx.all(sql, vals![tenant, role, at]).await
    }

    /// Grants a role, in this tenant whatever the row says.
    ///
    /// # Errors
    /// The database fails, or there is no such person ([`Failure::Corrupt`]).
    pub async fn add_membership(&mut self, row: &MembershipRow) -> Result<(), Failure> {
        let sql =
            "INSERT INTO memberships (tenant, id, person, role, valid_from, valid_to) VALUES ($1, $2, $3, $4, $5, $6)";
        let vals = vals![self.tenant(), &row.id, &row.person, row.role, row.valid_from, row.valid_to];
        self.run(sql, vals).await.map(drop)
    }

    /// Ends a membership at an instant. Says whether it was still running then.
    ///
    /// # Errors
    /// The database fails.
    pub async fn end_membership(&mut self, id: &MembershipId, at: Instant) -> Result<bool, Failure> {
        let sql = "UPDATE memberships SET valid_to = $3 WHERE tenant = $1 AND id = $2 AND (valid_to IS NULL OR valid_to > $3)";
        let vals = vals![self.tenant(), id, at];
        Ok(self.run(sql, vals).await? > 0)
    }
}
