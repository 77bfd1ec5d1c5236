//! Clocks: what is due when, and whether it was met. Folds over instants; none of them is stored as a state.
//!
//! [`request`] counts business days, [`notice`] and [`interim`] run on the wall clock at all hours (R-3.3.3-3). "Within"
//! includes the instant itself: done exactly at the due is met, one millisecond later is missed.

pub mod interim;
pub mod notice;
pub mod request;

use crate::time::Instant;
use serde::{Deserialize, Serialize};

/// A length of time on the wall clock in whole minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Minutes(pub u32);

impl Minutes {
    /// The instant that much later.
    #[must_use]
    pub const fn after(self, instant: Instant) -> Instant {
        instant.plus_minutes(self.0 as i64)
    }

    /// The instant that much earlier.
    #[must_use]
    pub const fn before(self, instant: Instant) -> Instant {
        instant.plus_minutes(-(self.0 as i64))
    }
}

/// サービス影響 of an incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Impact {
    /// 有: the service is affected.
    Present,
    /// 無: judged, and the service is not affected.
    Absent,
    /// Not yet judged, which counts as present.
    Unjudged,
}

impl Impact {
    /// Whether the targets and duties of 影響有 hold.
    pub const fn counts_as_present(self) -> bool {
        !matches!(self, Self::Absent)
    }
}

/// 判定: how a clock came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Done at or before the due.
    Met,
    /// Done after the due, or not done when the due had passed.
    Missed,
    /// Not done, and the due is still ahead or nobody said as of when to judge.
    Open,
}

impl Verdict {
    /// Judges one due. What is done is judged by its own instant alone; what is not done is missed once `as_of` lies past
    /// the due.
    pub fn of(due: Instant, done: Option<Instant>, as_of: Option<Instant>) -> Self {
        match (done, as_of) {
            (Some(done), _) if done <= due => Self::Met,
            (Some(_), _) => Self::Missed,
            (None, Some(as_of)) if as_of > due => Self::Missed,
            (None, _) => Self::Open,
        }
    }

    /// Met as true, missed as false, open as none.
    pub const fn met(self) -> Option<bool> {
        match self {
            Self::Met => Some(true),
            Self::Missed => Some(false),
            Self::Open => None,
        }
    }
}

/// A due and how it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    /// The last instant that is within.
    pub due: Instant,
    /// How it came out.
    pub verdict: Verdict,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(done: Option<i64>, as_of: Option<i64>, expected: Verdict) {
        let verdict = Verdict::of(Instant::from_ms(1_000), done.map(Instant::from_ms), as_of.map(Instant::from_ms));
        assert_eq!(verdict, expected, "{done:?} as of {as_of:?}");
    }

    #[test]
    fn within_includes_the_instant() {
        check(Some(1_000), None, Verdict::Met);
        check(Some(1_001), None, Verdict::Missed);
    }

    #[test]
    fn what_is_missing_is_missed_only_past_the_due() {
        check(None, None, Verdict::Open);
        check(None, Some(1_000), Verdict::Open);
        check(None, Some(1_001), Verdict::Missed);
    }

    #[test]
    fn what_is_done_is_judged_by_its_own_instant() {
        check(Some(900), Some(5_000), Verdict::Met);
        check(Some(1_001), Some(500), Verdict::Missed);
    }

    #[test]
    fn not_yet_judged_counts_as_impact() {
        assert!(Impact::Unjudged.counts_as_present());
        assert!(Impact::Present.counts_as_present());
        assert!(!Impact::Absent.counts_as_present());
    }
}
