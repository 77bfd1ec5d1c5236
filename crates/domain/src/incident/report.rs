//! 障害報告書 (milestone: afterwards; procedures: @報告書): 速報 with the recovery, 最終 some business days later, each written by a
//! person, approved by the head of desk, and published with its approval.
//!
//! Versions of each kind count from 1. Only the last one that nobody decided can be approved; to change what was published, a
//! newer version is written with a reason and approved again. What is owed stays owed until it is published.

mod document;
mod draft;

pub use document::{Document, Section, UNKNOWN, rows};
pub use draft::{Words, draft};

use super::duty::{Duty, DutyKind};
use super::verbs::{By, Facts, is_second_person, missing_reason, no_such};
use super::{Incident, Mark, Marked, State};
use crate::calendar::{BusinessDays, Calendar};
use crate::fact::Body;
use crate::ids::BlobId;
use crate::refusal::Refusal;
use crate::time::Instant;
use crate::words::Label;
use serde::{Deserialize, Serialize};

/// Minutes from the recovery notice to the 速報.
const PRELIMINARY_MINUTES: i64 = 60;
/// Business days from the recovery notice to the 最終報告, where nothing else is agreed.
const FINAL_DAYS: u64 = 5;
/// How far ahead a date can be agreed, in days.
const AGREED_MAX_DAYS: i64 = 366;

/// Which report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReportKind {
    /// 速報
    Preliminary,
    /// 最終報告
    Final,
}

impl ReportKind {
    /// Both, in the order they are owed.
    pub const ALL: [Self; 2] = [Self::Preliminary, Self::Final];

    /// As facts and forms write it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Preliminary => "preliminary",
            Self::Final => "final",
        }
    }

    /// As people say it.
    pub const fn label(self) -> Label {
        match self {
            Self::Preliminary => Label::new("速報", "Preliminary report"),
            Self::Final => Label::new("最終報告", "Final report"),
        }
    }
}

/// One version of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// Which report.
    pub kind: ReportKind,
    /// Its version, from 1.
    pub number: u32,
    /// The [`Document`] as JSON.
    pub document: BlobId,
    /// Why it replaces what was published.
    pub reason: Option<BlobId>,
    /// What the head of desk said to it; none while nobody did.
    pub decision: Option<Marked<Decision>>,
}

/// What the head of desk said to a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Published, with these words.
    Approved {
        /// What the customer was told.
        text: BlobId,
    },
    /// Sent back.
    Returned {
        /// Why.
        reason: Option<BlobId>,
    },
}

impl Marked<Version> {
    /// The fact that published it.
    pub fn published(&self) -> Option<&Mark> {
        let decision = self.what.decision.as_ref()?;
        matches!(decision.what, Decision::Approved { .. }).then_some(&decision.mark)
    }
}

/// A later date for the final report that the customer agreed to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgreedDate {
    /// Until when.
    pub due: Instant,
    /// Who agreed for the customer.
    pub agreed_by: BlobId,
}

/// How a report stands that is owed or was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// By when it is owed.
    pub due: Instant,
    /// When it was published first since the recovery.
    pub published: Option<Instant>,
}

/// A version that somebody wrote.
#[derive(Clone, Debug)]
pub struct Writing {
    /// Which report.
    pub kind: ReportKind,
    /// The version it was made from; 0 where there was none.
    pub follows: u32,
    /// The document.
    pub document: BlobId,
    /// Why, where one was published already.
    pub reason: Option<BlobId>,
}

impl Incident {
    /// The versions of a report, first to last.
    pub fn versions(&self, kind: ReportKind) -> impl DoubleEndedIterator<Item = &Marked<Version>> {
        self.after.reports.iter().filter(move |version| version.what.kind == kind)
    }

    /// What the customer reads of a report: the last version that was published.
    pub fn published_report(&self, kind: ReportKind) -> Option<&Marked<Version>> {
        self.versions(kind).rev().find(|version| version.published().is_some())
    }

    /// The version that waits for the head of desk.
    pub fn awaiting_approval(&self, kind: ReportKind) -> Option<&Marked<Version>> {
        self.versions(kind).next_back().filter(|version| version.what.decision.is_none())
    }

    /// A version of a report is written; nothing is told yet.
    ///
    /// # Errors
    /// The customer was told of no occurrence, or for the final report of no recovery; somebody wrote a version since; one was
    /// published and the reason is missing.
    pub fn write_report(&self, by: &By, writing: Writing) -> Facts {
        let Writing { kind, follows, document, reason } = writing;
        if self.publications.is_empty() || matches!(self.state, State::FalseAlarm | State::Merged) {
            return Err(Refusal::not_now(
                "お客様にまだ連絡していないため、障害報告書は書けません。先に障害発生連絡を出してください。",
                "The customer was not told yet, so there is nothing to report on. Publish the notice first.",
            ));
        }
        if kind == ReportKind::Final && self.told_recovery().is_none() {
            return Err(Refusal::not_now(
                "最終報告は復旧連絡のあとに書きます。それまでは速報を書いてください。",
                "The final report follows the recovery notice. Until then write the preliminary one.",
            ));
        }
        let last = self.versions(kind).next_back().map_or(0, |version| version.what.number);
        if follows != last {
            return Err(Refusal::not_now(
                format!("先に第{last}版が書かれました。画面を開き直して内容を確かめ、その版をもとに書いてください。"),
                format!("Version {last} was written meanwhile. Open the page again, read it and write from there."),
            ));
        }
        if reason.is_none() && self.published_report(kind).is_some() {
            return Err(missing_reason());
        }
        let body = Body::ReportWritten { report: kind, version: last + 1, document };
        Ok(vec![self.fact_because(by, body, reason)])
    }

    /// The head of desk approves a version: it is published to the customer with these words.
    ///
    /// # Errors
    /// See [`Incident::to_decide`].
    pub fn approve_report(&self, by: &By, kind: ReportKind, version: u32, text: BlobId) -> Facts {
        self.to_decide(by, kind, version)?;
        Ok(vec![self.fact(by, Body::ReportApproved { report: kind, version, text })])
    }

    /// The head of desk sends a version back.
    ///
    /// # Errors
    /// See [`Incident::to_decide`]; the reason is missing.
    pub fn return_report(&self, by: &By, kind: ReportKind, version: u32, reason: Option<BlobId>) -> Facts {
        self.to_decide(by, kind, version)?;
        let body = Body::ReportReturned { report: kind, version };
        Ok(vec![self.fact_because(by, body, Some(reason.ok_or_else(missing_reason)?))])
    }

    /// The version to decide on now.
    ///
    /// # Errors
    /// There is no such version, a newer one was written, it was decided on already, or whoever wrote it decides, or no person.
    pub fn to_decide(&self, by: &By, kind: ReportKind, version: u32) -> Result<&Marked<Version>, Refusal> {
        let mut all = self.versions(kind);
        let found = all.find(|known| known.what.number == version).ok_or_else(|| no_such("report_version"))?;
        if all.next().is_some() {
            return Err(Refusal::not_now(
                "新しい版が書かれています。画面を開き直し、最新の版を確認してください。",
                "A newer version was written. Open the page again and look at that one.",
            ));
        }
        if found.what.decision.is_some() {
            return Err(Refusal::not_now(
                "この版は承認または差戻し済みです。",
                "This version was approved or sent back already.",
            ));
        }
        if !is_second_person(&by.actor, &found.mark.actor) {
            return Err(Refusal::not_now(
                "作成した本人は承認も差戻しもできません。別の責任者に依頼してください。",
                "Whoever wrote it can neither approve it nor send it back. Ask another head of desk.",
            ));
        }
        Ok(found)
    }

    /// The customer agrees to a later date for the final report.
    ///
    /// # Errors
    /// The recovery was not told, the final report is published, its due has passed, or the date is not later, or too far ahead.
    pub fn agree_report_date(&self, by: &By, due: Instant, agreed_by: BlobId, calendar: &Calendar) -> Facts {
        let standing = self.final_standing(calendar).ok_or_else(|| {
            Refusal::not_now(
                "最終報告の期限は復旧連絡から数えます。復旧連絡のあとで合意を記録してください。",
                "The final report is counted from the recovery notice. Record the agreement after it.",
            )
        })?;
        if standing.published.is_some() {
            return Err(Refusal::not_now("最終報告は公開済みです。", "The final report is published."));
        }
        if by.now > standing.due {
            return Err(Refusal::not_now(
                "最終報告の期限を過ぎています。期限は動かせません。報告書を公開してください。",
                "The final report's due has passed and no longer moves. Publish the report.",
            ));
        }
        let most = by.now.plus_minutes(AGREED_MAX_DAYS * 24 * 60);
        if due <= standing.due || due > most {
            return Err(Refusal::invalid(
                "due",
                "合意した期限は、いまの期限より後、1年以内の日時で入力してください。",
                "An agreed date is later than the present due, and within a year.",
            ));
        }
        Ok(vec![self.fact(by, Body::ReportDateAgreed { due, agreed_by })])
    }

    /// How a report stands; none where it was never owed: without impact, or while it is not recovered.
    pub fn report_standing(&self, kind: ReportKind, calendar: &Calendar) -> Option<Standing> {
        let had_impact = self.publications.iter().any(|told| told.what.impact);
        match kind {
            ReportKind::Preliminary if had_impact => {
                let due = self.told_recovery()?.at.plus_minutes(PRELIMINARY_MINUTES);
                Some(Standing { due, published: self.reported_since_recovery(|_| true) })
            }
            ReportKind::Final if had_impact || self.agreed_date().is_some() => self.final_standing(calendar),
            _ => None,
        }
    }

    fn final_standing(&self, calendar: &Calendar) -> Option<Standing> {
        let told = self.told_recovery()?;
        let standard = calendar.business_days_after(told.at, BusinessDays::new(FINAL_DAYS).ok()?).ok()?;
        let due = self.agreed_date().map_or(standard, |agreed| agreed.what.due.max(standard));
        Some(Standing { due, published: self.reported_since_recovery(|kind| kind == ReportKind::Final) })
    }

    /// The later date that was agreed since the last recovery notice.
    pub fn agreed_date(&self) -> Option<&Marked<AgreedDate>> {
        let told = self.told_recovery()?;
        self.after.agreed.as_ref().filter(|agreed| agreed.mark.seq > told.seq)
    }

    /// The notice of the recovery in force.
    pub(super) fn told_recovery(&self) -> Option<&Mark> {
        let is_told = matches!(self.state, State::RecoveryNotified | State::Closed);
        self.recovery_notices.last().filter(|_| is_told).map(|told| &told.mark)
    }

    /// When a fitting report was published first after the recovery in force was found.
    fn reported_since_recovery(&self, fits: impl Fn(ReportKind) -> bool) -> Option<Instant> {
        let since = self.recovery()?.mark.seq;
        let reports = self.after.reports.iter().filter(|version| fits(version.what.kind));
        let published = reports.filter_map(Marked::<Version>::published).filter(|mark| mark.seq > since);
        published.map(|mark| mark.at).min()
    }

    /// Reports that are owed: to be written, or to be approved.
    pub(super) fn report_duties(&self, calendar: &Calendar) -> impl Iterator<Item = Duty> {
        ReportKind::ALL.into_iter().filter_map(|kind| {
            let due = self.report_standing(kind, calendar).filter(|it| it.published.is_none())?.due;
            let waits = self.awaiting_approval(kind).is_some();
            let kind = if waits { DutyKind::ApproveReport(kind) } else { DutyKind::WriteReport(kind) };
            Some(Duty { kind, due })
        })
    }

    /// Adds a fact about reports; none where it names what is not there.
    pub(super) fn apply_report(&mut self, body: &Body, mark: Mark, reason: Option<BlobId>) -> Option<()> {
        match body.clone() {
            Body::ReportWritten { report: kind, version: number, document } => {
                let last = self.versions(kind).next_back().map_or(0, |version| version.what.number);
                if number != last + 1 {
                    return None;
                }
                let what = Version { kind, number, document, reason, decision: None };
                self.after.reports.push(Marked { mark, what });
            }
            Body::ReportApproved { report, version, text } => {
                self.report_mut(report, version)?.decision = Some(Marked { mark, what: Decision::Approved { text } });
            }
            Body::ReportReturned { report, version } => {
                let what = Decision::Returned { reason };
                self.report_mut(report, version)?.decision = Some(Marked { mark, what });
            }
            Body::ReportDateAgreed { due, agreed_by } => {
                self.after.agreed = Some(Marked { mark, what: AgreedDate { due, agreed_by } });
            }
            _ => return None,
        }
        Some(())
    }

    fn report_mut(&mut self, kind: ReportKind, number: u32) -> Option<&mut Version> {
        let all = self.after.reports.iter_mut().map(|version| &mut version.what);
        all.into_iter().find(|version| version.kind == kind && version.number == number)
    }
}
