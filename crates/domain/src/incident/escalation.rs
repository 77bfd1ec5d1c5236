//! エスカレーション: who else must know, and that the giver keeps it until a taker takes it (Q-13; design §6, pages).
//!
//! An escalation names the people it goes to when it is made, so that who is paged next is a function of facts. With an order
//! they are paged one after the other, five minutes apart; without one all at once, three times.

use super::verbs::{By, Facts, no_such, wrong_state};
use super::{Incident, Mark, Marked, place};
use crate::access::Role;
use crate::fact::{AttemptOutcome, Body};
use crate::ids::{BlobId, MessageId, PersonId};
use crate::refusal::Refusal;
use crate::time::Instant;
use crate::words::Label;
use serde::{Deserialize, Serialize};

/// Minutes for a page to be answered before the next one goes out.
pub const ANSWER_MINUTES: i64 = 5;
/// How often everybody is paged where there is no order.
const AT_ONCE_STEPS: u32 = 3;
/// Minutes for a case at the supplier once it is suspected.
const CASE_MINUTES: i64 = 30;
/// Minutes without recovery, and who is told then.
const UNRECOVERED: [(i64, Group); 3] = [(60, Group::Su), (4 * 60, Group::Mr), (8 * 60, Group::Tm)];

/// Whom an escalation goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Group {
    /// サポートセンター
    Su,
    /// サポートデスク責任者
    Dh,
    /// 管理責任者
    Mr,
    /// お客様担当スタッフ
    Rm,
    /// トップマネジメント
    Tm,
    /// AWS サポート: no login; a case is opened there and its answers are recorded.
    Aw,
}

impl Group {
    /// All, in the order of a form.
    pub const ALL: [Self; 6] = [Self::Su, Self::Aw, Self::Dh, Self::Rm, Self::Mr, Self::Tm];

    /// The role of its people; none for the supplier.
    pub const fn role(self) -> Option<Role> {
        match self {
            Self::Su => Some(Role::Su),
            Self::Dh => Some(Role::Dh),
            Self::Mr => Some(Role::Mr),
            Self::Rm => Some(Role::Rm),
            Self::Tm => Some(Role::Tm),
            Self::Aw => None,
        }
    }

    /// As facts and forms write it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Aw => "aw",
            Self::Su => Role::Su.code(),
            Self::Dh => Role::Dh.code(),
            Self::Mr => Role::Mr.code(),
            Self::Rm => Role::Rm.code(),
            Self::Tm => Role::Tm.code(),
        }
    }

    /// As people say it.
    pub const fn label(self) -> Label {
        match self.role() {
            Some(role) => role.label(),
            None => Label::new("AWS サポート", "AWS Support"),
        }
    }
}

/// Why somebody else must know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// 10 minutes without judgement.
    Unjudged,
    /// The target passed.
    SloPassed,
    /// The agreement was missed.
    SlaPassed,
    /// Not recovered for long.
    Unrecovered,
    /// A person's own judgement.
    ByHand,
    /// It was marked as a major incident.
    Major,
}

impl Cause {
    /// As people say it.
    pub const fn label(self) -> Label {
        match self {
            Self::Unjudged => Label::new("10分たっても判定がない", "Not judged after 10 minutes"),
            Self::SloPassed => Label::new("SLO の期限を過ぎた", "The SLO has passed"),
            Self::SlaPassed => Label::new("SLA の期限を過ぎた", "The SLA has passed"),
            Self::Unrecovered => Label::new("復旧していない", "Not recovered"),
            Self::ByHand => Label::new("担当者の判断", "By a person"),
            Self::Major => Label::new("重大な障害", "Major incident"),
        }
    }
}

/// One escalation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Escalation {
    /// To whom.
    pub to: Group,
    /// Why.
    pub cause: Cause,
    /// In the giver's words.
    pub text: Option<BlobId>,
    /// Who is paged.
    pub ladder: Vec<PersonId>,
    /// Whether one after the other.
    pub ordered: bool,
    /// The pages queued so far, by step from 0.
    pub pages: Vec<(u32, Instant)>,
    /// When a page of a step was first tried to be sent, by step.
    pub tried: Vec<(u32, Instant)>,
    /// Who took it.
    pub taken: Option<Mark>,
}

/// One page to a member of staff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// For which escalation, from 1.
    pub escalation: u32,
    /// Which step of it, from 0.
    pub step: u32,
    /// To whom.
    pub person: PersonId,
    /// The fact that queued it.
    pub queued: Mark,
    /// What became of it.
    pub attempts: Vec<Marked<(AttemptOutcome, BlobId)>>,
}

impl Escalation {
    /// Whom a step pages; nobody once the ladder ends.
    pub fn at_step(&self, step: u32) -> &[PersonId] {
        if !self.ordered {
            return if step < AT_ONCE_STEPS { &self.ladder } else { &[] };
        }
        let place = usize::try_from(step).unwrap_or(usize::MAX);
        self.ladder.get(place..).and_then(|rest| rest.get(..1)).unwrap_or_default()
    }

    /// The step to page next and when: five minutes after the attempt of the step before, so that an outage of our own climbs
    /// nothing; none before that attempt, once it is taken, or where the ladder ends.
    pub fn next_step(&self) -> Option<(u32, Instant)> {
        let (step, _) = self.pages.last().filter(|_| self.taken.is_none())?;
        let (_, at) = self.tried.iter().find(|(tried, _)| tried == step)?;
        let next = step + 1;
        (!self.at_step(next).is_empty()).then(|| (next, at.plus_minutes(ANSWER_MINUTES)))
    }
}

impl Incident {
    /// An escalation by its number, from 1.
    pub fn escalation(&self, number: u32) -> Option<&Marked<Escalation>> {
        self.escalations.get(place(number)?)
    }

    /// Whether somebody should still be paged for an escalation: it is not taken, and the incident goes on.
    pub fn pages_for(&self, escalation: u32) -> bool {
        let found = self.escalation(escalation);
        !self.state.is_final() && found.is_some_and(|found| found.what.taken.is_none())
    }

    /// Who is told next that it is not recovered, and when; none without impact or once it is recovered.
    pub(super) fn next_unrecovered(&self) -> Option<(Group, Instant)> {
        if self.impact() == Some(false) || self.recovery().is_some() {
            return None;
        }
        let told = |group| self.escalations.iter().any(|e| e.what.cause == Cause::Unrecovered && e.what.to == group);
        let next = UNRECOVERED.into_iter().find(|(_, group)| !told(*group))?;
        Some((next.1, self.alert_at().plus_minutes(next.0)))
    }

    /// エスカレーション by a person, with a reason.
    ///
    /// # Errors
    /// Nobody has taken the incident, or it has ended.
    pub fn escalate(&self, by: &By, to: Group, text: BlobId, ladder: Vec<PersonId>, ordered: bool) -> Facts {
        self.guarded("escalate", by)?;
        let body = Body::Escalated { to, cause: Cause::ByHand, text: Some(text), ladder, ordered };
        Ok(vec![self.fact(by, body)])
    }

    /// Somebody takes an escalation: from now on it is theirs.
    ///
    /// # Errors
    /// There is no such escalation, somebody has it, or no person acts.
    pub fn take_escalation(&self, by: &By, escalation: u32) -> Facts {
        let found = self.escalation(escalation).ok_or_else(|| no_such("escalation"))?;
        if found.what.taken.is_some() || self.state.is_final() {
            return Err(Refusal::not_now(
                "このエスカレーションは受領済みか、障害が終わっています。",
                "Somebody has this escalation, or the incident has ended.",
            ));
        }
        if by.actor.person_id().is_none() {
            return Err(wrong_state(self));
        }
        Ok(vec![self.fact(by, Body::EscalationTaken { escalation })])
    }

    /// When a case at the supplier is owed: one that was suspected and is not opened.
    pub(super) fn case_due(&self) -> Option<Instant> {
        let suspected = self.escalations.iter().rev().find(|escalation| escalation.what.to == Group::Aw)?;
        let is_opened = self.cases.iter().any(|case| case.mark.seq > suspected.mark.seq);
        (!is_opened).then(|| suspected.mark.at.plus_minutes(CASE_MINUTES))
    }

    /// Adds a fact about escalations; none where it names what is not there.
    pub(super) fn apply_escalation(&mut self, body: &Body, mark: Mark) -> Option<()> {
        match body.clone() {
            Body::Escalated { to, cause, text, ladder, ordered } => {
                let what = Escalation { to, cause, text, ladder, ordered, pages: vec![], tried: vec![], taken: None };
                self.escalations.push(Marked { mark, what });
            }
            Body::EscalationTaken { escalation } => {
                self.escalations.get_mut(place(escalation)?)?.what.taken = Some(mark);
            }
            Body::PageQueued { message, escalation, step, person } => {
                let found = &mut self.escalations.get_mut(place(escalation)?)?.what;
                if found.pages.last().is_none_or(|(last, _)| *last < step) {
                    found.pages.push((step, mark.at));
                }
                self.pages.insert(message, Page { escalation, step, person, queued: mark, attempts: vec![] });
            }
            _ => return None,
        }
        Some(())
    }

    /// What became of a page; false where the message is none.
    pub(super) fn apply_page_attempt(
        &mut self,
        message: &MessageId,
        attempt: Marked<(AttemptOutcome, BlobId)>,
    ) -> bool {
        let Some(page) = self.pages.get_mut(message) else { return false };
        let (escalation, step, at) = (page.escalation, page.step, attempt.mark.at);
        page.attempts.push(attempt);
        if let Some(found) = place(escalation).and_then(|place| self.escalations.get_mut(place))
            && found.what.tried.iter().all(|(tried, _)| *tried != step)
        {
            found.what.tried.push((step, at));
        }
        true
    }
}
