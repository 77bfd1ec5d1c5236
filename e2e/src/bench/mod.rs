//! Measurements of the release build, as medians and 95ths over short runs, with Debian's Alertmanager beside it.
//!
//! The machine is shared by client, desk and database, so that ratios within one run say more than the numbers themselves.

mod day;
mod delay;
mod fill;
mod intake;
mod mail;
mod pages;
mod start;
mod table;
mod throng;

use crate::house::{Engine, Ground};
use anyhow::Result;
use clap::{Parser, ValueEnum};
use std::path::PathBuf;
use std::time::Duration;
use table::Table;

/// Measure the release build
#[derive(Parser, Debug)]
#[command(name = "bench")]
pub struct Args {
    /// Seconds of one run
    #[arg(long, default_value_t = 2)]
    seconds: u64,
    /// Runs of each measurement
    #[arg(long, default_value_t = 5)]
    repeats: u32,
    /// Database; both by default
    #[arg(long)]
    db: Option<Engine>,
    /// Parts to measure; all by default, but for the build
    #[arg(long, value_delimiter = ',')]
    part: Vec<Part>,
    /// Requests of the history that the day is measured with
    #[arg(long, default_value_t = 1_000)]
    requests: u64,
    /// Folder that keeps this history: made with the first run, taken from there by later ones
    #[arg(long)]
    history: Option<PathBuf>,
    /// Where to write the numbers as JSON
    #[arg(long, default_value = "target/bench.json")]
    out: PathBuf,
}

/// A part of the bench.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Durable alerts a second
    Intake,
    /// The board
    Pages,
    /// The day, with a long history behind it
    Day,
    /// From accepted to the mail server
    Delay,
    /// Start, memory and size
    Start,
    /// A clean release build; takes minutes
    Build,
}

const USUAL: [Part; 5] = [Part::Start, Part::Pages, Part::Day, Part::Delay, Part::Intake];

/// How long and how often.
#[derive(Clone, Copy, Debug)]
struct Pace {
    run: Duration,
    repeats: u32,
}

/// Measures and prints; writes the same numbers as JSON.
///
/// # Errors
/// Something could not be measured.
pub async fn run(args: Args) -> Result<()> {
    let pace = Pace { run: Duration::from_secs(args.seconds.max(1)), repeats: args.repeats.max(1) };
    let parts = if args.part.is_empty() { USUAL.to_vec() } else { args.part };
    let engines = args.db.map_or_else(|| vec![Engine::Sqlite, Engine::Postgres], |engine| vec![engine]);
    let mut table = Table::default();
    for engine in engines {
        let ground = Ground::lay(engine).await?;
        for part in &parts {
            match part {
                Part::Intake => intake::measure(&ground, pace, &mut table).await?,
                Part::Pages => pages::measure(&ground, pace, &mut table).await?,
                Part::Day => {
                    let history = fill::History { requests: args.requests, kept: args.history.as_deref() };
                    day::measure(&ground, pace, &history, &mut table).await?;
                }
                Part::Delay => delay::measure(&ground, pace, &mut table).await?,
                Part::Start => start::measure(&ground, pace, &mut table).await?,
                Part::Build => {}
            }
        }
    }
    if parts.contains(&Part::Intake) {
        intake::measure_alertmanager(pace, &mut table).await?;
    }
    if parts.contains(&Part::Start) {
        start::measure_size(&mut table)?;
    }
    if parts.contains(&Part::Build) {
        start::measure_build(&mut table)?;
    }
    table.write(&args.out)
}
