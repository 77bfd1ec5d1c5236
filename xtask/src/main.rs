//! What a shell script would do, in Rust: `cargo xtask test` and its smaller sisters.

mod coverage;
mod holidays;
#[cfg(test)]
mod layers;
mod packages;
mod run;
#[cfg(test)]
mod tidy;

use clap::{Parser, Subcommand};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Parser, Debug)]
#[command(about)]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand, Debug)]
enum Task {
    /// Get what is missing, then run every check and every test on both databases with the real peers
    Test,
    /// Get the Debian packages and the axe-core that the tests need, or print the line that does
    Packages,
    /// Write the holiday table anew from the rules of the Act
    Holidays,
    /// Write docs/coverage.md anew: where each requirement is met and tested, or why not yet
    Coverage,
    /// Kill, cut and tamper, and count what was lost: faults --figure F1,F9 --db sqlite --rounds 20 --seed 7
    Faults {
        /// Handed on as they stand
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
    /// Seeded nights and an independent auditor behind every step: sim --what night --seed 7, sim --mutants
    Sim {
        /// Handed on as they stand
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
    /// Measure the release build, as medians and ratios
    Bench {
        /// Handed on as they stand
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
}

fn main() -> ExitCode {
    let result = match Cli::parse().task {
        Task::Test => run::test(),
        Task::Packages => packages::ensure(),
        Task::Holidays => holidays::write(&root()).map_err(Into::into),
        Task::Coverage => coverage::write(),
        Task::Faults { args } => run::faults(&args),
        Task::Sim { args } => run::sim(&args),
        Task::Bench { args } => run::bench(&args),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            run::say(&format!("xtask: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

/// The workspace's folder.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_path_buf).unwrap_or_default()
}
