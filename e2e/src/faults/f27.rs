//! F27: somebody who owns the database, and neither the signing key nor the checkpoints kept elsewhere.
//!
//! Each round cuts the tail of a chain and, on another copy, changes one fact and hashes everything after it anew; in both the
//! head is made to fit and the checkpoints in the database that tell are taken away. Once, the whole database is put back to an
//! old backup, in which everything fits. Each must be named against the checkpoints outside.

use super::f26::{Copy, history, names};
use super::{Outcome, Run};
use crate::house::{House, run as command, verify};
use anyhow::{Context, Result};
use std::collections::BTreeSet;
use testkit::tamper::{Dice, Hand, Tampering};
use testkit::wait;

pub(super) async fn run(run: &Run) -> Result<Outcome> {
    let mut house = House::open(&run.ground, &[]).await?;
    let folder = tempfile::tempdir()?;
    let backup = folder.path().join("early.jsonl");
    let file = backup.to_str().context("a path is UTF-8")?.to_owned();
    house.add_customer("□□物産", "GAMMA").await?;
    let saved = house.run(&["backup", &file]).await?;
    history(&house).await?;
    // The provider and three customers, each with a checkpoint outside.
    let kept = house.desk.data().join("checkpoints.txt");
    wait::until("a checkpoint of everybody", wait::LIMIT * 2, async || {
        let text = std::fs::read_to_string(&kept).unwrap_or_default();
        let origins: BTreeSet<&str> = text.lines().filter(|line| line.starts_with("madoguchi/")).collect();
        Ok((origins.len() >= 4).then_some(()))
    })
    .await?;
    house.desk.sigterm()?;
    let mut outcome = Outcome::default();
    outcome.check(saved.status == Some(0), || format!("no backup: {}", saved.said));
    let mut dice = Dice::new(run.draw.clone().bits());
    for n in 0..run.rounds {
        for is_cut in [true, false] {
            let copy = Copy::of(&run.ground, &house, &folder.path().join(format!("copy-{n}-{is_cut}"))).await?;
            let mut hand = Hand::on(&copy.url()).await?;
            let done = if is_cut { hand.cut_tail(&mut dice).await? } else { hand.hash_anew(&mut dice).await? };
            hand.close().await?;
            let verdict = verify(copy.database.as_deref(), &copy.data).await?;
            outcome.check(verdict.status == Some(1) && is_named(&done, &verdict.said), || {
                format!(
                    "{}: expected {:?}, but verify says {:?}: {}",
                    done.what, done.places, verdict.status, verdict.said
                )
            });
            copy.remove()?;
        }
    }
    rolled_back(run, &house, &file, &folder.path().join("rolled-back"), &mut outcome).await?;
    outcome.figures = format!("{} cut tails, {} chains hashed anew, 1 old backup, all named", run.rounds, run.rounds);
    Ok(outcome)
}

/// The checkpoint must be what tells, not a row that was forgotten.
fn is_named(done: &Tampering, said: &str) -> bool {
    let named = names(said);
    named.is_some_and(|(tenant, seq, record, what)| {
        done.is_named(tenant, seq, record, what) && what.contains("checkpoint")
    })
}

/// An old backup is whole in itself; only the checkpoints outside know that more had happened.
async fn rolled_back(
    run: &Run,
    house: &House,
    backup: &str,
    data: &std::path::Path,
    outcome: &mut Outcome,
) -> Result<()> {
    std::fs::create_dir_all(data)?;
    let database = run.ground.database().await?;
    let restored = command(&["restore", backup], database.as_deref(), data, &[]).await?;
    outcome.check(restored.status == Some(0), || format!("no restore: {}", restored.said));
    let alone = command(&["verify", "--unsigned"], database.as_deref(), data, &[]).await?;
    outcome.check(alone.status == Some(0), || format!("an old backup is whole in itself: {}", alone.said));
    std::fs::create_dir_all(data.join("keys"))?;
    for name in ["keys/checkpoint.key", "checkpoints.txt"] {
        std::fs::copy(house.desk.data().join(name), data.join(name)).with_context(|| name.to_owned())?;
    }
    let verdict = verify(database.as_deref(), data).await?;
    outcome.check(verdict.status == Some(1) && verdict.said.contains("a checkpoint covers"), || {
        format!("the database is an old backup, but verify says {:?}: {}", verdict.status, verdict.said)
    });
    Ok(())
}
