//! Both databases have the same tables, columns and indexes, as their live catalogues tell.

use crate::bench;
use std::collections::BTreeSet;

const SQLITE_COLUMNS: &str = "SELECT m.name, p.name, p.type || CASE p.\"notnull\" WHEN 1 THEN ' NOT NULL' ELSE '' END \
                              FROM sqlite_schema m JOIN pragma_table_info(m.name) p WHERE m.type = 'table'";
const POSTGRES_COLUMNS: &str = "SELECT table_name::text, column_name::text, \
                                data_type::text || CASE is_nullable WHEN 'NO' THEN ' NOT NULL' ELSE '' END \
                                FROM information_schema.columns WHERE table_schema = 'public'";
const SQLITE_INDEXES: &str = "SELECT tbl_name, name, '' FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL";
const POSTGRES_INDEXES: &str = "SELECT tablename::text, indexname::text, '' FROM pg_indexes WHERE schemaname = 'public' \
                                AND indexname NOT IN (SELECT conname FROM pg_constraint)";

/// The rows without sqlx's own table, with SQLite's names of types.
fn tidy(rows: Vec<(String, String, String)>) -> BTreeSet<(String, String, String)> {
    let rows = rows.into_iter().filter(|(table, ..)| !table.starts_with("_sqlx"));
    let rename = |kind: String| kind.replace("bigint", "INTEGER").replace("bytea", "BLOB").replace("text", "TEXT");
    rows.map(|(table, name, kind)| (table, name, rename(kind))).collect()
}

#[tokio::test]
async fn both_schemas_are_the_same() {
    let (sqlite, postgres) = (bench::sqlite().await, bench::postgres().await);
    let columns = tidy(sqlite.look(SQLITE_COLUMNS).await);
    assert!(columns.contains(&("facts".into(), "json".into(), "TEXT NOT NULL".into())), "{columns:?}");
    assert_eq!(columns, tidy(postgres.look(POSTGRES_COLUMNS).await));
    let indexes = tidy(sqlite.look(SQLITE_INDEXES).await);
    assert!(indexes.contains(&("timers".into(), "timers_due".into(), String::new())), "{indexes:?}");
    assert_eq!(indexes, tidy(postgres.look(POSTGRES_INDEXES).await));
}
