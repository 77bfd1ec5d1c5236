//! Instants ahead, as people and programs write them.

use jiff::{Timestamp, Zoned, tz};

/// So many hours from now, in Tokyo.
fn in_hours(hours: i64) -> Zoned {
    let since_1970 = std::time::SystemTime::UNIX_EPOCH.elapsed().map_or(0, |elapsed| elapsed.as_secs());
    let seconds = i64::try_from(since_1970).unwrap_or(0) + hours * 3_600;
    Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH).to_zoned(tz::TimeZone::fixed(tz::offset(9)))
}

/// As the API takes it.
pub fn instant(hours: i64) -> String {
    in_hours(hours).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// As a field for local time holds it.
pub fn local(hours: i64) -> String {
    in_hours(hours).strftime("%Y-%m-%dT%H:%M:%S").to_string()
}
