//! Answers remembered under a caller's `Idempotency-Key`, so that a repeated POST does nothing twice.

use crate::scope::reads;
use crate::values::{row, vals};
use crate::{Failure, SystemScope, Write};
use domain::time::Instant;

row! {
    /// A remembered answer.
    pub struct Remembered {
        /// The hash of the request it answered; another request under the same key is refused.
        pub request: String,
        /// The HTTP status.
        pub status: u16,
        /// The body.
        pub body: Vec<u8>,
        /// When it was given.
        pub created: Instant,
    }
}

reads! {
    /// The answer given to a caller under a key.
    pub async fn recall(from, tenant, caller: &str, key: &str) -> Option<Remembered> {
        let sql = "SELECT request, status, body, created FROM idempotency WHERE tenant = $1 AND caller = $2 AND key = $3";
        from.first(sql, vals![tenant, caller, key]).await
    }
}

impl Write {
    /// Remembers the answer to a caller's request, in the transaction of its effect.
    ///
    /// # Errors
    /// The database fails, or the key is taken ([`Failure::Conflict`]).
    pub async fn remember(
        &mut self,
        caller: &str,
        key: &str,
        request: &str,
        status: u16,
        body: &[u8],
    ) -> Result<(), Failure> {
        let sql = "INSERT INTO idempotency (tenant, caller, key, request, status, body, created) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7)";
        let vals = vals![self.tenant(), caller, key, request, status, body, self.now()];
        self.run(sql, vals).await.map(drop)
    }
}

impl SystemScope<'_> {
    /// Forgets answers given before an instant. Says how many.
    ///
    /// # Errors
    /// The database fails.
    pub async fn forget_answers(&self, before: Instant) -> Result<u64, Failure> {
        self.db().run("DELETE FROM idempotency WHERE created < $1", vals![before]).await
    }
}
