//! A house to be tried: the real binary on a database of its own, with customers and their keys.

use anyhow::{Context, Result, bail};
use reqwest::Client;
use serde_json::Value;
use std::fmt;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use testkit::http;
use testkit::madoguchi::{self, Desk, Options};
use testkit::postgres::Server;
use testkit::process::Child;
use testkit::tls::Authority;

/// A database the desk runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Engine {
    /// The embedded one.
    Sqlite,
    /// A private server.
    Postgres,
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        })
    }
}

/// Where databases come from.
#[derive(Clone, Debug)]
pub enum Ground {
    /// Each desk has its own file.
    Files,
    /// Each desk has its own database on this server.
    Server(Arc<Server>),
}

impl Ground {
    /// The ground for desks on that engine; a PostgreSQL of its own where that is the engine.
    ///
    /// # Errors
    /// PostgreSQL does not start.
    pub async fn lay(engine: Engine) -> Result<Self> {
        Ok(match engine {
            Engine::Sqlite => Self::Files,
            Engine::Postgres => Self::Server(Server::shared().await?),
        })
    }

    /// The engine of this ground.
    pub const fn engine(&self) -> Engine {
        match self {
            Self::Files => Engine::Sqlite,
            Self::Server(_) => Engine::Postgres,
        }
    }

    /// The address of a new database; none for a file, which the data folder holds.
    ///
    /// # Errors
    /// PostgreSQL refuses.
    pub async fn database(&self) -> Result<Option<String>> {
        match self {
            Self::Files => Ok(None),
            Self::Server(server) => server.create_database().await.map(Some),
        }
    }
}

/// A customer with one project and its keys.
#[derive(Clone, Debug)]
pub struct Customer {
    /// The tenant's id.
    pub tenant: String,
    /// The project's key.
    pub project: String,
    /// An intake key, 32 characters.
    pub intake_key: String,
    /// An API key of the monitoring centre's role.
    pub api_key: String,
}

/// The password of everybody in a house.
pub const PASSWORD: &str = "correct horse battery staple";

/// A desk that runs.
#[derive(Debug)]
pub struct House {
    /// The running binary.
    pub desk: Desk,
    /// How it was started.
    pub options: Options,
    /// A client that reaches it.
    pub client: Client,
}

impl House {
    /// Starts a desk with those settings on a new database; they win over ours.
    ///
    /// # Errors
    /// It does not start.
    pub async fn open(ground: &Ground, envs: &[(&str, String)]) -> Result<Self> {
        // What one key may send is no figure here.
        let mut own = vec![
            ("MADOGUCHI_INTAKE_PER_SECOND".to_owned(), "1000000".to_owned()),
            ("RUST_LOG".to_owned(), "warn".to_owned()),
        ];
        own.extend(envs.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        let options = Options { database: ground.database().await?, envs: own, ..Options::default() };
        Self::of(options).await
    }

    /// Starts a desk with exactly those options.
    ///
    /// # Errors
    /// It does not start.
    pub async fn of(options: Options) -> Result<Self> {
        Ok(Self { desk: Desk::start(options.clone()).await?, options, client: http::client(None)? })
    }

    /// The same house, reached by a client which trusts that authority's certificates.
    ///
    /// # Errors
    /// The authority's certificate cannot be read.
    pub fn trusting(mut self, authority: &Authority) -> Result<Self> {
        self.client = http::client(Some(authority))?;
        Ok(self)
    }

    /// Adds a customer with a project and keys, by the command line.
    ///
    /// # Errors
    /// The command fails.
    pub async fn add_customer(&self, name: &str, project: &str) -> Result<Customer> {
        let added = self.desk.admin(&["tenant", "add", name, "--project", project], None).await?;
        let intake = self.desk.admin(&["key", "add", "--project", project, "--scope", "intake"], None).await?;
        let api = self.desk.admin(&["key", "add", "--project", project, "--scope", "api"], None).await?;
        Ok(Customer {
            tenant: text(&added, "id")?,
            project: text(&added, "project")?,
            intake_key: text(&intake, "key")?,
            api_key: text(&api, "key")?,
        })
    }

    /// Adds a person with a role, in the provider itself or in a customer, and [`PASSWORD`].
    ///
    /// # Errors
    /// The command fails.
    pub async fn add_person(&self, email: &str, role: &str, tenant: Option<&str>) -> Result<()> {
        let mut args = vec!["user", "add", email, "--role", role, "--password-stdin"];
        args.extend(tenant.iter().flat_map(|tenant| ["--tenant", tenant]));
        self.desk.admin(&args, Some(PASSWORD)).await.map(drop)
    }

    /// Runs `madoguchi verify` on this house's database.
    ///
    /// # Errors
    /// It cannot be run.
    pub async fn verify(&self) -> Result<Verdict> {
        verify(self.options.database.as_deref(), self.desk.data()).await
    }

    /// Runs another command of the binary, such as `doctor`, with this house's settings.
    ///
    /// # Errors
    /// It cannot be run.
    pub async fn run(&self, args: &[&str]) -> Result<Verdict> {
        run(args, self.options.database.as_deref(), self.desk.data(), &self.options.envs).await
    }
}

/// What a command of the binary says.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// Its exit status; none where a signal ended it.
    pub status: Option<i32>,
    /// Everything it printed.
    pub said: String,
}

/// Runs `madoguchi verify` on a database and a data folder.
///
/// # Errors
/// It cannot be run.
pub async fn verify(database: Option<&str>, data: &Path) -> Result<Verdict> {
    run(&["verify"], database, data, &[]).await
}

/// Runs a command of the binary on a database and a data folder, with those settings.
///
/// # Errors
/// It cannot be run.
pub async fn run(args: &[&str], database: Option<&str>, data: &Path, envs: &[(String, String)]) -> Result<Verdict> {
    let mut command = tokio::process::Command::new(madoguchi::binary()?);
    command.args(args).arg("--data").arg(data).stdin(Stdio::null()).env("RUST_LOG", "warn");
    command.envs(envs.iter().map(|(name, value)| (name, value)));
    if let Some(database) = database {
        command.args(["--database", database]);
    }
    let ran = command.output().await?;
    let said = [ran.stdout, ran.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    Ok(Verdict { status: ran.status.code(), said: said.trim().to_owned() })
}

/// A text field of an object the command line printed.
fn text(object: &Value, field: &str) -> Result<String> {
    object[field].as_str().map(str::to_owned).with_context(|| format!("no {field} in {object}"))
}

/// Resident memory of a process, in KiB.
///
/// # Errors
/// It is gone.
pub fn resident_kib(process: &Child) -> Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", process.id()))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    match line.and_then(|line| line.split_whitespace().next()).map(str::parse) {
        Some(Ok(kib)) => Ok(kib),
        _ => bail!("no VmRSS in /proc/{}/status", process.id()),
    }
}
