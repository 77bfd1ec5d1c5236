//! The holiday table against the days the Cabinet Office announced, and against the law read day by day.

use crate::oracle;
use domain::calendar::{BusinessDays, Calendar};
use jiff::civil::{Date, date};

/// The holidays of each year as 内閣府 lists them (国民の祝日について).
const ANNOUNCED: [(i16, &str); 12] = [
    (2016, "1/1 1/11 2/11 3/20 3/21 4/29 5/3 5/4 5/5 7/18 8/11 9/19 9/22 10/10 11/3 11/23 12/23"),
    (2017, "1/1 1/2 1/9 2/11 3/20 4/29 5/3 5/4 5/5 7/17 8/11 9/18 9/23 10/9 11/3 11/23 12/23"),
    (2018, "1/1 1/8 2/11 2/12 3/21 4/29 4/30 5/3 5/4 5/5 7/16 8/11 9/17 9/23 9/24 10/8 11/3 11/23 12/23 12/24"),
    (2019, "1/1 1/14 2/11 3/21 4/29 4/30 5/1 5/2 5/3 5/4 5/5 5/6 7/15 8/11 8/12 9/16 9/23 10/14 10/22 11/3 11/4 11/23"),
    (2020, "1/1 1/13 2/11 2/23 2/24 3/20 4/29 5/3 5/4 5/5 5/6 7/23 7/24 8/10 9/21 9/22 11/3 11/23"),
    (2021, "1/1 1/11 2/11 2/23 3/20 4/29 5/3 5/4 5/5 7/22 7/23 8/8 8/9 9/20 9/23 11/3 11/23"),
    (2022, "1/1 1/10 2/11 2/23 3/21 4/29 5/3 5/4 5/5 7/18 8/11 9/19 9/23 10/10 11/3 11/23"),
    (2023, "1/1 1/2 1/9 2/11 2/23 3/21 4/29 5/3 5/4 5/5 7/17 8/11 9/18 9/23 10/9 11/3 11/23"),
    (2024, "1/1 1/8 2/11 2/12 2/23 3/20 4/29 5/3 5/4 5/5 5/6 7/15 8/11 8/12 9/16 9/22 9/23 10/14 11/3 11/4 11/23"),
    (2025, "1/1 1/13 2/11 2/23 2/24 3/20 4/29 5/3 5/4 5/5 5/6 7/21 8/11 9/15 9/23 10/13 11/3 11/23 11/24"),
    (2026, "1/1 1/12 2/11 2/23 3/20 4/29 5/3 5/4 5/5 5/6 7/20 8/11 9/21 9/22 9/23 10/12 11/3 11/23"),
    (2027, "1/1 1/11 2/11 2/23 3/21 3/22 4/29 5/3 5/4 5/5 7/19 8/11 9/20 9/23 10/11 11/3 11/23"),
];

fn name(date: Date) -> Option<&'static str> {
    Calendar::default().holiday(date).unwrap().map(|holiday| holiday.name)
}

fn check(text: &str, expected: Option<&str>) {
    assert_eq!(name(text.parse().unwrap()), expected, "{text}");
}

#[test]
fn the_table_has_exactly_the_announced_days() {
    for (year, announced) in ANNOUNCED {
        let days = date(year, 1, 1).series(jiff::ToSpan::days(1)).take_while(|day| day.year() == year);
        let holidays = days.filter(|day| name(*day).is_some());
        let found: Vec<_> = holidays.map(|day| format!("{}/{}", day.month(), day.day())).collect();
        assert_eq!(found.join(" "), announced, "{year}");
    }
}

#[test]
fn every_day_of_the_table_is_as_the_law_read_day_by_day_has_it() {
    for number in *oracle::FIRST..=*oracle::LAST {
        assert_eq!(name(civil(number)), oracle::holiday(number), "{}", civil(number));
    }
}

#[test]
fn no_equinox_of_the_table_falls_so_near_midnight_that_a_minute_could_move_it() {
    for year in 2016..=2050 {
        for september in [false, true] {
            let into_day = oracle::equinox_ms(year, september).rem_euclid(oracle::DAY);
            let from_midnight = into_day.min(oracle::DAY - into_day) / oracle::MINUTE;
            assert!(from_midnight > 5, "{year} september={september}: {from_midnight} min");
        }
    }
}

#[test]
fn names_are_as_in_the_act() {
    check("2016-08-11", Some("山の日"));
    check("2018-12-23", Some("天皇誕生日"));
    check("2018-12-24", Some("振替休日"));
    check("2019-02-23", None);
    check("2019-12-23", None);
    check("2020-02-23", Some("天皇誕生日"));
    check("2020-02-24", Some("振替休日"));
    check("2019-10-14", Some("体育の日"));
    check("2022-10-10", Some("スポーツの日"));
    check("2026-09-22", Some("国民の休日"));
    check("2026-05-06", Some("振替休日"));
    check("2027-03-22", Some("振替休日"));
    check("2032-09-21", Some("国民の休日"));
}

#[test]
fn the_accession_of_2019_made_ten_days_in_a_row() {
    check("2019-04-29", Some("昭和の日"));
    check("2019-04-30", Some("国民の休日"));
    check("2019-05-01", Some("天皇の即位の日"));
    check("2019-05-02", Some("国民の休日"));
    check("2019-05-06", Some("振替休日"));
    check("2019-10-22", Some("即位礼正殿の儀の行われる日"));
    let next = Calendar::default().nth_business_day_after(date(2019, 4, 26), BusinessDays::SLIGHT_EFFECT);
    assert_eq!(next, Ok(date(2019, 5, 7)));
}

#[test]
fn the_games_moved_three_days_in_two_years() {
    check("2020-07-20", None);
    check("2020-07-23", Some("海の日"));
    check("2020-07-24", Some("スポーツの日"));
    check("2020-08-10", Some("山の日"));
    check("2020-08-11", None);
    check("2020-10-12", None);
    check("2021-07-19", None);
    check("2021-07-22", Some("海の日"));
    check("2021-07-23", Some("スポーツの日"));
    check("2021-08-08", Some("山の日"));
    check("2021-08-09", Some("振替休日"));
    check("2021-08-11", None);
    check("2021-10-11", None);
}

/// The oracle's day as the calendar's.
pub(crate) fn civil(number: oracle::Day) -> Date {
    let (year, month, day) = oracle::year_month_day(number);
    date(year as i16, month as i8, day as i8)
}
