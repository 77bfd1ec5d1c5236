//! F26: changes to the database that `verify` does not name. 0 is the figure, and no false alarm on an untouched copy.
//!
//! A desk makes some history: incidents in every state, contacts, messages, repeats. Then it is stopped and copied. Each copy
//! suffers one random change by raw SQL, its triggers and foreign keys taken away first, and `madoguchi verify` must end with
//! exit 1 and name the tenant and the fact, or the record or blob that was changed.

use super::{Outcome, Run};
use crate::client::Connection;
use crate::figures::Series;
use crate::house::{Customer, Ground, House, verify};
use crate::sender;
use crate::staff::Staff;
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::time::Instant;
use testkit::tamper::{Dice, Hand};
use testkit::wait;

/// Untouched copies that must pass.
const UNTOUCHED: u32 = 20;

pub(super) async fn run(run: &Run) -> Result<Outcome> {
    let mut house = House::open(&run.ground, &[]).await?;
    history(&house).await?;
    house.desk.sigterm()?;
    let folder = tempfile::tempdir()?;
    let mut outcome = Outcome::default();
    let mut verify_ms = Series::default();
    for n in 0..UNTOUCHED {
        let copy = Copy::of(&run.ground, &house, &folder.path().join(format!("untouched-{n}"))).await?;
        let begun = Instant::now();
        let verdict = verify(copy.database.as_deref(), &copy.data).await?;
        verify_ms.add(begun.elapsed().as_secs_f64() * 1_000.0);
        outcome.check(verdict.status == Some(0), || format!("a false alarm on an untouched copy: {}", verdict.said));
        copy.remove()?;
    }
    let mut named = 0;
    let mut dice = Dice::new(run.draw.clone().bits());
    for n in 0..run.rounds {
        let copy = Copy::of(&run.ground, &house, &folder.path().join(format!("copy-{n}"))).await?;
        let done = Hand::on(&copy.url()).await?.tamper(&mut dice).await?;
        let verdict = verify(copy.database.as_deref(), &copy.data).await?;
        let is_named = verdict.status == Some(1)
            && names(&verdict.said).is_some_and(|(tenant, seq, record, what)| done.is_named(tenant, seq, record, what));
        named += u32::from(is_named);
        outcome.check(is_named, || {
            format!("{}: expected {:?}, but verify says {:?}: {}", done.what, done.places, verdict.status, verdict.said)
        });
        copy.remove()?;
    }
    let took = verify_ms.summary().map(|summary| summary.to_string()).unwrap_or_default();
    outcome.figures = format!("{named} of {} changes named, verify of an untouched copy in ms: {took}", run.rounds);
    Ok(outcome)
}

/// What a fault's sentence names: tenant, fact, record, and what is wrong.
pub(super) fn names(said: &str) -> Option<(&str, u64, Option<&str>, &str)> {
    let (place, what) = said.lines().find_map(|line| line.strip_prefix("tenant "))?.split_once(": ")?;
    let (tenant, fact) = place.split_once(", fact ")?;
    let (seq, record) = match fact.split_once(" (") {
        Some((seq, record)) => (seq, Some(record.strip_suffix(')')?)),
        None => (fact, None),
    };
    Some((tenant, seq.parse().ok()?, record, what))
}

/// A copy of a stopped desk: its database, and the keys and checkpoints beside it.
pub(super) struct Copy {
    pub(super) database: Option<String>,
    pub(super) data: PathBuf,
}

/// Puts every table back to what it was when this ran first. Making and dropping a PostgreSQL database for each change would
/// take minutes.
const PUT_BACK: &str = "do $$ declare name text; begin
  set local session_replication_role = replica;
  if to_regnamespace('kept') is null then
    create schema kept;
    for name in select tablename from pg_tables where schemaname = 'public' loop
      execute format('create table kept.%I as table public.%I', name, name);
    end loop;
  else
    execute (select 'truncate ' || string_agg(format('public.%I', tablename), ', ') from pg_tables where schemaname = 'public');
    for name in select tablename from pg_tables where schemaname = 'public' loop
      execute format('insert into public.%I select * from kept.%I', name, name);
    end loop;
  end if;
end $$";

impl Copy {
    pub(super) async fn of(ground: &Ground, house: &House, data: &Path) -> Result<Self> {
        copy_folder(house.desk.data(), data)?;
        let database = house.options.database.clone();
        if let (Ground::Server(server), Some(url)) = (ground, &database) {
            let (_, name) = url.rsplit_once('/').context("a database has a name")?;
            server.sql(name, PUT_BACK).await?;
        }
        Ok(Self { database, data: data.to_owned() })
    }

    pub(super) fn url(&self) -> String {
        self.database.clone().unwrap_or_else(|| format!("sqlite://{}", self.data.join("madoguchi.db").display()))
    }

    pub(super) fn remove(self) -> Result<()> {
        Ok(std::fs::remove_dir_all(&self.data)?)
    }
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if source.is_dir() {
            copy_folder(&source, &target)?;
        } else {
            std::fs::copy(&source, &target)?;
        }
    }
    Ok(())
}

/// Two customers, and an incident for each way one can go.
pub(super) async fn history(house: &House) -> Result<()> {
    for (email, role) in [("ad@msp.example", "ad"), ("mo@msp.example", "mo"), ("dh@msp.example", "dh")] {
        house.add_person(email, role, None).await?;
    }
    let (admin, staff) =
        (Staff::sign_in(house, "ad@msp.example").await?, Staff::sign_in(house, "mo@msp.example").await?);
    for (name, project) in [("○○商事", "ACME"), ("△△工業", "BETA")] {
        let customer = house.add_customer(name, project).await?;
        admin.plan_contacts(&customer, 3).await?;
        closed(house, &customer, &staff).await?;
        open(house, &customer, &staff).await?;
    }
    // Checkpoints stand outside the database within seconds; without one a cut tail could not be told from a shorter history.
    let file = house.desk.data().join("checkpoints.txt");
    wait::until("a checkpoint of each customer", wait::LIMIT * 2, async || {
        Ok(std::fs::read_to_string(&file)
            .ok()
            .filter(|text| text.lines().filter(|line| line.starts_with('—')).count() >= 2))
    })
    .await?;
    Ok(())
}

async fn alert(house: &House, customer: &Customer, key: &str) -> Result<String> {
    let mut connection = Connection::open(house.desk.port).await?;
    for _ in 0..3 {
        connection.send(&sender::events_v2(&customer.intake_key, key)).await?;
    }
    connection.send(&sender::alertmanager_webhook(&customer.intake_key, &format!("group-{key}"), 3)).await?;
    Staff::with_key(house, customer).incident_of(key).await
}

/// An incident with impact, from its alert to its end.
async fn closed(house: &House, customer: &Customer, staff: &Staff) -> Result<()> {
    let incident = alert(house, customer, "web01").await?;
    let steps = [
        ("assignment", json!({})),
        ("check", json!({ "how": "HTTPで確認", "result": "応答なし" })),
        ("judgement", json!({ "answers": [{ "question": "down", "yes": true }], "text": "web01 が応答しません。" })),
        ("call", json!({ "contact": "c1", "result": "answered", "note": "了解とのこと" })),
        ("recovery-step", json!({ "step": "再起動", "result": "起動した" })),
        ("interim-report", json!({ "text": "再起動しています。" })),
        ("recovery", json!({})),
        ("recovery-notice", json!({ "method": "HTTPで確認", "confirmed_by": "佐藤", "text": "復旧しました。" })),
        ("closure", json!({ "class": "os", "cause": "メモリ不足", "confirmed_by": "長谷川" })),
    ];
    for (noun, fields) in steps {
        staff.act(&incident, noun, fields).await?;
    }
    Ok(())
}

/// Incidents that are still open: one judged without impact, one that nobody has taken.
async fn open(house: &House, customer: &Customer, staff: &Staff) -> Result<()> {
    let incident = alert(house, customer, "web02").await?;
    staff.act(&incident, "assignment", json!({})).await?;
    staff.act(&incident, "check", json!({ "how": "HTTPで確認", "result": "応答あり" })).await?;
    let no = ["down", "degraded", "data"].map(|question| json!({ "question": question, "yes": false }));
    staff.act(&incident, "judgement", json!({ "answers": Value::from(no.to_vec()) })).await?;
    staff.post(&format!("/api/v1/incidents/{incident}/note"), &json!({ "text": "様子を見る" })).await?;
    alert(house, customer, "web03").await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_names_tenant_fact_and_record() {
        let named = names("tenant abc, fact 7 (ACME-1): slo_due is 3, but the facts say: 4");
        assert_eq!(named, Some(("abc", 7, Some("ACME-1"), "slo_due is 3, but the facts say: 4")));
        assert_eq!(names("tenant abc, fact 7: x"), Some(("abc", 7, None, "x")));
        assert_eq!(names("verified 7 facts"), None);
    }
}
