//! The board's routes and what it shows: rows by nearest duty with their lanes, and what is wrong with the desk itself.

use super::{BoardPage, BoardRow, LaneMark, Warning, page};
use crate::clock::{ClockMark, ClockState};
use crate::here::{Here, html};
use crate::incident::duty_mark;
use crate::layout::{Place, Shell};
use axum::response::{IntoResponse, Redirect, Response};
use desk::health::{self, Mail, Packs, WallClock};
use desk::{Answer, Glance};
use domain::access::Right;
use domain::alerts::Fate;
use domain::calendar::Calendar;
use domain::fact::Origin;
use domain::fault::Priority;
use domain::ids::{MessageId, ProjectKey, RecordKey};
use domain::incident::Incident;
use domain::incident::duty::{Duty, DutyKind};
use domain::incident::escalation::Group;
use domain::incident::merging::together;
use domain::time::{HOUR_MS, Instant, MINUTE_MS};
use domain::window::WindowKind;
use domain::words::Label;
use gate::Trouble;
use std::collections::BTreeMap;
use store::{KeyRow, MessageRow};

/// How far a lane reaches back and ahead.
const LANE_MS: i64 = HOUR_MS;

/// The board of the monitoring centre; everybody else is led to what is theirs.
pub(crate) async fn show(here: Here) -> Result<Response, Trouble> {
    let caller = &here.caller;
    if !caller.may_somewhere(Right::ReadOperations) {
        let to = match caller {
            _ if caller.is_customer() => "/incidents",
            _ if caller.may_somewhere(Right::Advise) => "/records?process=lead",
            _ if caller.may_somewhere(Right::Agree) => "/settings/tenants",
            _ => "/account",
        };
        return Ok(Redirect::to(to).into_response());
    }
    let shell = here.shell(Place::Board).await?;
    let board = Board::load(&here).await?;
    Ok(html(page(&shell, &board.page(&shell))))
}

/// Everything the board is drawn from.
pub(crate) struct Board {
    glances: Vec<Glance>,
    /// Incidents that cannot be read.
    damaged: Vec<RecordKey>,
    calendar: Calendar,
    health: health::State,
    undelivered: Vec<MessageRow>,
    waiting: u64,
    silent: Vec<(KeyRow, Instant)>,
    urgent: Vec<desk::request::RequestListed>,
    windows: Vec<desk::RunningWindow>,
    unreadable: u64,
    alerts_today: u64,
    duty: Vec<String>,
    takes_calls: bool,
    merges: bool,
}

impl Board {
    pub(crate) async fn load(here: &Here) -> Answer<Self> {
        let (desk, caller) = (&here.state.desk, &here.caller);
        let now = desk.now().await?;
        let calendar = desk.calendar(now).await?;
        let day = desk.fates(caller, now.plus_ms(-24 * HOUR_MS), now.plus_ms(1)).await?;
        let midnight = crate::when::midnight(calendar.date_of(now), calendar.zone());
        let today = desk.fates(caller, midnight, now.plus_ms(1)).await?;
        let (glances, damaged) = desk.glances(caller).await?;
        let owed = glances.iter().flat_map(|glance| glance.incident.duties(now, &calendar));
        let to_call_for: Vec<MessageId> = owed
            .filter_map(|duty| match duty.kind {
                DutyKind::CallUndelivered(id) => Some(id),
                _ => None,
            })
            .collect();
        Ok(Self {
            undelivered: desk.messages_named(caller, &to_call_for).await?,
            glances,
            damaged,
            health: desk.health().state(),
            waiting: desk.waiting_messages().await?,
            silent: desk.silent_keys(caller).await?,
            urgent: desk.urgent_requests(caller).await?,
            windows: desk.running_windows(caller).await?,
            unreadable: day.counts.iter().filter(|(fate, _)| *fate == Fate::Unreadable).map(|(_, count)| count).sum(),
            alerts_today: today.total,
            duty: desk.on_duty().await?,
            merges: caller.may_somewhere(Right::Operate),
            takes_calls: caller.enter(&desk.provider_id().await?, Right::Operate).is_ok(),
            calendar,
        })
    }

    pub(crate) fn page(&self, shell: &Shell) -> BoardPage {
        BoardPage {
            rows: self.rows(shell),
            warnings: self.warnings(shell),
            urgent: self.urgent.iter().map(waiting).collect(),
            windows: self.windows.iter().map(running).collect(),
            duty: self.duty.clone(),
            alerts_today: self.alerts_today,
            takes_calls: self.takes_calls,
        }
    }

    fn rows(&self, shell: &Shell) -> Vec<BoardRow> {
        let mut rows: Vec<BoardRow> = self.glances.iter().map(|glance| self.row(shell, glance)).collect();
        if !self.merges {
            return rows;
        }
        let mut by_project: BTreeMap<&ProjectKey, Vec<(RecordKey, Instant)>> = BTreeMap::new();
        for incident in self.glances.iter().map(|glance| &glance.incident).filter(|it| !it.state.is_final()) {
            by_project.entry(&incident.project).or_default().push((incident.key.clone(), incident.alert_at()));
        }
        for mut group in by_project.into_values().flat_map(together) {
            let earliest = group.remove(0);
            if let Some(row) = rows.iter_mut().find(|row| row.key == earliest.as_str()) {
                row.together = group.iter().map(ToString::to_string).collect();
            }
        }
        rows
    }

    fn row(&self, shell: &Shell, glance: &Glance) -> BoardRow {
        let (incident, holder) = (&glance.incident, glance.board.assignee.as_deref());
        let duties = incident.duties(shell.now, &self.calendar);
        let quiet = || ClockMark { name: String::new(), state: ClockState::NoClock, holder: None, href: None };
        BoardRow {
            key: incident.key.to_string(),
            tenant: glance.board.customer.clone(),
            host: glance.host.clone(),
            title: glance.board.row.title.clone(),
            state: incident.state.label(),
            duty: duties.first().map_or(domain::words::Label::new("待ち", "Waiting"), |duty| duty.kind.label()),
            mark: duties.first().map_or_else(quiet, |duty| duty_mark(shell, incident, duty, holder)),
            owner: duties.first().and_then(|duty| incident.group_of(&duty.kind)).map(Group::label),
            holder: holder.map(str::to_owned),
            received: incident.alert_at(),
            alerts: glance.alerts,
            filed: filed(incident),
            flaps: incident.flaps(),
            children: glance.board.row.children,
            together: vec![],
            version: incident.version,
            lane: lane(shell, glance, &duties),
        }
    }

    fn warnings(&self, shell: &Shell) -> Vec<Warning> {
        let mut list = vec![];
        if let Mail::Fails { since, reason } = &self.health.mail {
            list.push(Warning::SmtpFailing { since: *since, reason: reason.clone(), waiting: self.waiting });
        }
        if self.health.mail == Mail::NotConfigured {
            list.push(Warning::SmtpMissing { waiting: self.waiting });
        }
        if self.health.clock == WallClock::Unsynchronised {
            list.push(Warning::ClockUnsynchronised { offset_ms: None });
        }
        match &self.health.packs {
            Packs::NotConfigured => list.push(Warning::PackMissing),
            Packs::Late { made, reason } => list.push(Warning::PackLate { made: *made, reason: reason.clone() }),
            Packs::Unknown | Packs::Made { .. } => {}
        }
        list.extend(self.damaged.iter().map(|key| Warning::Damaged { record: key.to_string() }));
        for glance in &self.glances {
            for duty in glance.incident.duties(shell.now, &self.calendar) {
                let DutyKind::CallUndelivered(id) = duty.kind else { continue };
                let row = self.undelivered.iter().find(|row| row.id == id);
                list.push(Warning::Undelivered {
                    record: glance.incident.key.to_string(),
                    to: row.map(|row| row.recipient.clone()).unwrap_or_default(),
                    reason: row
                        .and_then(|row| row.reason.clone())
                        .unwrap_or_else(|| shell.t("まだ届いていない", "not delivered yet").to_owned()),
                });
            }
        }
        if self.unreadable > 0 {
            list.push(Warning::Quarantine { count: self.unreadable });
        }
        list.extend(self.silent.iter().map(|(key, since)| Warning::Silent { key: key.label.clone(), since: *since }));
        let sweep = &self.health.sweep;
        if sweep.is_alarming() {
            list.push(Warning::Auditor {
                overdue_timers: sweep.overdue_timers,
                overdue_claims: sweep.overdue_claims,
                stuck: sweep.stuck,
            });
        }
        list
    }
}

fn waiting(it: &desk::request::RequestListed) -> super::UrgentLine {
    super::UrgentLine {
        key: it.row.key.to_string(),
        tenant: it.customer.clone(),
        title: it.row.title.clone(),
        filed: it.row.received,
    }
}

fn running(it: &desk::RunningWindow) -> super::WindowStrip {
    let kind = WindowKind::ALL.into_iter().find(|kind| kind.code() == it.row.kind).unwrap_or(WindowKind::Planned);
    super::WindowStrip {
        key: it.row.key.to_string(),
        tenant: it.customer.clone(),
        kind: kind.label(),
        hosts: it.row.hosts.as_deref().unwrap_or_default().lines().map(str::to_owned).collect(),
        to: it.row.to,
        firing: it.firing,
    }
}

/// Who told us, where that was the customer: with the priority they gave.
pub(crate) const fn filed(incident: &Incident) -> Option<Label> {
    Some(match (&incident.origin, incident.priority()) {
        (_, Some(Priority::High)) => Label::new("お客様の申告 優先度 高", "Filed by the customer, priority high"),
        (_, Some(Priority::Middle)) => Label::new("お客様の申告 優先度 中", "Filed by the customer, priority middle"),
        (_, Some(Priority::Low)) => Label::new("お客様の申告 優先度 低", "Filed by the customer, priority low"),
        (Origin::Telephone { .. }, None) => Label::new("お客様のお電話", "Told by telephone"),
        _ => return None,
    })
}

/// What was told and tried on an incident, and what is owed in the next hour.
fn lane(shell: &Shell, glance: &Glance, duties: &[Duty]) -> Vec<LaneMark> {
    let incident = &glance.incident;
    let mut marks: Vec<LaneMark> = vec![];
    let mut done = |at: Instant, what: &'static str| marks.push(LaneMark { at, what: what.to_owned(), done: true });
    let received = match &incident.origin {
        Origin::Customer { .. } => shell.t("申告の受付", "filed"),
        Origin::Telephone { .. } => shell.t("お電話", "call"),
        Origin::Alert { .. } | Origin::Heartbeat { .. } => shell.t("アラート受信", "alert received"),
        Origin::Window { .. } => shell.t("作業時間帯の終了", "window ended"),
    };
    done(incident.alert_at(), received);
    incident.checks.iter().for_each(|it| done(it.mark.at, shell.t("稼動確認", "checked")));
    incident.publications.iter().for_each(|it| done(it.mark.at, shell.t("障害発生連絡", "notice")));
    incident.calls.iter().for_each(|it| done(it.what.begun, shell.t("架電", "call")));
    incident.reports.iter().for_each(|it| done(it.mark.at, shell.t("中間報告", "interim report")));
    incident.recovery_notices.iter().for_each(|it| done(it.mark.at, shell.t("復旧連絡", "recovery told")));
    marks.retain(|mark| shell.now.since_ms(mark.at) <= LANE_MS);
    let near = |due: Instant| due.since_ms(shell.now) <= LANE_MS + MINUTE_MS;
    for duty in duties.iter().filter(|duty| near(duty.due)) {
        marks.push(LaneMark { at: duty.due, what: duty.kind.label().in_lang(shell.lang).to_owned(), done: false });
    }
    for clock in incident.clocks().iter().filter(|clock| clock.end.is_none() && !incident.state.is_final()) {
        for (due, name) in [(Some(clock.slo_due), "SLO"), (clock.sla_due, "SLA")] {
            let Some(due) = due.filter(|due| near(*due) && duties.iter().all(|duty| duty.due != *due)) else {
                continue;
            };
            marks.push(LaneMark {
                at: due,
                what: format!("{} {name}", shell.t("障害発生連絡", "notice")),
                done: false,
            });
        }
    }
    marks
}
