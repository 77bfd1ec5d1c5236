//! Business days, counted one by one (design §5).

use crate::claims::At;
use jiff::civil::{Date, Weekday};
use jiff::{SignedDuration, Timestamp};

const TOKYO_MS: At = 9 * 3_600_000;

/// 19:00 in Tokyo on the n-th business day after the day of an instant.
pub(crate) fn after(at: At, days: u32, closures: &[Date]) -> Option<At> {
    let mut date = date(at)?;
    let holidays = domain::calendar::Calendar::tokyo([]);
    let mut left = days;
    while left > 0 {
        date = date.tomorrow().ok()?;
        let is_weekend = matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday);
        if !is_weekend && !closures.contains(&date) && holidays.holiday(date).ok()?.is_none() {
            left -= 1;
        }
    }
    let evening = date.at(19, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    Some(evening.timestamp().as_millisecond() - TOKYO_MS)
}

/// The day in Tokyo.
pub(crate) fn date(at: At) -> Option<Date> {
    let shifted = Timestamp::UNIX_EPOCH + SignedDuration::from_millis(at + TOKYO_MS);
    Some(shifted.to_zoned(jiff::tz::TimeZone::UTC).date())
}

/// The minute of the day in Tokyo.
pub(crate) const fn minute(at: At) -> At {
    (at + TOKYO_MS).rem_euclid(24 * 3_600_000) / 60_000
}

/// Whether that is a business day.
pub(crate) fn is_business(date: Date, closures: &[Date]) -> bool {
    let is_weekend = matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday);
    let holiday = domain::calendar::Calendar::tokyo([]).holiday(date);
    !is_weekend && !closures.contains(&date) && holiday.is_ok_and(|holiday| holiday.is_none())
}
