//! What was measured, for people and for programs.

use crate::figures::Series;
use anyhow::{Context, Result};
use serde::Serialize;
use std::io::Write;
use std::path::Path;

/// All rows so far.
#[derive(Debug, Default)]
pub(super) struct Table {
    rows: Vec<Row>,
}

#[derive(Debug, Serialize)]
struct Row {
    what: String,
    unit: &'static str,
    p50: f64,
    p95: f64,
    p99: f64,
    runs: usize,
}

impl Table {
    /// Adds a measurement and prints it.
    pub(super) fn add(&mut self, what: String, unit: &'static str, series: &Series) {
        let Some(summary) = series.summary() else { return };
        let row = Row { what, unit, p50: summary.p50, p95: summary.p95, p99: summary.p99, runs: summary.count };
        let line = format!(
            "{:<58} {:>10.1} {:>10.1} {:>10.1} {:<9} of {}",
            row.what, row.p50, row.p95, row.p99, row.unit, row.runs
        );
        if self.rows.is_empty() {
            say(&format!("{:<58} {:>10} {:>10} {:>10}", "", "p50", "p95", "p99"));
        }
        say(&line);
        self.rows.push(row);
    }

    /// Writes all rows as JSON.
    pub(super) fn write(&self, file: &Path) -> Result<()> {
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let text = serde_json::to_string_pretty(&self.rows)?;
        std::fs::write(file, text).with_context(|| file.display().to_string())
    }
}

fn say(line: &str) {
    // Nobody reading is no reason to stop.
    let _gone = writeln!(std::io::stdout(), "{line}");
}
