//! Reads the SQL in this crate's sources: a statement on a tenant's table binds the tenant, and none asks for the time.

use std::collections::{BTreeMap, BTreeSet};

/// A text in a source file.
struct Literal {
    place: String,
    text: String,
    /// Whether it stands in an `impl SystemScope`, which may cross tenants.
    is_system: bool,
    /// The constant it is the value of.
    constant: Option<String>,
}

/// All texts of a source file. The crate has no raw strings and no quotation mark as a character.
fn literals(file: &str, source: &str) -> Vec<Literal> {
    let mut found = vec![];
    let (mut is_system, mut open): (bool, Option<(String, Option<String>)>) = (false, None);
    for (number, line) in source.lines().enumerate() {
        if open.is_none() {
            match line {
                "#[cfg(test)]" => break,
                "}" => is_system = false,
                _ if line.starts_with("impl SystemScope<") => is_system = true,
                _ if line.trim_start().starts_with("//") => continue,
                _ => {}
            }
        }
        let constant = line.trim_start().split_once("const ").and_then(|(_, rest)| rest.split_once(':'));
        let mut letters = line.chars().peekable();
        while let Some(letter) = letters.next() {
            match (&mut open, letter) {
                (None, '"') => open = Some((String::new(), constant.map(|(name, _)| name.to_owned()))),
                (Some(_), '"') => {
                    let (text, constant) = open.take().unwrap();
                    found.push(Literal { place: format!("{file}:{}", number + 1), text, is_system, constant });
                }
                (Some(_), '\\') if letters.peek().is_none() => {}
                (Some((text, _)), '\\') => text.extend(letters.next()),
                (Some((text, _)), letter) => text.push(letter),
                (None, _) => {}
            }
        }
    }
    found
}

/// The tables with a tenant column, by the migration's text.
fn tenant_tables() -> BTreeSet<String> {
    let schema = include_str!("../../migrations/postgres/0001_spine.sql");
    let tables = schema.split("CREATE TABLE ").skip(1).filter(|table| table.contains("\n  tenant TEXT"));
    tables.filter_map(|table| table.split_whitespace().next()).map(str::to_owned).collect()
}

/// The tenants' tables a statement names, once for each time it does.
fn named(sql: &str, tables: &BTreeSet<String>) -> Vec<String> {
    let words: Vec<&str> = sql.split([' ', '\n', ',']).filter(|word| !word.is_empty()).collect();
    let named = words.windows(2).filter(|pair| matches!(pair[0], "FROM" | "JOIN" | "INTO" | "UPDATE" | "(FROM"));
    named.map(|pair| pair[1].trim_matches(['(', ')']).to_owned()).filter(|word| tables.contains(word)).collect()
}

/// What is wrong with a statement.
fn fault(sql: &str, tables: &BTreeSet<String>) -> Option<String> {
    let named = named(sql, tables);
    let squeezed = sql.split_whitespace().collect::<Vec<_>>().join(" ");
    let inserts = squeezed.matches("(tenant, ").count() - squeezed.matches("CONFLICT (tenant, ").count();
    let squeezed = squeezed.replace("tenant || '' IN", "tenant IN");
    let bound = squeezed.matches("tenant = $").count() + squeezed.matches("tenant IN {tenants}").count() + inserts;
    let joined = squeezed.matches("tenant = ").count() - squeezed.matches("tenant = $").count();
    match named.len() {
        0 => None,
        _ if bound == 0 => Some(format!("no tenant is bound: {squeezed}")),
        tables if bound + joined < tables => Some(format!("a tenant is not bound: {squeezed}")),
        _ => None,
    }
}

fn sources() -> BTreeMap<String, String> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files = std::fs::read_dir(&folder).unwrap().chain(std::fs::read_dir(folder.join("db")).unwrap());
    let files = files.map(|entry| entry.unwrap().path()).filter(|path| path.extension().is_some_and(|e| e == "rs"));
    files.map(|path| (path.display().to_string(), std::fs::read_to_string(path).unwrap())).collect()
}

#[test]
fn every_statement_on_a_tenants_table_binds_the_tenant() {
    let tables = tenant_tables();
    let (mut checked, mut faults) = (0, vec![]);
    for (file, source) in sources() {
        let all = literals(&file, &source);
        let constants: Vec<_> =
            all.iter().filter_map(|l| Some((format!("{{{}}}", l.constant.as_ref()?), &l.text))).collect();
        for literal in all.iter().filter(|literal| !literal.is_system && literal.constant.is_none()) {
            let sql = constants.iter().fold(literal.text.clone(), |sql, (name, text)| sql.replace(name, text));
            checked += usize::from(!named(&sql, &tables).is_empty());
            faults.extend(fault(&sql, &tables).map(|fault| format!("{}: {fault}", literal.place)));
        }
    }
    assert_eq!(faults, Vec::<String>::new());
    assert!(checked >= 60, "only {checked} statements were found");
}

#[test]
fn a_forgotten_tenant_is_seen() {
    let tables = tenant_tables();
    assert!(tables.contains("facts") && !tables.contains("people"), "{tables:?}");
    for good in [
        "SELECT seq FROM facts WHERE tenant = $1",
        "SELECT r.key FROM records r JOIN incidents i ON i.tenant = r.tenant WHERE r.tenant IN {tenants}",
        "INSERT INTO facts (tenant, lane)",
        "SELECT id FROM people WHERE email = $1",
    ] {
        assert_eq!(fault(good, &tables), None);
    }
    for bad in [
        "SELECT seq FROM facts WHERE seq = $1",
        "UPDATE alerts SET count = 1 WHERE incident = $1",
        "DELETE FROM timers",
        "SELECT r.key FROM records r JOIN incidents i ON i.key = r.key WHERE r.tenant = $1",
        "INSERT INTO facts (lane, seq) ON CONFLICT (tenant, lane) DO NOTHING",
    ] {
        assert!(fault(bad, &tables).is_some(), "{bad}");
    }
}

#[test]
fn no_statement_asks_for_the_time() {
    for (file, source) in sources().into_iter().filter(|(file, _)| !file.ends_with("clock.rs")) {
        for literal in literals(&file, &source) {
            let text = literal.text.to_lowercase();
            for word in ["now()", "current_timestamp", "clock_timestamp", "datetime(", "unixepoch("] {
                assert!(!text.contains(word), "{}: {word}", literal.place);
            }
        }
    }
}
