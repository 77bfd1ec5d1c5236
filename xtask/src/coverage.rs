//! `docs/coverage.md`: each requirement, the code or procedure that names it, and the test that does; or why not yet.
//!
//! Requirements stand in `docs/requirements.txt`, a line each: ID, what the software must do, and behind a third bar why it is
//! not done yet. Where they are met is read from the sources: `R-4.2.2-5, -6`, `R-4.2.2-9 to -15` and `R-A5-*` name several.

use crate::root;
use anyhow::{Context, Result, ensure};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};

const LIST: &str = "docs/requirements.txt";
const TABLE: &str = "docs/coverage.md";
/// Where code, procedures and tests stand.
const SOURCES: [&str; 4] = ["crates", "madoguchi", "e2e", "processes"];

/// A line of the list.
#[derive(Debug, PartialEq, Eq)]
struct Requirement<'a> {
    id: &'a str,
    what: &'a str,
    /// Why it is not done yet.
    not_yet: Option<&'a str>,
}

fn read(list: &str) -> Result<Vec<Requirement<'_>>> {
    let mut known = BTreeSet::new();
    let mut requirements = vec![];
    for (number, line) in (1..).zip(list.lines()).filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'))
    {
        let mut parts = line.splitn(3, '|').map(str::trim);
        let (id, what, not_yet) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default(), parts.next());
        ensure!(id.starts_with("R-") && !what.is_empty(), "{LIST}:{number}: give an ID and what it asks for");
        ensure!(known.insert(id), "{LIST}:{number}: {id} stands there twice");
        requirements.push(Requirement { id, what, not_yet: not_yet.filter(|why| !why.is_empty()) });
    }
    Ok(requirements)
}

/// The requirements that a text names, `R-4.2.2-*` as it stands.
fn named(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (at, _) in text.match_indices("R-") {
        let rest = &text[at + 2..];
        let section_end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '.')).unwrap_or(rest.len());
        let section = &rest[..section_end];
        let starts_well = section.starts_with(|c: char| c.is_ascii_digit() || c == 'A');
        let Some((mut last, mut rest)) = number(&rest[section_end..]).filter(|_| starts_well) else { continue };
        let mut add = |number: &str| found.insert(format!("R-{section}-{number}"));
        add(last);
        loop {
            let (is_range, after) = match (rest.strip_prefix(" to "), rest.strip_prefix(", ")) {
                (Some(after), _) => (true, after),
                (_, Some(after)) => (false, after),
                _ => match rest.strip_prefix(" and ") {
                    Some(after) => (false, after),
                    None => break,
                },
            };
            let after = after.strip_prefix("R-").and_then(|after| after.strip_prefix(section)).unwrap_or(after);
            let Some((next, after)) = number(after) else { break };
            if is_range && let (Ok(from), Ok(to)) = (last.parse::<u32>(), next.parse::<u32>()) {
                for between in from..=to {
                    add(&between.to_string());
                }
            }
            add(next);
            (last, rest) = (next, after);
        }
    }
    found
}

/// `-12` or `-*`, and what follows.
fn number(text: &str) -> Option<(&str, &str)> {
    let text = text.strip_prefix('-')?;
    let end = if text.starts_with('*') { 1 } else { text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()) };
    (end > 0).then(|| text.split_at(end))
}

/// A file of code in two: what it does, and its tests.
fn split<'a>(path: &str, text: &'a str) -> (&'a str, &'a str) {
    let all_tests = path.contains("/tests/") || path.ends_with("tests.rs") || path.starts_with("e2e/");
    match text.find("#[cfg(test)]") {
        _ if all_tests => ("", text),
        Some(at) => text.split_at(at),
        None => (text, ""),
    }
}

type Places = BTreeMap<String, BTreeSet<String>>;

/// Where each requirement is named: in code and procedures, and in tests.
fn places(root: &Path) -> Result<(Places, Places)> {
    let mut files = vec![];
    for folder in SOURCES {
        walk(&root.join(folder), &mut files)?;
    }
    let (mut code, mut tests) = (Places::new(), Places::new());
    for file in files {
        let text = std::fs::read_to_string(&file).with_context(|| file.display().to_string())?;
        let path = file.strip_prefix(root)?.display().to_string();
        let (does, tested) = split(&path, &text);
        for (part, places) in [(does, &mut code), (tested, &mut tests)] {
            for id in named(part) {
                places.entry(id).or_default().insert(path.clone());
            }
        }
    }
    Ok((code, tests))
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in std::fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.is_dir() {
            walk(&path, files)?;
        } else if path.extension().is_some_and(|ending| ending == "rs" || ending == "md") {
            files.push(path);
        }
    }
    Ok(())
}

/// The table, and the requirements that nothing names and nothing excuses.
fn table(list: &str, code: &Places, tests: &Places) -> Result<(String, Vec<String>)> {
    let requirements = read(list)?;
    let whole = |id: &str| format!("{}-*", id.rsplit_once('-').map_or(id, |(section, _)| section));
    let at = |places: &Places, id: &str| {
        let found: BTreeSet<&String> =
            [id.to_owned(), whole(id)].iter().filter_map(|id| places.get(id)).flatten().collect();
        let links = found.iter().map(|path| {
            format!(
                "[{}](../{path})",
                path.rsplit('/').take(2).collect::<Vec<_>>().into_iter().rev().collect::<Vec<_>>().join("/")
            )
        });
        links.collect::<Vec<_>>().join(", ")
    };
    let mut lines = String::new();
    let mut open = vec![];
    let (mut tested, mut excused) = (0, 0);
    for it in &requirements {
        let (does, shown) = (at(code, it.id), at(tests, it.id));
        let shown = match it.not_yet {
            Some(why) => {
                excused += 1;
                format!("not yet: {why}")
            }
            None if shown.is_empty() => {
                open.push(it.id.to_owned());
                String::new()
            }
            None => {
                tested += 1;
                shown
            }
        };
        writeln!(lines, "| {} | {} | {does} | {shown} |", it.id, it.what)?;
    }
    let head = format!(
        "# Coverage\n\nWritten by `cargo xtask coverage` from [requirements.txt](requirements.txt) and the sources. Of {} requirements {tested} are named by a test and {excused} are not done yet.\n\n\
         | requirement | the software must | code or procedure | test, or why not yet |\n| --- | --- | --- | --- |\n",
        requirements.len()
    );
    Ok((head + &lines, open))
}

/// Writes the table anew.
pub(crate) fn write() -> Result<()> {
    let root = root();
    let list = std::fs::read_to_string(root.join(LIST)).context(LIST)?;
    let (code, tests) = places(&root)?;
    let (text, open) = table(&list, &code, &tests)?;
    std::fs::write(root.join(TABLE), text).context(TABLE)?;
    ensure!(
        open.is_empty(),
        "no test names {}; name it where it is tested, or say in {LIST} why not yet",
        open.join(", ")
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_and_ranges_name_each_requirement() {
        let cases: [(&str, &[&str]); 10] = [
            ("(R-3.4-3)", &["R-3.4-3"]),
            ("R-4.2.2-5, -6: rank by rank", &["R-4.2.2-5", "R-4.2.2-6"]),
            ("R-4.2.2-9 to -11, Q-24", &["R-4.2.2-10", "R-4.2.2-11", "R-4.2.2-9"]),
            ("R-5.2-1 to -3, -8, R-5.4.1-3", &["R-5.2-1", "R-5.2-2", "R-5.2-3", "R-5.2-8", "R-5.4.1-3"]),
            ("R-5.3-11 and -12", &["R-5.3-11", "R-5.3-12"]),
            ("R-A5-*: the table", &["R-A5-*"]),
            ("R-A1-2.", &["R-A1-2"]),
            ("OR-4 R-x R-4.2 R-", &[]),
            ("R-3.3.2-1 to R-3.3.2-3", &["R-3.3.2-1", "R-3.3.2-2", "R-3.3.2-3"]),
            ("T-R-3.3.2-1", &["R-3.3.2-1"]),
        ];
        for (text, ids) in cases {
            assert_eq!(named(text).into_iter().collect::<Vec<_>>(), ids, "{text}");
        }
    }

    #[test]
    fn a_requirement_is_tested_or_excused() {
        let places = |pairs: &[(&str, &str)]| -> Places {
            pairs.iter().map(|(id, path)| ((*id).to_owned(), BTreeSet::from([(*path).to_owned()]))).collect()
        };
        let list = "# 3.4\nR-3.4-1 | projects have phases\nR-3.4-2 | merge projects | asked for by nobody yet\n\nR-A5-1 | the table\n";
        let (code, tests) =
            (places(&[("R-3.4-1", "crates/a/src/b.rs")]), places(&[("R-A5-*", "crates/a/tests/it/c.rs")]));
        let (text, open) = table(list, &code, &tests).unwrap();
        assert_eq!(open, ["R-3.4-1"]);
        assert!(text.contains("| R-3.4-1 | projects have phases | [src/b.rs](../crates/a/src/b.rs) |  |"), "{text}");
        assert!(text.contains("| R-3.4-2 | merge projects |  | not yet: asked for by nobody yet |"), "{text}");
        assert!(text.contains("| R-A5-1 | the table |  | [it/c.rs](../crates/a/tests/it/c.rs) |"), "{text}");
        assert!(text.contains("Of 3 requirements 1 are named by a test and 1 are not done yet."), "{text}");
        assert!(table("R-1-1 | a\nR-1-1 | b", &code, &tests).is_err());
        assert!(table("nonsense", &code, &tests).is_err());
    }

    /// The table is the one that the sources give.
    #[test]
    fn the_table_is_current() {
        let root = root();
        let list = std::fs::read_to_string(root.join(LIST)).unwrap();
        let (code, tests) = places(&root).unwrap();
        let (text, open) = table(&list, &code, &tests).unwrap();
        assert_eq!(open, Vec::<String>::new(), "no test names them");
        assert!(text == std::fs::read_to_string(root.join(TABLE)).unwrap(), "run cargo xtask coverage");
    }
}
