//! How a contact's telephone is rung, and how much its attempt proves (R-4.2.2-5).
//!
//! A call is a fact before anybody rings: the desk says when it began. What rings then is a [`Telephone`]: today the operator's
//! own, by a link. One that dials by itself is another implementation: it leaves a message row of its own in the same
//! transaction (a message is a row, no lock is held while it rings), and what its exchange answered is evidence by measurement.

use crate::words::Label;
use serde::{Deserialize, Serialize};

/// What rings telephones.
pub trait Telephone: Send + Sync {
    /// What is to be done so that a number rings. Decides only; nothing has rung yet.
    fn ring(&self, number: &str) -> Ring;
}

/// What is to be done so that a number rings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ring {
    /// The link that the operator's own telephone follows (RFC 3966); none where the desk dials by itself.
    pub link: Option<String>,
    /// What the attempt will prove.
    pub evidence: Evidence,
}

/// What an attempt to call proves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// 自己申告: the desk knows when it was pressed; that it rang and who answered is what the operator states.
    #[default]
    Stated,
    /// 計測: the exchange said when it rang and how it ended.
    Measured,
}

impl Evidence {
    /// As people read it.
    pub const fn label(self) -> Label {
        match self {
            Self::Stated => Label::new("自己申告", "stated by the operator"),
            Self::Measured => Label::new("計測", "measured"),
        }
    }

    /// Whether it is only stated; such facts need no word of it.
    pub const fn is_stated(&self) -> bool {
        matches!(self, Self::Stated)
    }
}

/// Assisted dialling: a person dials.
#[derive(Clone, Copy, Debug, Default)]
pub struct ByHand;

impl Telephone for ByHand {
    fn ring(&self, number: &str) -> Ring {
        let digits: String = number.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
        Ring { link: Some(format!("tel:{digits}")), evidence: Evidence::Stated }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_dials_by_a_link_and_states_what_came_of_it() {
        let ring = ByHand.ring("+81 (0)3-0000-0001");
        assert_eq!(ring, Ring { link: Some("tel:+810300000001".into()), evidence: Evidence::Stated });
    }
}
