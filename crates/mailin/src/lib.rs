//! Mail that comes in (L4): bytes of a mail server to one call of the desk.
//!
//! The listener stands behind a mail server - Postfix, Exim, OpenSMTPD - that faces the world, checks who writes, and queues
//! what we do not take. It speaks SMTP (RFC 5321) or LMTP (RFC 2033) as far as such a server needs it, listens on the loopback
//! or a network of one's own, and therefore knows neither STARTTLS nor AUTH. A mail is answered with 250 when it is durable in
//! the database; while the database fails, with 451, and the mail server keeps it. Written here: the crates that serve SMTP bring
//! a framework, a queue or an unbounded reader along, and these two hundred lines are what is left without them.

mod command;
mod conversation;
mod lines;
mod mime;
mod server;

pub use mime::read;
pub use server::{Listener, Settings, SettingsFault, Transfer};
