//! From facts to a window.

use super::{KeptAlert, Left, Window};
use crate::fact::{Body, Fact};
use crate::incident::{Broken, Mark};

fn mark(fact: &Fact) -> Mark {
    Mark { seq: fact.seq, at: fact.instant, actor: fact.actor.clone(), role: fact.role }
}

impl Window {
    /// Folds all facts of one window, first to last; none where there are no facts.
    ///
    /// # Errors
    /// The first fact announces no window, or a later one does not fit.
    pub fn fold(facts: &[Fact]) -> Result<Option<Self>, Broken> {
        let Some((first, rest)) = facts.split_first() else { return Ok(None) };
        let mut window = Self::announced_by(first)?;
        for fact in rest {
            window.apply(fact)?;
        }
        Ok(Some(window))
    }

    fn announced_by(fact: &Fact) -> Result<Self, Broken> {
        let broken = || Broken { seq: fact.seq, kind: "first" };
        let key = fact.record.clone().ok_or_else(broken)?;
        let Body::WindowAnnounced { project, number, of, hosts, work, caller, from, to } = &fact.body else {
            return Err(broken());
        };
        if project.window(*number) != key {
            return Err(broken());
        }
        Ok(Self {
            key,
            project: project.clone(),
            number: *number,
            kind: *of,
            hosts: hosts.clone(),
            work: work.clone(),
            caller: caller.clone(),
            from: *from,
            to: *to,
            announced: mark(fact),
            last_seq: fact.seq,
            ended: None,
            cancelled: false,
            alerts: std::collections::BTreeMap::new(),
        })
    }

    /// Adds the next fact.
    ///
    /// # Errors
    /// The fact is not one of a window, comes after its end, or counts what was not kept.
    pub fn apply(&mut self, fact: &Fact) -> Result<(), Broken> {
        let broken = |kind| Broken { seq: fact.seq, kind };
        self.last_seq = fact.seq;
        if fact.body.is_about_words() {
            return Ok(());
        }
        // Repeats may be counted later; nothing else happens to a window that is over.
        if self.ended.is_some() && !matches!(fact.body, Body::WindowCounted { .. }) {
            return Err(broken("after the window's end"));
        }
        match &fact.body {
            Body::WindowChanged { to } => self.to = *to,
            Body::WindowEnded { left, .. } => {
                self.ended = Some(mark(fact));
                self.lead(left).ok_or_else(|| broken("end of a window"))?;
            }
            Body::WindowCancelled { left } => {
                (self.ended, self.cancelled) = (Some(mark(fact)), true);
                self.lead(left).ok_or_else(|| broken("end of a window"))?;
            }
            Body::WindowKept { event, dedup_key, alert_key, from } => {
                let alert = self.alerts.entry((dedup_key.clone(), alert_key.clone())).or_default();
                (alert.resolved, alert.event) = (false, *event);
                match from {
                    Some(_) => alert.carried = Some(fact.instant),
                    None => alert.total += 1,
                }
            }
            Body::WindowResolved { event, dedup_key, alert_key } => {
                let alert = self.alert(dedup_key, alert_key).ok_or_else(|| broken("resolved alert"))?;
                (alert.resolved, alert.event) = (true, *event);
                alert.total += 1;
            }
            Body::WindowCounted { dedup_key, alert_key, count, total } => {
                let alert = self.alert(dedup_key, alert_key).ok_or_else(|| broken("count of repeats"))?;
                alert.total += count;
                if alert.total != *total {
                    return Err(broken("count of repeats"));
                }
            }
            _ => return Err(broken("not of a window")),
        }
        Ok(())
    }

    fn alert(&mut self, dedup_key: &str, alert_key: &str) -> Option<&mut KeptAlert> {
        self.alerts.get_mut(&(dedup_key.to_owned(), alert_key.to_owned()))
    }

    /// Each alert that was left still fired, and none that fired was forgotten.
    fn lead(&mut self, left: &[Left]) -> Option<()> {
        for left in left {
            let alert = self.alert(&left.dedup_key, &left.alert_key)?;
            if alert.resolved || alert.led_to.replace(left.to.clone()).is_some() {
                return None;
            }
        }
        self.alerts.values().all(|alert| alert.resolved || alert.led_to.is_some()).then_some(())
    }
}
