//! Why the desk says no, in a sentence the person can act on.

use serde::Serialize;

/// What kind of no it is; the edges turn it into a status code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum RefusalKind {
    /// A field of the input is missing or wrong (400).
    Invalid {
        /// The field's name in the API and in the form.
        field: &'static str,
    },
    /// A field that a procedure asks for is missing or wrong (400).
    Unfit {
        /// The field's code in the file of the procedure.
        field: String,
    },
    /// The record is not in a state, or the person not in a place, where this can be done (409).
    NotNow,
    /// The record moved on since the caller saw it (409).
    Stale {
        /// The version it has now.
        version: u64,
    },
    /// The right is missing inside one's own tenants (403).
    Forbidden,
    /// There is no such thing, or it is somebody else's: the two look the same (404).
    NotFound,
}

/// A refusal: nothing was changed, and the sentence says what to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{en}")]
pub struct Refusal {
    /// What kind of no.
    pub kind: RefusalKind,
    /// The sentence in Japanese.
    pub ja: String,
    /// The sentence in English.
    pub en: String,
}

impl Refusal {
    /// A field is missing or wrong.
    pub fn invalid(field: &'static str, ja: impl Into<String>, en: impl Into<String>) -> Self {
        Self { kind: RefusalKind::Invalid { field }, ja: ja.into(), en: en.into() }
    }

    /// A field that a procedure asks for is missing or wrong.
    pub fn unfit(field: impl Into<String>, ja: impl Into<String>, en: impl Into<String>) -> Self {
        Self { kind: RefusalKind::Unfit { field: field.into() }, ja: ja.into(), en: en.into() }
    }

    /// Not in this state, or not by this person.
    pub fn not_now(ja: impl Into<String>, en: impl Into<String>) -> Self {
        Self { kind: RefusalKind::NotNow, ja: ja.into(), en: en.into() }
    }

    /// The record moved on.
    pub fn stale(version: u64) -> Self {
        Self {
            kind: RefusalKind::Stale { version },
            ja: "表示後にほかの操作がありました。最新の内容を確認して、もう一度操作してください。".into(),
            en: "Somebody acted since you opened this. Look at what happened and try again.".into(),
        }
    }

    /// The right is missing.
    pub fn forbidden() -> Self {
        Self {
            kind: RefusalKind::Forbidden,
            ja: "この操作の権限がありません。権限を持つ担当者に依頼してください。".into(),
            en: "Your roles do not include this. Ask somebody who holds the right.".into(),
        }
    }

    /// Absent or foreign.
    pub fn not_found() -> Self {
        Self {
            kind: RefusalKind::NotFound,
            ja: "見つかりません。アドレスを確認してください。".into(),
            en: "There is no such thing here. Check the address.".into(),
        }
    }

    /// The field at fault, where there is one.
    pub fn field(&self) -> Option<&'static str> {
        match self.kind {
            RefusalKind::Invalid { field } => Some(field),
            _ => None,
        }
    }
}
