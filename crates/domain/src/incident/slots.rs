//! 中間報告 of one incident: which slots of its grid are owed, and which are still open (R-4.2.2-16 to -18; ).
//!
//! The grid begins with the first notice of impact and never shifts. Nothing is owed in a *pause*: from a recovery to its
//! withdrawal or recurrence, and from the report that tells of a judgement without impact to the next judgement with impact.
//! A slot that came due before a pause was recorded stays owed.

use super::{Incident, Mark, Marked, Recovery};
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

    /// What a report made at `now` promises: the slot after the one it fills; nothing where it is the last one owed.
    pub fn promise_of_report(&self, now: Instant) -> Option<Instant> {
        if self.impact() == Some(false) {
            return None;
        }
        self.owed_slots().filter(|slot| *slot >= now).nth(1)
    }

    /// What a notice with impact published at `now` promises: the first slot after it that no report fills; nothing where the
    /// service is back already.
    pub fn promise_of_notice(&self, now: Instant) -> Option<Instant> {
        if self.recovery().is_some() {
            return None;
        }
        let first = self.publications.iter().find(|p| p.what.impact).map_or(now, |p| p.mark.at);
        grid(first).find(|slot| *slot > now && !self.is_filled(*slot))
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

    /// The first owed slot after an instant, whether a report fills it or not.
    pub(super) fn slot_after(&self, at: Instant) -> Option<Instant> {
        self.owed_slots().find(|slot| *slot > at)
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
    pub(super) fn owed_slots(&self) -> impl Iterator<Item = Instant> {
        let interim = self.interim(self.alert_at());
        let (first, resolved) = interim.map_or((None, None), |interim| (Some(interim.first_notice), interim.resolved));
        let pauses = self.pauses();
        first
            .into_iter()
            .flat_map(grid)
            .take_while(move |slot| resolved.is_none_or(|resolved| *slot < resolved))
            .filter(move |slot| !pauses.iter().any(|pause| pause.contains(*slot)))
    }

    fn is_filled(&self, slot: Instant) -> bool {
        self.reports.iter().any(|report| report.mark.at > INTERVAL.before(slot) && report.mark.at <= slot)
    }

    fn pauses(&self) -> Vec<Pause> {
        let mut pauses: Vec<Pause> = self.recoveries.iter().map(Pause::of_recovery).collect();
        // While it is merged, the reports are its parent's.
        pauses.extend(self.mergings.iter().map(|merging| {
            let to = merging.what.undone.as_ref().map(|undone| undone.at);
            Pause { from: merging.mark.at, to }
        }));
        let mut judged_away: Option<&Mark> = None;
        for judgement in &self.judgements {
            match (judgement.counts_since(), judgement.what.impact, judged_away) {
                (Some(mark), false, None) => judged_away = Some(mark),
                (Some(mark), true, Some(away)) => {
                    let told = self.report_after(away).filter(|told| *told <= mark.at);
                    pauses.extend(told.map(|from| Pause { from, to: Some(mark.at) }));
                    judged_away = None;
                }
                _ => {}
            }
        }
        let told = judged_away.and_then(|away| self.report_after(away));
        let ends = told.into_iter().chain(self.closure.as_ref().map(|closure| closure.mark.at));
        pauses.extend(ends.map(|from| Pause { from, to: None }));
        pauses
    }

    /// The report that tells the customer of a judgement: until then they wait for the one they were promised.
    fn report_after(&self, judged: &Mark) -> Option<Instant> {
        self.reports.iter().find(|report| report.mark.seq > judged.seq).map(|report| report.mark.at)
    }
}

/// The slots after a first notice, first to last.
fn grid(first_notice: Instant) -> impl Iterator<Item = Instant> {
    let slots = std::iter::successors(Some(first_notice), |slot| Some(INTERVAL.after(*slot)));
    slots.skip(1).take(SLOTS_MAX as usize)
}
