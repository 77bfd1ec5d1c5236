//! What the desk promised and to whom an incident goes: promises, cases at the supplier, hand-over (Q-13; R-5.3-4).

use super::verbs::{By, Facts, STATED_MAX_MS, no_such};
use super::{Incident, Mark, Marked, place};
use crate::fact::Body;
use crate::ids::{BlobId, PersonId};
use crate::refusal::Refusal;
use crate::time::Instant;
use crate::words::Label;
use serde::{Deserialize, Serialize};

/// Minutes for somebody to take what was handed over.
pub(super) const HAND_OVER_MINUTES: i64 = 15;
/// How far ahead a promise may lie.
const PROMISE_MAX_MS: i64 = 7 * STATED_MAX_MS;
/// The longest code of a severity.
const SEVERITY_MAX: usize = 40;

/// What was promised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PromiseKind {
    /// 折り返しの電話
    CallBack,
    /// 状況の確認
    Check,
    /// Anything else.
    Other,
}

impl PromiseKind {
    /// All, in the order of a form.
    pub const ALL: [Self; 3] = [Self::CallBack, Self::Check, Self::Other];

    /// As facts and forms write it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::CallBack => "call_back",
            Self::Check => "check",
            Self::Other => "other",
        }
    }

    /// As people say it.
    pub const fn label(self) -> Label {
        match self {
            Self::CallBack => Label::new("折り返しの電話", "Call back"),
            Self::Check => Label::new("状況の確認", "Check again"),
            Self::Other => Label::new("そのほか", "Something else"),
        }
    }
}

/// A promise with its instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promise {
    /// What.
    pub kind: PromiseKind,
    /// Until when.
    pub due: Instant,
    /// In which words.
    pub text: BlobId,
    /// The fact by which it was kept, with what came of it.
    pub kept: Option<Marked<Option<BlobId>>>,
}

/// A case at the supplier (AWS サポート).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SupplierCase {
    /// The supplier's number of it.
    pub number: BlobId,
    /// The severity it was opened with.
    pub severity: String,
    /// When it was opened there.
    pub opened: Instant,
    /// Answers: when they came, and what they said.
    pub answers: Vec<Marked<(Instant, BlobId)>>,
}

/// An incident given to another person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandOver {
    /// To whom; none to whoever comes next.
    pub to: Option<PersonId>,
    /// What the taker must know.
    pub text: BlobId,
}

impl Incident {
    /// A promise to the customer or to oneself: it stands as a duty until it is kept.
    ///
    /// # Errors
    /// Nobody has taken the incident, it has ended, or the instant is past or more than a week ahead.
    pub fn promise(&self, by: &By, kind: PromiseKind, due: Instant, text: BlobId) -> Facts {
        self.guarded("promise", by)?;
        if !(0..=PROMISE_MAX_MS).contains(&due.since_ms(by.now)) {
            return Err(Refusal::invalid(
                "due",
                "約束の時刻は、今から7日先までの間で入力してください。",
                "A promise lies ahead, at most seven days.",
            ));
        }
        Ok(vec![self.fact(by, Body::Promised { promise: kind, due, text })])
    }

    /// A promise was kept.
    ///
    /// # Errors
    /// There is no such promise, or it was kept already.
    pub fn keep_promise(&self, by: &By, promise: u32, text: Option<BlobId>) -> Facts {
        let found = place(promise).and_then(|place| self.promises.get(place)).ok_or_else(|| no_such("promise"))?;
        if found.what.kept.is_some() {
            return Err(Refusal::not_now("この約束は果たされています。", "This promise was kept already."));
        }
        Ok(vec![self.fact(by, Body::PromiseKept { promise, text })])
    }

    /// A case was opened at the supplier.
    ///
    /// # Errors
    /// Nobody has taken the incident, it has ended, the severity is missing, or the instant lies ahead or more than a day back.
    pub fn open_case(&self, by: &By, number: BlobId, severity: &str, opened: Instant) -> Facts {
        self.guarded("open_case", by)?;
        let severity = severity.trim().to_owned();
        if severity.is_empty() || severity.chars().count() > SEVERITY_MAX {
            return Err(Refusal::invalid(
                "severity",
                "起票した重大度を40文字までで入力してください。",
                "Give the severity it was opened with, in at most 40 characters.",
            ));
        }
        within_a_day(by.now, opened, "opened")?;
        Ok(vec![self.fact(by, Body::SupplierCaseOpened { number, severity, opened })])
    }

    /// The supplier answered.
    ///
    /// # Errors
    /// There is no such case, or the instant lies ahead or more than a day back.
    pub fn answer_case(&self, by: &By, case: u32, at: Instant, text: BlobId) -> Facts {
        place(case).and_then(|place| self.cases.get(place)).ok_or_else(|| no_such("case"))?;
        within_a_day(by.now, at, "at")?;
        Ok(vec![self.fact(by, Body::SupplierCaseAnswered { case, at, text })])
    }

    /// 引き継ぎ: the giver keeps it until somebody takes it.
    ///
    /// # Errors
    /// Nobody has taken the incident, it has ended, or it would go to who has it.
    pub fn hand_over(&self, by: &By, to: Option<PersonId>, text: BlobId) -> Facts {
        self.guarded("hand_over", by)?;
        if to.is_some() && to.as_ref() == self.taken.as_ref().map(|taken| &taken.what) {
            return Err(Refusal::invalid(
                "to",
                "いまの担当者です。別の人を選ぶか、空欄にしてください。",
                "They have it already. Choose another person, or nobody.",
            ));
        }
        Ok(vec![self.fact(by, Body::HandedOver { to, text })])
    }

    /// What was handed over and nobody has taken yet.
    pub fn handed_over(&self) -> Option<&Marked<HandOver>> {
        let last = self.hand_overs.last()?;
        let is_taken = self.taken.as_ref().is_some_and(|taken| taken.mark.seq > last.mark.seq);
        (!is_taken).then_some(last)
    }

    /// Promises not kept yet, with their numbers from 1.
    pub fn open_promises(&self) -> impl Iterator<Item = (u32, &Marked<Promise>)> {
        (1..).zip(&self.promises).filter(|(_, promise)| promise.what.kept.is_none())
    }

    /// Adds a fact about promises, cases and hand-over; none where it names what is not there.
    pub(super) fn apply_promise(&mut self, body: &Body, mark: Mark) -> Option<()> {
        match body.clone() {
            Body::Promised { promise, due, text } => {
                self.promises.push(Marked { mark, what: Promise { kind: promise, due, text, kept: None } });
            }
            Body::PromiseKept { promise, text } => {
                self.promises.get_mut(place(promise)?)?.what.kept = Some(Marked { mark, what: text });
            }
            Body::SupplierCaseOpened { number, severity, opened } => {
                self.cases.push(Marked { mark, what: SupplierCase { number, severity, opened, answers: vec![] } });
            }
            Body::SupplierCaseAnswered { case, at, text } => {
                self.cases.get_mut(place(case)?)?.what.answers.push(Marked { mark, what: (at, text) });
            }
            Body::HandedOver { to, text } => self.hand_overs.push(Marked { mark, what: HandOver { to, text } }),
            _ => return None,
        }
        Some(())
    }
}

fn within_a_day(now: Instant, at: Instant, field: &'static str) -> Result<(), Refusal> {
    if (0..=STATED_MAX_MS).contains(&now.since_ms(at)) {
        return Ok(());
    }
    Err(Refusal::invalid(
        field,
        "時刻は今から24時間前までの間で入力してください。",
        "The time must lie within the last 24 hours.",
    ))
}
