//! What a customer sees: the incidents of one's own projects, read-only.

pub(crate) mod handler;
mod incident;
mod list;

pub(crate) use incident::first_line;
pub use incident::{ConsentLine, CustomerIncidentPage, article, page as incident_page, samples as incident_samples};
pub use list::{CustomerListPage, Listed, page as list_page, samples as list_samples};
