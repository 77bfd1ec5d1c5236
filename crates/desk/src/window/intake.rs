//! Windows as the intake meets them: what a batch keeps in them, and the repeats that facts count later.

use super::{Ending, end};
use crate::{Answer, Desk};
use domain::access::Actor;
use domain::alerts::{Action, AlertEvent};
use domain::fact::{Body, NewFact};
use domain::ids::{KeyId, ProjectKey, RecordKey, TenantId};
use domain::time::Instant;
use domain::window::{self, Left, Standing, Window};
use std::collections::HashMap;
use store::{WindowAlertRow, Write};

/// Alerts whose repeats are counted in one transaction.
const PAGE: u32 = 1_000;

/// An alert of a window: its name, dedup key and alert key.
type Place = (RecordKey, String, String);

/// The windows of the projects of one batch. They are read once something comes that joins no incident; mostly there are none.
#[derive(Debug, Default)]
pub(crate) struct Windows {
    standing: HashMap<ProjectKey, Vec<Standing>>,
    /// Whether an alert that is known there was told resolved.
    known: HashMap<Place, bool>,
    kept: Vec<WindowAlertRow>,
}

impl Windows {
    /// Reads the windows of a project, once a batch. Those whose end has come are ended first, so that what they leave is there
    /// before anything is decided; says where it went.
    pub(crate) async fn read(
        &mut self,
        write: &mut Write,
        project: &ProjectKey,
        dedup_keys: impl Iterator<Item = &str>,
    ) -> Answer<Vec<Left>> {
        if self.standing.contains_key(project) {
            return Ok(vec![]);
        }
        let (mut standing, mut left) = (vec![], vec![]);
        for row in write.standing_windows(project).await? {
            if write.now() < row.to {
                standing.push(row.standing());
            } else if let Some(mut window) = Window::fold(&write.record_facts(&row.key).await?)? {
                left.extend(end(write, &mut window, Ending::Reached, &Actor::System, None).await?);
            }
        }
        let now = write.now();
        standing.retain(|window| window.runs(now));
        if !standing.is_empty() {
            let keys: Vec<RecordKey> = standing.iter().map(|window| window.key.clone()).collect();
            let mut dedup_keys: Vec<&str> = dedup_keys.collect();
            dedup_keys.sort_unstable();
            dedup_keys.dedup();
            for row in write.known_in_windows(&keys, &dedup_keys).await? {
                let resolved = row.status == "resolved";
                self.known.insert((row.window_key, row.dedup_key, row.alert_key), resolved);
            }
        }
        self.standing.insert(project.clone(), standing);
        left.retain(|left| window::project_of(&left.to).is_none());
        Ok(left)
    }

    /// Keeps an event that met a window: with a fact where it says something new. None where none is its own.
    pub(crate) fn keep(
        &mut self,
        write: &mut Write,
        (project, key): (&ProjectKey, &KeyId),
        event: &AlertEvent,
        number: u64,
    ) -> Option<RecordKey> {
        let now = write.now();
        let window = self.window_of(project, event, now)?;
        let place = (window.clone(), event.dedup_key.clone(), event.alert_key.clone());
        let known = self.known.get(&place).copied();
        let fact = window::keep(event, number, known)?;
        let counted = u64::from(fact.is_some());
        if let Some(body) = fact {
            let actor = Actor::Key { id: key.clone() };
            write.append(NewFact { record: Some(window.clone()), body, actor, role: None, reason: None });
        }
        let resolved = match event.action {
            Action::Resolve => true,
            Action::Acknowledge => known.unwrap_or(false),
            _ => false,
        };
        self.known.insert(place, resolved);
        self.kept.push(WindowAlertRow {
            window_key: window.clone(),
            dedup_key: event.dedup_key.clone(),
            alert_key: event.alert_key.clone(),
            status: if resolved { "resolved" } else { "firing" }.to_owned(),
            severity: event.severity.clone(),
            summary: event.summary.clone(),
            source: event.source.clone(),
            first_received: now,
            last_received: now,
            count: 1,
            counted,
            led_to: None,
        });
        Some(window)
    }

    /// The window that keeps the alert already, as firing rather than as resolved; else the one its host falls into.
    fn window_of(&self, project: &ProjectKey, event: &AlertEvent, now: Instant) -> Option<RecordKey> {
        let standing = self.standing.get(project)?;
        let known = |window: &Standing| {
            self.known.get(&(window.key.clone(), event.dedup_key.clone(), event.alert_key.clone())).copied()
        };
        let find = |resolved| standing.iter().find(|window| known(window) == Some(resolved));
        let chosen = match event.action {
            Action::Trigger => find(false).or_else(|| window::choose(standing, &event.source, now)),
            _ => find(false).or_else(|| find(true)),
        };
        chosen.map(|window| window.key.clone())
    }

    /// Writes what was kept.
    pub(crate) async fn save(&mut self, write: &mut Write) -> Answer<()> {
        Ok(write.upsert_window_alerts(std::mem::take(&mut self.kept)).await?)
    }
}

impl Desk {
    /// Writes the repeats in windows that no fact tells yet. Returns how many facts. A tenant in trouble holds up no other.
    pub(crate) async fn count_repeats_in_windows(&self) -> Answer<usize> {
        let mut written = 0;
        for tenant in self.store.system().tenants_uncounted_in_windows().await? {
            match self.count_repeats_in_windows_of(&tenant).await {
                Ok(count) => written += count,
                Err(error) => {
                    tracing::warn!(%tenant, %error, "repeats in windows of a tenant could not be counted; they will be");
                }
            }
        }
        Ok(written)
    }

    async fn count_repeats_in_windows_of(&self, tenant: &TenantId) -> Answer<usize> {
        let mut written = 0;
        let mut after: Place = (RecordKey::new(""), String::new(), String::new());
        loop {
            let mut write = self.store.write(tenant).await?;
            let page = write.uncounted_in_windows((after.0.as_str(), &after.1, &after.2), PAGE).await?;
            let Some(last) = page.last() else { return Ok(written) };
            after = (last.window_key.clone(), last.dedup_key.clone(), last.alert_key.clone());
            for alert in page {
                let (dedup_key, alert_key) = (alert.dedup_key.clone(), alert.alert_key.clone());
                let (count, total) = (alert.count - alert.counted, alert.count);
                let body = Body::WindowCounted { dedup_key, alert_key, count, total };
                write.append(NewFact::by_system(Some(alert.window_key.clone()), body));
                write.mark_counted_in_window(&alert, total).await?;
                written += 1;
            }
            write.commit().await?;
        }
    }
}
