//! Who a query is asked for. A query exists only on one of three scopes, so that a tenant cannot be forgotten.

use crate::Store;
use crate::db::Db;
use crate::values::Val;
use domain::ids::TenantId;

/// One tenant: what a customer, an intake key or a verb works on.
#[derive(Clone, Copy, Debug)]
pub struct Scoped<'a> {
    pub(crate) store: &'a Store,
    pub(crate) tenant: &'a TenantId,
}

/// The tenants that a member of staff may see; an empty list sees nothing.
#[derive(Clone, Copy, Debug)]
pub struct StaffScope<'a> {
    pub(crate) store: &'a Store,
    pub(crate) tenants: &'a [TenantId],
}

/// All tenants and what belongs to none: for workers, for sign-in and for the command line.
#[derive(Clone, Copy, Debug)]
pub struct SystemScope<'a> {
    pub(crate) store: &'a Store,
}

impl<'a> Scoped<'a> {
    /// Whose rows this scope reaches.
    pub fn tenant(&self) -> &'a TenantId {
        self.tenant
    }

    pub(crate) fn db(&self) -> &'a Db {
        &self.store.db
    }
}

impl<'a> StaffScope<'a> {
    pub(crate) fn db(&self) -> &'a Db {
        &self.store.db
    }

    /// `($1, $2, ...)` for the tenants and the values to bind them; an empty list names none.
    pub(crate) fn tenants_bound(&self) -> (String, Vec<Val>) {
        list(0, self.tenants)
    }
}

impl<'a> SystemScope<'a> {
    pub(crate) fn db(&self) -> &'a Db {
        &self.store.db
    }
}

/// `($3, $4, ...)` after `offset` other values. The length is rounded up to a power of two by naming the last one again,
/// so that few distinct statements are prepared. An empty list becomes one NULL, which equals nothing.
pub(crate) fn list<T: Into<Val>>(offset: usize, items: impl IntoIterator<Item = T>) -> (String, Vec<Val>) {
    let mut vals: Vec<Val> = items.into_iter().map(Into::into).collect();
    let last = vals.last().cloned().unwrap_or(Val::Text(None));
    vals.resize(vals.len().max(1).next_power_of_two(), last);
    (crate::db::dialect::places(offset, vals.len()), vals)
}

/// A question asked both outside and inside a write transaction: one body, a method of [`Scoped`] and one of
/// [`crate::Write`], which first flushes what it holds. `from` is the database or the transaction.
macro_rules! reads {
    ($($(#[$doc:meta])* pub async fn $name:ident($from:ident, $tenant:ident $(, $arg:ident: $kind:ty)* $(,)?) -> $out:ty $body:block)*) => {
        impl $crate::Scoped<'_> {$(
            $(#[$doc])*
            ///
            /// # Errors
            /// The database fails.
            pub async fn $name(&self $(, $arg: $kind)*) -> Result<$out, $crate::Failure> {
                let ($from, $tenant) = (self.db(), self.tenant);
                $body
            }
        )*}

        impl $crate::Write {$(
            $(#[$doc])*
            ///
            /// # Errors
            /// The database fails.
            pub async fn $name(&mut self $(, $arg: $kind)*) -> Result<$out, $crate::Failure> {
                self.flush().await?;
                let ($from, $tenant) = self.parts();
                $body
            }
        )*}
    };
}
pub(crate) use reads;
