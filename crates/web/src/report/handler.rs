//! The routes: the page for staff, its forms, and the report itself.

use super::forms::id_of;
use super::{
    MajorLine, Printed, PrintedPage, ReportBox, ReportsPage, ReviewLine, Standing, VersionLine, page, printed_page,
};
use crate::form::Draft;
use crate::here::{Here, html};
use crate::layout::{Place, Shell};
use crate::sent::{Sent, Typed};
use axum::response::Response;
use desk::Answer;
use desk::incident::{Done, IncidentView, document, input};
use domain::access::{Actor, Right};
use domain::ids::{BlobId, RecordKey};
use domain::incident::duty::DutyKind;
use domain::incident::major::Review;
use domain::incident::report::{Decision, ReportKind, Version};
use domain::incident::{Incident, Marked, State};
use domain::words::{Label, Lang};
use gate::{Path, Query, Trouble};
use jiff::tz::TimeZone;
use maud::Markup;
use serde::Deserialize;
use std::collections::HashMap;

/// What can be sent from the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    Write,
    Decide,
    Agree,
    Mark,
    Review,
}

/// In which language a draft out of the facts is written; Japanese, the language of the customer's papers, unless it is asked
/// for in another.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Drafting {
    draft: Lang,
}

/// The page on which staff write and approve.
pub(crate) async fn show(
    here: Here,
    Path(key): Path<RecordKey>,
    Query(asked): Query<Drafting>,
) -> Result<Response, Trouble> {
    Ok(html(staff_page(&here, &key, asked.draft, Draft::default()).await?))
}

async fn staff_page(here: &Here, key: &RecordKey, drafted: Lang, draft: Draft) -> Result<Markup, Trouble> {
    let shell = here.shell(Place::Board).await?;
    let view = here.state.desk.incident(&here.caller, key).await?;
    Ok(page(&shell, &context(&shell, &view, &here.caller, drafted, draft)))
}

/// One of its forms.
pub(crate) async fn act(act: Act, here: Here, Path(key): Path<RecordKey>, sent: Sent) -> Result<Response, Trouble> {
    let calendar = here.state.desk.calendar(here.state.desk.now().await?).await?;
    let done = perform(&here, act, &key, &sent.typed, calendar.zone()).await;
    let to = done.map(|done| format!("/incidents/{}/reports", done.key));
    let form = match act {
        Act::Write => id_of("incident-report", &sent.typed.text("report")),
        Act::Decide => id_of("incident-report-decision", &sent.typed.text("report")),
        Act::Agree => "incident-report-date".to_owned(),
        Act::Mark => "major-mark".to_owned(),
        Act::Review => "major-review".to_owned(),
    };
    let here = here.at(format!("/incidents/{key}/reports"));
    sent.answer(here.lang(), &form, to, async |draft| staff_page(&here, &key, Lang::Ja, draft).await).await
}

async fn perform(here: &Here, act: Act, key: &RecordKey, typed: &Typed, zone: &TimeZone) -> Answer<Done> {
    let (desk, caller) = (&here.state.desk, &here.caller);
    let text = |name: &str| typed.text(name);
    match act {
        Act::Write => {
            let input = input::IncidentReport {
                report: Some(typed.code("report")?),
                follows: typed.number("follows")?.unwrap_or_default(),
                language: typed.code("language")?,
                occurrence: text("occurrence"),
                impact: text("impact"),
                course: text("course"),
                cause: text("cause"),
                provisional: text("provisional"),
                permanent: text("permanent"),
                prevention: text("prevention"),
                reason: text("reason"),
            };
            desk.write_report(caller, key, &input).await
        }
        Act::Decide => {
            let input = input::ReportDecision {
                report: Some(typed.code("report")?),
                report_version: typed.number("report_version")?.unwrap_or_default(),
                approved: typed.yes("approved"),
                reason: text("reason"),
            };
            desk.decide_report(caller, key, &input).await
        }
        Act::Agree => {
            let input = input::ReportDate { due: typed.moment("due", zone)?, agreed_by: text("agreed_by") };
            desk.agree_report_date(caller, key, &input).await
        }
        Act::Mark => {
            let version = typed.version()?;
            let input = input::Major { version, criterion: Some(typed.code("criterion")?), reason: text("reason") };
            desk.declare_major(caller, key, &input).await
        }
        Act::Review => {
            let (timeline, cause) = (text("timeline"), text("cause"));
            let (lessons, action) = (text("lessons"), text("action"));
            desk.review_major(caller, key, &input::MajorReview { timeline, cause, lessons, action }).await
        }
    }
}

fn context(shell: &Shell, view: &IncidentView, caller: &desk::Caller, drafted: Lang, draft: Draft) -> ReportsPage {
    let incident = &view.incident;
    let may = |right| caller.enter(&view.tenant, right).is_ok();
    let (operates, decides) = (may(Right::Operate), may(Right::Decide));
    let words = Words { shell, view };
    let recovered = matches!(incident.state, State::RecoveryNotified | State::Closed);
    let report = |kind: ReportKind| {
        let standing = incident.report_standing(kind, &view.calendar);
        let is_told = !incident.publications.is_empty() && !matches!(incident.state, State::FalseAlarm | State::Merged);
        let awaiting = incident.awaiting_approval(kind);
        let is_own = |version: &Marked<Version>| version.mark.actor.person_id() == caller.person();
        ReportBox {
            kind,
            due: standing.map(|standing| standing.due),
            published: standing.and_then(|standing| standing.published),
            versions: incident.versions(kind).rev().map(|version| words.version(incident, version)).collect(),
            document: view.report_draft(kind, drafted),
            restates: incident.published_report(kind).is_some(),
            may_write: operates && is_told && (kind == ReportKind::Preliminary || recovered),
            may_decide: decides && awaiting.is_some_and(|version| !is_own(version)),
        }
    };
    let reports = ReportKind::ALL.map(report).to_vec();
    let standing = incident.report_standing(ReportKind::Final, &view.calendar);
    let is_open = standing.is_none_or(|it| it.published.is_none() && view.now <= it.due);
    let is_taken = !incident.state.is_final() && incident.state != State::Detected;
    ReportsPage {
        key: incident.key.to_string(),
        title: words.text(&incident.title),
        tenant: view.customer.clone(),
        state: incident.state.label(),
        version: i64::try_from(incident.version).unwrap_or(i64::MAX),
        reports,
        agreed: incident.agreed_date().map(|agreed| (agreed.what.due, words.text(&agreed.what.agreed_by))),
        may_agree: operates && recovered && is_open,
        major: incident.after.major.as_ref().map(|major| MajorLine {
            criterion: major.what.criterion.label(),
            at: major.mark.at,
            by: words.actor(&major.mark.actor),
            reason: major.what.reason.as_ref().map(|reason| words.text(reason)).unwrap_or_default(),
        }),
        may_mark: operates && is_taken,
        reviews: incident.after.reviews.iter().rev().map(|review| words.review(review)).collect(),
        drafted,
        review_due: view.duties.iter().find(|duty| duty.kind == DutyKind::ReviewMajor).map(|duty| duty.due),
        may_review: decides && recovered,
        draft,
    }
}

/// What the page's words come from.
struct Words<'a> {
    shell: &'a Shell,
    view: &'a IncidentView,
}

impl Words<'_> {
    fn text(&self, blob: &BlobId) -> String {
        let erased = || self.shell.t("（消去済み）", "(erased)").to_owned();
        self.view.texts.get(blob).cloned().unwrap_or_else(erased)
    }

    fn actor(&self, actor: &Actor) -> String {
        let sources = HashMap::new();
        crate::incident::told_of(self.shell, self.view, &sources).actor(actor, None)
    }

    fn version(&self, incident: &Incident, version: &Marked<Version>) -> VersionLine {
        let is_last = incident.awaiting_approval(version.what.kind).is_some_and(|it| it.mark.seq == version.mark.seq);
        let standing = match &version.what.decision {
            None if is_last => Standing::Awaiting,
            None => Standing::Replaced,
            Some(Marked { mark, what: Decision::Approved { .. } }) => {
                Standing::Approved(self.actor(&mark.actor), mark.at)
            }
            Some(Marked { mark, what: Decision::Returned { reason } }) => {
                let why = reason.as_ref().map(|reason| self.text(reason)).unwrap_or_default();
                Standing::Returned(self.actor(&mark.actor), mark.at, why)
            }
        };
        VersionLine {
            number: version.what.number,
            written: (self.actor(&version.mark.actor), version.mark.at),
            reason: version.what.reason.as_ref().map(|reason| self.text(reason)).unwrap_or_default(),
            standing,
        }
    }

    fn review(&self, review: &Marked<Review>) -> ReviewLine {
        let Review { timeline, cause, lessons, action } = &review.what;
        let words = [
            (Label::new("時系列", "Timeline"), timeline),
            (Label::new("原因", "Cause"), cause),
            (Label::new("教訓", "Lessons"), lessons),
            (Label::new("是正処置", "Corrective action"), action),
        ];
        ReviewLine {
            at: review.mark.at,
            by: self.actor(&review.mark.actor),
            words: words.map(|(label, blob)| (label, self.text(blob))).to_vec(),
        }
    }
}

/// Which version to show; without one the last that was published, or written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Asked {
    report: Option<ReportKind>,
    version: Option<u32>,
}

/// One version, for paper. A customer sees what was published, as everybody does who may not read what is internal.
pub(crate) async fn print(
    here: Here,
    Path(key): Path<RecordKey>,
    Query(asked): Query<Asked>,
) -> Result<Response, Trouble> {
    let desk = &here.state.desk;
    if here.caller.is_customer() {
        let shell = here.shell(Place::Incidents).await?;
        let view = desk.published(&here.caller, &key).await?;
        return Ok(html(printed_page(
            &shell,
            &printed(&view.incident, &view.texts, view.customer.clone(), &asked, false),
        )));
    }
    let shell = here.shell(Place::Board).await?;
    let view = desk.incident(&here.caller, &key).await?;
    Ok(html(printed_page(&shell, &printed(&view.incident, &view.texts, view.customer.clone(), &asked, true))))
}

fn printed(
    incident: &Incident,
    texts: &HashMap<BlobId, String>,
    customer: String,
    asked: &Asked,
    staff: bool,
) -> PrintedPage {
    let fits = |version: &&Marked<Version>| {
        asked.report.is_none_or(|kind| version.what.kind == kind)
            && asked.version.is_none_or(|number| version.what.number == number)
    };
    // What is not published is internal until it is.
    let all = || incident.after.reports.iter().filter(|version| staff || version.published().is_some());
    let found =
        all().rev().filter(fits).find(|version| version.published().is_some()).or_else(|| all().rev().find(fits));
    let printed = found.map(|version| Printed {
        kind: version.what.kind,
        number: version.what.number,
        published: version.published().map(|mark| mark.at),
        is_outdated: incident
            .published_report(version.what.kind)
            .is_some_and(|last| last.what.number > version.what.number),
        document: document(version, texts),
    });
    PrintedPage {
        key: incident.key.to_string(),
        title: texts.get(&incident.title).cloned().unwrap_or_default(),
        customer,
        printed,
        all: all().map(|version| (version.what.kind, version.what.number)).collect(),
        staff,
    }
}
