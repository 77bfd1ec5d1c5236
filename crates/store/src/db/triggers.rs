//! The triggers that keep facts and checkpoints from being changed, lifted and set again within one transaction.

use super::Tx;
use crate::Failure;

/// What sets the lifted triggers again.
pub(crate) struct Lifted(Vec<String>);

impl Tx {
    /// Lifts them until [`Tx::set_triggers`]; a transaction that is dropped before has lifted nothing.
    pub(crate) async fn lift_triggers(&mut self) -> Result<Lifted, Failure> {
        let guarded = ["facts", "checkpoints"];
        if let Self::Postgres(_) = self {
            for table in guarded {
                self.run(&format!("ALTER TABLE {table} DISABLE TRIGGER USER"), vec![]).await?;
            }
            let set = guarded.map(|table| format!("ALTER TABLE {table} ENABLE TRIGGER USER"));
            return Ok(Lifted(set.to_vec()));
        }
        let sql = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name";
        let triggers: Vec<(String, String)> = self.all(sql, vec![]).await?;
        let mut set = vec![];
        for (name, sql) in triggers {
            self.run(&format!("DROP TRIGGER {name}"), vec![]).await?;
            set.push(sql);
        }
        Ok(Lifted(set))
    }

    /// Sets them again.
    pub(crate) async fn set_triggers(&mut self, lifted: Lifted) -> Result<(), Failure> {
        for sql in lifted.0 {
            self.run(&sql, vec![]).await?;
        }
        Ok(())
    }
}
