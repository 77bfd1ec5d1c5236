//! Writes the table of Japanese public holidays out of the rules of the Act.
//!
//! Terms: *the Act* is 国民の祝日に関する法律 (昭和23年法律第178号) with its amendments and the special acts of 2018 and
//! 2020; a *named day* is a 国民の祝日 of Article 2 (or one that a special act treats as such); 振替休日 and 国民の休日 are
//! the days that Article 3, paragraphs 2 and 3, derive from them.
//!
//! The product never runs this: it reads `crates/domain/src/calendar/holidays.rs`, which `cargo xtask holidays` writes
//! and a test here compares. When a law changes, change [`named_days`], run it, and read the difference.

use std::{collections::BTreeMap, fmt::Write as _, fs, io, path::Path};

const FIRST_YEAR: i32 = 2016;
const LAST_YEAR: i32 = 2050;

/// Where the generated file lies, seen from the root of the workspace.
const TABLE: &str = "crates/domain/src/calendar/holidays.rs";

/// The source of a row: name of its constant, number of the law that set the day's present form, day it came into force.
struct Law {
    constant: &'static str,
    number: &'static str,
    in_force: Day,
}

/// Laws by era, year and number: S 昭和, H 平成, R 令和; `S41_CO` is a cabinet order.
const LAWS: &[Law] = &[
    law("S23_178", "昭和23年法律第178号", day(1948, 7, 20)),
    law("S41_CO_376", "昭和41年政令第376号", day(1966, 12, 9)),
    law("H1_5", "平成元年法律第5号", day(1989, 2, 17)),
    law("H10_141", "平成10年法律第141号", day(2000, 1, 1)),
    law("H13_59", "平成13年法律第59号", day(2003, 1, 1)),
    law("H17_43", "平成17年法律第43号", day(2007, 1, 1)),
    law("H26_43", "平成26年法律第43号", day(2016, 1, 1)),
    law("H29_63", "平成29年法律第63号", day(2019, 5, 1)),
    law("H30_55", "平成30年法律第55号", day(2018, 6, 20)),
    law("H30_57", "平成30年法律第57号", day(2020, 1, 1)),
    law("H30_99", "平成30年法律第99号", day(2018, 12, 14)),
    law("R2_68", "令和2年法律第68号", day(2020, 12, 28)),
];

/// A day of the Gregorian calendar; the derived order is the order in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Day {
    year: i32,
    month: u32,
    day: u32,
}

/// Name of a holiday and the constant of its law.
type Entry = (&'static str, &'static str);

/// The text of the generated file.
pub(crate) fn generate() -> String {
    let mut text = String::from(HEAD);
    for Law { constant, number, in_force: Day { year, month, day } } in LAWS {
        let _ = writeln!(text, "const {constant}: Law = Law::new(\"{number}\", date({year}, {month}, {day}));");
    }
    let rows: Vec<_> = (FIRST_YEAR..=LAST_YEAR).flat_map(holidays).collect();
    let _ = writeln!(text, "\n/// Every holiday, in order of time.\n#[rustfmt::skip]");
    let _ = writeln!(text, "pub(super) static HOLIDAYS: [Holiday; {}] = [", rows.len());
    for (Day { year, month, day }, (name, law)) in rows {
        let _ = writeln!(text, "    row({year}, {month:2}, {day:2}, \"{name}\", {law}),");
    }
    text.push_str("];\n");
    text
}

/// Writes the table into the workspace at `root`.
///
/// # Errors
/// The file cannot be written.
pub(crate) fn write(root: &Path) -> io::Result<()> {
    fs::write(root.join(TABLE), generate())
}

const HEAD: &str = "\
//! Japanese public holidays of 2016 to 2050, each with the law behind it.
//!
//! Written by `cargo xtask holidays`: do not edit. The days of 春分の日 and 秋分の日 are computed. They become law only by
//! 暦要項, published in the gazette each February 1 for the year after, so later ones are predictions.

use super::{Holiday, Law, row};
use jiff::civil::date;

/// First and last year of the table.
pub(super) const YEARS: std::ops::RangeInclusive<i16> = 2016..=2050;

";

/// All holidays of a year: the named days and what Article 3 derives from them.
///
/// No derivation crosses the turn of a year: January 1 is the only named day next to it, and what follows it within the
/// year is derived within the year.
fn holidays(year: i32) -> BTreeMap<Day, Entry> {
    let named = named_days(year);
    let mut all = named.clone();
    for &holiday in named.keys().filter(|day| day.weekday() == SUNDAY) {
        let mut substitute = holiday.next();
        while named.contains_key(&substitute) {
            substitute = substitute.next();
        }
        all.insert(substitute, ("振替休日", "H17_43"));
    }
    for &holiday in named.keys() {
        let between = holiday.next();
        if !all.contains_key(&between) && named.contains_key(&between.next()) {
            all.insert(between, ("国民の休日", "H17_43"));
        }
    }
    all
}

/// The named days of a year (Article 2, and the special acts in their years).
fn named_days(year: i32) -> BTreeMap<Day, Entry> {
    let monday = |month, nth| nth_monday(year, month, nth);
    let (marine, sports, mountain) = match year {
        // The Olympic year, and the year it was put off to: 平成27年法律第33号 Article 32 as amended.
        2020 => ((day(year, 7, 23), "H30_55"), (day(year, 7, 24), "H30_55"), (day(year, 8, 10), "H30_55")),
        2021 => ((day(year, 7, 22), "R2_68"), (day(year, 7, 23), "R2_68"), (day(year, 8, 8), "R2_68")),
        _ => {
            let sports_law = if year < 2020 { "H10_141" } else { "H30_57" };
            ((monday(7, 3), "H13_59"), (monday(10, 2), sports_law), (day(year, 8, 11), "H26_43"))
        }
    };
    let sports_name = if year < 2020 { "体育の日" } else { "スポーツの日" };
    let mut named = BTreeMap::from([
        (day(year, 1, 1), ("元日", "S23_178")),
        (monday(1, 2), ("成人の日", "H10_141")),
        (day(year, 2, 11), ("建国記念の日", "S41_CO_376")),
        (day(year, 3, equinox_day(VERNAL, year)), ("春分の日", "S23_178")),
        (day(year, 4, 29), ("昭和の日", "H17_43")),
        (day(year, 5, 3), ("憲法記念日", "S23_178")),
        (day(year, 5, 4), ("みどりの日", "H17_43")),
        (day(year, 5, 5), ("こどもの日", "S23_178")),
        (marine.0, ("海の日", marine.1)),
        (mountain.0, ("山の日", mountain.1)),
        (monday(9, 3), ("敬老の日", "H13_59")),
        (day(year, 9, equinox_day(AUTUMNAL, year)), ("秋分の日", "S23_178")),
        (sports.0, (sports_name, sports.1)),
        (day(year, 11, 3), ("文化の日", "S23_178")),
        (day(year, 11, 23), ("勤労感謝の日", "S23_178")),
    ]);
    // 2019 has no 天皇誕生日: the old day was abolished on May 1, the new one had passed.
    match year {
        ..2019 => {
            named.insert(day(year, 12, 23), ("天皇誕生日", "H1_5"));
        }
        2019 => {
            named.insert(day(year, 5, 1), ("天皇の即位の日", "H30_99"));
            named.insert(day(year, 10, 22), ("即位礼正殿の儀の行われる日", "H30_99"));
        }
        2020.. => {
            named.insert(day(year, 2, 23), ("天皇誕生日", "H29_63"));
        }
    }
    named
}

/// Day of March and of September, with fraction, on which the equinox of 1980 fell in Japan, in millionths of a day.
const VERNAL: i32 = 20_843_100;
const AUTUMNAL: i32 = 23_248_800;

/// Day of the month of an equinox between 1980 and 2099: the day of 1980, later by what the solar year has beyond 365
/// days, earlier by each leap day since (the approximation of 新こよみ便利帳, 恒星社厚生閣 1991). It agrees with each
/// 暦要項 so far, and with an astronomical computation for all years of the table (tests of `domain`).
fn equinox_day(of_1980_e6: i32, year: i32) -> u32 {
    let years = year - 1980;
    ((of_1980_e6 + 242_194 * years) / 1_000_000 - years / 4) as u32
}

const SUNDAY: u32 = 0;
const MONDAY: u32 = 1;

const fn day(year: i32, month: u32, day: u32) -> Day {
    Day { year, month, day }
}

const fn law(constant: &'static str, number: &'static str, in_force: Day) -> Law {
    Law { constant, number, in_force }
}

fn nth_monday(year: i32, month: u32, nth: u32) -> Day {
    let first = day(year, month, 1).weekday();
    day(year, month, 1 + (7 + MONDAY - first) % 7 + 7 * (nth - 1))
}

impl Day {
    /// Days since Sunday, 0 to 6 (Zeller's congruence, shifted so that Sunday is 0).
    fn weekday(self) -> u32 {
        let (year, month) = if self.month < 3 { (self.year - 1, self.month + 12) } else { (self.year, self.month) };
        let year = year as u32;
        (self.day + 13 * (month + 1) / 5 + year + year / 4 - year / 100 + year / 400 + 6) % 7
    }

    fn next(self) -> Self {
        if self.day < self.days_of_month() {
            day(self.year, self.month, self.day + 1)
        } else if self.month < 12 {
            day(self.year, self.month + 1, 1)
        } else {
            day(self.year + 1, 1, 1)
        }
    }

    fn days_of_month(self) -> u32 {
        match self.month {
            4 | 6 | 9 | 11 => 30,
            2 if self.year % 4 == 0 && (self.year % 100 != 0 || self.year % 400 == 0) => 29,
            2 => 28,
            _ => 31,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(year: i32, month: u32, day_of_month: u32, name: Option<&str>) {
        let found = holidays(year).get(&day(year, month, day_of_month)).map(|entry| entry.0);
        assert_eq!(found, name, "{year}-{month}-{day_of_month}");
    }

    #[test]
    fn the_committed_table_is_what_the_generator_writes() {
        let committed = include_str!("../../crates/domain/src/calendar/holidays.rs");
        assert!(committed == generate(), "the table is stale or edited by hand; run `cargo xtask holidays`");
    }

    #[test]
    fn a_substitute_is_the_next_day_that_is_no_named_day() {
        check(2026, 5, 6, Some("振替休日"));
        check(2026, 5, 4, Some("みどりの日"));
        check(2027, 3, 22, Some("振替休日"));
        check(2021, 8, 9, Some("振替休日"));
    }

    #[test]
    fn a_day_between_two_named_days_is_a_holiday() {
        check(2026, 9, 22, Some("国民の休日"));
        check(2019, 4, 30, Some("国民の休日"));
        check(2019, 5, 2, Some("国民の休日"));
        check(2025, 9, 22, None);
    }

    #[test]
    fn weekdays_follow_the_calendar_over_leap_days() {
        assert_eq!(day(2024, 2, 29).weekday(), 4);
        assert_eq!(day(2024, 2, 29).next(), day(2024, 3, 1));
        assert_eq!(day(2023, 2, 28).next(), day(2023, 3, 1));
        assert_eq!(day(2026, 12, 31).next().weekday(), 5);
    }

    #[test]
    fn every_year_has_sixteen_named_days_and_2019_one_more() {
        for year in FIRST_YEAR..=LAST_YEAR {
            let named = named_days(year).len();
            assert_eq!(named, if year == 2019 { 17 } else { 16 }, "{year}");
        }
    }
}
