//! Alerts of a day, and those that could not be read.

mod day;
pub(crate) mod handler;
mod quarantine;

pub use day::{AlertLine, AlertsPage, page as day_page, samples as day_samples};
pub use quarantine::{
    QuarantinePage, Quarantined, RawEventPage, page as quarantine_page, raw_page, raw_samples,
    samples as quarantine_samples,
};
