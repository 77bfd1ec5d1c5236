//! The rules once more, as slowly and plainly as they read: day by day out of the Act, and minute by minute.
//!
//! Days are numbers since 1970-01-01 (a Thursday). The equinoxes are computed astronomically (J. Meeus, Astronomical
//! Algorithms, 2nd edition, chapter 27), not by the approximation that the generator uses.

use std::sync::LazyLock;

/// A day as its number since 1970-01-01.
pub(crate) type Day = i64;

pub(crate) const MINUTE: i64 = 60_000;
pub(crate) const DAY: i64 = 24 * 60 * MINUTE;
const NINE_HOURS: i64 = 9 * 60 * MINUTE;

/// The days that the holiday table covers.
pub(crate) static FIRST: LazyLock<Day> = LazyLock::new(|| day_number(2016, 1, 1));
pub(crate) static LAST: LazyLock<Day> = LazyLock::new(|| day_number(2050, 12, 31));

static HOLIDAYS: LazyLock<Vec<Option<&'static str>>> = LazyLock::new(|| (*FIRST..=*LAST).map(holiday_by_law).collect());

/// Japanese holiday on a day of the table, looked up in a list made once out of the law.
pub(crate) fn holiday(day: Day) -> Option<&'static str> {
    HOLIDAYS[usize::try_from(day - *FIRST).expect("a day of the table")]
}

/// The day in Japan on which an instant in milliseconds falls.
pub(crate) fn japanese_day(ms: i64) -> Day {
    (ms + NINE_HOURS).div_euclid(DAY)
}

/// The first millisecond of a day in Japan.
pub(crate) fn midnight(day: Day) -> i64 {
    day * DAY - NINE_HOURS
}

/// Whether the desk works on a day; none outside the table.
pub(crate) fn is_business_day(day: Day, closures: &[Day]) -> Option<bool> {
    if day < *FIRST || day > *LAST {
        return None;
    }
    Some(!matches!(weekday(day), 0 | 6) && holiday(day).is_none() && !closures.contains(&day))
}

/// Due of a request: lets every minute after the receipt pass, and counts each 19:00 of a business day that is not the
/// day of receipt. None where that leaves the table.
pub(crate) fn request_due(received: i64, business_days: u64, closures: &[Day]) -> Option<i64> {
    let day_of_receipt = japanese_day(received);
    let mut day = day_of_receipt;
    let mut minute_of_day = (received - midnight(day)) / MINUTE;
    let mut counted = 0;
    loop {
        minute_of_day += 1;
        if minute_of_day == 24 * 60 {
            minute_of_day = 0;
            day += 1;
            is_business_day(day, closures)?;
        }
        if minute_of_day == 19 * 60 && day != day_of_receipt && is_business_day(day, closures)? {
            counted += 1;
            if counted == business_days {
                return Some(midnight(day) + minute_of_day * MINUTE);
            }
        }
    }
}

/// Slots of an incident with impact, and the one after `as_of`: lets every minute after the first notice pass.
pub(crate) fn interim_slots(first_notice: i64, resolved: Option<i64>, as_of: i64) -> (Vec<i64>, Option<i64>) {
    let mut due = Vec::new();
    let mut now = first_notice;
    let mut minutes = 0;
    loop {
        now += MINUTE;
        minutes += 1;
        if minutes == 60 {
            minutes = 0;
            let owed = resolved.is_none_or(|resolved| now < resolved);
            if now > as_of {
                return (due, owed.then_some(now));
            }
            if owed {
                due.push(now);
            }
        }
    }
}

/// The slot a report belongs to: the first one at or after it, found by walking the grid; none for a report that is not
/// after the first notice.
pub(crate) fn slot_of_report(first_notice: i64, report: i64) -> Option<i64> {
    if report <= first_notice {
        return None;
    }
    let mut slot = first_notice;
    while slot < report {
        slot += 60 * MINUTE;
    }
    Some(slot)
}

/// The longest time between two tellings with none between them: every pair is tried.
pub(crate) fn longest_silence(first_notice: i64, reports: &[i64], end: i64) -> i64 {
    let told: Vec<i64> = [first_notice, end]
        .into_iter()
        .chain(reports.iter().copied().filter(|r| *r > first_notice && *r < end))
        .collect();
    let silent = |from: i64, to: i64| !told.iter().any(|between| *between > from && *between < to);
    let pairs = told.iter().flat_map(|from| told.iter().map(move |to| (*from, *to)));
    pairs
        .filter(|(from, to)| from >= &first_notice && from < to && silent(*from, *to))
        .map(|(from, to)| to - from)
        .max()
        .unwrap_or(0)
}

/// 0 for Sunday to 6 for Saturday.
pub(crate) fn weekday(day: Day) -> i64 {
    (day + 4).rem_euclid(7)
}

/// Number of a day of the calendar, by adding up years and months from 1970 on.
pub(crate) fn day_number(year: i64, month: i64, day: i64) -> Day {
    let years: i64 = (1970..year).map(|year| if is_leap(year) { 366 } else { 365 }).sum();
    let months: i64 = (1..month).map(|month| days_of_month(year, month)).sum();
    years + months + day - 1
}

/// Year, month and day of a day, by taking years and months away.
pub(crate) fn year_month_day(mut day: Day) -> (i64, i64, i64) {
    let (mut year, mut month) = (1970, 1);
    while day >= if is_leap(year) { 366 } else { 365 } {
        day -= if is_leap(year) { 366 } else { 365 };
        year += 1;
    }
    while day >= days_of_month(year, month) {
        day -= days_of_month(year, month);
        month += 1;
    }
    (year, month, day + 1)
}

fn is_leap(year: i64) -> bool {
    year % 400 == 0 || (year % 4 == 0 && year % 100 != 0)
}

fn days_of_month(year: i64, month: i64) -> i64 {
    match month {
        2 => 28 + i64::from(is_leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Article 3 of the Act, read for one day.
fn holiday_by_law(day: Day) -> Option<&'static str> {
    named_day(day)
        .or_else(|| is_substitute(day).then_some("振替休日"))
        .or_else(|| (named_day(day - 1).is_some() && named_day(day + 1).is_some()).then_some("国民の休日"))
}

/// Paragraph 2: going back from a day over named days only, a Sunday among them is reached.
fn is_substitute(day: Day) -> bool {
    (1..).map(|back| day - back).take_while(|before| named_day(*before).is_some()).any(|named| weekday(named) == 0)
}

/// Article 2 and the special acts, read for one day.
fn named_day(day: Day) -> Option<&'static str> {
    let (year, month, date) = year_month_day(day);
    let monday = weekday(day) == 1;
    let (second_monday, third_monday) = (monday && (8..=14).contains(&date), monday && (15..=21).contains(&date));
    let games = matches!(year, 2020 | 2021);
    Some(match (month, date) {
        (1, 1) => "元日",
        (1, _) if second_monday => "成人の日",
        (2, 11) => "建国記念の日",
        (2, 23) if year >= 2020 => "天皇誕生日",
        (3, _) if date == equinox(year, false) => "春分の日",
        (4, 29) => "昭和の日",
        (5, 1) if year == 2019 => "天皇の即位の日",
        (5, 3) => "憲法記念日",
        (5, 4) => "みどりの日",
        (5, 5) => "こどもの日",
        (7, 23) if year == 2020 => "海の日",
        (7, 24) if year == 2020 => "スポーツの日",
        (8, 10) if year == 2020 => "山の日",
        (7, 22) if year == 2021 => "海の日",
        (7, 23) if year == 2021 => "スポーツの日",
        (8, 8) if year == 2021 => "山の日",
        (7, _) if third_monday && !games => "海の日",
        (8, 11) if year >= 2016 && !games => "山の日",
        (9, _) if third_monday => "敬老の日",
        (9, _) if date == equinox(year, true) => "秋分の日",
        (10, _) if second_monday && year < 2020 => "体育の日",
        (10, _) if second_monday && !games => "スポーツの日",
        (10, 22) if year == 2019 => "即位礼正殿の儀の行われる日",
        (11, 3) => "文化の日",
        (11, 23) => "勤労感謝の日",
        (12, 23) if year <= 2018 => "天皇誕生日",
        _ => return None,
    })
}

/// Day of the month in Japan on which the sun passes the equinox of March or September, good to about a minute.
fn equinox(year: i64, september: bool) -> i64 {
    let (_, _, day) = year_month_day(equinox_ms(year, september).div_euclid(DAY));
    day
}

/// The instant of the equinox in milliseconds of Japanese time since 1970.
pub(crate) fn equinox_ms(year: i64, september: bool) -> i64 {
    let y = (year - 2000) as f64 / 1000.0;
    let [a, b, c, d, e] = if september {
        [2_451_810.217_15, 365_242.017_67, -0.115_75, 0.003_37, 0.000_78]
    } else {
        [2_451_623.809_84, 365_242.374_04, 0.051_69, -0.004_11, -0.000_57]
    };
    let mean = a + y * (b + y * (c + y * (d + y * e)));
    let t = (mean - 2_451_545.0) / 36_525.0;
    let w = (35_999.373 * t - 2.47).to_radians();
    let lambda = 1.0 + 0.033_4 * w.cos() + 0.000_7 * (2.0 * w).cos();
    let terms: f64 = PERIODIC.iter().map(|(size, at, speed)| size * (at + speed * t).to_radians().cos()).sum();
    let ephemeris = mean + 0.000_01 * terms / lambda;
    // Terrestrial time runs about 70 s ahead of universal time in these years; Japan is nine hours ahead of that.
    let japanese = ephemeris - 70.0 / 86_400.0 + 9.0 / 24.0;
    ((japanese - 2_440_587.5) * DAY as f64) as i64
}

const PERIODIC: [(f64, f64, f64); 24] = [
    (485.0, 324.96, 1934.136),
    (203.0, 337.23, 32_964.467),
    (199.0, 342.08, 20.186),
    (182.0, 27.85, 445_267.112),
    (156.0, 73.14, 45_036.886),
    (136.0, 171.52, 22_518.443),
    (77.0, 222.54, 65_928.934),
    (74.0, 296.72, 3034.906),
    (70.0, 243.58, 9037.513),
    (58.0, 119.81, 33_718.147),
    (52.0, 297.17, 150.678),
    (50.0, 21.02, 2281.226),
    (45.0, 247.54, 29_929.562),
    (44.0, 325.15, 31_555.956),
    (29.0, 60.93, 4443.417),
    (18.0, 155.12, 67_555.328),
    (17.0, 288.79, 4562.452),
    (16.0, 198.04, 62_894.029),
    (14.0, 199.76, 31_436.921),
    (12.0, 95.39, 14_577.848),
    (12.0, 287.11, 31_931.756),
    (12.0, 320.81, 34_777.259),
    (9.0, 227.73, 1222.114),
    (8.0, 15.45, 16_859.074),
];
