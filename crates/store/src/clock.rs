//! The one place where the desk reads a clock.
//!
//! A write transaction reads it once, after the chain head is locked. With PostgreSQL the database's clock decides, so that
//! nodes with skewed clocks agree; with SQLite it is the process's own. Tests replace it whole.

use crate::Failure;
use crate::db::{Db, Tx};
use domain::time::Instant;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// PostgreSQL's clock as it runs, in milliseconds.
pub(crate) const POSTGRES_CLOCK: &str = "CAST(FLOOR(EXTRACT(EPOCH FROM clock_timestamp()) * 1000) AS BIGINT)";

/// Where `now` comes from.
#[derive(Clone, Debug, Default)]
pub enum Clock {
    /// PostgreSQL's clock, or the process's own with SQLite.
    #[default]
    Real,
    /// A clock that stands until it is moved.
    Hand(HandClock),
}

/// A clock moved by hand, for tests and for replaying a history.
#[derive(Clone, Debug, Default)]
pub struct HandClock(Arc<AtomicI64>);

impl HandClock {
    /// A clock that stands at `now`.
    pub fn at(now: Instant) -> Self {
        Self(Arc::new(AtomicI64::new(now.ms())))
    }

    /// Where it stands.
    pub fn now(&self) -> Instant {
        Instant::from_ms(self.0.load(Ordering::SeqCst))
    }

    /// Moves it, backwards too.
    pub fn set(&self, now: Instant) {
        self.0.store(now.ms(), Ordering::SeqCst);
    }

    /// Moves it by that many milliseconds.
    pub fn advance_ms(&self, ms: i64) {
        self.0.fetch_add(ms, Ordering::SeqCst);
    }
}

/// The process's own clock; also the only one that log lines and screens may use.
#[expect(clippy::disallowed_methods, reason = "this is the module the lint points to")]
pub fn process_now() -> Instant {
    Instant::from_ms(jiff::Timestamp::now().as_millisecond())
}

impl Clock {
    /// The instant of a write transaction.
    pub(crate) async fn of_tx(&self, tx: &mut Tx) -> Result<Instant, Failure> {
        match (self, &tx) {
            (Self::Hand(clock), _) => Ok(clock.now()),
            (Self::Real, Tx::Sqlite(_)) => Ok(process_now()),
            (Self::Real, Tx::Postgres(_)) => instant(tx.first(&format!("SELECT {POSTGRES_CLOCK}"), vec![]).await?),
        }
    }

    /// The instant of a write transaction; `database` is what the database's clock said after the lock was taken.
    pub(crate) fn after_lock(&self, database: Option<Instant>) -> Instant {
        match self {
            Self::Hand(clock) => clock.now(),
            Self::Real => database.unwrap_or_else(process_now),
        }
    }

    /// The instant for a read, such as what is due now.
    pub(crate) async fn of_db(&self, db: &Db) -> Result<Instant, Failure> {
        match (self, db) {
            (Self::Hand(clock), _) => Ok(clock.now()),
            (Self::Real, Db::Sqlite { .. }) => Ok(process_now()),
            (Self::Real, Db::Postgres { .. }) => instant(db.first(&format!("SELECT {POSTGRES_CLOCK}"), vec![]).await?),
        }
    }
}

fn instant(row: Option<(i64,)>) -> Result<Instant, Failure> {
    row.map(|(ms,)| Instant::from_ms(ms)).ok_or_else(|| Failure::Corrupt("the database told no time".into()))
}
