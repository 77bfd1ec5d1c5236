//! `cargo xtask bench`: measure the release build.

use clap::Parser;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    e2e::bench::run(e2e::bench::Args::parse()).await
}
