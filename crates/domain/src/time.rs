//! Instants and how they are read and written.
//!
//! An [`Instant`] is a point of time, exact to the millisecond, without a zone. Facts and answers of the API write it in
//! UTC, screens show it in the calendar's zone to the second. No rule reads a clock: `now` is always an argument.

use jiff::{Timestamp, tz::TimeZone};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// Milliseconds of one second.
pub const SECOND_MS: i64 = 1_000;
/// Milliseconds of one minute.
pub const MINUTE_MS: i64 = 60 * SECOND_MS;
/// Milliseconds of one hour.
pub const HOUR_MS: i64 = 60 * MINUTE_MS;

/// A point of time in milliseconds since 1970-01-01T00:00Z; the years 1 to 9999 are representable.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Instant(i64);

/// Why a text is no instant.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("'{0}' is not an instant; write it as in 2026-11-22T03:12:00+09:00")]
pub struct NotAnInstant(pub String);

impl Instant {
    /// The instant that many milliseconds after the epoch.
    pub const fn from_ms(ms: i64) -> Self {
        Self(ms)
    }

    /// Milliseconds since the epoch, as the database stores it.
    pub const fn ms(self) -> i64 {
        self.0
    }

    /// Reads RFC 3339: any offset or `Z`, any fraction. What lies below the millisecond is cut off.
    ///
    /// # Errors
    /// The text is not of the form of RFC 3339 §5.6, has no offset, or names no date and time of the years 1 to 9999.
    pub fn parse(text: &str) -> Result<Self, NotAnInstant> {
        let not = || NotAnInstant(text.to_owned());
        let (whole, millis) = split_fraction(text).ok_or_else(not)?;
        // jiff reads more than RFC 3339 does, so the form was checked above; what is left to it is the calendar.
        let stamp: Timestamp = whole.parse().map_err(|_| not())?;
        Ok(Self(stamp.as_millisecond() + millis))
    }

    /// This instant `ms` milliseconds later (earlier where negative).
    #[must_use]
    pub const fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// This instant that many minutes later (earlier where negative).
    #[must_use]
    pub const fn plus_minutes(self, minutes: i64) -> Self {
        self.plus_ms(minutes.saturating_mul(MINUTE_MS))
    }

    /// Milliseconds from `earlier` to this instant; negative where this one is the earlier.
    pub const fn since_ms(self, earlier: Self) -> i64 {
        self.0 - earlier.0
    }

    /// The same instant for jiff, clamped to the range jiff can hold.
    pub fn timestamp(self) -> Timestamp {
        Timestamp::from_millisecond(self.0).unwrap_or(if self.0 < 0 { Timestamp::MIN } else { Timestamp::MAX })
    }

    /// RFC 3339 with the offset of `zone`, the fraction only where it is not zero.
    pub fn in_zone(self, zone: &TimeZone) -> String {
        let zoned = self.timestamp().to_zoned(zone.clone());
        let pattern =
            if self.0.rem_euclid(SECOND_MS) == 0 { "%Y-%m-%dT%H:%M:%S%:z" } else { "%Y-%m-%dT%H:%M:%S%.3f%:z" };
        zoned.strftime(pattern).to_string()
    }
}

/// Checks the form of RFC 3339 §5.6 and takes the fraction out: the text without it, and its milliseconds.
fn split_fraction(text: &str) -> Option<(String, i64)> {
    const FORM: &[u8] = b"0000-00-00T00:00:00";
    let (civil, rest) = text.split_at_checked(FORM.len())?;
    let fits = |byte: u8, form: u8| match form {
        b'0' => byte.is_ascii_digit(),
        b'T' => byte.eq_ignore_ascii_case(&b'T'),
        _ => byte == form,
    };
    let in_form = civil.bytes().zip(FORM).all(|(byte, form)| fits(byte, *form));
    let (digits, offset) = match rest.strip_prefix('.') {
        Some(rest) => rest.split_at(rest.bytes().take_while(u8::is_ascii_digit).count()),
        None => ("0", rest),
    };
    let offset_in_form = match offset.as_bytes() {
        [b'Z' | b'z'] => true,
        [b'+' | b'-', hour @ .., b':', m, n] => {
            hour.len() == 2 && [hour[0], hour[1], *m, *n].iter().all(u8::is_ascii_digit)
        }
        _ => false,
    };
    if !in_form || !offset_in_form || digits.is_empty() || civil.starts_with("0000") || civil.ends_with(":60") {
        return None;
    }
    let millis = digits.bytes().chain(*b"00").take(3).fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'));
    Some((format!("{civil}{offset}"), millis))
}

/// RFC 3339 in UTC with exactly three digits of fraction, so that equal instants are equal texts.
impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.timestamp().strftime("%Y-%m-%dT%H:%M:%S.%3fZ"))
    }
}

impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, utc: &str) {
        assert_eq!(Instant::parse(text).map(|i| i.to_string()), Ok(utc.to_owned()), "{text}");
    }

    #[test]
    fn any_offset_and_fraction_is_read_to_the_millisecond() {
        check("2026-11-22T03:12:00+09:00", "2026-11-21T18:12:00.000Z");
        check("2026-11-22T03:12:00Z", "2026-11-22T03:12:00.000Z");
        check("2026-11-22T03:12:00.1239Z", "2026-11-22T03:12:00.123Z");
        check("1969-12-31T23:59:59.9999Z", "1969-12-31T23:59:59.999Z");
    }

    #[test]
    fn a_fraction_may_be_of_any_length() {
        check("2026-11-22T03:12:00.5Z", "2026-11-22T03:12:00.500Z");
        check("2026-11-22t03:12:00.0009999999999999z", "2026-11-22T03:12:00.000Z");
    }

    #[test]
    fn what_is_not_rfc_3339_is_refused() {
        for bad in [
            "",
            "2026-11-22T03:12:00",
            "2026-11-22T03:12Z",
            "2026-11-22 03:12:00Z",
            "20261122T031200Z",
            "2026-11-22T03:12:60Z",
            "2026-02-30T03:12:00Z",
            "2026-11-22T24:00:00Z",
            "2026-11-22T03:12:00.Z",
            "2026-11-22T03:12:00+9:00",
            "2026-11-22T03:12:00+0900",
            "2026-11-22T03:12:00+09:00[Asia/Tokyo]",
            "0000-01-01T00:00:00Z",
            "-001-01-01T00:00:00Z",
            "二千二十六年",
        ] {
            assert!(Instant::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_fraction_is_written_only_where_it_is_not_zero() {
        let tokyo = TimeZone::fixed(jiff::tz::offset(9));
        assert_eq!(Instant::from_ms(0).in_zone(&tokyo), "1970-01-01T09:00:00+09:00");
        assert_eq!(Instant::from_ms(5).in_zone(&tokyo), "1970-01-01T09:00:00.005+09:00");
    }
}
