//! Counting business days.

use super::{Calendar, OutOfTable};
use crate::time::Instant;
use jiff::civil::{Date, Time, time};

/// The hour at which a business day ends for a due (end of サポートセンター's hours, R-3.3.1-2 and R-3.3.2-3).
pub const CLOSING: Time = time(19, 0, 0, 0);

/// A number of business days, 1 to 250 (about a year).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BusinessDays(u16);

/// A number outside what [`BusinessDays`] can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} is not a number of business days; use 1 to {max}", max = BusinessDays::MAX.0)]
pub struct NotBusinessDays(pub u64);

impl BusinessDays {
    /// The most business days that can be promised.
    pub const MAX: Self = Self(250);
    /// For a request whose effect on the service is slight (R-3.3.2-1).
    pub const SLIGHT_EFFECT: Self = Self(1);
    /// For a request that may affect the service (R-3.3.2-2), and for closing without the customer's word.
    pub const POSSIBLE_EFFECT: Self = Self(5);

    /// Without a word to the customer, before somebody is reminded (R-5.3-11).
    pub const SILENCE: Self = Self(2);

    /// That number of business days.
    ///
    /// # Errors
    /// It is 0 or above 250.
    pub fn new(days: u64) -> Result<Self, NotBusinessDays> {
        match u16::try_from(days) {
            Ok(few @ 1..=250) => Ok(Self(few)),
            _ => Err(NotBusinessDays(days)),
        }
    }

    /// The number, 1 to 250.
    pub const fn get(self) -> u16 {
        self.0
    }
}

impl Calendar {
    /// The `days`-th business day after a day, which itself is day 0 whatever it is.
    ///
    /// # Errors
    /// A day that would have to be looked at lies outside the holiday table.
    pub fn nth_business_day_after(&self, date: Date, days: BusinessDays) -> Result<Date, OutOfTable> {
        let mut day = date;
        let mut counted = 0;
        while counted < days.get() {
            day = day.tomorrow().map_err(|_| OutOfTable(day))?;
            counted += u16::from(self.is_business_day(day)?);
        }
        Ok(day)
    }

    /// 19:00 on the `days`-th business day after the calendar day of an instant: the due of a request, and when a record
    /// that waits for a last word closes itself.
    ///
    /// # Errors
    /// As [`Calendar::nth_business_day_after`].
    pub fn business_days_after(&self, instant: Instant, days: BusinessDays) -> Result<Instant, OutOfTable> {
        Ok(self.closing_of(self.nth_business_day_after(self.date_of(instant), days)?))
    }

    /// The business day before a day; none before the holiday table.
    pub fn business_day_before(&self, day: Date) -> Option<Date> {
        let mut before = day.yesterday().ok()?;
        while !self.is_business_day(before).ok()? {
            before = before.yesterday().ok()?;
        }
        Some(before)
    }

    /// 19:00 of a day; of one that no timestamp can hold, the end of time.
    pub fn closing_of(&self, day: Date) -> Instant {
        let closing = day.to_datetime(CLOSING).to_zoned(self.zone().clone());
        closing.map_or(Instant::from_ms(i64::MAX), |at| Instant::from_ms(at.timestamp().as_millisecond()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn check(from: &str, days: u64, expected: &str) {
        let calendar = Calendar::tokyo([date(2026, 12, 29), date(2026, 12, 30), date(2026, 12, 31), date(2027, 1, 4)]);
        let days = BusinessDays::new(days).unwrap();
        let from = from.parse().unwrap();
        assert_eq!(
            calendar.nth_business_day_after(from, days).map(|day| day.to_string()),
            Ok(expected.to_owned()),
            "{from}"
        );
    }

    #[test]
    fn counting_starts_on_the_day_after_whatever_the_first_day_is() {
        check("2026-11-20", 1, "2026-11-24");
        check("2026-11-21", 1, "2026-11-24");
        check("2026-11-23", 1, "2026-11-24");
        check("2026-11-24", 1, "2026-11-25");
    }

    /// R-3.3.1-4.
    #[test]
    fn holidays_weekends_and_closures_do_not_count() {
        check("2026-04-28", 1, "2026-04-30");
        check("2026-05-01", 1, "2026-05-07");
        check("2026-12-25", 2, "2027-01-05");
        check("2026-09-18", 1, "2026-09-24");
    }

    #[test]
    fn the_end_of_the_table_is_an_error_and_not_a_guess() {
        let calendar = Calendar::default();
        let after = |day| calendar.nth_business_day_after(day, BusinessDays::SLIGHT_EFFECT);
        assert_eq!(after(date(2050, 12, 29)), Ok(date(2050, 12, 30)));
        assert_eq!(after(date(2050, 12, 30)), Err(OutOfTable(date(2051, 1, 1))));
        assert_eq!(after(date(2015, 12, 30)), Err(OutOfTable(date(2015, 12, 31))));
        assert_eq!(after(date(2015, 12, 31)), Ok(date(2016, 1, 4)));
        assert_eq!(after(Date::MAX), Err(OutOfTable(Date::MAX)));
    }

    #[test]
    fn one_to_250_business_days_can_be_counted() {
        assert_eq!(BusinessDays::new(250), Ok(BusinessDays::MAX));
        for wrong in [0, 251, 65_537, u64::MAX] {
            assert_eq!(BusinessDays::new(wrong), Err(NotBusinessDays(wrong)));
        }
    }
}
