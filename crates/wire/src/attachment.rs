//! Files of requests and incidents.

use crate::answers;

answers! {
    /// A file of a ticket.
    AttachedFile {
        /// Its number in the chain.
        number: u64,
        /// Its name; null where it was erased.
        name: Option<String>,
        /// What its sender says it is.
        media_type: String,
        /// Its bytes: how many.
        size: u64,
        /// When it was added.
        #[schema(format = DateTime)]
        at: String,
        /// Whether the customer added it.
        from_customer: bool,
        /// Whether the customer does not see it.
        internal: bool,
    }
}
