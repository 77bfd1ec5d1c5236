//! The routes of the duty list.

use super::super::duty::{DutyGroup, DutyPage, page};
use super::provider;
use crate::form::Draft;
use crate::here::{Here, html};
use crate::layout::Place;
use crate::sent::{Sent, Typed};
use ::desk::Answer;
use axum::response::Response;
use domain::ids::PersonId;
use domain::incident::escalation::Group;
use domain::paper::{DutyList, DutyOrder};
use domain::refusal::Refusal;
use gate::Trouble;
use maud::Markup;

/// The list in force, with its form.
pub(crate) async fn show(here: Here) -> Result<Response, Trouble> {
    Ok(html(listed(&here, Draft::default()).await?))
}

async fn listed(here: &Here, draft: Draft) -> Result<Markup, Trouble> {
    let shell = here.shell(Place::Settings).await?;
    let (desk, caller, provider) = (&here.state.desk, &here.caller, provider(here).await?);
    let list = desk.paper_now::<DutyList>(caller, &provider, "").await?.map(|it| it.paper).unwrap_or_default();
    let version = desk.newest_version::<DutyList>(caller, &provider, "").await?;
    let members = desk.members(caller, &provider).await?;
    let group = |(group, role)| {
        let mut people: Vec<(String, String)> = members
            .iter()
            .filter(|it| it.membership.role == role && it.person.disabled.is_none())
            .map(|it| (it.person.id.to_string(), it.person.name.clone()))
            .collect();
        people.sort_by(|a, b| a.1.cmp(&b.1));
        people.dedup();
        let order = list.groups.iter().find(|order| order.group == group);
        let order = order.map(|order| order.people.iter().map(ToString::to_string).collect());
        DutyGroup { code: group.code(), label: group.label(), people, order: order.unwrap_or_default() }
    };
    let groups = Group::ALL.into_iter().filter_map(|group| Some((group, group.role()?))).map(group).collect();
    Ok(page(&shell, &DutyPage { version, groups, draft }))
}

/// Records the order as it was chosen.
pub(crate) async fn record(here: Here, sent: Sent) -> Result<Response, Trouble> {
    let done = record_typed(&here, &sent.typed).await;
    let here = here.at("/settings/duty-list");
    sent.answer(here.lang(), "duty-list", done, async |draft| listed(&here, draft).await).await
}

async fn record_typed(here: &Here, typed: &Typed) -> Answer<String> {
    let (desk, caller, provider) = (&here.state.desk, &here.caller, provider(here).await?);
    let members = desk.members(caller, &provider).await?;
    let mut groups = vec![];
    for group in Group::ALL {
        let Some(role) = group.role() else { continue };
        let chosen = typed.0.iter().filter(|(name, value)| is_place(name, group) && !value.is_empty());
        let mut people: Vec<PersonId> = vec![];
        for (_, id) in chosen {
            let id = PersonId::new(id.as_str());
            let holds = members
                .iter()
                .any(|it| it.membership.role == role && it.person.disabled.is_none() && it.person.id == id);
            if !holds || people.contains(&id) {
                let name = group.label();
                return Err(Refusal::invalid(
                    "groups",
                    format!("{}: 役割を持つ要員を、1度ずつ選んでください。", name.ja),
                    format!("{}: choose people who hold the role, each once.", name.en),
                )
                .into());
            }
            people.push(id);
        }
        if !people.is_empty() {
            groups.push(DutyOrder { group, people });
        }
    }
    let seen = typed.number("version")?;
    desk.record_paper_after(caller, &provider, "", &DutyList { groups }, None, seen).await?;
    Ok("/settings/duty-list".to_owned())
}

/// Whether a field is a place in the order of a group: `su_1`.
fn is_place(name: &str, group: Group) -> bool {
    name.strip_prefix(group.code()).and_then(|rest| rest.strip_prefix('_')).is_some_and(|n| n.parse::<u8>().is_ok())
}
