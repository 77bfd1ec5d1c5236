//! The night as its customer reads it, and figures over a stretch of time: for customers over their own projects, for staff over
//! all customers they may see. Both show only what was, or may be, told.

use crate::incident::PublishedView;
use crate::{Answer, Caller, Desk, Error};
use domain::access::Right;
use domain::ids::{ProjectKey, RecordKey};
use domain::incident::Incident;
use domain::incident::figures::Figures;
use domain::refusal::Refusal;
use domain::time::{HOUR_MS, Instant};

/// Incidents of one page at most.
const ROWS_MAX: u32 = 500;
/// The longest stretch that is shown, in days.
const NIGHT_DAYS: i64 = 7;
/// The longest stretch that is counted, in days.
const FIGURES_DAYS: i64 = 366;

/// A night.
#[derive(Clone, Debug)]
pub struct NightView {
    /// Its first instant.
    pub from: Instant,
    /// The first instant after it.
    pub to: Instant,
    /// Its incidents, the earliest first: those open at some instant of it.
    pub incidents: Vec<PublishedView>,
    /// Incidents that cannot be read.
    pub damaged: Vec<RecordKey>,
}

/// The figures of one incident.
#[derive(Clone, Debug)]
pub struct FigureRow {
    /// Its name.
    pub key: RecordKey,
    /// Its title.
    pub title: String,
    /// The customer's name.
    pub customer: String,
    /// When the alert was received.
    pub alert_at: Instant,
    /// The figures; none for a false alarm.
    pub figures: Option<Figures>,
}

/// The figures of a stretch.
#[derive(Clone, Debug)]
pub struct FiguresView {
    /// Every incident whose alert came in it, the earliest first.
    pub rows: Vec<FigureRow>,
    /// Whether there were more than fit, which are not among them.
    pub more: bool,
}

/// Refuses a stretch that is none, or too long to be drawn or counted.
fn stretch(from: Instant, to: Instant, days: i64) -> Result<(), Refusal> {
    let ms = to.since_ms(from);
    if ms > 0 && ms <= days * 24 * HOUR_MS {
        return Ok(());
    }
    Err(Refusal::invalid(
        "to",
        format!("終わりは始まりより後、{days}日以内で入力してください。"),
        format!("The end comes after the begin, at most {days} days."),
    ))
}

impl Desk {
    /// The night, or the stretch that is asked for.
    ///
    /// # Errors
    /// The stretch is none or longer than a week, or the database does not answer.
    pub async fn night(&self, caller: &Caller, asked: (Option<Instant>, Option<Instant>)) -> Answer<NightView> {
        let now = self.now().await?;
        let night = domain::night::night(now, &self.calendar(now).await?);
        let from = asked.0.unwrap_or(night.from);
        // Since a given instant means up to now.
        let to = asked.1.unwrap_or(if asked.0.is_some() { now.max(from.plus_ms(1)) } else { night.to });
        stretch(from, to, NIGHT_DAYS)?;
        let right = if caller.is_customer() { Right::ReadPublished } else { Right::ReadOperations };
        let Some(project) = caller.project_within(None) else {
            return Ok(NightView { from, to, incidents: vec![], damaged: vec![] });
        };
        let tenants = self.tenants_with(caller, right).await?;
        let rows = self.store.staff(&tenants);
        let rows = rows.incidents_during((from, to), project, caller.is_customer(), ROWS_MAX).await?;
        let (mut incidents, mut damaged) = (vec![], vec![]);
        for row in rows {
            let scope = caller.enter(&row.tenant, right)?;
            match self.publication(&scope, &row.key).await {
                Ok(view) => incidents.push(view),
                Err(Error::Failed(failure)) if failure.is_unavailable() => return Err(failure.into()),
                Err(error) => {
                    tracing::error!(record = %row.key, %error, "an incident cannot be read");
                    damaged.push(row.key);
                }
            }
        }
        Ok(NightView { from, to, incidents, damaged })
    }

    /// The figures of every incident whose alert came in a stretch, the earliest first; of the first 500 that were open in it.
    ///
    /// # Errors
    /// The stretch is none or longer than a year, or the database does not answer.
    pub async fn figures(
        &self,
        caller: &Caller,
        (from, to): (Instant, Instant),
        project: Option<&ProjectKey>,
    ) -> Answer<FiguresView> {
        stretch(from, to, FIGURES_DAYS)?;
        let now = self.now().await?;
        let Some(project) = caller.project_within(project) else {
            return Ok(FiguresView { rows: vec![], more: false });
        };
        let tenants = self.tenants_with(caller, Right::ReadOperations).await?;
        let mut rows = self.store.staff(&tenants).incidents_during((from, to), project, false, ROWS_MAX + 1).await?;
        let most = usize::try_from(ROWS_MAX).unwrap_or(usize::MAX);
        let more = rows.len() > most;
        rows.truncate(most);
        let mut found = vec![];
        for row in rows {
            if row.alert_at < from || row.alert_at >= to {
                continue;
            }
            let facts = self.store.tenant(&row.tenant).record_facts(&row.key).await?;
            let Some(incident) = Incident::fold(&facts)? else { continue };
            found.push(FigureRow {
                customer: self.customer_name(&row.tenant).await?,
                key: row.key,
                title: row.title,
                alert_at: row.alert_at,
                figures: incident.figures(now),
            });
        }
        Ok(FiguresView { rows: found, more })
    }
}
