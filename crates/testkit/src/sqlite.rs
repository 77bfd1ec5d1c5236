//! A look into an SQLite file from outside, while no desk runs on it.

use anyhow::Result;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, Row};
use std::path::Path;

/// What `PRAGMA integrity_check` and `PRAGMA foreign_key_check` find in a database; nothing where it is sound.
///
/// # Errors
/// The file is no database.
pub async fn faults(file: &Path) -> Result<Vec<String>> {
    let mut connection = SqliteConnectOptions::new().filename(file).connect().await?;
    let mut faults = vec![];
    for row in sqlx::query("PRAGMA integrity_check").fetch_all(&mut connection).await? {
        let line: String = row.try_get(0)?;
        if line != "ok" {
            faults.push(line);
        }
    }
    for row in sqlx::query("PRAGMA foreign_key_check").fetch_all(&mut connection).await? {
        let (table, parent): (String, String) = (row.try_get(0)?, row.try_get(2)?);
        faults.push(format!("a row of {table} refers to no row of {parent}"));
    }
    connection.close().await?;
    Ok(faults)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_row_without_its_parent_is_found() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("a.db");
        let mut connection = SqliteConnectOptions::new().filename(&file).create_if_missing(true).connect().await?;
        let run = "CREATE TABLE a (id INTEGER PRIMARY KEY); CREATE TABLE b (a INTEGER REFERENCES a (id));";
        sqlx::raw_sql(run).execute(&mut connection).await?;
        assert_eq!(faults(&file).await?, Vec::<String>::new());
        sqlx::raw_sql("PRAGMA foreign_keys = OFF; INSERT INTO b VALUES (1)").execute(&mut connection).await?;
        connection.close().await?;
        assert_eq!(faults(&file).await?, ["a row of b refers to no row of a"]);
        Ok(())
    }
}
