//! A database with a long history, made by the real verbs of the desk under a clock that is moved by hand.
//!
//! One customer files consultations one after the other, each taken, planned, begun, completed and closed, over the year before
//! now. Every twentieth is called off, every tenth waits for an answer in between, the last fifty stay open. Every mail is delivered at once.

use anyhow::{Context, Result, ensure};
use desk::request::{Act, NewRequest, RequestInput};
use desk::{Attempt, Caller, Desk, Grant, NewPerson, Settings, Who};
use domain::access::Role;
use domain::ids::{RecordKey, TenantId};
use domain::time::{HOUR_MS, Instant, MINUTE_MS};
use domain::words::Lang;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use store::{Clock, HandClock, Store};
use tempfile::TempDir;

/// The customer's project.
pub(super) const PROJECT: &str = "ACME";
/// The customer's name.
pub(super) const CUSTOMER: &str = "○○商事";
/// Requests that stay open.
const OPEN: u64 = 50;
/// Days before now over which the history is spread.
const DAYS: i64 = 360;

/// Which history.
#[derive(Clone, Copy, Debug)]
pub(super) struct History<'h> {
    /// With so many requests.
    pub(super) requests: u64,
    /// The folder that keeps it; none where it goes with the run.
    pub(super) kept: Option<&'h Path>,
}

/// What was made.
#[derive(Debug)]
pub(super) struct Filled {
    /// The data folder's parent, which goes with it.
    _folder: TempDir,
    /// The data folder, with a database in SQLite.
    pub(super) data: PathBuf,
    /// What is known of it.
    pub(super) told: Told,
}

/// What is known of a history; kept beside its database.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Told {
    /// How many requests it has.
    requests: u64,
    /// The customer.
    pub(super) tenant: String,
    /// Its facts.
    pub(super) facts: u64,
    /// One of its requests, from the middle of the history.
    pub(super) request: String,
    /// When it began, which is when it ends in the history.
    pub(super) now_ms: i64,
    /// Seconds it took.
    pub(super) seconds: f64,
    /// Seconds that the index of words took of it.
    pub(super) indexing: f64,
}

/// The name of the database in a folder.
const DATABASE: &str = "madoguchi.db";
/// The name of what is known of it.
const TOLD: &str = "history.json";

/// A history in a folder of its own: the one that is kept, or a new one.
///
/// # Errors
/// The desk refuses a verb, the disk is full, or the folder keeps another history.
pub(super) async fn fill(history: &History<'_>) -> Result<Filled> {
    let folder = TempDir::new()?;
    let data = folder.path().join("data");
    std::fs::create_dir(&data)?;
    let told = match history.kept {
        None => make(history.requests, &data).await?,
        Some(kept) => {
            if !kept.join(TOLD).exists() {
                std::fs::create_dir_all(kept)?;
                let told = make(history.requests, kept).await?;
                std::fs::write(kept.join(TOLD), serde_json::to_string(&told)?)?;
            }
            std::fs::copy(kept.join(DATABASE), data.join(DATABASE))?;
            let told: Told = serde_json::from_str(&std::fs::read_to_string(kept.join(TOLD))?)?;
            ensure!(told.requests == history.requests, "{} keeps {} requests", kept.display(), told.requests);
            told
        }
    };
    Ok(Filled { _folder: folder, data, told })
}

/// Makes a history with so many requests in a folder.
async fn make(requests: u64, folder: &Path) -> Result<Told> {
    let begun = std::time::Instant::now();
    // Nothing of it has to survive: made in memory, moved to the disk afterwards.
    let memory = Path::new("/dev/shm");
    let made = if memory.is_dir() { TempDir::new_in(memory)? } else { TempDir::new()? };
    let url = format!("sqlite://{}", made.path().join(DATABASE).display());
    let now = Store::open(&url, Clock::Real).await?.now().await?;
    let clock = HandClock::at(now.plus_ms(-DAYS * 24 * HOUR_MS));
    let desk = Desk::new(
        Store::open(&url, Clock::Hand(clock.clone())).await?,
        Settings {
            base_url: "https://desk.example".into(),
            message_domain: "desk.example".into(),
            sealing_key: [7; 32],
        },
    );
    let cast = Cast::assemble(&desk).await?;
    let step_ms = (DAYS * 24 * HOUR_MS - HOUR_MS) / i64::try_from(requests.max(1))? / 8;
    let step_ms = step_ms.clamp(1, MINUTE_MS);
    let gap_ms = ((DAYS - 1) * 24 * HOUR_MS / i64::try_from(requests.max(1))? - 8 * step_ms).max(0);
    let mut key = None;
    for n in 0..requests {
        let filed = cast.one(&desk, &clock, n, n + OPEN >= requests, step_ms).await?;
        if n == requests / 2 {
            key = Some(filed);
        }
        deliver(&desk).await?;
        clock.advance_ms(gap_ms);
    }
    let indexed = std::time::Instant::now();
    while desk.index_words().await? {}
    let indexing = indexed.elapsed().as_secs_f64();
    let head = desk.store().tenant(&cast.tenant).head().await?;
    let facts = head.map(|head| head.seq).context("no facts")?;
    let tenant = cast.tenant;
    desk.store().close().await;
    std::fs::copy(made.path().join(DATABASE), folder.join(DATABASE))?;
    let request = key.context("no requests")?.to_string();
    let seconds = begun.elapsed().as_secs_f64();
    Ok(Told { requests, tenant: tenant.to_string(), facts, request, now_ms: now.ms(), seconds, indexing })
}

/// Every message that waits is taken by its mail server at once.
async fn deliver(desk: &Desk) -> Result<()> {
    let taken = Attempt::Delivered { detail: "250 2.0.0 OK".into() };
    loop {
        let waiting = desk.claim("bench", 32, HOUR_MS).await?;
        if waiting.is_empty() {
            return Ok(());
        }
        for message in waiting {
            desk.finish(&message.claim, &taken).await?;
        }
    }
}

/// Who acts.
struct Cast {
    tenant: TenantId,
    customer: Caller,
    centre: Caller,
}

impl Cast {
    async fn assemble(desk: &Desk) -> Result<Self> {
        let console = Caller { who: Who::Console, grants: vec![], lang: Lang::Ja };
        let provider = desk.ensure_provider("窓口サービス").await?;
        let tenant = desk.add_tenant(&console, CUSTOMER, PROJECT).await?.id;
        let mut callers = vec![];
        for (name, home, role) in [("cu", &tenant, Role::Cu), ("su", &provider, Role::Su), ("dh", &provider, Role::Dh)]
        {
            let email = format!("{name}@msp.example");
            let new = NewPerson {
                email: email.clone(),
                name: name.into(),
                role: role.code().into(),
                password: crate::house::PASSWORD.into(),
                ..NewPerson::default()
            };
            let id = desk.add_person(&console, home, &new).await?;
            let who = Who::Person { id, name: name.into(), email, session: String::new() };
            let grant = Grant { tenant: home.clone(), role, everywhere: !role.is_customer(), delegated: None };
            callers.push(Caller { who, grants: vec![grant], lang: Lang::Ja });
        }
        let [customer, centre, _] = <[Caller; 3]>::try_from(callers).ok().context("three callers")?;
        Ok(Self { tenant, customer, centre })
    }

    /// One request, from its filing to its end.
    async fn one(&self, desk: &Desk, clock: &HandClock, n: u64, stays: bool, step_ms: i64) -> Result<RecordKey> {
        let new = NewRequest {
            project: PROJECT.into(),
            entry: "consultation".into(),
            fields: [("topic".to_owned(), format!("{n}件目の相談: 構成の見直しについて"))].into(),
            ..NewRequest::default()
        };
        let done = desk.file_request(&self.customer, &new).await?;
        let (key, mut version) = (done.key, done.version);
        if stays {
            return Ok(key);
        }
        let steps: &[(&Caller, Act)] = match n % 20 {
            0 => &[(&self.customer, Act::Cancel)],
            5 | 15 => &[
                (&self.centre, Act::Take),
                (&self.centre, Act::Ask),
                (&self.customer, Act::Answer),
                (&self.centre, Act::Plan),
                (&self.centre, Act::Begin),
                (&self.centre, Act::Complete),
                (&self.customer, Act::Close),
            ],
            _ => &[
                (&self.centre, Act::Take),
                (&self.centre, Act::Plan),
                (&self.centre, Act::Begin),
                (&self.centre, Act::Complete),
                (&self.customer, Act::Close),
            ],
        };
        for (who, act) in steps {
            clock.advance_ms(step_ms);
            let input = RequestInput {
                version,
                text: format!("{n}件目の本文"),
                reason: "不要".into(),
                ..RequestInput::default()
            };
            version = desk.act_on_request(who, &key, *act, &input).await?.version;
        }
        Ok(key)
    }
}

/// An instant as the days of a query say it.
pub(super) fn day(at: Instant) -> String {
    domain::calendar::Calendar::default().date_of(at).to_string()
}
