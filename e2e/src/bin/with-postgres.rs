//! Runs a command beside a private PostgreSQL, whose address it finds in `MADOGUCHI_TEST_POSTGRES`.
//!
//! Each test of the runner is a process of its own; one server for all of them saves a minute of starting servers.

use anyhow::Context;
use std::process::{Command, ExitCode};
use testkit::postgres::{Options, Server};

fn main() -> anyhow::Result<ExitCode> {
    let mut args = std::env::args_os().skip(1);
    let program = args.next().context("usage: with-postgres COMMAND [ARGUMENTS]")?;
    let runtime = tokio::runtime::Runtime::new()?;
    let server = runtime.block_on(Server::start(Options { max_connections: 400, ..Options::default() }))?;
    let status = Command::new(&program).args(args).env("MADOGUCHI_TEST_POSTGRES", server.base_url()).status();
    let status = status.with_context(|| format!("starting {}", program.display()))?;
    drop(server);
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
