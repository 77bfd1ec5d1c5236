//! Pure rules of the desk (L1): no async, no I/O, no clock, no randomness.

pub mod calendar;
pub mod clocks;
pub mod time;
pub mod words;
