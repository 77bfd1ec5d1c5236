//! Checkpoints of one chain, from the database and from outside, in the order of what they cover.

use super::{Audit, Checked, Facts, fault};
use crate::checkpoint::Checkpoint;
use domain::fact::Hash;
use domain::ids::TenantId;
use std::collections::VecDeque;

/// Checkpoints read at once.
const PAGE: u32 = 500;

/// Both streams of notes, each by seq.
pub(super) struct Notes {
    stored: VecDeque<Checkpoint>,
    after: Option<i64>,
    outside: VecDeque<Checkpoint>,
}

impl Notes {
    pub(super) fn of<S>(audit: &Audit<'_, S>, tenant: &TenantId) -> Self {
        let outside = audit.options.outside.iter().flatten().filter(|note| note.tenant == *tenant);
        let mut outside: Vec<Checkpoint> = outside.cloned().collect();
        outside.sort_by_key(|note| note.seq);
        Self { stored: VecDeque::new(), after: Some(i64::MIN), outside: outside.into() }
    }

    /// Checks the notes that cover facts up to the last of a page, which begins with fact `first` and has these hashes.
    pub(super) async fn check<S: Facts>(
        &mut self,
        audit: &mut Audit<'_, S>,
        tenant: &TenantId,
        first: u64,
        hashes: &[Hash],
    ) -> Checked {
        let last = first + hashes.len() as u64 - 1;
        while let Some(note) = self.next(audit, tenant, last).await? {
            let at = note.seq.checked_sub(first).and_then(|place| hashes.get(usize::try_from(place).ok()?));
            if at != Some(&note.hash) {
                return Err(fault(tenant, note.seq, "the chain has another hash here than its checkpoint"));
            }
            if !audit.options.checkpoint_keys.is_empty()
                && let Err(wrong) = note.check(&audit.options.checkpoint_keys)
            {
                return Err(fault(tenant, note.seq, format!("checkpoint: {wrong}")));
            }
            audit.report.checkpoints += 1;
        }
        Ok(())
    }

    /// Checks that no note covers more than the chain has.
    pub(super) async fn end<S: Facts>(&mut self, audit: &mut Audit<'_, S>, tenant: &TenantId, last: u64) -> Checked {
        match self.next(audit, tenant, u64::MAX).await? {
            None => Ok(()),
            Some(note) => {
                let what = format!("facts are missing: the chain ends here, but a checkpoint covers fact {}", note.seq);
                Err(fault(tenant, last + 1, what))
            }
        }
    }

    /// The next note that covers at most fact `last`.
    async fn next<S: Facts>(
        &mut self,
        audit: &mut Audit<'_, S>,
        tenant: &TenantId,
        last: u64,
    ) -> Checked<Option<Checkpoint>> {
        self.fill(audit, tenant).await?;
        let from = match (self.stored.front(), self.outside.front()) {
            (Some(stored), Some(outside)) if outside.seq < stored.seq => &mut self.outside,
            (Some(_), _) => &mut self.stored,
            (None, _) => &mut self.outside,
        };
        let is_due = from.front().is_some_and(|note| note.seq <= last);
        Ok(if is_due { from.pop_front() } else { None })
    }

    async fn fill<S: Facts>(&mut self, audit: &mut Audit<'_, S>, tenant: &TenantId) -> Checked {
        let (Some(after), true) = (self.after, self.stored.is_empty()) else { return Ok(()) };
        let rows = audit.snapshot.rows_after("checkpoints", tenant, after, PAGE).await?;
        self.after = rows.last().and_then(|row| row.int("seq"));
        for row in rows {
            let seq = row.int("seq").and_then(|seq| u64::try_from(seq).ok()).unwrap_or(0);
            match Checkpoint::parse(row.text("note")) {
                Ok(note) if note.seq == seq && note.tenant == *tenant && row.int("lane") == Some(0) => {
                    self.stored.push_back(note);
                }
                _ => return Err(fault(tenant, seq, "the checkpoint stored here is for something else")),
            }
        }
        Ok(())
    }
}
