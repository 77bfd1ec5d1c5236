//! Firing timers: each due row once, in its tenant's transaction, with the facts it says.

use crate::{Answer, Desk};
use domain::fact::Body;
use domain::ids::{RecordKey, TenantId};
use domain::incident::timer::TimerKind;
use domain::incident::verbs::Closing;
use domain::time::Instant;

/// Timers of one tenant fired in one go at most.
const BATCH_MAX: u32 = 200;

impl Desk {
    /// Fires what is due now, in all tenants. Returns how many timers fired.
    ///
    /// # Errors
    /// The database does not answer; what was fired stays fired.
    pub async fn fire_due(&self) -> Answer<usize> {
        let now = self.now().await?;
        let mut fired = 0;
        for due in self.store.system().due_tenants(now, BATCH_MAX).await? {
            fired += self.fire_tenant(&due.tenant).await?;
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

    async fn fire_tenant(&self, tenant: &TenantId) -> Answer<usize> {
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
            fired += self.fire_subject(tenant, &RecordKey::new(subject)).await?;
        }
        Ok(fired)
    }

    /// Fires what is due of one record: marks the rows fired and saves what they say in one transaction.
    async fn fire_subject(&self, tenant: &TenantId, key: &RecordKey) -> Answer<usize> {
        let Some(mut case) = self.open_by_system(tenant, key).await? else { return Ok(0) };
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
            match case.incident.fire(&timer.kind, now, &calendar) {
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

/// A timer this late is one nobody fires.
const OVERDUE_MS: i64 = 10 * domain::time::SECOND_MS;

impl Desk {
    /// Looks for what should not be: timers long overdue, and open incidents that owe no further step.
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
            stuck: stuck as u64,
        })
    }
}
