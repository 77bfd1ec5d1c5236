//! The routes of what is agreed.

use super::{PlanLines, ProjectTerms, Standing, TermsPage, page};
use crate::form::Draft;
use crate::here::{Here, html};
use crate::layout::{Place, Shell};
use crate::sent::{Sent, Typed};
use crate::settings::contact_lines;
use axum::response::Response;
use desk::{Answer, PaperAgreement, Terms, Version};
use domain::contact::{ContactPlan, SelfRecovery};
use domain::criteria::Criteria;
use domain::ids::{PersonId, ProjectKey};
use domain::paper::Paper;
use domain::refusal::Refusal;
use domain::words::Lang;
use gate::Trouble;
use maud::Markup;
use std::collections::HashMap;

/// What is agreed about the reader's projects.
pub(crate) async fn show(here: Here) -> Result<Response, Trouble> {
    Ok(html(listed(&here, Draft::default()).await?))
}

async fn listed(here: &Here, draft: Draft) -> Result<Markup, Trouble> {
    let shell = here.shell(Place::Terms).await?;
    let terms = here.state.desk.terms(&here.caller).await?;
    let projects = terms.into_iter().map(|terms| of(&shell, terms)).collect();
    Ok(page(&shell, &TermsPage { projects, draft }))
}

fn of(shell: &Shell, terms: Terms) -> ProjectTerms {
    let Terms { project, may_agree, criteria, plan, names } = terms;
    let question = |question: domain::criteria::Question| {
        let text = if shell.lang == Lang::En && !question.en.is_empty() { question.en } else { question.ja };
        (text, !question.impact_if_no)
    };
    let criteria = criteria.map(|it| {
        let standing = standing(&it, it.paper.agreed_by.as_ref(), &names);
        (standing, it.paper.questions.into_iter().map(question).collect())
    });
    let plan = plan.map(|it| {
        let standing = standing(&it, it.paper.agreed_by.as_ref(), &names);
        let lines = PlanLines {
            contacts: contact_lines(shell, &it.paper),
            rounds: (it.paper.rounds.every_minutes, it.paper.rounds.for_minutes),
            ticket_only: it.paper.self_recovery == SelfRecovery::Ticket,
            waived_by: it.paper.waived_by,
        };
        (standing, lines)
    });
    ProjectTerms { key: project.key.to_string(), name: project.name, may_agree, criteria, plan }
}

fn standing<P>(it: &Version<P>, on_paper: Option<&String>, names: &HashMap<PersonId, String>) -> Standing {
    let on_the_portal =
        it.agreed.as_ref().map(|(person, at)| (names.get(person).cloned().unwrap_or_default(), Some(*at)));
    let agreed = on_the_portal.or_else(|| on_paper.map(|name| (name.clone(), None)));
    Standing { version: it.version, from: it.valid_from, agreed }
}

/// The approver agrees to the criteria.
pub(crate) async fn criteria(here: Here, sent: Sent) -> Result<Response, Trouble> {
    agree::<Criteria>(here, sent, "criteria").await
}

/// The approver agrees to the contact plan.
pub(crate) async fn plan(here: Here, sent: Sent) -> Result<Response, Trouble> {
    agree::<ContactPlan>(here, sent, "contact-plan").await
}

async fn agree<P: Paper>(here: Here, sent: Sent, noun: &str) -> Result<Response, Trouble> {
    let project = sent.typed.text("project");
    let done = agree_typed::<P>(&here, &project, &sent.typed).await;
    let here = here.at("/terms");
    sent.answer(here.lang(), &format!("{noun}-{project}"), done, async |draft| listed(&here, draft).await).await
}

async fn agree_typed<P: Paper>(here: &Here, project: &str, typed: &Typed) -> Answer<String> {
    if project.is_empty() {
        return Err(Refusal::invalid("project", "プロジェクトを選んでください。", "Choose a project.").into());
    }
    let input = PaperAgreement { version: typed.number("version")?.unwrap_or_default() };
    here.state.desk.agree_to::<P>(&here.caller, &ProjectKey::new(project), input).await?;
    Ok(format!("/terms#{project}"))
}
