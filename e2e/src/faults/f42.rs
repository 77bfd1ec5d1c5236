//! F42: backups made while alerts and requests come in, each restored into the other engine.
//!
//! A round marks what was acknowledged so far, copies the running desk by `madoguchi backup` and loads the copy by `madoguchi
//! restore`: what SQLite held into PostgreSQL, and the reverse. The copy must hold everything that was acknowledged before the
//! mark and nothing that was never sent, `verify` must pass on it against the checkpoints that stood outside at the mark, and a
//! backup of it must have the same digest and the same bytes.

use super::{Outcome, Run};
use crate::draw::Draw;
use crate::figures::Series;
use crate::house::{Customer, Engine, Ground, House, Verdict, run as command, verify};
use crate::ledger::AlertId;
use crate::load::{Load, Tried};
use crate::staff::Staff;
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// Connections that post alerts.
const CONNECTIONS: u64 = 2;

/// What a desk was given, or what a backup holds: alerts with their counts, and keys of requests.
#[derive(Clone, Debug, Default)]
struct Taken {
    alerts: BTreeMap<AlertId, u64>,
    requests: BTreeSet<String>,
}

impl Taken {
    fn add(&mut self, alerts: impl IntoIterator<Item = (AlertId, u64)>) {
        for (id, count) in alerts {
            *self.alerts.entry(id).or_default() += count;
        }
    }

    /// What of it another one lacks.
    fn missing_in(&self, other: &Self) -> Option<String> {
        let lacks = |(id, count): (&AlertId, &u64)| {
            let found = other.alerts.get(id).copied().unwrap_or_default();
            (found < *count).then(|| format!("{id:?}: {count} times, but {found}"))
        };
        let request = self.requests.difference(&other.requests).next();
        self.alerts.iter().find_map(lacks).or_else(|| request.map(|key| format!("request {key}")))
    }
}

#[derive(Debug, Default)]
struct Sums {
    events: u64,
    requests: usize,
    backup_ms: Series,
    restore_ms: Series,
    verify_ms: Series,
}

pub(super) async fn run(run: &Run) -> Result<Outcome> {
    let other = match run.ground.engine() {
        Engine::Sqlite => Engine::Postgres,
        Engine::Postgres => Engine::Sqlite,
    };
    let other = Ground::lay(other).await?;
    let house = House::open(&run.ground, &[]).await?;
    let customer = house.add_customer("○○商事", "ACME").await?;
    house.add_person("mo@msp.example", "mo", None).await?;
    let staff = Staff::sign_in(&house, "mo@msp.example").await?;
    let folder = tempfile::tempdir()?;
    let (mut outcome, mut sums) = (Outcome::default(), Sums::default());
    let (mut told, mut sent) = (Taken::default(), Taken::default());
    for round in 0..run.rounds {
        let mut draw = run.draw.part(u64::from(round));
        let place = folder.path().join(format!("r{round}"));
        std::fs::create_dir_all(place.join("keys"))?;
        let busy = Busy::start(&house, &customer, &staff, round, &draw);
        tokio::time::sleep(Duration::from_millis(draw.between(100, 800))).await;
        busy.read(&mut told);
        let marked = told.clone();
        keep_outside(house.desk.data(), &place)?;
        let there = place.join("there.jsonl");
        let begun = Instant::now();
        let saved = house.run(&["backup", text(&there)?]).await?;
        sums.backup_ms.add(ms(begun));
        let tried = busy.end(&mut told).await?;
        outcome.check(tried.refused.is_empty(), || format!("refused by status: {:?}", tried.refused));
        outcome.check(saved.status == Some(0), || format!("round {round}: no backup: {}", saved.said));
        sent.add(tried.sent);
        sent.requests.clone_from(&told.requests);
        let held = held(&there)?;
        let lost = marked.missing_in(&held);
        outcome.check(lost.is_none(), || format!("round {round}: acknowledged, not in the backup: {lost:?}"));
        let made_up = held.missing_in(&sent);
        outcome.check(made_up.is_none(), || format!("round {round}: in the backup, never sent: {made_up:?}"));
        sums.events = held.alerts.values().sum();
        sums.requests = held.requests.len();
        come_back(&other, &place, &there, &saved, &mut sums, &mut outcome)
            .await
            .with_context(|| format!("round {round}"))?;
        std::fs::remove_dir_all(&place)?;
    }
    let Sums { events, requests, backup_ms, restore_ms, verify_ms } = sums;
    let in_ms = |series: &Series| series.summary().map(|summary| summary.to_string()).unwrap_or_default();
    outcome.figures = format!(
        "{} backups under load into {}, the last with {events} events and {requests} requests; in ms: backup {}, restore {}, \
         verify {}",
        run.rounds,
        other.engine(),
        in_ms(&backup_ms),
        in_ms(&restore_ms),
        in_ms(&verify_ms)
    );
    Ok(outcome)
}

/// Loads a backup into an empty database of the other engine; it must verify there, and give the same backup again.
async fn come_back(
    other: &Ground,
    place: &Path,
    there: &Path,
    saved: &Verdict,
    sums: &mut Sums,
    outcome: &mut Outcome,
) -> Result<()> {
    let database = other.database().await?;
    let begun = Instant::now();
    let restored = command(&["restore", text(there)?], database.as_deref(), place, &[]).await?;
    sums.restore_ms.add(ms(begun));
    outcome.check(restored.status == Some(0), || format!("no restore: {}", restored.said));
    let begun = Instant::now();
    let verdict = verify(database.as_deref(), place).await?;
    sums.verify_ms.add(ms(begun));
    outcome.check(verdict.status == Some(0), || format!("verify of the copy: {}", verdict.said));
    let back = place.join("back.jsonl");
    let again = command(&["backup", text(&back)?], database.as_deref(), place, &[]).await?;
    outcome.check(again.status == Some(0), || format!("no backup of the copy: {}", again.said));
    let digests = [saved, &restored, &again].map(digest);
    let is_one = digests[0].is_some() && digests.iter().all(|digest| *digest == digests[0]);
    outcome.check(is_one, || format!("digests of the desk, of what was loaded and of the copy: {digests:?}"));
    let is_same = std::fs::read(there)? == std::fs::read(&back)?;
    outcome.check(is_same, || "the copy's backup has other bytes".to_owned());
    Ok(())
}

/// A load that runs: alerts on some connections, and requests one after another.
struct Busy {
    load: Load,
    requests: JoinHandle<Result<()>>,
    stop: CancellationToken,
    alerts_told: Receiver<Vec<AlertId>>,
    requests_told: Receiver<String>,
}

impl Busy {
    fn start(house: &House, customer: &Customer, staff: &Staff, round: u32, draw: &Draw) -> Self {
        let (pen, alerts_told) = channel();
        let load = Load::start(house.desk.port, customer, &format!("r{round}"), CONNECTIONS, draw, &pen);
        let (request_pen, requests_told) = channel();
        let stop = CancellationToken::new();
        let requests = tokio::spawn(ask(staff.clone(), customer.project.clone(), stop.clone(), request_pen));
        Self { load, requests, stop, alerts_told, requests_told }
    }

    /// Adds what was acknowledged by now.
    fn read(&self, told: &mut Taken) {
        told.add(self.alerts_told.try_iter().flatten().map(|id| (id, 1)));
        told.requests.extend(self.requests_told.try_iter());
    }

    /// Ends the load, adds what else was acknowledged, and says what was tried.
    async fn end(self, told: &mut Taken) -> Result<Tried> {
        self.stop.cancel();
        self.requests.await??;
        let tried = self.load.end().await;
        told.add(self.alerts_told.try_iter().flatten().map(|id| (id, 1)));
        told.requests.extend(self.requests_told.try_iter());
        Ok(tried)
    }
}

/// Files requests and takes each.
async fn ask(staff: Staff, project: String, stop: CancellationToken, pen: Sender<String>) -> Result<()> {
    let request = json!({
        "project": project, "entry": "consultation", "fields": { "topic": "構成の相談" }, "reason": "電話で受けたため",
    });
    while !stop.is_cancelled() {
        let filed = staff.post("/api/v1/requests", &request).await?;
        let key = filed["key"].as_str().context("no key")?.to_owned();
        let taken = json!({ "version": filed["version"] });
        // Nobody hears of it any more where the round has ended.
        let _gone = pen.send(key.clone());
        staff.post(&format!("/api/v1/requests/{key}/assignment"), &taken).await?;
    }
    Ok(())
}

/// Copies what stands outside the database by now: the key and the checkpoints.
fn keep_outside(data: &Path, place: &Path) -> Result<()> {
    for name in ["keys/checkpoint.key", "checkpoints.txt"] {
        let from = data.join(name);
        if from.exists() {
            std::fs::copy(&from, place.join(name)).with_context(|| name.to_owned())?;
        }
    }
    Ok(())
}

/// What a backup holds, by its lines.
fn held(file: &Path) -> Result<Taken> {
    let (mut taken, mut table) = (Taken::default(), Value::Null);
    for line in BufReader::new(File::open(file)?).lines() {
        let line: Value = serde_json::from_str(&line?)?;
        if line.is_object() {
            table = line;
            continue;
        }
        let columns = table["columns"].as_array().context("rows without a table")?;
        let cell = |name: &str| {
            let place = columns.iter().position(|column| column == name)?;
            line[place].as_str().map(str::to_owned)
        };
        match table["table"].as_str() {
            Some("alert_events") => {
                let (dedup_key, alert_key) = (cell("dedup_key"), cell("alert_key"));
                let id = dedup_key.zip(alert_key).context("an event without keys")?;
                taken.add([(AlertId { dedup_key: id.0, alert_key: id.1 }, 1)]);
            }
            Some("requests") => {
                taken.requests.insert(cell("key").context("a request without a key")?);
            }
            _ => {}
        }
    }
    Ok(taken)
}

/// The digest that `backup` and `restore` print.
fn digest(said: &Verdict) -> Option<String> {
    let printed = said.said.lines().find_map(|line| serde_json::from_str::<Value>(line).ok())?;
    printed["digest"].as_str().map(str::to_owned)
}

fn text(path: &Path) -> Result<&str> {
    path.to_str().context("a path is UTF-8")
}

fn ms(begun: Instant) -> f64 {
    begun.elapsed().as_secs_f64() * 1_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_backup_holds_is_read_from_its_lines() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("backup.jsonl");
        let lines = [
            r#"{"madoguchi":"backup","format":1,"schema":1}"#,
            r#"{"table":"requests","columns":["tenant","key"]}"#,
            r#"["t","ACME-1"]"#,
            r#"{"table":"alert_events","columns":["id","dedup_key","alert_key"]}"#,
            r#"[1,"a","a-1"]"#,
            r#"[2,"a","a-1"]"#,
            r#"{"rows":3,"sha256":"0"}"#,
        ];
        std::fs::write(&file, lines.join("\n")).unwrap();
        let held = held(&file).unwrap();
        let mut more = held.clone();
        more.add([(AlertId { dedup_key: "a".into(), alert_key: "a-1".into() }, 1)]);
        assert_eq!((held.missing_in(&more), more.missing_in(&held).is_some()), (None, true));
        assert_eq!(held.requests, BTreeSet::from(["ACME-1".to_owned()]));
    }
}
