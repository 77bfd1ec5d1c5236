//! Some weeks of what `cargo xtask sim --what day` does at length.

use clap::ValueEnum;
use sim::day::{DayMutant, found_by, round};

const SEED: u64 = 20_261_123;
const DAYS: u64 = 45;

/// Kinds of facts of a request that the days write and the auditor reads.
const AUDITED: &[&str] = &[
    "request.answered",
    "request.approved",
    "request.asked",
    "request.begun",
    "request.cancelled",
    "request.closed",
    "request.completed",
    "request.date_offered",
    "request.date_replied",
    "request.declined",
    "request.due_passed",
    "request.evidenced",
    "request.excepted",
    "request.filed",
    "request.handed_over",
    "request.messaged",
    "request.miss_explained",
    "request.noted",
    "request.planned",
    "request.reclassified",
    "request.reminded",
    "request.returned",
    "request.taken",
    "request.urgent",
    "request.work_checked",
];

/// R-3.3.2-*, R-4.1.1-*, R-4.1.3-7, R-5.3-11, -12, R-A5-*: rules and auditor never part, every kind of fact
/// is there, and the same seed brings the same days back.
#[test]
fn days_hold() {
    let days = round(SEED, DAYS);
    assert!(days.differences.is_empty(), "seed {SEED}: {:#?}", days.differences);
    let missing: Vec<&str> = AUDITED.iter().copied().filter(|kind| !days.kinds.iter().any(|it| it == kind)).collect();
    assert!(missing.is_empty(), "{DAYS} days without {missing:?}");
    for what in ["closed by itself", "held for consent", "approved by both", "missed", "second completion", "window"] {
        assert!(days.shown.contains(&what), "{DAYS} days without {what}: {:?}", days.shown);
    }
    assert_eq!(round(SEED, DAYS).trace, days.trace);
    assert_ne!(round(SEED + 1, 3).trace, round(SEED, 3).trace);
}

/// An auditor that finds nothing wrong proves nothing: every planted fault is found.
#[test]
fn every_fault_planted_in_a_day_is_found() {
    for mutant in DayMutant::value_variants() {
        assert!(found_by(SEED, 366, *mutant).is_some(), "{mutant:?} is not found in six years");
    }
}
