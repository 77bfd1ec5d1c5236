//! From an accepted publication to the first byte of its mail at the mail server, at a steady 200 a second.

use super::table::Table;
use super::{Pace, mail};
use crate::client::Connection;
use crate::figures::Series;
use crate::house::Ground;
use crate::sender;
use crate::staff::Staff;
use anyhow::{Context, Result, bail};
use serde_json::json;
use std::collections::HashMap;
use std::time::Duration;
use testkit::letter::Letter;
use testkit::now_ms;
use testkit::smtp::Sink;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

const PER_SECOND: u32 = 200;
const INCIDENTS: usize = 40;
const CUSTOMERS: usize = 4;
const DRAIN_LIMIT: Duration = Duration::from_secs(120);

/// Measures the delay.
pub(super) async fn measure(ground: &Ground, pace: Pace, table: &mut Table) -> Result<()> {
    let sink = Sink::start().await?;
    let house = mail::house(ground, &sink).await?;
    house.add_person("ad@msp.example", "ad", None).await?;
    house.add_person("mo@msp.example", "mo", None).await?;
    let admin = Staff::sign_in(&house, "ad@msp.example").await?;
    let operator = Staff::sign_in(&house, "mo@msp.example").await?;
    let mut connection = Connection::open(house.desk.port).await?;
    let mut incidents = vec![];
    for n in 0..CUSTOMERS {
        let customer = house.add_customer(&format!("お客様{n}"), &format!("CUST{n}")).await?;
        admin.plan_contacts(&customer, 1).await?;
        let staff = Staff::with_key(&house, &customer);
        for m in 0..INCIDENTS / CUSTOMERS {
            let key = format!("incident-{n}-{m}");
            let reply = connection.send(&sender::events_v2(&customer.intake_key, &key)).await?;
            if !reply.is_success() {
                bail!("the alert was answered {}", reply.status);
            }
            let incident = staff.incident_of(&key).await?;
            operator.tell_of(&incident).await?;
            incidents.push((staff.clone(), incident));
        }
    }
    let total = (pace.run * pace.repeats).as_secs() as usize * PER_SECOND as usize;
    let mut tick = interval_at(Instant::now(), Duration::from_secs(1) / PER_SECOND);
    tick.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let begun = Instant::now();
    let mut posts = JoinSet::new();
    for n in 0..total {
        tick.tick().await;
        let (staff, incident) = incidents[n % incidents.len()].clone();
        posts.spawn(async move {
            let word = format!("word-{n}.");
            staff.post(&format!("/api/v1/incidents/{incident}/message"), &json!({ "text": word })).await?;
            anyhow::Ok((word, now_ms()))
        });
    }
    let mut accepted = HashMap::new();
    while let Some(post) = posts.join_next().await {
        let (word, at) = post??;
        accepted.insert(word, at);
    }
    let rate = total as f64 / begun.elapsed().as_secs_f64();
    // Each incident was told of by a mail of its own before.
    let mails = sink.wait_for(DRAIN_LIMIT, |mails| mails.len() >= total + INCIDENTS).await?;
    let mut delays_ms = Series::default();
    for mail in &mails {
        let text = Letter::parse(&mail.raw)?.text;
        let Some(word) = text.split_whitespace().find(|word| word.starts_with("word-")) else { continue };
        let at = accepted.get(word).with_context(|| format!("{word} was not accepted"))?;
        delays_ms.add(mail.begun_ms.saturating_sub(*at) as f64);
    }
    let engine = ground.engine();
    table.add(format!("{engine}: publications accepted, {PER_SECOND}/s asked"), "/s", &Series::from_iter([rate]));
    table.add(format!("{engine}: accepted to SMTP at {PER_SECOND}/s"), "ms", &delays_ms);
    Ok(())
}
