//! F20: an alert that flaps is told once, and a mail of ours stops every correct auto-responder. A round is an hour of flapping
//! each five seconds, sent as fast as the client can.

use super::mail::{Office, to};
use super::{Outcome, Run};
use crate::client::{Connection, post};
use crate::staff::Staff;
use anyhow::Result;
use serde_json::json;

/// An hour, each five seconds.
const TURNS: u64 = 720;
/// Messages to a contact about one flapping alert, at most.
const MESSAGES_MAX: usize = 4;

pub(super) async fn run(run: &Run) -> Result<Outcome> {
    let office = Office::open(&run.ground).await?;
    let mut connection = Connection::open(office.house.desk.port).await?;
    let mut outcome = Outcome::default();
    let staff = Staff::with_key(&office.house, &office.customer);
    let mut messages = 0;
    for round in 0..run.rounds {
        let key = format!("flap{round}");
        let mut accepted = 0;
        for turn in 0..TURNS {
            let action = if turn % 2 == 0 { "trigger" } else { "resolve" };
            let body = json!({
                "routing_key": office.customer.intake_key, "event_action": action, "dedup_key": key,
                "payload": { "summary": "web01 応答なし", "source": "web01", "severity": "critical" },
            });
            accepted += u64::from(connection.send(&post("/v2/enqueue", &body.to_string())).await?.is_success());
            // Somebody tells the customer in the middle of it.
            if turn == TURNS / 2 {
                office.operator.tell_of(&staff.incident_of(&key).await?).await?;
            }
        }
        let found = staff.get(&format!("/api/v1/alerts?dedup_key={key}&limit=200")).await?;
        let counted = found["items"][0]["count"].as_u64().unwrap_or_default();
        outcome.check(counted == accepted && accepted == TURNS, || {
            format!("round {round}: {accepted} accepted, {counted} counted")
        });
        let incidents = found["items"].as_array().map_or(0, Vec::len);
        outcome.check(incidents == 1, || format!("round {round}: {incidents} incidents of one flapping alert"));
        let incident = staff.incident_of(&key).await?;
        let mails = office.settled().await?;
        let own =
            to(&mails, "c1@acme.example").into_iter().filter(|mail| super::mail::tells_of(mail, &incident)).count();
        outcome.check((1..=MESSAGES_MAX).contains(&own), || format!("round {round}: {own} messages to one contact"));
        messages += own;
    }
    let mails = office.mails()?;
    let is_loop_safe =
        |mail: &&super::mail::Mail| mail.from == "<>" && mail.letter.header("Auto-Submitted") == Some("auto-generated");
    let safe = mails.iter().filter(is_loop_safe).count();
    outcome.check(safe == mails.len() && safe > 0, || {
        format!("{} of {} mails have a null sender and say that no person wrote them", safe, mails.len())
    });
    let verdict = office.house.verify().await?;
    outcome.check(verdict.status == Some(0), || format!("verify: {}", verdict.said));
    outcome.figures = format!(
        "{} turns, {messages} messages to a contact, {safe} mails that stop auto-responders",
        u64::from(run.rounds) * TURNS
    );
    Ok(outcome)
}
