//! The command: so many years of nights, or every mutant until it is found.

use crate::day::{self, DayMutant};
use crate::mutants::Mutant;
use crate::night::{self, Counts, Outcome};
use clap::{Parser, ValueEnum};
use std::io::Write;

/// Nights of one year.
const NIGHTS: u64 = 365;
/// Nights in which a mutant must be found.
const MUTANT_NIGHTS: u64 = 365;

/// Seeded nights, and an independent auditor behind every step
#[derive(Parser, Clone, Debug)]
#[command(name = "sim")]
pub struct Args {
    /// What to simulate
    #[arg(long, value_enum, default_value = "night")]
    pub what: What,
    /// Seed of all random choices; a new one by default
    #[arg(long)]
    pub seed: Option<u64>,
    /// Years of nights
    #[arg(long, default_value_t = 1)]
    pub years: u64,
    /// Nights instead of whole years
    #[arg(long)]
    pub nights: Option<u64>,
    /// Only this history, with all that was written
    #[arg(long)]
    pub history: Option<u64>,
    /// Plant every fault, one after the other, and show what found it
    #[arg(long)]
    pub mutants: bool,
    /// Plant this fault
    #[arg(long, value_enum)]
    pub mutant: Option<Mutant>,
    /// Days instead of a whole year
    #[arg(long)]
    pub days: Option<u64>,
    /// Plant this fault in the days
    #[arg(long, value_enum)]
    pub day_mutant: Option<DayMutant>,
}

/// What can be simulated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum What {
    /// Nights of the desk: notices, calls, reports, escalations
    Night,
    /// Days of the support centre: requests, their dues, and the table of appendix 5
    Day,
}

/// Prints a line; nobody reading is no reason to stop.
pub(crate) fn say(line: &str) {
    let _gone = writeln!(std::io::stdout(), "{line}");
}

/// Runs what is asked for and returns how many failed. The last line it prints is `N passed, N failed`.
pub fn run(args: &Args) -> u64 {
    let seed = args.seed.unwrap_or_else(testkit::now_ms);
    say(&format!("seed {seed}"));
    let days = args.days.unwrap_or(366);
    let (passed, failed) = match (args.history, args.mutants) {
        _ if args.what == What::Day && args.mutants => day::mutants(seed, days),
        _ if args.what == What::Day => day::day(seed, days, args.day_mutant),
        (Some(history), _) => one(seed, history, args.mutant),
        (None, true) => mutants(seed, args.nights.unwrap_or(MUTANT_NIGHTS)),
        (None, false) => nights(seed, args.nights.unwrap_or(args.years * NIGHTS), args.mutant),
    };
    say(&format!("{passed} passed, {failed} failed"));
    failed
}

/// One history, with the facts of the incident it failed on.
fn one(seed: u64, history: u64, mutant: Option<Mutant>) -> (u64, u64) {
    let outcome = night::run(seed, history, mutant);
    say(&told(&outcome.counts));
    say(&format!("trace {}", outcome.trace));
    tell(seed, history, &outcome);
    if outcome.differences.is_empty() { (1, 0) } else { (0, 1) }
}

/// So many histories.
fn nights(seed: u64, count: u64, mutant: Option<Mutant>) -> (u64, u64) {
    let (mut failed, mut all) = (0, Counts::default());
    let mut trace = String::new();
    for history in 0..count {
        let outcome = night::run(seed, history, mutant);
        all.add(&outcome.counts);
        trace = domain::fact::sha256(&[trace.as_bytes(), outcome.trace.as_bytes()]);
        if !outcome.differences.is_empty() {
            failed += 1;
            if failed <= 3 {
                tell(seed, history, &outcome);
            }
        }
    }
    say(&told(&all));
    say(&format!("trace {trace}"));
    (count - failed, failed)
}

/// Every mutant, each until it is found.
fn mutants(seed: u64, count: u64) -> (u64, u64) {
    let (mut found, mut missed) = (0, 0);
    for mutant in Mutant::value_variants() {
        let name = mutant.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
        match found_by(seed, count, *mutant) {
            Some((history, what)) => {
                found += 1;
                say(&format!("{name}: found in history {history}: {what}"));
            }
            None => {
                missed += 1;
                say(&format!("{name}: NOT FOUND in {count} histories"));
            }
        }
    }
    (found, missed)
}

/// The first history that finds a mutant and holds without it, with the difference that found it.
pub fn found_by(seed: u64, count: u64, mutant: Mutant) -> Option<(u64, String)> {
    (0..count).find_map(|history| {
        let outcome = night::run(seed, history, Some(mutant));
        let first = outcome.differences.first()?;
        // A history that fails without the mutant proves nothing.
        night::run(seed, history, None).differences.is_empty().then(|| (history, first.to_string()))
    })
}

/// What one history showed.
#[derive(Clone, Debug)]
pub struct History {
    /// What does not hold, in words.
    pub differences: Vec<String>,
    /// The hash over all its chains: the same seed gives the same.
    pub trace: String,
    /// Kinds of the facts that were written.
    pub kinds: Vec<String>,
}

/// Runs one history.
pub fn history(seed: u64, number: u64) -> History {
    let Outcome { differences, trace, counts, .. } = night::run(seed, number, None);
    let differences = differences.iter().map(ToString::to_string).collect();
    History { differences, trace, kinds: counts.kinds.into_keys().collect() }
}

fn tell(seed: u64, history: u64, outcome: &Outcome) {
    if outcome.differences.is_empty() {
        return;
    }
    say(&format!("history {history} FAILED (--seed {seed} --history {history}):"));
    for difference in outcome.differences.iter().take(8) {
        say(&format!("  {difference}"));
    }
    say(&outcome.story);
}

fn told(counts: &Counts) -> String {
    let Counts { steps, facts, incidents, windows, events, fired, messages, crashes, compared, kinds } = counts;
    format!(
        "{steps} steps, {incidents} incidents, {windows} windows, {facts} facts, {events} events, {fired} timers fired, {messages} messages, \
         {crashes} crashes, {compared} times compared\n{}",
        kinds.iter().map(|(kind, count)| format!("{kind} {count}")).collect::<Vec<_>>().join(", ")
    )
}

impl Counts {
    fn add(&mut self, other: &Self) {
        self.steps += other.steps;
        self.facts += other.facts;
        self.incidents += other.incidents;
        self.windows += other.windows;
        self.events += other.events;
        self.fired += other.fired;
        self.messages += other.messages;
        self.crashes += other.crashes;
        self.compared += other.compared;
        for (kind, count) in &other.kinds {
            *self.kinds.entry(kind.clone()).or_default() += count;
        }
    }
}
