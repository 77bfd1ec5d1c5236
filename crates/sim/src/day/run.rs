//! The command: so many years of days, or every mutant until it is found.

use super::mutants::DayMutant;
use super::year::{self, Outcome};
use crate::run::say;
use clap::ValueEnum;

/// What a round of days showed.
#[derive(Clone, Debug)]
pub struct Round {
    /// What does not hold, in words.
    pub differences: Vec<String>,
    /// The hash over all its chains: the same seed gives the same.
    pub trace: String,
    /// Kinds of the facts that were written.
    pub kinds: Vec<String>,
    /// What came of the tickets, by name.
    pub shown: Vec<&'static str>,
}

/// Lets so many days pass.
pub fn round(seed: u64, days: u64) -> Round {
    let Outcome { differences, trace, kinds, shown, .. } = year::run(seed, days, None);
    let differences = differences.iter().map(ToString::to_string).collect();
    let shown = shown.into_iter().filter(|(_, count)| *count > 0).map(|(what, _)| what).collect();
    Round { differences, trace, kinds: kinds.into_keys().collect(), shown }
}

/// What is rare, such as a completion at the very instant of the due, is looked for under so many seeds.
const TRIES: u64 = 6;

/// The difference that found a mutant, where so many days of this seed or of the next ones find it.
pub fn found_by(seed: u64, days: u64, mutant: DayMutant) -> Option<String> {
    (seed..seed + TRIES).find_map(|seed| {
        let planted = year::run(seed, days, Some(mutant));
        planted.differences.first().map(ToString::to_string)
    })
}

/// One year, told: how many tickets and cells hold and how many not.
pub(crate) fn day(seed: u64, days: u64, mutant: Option<DayMutant>) -> (u64, u64) {
    let outcome = year::run(seed, days, mutant);
    for difference in &outcome.differences {
        say(&format!("  {difference}"));
    }
    let Outcome { tickets, facts, steps, fired, lost, compared, cells, trace, kinds, shown, differences, story } =
        outcome;
    for fact in &story {
        say(fact);
    }
    say(&format!(
        "{tickets} tickets, {facts} facts, {steps} steps, {fired} looks at timers, {lost} lost, {compared} times compared, {cells} cells"
    ));
    let list = |of: &mut dyn Iterator<Item = String>| of.collect::<Vec<_>>().join(", ");
    say(&list(&mut kinds.iter().map(|(kind, count)| format!("{kind} {count}"))));
    say(&list(&mut shown.iter().map(|(what, count)| format!("{what} {count}"))));
    say(&format!("trace {trace}"));
    let failed: std::collections::BTreeSet<String> =
        differences.iter().map(|it| it.key.as_ref().map_or_else(|| it.what.clone(), ToString::to_string)).collect();
    let failed = failed.len() as u64;
    ((tickets + cells).saturating_sub(failed), failed)
}

/// Every mutant, each until it is found.
pub(crate) fn mutants(seed: u64, days: u64) -> (u64, u64) {
    if !year::run(seed, days, None).differences.is_empty() {
        say("the days fail without any mutant, which proves nothing");
        return (0, 1);
    }
    let (mut found, mut missed) = (0, 0);
    for mutant in DayMutant::value_variants() {
        let name = mutant.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
        match found_by(seed, days, *mutant) {
            Some(what) => {
                found += 1;
                say(&format!("{name}: found: {what}"));
            }
            None => {
                missed += 1;
                say(&format!("{name}: NOT FOUND in {TRIES} times {days} days"));
            }
        }
    }
    (found, missed)
}
