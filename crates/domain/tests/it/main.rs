//! The calendar and the clocks against a slow oracle that shares no code with them, and against typed-in tables.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod calendar;
mod histories;
mod interim;
mod notice;
mod oracle;
mod request;
