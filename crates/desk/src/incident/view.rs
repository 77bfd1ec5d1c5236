//! Reading incidents: the board, one incident whole for staff, and what was published for the customer.

use super::CLASSES;
use super::runbook::{Offered, hosts_named, with_data};
use crate::desk::read_paper;
use crate::{Answer, Caller, Desk, Scope};
use domain::access::{Right, Role};
use domain::calendar::Calendar;
use domain::contact::{ContactPlan, Occasion};
use domain::criteria::Criteria;
use domain::draft::{Templates, fill, without_promise};
use domain::fact::{Fact, Origin};
use domain::ids::{BlobId, ContactId, PersonId, RecordKey, TenantId};
use domain::incident::duty::Duty;
use domain::incident::ledger::Ledger;
use domain::incident::report::Decision;
use domain::incident::{Consent, Incident, Marked};
use domain::paper::{Paper, Provider};
use domain::refusal::Refusal;
use domain::time::Instant;
use std::collections::HashMap;
use store::{AlertRow, IncidentQuery, IncidentRow, MessageRow};

/// One row of the board.
#[derive(Clone, Debug)]
pub struct BoardRow {
    /// The incident's header.
    pub row: IncidentRow,
    /// The customer's name.
    pub customer: String,
    /// The name of whoever has it.
    pub assignee: Option<String>,
}

/// An incident with everything staff may see.
#[derive(Clone, Debug)]
pub struct IncidentView {
    /// The fold.
    pub incident: Incident,
    /// Every fact behind it, in order.
    pub facts: Vec<Fact>,
    /// Windows of work that run now and cover its hosts, where it was there before them.
    pub windows: Vec<store::WindowRow>,
    /// What frozen tables fix of it, the newest first.
    pub frozen: Vec<store::FrozenVerdictRow>,
    /// Whose it is.
    pub tenant: TenantId,
    /// The customer's name.
    pub customer: String,
    /// The words behind blobs; an erased one is missing.
    pub texts: HashMap<BlobId, String>,
    /// Names of the people who acted.
    pub people: HashMap<PersonId, String>,
    /// What tools told, by alert.
    pub alerts: Vec<AlertRow>,
    /// The alert's words as they came.
    pub raw: Option<String>,
    /// What was told, and what became of it.
    pub messages: Vec<MessageRow>,
    /// What is owed, nearest first.
    pub duties: Vec<Duty>,
    /// Why each clock stands as it does.
    pub ledgers: Vec<Ledger>,
    /// The criteria that were judged by, or those valid now where nothing is judged, with their version.
    pub criteria: Option<(u32, Criteria)>,
    /// The contact plan valid now, with its version.
    pub plan: Option<(u32, ContactPlan)>,
    /// Contacts by id over all versions of the plan, for calls made under an older one.
    pub contact_names: HashMap<String, String>,
    /// Whose turn it is to be called, by the plan valid now; none where nobody may be called at this hour.
    pub turn: Option<ContactId>,
    /// Who else works here and may be given the incident: id and name.
    pub colleagues: Vec<(PersonId, String)>,
    /// Drafts of what comes next.
    pub drafts: Templates,
    /// The last incidents of the same project with the same dedup key, or where there are none of the same host, newest first,
    /// at most three.
    pub earlier: Vec<IncidentRow>,
    /// Whether those are of the same host only.
    pub earlier_by_host: bool,
    /// The runbooks that it offers.
    pub runbooks: Offered,
    /// The incident it is merged into.
    pub parent: Option<IncidentRow>,
    /// What is merged into it, as it was merged.
    pub children: Vec<IncidentRow>,
    /// What came together with it, this one among them, the earliest first; empty where it came alone.
    pub together: Vec<IncidentRow>,
    /// The calendar used.
    pub calendar: Calendar,
    /// As of when.
    pub now: Instant,
}

/// What the customer sees of an incident: no notes, no internal words.
#[derive(Clone, Debug)]
pub struct PublishedView {
    /// The fold; its internal parts are emptied.
    pub incident: Incident,
    /// The words behind what was published.
    pub texts: HashMap<BlobId, String>,
    /// Why each clock stands as it does.
    pub ledgers: Vec<Ledger>,
    /// The customer's own name.
    pub customer: String,
    /// Names of contacts by id.
    pub contact_names: HashMap<String, String>,
    /// The next interim report that is owed.
    pub next_report: Option<Instant>,
    /// The calendar used.
    pub calendar: Calendar,
    /// As of when.
    pub now: Instant,
}

/// Earlier incidents shown at most.
const EARLIER: u32 = 3;
/// Rows of one board.
const BOARD_MAX: u32 = 500;

impl Desk {
    /// Open incidents within the caller's reach, by nearest duty.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn board(&self, caller: &Caller) -> Answer<Vec<BoardRow>> {
        let tenants = self.tenants_with(caller, Right::ReadOperations).await?;
        let mut rows = self.store.staff(&tenants).board(BOARD_MAX).await?;
        rows.retain(|row| caller.only_project().is_none_or(|only| row.project == *only));
        self.board_rows(rows).await
    }

    /// Incidents within the caller's reach, the latest opened first: all that staff may see, or for a customer what they were
    /// told of.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn incidents(&self, caller: &Caller, query: &IncidentQuery, limit: u32) -> Answer<Vec<BoardRow>> {
        let right = if query.told { Right::ReadPublished } else { Right::ReadOperations };
        let Some(project) = caller.project_within(query.project.as_ref()) else { return Ok(vec![]) };
        let tenants = self.tenants_with(caller, right).await?;
        let query = IncidentQuery { project: project.cloned(), ..query.clone() };
        let mut rows = self.store.staff(&tenants).incidents(&query, limit).await?;
        if query.told {
            rows = rows.into_iter().map(without_internals).collect();
        }
        self.board_rows(rows).await
    }

    pub(crate) async fn board_rows(&self, rows: Vec<IncidentRow>) -> Answer<Vec<BoardRow>> {
        let names: HashMap<TenantId, String> =
            self.store.system().tenants().await?.into_iter().map(|tenant| (tenant.id, tenant.name)).collect();
        let ids: Vec<PersonId> = rows.iter().filter_map(|row| row.assignee.clone()).collect();
        let people = self.store.system().people_of(&ids).await?;
        let rows = rows.into_iter().map(|row| BoardRow {
            customer: names.get(&row.tenant).cloned().unwrap_or_default(),
            assignee: row.assignee.as_ref().and_then(|id| people.get(id)).map(|person| person.name.clone()),
            row,
        });
        Ok(rows.collect())
    }

    /// One incident with everything staff may see.
    ///
    /// # Errors
    /// There is no such incident in the caller's reach, or the right is missing.
    pub async fn incident(&self, caller: &Caller, key: &RecordKey) -> Answer<IncidentView> {
        let scope = self.enter_record(caller, Right::ReadOperations, key).await?;
        let now = self.now().await?;
        let (facts, incident) = self.folded(&scope, key).await?;
        let store = self.store.tenant(&scope.tenant);
        let calendar = self.calendar(now).await?;
        let texts = store.texts(&words_of(&facts)).await?;
        let alerts = store.alerts_of(key).await?;
        let (raw, mut earlier) = match &incident.origin {
            Origin::Alert { event, dedup_key, .. } | Origin::Window { event, dedup_key, .. } => {
                let event = store.event(*event).await?;
                let raw = match event {
                    Some(event) => store.blob_text(&event.body).await?,
                    None => None,
                };
                (raw, self.earlier(&scope, &incident, dedup_key).await?)
            }
            Origin::Heartbeat { .. } | Origin::Customer { .. } | Origin::Telephone { .. } => (None, vec![]),
        };
        let earlier_by_host = earlier.is_empty();
        if earlier_by_host {
            let named = hosts_named(&facts).filter_map(|host| texts.get(host)).map(String::as_str);
            let host = alerts.iter().map(|alert| alert.source.as_str()).chain(named).find(|host| !host.is_empty());
            earlier = self.earlier_of_host(&scope, &incident, host).await?;
        }
        let runbooks = self.offered(&scope, &incident, &facts, &texts, &alerts, now).await?;
        let mut actors: Vec<PersonId> = facts.iter().filter_map(|fact| fact.actor.person_id().cloned()).collect();
        actors.extend(incident.escalations.iter().flat_map(|escalation| escalation.what.ladder.clone()));
        actors.extend(incident.hand_overs.iter().filter_map(|given| given.what.to.clone()));
        let people = self.store.system().people_of(&actors).await?;
        let parent = match incident.merged_into() {
            Some(parent) => store.incident(parent).await?,
            None => None,
        };
        let mut children = vec![];
        for child in incident.merged_children() {
            children.extend(store.incident(&child.key).await?);
        }
        let row = store.incident(key).await?.ok_or_else(Refusal::not_found)?;
        let together = self.came_together(&incident, &row).await?;
        let project = incident.project.as_str();
        let criteria = self.criteria(&scope, &incident, now).await?;
        let plan = self.paper::<ContactPlan>(&scope.tenant, project, now).await?;
        let customer = self.customer_name(&scope.tenant).await?;
        let mut drafts = self.drafts(&scope, &incident, &texts, &customer, now).await?;
        drafts.recovery = with_data(drafts.recovery, &incident, &runbooks, &calendar);
        let service = alerts.first().map(|alert| alert.source.as_str()).filter(|source| !source.is_empty());
        let occasion = Occasion { at: now, calendar: &calendar, service };
        let turn = plan.as_ref().and_then(|(_, plan)| turn(&incident, plan, &occasion));
        let windows = self.windows_beside(&scope.tenant, &incident, &alerts, now).await?;
        let colleagues = self.colleagues(caller, &scope.tenant, now).await?;
        Ok(IncidentView {
            duties: incident.duties(now, &calendar),
            ledgers: incident.ledgers(),
            messages: store.messages(key).await?,
            people: people.into_iter().map(|(id, person)| (id, person.name)).collect(),
            contact_names: self.contact_names(&scope, project).await?,
            windows,
            frozen: store.frozen_verdicts(key).await?,
            tenant: scope.tenant,
            incident,
            facts,
            customer,
            texts,
            alerts,
            raw,
            criteria,
            plan,
            turn,
            colleagues,
            drafts,
            earlier,
            earlier_by_host,
            runbooks,
            parent,
            children,
            together,
            calendar,
            now,
        })
    }

    /// What the customer may see of one incident; nothing before the desk told of it or they told the desk (design: the
    /// customer's page).
    ///
    /// # Errors
    /// There is no such incident in the caller's reach, or nothing of it was published yet.
    pub async fn published(&self, caller: &Caller, key: &RecordKey) -> Answer<PublishedView> {
        let scope = self.enter_record(caller, Right::ReadPublished, key).await?;
        let view = self.publication(&scope, key).await?;
        if view.incident.is_known_to_customer() { Ok(view) } else { Err(Refusal::not_found().into()) }
    }

    /// An incident without what is internal, whether its customer knows of it or not.
    pub(crate) async fn publication(&self, scope: &Scope, key: &RecordKey) -> Answer<PublishedView> {
        let now = self.now().await?;
        let (facts, mut incident) = self.folded(scope, key).await?;
        let texts = self.store.tenant(&scope.tenant).texts(&words_of(&facts)).await?;
        // What is internal is taken out here, so that no page can show it by mistake.
        incident.notes.clear();
        incident.files.retain(|file| !file.what.internal);
        incident.checks.clear();
        incident.steps.clear();
        incident.runbook_task = None;
        incident.false_alarm = None;
        incident.escalations.clear();
        incident.pages.clear();
        incident.promises.clear();
        incident.cases.clear();
        incident.hand_overs.clear();
        incident.causes.clear();
        super::report::hide(&mut incident);
        if let Some(phone) = &mut incident.phone {
            (phone.ended, phone.called_back) = (None, None);
        }
        for judgement in &mut incident.judgements {
            judgement.what.reason = None;
        }
        for end in incident.calls.iter_mut().filter_map(|call| call.what.end.as_mut()) {
            end.what.note = None;
        }
        for back in &mut incident.call_backs {
            back.what.note = None;
        }
        let kept = published_blobs(&incident);
        let texts = texts.into_iter().filter(|(id, _)| kept.contains(id)).collect();
        let project = incident.project.as_str();
        Ok(PublishedView {
            ledgers: incident.ledgers(),
            next_report: incident.next_open_slot(now),
            contact_names: self.contact_names(scope, project).await?,
            customer: self.customer_name(&scope.tenant).await?,
            calendar: self.calendar(now).await?,
            incident,
            texts,
            now,
        })
    }

    async fn folded(&self, scope: &Scope, key: &RecordKey) -> Answer<(Vec<Fact>, Incident)> {
        let facts = self.store.tenant(&scope.tenant).record_facts(key).await?;
        let incident = Incident::fold(&facts)?.ok_or_else(Refusal::not_found)?;
        Ok((facts, incident))
    }

    /// The criteria that the answers of an incident belong to; without answers those valid now.
    async fn criteria(&self, scope: &Scope, incident: &Incident, now: Instant) -> Answer<Option<(u32, Criteria)>> {
        let project = incident.project.as_str();
        let Some(answered) = incident.judgements.iter().rev().find(|j| !j.what.answers.is_empty()) else {
            return self.paper::<Criteria>(&scope.tenant, project, now).await;
        };
        let version = answered.what.criteria;
        let row = self.store.tenant(&scope.tenant).version(Criteria::KIND, project, version).await?;
        row.map(|row| read_paper(&row)).transpose()
    }

    async fn earlier(&self, scope: &Scope, incident: &Incident, dedup_key: &str) -> Answer<Vec<IncidentRow>> {
        let store = self.store.tenant(&scope.tenant);
        let alerts = store.alerts(Some(dedup_key), Some(&incident.project), None, 50).await?;
        let mut keys: Vec<RecordKey> = vec![];
        for alert in alerts {
            if alert.incident != incident.key && !keys.contains(&alert.incident) {
                keys.push(alert.incident);
            }
        }
        let mut rows = vec![];
        for key in keys.iter().take(EARLIER as usize) {
            rows.extend(store.incident(key).await?);
        }
        Ok(rows)
    }

    /// The last incidents about the same host: what happened to it before, under whatever key.
    async fn earlier_of_host(&self, scope: &Scope, it: &Incident, host: Option<&str>) -> Answer<Vec<IncidentRow>> {
        let Some(host) = host else { return Ok(vec![]) };
        let store = self.store.tenant(&scope.tenant);
        let keys = store.incidents_of_source(&it.project, host, EARLIER + 1).await?;
        let mut rows = vec![];
        for key in keys.iter().filter(|key| **key != it.key).take(EARLIER as usize) {
            rows.extend(store.incident(key).await?);
        }
        Ok(rows)
    }

    /// Who works at the desk: the monitoring and the support centre, and its head. Whoever reaches one customer only is named
    /// nobody beyond it.
    pub(crate) async fn colleagues(
        &self,
        caller: &Caller,
        tenant: &TenantId,
        now: Instant,
    ) -> Answer<Vec<(PersonId, String)>> {
        let provider = self.provider_id().await?;
        let mut found: Vec<(PersonId, String)> = vec![];
        for place in [&provider, tenant] {
            if caller.enter(place, Right::ReadOperations).is_err() {
                continue;
            }
            for role in [Role::Mo, Role::Su, Role::Dh] {
                for person in self.store.tenant(place).holders(role, now).await? {
                    if found.iter().all(|(id, _)| *id != person.id) {
                        found.push((person.id, person.name));
                    }
                }
            }
        }
        Ok(found)
    }

    pub(crate) async fn customer_name(&self, tenant: &TenantId) -> Answer<String> {
        Ok(self.store.tenant(tenant).about().await?.map(|tenant| tenant.name).unwrap_or_default())
    }

    async fn contact_names(&self, scope: &Scope, project: &str) -> Answer<HashMap<String, String>> {
        let mut names = HashMap::new();
        for row in self.store.tenant(&scope.tenant).versions(ContactPlan::KIND, project).await? {
            let (_, plan) = read_paper::<ContactPlan>(&row)?;
            names.extend(plan.contacts.into_iter().map(|contact| (contact.id.to_string(), contact.name)));
        }
        Ok(names)
    }

    async fn drafts(
        &self,
        scope: &Scope,
        incident: &Incident,
        texts: &HashMap<BlobId, String>,
        customer: &str,
        now: Instant,
    ) -> Answer<Templates> {
        let templates = self.paper::<Templates>(&scope.tenant, "", now).await?.map(|(_, t)| t).unwrap_or_default();
        let provider = match self.store.system().provider().await? {
            Some(tenant) => self.paper::<Provider>(&tenant.id, "", now).await?.map(|(_, p)| p).unwrap_or_default(),
            None => Provider::default(),
        };
        let calendar = self.calendar(now).await?;
        let project = self.store.tenant(&scope.tenant).project(&incident.project).await?;
        let recovered = incident.recovery().map(|r| shown(r.what.recovered_at, &calendar)).unwrap_or_default();
        let (title, empty) = (texts.get(&incident.title), String::new());
        // Which instant is promised only the act knows that tells it; a draft says where it will stand, or nothing.
        let fill_in = |template: &str, impact: bool, promises: bool| {
            let template = if promises { template.to_owned() } else { without_promise(template) };
            fill(
                &template,
                &[
                    ("customer", customer),
                    ("project", project.as_ref().map_or("", |project| project.name.as_str())),
                    ("key", incident.key.as_str()),
                    ("title", title.unwrap_or(&empty)),
                    ("detected", &shown(incident.alert_at(), &calendar)),
                    ("impact", if impact { "有" } else { "無" }),
                    ("recovered", &recovered),
                    ("provider", &provider.name),
                    ("phone", &provider.phone),
                ],
            )
        };
        // While a judgement waits for a second person, what the customer was told last.
        let told = || incident.publications.last().is_none_or(|told| told.what.impact);
        let impact = incident.impact().unwrap_or_else(told);
        Ok(Templates {
            occurrence: fill_in(&templates.occurrence, true, incident.promise_of_notice(now).is_some()),
            occurrence_no_impact: fill_in(&templates.occurrence_no_impact, false, false),
            interim: fill_in(&templates.interim, impact, incident.promise_of_report(now).is_some()),
            recovery: fill_in(&templates.recovery, impact, false),
            call: fill_in(&templates.call, impact, false),
        })
    }

    /// The name of a closing class.
    pub fn class_label(class: &str) -> Option<domain::words::Label> {
        CLASSES.iter().find(|(code, _)| *code == class).map(|(_, label)| *label)
    }
}

/// Whose turn it is to be called: through the round that runs, and from the first rank again after it.
pub(crate) fn turn(incident: &Incident, plan: &ContactPlan, occasion: &Occasion<'_>) -> Option<ContactId> {
    let (_, tried) = incident.round_now();
    let mut callable = plan.callable(occasion).map(|(_, contact)| &contact.id);
    let first = callable.clone().next();
    callable.find(|id| !tried.contains(id)).or(first).cloned()
}

/// An instant as a notice tells it.
pub(super) fn shown(at: Instant, calendar: &Calendar) -> String {
    at.timestamp().to_zoned(calendar.zone().clone()).strftime("%Y年%-m月%-d日 %H:%M").to_string()
}

/// A header as the customer sees it: not who works on it, nor what they owe next.
fn without_internals(row: IncidentRow) -> IncidentRow {
    IncidentRow { assignee: None, duty: None, duty_due: None, ..row }
}

fn words_of(facts: &[Fact]) -> Vec<BlobId> {
    facts.iter().flat_map(Fact::words).cloned().collect()
}

/// The blobs a customer may read: what was published, said between both, and the title.
fn published_blobs(incident: &Incident) -> Vec<BlobId> {
    let mut kept = vec![incident.title.clone()];
    kept.extend(incident.publications.iter().map(|p| p.what.text.clone()));
    kept.extend(incident.reports.iter().map(|r| r.what.text.clone()));
    kept.extend(incident.recovery_notices.iter().flat_map(|n| [n.what.text.clone(), n.what.method.clone()]));
    kept.extend(incident.recurrences.iter().map(|r| r.what.clone()));
    kept.extend(incident.messages.iter().map(|m| m.what.0.clone()));
    kept.extend(incident.files.iter().map(|file| file.what.name.clone()));
    kept.extend(incident.closure.iter().map(|c| c.what.cause.clone()));
    for version in &incident.after.reports {
        kept.push(version.what.document.clone());
        if let Some(Decision::Approved { text }) = version.what.decision.as_ref().map(|decision| &decision.what) {
            kept.push(text.clone());
        }
    }
    kept.extend(incident.calls.iter().map(|c| c.what.number.clone()));
    kept.extend(incident.call_backs.iter().flat_map(|b| [b.what.number.clone(), b.what.name.clone()]));
    for Marked { what: Consent { who, number, words, what, disputed }, .. } in &incident.consents {
        kept.extend([who, number, words, what].map(BlobId::clone));
        kept.extend(disputed.iter().map(|dispute| dispute.what.clone()));
    }
    if let Origin::Customer { host, business_impact, details, .. } = &incident.origin {
        kept.extend([host, business_impact, details].map(Clone::clone));
    }
    if let Some(phone) = &incident.phone {
        kept.extend(
            [&phone.caller, &phone.content, &phone.host, &phone.business_impact].into_iter().flatten().cloned(),
        );
    }
    kept
}
