//! The contracts of the store. Each is a function that takes a [`bench::Bench`] and runs on SQLite and on PostgreSQL.
//!
//! PostgreSQL is the server named by `MADOGUCHI_TEST_POSTGRES`, else a private one that the test starts.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod bench;
mod chain;
mod growth;
mod intake;
mod messages;
mod packs;
mod papers;
mod people;
mod records;
mod schema;
mod sql;
mod tenancy;
mod timers;
