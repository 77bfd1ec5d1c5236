//! Secrets that are handed over on a request.

use crate::answers;

answers! {
    /// A secret of a request, without itself.
    HandedSecret {
        /// Its number in the chain.
        number: u64,
        /// What it is for; null where the words were erased.
        label: Option<String>,
        /// When it was handed over.
        #[schema(format = DateTime)]
        at: String,
        /// Until when it can be read.
        #[schema(format = DateTime)]
        until: String,
        /// How it went: `read`, `taken_back` or `expired`; null while it waits.
        gone: Option<String>,
        /// When it went.
        #[schema(format = DateTime)]
        gone_at: Option<String>,
    }
}
