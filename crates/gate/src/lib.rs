//! What every HTTP edge shares (L4): the typed route builder, callers, problem details, and the listener.
//!
//! An edge lists its routes in a [`Table`], each with a [`Policy`] and the kinds of [`Object`] in its path; a route without
//! a policy does not compile. A [`Gate`] turns tables into one router. From the same rows come the isolation matrix and the
//! check of the OpenAPI document, so that no route can be forgotten by either.
//!
//! The way of a request: [`Gate::open`] gives it an id and writes every error in the reader's language and shape; the guard
//! of its route refuses foreign sites, finds the caller and asks the policy; an extractor reads the body; the handler calls
//! one verb of the desk. An error on that way is a [`Trouble`], and nothing else.

mod buckets;
mod cross_site;
mod download;
mod edge;
mod extract;
mod gate;
mod guard;
mod language;
mod listen;
mod once;
mod openapi;
mod session;
mod table;
mod trouble;

pub use buckets::Buckets;
pub use download::{attached, download};
pub use edge::wants_problem;
pub use extract::body::{Asked, FormBody, JsonBody, RawBody};
pub use extract::file::{FileForm, SentFile};
pub use extract::{Language, Path, Query, Signed};
pub use gate::{ErrorPage, Gate, Settings};
pub use listen::{GRACE_S, Limits, Listening, Tls};
pub use once::answer_once;
pub use openapi::differences;
pub use session::local_path;
pub use table::{BODY_MAX, Object, Policy, Row, Surface, Table, Unguarded, WithPolicy};
pub use trouble::{Fault, Kind, Trouble, status_of};
