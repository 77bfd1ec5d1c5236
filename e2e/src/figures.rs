//! Numbers out of many measurements.

use serde::Serialize;
use std::fmt;

/// Measurements of one thing, in one unit.
#[derive(Clone, Debug, Default)]
pub struct Series(Vec<f64>);

impl Series {
    /// Adds a measurement.
    pub fn add(&mut self, value: f64) {
        self.0.push(value);
    }

    /// The measurements in the order they were added.
    pub fn values(&self) -> impl Iterator<Item = f64> {
        self.0.iter().copied()
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The value that a share of all measurements does not exceed (nearest rank); none without measurements.
    pub fn share(&self, share: f64) -> Option<f64> {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let rank = (share * sorted.len() as f64).ceil() as usize;
        sorted.get(rank.saturating_sub(1)).copied()
    }

    /// The middle, the 95th and 99th of a hundred, and the largest; none without measurements.
    pub fn summary(&self) -> Option<Summary> {
        Some(Summary {
            count: self.count(),
            p50: self.share(0.5)?,
            p95: self.share(0.95)?,
            p99: self.share(0.99)?,
            max: self.share(1.0)?,
        })
    }
}

impl FromIterator<f64> for Series {
    fn from_iter<I: IntoIterator<Item = f64>>(values: I) -> Self {
        Self(values.into_iter().collect())
    }
}

impl Extend<f64> for Series {
    fn extend<I: IntoIterator<Item = f64>>(&mut self, values: I) {
        self.0.extend(values);
    }
}

/// What a series says in five numbers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Summary {
    /// Measurements.
    pub count: usize,
    /// Half of them are not above it.
    pub p50: f64,
    /// 95 of 100 are not above it.
    pub p95: f64,
    /// 99 of 100 are not above it.
    pub p99: f64,
    /// The largest.
    pub max: f64,
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "p50 {:.0} p95 {:.0} p99 {:.0} max {:.0}", self.p50, self.p95, self.p99, self.max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_measured_values() {
        let series: Series = (1..=100).rev().map(f64::from).collect();
        let expected = Summary { count: 100, p50: 50.0, p95: 95.0, p99: 99.0, max: 100.0 };
        assert_eq!(series.summary(), Some(expected));
        assert_eq!(Series::default().summary(), None);
        assert_eq!([3.0, 1.0].into_iter().collect::<Series>().share(0.5), Some(1.0));
    }
}
