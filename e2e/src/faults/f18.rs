//! F18 and F19: a storm over many keys and customers. Each person gets at most twelve mails an hour over all incidents, also
//! where the desk is killed meanwhile; the rest comes in digests; another customer's page is not held up. A round is a thousand
//! alerts; there are at most 50 customers and 1,000 keys.

use super::mail::{Office, address, tells_of, to};
use super::{Outcome, Run};
use crate::client::Connection;
use crate::sender;
use anyhow::{Result, bail};
use std::collections::BTreeSet;
use std::time::Instant;
use testkit::now_ms;

const ALERTS: usize = 1_000;
const KEYS: usize = 20;
const KILLS: usize = 3;
/// Pages by themselves within an hour, and the one digest that follows them at once.
const MAILS_AT_ONCE: usize = 7;

pub(super) async fn run(run: &Run) -> Result<Outcome> {
    let mut office = Office::open(&run.ground).await?;
    let rounds = run.rounds as usize;
    let mut customers = vec![];
    for n in 0..(rounds * 2).min(50) {
        customers.push(office.house.add_customer(&format!("お客様{n}"), &format!("CUST{n}")).await?);
    }
    let quiet = office.house.add_customer("静かなお客様", "QUIET").await?;
    let begun = Instant::now();
    let mut connection = Connection::open(office.house.desk.port).await?;
    for n in 0..rounds * ALERTS {
        let customer = &customers[n % customers.len()];
        let key = format!("key{}", n / customers.len() % KEYS);
        let reply = connection.send(&sender::events_v2(&customer.intake_key, &key)).await?;
        if !reply.is_success() {
            bail!("alert {n} was answered {}", reply.status);
        }
    }
    let storm_s = begun.elapsed().as_secs_f64();
    let (mut incidents, mut kills) = (vec![], 0);
    for (place, customer) in customers.iter().enumerate() {
        for n in 0..KEYS {
            let incident = office.incident(customer, &format!("key{n}")).await?;
            office.escalate(&incident, "su").await?;
            incidents.push(incident);
        }
        if place % customers.len().div_ceil(KILLS) == 0 {
            office.house.desk.kill9()?;
            office.house.desk.restart().await?;
            kills += 1;
        }
    }
    let asked_ms = now_ms();
    let incident = office.incident(&quiet, "quiet").await?;
    office.escalate(&incident, "mr").await?;
    let mails = office.settled().await?;
    let mut outcome = Outcome::default();
    // A mail whose outcome a kill left unknown is sent again under the same Message-ID.
    let mut seen = BTreeSet::new();
    let mut pages = to(&mails, &address("su"));
    pages.retain(|mail| seen.insert(mail.letter.header("Message-ID").map(str::to_owned)));
    outcome.check(pages.len() <= MAILS_AT_ONCE, || format!("{} mails to one person at once", pages.len()));
    let digests = pages.iter().filter(|mail| incidents.iter().filter(|key| tells_of(mail, key)).count() > 1).count();
    outcome.check(digests <= 1, || format!("{digests} digests at once"));
    // What came after the digest waits for the next one, in ten minutes at the latest; nothing was given up.
    let told = incidents.iter().filter(|key| pages.iter().any(|mail| tells_of(mail, key))).count();
    let mut given_up = 0;
    for incident in &incidents {
        let seen = office.operator.get(&format!("/api/v1/incidents/{incident}")).await?;
        let facts = seen["timeline"].as_array().cloned().unwrap_or_default();
        let refused =
            |fact: &&serde_json::Value| fact["kind"] == "message.attempted" && fact["body"]["outcome"] == "refused";
        given_up += facts.iter().filter(refused).count();
    }
    outcome.check(given_up == 0, || format!("{given_up} pages were given up"));
    let page = to(&mails, &address("mr")).first().map(|mail| mail.at_ms.saturating_sub(asked_ms));
    outcome.check(page.is_some(), || "the quiet customer's page did not come".to_owned());
    let verdict = office.house.verify().await?;
    outcome.check(verdict.status == Some(0), || format!("verify: {}", verdict.said));
    outcome.figures = format!(
        "{} alerts over {} keys and {} customers in {storm_s:.0} s, {} incidents escalated to one person: {} mails, {told} told, \
         the rest waits for the next digest; {kills} kills; the quiet customer's page after {} ms",
        rounds * ALERTS,
        customers.len() * KEYS,
        customers.len(),
        incidents.len(),
        pages.len(),
        page.unwrap_or_default()
    );
    Ok(outcome)
}
