//! A pack (L4): what the desk owes, to whom and by when, as one HTML file that opens on any PC without the desk.
//!
//! [`page`] draws the content as Japanese paper, [`seal`] encrypts it, [`file`] puts both into a page that asks for the
//! passphrase and decrypts itself with what every browser has. All of it is pure: content, passphrase and random bytes come
//! in, text goes out.

mod file;
mod page;
mod passphrase;
mod seal;

pub use file::file;
pub use passphrase::{NotAPassphrase, Passphrase};
pub use seal::{Fresh, ROUNDS};
