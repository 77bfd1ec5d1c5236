//! Pure rules of the desk (L1): no async, no I/O, no clock, no randomness.

pub mod access;
pub mod alerts;
pub mod calendar;
pub mod catalogue;
pub mod clocks;
pub mod compliance;
pub mod contact;
pub mod criteria;
pub mod draft;
pub mod fact;
pub mod fault;
pub mod ids;
pub mod incident;
pub mod night;
pub mod paging;
pub mod paper;
pub mod pattern;
pub mod process;
pub mod refusal;
pub mod request;
pub mod runbook;
pub mod telephone;
pub mod time;
pub mod watch;
pub mod window;
pub mod words;
