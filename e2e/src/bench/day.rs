//! The day with a long history behind it: filing, reading, lists, 今日, the table of a year, the bundle and `verify`.

use super::Pace;
use super::fill::{self, Filled, History, PROJECT, fill};
use super::table::Table;
use super::throng::throng;
use crate::client::{Connection, get, post_by};
use crate::figures::Series;
use crate::house::{Engine, Ground, House, run as command};
use crate::staff::Staff;
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::path::Path;
use std::time::Instant;
use testkit::madoguchi::Options;

/// Measures everything at that many requests.
pub(super) async fn measure(ground: &Ground, pace: Pace, history: &History<'_>, table: &mut Table) -> Result<()> {
    let filled = fill(history).await?;
    let (engine, requests, facts) = (ground.engine(), history.requests, filled.told.facts);
    let named = |what: &str| format!("{engine}, {requests} requests, {facts} facts: {what}");
    table.add(named("filled by its verbs"), "s", &Series::from_iter([filled.told.seconds]));
    table.add(named("of it the index of words"), "s", &Series::from_iter([filled.told.indexing]));
    let database = ground.database().await?;
    if engine == Engine::Postgres {
        let file = filled.data.join("backup.jsonl");
        said(None, &filled.data, &["backup", text(&file)?]).await?;
        let begun = Instant::now();
        said(database.as_deref(), &filled.data, &["restore", text(&file)?]).await?;
        table.add(named("restore"), "s", &Series::from_iter([begun.elapsed().as_secs_f64()]));
        std::fs::remove_file(&file)?;
    }
    let options = || Options { database: database.clone(), data: Some(filled.data.clone()), ..Options::default() };
    let mut house = House::of(options()).await?;
    over_http(&house, &filled, pace, table, &named).await?;
    house.desk.sigterm()?;
    by_command(database.as_deref(), &filled, pace, table, &named).await?;
    // Last, because it files thousands.
    all_at_once(&House::of(options()).await?, pace, table, &named).await
}

/// Connections of a working day's worst minute.
const CONNECTIONS: usize = 16;

async fn all_at_once(house: &House, pace: Pace, table: &mut Table, named: &impl Fn(&str) -> String) -> Result<()> {
    let (su, cu) = (Staff::sign_in(house, "su@msp.example").await?, Staff::sign_in(house, "cu@msp.example").await?);
    let list = format!("/api/v1/requests?project={PROJECT}&limit=50");
    for (what, request) in [
        ("list 50, JSON", get(&list, &su.header())),
        ("list 50, page", get("/requests", &su.header())),
        ("file a request", post_by("/api/v1/requests", &cu.header(), &new_request().to_string())),
    ] {
        let answered = throng(house.desk.port, CONNECTIONS, pace, &request, |_| ()).await.context(what)?;
        table.add(named(&format!("{what}, {CONNECTIONS} conn.")), "/s", &answered.rates);
        table.add(named(&format!("{what}, {CONNECTIONS} conn., answer")), "ms", &answered.waits_ms);
    }
    Ok(())
}

fn new_request() -> Value {
    json!({ "project": PROJECT, "entry": "consultation", "fields": { "topic": "構成の相談" } })
}

async fn over_http(
    house: &House,
    filled: &Filled,
    pace: Pace,
    table: &mut Table,
    named: &impl Fn(&str) -> String,
) -> Result<()> {
    let (su, cu) = (Staff::sign_in(house, "su@msp.example").await?, Staff::sign_in(house, "cu@msp.example").await?);
    let fill::Told { tenant, request, now_ms, .. } = &filled.told;
    let now = domain::time::Instant::from_ms(*now_ms);
    let (from, to) = (fill::day(now.plus_minutes(-365 * 24 * 60)), fill::day(now));
    let period = format!("tenant={tenant}&from={from}&to={to}");
    let new = new_request();
    let mut created = Series::default();
    let begun = Instant::now();
    while begun.elapsed() < pace.run * pace.repeats {
        let asked = Instant::now();
        cu.post("/api/v1/requests", &new).await?;
        created.add(asked.elapsed().as_secs_f64() * 1_000.0);
    }
    table.add(named("file a request"), "ms", &created);
    let one = request.as_str();
    // A character, two, more, and something that stands on one ticket only.
    let [character, pair, phrase, rare] = ["相", "構成", "見直しについて", "相談 7件目"].map(searched);
    for (what, who, path, holds) in [
        ("read a request, JSON", &su, format!("/api/v1/requests/{request}"), one),
        ("read a request, page", &su, format!("/requests/{request}"), one),
        ("list 50, JSON", &su, format!("/api/v1/requests?project={PROJECT}&limit=50"), PROJECT),
        ("list 50, page", &su, "/requests".to_owned(), PROJECT),
        ("portal, page", &cu, "/requests".to_owned(), PROJECT),
        ("今日, page", &su, "/today".to_owned(), PROJECT),
        ("search 1 character, JSON", &su, character, PROJECT),
        ("search 2 characters, JSON", &su, pair, PROJECT),
        ("search 7 characters, JSON", &su, phrase, PROJECT),
        ("search a frequent and a rare word, JSON", &su, rare, PROJECT),
        ("table of a year, JSON", &su, format!("/api/v1/tenants/{tenant}/compliance?from={from}&to={to}"), "requests"),
        ("table of a year, page", &su, format!("/compliance?{period}"), "</table>"),
    ] {
        let mut connection = Connection::open(house.desk.port).await?;
        let request = get(&path, &who.header());
        let mut waits = Series::default();
        let begun = Instant::now();
        while waits.summary().is_none() || begun.elapsed() < pace.run * pace.repeats {
            let asked = Instant::now();
            let reply = connection.send(&request).await?;
            waits.add(asked.elapsed().as_secs_f64() * 1_000.0);
            if reply.status != 200 || !String::from_utf8_lossy(&reply.body).contains(holds) {
                bail!("{path} was answered {}", reply.status);
            }
        }
        table.add(named(what), "ms", &waits);
    }
    Ok(())
}

/// Where the API answers a question.
fn searched(question: &str) -> String {
    let asked = url::form_urlencoded::Serializer::new(String::new()).append_pair("q", question).finish();
    format!("/api/v1/search?{asked}")
}

async fn by_command(
    database: Option<&str>,
    filled: &Filled,
    pace: Pace,
    table: &mut Table,
    named: &impl Fn(&str) -> String,
) -> Result<()> {
    let bundle = filled.data.join("bundle.zip");
    let (mut export, mut verify, mut offline) = (Series::default(), Series::default(), Series::default());
    let (mut chain, mut offline_chain) = (Series::default(), Series::default());
    for _ in 0..pace.repeats.min(3) {
        if bundle.exists() {
            std::fs::remove_file(&bundle)?;
        }
        let path = text(&bundle)?;
        let begun = Instant::now();
        said(database, &filled.data, &["export", "--tenant", fill::CUSTOMER, path]).await?;
        export.add(begun.elapsed().as_secs_f64());
        for (database, args, whole, links) in [
            (database, &["verify", "--unsigned"][..], &mut verify, &mut chain),
            (None, &["verify", "--bundle", path, "--unsigned"][..], &mut offline, &mut offline_chain),
        ] {
            let begun = Instant::now();
            let report = said(database, &filled.data, args).await?;
            whole.add(begun.elapsed().as_secs_f64());
            links.add(report["chain_seconds"].as_f64().context("verify says how long the chain took")?);
        }
    }
    table.add(named("export"), "s", &export);
    table.add(named("verify"), "s", &verify);
    table.add(named("verify, of it the chain"), "s", &chain);
    table.add(named("verify --bundle"), "s", &offline);
    table.add(named("verify --bundle, of it the chain"), "s", &offline_chain);
    let size = std::fs::metadata(&bundle)?.len() as f64 / 1_048_576.0;
    table.add(named("bundle"), "MiB", &Series::from_iter([size]));
    Ok(())
}

/// What a command says that must succeed.
async fn said(database: Option<&str>, data: &Path, args: &[&str]) -> Result<Value> {
    let verdict = command(args, database, data, &[]).await?;
    if verdict.status != Some(0) {
        bail!("{args:?} ended with {:?}: {}", verdict.status, verdict.said);
    }
    Ok(serde_json::from_str(&verdict.said)?)
}

fn text(path: &Path) -> Result<&str> {
    path.to_str().context("a path is UTF-8")
}
