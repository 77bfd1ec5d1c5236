//! The auditor's own reading of a contact plan: whom the customer named, when, for what (R-4.2.2-5 to -7; ).

use super::days;
use crate::claims::At;
use jiff::civil::Date;
use serde::Deserialize;

/// One version of a plan, with when it is valid and where it was recorded.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) project: String,
    pub(crate) version: u32,
    pub(crate) valid_from: At,
    pub(crate) seq: u64,
    pub(crate) text: Text,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Text {
    pub(crate) contacts: Vec<Contact>,
    pub(crate) waived_by: Option<String>,
    pub(crate) rounds: Rounds,
    /// How what recovered by itself is told: `phone` or `ticket`.
    pub(crate) self_recovery: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Rounds {
    pub(crate) every_minutes: At,
    pub(crate) for_minutes: At,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Contact {
    pub(crate) id: String,
    pub(crate) phone: String,
    pub(crate) mail: String,
    hours: Hours,
    services: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
struct Hours {
    days: String,
    from_minute: At,
    to_minute: At,
}

/// When, and about what.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Occasion<'a> {
    pub(crate) at: At,
    pub(crate) service: Option<&'a str>,
    pub(crate) closures: &'a [Date],
}

impl Contact {
    fn may_be_called(&self, on: &Occasion<'_>) -> bool {
        let is_for = |service: &str| {
            let fits = |own: &String| own.strip_suffix('*').map_or(own == service, |begin| service.starts_with(begin));
            self.services.is_empty() || self.services.iter().any(fits)
        };
        !self.phone.is_empty() && on.service.is_none_or(is_for) && self.hours.contain(on)
    }
}

impl Hours {
    fn contain(&self, on: &Occasion<'_>) -> bool {
        let minute = days::minute(on.at);
        let end = if self.to_minute == 0 { 1440 } else { self.to_minute };
        let Some(today) = days::date(on.at) else { return true };
        let fits = |date: Date| match self.days.as_str() {
            "business" => days::is_business(date, on.closures),
            "non_business" => !days::is_business(date, on.closures),
            _ => true,
        };
        let is_over_midnight = self.from_minute >= end;
        if is_over_midnight && minute < end {
            return today.yesterday().is_ok_and(fits) || (minute >= self.from_minute && fits(today));
        }
        minute >= self.from_minute && (is_over_midnight || minute < end) && fits(today)
    }
}

impl Text {
    /// Ids of those who may be called, with their ranks, in the customer's order.
    pub(crate) fn valid(&self, on: &Occasion<'_>) -> Vec<(u32, &str)> {
        let ranked = (1..).zip(&self.contacts).filter(|(_, contact)| contact.may_be_called(on));
        ranked.map(|(rank, contact)| (rank, contact.id.as_str())).collect()
    }

    pub(crate) fn rank(&self, id: &str) -> Option<u32> {
        (1..).zip(&self.contacts).find(|(_, contact)| contact.id == id).map(|(rank, _)| rank)
    }

    /// Whether a call to somebody is the first call of Q-03: they are the first who may be called or, where nobody may be any
    /// more, the one whose call the notice asked for (anybody, where that one is no longer in the plan).
    pub(crate) fn is_first(&self, id: &str, asked_for: Option<&str>, on: &Occasion<'_>) -> bool {
        match (self.valid(on).first(), asked_for) {
            (Some((_, first)), _) => *first == id,
            (None, Some(asked_for)) => asked_for == id || self.rank(asked_for).is_none(),
            (None, None) => false,
        }
    }
}
