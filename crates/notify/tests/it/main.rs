//! Mail and webhooks against real peers on the loopback.
#![expect(clippy::unwrap_used, reason = "a test and its helpers fail where they stand")]

mod mail;
mod plain;
mod webhook;
