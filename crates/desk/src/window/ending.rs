//! The end of a window: what still fires goes on into another window, into the incident that is open for it, or opens one
//! whose clocks run from the end, however late the desk comes to it.

use crate::Answer;
use crate::alert::{Opened, save_joined, save_opened, title_of};
use crate::desk::read_paper;
use domain::access::{Actor, Role};
use domain::fact::{Body, NewFact, Origin};
use domain::ids::RecordKey;
use domain::incident::Incident;
use domain::paper::{Agreement, Paper};
use domain::time::Instant;
use domain::window::{self, Left, Standing, Window};
use std::collections::BTreeMap;
use store::{AlertRow, Correlation, Failure, WindowAlertRow, Write};

/// How a window ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// Its end has come, or was moved to now.
    Reached,
    /// It is cancelled.
    Cancelled,
}

/// Ends a window inside a transaction, and says where each alert went that still fired.
pub(crate) async fn end(
    write: &mut Write,
    window: &mut Window,
    how: Ending,
    actor: &Actor,
    role: Option<Role>,
) -> Answer<Vec<Left>> {
    let at = if how == Ending::Cancelled { write.now() } else { window.to };
    let mut exit = Exit { write, window, at, left: vec![], opened: vec![], alerts: vec![], joined: vec![] };
    exit.leave().await?;
    let Exit { left, opened, alerts, joined, .. } = exit;
    save_opened(write, opened).await?;
    write.upsert_alerts(alerts).await?;
    let mut incidents: Vec<RecordKey> = joined.iter().map(|(incident, _)| incident.clone()).collect();
    incidents.dedup();
    save_joined(write, joined, incidents).await?;
    let body = match how {
        Ending::Reached => Body::WindowEnded { at, left: left.clone() },
        Ending::Cancelled => Body::WindowCancelled { left: left.clone() },
    };
    let record = Some(window.key.clone());
    let fact = write.append(NewFact { record, body, actor: actor.clone(), role, reason: None });
    window.apply(&fact)?;
    write.lead_out_of_window(&window.key, &left).await?;
    write.save_window(window).await?;
    write.sync_timers(window.key.as_str(), &super::timer_rows(window)).await?;
    Ok(left)
}

/// What leaves a window.
struct Exit<'e> {
    write: &'e mut Write,
    window: &'e Window,
    /// The window's end, from which clocks run.
    at: Instant,
    left: Vec<Left>,
    opened: Vec<Opened>,
    alerts: Vec<AlertRow>,
    /// Incidents that were there already, with the events of the alerts that join them.
    joined: Vec<(RecordKey, u64)>,
}

impl Exit<'_> {
    async fn leave(&mut self) -> Answer<()> {
        let key = &self.window.key;
        let others = self.write.standing_windows(&self.window.project).await?;
        let others: Vec<Standing> = others.iter().filter(|row| row.key != *key).map(|row| row.standing()).collect();
        let mut by_dedup_key: BTreeMap<String, Vec<WindowAlertRow>> = BTreeMap::new();
        let mut passed_on = vec![];
        for row in self.write.alerts_in_window(key).await?.into_iter().filter(|row| row.status == "firing") {
            match window::choose(&others, &row.source, self.at) {
                Some(next) => passed_on.push(self.pass_on(row, &next.key)),
                None => by_dedup_key.entry(row.dedup_key.clone()).or_default().push(row),
            }
        }
        self.write.upsert_window_alerts(passed_on).await?;
        let dedup_keys: Vec<&str> = by_dedup_key.keys().map(String::as_str).collect();
        let correlations = self.write.correlations(&self.window.project, &dedup_keys).await?;
        let now = self.write.now();
        for (dedup_key, rows) in by_dedup_key {
            let joins = |found: &&Correlation| found.joins_until.is_none_or(|until| now <= until);
            match correlations.get(&dedup_key).filter(joins) {
                Some(found) => {
                    rows.into_iter().for_each(|row| self.carry(row, &found.incident));
                }
                None => self.open(dedup_key, rows).await?,
            }
        }
        Ok(())
    }

    /// Another window that runs on keeps the alert from here on.
    fn pass_on(&mut self, row: WindowAlertRow, next: &RecordKey) -> WindowAlertRow {
        let now = self.write.now();
        let body = Body::WindowKept {
            event: self.event_of(&row),
            dedup_key: row.dedup_key.clone(),
            alert_key: row.alert_key.clone(),
            from: Some(self.window.key.clone()),
        };
        self.write.append(NewFact::by_system(Some(next.clone()), body));
        self.left_for(&row, next);
        let (first_received, last_received) = (now, now);
        WindowAlertRow {
            window_key: next.clone(),
            first_received,
            last_received,
            count: 0,
            counted: 0,
            led_to: None,
            ..row
        }
    }

    /// Opens the incident of one dedup key: its alert that came first opens it, the others belong to it.
    async fn open(&mut self, dedup_key: String, rows: Vec<WindowAlertRow>) -> Answer<()> {
        let mut rows = rows.into_iter();
        let Some(first) = rows.next() else { return Ok(()) };
        let project = &self.window.project;
        let number = self.write.next_number(project).await?;
        let key = project.record(number);
        let now = self.write.now();
        let row = self.write.version_at(Agreement::KIND, "", now).await?;
        let agreed = row.map(|row| read_paper::<Agreement>(&row)).transpose()?;
        let title = title_of(&first.source, &first.summary);
        let body = Body::IncidentOpened {
            project: project.clone(),
            number,
            origin: Origin::Window {
                window: self.window.key.clone(),
                ended: self.at,
                event: self.event_of(&first),
                dedup_key: dedup_key.clone(),
                alert_key: first.alert_key.clone(),
            },
            title: self.write.text(&title),
            severity: first.severity.clone(),
            targets: agreed.as_ref().map(|(_, agreement)| agreement.targets).unwrap_or_default(),
            agreement: agreed.map(|(version, _)| version),
        };
        let mut facts = vec![self.write.append(NewFact::by_system(Some(key.clone()), body))];
        self.left_for(&first, &key);
        self.alerts.push(self.alert(first, &key));
        for row in rows {
            facts.push(self.write.append(self.carried(&row, &key)));
            self.left_for(&row, &key);
            self.alerts.push(self.alert(row, &key));
        }
        let incident = Incident::fold(&facts)?;
        let incident = incident.ok_or_else(|| Failure::Corrupt("the first fact opens nothing".into()))?;
        self.opened.push((incident, title, dedup_key));
        Ok(())
    }

    /// The alert belongs to an incident that is open already.
    fn carry(&mut self, row: WindowAlertRow, incident: &RecordKey) {
        self.write.append(self.carried(&row, incident));
        self.left_for(&row, incident);
        self.joined.push((incident.clone(), self.event_of(&row)));
        self.alerts.push(self.alert(row, incident));
    }

    fn carried(&self, row: &WindowAlertRow, incident: &RecordKey) -> NewFact {
        let (window, event) = (self.window.key.clone(), self.event_of(row));
        let body = Body::AlertCarried { window, event, alert_key: row.alert_key.clone() };
        NewFact::by_system(Some(incident.clone()), body)
    }

    fn left_for(&mut self, row: &WindowAlertRow, to: &RecordKey) {
        let (dedup_key, alert_key) = (row.dedup_key.clone(), row.alert_key.clone());
        self.left.push(Left { dedup_key, alert_key, to: to.clone() });
    }

    /// That it still fires counts as one telling.
    fn alert(&self, row: WindowAlertRow, incident: &RecordKey) -> AlertRow {
        let now = self.write.now();
        AlertRow {
            incident: incident.clone(),
            alert_key: row.alert_key,
            project: self.window.project.clone(),
            dedup_key: row.dedup_key,
            status: "firing".to_owned(),
            severity: row.severity,
            summary: row.summary,
            source: row.source,
            first_received: now,
            last_received: now,
            count: 1,
            counted: 1,
        }
    }

    fn event_of(&self, row: &WindowAlertRow) -> u64 {
        let place = (row.dedup_key.clone(), row.alert_key.clone());
        self.window.alerts.get(&place).map(|alert| alert.event).unwrap_or_default()
    }
}
