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

/// The rows without the tables of sqlx and of SQLite itself, with SQLite's names of types.
fn tidy(rows: Vec<(String, String, String)>) -> BTreeSet<(String, String, String)> {
    let rows = rows.into_iter().filter(|(table, ..)| !table.starts_with("_sqlx") && !table.starts_with("sqlite_"));
    // The index of words is each database's own.
    let rows = rows.filter(|(table, ..)| !table.starts_with("search_"));
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

/// An index without a figure is one that SQLite's planner takes for a guess beside those it knows.
#[tokio::test]
async fn every_index_of_a_table_that_grows_has_a_figure() {
    let sqlite = bench::sqlite().await;
    let figures = sqlite.look("SELECT tbl, idx, stat FROM sqlite_stat1").await;
    let indexes = sqlite
        .look(
            "SELECT m.name, CASE i.origin WHEN 'pk' THEN '' ELSE i.name END, '' \
             FROM sqlite_schema m JOIN pragma_index_list(m.name) i WHERE m.type = 'table'",
        )
        .await;
    let named = |table: &str, index: &str| figures.iter().any(|(of, name, _)| of == table && name == index);
    for (table, index, _) in indexes.iter().filter(|(table, ..)| figures.iter().any(|(of, ..)| of == table)) {
        let key = index.is_empty() && (named(table, table) || named(table, &format!("sqlite_autoindex_{table}_1")));
        assert!(key || named(table, index), "{table}: {index}");
    }
    for (table, index, figure) in &figures {
        let known = indexes.iter().any(|(of, name, _)| of == table && (name == index || name.is_empty()));
        assert!(known, "{table}: {index} {figure}");
    }
}
