//! `madoguchi watch`: runs on another machine, asks each node whether it can commit, and pages people when none can. It
//! touches no database; when to page is decided by [`domain::watch`].

mod ask;
mod page;
mod settings;

use crate::settings::Place;
use anyhow::Context;
use ask::Asker;
use domain::watch::{Say, Watch};
use page::Pager;
use settings::Settings;
use std::io::Write;
use std::process::ExitCode;
use std::time::Instant;
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::{MissedTickBehavior, interval};
use tracing_subscriber::EnvFilter;

/// Watches until it is told to stop; with `once` asks a single time and says what it heard.
pub(crate) async fn run(place: &Place, once: bool) -> anyhow::Result<ExitCode> {
    let settings = Settings::load(place.config())?;
    let asker = Asker::new(&settings)?;
    let pager = Pager::new(&settings)?;
    if once {
        return ask_once(&asker).await;
    }
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    pager.probe().await.context("nobody could be paged")?;
    let mut term = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tracing::info!(nodes = settings.nodes.len(), after_s = settings.after_s, "watching");
    tokio::select! {
        _ = term.recv() => {}
        _ = interrupt.recv() => {}
        () = watch(&settings, &asker, &pager) => {}
    }
    Ok(ExitCode::SUCCESS)
}

async fn ask_once(asker: &Asker) -> anyhow::Result<ExitCode> {
    let heard = asker.ask().await;
    let mut out = std::io::stdout().lock();
    for node in &heard {
        writeln!(out, "{} {}: {}", if node.ready { "ok  " } else { "BAD " }, node.url, node.said)?;
    }
    Ok(if heard.iter().any(|node| node.ready) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn watch(settings: &Settings, asker: &Asker, pager: &Pager) {
    let begun = Instant::now();
    let elapsed = || u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    let mut watch = Watch::new(settings.pace(), elapsed());
    let mut rounds = interval(settings.every());
    rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        rounds.tick().await;
        let heard = asker.ask().await;
        let say = watch.hear(heard.iter().any(|node| node.ready), elapsed());
        if say == Say::Nothing {
            continue;
        }
        let taken = pager.tell(say, &heard).await;
        watch.told(say, taken, elapsed());
    }
}
