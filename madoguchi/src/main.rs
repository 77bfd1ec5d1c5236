//! The support desk of a managed service provider, as one binary. It wires, and decides nothing.

mod admin;
mod demo;
mod due;
mod health;
mod keys;
mod open;
mod packs;
mod prove;
mod serve;
mod settings;
mod watch;

use clap::{Parser, Subcommand};
use settings::Place;
use std::io::{BufWriter, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

/// Madoguchi (窓口): no customer is told late, and anyone can prove it.
#[derive(Parser, Debug)]
#[command(version, about)]
struct Cli {
    #[command(flatten)]
    place: Place,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Run the desk
    Serve {
        /// Address to listen on
        #[arg(long, value_name = "ADDRESS")]
        listen: Option<SocketAddr>,
        /// A Japanese provider with three customers and a live incident, in a folder of its own
        #[arg(long)]
        demo: bool,
    },
    /// Read requests, incidents, interim reports and days as JSON Lines, write them back with their dues
    Due,
    /// Recompute everything from the facts and say where the database, or a bundle, departs from them
    Verify(prove::Trust),
    /// Copy the running desk's database into one file, for either engine
    Backup {
        /// File to write; it must not exist
        file: PathBuf,
    },
    /// Load a backup into an empty database of either engine, or put one customer back into a stopped desk
    Restore {
        /// Name or id of the customer to put back; no other is touched. What was there is kept beside FILE first
        #[arg(long, value_name = "NAME")]
        tenant: Option<String>,
        /// File to read
        file: PathBuf,
    },
    /// Write everything of one customer into a file that opens without the product, for `verify --bundle`
    Export {
        /// Name or id of the customer
        #[arg(long, value_name = "NAME")]
        tenant: String,
        /// File to write; it must not exist
        file: PathBuf,
    },
    /// Look at settings, database, clock and mail, and say what is wrong with them
    Doctor {
        /// Also send a mail to this address
        #[arg(long, value_name = "ADDRESS")]
        send_test_mail: Option<String>,
    },
    /// Ask the desk from outside whether it can commit, and page people when no node can; needs no database, and
    /// reads madoguchi-watch.toml where no --config is given
    Watch {
        /// Ask once, say what each node answered, exit 0 where one can commit and 1 otherwise
        #[arg(long)]
        once: bool,
    },
    /// Add customers, people and keys; each call prints one JSON object
    #[command(subcommand)]
    Admin(admin::Admin),
}

fn main() -> ExitCode {
    // One TLS provider for everything; an error only says that it is installed already.
    let _installed = rustls::crypto::ring::default_provider().install_default();
    let cli = Cli::parse();
    let result = match cli.command {
        Command::Due => check_dues(),
        command => {
            tokio::runtime::Runtime::new().map_err(Into::into).and_then(|rt| rt.block_on(run(&cli.place, command)))
        }
    };
    result.unwrap_or_else(|error| {
        // The reader of a pipe that went away needs no message.
        let _gone = writeln!(std::io::stderr(), "madoguchi: {error:#}");
        ExitCode::FAILURE
    })
}

fn check_dues() -> anyhow::Result<ExitCode> {
    let all_good = due::run(std::io::stdin().lock(), BufWriter::new(std::io::stdout().lock()))?;
    Ok(if all_good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn run(place: &Place, command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Serve { listen, demo } => Box::pin(serve::run(place, listen, demo)).await?,
        Command::Verify(trust) => return prove::verify(place, &trust).await,
        Command::Backup { file } => print(&prove::backup(place, &file).await?)?,
        Command::Export { tenant, file } => print(&prove::export(place, &tenant, &file).await?)?,
        Command::Restore { tenant, file } => print(&prove::restore(place, tenant.as_deref(), &file).await?)?,
        Command::Doctor { send_test_mail } => return prove::doctor(place, send_test_mail.as_deref()).await,
        Command::Watch { once } => return watch::run(place, once).await,
        Command::Admin(command) => print(&admin::run(place, command).await?)?,
        Command::Due => return check_dues(),
    }
    Ok(ExitCode::SUCCESS)
}

/// One JSON object on standard output.
fn print(value: &serde_json::Value) -> anyhow::Result<()> {
    writeln!(std::io::stdout(), "{value}")?;
    Ok(())
}
