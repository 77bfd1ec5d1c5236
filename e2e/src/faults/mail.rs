//! What the figures about messages share: a desk whose mail goes to a sink, its people, and what arrived there.

use crate::client::Connection;
use crate::house::{Customer, Ground, House};
use crate::sender;
use crate::staff::Staff;
use anyhow::{Result, bail};
use serde_json::json;
use std::time::Duration;
use testkit::letter::Letter;
use testkit::smtp::{Message, Sink};
use testkit::wait;

/// Mails come until nothing came for so long.
const QUIET: Duration = Duration::from_secs(6);
const QUIET_LIMIT: Duration = Duration::from_secs(120);

/// A desk with people and a customer, whose mail goes to a sink.
pub(super) struct Office {
    pub(super) house: House,
    pub(super) sink: Sink,
    pub(super) customer: Customer,
    /// The monitoring centre, the support centre and the management representative: one person each.
    pub(super) operator: Staff,
    pub(super) support: Staff,
}

/// A mail as it arrived.
#[derive(Clone, Debug)]
pub(super) struct Mail {
    pub(super) to: String,
    pub(super) letter: Letter,
    pub(super) at_ms: u64,
    /// The envelope's sender.
    pub(super) from: String,
}

impl Office {
    /// Opens it, with two contacts for the customer.
    pub(super) async fn open(ground: &Ground) -> Result<Self> {
        let sink = Sink::start().await?;
        let set = |name: &'static str, value: String| (name, value);
        let envs = [
            set("MADOGUCHI_MAIL__HOST", "127.0.0.1".into()),
            set("MADOGUCHI_MAIL__PORT", sink.port.to_string()),
            set("MADOGUCHI_MAIL__TLS", "none".into()),
            set("MADOGUCHI_MAIL__FROM__ADDRESS", "desk@msp.example".into()),
            set("MADOGUCHI_MAIL__MESSAGE_ID_DOMAIN", "msp.example".into()),
        ];
        let house = House::open(ground, &envs).await?;
        for role in ["ad", "mo", "su", "mr"] {
            house.add_person(&address(role), role, None).await?;
        }
        let customer = house.add_customer("○○商事", "ACME").await?;
        Staff::sign_in(&house, &address("ad")).await?.plan_contacts(&customer, 2).await?;
        let operator = Staff::sign_in(&house, &address("mo")).await?;
        let support = Staff::sign_in(&house, &address("su")).await?;
        Ok(Self { house, sink, customer, operator, support })
    }

    /// An alert of a customer, and the incident it opened, which the operator takes.
    pub(super) async fn incident(&self, customer: &Customer, key: &str) -> Result<String> {
        let alert = sender::events_v2(&customer.intake_key, key);
        let reply = Connection::open(self.house.desk.port).await?.send(&alert).await?;
        if !reply.is_success() {
            bail!("the alert was answered {}", reply.status);
        }
        let incident = Staff::with_key(&self.house, customer).incident_of(key).await?;
        self.operator.act(&incident, "assignment", json!({})).await?;
        Ok(incident)
    }

    /// Asks a group for help.
    pub(super) async fn escalate(&self, incident: &str, to: &str) -> Result<()> {
        let asked = json!({ "to": to, "reason": "原因が分かりません" });
        self.operator.post(&format!("/api/v1/incidents/{incident}/escalation"), &asked).await.map(drop)
    }

    /// What arrived so far.
    pub(super) fn mails(&self) -> Result<Vec<Mail>> {
        let mail = |message: Message| {
            let letter = Letter::parse(&message.raw)?;
            let to = message.to.concat().trim_matches(['<', '>']).to_owned();
            Ok(Mail { to, letter, at_ms: message.begun_ms, from: message.from })
        };
        self.sink.messages().into_iter().filter(|message| message.taken).map(mail).collect()
    }

    /// Waits until nothing more arrives, and returns everything.
    pub(super) async fn settled(&self) -> Result<Vec<Mail>> {
        let mut last = (usize::MAX, std::time::Instant::now());
        wait::until("the last mail", QUIET_LIMIT, async || {
            let count = self.sink.messages().len();
            if count != last.0 {
                last = (count, std::time::Instant::now());
            }
            Ok((last.1.elapsed() >= QUIET).then_some(()))
        })
        .await?;
        self.mails()
    }
}

/// The address of whoever has a role.
pub(super) fn address(role: &str) -> String {
    format!("{role}@msp.example")
}

/// Mails to one address.
pub(super) fn to<'a>(mails: &'a [Mail], address: &str) -> Vec<&'a Mail> {
    mails.iter().filter(|mail| mail.to == address).collect()
}

/// Whether a mail tells of an incident, by itself or among others.
pub(super) fn tells_of(mail: &Mail, incident: &str) -> bool {
    let name = format!("[{incident}]");
    mail.letter.subject().contains(&name) || mail.letter.text.contains(&name)
}
