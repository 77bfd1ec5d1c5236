//! How a message leaves the desk (L4): mail, webhook, and the one module that connects to addresses from outside.
//!
//! Nothing here knows a tenant, a record or the database, and nothing here tries again: a message goes in, and either
//! what the other side said comes back ([`Delivered`]) or why it did not arrive ([`Undelivered`]). The outbox decides
//! what follows. Sending the same message twice sends the same bytes with the same identifier, so a crash between the
//! send and the record of it shows at the receiver as one message (trust.md §3.1 item 4).

pub mod egress;
pub mod mail;
mod outcome;
mod over;
pub mod plain;
pub mod webhook;

pub use outcome::{Delivered, Kind, Undelivered};
