//! The stage: a real desk over the demo's database, with a clock moved by hand. While the clock moves, every timer on the way
//! fires and every message on the way is sent, so that reminders, misses and deliveries are true.

use super::papers::{DEAD_ADDRESS, STRICT_ADDRESS};
use super::people::{CUSTOMERS, PEOPLE, Who};
use super::story::Scene;
use anyhow::{Context, bail};
use desk::{Attempt, Caller, Desk, Grant};
use domain::access::{Right, Role};
use domain::calendar::Calendar;
use domain::ids::{PersonId, ProjectKey, RecordKey, TenantId};
use domain::time::{Instant, MINUTE_MS};
use domain::words::Lang;
use std::collections::HashMap;
use store::{ClaimedMessage, Clock, HandClock, Store};

/// How long after it was queued a message is sent.
const SENDING_MS: i64 = 1_400;
/// The name the stage claims messages under.
const NODE: &str = "demo";
/// Messages claimed in one go.
const CLAIM_MAX: u32 = 100;

/// The stage.
pub(super) struct Stage {
    /// The desk.
    pub(super) desk: Desk,
    /// Its clock.
    pub(super) clock: HandClock,
    /// Everybody who acts, as far as added.
    pub(super) callers: HashMap<Who, Caller>,
}

impl Stage {
    /// Opens the database with a clock that stands at `at`.
    pub(super) async fn open(url: &str, settings: desk::Settings, at: Instant) -> anyhow::Result<Self> {
        let clock = HandClock::at(at);
        let store = Store::open(url, Clock::Hand(clock.clone())).await?;
        let mut stage = Self { desk: Desk::new(store, settings), clock, callers: HashMap::new() };
        stage.know_people().await?;
        Ok(stage)
    }

    /// Closes the database.
    pub(super) async fn close(self) {
        let store = self.desk.store().clone();
        drop(self.desk);
        store.close().await;
    }

    /// Makes a caller of everybody who is there, with the role and the delegation the history gives.
    pub(super) async fn know_people(&mut self) -> anyhow::Result<()> {
        let Some(provider) = self.desk.store().system().provider().await? else { return Ok(()) };
        let head = self.person_id("yukiko@example.jp").await?;
        for person in &PEOPLE {
            let Some(id) = self.person_id(person.email).await? else { continue };
            let home = match person.customer.and_then(|place| CUSTOMERS.get(place)) {
                Some(customer) => self.tenant_of(customer.projects[0].0).await?,
                None => provider.id.clone(),
            };
            let everywhere = person.customer.is_none();
            let mut grants = vec![Grant { tenant: home.clone(), role: person.role, everywhere, delegated: None }];
            if let (Who::Hikari, Some(head)) = (person.who, &head) {
                let delegated = Some((Right::Decide, head.clone()));
                grants.push(Grant { tenant: home, role: Role::Dh, everywhere, delegated });
            }
            let (name, email) = (person.name.to_owned(), person.email.to_owned());
            let who = desk::Who::Person { id, name, email, session: String::new() };
            self.callers.insert(person.who, Caller { who, grants, lang: Lang::Ja });
        }
        Ok(())
    }

    /// The caller of a character.
    pub(super) fn caller(&self, who: Who) -> anyhow::Result<&Caller> {
        self.callers.get(&who).with_context(|| format!("{who:?} is not in this database"))
    }

    /// A person's id by address.
    pub(super) async fn person_id(&self, email: &str) -> anyhow::Result<Option<PersonId>> {
        Ok(self.desk.store().system().person_by_email(email).await?.map(|person| person.id))
    }

    /// Whose a project is.
    pub(super) async fn tenant_of(&self, project: &str) -> anyhow::Result<TenantId> {
        let tenant = self.desk.store().system().tenant_of_project(&ProjectKey::new(project)).await?;
        tenant.with_context(|| format!("there is no project {project}"))
    }

    /// The calendar of the desk.
    pub(super) async fn calendar(&self) -> anyhow::Result<Calendar> {
        Ok(self.desk.calendar(self.clock.now()).await?)
    }

    /// The latest instant of any chain; what is written next must not lie before it.
    pub(super) async fn latest(&self) -> anyhow::Result<Option<Instant>> {
        Ok(self.desk.store().system().heads().await?.into_iter().map(|head| head.instant).max())
    }

    /// Moves the clock on, firing timers and sending messages when their time comes. It never goes back.
    pub(super) async fn until(&self, at: Instant) -> anyhow::Result<()> {
        loop {
            let timer = self.desk.next_timer().await?;
            let message = self.desk.store().system().next_message().await?.map(|queued| queued.plus_ms(SENDING_MS));
            let Some(next) = timer.into_iter().chain(message).min().filter(|next| *next <= at) else { break };
            self.clock.set(next.max(self.clock.now()));
            let fired = self.desk.fire_due().await?;
            if fired + self.send().await? == 0 {
                bail!("what was due at {next} did not happen");
            }
        }
        self.clock.set(at.max(self.clock.now()));
        Ok(())
    }

    /// Sends what waits; returns how many messages that were.
    async fn send(&self) -> anyhow::Result<usize> {
        let outgoing = self.desk.claim(NODE, CLAIM_MAX, MINUTE_MS).await?;
        for message in &outgoing {
            let reply = answer_of_mail_server(&message.claim);
            self.desk.finish(&message.claim, &reply).await?;
        }
        Ok(outgoing.len())
    }

    /// Plays scenes beside each other, each beat at its instant. What would come after `end` has not happened yet.
    pub(super) async fn play(&self, scenes: &[Scene], end: Instant) -> anyhow::Result<()> {
        let calendar = self.calendar().await?;
        let mut beats = vec![];
        for (place, scene) in scenes.iter().enumerate() {
            beats.push((scene.start, place, Who::Tool, &scene.tale.opening));
            for beat in &scene.tale.beats {
                beats.push((beat.at(scene.start, &calendar)?, place, beat.who, &beat.act));
            }
        }
        beats.retain(|(at, ..)| *at <= end);
        beats.sort_by_key(|(at, place, ..)| (*at, *place));
        let mut keys: HashMap<usize, RecordKey> = HashMap::new();
        for (at, place, who, act) in beats {
            self.until(at).await?;
            let project = scenes[place].tale.project;
            let told = format!("{project} at {at}: {who:?}");
            let key = self.act(project, keys.get(&place), who, act).await.context(told)?;
            if let Some(key) = key {
                keys.insert(place, key);
            }
        }
        Ok(())
    }
}

/// What the mail servers of the demo say: one address is gone by the time of one incident, and one server makes strangers
/// come again.
fn answer_of_mail_server(claim: &ClaimedMessage) -> Attempt {
    let about = claim.record.as_ref().map_or("", |record| record.as_str());
    match (claim.recipient.as_str(), about) {
        (DEAD_ADDRESS, "EDI-1") => Attempt::Refused { detail: format!("550 5.1.1 <{DEAD_ADDRESS}>: User unknown") },
        (STRICT_ADDRESS, "PORTAL-1") if claim.attempts == 1 => {
            Attempt::Deferred { detail: "450 4.2.0 Greylisted, please try again later".into() }
        }
        _ => Attempt::Delivered { detail: "送信箱 / built-in outbox".into() },
    }
}
