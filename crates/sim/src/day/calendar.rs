//! The auditor's own counting of days. Of the rules it takes the table of public holidays, nothing else.

use domain::calendar::Calendar;
use jiff::civil::{Date, date};
use std::collections::BTreeSet;

/// Milliseconds since 1970.
pub(crate) type At = i64;
/// Days since 1970-01-01 in Tokyo.
pub(crate) type Day = i64;

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
/// Tokyo is nine hours ahead all year.
const AHEAD: i64 = 9 * HOUR;

pub(crate) fn day_of(at: At) -> Day {
    (at + AHEAD).div_euclid(DAY)
}

/// An hour of a day in Tokyo.
pub(crate) fn at_hour(day: Day, hour: i64) -> At {
    day * DAY - AHEAD + hour * HOUR
}

pub(crate) fn day_number(day: Date) -> Day {
    day.since(date(1970, 1, 1)).map_or(0, |span| i64::from(span.get_days()))
}

/// Days of a year.
pub(crate) fn days_of_year(year: i16) -> u64 {
    (day_number(date(year + 1, 1, 1)) - day_number(date(year, 1, 1))).unsigned_abs()
}

/// Which days the desk works on (R-3.3.1-4).
#[derive(Clone, Debug)]
pub(crate) struct Days {
    closed: BTreeSet<Day>,
}

impl Days {
    pub(crate) fn new(closures: &BTreeSet<Date>) -> Self {
        Self { closed: closures.iter().map(|day| day_number(*day)).collect() }
    }

    pub(crate) fn is_open(&self, day: Day) -> bool {
        // 1970-01-01 was a Thursday.
        let weekend = matches!((day + 4).rem_euclid(7), 0 | 6);
        if weekend || self.closed.contains(&day) {
            return false;
        }
        let span = jiff::Span::new().days(day);
        let holiday = date(1970, 1, 1).checked_add(span).ok().and_then(|day| Calendar::default().holiday(day).ok());
        holiday.flatten().is_none()
    }

    /// 19:00 on the n-th business day after the day of an instant (R-3.3.2-3).
    pub(crate) fn due(&self, from: At, days: usize) -> At {
        let (mut day, mut left) = (day_of(from), days);
        while left > 0 {
            day += 1;
            left -= usize::from(self.is_open(day));
        }
        at_hour(day, 19)
    }

    /// The business day before a day.
    pub(crate) fn before(&self, day: Day) -> Day {
        (1..).map(|back| day - back).find(|day| self.is_open(*day)).unwrap_or(day)
    }
}
