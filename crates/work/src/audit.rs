//! The auditor: a cheap sweep for what should not be - timers long overdue, messages claimed beyond their lease, open
//! incidents that owe no further step.

use desk::Desk;

pub(crate) async fn sweep(desk: Desk) -> anyhow::Result<()> {
    let sweep = desk.audit().await?;
    if sweep.is_alarming() {
        tracing::error!(
            overdue_timers = sweep.overdue_timers,
            overdue_claims = sweep.overdue_claims,
            stuck = sweep.stuck,
            "the auditor found what should not be"
        );
    }
    metrics::gauge!("madoguchi_overdue_timers").set(sweep.overdue_timers as f64);
    metrics::gauge!("madoguchi_overdue_claims").set(sweep.overdue_claims as f64);
    metrics::gauge!("madoguchi_stuck_incidents").set(sweep.stuck as f64);
    desk.health().update(|state| state.sweep = sweep);
    Ok(())
}
