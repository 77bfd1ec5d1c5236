//! Merged incidents: what a child says of its parent is what the parent says of itself.

use super::{Checked, fault_of};
use domain::fact::ParentStanding;
use domain::ids::{RecordKey, TenantId};
use domain::incident::Incident;
use std::collections::BTreeMap;

/// Who is merged into whom, and how the parent stands: as the children say, and as the parents do.
#[derive(Default)]
pub(crate) struct Mergings {
    children: BTreeMap<RecordKey, (RecordKey, ParentStanding, u64)>,
    parents: BTreeMap<RecordKey, (RecordKey, ParentStanding, u64)>,
}

impl Mergings {
    /// Notes what an incident says.
    pub(crate) fn note(&mut self, incident: &Incident) {
        if let Some(merging) = incident.merging() {
            let said = (merging.what.into.clone(), merging.what.standing, incident.last_seq);
            self.children.insert(incident.key.clone(), said);
        }
        for child in incident.merged_children() {
            let said = (incident.key.clone(), incident.standing(), incident.last_seq);
            self.parents.insert(child.key.clone(), said);
        }
    }

    /// Compares both once all were noted.
    pub(crate) fn check(self, tenant: &TenantId) -> Checked {
        for (child, (parent, standing, seq)) in &self.children {
            match self.parents.get(child) {
                Some((found, stands, _)) if found == parent && stands == standing => {}
                Some((found, ..)) if found == parent => {
                    return Err(fault_of(tenant, *seq, child, format!("it follows {parent} as that does not stand")));
                }
                _ => return Err(fault_of(tenant, *seq, child, format!("{parent} knows nothing of this child"))),
            }
        }
        match self.parents.iter().find(|(child, _)| !self.children.contains_key(*child)) {
            None => Ok(()),
            Some((child, (parent, _, seq))) => {
                Err(fault_of(tenant, *seq, parent, format!("{child} knows nothing of this parent")))
            }
        }
    }
}
