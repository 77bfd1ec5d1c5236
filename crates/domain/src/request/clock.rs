//! When a request is due, what was counted, and how it came out (R-3.3.2-*, R-4.1.1-7, -13; C-08 to C-11; ).
//!
//! - The standard due is 19:00 on the N-th business day after the day of receipt. 低 has none until a date is agreed.
//! - An agreed later date governs; both are kept. An agreed earlier date is a second target beside the standard one.
//! - 特段の事情 sets another due; the request counts apart.
//! - While the only missing act is the customer's, it is held: each whole business day d with asked < d <= answered moves the due
//!   by one. What stays is the raw due beside the adjusted one, and whether it was met by the hold only.
//! - A date that was agreed or set stands as it was told: days held before it moved the due before it, and do not move it again.
//! - What is asked or offered once the due has passed holds nothing and rescues nothing.
//! - The completion ends all waiting: what is answered or agreed to afterwards moves nothing, also where the work is given back.
//! - What stops the clock is the completion, never an answer.

use super::{Exception, Offer, Request};
use crate::calendar::{BusinessDays, Calendar, OutOfTable};
use crate::clocks::{Verdict, request};
use crate::incident::{Mark, Marked};
use crate::time::Instant;
use crate::words::Label;
use jiff::civil::Date;
use std::collections::BTreeSet;

/// What the customer was waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Awaited {
    /// An answer to a question.
    Answer,
    /// A word on an offered date.
    Date,
    /// The approver's consent, after our own side approved.
    Consent,
}

impl Awaited {
    /// The code in the database and the API.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::Date => "date",
            Self::Consent => "consent",
        }
    }

    /// What is waited for by its code.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Answer, Self::Date, Self::Consent].into_iter().find(|it| it.code() == code)
    }

    /// As people say it.
    pub const fn label(self) -> Label {
        match self {
            Self::Answer => Label::new("ご回答待ち", "waiting for your answer"),
            Self::Date => Label::new("日程のご返答待ち", "waiting for your word on the date"),
            Self::Consent => Label::new("承認待ち", "waiting for your approval"),
        }
    }
}

/// お客様確認待ち: a stretch in which the only missing act was the customer's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    /// For what.
    pub awaited: Awaited,
    /// The fact that asked.
    pub asked: Mark,
    /// The fact that answered, or made the asking void; none while it lasts.
    pub answered: Option<Mark>,
}

/// How the clock of a request stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clock {
    /// The standard due; none for 低 without an agreed date.
    pub standard: Option<Instant>,
    /// The due by an agreed date, where it is later.
    pub agreed: Option<Instant>,
    /// An agreed date before the standard due: a target of its own.
    pub earlier: Option<Instant>,
    /// The due that governs, without holds.
    pub raw: Option<Instant>,
    /// The business days that holds took out.
    pub held: BTreeSet<Date>,
    /// The due that governs, with holds; none where it is not dated.
    pub due: Option<Instant>,
    /// Whether a hold lasts: then nothing is due meanwhile.
    pub on_hold: bool,
    /// Whether 特段の事情 set the due.
    pub excepted: bool,
    /// When the work was completed.
    pub done: Option<Instant>,
}

impl Clock {
    /// How it came out by the due that governs, as of an instant.
    pub fn verdict(&self, as_of: Instant) -> Verdict {
        let Some(due) = self.due else { return if self.done.is_some() { Verdict::Met } else { Verdict::Open } };
        match (self.done, self.on_hold) {
            (None, true) => Verdict::Open,
            _ => request::verdict(due, self.done, Some(as_of)),
        }
    }

    /// How it would have come out without holds.
    pub fn raw_verdict(&self, as_of: Instant) -> Verdict {
        self.raw.map_or(self.verdict(as_of), |raw| request::verdict(raw, self.done, Some(as_of)))
    }

    /// Whether it was met by a hold only.
    pub fn met_by_hold(&self, as_of: Instant) -> bool {
        self.verdict(as_of) == Verdict::Met && self.raw_verdict(as_of) == Verdict::Missed
    }
}

impl Request {
    /// The stretches in which the only missing act was the customer's, in the order of their asking.
    pub fn holds(&self) -> Vec<Hold> {
        let ended = self.ending.as_ref().map(|ending| &ending.mark);
        let until = |asked: &Mark, answer: Option<&Mark>| {
            let done = self.completed_after(asked.seq);
            answer.or(ended).cloned().into_iter().chain(done).min_by_key(|mark| mark.seq)
        };
        let mut holds = vec![];
        for question in &self.questions {
            let answered = until(&question.mark, question.what.answer.as_ref().map(|answer| &answer.mark));
            holds.push(Hold { awaited: Awaited::Answer, asked: question.mark.clone(), answered });
        }
        for (place, offer) in self.offers.iter().enumerate() {
            // A newer offer replaces one that was not answered.
            let replaced = self.offers.get(place + 1).map(|next| &next.mark);
            let answered = until(&offer.mark, offer.what.reply.as_ref().map(|reply| &reply.mark).or(replaced));
            holds.push(Hold { awaited: Awaited::Date, asked: offer.mark.clone(), answered });
        }
        for consent in &self.consents {
            let answered = until(&consent.mark, consent.what.as_ref());
            holds.push(Hold { awaited: Awaited::Consent, asked: consent.mark.clone(), answered });
        }
        holds.sort_by_key(|hold| hold.asked.seq);
        holds
    }

    /// The first completion after a fact, at its own instant: nobody is waited for any more, also where the work is given back.
    fn completed_after(&self, seq: u64) -> Option<Mark> {
        let first = self.completions.iter().find(|done| done.mark.seq > seq)?;
        Some(Mark { at: first.what.at, ..first.mark.clone() })
    }

    /// The hold that lasts, where there is one.
    pub fn on_hold(&self) -> Option<Hold> {
        let done = self.state == super::State::Completed || self.state.is_final();
        self.holds().into_iter().find(|hold| hold.answered.is_none() && !done)
    }

    /// How the clock stands; `as_of` ends a hold that lasts.
    ///
    /// # Errors
    /// Counting leaves the holiday table.
    pub fn clock(&self, calendar: &Calendar, as_of: Instant) -> Result<Clock, OutOfTable> {
        let days = BusinessDays::new(self.filing.days.into()).unwrap_or(self.filing.class.days());
        let counted = request::due(self.received, days, calendar)?;
        // A change of the calendar never moves a due earlier.
        let standard = (self.pace != super::Pace::Low).then(|| self.promised.map_or(counted, |was| was.max(counted)));
        let completed = self.completion().filter(|_| !matches!(self.state, super::State::Working));
        let done = completed.map(|it| it.what.at);
        let mut course = Course::new(standard, calendar);
        for moment in self.moments() {
            match moment {
                Moment::Held(hold) => course.hold(hold, done, as_of)?,
                Moment::Agreed(offer, at) => course.agree(offer, at)?,
                Moment::Excepted(exception) => course.except(exception),
            }
        }
        let Course { base, agreed, earlier, .. } = course;
        let held = course.held_after(course.since, None);
        let due = course.due(None)?;
        let on_hold = done.is_none() && course.holds.iter().any(|hold| hold.answered.is_none());
        let excepted = !self.exceptions.is_empty();
        Ok(Clock { standard, agreed, earlier, raw: base, held, due, on_hold, excepted, done })
    }

    /// What moves the due, in the order in which it happened. A date agreed to after the completion moves nothing.
    fn moments(&self) -> Vec<Moment<'_>> {
        let mut moments: Vec<(u64, Moment<'_>)> =
            self.holds().into_iter().map(|hold| (hold.asked.seq, Moment::Held(hold))).collect();
        for offer in self.offers.iter().filter(|offer| offer.what.is_agreed()) {
            let done = self.completed_after(offer.mark.seq).map_or(u64::MAX, |done| done.seq);
            let reply = offer.what.reply.as_ref().map(|reply| &reply.mark).filter(|reply| reply.seq < done);
            moments.extend(reply.map(|reply| (reply.seq, Moment::Agreed(offer, reply.at))));
        }
        moments.extend(self.exceptions.iter().map(|it| (it.mark.seq, Moment::Excepted(it))));
        moments.sort_by_key(|(seq, _)| *seq);
        moments.into_iter().map(|(_, moment)| moment).collect()
    }
}

/// Something that moves the due.
enum Moment<'a> {
    Held(Hold),
    Agreed(&'a Marked<Offer>, Instant),
    Excepted(&'a Marked<Exception>),
}

/// The due on its way through what moves it.
struct Course<'a> {
    calendar: &'a Calendar,
    /// What governs where nothing is agreed: the standard due or that of 特段の事情, and the day after which holds move it.
    floor: (Option<Instant>, Option<Date>),
    /// What governs, without holds.
    base: Option<Instant>,
    /// The day on which it was set: holds move it by the days after that.
    since: Option<Date>,
    agreed: Option<Instant>,
    earlier: Option<Instant>,
    /// The holds that count, and every business day in them.
    holds: Vec<Hold>,
    days: BTreeSet<Date>,
}

impl<'a> Course<'a> {
    const fn new(standard: Option<Instant>, calendar: &'a Calendar) -> Self {
        let floor = (standard, None);
        Self {
            calendar,
            floor,
            base: standard,
            since: None,
            agreed: None,
            earlier: None,
            holds: vec![],
            days: BTreeSet::new(),
        }
    }

    /// The days that were held after one day and until another.
    fn held_after(&self, since: Option<Date>, until: Option<Date>) -> BTreeSet<Date> {
        let counts = |day: &&Date| since.is_none_or(|since| **day > since) && until.is_none_or(|until| **day <= until);
        self.days.iter().filter(counts).copied().collect()
    }

    fn moved(&self, from: (Option<Instant>, Option<Date>), until: Option<Date>) -> Result<Option<Instant>, OutOfTable> {
        let days = self.held_after(from.1, until).len();
        match (from.0, u64::try_from(days).ok().and_then(|days| BusinessDays::new(days).ok())) {
            (Some(due), Some(days)) => self.calendar.business_days_after(due, days).map(Some),
            (due, _) => Ok(due),
        }
    }

    /// The due that governs, with what was held until a day.
    fn due(&self, until: Option<Date>) -> Result<Option<Instant>, OutOfTable> {
        self.moved((self.base, self.since), until)
    }

    /// The customer is waited for: from when it was asked until the answer, the completion, or now. What was asked once the due
    /// had passed holds nothing.
    fn hold(&mut self, hold: Hold, done: Option<Instant>, as_of: Instant) -> Result<(), OutOfTable> {
        let asked = hold.asked.at;
        let lasts = self.holds.iter().any(|it| it.answered.as_ref().is_none_or(|answer| answer.seq > hold.asked.seq));
        let due = self.due(Some(self.calendar.date_of(asked)))?;
        if !lasts && due.is_some_and(|due| asked > due) {
            return Ok(());
        }
        let until = hold.answered.as_ref().map_or(as_of, |mark| mark.at);
        let until = done.map_or(until, |done| until.min(done));
        let (mut day, last) = (self.calendar.date_of(asked), self.calendar.date_of(until));
        while day < last {
            day = day.tomorrow().map_err(|_| OutOfTable(day))?;
            if self.calendar.is_business_day(day)? {
                self.days.insert(day);
            }
        }
        self.holds.push(hold);
        Ok(())
    }

    /// A date was agreed: a later one governs, an earlier one is a second target.
    fn agree(&mut self, offer: &Marked<Offer>, at: Instant) -> Result<(), OutOfTable> {
        if !self.holds.iter().any(|hold| hold.asked.seq == offer.mark.seq) {
            return Ok(());
        }
        let day = self.calendar.date_of(at);
        let on = offer.what.ends(self.calendar);
        let floor = self.moved(self.floor, Some(day))?;
        if floor.is_none_or(|floor| on > floor) {
            (self.base, self.since) = (Some(on), Some(day));
            (self.agreed, self.earlier) = (Some(on), None);
        } else {
            (self.base, self.since) = self.floor;
            (self.agreed, self.earlier) = (None, floor.filter(|floor| on < *floor).map(|_| on));
        }
        Ok(())
    }

    fn except(&mut self, exception: &Marked<Exception>) {
        self.floor = (Some(exception.what.due), Some(self.calendar.date_of(exception.mark.at)));
        (self.base, self.since) = self.floor;
    }
}

/// 19:00 of a wished day, and whether it lies at or after the standard due (R-4.1.1-8; C-10: day N).
pub fn wished_fits(wished: Date, standard: Instant, calendar: &Calendar) -> bool {
    calendar.date_of(standard) <= wished
}
