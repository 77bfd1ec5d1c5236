//! Server-rendered pages, the stylesheet and the live board (L4).
//!
//! A page is a pure function of its [`layout::Shell`] (who looks, in which language, at what instant) and its own typed
//! context. No page reads a clock or a database. Each context has samples, which a test renders in both languages.

pub mod access;
pub mod alerts;
pub mod assets;
pub mod board;
pub mod clock;
pub mod customer;
pub mod failure;
pub mod form;
#[cfg(test)]
mod gallery;
pub mod incident;
pub mod layout;
pub mod ledger;
pub mod outbox;
pub mod parts;
pub mod sample;
pub mod settings;
pub mod timeline;
pub mod when;
