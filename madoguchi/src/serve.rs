//! `madoguchi serve`: opens the store, starts the tasks, puts the edges behind one gate, and stops in order.

use crate::demo::{self, Logins};
use crate::health::{self, Health};
use crate::settings::{LogFormat, Place, Settings};
use crate::{open, packs};
use anyhow::Context;
use desk::Desk;
use gate::{Buckets, Gate, Limits, Listening, Tls};
use metrics_exporter_prometheus::PrometheusBuilder;
use notify::mail::Mailer;
use std::io::Write;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;
use work::{Channels, Packs, Post, Tasks};

/// Runs the desk until it is told to stop.
pub(crate) async fn run(place: &Place, listen: Option<SocketAddr>, is_demo: bool) -> anyhow::Result<()> {
    let mut settings = Settings::load(place, listen)?;
    if is_demo {
        settings.data = place.data().unwrap_or_else(|| demo::FOLDER.into());
        demo::check_folder(&settings.data)?;
    }
    log(settings.log_format, is_demo);
    let listening = Listening::bind(settings.listen).with_context(|| format!("listening on {}", settings.listen))?;
    let address = listening.address();
    let tls = match &settings.tls {
        Some(tls) => Some(Tls::from_files(&tls.certificate, &tls.key).context("reading the TLS certificate")?),
        None => None,
    };
    let letter_box = match &settings.mail_in {
        Some(mail_in) => Some(mailin::Listener::bind(mail_in.clone()).await?),
        None => None,
    };
    let logins = if is_demo { Some(Box::pin(prepare_demo(&settings, address)).await?) } else { None };
    let checkpoint_key = open::checkpoint_key(&settings)?.verifier().clone();
    let desk = open::desk(&settings, address).await?.signing_by(checkpoint_key);
    desk.ship_procedures().await.context("recording the procedures that ship")?;
    let stop = CancellationToken::new();
    // Before the tasks: what is counted before the metrics are there is lost.
    let site = site(&desk, &settings, address, logins.as_ref(), &stop)?;
    let tasks = Tasks::start(&desk, &tasks(&settings, address, is_demo)?, &stop);
    let letters = letter_box.map(|letter_box| {
        tracing::info!(address = %letter_box.address(), "listening for mail");
        tokio::spawn(letter_box.serve(desk.clone(), stop.clone()))
    });
    announce(&desk, &settings, address, logins.as_ref())?;
    listening.serve(site, tls, Limits::default(), told_to_stop(&stop)).await.context("serving")?;
    tracing::info!("stopping");
    stop.cancel();
    tasks.finish().await;
    if let Some(letters) = letters {
        letters.await.context("receiving mail")?;
    }
    desk.store().close().await;
    Ok(())
}

/// Fills the demo's database at its first start, and puts a fresh incident on its board at each.
async fn prepare_demo(settings: &Settings, address: SocketAddr) -> anyhow::Result<Logins> {
    let url = settings.database_url();
    let logins = demo::fill(&url, open::desk_settings(settings, address)?).await.context("filling the demo")?;
    demo::live(&url, open::desk_settings(settings, address)?)
        .await
        .context("putting an incident on the demo's board")?;
    Ok(logins)
}

fn tasks(settings: &Settings, address: SocketAddr, is_demo: bool) -> anyhow::Result<work::Settings> {
    let post = match &settings.mail {
        _ if is_demo => Post::BuiltIn,
        Some(mail) => Post::Smtp(Box::new(Mailer::new(mail.clone()).context("reading the mail settings")?)),
        None => Post::Nowhere,
    };
    Ok(work::Settings {
        node: store::random::letters::<16>(),
        node_name: address.to_string(),
        channels: Arc::new(Channels { post, egress: open::egress(settings)? }),
        checkpoint_key: open::checkpoint_key(settings)?,
        checkpoint_file: settings.checkpoint_file(),
        packs: match packs::settings(settings)? {
            None if is_demo => Packs::NotNeeded,
            packs => packs.map_or(Packs::Nowhere, |packs| Packs::Kept(Box::new(packs))),
        },
    })
}

fn site(
    desk: &Desk,
    settings: &Settings,
    address: SocketAddr,
    logins: Option<&Logins>,
    stop: &CancellationToken,
) -> anyhow::Result<axum::Router> {
    let metrics = PrometheusBuilder::new().install_recorder().context("starting the metrics")?;
    let https = settings.base_url(address).starts_with("https://");
    let gate = Gate::new(desk.clone(), gate::Settings { https, error_page: web::error_page, stop: stop.clone() });
    let buckets = Buckets::new(f64::from(settings.intake_per_second), settings.intake_per_second.saturating_mul(3));
    let mail = settings.mail.as_ref();
    let setting = web::Setting {
        demo: logins.is_some(),
        logins: logins.map(Logins::rows).unwrap_or_default(),
        mail_from: mail.map(|mail| mail.from.address.clone()).unwrap_or_default(),
        mail_server: mail.map(|mail| format!("{}:{}", mail.host, mail.port)).unwrap_or_default(),
    };
    Ok(gate.open([
        web::router(&web::State::new(desk.clone(), gate.clone(), setting)),
        api::router(&gate, desk.clone()),
        gate.router(intake::table(), intake::Intake::new(desk.clone(), buckets)),
        gate.router(health::table(), Health::new(desk.clone(), metrics)),
    ]))
}

/// Says where the desk is and what it runs on.
fn announce(desk: &Desk, settings: &Settings, address: SocketAddr, logins: Option<&Logins>) -> anyhow::Result<()> {
    let url = settings.base_url(address);
    tracing::info!(%address, database = %open::without_password(&settings.database_url()), engine = desk.store().engine(), "listening");
    let mut out = std::io::stdout().lock();
    writeln!(out, "Madoguchi: {url}")?;
    if let Some(logins) = logins {
        writeln!(out, "{logins}")?;
    }
    out.flush()?;
    Ok(())
}

/// Resolves at SIGTERM or SIGINT, and tells live streams to end before requests are drained.
async fn told_to_stop(stop: &CancellationToken) {
    let (Ok(mut term), Ok(mut interrupt)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt())) else {
        // Without signal handlers the process ends by the system's default on either signal.
        return std::future::pending().await;
    };
    tokio::select! { _ = term.recv() => {}, _ = interrupt.recv() => {} }
    stop.cancel();
}

fn log(format: LogFormat, is_demo: bool) {
    // The demo's reader wants the logins, not the log.
    let usual = if is_demo { "warn" } else { "info" };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(usual));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match format {
        LogFormat::Text => lines.init(),
        LogFormat::Json => lines.json().init(),
    }
}
