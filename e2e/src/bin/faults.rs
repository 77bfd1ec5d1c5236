//! `cargo xtask faults`: kill, cut and tamper, and count what was lost.

use clap::Parser;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    e2e::faults::run(e2e::faults::Args::parse()).await
}
