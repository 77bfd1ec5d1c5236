//! Business days of the desk (design §5 "Business time", R-3.3.1-4).
//!
//! A *business day* is Monday to Friday, no Japanese public holiday and no closure. A *holiday* is a day of the generated
//! table in `holidays.rs`, 振替休日 and 国民の休日 included. A *closure* is a day on which this desk is closed by its own
//! decision, such as the turn of the year; it is a setting. Incidents know no business days: their clocks run at all hours.
//!
//! Only the years of the table are known. Outside them every question is answered by [`OutOfTable`], never by a guess.

mod business;
mod holidays;

pub use business::{BusinessDays, CLOSING, NotBusinessDays};

use crate::time::Instant;
use jiff::{
    civil::{Date, Weekday, date},
    tz::{self, TimeZone},
};
use std::collections::BTreeSet;

/// The calendar of a desk: where it is and when it is closed. Pure and cheap to build.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    zone: TimeZone,
    closures: BTreeSet<Date>,
}

/// A public holiday and the law behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holiday {
    /// The day, in Japan.
    pub date: Date,
    /// Its name as the law has it, such as 憲法記念日 or 振替休日.
    pub name: &'static str,
    /// The law that made it this day.
    pub law: Law,
}

/// A law or cabinet order that sets a holiday.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Law {
    /// Its number, such as 平成17年法律第43号.
    pub number: &'static str,
    /// The day from which it is valid.
    pub in_force: Date,
}

/// A day that the holiday table does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0} is outside the holiday table, which covers {first} to {last}; use a day within it, or a release with a longer table",
    first = holidays::YEARS.start(),
    last = holidays::YEARS.end()
)]
pub struct OutOfTable(pub Date);

impl Calendar {
    /// The calendar of a desk in that zone. Closures may be unsorted, repeated, or fall on weekends and holidays.
    pub fn new(zone: TimeZone, closures: impl IntoIterator<Item = Date>) -> Self {
        Self { zone, closures: closures.into_iter().collect() }
    }

    /// The calendar of a desk in Japan. Asia/Tokyo is UTC+9 in all years of the table and long before, so no time zone
    /// database is read.
    pub fn tokyo(closures: impl IntoIterator<Item = Date>) -> Self {
        Self::new(TimeZone::fixed(tz::offset(9)), closures)
    }

    /// The zone in which days begin and end.
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// The days on which the desk is closed by its own decision, in order.
    pub fn closures(&self) -> impl Iterator<Item = Date> {
        self.closures.iter().copied()
    }

    /// Whether a day is a closure of the desk's own.
    pub fn is_closure(&self, date: Date) -> bool {
        self.closures.contains(&date)
    }

    /// The calendar day on which an instant falls here.
    pub fn date_of(&self, instant: Instant) -> Date {
        instant.timestamp().to_zoned(self.zone.clone()).date()
    }

    /// The public holiday on that day, also where it falls on a weekend.
    ///
    /// # Errors
    /// The day lies outside the table.
    pub fn holiday(&self, date: Date) -> Result<Option<&'static Holiday>, OutOfTable> {
        if !holidays::YEARS.contains(&date.year()) {
            return Err(OutOfTable(date));
        }
        let found = holidays::HOLIDAYS.binary_search_by_key(&date, |holiday| holiday.date);
        Ok(found.ok().map(|at| &holidays::HOLIDAYS[at]))
    }

    /// Whether the desk works on that day.
    ///
    /// # Errors
    /// The day lies outside the table.
    pub fn is_business_day(&self, date: Date) -> Result<bool, OutOfTable> {
        let weekend = matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday);
        let holiday = self.holiday(date)?.is_some();
        Ok(!weekend && !holiday && !self.closures.contains(&date))
    }
}

/// Asia/Tokyo without closures.
impl Default for Calendar {
    fn default() -> Self {
        Self::tokyo([])
    }
}

impl Law {
    const fn new(number: &'static str, in_force: Date) -> Self {
        Self { number, in_force }
    }
}

/// A row of the generated table.
const fn row(year: i16, month: i8, day: i8, name: &'static str, law: Law) -> Holiday {
    Holiday { date: date(year, month, day), name, law }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, business_day: bool, holiday: Option<&str>) {
        let calendar =
            Calendar::tokyo([date(2026, 12, 30), date(2026, 12, 29), date(2026, 12, 30), date(2026, 12, 27)]);
        let day: Date = text.parse().unwrap();
        assert_eq!(calendar.is_business_day(day), Ok(business_day), "{text}");
        assert_eq!(calendar.holiday(day).unwrap().map(|found| found.name), holiday, "{text}");
    }

    #[test]
    fn a_weekday_without_holiday_or_closure_is_a_business_day() {
        check("2026-11-24", true, None);
        check("2026-11-21", false, None);
        check("2026-11-22", false, None);
        check("2026-11-23", false, Some("勤労感謝の日"));
        check("2026-12-29", false, None);
        check("2026-12-31", true, None);
    }

    #[test]
    fn a_holiday_on_a_weekend_keeps_its_name() {
        check("2026-05-03", false, Some("憲法記念日"));
        check("2026-05-06", false, Some("振替休日"));
        check("2026-05-07", true, None);
    }

    #[test]
    fn outside_the_table_is_an_error_even_on_a_weekend() {
        let calendar = Calendar::default();
        for day in [date(2015, 12, 31), date(2051, 1, 1), date(2051, 1, 7), Date::MIN, Date::MAX] {
            assert_eq!(calendar.is_business_day(day), Err(OutOfTable(day)));
            assert_eq!(calendar.holiday(day), Err(OutOfTable(day)));
        }
        assert!(OutOfTable(date(2051, 1, 1)).to_string().contains("covers 2016 to 2050"));
    }

    #[test]
    fn the_day_of_an_instant_is_the_day_in_japan() {
        let calendar = Calendar::default();
        let day = |text| calendar.date_of(Instant::parse(text).unwrap());
        assert_eq!(day("2026-11-22T14:59:59.999Z"), date(2026, 11, 22));
        assert_eq!(day("2026-11-22T15:00:00Z"), date(2026, 11, 23));
        assert_eq!(day("2026-11-22T23:30:00-12:00"), date(2026, 11, 23));
    }

    #[test]
    fn the_table_is_in_order_and_each_law_was_in_force() {
        assert!(holidays::HOLIDAYS.is_sorted_by(|a, b| a.date < b.date));
        assert!(holidays::HOLIDAYS.iter().all(|holiday| holiday.law.in_force <= holiday.date));
        assert!(holidays::HOLIDAYS.iter().all(|holiday| holidays::YEARS.contains(&holiday.date.year())));
    }
}
