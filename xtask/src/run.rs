//! Running checks, tests, faults and bench.
//!
//! Everything is built once, as a whole workspace: a build of one package unifies features differently and would compile
//! half of the dependencies again.

use crate::{packages, root};
use anyhow::{Context, bail};
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// A line for whoever waits.
pub(crate) fn say(line: &str) {
    // Nobody reading is no reason to stop.
    let _gone = writeln!(std::io::stderr(), "{line}");
}

/// Runs a program in the workspace's folder; its failure is ours.
pub(crate) fn command(program: &str, args: &[&str]) -> anyhow::Result<()> {
    say(&format!("$ {program} {}", args.join(" ")));
    let mut command = Command::new(program);
    command.args(args).current_dir(root()).stdin(Stdio::null());
    // What cargo tells this program about itself would make build scripts (ring's) run anew, and all above them.
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")) {
            command.env_remove(name);
        }
    }
    let status = command.status();
    let status = status.with_context(|| format!("starting {program}"))?;
    if !status.success() {
        bail!("{program} {} failed ({status})", args.first().unwrap_or(&""));
    }
    Ok(())
}

/// Every check and every test.
pub(crate) fn test() -> anyhow::Result<()> {
    packages::ensure()?;
    command("cargo", &["fmt", "--all", "--check"])?;
    command("cargo", &["clippy", "--workspace", "--all-targets", "--profile", "ci", "--", "--deny", "warnings"])?;
    if installed("cargo-deny") {
        command("cargo", &["deny", "check", "bans", "licenses", "sources"])?;
    } else {
        say("cargo-deny is not installed; its checks are left out (cargo install cargo-deny --locked)");
    }
    command("cargo", &["build", "--workspace", "--all-targets", "--profile", "ci"])?;
    let runner: &[&str] = if installed("cargo-nextest") {
        &["cargo", "nextest", "run", "--workspace", "--cargo-profile", "ci", "--no-fail-fast"]
    } else {
        &["cargo", "test", "--workspace", "--profile", "ci", "--no-fail-fast"]
    };
    harness("ci", "with-postgres", &runner.iter().map(|&word| word.to_owned()).collect::<Vec<_>>())?;
    harness("ci", "faults", &["--slice", "ci"].map(str::to_owned))
}

/// Fault runs against the build the tests use.
pub(crate) fn faults(args: &[String]) -> anyhow::Result<()> {
    packages::ensure()?;
    command("cargo", &["build", "--workspace", "--all-targets", "--profile", "ci"])?;
    harness("ci", "faults", args)
}

/// Simulated nights, by the build the tests use.
pub(crate) fn sim(args: &[String]) -> anyhow::Result<()> {
    command("cargo", &["build", "--workspace", "--all-targets", "--profile", "ci"])?;
    harness("ci", "sim", args)
}

/// Measurements of the release build.
pub(crate) fn bench(args: &[String]) -> anyhow::Result<()> {
    packages::ensure()?;
    command("cargo", &["build", "--workspace", "--release"])?;
    harness("release", "bench", args)
}

fn harness(profile: &str, program: &str, args: &[String]) -> anyhow::Result<()> {
    let program = target().join(profile).join(program);
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    command(&program.display().to_string(), &args)
}

/// Where cargo builds.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// Whether a program is found on the path.
pub(crate) fn installed(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}
