//! 障害ご連絡: the page by which a customer files a fault, and the screens by which an operator takes a call (R-4.2.1-1 to -9).

mod call;
mod file;
pub(crate) mod handler;
mod heard;

pub use call::{CallPage, Found, page as call_page, samples as call_samples};
pub use file::{FaultPage, OpenOne, page as file_page, samples as file_samples};
pub use heard::{HeardPage, Said, page as heard_page, samples as heard_samples};
