//! What a pack holds: all that the desk needs to go on by telephone and paper while it is down.
//!
//! Read only; sealing it, drawing it as a page and putting it into a second place are the business of others.

use crate::health::Packs;
use crate::incident::IncidentView;
use crate::{Answer, Caller, Desk, Error, Who};
use domain::calendar::Calendar;
use domain::contact::ContactPlan;
use domain::criteria::Criteria;
use domain::ids::{ProjectKey, RecordKey};
use domain::paper::Provider;
use domain::runbook::Runbooks;
use domain::time::Instant;
use domain::words::Lang;
use std::collections::HashMap;
use store::PackRow;

/// Incidents of one pack; a desk with more open ones has no paper that large.
const INCIDENTS_MAX: u32 = 10_000;

/// What a pack holds.
#[derive(Clone, Debug)]
pub struct Content {
    /// As of when.
    pub made: Instant,
    /// The provider's name and number.
    pub provider: Provider,
    /// The calendar, by which times are shown and hours are read.
    pub calendar: Calendar,
    /// Every customer, and the provider itself.
    pub customers: Vec<Customer>,
    /// Open incidents that cannot be read: a damaged one hides no other.
    pub damaged: Vec<RecordKey>,
}

/// A customer.
#[derive(Clone, Debug)]
pub struct Customer {
    /// Its name.
    pub name: String,
    /// Its projects.
    pub projects: Vec<Project>,
}

/// A project.
#[derive(Clone, Debug)]
pub struct Project {
    /// Its key.
    pub key: ProjectKey,
    /// Its name.
    pub name: String,
    /// What is open, or ended and still owes a call; by nearest duty.
    pub incidents: Vec<IncidentView>,
    /// The contact plan valid as of the pack, with its version.
    pub plan: Option<(u32, ContactPlan)>,
    /// The criteria valid as of the pack, with their version.
    pub criteria: Option<(u32, Criteria)>,
    /// The runbooks valid as of the pack, with their version.
    pub runbooks: Option<(u32, Runbooks)>,
}

impl Desk {
    /// Everything a pack holds, as of now.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn pack_content(&self) -> Answer<Content> {
        let made = self.now().await?;
        let provider = self.provider().await?.map(|(_, provider)| provider).unwrap_or_default();
        let calendar = self.calendar(made).await?;
        let (mut open, damaged) = self.open_incidents().await?;
        let mut customers = vec![];
        for tenant in self.store.system().tenants().await? {
            let mut projects = vec![];
            for project in self.store.tenant(&tenant.id).projects().await? {
                let subject = project.key.as_str();
                projects.push(Project {
                    incidents: open.remove(&project.key).unwrap_or_default(),
                    plan: self.paper::<ContactPlan>(&tenant.id, subject, made).await?,
                    criteria: self.paper::<Criteria>(&tenant.id, subject, made).await?,
                    runbooks: self.paper::<Runbooks>(&tenant.id, subject, made).await?,
                    name: project.name,
                    key: project.key,
                });
            }
            customers.push(Customer { name: tenant.name, projects });
        }
        Ok(Content { made, provider, calendar, customers, damaged })
    }

    /// The open incidents of each project by nearest duty, and those that cannot be read.
    async fn open_incidents(&self) -> Answer<(HashMap<ProjectKey, Vec<IncidentView>>, Vec<RecordKey>)> {
        // The desk itself looks at everything; it acts as nobody.
        let itself = Caller { who: Who::Console, grants: vec![], lang: Lang::Ja };
        let tenants: Vec<_> = self.store.system().tenants().await?.into_iter().map(|tenant| tenant.id).collect();
        let (mut open, mut damaged) = (HashMap::<_, Vec<_>>::new(), vec![]);
        for row in self.store.staff(&tenants).board(INCIDENTS_MAX).await? {
            match self.incident(&itself, &row.key).await {
                Ok(view) => open.entry(view.incident.project.clone()).or_default().push(view),
                Err(Error::Failed(failure)) if failure.is_unavailable() => return Err(failure.into()),
                Err(error) => {
                    tracing::error!(record = %row.key, %error, "an incident cannot be read for the pack");
                    damaged.push(row.key);
                }
            }
        }
        Ok((open, damaged))
    }
}

/// How packs stand, from the row all nodes share: late where the last try failed, or where the last pack is older than two
/// intervals and a minute, whatever the reason.
pub fn standing(row: Option<&PackRow>, now: Instant, every_ms: i64) -> Packs {
    let made = row.and_then(|row| row.made);
    let reason = row.and_then(|row| row.reason.clone());
    let is_old = made.is_some_and(|made| now.since_ms(made) > 2 * every_ms + domain::time::MINUTE_MS);
    match (made, reason) {
        (made, Some(reason)) => Packs::Late { made, reason },
        (Some(at), None) if is_old => Packs::Late { made: Some(at), reason: String::new() },
        (Some(at), None) => Packs::Made { at },
        // The first try is under way.
        (None, None) => Packs::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The last pack that many minutes ago, and why the last try failed.
    fn check(made: Option<i64>, reason: Option<&str>, expected: &Packs) {
        let now = Instant::from_ms(1_800_000_000_000);
        let row = PackRow {
            node: "a".into(),
            due: now,
            held_until: now,
            made: made.map(|minutes| now.plus_minutes(-minutes)),
            failing_since: reason.map(|_| now),
            reason: reason.map(str::to_owned),
        };
        assert_eq!(standing(Some(&row), now, 15 * domain::time::MINUTE_MS), *expected, "{made:?} {reason:?}");
    }

    #[test]
    fn a_pack_is_late_after_a_failed_try_or_after_two_intervals() {
        let ago = |minutes: i64| Instant::from_ms(1_800_000_000_000).plus_minutes(-minutes);
        let late = |made: Option<i64>, reason: &str| Packs::Late { made: made.map(ago), reason: reason.into() };
        check(None, None, &Packs::Unknown);
        check(None, Some("disk full"), &late(None, "disk full"));
        check(Some(0), None, &Packs::Made { at: ago(0) });
        check(Some(31), None, &Packs::Made { at: ago(31) });
        check(Some(32), None, &late(Some(32), ""));
        check(Some(16), Some("disk full"), &late(Some(16), "disk full"));
        assert_eq!(standing(None, ago(0), 1), Packs::Unknown);
    }
}
