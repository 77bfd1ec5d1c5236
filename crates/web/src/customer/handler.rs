//! The customer's incident and the list of incidents, from what the desk published.

use super::{ConsentLine, CustomerIncidentPage, CustomerListPage, Listed, incident_page};
use crate::attachment::files_of;
use crate::clock::{ClockMark, ClockState, Of};
use crate::form::Draft;
use crate::here::{Here, html};
use crate::incident::telling::Told;
use crate::incident::{Impact, calls_of, impact, interim_mark, ledgers, notice_marks, told_to_customer};
use crate::layout::{Place, Shell};
use crate::sent::Sent;
use axum::response::Response;
use desk::incident::{BoardRow, PublishedView, input};
use desk::{Answer, Caller, Outcome};
use domain::access::{Actor, Right};
use domain::fact::Origin;
use domain::ids::RecordKey;
use domain::incident::{Consent, Incident, Mark, Marked, State};
use domain::time::{Instant, MINUTE_MS};
use domain::words::Label;
use gate::{Path, Trouble};
use maud::Markup;
use std::collections::HashMap;
use store::IncidentQuery;

/// Incidents of one page of the list.
const PAGE: u32 = 50;

/// The page of one incident, as its customer reads it.
pub(crate) async fn show(here: &Here, key: &RecordKey) -> Result<Response, Trouble> {
    let shell = here.shell(Place::Incidents).await?;
    let view = here.state.desk.published(&here.caller, key).await?;
    let has_read = |read: &Mark| read.actor.person_id() == here.caller.person();
    if !view.incident.state.is_final() && !view.incident.reads.iter().any(has_read) {
        here.state.desk.read_ticket(&here.caller, key).await?;
    }
    Ok(html(incident_page(&shell, &page_for(&here.caller, &shell, &view, Draft::default()))))
}

/// The page with what its reader had typed.
pub(crate) async fn shown(here: &Here, key: &RecordKey, draft: Draft) -> Result<Markup, Trouble> {
    let shell = here.shell(Place::Incidents).await?;
    let view = here.state.desk.published(&here.caller, key).await?;
    Ok(incident_page(&shell, &page_for(&here.caller, &shell, &view, draft)))
}

fn page_for(caller: &Caller, shell: &Shell, view: &PublishedView, draft: Draft) -> CustomerIncidentPage {
    let mut page = CustomerIncidentPage { draft, ..context(shell, view) };
    // What goes on in another incident is written there.
    let goes_on = view.incident.merging().is_none();
    page.files.may_add = goes_on && caller.may_somewhere(Right::SpeakAsCustomer);
    page
}

/// What the page shows.
pub(crate) fn context(shell: &Shell, view: &PublishedView) -> CustomerIncidentPage {
    let mut incident = view.incident.clone();
    as_the_desk(&mut incident);
    let people = HashMap::new();
    let sources = HashMap::new();
    let told = Told {
        shell,
        texts: &view.texts,
        people: &people,
        contacts: &view.contact_names,
        sources: &sources,
        incident: &incident,
    };
    let mut published = told_to_customer(&incident, &told);
    let own: Vec<u64> = incident.messages.iter().filter(|message| message.what.1).map(|it| it.mark.seq).collect();
    for item in &mut published {
        item.by.clone_from(if own.contains(&item.seq) { &view.customer } else { &shell.provider });
    }
    let calls =
        calls_of(&incident, &told).into_iter().map(|call| crate::incident::Call { by: shell.provider.clone(), ..call });
    let tell = |seq: u64| fact_of(&incident, seq).in_lang(shell.lang).to_owned();
    let first = incident.publications.first().map(|p| (p.mark.at, view.customer.clone()));
    let recovered = incident.recovery().map(|recovery| recovery.what.recovered_at);
    CustomerIncidentPage {
        key: incident.key.to_string(),
        project: incident.project.to_string(),
        title: told.text(&incident.title),
        state: incident.state.label(),
        impact: impact(&incident),
        began: incident.alert_at(),
        recovered,
        filed: filed_items(shell, &incident, &view.texts),
        told: first,
        standing: incident.how_it_stands().in_lang(shell.lang).to_owned(),
        decide: incident.decision().map(|what| what.in_lang(shell.lang).to_owned()),
        // Before the parent told of it, the customer may not know the parent at all.
        merged_into: incident.merging().map(|it| (it.what.into.to_string(), it.what.standing.told.is_some())),
        children: incident
            .merged_children()
            .filter(|child| child.known || !incident.publications.is_empty())
            .map(|child| child.key.to_string())
            .collect(),
        next_report: interim_mark(shell, &incident, Some(&shell.provider)),
        clocks: notice_marks(shell, &incident, Some(&shell.provider)),
        ledgers: ledgers(shell, &incident, &view.ledgers, Some(&shell.provider), &tell, false),
        reports: incident
            .after
            .reports
            .iter()
            .rev()
            .filter_map(|version| Some((version.what.kind, version.what.number, version.published()?.at)))
            .collect(),
        published,
        calls: calls.collect(),
        consents: (1..).zip(&incident.consents).map(|(number, consent)| consent_line(number, consent, &told)).collect(),
        files: files_of(format!("/incidents/{}", incident.key), &incident.files, &view.texts, (false, false, true)),
        draft: Draft::default(),
    }
}

fn consent_line(number: u32, consent: &Marked<Consent>, told: &Told<'_>) -> ConsentLine {
    let what = &consent.what;
    ConsentLine {
        number,
        at: consent.mark.at,
        who: format!("{} {}", told.text(&what.who), told.text(&what.number)),
        words: told.text(&what.words),
        what: told.text(&what.what),
        disputed: what.disputed.as_ref().map(|dispute| told.text(&dispute.what)),
    }
}

/// The customer says that a consent was not given so.
pub(crate) async fn dispute(here: Here, Path(key): Path<RecordKey>, sent: Sent) -> Result<Response, Trouble> {
    let consent = sent.typed.number("consent").ok().flatten().unwrap_or_default();
    let input = input::ConsentDispute { consent, text: sent.typed.text("text") };
    let done = here.state.desk.dispute_consent(&here.caller, &key, &input).await;
    let to = done.map(|done| format!("/incidents/{}", done.key));
    let here = here.at(format!("/incidents/{key}"));
    let form = format!("consent-dispute-{consent}");
    sent.answer(here.lang(), &form, to, async |draft| shown(&here, &key, draft).await).await
}

/// What the customer told us, item by item.
fn filed_items(
    shell: &Shell,
    incident: &Incident,
    texts: &HashMap<domain::ids::BlobId, String>,
) -> Vec<(String, String)> {
    let Some(filed) = crate::incident::filed(shell, incident, texts) else { return vec![] };
    let priority = (shell.t("優先度", "Priority").to_owned(), filed.priority);
    let host = (shell.t("ホスト名", "Host").to_owned(), filed.host);
    let details = match incident.phone {
        Some(_) => shell.t("ご連絡内容", "What it is about"),
        None => shell.t("障害の詳細", "What is wrong"),
    };
    let all = [priority, host].into_iter().chain(filed.items).chain([(details.to_owned(), filed.details)]);
    all.filter(|(_, value)| !value.is_empty()).collect()
}

/// The customer reads that the provider acted, never which of its people.
fn as_the_desk(incident: &mut Incident) {
    incident.publications.iter_mut().for_each(|it| it.mark.actor = Actor::System);
    incident.reports.iter_mut().for_each(|it| it.mark.actor = Actor::System);
    incident.recovery_notices.iter_mut().for_each(|it| it.mark.actor = Actor::System);
    incident.calls.iter_mut().for_each(|it| it.mark.actor = Actor::System);
    incident.messages.iter_mut().for_each(|it| it.mark.actor = Actor::System);
    incident.closure.iter_mut().for_each(|it| it.mark.actor = Actor::System);
    for version in &mut incident.after.reports {
        version.mark.actor = Actor::System;
        version.what.decision.iter_mut().for_each(|decision| decision.mark.actor = Actor::System);
    }
}

/// What kind of fact stands behind a stretch of a clock.
fn fact_of(incident: &Incident, seq: u64) -> Label {
    let is = |mark: &domain::incident::Mark| mark.seq == seq;
    if incident.publications.iter().any(|p| is(&p.mark)) {
        Label::new("障害発生連絡の公開", "notice published")
    } else if incident.calls.iter().any(|c| is(&c.mark)) {
        Label::new("お客様への架電", "call to you")
    } else if incident.judgements.iter().any(|j| is(&j.mark)) {
        Label::new("サービス影響の判定", "impact judged")
    } else if is(&incident.opened) {
        match incident.origin {
            Origin::Customer { .. } => Label::new("お客様の申告の受付", "your report received"),
            Origin::Telephone { .. } => Label::new("お客様からのお電話", "your call"),
            Origin::Alert { .. } | Origin::Heartbeat { .. } => Label::new("アラートの受信", "alert received"),
            Origin::Window { .. } => Label::new("作業時間帯の終了", "end of the window of work"),
        }
    } else {
        Label::new("判定の確認", "judgement confirmed")
    }
}

/// A page of the list with the place after which the next begins.
pub(crate) async fn rows(here: &Here, after: Option<(Instant, RecordKey)>) -> Answer<Vec<BoardRow>> {
    let query = IncidentQuery { told: here.caller.is_customer(), after, ..IncidentQuery::default() };
    here.state.desk.incidents(&here.caller, &query, PAGE).await
}

/// The list as it is shown.
pub(crate) fn list(shell: &Shell, staff: bool, rows: Vec<BoardRow>, outcomes: &[Outcome]) -> CustomerListPage {
    let full = rows.len() == PAGE as usize;
    let next = rows
        .last()
        .filter(|_| full)
        .map(|last| format!("/incidents?opened={}&key={}", last.row.opened.ms(), last.row.key));
    let listed = |(it, outcome): (BoardRow, &Outcome)| (it.row.ended.is_some(), listed(shell, staff, it, outcome));
    let mut incidents: Vec<(bool, Listed)> = rows.into_iter().zip(outcomes).map(listed).collect();
    incidents.sort_by_key(|(ended, _)| *ended);
    CustomerListPage { incidents: incidents.into_iter().map(|(_, it)| it).collect(), reports: !staff, next }
}

fn listed(shell: &Shell, staff: bool, it: BoardRow, outcome: &Outcome) -> Listed {
    let BoardRow { row, customer, assignee } = it;
    let minutes = u32::try_from(row.slo_due.since_ms(row.alert_at) / MINUTE_MS).unwrap_or(0);
    let state = match row.notified_at {
        Some(at) if at <= row.slo_due => ClockState::Met { due: row.slo_due, at, provisional: row.ended.is_none() },
        Some(at) => ClockState::Missed { due: row.slo_due, at: Some(at), provisional: row.ended.is_none() },
        None if row.state == State::FalseAlarm.code() => {
            ClockState::Excepted { why: shell.t("誤検知", "false alarm").to_owned() }
        }
        None if shell.now <= row.slo_due => ClockState::Running { since: row.alert_at, due: row.slo_due },
        None => ClockState::Missed { due: row.slo_due, at: None, provisional: row.ended.is_none() },
    };
    Listed {
        key: row.key.to_string(),
        title: row.title,
        project: if staff { format!("{customer} {}", row.project) } else { row.project.to_string() },
        state: State::from_code(&row.state).map_or(Label::new("", ""), State::label),
        impact: match row.impact.as_str() {
            "yes" => Impact::Yes,
            "no" => Impact::No,
            _ => Impact::Unjudged,
        },
        began: row.alert_at,
        recovered: outcome.lasted_ms.map(|lasted| row.alert_at.plus_ms(lasted)).or(row.ended),
        mark: ClockMark {
            name: Of::NoticeSlo(minutes).name(shell.lang),
            state,
            holder: if staff { assignee } else { Some(shell.provider.clone()) },
            href: None,
        },
    }
}
