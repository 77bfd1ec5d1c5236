//! The end of a window: what still fires stays with the incident that heard of it since, goes on into another window or into
//! the incident that is open for it, or opens one whose clocks run from the end, however late the desk comes to it.

use crate::Answer;
use crate::alert::{Opened, save_joined, save_opened, title_of};
use crate::desk::read_paper;
use domain::access::{Actor, Role};
use domain::alerts::Correlation;
use domain::fact::{Body, NewFact, Origin};
use domain::ids::RecordKey;
use domain::incident::Incident;
use domain::paper::{Agreement, Paper};
use domain::time::Instant;
use domain::window::{self, Beside, Firing, Leaves, Left, Standing, Window};
use std::collections::BTreeMap;
use store::{AlertRow, Failure, WindowAlertRow, Write};

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
        let mut firing = self.write.alerts_in_window(key).await?;
        firing.retain(|row| row.status == "firing");
        let mut dedup_keys: Vec<&str> = firing.iter().map(|row| row.dedup_key.as_str()).collect();
        dedup_keys.sort_unstable();
        dedup_keys.dedup();
        let known = self.write.correlations(&self.window.project, &dedup_keys).await?;
        let known: BTreeMap<String, Correlation> =
            known.into_iter().map(|(key, row)| (key, correlation(row))).collect();
        let heard = self.heard(&firing, &known).await?;
        let (now, mut opening, mut passed_on) =
            (self.write.now(), BTreeMap::<String, Vec<WindowAlertRow>>::new(), vec![]);
        for row in firing {
            let incident = known.get(&row.dedup_key);
            let heard = incident.and_then(|it| heard.get(&(it.incident.clone(), row.alert_key.clone())).copied());
            let alert = Firing { source: &row.source, last: row.last_received };
            match window::leaves(alert, Beside { windows: &others, incident, heard }, self.at, now) {
                Leaves::WithIncident(incident) => self.left_for(&row, &incident),
                Leaves::ToWindow(next) => passed_on.push(self.pass_on(row, &next)),
                Leaves::ToIncident(incident) => self.carry(row, &incident),
                Leaves::Opens => opening.entry(row.dedup_key.clone()).or_default().push(row),
            }
        }
        self.write.upsert_window_alerts(passed_on).await?;
        for (dedup_key, rows) in opening {
            self.open(dedup_key, rows).await?;
        }
        Ok(())
    }

    /// When the incidents that the dedup keys lead to last heard of the alerts.
    async fn heard(
        &mut self,
        firing: &[WindowAlertRow],
        known: &BTreeMap<String, Correlation>,
    ) -> Answer<BTreeMap<(RecordKey, String), Instant>> {
        let wanted =
            firing.iter().filter_map(|row| Some((known.get(&row.dedup_key)?.incident.clone(), row.alert_key.as_str())));
        let wanted: Vec<(RecordKey, &str)> = wanted.collect();
        let rows = self.write.known_alerts(&wanted).await?;
        Ok(rows.into_iter().map(|row| ((row.incident, row.alert_key), row.last_received)).collect())
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

fn correlation(row: store::Correlation) -> Correlation {
    Correlation { incident: row.incident, joins_until: row.joins_until }
}
