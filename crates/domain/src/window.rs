//! Windows 作業時間帯: planned work of the desk, and the customer's own お客様作業連絡 (Q-14; docs/windows.md).
//!
//! An alert inside a window is kept and linked to it, and opens no incident. What still fires when the window ends opens one
//! whose clocks run from that end. A window is a fold over its facts, like an incident; its name is `KEY-Wn`, where n counts
//! the windows of a project from 1.

mod announcing;
mod fold;
mod leaving;
#[cfg(test)]
mod tests;

pub use announcing::{caller, covers, hosts, kind, span};
pub use leaving::{Beside, Firing, Leaves, leaves};

use crate::alerts::{Action, AlertEvent};
use crate::fact::Body;
use crate::ids::{BlobId, ProjectKey, RecordKey};
use crate::incident::Mark;
use crate::refusal::Refusal;
use crate::time::Instant;
use crate::words::Label;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The kind of the one timer of a window.
pub const END_TIMER: &str = "window_end";

/// Whose work a window is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WindowKind {
    /// 計画作業, agreed and announced by the desk.
    Planned,
    /// お客様作業連絡, told by the customer.
    Customer,
}

impl WindowKind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Planned, Self::Customer];

    /// The code in the database and the API.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Customer => "customer",
        }
    }

    /// As people say it.
    pub const fn label(self) -> Label {
        match self {
            Self::Planned => Label::new("計画作業", "Planned work"),
            Self::Customer => Label::new("お客様作業", "Customer's work"),
        }
    }
}

/// Where a window stands at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WindowState {
    /// It has not begun.
    Coming,
    /// Alerts are kept in it.
    Running,
    /// It has ended.
    Over,
    /// It was cancelled.
    Cancelled,
}

impl WindowState {
    /// Of the instants between which it is agreed, and whether it was ended or cancelled.
    pub fn at(now: Instant, from: Instant, to: Instant, is_ended: bool, is_cancelled: bool) -> Self {
        match (is_cancelled, is_ended) {
            (true, _) => Self::Cancelled,
            (false, true) => Self::Over,
            _ if now < from => Self::Coming,
            _ if now < to => Self::Running,
            _ => Self::Over,
        }
    }

    /// The code in the API.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Coming => "coming",
            Self::Running => "running",
            Self::Over => "over",
            Self::Cancelled => "cancelled",
        }
    }

    /// As people say it.
    pub const fn label(self) -> Label {
        match self {
            Self::Coming => Label::new("予定", "Coming"),
            Self::Running => Label::new("作業中", "Running"),
            Self::Over => Label::new("終了", "Over"),
            Self::Cancelled => Label::new("取り消し", "Cancelled"),
        }
    }
}

/// Where an alert went that still fired when its window ended: to an incident, or into another window that ran on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Left {
    /// What joins its events.
    pub dedup_key: String,
    /// Which alert.
    pub alert_key: String,
    /// The incident or the window.
    pub to: RecordKey,
}

/// One alert kept in a window, as facts tell it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeptAlert {
    /// Whether the tool last said that it is over.
    pub resolved: bool,
    /// Events of it in this window counted by facts so far.
    pub total: u64,
    /// When another window passed it on.
    pub carried: Option<Instant>,
    /// The last event that said something new.
    pub event: u64,
    /// Where it went when the window ended.
    pub led_to: Option<RecordKey>,
}

/// A window as its facts tell it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// Its name, `KEY-Wn`.
    pub key: RecordKey,
    /// Its project.
    pub project: ProjectKey,
    /// Its number among the windows of the project.
    pub number: u64,
    /// Whose work it is.
    pub kind: WindowKind,
    /// Patterns of hosts, one a line; an empty text stands for the whole project.
    pub hosts: BlobId,
    /// What is done.
    pub work: BlobId,
    /// Who of the customer told it by telephone.
    pub caller: Option<BlobId>,
    /// From when on alerts are kept in it.
    pub from: Instant,
    /// Until when: the instant itself is outside.
    pub to: Instant,
    /// The fact that announced it.
    pub announced: Mark,
    /// Seq of its last fact.
    pub last_seq: u64,
    /// The fact that ended it, by its time, early, or by cancelling it.
    pub ended: Option<Mark>,
    /// Whether it was cancelled.
    pub cancelled: bool,
    /// What was kept in it, by dedup key and alert key.
    pub alerts: BTreeMap<(String, String), KeptAlert>,
}

/// What a change of the end means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NewEnd {
    /// It ends at that instant instead.
    At(Instant),
    /// It ends now.
    Now,
}

impl Window {
    /// Where it stands.
    pub fn state(&self, now: Instant) -> WindowState {
        WindowState::at(now, self.from, self.to, self.ended.is_some(), self.cancelled)
    }

    /// When its timer fires; none once it has ended.
    pub fn due(&self) -> Option<Instant> {
        self.ended.is_none().then_some(self.to)
    }

    /// Extends it or ends it early; without an instant it ends now.
    ///
    /// # Errors
    /// It is over, it has not begun and is to end before, or it would be too long.
    pub fn change(&self, to: Option<Instant>, now: Instant) -> Result<NewEnd, Refusal> {
        self.still_stands(now)?;
        match to.filter(|to| *to > now) {
            None if now < self.from => Err(Refusal::not_now(
                "まだ始まっていません。行わない場合は取り消してください。",
                "It has not begun. Cancel it where it will not take place.",
            )),
            None => Ok(NewEnd::Now),
            Some(to) => announcing::fits(self.from, to).map(|()| NewEnd::At(to)),
        }
    }

    /// Refuses whatever comes too late.
    ///
    /// # Errors
    /// It is over.
    pub fn still_stands(&self, now: Instant) -> Result<(), Refusal> {
        match self.state(now) {
            WindowState::Coming | WindowState::Running => Ok(()),
            WindowState::Over | WindowState::Cancelled => Err(Refusal::not_now(
                "この作業時間帯は終わっています。続ける場合は新しく登録してください。",
                "This window is over. Announce a new one where the work goes on.",
            )),
        }
    }

    /// Refuses customers who would change what the desk planned.
    ///
    /// # Errors
    /// It is planned work of the desk, and a customer asks.
    pub fn may_be_changed(&self, by_customer: bool) -> Result<(), Refusal> {
        if by_customer && self.kind == WindowKind::Planned {
            return Err(Refusal::not_now(
                "当社の計画作業です。変更はメッセージかお電話でご依頼ください。",
                "This is work that the desk planned. Ask the desk to change it.",
            ));
        }
        Ok(())
    }
}

impl ProjectKey {
    /// The name of the project's n-th window.
    pub fn window(&self, number: u64) -> RecordKey {
        RecordKey::new(format!("{self}-W{number}"))
    }
}

/// The project of a window's name; none where it is no window's.
pub fn project_of(key: &RecordKey) -> Option<ProjectKey> {
    let (project, number) = key.as_str().rsplit_once("-W")?;
    let is_number = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()) && !number.starts_with('0');
    is_number.then(|| ProjectKey::parse(project).ok()).flatten()
}

/// A window that stands, as the intake meets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Its name.
    pub key: RecordKey,
    /// Patterns of hosts, one a line; none where the words were erased, and then it covers nothing.
    pub hosts: Option<String>,
    /// Its begin.
    pub from: Instant,
    /// Its end.
    pub to: Instant,
}

impl Standing {
    /// Whether it is in force at an instant: from its begin on, up to but without its end.
    pub fn runs(&self, at: Instant) -> bool {
        self.from <= at && at < self.to
    }
}

/// The window an alert of a host falls into: of several the one that ends last, so that nothing is kept shorter than agreed.
pub fn choose<'w>(windows: &'w [Standing], source: &str, at: Instant) -> Option<&'w Standing> {
    let fits = |window: &&Standing| window.runs(at) && window.hosts.as_ref().is_some_and(|hosts| covers(hosts, source));
    windows.iter().filter(fits).max_by(|a, b| a.to.cmp(&b.to).then_with(|| b.key.cmp(&a.key)))
}

/// What an event says of an alert in a window: `known` is whether the window keeps it already, and as resolved. The inner
/// value is the fact where it says something new; a plain repeat is only counted. None where the event is not the window's.
pub fn keep(event: &AlertEvent, number: u64, known: Option<bool>) -> Option<Option<Body>> {
    let (dedup_key, alert_key) = (event.dedup_key.clone(), event.alert_key.clone());
    match (event.action, known) {
        (Action::Trigger, None | Some(true)) => {
            Some(Some(Body::WindowKept { event: number, dedup_key, alert_key, from: None }))
        }
        (Action::Resolve, Some(false)) => Some(Some(Body::WindowResolved { event: number, dedup_key, alert_key })),
        (Action::Trigger | Action::Resolve | Action::Acknowledge, Some(_)) => Some(None),
        _ => None,
    }
}
