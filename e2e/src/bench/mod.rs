//! Measurements of the release build.

use clap::Parser;

/// Measure the release build, as medians and ratios
#[derive(Parser, Debug)]
#[command(name = "bench")]
pub struct Args {}

/// Measures.
///
/// # Errors
/// Something could not be measured.
pub async fn run(_args: Args) -> anyhow::Result<()> {
    Ok(())
}
