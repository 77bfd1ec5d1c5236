//! A derived part against what the bundle holds: the first line that differs, by the fact behind it.

use super::Context;
use crate::verify::{Checked, VerifyError, fault, fault_of};
use domain::ids::RecordKey;
use serde_json::Value;
use std::fs::File;
use std::io::{BufRead, BufReader};

/// Compares line by line.
pub(crate) fn compare(context: &Context, part: &str, derived: File, found: File) -> Checked {
    let (mut derived, mut found) = (BufReader::new(derived), BufReader::new(found));
    let (mut number, mut says, mut has) = (0_u64, vec![], vec![]);
    loop {
        number += 1;
        says.clear();
        has.clear();
        derived.read_until(b'\n', &mut says)?;
        found.read_until(b'\n', &mut has)?;
        if says != has {
            return Err(differs(context, part, number, &says, &has));
        }
        if says.is_empty() {
            return Ok(());
        }
    }
}

fn differs(context: &Context, part: &str, number: u64, says: &[u8], has: &[u8]) -> VerifyError {
    let (says, has) = (String::from_utf8_lossy(says), String::from_utf8_lossy(has));
    let common = says.chars().zip(has.chars()).take_while(|(a, b)| a == b).count();
    let from = common.saturating_sub(30);
    let excerpt = |line: &str| match line.is_empty() {
        true => "nothing".to_owned(),
        false => format!("“{}”", line.trim_end().chars().skip(from).take(80).collect::<String>()),
    };
    let what = format!("part {part}, line {number} says {}, and the facts say {}", excerpt(&has), excerpt(&says));
    match behind(&says).or_else(|| behind(&has)) {
        Some((record, seq)) => fault_of(&context.tenant, seq.min(context.head.seq), &record, what),
        None => fault(&context.tenant, context.head.seq, what),
    }
}

/// The ticket of a line and its last fact.
fn behind(line: &str) -> Option<(RecordKey, u64)> {
    if let Ok(line) = serde_json::from_str::<Value>(line) {
        return Some((RecordKey::new(line.get("key")?.as_str()?), line.get("seq")?.as_u64()?));
    }
    let mut cells = line.split(',');
    Some((RecordKey::new(cells.next()?), cells.next()?.parse().ok()?))
}
