//! Conventions that a compiler cannot check.

use crate::root;
use std::path::{Path, PathBuf};

fn files(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder of the workspace can be read").flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if path.is_dir() && !name.starts_with('.') && name != "target" {
            files(&path, ending, found);
        } else if name.ends_with(ending) {
            found.push(path);
        }
    }
}

fn texts(ending: &str) -> Vec<(PathBuf, String)> {
    let mut found = vec![];
    files(&root(), ending, &mut found);
    found
        .into_iter()
        .map(|path| (path.clone(), std::fs::read_to_string(path).expect("a source file is text")))
        .collect()
}

#[test]
fn sqlx_is_used_only_by_the_store_and_by_those_who_tamper() {
    let allowed = ["crates/store/", "crates/testkit/", "crates/desk/tests/", "xtask/"];
    for (path, text) in texts(".rs") {
        let name = path.strip_prefix(root()).expect("inside the workspace").display().to_string();
        let uses = text.contains("sqlx::");
        assert!(
            !uses || allowed.iter().any(|folder| name.starts_with(folder)),
            "{name} speaks SQL; only the store does"
        );
    }
}

#[test]
fn scripts_stay_small() {
    // The pack's one script opens a file and belongs to no page of the desk.
    let of_the_face = |path: &Path| !path.ends_with("crates/pack/assets/open.js");
    let scripts = texts(".js").into_iter().filter(|(path, _)| of_the_face(path));
    let lines: usize = scripts.map(|(_, text)| text.lines().count()).sum();
    assert!(lines <= 500, "{lines} lines of script; past 500 take a library (design: the face)");
}

#[test]
fn links_between_documents_lead_somewhere() {
    for (path, text) in texts(".md") {
        let folder = path.parent().expect("a file has a folder");
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let target = link.split('#').next().unwrap_or_default();
            if target.is_empty() || target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            assert!(folder.join(target).exists(), "{}: the link {link} leads nowhere", path.display());
        }
    }
}
