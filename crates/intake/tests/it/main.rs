//! Senders against a real desk on SQLite: what is answered, and what is kept.

#![expect(clippy::unwrap_used, reason = "a test says what it expects")]

mod desk_under_test;
mod senders;
