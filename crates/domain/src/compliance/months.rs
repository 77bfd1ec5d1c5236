//! Attainment by month: the share that was kept.

use super::Judgement;
use super::frozen::Counts;
use crate::calendar::Calendar;
use crate::time::Instant;
use jiff::ToSpan;
use jiff::civil::{Date, time};

/// The share of dues by the objective that the desk wants to keep in a month, in per cent.
pub const SLO_GOAL: u32 = 95;
/// The share of dues by the agreement, in per cent.
pub const SLA_GOAL: u32 = 100;

/// A month of the calendar's zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Month {
    /// Its first day.
    pub first: Date,
    /// Its last day.
    pub last: Date,
    /// When it begins.
    pub from: Instant,
    /// When the next one begins.
    pub before: Instant,
}

impl Month {
    /// The month of a day.
    pub fn of(day: Date, calendar: &Calendar) -> Self {
        let (first, last) = (day.first_of_month(), day.last_of_month());
        let next = last.tomorrow().unwrap_or(last);
        Self { first, last, from: midnight(first, calendar), before: midnight(next, calendar) }
    }

    /// The last months up to the one in which `now` lies, the earliest first.
    pub fn last(count: i64, now: Instant, calendar: &Calendar) -> Vec<Self> {
        let current = calendar.date_of(now).first_of_month();
        (0..count).rev().map(|back| Self::of(current.saturating_sub(back.months()), calendar)).collect()
    }

    /// As `2026-10`.
    pub fn code(&self) -> String {
        format!("{:04}-{:02}", self.first.year(), self.first.month())
    }
}

/// When a day begins.
pub fn midnight(day: Date, calendar: &Calendar) -> Instant {
    let start = day.to_datetime(time(0, 0, 0, 0)).to_zoned(calendar.zone().clone());
    // Only the last day that jiff knows has no begin in every zone.
    start.map_or(Instant::from_ms(i64::MAX), |start| Instant::from_ms(start.timestamp().as_millisecond()))
}

impl Counts {
    /// The share that kept the objective, in tenths of a per cent, rounded down so that a miss is never hidden; none where nothing
    /// was judged.
    pub const fn slo_share(&self) -> Option<u32> {
        share(self.judged, self.missed)
    }

    /// The share that kept the agreement.
    pub const fn sla_share(&self) -> Option<u32> {
        share(self.sla_judged, self.sla_missed)
    }

    /// ○, × or － by the objective.
    pub const fn judgement(&self) -> Judgement {
        Judgement::of(self.judged as usize, self.missed as usize)
    }
}

const fn share(judged: u32, missed: u32) -> Option<u32> {
    let (judged, kept) = (judged as u64, judged.saturating_sub(missed) as u64);
    // A share is at most 1,000.
    match (kept * 1000).checked_div(judged) {
        Some(share) => Some(share as u32),
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_never_hides_a_miss() {
        let check = |judged, missed, expected| {
            assert_eq!(Counts { judged, missed, ..Counts::default() }.slo_share(), expected, "{missed} of {judged}");
        };
        check(0, 0, None);
        check(1, 0, Some(1000));
        check(3, 1, Some(666));
        check(100_000, 1, Some(999));
        check(1, 1, Some(0));
    }

    #[test]
    fn months_are_those_of_tokyo() {
        let now = Instant::parse("2026-11-30T15:00:00Z").unwrap();
        let months = Month::last(12, now, &Calendar::default());
        let codes: Vec<String> = months.iter().map(Month::code).collect();
        assert_eq!((codes.len(), codes[0].as_str(), codes[11].as_str()), (12, "2026-01", "2026-12"));
        assert_eq!(months[11].from, now);
        assert!(months.windows(2).all(|pair| pair[0].before == pair[1].from));
    }
}
