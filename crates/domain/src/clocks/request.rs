//! The clock of a request (R-3.3.2-1 to R-3.3.2-4): completed by 19:00 on the N-th business day after the day of receipt.
//!
//! The day of receipt, in the calendar's zone, is day 0 whatever it is and whatever the hour. What stops the clock is the
//! completion, never an answer. Holds and agreed later dates are not counted here; they change the due that governs.

use super::Verdict;
use crate::{
    calendar::{BusinessDays, Calendar, OutOfTable},
    time::Instant,
};

/// When a request received then is due.
///
/// # Errors
/// Counting leaves the holiday table.
pub fn due(received: Instant, days: BusinessDays, calendar: &Calendar) -> Result<Instant, OutOfTable> {
    calendar.business_days_after(received, days)
}

/// How a request stands as of an instant: completed at or before its due is met.
pub fn verdict(due: Instant, completed: Option<Instant>, as_of: Option<Instant>) -> Verdict {
    Verdict::of(due, completed, as_of)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(received: &str, days: u64, expected: &str) {
        let received = Instant::parse(received).unwrap();
        let due = due(received, BusinessDays::new(days).unwrap(), &Calendar::default());
        assert_eq!(due, Ok(Instant::parse(expected).unwrap()), "{received} + {days}");
    }

    /// R-3.3.1-1, -2: a request is taken at any hour; the support centre closes at 19:00.
    #[test]
    fn the_hour_of_receipt_does_not_matter() {
        check("2026-11-24T00:00:00+09:00", 1, "2026-11-25T19:00:00+09:00");
        check("2026-11-24T18:59:59.999+09:00", 1, "2026-11-25T19:00:00+09:00");
        check("2026-11-24T23:59:59.999+09:00", 1, "2026-11-25T19:00:00+09:00");
    }

    #[test]
    fn the_day_of_receipt_is_the_day_in_japan() {
        check("2026-11-24T14:59:59Z", 1, "2026-11-25T19:00:00+09:00");
        check("2026-11-24T15:00:00Z", 1, "2026-11-26T19:00:00+09:00");
    }

    #[test]
    fn completed_at_the_due_is_met() {
        let due = Instant::from_ms(0);
        assert_eq!(verdict(due, Some(due), None), Verdict::Met);
        assert_eq!(verdict(due, Some(due.plus_ms(1)), None), Verdict::Missed);
        assert_eq!(verdict(due, None, Some(due.plus_ms(1))), Verdict::Missed);
    }
}
