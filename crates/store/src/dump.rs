//! Loading a whole desk into an empty database: the other half of a backup.

use crate::db::Tx;
use crate::tables::{Cell, Table};
use crate::{Failure, Store, schema};

/// One transaction that fills an empty database; dropped without [`Load::commit`] it leaves nothing behind.
pub struct Load {
    tx: Tx,
    tables: Vec<Table>,
}

/// The newest step of the schema this program knows.
pub fn schema_version() -> i64 {
    schema::newest()
}

impl Store {
    /// Begins to fill the database.
    ///
    /// # Errors
    /// The database fails, or it is not empty ([`Failure::Conflict`] names a table).
    pub async fn load(&self) -> Result<Load, Failure> {
        let mut tx = self.db.begin().await?;
        tx.without_timeouts().await?;
        let tables = Table::all(&mut tx).await?;
        for Table { name, .. } in &tables {
            if tx.first::<(i64,)>(&format!("SELECT CAST(1 AS BIGINT) FROM {name} LIMIT 1"), vec![]).await?.is_some() {
                return Err(Failure::Conflict(format!("the database is not empty: table {name} has rows")));
            }
        }
        Ok(Load { tx, tables })
    }
}

impl Load {
    /// Inserts rows; each has a value for each of the columns.
    ///
    /// # Errors
    /// There is no such table or column, a row has too many or too few values, or the database refuses it.
    pub async fn insert(&mut self, table: &str, columns: &[String], rows: Vec<Vec<Cell>>) -> Result<(), Failure> {
        let unknown = |what: String| Failure::Corrupt(format!("the backup names {what}, which this schema has not"));
        let found = self.tables.iter().find(|known| known.name == table);
        let Table { name, columns: known, .. } = found.ok_or_else(|| unknown(format!("table {table}")))?;
        let kind = |column: &String| known.iter().find(|(name, _)| name == column).map(|(_, kind)| *kind);
        let mut kinds = vec![];
        for column in columns {
            kinds.push(kind(column).ok_or_else(|| unknown(format!("column {table}.{column}")))?);
        }
        if rows.iter().any(|row| row.len() != kinds.len()) {
            return Err(Failure::Corrupt(format!("a row of table {table} does not have {} values", kinds.len())));
        }
        let bound = |row: Vec<Cell>| row.into_iter().zip(&kinds).map(|(cell, kind)| cell.bound(*kind)).collect();
        let rows = rows.into_iter().map(bound).collect();
        self.tx.insert(&format!("INSERT INTO {name} ({})", columns.join(", ")), rows, "").await
    }

    /// Makes all of it durable at once.
    ///
    /// # Errors
    /// The database fails.
    pub async fn commit(self) -> Result<(), Failure> {
        self.tx.commit().await
    }
}
