//! Customers: the list, and one customer with its projects, papers and agreement.

use super::super::{
    Agreement, ContactLine, CriteriaQuestion, CriteriaVersion, ProjectLine, TenantLine, TenantPage, TenantsPage,
    tenant_page, tenants_page,
};
use crate::form::Draft;
use crate::here::{Here, html};
use crate::incident::hours;
use crate::layout::{Place, Shell};
use crate::sent::{Sent, Typed};
use axum::response::Response;
use desk::{Answer, Phase, TenantView};
use domain::access::Right;
use domain::clocks::Minutes;
use domain::clocks::notice::{AgreedTargets, Targets};
use domain::contact::ContactPlan;
use domain::criteria::Criteria;
use domain::ids::TenantId;
use domain::paper::Agreement as AgreementPaper;
use domain::time::Instant;
use domain::words::Label;
use gate::{Path, Query, Trouble};
use jiff::tz::TimeZone;
use maud::Markup;
use serde::Deserialize;

/// The customers.
pub(crate) async fn list(here: Here) -> Result<Response, Trouble> {
    Ok(html(list_page(&here, Draft::default()).await?))
}

async fn list_page(here: &Here, draft: Draft) -> Result<Markup, Trouble> {
    let shell = here.shell(Place::Settings).await?;
    let mut tenants = vec![];
    for view in here.state.desk.tenants(&here.caller, Right::Agree).await? {
        let mut missing = vec![];
        for project in &view.projects {
            for name in missing_of(here, &shell, &view, project).await? {
                if !view.tenant.is_provider() && !missing.contains(&name) {
                    missing.push(name);
                }
            }
        }
        tenants.push(TenantLine {
            id: view.tenant.id.to_string(),
            name: view.tenant.name.clone(),
            projects: view.projects.iter().map(|project| project.key.to_string()).collect(),
            missing,
        });
    }
    Ok(tenants_page(&shell, &TenantsPage { tenants, draft }))
}

async fn missing_of(here: &Here, shell: &Shell, view: &TenantView, project: &store::ProjectRow) -> Answer<Vec<String>> {
    let gaps = here.state.desk.gaps(&view.tenant.id, &project.key).await?;
    Ok(gaps.iter().map(|gap| gap.label().in_lang(shell.lang).to_owned()).collect())
}

/// Adds a customer.
pub(crate) async fn add(here: Here, sent: Sent) -> Result<Response, Trouble> {
    let (name, project) = (sent.typed.text("name"), sent.typed.text("project"));
    let added = here.state.desk.add_tenant_in(phase(&sent.typed), &here.caller, &name, &project).await;
    let here = here.at("/settings/tenants");
    let to = added.map(|added| format!("/settings/tenants/{}", added.id));
    sent.answer(here.lang(), "tenant", to, async |draft| list_page(&here, draft).await).await
}

/// Which project's papers.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Chosen {
    project: Option<String>,
}

/// One customer.
pub(crate) async fn show(
    here: Here,
    Path(tenant): Path<TenantId>,
    Query(chosen): Query<Chosen>,
) -> Result<Response, Trouble> {
    Ok(html(page_of(&here, &tenant, chosen.project.as_deref(), Draft::default()).await?))
}

/// The page of one customer with the papers of one of its projects.
pub(super) async fn page_of(
    here: &Here,
    tenant: &TenantId,
    project: Option<&str>,
    draft: Draft,
) -> Result<Markup, Trouble> {
    let (desk, caller) = (&here.state.desk, &here.caller);
    let shell = here.shell(Place::Settings).await?;
    let views = desk.tenants(caller, Right::Agree).await?;
    let view = views.into_iter().find(|view| view.tenant.id == *tenant).ok_or_else(Trouble::not_found)?;
    let chosen = view.projects.iter().find(|row| Some(row.key.as_str()) == project).or(view.projects.first());
    let chosen = chosen.map(|row| row.key.to_string());
    let mut projects = vec![];
    for row in &view.projects {
        projects.push(ProjectLine {
            key: row.key.to_string(),
            name: row.name.clone(),
            phase: if row.started.is_some() {
                Label::new("運用", "operation")
            } else {
                Label::new("構築", "build")
            },
            missing: missing_of(here, &shell, &view, row).await?,
        });
    }
    let subject = chosen.clone().unwrap_or_default();
    let criteria = desk.paper_versions::<Criteria>(caller, tenant, &subject).await?;
    let plan = desk.paper_now::<ContactPlan>(caller, tenant, &subject).await?;
    let agreement = desk.paper_now::<AgreementPaper>(caller, tenant, "").await?;
    let agreement_version = desk.newest_version::<AgreementPaper>(caller, tenant, "").await?;
    let (_, catalogue) = desk.catalogue(caller, tenant).await?;
    let paid = catalogue.entries.iter().filter(|entry| entry.class.is_paid());
    let paid = paid.map(|entry| (entry.code.clone(), entry.heading.in_lang(shell.lang).to_owned())).collect();
    let calendar = desk.calendar(shell.now).await?;
    let contacts_since = plan.as_ref().map(|plan| plan.valid_from);
    let plan_agreed = plan.as_ref().and_then(|plan| plan.agreed.clone());
    let plan = plan.map(|plan| plan.paper).unwrap_or_default();
    let it = TenantPage {
        id: tenant.to_string(),
        name: view.tenant.name.clone(),
        projects,
        project: chosen,
        criteria: criteria.into_iter().map(criteria_version).collect(),
        contacts_since,
        flaws: plan.flaws(shell.now, &calendar, plan_agreed.is_some()),
        contacts: contacts(&shell, &plan),
        waived_by: plan.waived_by,
        plan_agreed: plan_agreed.map(|(_, at)| at),
        plan_agreed_by: plan.agreed_by,
        rounds: plan.rounds,
        self_recovery: plan.self_recovery,
        runbooks: super::runbooks::versions(here, tenant, &subject).await?,
        paid,
        agreement: agreement.map(agreed),
        agreement_version,
        draft,
    };
    Ok(tenant_page(&shell, &it))
}

fn criteria_version(it: desk::Version<Criteria>) -> CriteriaVersion {
    let question = |question: domain::criteria::Question| CriteriaQuestion {
        text: question.ja,
        english: question.en,
        affected_if: !question.impact_if_no,
    };
    CriteriaVersion {
        version: it.version,
        from: it.valid_from,
        agreed_on_portal: it.agreed.map(|(_, at)| at),
        agreed_by: it.paper.agreed_by,
        questions: it.paper.questions.into_iter().map(question).collect(),
    }
}

/// The contacts of a plan by rank, as they are shown.
pub(crate) fn contacts(shell: &Shell, plan: &ContactPlan) -> Vec<ContactLine> {
    let line = |(rank, contact): (u32, &domain::contact::Contact)| ContactLine {
        id: contact.id.to_string(),
        rank,
        name: contact.name.clone(),
        reading: contact.reading.clone(),
        phones: contact.phones().map(str::to_owned).collect(),
        mail: contact.mail.clone(),
        hours: hours(shell, contact.hours),
        services: contact.services.join("; "),
    };
    (1..).zip(&plan.contacts).map(line).collect()
}

fn agreed(it: desk::Version<AgreementPaper>) -> Agreement {
    let AgreedTargets { with_impact, without_impact } = it.paper.targets;
    let sla = with_impact.sla_minutes.unwrap_or(with_impact.slo_minutes);
    Agreement {
        version: it.version,
        affected: (with_impact.slo_minutes.0, sla.0),
        unaffected: without_impact.slo_minutes.0,
        from: it.valid_from,
        signatory: it.paper.signatory,
        options: it.paper.options,
    }
}

/// The phase that was chosen.
fn phase(typed: &Typed) -> Phase {
    if typed.text("phase") == "build" { Phase::Build } else { Phase::Operation }
}

/// Adds a project to a customer.
pub(crate) async fn add_project(here: Here, Path(tenant): Path<TenantId>, sent: Sent) -> Result<Response, Trouble> {
    let (key, name) = (sent.typed.text("key"), sent.typed.text("name"));
    let added = here.state.desk.add_project_in(phase(&sent.typed), &here.caller, &tenant, &key, &name).await;
    let here = here.at(format!("/settings/tenants/{tenant}"));
    let to = added.map(|project| format!("/settings/tenants/{tenant}?project={project}"));
    sent.answer(here.lang(), "project", to, async |draft| page_of(&here, &tenant, None, draft).await).await
}

/// Records the next version of a customer's agreement.
pub(crate) async fn agree(here: Here, Path(tenant): Path<TenantId>, sent: Sent) -> Result<Response, Trouble> {
    let to = record(&here, &tenant, &sent.typed).await.map(|()| format!("/settings/tenants/{tenant}#agreement"));
    let here = here.at(format!("/settings/tenants/{tenant}"));
    sent.answer(here.lang(), "agreement-form", to, async |draft| page_of(&here, &tenant, None, draft).await).await
}

async fn record(here: &Here, tenant: &TenantId, typed: &Typed) -> Answer<()> {
    let minutes =
        |name: &'static str, default: u32| Ok::<_, desk::Error>(Minutes(typed.number(name)?.unwrap_or(default)));
    let with_impact =
        Targets { slo_minutes: minutes("slo_affected", 15)?, sla_minutes: Some(minutes("sla_affected", 30)?) };
    let without_impact = Targets { slo_minutes: minutes("slo_unaffected", 60)?, sla_minutes: None };
    let targets = AgreedTargets { with_impact, without_impact };
    let chosen = typed.0.iter().filter(|(name, value)| name.starts_with("option-") && value == "yes");
    let options = chosen.map(|(name, _)| name.trim_start_matches("option-").to_owned()).collect();
    let paper = AgreementPaper { targets, signatory: typed.text("signatory").trim().to_owned(), options };
    let now = here.state.desk.now().await?;
    let from = begins(typed, "from", now, here.state.desk.calendar(now).await?.zone())?;
    let seen = typed.number("version")?;
    here.state.desk.record_paper_after(&here.caller, tenant, "", &paper, from, seen).await?;
    Ok(())
}

/// The beginning of a day that was typed; today and nothing mean now.
fn begins(typed: &Typed, name: &'static str, now: Instant, zone: &TimeZone) -> Answer<Option<Instant>> {
    let day = typed.day(name)?.filter(|day| *day != now.timestamp().to_zoned(zone.clone()).date());
    Ok(day.map(|day| crate::when::midnight(day, zone)))
}
