//! 障害報告書 and 重大な障害: drafted from the facts, written by a person, approved and published by the head of desk.

use super::Done;
use super::case::{Case, Seen};
use super::view::IncidentView;
use crate::{Answer, Caller, Desk};
use domain::access::Right;
use domain::ids::{BlobId, RecordKey};
use domain::incident::escalation::{Cause, Group};
use domain::incident::major::{Criterion, Review};
use domain::incident::report::{Document, ReportKind, Version, Words, Writing, draft};
use domain::incident::{Incident, Marked};
use domain::refusal::Refusal;
use domain::time::Instant;
use domain::words::Lang;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use utoipa::ToSchema;

/// 障害報告書: a version is written; nothing is told yet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct IncidentReport {
    /// Which report.
    #[schema(required, value_type = wire::afterwards::ReportKind)]
    pub report: Option<ReportKind>,
    /// The version of it that was read; 0 where there was none. A newer one by now is refused with 409.
    #[schema(required)]
    pub follows: u32,
    /// The language it is written in, and told in; Japanese unless it is given.
    #[schema(value_type = wire::afterwards::Language)]
    pub language: Lang,
    /// 発生; always needed.
    pub occurrence: String,
    /// 影響; always needed.
    pub impact: String,
    /// 経過, one line a minute as `11/22 03:12　what`; always needed.
    pub course: String,
    /// 原因; a final report needs it and all that follows.
    pub cause: String,
    /// 暫定対応
    pub provisional: String,
    /// 恒久対策
    pub permanent: String,
    /// 再発防止
    pub prevention: String,
    /// Why it replaces what was published; needed where something was.
    pub reason: String,
}

/// The head of desk's word on a version of a report.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ReportDecision {
    /// Which report.
    #[schema(required, value_type = wire::afterwards::ReportKind)]
    pub report: Option<ReportKind>,
    /// Which version of it, from 1.
    #[schema(required, minimum = 1)]
    pub report_version: u32,
    /// Whether it is published to the customer; otherwise it goes back.
    #[schema(required)]
    pub approved: bool,
    /// Why it goes back.
    pub reason: String,
}

/// A later date for the final report that the customer agreed to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ReportDate {
    /// Until when.
    #[schema(required, value_type = String, format = DateTime)]
    pub due: Option<Instant>,
    /// Who agreed for the customer.
    #[schema(required)]
    pub agreed_by: String,
}

/// 重大な障害
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Major {
    /// Record version seen.
    #[schema(required, minimum = 1)]
    pub version: u64,
    /// By what.
    #[schema(required, value_type = wire::afterwards::Criterion)]
    pub criterion: Option<Criterion>,
    /// What is affected, for whom is paged.
    #[schema(required)]
    pub reason: String,
}

/// 重大レビュー
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MajorReview {
    /// 時系列
    #[schema(required)]
    pub timeline: String,
    /// 原因
    #[schema(required)]
    pub cause: String,
    /// 教訓
    #[schema(required)]
    pub lessons: String,
    /// 是正処置: where it is found, such as the number of a ticket.
    #[schema(required)]
    pub action: String,
}

impl IncidentReport {
    fn document(&self) -> Document {
        let document = Document {
            language: self.language,
            occurrence: self.occurrence.clone(),
            impact: self.impact.clone(),
            course: self.course.clone(),
            cause: self.cause.clone(),
            provisional: self.provisional.clone(),
            permanent: self.permanent.clone(),
            prevention: self.prevention.clone(),
        };
        document.trimmed()
    }
}

fn which(report: Option<ReportKind>) -> Result<ReportKind, Refusal> {
    report.ok_or_else(|| Refusal::invalid("report", "報告書を選んでください。", "Choose which report."))
}

impl Desk {
    /// A version of a report is written.
    ///
    /// # Errors
    /// See [`Incident::write_report`] and [`Document::check`].
    pub async fn write_report(&self, caller: &Caller, key: &RecordKey, input: &IncidentReport) -> Answer<Done> {
        let mut case = self.open(caller, Right::Operate, key, Seen::Whatever).await?;
        let kind = which(input.report)?;
        let document = input.document();
        document.check(kind)?;
        let bytes =
            serde_json::to_vec(&document).map_err(|error| store::Failure::Corrupt(format!("a report: {error}")))?;
        let document = case.write.blob("application/json", &bytes);
        let reason = case.optional("reason", &input.reason)?;
        let writing = Writing { kind, follows: input.follows, document, reason };
        let facts = case.incident.write_report(&case.by, writing)?;
        case.save(facts).await
    }

    /// The head of desk approves a version, which publishes it, or sends it back.
    ///
    /// # Errors
    /// See [`Incident::approve_report`] and [`Incident::return_report`].
    pub async fn decide_report(&self, caller: &Caller, key: &RecordKey, input: &ReportDecision) -> Answer<Done> {
        let mut case = self.open(caller, Right::Decide, key, Seen::Whatever).await?;
        let (kind, version) = (which(input.report)?, input.report_version);
        let facts = if input.approved {
            let text = case.letter(kind, version).await?;
            case.incident.approve_report(&case.by, kind, version, text)?
        } else {
            let reason = case.optional("reason", &input.reason)?;
            case.incident.return_report(&case.by, kind, version, reason)?
        };
        case.save(facts).await
    }

    /// The customer agrees to a later date for the final report.
    ///
    /// # Errors
    /// See [`Incident::agree_report_date`]; the date or who agreed is missing.
    pub async fn agree_report_date(&self, caller: &Caller, key: &RecordKey, input: &ReportDate) -> Answer<Done> {
        let mut case = self.open(caller, Right::Operate, key, Seen::Whatever).await?;
        let due = input
            .due
            .ok_or_else(|| Refusal::invalid("due", "合意した期限を入力してください。", "Give the date agreed."))?;
        let agreed_by = case.required("agreed_by", &input.agreed_by)?;
        let facts = case.incident.agree_report_date(&case.by, due, agreed_by, &case.calendar)?;
        case.save(facts).await
    }

    /// 重大な障害: the head of desk and the management representative are paged.
    ///
    /// # Errors
    /// See [`Incident::declare_major`]; the criterion or the words are missing.
    pub async fn declare_major(&self, caller: &Caller, key: &RecordKey, input: &Major) -> Answer<Done> {
        let mut case = self.open(caller, Right::Operate, key, Seen::At(input.version)).await?;
        let criterion = input
            .criterion
            .ok_or_else(|| Refusal::invalid("criterion", "基準を選んでください。", "Choose the criterion."))?;
        let reason = case.required("reason", &input.reason)?;
        let mut facts = case.incident.declare_major(&case.by, criterion, reason)?;
        facts.extend(case.raise(&[Group::Dh, Group::Mr], Cause::Major).await?);
        case.save(facts).await
    }

    /// 重大レビュー by the head of desk.
    ///
    /// # Errors
    /// See [`Incident::review_major`]; words are missing.
    pub async fn review_major(&self, caller: &Caller, key: &RecordKey, input: &MajorReview) -> Answer<Done> {
        let mut case = self.open(caller, Right::Decide, key, Seen::Whatever).await?;
        let review = Review {
            timeline: case.required("timeline", &input.timeline)?,
            cause: case.required("cause", &input.cause)?,
            lessons: case.required("lessons", &input.lessons)?,
            action: case.required("action", &input.action)?,
        };
        let facts = case.incident.review_major(&case.by, review)?;
        case.save(facts).await
    }
}

impl Case<'_> {
    /// The words by which a version is told.
    async fn letter(&mut self, kind: ReportKind, version: u32) -> Answer<BlobId> {
        let id = self.incident.to_decide(&self.by, kind, version)?.what.document.clone();
        let text = self.write.blob_text(&id).await?;
        let document = text.as_deref().and_then(read).ok_or_else(|| {
            Refusal::not_now(
                "この版の本文は消去されています。新しい版を書いてください。",
                "The words of this version were erased. Write a new one.",
            )
        })?;
        let title = self.write.blob_text(&self.incident.title).await?.unwrap_or_default();
        let letter = document.letter(kind, version, self.incident.key.as_str(), &title);
        Ok(self.write.text(&letter))
    }
}

/// A kept document; none where it is none.
fn read(text: &str) -> Option<Document> {
    serde_json::from_str(text).ok()
}

/// The document of a version; empty where it was erased.
pub fn document(version: &Marked<Version>, texts: &HashMap<BlobId, String>) -> Document {
    texts.get(&version.what.document).and_then(|text| read(text)).unwrap_or_default()
}

impl IncidentView {
    /// What the form of a report starts with: its last version, else for the final report the preliminary one with what the
    /// facts say by now, else the draft out of the facts, in that language. Only what a person wrote stays as it was written.
    pub fn report_draft(&self, kind: ReportKind, lang: Lang) -> Document {
        let last = |kind| self.incident.versions(kind).next_back().map(|version| document(version, &self.texts));
        let drafted = |lang| {
            let text = |id: &BlobId| self.texts.get(id).cloned().unwrap_or_default();
            let contact = |id: &domain::ids::ContactId| {
                self.contact_names.get(id.as_str()).cloned().unwrap_or_else(|| id.to_string())
            };
            draft(&self.incident, &Words { text: &text, contact: &contact, lang }, &self.calendar)
        };
        match (last(kind), kind) {
            (Some(document), _) => document,
            (None, ReportKind::Final) => match last(ReportKind::Preliminary) {
                Some(before) => continued(&before, &[drafted(Lang::Ja), drafted(Lang::En)], &drafted(lang)),
                None => drafted(lang),
            },
            (None, ReportKind::Preliminary) => drafted(lang),
        }
    }
}

/// A report that goes on from an earlier one: the course as it is known now, and under the other headings what a person wrote,
/// else what the facts say by now. A draft under a heading only grows, so that what one of them begins with is nobody's words.
fn continued(before: &Document, drafts: &[Document], now: &Document) -> Document {
    let pick = |of: fn(&Document) -> &String| {
        let is_drafted = drafts.iter().any(|draft| of(draft).trim().starts_with(of(before).as_str()));
        of(if is_drafted { now } else { before }).clone()
    };
    Document {
        language: before.language,
        occurrence: pick(|it| &it.occurrence),
        impact: pick(|it| &it.impact),
        course: now.course.clone(),
        cause: pick(|it| &it.cause),
        provisional: pick(|it| &it.provisional),
        permanent: pick(|it| &it.permanent),
        prevention: pick(|it| &it.prevention),
    }
}

/// Takes out of a fold what the customer does not read: versions that were not published, why they were written, and what a
/// review of a major incident says.
pub(super) fn hide(incident: &mut Incident) {
    let after = &mut incident.after;
    after.reports.retain(|version| version.published().is_some());
    for version in &mut after.reports {
        version.what.reason = None;
    }
    after.reviews.clear();
    if let Some(major) = &mut after.major {
        major.what.reason = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_final_report_keeps_what_a_person_wrote_and_renews_what_facts_said() {
        let of = |occurrence: &str, impact: &str, provisional: &str| Document {
            occurrence: occurrence.into(),
            impact: impact.into(),
            provisional: provisional.into(),
            ..Document::default()
        };
        let japanese = of("検知しました。", "影響: 有\n期間: 26分", "・再起動\n・確認");
        let english = Document { course: "e".into(), ..of("Detected.", "Impact: yes\n26 min", "- restart\n- check") };
        let drafts = [japanese.clone(), english.clone()];
        // Written by night, before the recovery, and nothing changed in it.
        let early = of("検知しました。", "影響: 有", "・再起動");
        assert_eq!(continued(&early, &drafts, &japanese), japanese);
        // The same, asked for in English.
        assert_eq!(continued(&japanese, &drafts, &english), english);
        // A person wrote of the requests that failed.
        let own = Document {
            cause: "待ち行列".into(), ..of("検知しました。", "影響: 有\n1,200 件が失敗", "")
        };
        let went_on = continued(&own, &drafts, &english);
        assert_eq!((went_on.impact.as_str(), went_on.cause.as_str()), ("影響: 有\n1,200 件が失敗", "待ち行列"));
        assert_eq!((went_on.course.as_str(), went_on.provisional.as_str()), ("e", "- restart\n- check"));
    }
}
