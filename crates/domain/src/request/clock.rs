//! When a request is due, what was counted, and how it came out (R-3.3.2-*, R-4.1.1-7, -13; C-08 to C-11; ).
//!
//! - The standard due is 19:00 on the N-th business day after the day of receipt. 低 has none until a date is agreed.
//! - An agreed later date governs; both are kept. An agreed earlier date is a second target beside the standard one.
//! - 特段の事情 sets another due; the request counts apart.
//! - While the only missing act is the customer's, it is held: each whole business day d with asked < d <= answered moves the due
//!   by one. What stays is the raw due beside the adjusted one, and whether it was met by the hold only.
//! - What stops the clock is the completion, never an answer.

use super::Request;
use crate::calendar::{BusinessDays, Calendar, OutOfTable};
use crate::clocks::{Verdict, request};
use crate::incident::Mark;
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
        let until = |answer: Option<&Mark>| answer.or(self.ending.as_ref().map(|ending| &ending.mark)).cloned();
        let mut holds = vec![];
        for question in &self.questions {
            let answered = until(question.what.answer.as_ref().map(|answer| &answer.mark));
            holds.push(Hold { awaited: Awaited::Answer, asked: question.mark.clone(), answered });
        }
        for (place, offer) in self.offers.iter().enumerate() {
            // A newer offer replaces one that was not answered.
            let replaced = self.offers.get(place + 1).map(|next| &next.mark);
            let answered = until(offer.what.reply.as_ref().map(|reply| &reply.mark).or(replaced));
            holds.push(Hold { awaited: Awaited::Date, asked: offer.mark.clone(), answered });
        }
        if let (customer, Some(desk)) = &self.approved
            && self.filing.affects
            && customer.as_ref().is_none_or(|customer| customer.seq > desk.seq)
        {
            holds.push(Hold { awaited: Awaited::Consent, asked: desk.clone(), answered: until(customer.as_ref()) });
        }
        holds.sort_by_key(|hold| hold.asked.seq);
        holds
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
        let closing = |at: Instant| calendar.closing_of(calendar.date_of(at));
        // A change of the calendar never moves a due earlier.
        let standard = (self.pace != super::Pace::Low).then(|| self.promised.map_or(counted, |was| was.max(counted)));
        // What was offered once the due had passed rescues nothing.
        let mut agreed_on: Option<Instant> = None;
        for offer in self.offers.iter().filter(|offer| offer.what.is_agreed()) {
            let governs = agreed_on.max(standard);
            if governs.is_none_or(|governs| offer.mark.at <= governs) {
                agreed_on = Some(offer.what.to.unwrap_or_else(|| closing(offer.what.from)));
            }
        }
        let agreed = agreed_on.filter(|on| standard.is_none_or(|standard| *on > standard));
        let earlier = agreed_on.filter(|on| standard.is_some_and(|standard| *on < standard));
        let exception = self.exception.as_ref().map(|exception| exception.what.due);
        let raw = exception.or(agreed).or(standard);
        let done = self.completion().filter(|_| !matches!(self.state, super::State::Working)).map(|it| it.what.at);
        let mut held = BTreeSet::new();
        for hold in self.holds() {
            let until = hold.answered.as_ref().map_or(as_of, |mark| mark.at);
            let until = done.map_or(until, |done| until.min(done));
            let (mut day, last) = (calendar.date_of(hold.asked.at), calendar.date_of(until));
            while day < last {
                day = day.tomorrow().map_err(|_| OutOfTable(day))?;
                if calendar.is_business_day(day)? {
                    held.insert(day);
                }
            }
        }
        let due = match (raw, u64::try_from(held.len()).ok().and_then(|days| BusinessDays::new(days).ok())) {
            (Some(raw), Some(days)) => Some(calendar.business_days_after(raw, days)?),
            (raw, _) => raw,
        };
        let (excepted, on_hold) = (exception.is_some(), self.on_hold().is_some());
        Ok(Clock { standard, agreed, earlier, raw, held, due, on_hold, excepted, done })
    }
}

/// 19:00 of a wished day, and whether it lies at or after the standard due (R-4.1.1-8; C-10: day N).
pub fn wished_fits(wished: Date, standard: Instant, calendar: &Calendar) -> bool {
    calendar.date_of(standard) <= wished
}
