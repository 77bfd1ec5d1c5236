//! Where an alert goes that still fires when its window ends.

use super::{Standing, choose};
use crate::alerts::Correlation;
use crate::ids::RecordKey;
use crate::time::Instant;

/// An alert as its window last heard of it: firing.
#[derive(Clone, Copy, Debug)]
pub struct Firing<'a> {
    /// The host it is about.
    pub source: &'a str,
    /// When the window last heard of it.
    pub last: Instant,
}

/// What is known beside the window when it ends.
#[derive(Clone, Copy, Debug)]
pub struct Beside<'a> {
    /// The other windows of the project that have not ended.
    pub windows: &'a [Standing],
    /// The incident that the alert's dedup key leads to.
    pub incident: Option<&'a Correlation>,
    /// When that incident last heard of this very alert.
    pub heard: Option<Instant>,
}

/// Where an alert goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Leaves {
    /// Nowhere: an incident heard of it after the window did, so that what it does since is the incident's.
    WithIncident(RecordKey),
    /// Another window that runs on keeps it.
    ToWindow(RecordKey),
    /// It joins the incident that is open for its dedup key.
    ToIncident(RecordKey),
    /// It opens an incident.
    Opens,
}

/// Where an alert goes whose window ended `at`, and at `now` the desk comes to it.
pub fn leaves(alert: Firing<'_>, beside: Beside<'_>, at: Instant, now: Instant) -> Leaves {
    if let (Some(found), Some(heard)) = (beside.incident, beside.heard)
        && heard >= alert.last
    {
        return Leaves::WithIncident(found.incident.clone());
    }
    if let Some(next) = choose(beside.windows, alert.source, at) {
        return Leaves::ToWindow(next.key.clone());
    }
    match beside.incident {
        Some(found) if found.joins_until.is_none_or(|until| now <= until) => Leaves::ToIncident(found.incident.clone()),
        _ => Leaves::Opens,
    }
}
