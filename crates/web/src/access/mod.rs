//! Coming in: sign-in, the set-up of a new house, one's own account.

mod account;
pub(crate) mod handler;
mod set_up;
mod sign_in;

pub use account::{AccountPage, SessionLine, page as account_page, samples as account_samples};
pub use set_up::{SetUpPage, SetUpStep, TestResult, page as set_up_page, samples as set_up_samples, test_result};
pub use sign_in::{SignInPage, page as sign_in_page, samples as sign_in_samples};
