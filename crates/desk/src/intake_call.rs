//! 障害ご連絡 by telephone (R-4.2.1-9, R-4.1.2-1 to -7): a call begins before anybody knows whose it is, the incident begins
//! with the company's name, and what is missing when the line drops is owed.
//!
//! The begin of a call is a fact of the provider's chain and nothing else: its place there is the call's number. The screen goes
//! on from that number, so neither a reload nor a restart moves the clock.

use crate::desk::required;
use crate::incident::{Case, Done, Seen};
use crate::tenant::OWN_PROJECT;
use crate::{Answer, Caller, Desk};
use domain::access::Right;
use domain::contact::ContactPlan;
use domain::fact::{Body, NewFact, Origin};
use domain::fault::{self, CallReason, Heard, Phone};
use domain::ids::{BlobId, ContactId, PersonId, ProjectKey, RecordKey, TenantId};
use domain::incident::State;
use domain::incident::verbs::stated;
use domain::refusal::{Refusal, RefusalKind};
use domain::time::Instant;
use serde::{Deserialize, Serialize};
use store::{CorrelationRow, Failure};
use utoipa::ToSchema;

/// A call that began at the desk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct IntakeCall {
    /// Its number: the place of its fact in the provider's chain.
    pub call: u64,
    /// When it began, as the server saw it.
    pub began: Instant,
    /// Who took it.
    #[serde(skip)]
    pub by: Option<PersonId>,
}

/// A company that may be calling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Company {
    /// Its tenant.
    pub tenant: TenantId,
    /// Its name.
    pub name: String,
    /// Its projects: key and name.
    pub projects: Vec<(ProjectKey, String)>,
    /// The contact that was found by name, reading or number.
    pub contact: Option<String>,
}

/// Whose call it is. The incident exists from here on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CallOf {
    /// The call's number.
    #[schema(required, minimum = 1)]
    pub call: u64,
    /// Key of a project of the company; empty where the company cannot be found.
    pub project: String,
    /// Whether the caller named that project; of a company with one project that is not asked.
    pub project_sure: bool,
    /// The company as the caller says it, where it cannot be found: then it is an incident of the provider's own.
    pub company: String,
    /// When the call began, where that was before the server saw it.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub began: Option<Instant>,
    /// Why it is recorded later than it began.
    pub reason: String,
}

/// What the caller said; what is empty stays as it was.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CallerWords {
    /// Whether the caller named this incident's project.
    pub project_sure: bool,
    /// ご担当者様氏名 (電話をお掛けになっているご本人様); a name that is one contact's alone is that contact.
    pub caller: String,
    /// Which contact of the plan the caller is; empty: found by the name.
    pub contact: String,
    /// How an unknown caller was confirmed by a call back.
    pub called_back: String,
    /// Why by telephone.
    #[schema(value_type = Option<wire::incident::CallReason>)]
    pub by_phone: Option<CallReason>,
    /// ご連絡内容
    pub content: String,
    /// 検知日時
    #[schema(value_type = Option<String>, format = DateTime)]
    pub detected_at: Option<Instant>,
    /// ホスト名
    pub host: String,
    /// ビジネスインパクト
    pub business_impact: String,
}

/// The end of the call.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct IntakeCallEnd {
    /// What was said, in a sentence.
    #[schema(required)]
    pub summary: String,
}

/// Companies shown for one search at most.
const FOUND_MAX: usize = 20;

impl Desk {
    /// A call begins now: the clocks of whatever comes of it run from here (C-19).
    ///
    /// # Errors
    /// The caller is no operator of the provider.
    pub async fn begin_intake_call(&self, caller: &Caller) -> Answer<IntakeCall> {
        let provider = self.provider_id().await?;
        let scope = caller.enter(&provider, Right::Operate).map_err(|_| Refusal::forbidden())?;
        let mut write = self.begin(&provider).await?;
        let fact = NewFact {
            record: None,
            body: Body::IntakeCallBegun {},
            actor: scope.actor,
            role: scope.role,
            reason: None,
        };
        let fact = write.append(fact);
        let by = fact.actor.person_id().cloned();
        let call = IntakeCall { call: fact.seq, began: fact.instant, by };
        self.commit(write, &call).await?;
        Ok(call)
    }

    /// A call by its number.
    ///
    /// # Errors
    /// There is no such call, or the caller is no operator of the provider.
    pub async fn intake_call(&self, caller: &Caller, call: u64) -> Answer<IntakeCall> {
        let provider = self.provider_id().await?;
        caller.enter(&provider, Right::Operate).map_err(|_| Refusal::forbidden())?;
        let after = call.checked_sub(1).ok_or_else(Refusal::not_found)?;
        let stored = self.store.tenant(&provider).facts(after, 1).await?;
        let stored = stored.first().filter(|stored| stored.seq == call).ok_or_else(Refusal::not_found)?;
        let fact = stored.fact(&provider)?;
        if fact.body != (Body::IntakeCallBegun {}) {
            return Err(Refusal::not_found().into());
        }
        Ok(IntakeCall { call, began: fact.instant, by: fact.actor.person_id().cloned() })
    }

    /// Companies by name, by key or name of a project, and by name, reading or number of a contact.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn companies(&self, caller: &Caller, sought: &str) -> Answer<Vec<Company>> {
        let mut found = vec![];
        if sought.trim().is_empty() {
            return Ok(found);
        }
        let now = self.now().await?;
        for view in self.tenants(caller, Right::Operate).await? {
            if view.tenant.is_provider() {
                continue;
            }
            let fits = |text: &str| fault::finds(sought, text);
            let mut contact = None;
            for project in &view.projects {
                let plan = self.paper::<ContactPlan>(&view.tenant.id, project.key.as_str(), now).await?;
                let contacts = plan.map(|(_, plan)| plan.contacts).unwrap_or_default();
                let hit =
                    contacts.into_iter().find(|it| [&it.name, &it.reading, &it.phone].into_iter().any(|it| fits(it)));
                contact = contact.or(hit.map(|it| format!("{} {}", it.name, it.phone).trim_end().to_owned()));
            }
            let is_named = fits(&view.tenant.name)
                || view.projects.iter().any(|project| fits(project.key.as_str()) || fits(&project.name));
            if (is_named || contact.is_some()) && !view.projects.is_empty() {
                let projects = view.projects.into_iter().map(|project| (project.key, project.name)).collect();
                found.push(Company { tenant: view.tenant.id, name: view.tenant.name, projects, contact });
            }
            if found.len() == FOUND_MAX {
                break;
            }
        }
        Ok(found)
    }

    /// Says whose call it is; from here on the incident exists, with the clocks from the begin of the call. The same call for the
    /// same project again is the same incident.
    ///
    /// # Errors
    /// There is no such call or project, neither project nor company is named, or the stated begin cannot be.
    pub async fn open_by_call(&self, caller: &Caller, of: &CallOf) -> Answer<Done> {
        let call = of.call;
        let is_lost = of.project.trim().is_empty();
        let (project, company) = if is_lost {
            (ProjectKey::new(OWN_PROJECT), Some(required("company", &of.company)?))
        } else {
            (ProjectKey::new(of.project.trim()), None)
        };
        let scope = self.enter_project(caller, &project, &[Right::Operate]).await?;
        let unknown = || Refusal::invalid("call", "この通話は始まっていません。", "No such call began.");
        let begun = match self.intake_call(caller, call).await {
            Err(crate::Error::Refused(refusal)) if refusal.kind == RefusalKind::NotFound => Err(unknown().into()),
            other => other,
        }?;
        let has_one = self.store.tenant(&scope.tenant).projects().await?.len() == 1;
        let name = self.customer_name(&scope.tenant).await?;
        let mut write = self.begin(&scope.tenant).await?;
        let dedup_key = fault::dedup_key(call);
        if let Some(known) = write.correlations(&project, &[dedup_key.as_str()]).await?.remove(&dedup_key) {
            drop(write);
            return self.done_before(&scope.tenant, known.incident).await;
        }
        let (began, was_stated) = match of.began {
            Some(began) => (began, stated(write.now(), began, "began", !of.reason.trim().is_empty())?),
            None => (begun.began, false),
        };
        if began > begun.began {
            return Err(Refusal::invalid(
                "began",
                "通話の始まりは、受け付けた時刻より後にはできません。",
                "The call cannot begin after the server saw it.",
            )
            .into());
        }
        let reason = Some(of.reason.trim()).filter(|reason| was_stated && !reason.is_empty());
        let reason = reason.map(|reason| required("reason", reason)).transpose()?;
        let reason = reason.map(|reason| write.text(reason));
        let title = match company {
            Some(company) => format!("お電話での障害ご連絡（会社未確認: {company}）"),
            None => format!("お電話での障害ご連絡（{name}）"),
        };
        let title = write.text(&title);
        let company = company.map(|company| write.text(company));
        let project_sure = has_one || of.project_sure || is_lost;
        let origin = Origin::Telephone { call, began, stated: was_stated, company, project_sure };
        let opened = self.open_incident(write, &scope, &project, origin, title, "phone".into(), reason);
        let mut case = opened.await?;
        let incident = case.incident.key.clone();
        // The incident's row first: the correlation refers to it.
        case.save_row().await?;
        let correlation = CorrelationRow { project, dedup_key, incident, joins_until: None };
        case.write.save_correlations(vec![correlation]).await?;
        case.save(vec![]).await
    }

    async fn done_before(&self, tenant: &TenantId, key: RecordKey) -> Answer<Done> {
        let row = self.store.tenant(tenant).incident(&key).await?;
        let row = row.ok_or_else(|| Failure::Corrupt(format!("{key} has no header")))?;
        let state = State::from_code(&row.state).map_or("detected", State::code);
        Ok(Done { key, version: row.version, state: state.into() })
    }

    /// What the caller said, saved as far as it is known.
    ///
    /// # Errors
    /// See [`domain::incident::Incident::hear`]; the contact is not in the plan.
    pub async fn hear(&self, caller: &Caller, key: &RecordKey, words: &CallerWords) -> Answer<Done> {
        let mut case = self.open(caller, Right::Operate, key, Seen::Whatever).await?;
        let plan = case.paper::<ContactPlan>().await?.map(|(_, plan)| plan).unwrap_or_default();
        let contact = contact_of(&plan, words)?;
        let Some(phone) = case.incident.phone.clone() else {
            // The domain says so in its own words.
            case.incident.hear(&case.by, Heard::default())?;
            return Err(Refusal::not_found().into());
        };
        let mut heard = Heard {
            project_sure: words.project_sure && !phone.is_project_sure,
            by_phone: words.by_phone.filter(|why| phone.by_phone != Some(*why)),
            detected_at: words.detected_at.filter(|at| phone.detected_at != Some(*at)),
            ..Heard::default()
        };
        let said = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let name = said(&words.caller).or_else(|| plan.contact(contact.as_ref()?).map(|(_, it)| it.name.clone()));
        heard.caller = case.heard("caller", name, phone.caller.as_ref(), contact != phone.contact).await?;
        heard.contact = contact.filter(|_| heard.caller.is_some());
        heard.called_back =
            case.heard("called_back", said(&words.called_back), phone.called_back.as_ref(), false).await?;
        heard.content = case.heard("content", said(&words.content), phone.content.as_ref(), false).await?;
        heard.host = case.heard("host", said(&words.host), phone.host.as_ref(), false).await?;
        let impact = said(&words.business_impact);
        heard.business_impact = case.heard("business_impact", impact, phone.business_impact.as_ref(), false).await?;
        if heard.content.is_some() || heard.host.is_some() {
            let title = case.title_of(&heard, &phone).await?;
            heard.title = Some(case.write.text(&title));
        }
        let facts = case.incident.hear(&case.by, heard)?;
        case.save(facts).await
    }

    /// The end of the call, with its summary.
    ///
    /// # Errors
    /// See [`domain::incident::Incident::end_intake_call`]; the summary is missing.
    pub async fn end_intake_call(&self, caller: &Caller, key: &RecordKey, end: &IntakeCallEnd) -> Answer<Done> {
        let mut case = self.open(caller, Right::Operate, key, Seen::Whatever).await?;
        let summary = case.required("summary", &end.summary)?;
        let facts = case.incident.end_intake_call(&case.by, summary)?;
        case.save(facts).await
    }
}

/// Which contact of the plan a caller is: the one that was chosen, or the only one of that name.
fn contact_of(plan: &ContactPlan, words: &CallerWords) -> Result<Option<ContactId>, Refusal> {
    if !words.contact.trim().is_empty() {
        let id = ContactId::new(words.contact.trim());
        let unknown = || {
            Refusal::invalid(
                "contact",
                "連絡体制にある連絡先を選んでください。",
                "Choose a contact of the contact plan.",
            )
        };
        return plan.contact(&id).map(|(_, contact)| Some(contact.id.clone())).ok_or_else(unknown);
    }
    let named = |held: &str| fault::is_name_of(&words.caller, held);
    let mut same = plan.contacts.iter().filter(|contact| named(&contact.name) || named(&contact.reading));
    Ok(match (same.next(), same.next()) {
        (Some(one), None) => Some(one.id.clone()),
        _ => None,
    })
}

impl Case<'_> {
    /// A text that is new: not empty and other words than before.
    async fn heard(
        &mut self,
        field: &'static str,
        said: Option<String>,
        before: Option<&BlobId>,
        again: bool,
    ) -> Answer<Option<BlobId>> {
        let Some(said) = said else { return Ok(None) };
        if let Some(before) = before.filter(|_| !again)
            && self.write.blob_text(before).await?.as_deref() == Some(said.as_str())
        {
            return Ok(None);
        }
        Ok(Some(self.required(field, &said)?))
    }

    async fn title_of(&mut self, heard: &Heard, phone: &Phone) -> Answer<String> {
        let mut words = vec![];
        for blob in [heard.host.as_ref().or(phone.host.as_ref()), heard.content.as_ref().or(phone.content.as_ref())] {
            words.push(match blob {
                Some(blob) => self.write.blob_text(blob).await?.unwrap_or_default(),
                None => String::new(),
            });
        }
        Ok(fault::title(&words[0], &words[1]))
    }
}
