//! Secrets that wait to be read once, sealed; what became of them stands in the facts.

use crate::values::vals;
use crate::{Failure, Write};
use domain::ids::RecordKey;
use domain::time::Instant;

impl Write {
    /// Keeps a sealed secret; `number` is the fact that handed it over.
    ///
    /// # Errors
    /// The database fails.
    pub async fn keep_secret(
        &mut self,
        number: u64,
        record: &RecordKey,
        until: Instant,
        sealed: &str,
    ) -> Result<(), Failure> {
        let sql = "INSERT INTO secrets (tenant, number, record, until, sealed) VALUES ($1, $2, $3, $4, $5)";
        self.run(sql, vals![self.tenant(), number, record, until, sealed]).await.map(drop)
    }

    /// Takes a sealed secret away; none where it is not there.
    ///
    /// # Errors
    /// The database fails.
    pub async fn take_secret(&mut self, number: u64) -> Result<Option<String>, Failure> {
        let sql = "DELETE FROM secrets WHERE tenant = $1 AND number = $2 RETURNING sealed";
        let sealed: Option<(String,)> = self.returning(sql, vals![self.tenant(), number]).await?;
        Ok(sealed.map(|(sealed,)| sealed))
    }
}
