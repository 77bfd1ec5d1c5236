//! The layer table of ARCHITECTURE.md against what cargo knows: page and code cannot part.

use crate::root;
use cargo_metadata::{DependencyKind, MetadataCommand};
use std::collections::BTreeMap;

/// Rows of the table: crate, layer, the crates it uses.
fn written() -> BTreeMap<String, (String, Vec<String>)> {
    let page = std::fs::read_to_string(root().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md is there");
    let rows =
        page.lines().skip_while(|line| !line.starts_with("| crate ")).skip(2).take_while(|line| line.starts_with('|'));
    rows.map(|row| {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let names = |cell: &str| -> Vec<String> {
            let mut names: Vec<String> = cell
                .split([',', ' '])
                .filter(|name| !name.is_empty() && *name != "-")
                .map(|name| name.trim_matches('`').to_owned())
                .collect();
            names.sort();
            names
        };
        (cells[1].trim_matches('`').to_owned(), (cells[2].to_owned(), names(cells[3])))
    })
    .collect()
}

/// What cargo knows: crate, the crates of ours it uses outside tests.
fn real() -> BTreeMap<String, Vec<String>> {
    let metadata =
        MetadataCommand::new().manifest_path(root().join("Cargo.toml")).no_deps().exec().expect("cargo metadata");
    let ours: Vec<String> = metadata.packages.iter().map(|package| package.name.to_string()).collect();
    let used = |package: &cargo_metadata::Package| {
        let mut used: Vec<String> = package
            .dependencies
            .iter()
            .filter(|dependency| dependency.kind == DependencyKind::Normal && ours.contains(&dependency.name))
            .map(|dependency| dependency.name.clone())
            .collect();
        used.sort();
        used
    };
    metadata.packages.iter().map(|package| (package.name.to_string(), used(package))).collect()
}

fn rank(layer: &str) -> u8 {
    match layer {
        "L0" => 0,
        "L1" => 1,
        "L2" => 2,
        "L3" => 3,
        "L4" => 4,
        "bin" => 5,
        "dev" => 6,
        other => panic!("'{other}' is no layer"),
    }
}

#[test]
fn the_layer_table_is_what_cargo_knows() {
    let written: BTreeMap<String, Vec<String>> = written().into_iter().map(|(name, (_, uses))| (name, uses)).collect();
    assert_eq!(written, real(), "left: ARCHITECTURE.md, right: cargo metadata");
}

#[test]
fn no_crate_uses_a_higher_layer() {
    let table = written();
    for (name, (layer, uses)) in &table {
        for used in uses {
            let below = &table[used].0;
            assert!(rank(below) <= rank(layer), "{name} ({layer}) uses {used} ({below})");
        }
    }
}
