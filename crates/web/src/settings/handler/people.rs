//! People, memberships and delegations, by form and by CSV.

use super::super::{Delegation, ImportPage, Membership, PeoplePage, Person, Section, import_page, people_page};
use super::sheet::{Sheet, csv_answer};
use super::{provider, tenant_choices};
use crate::form::{Draft, choice};
use crate::here::{Here, html};
use crate::layout::Place;
use crate::sent::{Sent, Typed};
use crate::when::midnight;
use axum::response::Response;
use desk::{Answer, Member, NewDelegation, NewPerson, TenantView};
use domain::access::{Right, Role};
use domain::contact::is_mail_address;
use domain::ids::{DelegationId, MembershipId, PersonId, TenantId};
use domain::refusal::Refusal;
use domain::words::Label;
use gate::{Path, Trouble};
use maud::Markup;
use std::collections::BTreeMap;

const HERE: &str = "/settings/people";
/// Columns of the CSV; one line a role, the password only on the way in.
const COLUMNS: &[&str] = &["name", "email", "reading", "role", "tenant", "password"];

/// Rights that can be lent.
const RIGHTS: [(Right, &str, Label); 3] = [
    (
        Right::Decide,
        "decide",
        Label::new("別の人としての承認（再判定・誤検知）", "Second word (re-judgement, false alarm)"),
    ),
    (Right::Operate, "operate", Label::new("障害の一次対応", "First-line work on incidents")),
    (Right::Agree, "agree", Label::new("合意文書の登録", "Agreed papers")),
];

/// The people.
pub(crate) async fn list(here: Here) -> Result<Response, Trouble> {
    Ok(html(page_of(&here, Draft::default()).await?))
}

async fn members(here: &Here) -> Answer<Vec<(TenantView, Vec<Member>)>> {
    let mut all = vec![];
    for view in here.state.desk.tenants(&here.caller, Right::Administer).await? {
        let members = here.state.desk.members(&here.caller, &view.tenant.id).await?;
        all.push((view, members));
    }
    Ok(all)
}

async fn page_of(here: &Here, draft: Draft) -> Result<Markup, Trouble> {
    let (desk, caller) = (&here.state.desk, &here.caller);
    let shell = here.shell(Place::Settings).await?;
    let mut people: BTreeMap<PersonId, Person> = BTreeMap::new();
    for (view, members) in members(here).await? {
        for Member { membership, person } in members {
            let entry = people.entry(person.id.clone()).or_insert_with(|| Person {
                id: person.id.to_string(),
                name: person.name.clone(),
                email: person.email.clone(),
                memberships: vec![],
                seen: None,
                active: person.disabled.is_none(),
            });
            entry.memberships.push(Membership {
                end: format!("/settings/memberships/{}/{}/end", view.tenant.id, membership.id),
                tenant: view.tenant.name.clone(),
                role: membership.role.label(),
                last_day: membership.valid_to.map(|to| to.plus_ms(-1)),
            });
        }
    }
    let ids: Vec<PersonId> = people.keys().cloned().collect();
    for (id, seen) in desk.last_seen(caller, &ids).await? {
        people.entry(id).and_modify(|person| person.seen = Some(seen));
    }
    let provider = provider(here).await?;
    let name = |id: &PersonId| people.get(id).map(|person| person.name.clone()).unwrap_or_default();
    let clock = |minute: u32| format!("{}:{:02}", minute / 60, minute % 60);
    let lent = desk.delegations(caller, &provider).await?;
    let delegations = lent.iter().map(|row| Delegation {
        end: format!("/settings/delegations/{}/{}/end", row.tenant, row.id),
        right: right_name(&row.right_code)
            .map_or(row.right_code.as_str(), |label| label.in_lang(shell.lang))
            .to_owned(),
        from: name(&row.giver),
        to: name(&row.taker),
        hours: format!("{}–{}", clock(row.minute_from), clock(row.minute_to)),
    });
    let delegations = delegations.collect();
    let mut list: Vec<Person> = people.into_values().collect();
    list.sort_by(|a, b| a.name.cmp(&b.name));
    let it = PeoplePage {
        people: list,
        delegations,
        roles: Role::ALL.map(|role| (role.code().to_owned(), role.label())).to_vec(),
        tenants: tenant_choices(here, Right::Administer).await?,
        rights: RIGHTS.iter().map(|(_, code, label)| choice(code, label.in_lang(shell.lang))).collect(),
        draft,
    };
    Ok(people_page(&shell, &it))
}

fn right_name(code: &str) -> Option<Label> {
    RIGHTS.iter().find(|(_, known, _)| *known == code).map(|(.., label)| *label)
}

async fn answered<T>(here: Here, sent: Sent, form: &str, result: Answer<T>) -> Result<Response, Trouble> {
    let here = here.at(HERE);
    let to = result.map(|_| HERE.to_owned());
    sent.answer(here.lang(), form, to, async |draft| page_of(&here, draft).await).await
}

/// Adds a person with a role.
pub(crate) async fn add(here: Here, sent: Sent) -> Result<Response, Trouble> {
    let text = |name: &str| sent.typed.text(name);
    let new = NewPerson {
        email: text("email"),
        name: text("name"),
        reading: text("reading"),
        role: text("role"),
        password: text("password"),
    };
    let added = here.state.desk.add_person(&here.caller, &TenantId::new(text("tenant")), &new).await;
    answered(here, sent, "person", added).await
}

/// Gives a person a further role.
pub(crate) async fn grant(here: Here, sent: Sent) -> Result<Response, Trouble> {
    let granted = give(&here, &sent.typed).await;
    answered(here, sent, "membership", granted).await
}

async fn give(here: &Here, typed: &Typed) -> Answer<MembershipId> {
    let role = Role::from_code(&typed.text("role"));
    let role = role.ok_or_else(|| Refusal::invalid("role", "役割を選んでください。", "Choose a role."))?;
    let now = here.state.desk.now().await?;
    let calendar = here.state.desk.calendar(now).await?;
    let last_day = typed.day("to")?.and_then(|day| day.tomorrow().ok());
    let until = last_day.map(|day| midnight(day, calendar.zone()));
    if until.is_some_and(|until| until <= now) {
        return Err(Refusal::invalid("to", "今日以降の日を入力してください。", "Give today or a later day.").into());
    }
    let (tenant, person) = (TenantId::new(typed.text("tenant")), PersonId::new(typed.text("person")));
    here.state.desk.grant(&here.caller, &tenant, &person, role, until).await
}

/// Ends a membership.
pub(crate) async fn end_membership(
    here: Here,
    Path((tenant, id)): Path<(TenantId, MembershipId)>,
    sent: Sent,
) -> Result<Response, Trouble> {
    let ended = here.state.desk.end_membership(&here.caller, &tenant, &id).await;
    answered(here, sent, "", ended).await
}

/// Disables a person.
pub(crate) async fn deactivate(here: Here, Path(person): Path<PersonId>, sent: Sent) -> Result<Response, Trouble> {
    let done = here.state.desk.disable_person(&here.caller, &person, true).await;
    answered(here, sent, "", done).await
}

/// Lets a person in again.
pub(crate) async fn activate(here: Here, Path(person): Path<PersonId>, sent: Sent) -> Result<Response, Trouble> {
    let done = here.state.desk.disable_person(&here.caller, &person, false).await;
    answered(here, sent, "", done).await
}

/// Sets somebody's password.
pub(crate) async fn reset(here: Here, sent: Sent) -> Result<Response, Trouble> {
    let person = PersonId::new(sent.typed.text("person"));
    let done = here.state.desk.reset_password(&here.caller, &person, &sent.typed.text("password")).await;
    answered(here, sent, "reset", done).await
}

/// Lends a right for some hours of the day.
pub(crate) async fn delegate(here: Here, sent: Sent) -> Result<Response, Trouble> {
    let lent = lend(&here, &sent.typed).await;
    answered(here, sent, "delegation", lent).await
}

async fn lend(here: &Here, typed: &Typed) -> Answer<DelegationId> {
    let new = NewDelegation {
        giver: typed.text("from"),
        taker: typed.text("to"),
        right: typed.text("right"),
        minute_from: typed.minute_of_day("hours_from")?,
        minute_to: typed.minute_of_day("hours_to")?,
        until: None,
    };
    let lent = here.state.desk.delegate(&here.caller, &provider(here).await?, &new).await;
    // The form calls them by what they say on the page.
    lent.map_err(|error| match error {
        desk::Error::Refused(refusal) => match refusal.field() {
            Some("giver") => Refusal::invalid("from", refusal.ja, refusal.en).into(),
            Some("taker") => Refusal::invalid("to", refusal.ja, refusal.en).into(),
            _ => refusal.into(),
        },
        failed => failed,
    })
}

/// Ends a delegation.
pub(crate) async fn end_delegation(
    here: Here,
    Path((tenant, id)): Path<(TenantId, DelegationId)>,
    sent: Sent,
) -> Result<Response, Trouble> {
    let ended = here.state.desk.end_delegation(&here.caller, &tenant, &id).await;
    answered(here, sent, "", ended).await
}

/// The people as CSV, one line a role.
pub(crate) async fn export(here: Here) -> Result<Response, Trouble> {
    let mut rows = vec![];
    for (view, members) in members(&here).await? {
        for Member { membership, person } in members {
            let role = membership.role.code().to_owned();
            rows.push(vec![person.name, person.email, person.reading, role, view.tenant.name.clone(), String::new()]);
        }
    }
    csv_answer("people.csv", COLUMNS, rows.into_iter())
}

/// Where people are brought in.
pub(crate) async fn import_form(here: Here) -> Result<Response, Trouble> {
    Ok(html(import_markup(&here, Draft::default()).await?))
}

async fn import_markup(here: &Here, draft: Draft) -> Result<Markup, Trouble> {
    let shell = here.shell(Place::Settings).await?;
    Ok(import_page(
        &shell,
        &ImportPage { section: Section::People, path: HERE.into(), columns: COLUMNS, version: None, draft },
    ))
}

/// Adds the people of a CSV: all of them, once every line is right.
pub(crate) async fn import(here: Here, sent: Sent) -> Result<Response, Trouble> {
    let brought = bring(&here, &sent.typed.text("csv")).await;
    let here = here.at("/settings/people/import");
    let to = brought.map(|()| HERE.to_owned());
    sent.answer(here.lang(), "import", to, async |draft| import_markup(&here, draft).await).await
}

async fn bring(here: &Here, csv: &str) -> Answer<()> {
    let tenants = here.state.desk.tenants(&here.caller, Right::Administer).await?;
    for (tenant, new) in read(csv, &tenants)? {
        here.state.desk.add_person(&here.caller, &tenant, &new).await?;
    }
    Ok(())
}

fn read(csv: &str, tenants: &[TenantView]) -> Result<Vec<(TenantId, NewPerson)>, Refusal> {
    let mut sheet = Sheet::read(csv, COLUMNS)?;
    let mut people = vec![];
    while let Some(line) = sheet.next_line() {
        let named = |view: &&TenantView| {
            view.tenant.name == line.get("tenant") || view.tenant.id.as_str() == line.get("tenant")
        };
        let mut found = tenants.iter().filter(named);
        let (tenant, role) = (found.next(), Role::from_code(line.get("role")));
        let password = line.get("password");
        if !is_mail_address(line.get("email")) {
            sheet.wrong("メールアドレスを確認してください", "check the mail address");
        }
        if !password.is_empty() && !(12..=128).contains(&password.chars().count()) {
            sheet.wrong("パスワードは8文字以上128文字までです", "a password has 8 to 128 characters");
        }
        match (tenant, role) {
            (None, _) => sheet.wrong(
                format!("お客様「{}」はありません", line.get("tenant")),
                format!("there is no tenant “{}”", line.get("tenant")),
            ),
            (Some(_), _) if found.next().is_some() => sheet.wrong(
                "同じ名称のお客様が複数あります。id で指定してください",
                "more than one tenant has this name; give its id",
            ),
            (Some(_), None) => sheet.wrong(
                format!("役割「{}」はありません", line.get("role")),
                format!("there is no role “{}”", line.get("role")),
            ),
            (Some(view), Some(role)) if view.tenant.is_provider() && role.is_customer() => {
                sheet
                    .wrong("お客様の役割には、お客様を指定してください", "a customer's role needs a customer's tenant");
            }
            (Some(view), Some(role)) => {
                let text = |name: &str| line.get(name).to_owned();
                let new = NewPerson {
                    email: text("email"),
                    name: text("name"),
                    reading: text("reading"),
                    role: role.code().into(),
                    password: text("password"),
                };
                people.push((view.tenant.id.clone(), new));
            }
        }
    }
    sheet.finish()?;
    Ok(people)
}
