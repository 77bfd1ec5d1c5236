//! The pages before a whole desk on SQLite, in one process: what a browser would send and see.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod app;
mod compliance;
mod faults;
mod live;
mod night;
mod nights;
mod one_operator;
mod pages;
mod reports;
mod requests;
mod runbooks;
mod set_up;
mod settings;
mod terms;
mod windows;
