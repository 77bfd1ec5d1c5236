//! `madoguchi admin ...`: each call prints one JSON object.

use crate::open;
use crate::settings::{Place, Settings};
use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use desk::{Caller, NewKey, NewPerson, Who};
use domain::ids::ProjectKey;
use domain::process::ProcessText;
use domain::words::Lang;
use serde_json::{Value, json};
use std::io::Read;
use std::path::PathBuf;

/// What can be administered from the command line.
#[derive(Subcommand, Debug)]
pub(crate) enum Admin {
    /// Customers
    #[command(subcommand)]
    Tenant(Tenant),
    /// People
    #[command(subcommand)]
    User(User),
    /// API and intake keys
    #[command(subcommand)]
    Key(Key),
    /// Procedures
    #[command(subcommand)]
    Process(Process),
}

/// Verbs on procedures.
#[derive(Subcommand, Debug)]
pub(crate) enum Process {
    /// Record a version of a procedure: a new one, or the next of one that is there
    Load {
        /// The Markdown file with the blocks, in Japanese
        file: PathBuf,
        /// The same prose in English
        #[arg(long)]
        english: Option<PathBuf>,
    },
}

/// Verbs on customers.
#[derive(Subcommand, Debug)]
pub(crate) enum Tenant {
    /// Add a customer with a first project in its operation phase
    Add {
        /// The customer's name
        name: String,
        /// Key of its first project, such as ACME
        #[arg(long)]
        project: String,
    },
}

/// Verbs on people.
#[derive(Subcommand, Debug)]
pub(crate) enum User {
    /// Add a person with a role, or give a known person one more role
    Add(NewUser),
}

/// A person to add.
#[derive(Args, Debug)]
pub(crate) struct NewUser {
    /// Mail address, to sign in with
    email: String,
    /// Role code, such as mo, su, dh, ad, cu, ca
    #[arg(long)]
    role: String,
    /// The customer's name or id; without it the provider itself
    #[arg(long)]
    tenant: Option<String>,
    /// Name; without it the address up to the @
    #[arg(long, default_value = "")]
    name: String,
    /// Read the first password from standard input
    #[arg(long)]
    password_stdin: bool,
}

/// Verbs on keys.
#[derive(Subcommand, Debug)]
pub(crate) enum Key {
    /// Make a key for a project; its secret is printed once
    Add {
        /// Project key
        #[arg(long)]
        project: String,
        /// intake or api
        #[arg(long)]
        scope: String,
        /// Role code of an API key
        #[arg(long, default_value = "mo")]
        role: String,
        /// What it is for
        #[arg(long, default_value = "")]
        label: String,
        /// Minutes after which its silence opens an incident of the provider
        #[arg(long)]
        heartbeat_minutes: Option<u32>,
    },
}

/// Does it and returns what to print.
pub(crate) async fn run(place: &Place, command: Admin) -> anyhow::Result<Value> {
    let settings = Settings::load(place, None)?;
    let desk = open::desk(&settings, settings.listen).await?;
    let console = Caller { who: Who::Console, grants: vec![], lang: Lang::En };
    let answer = match command {
        Admin::Tenant(Tenant::Add { name, project }) => {
            let added = desk.add_tenant(&console, &name, &project).await?;
            json!({ "id": added.id, "project": added.project })
        }
        Admin::User(User::Add(user)) => {
            let tenant = match &user.tenant {
                Some(name) => desk.tenant_named(name).await?,
                None => desk.ensure_provider("MSP").await?,
            };
            let password = if user.password_stdin { password_from_stdin()? } else { String::new() };
            let NewUser { email, role, name, .. } = user;
            let person = NewPerson { email, name, reading: String::new(), role, password };
            json!({ "id": desk.add_person(&console, &tenant, &person).await? })
        }
        Admin::Process(Process::Load { file, english }) => {
            let read =
                |path: &PathBuf| std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()));
            let text =
                ProcessText { ja: read(&file)?, en: english.as_ref().map(read).transpose()?.unwrap_or_default() };
            json!(desk.record_procedure(&console, &text).await?)
        }
        Admin::Key(Key::Add { project, scope, role, label, heartbeat_minutes }) => {
            let new = NewKey { scope, role, label, expires: None, heartbeat_minutes };
            let added = desk.add_key(&console, &ProjectKey::new(project), &new).await?;
            json!({ "id": added.id, "key": added.key })
        }
    };
    desk.store().close().await;
    Ok(answer)
}

fn password_from_stdin() -> anyhow::Result<String> {
    let mut password = String::new();
    std::io::stdin().take(4_096).read_to_string(&mut password).context("reading the password from standard input")?;
    let password = password.trim_end_matches(['\r', '\n']).to_owned();
    if password.is_empty() {
        bail!("standard input held no password");
    }
    Ok(password)
}
