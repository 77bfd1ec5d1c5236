//! The routes of requests.

use super::filing::{EntryLine, FilingPage, OpenEntry, page as filing_page};
use super::of::{days, mark_of, page_of};
use super::one::page as request_page;
use super::{Listed, OwedByIncident, RequestListPage, Work, page as list_page};
use crate::form::Draft;
use crate::here::{Here, html};
use crate::incident::duty_mark;
use crate::layout::{Place, Shell};
use crate::sent::{Sent, Typed};
use crate::when;
use axum::response::Response;
use desk::request::{Act, NewRequest, RequestInput, RequestListed};
use desk::{Answer, ShiftLine};
use domain::access::Right;
use domain::catalogue::{CODES, Values};
use domain::ids::{RecordKey, TenantId};
use domain::incident::duty::{Duty, DutyKind};
use domain::refusal::Refusal;
use domain::request::duty::Owed;
use domain::request::{Pace, State};
use domain::time::Instant;
use domain::words::{Label, Lang};
use gate::{Path, Query, Trouble};
use jiff::tz::TimeZone;
use maud::Markup;
use serde::Deserialize;
use store::RequestQuery;

/// Requests of one page of a list.
const PAGE: u32 = 50;
/// Open requests on 今日 at most.
const TODAY_MAX: u32 = 300;

/// After which request a page of the list begins.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct After {
    opened: Option<i64>,
    key: Option<RecordKey>,
}

/// The requests within the reader's reach, the latest filed first.
pub(crate) async fn list(here: Here, Query(after): Query<After>) -> Result<Response, Trouble> {
    let shell = here.shell(Place::Requests).await?;
    let after = after.opened.map(Instant::from_ms).zip(after.key);
    let query = RequestQuery { after, ..RequestQuery::default() };
    let found = here.state.desk.requests(&here.caller, &query, PAGE).await?;
    let full = found.len() == PAGE as usize;
    let next = found.last().filter(|_| full);
    let next = next.map(|it| format!("/requests?opened={}&key={}", it.row.opened.ms(), it.row.key));
    let title = Label::new("ご依頼", "Requests");
    Ok(html(list_page(&shell, &listed(&here, &shell, title, found, next))))
}

/// 今日: open requests by what is owed first.
pub(crate) async fn today(here: Here) -> Result<Response, Trouble> {
    let shell = here.shell(Place::Today).await?;
    let found = here.state.desk.requests_owed(&here.caller, TODAY_MAX).await?;
    let title = Label::new("今日", "Today");
    let mails = here.state.desk.mails_waiting(&here.caller).await?;
    let works = works(&found);
    let owed = here.state.desk.owed_by_day(&here.caller).await?;
    let mut owed: Vec<_> = owed.iter().flat_map(|line| owed_by_incident(&shell, line)).collect();
    owed.sort_by_key(|(due, _)| *due);
    let owed = owed.into_iter().map(|(_, line)| line).collect();
    Ok(html(list_page(&shell, &RequestListPage { mails, works, owed, ..listed(&here, &shell, title, found, None) })))
}

/// What one incident brings to the day, each with its due.
fn owed_by_incident(shell: &Shell, line: &ShiftLine) -> Vec<(Instant, OwedByIncident)> {
    let (incident, board) = (&line.glance.incident, &line.glance.board);
    let owed = |duty: &Duty| {
        let words = match duty.kind {
            DutyKind::Promise(number) => {
                incident.open_promises().find(|(own, _)| *own == number).map(|(_, it)| &it.what.text)
            }
            DutyKind::HandOver => incident.handed_over().map(|given| &given.what.text),
            _ => None,
        };
        let owed = OwedByIncident {
            key: incident.key.to_string(),
            title: board.row.title.clone(),
            whose: board.customer.clone(),
            words: words.and_then(|id| line.texts.get(id)).cloned(),
            mark: duty_mark(shell, incident, duty, board.assignee.as_deref()),
        };
        (duty.due, owed)
    };
    line.duties.iter().map(owed).collect()
}

/// The works ahead, the next first; those that one person has at the same hours name each other.
fn works(found: &[RequestListed]) -> Vec<Work> {
    let ahead = found.iter().filter_map(|it| Some((it, it.row.work_from?, it.row.work_to?)));
    let mut ahead: Vec<_> = ahead.collect();
    ahead.sort_by_key(|(it, from, _)| (*from, it.row.key.clone()));
    let work = |(it, from, to): &(&RequestListed, Instant, Instant)| {
        let meets = |other: &&(&RequestListed, Instant, Instant)| {
            let is_same = it.row.assignee.is_some() && it.row.assignee == other.0.row.assignee;
            is_same && it.row.key != other.0.row.key && *from < other.2 && other.1 < *to
        };
        Work {
            key: it.row.key.to_string(),
            title: it.row.title.clone(),
            whose: format!("{} {}", it.customer, it.row.project),
            from: *from,
            to: *to,
            who: it.assignee.clone(),
            beside: ahead.iter().find(meets).map(|other| other.0.row.key.to_string()),
        }
    };
    ahead.iter().map(work).collect()
}

fn listed(
    here: &Here,
    shell: &Shell,
    title: Label,
    found: Vec<RequestListed>,
    next: Option<String>,
) -> RequestListPage {
    let staff = !here.caller.is_customer();
    let files = here.caller.may_somewhere(if staff { Right::Operate } else { Right::SpeakAsCustomer });
    let line = |it: RequestListed| Listed {
        mark: mark_of(shell, &it),
        key: it.row.key.to_string(),
        whose: if staff { format!("{} {}", it.customer, it.row.project) } else { it.row.project.to_string() },
        state: State::from_code(&it.row.state).map_or(Label::new("", ""), State::label),
        owed: it.row.owed.as_deref().and_then(Owed::from_code).map(Owed::label),
        urgent: it.row.urgent == 1,
        handed: it.row.handed == 1,
        filed: it.row.opened,
        title: it.row.title,
    };
    RequestListPage {
        title,
        requests: found.into_iter().map(line).collect(),
        files,
        staff,
        works: vec![],
        owed: vec![],
        mails: 0,
        next,
    }
}

/// What is chosen on the page of filing.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Chosen {
    project: Option<String>,
    entry: Option<String>,
    search: Option<String>,
}

/// The catalogue, or the form of one entry.
pub(crate) async fn new(here: Here, Query(chosen): Query<Chosen>) -> Result<Response, Trouble> {
    Ok(html(filing(&here, &chosen, Draft::default()).await?))
}

async fn filing(here: &Here, chosen: &Chosen, draft: Draft) -> Result<Markup, Trouble> {
    let shell = here.shell(Place::Requests).await?;
    let (desk, caller) = (&here.state.desk, &here.caller);
    let staff = !caller.is_customer();
    let right = if staff { Right::Operate } else { Right::SpeakAsCustomer };
    let mut projects: Vec<(String, String, TenantId)> = vec![];
    for view in desk.tenants(caller, right).await?.into_iter().filter(|view| !view.tenant.is_provider()) {
        let customer = if staff { format!("{} ", view.tenant.name) } else { String::new() };
        for project in view.projects {
            projects.push((project.key.to_string(), format!("{customer}{}", project.name), view.tenant.id.clone()));
        }
    }
    let wanted = chosen.project.as_deref();
    let project = projects.iter().find(|(key, ..)| Some(key.as_str()) == wanted).or(projects.first()).cloned();
    let (mut entries, mut open) = (vec![], None);
    if let Some((key, _, tenant)) = &project {
        let (_, catalogue) = desk.catalogue(caller, tenant).await?;
        let search = chosen.search.clone().unwrap_or_default();
        entries = catalogue
            .entries
            .iter()
            .filter(|entry| entry.filer.is_ordinary(true) || staff)
            .filter(|entry| entry.is_found_by(&search))
            .map(|entry| EntryLine {
                code: entry.code.clone(),
                heading: entry.heading.in_lang(shell.lang).to_owned(),
                kind: entry.kind.clone(),
                class: entry.class,
                days: entry.days().get(),
                paid: entry.class.is_paid(),
            })
            .collect();
        if let Some(code) = chosen.entry.as_deref().filter(|code| !code.is_empty()) {
            open = Some(opened(here, &shell, key, code).await?);
        }
    }
    let phone = desk.provider().await?.map(|(_, provider)| provider.phone).unwrap_or_default();
    Ok(filing_page(
        &shell,
        &FilingPage {
            project: project.map(|(key, ..)| key).unwrap_or_default(),
            projects: projects.into_iter().map(|(key, name, _)| (key, name)).collect(),
            search: chosen.search.clone().unwrap_or_default(),
            entries,
            open,
            staff,
            phone,
            draft,
        },
    ))
}

async fn opened(here: &Here, shell: &Shell, project: &str, code: &str) -> Result<OpenEntry, Trouble> {
    let desk = &here.state.desk;
    let promise = desk.due_if_filed(&here.caller, project, code, Pace::Middle).await?;
    let calendar = desk.calendar(shell.now).await?;
    let due = promise.due.unwrap_or(shell.now);
    let day = when::day(shell, due);
    let told = match shell.lang {
        _ if promise.lead => String::new(),
        Lang::Ja => format!("いま依頼すると、{day} 19:00 までに完了します。"),
        Lang::En => format!("Filed now, it will be done by 19:00 on {day}."),
    };
    let days = days(shell.now, due, &std::collections::BTreeSet::new(), &calendar, shell.now);
    Ok(OpenEntry {
        entry: promise.entry,
        lead: promise.lead,
        days,
        due: told,
        earliest: calendar.date_of(due).to_string(),
    })
}

/// Files a request.
pub(crate) async fn file(here: Here, sent: Sent) -> Result<Response, Trouble> {
    let filed = file_typed(&here, &sent.typed).await;
    let text = |name: &str| Some(sent.typed.text(name));
    let chosen = Chosen { project: text("project"), entry: text("entry"), search: None };
    let here = here.at("/requests/new");
    sent.answer(here.lang(), "request", filed, async |draft| filing(&here, &chosen, draft).await).await
}

/// What was typed into the fields of an entry.
fn values(typed: &Typed) -> Values {
    let known = typed.0.iter().filter(|(name, _)| CODES.contains(&name.as_str()));
    // A browser sends line ends as CRLF.
    known.map(|(name, value)| (name.clone(), value.replace("\r\n", "\n"))).collect()
}

async fn file_typed(here: &Here, typed: &Typed) -> Answer<String> {
    let pace = typed.text("pace");
    let new = NewRequest {
        project: typed.text("project"),
        entry: typed.text("entry"),
        fields: values(typed),
        pace: if pace.is_empty() { None } else { Some(typed.code("pace")?) },
        wished: typed.day("wished")?,
        urgent: typed.yes("urgent"),
        assignee: typed.text("assignee"),
        arrangement: typed.text("arrangement"),
        caller: typed.text("caller"),
        reason: typed.text("reason"),
    };
    let done = here.state.desk.file_request(&here.caller, &new).await?;
    // What takes an option that is not contracted became an inquiry.
    let is_request = here.state.desk.request_row(&here.caller, &done.key).await.is_ok();
    Ok(format!("/{}/{}", if is_request { "requests" } else { "records" }, done.key))
}

/// One request.
pub(crate) async fn show(here: Here, Path(key): Path<RecordKey>) -> Result<Response, Trouble> {
    Ok(html(shown(&here, &key, Draft::default()).await?))
}

pub(crate) async fn shown(here: &Here, key: &RecordKey, draft: Draft) -> Result<Markup, Trouble> {
    let shell = here.shell(Place::Requests).await?;
    let view = here.state.desk.request(&here.caller, key).await?;
    let may = |right| here.caller.enter(&view.tenant, right).is_ok();
    Ok(request_page(&shell, &page_of(&shell, &view, &may, draft)))
}

/// Does something to a request.
pub(crate) async fn act(act: Act, here: Here, Path(key): Path<RecordKey>, sent: Sent) -> Result<Response, Trouble> {
    let done = act_typed(act, &here, &key, &sent.typed).await;
    let here = here.at(format!("/requests/{key}"));
    let form = format!("verb-{}", act.noun());
    sent.answer(here.lang(), &form, done, async |draft| shown(&here, &key, draft).await).await
}

async fn act_typed(act: Act, here: &Here, key: &RecordKey, typed: &Typed) -> Answer<String> {
    let zone = zone(here).await?;
    let agreed = match (act, typed.text("agreed").as_str()) {
        (Act::Reply, "yes") => true,
        (Act::Reply, "no") => false,
        (Act::Reply, _) => {
            return Err(Refusal::invalid("agreed", "一つ選んでください。", "Choose one.").into());
        }
        _ => false,
    };
    let input = RequestInput {
        version: if act.fits_any_version() { typed.number("version")?.unwrap_or_default() } else { typed.version()? },
        text: typed.text("text").replace("\r\n", "\n"),
        reason: typed.text("reason"),
        affects: typed.yes("affects"),
        completed_at: typed.moment("completed_at", &zone)?,
        from: typed.moment("from", &zone)?,
        to: typed.moment("to", &zone)?,
        due: typed.day("due")?,
        agreed,
        entry: typed.text("entry"),
        record: typed.text("record").trim().to_uppercase(),
        fields: values(typed),
    };
    let done = here.state.desk.act_on_request(&here.caller, key, act, &input).await?;
    Ok(format!("/requests/{}", done.key))
}

async fn zone(here: &Here) -> Answer<TimeZone> {
    let now = here.state.desk.now().await?;
    Ok(here.state.desk.calendar(now).await?.zone().clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::ids::{PersonId, ProjectKey};
    use store::RequestRow;

    fn listed(key: &str, hours: Option<(i64, i64)>, who: Option<&str>) -> RequestListed {
        let at = |hour: i64| Instant::from_ms(hour * domain::time::HOUR_MS);
        let row = RequestRow {
            tenant: TenantId::new("t"),
            key: RecordKey::new(key),
            project: ProjectKey::new("NGS"),
            number: 1,
            state: "planned".into(),
            version: 1,
            title: String::new(),
            assignee: who.map(PersonId::new),
            opened: at(0),
            ended: None,
            entry: String::new(),
            kind: String::new(),
            report: String::new(),
            class: String::new(),
            days: 1,
            pace: String::new(),
            channel: String::new(),
            received: at(0),
            standard_due: None,
            raw_due: None,
            due: None,
            held: 0,
            awaiting: None,
            excepted: 0,
            done: None,
            breached: 0,
            urgent: 0,
            owed: None,
            owed_due: None,
            work_from: hours.map(|(from, _)| at(from)),
            work_to: hours.map(|(_, to)| at(to)),
            handed: 0,
        };
        RequestListed { row, customer: String::new(), assignee: who.map(str::to_owned) }
    }

    #[test]
    fn works_stand_by_the_hour_and_one_person_does_one_at_a_time() {
        let found = [
            listed("A-1", Some((16, 18)), Some("mori")),
            listed("A-2", None, Some("mori")),
            listed("A-3", Some((10, 12)), Some("mori")),
            listed("A-4", Some((17, 19)), Some("mori")),
            // At the same hours, but by somebody else or nobody yet; what begins as another ends meets it not.
            listed("A-5", Some((10, 12)), Some("sato")),
            listed("A-6", Some((11, 12)), None),
            listed("A-7", Some((18, 19)), Some("sato")),
            listed("A-8", Some((19, 20)), Some("sato")),
        ];
        let works = works(&found);
        let shown: Vec<(&str, Option<&str>)> =
            works.iter().map(|work| (work.key.as_str(), work.beside.as_deref())).collect();
        assert_eq!(
            shown,
            [
                ("A-3", None),
                ("A-5", None),
                ("A-6", None),
                ("A-1", Some("A-4")),
                ("A-4", Some("A-1")),
                ("A-7", None),
                ("A-8", None),
            ]
        );
    }
}
