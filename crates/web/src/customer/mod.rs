//! What a customer sees: the incidents of one's own projects, read-only.

mod incident;
mod list;

pub use incident::{CustomerIncidentPage, page as incident_page, samples as incident_samples};
pub use list::{CustomerListPage, Listed, page as list_page, samples as list_samples};
