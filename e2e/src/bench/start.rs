//! Start, memory at rest, and size.

use super::Pace;
use super::table::Table;
use crate::client::{Connection, get};
use crate::figures::Series;
use crate::house::{Ground, resident_kib};
use anyhow::{Context, Result, bail};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};
use testkit::madoguchi::binary;
use testkit::ports;
use testkit::process::Child;

const LIMIT: Duration = Duration::from_secs(60);
/// Between two looks at a desk that starts.
const PAUSE: Duration = Duration::from_millis(1);
/// After this long without a request a desk is at rest.
const REST: Duration = Duration::from_secs(3);

/// Measures the first start, the starts after it, and memory.
pub(super) async fn measure(ground: &Ground, pace: Pace, table: &mut Table) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let engine = ground.engine();
    let database = ground.database().await?;
    let (mut first_ms, mut again_ms, mut memory) = (Series::default(), Series::default(), Series::default());
    for n in 0..=pace.repeats {
        let (mut desk, ms) = start(folder.path(), database.as_deref()).await?;
        if n == 0 {
            first_ms.add(ms);
        } else {
            again_ms.add(ms);
        }
        if n == pace.repeats {
            tokio::time::sleep(REST).await;
            memory.add(resident_kib(&desk)? as f64 / 1024.0);
        }
        desk.sigterm()?;
    }
    table.add(format!("{engine}: first start to ready"), "ms", &first_ms);
    table.add(format!("{engine}: start to ready"), "ms", &again_ms);
    table.add(format!("{engine}: memory at rest"), "MiB", &memory);
    Ok(())
}

async fn start(data: &Path, database: Option<&str>) -> Result<(Child, f64)> {
    let port = ports::free()?;
    let mut command = Command::new(binary()?);
    command
        .arg("serve")
        .arg("--listen")
        .arg(format!("127.0.0.1:{port}"))
        .arg("--data")
        .arg(data)
        .env("RUST_LOG", "warn");
    if let Some(database) = database {
        command.args(["--database", database]);
    }
    let begun = Instant::now();
    let mut desk = Child::spawn("madoguchi", &mut command, &data.with_extension("log"))?;
    while begun.elapsed() < LIMIT {
        if let Ok(mut connection) = Connection::open(port).await
            && connection.send(&get("/readyz", "x-bench: 1")).await.is_ok_and(|reply| reply.status == 200)
        {
            return Ok((desk, begun.elapsed().as_secs_f64() * 1_000.0));
        }
        desk.must_run()?;
        tokio::time::sleep(PAUSE).await;
    }
    bail!("the desk is not ready after {} s: {}", LIMIT.as_secs(), desk.log())
}

/// Measures the binary's size.
pub(super) fn measure_size(table: &mut Table) -> Result<()> {
    let size = binary()?.metadata()?.len() as f64 / (1024.0 * 1024.0);
    table.add("size of the binary".to_owned(), "MiB", &Series::from_iter([size]));
    Ok(())
}

/// Measures a release build of everything into an empty folder.
pub(super) fn measure_build(table: &mut Table) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let begun = Instant::now();
    let mut build = Command::new("cargo");
    build.args(["build", "--release", "--package", "madoguchi", "--target-dir"]).arg(folder.path());
    let status = build.status().context("cargo")?;
    if !status.success() {
        bail!("the release build ended with {status}");
    }
    table.add("clean release build of the binary".to_owned(), "s", &Series::from_iter([begun.elapsed().as_secs_f64()]));
    Ok(())
}
