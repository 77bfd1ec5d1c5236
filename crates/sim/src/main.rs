//! `cargo xtask sim`: seeded nights, and an independent auditor behind every step.

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    match sim::run::run(&sim::run::Args::parse()) {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}
