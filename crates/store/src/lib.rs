//! The only SQL: facts, records, timers, outbox on SQLite and PostgreSQL (L2).
//!
//! [`Store`] opens the database. A query exists on a scope ([`Scoped`], [`StaffScope`], [`SystemScope`]) and a change on a
//! [`Write`], the one write transaction of one tenant. One file a noun; the SQL stands beside the function that runs it and
//! is the same text for both databases. It finds what is due or visible and decides nothing.

mod alert;
mod cause;
mod checkpoint;
pub mod clock;
mod connect;
mod correlation;
mod db;
mod delegation;
mod dump;
mod event;
mod fact;
mod failure;
mod idempotency;
mod key;
mod membership;
mod message;
mod night;
mod node;
mod outbox;
mod pack;
mod paper;
mod person;
mod project;
pub mod random;
mod record;
mod runbook;
mod schema;
mod scope;
mod session;
mod snapshot;
mod store;
mod tables;
mod tenant;
mod timer;
mod values;
mod webhook;
mod window;
mod window_alert;
mod write;

pub use alert::{AlertQuery, AlertRow};
pub use cause::CauseRow;
pub use checkpoint::{CheckpointRow, HeadRow};
pub use clock::{Clock, HandClock};
pub use correlation::{Correlation, CorrelationRow};
pub use delegation::DelegationRow;
pub use dump::{Load, schema_version};
pub use event::{EventFilter, EventRow, FateCount};
pub use fact::{BlobRow, StoredFact};
pub use failure::Failure;
pub use idempotency::Remembered;
pub use key::KeyRow;
pub use membership::MembershipRow;
pub use message::{MessageRow, NewMessage};
pub use node::NodeRow;
pub use outbox::{ClaimedMessage, Finish, QueueDepth};
pub use pack::PackRow;
pub use paper::PaperRow;
pub use person::PersonRow;
pub use project::ProjectRow;
pub use record::{IncidentQuery, IncidentRow};
pub use scope::{Scoped, StaffScope, SystemScope};
pub use session::SessionRow;
pub use snapshot::Snapshot;
pub use store::Store;
pub use tables::{Cell, Kind, StoredRow, Table};
pub use tenant::TenantRow;
pub use timer::{DueTenant, Timer, TimerRow};
pub use webhook::WebhookRow;
pub use window::{WindowQuery, WindowRow};
pub use window_alert::WindowAlertRow;
pub use write::{Head, LANE, STEP_MS, Write};
