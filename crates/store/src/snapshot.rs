//! One consistent reading of the whole database beside all writes: what `verify` and backups read.

use crate::db::Tx;
use crate::fact::{BlobRow, StoredFact};
use crate::scope::list;
use crate::tables::{Cell, Cells, StoredRow, Table};
use crate::values::vals;
use crate::{Failure, Store};
use domain::ids::{BlobId, RecordKey, TenantId};
use std::collections::{HashMap, HashSet};

/// A read transaction: everything asked of it stands at one instant.
pub struct Snapshot {
    tx: Tx,
    tables: Vec<Table>,
}

/// How many values are listed in one statement.
const LISTED: usize = 500;

impl Store {
    /// Begins a reading. It hinders no write.
    ///
    /// # Errors
    /// The database fails.
    pub async fn snapshot(&self) -> Result<Snapshot, Failure> {
        let mut tx = self.db.begin_reading().await?;
        let tables = Table::all(&mut tx).await?;
        Ok(Snapshot { tx, tables })
    }
}

impl Snapshot {
    /// The tables, each after those it refers to.
    pub fn tables(&self) -> &[Table] {
        &self.tables
    }

    fn table(&self, name: &str) -> Result<Table, Failure> {
        let found = self.tables.iter().find(|table| table.name == name);
        found.cloned().ok_or_else(|| Failure::Corrupt(format!("there is no table {name}")))
    }

    /// Rows of a table in the order of its key after a place, of all tenants; `after` has a value for each column of the key.
    ///
    /// # Errors
    /// The database fails.
    pub async fn page(&mut self, table: &Table, after: Option<&[Cell]>, limit: u32) -> Result<Vec<StoredRow>, Failure> {
        let (columns, name, key) = (table.list(), table.name, table.key.join(", "));
        let after = after.unwrap_or_default();
        let beyond = match after.len() {
            0 => String::new(),
            width => format!("WHERE ({key}) > {}", crate::db::dialect::places(0, width)),
        };
        let sql = format!("SELECT {columns} FROM {name} {beyond} ORDER BY {key} LIMIT {limit}");
        let vals = after.iter().cloned().map(|cell| cell.bound(crate::tables::Kind::Text)).collect();
        Ok(table.rows(self.tx.all::<Cells>(&sql, vals).await?))
    }

    /// The tenant's rows of a table in the order of its key.
    ///
    /// # Errors
    /// The database fails.
    pub async fn rows(&mut self, table: &str, tenant: &TenantId) -> Result<Vec<StoredRow>, Failure> {
        let table = self.table(table)?;
        let (columns, name, key) = (table.list(), table.name, table.key.join(", "));
        let own = table.tenant_column().unwrap_or("tenant");
        let sql = format!("SELECT {columns} FROM {name} WHERE {own} = $1 ORDER BY {key}");
        Ok(table.rows(self.tx.all::<Cells>(&sql, vals![tenant]).await?))
    }

    /// The tenant's rows of a table whose column holds one of some texts, in the order of its key.
    ///
    /// # Errors
    /// The database fails.
    pub async fn rows_among(
        &mut self,
        table: &str,
        tenant: &TenantId,
        column: &'static str,
        texts: &[&str],
    ) -> Result<Vec<StoredRow>, Failure> {
        let table = self.table(table)?;
        let (columns, name, key) = (table.list(), table.name, table.key.join(", "));
        let mut rows = vec![];
        for texts in texts.chunks(LISTED) {
            let (places, mut more) = list(1, texts.iter().copied());
            let sql = format!("SELECT {columns} FROM {name} WHERE tenant = $1 AND {column} IN {places} ORDER BY {key}");
            let mut vals = vals![tenant];
            vals.append(&mut more);
            rows.append(&mut table.rows(self.tx.all::<Cells>(&sql, vals).await?));
        }
        Ok(rows)
    }

    /// The tenant's rows of a table whose last column of the key is a number above `after`, in their order.
    ///
    /// # Errors
    /// The database fails.
    pub async fn rows_after(
        &mut self,
        table: &str,
        tenant: &TenantId,
        after: i64,
        limit: u32,
    ) -> Result<Vec<StoredRow>, Failure> {
        let table = self.table(table)?;
        let (columns, name) = (table.list(), table.name);
        let number = table.key.last().copied().unwrap_or_default();
        let sql =
            format!("SELECT {columns} FROM {name} WHERE tenant = $1 AND {number} > $2 ORDER BY {number} LIMIT $3");
        Ok(table.rows(self.tx.all::<Cells>(&sql, vals![tenant, after, limit]).await?))
    }

    /// A row of a table whose column names no record of a fact: nothing that happened put it there.
    ///
    /// # Errors
    /// The database fails.
    pub async fn row_without_facts(
        &mut self,
        table: &str,
        tenant: &TenantId,
        column: &'static str,
    ) -> Result<Option<String>, Failure> {
        let name = self.table(table)?.name;
        let sql = format!(
            "SELECT CAST(t.{column} AS TEXT) FROM {name} t WHERE t.tenant = $1 AND t.{column} IS NOT NULL \
             AND NOT EXISTS (SELECT 1 FROM facts f WHERE f.tenant = t.tenant AND f.record = t.{column}) \
             ORDER BY t.{column} LIMIT 1"
        );
        let found: Option<(String,)> = self.tx.first(&sql, vals![tenant]).await?;
        Ok(found.map(|(text,)| text))
    }

    /// A tenant that a table names and that is not there.
    ///
    /// # Errors
    /// The database fails.
    pub async fn stranger(&mut self, table: &Table) -> Result<Option<String>, Failure> {
        let name = table.name;
        // From each tenant to the next by the key, however many rows it has.
        let sql = format!(
            "WITH RECURSIVE named (id) AS (SELECT MIN(tenant) FROM {name} UNION ALL \
             SELECT (SELECT MIN(tenant) FROM {name} WHERE tenant > named.id) FROM named WHERE named.id IS NOT NULL) \
             SELECT id FROM named WHERE id IS NOT NULL AND id NOT IN (SELECT id FROM tenants) ORDER BY id LIMIT 1"
        );
        let found: Option<(String,)> = self.tx.first(&sql, vec![]).await?;
        Ok(found.map(|(id,)| id))
    }

    /// The facts of the tenant's one lane after a place, in their order.
    ///
    /// # Errors
    /// The database fails.
    pub async fn facts(&mut self, tenant: &TenantId, after: u64, limit: u32) -> Result<Vec<StoredFact>, Failure> {
        let sql = "SELECT seq, lane, record, kind, instant, hash, json FROM facts \
                   WHERE tenant = $1 AND lane = 0 AND seq > $2 ORDER BY seq LIMIT $3";
        self.tx.all(sql, vals![tenant, after, limit]).await
    }

    /// The place of a fact outside the one lane or before its first place.
    ///
    /// # Errors
    /// The database fails.
    pub async fn stray_fact(&mut self, tenant: &TenantId) -> Result<Option<i64>, Failure> {
        let sql =
            "SELECT seq FROM facts WHERE tenant = $1 AND (lane < 0 OR lane > 0 OR (lane = 0 AND seq < 1)) LIMIT 1";
        let found: Option<(i64,)> = self.tx.first(sql, vals![tenant]).await?;
        Ok(found.map(|(seq,)| seq))
    }

    /// The records that facts name, after a key, in the order of keys.
    ///
    /// # Errors
    /// The database fails.
    pub async fn records(&mut self, tenant: &TenantId, after: &str, limit: u32) -> Result<Vec<RecordKey>, Failure> {
        let sql = "SELECT DISTINCT record FROM facts WHERE tenant = $1 AND record > $2 ORDER BY record LIMIT $3";
        let keys: Vec<(String,)> = self.tx.all(sql, vals![tenant, after, limit]).await?;
        Ok(keys.into_iter().map(|(key,)| RecordKey::new(key)).collect())
    }

    /// The facts of some records, record by record, each in order.
    ///
    /// # Errors
    /// The database fails.
    pub async fn facts_of(&mut self, tenant: &TenantId, records: &[RecordKey]) -> Result<Vec<StoredFact>, Failure> {
        let mut facts = vec![];
        for records in records.chunks(LISTED) {
            let (places, mut more) = list(1, records);
            let sql = format!(
                "SELECT seq, lane, record, kind, instant, hash, json FROM facts \
                 WHERE tenant = $1 AND record IN {places} ORDER BY record, seq"
            );
            let mut vals = vals![tenant];
            vals.append(&mut more);
            facts.append(&mut self.tx.all(&sql, vals).await?);
        }
        Ok(facts)
    }

    /// The first fact whose text holds another; slow, for naming a fault that was found.
    ///
    /// # Errors
    /// The database fails.
    pub async fn fact_naming(&mut self, tenant: &TenantId, text: &str) -> Result<Option<u64>, Failure> {
        let sql = "SELECT MIN(seq) FROM facts WHERE tenant = $1 AND json LIKE '%' || $2 || '%'";
        let found: Option<(Option<i64>,)> = self.tx.first(sql, vals![tenant, text]).await?;
        Ok(found.and_then(|(seq,)| seq).and_then(|seq| u64::try_from(seq).ok()))
    }

    /// The tenant's blobs after a name, in the order of names.
    ///
    /// # Errors
    /// The database fails.
    pub async fn blobs(&mut self, tenant: &TenantId, after: &str, limit: u32) -> Result<Vec<BlobRow>, Failure> {
        let sql = "SELECT id, media_type, salt, bytes FROM blobs WHERE tenant = $1 AND id > $2 ORDER BY id LIMIT $3";
        self.tx.all(sql, vals![tenant, after, limit]).await
    }

    /// One blob, erased or not.
    ///
    /// # Errors
    /// The database fails.
    pub async fn blob(&mut self, tenant: &TenantId, id: &BlobId) -> Result<Option<BlobRow>, Failure> {
        let sql = "SELECT id, media_type, salt, bytes FROM blobs WHERE tenant = $1 AND id = $2";
        self.tx.first(sql, vals![tenant, id]).await
    }

    /// Which of some blobs have a row, erased ones too.
    ///
    /// # Errors
    /// The database fails.
    pub async fn blobs_there(&mut self, tenant: &TenantId, ids: &[&BlobId]) -> Result<HashSet<BlobId>, Failure> {
        let mut there = HashSet::with_capacity(ids.len());
        for ids in ids.chunks(LISTED) {
            let (places, mut more) = list(1, ids.iter().copied());
            let sql = format!("SELECT id FROM blobs WHERE tenant = $1 AND id IN {places}");
            let mut vals = vals![tenant];
            vals.append(&mut more);
            let found: Vec<(String,)> = self.tx.all(&sql, vals).await?;
            there.extend(found.into_iter().map(|(id,)| BlobId::new(id)));
        }
        Ok(there)
    }

    /// Several blobs as texts; those that are absent or erased are left out.
    ///
    /// # Errors
    /// The database fails.
    pub async fn texts(&mut self, tenant: &TenantId, ids: &[&BlobId]) -> Result<HashMap<BlobId, String>, Failure> {
        let mut texts = HashMap::new();
        for ids in ids.chunks(LISTED) {
            let (places, mut more) = list(1, ids.iter().copied());
            let sql = format!("SELECT id, bytes FROM blobs WHERE tenant = $1 AND id IN {places} AND bytes IS NOT NULL");
            let mut vals = vals![tenant];
            vals.append(&mut more);
            let found: Vec<(String, Vec<u8>)> = self.tx.all(&sql, vals).await?;
            let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
            texts.extend(found.into_iter().map(|(id, bytes)| (BlobId::new(id), text(bytes))));
        }
        Ok(texts)
    }
}
