//! Samples of the pages of procedures: those that ship.

use super::{ProcedureLine, ProcedurePage, ProceduresPage, Walk};
use domain::process::shipped;
use std::sync::Arc;

/// The list.
pub fn list_samples() -> Vec<(&'static str, ProceduresPage)> {
    let line = |process: &Arc<domain::process::Process>| ProcedureLine {
        begin: process.opening().map(|verb| (verb.label.clone(), format!("/records/new?process={}", process.code))),
        records: format!("/records?process={}", process.code),
        edition: (process.code == "complaint").then_some(2),
        process: Arc::clone(process),
    };
    let lines = shipped::all().iter().map(line).collect();
    vec![("all", ProceduresPage { lines }), ("none", ProceduresPage { lines: vec![] })]
}

/// Each procedure, and one with a record's way on it.
pub fn samples() -> Vec<(&'static str, ProcedurePage)> {
    let mut samples: Vec<(&'static str, ProcedurePage)> = shipped::FILES
        .iter()
        .zip(shipped::all())
        .map(|(file, process)| {
            (file.code, ProcedurePage { process: Arc::clone(process), edition: Some(1), record: None })
        })
        .collect();
    let states = ["received", "reviewing", "planned", "working", "completed", "working"].map(str::to_owned).to_vec();
    let record = ("NGS-21".to_owned(), "/requests/NGS-21".to_owned(), Walk { states });
    let walked = ProcedurePage { process: shipped::request(), edition: None, record: Some(record) };
    samples.push(("walked", walked));
    samples
}
