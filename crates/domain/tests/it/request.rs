//! The due of requests: tables of cases, and random histories against the oracle.

use crate::{
    calendar::civil,
    histories::{self, through_text},
    oracle,
};
use domain::{
    calendar::{BusinessDays, Calendar, OutOfTable},
    clocks::{Verdict, request},
    time::Instant,
};
use proptest::prelude::*;

fn check(received: &str, business_days: u64, closures: &[&str], expected: &str) {
    let calendar = Calendar::tokyo(closures.iter().map(|day| day.parse().unwrap()));
    let due = request::due(Instant::parse(received).unwrap(), BusinessDays::new(business_days).unwrap(), &calendar);
    assert_eq!(due.map(|due| due.in_zone(calendar.zone())), Ok(expected.to_owned()), "{received} + {business_days}");
}

#[test]
fn midnight_in_utc_is_nine_in_the_morning_in_japan() {
    check("2026-11-25T23:59:59.999Z", 1, &[], "2026-11-27T19:00:00+09:00");
    check("2026-11-26T00:00:00Z", 1, &[], "2026-11-27T19:00:00+09:00");
    check("2026-11-26T14:59:59.999Z", 1, &[], "2026-11-27T19:00:00+09:00");
    check("2026-11-26T15:00:00.000Z", 1, &[], "2026-11-30T19:00:00+09:00");
}

#[test]
fn the_date_line_does_not_move_the_day_of_receipt() {
    check("2026-11-26T00:00:00+14:00", 1, &[], "2026-11-26T19:00:00+09:00");
    check("2026-11-24T23:59:00-12:00", 1, &[], "2026-11-26T19:00:00+09:00");
    check("2026-11-25T03:00:00-12:00", 1, &[], "2026-11-27T19:00:00+09:00");
}

#[test]
fn golden_weeks() {
    check("2016-04-28T10:00:00+09:00", 1, &[], "2016-05-02T19:00:00+09:00");
    check("2016-04-28T10:00:00+09:00", 2, &[], "2016-05-06T19:00:00+09:00");
    check("2019-04-26T18:00:00+09:00", 5, &[], "2019-05-13T19:00:00+09:00");
    check("2019-05-01T00:00:00+09:00", 1, &[], "2019-05-07T19:00:00+09:00");
    check("2026-04-30T12:00:00+09:00", 5, &["2026-05-07"], "2026-05-13T19:00:00+09:00");
    check("2026-05-02T12:00:00+09:00", 1, &[], "2026-05-07T19:00:00+09:00");
}

#[test]
fn the_turn_of_the_year() {
    check("2026-12-28T10:00:00+09:00", 5, &[], "2027-01-05T19:00:00+09:00");
    let closed = ["2027-01-03", "2026-12-31", "2026-12-29", "2026-12-30", "2026-12-29", "2027-01-02"];
    check("2026-12-28T10:00:00+09:00", 1, &closed, "2027-01-04T19:00:00+09:00");
    check("2026-12-31T23:59:59+09:00", 1, &[], "2027-01-04T19:00:00+09:00");
    check("2016-12-30T09:00:00+09:00", 1, &[], "2017-01-03T19:00:00+09:00");
}

#[test]
fn a_leap_day_is_a_day_like_others() {
    check("2024-02-28T09:00:00+09:00", 1, &[], "2024-02-29T19:00:00+09:00");
    check("2024-02-29T09:00:00+09:00", 1, &[], "2024-03-01T19:00:00+09:00");
    check("2028-02-28T09:00:00+09:00", 2, &[], "2028-03-01T19:00:00+09:00");
    check("2023-02-28T09:00:00+09:00", 1, &[], "2023-03-01T19:00:00+09:00");
    check("2048-02-28T09:00:00+09:00", 1, &[], "2048-03-02T19:00:00+09:00");
}

#[test]
fn the_autumn_of_2026_has_five_days_off() {
    check("2026-09-18T18:59:59+09:00", 1, &[], "2026-09-24T19:00:00+09:00");
}

#[test]
fn beyond_2050_there_is_an_error() {
    let calendar = Calendar::default();
    let received = Instant::parse("2050-12-30T10:00:00+09:00").unwrap();
    let due = request::due(received, BusinessDays::SLIGHT_EFFECT, &calendar);
    assert_eq!(due, Err(OutOfTable(jiff::civil::date(2051, 1, 1))));
}

/// Numbers of business days as they are promised; a long one now and then.
fn business_days() -> impl Strategy<Value = u64> {
    prop_oneof![30 => 1..=10_u64, 1 => 11..=250_u64]
}

proptest! {
    #![proptest_config(histories::config())]

    #[test]
    fn a_due_is_as_the_oracle_counts_it(
        received in histories::instant(),
        quarters in histories::quarters(),
        business_days in business_days(),
        closures_after in prop::collection::vec(-3..30_i64, 0..12),
        completed_after in -2..=2_i64,
    ) {
        let closures: Vec<_> = closures_after.iter().map(|after| oracle::japanese_day(received) + after).collect();
        let calendar = Calendar::tokyo(closures.iter().map(|day| civil(*day)));
        let days = BusinessDays::new(business_days).unwrap();
        let due = request::due(through_text(received, quarters), days, &calendar);
        prop_assert_eq!(due.ok().map(Instant::ms), oracle::request_due(received, business_days, &closures));
        if let Ok(due) = due {
            let verdict = request::verdict(due, Some(due.plus_ms(completed_after)), None);
            prop_assert_eq!(verdict == Verdict::Met, completed_after <= 0);
        }
    }
}
