//! The day with a long history behind it: filing, reading, lists, 今日, the table of a year, the bundle and `verify`.

use super::Pace;
use super::fill::{self, Filled, PROJECT, fill};
use super::table::Table;
use crate::client::{Connection, get};
use crate::figures::Series;
use crate::house::{Engine, Ground, House, run as command};
use crate::staff::Staff;
use anyhow::{Context, Result, bail};
use serde_json::json;
use std::path::Path;
use std::time::Instant;
use testkit::madoguchi::Options;

/// Measures everything at that many requests.
pub(super) async fn measure(ground: &Ground, pace: Pace, requests: u64, table: &mut Table) -> Result<()> {
    let filled = fill(requests).await?;
    let (engine, facts) = (ground.engine(), filled.facts);
    let named = |what: &str| format!("{engine}, {requests} requests, {facts} facts: {what}");
    table.add(named("filled by its verbs"), "s", &Series::from_iter([filled.seconds]));
    let database = ground.database().await?;
    if engine == Engine::Postgres {
        let file = filled.data.join("backup.jsonl");
        said(None, &filled.data, &["backup", text(&file)?]).await?;
        let begun = Instant::now();
        said(database.as_deref(), &filled.data, &["restore", text(&file)?]).await?;
        table.add(named("restore"), "s", &Series::from_iter([begun.elapsed().as_secs_f64()]));
        std::fs::remove_file(&file)?;
    }
    let options = Options { database: database.clone(), data: Some(filled.data.clone()), ..Options::default() };
    let mut house = House::of(options).await?;
    over_http(&house, &filled, pace, table, &named).await?;
    house.desk.sigterm()?;
    by_command(database.as_deref(), &filled, pace, table, &named).await
}

async fn over_http(
    house: &House,
    filled: &Filled,
    pace: Pace,
    table: &mut Table,
    named: &impl Fn(&str) -> String,
) -> Result<()> {
    let (su, cu) = (Staff::sign_in(house, "su@msp.example").await?, Staff::sign_in(house, "cu@msp.example").await?);
    let Filled { tenant, request, now, .. } = filled;
    let (from, to) = (fill::day(now.plus_minutes(-365 * 24 * 60)), fill::day(*now));
    let period = format!("tenant={tenant}&from={from}&to={to}");
    let new = json!({ "project": PROJECT, "entry": "consultation", "fields": { "topic": "構成の相談" } });
    let mut created = Series::default();
    let begun = Instant::now();
    while begun.elapsed() < pace.run * pace.repeats {
        let asked = Instant::now();
        cu.post("/api/v1/requests", &new).await?;
        created.add(asked.elapsed().as_secs_f64() * 1_000.0);
    }
    table.add(named("file a request"), "ms", &created);
    let one = request.to_string();
    for (what, who, path, holds) in [
        ("read a request, JSON", &su, format!("/api/v1/requests/{request}"), one.as_str()),
        ("read a request, page", &su, format!("/requests/{request}"), one.as_str()),
        ("list 50, JSON", &su, format!("/api/v1/requests?project={PROJECT}&limit=50"), PROJECT),
        ("list 50, page", &su, "/requests".to_owned(), PROJECT),
        ("portal, page", &cu, "/requests".to_owned(), PROJECT),
        ("今日, page", &su, "/today".to_owned(), PROJECT),
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

async fn by_command(
    database: Option<&str>,
    filled: &Filled,
    pace: Pace,
    table: &mut Table,
    named: &impl Fn(&str) -> String,
) -> Result<()> {
    let bundle = filled.data.join("bundle.zip");
    let (mut export, mut verify, mut offline) = (Series::default(), Series::default(), Series::default());
    for _ in 0..pace.repeats.min(3) {
        if bundle.exists() {
            std::fs::remove_file(&bundle)?;
        }
        let path = text(&bundle)?;
        for (args, series) in [
            (&["export", "--tenant", fill::CUSTOMER, path][..], &mut export),
            (&["verify", "--unsigned"][..], &mut verify),
        ] {
            let begun = Instant::now();
            said(database, &filled.data, args).await?;
            series.add(begun.elapsed().as_secs_f64());
        }
        let begun = Instant::now();
        said(None, &filled.data, &["verify", "--bundle", path, "--unsigned"]).await?;
        offline.add(begun.elapsed().as_secs_f64());
    }
    table.add(named("export"), "s", &export);
    table.add(named("verify"), "s", &verify);
    table.add(named("verify --bundle"), "s", &offline);
    let size = std::fs::metadata(&bundle)?.len() as f64 / 1_048_576.0;
    table.add(named("bundle"), "MiB", &Series::from_iter([size]));
    Ok(())
}

/// Runs a command that must succeed.
async fn said(database: Option<&str>, data: &Path, args: &[&str]) -> Result<()> {
    let verdict = command(args, database, data, &[]).await?;
    if verdict.status != Some(0) {
        bail!("{args:?} ended with {:?}: {}", verdict.status, verdict.said);
    }
    Ok(())
}

fn text(path: &Path) -> Result<&str> {
    path.to_str().context("a path is UTF-8")
}
