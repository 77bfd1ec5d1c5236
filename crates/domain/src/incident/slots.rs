//! 中間報告 of one incident: which slots of its grid are owed, and which are still open (R-4.2.2-16 to -18; ).
//!
//! The grid begins with the first notice of impact and never shifts. Nothing is owed in a *pause*: from a recovery to its
//! withdrawal or recurrence, and from a judgement without impact to the next one with impact. A slot that came due before
//! a pause was recorded stays owed.

use super::{Incident, Marked, Recovery};
use crate::clocks::Impact;
use crate::clocks::interim::{INTERVAL, Interim, SLOTS_MAX, slots_end};
use crate::time::Instant;

/// A stretch in which no report is owed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Pause {
    /// Its first instant.
    from: Instant,
    /// The first instant after it; none while it lasts.
    to: Option<Instant>,
}

impl Pause {
    fn contains(&self, slot: Instant) -> bool {
        slot >= self.from && self.to.is_none_or(|to| slot < to)
    }

    fn of_recovery(recovery: &Marked<Recovery>) -> Self {
        let from = slots_end(recovery.what.recovered_at, recovery.mark.at);
        Self { from, to: recovery.what.undone.as_ref().map(|undone| undone.at) }
    }
}

impl Incident {
    /// The interim rule of this incident as of an instant; none before a notice with impact was published.
    pub fn interim(&self, as_of: Instant) -> Option<Interim> {
        let first = self.publications.iter().find(|p| p.what.impact)?;
        let resolved = self.pauses().into_iter().filter(|pause| pause.to.is_none()).map(|pause| pause.from).min();
        Some(Interim { impact: Impact::Present, first_notice: first.mark.at, resolved, as_of })
    }

    /// Instants of all interim reports.
    pub fn report_instants(&self) -> Vec<Instant> {
        self.reports.iter().map(|report| report.mark.at).collect()
    }

    /// The next slot that no report fills yet: by when the customer hears again.
    pub fn next_open_slot(&self, now: Instant) -> Option<Instant> {
        self.owed_slots().find(|slot| *slot >= now && !self.is_filled(*slot))
    }

    /// What a report made at `now` can promise: the slot after the one it fills.
    pub fn slot_to_promise(&self, now: Instant) -> Option<Instant> {
        self.owed_slots().filter(|slot| *slot >= now).nth(1)
    }

    /// By when a report is owed: a slot that passed while the customer has heard nothing since, or the next open one.
    pub(super) fn report_due(&self, now: Instant) -> Option<Instant> {
        if !self.is_reporting() {
            return None;
        }
        let told = self.last_told();
        let passed = self.owed_slots().take_while(|slot| *slot < now);
        let late = passed.filter(|slot| *slot > told).find(|slot| !self.is_filled(*slot));
        late.or_else(|| self.next_open_slot(now))
    }

    /// Whether reports are owed from now on.
    pub(super) fn is_reporting(&self) -> bool {
        self.interim(self.alert_at()).is_some_and(|interim| interim.resolved.is_none())
    }

    /// The first slot neither filled nor named as missed.
    pub(super) fn next_slot_to_watch(&self) -> Option<Instant> {
        let named = |slot| self.missed_slots.iter().any(|missed| missed.what == slot);
        self.owed_slots().find(|slot| !self.is_filled(*slot) && !named(*slot))
    }

    /// When the customer last heard of the fault, from us or by telling us themselves.
    pub(super) fn last_told(&self) -> Instant {
        let published = self.publications.iter().map(|p| p.mark.at);
        let recovery = self.recovery_notices.iter().map(|notice| notice.mark.at);
        let again = self.recurrences.iter().map(|recurrence| recurrence.mark.at);
        let told = published.chain(self.report_instants()).chain(recovery).chain(again);
        told.max().unwrap_or(self.alert_at())
    }

    /// The owed slots of the grid, first to last.
    fn owed_slots(&self) -> impl Iterator<Item = Instant> {
        let interim = self.interim(self.alert_at());
        let (first, resolved) = interim.map_or((None, None), |interim| (Some(interim.first_notice), interim.resolved));
        let pauses = self.pauses();
        let grid = std::iter::successors(first, |slot| Some(INTERVAL.after(*slot))).skip(1).take(SLOTS_MAX as usize);
        grid.take_while(move |slot| resolved.is_none_or(|resolved| *slot < resolved))
            .filter(move |slot| !pauses.iter().any(|pause| pause.contains(*slot)))
    }

    fn is_filled(&self, slot: Instant) -> bool {
        self.reports.iter().any(|report| report.mark.at > INTERVAL.before(slot) && report.mark.at <= slot)
    }

    fn pauses(&self) -> Vec<Pause> {
        let mut pauses: Vec<Pause> = self.recoveries.iter().map(Pause::of_recovery).collect();
        let mut judged_away: Option<Instant> = None;
        for judgement in &self.judgements {
            match (judgement.counts_since(), judgement.what.impact, judged_away) {
                (Some(mark), false, None) => judged_away = Some(mark.at),
                (Some(mark), true, Some(from)) => {
                    pauses.push(Pause { from, to: Some(mark.at) });
                    judged_away = None;
                }
                _ => {}
            }
        }
        let ends = judged_away.into_iter().chain(self.closure.as_ref().map(|closure| closure.mark.at));
        pauses.extend(ends.map(|from| Pause { from, to: None }));
        pauses
    }
}
