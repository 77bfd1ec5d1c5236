//! The shell (L3): one function per verb. Each loads, asks the domain, and saves facts, timers and messages in one
//! transaction. No rule stands here, and no SQL.

mod acting;
mod alert;
mod backup;
mod caller;
mod cause;
mod checkpoint;
mod compliance;
mod desk;
mod error;
mod events;
mod face;
mod fault;
mod frozen;
pub mod health;
pub mod incident;
mod intake_call;
mod key;
mod key_ring;
mod message;
mod months;
mod morning;
mod night;
mod once;
pub mod pack;
mod paper;
mod password;
mod people;
mod procedure;
pub mod record;
pub mod request;
mod seal;
mod shift;
mod sign_in;
mod tenant;
mod terms;
mod ticket_mail;
mod timer;
mod verify;
mod what_if;
mod window;

pub use acting::{Acted, ActedOn};
pub use alert::{Delivery, IntakeKey, Received};
pub use backup::{BackupError, Copied, backup, digest, restore};
pub use caller::{Caller, Grant, Reach, Scope, Who};
pub use cause::{
    CallEntry, CauseCall, CauseCallEnd, CauseIncidents, CauseMember, CauseNotice, CauseNumber, CauseView,
    Member as CauseJudgement, NewCause, OpenedCause,
};
pub use checkpoint::{CHECKPOINT_FACTS, CHECKPOINT_MS, Checkpoint, CheckpointKey, CheckpointVerifier, NotACheckpoint};
pub use compliance::Compliance;
pub use desk::{Change, Desk, Settings, UrlJudge};
pub use error::{Answer, Error};
pub use events::{EventPlace, EventView, Fates};
pub use face::{Glance, Mailed, Outcome};
pub use fault::{NewFault, OpenFault};
pub use frozen::{Freeze, Frozen, FrozenDone, FrozenView, Restate};
pub use intake_call::{CallOf, CallerWords, Company, IntakeCall, IntakeCallEnd};
pub use key::{AddedKey, NewKey};
pub use message::{Attempt, Content, Outgoing};
pub use months::{AtRisk, Attained, CustomerMonths, Overview};
pub use morning::Mornings;
pub use night::{FigureRow, FiguresView, NightView};
pub use once::{AddedId, AddedProject, AddedWebhook, Once, Recorded};
pub use paper::Version;
pub use people::{Member, NewDelegation, NewPerson};
pub use procedure::{Edition, Walked};
pub use shift::{NOTES, ShiftHandOver, ShiftLine, ShiftTaking, ShiftView};
pub use sign_in::Begun;
pub use tenant::{Added, OWN_PROJECT, START_CONDITIONS, TenantView};
pub use terms::{PaperAgreement, Terms};
pub use verify::{Fault, Report, Verify, VerifyError, verify};
pub use what_if::WhatIf;
pub use window::{NewWindow, RunningWindow, WindowDone, WindowEnd, WindowView};
