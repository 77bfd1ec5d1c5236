//! Whole chains cut or written anew, as somebody does who knows the rules (F27).

use super::{Dice, Fact, Hand, Place, Tampering, text};
use anyhow::{Context, Result};

impl Hand {
    /// A tenant with the facts of its chain, and how many of them its last checkpoint covers.
    async fn a_covered_chain(&mut self, dice: &mut Dice) -> Result<(String, Vec<Fact>, usize)> {
        let sql = "SELECT tenant, MAX(seq) FROM checkpoints GROUP BY tenant HAVING MAX(seq) > 1 ORDER BY tenant";
        let covered = self.rows(sql).await?;
        let [Some(tenant), Some(seq)] = dice.one(&covered)?.as_slice() else { anyhow::bail!("no checkpoint") };
        let (tenant, covered) = (tenant.clone(), seq.parse()?);
        let facts = self.facts().await?.into_iter().filter(|fact| fact.tenant == tenant).collect();
        Ok((tenant, facts, covered))
    }

    /// Puts the head where the chain now ends and takes away the checkpoints of the database that tell.
    async fn fit(&mut self, tenant: &str, head: (i64, &str), from: i64) -> Result<()> {
        let (tenant, (seq, hash)) = (text(tenant), head);
        self.run(&format!("UPDATE chain_heads SET seq = {seq}, hash = {} WHERE tenant = {tenant}", text(hash))).await?;
        self.run(&format!("DELETE FROM checkpoints WHERE tenant = {tenant} AND seq >= {from}")).await
    }

    /// Cuts a chain below what a checkpoint covers.
    ///
    /// # Errors
    /// The database fails, or no chain has a checkpoint.
    pub async fn cut_tail(&mut self, dice: &mut Dice) -> Result<Tampering> {
        let (tenant, facts, covered) = self.a_covered_chain(dice).await?;
        let kept = facts.get(dice.below(covered - 1)).context("a fact is covered")?;
        self.run(&format!("DELETE FROM facts WHERE tenant = {} AND seq > {}", text(&tenant), kept.seq)).await?;
        self.fit(&tenant, (kept.seq, &kept.hash), kept.seq + 1).await?;
        let what = format!("all but {} facts of {tenant} cut", kept.seq);
        Ok(Tampering { what, places: vec![Place::fact(&tenant, kept.seq + 1)] })
    }

    /// Changes a covered fact and hashes everything after it anew.
    ///
    /// # Errors
    /// The database fails, or no chain has a checkpoint.
    pub async fn hash_anew(&mut self, dice: &mut Dice) -> Result<Tampering> {
        let (tenant, facts, covered) = self.a_covered_chain(dice).await?;
        let changed = dice.below(covered);
        let first = facts.get(changed).context("a fact is covered")?;
        let sql = format!("SELECT MIN(seq) FROM checkpoints WHERE tenant = {} AND seq >= {}", text(&tenant), first.seq);
        let told = self.rows(&sql).await?.into_iter().flatten().flatten().next().context("a checkpoint covers it")?;
        let genesis = hash(&format!("madoguchi/chain/1\n{tenant}\n0\n"));
        let mut previous =
            changed.checked_sub(1).and_then(|at| facts.get(at)).map_or(genesis, |fact| fact.hash.clone());
        for (place, fact) in facts.iter().enumerate().skip(changed) {
            let mut json = fact.json.clone();
            if place == changed {
                // Another millisecond.
                let at = json.rfind("Z\",\"kind\"").context("a fact has an instant")?;
                let digit = i64::from(json.as_bytes()[at - 1] - b'0');
                let other = i64::from(digit == 0);
                json.replace_range(at - 1..at, &other.to_string());
                self.run(&fact.set("instant", &(fact.instant + other - digit).to_string())).await?;
            }
            previous = hash(&format!("{previous}{json}"));
            self.run(&fact.set("json", &text(&json))).await?;
            self.run(&fact.set("hash", &text(&previous))).await?;
        }
        let last = facts.last().context("a chain has facts")?.seq;
        self.fit(&tenant, (last, &previous), first.seq).await?;
        let what = format!("fact {} of {tenant} changed and all after it hashed anew", first.seq);
        Ok(Tampering { what, places: vec![Place::fact(&tenant, told.parse()?)] })
    }
}

fn hash(text: &str) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, text.as_bytes());
    digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}
