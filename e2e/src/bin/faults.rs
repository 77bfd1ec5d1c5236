//! `cargo xtask faults`: kill, cut and tamper, and count what was lost.

use clap::Parser;
use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    match e2e::faults::run(e2e::faults::Args::parse()).await {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}
