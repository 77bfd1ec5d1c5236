//! A private PostgreSQL 15.

use crate::{
    ports,
    process::{self, Child, need},
    wait,
};
use anyhow::{Context, Result, bail};
use std::{
    hash::{BuildHasher, RandomState},
    path::Path,
    process::Command,
    sync::{Arc, Weak},
};
use tempfile::TempDir;
use tokio::sync::Mutex;

const BIN: &str = "/usr/lib/postgresql/15/bin";
const PACKAGE: &str = "postgresql-15";

/// Names a running server to be shared by all tests, as `postgres://postgres@127.0.0.1:5432`.
///
/// The test runner sets it, because with nextest each test is a process of its own.
pub const SHARED: &str = "MADOGUCHI_TEST_POSTGRES";

/// How a private server runs.
#[derive(Clone, Debug)]
pub struct Options {
    /// Whether commits reach the disk. The desk refuses a server where they do not.
    pub fsync: bool,
    /// Connections at a time, at most.
    pub max_connections: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self { fsync: true, max_connections: 300 }
    }
}

/// A server of our own, or a running one that was named to us and is left running.
#[derive(Debug)]
pub struct Server {
    base_url: String,
    own: Option<Own>,
}

#[derive(Debug)]
struct Own {
    // Before the folder, so that the server is stopped before its files go.
    process: Child,
    folder: TempDir,
    options: Options,
    port: u16,
}

impl Server {
    /// The server that [`SHARED`] names, else one of our own that this process's tests share and the last one stops.
    ///
    /// # Errors
    /// As [`Server::start`].
    pub async fn shared() -> Result<Arc<Self>> {
        static RUNNING: Mutex<Weak<Server>> = Mutex::const_new(Weak::new());
        if let Ok(url) = std::env::var(SHARED) {
            return Ok(Arc::new(Self { base_url: url.trim_end_matches('/').to_owned(), own: None }));
        }
        let mut running = RUNNING.lock().await;
        if let Some(server) = running.upgrade() {
            return Ok(server);
        }
        let server = Arc::new(Self::start(Options::default()).await?);
        *running = Arc::downgrade(&server);
        Ok(server)
    }

    /// A fresh server on a free port. As root it runs as the user `postgres`, since PostgreSQL refuses root.
    ///
    /// # Errors
    /// The Debian package is missing, or the server does not answer within a minute.
    pub async fn start(options: Options) -> Result<Self> {
        need(&format!("{BIN}/postgres"), PACKAGE)?;
        let folder = tempfile::Builder::new().prefix("testkit-postgres-").tempdir()?;
        if process::is_root()? {
            process::give_to(folder.path(), "postgres")?;
        }
        let made = as_postgres("initdb")?
            .args(["--no-sync", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8"])
            .arg(folder.path().join("data"))
            .current_dir("/")
            .output()?;
        if !made.status.success() {
            bail!("initdb failed:\n{}", String::from_utf8_lossy(&made.stderr));
        }
        let port = ports::free()?;
        let process = spawn(folder.path(), &options, port)?;
        let own = Own { process, folder, options, port };
        let mut server = Self { base_url: format!("postgres://postgres@127.0.0.1:{port}"), own: Some(own) };
        server.until_ready().await?;
        Ok(server)
    }

    /// The server's address without a database, as [`SHARED`] takes it.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Makes an empty database with a name of its own and returns its address.
    ///
    /// # Errors
    /// The server does not answer or refuses.
    pub async fn create_database(&self) -> Result<String> {
        // Every RandomState is seeded afresh, so the name is new for each test, process and run.
        let name = format!("t{:016x}", RandomState::new().hash_one(std::process::id()));
        self.sql("postgres", &format!("create database {name}")).await?;
        Ok(format!("{}/{name}", self.base_url))
    }

    /// Runs SQL by `psql` and returns what it prints, one line a row, columns parted by `|`.
    ///
    /// # Errors
    /// The server refuses the statement.
    pub async fn sql(&self, database: &str, statement: &str) -> Result<String> {
        let ran = tokio::process::Command::new(need(&format!("{BIN}/psql"), PACKAGE)?)
            .args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", &format!("{}/{database}", self.base_url)])
            .args(["-c", statement])
            .output()
            .await?;
        if !ran.status.success() {
            bail!("{statement}: {}", String::from_utf8_lossy(&ran.stderr));
        }
        Ok(String::from_utf8(ran.stdout)?.trim_end().to_owned())
    }

    /// Stops our own server at once without a checkpoint (immediate shutdown), as a crash would.
    ///
    /// # Errors
    /// The server is not ours or has ended.
    pub fn crash(&mut self) -> Result<()> {
        self.own()?.process.stop("QUIT").map(drop)
    }

    /// Starts our own server again on the same files and port.
    ///
    /// # Errors
    /// The server is not ours, or does not answer within a minute.
    pub async fn restart(&mut self) -> Result<()> {
        let own = self.own()?;
        own.process = spawn(own.folder.path(), &own.options, own.port)?;
        self.until_ready().await
    }

    /// What our own server has written; empty for one that is not ours.
    pub fn log(&self) -> String {
        self.own.as_ref().map(|own| own.process.log()).unwrap_or_default()
    }

    fn own(&mut self) -> Result<&mut Own> {
        self.own.as_mut().with_context(|| format!("the server named by {SHARED} is not ours to stop"))
    }

    async fn until_ready(&mut self) -> Result<()> {
        let own = self.own()?;
        wait::until("PostgreSQL to accept connections", wait::LIMIT, async || {
            own.process.must_run()?;
            let ready = tokio::process::Command::new(format!("{BIN}/pg_isready"))
                .args(["-q", "-h", "127.0.0.1", "-p", &own.port.to_string()])
                .status()
                .await?;
            Ok(ready.success().then_some(()))
        })
        .await
    }
}

fn spawn(folder: &Path, options: &Options, port: u16) -> Result<Child> {
    let settings = [
        ("listen_addresses", "127.0.0.1".to_owned()),
        ("port", port.to_string()),
        ("unix_socket_directories", String::new()),
        ("max_connections", options.max_connections.to_string()),
        ("fsync", if options.fsync { "on" } else { "off" }.to_owned()),
        ("shared_buffers", "64MB".to_owned()),
        ("max_wal_size", "512MB".to_owned()),
        ("timezone", "UTC".to_owned()),
    ];
    let mut command = as_postgres("postgres")?;
    command.arg("-D").arg(folder.join("data")).current_dir("/");
    for (name, value) in settings {
        command.arg("-c").arg(format!("{name}={value}"));
    }
    // An immediate stop: nothing of a throw-away server is worth a checkpoint.
    Ok(Child::spawn("postgres", &mut command, &folder.join("log"))?.stopped_by("QUIT"))
}

/// A program of PostgreSQL, run as the user `postgres` where we are root. `setpriv` replaces itself by the program, so
/// the process id is the server's own.
fn as_postgres(program: &str) -> Result<Command> {
    let program = need(&format!("{BIN}/{program}"), PACKAGE)?;
    if !process::is_root()? {
        return Ok(Command::new(program));
    }
    let mut command = Command::new(need("/usr/bin/setpriv", "util-linux")?);
    command.args(["--reuid=postgres", "--regid=postgres", "--init-groups", "--"]).arg(program);
    Ok(command)
}
