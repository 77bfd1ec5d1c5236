//! What is owed at an instant: the verdict, the warnings and reminders, the closing (Q-08, Q-13; R-5.3-11, -12).

use super::super::calendar::{At, Days, at_hour, day_of};
use super::book::Book;
use super::{Claims, Judged};

/// Timers are looked at so late at most, an outage of ours included.
const LATE: At = 41 * 60_000;

fn verdict(due: At, done: Option<At>, now: At) -> Option<bool> {
    match done {
        Some(done) => Some(done <= due),
        None if now > due => Some(false),
        None => None,
    }
}

impl Book {
    /// What must be so.
    pub(super) fn claims(&self, days: &Days, now: At) -> Claims {
        let course = self.course(days, now);
        let done = self.done();
        let met = match course.due {
            None => done.map(|_| true),
            Some(_) if done.is_none() && course.waits => None,
            Some(due) => verdict(due, done, now),
        };
        let met_raw = course.raw.map_or(met, |raw| verdict(raw, done, now));
        let finished = self.state == "completed" || self.has_ended();
        let open = self.askings.iter().filter(|_| !finished).find(|asking| asking.ends().is_none());
        let mut timers = self.timers(days);
        timers.sort_unstable();
        Claims {
            state: self.state.to_owned(),
            raw: course.raw,
            due: course.due,
            held: course.held.len(),
            earlier: course.earlier,
            on_hold: course.waits,
            awaits: open.map(|asking| asking.what),
            excepted: self.excepted,
            done,
            met,
            met_raw,
            met_by_hold: met == Some(true) && met_raw == Some(false),
            missed: self.is_missed(),
            timers,
        }
    }

    /// The timers that stand after the last step.
    pub(super) fn timers(&self, days: &Days) -> Vec<(&'static str, At)> {
        let mut timers = vec![];
        if let Some((_, told, _)) = self.completed.filter(|_| self.state == "completed")
            && (!self.is_missed() || self.explained)
        {
            timers.push(("request_auto_close", days.due(told, 5)));
        }
        if !self.in_hand() {
            return timers;
        }
        let course = self.course(days, self.last);
        if let Some(due) = course.due.filter(|_| self.breach.is_none() && !course.waits) {
            let day = day_of(due);
            let mut warn = |kind, at: At| {
                if at > self.last {
                    timers.push((kind, at));
                }
            };
            warn("request_eve", at_hour(days.before(day), 10));
            warn("request_morning", at_hour(day, 10));
            warn("request_afternoon", at_hour(day, 16));
            if !self.taken {
                warn("request_not_taken", at_hour(day, 15));
            }
            timers.push(("request_due", due + 1));
        }
        let reminded = self.silence.is_some_and(|at| at >= self.word);
        if !reminded && self.askings.iter().all(|asking| asking.ends().is_some()) {
            timers.push(("request_silent", days.due(self.word, 2)));
        }
        timers
    }

    /// What nobody was told of in time, and what was told without being so.
    pub(super) fn silent_faults(&self, own: &Claims, now: At) -> Vec<String> {
        let mut wrong = vec![];
        let late = self.armed.iter().filter(|(_, at)| (*at).max(self.last) + LATE < now);
        wrong.extend(late.map(|(kind, at)| format!("{kind} of {at} has not fired")));
        let finished = own.done.is_some() && self.state != "working";
        if finished && own.met == Some(false) && !self.is_missed() {
            wrong.push("it was missed, and no fact says so".into());
        }
        if finished && own.met == Some(true) && self.is_missed() {
            wrong.push("it was met, and a fact says it was missed".into());
        }
        if self.in_hand() && self.breach.is_some() && own.met != Some(false) {
            wrong.push(format!("its due is said to have passed, but it stands as {:?} until {:?}", own.met, own.due));
        }
        wrong
    }

    /// How the table counts it; not at all without a date.
    pub(super) fn judged(&self, key: String, days: &Days, now: At) -> Option<Judged> {
        // Its header is as of its own last step.
        let course = self.course(days, self.last);
        let due = course.due?;
        let met = if self.done().is_none() && course.waits { None } else { verdict(due, self.done(), now) };
        let met_raw = course.raw.and_then(|raw| verdict(raw, self.done(), now)) != Some(false);
        let (excepted, held) = (self.excepted, !course.held.is_empty());
        let cancelled = ["cancelled", "out_of_scope"].contains(&self.state);
        Some(Judged { key, row: self.row, due, met, met_raw, excepted, held, cancelled })
    }
}
