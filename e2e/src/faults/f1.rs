//! F1: acknowledged alerts lost over kills during intake. 0 is the figure.
//!
//! 64 connections post; the desk is killed, half of the times at a random moment and half at an exact system call: as it
//! syncs to disk on SQLite, as it sends to PostgreSQL or to a client on PostgreSQL. It starts again on the same data. Then
//! every acknowledged event must be counted by the alert it named, and none may be counted that was never sent.

use super::{Outcome, Run};
use crate::client::{Connection, Reply, get};
use crate::figures::Series;
use crate::house::{Customer, Engine, House};
use crate::knife;
use crate::ledger::{AlertId, Ledger};
use crate::load::{Load, Tried};
use crate::sender;
use anyhow::{Context, Result};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};
use testkit::wait;
use tokio::task::JoinSet;

const CONNECTIONS: u64 = 64;
/// Connections the checker reads with.
const READERS: usize = 8;
/// A call that is not reached by then is not waited for: the kill comes at that moment instead.
const KNIFE_LIMIT: Duration = Duration::from_secs(6);

#[derive(Debug, Default)]
struct Sums {
    acknowledged: u64,
    lost: u64,
    exact: u32,
    restart_ms: Series,
    refused: BTreeMap<u16, u64>,
}

pub(super) async fn run(run: &Run) -> Result<Outcome> {
    let mut house = House::open(&run.ground, &[]).await?;
    let customer = house.add_customer("○○商事", "ACME").await?;
    let files = tempfile::tempdir()?;
    let (mut outcome, mut sums) = (Outcome::default(), Sums::default());
    let mut everything = 0;
    for round in 0..run.rounds {
        let name = format!("r{round}");
        let ledger = Ledger::open(&files.path().join(&name))?;
        let mut draw = run.draw.part(u64::from(round));
        let pen = ledger.pen();
        let exact = round % 2 == 1;
        let tried = if exact {
            let (call, nth) = match run.ground.engine() {
                Engine::Sqlite => ("fsync,fdatasync", draw.between(1, 40)),
                Engine::Postgres => ("sendto", draw.between(1, 2_000)),
            };
            let mut knife = knife::attach(house.desk.process().id(), call, nth, &files.path().join(&name)).await?;
            let load = Load::start(house.desk.port, &customer, &name, CONNECTIONS, &draw, &pen);
            let died = wait::until("the kill", KNIFE_LIMIT, async || house.desk.process().ended()).await.is_ok();
            sums.exact += u32::from(died);
            house.desk.kill9()?;
            knife.kill9()?;
            load.end().await
        } else {
            let load = Load::start(house.desk.port, &customer, &name, CONNECTIONS, &draw, &pen);
            tokio::time::sleep(Duration::from_millis(draw.between(50, 1_500))).await;
            house.desk.kill9()?;
            load.end().await
        };
        drop(pen);
        let acknowledged = ledger.close()?;
        let begun = Instant::now();
        house.desk.restart().await.with_context(|| format!("round {round}"))?;
        let first =
            Connection::open(house.desk.port).await?.send(&sender::events_v2(&customer.intake_key, &name)).await?;
        sums.restart_ms.add(begun.elapsed().as_secs_f64() * 1_000.0);
        outcome.check(first.is_success(), || {
            format!("round {round}: the first alert after the restart got {}", first.status)
        });
        let faults = compare(&house, &customer, &acknowledged, &tried).await?;
        sums.acknowledged += acknowledged.values().sum::<u64>();
        sums.lost += faults.lost;
        everything += faults.found + 1;
        outcome.check(faults.first.is_none(), || format!("round {round}: {}", faults.first.unwrap_or_default()));
        for (status, count) in tried.refused {
            *sums.refused.entry(status).or_default() += count;
        }
    }
    let events = events_numbered(&house, &customer, &mut outcome).await?;
    outcome.check(events == everything, || format!("{everything} events are counted by alerts, {events} are listed"));
    house.desk.sigterm()?;
    if run.ground.engine() == Engine::Sqlite {
        let faults = testkit::sqlite::faults(&house.desk.data().join("madoguchi.db")).await?;
        outcome.check(faults.is_empty(), || format!("SQLite: {faults:?}"));
    }
    let verdict = house.verify().await?;
    outcome.check(verdict.status == Some(0), || format!("verify: {}", verdict.said));
    outcome.check(sums.exact > 0 || run.rounds < 2, || "no kill came at an exact call".to_owned());
    outcome.check(sums.refused.is_empty(), || format!("refused by status: {:?}", sums.refused));
    let restart = sums.restart_ms.summary().map(|s| s.to_string()).unwrap_or_default();
    let Sums { acknowledged, lost, exact, .. } = sums;
    outcome.figures = format!(
        "{acknowledged} acknowledged, {lost} lost, {exact} kills at an exact call, restart to first 2xx in ms: {restart}"
    );
    Ok(outcome)
}

#[derive(Debug, Default)]
struct Faults {
    /// Events the alerts of this round count.
    found: u64,
    /// Acknowledged and not there.
    lost: u64,
    /// The first difference.
    first: Option<String>,
}

/// Asks for each alert that was sent, how often it was received.
async fn compare(
    house: &House,
    customer: &Customer,
    acknowledged: &BTreeMap<AlertId, u64>,
    tried: &Tried,
) -> Result<Faults> {
    let keys: BTreeSet<&str> = tried.sent.keys().map(|id| id.dedup_key.as_str()).collect();
    let counted = counts(house.desk.port, &customer.api_key, &keys).await?;
    let mut faults = Faults { found: counted.values().sum(), ..Faults::default() };
    for (id, sent) in &tried.sent {
        let found = counted.get(id).copied().unwrap_or_default();
        let told = acknowledged.get(id).copied().unwrap_or_default();
        faults.lost += told.saturating_sub(found);
        if found < told || found > *sent {
            let first = || format!("{id:?}: sent {sent}, acknowledged {told}, found {found}");
            faults.first.get_or_insert_with(first);
        }
    }
    Ok(faults)
}

/// How often each alert of those keys was received, as the API says.
async fn counts(port: u16, api_key: &str, keys: &BTreeSet<&str>) -> Result<BTreeMap<AlertId, u64>> {
    let authorization: Arc<str> = format!("authorization: Bearer {api_key}").into();
    let keys: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
    let mut readers = JoinSet::new();
    for part in keys.chunks(keys.len().div_ceil(READERS).max(1)) {
        let (part, authorization) = (part.to_vec(), Arc::clone(&authorization));
        readers.spawn(async move {
            let mut connection = Connection::open(port).await?;
            let mut found = vec![];
            for key in part {
                let reply =
                    connection.send(&get(&format!("/api/v1/alerts?dedup_key={key}&limit=200"), &authorization)).await?;
                found.append(&mut alerts(&reply).with_context(|| format!("alerts of {key}"))?);
            }
            anyhow::Ok(found)
        });
    }
    let mut all = BTreeMap::new();
    while let Some(found) = readers.join_next().await {
        for (id, count) in found?? {
            *all.entry(id).or_default() += count;
        }
    }
    Ok(all)
}

fn alerts(reply: &Reply) -> Result<Vec<(AlertId, u64)>> {
    let body: Value = serde_json::from_slice(&reply.body)?;
    let items = body["items"].as_array().with_context(|| format!("no list: {} {body}", reply.status))?;
    let alert = |item: &Value| {
        let text = |field: &str| item[field].as_str().map(str::to_owned);
        Some((AlertId { dedup_key: text("dedup_key")?, alert_key: text("alert_key")? }, item["count"].as_u64()?))
    };
    items.iter().map(|item| alert(item).with_context(|| format!("no alert: {item}"))).collect()
}

/// How many events the customer has. They are numbered from 1, and none may be missing.
async fn events_numbered(house: &House, customer: &Customer, outcome: &mut Outcome) -> Result<u64> {
    let mut connection = Connection::open(house.desk.port).await?;
    let authorization = format!("authorization: Bearer {}", customer.api_key);
    let mut numbers = BTreeSet::new();
    let mut path = "/api/v1/events?limit=200".to_owned();
    loop {
        let reply = connection.send(&get(&path, &authorization)).await?;
        let body: Value = serde_json::from_slice(&reply.body)?;
        let items = body["items"].as_array().with_context(|| format!("no list: {} {body}", reply.status))?;
        for item in items {
            // An event's id is its tenant and its number there.
            let number = item["id"].as_str().and_then(|id| id.rsplit_once('.')?.1.parse::<u64>().ok());
            numbers.insert(number.with_context(|| format!("no event: {item}"))?);
        }
        let Some(next) = body["next"].as_str() else { break };
        path = format!("/api/v1/events?limit=200&cursor={next}");
    }
    let (count, last) = (numbers.len() as u64, numbers.last().copied().unwrap_or_default());
    outcome.check(count == last, || format!("the last event has number {last}, but there are {count}"));
    Ok(count)
}
