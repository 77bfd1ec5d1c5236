//! 重大な障害 (Q-23; R-5.3.3-3; procedures: @重大, @重大レビュー): marked by a criterion, closed only by a person, and reviewed by
//! the head of desk, which may follow the closing.

use super::duty::{Duty, DutyKind};
use super::verbs::{By, Facts, wrong_state};
use super::{Incident, Mark, Marked};
use crate::calendar::{BusinessDays, Calendar};
use crate::fact::Body;
use crate::ids::BlobId;
use crate::words::Label;
use serde::{Deserialize, Serialize};

/// Business days for the review, from the recovery notice, or from the mark where that came later.
const REVIEW_DAYS: u64 = 10;

/// By what an incident is a major one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Criterion {
    /// A whole service for more than 60 minutes.
    WholeService,
    /// Several customers.
    SeveralCustomers,
    /// Data were lost.
    DataLoss,
    /// 情報セキュリティ
    Security,
}

impl Criterion {
    /// All, in the order of a form.
    pub const ALL: [Self; 4] = [Self::WholeService, Self::SeveralCustomers, Self::DataLoss, Self::Security];

    /// As facts and forms write it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::WholeService => "whole_service",
            Self::SeveralCustomers => "several_customers",
            Self::DataLoss => "data_loss",
            Self::Security => "security",
        }
    }

    /// As people say it.
    pub const fn label(self) -> Label {
        match self {
            Self::WholeService => {
                Label::new("サービス全体に60分を超える影響", "A whole service affected for over 60 minutes")
            }
            Self::SeveralCustomers => Label::new("複数のお客様に影響", "Several customers affected"),
            Self::DataLoss => Label::new("データの喪失", "Data lost"),
            Self::Security => Label::new("情報セキュリティ", "Information security"),
        }
    }
}

/// That an incident is a major one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Major {
    /// By what.
    pub criterion: Criterion,
    /// In the words of whoever marked it.
    pub reason: Option<BlobId>,
}

/// The head of desk's review of a major incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Review {
    /// 時系列
    pub timeline: BlobId,
    /// 原因
    pub cause: BlobId,
    /// 教訓
    pub lessons: BlobId,
    /// 是正処置: where it is found.
    pub action: BlobId,
}

impl Incident {
    /// Whether it is a major one: then only a person closes it.
    pub const fn is_major(&self) -> bool {
        self.after.major.is_some()
    }

    /// 重大な障害 by a criterion.
    ///
    /// # Errors
    /// Nobody has taken the incident, it has ended, or it is a major one already.
    pub fn declare_major(&self, by: &By, criterion: Criterion, reason: BlobId) -> Facts {
        self.guarded("declare_major", by)?;
        Ok(vec![self.fact_because(by, Body::MajorDeclared { criterion }, Some(reason))])
    }

    /// 重大レビュー; a later one stands beside the first.
    ///
    /// # Errors
    /// It is no major incident, its recovery was not told yet, or no person acts.
    pub fn review_major(&self, by: &By, review: Review) -> Facts {
        self.guarded("review_major", by)?;
        if self.told_recovery().is_none() || by.actor.person_id().is_none() {
            return Err(wrong_state(self));
        }
        let Review { timeline, cause, lessons, action } = review;
        Ok(vec![self.fact(by, Body::MajorReviewed { timeline, cause, lessons, action })])
    }

    /// The review that is owed.
    pub(super) fn review_major_duty(&self, calendar: &Calendar) -> Option<Duty> {
        let major = self.after.major.as_ref().filter(|_| self.after.reviews.is_empty())?;
        let since = self.told_recovery()?.at.max(major.mark.at);
        let due = calendar.business_days_after(since, BusinessDays::new(REVIEW_DAYS).ok()?).ok()?;
        Some(Duty { kind: DutyKind::ReviewMajor, due })
    }

    /// Adds a fact about a major incident; none where it fits no such.
    pub(super) fn apply_major(&mut self, body: &Body, mark: Mark, reason: Option<BlobId>) -> Option<()> {
        match body.clone() {
            Body::MajorDeclared { criterion } => {
                self.after.major = Some(Marked { mark, what: Major { criterion, reason } });
            }
            Body::MajorReviewed { timeline, cause, lessons, action } if self.is_major() => {
                self.after.reviews.push(Marked { mark, what: Review { timeline, cause, lessons, action } });
            }
            _ => return None,
        }
        Some(())
    }
}
