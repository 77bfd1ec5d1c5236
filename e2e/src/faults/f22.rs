//! F22: each arming of a timer fires once, over kills at the very moment. A round is one kill.
//!
//! Faults told by telephone may have begun earlier, so their timers - unjudged for 5 and 10 minutes, the SLO, the SLA - fall due
//! within the seconds of a round. What fired is what the facts say: each reminder, each passed target and each escalation of an
//! incident stands there once.

use super::mail::Office;
use super::{Outcome, Run};
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;
use testkit::{now_ms, wait};

const CALLS: u64 = 8;
const FIRE_LIMIT: Duration = Duration::from_secs(60);
const MINUTE_MS: u64 = 60_000;
/// Timers of one call: two reminders, two targets, and what they ask five people for.
const FACTS_OF_ONE: usize = 9;

pub(super) async fn run(run: &Run) -> Result<Outcome> {
    let mut office = Office::open(&run.ground).await?;
    let mut draw = run.draw.clone();
    let mut incidents = vec![];
    for _ in 0..run.rounds {
        for _ in 0..CALLS {
            let call = office.operator.post("/api/v1/calls", &json!({})).await?;
            // The SLA passes within the next seconds, everything else has passed already.
            let began = now_ms() - 30 * MINUTE_MS + draw.between(200, 2_500);
            let of = json!({
                "call": call["call"], "project": office.customer.project, "project_sure": true,
                "began": instant(began)?, "reason": "停電のため後から記録",
            });
            let opened = office.operator.post("/api/v1/calls/incidents", &of).await?;
            incidents.push(opened["key"].as_str().context("no key")?.to_owned());
        }
        tokio::time::sleep(Duration::from_millis(draw.between(50, 2_500))).await;
        office.house.desk.kill9()?;
        office.house.desk.restart().await?;
    }
    let mut outcome = Outcome::default();
    let (mut fired, mut twice) = (0, 0);
    for incident in &incidents {
        let facts = wait::until("the timers", FIRE_LIMIT, async || {
            let seen = office.operator.get(&format!("/api/v1/incidents/{incident}")).await?;
            let said = said(&seen);
            Ok((said.values().sum::<usize>() >= FACTS_OF_ONE).then_some(said))
        });
        let facts = facts.await.with_context(|| format!("timers of {incident}"));
        outcome.check(facts.is_ok(), || format!("{incident}: not everything fired"));
        let Ok(facts) = facts else { continue };
        fired += facts.len();
        twice += facts.values().filter(|count| **count > 1).count();
        let again = facts.iter().find(|(_, count)| **count > 1);
        outcome.check(again.is_none(), || format!("{incident}: {again:?}"));
    }
    let log = office.house.desk.log();
    let clashes = log.lines().filter(|line| line.contains("UNIQUE") || line.contains("duplicate key")).count();
    outcome.check(clashes == 0, || format!("{clashes} keys clashed: {log}"));
    let verdict = office.house.verify().await?;
    outcome.check(verdict.status == Some(0), || format!("verify: {}", verdict.said));
    outcome.figures = format!("{fired} firings of {} incidents, {twice} twice, {} kills", incidents.len(), run.rounds);
    Ok(outcome)
}

/// How often an incident's facts say each thing that a timer says.
fn said(incident: &Value) -> BTreeMap<String, usize> {
    let mut said = BTreeMap::new();
    for fact in incident["timeline"].as_array().into_iter().flatten() {
        let body = &fact["body"];
        let name = match fact["kind"].as_str().unwrap_or_default() {
            "incident.reminded" => format!("{} {}", body["reminder"], body["due"]),
            "incident.target_passed" => format!("{} {}", body["clock"], body["target"]),
            "incident.escalated" => format!("{} {}", body["to"], body["cause"]),
            _ => continue,
        };
        *said.entry(name).or_default() += 1;
    }
    said
}

/// An instant as the API reads it.
fn instant(ms: u64) -> Result<String> {
    Ok(jiff::Timestamp::from_millisecond(i64::try_from(ms)?)?.to_string())
}
