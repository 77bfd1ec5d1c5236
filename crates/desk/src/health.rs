//! What the desk knows of itself, for the board and for `/readyz`: it says so when it cannot tell people.

use domain::time::Instant;
use std::sync::{Arc, Mutex, PoisonError};

/// Whether mail goes out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Mail {
    /// Not tried yet.
    #[default]
    Unknown,
    /// The last try worked.
    Works,
    /// No server is configured.
    NotConfigured,
    /// The last try failed, since then.
    Fails {
        /// Since when.
        since: Instant,
        /// Why.
        reason: String,
    },
    /// Mail goes into the built-in outbox page only (the demo).
    BuiltIn,
}

/// Whether the machine's clock follows a reference.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WallClock {
    /// The system does not say.
    #[default]
    Unknown,
    /// It does.
    Synchronised,
    /// It does not.
    Unsynchronised,
}

/// What the auditor found at its last sweep.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sweep {
    /// When.
    pub at: Option<Instant>,
    /// Timers more than 10 seconds late.
    pub overdue_timers: u64,
    /// Messages still claimed more than 10 seconds after their lease.
    pub overdue_claims: u64,
    /// Open incidents without any future step.
    pub stuck: u64,
}

impl Sweep {
    /// Whether it found what should not be.
    pub const fn is_alarming(&self) -> bool {
        self.overdue_timers > 0 || self.overdue_claims > 0 || self.stuck > 0
    }
}

/// Whether packs are made: what people work from while the desk is down.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Packs {
    /// Nobody looked yet, or none are needed (the demo).
    #[default]
    Unknown,
    /// No passphrase or no second place is set.
    NotConfigured,
    /// The last one lies in the second place.
    Made {
        /// As of when it is.
        at: Instant,
    },
    /// The last try failed, or the last pack is old.
    Late {
        /// As of when the last one is; none where there never was one.
        made: Option<Instant>,
        /// Why; empty where nothing was said.
        reason: String,
    },
}

/// All of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// Mail.
    pub mail: Mail,
    /// The clock.
    pub clock: WallClock,
    /// The auditor.
    pub sweep: Sweep,
    /// The packs.
    pub packs: Packs,
}

/// The shared state; cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Health(Arc<Mutex<State>>);

impl Health {
    /// How it stands.
    pub fn state(&self) -> State {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Changes it.
    pub fn update(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}
