//! How instants and spans of time are shown: Tokyo by default, to the second, the day only where it is another one.

use crate::layout::Shell;
use domain::time::{Instant, SECOND_MS};
use domain::words::Lang;
use jiff::Zoned;
use maud::{Markup, html};

fn zoned(shell: &Shell, at: Instant) -> Zoned {
    at.timestamp().to_zoned(shell.zone.clone())
}

/// `03:12:05`, with the day before it where that is not the day of the page: `11/21（土） 23:58:00`.
pub fn text(shell: &Shell, at: Instant) -> String {
    let when = zoned(shell, at);
    let today = zoned(shell, shell.now).date() == when.date();
    if today {
        when.strftime("%H:%M:%S").to_string()
    } else {
        format!("{} {}", day(shell, at), when.strftime("%H:%M:%S"))
    }
}

/// `03:27`, the time of day alone.
pub fn short(shell: &Shell, at: Instant) -> String {
    zoned(shell, at).strftime("%H:%M").to_string()
}

/// `11/21（土）` or `Sat 21 Nov`, with the year where it is not the page's.
pub fn day(shell: &Shell, at: Instant) -> String {
    let when = zoned(shell, at);
    let same_year = zoned(shell, shell.now).year() == when.year();
    let weekday = usize::from(when.weekday().to_sunday_zero_offset().unsigned_abs());
    match shell.lang {
        Lang::Ja => {
            let name = ["日", "月", "火", "水", "木", "金", "土"][weekday % 7];
            let pattern = if same_year { "%-m/%-d" } else { "%Y/%-m/%-d" };
            format!("{}（{name}）", when.strftime(pattern))
        }
        Lang::En => when.strftime(if same_year { "%a %-d %b" } else { "%a %-d %b %Y" }).to_string(),
    }
}

/// `5 営業日` or `5 business days`.
pub fn business_days(lang: Lang, days: u64) -> String {
    match (lang, days) {
        (Lang::Ja, _) => format!("{days} 営業日"),
        (Lang::En, 1) => "1 business day".to_owned(),
        (Lang::En, _) => format!("{days} business days"),
    }
}

/// `2026年11月22日 03:12` or `22 Nov 2026 03:12`: with its year, for paper.
pub fn dated(shell: &Shell, at: Instant) -> String {
    zoned(shell, at).strftime(shell.lang.pick("%Y年%-m月%-d日 %H:%M", "%-d %b %Y %H:%M")).to_string()
}

/// A `<time>` element: machine-readable in RFC 3339, shown as [`text`].
pub fn time(shell: &Shell, at: Instant) -> Markup {
    html! { time datetime=(at.in_zone(&shell.zone)) { (text(shell, at)) } }
}

/// Milliseconds that the calendar's zone is ahead of UTC, by which script fills in local times.
pub fn offset_ms(shell: &Shell) -> i64 {
    i64::from(zoned(shell, shell.now).offset().seconds()) * SECOND_MS
}

/// The first instant of a day in a zone.
pub fn midnight(day: jiff::civil::Date, zone: &jiff::tz::TimeZone) -> Instant {
    let start = zone.to_ambiguous_zoned(day.at(0, 0, 0, 0)).compatible();
    start.map_or(Instant::from_ms(0), |start| Instant::from_ms(start.timestamp().as_millisecond()))
}

/// A span as a stopwatch shows it: `11:48`, `1:04:09`, from two days on `7日 19:55`; the sign is dropped.
pub fn stopwatch(lang: Lang, ms: i64) -> String {
    let seconds = ms.abs() / SECOND_MS;
    let (h, m, s) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if h >= 48 {
        format!("{}{} {}:{m:02}", h / 24, lang.pick("日", " d"), h % 24)
    } else if h > 0 {
        format!("{h}:{m:02}:{s:02}")
    } else {
        format!("{m}:{s:02}")
    }
}

/// A span in words: `9分28秒`, `1 h 04 min`; the sign is dropped.
pub fn span(lang: Lang, ms: i64) -> String {
    let seconds = ms.abs() / SECOND_MS;
    let (h, m, s) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match (lang, h, m) {
        (Lang::Ja, 0, 0) => format!("{s}秒"),
        (Lang::Ja, 0, _) => format!("{m}分{s:02}秒"),
        (Lang::Ja, ..) => format!("{h}時間{m:02}分"),
        (Lang::En, 0, 0) => format!("{s} s"),
        (Lang::En, 0, _) => format!("{m} min {s:02} s"),
        (Lang::En, ..) => format!("{h} h {m:02} min"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    fn check(at: &str, ja: &str, en: &str) {
        let at = Instant::parse(at).unwrap();
        assert_eq!(text(&sample::staff(Lang::Ja), at), ja);
        assert_eq!(text(&sample::staff(Lang::En), at), en);
    }

    #[test]
    fn the_day_is_named_only_where_it_is_another_one() {
        check("2026-11-22T03:12:05+09:00", "03:12:05", "03:12:05");
        check("2026-11-21T23:58:00+09:00", "11/21（土） 23:58:00", "Sat 21 Nov 23:58:00");
        check("2025-12-31T15:00:00Z", "1/1（木） 00:00:00", "Thu 1 Jan 00:00:00");
        check("2025-12-31T14:59:59Z", "2025/12/31（水） 23:59:59", "Wed 31 Dec 2025 23:59:59");
    }

    #[test]
    fn a_span_drops_its_sign_and_keeps_two_digits() {
        assert_eq!(stopwatch(Lang::Ja, 708_999), "11:48");
        assert_eq!(stopwatch(Lang::En, -3_849_000), "1:04:09");
        assert_eq!(stopwatch(Lang::Ja, 675_900_000), "7日 19:45");
        assert_eq!(stopwatch(Lang::En, 675_900_000), "7 d 19:45");
        assert_eq!(span(Lang::Ja, 568_000), "9分28秒");
        assert_eq!(span(Lang::En, 3_840_000), "1 h 04 min");
    }
}
