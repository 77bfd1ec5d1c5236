//! F17: one key, as fast as the client can: one incident, at most two messages a contact, an exact counter. A round is a
//! thousand alerts.

use super::mail::{Office, to};
use super::{Outcome, Run};
use crate::client::Connection;
use crate::figures::Series;
use crate::house::resident_kib;
use crate::sender;
use crate::staff::Staff;
use anyhow::Result;
use std::time::Instant;
use tokio::task::JoinSet;

const CONNECTIONS: u64 = 64;
const ALERTS: u64 = 1_000;

pub(super) async fn run(run: &Run) -> Result<Outcome> {
    let mut office = Office::open(&run.ground).await?;
    let all = u64::from(run.rounds) * ALERTS;
    let begun = Instant::now();
    let (accepted, acknowledged_ms) = storm(office.house.desk.port, &office.customer.intake_key, all).await?;
    let seconds = begun.elapsed().as_secs_f64();
    let resident = resident_kib(office.house.desk.process())? / 1_024;
    let staff = Staff::with_key(&office.house, &office.customer);
    let found = staff.get("/api/v1/alerts?dedup_key=storm&limit=200").await?;
    let counted = found["items"][0]["count"].as_u64().unwrap_or_default();
    let mut outcome = Outcome::default();
    outcome.check(accepted == all, || format!("{accepted} of {all} alerts were accepted"));
    outcome.check(counted == accepted, || format!("{accepted} alerts were accepted, {counted} are counted"));
    let open = staff.get("/api/v1/incidents?limit=200").await?;
    let incidents = open["items"].as_array().map_or(0, Vec::len);
    outcome.check(incidents == 1, || format!("{incidents} incidents of one key"));
    let incident = staff.incident_of("storm").await?;
    office.operator.tell_of(&incident).await?;
    let mails = office.settled().await?;
    for contact in ["c1@acme.example", "c2@acme.example"] {
        let told = to(&mails, contact).len();
        outcome.check((1..=2).contains(&told), || format!("{told} messages to {contact}"));
    }
    let verdict = office.house.verify().await?;
    outcome.check(verdict.status == Some(0), || format!("verify: {}", verdict.said));
    let took = acknowledged_ms.summary().map(|summary| summary.to_string()).unwrap_or_default();
    outcome.figures = format!(
        "{accepted} alerts, {:.0} a second (aim 3000), acknowledged in ms: {took} (aim p99 250), {resident} MiB resident (aim 1024)",
        accepted as f64 / seconds
    );
    Ok(outcome)
}

/// Posts alerts of one key on many connections; how many were accepted, and how long each took.
async fn storm(port: u16, intake_key: &str, alerts: u64) -> Result<(u64, Series)> {
    let mut posters = JoinSet::new();
    for n in 0..CONNECTIONS {
        let alert = sender::events_v2(intake_key, "storm");
        let own = alerts / CONNECTIONS + u64::from(n < alerts % CONNECTIONS);
        posters.spawn(async move {
            let mut connection = Connection::open(port).await?;
            let (mut accepted, mut took) = (0, vec![]);
            for _ in 0..own {
                let begun = Instant::now();
                accepted += u64::from(connection.send(&alert).await?.is_success());
                took.push(begun.elapsed().as_secs_f64() * 1_000.0);
            }
            anyhow::Ok((accepted, took))
        });
    }
    let (mut accepted, mut took) = (0, Series::default());
    while let Some(ended) = posters.join_next().await {
        let (own, own_took) = ended??;
        accepted += own;
        took.extend(own_took);
    }
    Ok((accepted, took))
}
