//! A desk whose clock is moved by hand, behind the real gate on a port of the loopback: a night in a minute, in a real browser.
//!
//! The binary takes its time from the machine or from PostgreSQL and has no other clock, so its parts are put together here as
//! `serve` does. While the clock moves, each timer on the way fires and each message on the way is taken by the next server.

use anyhow::{Context, Result, bail};
use desk::{Attempt, Caller, Delivery, Desk, NewKey, NewPerson, Verify, Who};
use domain::alerts::{Action, AlertEvent};
use domain::contact::{Contact, ContactPlan, Hours};
use domain::ids::{ContactId, ProjectKey, RecordKey, TenantId};
use domain::incident::Incident;
use domain::runbook::{Runbooks, notation};
use domain::time::{Instant, MINUTE_MS};
use domain::words::Lang;
use e2e::house::{Ground, PASSWORD};
use e2e::staff::Staff;
use gate::{Gate, Limits, Listening};
use std::io;
use store::{Clock, HandClock, Store};
use tempfile::TempDir;
use testkit::http;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// The name under which messages are claimed.
const NODE: &str = "by-hand";
/// Messages claimed in one go.
const CLAIM_MAX: u32 = 100;

/// The desk.
pub(crate) struct HandHouse {
    pub(crate) desk: Desk,
    clock: HandClock,
    base: String,
    stop: CancellationToken,
    serving: JoinHandle<io::Result<()>>,
    _folder: TempDir,
}

impl HandHouse {
    /// Opens it on a new database, with the provider みなとマネージド.
    pub(crate) async fn open(ground: &Ground, at: Instant) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let file = format!("sqlite://{}", folder.path().join("desk.db").display());
        let url = ground.database().await?.unwrap_or(file);
        let clock = HandClock::at(at);
        let store = Store::open(&url, Clock::Hand(clock.clone())).await?;
        let listening = Listening::bind(([127, 0, 0, 1], 0).into())?;
        let base = format!("http://{}", listening.address());
        let settings =
            desk::Settings { base_url: base.clone(), message_domain: "desk.example".into(), sealing_key: [7; 32] };
        let desk = Desk::new(store, settings);
        desk.ensure_provider("みなとマネージド").await?;
        let stop = CancellationToken::new();
        let settings = gate::Settings { https: false, error_page: web::error_page, stop: stop.clone() };
        let gate = Gate::new(desk.clone(), settings);
        let state = web::State::new(desk.clone(), gate.clone(), web::Setting::default());
        let site = gate.open([web::router(&state), api::router(&gate, desk.clone())]);
        let serving = tokio::spawn(listening.serve(site, None, Limits::default(), stop.clone().cancelled_owned()));
        Ok(Self { desk, clock, base, stop, serving, _folder: folder })
    }

    /// The address of a page.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// A customer with one project.
    pub(crate) async fn add_customer(&self, name: &str, project: &str) -> Result<TenantId> {
        Ok(self.desk.add_tenant(&console(), name, project).await?.id)
    }

    /// Somebody of a customer, or of the provider where none is given, with [`PASSWORD`] and the address of their role's name.
    pub(crate) async fn add_person(&self, name: &str, email: &str, role: &str, of: Option<&TenantId>) -> Result<()> {
        let provider = self.desk.ensure_provider("みなとマネージド").await?;
        let (name, email) = (name.to_owned(), email.to_owned());
        let new = NewPerson { email, name, role: role.to_owned(), password: PASSWORD.into(), ..NewPerson::default() };
        self.desk.add_person(&console(), of.unwrap_or(&provider), &new).await.map(drop).context(new.email)
    }

    /// A contact plan of three: names and numbers by rank.
    pub(crate) async fn plan(&self, tenant: &TenantId, project: &str, people: [(&str, &str, &str); 3]) -> Result<()> {
        let contact = |(rank, (name, reading, phone)): (usize, (&str, &str, &str))| Contact {
            id: ContactId::new(format!("c{rank}")),
            name: name.to_owned(),
            reading: reading.to_owned(),
            phone: phone.to_owned(),
            other_phones: vec![],
            mail: format!("c{rank}@{}.example", project.to_lowercase()),
            hours: Hours::default(),
            services: vec![],
        };
        let contacts = (1..).zip(people).map(contact).collect();
        let plan = ContactPlan { contacts, ..ContactPlan::default() };
        self.desk.record_paper(&console(), tenant, project, &plan, None).await.map(drop)?;
        Ok(())
    }

    /// The runbooks of a project, as they are written.
    pub(crate) async fn runbooks(&self, tenant: &TenantId, project: &str, text: &str) -> Result<()> {
        let runbooks = notation::parse(text).map_err(|error| anyhow::anyhow!("{error:?}"))?;
        let runbooks = Runbooks { runbooks, standing_consent: None };
        self.desk.record_paper(&console(), tenant, project, &runbooks, None).await.map(drop)?;
        Ok(())
    }

    /// An alert of a project; the incident it opened or joined.
    pub(crate) async fn alert(&self, project: &str, source: &str, summary: &str) -> Result<RecordKey> {
        let new = NewKey { scope: "intake".into(), label: "Alertmanager".into(), ..NewKey::default() };
        let made = self.desk.add_key(&console(), &ProjectKey::new(project), &new).await?;
        let key = self.desk.intake_key(&made.key).await?.context("a key that was made is known")?;
        let event = AlertEvent {
            action: Action::Trigger,
            dedup_key: summary.to_owned(),
            alert_key: summary.to_owned(),
            severity: "critical".into(),
            summary: summary.to_owned(),
            source: source.to_owned(),
        };
        let body = serde_json::to_vec(&serde_json::json!({ "payload": { "summary": summary } }))?;
        let delivery = Delivery { key, sender: "events_v2", body, content: Ok(vec![event]) };
        let taken = self.desk.receive(delivery).await?;
        taken.into_iter().find_map(|it| it.incident).context("an alert of a critical kind opens an incident")
    }

    /// Somebody at the native API.
    pub(crate) async fn staff(&self, email: &str) -> Result<Staff> {
        Staff::sign_in_at(http::client(None)?, self.base.clone(), email).await
    }

    /// The incident as its facts tell it.
    pub(crate) async fn fold(&self, tenant: &TenantId, key: &RecordKey) -> Result<Incident> {
        let facts = self.desk.store().tenant(tenant).record_facts(key).await?;
        Incident::fold(&facts)?.with_context(|| format!("there is no {key}"))
    }

    /// Moves the clock on: what is due on the way fires, what waits on the way is sent.
    pub(crate) async fn until(&self, at: Instant) -> Result<()> {
        loop {
            let timer = self.desk.next_timer().await?;
            let message = self.desk.store().system().next_message().await?;
            let Some(next) = timer.into_iter().chain(message).min().filter(|next| *next <= at) else { break };
            self.clock.set(next.max(self.clock.now()));
            if self.desk.fire_due().await? + self.send().await? == 0 {
                bail!("what was due at {next} did not happen");
            }
        }
        self.clock.set(at.max(self.clock.now()));
        Ok(())
    }

    /// Moves the clock on by seconds.
    pub(crate) async fn after(&self, seconds: i64) -> Result<()> {
        self.until(self.clock.now().plus_ms(seconds * 1000)).await
    }

    async fn send(&self) -> Result<usize> {
        let outgoing = self.desk.claim(NODE, CLAIM_MAX, MINUTE_MS).await?;
        for message in &outgoing {
            self.desk.finish(&message.claim, &Attempt::Delivered { detail: "250 2.0.0 Ok".into() }).await?;
        }
        Ok(outgoing.len())
    }

    /// Checks the whole database, then closes everything.
    pub(crate) async fn verified(self) -> Result<()> {
        desk::verify(self.desk.store(), &Verify { checkpoint_keys: vec![], outside: None }).await?;
        self.stop.cancel();
        self.serving.await??;
        self.desk.store().close().await;
        Ok(())
    }
}

fn console() -> Caller {
    Caller { who: Who::Console, grants: vec![], lang: Lang::Ja }
}

/// An instant of the night from 21 to 22 November 2026, a Saturday and a Sunday, in Tokyo.
pub(crate) fn at(time: &str) -> Result<Instant> {
    Instant::parse(&format!("2026-11-22T{time}+09:00")).map_err(|error| anyhow::anyhow!("{time}: {error}"))
}
