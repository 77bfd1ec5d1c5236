//! How long words are kept, and what went.

use crate::answers;

answers! {
    /// The retention of a customer and its disposals.
    Retained {
        /// Months that the words of a ticket are kept after the last thing that happened to it.
        months: u32,
        /// The version of that agreement; null where nothing was agreed.
        version: Option<u32>,
        /// Tickets that are kept longer.
        kept: Vec<String>,
        /// To go now: tickets to which nothing happened at this instant or later.
        #[schema(format = DateTime)]
        before: String,
        /// How many these are.
        over: u64,
        /// The disposals, the newest first.
        disposals: Vec<RetainedDisposal>,
    }
    /// A disposal of words.
    RetainedDisposal {
        /// Its number.
        number: u32,
        /// It is about tickets to which nothing happened at this instant or later.
        #[schema(format = DateTime)]
        before: String,
        /// How many there were when it was proposed.
        tickets: u64,
        /// When it was proposed.
        #[schema(format = DateTime)]
        proposed_at: String,
        /// Whether it was approved; null while it waits.
        approved: Option<bool>,
        /// When it was answered.
        #[schema(format = DateTime)]
        answered_at: Option<String>,
        /// When all of it was done.
        #[schema(format = DateTime)]
        ended_at: Option<String>,
        /// Tickets whose words went.
        disposed: Option<u64>,
        /// Words that went.
        words: Option<u64>,
    }
}
