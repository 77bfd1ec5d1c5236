//! The routes of the night and of the figures.

use super::{FigureLine, FiguresPage, Night, NightLine, NightPage, figures_page, page};
use crate::board::LaneMark;
use crate::customer;
use crate::form::{Draft, Problem};
use crate::here::{Here, html};
use crate::layout::{Place, Shell};
use crate::sent::Typed;
use axum::response::{IntoResponse, Response};
use desk::incident::PublishedView;
use desk::{Answer, Error};
use domain::incident::{Incident, Marked};
use domain::refusal::Refusal;
use domain::time::{HOUR_MS, Instant};
use domain::words::Lang;
use gate::{Query, Trouble};
use jiff::tz::TimeZone;

/// Which stretch, as a form sends it.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Asked {
    from: String,
    to: String,
}

impl Asked {
    fn moments(&self, zone: &TimeZone) -> Result<(Option<Instant>, Option<Instant>), Refusal> {
        let typed = Typed(vec![("from".to_owned(), self.from.clone()), ("to".to_owned(), self.to.clone())]);
        Ok((typed.moment("from", zone)?, typed.moment("to", zone)?))
    }

    /// The form as it was sent, with the sentence at its field.
    fn draft(&self, shell: &Shell, form: &str, refusal: &Refusal) -> Draft {
        let text = match shell.lang {
            Lang::Ja => refusal.ja.clone(),
            Lang::En => refusal.en.clone(),
        };
        Draft {
            form: form.to_owned(),
            values: vec![("from".to_owned(), self.from.clone()), ("to".to_owned(), self.to.clone())],
            problems: vec![Problem { field: refusal.field().unwrap_or("to").to_owned(), text }],
            summary: None,
        }
    }
}

/// The night.
pub(crate) async fn night(here: Here, Query(asked): Query<Asked>) -> Result<Response, Trouble> {
    let shell = here.shell(Place::Night).await?;
    let (draft, view) = match looked(&here, &shell, &asked).await {
        Ok(view) => (Draft::default(), view),
        Err(Error::Refused(refusal)) if refusal.field().is_some() => {
            (asked.draft(&shell, "night", &refusal), here.state.desk.night(&here.caller, (None, None)).await?)
        }
        Err(error) => return Err(error.into()),
    };
    let refused = !draft.problems.is_empty();
    let staff = !here.caller.is_customer();
    let line = |view: &PublishedView| NightLine {
        customer: view.customer.clone(),
        told: customer::handler::context(&shell, view),
        marks: marks(&shell, view),
        is_major: view.incident.is_major(),
    };
    let it = NightPage {
        night: Night { from: view.from, to: view.to },
        asked: (local(view.from, &shell.zone), local(view.to, &shell.zone)),
        incidents: view.incidents.iter().map(line).collect(),
        damaged: view.damaged.iter().map(ToString::to_string).collect(),
        staff,
        draft,
    };
    let status = if refused { http::StatusCode::BAD_REQUEST } else { http::StatusCode::OK };
    Ok((status, html(page(&shell, &it))).into_response())
}

async fn looked(here: &Here, shell: &Shell, asked: &Asked) -> Answer<desk::NightView> {
    here.state.desk.night(&here.caller, asked.moments(&shell.zone)?).await
}

/// Days of figures where none are asked for.
const DAYS: i64 = 30;

/// The figures.
pub(crate) async fn figures(here: Here, Query(asked): Query<Asked>) -> Result<Response, Trouble> {
    let shell = here.shell(Place::Night).await?;
    let desk = &here.state.desk;
    let default = (shell.now.plus_ms(-DAYS * 24 * HOUR_MS), shell.now.plus_ms(1));
    let wanted = asked.moments(&shell.zone).map(|(from, to)| (from.unwrap_or(default.0), to.unwrap_or(default.1)));
    let counted = async {
        let wanted = wanted?;
        Ok((wanted, desk.figures(&here.caller, wanted, None).await?))
    };
    let (draft, (wanted, view)) = match counted.await {
        Ok(counted) => (Draft::default(), counted),
        Err(Error::Refused(refusal)) if refusal.field().is_some() => {
            (asked.draft(&shell, "figures", &refusal), (default, desk.figures(&here.caller, default, None).await?))
        }
        Err(error) => return Err(error.into()),
    };
    let status = if draft.problems.is_empty() { http::StatusCode::OK } else { http::StatusCode::BAD_REQUEST };
    let it = FiguresPage {
        from: wanted.0,
        to: wanted.1,
        asked: (local(wanted.0, &shell.zone), local(wanted.1, &shell.zone)),
        more: view.more,
        rows: view
            .rows
            .into_iter()
            .map(|row| FigureLine {
                key: row.key.to_string(),
                title: row.title,
                customer: row.customer,
                alert_at: row.alert_at,
                figures: row.figures,
            })
            .collect(),
        draft,
    };
    Ok((status, html(figures_page(&shell, &it))).into_response())
}

/// An instant as a field for local time holds it.
fn local(at: Instant, zone: &TimeZone) -> String {
    at.timestamp().to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S").to_string()
}

/// What was told and tried, and what was or is owed, as the customer may see it.
fn marks(shell: &Shell, view: &PublishedView) -> Vec<LaneMark> {
    let incident: &Incident = &view.incident;
    let mut marks: Vec<LaneMark> = vec![];
    let mut add =
        |at: Instant, what: &'static str, done: bool| marks.push(LaneMark { at, what: what.to_owned(), done });
    add(incident.alert_at(), shell.t("受信", "received"), true);
    incident.publications.iter().for_each(|it| add(it.mark.at, shell.t("障害発生連絡", "notice"), true));
    incident.calls.iter().for_each(|it| add(it.what.begun, shell.t("お電話", "call"), true));
    incident.reports.iter().for_each(|it| add(it.mark.at, shell.t("中間報告", "interim report"), true));
    incident.missed_slots.iter().for_each(|it| add(it.what, shell.t("中間報告なし", "report missed"), false));
    let recoveries = incident.recoveries.iter().filter(|it| it.what.undone.is_none());
    recoveries.for_each(|it| add(it.what.recovered_at, shell.t("復旧", "recovered"), true));
    incident.recovery_notices.iter().for_each(|it| add(it.mark.at, shell.t("復旧連絡", "recovery told"), true));
    let published = incident.after.reports.iter().filter_map(Marked::published);
    published.for_each(|mark| add(mark.at, shell.t("障害報告書", "incident report"), true));
    for clock in incident.clocks().iter().filter(|clock| clock.end.is_none() && !incident.state.is_final()) {
        add(clock.slo_due, shell.t("障害発生連絡 SLO", "notice SLO"), false);
    }
    if let Some(next) = view.next_report {
        add(next, shell.t("中間報告", "interim report"), false);
    }
    marks.sort_by_key(|mark| mark.at);
    marks
}
