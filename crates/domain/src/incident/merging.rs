//! 統合: several incidents of one project told and mended as one, and taken apart again.
//!
//! The parent goes on; its first clock runs from the earliest alert of all. Each child keeps its own clocks and its own
//! verdict: what the parent tells the customer counts for a child from the instant it shows there, never earlier. The
//! parent's standing is told to its children by facts of their own, so that each record folds by itself.

use super::verbs::By;
use super::{Incident, Mark, Marked, State};
use crate::fact::{Body, NewFact, ParentStanding, ParentTold};
use crate::ids::RecordKey;
use crate::refusal::Refusal;
use crate::time::Instant;

/// One time that an incident was merged into another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merging {
    /// Into which.
    pub into: RecordKey,
    /// Where it stood before.
    pub before: State,
    /// How the parent stands, as far as it counts for this one.
    pub standing: ParentStanding,
    /// When the parent had ended, and with it this one.
    pub ended: Option<Mark>,
    /// The fact that took it out again.
    pub undone: Option<Mark>,
}

/// An incident that was merged into this one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Child {
    /// Which.
    pub key: RecordKey,
    /// When its own clocks start.
    pub alert_at: Instant,
    /// Whether the customer knew of it when it was merged.
    pub known: bool,
    /// The fact that took it out again.
    pub undone: Option<Mark>,
}

/// What a merge or its undoing says on either side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BothSides {
    /// Facts of the parent.
    pub parent: Vec<NewFact>,
    /// Facts of the child.
    pub child: Vec<NewFact>,
}

impl Incident {
    /// The merging in force.
    pub fn merging(&self) -> Option<&Marked<Merging>> {
        self.mergings.last().filter(|merging| merging.what.undone.is_none())
    }

    /// The incident it is merged into.
    pub fn merged_into(&self) -> Option<&RecordKey> {
        self.merging().map(|merging| &merging.what.into)
    }

    /// The incidents merged into this one, as they were merged.
    pub fn merged_children(&self) -> impl Iterator<Item = &Child> {
        self.children.iter().map(|child| &child.what).filter(|child| child.undone.is_none())
    }

    /// What the last act merged into it, as far as it is merged still.
    pub fn merged_last(&self) -> impl Iterator<Item = &RecordKey> {
        let last = self.children.last().map(|child| child.mark.at);
        let of_last = self.children.iter().filter(move |child| Some(child.mark.at) == last);
        of_last.filter(|child| child.what.undone.is_none()).map(|child| &child.what.key)
    }

    /// How it stands for what is merged into it.
    pub fn standing(&self) -> ParentStanding {
        let told = self.clocks().into_iter().next().and_then(|clock| {
            let end = clock.end?;
            Some(ParentTold { at: end.at, impact: clock.impact, published: end.published })
        });
        let recovered = self.recovery_notices.last().filter(|_| self.state == State::RecoveryNotified);
        let is_false = self.state == State::FalseAlarm && self.ended_at().is_some();
        ParentStanding {
            told,
            recovered: recovered.map(|notice| notice.mark.at),
            ended: self.ended_at().is_some(),
            false_alarm: is_false,
        }
    }

    /// What a parent told counts for this one: from when, with or without impact, and which publication it was.
    pub(super) fn told_with_parent(&self) -> impl Iterator<Item = ParentTold> {
        self.mergings.iter().filter_map(|merging| {
            let told = merging.what.standing.told?;
            Some(ParentTold { at: told.at.max(merging.mark.at), ..told })
        })
    }

    /// Merges `child` into this one.
    ///
    /// # Errors
    /// Either has ended or is merged already; they belong to different projects; a call or a second person's word is
    /// awaited; the child was judged with impact and this one without.
    pub fn merge(&self, by: &By, child: &Self) -> Result<BothSides, Refusal> {
        self.guarded("merge", by)?;
        let refuse = |ja: String, en: String| Err(Refusal::invalid("children", ja, en));
        let key = &child.key;
        if *key == self.key || child.state.is_final() {
            return refuse(
                format!("{key} は統合できません。ほかの、終わっていない障害を選んでください。"),
                format!("{key} cannot be merged. Choose another incident that has not ended."),
            );
        }
        if child.project != self.project {
            return refuse(
                format!(
                    "{key} は別のプロジェクトの障害です。連絡先と判定基準が異なるため、共通原因として結び付けてください。"
                ),
                format!(
                    "{key} belongs to another project with its own contacts and criteria. Link both to a common cause instead."
                ),
            );
        }
        if child.calls.iter().any(|call| call.what.is_under_way()) || child.awaiting_second().is_some() {
            return refuse(
                format!("{key} は架電中か、別の人の判定確認を待っています。記録してから統合してください。"),
                format!("{key} waits for a call's result or a second person. Record that first, then merge."),
            );
        }
        if child.impact() == Some(true) && self.impact() == Some(false) {
            return refuse(
                format!(
                    "{key} は影響有り、{} は影響無しと判定されています。{} を再判定してから統合してください。",
                    self.key, self.key
                ),
                format!("{key} was judged with impact and {} without. Re-judge {} first.", self.key, self.key),
            );
        }
        Ok(self.adopt(by, child))
    }

    /// What a merge says, whatever stands against it: also of a child whose parent is merged itself.
    pub fn adopt(&self, by: &By, child: &Self) -> BothSides {
        let (alert_at, known) = (child.own_alert_at(), child.is_known_to_customer());
        BothSides {
            parent: vec![self.fact(by, Body::ChildMerged { child: child.key.clone(), alert_at, known })],
            child: vec![child.fact(by, Body::IncidentMerged { into: self.key.clone() })],
        }
    }

    /// Takes `child` out again: it goes on where it stood. What the customer was told with it meanwhile stays told.
    ///
    /// # Errors
    /// It is not merged into this one, or this one has ended.
    pub fn separate(&self, by: &By, child: &Self) -> Result<BothSides, Refusal> {
        self.guarded("separate", by)?;
        if child.merged_into() != Some(&self.key) {
            let (key, own) = (&child.key, &self.key);
            return Err(Refusal::invalid(
                "children",
                format!("{key} は {own} に統合されていません。"),
                format!("{key} is not merged into {own}."),
            ));
        }
        Ok(BothSides {
            parent: vec![self.fact(by, Body::ChildSeparated { child: child.key.clone() })],
            child: vec![child.fact(by, Body::IncidentSeparated {})],
        })
    }

    /// Facts by which a merged incident follows its parent; none where it knows already how that stands.
    pub fn follow(&self, standing: ParentStanding, by: &By) -> Vec<NewFact> {
        if self.merging().is_none_or(|merging| merging.what.standing == standing) {
            return vec![];
        }
        let body = Body::ParentMoved { standing };
        let mut facts = vec![NewFact::by_system(Some(self.key.clone()), body)];
        if standing.ended {
            let mut after = self.clone();
            if let Some(merging) = after.mergings.last_mut() {
                merging.what.standing = standing;
            }
            facts.extend(after.final_verdicts(by.now));
        }
        facts
    }

    /// What its parent must hear of an alert that came again after the parent's recovery notice; none at other times.
    pub fn tell_parent_of(&self, event: u64) -> Option<(RecordKey, NewFact)> {
        let merging = self.merging().filter(|merging| merging.what.standing.recovered.is_some())?;
        let parent = merging.what.into.clone();
        let body = Body::ChildAlerted { child: self.key.clone(), event };
        Some((parent.clone(), NewFact::by_system(Some(parent), body)))
    }

    /// Whether its notice clocks still wait for something, here or in the incident it was merged into.
    pub fn clocks_run(&self) -> bool {
        if self.state == State::Merged { self.ended_at().is_none() } else { !self.state.is_final() }
    }

    /// Verdicts of a child that stands with an upheld false alarm are not judged.
    pub(super) fn is_void_with_parent(&self) -> bool {
        self.merging().is_some_and(|merging| merging.what.standing.false_alarm)
    }

    /// The last fact by which the first clock may have moved to another start.
    pub(super) fn last_merge_seq(&self) -> Option<u64> {
        let parent =
            self.children.iter().flat_map(|child| [Some(child.mark.seq), child.what.undone.as_ref().map(|m| m.seq)]);
        let child = self.mergings.iter().flat_map(|it| [Some(it.mark.seq), it.what.undone.as_ref().map(|m| m.seq)]);
        parent.chain(child).flatten().max()
    }

    /// Adds a fact about merging; none where it names what is not there.
    pub(super) fn apply_merging(&mut self, body: &Body, mark: Mark) -> Option<()> {
        match body.clone() {
            Body::IncidentMerged { into } => {
                // Merged on, from a parent that was itself merged: it comes back to where it first stood.
                let before = match self.mergings.last_mut().filter(|merging| merging.what.undone.is_none()) {
                    Some(merging) => {
                        merging.what.undone = Some(mark.clone());
                        merging.what.before
                    }
                    None => self.state,
                };
                let what = Merging { into, before, standing: ParentStanding::default(), ended: None, undone: None };
                self.mergings.push(Marked { mark, what });
                self.state = State::Merged;
            }
            Body::ParentMoved { standing } => {
                let merging = self.mergings.last_mut().filter(|merging| merging.what.undone.is_none())?;
                merging.what.standing = standing;
                merging.what.ended = standing.ended.then_some(mark);
            }
            Body::IncidentSeparated {} => {
                let merging = self.mergings.last_mut().filter(|merging| merging.what.undone.is_none())?;
                merging.what.undone = Some(mark);
                self.state = merging.what.before;
            }
            Body::ChildMerged { child, alert_at, known } => {
                self.children.push(Marked { mark, what: Child { key: child, alert_at, known, undone: None } });
            }
            Body::ChildSeparated { child } => {
                let mut merged = self.children.iter_mut();
                let found = merged.find(|it| it.what.key == child && it.what.undone.is_none())?;
                found.what.undone = Some(mark);
            }
            Body::ChildAlerted { .. } => {
                if self.state == State::RecoveryNotified {
                    self.rejoined.push(mark);
                }
            }
            _ => return None,
        }
        Some(())
    }
}

/// What is offered to be merged: incidents of one project whose alerts came within this many minutes of the first.
pub const TOGETHER_MINUTES: i64 = 5;

/// The incidents of one project that came together: each group holds the earliest first and at least one more.
pub fn together(mut alerts: Vec<(RecordKey, Instant)>) -> Vec<Vec<RecordKey>> {
    alerts.sort_by(|a, b| (a.1, &a.0).cmp(&(b.1, &b.0)));
    let mut groups: Vec<(Instant, Vec<RecordKey>)> = vec![];
    for (key, at) in alerts {
        match groups.last_mut() {
            Some((first, group)) if at <= first.plus_minutes(TOGETHER_MINUTES) => group.push(key),
            _ => groups.push((at, vec![key])),
        }
    }
    groups.into_iter().map(|(_, group)| group).filter(|group| group.len() > 1).collect()
}
