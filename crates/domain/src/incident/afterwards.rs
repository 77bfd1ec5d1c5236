//! What comes after the fault, beside its state: reports, and that it was a major one.

use super::Marked;
use super::major::{Major, Review};
use super::report::{AgreedDate, Version};

/// Reports, and what a major incident asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Afterwards {
    /// Versions of the reports, first to last.
    pub reports: Vec<Marked<Version>>,
    /// The later date for the final report that was agreed last.
    pub agreed: Option<Marked<AgreedDate>>,
    /// Whether it is a major incident.
    pub major: Option<Marked<Major>>,
    /// Reviews of it, first to last.
    pub reviews: Vec<Marked<Review>>,
}
