//! Names of things: never bare strings across a boundary.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Wraps a text that is this kind of id by construction: drawn by us or read from our database.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

ids! {
    /// A tenant (お客様, or the provider itself): 16 random letters.
    TenantId,
    /// A person, global over tenants: 16 random letters.
    PersonId,
    /// A membership of a person in a tenant: 16 random letters.
    MembershipId,
    /// A delegation of a right from one person to another: 16 random letters.
    DelegationId,
    /// An API or intake key, not its secret: 16 random letters.
    KeyId,
    /// A webhook endpoint of a tenant: 16 random letters.
    WebhookId,
    /// A message in the outbox: 16 random letters.
    MessageId,
    /// A contact inside a contact plan, unique in the tenant and kept over its versions.
    ContactId,
    /// A blob: `sha256:` and 64 hexadecimal digits over salt and bytes.
    BlobId,
    /// A project's key, unique over the whole installation; see [`ProjectKey::parse`].
    ProjectKey,
    /// A record's name, `KEY-n`: n counts from 1 in its project without gaps, whatever the record's kind. Windows of work are
    /// counted beside them, as `KEY-Wn`.
    RecordKey,
}

/// Why a text is no project key.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("'{0}' is not a project key; use 1 to 25 capital letters, digits and '_', beginning with a letter")]
pub struct NotAProjectKey(pub String);

impl ProjectKey {
    /// Reads a project key: 1 to 25 of `A-Z`, `0-9` and `_`, beginning with a letter (R-A4-1).
    ///
    /// # Errors
    /// Any other text.
    pub fn parse(text: &str) -> Result<Self, NotAProjectKey> {
        let letters = text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
        let begins = text.bytes().next().is_some_and(|b| b.is_ascii_uppercase());
        if begins && letters && text.len() <= 25 {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotAProjectKey(text.to_owned()))
        }
    }

    /// The name of the project's n-th record.
    pub fn record(&self, number: u64) -> RecordKey {
        RecordKey(format!("{self}-{number}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_project_key_is_capital_letters_digits_and_underscore() {
        for good in ["A", "ACME", "ACME_2", "Z9"] {
            assert!(ProjectKey::parse(good).is_ok(), "{good}");
        }
        for bad in ["", "acme", "2A", "A B", "A-B", "ＡＢ", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"] {
            assert!(ProjectKey::parse(bad).is_err(), "{bad}");
        }
    }
}
