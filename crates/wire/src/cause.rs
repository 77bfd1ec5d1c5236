//! Causes common to incidents of several customers.

use crate::answers;

answers! {
    /// A cause of the list.
    CauseRow {
        /// Its number.
        cause: u64,
        /// What is wrong.
        title: String,
        /// When it was opened.
        #[schema(format = DateTime)]
        opened: String,
        /// When it was closed; null while it is open.
        #[schema(format = DateTime)]
        closed: Option<String>,
    }
    /// A cause with its incidents and whom to call.
    Cause {
        /// Its number.
        cause: u64,
        /// What is wrong.
        title: String,
        /// When it was opened.
        #[schema(format = DateTime)]
        opened: String,
        /// When it was closed; null while it is open.
        #[schema(format = DateTime)]
        closed: Option<String>,
        /// Its incidents, the nearest duty first.
        incidents: Vec<crate::board::IncidentRow>,
        /// Whom to call, the nearest due first; each number stands once.
        calls: Vec<Callee>,
    }
    /// A number of the call list: one call to it counts for every incident told in it.
    Callee {
        /// The number.
        number: String,
        /// Names of the contacts whose it is.
        names: Vec<String>,
        /// For which incidents.
        incidents: Vec<String>,
        /// By when.
        #[schema(format = DateTime)]
        due: String,
        /// Who calls it now; null where nobody does.
        held_by: Option<String>,
        /// Whether it is being called.
        under_way: bool,
    }
    /// The number of a cause.
    CauseOpened {
        /// Its number.
        cause: u64,
    }
}
