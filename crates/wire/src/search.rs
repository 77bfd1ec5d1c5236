//! What search finds.

use crate::answers;
use crate::record::Label;

answers! {
    /// A ticket in which all terms were found.
    Found {
        /// `KEY-n`.
        key: String,
        /// The project's key.
        project: String,
        /// The customer's name.
        customer: String,
        /// Code of its process: `incident`, `request` or that of a procedure.
        process: String,
        /// Its title; empty once its words are gone.
        title: String,
        /// Where it stands.
        state: Label,
        /// When it was opened.
        opened: String,
        /// When it ended; null while it is open.
        ended: Option<String>,
        /// When the newest text was written in which all terms stand.
        written: String,
        /// The part of that text around the first of them.
        excerpt: Vec<Piece>,
    }
    /// A piece of a text.
    Piece {
        /// What it says.
        text: String,
        /// Whether it is what was asked for.
        found: bool,
    }
}
