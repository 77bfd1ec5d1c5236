//! When somebody outside pages that the desk is down: a pure decision over what was heard and how much time went by.
//!
//! Time is what a clock that never jumps has counted since the watcher started. Only time in which the watcher asked counts
//! as silence: a watcher that slept, or was stopped, pages nobody for it.

/// How the watcher paces itself, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Silence after which people are paged.
    pub after_ms: u64,
    /// Time from one page to the next while the silence lasts.
    pub repeat_ms: u64,
    /// The longest time between two askings; what lies beyond was the watcher's own absence.
    pub gap_ms: u64,
}

/// What is to be told now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Say {
    /// Nothing.
    Nothing,
    /// No node has committed for that long.
    Down {
        /// Milliseconds of silence.
        silent_ms: u64,
    },
    /// A node commits again, after people were paged.
    Back {
        /// Milliseconds of silence until then.
        silent_ms: u64,
    },
}

/// What the watcher remembers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Watch {
    pace: Pace,
    /// When a node last could commit; the start counts as such.
    good: u64,
    /// When the nodes were last asked.
    asked: u64,
    /// When people were last paged in this silence.
    paged: Option<u64>,
    /// The silence that ended and that people were paged for, until they are told of its end.
    ended: Option<u64>,
}

impl Watch {
    /// A watcher that begins at `now`.
    pub const fn new(pace: Pace, now: u64) -> Self {
        Self { pace, good: now, asked: now, paged: None, ended: None }
    }

    /// Hears whether any node can commit. What is to be told is said again at each hearing until [`Watch::told`].
    pub fn hear(&mut self, any_ready: bool, now: u64) -> Say {
        let gap = now.saturating_sub(self.asked);
        self.good = (self.good + gap.saturating_sub(self.pace.gap_ms)).min(now);
        self.asked = now;
        let silent_ms = now - self.good;
        if any_ready {
            self.good = now;
            if self.paged.take().is_some() {
                self.ended = Some(silent_ms);
            }
            return self.ended.map_or(Say::Nothing, |silent_ms| Say::Back { silent_ms });
        }
        let is_due = self.paged.is_none_or(|at| now.saturating_sub(at) >= self.pace.repeat_ms);
        if silent_ms >= self.pace.after_ms && is_due { Say::Down { silent_ms } } else { Say::Nothing }
    }

    /// What was said last has been tried to be told until `now`, and somebody took it or nobody did. The time that took was
    /// no absence.
    pub const fn told(&mut self, say: Say, taken: bool, now: u64) {
        self.asked = now;
        match say {
            Say::Down { .. } if taken => {
                self.paged = Some(now);
                // People know that it is down; that it had been back for a moment is no news any more.
                self.ended = None;
            }
            Say::Back { .. } if taken => self.ended = None,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACE: Pace = Pace { after_ms: 90_000, repeat_ms: 600_000, gap_ms: 20_000 };

    /// Hears at those seconds and says at which seconds what was told; everything told is taken.
    #[track_caller]
    fn check(name: &str, heard: &[(u64, bool)], expected: &[(u64, &str)]) {
        let mut watch = Watch::new(PACE, 0);
        let mut told = vec![];
        for (second, ready) in heard {
            let now = second * 1_000;
            let say = watch.hear(*ready, now);
            match say {
                Say::Nothing => {}
                Say::Down { .. } => told.push((*second, "down")),
                Say::Back { .. } => told.push((*second, "back")),
            }
            watch.told(say, true, now);
        }
        assert_eq!(told, expected, "{name}");
    }

    /// The same answer each 5 seconds, from and to included.
    fn each(from: u64, to: u64, ready: bool) -> Vec<(u64, bool)> {
        (from..=to).step_by(5).map(|second| (second, ready)).collect()
    }

    #[test]
    fn when_people_are_paged() {
        check("all is well", &each(5, 3_600, true), &[]);
        check("90 s of silence, and not one second less", &each(5, 85, false), &[]);
        check("90 s of silence", &each(5, 90, false), &[(90, "down")]);
        check("from the last good answer on", &[each(5, 50, true), each(55, 140, false)].concat(), &[(140, "down")]);
        let again = [(90, "down"), (690, "down"), (1_290, "down")];
        check("again each 10 minutes", &each(5, 1_500, false), &again);
        let back = [each(5, 120, false), each(125, 300, true)].concat();
        check("its end is told once", &back, &[(90, "down"), (125, "back")]);
        check("what nobody was paged for has no end", &[each(5, 60, false), each(65, 90, true)].concat(), &[]);
        let flapping: Vec<_> = each(5, 900, false).into_iter().map(|(s, _)| (s, s % 60 == 0)).collect();
        check("a desk that commits each minute is not down", &flapping, &[]);
        let twice = [each(5, 95, false), each(100, 100, true), each(105, 190, false)].concat();
        check("a new silence is paged anew", &twice, &[(90, "down"), (100, "back"), (190, "down")]);
    }

    #[test]
    fn a_watcher_that_was_away_pages_nobody_for_its_own_absence() {
        check("stopped for ten minutes", &[(5, true), (605, false), (610, true)], &[]);
        let silent = [vec![(5, true), (605, false)], each(610, 675, false)].concat();
        check("its absence is left out of the silence", &silent, &[(675, "down")]);
        let paged = [each(5, 90, false), vec![(700, false)]].concat();
        check("a page is repeated after an absence", &paged, &[(90, "down"), (700, "down")]);
    }

    #[test]
    fn what_nobody_took_is_told_again() {
        let mut watch = Watch::new(PACE, 0);
        let mut hear = |second: u64, ready: bool, taken: bool| {
            let say = watch.hear(ready, second * 1_000);
            // Telling takes ten seconds.
            watch.told(say, taken, second * 1_000 + 10_000);
            say
        };
        for second in (15..90).step_by(15) {
            assert_eq!(hear(second, false, true), Say::Nothing, "{second}");
        }
        assert_eq!(hear(90, false, false), Say::Down { silent_ms: 90_000 });
        assert_eq!(hear(105, false, false), Say::Down { silent_ms: 105_000 });
        assert_eq!(hear(120, false, true), Say::Down { silent_ms: 120_000 });
        assert_eq!(hear(135, false, true), Say::Nothing);
        assert_eq!(hear(150, true, false), Say::Back { silent_ms: 150_000 });
        assert_eq!(hear(165, true, true), Say::Back { silent_ms: 150_000 });
        assert_eq!(hear(180, true, true), Say::Nothing);
    }

    #[test]
    fn time_that_stands_or_goes_back_does_no_harm() {
        let mut watch = Watch::new(PACE, 100_000);
        assert_eq!(watch.hear(false, 100_000), Say::Nothing);
        assert_eq!(watch.hear(false, 50_000), Say::Nothing);
        assert_eq!(watch.hear(true, 60_000), Say::Nothing);
    }
}
