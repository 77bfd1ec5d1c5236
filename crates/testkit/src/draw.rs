//! Random choices that a printed seed brings back.

/// A generator with a seed (splitmix64, Steele, Lea and Flood 2014: good enough to choose faults with).
#[derive(Clone, Debug)]
pub struct Draw(u64);

impl Draw {
    /// The same seed gives the same choices.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A generator of its own for a part of the work, so that parts which run beside each other stay repeatable.
    pub const fn part(&self, number: u64) -> Self {
        Self(self.0 ^ number.wrapping_add(1).wrapping_mul(0xA24B_AED4_963E_E407))
    }

    /// The next 64 bits.
    pub const fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        bits ^ (bits >> 31)
    }

    /// A number from `low` to before `high`, which must be greater.
    pub const fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.bits() % (high - low)
    }

    /// True in so many of a hundred cases.
    pub const fn chance(&mut self, percent: u64) -> bool {
        self.between(0, 100) < percent
    }

    /// One of a list, which must not be empty.
    pub fn one_of<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.between(0, list.len() as u64) as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_brings_the_same_choices_back_and_another_brings_others() {
        let of =
            |seed| (0..8).map(|_| 0).scan(Draw::new(seed), |draw, _| Some(draw.between(5, 1_000))).collect::<Vec<_>>();
        assert_eq!(of(7), of(7));
        assert_ne!(of(7), of(8));
        assert!(of(7).iter().all(|n| (5..1_000).contains(n)));
        assert_ne!(Draw::new(7).part(0).bits(), Draw::new(7).part(1).bits());
    }
}
