//! How many pages one person gets: few one by one, what is more in digests, so that whoever is paged can still read (design §6,
//! figures F14 and F18).
//!
//! A *page* is a message to staff; a notice to a customer knows no limit. Within any hour a person gets at most
//! [`SINGLES_AN_HOUR`] pages by themselves and a digest each [`DIGEST_MINUTES`], so at most twelve mails over all incidents,
//! and nothing waits longer than for the next digest. What waited through a gap of our own goes out together at once.

use crate::time::Instant;

/// Pages to one person within an hour that go out by themselves.
pub const SINGLES_AN_HOUR: usize = 6;
/// From digest to digest.
pub const DIGEST_MINUTES: i64 = 10;
/// What waited so long, waited through a gap of our own.
pub const GAP_MINUTES: i64 = 2;

/// A mail with pages that was let out to a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LetOut {
    /// When.
    pub at: Instant,
    /// Whether it was a digest.
    pub digest: bool,
}

/// How a page goes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// By itself.
    Single,
    /// Together with everything that waits for the same person.
    Digest,
    /// Not before that instant.
    Wait(Instant),
}

/// How a page goes out at `now`, by what was let out to its person and when what waits for them was queued, itself included.
pub fn way(let_out: &[LetOut], queued: &[Instant], now: Instant) -> Way {
    let last_digest = let_out.iter().filter(|mail| mail.digest).map(|mail| mail.at).max();
    let digest_from = last_digest.map_or(now, |at| at.plus_minutes(DIGEST_MINUTES));
    let digest = if digest_from <= now { Way::Digest } else { Way::Wait(digest_from) };
    let gap = now.plus_minutes(-GAP_MINUTES);
    let is_after_gap = queued.len() > 1 && queued.iter().any(|queued| *queued < gap);
    let hour = now.plus_minutes(-60);
    let singles = let_out.iter().filter(|mail| !mail.digest && mail.at > hour).count();
    if is_after_gap || singles >= SINGLES_AN_HOUR { digest } else { Way::Single }
}

/// The order of a digest: what is critical first, of that the newest first.
pub fn digest_order(critical: bool, queued: Instant) -> impl Ord {
    (!critical, std::cmp::Reverse(queued))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Instant {
        Instant::from_ms(10_000_000).plus_ms(seconds * 1_000)
    }

    /// Singles and digests let out, and what waits, all in seconds.
    fn check(singles: &[i64], digests: &[i64], queued: &[i64], now: i64, expected: Way) {
        let mails = |list: &[i64], digest| list.iter().map(|s| LetOut { at: at(*s), digest }).collect::<Vec<_>>();
        let let_out = [mails(singles, false), mails(digests, true)].concat();
        let queued: Vec<_> = queued.iter().map(|s| at(*s)).collect();
        assert_eq!(way(&let_out, &queued, at(now)), expected, "{singles:?} {digests:?} {queued:?} {now}");
    }

    #[test]
    fn six_an_hour_go_out_by_themselves() {
        check(&[], &[], &[0], 0, Way::Single);
        check(&[0, 1, 2, 3, 4], &[], &[10], 10, Way::Single);
        check(&[0, 1, 2, 3, 4, 5], &[], &[10], 10, Way::Digest);
        check(&[0, 1, 2, 3, 4, 5], &[], &[3_600], 3_600, Way::Single);
    }

    #[test]
    fn digests_are_ten_minutes_apart() {
        let six = [0, 1, 2, 3, 4, 5];
        check(&six, &[10], &[20], 20, Way::Wait(at(610)));
        check(&six, &[10], &[20, 30], 610, Way::Digest);
    }

    #[test]
    fn what_waited_through_a_gap_goes_out_together() {
        check(&[], &[], &[0, 60], 121, Way::Digest);
        check(&[], &[], &[0], 1_800, Way::Single);
        check(&[], &[], &[0, 60], 120, Way::Single);
        check(&[], &[100], &[0, 60], 400, Way::Wait(at(700)));
    }

    /// F18: whatever comes whenever, twelve mails an hour are the most.
    #[test]
    fn nobody_gets_more_than_twelve_mails_within_any_hour() {
        for step in [1, 7, 59, 61, 240, 599] {
            let mut let_out: Vec<LetOut> = vec![];
            let mut waiting: Vec<Instant> = vec![];
            for second in (0..4 * 3_600).step_by(step) {
                waiting.push(at(second as i64));
                let now = at(second as i64);
                match way(&let_out, &waiting, now) {
                    Way::Single => {
                        let_out.push(LetOut { at: now, digest: false });
                        waiting.pop();
                    }
                    Way::Digest => {
                        let_out.push(LetOut { at: now, digest: true });
                        waiting.clear();
                    }
                    Way::Wait(_) => {}
                }
            }
            let most = let_out.iter().map(|first| {
                let hour = first.at.plus_minutes(60);
                let_out.iter().filter(|mail| first.at <= mail.at && mail.at < hour).count()
            });
            assert!(most.clone().max() <= Some(12), "each {step} s: {:?}", most.max());
        }
    }

    #[test]
    fn a_digest_names_what_is_critical_first_and_of_that_the_newest() {
        let mut pages = [(false, 3), (true, 1), (false, 9), (true, 5)];
        pages.sort_by_key(|(critical, queued)| digest_order(*critical, at(*queued)));
        assert_eq!(pages, [(true, 5), (true, 1), (false, 9), (false, 3)]);
    }
}
