//! How many events a key may send: one bucket of tokens a key, in memory, of this node.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// Buckets kept before full ones are forgotten; a forgotten bucket comes back full, as it was.
const KEPT_MAX: usize = 10_000;

/// Token buckets by key.
pub struct Buckets {
    per_s: f64,
    burst: f64,
    levels: Mutex<HashMap<String, Level>>,
}

#[derive(Clone, Copy)]
struct Level {
    tokens: f64,
    at: Instant,
}

impl Buckets {
    /// Buckets that refill with `per_s` tokens a second (at least one a day) and hold `burst` (at least one).
    pub fn new(per_s: f64, burst: u32) -> Self {
        Self { per_s: per_s.max(1.0 / 86_400.0), burst: f64::from(burst.max(1)), levels: Mutex::default() }
    }

    /// Makes the bucket of a key full again.
    pub fn refill(&self, key: &str) {
        self.levels.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }

    /// Takes `amount` tokens, more than there are where there is at least one: a large delivery is taken and paid off.
    ///
    /// # Errors
    /// The bucket is empty; whole seconds until it is not.
    pub fn take(&self, key: &str, amount: usize, now: Instant) -> Result<(), u32> {
        let mut levels = self.levels.lock().unwrap_or_else(PoisonError::into_inner);
        if levels.len() >= KEPT_MAX && !levels.contains_key(key) {
            levels.retain(|_, level| self.refilled(*level, now) < self.burst);
        }
        let level = levels.get(key).map_or(self.burst, |level| self.refilled(*level, now));
        if level < 1.0 {
            // At most a delivery's size over the rate, far below u32.
            return Err(((1.0 - level) / self.per_s).ceil().max(1.0) as u32);
        }
        levels.insert(key.to_owned(), Level { tokens: level - amount as f64, at: now });
        Ok(())
    }

    fn refilled(&self, level: Level, now: Instant) -> f64 {
        let since_s = now.saturating_duration_since(level.at).as_secs_f64();
        since_s.mul_add(self.per_s, level.tokens).min(self.burst)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_burst_is_taken_and_then_the_rate() {
        let (buckets, start) = (Buckets::new(2.0, 3), Instant::now());
        let take = |at_ms: u64| buckets.take("k", 1, start + Duration::from_millis(at_ms));
        assert_eq!([take(0), take(0), take(0)], [Ok(()); 3]);
        assert_eq!(take(0), Err(1));
        assert_eq!((take(500), take(500)), (Ok(()), Err(1)));
        assert_eq!(buckets.take("another", 1, start), Ok(()));
        buckets.refill("k");
        assert_eq!(take(500), Ok(()));
    }

    #[test]
    fn a_large_delivery_is_taken_whole_and_paid_off() {
        let (buckets, start) = (Buckets::new(10.0, 10), Instant::now());
        assert_eq!(buckets.take("k", 110, start), Ok(()));
        assert_eq!(buckets.take("k", 1, start), Err(11));
        assert_eq!(buckets.take("k", 1, start + Duration::from_secs(11)), Ok(()));
    }

    #[test]
    fn a_clock_that_went_back_refills_nothing() {
        let (buckets, start) = (Buckets::new(1.0, 1), Instant::now());
        assert_eq!(buckets.take("k", 1, start + Duration::from_secs(9)), Ok(()));
        assert!(buckets.take("k", 1, start).is_err());
    }
}
