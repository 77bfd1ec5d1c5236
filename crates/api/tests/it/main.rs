//! The API over a real desk, in-process, on SQLite and on PostgreSQL.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod compliance;
mod document;
mod faults;
mod input;
mod lists;
mod matrix;
mod night;
mod once;
mod papers;
mod procedures;
mod reports;
mod site;
mod windows;
