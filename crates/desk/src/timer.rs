//! Firing timers: each due row once, in its tenant's transaction, with the facts it says.

use crate::{Answer, Desk, Error};
use domain::fact::Body;
use domain::ids::{RecordKey, TenantId};
use domain::incident::timer::TimerKind;
use domain::incident::verbs::Closing;
use domain::time::{Instant, SECOND_MS};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Timers of one tenant fired in one go at most.
const BATCH_MAX: u32 = 200;
/// How long what could not be fired rests, so that it holds up no other. A chain that another session holds costs ten
/// seconds a try.
const REST_MS: i64 = 30 * SECOND_MS;

/// What could not be fired and until when it rests: a tenant, or one record of it.
#[derive(Debug, Default)]
pub(crate) struct Resting(Mutex<HashMap<Place, Instant>>);

type Place = (TenantId, Option<RecordKey>);

impl Resting {
    fn rests(&self, place: &Place, now: Instant) -> bool {
        let mut resting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        resting.retain(|_, until| now < *until);
        resting.contains_key(place)
    }

    fn rest(&self, place: Place, now: Instant) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(place, now.plus_ms(REST_MS));
    }
}

impl Desk {
    /// Fires what is due now, in all tenants. Returns how many timers fired. A tenant or a record in trouble holds up no
    /// other: it is told in the log, stays due and rests for half a minute.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn fire_due(&self) -> Answer<usize> {
        let now = self.now().await?;
        let mut fired = 0;
        for due in self.store.system().due_tenants(now, BATCH_MAX).await? {
            let place = (due.tenant, None);
            if self.resting.rests(&place, now) {
                continue;
            }
            match self.fire_tenant(&place.0, now).await {
                Ok(count) => fired += count,
                Err(error) => {
                    tracing::error!(tenant = %place.0, %error, "timers of a tenant could not be fired; they stay due");
                    self.resting.rest(place, now);
                }
            }
        }
        Ok(fired)
    }

    /// When the next timer is due; none where nothing is armed.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn next_timer(&self) -> Answer<Option<Instant>> {
        Ok(self.store.system().next_due().await?)
    }

    async fn fire_tenant(&self, tenant: &TenantId, now: Instant) -> Answer<usize> {
        let mut subjects: Vec<String> = vec![];
        let mut write = self.store.write(tenant).await?;
        for timer in write.due_timers(BATCH_MAX).await? {
            if !subjects.contains(&timer.subject) {
                subjects.push(timer.subject);
            }
        }
        drop(write);
        let mut fired = 0;
        for subject in subjects {
            let record = RecordKey::new(subject);
            let place = (tenant.clone(), Some(record.clone()));
            if self.resting.rests(&place, now) {
                continue;
            }
            match self.fire_subject(tenant, &record).await {
                Ok(count) => fired += count,
                // Its siblings would meet the same.
                Err(Error::Failed(failure)) if failure.is_unavailable() => return Err(failure.into()),
                Err(error) => {
                    tracing::error!(%tenant, %record, %error, "timers of a record could not be fired; they stay due");
                    self.resting.rest(place, now);
                }
            }
        }
        Ok(fired)
    }

    /// Fires what is due of one record: marks the rows fired and saves what they say in one transaction.
    async fn fire_subject(&self, tenant: &TenantId, key: &RecordKey) -> Answer<usize> {
        if domain::window::project_of(key).is_some() {
            return Box::pin(self.fire_window(tenant, key)).await;
        }
        let Some(mut case) = self.open_by_system(tenant, key).await? else {
            if let Some(fired) = Box::pin(self.fire_request(tenant, key)).await? {
                return Ok(fired);
            }
            return Ok(Box::pin(self.fire_record(tenant, key)).await?.unwrap_or(0));
        };
        let now = case.by.now;
        // The calendar the rows were armed by.
        let calendar = crate::incident::calendar_as_of(&mut case.write, case.incident.as_of).await?;
        let mut facts = vec![];
        let mut fired = 0;
        for timer in case.write.timers_of(key.as_str()).await? {
            if timer.fired.is_some()
                || timer.due > now
                || !case.write.mark_fired(key.as_str(), &timer.kind, timer.generation).await?
            {
                continue;
            }
            fired += 1;
            let said = case.incident.fire(&timer.kind, now, &calendar);
            if let Some((TimerKind::PageUnanswered(escalation, step), _)) = &said {
                facts.extend(case.page(*escalation, *step).await?);
            }
            if let Some((groups, cause)) = said.as_ref().and_then(|(kind, _)| kind.escalates()) {
                facts.extend(case.raise(groups, cause).await?);
            }
            match said {
                Some((TimerKind::AutoClose, _)) => {
                    let cause = case.write.text("復旧連絡から5営業日が経過したため自動で終了しました。");
                    let closing = Closing { class: "unknown".into(), cause, confirmed_by: None, automatic: true };
                    facts.extend(case.incident.close(&case.by, closing)?);
                }
                Some((_, Some(body))) => facts.push(domain::fact::NewFact::by_system(Some(key.clone()), body)),
                // The incident moved on before the timer fired: nothing is owed any more.
                _ => {}
            }
        }
        if facts.iter().any(|fact| matches!(fact.body, Body::TargetPassed { .. })) {
            tracing::warn!(record = %key, "a target passed without a notice");
        }
        case.save(facts).await?;
        Ok(fired)
    }
}

/// A timer this late is one nobody fires, and a claim this long after its lease one nobody frees.
const OVERDUE_MS: i64 = 10 * SECOND_MS;

impl Desk {
    /// Looks for what should not be: timers long overdue, claims that outlived their lease, and open incidents that owe no
    /// further step.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn audit(&self) -> Answer<crate::health::Sweep> {
        let now = self.now().await?;
        let overdue = self.store.system().due_tenants(now.plus_ms(-OVERDUE_MS), 1_000).await?;
        let tenants: Vec<TenantId> = self.store.system().tenants().await?.into_iter().map(|tenant| tenant.id).collect();
        let open = self.store.staff(&tenants).board(10_000).await?;
        let stuck = open.iter().filter(|row| row.duty.is_none()).count();
        Ok(crate::health::Sweep {
            at: Some(now),
            overdue_timers: overdue.iter().map(|tenant| tenant.count).sum(),
            overdue_claims: self.store.system().overdue_claims(now.plus_ms(-OVERDUE_MS)).await?,
            stuck: stuck as u64,
        })
    }
}
