//! F9: three nodes on one PostgreSQL, one of them killed again and again while messages wait. 0 lost is the figure, no more
//! sent twice than were under way at the kills, and what a dead node had under way tried again within 5 s (p99).
//!
//! Messages to customers are posted on incidents with many contacts, so that the outbox fills faster than a slow mail server
//! empties it; it is slow before it takes a mail, as busy servers are. What a 2xx acknowledged must reach each contact. What was under way at a kill is what the dead node still has
//! claimed in the database right after it.

use super::{Outcome, Run};
use crate::client::Connection;
use crate::figures::Series;
use crate::house::{Customer, Ground, House};
use crate::sender;
use crate::staff::Staff;
use anyhow::{Context, Result, bail};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};
use testkit::letter::Letter;
use testkit::madoguchi::Options;
use testkit::postgres::Server;
use testkit::smtp::{Answer, Message, Sink, Stage};
use testkit::{now_ms, wait};

const NODES: usize = 3;
const CUSTOMERS: usize = 4;
const CONTACTS: usize = 10;
/// Messages to the customer in a round; each becomes one mail a contact.
const MESSAGES: usize = 60;
/// Time the mail server takes over each recipient: long enough that a kill always finds some under way.
const PAUSE: Duration = Duration::from_millis(1_000);
const BETWEEN_KILLS: Duration = Duration::from_secs(5);
const DRAIN_LIMIT: Duration = Duration::from_secs(180);

struct Trial<'a> {
    server: &'a Server,
    database: String,
    sink: Sink,
    nodes: Vec<House>,
    operator: Option<Staff>,
    /// Per customer: its keys and who writes for it.
    writers: Vec<(Customer, Staff)>,
}

/// A message that a dead node had claimed: its Message-ID and recipient, and when the node died.
struct Stranded {
    mail: Mail,
    killed_ms: u64,
}

/// A mail as the sink tells it from others: Message-ID and recipient.
type Mail = (String, String);

pub(super) async fn run(run: &Run) -> Result<Outcome> {
    let Ground::Server(server) = &run.ground else { bail!("F9 needs PostgreSQL") };
    let folder = tempfile::tempdir()?;
    let key = |name: &str| folder.path().join(name).display().to_string();
    let sink = Sink::start().await?;
    let database = server.create_database().await?;
    let mail = |name: &str, value: &str| (format!("MADOGUCHI_MAIL__{name}"), value.to_owned());
    let envs = vec![
        ("MADOGUCHI_SEALING_KEY_FILE".to_owned(), key("sealing.key")),
        ("MADOGUCHI_CHECKPOINT_KEY_FILE".to_owned(), key("checkpoint.key")),
        ("MADOGUCHI_INTAKE_PER_SECOND".to_owned(), "1000000".to_owned()),
        ("RUST_LOG".to_owned(), "warn".to_owned()),
        mail("HOST", "127.0.0.1"),
        mail("PORT", &sink.port.to_string()),
        mail("TLS", "none"),
        mail("FROM__ADDRESS", "desk@msp.example"),
        mail("MESSAGE_ID_DOMAIN", "msp.example"),
    ];
    let mut nodes = vec![];
    for _ in 0..NODES {
        nodes.push(
            House::of(Options { database: Some(database.clone()), envs: envs.clone(), ..Options::default() }).await?,
        );
    }
    let name = database.rsplit('/').next().unwrap_or_default().to_owned();
    let mut trial = Trial { server, database: name, sink, nodes, operator: None, writers: vec![] };
    trial.people().await?;
    let mut outcome = Outcome::default();
    let (mut sent, mut twice, mut under_way, mut takeover_ms) = (0, 0, 0, Series::default());
    let mut draw = run.draw.clone();
    for round in 0..run.rounds {
        let expected = trial.publish(round).await?;
        let stranded = trial.kill_until_drained(|| draw.between(0, NODES as u64) as usize).await?;
        let copies = copies(&trial.sink)?;
        let texts = texts(&trial.sink.messages())?;
        let lost: Vec<_> = expected.iter().filter(|wanted| !texts.contains(*wanted)).collect();
        outcome.check(lost.is_empty(), || {
            format!("round {round}: {} mails are lost, such as {:?}", lost.len(), lost.first())
        });
        let repeated = copies.values().map(|times| times.len() as u64 - 1).sum::<u64>() - twice;
        outcome.check(repeated <= stranded.len() as u64, || {
            format!("round {round}: {repeated} mails came twice, but {} were under way at the kills", stranded.len())
        });
        // A mail whose next node was killed over it too had been taken over before that; its last kill is what counts.
        let last: BTreeMap<&Mail, u64> =
            stranded.iter().map(|Stranded { mail, killed_ms }| (mail, *killed_ms)).collect();
        for (mail, killed_ms) in &last {
            let again = copies.get(*mail).and_then(|times| times.iter().find(|at| **at > *killed_ms));
            outcome.check(again.is_some(), || {
                format!("round {round}: {mail:?} was under way at a kill and not tried again")
            });
            takeover_ms.extend(again.map(|at| (at - killed_ms) as f64));
        }
        sent += expected.len();
        twice += repeated;
        under_way += stranded.len();
    }
    let takeover = takeover_ms.summary().map(|summary| summary.to_string()).unwrap_or_default();
    outcome.figures = format!(
        "{sent} mails, {twice} twice, {under_way} under way at kills, kill to next attempt in ms: {takeover} (aim p99 5000)"
    );
    Ok(outcome)
}

impl Trial<'_> {
    /// Customers with contacts.
    async fn people(&mut self) -> Result<()> {
        let house = &self.nodes[0];
        house.add_person("ad@msp.example", "ad", None).await?;
        house.add_person("mo@msp.example", "mo", None).await?;
        let admin = Staff::sign_in(house, "ad@msp.example").await?;
        let operator = Staff::sign_in(house, "mo@msp.example").await?;
        for n in 0..CUSTOMERS {
            let customer: Customer = house.add_customer(&format!("お客様{n}"), &format!("CUST{n}")).await?;
            admin.plan_contacts(&customer, CONTACTS).await?;
            let staff = Staff::with_key(house, &customer);
            self.writers.push((customer, staff));
        }
        self.operator = Some(operator);
        Ok(())
    }

    /// Opens an incident for each customer: every round its own, so that none grows with the rounds.
    async fn incidents(&self, round: u32) -> Result<Vec<String>> {
        let operator = self.operator.as_ref().context("nobody tells yet")?;
        let mut incidents = vec![];
        for (n, (customer, staff)) in self.writers.iter().enumerate() {
            let key = format!("incident-{round}-{n}");
            let alert = sender::events_v2(&customer.intake_key, &key);
            let reply = Connection::open(self.nodes[0].desk.port).await?.send(&alert).await?;
            if !reply.is_success() {
                bail!("the alert was answered {}", reply.status);
            }
            let incident = staff.incident_of(&key).await?;
            operator.tell_of(&incident).await?;
            incidents.push(incident);
        }
        Ok(incidents)
    }

    /// Posts a round's messages; returns the word of each and whom it must reach.
    async fn publish(&self, round: u32) -> Result<BTreeSet<(String, String)>> {
        let incidents = self.incidents(round).await?;
        self.sink.answer(Stage::Recipient, Answer::After(PAUSE));
        let mut expected = BTreeSet::new();
        for n in 0..MESSAGES {
            let customer = n % CUSTOMERS;
            let incident = &incidents[customer];
            let staff = self.writers[customer].1.at(&self.nodes[n % NODES]);
            let word = format!("word-{round}-{n}.");
            staff.post(&format!("/api/v1/incidents/{incident}/message"), &json!({ "text": word })).await?;
            let contact = |n| format!("<c{n}@cust{customer}.example>");
            expected.extend((1..=CONTACTS).map(|n| (word.clone(), contact(n))));
        }
        Ok(expected)
    }

    /// Kills a node, notes what it had under way, starts it again; every few seconds until nothing waits.
    async fn kill_until_drained(&mut self, mut choose: impl FnMut() -> usize) -> Result<Vec<Stranded>> {
        let mut stranded = vec![];
        let begun = Instant::now();
        loop {
            let next = Instant::now() + BETWEEN_KILLS;
            let victim = choose();
            let port = self.nodes[victim].desk.port;
            self.nodes[victim].desk.kill9()?;
            let killed_ms = now_ms();
            stranded.extend(self.claimed_by(port).await?.into_iter().map(|mail| Stranded { mail, killed_ms }));
            self.nodes[victim].desk.restart().await?;
            let rest = next.saturating_duration_since(Instant::now());
            let drained = wait::until("the outbox to drain", rest, async || {
                let waiting = self.ask("select count(*) from messages where state in ('queued', 'sending')").await?;
                Ok((waiting == "0").then_some(()))
            });
            if drained.await.is_ok() {
                return Ok(stranded);
            }
            if begun.elapsed() > DRAIN_LIMIT {
                bail!("messages still wait after {} s", DRAIN_LIMIT.as_secs());
            }
        }
    }

    async fn ask(&self, sql: &str) -> Result<String> {
        self.server.sql(&self.database, sql).await
    }

    /// What the nodes of that port have claimed.
    async fn claimed_by(&self, port: u16) -> Result<Vec<Mail>> {
        let sql = format!(
            "select convert_from(b.bytes, 'UTF8')::json->>'message_id' || ' ' || m.recipient from messages m \
             join nodes n on n.id = m.node join blobs b on b.tenant = m.tenant and b.id = m.payload \
             where m.state = 'sending' and n.name like '%:{port}'"
        );
        let rows = self.ask(&sql).await?;
        let mail = |row: &str| row.split_once(' ').map(|(id, to)| (format!("<{id}>"), format!("<{to}>")));
        rows.lines().map(|row| mail(row).with_context(|| format!("no mail: {row}"))).collect()
    }
}

/// When the conversations that brought each mail began, by its Message-ID and recipient.
fn copies(sink: &Sink) -> Result<BTreeMap<Mail, Vec<u64>>> {
    let mut begun_ms = BTreeMap::new();
    for chunk in sink.chunks() {
        begun_ms.entry(chunk.connection).or_insert(chunk.at_ms);
    }
    let mut copies: BTreeMap<Mail, Vec<u64>> = BTreeMap::new();
    for message in sink.messages() {
        let id = Letter::parse(&message.raw)?.header("Message-ID").unwrap_or_default().to_owned();
        let begun = begun_ms.get(&message.connection).copied().unwrap_or(message.begun_ms);
        copies.entry((id, message.to.concat())).or_default().push(begun);
    }
    Ok(copies)
}

/// The word each mail carries, and whom it reached.
fn texts(messages: &[Message]) -> Result<BTreeSet<(String, String)>> {
    let mut found = BTreeSet::new();
    for message in messages {
        let text = Letter::parse(&message.raw)?.text;
        let word = text.split_whitespace().find(|word| word.starts_with("word-")).unwrap_or_default();
        found.insert((word.to_owned(), message.to.concat()));
    }
    Ok(found)
}
