//! Runbooks that ship with the desk: the recovery of EC2 and RDS as the service description has it (R-4.2.2-9 to -15).
//!
//! A customer's standing consent is to its own version of its own runbooks. Whoever wants one for these copies the text into
//! the project's runbooks under another id.

use super::{Runbook, notation};
use crate::words::Lang;
use std::sync::LazyLock;

/// How the ids of shipped runbooks begin; no others do.
pub const PREFIX: &str = "aws-";
/// The edition of the shipped runbooks, as facts name it. It rises with each change of their texts.
pub const EDITION: u32 = 1;

/// A text of this repository that a test reads; one that could not be read would leave the list empty.
fn read(text: &str) -> Vec<Runbook> {
    notation::parse(text).unwrap_or_default()
}

static JA: LazyLock<Vec<Runbook>> = LazyLock::new(|| read(include_str!("shipped.ja.txt")));
static EN: LazyLock<Vec<Runbook>> = LazyLock::new(|| read(include_str!("shipped.en.txt")));

/// The shipped runbooks in a language; both have the same steps.
pub fn runbooks(lang: Lang) -> &'static [Runbook] {
    match lang {
        Lang::Ja => &JA,
        Lang::En => &EN,
    }
}

/// The shipped runbook of an id, in Japanese, as facts keep its words.
pub fn runbook(id: &str) -> Option<&'static Runbook> {
    runbooks(Lang::Ja).iter().find(|runbook| runbook.id == id)
}
