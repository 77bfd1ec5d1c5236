//! The gate in front of a real desk on SQLite, and over real connections.

#![expect(clippy::unwrap_used, reason = "a test says what it expects")]

mod bodies;
mod listening;
mod policies;
mod site;
