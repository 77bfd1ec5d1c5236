//! Figures of an incident: how long it took to judge, to tell, to reach a person, how long the customer heard nothing, which
//! slots were missed, and whether 無 was judged late. Each names the facts it is counted from, so that anybody can look them up.

use super::{Incident, Mark, State};
use crate::fact::{CallResult, Voice};
use crate::time::{Instant, MINUTE_MS};

/// A stretch of time with the facts at its ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measure {
    /// How long, in milliseconds; up to now while it runs.
    pub ms: i64,
    /// The fact it begins with.
    pub from: u64,
    /// The fact it ends with; none where that has not happened.
    pub to: Option<u64>,
    /// Whether it still runs; without an end that means it never came.
    pub runs: bool,
}

/// The figures of one incident, as of an instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figures {
    /// From the alert to the first judgement that counts (design §5).
    pub to_judge: Option<Measure>,
    /// From the alert to the first notice.
    pub to_tell: Option<Measure>,
    /// From the alert to the first time that one of the customer's people surely knew; only with impact.
    pub to_reach: Option<Measure>,
    /// The longest time without a word to the customer, from the first notice with impact on.
    pub longest_silence: Option<Measure>,
    /// Interim slots that came due.
    pub slots: u32,
    /// Those that passed without a report, each by the fact that named it.
    pub missed_slots: Vec<u64>,
    /// The first judgement, where it was 無 and came later than 15 minutes after the alert.
    pub none_late: Option<u64>,
}

/// A judgement without impact after so many minutes is late.
const NONE_LATE_MS: i64 = super::verbs::LATE_NO_MINUTES * MINUTE_MS;

/// Something that happened, by its fact.
#[derive(Clone, Copy)]
struct Point {
    at: Instant,
    fact: u64,
}

impl Point {
    const fn of(mark: &Mark) -> Self {
        Self { at: mark.at, fact: mark.seq }
    }
}

impl Incident {
    /// The figures as of an instant; none for a false alarm, which owed nobody anything.
    pub fn figures(&self, now: Instant) -> Option<Figures> {
        if self.state == State::FalseAlarm {
            return None;
        }
        let judged = self.judgements.iter().filter_map(|judgement| judgement.counts_since().map(Point::of));
        let told = self.publications.iter().map(|told| Point::of(&told.mark));
        let had_impact = self.publications.iter().any(|told| told.what.impact);
        Some(Figures {
            to_judge: Some(self.since_alert(judged.min_by_key(|it| it.at), now, self.state != State::Closed)),
            to_tell: Some(self.since_alert(told.min_by_key(|it| it.at), now, self.state != State::Closed)),
            to_reach: Some(self.since_alert(self.reached_first(), now, self.recovery_notices.is_empty()))
                .filter(|reached| had_impact || reached.to.is_some()),
            longest_silence: self.longest_silence(now),
            slots: u32::try_from(self.owed_slots().take_while(|slot| *slot <= now).count()).unwrap_or(u32::MAX),
            missed_slots: self.missed_slots.iter().map(|slot| slot.mark.seq).collect(),
            none_late: self
                .judgements
                .first()
                .filter(|it| !it.what.impact && it.mark.at.since_ms(self.alert_at()) > NONE_LATE_MS)
                .map(|it| it.mark.seq),
        })
    }

    /// From the alert to a point; where that has not come, up to now while it may still come, and never a figure of its own
    /// where it cannot.
    fn since_alert(&self, end: Option<Point>, now: Instant, may_come: bool) -> Measure {
        let from = Point { at: self.alert_at(), fact: self.opened.seq };
        match end {
            // Somebody who telephones knows before we judge.
            Some(end) => measure(from, Some(end), end.at.max(from.at)),
            None => Measure { runs: may_come, ..measure(from, None, if may_come { now } else { from.at }) },
        }
    }

    /// When one of the customer's people surely knew: a call answered, a call back, the mail's link, the ticket opened, or the
    /// notice told on their own call.
    fn reached_first(&self) -> Option<Point> {
        let answered = self.calls.iter().filter(|call| call.what.counts());
        let answered = answered.filter(|call| call.what.result() == Some(CallResult::Answered)).map(|call| Point {
            at: call.what.connected.as_ref().map_or(call.what.begun, |mark| mark.at),
            fact: call.mark.seq,
        });
        let back = self.call_backs.iter().filter(|back| back.what.understood).map(|back| Point::of(&back.mark));
        let known = self.acknowledgements.iter().map(|known| Point::of(&known.mark));
        let read = self.reads.iter().map(Point::of);
        let on_own_call = self.publications.iter().filter(|it| matches!(it.what.voice, Voice::OnOwnCall { .. }));
        let on_own_call = on_own_call.map(|it| Point::of(&it.mark));
        answered.chain(back).chain(known).chain(read).chain(on_own_call).min_by_key(|point| point.at)
    }

    /// The longest stretch between two words to the customer. After a recovery notice nothing is owed until it happens again.
    fn longest_silence(&self, now: Instant) -> Option<Measure> {
        let first = self.publications.iter().find(|told| told.what.impact)?;
        let told = self.publications.iter().map(|it| (Point::of(&it.mark), true));
        let told = told.chain(self.reports.iter().map(|it| (Point::of(&it.mark), true)));
        let ends = self.recovery_notices.iter().map(|it| (Point::of(&it.mark), false));
        let again = self.recurrences.iter().map(|it| (Point::of(&it.mark), true));
        let mut points: Vec<(Point, bool)> =
            told.chain(ends).chain(again).filter(|(point, _)| point.fact >= first.mark.seq).collect();
        points.sort_by_key(|(point, _)| point.fact);
        let mut since: Option<Point> = None;
        let mut longest: Option<Measure> = None;
        let mut keep = |found: Measure| {
            if longest.is_none_or(|known| known.ms < found.ms) {
                longest = Some(found);
            }
        };
        for (point, goes_on) in points {
            if let Some(since) = since {
                keep(measure(since, Some(point), point.at));
            }
            since = goes_on.then_some(point);
        }
        // Once the impact was judged away and that was told, no report is owed.
        let waits = self.is_reporting() || self.state == State::Confirming;
        if let Some(since) = since.filter(|_| waits) {
            keep(measure(since, None, now));
        }
        longest
    }
}

const fn measure(from: Point, to: Option<Point>, until: Instant) -> Measure {
    let to = match to {
        Some(point) => Some(point.fact),
        None => None,
    };
    Measure { ms: until.since_ms(from.at), from: from.fact, to, runs: to.is_none() }
}

/// Many measures in short: how many ended, their median and the longest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Summary {
    /// How many there are.
    pub count: usize,
    /// The middle one, in milliseconds; of an even number the longer of the two in the middle.
    pub median_ms: i64,
    /// The longest, in milliseconds.
    pub max_ms: i64,
}

/// Sums up measures that ended; none where there are none.
pub fn summary(measures: impl IntoIterator<Item = Measure>) -> Option<Summary> {
    let mut all: Vec<i64> = measures.into_iter().filter(|it| it.to.is_some()).map(|it| it.ms).collect();
    all.sort_unstable();
    let (median_ms, max_ms) = (*all.get(all.len() / 2)?, *all.last()?);
    Some(Summary { count: all.len(), median_ms, max_ms })
}
