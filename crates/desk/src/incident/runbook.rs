//! 保守手順 on an incident: which are bound to its alerts, steps of them ticked, and the one that was missing.
//!
//! Matching is a pure function of hosts, labels and words ([`domain::runbook::Runbook::matches`]); what an alert's body says
//! of them is read here, where both databases' reads and the bodies of all senders come together.

use super::case::{Case, Seen, calendar_as_of};
use super::{Done, view};
use crate::desk::read_paper;
use crate::{Answer, Caller, Desk, Scope};
use domain::access::Right;
use domain::calendar::Calendar;
use domain::fact::{Body, ConsentRef, Fact, NewFact, Origin, RunbookStep as StepRef};
use domain::ids::{BlobId, ProjectKey, RecordKey};
use domain::incident::verbs::By;
use domain::incident::{Incident, Tick};
use domain::paper::Paper;
use domain::refusal::Refusal;
use domain::runbook::{Effect, Runbook, Runbooks, Step, Subject, shipped};
use domain::time::Instant;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::HashMap;
use store::{AlertRow, Write};
use utoipa::ToSchema;

/// A step of a runbook is done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RunbookStep {
    /// Record version seen.
    #[schema(required, minimum = 1)]
    pub version: u64,
    /// Id of the runbook.
    #[schema(required)]
    pub runbook: String,
    /// Version of the project's runbooks, or the edition of the shipped ones, that was read. Another one in force by now is
    /// refused with 409.
    #[schema(required, minimum = 1)]
    pub runbook_version: u32,
    /// Which step, from 1.
    #[schema(required, minimum = 1)]
    pub step: u32,
    /// With what result.
    #[schema(required)]
    pub result: String,
    /// The data are as of this instant afterwards; needed where the step says so.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub recovery_point: Option<Instant>,
    /// By which consent, where the step interrupts or loses data: `standing`, or which consent of the incident, from 1.
    pub consent: String,
}

/// There will be no runbook for these alerts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RunbookRefusal {
    /// Record version seen.
    #[schema(required, minimum = 1)]
    pub version: u64,
    /// Why.
    #[schema(required)]
    pub reason: String,
}

/// The runbooks that an incident offers.
#[derive(Clone, Debug, Default)]
pub struct Offered {
    /// The version of the project's runbooks valid now; 0 where there is none.
    pub version: u32,
    /// The project's runbooks.
    pub own: Runbooks,
    /// Ids of those that are bound to the incident's alerts, in their order.
    pub matching: Vec<String>,
    /// Steps that were done, as their runbooks said them then, by the seq of the fact.
    pub done: HashMap<u64, Step>,
}

/// Alert bodies read for their labels, the first ones: a group's body names all its alerts.
const BODIES_MAX: usize = 5;

impl Desk {
    /// A step of a runbook, the customer's or a shipped one.
    ///
    /// # Errors
    /// See [`domain::incident::Incident::tick`]; there is no such step, or another version is in force.
    pub async fn tick_step(&self, caller: &Caller, key: &RecordKey, input: &RunbookStep) -> Answer<Done> {
        let mut case = self.open(caller, Right::Operate, key, Seen::At(input.version)).await?;
        let (version, runbooks) = case.paper::<Runbooks>().await?.unwrap_or_default();
        let (version, runbook, standing) = match shipped::runbook(&input.runbook) {
            Some(runbook) => (shipped::EDITION, Some(runbook), None),
            None => (version, runbooks.runbook(&input.runbook), runbooks.standing_consent.as_ref()),
        };
        if input.runbook_version != version {
            return Err(Refusal::not_now(
                format!("保守手順が第{version}版に変わりました。画面を開き直し、今の手順を読んで進めてください。"),
                format!("The runbooks are version {version} now. Open the page again and go on by what they say."),
            )
            .into());
        }
        let step = runbook.and_then(|runbook| runbook.step(input.step)).ok_or_else(|| {
            Refusal::invalid(
                "runbook",
                "その手順のステップはありません。画面の保守手順から選んでください。",
                "There is no such step. Choose one of the runbooks on the page.",
            )
        })?;
        let result = case.required("result", &input.result)?;
        let text = case.required("step", &step.text)?;
        let at = StepRef { id: input.runbook.clone(), version, step: input.step };
        let (recovery_point, consent) = (input.recovery_point, consent(&input.consent)?);
        let facts = case.incident.tick(&case.by, Tick { at, step, text, standing, result, recovery_point, consent })?;
        case.save(facts).await
    }

    /// The support centre says why there will be no runbook; also after the end of the incident.
    ///
    /// # Errors
    /// See [`domain::incident::Incident::decline_runbook`].
    pub async fn decline_runbook(&self, caller: &Caller, key: &RecordKey, input: &RunbookRefusal) -> Answer<Done> {
        let mut case = self.open(caller, Right::Operate, key, Seen::At(input.version)).await?;
        let reason = case.optional("reason", &input.reason)?;
        let facts = case.incident.decline_runbook(&case.by, reason)?;
        case.save(facts).await
    }

    /// The runbooks that an incident offers, from its facts and alerts.
    pub(super) async fn offered(
        &self,
        scope: &Scope,
        incident: &Incident,
        facts: &[Fact],
        texts: &HashMap<BlobId, String>,
        alerts: &[AlertRow],
        now: Instant,
    ) -> Answer<Offered> {
        let store = self.store.tenant(&scope.tenant);
        let project = incident.project.as_str();
        let (version, own) = self.paper::<Runbooks>(&scope.tenant, project, now).await?.unwrap_or_default();
        let mut bodies = vec![];
        if !own.runbooks.is_empty() {
            for event in events_of(facts) {
                let body = store.event_body(event).await?;
                bodies.extend(match body {
                    Some(body) => store.blob_text(&body).await?,
                    None => None,
                });
            }
        }
        let named: Vec<String> = hosts_named(facts).filter_map(|host| texts.get(host)).cloned().collect();
        let title = texts.get(&incident.title).map(String::as_str).unwrap_or_default();
        let subjects = subjects(title, &named, alerts, &bodies);
        let matching = own.runbooks.iter().filter(|it| it.matches(&subjects)).map(|it| it.id.clone()).collect();
        let mut versions: HashMap<u32, Runbooks> = HashMap::from([(version, own.clone())]);
        let mut done = HashMap::new();
        for step in &incident.steps {
            let Some(at) = &step.what.runbook else { continue };
            if shipped::runbook(&at.id).is_none() && !versions.contains_key(&at.version) {
                let row = store.version(Runbooks::KIND, project, at.version).await?;
                let read = row.map(|row| read_paper::<Runbooks>(&row)).transpose()?;
                versions.insert(at.version, read.map(|(_, paper)| paper).unwrap_or_default());
            }
            let runbook = shipped::runbook(&at.id).or_else(|| versions.get(&at.version)?.runbook(&at.id));
            if let Some(said) = runbook.and_then(|runbook| runbook.step(at.step)) {
                done.insert(step.mark.seq, said.clone());
            }
        }
        Ok(Offered { version, own, matching, done })
    }

    /// A version of a project's runbooks was recorded in this transaction: whatever it covers is no longer owed.
    pub(crate) async fn settle_runbooks(
        &self,
        mut write: Write,
        project: &str,
        version: u32,
        scope: &Scope,
    ) -> Answer<Write> {
        let Some(row) = write.version(Runbooks::KIND, project, version).await? else { return Ok(write) };
        let (_, runbooks) = read_paper::<Runbooks>(&row)?;
        for key in write.without_runbook(&ProjectKey::new(project)).await? {
            let facts = write.record_facts(&key).await?;
            let incident = match Incident::fold(&facts) {
                Ok(Some(incident)) if incident.owes_runbook() => Box::new(incident),
                Ok(_) => continue,
                Err(broken) => {
                    tracing::error!(record = %key, %broken, "an incident cannot be read for its runbook");
                    continue;
                }
            };
            let now = write.now();
            let calendar = calendar_as_of(&mut write, now).await?;
            let by = By { actor: scope.actor.clone(), role: scope.role, now };
            let mut case = Case { desk: self, write, incident, calendar, by };
            if runbooks.cover(&case.subjects().await?) {
                let provided: Vec<NewFact> = case.incident.provide_runbook(&case.by, version).into_iter().collect();
                case.put(provided).await?;
            }
            write = case.write;
        }
        Ok(write)
    }
}

impl Case<'_> {
    /// What is said when the incident is taken first and no runbook of the project is bound to its alerts.
    pub(crate) async fn missing_runbook(&mut self) -> Answer<Option<NewFact>> {
        let (version, runbooks) = self.paper::<Runbooks>().await?.unwrap_or_default();
        let Some(missing) = self.incident.miss_runbook(version) else { return Ok(None) };
        let is_covered = !runbooks.runbooks.is_empty() && runbooks.cover(&self.subjects().await?);
        Ok(Some(missing).filter(|_| !is_covered))
    }

    /// The incident's alerts as runbooks are matched with them.
    async fn subjects(&mut self) -> Answer<Vec<Subject>> {
        let title = self.write.blob_text(&self.incident.title).await?.unwrap_or_default();
        let alerts = self.write.alerts_of(&self.incident.key).await?;
        let facts = self.write.record_facts(&self.incident.key).await?;
        let mut bodies = vec![];
        for event in events_of(&facts) {
            let body = self.write.event_body(event).await?;
            bodies.extend(match body {
                Some(body) => self.write.blob_text(&body).await?,
                None => None,
            });
        }
        let mut named = vec![];
        for host in hosts_named(&facts) {
            named.extend(self.write.blob_text(host).await?);
        }
        Ok(subjects(&title, &named, &alerts, &bodies))
    }
}

fn consent(text: &str) -> Result<Option<ConsentRef>, Refusal> {
    match text.trim() {
        "" => Ok(None),
        "standing" => Ok(Some(ConsentRef::Standing {})),
        number => number.parse().map(|consent| Some(ConsentRef::Given { consent })).map_err(|_| {
            Refusal::invalid(
                "consent",
                "standing か、この障害の同意の番号を入れてください。",
                "Give “standing”, or the number of a consent of this incident.",
            )
        }),
    }
}

/// The first events of an incident that say what it is about.
fn events_of(facts: &[Fact]) -> Vec<u64> {
    let event = |fact: &Fact| match &fact.body {
        Body::IncidentOpened { origin: Origin::Alert { event, .. } | Origin::Window { event, .. }, .. }
        | Body::AlertJoined { event, .. }
        | Body::AlertCarried { event, .. } => Some(*event),
        _ => None,
    };
    facts.iter().filter_map(event).take(BODIES_MAX).collect()
}

/// The hosts that the customer named, on the portal or by telephone.
pub(super) fn hosts_named(facts: &[Fact]) -> impl Iterator<Item = &BlobId> {
    facts.iter().filter_map(|fact| match &fact.body {
        Body::IncidentOpened { origin: Origin::Customer { host, .. }, .. } => Some(host),
        Body::CallerHeard(heard) => heard.host.as_ref(),
        _ => None,
    })
}

/// What is known of an incident's alerts: what the customer named, as they are kept, and as their bodies came.
fn subjects(title: &str, named: &[String], alerts: &[AlertRow], bodies: &[String]) -> Vec<Subject> {
    let kept = alerts.iter().map(|alert| Subject {
        hosts: hosts(&alert.source),
        names: vec![alert.summary.clone(), title.to_owned()],
        labels: vec![],
    });
    let said = bodies.iter().filter_map(|body| serde_json::from_str(body).ok()).flat_map(|body: Value| said(&body));
    let titled = Subject {
        hosts: named.iter().flat_map(|host| hosts(host)).collect(),
        names: vec![title.to_owned()],
        labels: vec![],
    };
    std::iter::once(titled).chain(kept).chain(said).collect()
}

/// A body of Alertmanager with its alerts, or one of Events v2.
fn said(body: &Value) -> Vec<Subject> {
    match body.get("alerts").and_then(Value::as_array) {
        Some(alerts) => alerts.iter().map(of_alertmanager).collect(),
        None => body.get("payload").map(of_events_v2).into_iter().collect(),
    }
}

fn of_alertmanager(alert: &Value) -> Subject {
    let labels = texts(alert.get("labels"));
    let annotations = texts(alert.get("annotations"));
    let is_host = |name: &str| ["instance", "host", "hostname", "node", "job"].contains(&name);
    let is_name = |name: &str| ["summary", "description", "message"].contains(&name);
    let names = annotations.into_iter().filter(|(name, _)| is_name(name));
    Subject {
        hosts: labels.iter().filter(|(name, _)| is_host(name)).flat_map(|(_, host)| hosts(host)).collect(),
        names: names
            .map(|(_, text)| text)
            .chain(labels.iter().filter(|(name, _)| name == "alertname").map(|(_, name)| name.clone()))
            .collect(),
        labels,
    }
}

fn of_events_v2(payload: &Value) -> Subject {
    let text = |name: &str| payload.get(name).and_then(Value::as_str).map(str::to_owned);
    let mut labels = texts(payload.get("custom_details"));
    let named = ["component", "group", "class", "severity"];
    labels.extend(named.iter().filter_map(|name| Some(((*name).to_owned(), text(name)?))));
    Subject {
        hosts: text("source").map(|source| hosts(&source)).unwrap_or_default(),
        names: text("summary").into_iter().collect(),
        labels,
    }
}

fn texts(object: Option<&Value>) -> Vec<(String, String)> {
    let pairs = object.and_then(Value::as_object).into_iter().flatten();
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    pairs.map(|(name, value)| (name.clone(), text(value))).collect()
}

/// A host as it was named, and without its port.
fn hosts(source: &str) -> Vec<String> {
    let bare = source.rsplit_once(':').filter(|(host, port)| !host.contains(':') && port.parse::<u16>().is_ok());
    std::iter::once(source)
        .chain(bare.map(|(host, _)| host))
        .filter(|host| !host.is_empty())
        .map(str::to_owned)
        .collect()
}

/// The draft of a recovery notice with what has to be said about data that were restored (R-4.2.2-11, -12, -15).
pub(super) fn with_data(draft: String, incident: &Incident, offered: &Offered, calendar: &Calendar) -> String {
    let reported = incident.recovery().and_then(|recovery| recovery.what.recovery_point);
    let Some(point) = reported.or_else(|| incident.recovery_point()) else { return draft };
    let mut lines =
        vec![format!("データは {} 時点のものです。それより後の更新は含まれません。", view::shown(point, calendar))];
    let restored = |step: &&Step| step.needs_recovery_point || step.effect == Effect::LosesData;
    for step in incident.steps.iter().filter_map(|done| offered.done.get(&done.mark.seq)).filter(restored) {
        for limit in &step.limits {
            let line = format!("※ {limit}");
            if !lines.contains(&line) {
                lines.push(line);
            }
        }
    }
    let said = lines.join("\n");
    // Before what closes the letter.
    match draft.rsplit_once("\n\n") {
        Some((body, close)) => format!("{body}\n\n{said}\n\n{close}"),
        None => format!("{draft}\n\n{said}"),
    }
}

impl Offered {
    /// The project's runbooks that are bound to the incident's alerts, in their order.
    pub fn matched(&self) -> impl Iterator<Item = &Runbook> {
        self.matching.iter().filter_map(|id| self.own.runbook(id))
    }

    /// The project's other runbooks.
    pub fn others(&self) -> impl Iterator<Item = &Runbook> {
        self.own.runbooks.iter().filter(|runbook| !self.matching.contains(&runbook.id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(body: &str, binding: &str, is_bound: bool) {
        let runbooks = domain::runbook::notation::parse(&format!("■ a b\n{binding}\n1. c")).unwrap();
        let subjects = subjects("title", &[], &[], &[body.to_owned()]);
        assert_eq!(runbooks[0].matches(&subjects), is_bound, "{binding}: {subjects:?}");
    }

    #[test]
    fn bodies_of_both_senders_are_matched_by_host_label_and_name() {
        let group = r#"{"alerts":[{"labels":{"alertname":"InstanceDown","instance":"web01:9100"},"annotations":{"summary":"応答なし"}},
            {"labels":{"alertname":"Lag","instance":"db01"}}]}"#;
        let event =
            r#"{"payload":{"source":"db01","summary":"遅延","component":"mysql","custom_details":{"shard":2}}}"#;
        for (body, binding, is_bound) in [
            (group, "対象: web01", true),
            (group, "対象: web01:9100", true),
            (group, "ラベル: alertname=InstanceDown", true),
            (group, "対象: db01\nラベル: alertname=InstanceDown", false),
            (group, "アラート: Lag", true),
            (group, "アラート: *応答*", true),
            (event, "対象: db*", true),
            (event, "ラベル: component=mysql\nラベル: shard=2", true),
            (event, "アラート: title", true),
            ("broken", "対象: *", false),
        ] {
            check(body, binding, is_bound);
        }
    }
}
