//! Server-rendered pages, the stylesheet and the live board (L4).
//!
//! A page is a pure function of its [`layout::Shell`] (who looks, in which language, at what instant) and its own typed
//! context. No page reads a clock or a database. Each context has samples, which a test renders in both languages.
//!
//! [`tables`] lists every route. The `handler` beside a page asks the desk and fills its context; `live` keeps it true.

pub mod access;
pub mod acknowledgement;
pub mod alerts;
pub mod assets;
pub mod attachment;
pub mod board;
pub mod callers;
pub mod catalogue;
pub mod cause;
pub mod clock;
pub mod compliance;
pub mod customer;
pub mod disposal;
pub mod failure;
pub mod fault;
pub mod form;
#[cfg(test)]
mod gallery;
mod here;
pub mod incident;
pub mod layout;
pub mod ledger;
mod live;
pub mod mail_in;
mod need;
pub mod night;
pub mod notices;
pub mod outbox;
pub mod parts;
pub mod problems;
pub mod procedure;
pub mod proof;
pub mod record;
pub mod report;
pub mod request;
pub mod responsibility;
mod routes;
pub mod sample;
pub mod search;
pub mod secret;
mod sent;
pub mod settings;
pub mod shift;
mod state;
pub mod terms;
pub mod timeline;
pub mod when;
pub mod window;

pub use failure::error_page;
pub use routes::{router, tables};
pub use state::{Setting, State};
