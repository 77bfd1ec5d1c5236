//! The real binary, run as an operator runs it.

use crate::{http, ports, process::Child, wait};
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::{
    path::{Path, PathBuf},
    process::{Command, ExitStatus, Stdio},
};
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;

/// Names the binary to test; without it the one beside the test in cargo's target folder is taken.
pub const BINARY: &str = "MADOGUCHI_TEST_BIN";

/// How a desk is started.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Address of the database; without one SQLite in the data folder.
    pub database: Option<String>,
    /// The data folder; without one a temporary one of its own.
    pub data: Option<PathBuf>,
    /// More arguments of `serve`.
    pub args: Vec<String>,
    /// Environment of `serve` and `admin`.
    pub envs: Vec<(String, String)>,
    /// Whether it answers over https, with any certificate.
    pub https: bool,
}

/// A desk that runs, on a free port of 127.0.0.1.
#[derive(Debug)]
pub struct Desk {
    /// Its port.
    pub port: u16,
    options: Options,
    data: PathBuf,
    log: PathBuf,
    // Before the folder, so that the desk is stopped before its files go.
    process: Child,
    _folder: TempDir,
}

impl Desk {
    /// Starts `madoguchi serve` and waits until `/readyz` says 200.
    ///
    /// # Errors
    /// The binary is missing, ends early, or is not ready within a minute; the error holds its log.
    pub async fn start(options: Options) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("testkit-desk-").tempdir()?;
        let data = options.data.clone().unwrap_or_else(|| folder.path().join("data"));
        let log = folder.path().join("log");
        let port = ports::free()?;
        let process = spawn(&options, &data, &log, port)?;
        let mut desk = Self { port, options, data, log, process, _folder: folder };
        desk.until_ready().await?;
        Ok(desk)
    }

    /// The desk's address with that path, which begins with a slash.
    pub fn url(&self, path: &str) -> String {
        format!("{}://127.0.0.1:{}{path}", if self.options.https { "https" } else { "http" }, self.port)
    }

    /// The data folder.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// All it has written so far, of every start.
    pub fn log(&self) -> String {
        self.process.log()
    }

    /// The process, to signal or to kill.
    pub fn process(&mut self) -> &mut Child {
        &mut self.process
    }

    /// Kills the desk at once (SIGKILL).
    ///
    /// # Errors
    /// As [`Child::kill9`].
    pub fn kill9(&mut self) -> Result<ExitStatus> {
        self.process.kill9()
    }

    /// Asks the desk to end (SIGTERM) and waits for it.
    ///
    /// # Errors
    /// As [`Child::sigterm`].
    pub fn sigterm(&mut self) -> Result<ExitStatus> {
        self.process.sigterm()
    }

    /// Starts the desk again after its end, with the same data and port, and waits until it is ready.
    ///
    /// # Errors
    /// As [`Desk::start`], and where it still runs.
    pub async fn restart(&mut self) -> Result<()> {
        if self.process.ended()?.is_none() {
            bail!("the desk still runs; end it before starting it again");
        }
        self.process = spawn(&self.options, &self.data, &self.log, self.port)?;
        self.until_ready().await
    }

    /// Runs `madoguchi admin` on the same database and returns the JSON it prints. `input` goes to standard input.
    ///
    /// # Errors
    /// It fails, with what it wrote, or prints something else.
    pub async fn admin(&self, args: &[&str], input: Option<&str>) -> Result<Value> {
        admin(&self.options, &self.data, args, input).await
    }

    async fn until_ready(&mut self) -> Result<()> {
        let client = if self.options.https { any_certificate()? } else { http::client(None)? };
        let url = self.url("/readyz");
        let process = &mut self.process;
        let ready = wait::until("the desk to be ready", wait::LIMIT, async || {
            process.must_run()?;
            let ready = client.get(&url).send().await;
            Ok(ready.ok().filter(|reply| reply.status().is_success()).map(drop))
        })
        .await;
        ready.with_context(|| self.process.log())
    }
}

/// Runs `madoguchi admin` without a running desk, for example before its first start.
///
/// # Errors
/// As [`Desk::admin`].
pub async fn admin(options: &Options, data: &Path, args: &[&str], input: Option<&str>) -> Result<Value> {
    let mut command = tokio::process::Command::from(command(options, data, "admin", args)?);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        // The program may end without reading, which its exit status then tells.
        let _ = stdin.write_all(input.unwrap_or_default().as_bytes()).await;
    }
    let ran = child.wait_with_output().await?;
    if !ran.status.success() {
        bail!("madoguchi admin {args:?} ended with {}: {}", ran.status, String::from_utf8_lossy(&ran.stderr));
    }
    let printed = String::from_utf8_lossy(&ran.stdout);
    serde_json::from_str(&printed).with_context(|| format!("madoguchi admin {args:?} printed {printed}"))
}

/// The binary under test.
///
/// # Errors
/// It is not built.
pub fn binary() -> Result<PathBuf> {
    if let Some(path) = std::env::var_os(BINARY) {
        return Ok(PathBuf::from(path));
    }
    // A test is target/PROFILE/deps/name-hash, the binary target/PROFILE/madoguchi; a tool lies beside it.
    let test = std::env::current_exe()?;
    test.ancestors()
        .skip(1)
        .take(2)
        .map(|folder| folder.join("madoguchi"))
        .find(|path| path.is_file())
        .with_context(|| format!("madoguchi is not built beside {}; set {BINARY} or build it", test.display()))
}

fn spawn(options: &Options, data: &Path, log: &Path, port: u16) -> Result<Child> {
    let listen = format!("127.0.0.1:{port}");
    let args: Vec<&str> = ["--listen", &listen].into_iter().chain(options.args.iter().map(String::as_str)).collect();
    Child::spawn("madoguchi", &mut command(options, data, "serve", &args)?, log)
}

fn command(options: &Options, data: &Path, name: &str, args: &[&str]) -> Result<Command> {
    let mut command = Command::new(binary()?);
    command.arg(name).args(args).arg("--data").arg(data).envs(options.envs.iter().map(|(n, v)| (n, v)));
    if let Some(database) = &options.database {
        command.arg("--database").arg(database);
    }
    Ok(command)
}

/// A client for the desk's own `/readyz` over https, where the test brings the certificate.
fn any_certificate() -> Result<reqwest::Client> {
    crate::tls::install_provider();
    #[expect(clippy::disallowed_methods, reason = "the client of tests, which talks to the desk on the loopback")]
    let builder = reqwest::Client::builder();
    Ok(builder.tls_danger_accept_invalid_certs(true).no_proxy().build()?)
}
