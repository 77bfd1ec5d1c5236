//! Promises of the next days that are at risk.
//!
//! A request that is not done and whose due lies within seven days is at risk while its work has not begun: nobody took it, or it is
//! taken and not begun. One whose work runs is at risk in the last 24 hours. One that waits for the customer stands in the list so
//! that the answer is asked for, though nothing is due while it waits. What is overdue already is no risk any more and stands first.

use crate::request::State;
use crate::time::{HOUR_MS, Instant};
use crate::words::Label;

/// How far it is looked ahead.
pub const AHEAD_MS: i64 = 7 * 24 * HOUR_MS;
/// From when before the due running work is at risk.
pub const RUNNING_MS: i64 = 24 * HOUR_MS;

/// Why a promise is at risk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Risk {
    /// The due has passed.
    Overdue,
    /// Nobody took it.
    NotTaken,
    /// Its work has not begun.
    NotBegun,
    /// Its work runs in the last 24 hours.
    DueSoon,
    /// The customer is waited for.
    Waiting,
}

impl Risk {
    /// The code in the API.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Overdue => "overdue",
            Self::NotTaken => "not_taken",
            Self::NotBegun => "not_begun",
            Self::DueSoon => "due_soon",
            Self::Waiting => "waiting",
        }
    }

    /// As people say it.
    pub const fn label(self) -> Label {
        match self {
            Self::Overdue => Label::new("期限超過", "overdue"),
            Self::NotTaken => Label::new("担当者なし", "nobody took it"),
            Self::NotBegun => Label::new("未着手", "not begun"),
            Self::DueSoon => Label::new("24時間以内に期限", "due within 24 hours"),
            Self::Waiting => Label::new("お客様待ち", "waits for the customer"),
        }
    }

    /// Whether an open request is at risk at `now`, and why.
    pub fn of(state: &str, is_taken: bool, waits: bool, due: Instant, now: Instant) -> Option<Self> {
        let is_any = |states: &[State]| states.iter().any(|it| it.code() == state);
        let open = is_any(&[State::Received, State::Reviewing, State::Planned, State::Working]);
        if !open || due.since_ms(now) > AHEAD_MS {
            return None;
        }
        if waits {
            return Some(Self::Waiting);
        }
        if now > due {
            return Some(Self::Overdue);
        }
        if !is_taken {
            return Some(Self::NotTaken);
        }
        if !is_any(&[State::Working]) {
            return Some(Self::NotBegun);
        }
        (due.since_ms(now) <= RUNNING_MS).then_some(Self::DueSoon)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_due_soon_and_not_under_way_is_at_risk() {
        let check = |state: State, taken, waits, hours: i64, expected| {
            let due = Instant::from_ms(hours * HOUR_MS);
            let risk = Risk::of(state.code(), taken, waits, due, Instant::from_ms(0));
            assert_eq!(risk, expected, "{state:?} taken {taken} waits {waits} due in {hours} h");
        };
        check(State::Received, false, false, 168, Some(Risk::NotTaken));
        check(State::Received, false, false, 169, None);
        check(State::Reviewing, true, false, 100, Some(Risk::NotBegun));
        check(State::Planned, true, false, 1, Some(Risk::NotBegun));
        check(State::Working, true, false, 24, Some(Risk::DueSoon));
        check(State::Working, true, false, 25, None);
        check(State::Working, true, true, 25, Some(Risk::Waiting));
        check(State::Working, true, true, -1, Some(Risk::Waiting));
        check(State::Working, true, false, -1, Some(Risk::Overdue));
        check(State::Completed, true, false, 1, None);
        check(State::Cancelled, false, false, 1, None);
    }
}
