//! 中間報告: the hourly reports owed while service impact lasts (R-4.2.2-16, R-4.2.2-17, Q-07).
//!
//! A *slot* is an instant on the fixed grid of 60 minutes from the first notice, day and night. A report within the hour
//! that ends at a slot, the slot itself included, *fills* it; an early report does not shift the grid. A slot at the
//! instant of recovery is not owed. Slots end with the recovery as it was *told*: see [`slots_end`].

use super::{Impact, Minutes, Verdict};
use crate::time::{Instant, MINUTE_MS};

/// From slot to slot.
pub const INTERVAL: Minutes = Minutes(60);
/// The person is reminded so long before a slot.
pub const REMIND_BEFORE_SLOT: Minutes = Minutes(10);
/// The person is reminded so long after the last report.
pub const REMIND_AFTER_REPORT: Minutes = Minutes(50);
/// The most slots one incident can have, more than a year of hours; beyond it an instant is surely wrong.
pub const SLOTS_MAX: i64 = 10_000;

const INTERVAL_MS: i64 = INTERVAL.0 as i64 * MINUTE_MS;

/// What the interim rule looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interim {
    /// Service impact; without it nothing is owed.
    pub impact: Impact,
    /// When the first notice was given: the origin of the grid, itself no slot.
    pub first_notice: Instant,
    /// When the slots ended or are known to end.
    pub resolved: Option<Instant>,
    /// As of when the question is asked; before the first notice nothing has come due.
    pub as_of: Instant,
}

/// A slot that came due, and the first report that filled it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    /// The instant on the grid.
    pub due: Instant,
    /// The earliest report in (slot - 60 min, slot].
    pub report: Option<Instant>,
}

/// An incident so long that its slots are not listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} interim reports would be due, more than {SLOTS_MAX}; check the instants")]
pub struct TooManySlots(pub i64);

impl Interim {
    /// The slots that came due: at or before `as_of` and, where resolved, before that.
    ///
    /// # Errors
    /// There are more than [`SLOTS_MAX`].
    pub fn slots(&self) -> Result<Vec<Instant>, TooManySlots> {
        if !self.impact.counts_as_present() {
            return Ok(Vec::new());
        }
        let last = self.resolved.map_or(self.as_of, |resolved| resolved.plus_ms(-1).min(self.as_of));
        let count = self.slots_until(last);
        if count > SLOTS_MAX {
            return Err(TooManySlots(count));
        }
        Ok((1..=count).map(|nth| self.slot(nth)).collect())
    }

    /// The first slot after `as_of`; none without impact, and none where recovery comes at or before it.
    pub fn next_slot(&self) -> Option<Instant> {
        let next = self.slot(self.slots_until(self.as_of) + 1);
        let owed = self.impact.counts_as_present() && self.resolved.is_none_or(|resolved| next < resolved);
        owed.then_some(next)
    }

    /// The slots that came due, each with the report that filled it. Reports may come in any order.
    ///
    /// # Errors
    /// As [`Interim::slots`].
    pub fn filled(&self, reports: &[Instant]) -> Result<Vec<Slot>, TooManySlots> {
        let fill = |due: Instant| {
            let in_time = |report: &Instant| *report > INTERVAL.before(due) && *report <= due;
            Slot { due, report: reports.iter().copied().filter(in_time).min() }
        };
        Ok(self.slots()?.into_iter().map(fill).collect())
    }

    /// The slots that passed without a report. A slot at `as_of` itself can still be filled.
    ///
    /// # Errors
    /// As [`Interim::slots`].
    pub fn missed(&self, reports: &[Instant]) -> Result<Vec<Instant>, TooManySlots> {
        let slots = self.filled(reports)?;
        Ok(slots.iter().filter(|slot| slot.verdict(self.as_of) == Verdict::Missed).map(|slot| slot.due).collect())
    }

    /// The longest time in milliseconds that the customer heard nothing: between the first notice, each report, and
    /// recovery, or `as_of` while there is none. 0 where that end lies before the first notice.
    pub fn longest_silence_ms(&self, reports: &[Instant]) -> i64 {
        let end = self.resolved.map_or(self.as_of, |resolved| resolved.min(self.as_of));
        let mut told: Vec<_> = reports.iter().copied().filter(|told| (self.first_notice..end).contains(told)).collect();
        told.extend([self.first_notice, end]);
        told.sort();
        let first = told.iter().position(|told| *told == self.first_notice).unwrap_or_default();
        told[first..].windows(2).map(|pair| pair[1].since_ms(pair[0])).max().unwrap_or_default()
    }

    /// How many slots lie at or before an instant.
    fn slots_until(&self, instant: Instant) -> i64 {
        (instant.since_ms(self.first_notice) / INTERVAL_MS).max(0)
    }

    /// The `nth` slot of the grid, from 1.
    fn slot(&self, nth: i64) -> Instant {
        self.first_notice.plus_ms(nth.saturating_mul(INTERVAL_MS))
    }
}

impl Slot {
    /// Whether the slot was filled, as of an instant.
    pub fn verdict(&self, as_of: Instant) -> Verdict {
        Verdict::of(self.due, self.report, Some(as_of))
    }
}

/// When slots end: at recovery, but not before it was recorded, so that a slot that came due is never erased by a
/// recovery time stated later.
pub fn slots_end(recovered: Instant, recorded: Instant) -> Instant {
    recovered.max(recorded)
}

/// When the person is reminded of the slot at `next`, given when the customer was last told anything.
pub fn reminders(next: Instant, last_told: Instant) -> [Instant; 2] {
    [REMIND_BEFORE_SLOT.before(next), REMIND_AFTER_REPORT.after(last_told)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> Instant {
        Instant::from_ms(0).plus_minutes(minutes)
    }

    fn interim(resolved: Option<i64>, as_of: i64) -> Interim {
        Interim { impact: Impact::Present, first_notice: at(0), resolved: resolved.map(at), as_of: at(as_of) }
    }

    fn check(resolved: Option<i64>, as_of: i64, slots: &[i64], next: Option<i64>) {
        let interim = interim(resolved, as_of);
        assert_eq!(interim.slots(), Ok(slots.iter().copied().map(at).collect()), "{interim:?}");
        assert_eq!(interim.next_slot(), next.map(at), "{interim:?}");
    }

    #[test]
    fn a_slot_comes_due_each_hour_after_the_first_notice() {
        check(None, 59, &[], Some(60));
        check(None, 60, &[60], Some(120));
        check(None, 185, &[60, 120, 180], Some(240));
        check(None, -500, &[], Some(60));
    }

    #[test]
    fn a_slot_at_recovery_is_not_owed() {
        check(Some(120), 200, &[60], None);
        check(Some(121), 200, &[60, 120], None);
        check(Some(121), 60, &[60], Some(120));
        check(Some(120), 60, &[60], None);
        check(Some(-5), 200, &[], None);
    }

    #[test]
    fn without_impact_nothing_is_owed() {
        let none = Interim { impact: Impact::Absent, ..interim(None, 500) };
        assert_eq!(none.slots(), Ok(vec![]));
        assert_eq!(none.next_slot(), None);
    }

    #[test]
    fn a_report_fills_the_slot_that_ends_its_hour() {
        let filled = interim(None, 240).filled(&[at(180), at(61), at(70), at(0)]).unwrap();
        let reports: Vec<_> = filled.iter().map(|slot| slot.report).collect();
        assert_eq!(reports, [None, Some(at(61)), Some(at(180)), None]);
        assert_eq!(interim(None, 240).missed(&[at(180), at(61)]), Ok(vec![at(60)]));
        assert_eq!(interim(None, 241).missed(&[at(180), at(61)]), Ok(vec![at(60), at(240)]));
    }

    #[test]
    fn the_longest_silence_runs_to_recovery_or_to_now() {
        let minutes = |interim: Interim, reports: &[Instant]| interim.longest_silence_ms(reports) / MINUTE_MS;
        assert_eq!(minutes(interim(None, 100), &[]), 100);
        assert_eq!(minutes(interim(None, 100), &[at(70), at(50), at(-20), at(300)]), 50);
        assert_eq!(minutes(interim(Some(90), 500), &[at(10), at(95)]), 80);
        assert_eq!(minutes(interim(None, -10), &[]), 0);
    }

    #[test]
    fn a_recovery_time_stated_later_erases_no_slot() {
        assert_eq!(slots_end(at(30), at(90)), at(90));
        check(Some(90), 200, &[60], None);
    }

    #[test]
    fn reminders_come_before_the_slot_and_after_the_last_report() {
        assert_eq!(reminders(at(120), at(65)), [at(110), at(115)]);
    }

    #[test]
    fn centuries_of_slots_are_refused() {
        assert_eq!(interim(None, 60 * SLOTS_MAX).slots().map(|slots| slots.len()), Ok(10_000));
        assert_eq!(interim(None, 60 * (SLOTS_MAX + 1)).slots(), Err(TooManySlots(10_001)));
    }
}
