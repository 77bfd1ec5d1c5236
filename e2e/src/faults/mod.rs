//! Faults: kill, cut and tamper, and count what was lost (figures of the reliability table).

mod f1;
mod f14;
mod f17;
mod f18;
mod f20;
mod f22;
mod f26;
mod f27;
mod f29;
mod f42;
mod f9;
mod mail;

use crate::draw::Draw;
use crate::house::{Engine, Ground};
use anyhow::Result;
use clap::{Parser, ValueEnum};
use std::collections::BTreeSet;
use std::io::Write;
use std::time::Instant;

/// Kill, cut and tamper, and count what was lost
#[derive(Parser, Debug)]
#[command(name = "faults")]
pub struct Args {
    /// Figures to run; all by default
    #[arg(long, value_delimiter = ',', ignore_case = true)]
    figure: Vec<Figure>,
    /// Database; both by default
    #[arg(long)]
    db: Option<Databases>,
    /// Rounds of each figure; each figure has a number of its own
    #[arg(long)]
    rounds: Option<u32>,
    /// Seed of all random choices; a new one by default
    #[arg(long)]
    seed: Option<u64>,
    /// `ci`: the rounds every change pays for; `long`: those by hand
    #[arg(long, default_value = "long")]
    slice: Slice,
}

/// A figure of the reliability table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
enum Figure {
    /// Acknowledged alerts lost over kills during intake
    F1,
    /// Messages lost and taken over when one of three nodes is killed
    F9,
    /// Pages and notices after an outage of our own
    F14,
    /// One key in a storm: one incident, few messages, an exact counter
    F17,
    /// Mails to one person in a storm over many keys and customers
    F18,
    /// Messages of a flapping alert, and what stops mail loops
    F20,
    /// Timers that fire twice over kills
    F22,
    /// Changes to the database that `verify` does not name
    F26,
    /// Chains cut, hashed anew or rolled back that checkpoints outside do not tell
    F27,
    /// Routes through which one customer sees another
    F29,
    /// Backups under load that do not come back whole on the other engine
    F42,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Databases {
    Sqlite,
    Postgres,
    Both,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Slice {
    Ci,
    Long,
}

/// What a figure is run with.
struct Run {
    ground: Ground,
    slice: Slice,
    rounds: u32,
    draw: Draw,
}

/// What came of a figure on one database.
#[derive(Debug, Default)]
struct Outcome {
    /// Checks that held.
    passed: u64,
    /// What did not hold.
    failures: Vec<String>,
    /// Numbers for people.
    figures: String,
}

impl Outcome {
    /// Counts a check.
    fn check(&mut self, holds: bool, failure: impl FnOnce() -> String) {
        if holds {
            self.passed += 1;
        } else {
            self.failures.push(failure());
        }
    }
}

impl Figure {
    /// Rounds in CI and by hand.
    const fn rounds(self, slice: Slice) -> u32 {
        match (self, slice) {
            (Self::F1, Slice::Ci) => 20,
            (Self::F1 | Self::F26, _) => 200,
            (Self::F9, Slice::Ci) => 3,
            (Self::F9, Slice::Long) => 50,
            (Self::F17 | Self::F22, Slice::Ci) => 5,
            (Self::F17 | Self::F18 | Self::F22, Slice::Long) => 100,
            (Self::F18, Slice::Ci) => 2,
            (Self::F27, Slice::Ci) => 5,
            (Self::F27, Slice::Long) => 100,
            (Self::F42, Slice::Ci) => 2,
            (Self::F42, Slice::Long) => 20,
            (Self::F14 | Self::F20 | Self::F29, _) => 1,
        }
    }

    /// Whether it makes sense on that database.
    fn runs_on(self, engine: Engine) -> bool {
        self != Self::F9 || engine == Engine::Postgres
    }

    async fn run(self, run: &Run) -> Result<Outcome> {
        match self {
            Self::F1 => f1::run(run).await,
            Self::F9 => f9::run(run).await,
            Self::F14 => Box::pin(f14::run(run)).await,
            Self::F17 => Box::pin(f17::run(run)).await,
            Self::F18 => Box::pin(f18::run(run)).await,
            Self::F20 => Box::pin(f20::run(run)).await,
            Self::F22 => Box::pin(f22::run(run)).await,
            Self::F26 => f26::run(run).await,
            Self::F27 => f27::run(run).await,
            Self::F29 => f29::run(run).await,
            Self::F42 => f42::run(run).await,
        }
    }
}

/// Prints a line; nobody reading is no reason to stop.
fn say(line: &str) {
    let _gone = writeln!(std::io::stdout(), "{line}");
}

/// Runs the figures asked for and returns how many checks failed. The last line it prints is `N passed, N failed`.
pub async fn run(args: Args) -> u64 {
    let seed = args.seed.unwrap_or_else(testkit::now_ms);
    say(&format!("seed {seed}"));
    let figures: BTreeSet<Figure> = if args.figure.is_empty() {
        Figure::value_variants().iter().copied().collect()
    } else {
        args.figure.iter().copied().collect()
    };
    let engines = match args.db.unwrap_or(Databases::Both) {
        Databases::Sqlite => vec![Engine::Sqlite],
        Databases::Postgres => vec![Engine::Postgres],
        Databases::Both => vec![Engine::Sqlite, Engine::Postgres],
    };
    let (mut passed, mut failed) = (0, 0);
    for figure in figures {
        for engine in engines.iter().copied().filter(|engine| figure.runs_on(*engine)) {
            let begun = Instant::now();
            let rounds = args.rounds.unwrap_or(figure.rounds(args.slice));
            let result = async {
                let (ground, draw) = (Ground::lay(engine).await?, Draw::new(seed).part(figure as u64));
                let run = Run { ground, slice: args.slice, rounds, draw };
                figure.run(&run).await
            };
            let outcome = result
                .await
                .unwrap_or_else(|error| Outcome { failures: vec![format!("{error:#}")], ..Outcome::default() });
            for failure in outcome.failures.iter().take(10) {
                say(&format!("{figure:?} {engine} FAILED: {failure}"));
            }
            let (good, bad) = (outcome.passed, outcome.failures.len());
            let seconds = begun.elapsed().as_secs();
            say(&format!(
                "{figure:?} {engine} {rounds} rounds: {good} passed, {bad} failed; {}; {seconds} s",
                outcome.figures
            ));
            passed += good;
            failed += bad as u64;
        }
    }
    say(&format!("{passed} passed, {failed} failed"));
    failed
}
