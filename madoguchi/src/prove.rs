//! `verify`, `backup`, `restore` and `doctor`: proving and checking from the command line.

use crate::settings::{Place, Settings};
use crate::{open, packs};
use anyhow::{Context, bail};
use desk::health::WallClock;
use desk::{BundleError, Checkpoint, CheckpointVerifier, Verify, VerifyError, Words};
use notify::mail::{Mail, Mailbox, Mailer};
use serde_json::{Value, json};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What `verify` trusts beside the database.
#[derive(clap::Args, Debug)]
pub(crate) struct Trust {
    /// File of checkpoints kept outside the database; default is the one in the data folder
    #[arg(long, value_name = "FILE")]
    checkpoints: Option<PathBuf>,
    /// Key checkpoints may be signed with, as `doctor` prints it; repeat for several. Default is this machine's own
    #[arg(long, value_name = "KEY", conflicts_with = "unsigned")]
    checkpoint_key: Vec<String>,
    /// Do not look at the signatures of checkpoints
    #[arg(long)]
    unsigned: bool,
    /// A customer's bundle instead of the database; needs no data folder and no network
    #[arg(long, value_name = "FILE")]
    bundle: Option<PathBuf>,
}

/// Recomputes everything; exit 1 and the first fault by tenant and sequence where the database departs from its facts.
pub(crate) async fn verify(place: &Place, trust: &Trust) -> anyhow::Result<ExitCode> {
    let settings = Settings::load(place, None)?;
    let checkpoint_keys = trusted_keys(&settings, trust)?;
    let checkpoints = &trust.checkpoints;
    if let Some(bundle) = &trust.bundle {
        return verify_bundle(bundle, checkpoint_keys, checkpoints.as_deref()).await;
    }
    let store = open::existing_store(&settings).await?;
    let file = checkpoints.clone().unwrap_or_else(|| settings.checkpoint_file());
    let outside = match std::fs::read_to_string(&file) {
        Ok(text) => Some(Checkpoint::parse_all(&text).with_context(|| format!("reading {}", file.display()))?),
        Err(error) if checkpoints.is_some() => {
            return Err(error).with_context(|| format!("reading {}", file.display()));
        }
        Err(_) => None,
    };
    let asked = Verify { checkpoint_keys, outside };
    let result = desk::verify(&store, &asked).await;
    store.close().await;
    let mut out = std::io::stdout().lock();
    match result {
        Ok(report) => {
            writeln!(out, "{}", serde_json::to_string(&report)?)?;
            Ok(ExitCode::SUCCESS)
        }
        Err(VerifyError::Fault(fault)) => {
            writeln!(out, "{fault}")?;
            Ok(ExitCode::FAILURE)
        }
        Err(VerifyError::Failed(failure)) => Err(failure.into()),
    }
}

/// Recomputes a bundle offline; exit 1 and the first fault where it departs from its facts.
async fn verify_bundle(
    bundle: &Path,
    checkpoint_keys: Vec<CheckpointVerifier>,
    checkpoints: Option<&Path>,
) -> anyhow::Result<ExitCode> {
    let reading = |file: &Path| format!("reading {}", file.display());
    let outside = match checkpoints {
        None => None,
        Some(file) => {
            let text = std::fs::read_to_string(file).with_context(|| reading(file))?;
            Some(Checkpoint::parse_all(&text).with_context(|| reading(file))?)
        }
    };
    let file = std::fs::File::open(bundle).with_context(|| reading(bundle))?;
    let result = desk::verify_bundle(file, &Verify { checkpoint_keys, outside }).await;
    let mut out = std::io::stdout().lock();
    match result {
        Ok(report) => {
            writeln!(out, "{}", serde_json::to_string(&report)?)?;
            Ok(ExitCode::SUCCESS)
        }
        Err(BundleError::Wrong(VerifyError::Fault(fault))) => {
            writeln!(out, "{fault}")?;
            Ok(ExitCode::FAILURE)
        }
        Err(error) => Err(error).with_context(|| reading(bundle)),
    }
}

/// Writes a customer's bundle out of the running desk's database.
pub(crate) async fn export(place: &Place, tenant: &str, file: &Path) -> anyhow::Result<Value> {
    let settings = Settings::load(place, None)?;
    let store = open::existing_store(&settings).await?;
    let tenants = store.system().tenants().await?;
    let named: Vec<_> = tenants.into_iter().filter(|it| it.name == tenant || it.id.as_str() == tenant).collect();
    let [own] = named.as_slice() else {
        bail!("{} customers are called '{tenant}'; give the whole name, or the id", named.len());
    };
    let writing = || format!("writing {}", file.display());
    let created = std::fs::OpenOptions::new().read(true).write(true).create_new(true).open(file);
    let exported = desk::export(&store, &own.id, Words::All, created.with_context(writing)?).await;
    if exported.is_err() {
        // Half a bundle is none; that it cannot be removed either is told by the error that ended it.
        let _stays = std::fs::remove_file(file);
    }
    store.close().await;
    let mut told = serde_json::to_value(exported.with_context(writing)?)?;
    told["file"] = json!(file);
    Ok(told)
}

/// The keys that checkpoints must be signed with: those given, else the one this machine's desk signs with.
fn trusted_keys(settings: &Settings, trust: &Trust) -> anyhow::Result<Vec<CheckpointVerifier>> {
    if trust.unsigned {
        return Ok(vec![]);
    }
    let given = trust.checkpoint_key.iter();
    let given = given.map(|text| CheckpointVerifier::parse(text).with_context(|| format!("--checkpoint-key '{text}'")));
    let mut keys = given.collect::<anyhow::Result<Vec<_>>>()?;
    if keys.is_empty() {
        keys.extend(open::known_checkpoint_key(settings)?.map(|key| key.verifier().clone()));
    }
    if keys.is_empty() {
        bail!(
            "{} holds no key that checkpoints are signed with; name the desk's folder with --data, or give \
             --checkpoint-key KEY, which `madoguchi doctor` prints where the desk runs, or leave signatures out with \
             --unsigned",
            settings.data.display()
        );
    }
    Ok(keys)
}

/// Copies the running desk's database into one file.
pub(crate) async fn backup(place: &Place, file: &Path) -> anyhow::Result<Value> {
    let settings = Settings::load(place, None)?;
    let store = open::existing_store(&settings).await?;
    let copied = desk::backup(&store, file).await?;
    store.close().await;
    Ok(json!({ "file": file, "rows": copied.rows, "digest": copied.digest }))
}

/// Loads a backup into an empty database, or one customer of it into a desk that is there, and verifies it.
pub(crate) async fn restore(place: &Place, tenant: Option<&str>, file: &Path) -> anyhow::Result<Value> {
    let settings = Settings::load(place, None)?;
    if let Some(name) = tenant {
        let mut kept = file.as_os_str().to_owned();
        kept.push(".before");
        let restored = desk::restore_tenant(file, &settings.database_url(), name, Path::new(&kept)).await?;
        return Ok(json!({
            "file": file, "tenant": restored.tenant, "rows": restored.rows, "facts": restored.facts, "kept": restored.kept,
        }));
    }
    std::fs::create_dir_all(&settings.data).with_context(|| format!("making {}", settings.data.display()))?;
    let copied = desk::restore(file, &settings.database_url()).await?;
    Ok(json!({ "file": file, "rows": copied.rows, "digest": copied.digest }))
}

/// Looks at what a desk needs and says what is wrong, one line each.
pub(crate) async fn doctor(place: &Place, send_test_mail: Option<&str>) -> anyhow::Result<ExitCode> {
    let settings = Settings::load(place, None).context("settings")?;
    let mut findings = Findings { bad: 0 };
    findings.tell("settings", Ok(format!("listen {}, data {}", settings.listen, settings.data.display())))?;
    let store = open::existing_store(&settings).await;
    match &store {
        Ok(store) => {
            let commit = store.can_commit().await.map(|()| format!("{} takes commits", store.engine()));
            findings.tell("database", commit.map_err(Into::into))?;
        }
        Err(error) => findings.tell("database", Err(anyhow::anyhow!("{error:#}")))?,
    }
    let key = open::known_checkpoint_key(&settings);
    let key =
        key.map(|key| key.map_or_else(|| "none yet; serve makes it".to_owned(), |key| key.verifier().to_string()));
    findings.tell("checkpoint key", key)?;
    findings.tell("clock", clock().await)?;
    findings.tell("mail", mail(&settings, send_test_mail).await)?;
    findings.tell("webhooks", open::egress(&settings).map(|_| "rules are readable".to_owned()))?;
    findings.tell("packs", packs::doctor(&settings, store.as_ref().ok()).await)?;
    Ok(if findings.bad == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

struct Findings {
    bad: u32,
}

impl Findings {
    fn tell(&mut self, what: &str, finding: anyhow::Result<String>) -> anyhow::Result<()> {
        let (mark, words) = match finding {
            Ok(words) => ("ok  ", words),
            Err(error) => {
                self.bad += 1;
                ("BAD ", format!("{error:#}"))
            }
        };
        writeln!(std::io::stdout(), "{mark} {what}: {words}")?;
        Ok(())
    }
}

async fn clock() -> anyhow::Result<String> {
    match work::wall_clock().await {
        WallClock::Synchronised => Ok("follows a reference".into()),
        WallClock::Unknown => Ok("the system does not say whether it follows a reference".into()),
        WallClock::Unsynchronised => bail!("follows no reference; set up NTP, or dues are judged by a wrong clock"),
    }
}

async fn mail(settings: &Settings, send_to: Option<&str>) -> anyhow::Result<String> {
    let Some(mail) = &settings.mail else {
        bail!("no server is set, so no customer gets a mail; set [mail] host, port and from");
    };
    let mailer = Mailer::new(mail.clone()).context("settings")?;
    let said = mailer.probe().await.with_context(|| format!("{}:{}", mail.host, mail.port))?;
    let Some(address) = send_to else { return Ok(format!("{}:{} answers: {}", mail.host, mail.port, said.reply)) };
    let letter = Mail {
        message_id: mailer.message_id(&format!("doctor.{}", store::random::letters::<16>())),
        in_reply_to: None,
        reply_to: None,
        references: vec![],
        to: Mailbox { name: String::new(), address: address.to_owned() },
        subject: "窓口: 試験メール / Madoguchi: test mail".into(),
        text: "この試験メールが届いていれば、お客様への連絡も届きます。\nIf this test mail arrives, notices to customers will too.\n".into(),
        headers: vec![],
        date: store::clock::process_now(),
    };
    let said = mailer.send(&letter).await.with_context(|| format!("sending to {address}"))?;
    Ok(format!("a test mail to {address} was taken over: {}", said.reply))
}
