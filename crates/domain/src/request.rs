//! The request ご依頼: a fold over its facts (R-4.1-*, R-4.1.1-*, R-5.3-*; procedures:
//! machine request).
//!
//! [`Request::fold`] reads facts, [`verbs`] return new ones, [`clock`] says when it is due and how it came out, [`duty`] what is
//! owed next. Waiting, approval, exception and urgency are facets beside the state, never states.

pub mod clock;
pub mod duty;
mod fold;
mod guard;
pub mod page;
mod state;
#[cfg(test)]
mod tests;
pub mod verbs;

pub use state::State;

use crate::attachment::Attachment;
use crate::calendar::Calendar;
use crate::catalogue::Class;
use crate::ids::{BlobId, MessageId, PersonId, ProjectKey, RecordKey};
use crate::incident::{Delivery, Mark, Marked};
use crate::process::Process;
use crate::secret::Secret;
use crate::time::Instant;
use crate::words::Label;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// 優先度 of a request: a wish about the date, never a severity (C-21; R-4.1.1-4 to -7).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Pace {
    /// 高：標準日数より急ぎたい. The target stays until an earlier date is agreed.
    High,
    /// 中：標準日数通り
    #[default]
    Middle,
    /// 低：検討したい (実施日程は未定). Not due until a date is agreed (C-11).
    Low,
}

impl Pace {
    /// All, as a form lists them.
    pub const ALL: [Self; 3] = [Self::High, Self::Middle, Self::Low];

    /// The code in facts, forms and the API.
    pub const fn code(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Middle => "middle",
            Self::Low => "low",
        }
    }

    /// Its name.
    pub const fn label(self) -> Label {
        match self {
            Self::High => Label::new("高", "High"),
            Self::Middle => Label::new("中", "Middle"),
            Self::Low => Label::new("低", "Low"),
        }
    }

    /// What it is for, in the words of the service description.
    pub const fn meaning(self) -> Label {
        match self {
            Self::High => Label::new("標準日数より急ぎたい", "Sooner than the standard days"),
            Self::Middle => Label::new(
                "標準日数通り [通常時はこちらをご選択ください]",
                "In the standard days [the ordinary choice]",
            ),
            Self::Low => Label::new("検討したい (実施日程は未定)", "To be considered (no date yet)"),
        }
    }
}

/// By which way a request came (R-4.1-1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// チケット, by the customer.
    Ticket,
    /// 電話, written down by staff (R-4.1.2-*).
    Telephone,
    /// Registered by the provider for the customer.
    Provider,
}

impl Channel {
    /// The code in facts and the API.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Ticket => "ticket",
            Self::Telephone => "telephone",
            Self::Provider => "provider",
        }
    }

    /// As people say it.
    pub const fn label(self) -> Label {
        match self {
            Self::Ticket => Label::new("チケット", "Ticket"),
            Self::Telephone => Label::new("電話", "Telephone"),
            Self::Provider => Label::new("当社起票", "Filed by us"),
        }
    }
}

/// What was asked for, as the catalogue had it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Filing {
    /// Code of the entry.
    pub entry: String,
    /// 種別, as it was then.
    pub kind: String,
    /// Name of its row in the tables, as it was then.
    pub report: String,
    /// Its class.
    pub class: Class,
    /// 標準日数, 1 to 250 business days.
    pub days: u16,
    /// Version of the catalogue; 0 for the one that ships.
    pub catalogue: u32,
    /// Whether the work affects the service, so that both sides approve before it begins.
    pub affects: bool,
}

/// The first fact of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Filed {
    /// Its project.
    pub project: ProjectKey,
    /// Its number in the project.
    pub number: u64,
    /// From when its clock runs.
    pub received: Instant,
    /// By which way it came.
    pub channel: Channel,
    /// Its title.
    pub title: BlobId,
    /// What was filled in: a JSON object by field code.
    pub details: BlobId,
    /// What was asked for.
    pub filing: Filing,
    /// 優先度
    pub pace: Pace,
    /// 実施希望日
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wished: Option<Date>,
    /// The due that was promised; none without a date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Instant>,
    /// 緊急
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub urgent: bool,
    /// 担当者: the person of ours it is meant for, by name; none for MSP, the group (R-4.1.1-2, -3).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignee: Option<BlobId>,
    /// Where that was arranged beforehand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arrangement: Option<BlobId>,
    /// The request it was split off; its clock runs from the receipt of that one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub split_from: Option<RecordKey>,
    /// Version of the procedure under which it was filed; it keeps that version. None: the one that shipped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edition: Option<u32>,
}

/// A question to the customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Its text.
    pub text: BlobId,
    /// The customer's answer.
    pub answer: Option<Marked<BlobId>>,
}

/// A date or a window that the desk offered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The day or the beginning of the window.
    pub from: Instant,
    /// The end of the window; none for a day.
    pub to: Option<Instant>,
    /// In which words.
    pub text: Option<BlobId>,
    /// What the customer said: yes or no.
    pub reply: Option<Marked<bool>>,
}

impl Offer {
    /// Whether the customer agreed to it.
    pub fn is_agreed(&self) -> bool {
        self.reply.as_ref().is_some_and(|reply| reply.what)
    }

    /// When it is over: the end of the window, or 19:00 of the day.
    pub fn ends(&self, calendar: &Calendar) -> Instant {
        self.to.unwrap_or_else(|| calendar.closing_of(calendar.date_of(self.from)))
    }
}

/// A completion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// What came of the work.
    pub result: BlobId,
    /// When it was done and told.
    pub at: Instant,
    /// Whether that instant was stated afterwards.
    pub stated: bool,
}

/// 特段の事情 (R-4.1.3-7).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exception {
    /// The new due.
    pub due: Instant,
    /// Why.
    pub reason: BlobId,
    /// What the customer was told.
    pub text: BlobId,
}

/// How things stood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// After the work; before it otherwise.
    pub after: bool,
    /// In words.
    pub text: BlobId,
}

/// How a request ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The customer confirmed, or five business days passed.
    Closed {
        /// Whether nobody confirmed.
        automatic: bool,
    },
    /// It is no work of the desk.
    OutOfScope {
        /// Where to go instead.
        guidance: BlobId,
    },
    /// It was called off.
    Cancelled,
}

/// A request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// `KEY-n`.
    pub key: RecordKey,
    /// The procedure it goes by: the version under which it was filed.
    pub procedure: Arc<Process>,
    /// Which version that is; none: the one that shipped.
    pub edition: Option<u32>,
    /// Its project.
    pub project: ProjectKey,
    /// Its number in the project.
    pub number: u64,
    /// The fact that filed it.
    pub filed: Mark,
    /// From when its clock runs: the filing, or the beginning of the call.
    pub received: Instant,
    /// By which way it came.
    pub channel: Channel,
    /// Its title.
    pub title: BlobId,
    /// What was filled in: a JSON object by field code.
    pub details: BlobId,
    /// What was asked for; the last entry counts.
    pub filing: Filing,
    /// How often it was filed under another entry.
    pub reclassified: Vec<Mark>,
    /// 優先度
    pub pace: Pace,
    /// 実施希望日
    pub wished: Option<Date>,
    /// The due that was promised when it was filed; none without a date.
    pub promised: Option<Instant>,
    /// 担当者 by name and where that was arranged; none for MSP, the group (R-4.1.1-2, -3).
    pub meant_for: Option<(BlobId, Option<BlobId>)>,
    /// Since when it is urgent (緊急; C-12).
    pub urgent: Option<Mark>,
    /// Where it stands.
    pub state: State,
    /// What a person acting on it must have seen: the number of its facts that count.
    pub version: u64,
    /// Seq of its last fact.
    pub last_seq: u64,
    /// Instant of its last fact.
    pub as_of: Instant,
    /// Who holds it.
    pub taken: Option<Marked<PersonId>>,
    /// How the work is to go.
    pub plan: Option<Marked<BlobId>>,
    /// The customer's approval of work that affects the service, and ours.
    pub approved: (Option<Mark>, Option<Mark>),
    /// Stretches in which our side had approved and the customer had not: from when, until what ended it.
    pub consents: Vec<Marked<Option<Mark>>>,
    /// When the work began.
    pub begun: Option<Mark>,
    /// Questions to the customer.
    pub questions: Vec<Marked<Question>>,
    /// Dates and windows offered.
    pub offers: Vec<Marked<Offer>>,
    /// Completions; the last counts.
    pub completions: Vec<Marked<Completion>>,
    /// Times the customer gave it back, and why.
    pub returns: Vec<Marked<BlobId>>,
    /// 特段の事情, the earliest first; the last set the due.
    pub exceptions: Vec<Marked<Exception>>,
    /// The fact that its due passed, and which due that was.
    pub breached: Option<Marked<Instant>>,
    /// Why the due was missed and what is done about it, as the customer was told (R-5.3-12).
    pub explained: Option<Marked<BlobId>>,
    /// What was written to the customer or by them, and notes among ourselves.
    pub messages: Vec<Marked<Message>>,
    /// How things stood before and after the work.
    pub evidence: Vec<Marked<Evidence>>,
    /// What second persons checked.
    pub checked: Vec<Marked<BlobId>>,
    /// To the development team and back: whether it came back, and in which words (R-3.1-2).
    pub handed: Vec<Marked<(bool, BlobId)>>,
    /// The request it was split off.
    pub split_from: Option<RecordKey>,
    /// What was split off it.
    pub parts: Vec<Marked<RecordKey>>,
    /// Tickets that belong to it.
    pub links: Vec<Marked<RecordKey>>,
    /// Files that either side added.
    pub files: Vec<Marked<Attachment>>,
    /// Secrets that were handed over to be read once.
    pub secrets: Vec<Marked<Secret>>,
    /// Pages to staff.
    pub pages: BTreeMap<MessageId, page::Page>,
    /// What was told by mail, and how each attempt went.
    pub deliveries: BTreeMap<MessageId, Delivery>,
    /// When somebody was last reminded that the customer heard nothing.
    pub silence: Option<Instant>,
    /// How it ended.
    pub ending: Option<Marked<Ending>>,
}

/// Something said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its text.
    pub text: BlobId,
    /// By the customer.
    pub from_customer: bool,
    /// Among ourselves: the customer does not see it.
    pub internal: bool,
}

impl Request {
    /// The completion that counts, while the work is not given back.
    pub fn completion(&self) -> Option<&Marked<Completion>> {
        self.completions.last()
    }

    /// Whether both sides approved, where they have to.
    pub const fn is_approved(&self) -> bool {
        !self.filing.affects || matches!(self.approved, (Some(_), Some(_)))
    }

    /// The last date or window that both sides agreed to.
    pub fn agreed(&self) -> Option<&Marked<Offer>> {
        self.offers.iter().rev().find(|offer| offer.what.is_agreed())
    }

    /// The work that both sides agreed to and that is not completed yet: from when to when.
    pub fn work_ahead(&self, calendar: &Calendar) -> Option<(Instant, Instant)> {
        let agreed = self.agreed().filter(|_| self.state.is_in_hand())?;
        Some((agreed.what.from, agreed.what.ends(calendar)))
    }

    /// Whether its due passed and the completion that counts, if any, came later.
    pub fn is_missed(&self) -> bool {
        let in_time = |due: Instant| self.completion().is_some_and(|done| done.what.at <= due);
        self.breached.as_ref().is_some_and(|breached| self.state == State::Working || !in_time(breached.what))
    }

    /// Whether a miss, if there is one, was explained to the customer (R-5.3-12).
    pub fn is_explained(&self) -> bool {
        !self.is_missed() || self.explained.is_some()
    }

    /// 特段の事情 that set the due.
    pub fn exception(&self) -> Option<&Marked<Exception>> {
        self.exceptions.last()
    }

    /// Whether the development team has it.
    pub fn is_handed(&self) -> bool {
        self.handed.last().is_some_and(|handed| !handed.what.0)
    }

    /// Whether the state after the work was recorded since it was last given back.
    pub fn is_after_recorded(&self) -> bool {
        self.after_recorded().is_some()
    }

    fn after_recorded(&self) -> Option<u64> {
        let since = self.returns.last().map_or(0, |back| back.mark.seq);
        let after = self.evidence.iter().filter(|it| it.what.after && it.mark.seq > since);
        after.map(|it| it.mark.seq).next_back()
    }

    /// Whether work that affects the service has its states before and after and a second person's check of the latter.
    pub fn is_evidenced(&self) -> bool {
        let before = self.evidence.iter().any(|it| !it.what.after);
        let checked = |after: u64| self.checked.iter().any(|check| check.mark.seq > after);
        !self.filing.affects || (before && self.after_recorded().is_some_and(checked))
    }

    /// When it ended.
    pub fn ended_at(&self) -> Option<Instant> {
        self.ending.as_ref().map(|ending| ending.mark.at)
    }
}
