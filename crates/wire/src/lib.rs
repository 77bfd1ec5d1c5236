//! Serde types shared by the API and its clients (L0).
//!
//! Each type is what one answer of `/api/v1` looks like; its comments are the descriptions in the OpenAPI document. Instants
//! are RFC 3339 in UTC to the millisecond.

pub mod afterwards;
pub mod alert;
pub mod attachment;
pub mod board;
pub mod cause;
pub mod compliance;
pub mod disposal;
pub mod incident;
pub mod mail;
pub mod night;
pub mod notice;
pub mod paper;
pub mod people;
pub mod problem;
pub mod proof;
pub mod published;
pub mod record;
pub mod request;
pub mod runbook;
pub mod search;
pub mod secret;
pub mod tenant;
pub mod window;

/// A page of a list: its items, and what to send as `cursor` for the next page.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// The cursor of the next page; null on the last one.
    pub next: Option<String>,
}

/// Declares types of answers: public fields, serde both ways, a schema.
macro_rules! answers {
    ($($(#[$doc:meta])* $name:ident { $($(#[$fdoc:meta])* $field:ident: $kind:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
        pub struct $name { $($(#[$fdoc])* pub $field: $kind,)* }
    )*};
}
pub(crate) use answers;

/// Declares types that exist for their schema: the desk's own types with the same fields answer.
macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $code:ident,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$vdoc])* $code,)* }
    )*};
}
pub(crate) use codes;
