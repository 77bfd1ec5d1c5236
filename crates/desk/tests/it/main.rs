//! The desk on both databases: verbs, and the proof of what they left behind.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod access;
mod alerts;
mod attachments;
mod bench;
mod bundles;
mod calling;
mod causes;
mod disposals;
mod faults;
mod fields;
mod frozen;
mod mail_in;
mod merging;
mod mornings;
mod night;
mod notices;
mod outbox;
mod owing;
mod packs;
mod paging;
mod papers;
mod passing;
mod reach;
mod records;
mod reports;
mod requests;
mod runbooks;
mod secrets;
mod shift;
mod sign_in;
mod terms;
mod timers;
mod verify;
mod warnings;
mod windows;
