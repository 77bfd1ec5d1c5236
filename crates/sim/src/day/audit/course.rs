//! The due of a ticket, counted by hand: standard days, holds, agreed dates, 特段の事情 (R-3.3.2-*, R-4.1.1-*, R-4.1.3-7,
//!

use super::super::calendar::{At, Day, Days, day_of};
use super::book::{Asking, Book, Set};
use std::collections::BTreeSet;

/// How the due came about.
#[derive(Clone, Debug, Default)]
pub(super) struct Course {
    pub(super) raw: Option<At>,
    pub(super) due: Option<At>,
    /// The days that moved it.
    pub(super) held: BTreeSet<Day>,
    /// An agreed date before the due that governs otherwise.
    pub(super) earlier: Option<At>,
    pub(super) agreed: bool,
    /// Whether the customer is waited for since before the due.
    pub(super) waits: bool,
}

/// A date, and the day from which on holds move it.
type Target = (Option<At>, Day);

const EVER: Day = Day::MIN;

fn later(days: &Days, (date, since): Target, held: &BTreeSet<Day>, until: Day) -> Option<At> {
    let moved = held.iter().filter(|day| **day > since && **day <= until).count();
    date.map(|date| if moved == 0 { date } else { days.due(date, moved) })
}

impl Book {
    /// The whole business days in which the customer was waited for after one asking.
    fn waited(&self, asking: &Asking, days: &Days, now: At) -> BTreeSet<Day> {
        let until = asking.ends().map_or(now, |(_, at)| at).min(self.done().unwrap_or(At::MAX));
        (day_of(asking.at) + 1..=day_of(until)).filter(|day| days.is_open(*day)).collect()
    }

    pub(super) fn course(&self, days: &Days, now: At) -> Course {
        let standard = (!self.undated).then(|| self.promised.max(days.due(self.received, self.days)));
        let mut course = Course::default();
        // What governs, and what would govern without any agreed date.
        let (mut target, mut otherwise): (Target, Target) = ((standard, EVER), (standard, EVER));
        let mut valid: Vec<&Asking> = vec![];
        let mut held = BTreeSet::new();
        let askings = self.askings.iter().map(|asking| (asking.seq, Some(asking), None));
        let sets = self.sets.iter().map(|(seq, at, set)| (*seq, None, Some((*at, *set))));
        let mut all: Vec<_> = askings.chain(sets).collect();
        all.sort_by_key(|(seq, ..)| *seq);
        for (seq, asking, set) in all {
            if let Some(asking) = asking {
                // Once the due has passed nothing is waited for; while something is, it cannot pass.
                let stands = later(days, target, &held, day_of(asking.at));
                let under_way = valid.iter().any(|it| it.ends().is_none_or(|(over, _)| over > seq));
                if under_way || stands.is_none_or(|due| asking.at <= due) {
                    held.extend(self.waited(asking, days, now));
                    valid.push(asking);
                }
            }
            match set {
                Some((at, Set::Excepted(due))) => {
                    otherwise = (Some(due), day_of(at));
                    target = otherwise;
                }
                Some((at, Set::Agreed(offer))) => {
                    let in_time = |it: &&&Asking| it.seq == offer && it.moot.is_none_or(|(done, _)| seq < done);
                    let Some(offer) = valid.iter().find(in_time) else { continue };
                    let floor = later(days, otherwise, &held, day_of(at));
                    let is_later = floor.is_none_or(|floor| offer.date > floor);
                    target = if is_later { (Some(offer.date), day_of(at)) } else { otherwise };
                    course.agreed = is_later;
                    course.earlier = (!is_later && floor != Some(offer.date)).then_some(offer.date);
                }
                None => {}
            }
        }
        course.raw = target.0;
        course.due = later(days, target, &held, Day::MAX);
        course.held = held.into_iter().filter(|day| *day > target.1).collect();
        course.waits = self.done().is_none() && !self.has_ended() && valid.iter().any(|asking| asking.ends().is_none());
        course
    }
}
