//! Incidents as rows of a list.

use crate::answers;
use crate::incident::State;

answers! {
    /// One incident as a row.
    IncidentRow {
        /// Its name, `KEY-n`.
        key: String,
        /// Its project.
        project: String,
        /// The customer's name.
        customer: String,
        /// Its version.
        version: u64,
        /// Where it stands.
        state: State,
        /// Its title.
        title: String,
        /// `unjudged`, `yes` or `no`.
        impact: String,
        /// Who has it, by name.
        assignee: Option<String>,
        /// When it was opened.
        #[schema(format = DateTime)]
        opened: String,
        /// When it ended, once it did.
        #[schema(format = DateTime)]
        ended: Option<String>,
        /// When the target (SLO) is due.
        #[schema(format = DateTime)]
        slo_due: String,
        /// When the agreement (SLA) is due; null without impact.
        #[schema(format = DateTime)]
        sla_due: Option<String>,
        /// When the notice clock ended.
        #[schema(format = DateTime)]
        notified_at: Option<String>,
        /// The code of the nearest duty.
        duty: Option<String>,
        /// When that duty is due.
        #[schema(format = DateTime)]
        duty_due: Option<String>,
    }
}
