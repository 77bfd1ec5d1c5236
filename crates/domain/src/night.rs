//! The night as the customer reads it in the morning: from 19:00 to 09:00, the hours between two days of the support centre.

use crate::calendar::Calendar;
use crate::time::Instant;
use jiff::civil::{Date, Time, time};

/// When a night begins: the support centre goes home.
pub const EVENING: Time = time(19, 0, 0, 0);
/// When a night ends and is told.
pub const MORNING: Time = time(9, 0, 0, 0);

/// A stretch of time that is looked at: from its first instant to before its last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Night {
    /// Its first instant.
    pub from: Instant,
    /// The first instant after it.
    pub to: Instant,
}

/// The night that runs or ended last.
pub fn night(now: Instant, calendar: &Calendar) -> Night {
    let today = calendar.date_of(now);
    let evening = at(today, EVENING, calendar);
    if now >= evening {
        let tomorrow = today.tomorrow().unwrap_or(today);
        Night { from: evening, to: at(tomorrow, MORNING, calendar) }
    } else {
        let yesterday = today.yesterday().unwrap_or(today);
        Night { from: at(yesterday, EVENING, calendar), to: at(today, MORNING, calendar) }
    }
}

/// The morning of today, once it has come: until when the mail of this day tells.
pub fn morning(now: Instant, calendar: &Calendar) -> Option<Instant> {
    Some(at(calendar.date_of(now), MORNING, calendar)).filter(|morning| *morning <= now)
}

/// A time of a day in the calendar's zone; where the zone skips it, the first instant after.
fn at(day: Date, time: Time, calendar: &Calendar) -> Instant {
    let local = calendar.zone().to_ambiguous_zoned(day.to_datetime(time)).compatible();
    // Beyond the years a timestamp can hold there is no night to tell of.
    local.map_or(Instant::from_ms(0), |zoned| Instant::from_ms(zoned.timestamp().as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instant(text: &str) -> Instant {
        Instant::parse(&format!("2026-11-{text}+09:00")).unwrap()
    }

    #[test]
    fn a_night_is_shown_until_the_next_one_begins() {
        for (now, from, to) in [
            ("22T03:12:00", "21T19:00:00", "22T09:00:00"),
            ("22T09:00:00", "21T19:00:00", "22T09:00:00"),
            ("22T18:59:59", "21T19:00:00", "22T09:00:00"),
            ("22T19:00:00", "22T19:00:00", "23T09:00:00"),
            ("22T23:59:59", "22T19:00:00", "23T09:00:00"),
        ] {
            let expected = Night { from: instant(from), to: instant(to) };
            assert_eq!(night(instant(now), &Calendar::tokyo([])), expected, "{now}");
        }
    }

    #[test]
    fn the_morning_has_come_from_nine_on() {
        let morning = |now| morning(instant(now), &Calendar::tokyo([]));
        assert_eq!(morning("22T08:59:59"), None);
        assert_eq!(morning("22T09:00:00"), Some(instant("22T09:00:00")));
        assert_eq!(morning("22T23:59:59"), Some(instant("22T09:00:00")));
    }
}
