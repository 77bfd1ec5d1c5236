//! Reports and major incidents as `wire` says them.

use desk::incident::{IncidentView, PublishedView, document};
use domain::ids::BlobId;
use domain::incident::Marked;
use domain::incident::major::Criterion as OfCriterion;
use domain::incident::report::{Decision, Document, ReportKind as OfReport, Version};
use domain::words::Lang;
use wire::afterwards::{
    Afterwards, AgreedDate, Criterion, Language, Major, MajorReview, PublishedReport, Report, ReportDocument,
    ReportDraft, ReportKind, ReportState,
};

const fn kind(kind: OfReport) -> ReportKind {
    match kind {
        OfReport::Preliminary => ReportKind::Preliminary,
        OfReport::Final => ReportKind::Final,
    }
}

const fn criterion(criterion: OfCriterion) -> Criterion {
    match criterion {
        OfCriterion::WholeService => Criterion::WholeService,
        OfCriterion::SeveralCustomers => Criterion::SeveralCustomers,
        OfCriterion::DataLoss => Criterion::DataLoss,
        OfCriterion::Security => Criterion::Security,
    }
}

fn said(of: Document) -> ReportDocument {
    let Document { language, occurrence, impact, course, cause, provisional, permanent, prevention } = of;
    let language = match language {
        Lang::Ja => Language::Ja,
        Lang::En => Language::En,
    };
    ReportDocument { language, occurrence, impact, course, cause, provisional, permanent, prevention }
}

/// What staff see.
pub(super) fn afterwards(view: &IncidentView) -> Afterwards {
    let it = &view.incident;
    let text = |id: &BlobId| view.texts.get(id).cloned().unwrap_or_default();
    let report = |version: &Marked<Version>| {
        let decision = version.what.decision.as_ref();
        let is_last = it.versions(version.what.kind).next_back().is_some_and(|last| last.mark.seq == version.mark.seq);
        let (state, because) = match decision.map(|decision| &decision.what) {
            Some(Decision::Approved { .. }) => (ReportState::Approved, None),
            Some(Decision::Returned { reason }) => (ReportState::Returned, reason.as_ref()),
            None if is_last => (ReportState::Awaiting, None),
            None => (ReportState::Replaced, None),
        };
        Report {
            report: kind(version.what.kind),
            version: version.what.number,
            document: said(document(version, &view.texts)),
            written: version.mark.at.to_string(),
            state,
            decided: decision.map(|decision| decision.mark.at.to_string()),
            reason: version.what.reason.as_ref().map(text),
            returned_because: because.map(text),
        }
    };
    let draft = |of: OfReport| ReportDraft {
        report: kind(of),
        follows: it.versions(of).next_back().map_or(0, |last| last.what.number),
        due: it.report_standing(of, &view.calendar).filter(|it| it.published.is_none()).map(|it| it.due.to_string()),
        document: said(view.report_draft(of, Lang::Ja)),
    };
    let review = |review: &Marked<domain::incident::major::Review>| MajorReview {
        at: review.mark.at.to_string(),
        timeline: text(&review.what.timeline),
        cause: text(&review.what.cause),
        lessons: text(&review.what.lessons),
        action: text(&review.what.action),
    };
    Afterwards {
        reports: it.after.reports.iter().map(report).collect(),
        drafts: OfReport::ALL.map(draft).to_vec(),
        agreed: it
            .agreed_date()
            .map(|agreed| AgreedDate { due: agreed.what.due.to_string(), agreed_by: text(&agreed.what.agreed_by) }),
        major: it.after.major.as_ref().map(|major| Major {
            criterion: criterion(major.what.criterion),
            at: major.mark.at.to_string(),
            reason: major.what.reason.as_ref().map(text),
        }),
        reviews: it.after.reviews.iter().map(review).collect(),
    }
}

/// What the customer sees: what was published, in the order of its publication.
pub(crate) fn published(view: &PublishedView) -> Vec<PublishedReport> {
    let report = |version: &Marked<Version>| {
        Some(PublishedReport {
            report: kind(version.what.kind),
            version: version.what.number,
            published: version.published()?.at.to_string(),
            document: said(document(version, &view.texts)),
        })
    };
    view.incident.after.reports.iter().filter_map(report).collect()
}
