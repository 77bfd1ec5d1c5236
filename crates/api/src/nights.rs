//! The night as it is read in the morning, and figures over a stretch of time.

use crate::incidents::{label, state};
use crate::page::Told;
use crate::routes::Routes;
use axum::Json;
use axum::extract::State;
use desk::incident::PublishedView;
use desk::{Desk, FigureRow};
use domain::access::Right;
use domain::ids::ProjectKey;
use domain::incident::figures::{self as of, summary};
use domain::refusal::Refusal;
use domain::time::{HOUR_MS, Instant};
use gate::{Policy, Query, Signed, Trouble};
use serde::Deserialize;
use utoipa::IntoParams;
use wire::night::{FigureReport, Figures, FiguresOf, Measure, Night, NightIncident, Sum};

/// Which stretch.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct NightQuery {
    /// Its first instant; absent means the night that runs or ended last, 19:00 to 09:00.
    #[param(format = DateTime)]
    from: Option<String>,
    /// The first instant after it; absent beside `from` means now. At most 7 days.
    #[param(format = DateTime)]
    to: Option<String>,
}

/// Which stretch, of which project.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct FiguresQuery {
    /// Its first instant; absent means 30 days ago.
    #[param(format = DateTime)]
    from: Option<String>,
    /// The first instant after it; absent means now. At most a year.
    #[param(format = DateTime)]
    to: Option<String>,
    /// Only of this project.
    project: Option<String>,
}

pub(crate) fn routes(routes: &mut Routes) {
    routes
        .get("/api/v1/night", Policy::Somewhere(Right::ReadPublished))
        .says(
            "night",
            "The night in short: incidents that were open in it, as their customers read of them",
            "published",
        )
        .query::<NightQuery>()
        .answers::<Night>(200)
        .to(night);
    routes
        .get("/api/v1/figures", Policy::Somewhere(Right::ReadOperations))
        .says(
            "figures",
            "Figures of the incidents whose alert came in a stretch, with the facts behind them",
            "incidents",
        )
        .query::<FiguresQuery>()
        .answers::<FigureReport>(200)
        .to(figures);
}

fn instant(field: &'static str, text: Option<&str>) -> Result<Option<Instant>, Trouble> {
    let wrong = |_| {
        Refusal::invalid(
            field,
            "2026-11-22T03:12:00+09:00 のような日時を指定してください。",
            "Give an instant such as 2026-11-22T03:12:00+09:00.",
        )
    };
    Ok(text.map(Instant::parse).transpose().map_err(wrong)?)
}

async fn night(State(desk): State<Desk>, Signed(caller): Signed, Query(asked): Query<NightQuery>) -> Told<Night> {
    let asked = (instant("from", asked.from.as_deref())?, instant("to", asked.to.as_deref())?);
    let view = desk.night(&caller, asked).await?;
    Ok(Json(Night {
        from: view.from.to_string(),
        to: view.to.to_string(),
        incidents: view.incidents.iter().map(incident).collect(),
        damaged: view.damaged.iter().map(ToString::to_string).collect(),
    }))
}

fn incident(view: &PublishedView) -> NightIncident {
    let it = &view.incident;
    NightIncident {
        key: it.key.to_string(),
        project: it.project.to_string(),
        customer: view.customer.clone(),
        title: view.texts.get(&it.title).cloned().unwrap_or_default(),
        state: state(it.state),
        impact: it.impact(),
        alert_at: it.alert_at().to_string(),
        recovered: it.recovery().map(|recovery| recovery.what.recovered_at.to_string()),
        told: it.publications.first().map(|told| told.mark.at.to_string()),
        standing: label(it.how_it_stands()),
        decide: it.decision().map(label),
        is_major: it.is_major(),
    }
}

/// Days of figures where no begin is given.
const DAYS: i64 = 30;

async fn figures(
    State(desk): State<Desk>,
    Signed(caller): Signed,
    Query(asked): Query<FiguresQuery>,
) -> Told<FigureReport> {
    let to = match instant("to", asked.to.as_deref())? {
        Some(to) => to,
        None => desk.now().await?.plus_ms(1),
    };
    let from = instant("from", asked.from.as_deref())?.unwrap_or(to.plus_ms(-DAYS * 24 * HOUR_MS));
    let project = asked.project.map(ProjectKey::new);
    let view = desk.figures(&caller, (from, to), project.as_ref()).await?;
    let all = || view.rows.iter().filter_map(|row| row.figures.as_ref());
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    type Of = fn(&of::Figures) -> Option<of::Measure>;
    let measures: [(&str, Of); 4] = [
        ("to_judge", |it| it.to_judge),
        ("to_tell", |it| it.to_tell),
        ("to_reach", |it| it.to_reach),
        ("longest_silence", |it| it.longest_silence),
    ];
    let sum = |(name, of): (&str, Of)| {
        let sum = summary(all().filter_map(of));
        Sum {
            measure: name.to_owned(),
            count: count(sum.map_or(0, |sum| sum.count)),
            median_ms: sum.map(|sum| sum.median_ms),
            max_ms: sum.map(|sum| sum.max_ms),
        }
    };
    Ok(Json(FigureReport {
        from: from.to_string(),
        to: to.to_string(),
        sums: measures.map(sum).to_vec(),
        slots: all().map(|it| it.slots).sum(),
        missed_slots: count(all().map(|it| it.missed_slots.len()).sum()),
        none_late: count(all().filter(|it| it.none_late.is_some()).count()),
        incidents: view.rows.iter().map(row).collect(),
        more: view.more,
    }))
}

fn row(row: &FigureRow) -> FiguresOf {
    let measure = |of: of::Measure| Measure { ms: of.ms, from: of.from, to: of.to, runs: of.runs };
    FiguresOf {
        key: row.key.to_string(),
        title: row.title.clone(),
        customer: row.customer.clone(),
        alert_at: row.alert_at.to_string(),
        figures: row.figures.as_ref().map(|it| Figures {
            to_judge: it.to_judge.map(measure),
            to_tell: it.to_tell.map(measure),
            to_reach: it.to_reach.map(measure),
            longest_silence: it.longest_silence.map(measure),
            slots: it.slots,
            missed_slots: it.missed_slots.clone(),
            none_late: it.none_late,
        }),
    }
}
