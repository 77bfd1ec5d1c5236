//! How instants, hours and results are written on a pack: Japanese first, in the calendar's zone.

use domain::calendar::Calendar;
use domain::contact::{Days, Hours};
use domain::time::Instant;
use domain::words::Label;
use maud::{Markup, html};

const WEEKDAYS: [&str; 7] = ["日", "月", "火", "水", "木", "金", "土"];

/// `11/22（日） 03:27`.
pub(crate) fn when(calendar: &Calendar, at: Instant) -> String {
    let zoned = at.timestamp().to_zoned(calendar.zone().clone());
    let weekday = usize::from(zoned.weekday().to_sunday_zero_offset().unsigned_abs());
    format!("{}（{}） {}", zoned.strftime("%-m/%-d"), WEEKDAYS[weekday % 7], zoned.strftime("%H:%M"))
}

/// `2026年11月22日（日） 03:12:00`.
pub(crate) fn full(calendar: &Calendar, at: Instant) -> String {
    let zoned = at.timestamp().to_zoned(calendar.zone().clone());
    let weekday = usize::from(zoned.weekday().to_sunday_zero_offset().unsigned_abs());
    format!("{}（{}） {}", zoned.strftime("%Y年%-m月%-d日"), WEEKDAYS[weekday % 7], zoned.strftime("%H:%M:%S"))
}

/// A `<time>` element, shown as [`when`].
pub(crate) fn time(calendar: &Calendar, at: Instant) -> Markup {
    html! { time datetime=(at.in_zone(calendar.zone())) { (when(calendar, at)) } }
}

/// A due, said to be over where it passed before the pack was made.
pub(crate) fn due(calendar: &Calendar, made: Instant, due: Instant) -> Markup {
    let is_over = made > due;
    html! { time.over[is_over] datetime=(due.in_zone(calendar.zone())) { (when(calendar, due)) @if is_over { " 超過" } } }
}

/// A label with its English beneath.
pub(crate) fn both(label: Label) -> Markup {
    html! { (label.ja) " " small lang="en" { (label.en) } }
}

/// When a contact may be called: `営業日 9:00–18:00`, `毎日 終日`.
pub(crate) fn hours(hours: Hours) -> String {
    let days = match hours.days {
        Days::Every => "毎日",
        Days::Business => "営業日",
        Days::NonBusiness => "営業日以外",
    };
    let clock = |minute: u16| format!("{}:{:02}", minute / 60, minute % 60);
    match (hours.from_minute, hours.to_minute) {
        (0, 0 | 1440) => format!("{days} 終日"),
        (from, to) => format!("{days} {}–{}", clock(from), clock(if to == 0 { 1440 } else { to })),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_tokyo() {
        let (calendar, at) = (Calendar::tokyo([]), Instant::parse("2026-11-21T18:12:05Z").unwrap());
        assert_eq!(when(&calendar, at), "11/22（日） 03:12");
        assert_eq!(full(&calendar, at), "2026年11月22日（日） 03:12:05");
        assert!(!due(&calendar, at, at).into_string().contains("over"));
        assert!(due(&calendar, at.plus_ms(1), at).into_string().contains("class=\"over\""));
    }

    #[test]
    fn hours_in_words() {
        let of = |days, from_minute, to_minute| hours(Hours { days, from_minute, to_minute });
        assert_eq!(of(Days::Every, 0, 0), "毎日 終日");
        assert_eq!(of(Days::Every, 0, 1440), "毎日 終日");
        assert_eq!(of(Days::Business, 540, 1080), "営業日 9:00–18:00");
        assert_eq!(of(Days::NonBusiness, 1320, 0), "営業日以外 22:00–24:00");
    }
}
