//! The calendar and the clocks against a slow oracle that shares no code with them, and against typed-in tables.

mod calendar;
mod histories;
mod interim;
mod notice;
mod oracle;
mod request;
