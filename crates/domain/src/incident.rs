//! The incident 障害: a fold over its facts (R-4.2-*, R-4.2.2-*; procedures: machine incident).
//!
//! [`Incident::fold`] reads facts, [`verbs`] return new ones, [`clock`] judges, [`duty`] says what is owed next. Nothing in
//! here loads, stores or sends.

pub mod afterwards;
mod brief;
pub mod calling;
mod cause;
pub mod clock;
pub(crate) mod delivery;
pub mod duty;
pub mod escalation;
pub mod figures;
mod fold;
mod guard;
pub mod ledger;
pub mod major;
mod mending;
pub mod merging;
pub mod promise;
pub mod report;
mod slots;
mod state;
#[cfg(test)]
mod tests;
pub mod timer;
pub mod verbs;

pub use calling::{Call, CallBack, CallEnd, Calling, Consent, Reached};
pub use cause::CauseLink;
pub use escalation::{Escalation, Page};
pub use fold::Broken;
pub use mending::{RunbookTask, StepDone, Tick};
pub use merging::{Child, Merging};
pub use promise::{HandOver, Promise, SupplierCase};
pub use state::State;

use crate::access::{Actor, Role};
use crate::attachment::Attachment;
use crate::clocks::notice::AgreedTargets;
use crate::contact::Rounds;
use crate::fact::{Answer, AttemptOutcome, NoticeChannel, NoticeKind, Origin, ParentStanding, Reminder, Target, Voice};
use crate::fault::{Phone, Priority};
use crate::ids::{BlobId, ContactId, MessageId, PersonId, ProjectKey, RecordKey};
use crate::time::Instant;
use std::collections::BTreeMap;

/// Where something in an incident comes from: the fact behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Place of the fact in the tenant's chain.
    pub seq: u64,
    /// Its instant.
    pub at: Instant,
    /// Who did it.
    pub actor: Actor,
    /// In which role.
    pub role: Option<Role>,
}

/// Something together with the fact behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marked<T> {
    /// The fact.
    pub mark: Mark,
    /// What it said.
    pub what: T,
}

/// A judgement of impact (R-4.2.2-1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// サービス影響 有 or 無.
    pub impact: bool,
    /// Version of the customer's criteria it was judged by.
    pub criteria: u32,
    /// The answers, question by question.
    pub answers: Vec<Answer>,
    /// Whether it counts only once a second person confirms it, and the fact that did.
    pub second: Second,
    /// On a re-judgement to impact: whether the criteria held at the alert already.
    pub held_at_alert: Option<bool>,
    /// Why, on a re-judgement.
    pub reason: Option<BlobId>,
}

/// Whether a judgement needs a second person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Second {
    /// No second person is needed.
    NotNeeded,
    /// It does not count yet.
    Awaited,
    /// It counts since then.
    Confirmed(Mark),
}

impl Judgement {
    /// Whether it counts for the clocks.
    pub const fn counts(&self) -> bool {
        !matches!(self.second, Second::Awaited)
    }
}

impl Marked<Judgement> {
    /// The fact since which it counts: its own, or a second person's confirmation.
    pub const fn counts_since(&self) -> Option<&Mark> {
        match &self.what.second {
            Second::NotNeeded => Some(&self.mark),
            Second::Awaited => None,
            Second::Confirmed(mark) => Some(mark),
        }
    }
}

/// A publication to the customer that tells of the occurrence (障害発生連絡).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publication {
    /// Whether it told of impact.
    pub impact: bool,
    /// Its text.
    pub text: BlobId,
    /// Whether a call is owed beside it.
    pub voice: Voice,
    /// The first report it promised.
    pub next_due: Option<Instant>,
    /// When calls repeat and what ends them.
    pub rounds: Rounds,
}

/// One interim report (中間報告).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Its text.
    pub text: BlobId,
    /// The next report it promised.
    pub next_due: Option<Instant>,
}

/// A recovery that was found (復旧), until it is withdrawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovery {
    /// When the service was back, as stated.
    pub recovered_at: Instant,
    /// Data are as of this instant, where something was restored.
    pub recovery_point: Option<Instant>,
    /// The fact that took it back: a withdrawal or a recurrence.
    pub undone: Option<Mark>,
}

/// The notice that it is over (復旧連絡).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecoveryNotice {
    /// How it was confirmed.
    pub method: BlobId,
    /// By whom.
    pub confirmed_by: BlobId,
    /// How the customer was told.
    pub channel: NoticeChannel,
    /// The text.
    pub text: BlobId,
}

/// The end of an incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closure {
    /// Its class.
    pub class: String,
    /// Cause, or the problem that looks for it.
    pub cause: BlobId,
    /// Who confirmed; none where five business days passed in silence.
    pub confirmed_by: Option<BlobId>,
    /// Whether the desk closed it by itself.
    pub automatic: bool,
}

/// A false alarm (誤検知) and what the head of desk said to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FalseAlarm {
    /// Why it is none.
    pub grounds: BlobId,
    /// Whether it stands, once reviewed.
    pub review: Option<(Mark, bool)>,
}

/// What became of one message about this incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// When it was queued.
    pub queued: Mark,
    /// What it tells.
    pub notice: NoticeKind,
    /// `mail` or `webhook`.
    pub channel: String,
    /// To whom, where it goes to a contact.
    pub contact: Option<ContactId>,
    /// The attempts, in order.
    pub attempts: Vec<Marked<(AttemptOutcome, BlobId)>>,
    /// The fact that named it undelivered after five minutes.
    pub undelivered: Option<Mark>,
}

impl Delivery {
    /// When the customer's side took it over.
    pub fn delivered_at(&self) -> Option<Instant> {
        self.attempts.iter().find(|a| a.what.0 == AttemptOutcome::Delivered).map(|a| a.mark.at)
    }

    /// Whether it will not be tried again.
    pub fn is_refused(&self) -> bool {
        self.attempts.iter().any(|a| a.what.0 == AttemptOutcome::Refused)
    }
}

/// What tools told about one alert of the incident.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AlertStanding {
    /// Whether the tool last said that it is over.
    pub resolved: bool,
    /// Events counted by facts so far.
    pub total: u64,
    /// When it came out of a window of work, each time.
    pub carried: Vec<Instant>,
    /// How often it went from firing to over and back.
    pub changes: u64,
}

/// Changes from which on an alert is said to flap: over and back twice.
pub const FLAPPING_CHANGES: u64 = 4;

impl AlertStanding {
    /// Whether it goes on and off: told once, counted, and said so.
    pub const fn is_flapping(&self) -> bool {
        self.changes >= FLAPPING_CHANGES
    }
}

/// An incident as its facts tell it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incident {
    /// Its name.
    pub key: RecordKey,
    /// Its project.
    pub project: ProjectKey,
    /// Its number in the project.
    pub number: u64,
    /// Where it stands.
    pub state: State,
    /// Seq of the last fact a person must have seen before acting.
    pub version: u64,
    /// Seq of the last fact of any kind.
    pub last_seq: u64,
    /// Instant of the last fact that was not a tool's: as of then its header, timers and duties are kept.
    pub as_of: Instant,
    /// The fact that opened it.
    pub opened: Mark,
    /// Where it came from.
    pub origin: Origin,
    /// Its title.
    pub title: BlobId,
    /// The severity the tool gave.
    pub severity: String,
    /// The targets it is judged by.
    pub targets: AgreedTargets,
    /// Version of the agreement they come from; none is flagged (R-3.3.4-3).
    pub agreement: Option<u32>,
    /// Who has it.
    pub taken: Option<Marked<PersonId>>,
    /// Checks of the running state (稼動確認): how, and what was found.
    pub checks: Vec<Marked<(BlobId, BlobId)>>,
    /// Judgements, first to last.
    pub judgements: Vec<Marked<Judgement>>,
    /// Notices of occurrence, first to last.
    pub publications: Vec<Marked<Publication>>,
    /// Calls to contacts, first to last.
    pub calls: Vec<Marked<Call>>,
    /// Calls that contacts made to us.
    pub call_backs: Vec<Marked<CallBack>>,
    /// Notices that somebody said by the mail's link to know of.
    pub acknowledgements: Vec<Marked<Option<ContactId>>>,
    /// The customer's people who opened the ticket after it was told of, each once.
    pub reads: Vec<Mark>,
    /// Oral consents.
    pub consents: Vec<Marked<Consent>>,
    /// Escalations, first to last.
    pub escalations: Vec<Marked<Escalation>>,
    /// Pages to staff.
    pub pages: BTreeMap<MessageId, Page>,
    /// Promises, first to last.
    pub promises: Vec<Marked<Promise>>,
    /// Cases at the supplier.
    pub cases: Vec<Marked<SupplierCase>>,
    /// Hand-overs, first to last.
    pub hand_overs: Vec<Marked<HandOver>>,
    /// Interim reports.
    pub reports: Vec<Marked<Report>>,
    /// Recovery steps: what was done, with what result.
    pub steps: Vec<Marked<StepDone>>,
    /// The runbook that was missing, and what became of it.
    pub runbook_task: Option<Marked<RunbookTask>>,
    /// Recoveries, undone ones too.
    pub recoveries: Vec<Marked<Recovery>>,
    /// Recovery notices.
    pub recovery_notices: Vec<Marked<RecoveryNotice>>,
    /// Recurrences after a recovery notice.
    pub recurrences: Vec<Marked<BlobId>>,
    /// How it was closed.
    pub closure: Option<Marked<Closure>>,
    /// Whether it was declared a false alarm.
    pub false_alarm: Option<Marked<FalseAlarm>>,
    /// Internal notes.
    pub notes: Vec<Marked<BlobId>>,
    /// Messages between desk and customer; true where the customer wrote.
    pub messages: Vec<Marked<(BlobId, bool)>>,
    /// Files that either side added.
    pub files: Vec<Marked<Attachment>>,
    /// Reminders already given.
    pub reminders: Vec<Marked<(Reminder, Instant)>>,
    /// Targets that passed without a notice: clock, target and its due.
    pub passed: Vec<Marked<(u32, Target, Instant)>>,
    /// Interim slots named as missed.
    pub missed_slots: Vec<Marked<Instant>>,
    /// Final verdicts.
    pub verdicts: Vec<Marked<clock::FinalVerdict>>,
    /// What tools told, by alert.
    pub alerts: BTreeMap<String, AlertStanding>,
    /// Alerts that came again after a recovery notice, and whose word is owed on it.
    pub rejoined: Vec<Mark>,
    /// Acknowledgements by tools: hints only.
    pub tool_acknowledged: Vec<Mark>,
    /// What became of what we told.
    pub deliveries: BTreeMap<MessageId, Delivery>,
    /// The call by which it was told to us, where it was one.
    pub phone: Option<Phone>,
    /// The times it was merged into another incident, the last one in force unless undone.
    pub mergings: Vec<Marked<Merging>>,
    /// What was merged into it.
    pub children: Vec<Marked<Child>>,
    /// Causes it was linked to, the last one in force unless undone.
    pub causes: Vec<Marked<CauseLink>>,
    /// What comes after the fault: reports, and that it was a major one.
    pub after: afterwards::Afterwards,
}

impl Incident {
    /// The instant all clocks start from: the earliest of its own and of what is merged into it.
    pub fn alert_at(&self) -> Instant {
        self.merged_children().map(|child| child.alert_at).fold(self.own_alert_at(), Instant::min)
    }

    /// When it was itself received: the alert, the customer's filing, the begin of the call (C-19), or the end of the window of
    /// work in which the alert came.
    pub const fn own_alert_at(&self) -> Instant {
        match self.origin {
            Origin::Telephone { began, .. } => began,
            Origin::Window { ended, .. } => ended,
            _ => self.opened.at,
        }
    }

    /// When the customer noticed the fault, as they told us.
    pub fn detected_at(&self) -> Option<Instant> {
        match &self.origin {
            Origin::Customer { detected_at, .. } => Some(*detected_at),
            _ => self.phone.as_ref()?.detected_at,
        }
    }

    /// Milliseconds from detection to receipt, the length of the 障害発生フェーズ (R-4.2-1).
    pub fn detection_lag_ms(&self) -> Option<i64> {
        Some(self.alert_at().since_ms(self.detected_at()?))
    }

    /// The priority the customer gave.
    pub const fn priority(&self) -> Option<Priority> {
        match self.origin {
            Origin::Customer { priority, .. } => Some(priority),
            _ => None,
        }
    }

    /// Whether every tool that told of it says that it is over, and the customer was not told before.
    pub fn recovered_by_itself(&self) -> bool {
        let is_over = !self.alerts.is_empty() && self.alerts.values().all(|alert| alert.resolved);
        is_over && self.publications.is_empty() && self.merged_children().next().is_none()
    }

    /// How often its alerts went on and off, where at least one of them flaps.
    pub fn flaps(&self) -> Option<u64> {
        let changes = self.alerts.values().map(|alert| alert.changes).sum();
        self.alerts.values().any(AlertStanding::is_flapping).then_some(changes)
    }

    /// What the notice clock counts while nothing is judged: impact, but for what the customer filed as 低 (C-20).
    pub fn counts_as_impact_unjudged(&self) -> bool {
        self.priority().is_none_or(Priority::counts_as_impact)
    }

    /// Whether the ticket exists for the customer: it was published, they filed it themselves, or they told it by a telephone
    /// call whose caller is known to be theirs.
    pub fn is_known_to_customer(&self) -> bool {
        !self.publications.is_empty()
            || self.told_with_parent().next().is_some()
            || matches!(self.origin, Origin::Customer { .. })
            || self.phone.as_ref().is_some_and(Phone::is_vouched)
    }

    /// The judgement in force: the last one that counts.
    pub fn judgement(&self) -> Option<&Marked<Judgement>> {
        self.judgements.iter().rev().find(|j| j.what.counts())
    }

    /// サービス影響 as judged; none while unjudged.
    pub fn impact(&self) -> Option<bool> {
        self.judgement().map(|j| j.what.impact)
    }

    /// The contact whose call the last notice with impact before an instant asked for.
    pub fn call_required(&self, at: Instant) -> Option<&ContactId> {
        match &self.publications.iter().rev().find(|p| p.what.impact && p.mark.at <= at)?.what.voice {
            Voice::Required { contact } => Some(contact),
            _ => None,
        }
    }

    /// A judgement that waits for a second person.
    pub fn awaiting_second(&self) -> Option<&Marked<Judgement>> {
        self.judgements.last().filter(|j| !j.what.counts())
    }

    /// The recovery in force.
    pub fn recovery(&self) -> Option<&Marked<Recovery>> {
        self.recoveries.last().filter(|r| r.what.undone.is_none())
    }

    /// When nothing more was owed: closed, or a false alarm that the head of desk upheld.
    pub fn ended_at(&self) -> Option<Instant> {
        let upheld = |alarm: &Marked<FalseAlarm>| match &alarm.what.review {
            Some((mark, true)) => Some(mark.at),
            _ => None,
        };
        let with_parent = self.merging().and_then(|merging| merging.what.ended.as_ref()).map(|mark| mark.at);
        let own = self.closure.as_ref().map(|closure| closure.mark.at);
        own.or_else(|| self.false_alarm.as_ref().and_then(upheld)).or(with_parent)
    }

    /// Until when a repeated alert joins: for ever while open, 10 minutes after the recovery notice, never once ended. A false
    /// alarm has ended only once it is upheld.
    pub fn joins_until(&self) -> Joins {
        match self.state {
            State::Closed => Joins::No,
            // As its parent does.
            State::Merged => match self.merging().map(|merging| merging.what.standing) {
                Some(parent) if parent.ended => Joins::No,
                Some(ParentStanding { recovered: Some(at), .. }) => Joins::Until(at.plus_minutes(REJOIN_MINUTES)),
                _ => Joins::Yes,
            },
            State::FalseAlarm if self.ended_at().is_some() => Joins::No,
            State::RecoveryNotified => match self.recovery_notices.last() {
                Some(notice) => Joins::Until(notice.mark.at.plus_minutes(REJOIN_MINUTES)),
                None => Joins::Yes,
            },
            _ => Joins::Yes,
        }
    }
}

/// Where something stands that an incident counts from 1; none for 0.
fn place(number: u32) -> Option<usize> {
    usize::try_from(number).ok()?.checked_sub(1)
}

/// How long after the recovery notice the same alert still joins.
pub const REJOIN_MINUTES: i64 = 10;

/// Whether a repeated alert joins an incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Joins {
    /// It does.
    Yes,
    /// It does up to and including that instant.
    Until(Instant),
    /// It opens a new incident.
    No,
}
