//! How many random histories are tried, and where their instants lie: often just where a rule changes its mind.

use crate::oracle::{self, DAY, Day, MINUTE};
use domain::time::Instant;
use jiff::tz;
use proptest::prelude::*;

/// 10,000 histories, or as many as `MADOGUCHI_TEST_HISTORIES` says.
pub(crate) fn config() -> ProptestConfig {
    let cases =
        std::env::var("MADOGUCHI_TEST_HISTORIES").map_or(10_000, |text| text.parse().expect("a number of histories"));
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

/// An instant in Japan between 2016 and the end of 2050, in milliseconds: any day, or one near Golden Week, the autumn
/// holidays, the turn of the year or a leap day; any time, or one within two milliseconds of midnight, 19:00, or
/// midnight in UTC.
pub(crate) fn instant() -> impl Strategy<Value = i64> {
    (day(), time_of_day()).prop_map(|(day, time)| oracle::midnight(day) + time)
}

fn day() -> impl Strategy<Value = Day> {
    let near = |month: i64, date: i64, days: i64| {
        (2016..=2050_i64, 0..days).prop_map(move |(year, later)| oracle::day_number(year, month, date) + later)
    };
    let any = *oracle::FIRST..=*oracle::LAST;
    let some =
        prop_oneof![4 => any, 2 => near(4, 24, 16), 2 => near(9, 12, 14), 2 => near(12, 20, 20), 1 => near(2, 20, 12)];
    some.prop_map(|day| day.min(*oracle::LAST))
}

fn time_of_day() -> impl Strategy<Value = i64> {
    let edges = prop::sample::select(vec![0, 9 * 60 * MINUTE, 19 * 60 * MINUTE, DAY]);
    prop_oneof![0..DAY, (edges, -2..=2_i64).prop_map(|(edge, off)| (edge + off).clamp(0, DAY - 1))]
}

/// A distance in milliseconds: any up to `limit_minutes` and a little before zero, or within two milliseconds of a
/// multiple of `step_minutes`.
pub(crate) fn distance(limit_minutes: i64, step_minutes: i64) -> impl Strategy<Value = i64> {
    let near =
        (-1..=limit_minutes / step_minutes, -2..=2_i64).prop_map(move |(n, off)| n * step_minutes * MINUTE + off);
    prop_oneof![-120 * MINUTE..limit_minutes * MINUTE, near]
}

/// An offset of a zone, in quarters of an hour from -12:00 to +14:00.
pub(crate) fn quarters() -> impl Strategy<Value = i32> {
    -48..=56
}

/// The instant, written with that offset and read again, as a sender elsewhere on earth would give it.
pub(crate) fn through_text(ms: i64, quarters: i32) -> Instant {
    let offset = tz::Offset::from_seconds(quarters * 15 * 60).expect("an offset of less than a day");
    let text = Instant::from_ms(ms).in_zone(&tz::TimeZone::fixed(offset));
    Instant::parse(&text).expect("our own text")
}
