//! Pages to staff about a request: who is told of a warning, and the ladder of an urgent one (R-3.3.1-3; Q-13).
//!
//! An urgent request that nobody has taken pages at all hours: at once, and again each five minutes until somebody takes it,
//! three times the support centre and then the head of desk. All other warnings go to whoever holds it, once.

use super::Request;
use super::duty::RequestTimer;
use crate::fact::{AttemptOutcome, Body, Fact};
use crate::ids::{BlobId, MessageId, PersonId};
use crate::incident::escalation::{ANSWER_MINUTES, Group};
use crate::incident::{Mark, Marked};
use crate::time::Instant;

/// How often an urgent request pages at most; the last time the head of desk.
pub const STEPS: u32 = 4;

/// One page to a member of staff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Of what it warns.
    pub timer: RequestTimer,
    /// Which step of the ladder, from 0.
    pub step: u32,
    /// To whom.
    pub person: PersonId,
    /// The fact that queued it.
    pub queued: Mark,
    /// What became of it.
    pub attempts: Vec<Marked<(AttemptOutcome, BlobId)>>,
}

/// Who is told of a warning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whom {
    /// Whoever holds it.
    Holder(PersonId),
    /// The people of a group.
    Group(Group),
}

/// The warning that a fact gives to staff, where it gives one.
pub fn warning(request: &Request, fact: &Fact) -> Option<RequestTimer> {
    match &fact.body {
        Body::RequestReminded { timer } => Some(*timer),
        Body::RequestDuePassed { .. } => Some(RequestTimer::Due),
        Body::RequestFiled(_) | Body::RequestMadeUrgent {} if request.is_unattended() => Some(RequestTimer::Page),
        _ => None,
    }
}

impl Request {
    /// Whether it is urgent, in hand, and nobody has taken it.
    pub fn is_unattended(&self) -> bool {
        self.urgent.is_some() && self.taken.is_none() && self.state.is_in_hand()
    }

    /// Who is told of a warning.
    pub fn whom(&self, warning: RequestTimer, step: u32) -> Vec<Whom> {
        let holder = self.taken.as_ref().map_or(Whom::Group(Group::Su), |taken| Whom::Holder(taken.what.clone()));
        match warning {
            RequestTimer::Page if step + 1 < STEPS => vec![Whom::Group(Group::Su)],
            RequestTimer::Page | RequestTimer::NotTaken => vec![Whom::Group(Group::Dh)],
            RequestTimer::Due => vec![holder, Whom::Group(Group::Dh)],
            _ => vec![holder],
        }
    }

    /// The next step of the ladder of an urgent request and when it is due; none before the first, once it is taken, or after the
    /// last.
    pub fn next_page(&self) -> Option<(u32, Instant)> {
        let since = self.urgent.as_ref().filter(|_| self.is_unattended())?.seq;
        let pages = self.pages.values().filter(|page| page.timer == RequestTimer::Page && page.queued.seq > since);
        let pages: Vec<&Page> = pages.collect();
        let step = pages.iter().map(|page| page.step).max()?;
        let tried = pages.iter().filter(|page| page.step == step).filter_map(|page| page.attempts.first());
        // An outage of our own climbs nothing: five minutes run from when the step before was tried.
        let tried = tried.map(|attempt| attempt.mark.at).min()?;
        (step + 1 < STEPS).then(|| (step + 1, tried.plus_minutes(ANSWER_MINUTES)))
    }

    /// Whether a page is still of use when it is sent.
    pub fn wants_page(&self, message: &MessageId) -> bool {
        self.pages.get(message).is_some_and(|page| match page.timer {
            RequestTimer::Page => self.is_unattended(),
            RequestTimer::NotTaken => self.taken.is_none() && self.state.is_in_hand(),
            RequestTimer::Due => self.is_missed() && self.explained.is_none(),
            _ => self.state.is_in_hand(),
        })
    }
}
