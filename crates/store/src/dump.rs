//! Loading a whole desk into an empty database, or one tenant into a desk: the other half of a backup.

use crate::db::Tx;
use crate::db::triggers::Lifted;
use crate::tables::{Cell, Table};
use crate::values::vals;
use crate::{Failure, Store, schema};
use domain::ids::TenantId;

/// One transaction that fills an empty database, or puts one tenant's rows in the place of those it has; dropped without
/// [`Load::commit`] it leaves everything as it was.
pub struct Load {
    tx: Tx,
    tables: Vec<Table>,
    lifted: Option<Lifted>,
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
        Ok(Load { tx, tables, lifted: None })
    }

    /// Begins to put one tenant's rows in the place of those it has, which are gone with the commit. Rows of nobody else are
    /// touched: people stand for all tenants and stay.
    ///
    /// # Errors
    /// The database fails.
    pub async fn load_tenant(&self, tenant: &TenantId) -> Result<Load, Failure> {
        let mut tx = self.db.begin().await?;
        tx.without_timeouts().await?;
        let tables = Table::all(&mut tx).await?;
        let lifted = tx.lift_triggers().await?;
        tx.forget_words(tenant).await?;
        // Against the order in which they refer to each other.
        for table in tables.iter().rev() {
            if let Some(own) = table.tenant_column() {
                tx.run(&format!("DELETE FROM {} WHERE {own} = $1", table.name), vals![tenant]).await?;
            }
        }
        Ok(Load { tx, tables, lifted: Some(lifted) })
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

    /// Whether there is a person of that id.
    ///
    /// # Errors
    /// The database fails.
    pub async fn has_person(&mut self, id: &str) -> Result<bool, Failure> {
        let sql = "SELECT CAST(1 AS BIGINT) FROM people WHERE id = $1";
        Ok(self.tx.first::<(i64,)>(sql, vals![id]).await?.is_some())
    }

    /// Makes all of it durable at once.
    ///
    /// # Errors
    /// The database fails.
    pub async fn commit(mut self) -> Result<(), Failure> {
        if let Some(lifted) = self.lifted {
            self.tx.set_triggers(lifted).await?;
        }
        self.tx.know_sizes(&[]).await?;
        self.tx.commit().await
    }
}
