//! F14: an outage of our own with messages queued. No page for what was taken meanwhile, one digest a person with the newest
//! first, no notice lost.
//!
//! The mail server takes nothing while pages and a notice are queued; half of the escalations are taken; then the desk is
//! killed and away for longer than the gap after which pages are bundled. The thirty minutes of the figure, and that no ladder
//! climbs by them, are played with a clock of their own by the tests of `desk` (`paging`).

use super::mail::{Office, address, tells_of, to};
use super::{Outcome, Run, Slice};
use anyhow::Result;
use serde_json::json;
use std::time::Duration;
use testkit::smtp::{Answer, Stage};

const INCIDENTS: usize = 40;
/// Longer than the gap of two minutes; by hand as long as the figure asks for.
const fn outage(slice: Slice) -> Duration {
    match slice {
        Slice::Ci => Duration::from_secs(125),
        Slice::Long => Duration::from_secs(30 * 60),
    }
}

pub(super) async fn run(run: &Run) -> Result<Outcome> {
    let mut outcome = Outcome::default();
    let mut figures = vec![];
    for round in 0..run.rounds {
        let mut office = Office::open(&run.ground).await?;
        office.sink.answer(Stage::Greeting, Answer::Stall);
        let mut incidents = vec![];
        for n in 0..INCIDENTS {
            let incident = office.incident(&office.customer, &format!("host{n}")).await?;
            office.escalate(&incident, "su").await?;
            incidents.push(incident);
        }
        let told = json!({
            "answers": [{ "question": "down", "yes": true }], "text": "調べています。", "reason": "監視で明らか",
        });
        office.operator.act(&incidents[0], "judgement", told).await?;
        let (taken, open): (Vec<_>, Vec<_>) = incidents.iter().enumerate().partition(|(n, _)| n % 2 == 1);
        for (_, incident) in &taken {
            let path = format!("/api/v1/incidents/{incident}/escalation-taking");
            office.support.post(&path, &json!({ "escalation": 1 })).await?;
        }
        office.house.desk.kill9()?;
        tokio::time::sleep(outage(run.slice)).await;
        office.sink.behave();
        office.house.desk.restart().await?;
        let mails = office.settled().await?;
        let pages = to(&mails, &address("su"));
        outcome.check(pages.len() == 1, || format!("round {round}: {} mails to one person", pages.len()));
        let needless = taken.iter().filter(|(_, incident)| pages.iter().any(|mail| tells_of(mail, incident))).count();
        outcome.check(needless == 0, || format!("round {round}: paged for {needless} that were taken"));
        let missing = open.iter().filter(|(_, incident)| !pages.iter().any(|mail| tells_of(mail, incident))).count();
        outcome.check(missing == 0, || format!("round {round}: {missing} open ones are told to nobody"));
        let places: Vec<_> =
            open.iter().filter_map(|(_, key)| pages.first()?.letter.text.find(&format!("[{key}]"))).collect();
        outcome.check(places.is_sorted_by(|older, newer| older > newer), || {
            format!("round {round}: the newest is not first: {places:?}")
        });
        for contact in ["c1@acme.example", "c2@acme.example"] {
            let notices = to(&mails, contact);
            outcome.check(notices.len() == 1, || format!("round {round}: {} notices to {contact}", notices.len()));
        }
        let verdict = office.house.verify().await?;
        outcome.check(verdict.status == Some(0), || format!("verify: {}", verdict.said));
        figures.push(format!("{} pages in {} mail, {} left out", open.len(), pages.len(), taken.len()));
    }
    outcome.figures = figures.join("; ");
    Ok(outcome)
}
