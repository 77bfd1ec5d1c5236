//! The papers of a project: criteria and contact plan. Each change is a new version.

use super::super::{ImportPage, Section, import_page};
use super::sheet::{Sheet, csv_answer};
use super::tenant_of;
use super::tenants::page_of;
use crate::form::Draft;
use crate::here::{Here, html};
use crate::layout::Place;
use crate::sent::{Sent, Typed, minute_of_day};
use crate::settings::code_of;
use axum::response::Response;
use desk::Answer;
use domain::contact::{Contact, ContactPlan, Days, Hours, Rounds};
use domain::criteria::{Criteria, Question};
use domain::ids::{ContactId, ProjectKey, TenantId};
use domain::refusal::Refusal;
use gate::{Path, Trouble};
use maud::Markup;

/// Questions a form can hold; the domain allows fewer.
const QUESTIONS_MAX: usize = 40;
/// Columns of a contact plan as CSV; the order of the lines is the rank.
const COLUMNS: &[&str] = &["id", "name", "reading", "phone", "other_phones", "mail", "days", "from", "to", "services"];

fn place(tenant: &TenantId, project: &ProjectKey, part: &str) -> String {
    format!("/settings/tenants/{tenant}?project={project}#{part}")
}

/// Answers a form of one of the project's papers.
pub(super) async fn answered(
    here: Here,
    sent: Sent,
    project: &ProjectKey,
    form: &str,
    part: &str,
    result: Answer<TenantId>,
) -> Result<Response, Trouble> {
    let tenant = tenant_of(&here, project).await?;
    let here = here.at(format!("/settings/tenants/{tenant}?project={project}"));
    let to = result.map(|tenant| place(&tenant, project, part));
    sent.answer(here.lang(), form, to, async |draft| page_of(&here, &tenant, Some(project.as_str()), draft).await).await
}

/// Puts a new version of the criteria into force.
pub(crate) async fn criteria(here: Here, Path(project): Path<ProjectKey>, sent: Sent) -> Result<Response, Trouble> {
    let recorded = record_criteria(&here, &project, &sent.typed).await;
    answered(here, sent, &project, "criteria-form", "criteria", recorded).await
}

async fn record_criteria(here: &Here, project: &ProjectKey, typed: &Typed) -> Answer<TenantId> {
    let tenant = tenant_of(here, project).await?;
    let question = |n: usize| {
        let ja = typed.text(&format!("question_{n}")).trim().to_owned();
        let en = typed.text(&format!("english_{n}")).trim().to_owned();
        (!ja.is_empty()).then(|| Question {
            id: format!("q{n}"),
            ja,
            en,
            impact_if_no: typed.text(&format!("affected_{n}")) == "no",
        })
    };
    let agreed_by = Some(typed.text("agreed_by").trim().to_owned()).filter(|name| !name.is_empty());
    let paper = Criteria { questions: (1..=QUESTIONS_MAX).filter_map(question).collect(), agreed_by };
    let seen = typed.number("version")?;
    here.state.desk.record_paper_after(&here.caller, &tenant, project.as_str(), &paper, None, seen).await?;
    Ok(tenant)
}

/// The contact plan valid now; an empty one where there is none.
async fn plan(here: &Here, tenant: &TenantId, project: &ProjectKey) -> Answer<ContactPlan> {
    let plan = here.state.desk.paper_now::<ContactPlan>(&here.caller, tenant, project.as_str()).await?;
    Ok(plan.map(|plan| plan.paper).unwrap_or_default())
}

/// Changes the contact plan as it stands. Where somebody else records one in between, theirs is not lost: the change is refused.
async fn change(
    here: &Here,
    project: &ProjectKey,
    seen: Option<u32>,
    change: impl FnOnce(&mut ContactPlan) -> Result<(), Refusal>,
) -> Answer<TenantId> {
    let tenant = tenant_of(here, project).await?;
    let newest = here.state.desk.newest_version::<ContactPlan>(&here.caller, &tenant, project.as_str()).await?;
    let mut plan = plan(here, &tenant, project).await?;
    // Somebody agreed to the version before, not to this one.
    plan.agreed_by = None;
    change(&mut plan)?;
    let after = Some(seen.unwrap_or(newest));
    here.state.desk.record_paper_after(&here.caller, &tenant, project.as_str(), &plan, None, after).await?;
    Ok(tenant)
}

/// Adds a contact at a rank.
pub(crate) async fn add_contact(here: Here, Path(project): Path<ProjectKey>, sent: Sent) -> Result<Response, Trouble> {
    let added = match contact(&sent.typed) {
        Ok((rank, contact)) => {
            change(&here, &project, None, |plan| {
                let at = rank.saturating_sub(1).min(plan.contacts.len());
                plan.contacts.insert(at, contact);
                Ok(())
            })
            .await
        }
        Err(refusal) => Err(refusal.into()),
    };
    answered(here, sent, &project, "contact", "contacts", added).await
}

fn contact(typed: &Typed) -> Result<(usize, Contact), Refusal> {
    let text = |name: &str| typed.text(name).trim().to_owned();
    let days: Days = typed.code("days")?;
    let (from, to) = (typed.minute_of_day("from")?, typed.minute_of_day("to")?);
    let hours = Hours { days, from_minute: minute(from), to_minute: minute(to) };
    let id = ContactId::new(store::random::letters::<16>());
    let (name, reading, phone, mail) = (text("name"), text("reading"), text("phone"), text("mail"));
    let (other_phones, services) = (listed(&text("other_phones")), listed(&text("services")));
    Ok((typed.number("rank")?.unwrap_or(99), Contact { id, name, reading, phone, other_phones, mail, hours, services }))
}

/// The items of a field that holds several, with `;` or `、` between them.
fn listed(text: &str) -> Vec<String> {
    let items = text.split([';', '、', '；']).map(str::trim).filter(|item| !item.is_empty());
    items.map(str::to_owned).collect()
}

/// A day's minute out of a checked number, at most 1440.
fn minute(minute: u32) -> u16 {
    u16::try_from(minute).unwrap_or(1440)
}

/// Takes a contact out.
pub(crate) async fn remove_contact(
    here: Here,
    Path((project, contact)): Path<(ProjectKey, ContactId)>,
    sent: Sent,
) -> Result<Response, Trouble> {
    let removed = change(&here, &project, None, |plan| {
        let before = plan.contacts.len();
        plan.contacts.retain(|it| it.id != contact);
        if plan.contacts.len() == before { Err(Refusal::not_found()) } else { Ok(()) }
    });
    let removed = removed.await;
    answered(here, sent, &project, "", "contacts", removed).await
}

/// Records how calls are made: who agreed, rounds, what ends them, or who waived them.
pub(crate) async fn calling(here: Here, Path(project): Path<ProjectKey>, sent: Sent) -> Result<Response, Trouble> {
    let changed = record_calling(&here, &project, &sent.typed).await;
    answered(here, sent, &project, "calling", "contacts", changed).await
}

async fn record_calling(here: &Here, project: &ProjectKey, typed: &Typed) -> Answer<TenantId> {
    let name = |field: &str| Some(typed.text(field).trim().to_owned()).filter(|name| !name.is_empty());
    let minutes = |field: &'static str| Ok::<u16, Refusal>(typed.number(field)?.unwrap_or_default());
    let rounds = Rounds {
        every_minutes: minutes("every_minutes")?,
        for_minutes: minutes("for_minutes")?,
        stop_when_acknowledged: typed.yes("stop_when_acknowledged"),
        stop_when_read: typed.yes("stop_when_read"),
    };
    let self_recovery = typed.code("self_recovery")?;
    let (agreed_by, waived_by) = (name("agreed_by"), name("waived_by"));
    change(here, project, None, |plan| {
        *plan =
            ContactPlan { contacts: std::mem::take(&mut plan.contacts), waived_by, agreed_by, rounds, self_recovery };
        Ok(())
    })
    .await
}

/// The contact plan as CSV.
pub(crate) async fn export(here: Here, Path(project): Path<ProjectKey>) -> Result<Response, Trouble> {
    let tenant = tenant_of(&here, &project).await?;
    let plan = plan(&here, &tenant, &project).await?;
    let clock = |minute: u16| format!("{}:{:02}", minute / 60, minute % 60);
    let rows = plan.contacts.iter().map(|it| {
        let to = if it.hours.to_minute == 0 { 1440 } else { it.hours.to_minute };
        let hours = [code_of(it.hours.days).to_owned(), clock(it.hours.from_minute), clock(to)];
        let [days, from, to] = hours;
        let (others, services) = (it.other_phones.join("; "), it.services.join("; "));
        let who = [it.id.to_string(), it.name.clone(), it.reading.clone(), it.phone.clone(), others, it.mail.clone()];
        who.into_iter().chain([days, from, to, services]).collect()
    });
    csv_answer(&format!("contacts-{project}.csv"), COLUMNS, rows)
}

/// Where a contact plan is brought in.
pub(crate) async fn import_form(here: Here, Path(project): Path<ProjectKey>) -> Result<Response, Trouble> {
    Ok(html(import_markup(&here, &project, Draft::default()).await?))
}

async fn import_markup(here: &Here, project: &ProjectKey, draft: Draft) -> Result<Markup, Trouble> {
    let tenant = tenant_of(here, project).await?;
    let shell = here.shell(Place::Settings).await?;
    let path = format!("/settings/projects/{project}/contacts");
    let version = here.state.desk.newest_version::<ContactPlan>(&here.caller, &tenant, project.as_str()).await?;
    let version = Some(version);
    Ok(import_page(&shell, &ImportPage { section: Section::Tenants, path, columns: COLUMNS, version, draft }))
}

/// Replaces the contacts by those of a CSV, in its order.
pub(crate) async fn import(here: Here, Path(project): Path<ProjectKey>, sent: Sent) -> Result<Response, Trouble> {
    // The list replaces the whole plan, so it must be the one that was seen.
    let read = contacts(&sent.typed.text("csv")).and_then(|contacts| Ok((contacts, sent.typed.number("version")?)));
    let brought = match read {
        Ok((contacts, seen)) => {
            change(&here, &project, seen, |plan| {
                plan.contacts = contacts;
                Ok(())
            })
            .await
        }
        Err(refusal) => Err(refusal.into()),
    };
    // What the paper itself refuses has no field on this page.
    let brought = brought.map_err(|error| match error {
        desk::Error::Refused(Refusal { kind: domain::refusal::RefusalKind::Invalid { .. }, ja, en }) => {
            Refusal::invalid("csv", ja, en).into()
        }
        other => other,
    });
    let here = here.at(format!("/settings/projects/{project}/contacts/import"));
    let to = brought.map(|tenant| place(&tenant, &project, "contacts"));
    sent.answer(here.lang(), "import", to, async |draft| import_markup(&here, &project, draft).await).await
}

fn contacts(csv: &str) -> Result<Vec<Contact>, Refusal> {
    let mut sheet = Sheet::read(csv, COLUMNS)?;
    let mut contacts = vec![];
    while let Some(line) = sheet.next_line() {
        let days = match line.get("days") {
            "" | "every" => Some(Days::Every),
            "business" => Some(Days::Business),
            "non_business" => Some(Days::NonBusiness),
            _ => None,
        };
        let from = minute_of_day(if line.get("from").is_empty() { "0:00" } else { line.get("from") });
        let to = minute_of_day(if line.get("to").is_empty() { "24:00" } else { line.get("to") });
        let (Some(days), Some(from), Some(to)) = (days, from, to) else {
            sheet.wrong(
                "days は every・business・non_business、from と to は 19:00 の形で入れてください",
                "days is every, business or non_business; from and to look like 19:00",
            );
            continue;
        };
        let id = if line.get("id").is_empty() { store::random::letters::<16>() } else { line.get("id").to_owned() };
        contacts.push(Contact {
            id: ContactId::new(id),
            name: line.get("name").to_owned(),
            reading: line.get("reading").to_owned(),
            phone: line.get("phone").to_owned(),
            other_phones: listed(line.get("other_phones")),
            mail: line.get("mail").to_owned(),
            hours: Hours { days, from_minute: minute(from), to_minute: minute(to) },
            services: listed(line.get("services")),
        });
    }
    sheet.finish()?;
    Ok(contacts)
}
