//! What the auditor keeps of one ticket.

use super::super::calendar::At;
use domain::access::Role;

/// One asking of the customer: a question, a date, or consent.
#[derive(Clone, Debug)]
pub(super) struct Asking {
    pub(super) what: &'static str,
    pub(super) seq: u64,
    pub(super) at: At,
    /// The fact that ended it.
    pub(super) over: Option<(u64, At)>,
    /// The completion that left nothing to wait for.
    pub(super) moot: Option<(u64, At)>,
    /// Of a date: when it is over.
    pub(super) date: At,
}

impl Asking {
    /// What ended the waiting: the answer or the completion, whichever came first.
    pub(super) fn ends(&self) -> Option<(u64, At)> {
        self.over.into_iter().chain(self.moot).min()
    }
}

/// Something that set another date.
#[derive(Clone, Copy, Debug)]
pub(super) enum Set {
    /// A date was agreed: the one that was offered by this fact.
    Agreed(u64),
    /// 特段の事情
    Excepted(At),
}

/// One ticket.
#[derive(Clone, Debug, Default)]
pub(super) struct Book {
    pub(super) read: usize,
    pub(super) last: At,
    pub(super) state: &'static str,
    pub(super) received: At,
    pub(super) entry: String,
    pub(super) row: &'static str,
    pub(super) days: usize,
    pub(super) undated: bool,
    /// The standard due as it was counted when it was filed.
    pub(super) promised: At,
    pub(super) affects: bool,
    pub(super) taken: bool,
    pub(super) planner: Option<String>,
    pub(super) by_customer: Option<String>,
    pub(super) by_desk: Option<String>,
    pub(super) begun: Option<At>,
    pub(super) worker: Option<String>,
    /// The state before and after, and the check of the latter.
    pub(super) before: bool,
    pub(super) after: Option<u64>,
    pub(super) second: Option<u64>,
    pub(super) handed: bool,
    pub(super) askings: Vec<Asking>,
    pub(super) sets: Vec<(u64, At, Set)>,
    pub(super) excepted: bool,
    /// The completion that counts: its fact, when it was told, when it was done.
    pub(super) completed: Option<(u64, At, At)>,
    pub(super) returned: Option<At>,
    pub(super) breach: Option<At>,
    pub(super) explained: bool,
    pub(super) urgent: bool,
    /// The last word to the customer, and the last reminder of silence.
    pub(super) word: At,
    pub(super) silence: Option<At>,
    /// The timers that stood after the last step.
    pub(super) armed: Vec<(&'static str, At)>,
    /// What stood on it once.
    pub(super) marks: Vec<&'static str>,
}

/// Who may do what (procedures: machine request; roles and rights).
pub(super) fn is_of_desk(role: Option<Role>) -> bool {
    matches!(role, Some(Role::Mo | Role::Su | Role::Dh))
}

pub(super) fn is_customer(role: Option<Role>) -> bool {
    matches!(role, Some(Role::Cu | Role::Ca))
}

impl Book {
    pub(super) fn in_hand(&self) -> bool {
        ["received", "reviewing", "planned", "working"].contains(&self.state)
    }

    pub(super) fn has_ended(&self) -> bool {
        ["closed", "out_of_scope", "cancelled"].contains(&self.state)
    }

    /// The asking of a kind that nobody has answered.
    pub(super) fn open(&self, what: &str) -> Option<&Asking> {
        self.askings.iter().find(|asking| asking.what == what && asking.over.is_none())
    }

    pub(super) fn end(&mut self, what: &str, seq: u64, at: At) {
        for asking in self.askings.iter_mut().filter(|asking| asking.what == what && asking.over.is_none()) {
            asking.over = Some((seq, at));
        }
    }

    pub(super) fn done(&self) -> Option<At> {
        self.completed.filter(|_| self.state != "working").map(|(_, _, done)| done)
    }

    pub(super) fn evidenced(&self) -> bool {
        self.before && self.after.is_some() && self.second.is_some()
    }

    /// Whether a miss was named and no completion in time undoes it.
    pub(super) fn is_missed(&self) -> bool {
        let in_time = |due: At| self.state != "working" && self.completed.is_some_and(|(.., done)| done <= due);
        self.breach.is_some_and(|due| !in_time(due))
    }

    pub(super) fn shown(&self) -> Vec<&'static str> {
        let mut shown = self.marks.clone();
        shown.sort_unstable();
        shown.dedup();
        shown
    }
}
