//! What a customer sees of an incident: what was told, and how each clock stands.

use crate::answers;
use crate::incident::{Clock, State};

answers! {
    /// A published incident as a row.
    PublishedRow {
        /// Its name, `KEY-n`.
        key: String,
        /// Its project.
        project: String,
        /// Where it stands.
        state: State,
        /// Its title.
        title: String,
        /// When the alert was received.
        #[schema(format = DateTime)]
        alert_at: String,
        /// When it ended, once it did.
        #[schema(format = DateTime)]
        ended: Option<String>,
    }
    /// A published incident.
    Published {
        /// Its name, `KEY-n`.
        key: String,
        /// Its project.
        project: String,
        /// The customer's own name.
        customer: String,
        /// The version to send with a recurrence.
        version: u64,
        /// Where it stands.
        state: State,
        /// Its title.
        title: String,
        /// What you told us, where you did.
        filed: Option<crate::incident::Filed>,
        /// サービス影響 as told last; null where none was told.
        impact: Option<bool>,
        /// When the alert was received.
        #[schema(format = DateTime)]
        alert_at: String,
        /// Notice clocks with their ledgers.
        clocks: Vec<Clock>,
        /// What was told, in order: notices, reports, recovery, messages of both sides.
        told: Vec<Told>,
        /// Calls to your contacts.
        calls: Vec<CallMade>,
        /// Reports (障害報告書) that were published, the latest version last.
        reports: Vec<crate::afterwards::PublishedReport>,
        /// Whether it is a major incident.
        is_major: bool,
        /// When the next interim report is owed; null where none is.
        #[schema(format = DateTime)]
        next_report: Option<String>,
        /// As of when.
        #[schema(format = DateTime)]
        as_of: String,
    }
    /// Something that was told.
    Told {
        /// `notice`, `interim_report`, `recovery_notice`, `recurrence`, `report`, `message`, `message_from_customer` or `closure`.
        kind: String,
        /// When.
        #[schema(format = DateTime)]
        at: String,
        /// The words; null where they were erased.
        text: Option<String>,
        /// The fact behind it.
        fact: u64,
    }
    /// One call to a contact.
    CallMade {
        /// Who was called, by name.
        contact: String,
        /// The contact's rank in the plan, from 1.
        rank: u32,
        /// When it began.
        #[schema(format = DateTime)]
        begun: String,
        /// How it ended; null while it goes on, or where it is void.
        result: Option<crate::incident::CallResult>,
        /// What the attempt proves: `stated` (自己申告, a person dialled) or `measured`.
        evidence: String,
        /// The fact behind it.
        fact: u64,
    }
}
