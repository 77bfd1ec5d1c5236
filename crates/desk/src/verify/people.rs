//! What a tenant is: its name, projects, agreed papers, memberships, delegations, keys and webhooks, as its facts say; and the
//! mails of its mornings.

use super::chain::Chain;
use super::mails::Mails;
use super::rows::{Expected, Table};
use super::{Audit, Checked, fault, fault_of, files};
use crate::morning::MORNING;
use domain::access::Role;
use domain::fact::{Body, Fact};
use domain::ids::{BlobId, PersonId, ProjectKey, RecordKey};
use domain::paper::{Closures, Paper};
use domain::process::ProcessText;
use domain::time::Instant;
use std::collections::{BTreeMap, HashMap};
use store::Cell;

/// A name that a fact gave by a blob.
struct Named {
    seq: u64,
    name: BlobId,
}

struct Project {
    named: Named,
    started: Option<Instant>,
    records: u64,
}

struct Version {
    seq: u64,
    valid_from: Instant,
    recorded_at: Instant,
    document: BlobId,
    agreed: Option<(PersonId, Instant)>,
}

/// Something that was granted or added and may have been taken back.
struct Grant {
    seq: u64,
    cells: Vec<(&'static str, Cell)>,
    ended: &'static str,
    until: Option<Instant>,
}

/// The fold of all facts that belong to no record.
#[derive(Default)]
pub(super) struct People {
    name: Option<Named>,
    projects: BTreeMap<ProjectKey, Project>,
    versions: BTreeMap<(String, String, u32), Version>,
    memberships: BTreeMap<String, Grant>,
    delegations: BTreeMap<String, Grant>,
    keys: BTreeMap<String, Grant>,
    webhooks: BTreeMap<String, (Grant, BlobId)>,
    causes: BTreeMap<u64, (Grant, BlobId)>,
    /// Mails of mornings, by the fact that names each.
    mornings: BTreeMap<String, (u64, Instant)>,
    mails: Mails,
}

fn role(role: Role) -> Cell {
    Cell::from(role.code())
}

impl People {
    /// Adds the next fact.
    pub(super) fn apply(&mut self, fact: &Fact) -> Checked {
        let (seq, at) = (fact.seq, fact.instant);
        let broken = || fault(&fact.tenant, seq, "the fact names something that no fact before it added");
        match &fact.body {
            Body::TenantAdded { name } | Body::TenantRenamed { name } => {
                self.name = Some(Named { seq, name: name.clone() });
            }
            Body::ProjectAdded { project, name } => {
                let named = Named { seq, name: name.clone() };
                self.projects.insert(project.clone(), Project { named, started: None, records: 0 });
            }
            Body::ProjectStarted { project, .. } => {
                let project = self.projects.get_mut(project).ok_or_else(broken)?;
                project.started = project.started.or(Some(at));
            }
            Body::IncidentOpened { project, number, .. } => self.number(fact, project, *number)?,
            Body::RequestFiled(filed) => self.number(fact, &filed.project, filed.number)?,
            Body::RecordOpened(opened) => self.number(fact, &opened.project, opened.number)?,
            Body::VersionRecorded { paper, subject, version, valid_from, document } => {
                let place = (paper.clone(), subject.clone(), *version);
                let (valid_from, document) = (*valid_from, document.clone());
                self.versions.insert(place, Version { seq, valid_from, recorded_at: at, document, agreed: None });
            }
            Body::VersionAgreed { paper, subject, version } => {
                let row = self.versions.get_mut(&(paper.clone(), subject.clone(), *version)).ok_or_else(broken)?;
                (row.agreed, row.seq) = (fact.actor.person_id().map(|person| (person.clone(), at)), seq);
            }
            Body::MembershipGranted { membership, person, role: held, until } => {
                let cells = vec![("person", person.as_str().into()), ("role", role(*held)), ("valid_from", at.into())];
                let row = Grant { seq, cells, ended: "valid_to", until: *until };
                self.memberships.insert(membership.to_string(), row);
            }
            Body::MembershipEnded { membership } => end(&mut self.memberships, membership.as_str(), fact)?,
            Body::DelegationGranted { delegation, giver, taker, right, minute_from, minute_to, until } => {
                let cells = vec![
                    ("giver", giver.as_str().into()),
                    ("taker", taker.as_str().into()),
                    ("right_code", right.as_str().into()),
                    ("minute_from", (*minute_from).into()),
                    ("minute_to", (*minute_to).into()),
                    ("valid_from", at.into()),
                ];
                self.delegations.insert(delegation.to_string(), Grant { seq, cells, ended: "valid_to", until: *until });
            }
            Body::DelegationEnded { delegation } => end(&mut self.delegations, delegation.as_str(), fact)?,
            Body::KeyAdded { key, project, scope, role: held, heartbeat_minutes } => {
                let cells = vec![
                    ("project", project.as_str().into()),
                    ("scope", scope.as_str().into()),
                    ("role", role(*held)),
                    ("heartbeat_minutes", (*heartbeat_minutes).into()),
                    ("created", at.into()),
                ];
                self.keys.insert(key.to_string(), Grant { seq, cells, ended: "revoked", until: None });
            }
            Body::KeyRevoked { key } => end(&mut self.keys, key.as_str(), fact)?,
            Body::WebhookAdded { webhook, url } => {
                let row = Grant { seq, cells: vec![("created", at.into())], ended: "disabled", until: None };
                self.webhooks.insert(webhook.to_string(), (row, url.clone()));
            }
            Body::WebhookDisabled { webhook } => {
                let (row, _) = self.webhooks.get_mut(webhook.as_str()).ok_or_else(broken)?;
                (row.until, row.seq) = (Some(at), seq);
            }
            Body::CauseOpened { title } => {
                let row = Grant { seq, cells: vec![("opened", at.into())], ended: "closed", until: None };
                self.causes.insert(seq, (row, title.clone()));
            }
            Body::CauseClosed { cause } => {
                let (row, _) = self.causes.get_mut(cause).ok_or_else(broken)?;
                (row.until, row.seq) = (Some(at), seq);
            }
            Body::MorningTold { messages, .. } => {
                self.mornings.extend(messages.iter().map(|id| (id.to_string(), (seq, at))));
            }
            Body::MailKept { .. } | Body::MailJoined { .. } | Body::MailSettled { .. } => {
                self.mails.apply(fact).ok_or_else(broken)?;
            }
            _ => {}
        }
        Ok(())
    }

    /// Records are numbered in their project without gaps.
    fn number(&mut self, fact: &Fact, project: &ProjectKey, number: u64) -> Checked {
        let record = fact.record.clone().unwrap_or_else(|| RecordKey::new(""));
        let wrong = |what: String| fault_of(&fact.tenant, fact.seq, &record, what);
        let known = self.projects.get_mut(project).ok_or_else(|| wrong(format!("no fact added project {project}")))?;
        known.records += 1;
        if known.records == number && record == project.record(number) {
            Ok(())
        } else {
            Err(wrong(format!("record {} of project {project} was to be opened here", known.records)))
        }
    }

    /// The versions of the calendar, in their order.
    fn calendars(&self) -> impl Iterator<Item = &Version> {
        self.versions.iter().filter(|((kind, ..), _)| kind == Closures::KIND).map(|(_, version)| version)
    }

    /// The versions of the procedures.
    fn texts(&self) -> impl Iterator<Item = (&(String, String, u32), &Version)> {
        self.versions.iter().filter(|((kind, ..), _)| kind == ProcessText::KIND)
    }

    fn procedures(&self, texts: &HashMap<BlobId, String>) -> files::Procedures {
        let read = |((_, code, number), version): (&(String, String, u32), &Version)| {
            Some(((code.clone(), *number), files::read(code, texts.get(&version.document))?))
        };
        self.texts().filter_map(read).collect()
    }

    fn closures(&self, texts: &HashMap<BlobId, String>) -> Vec<(Instant, Instant, Closures)> {
        let read = |version: &Version| {
            let closures = texts.get(&version.document).and_then(|text| serde_json::from_str(text).ok());
            (version.valid_from, version.recorded_at, closures.unwrap_or_default())
        };
        self.calendars().map(read).collect()
    }

    fn names(&self) -> Vec<&BlobId> {
        let projects = self.projects.values().map(|project| &project.named.name);
        let urls = self.webhooks.values().chain(self.causes.values()).map(|(_, words)| words);
        let documents = self.calendars().map(|version| &version.document);
        let documents = documents.chain(self.texts().map(|(_, version)| &version.document));
        self.name.iter().map(|named| &named.name).chain(projects).chain(urls).chain(documents).collect()
    }
}

fn end(rows: &mut BTreeMap<String, Grant>, id: &str, fact: &Fact) -> Checked {
    let broken = || fault(&fact.tenant, fact.seq, format!("the fact ends {id}, which no fact before it added"));
    let row = rows.get_mut(id).ok_or_else(broken)?;
    (row.until, row.seq) = (Some(fact.instant), fact.seq);
    Ok(())
}

impl Grant {
    fn expected(&self) -> Expected {
        let mut cells = self.cells.clone();
        cells.push((self.ended, self.until.into()));
        Expected { seq: self.seq, record: None, cells }
    }
}

impl Audit<'_> {
    /// Compares the rows about the tenant itself with its facts.
    pub(super) async fn people(&mut self, chain: &Chain) -> Checked {
        let (tenant, people) = (&chain.tenant, &chain.people);
        let texts = self.snapshot.texts(tenant, &people.names()).await?;
        // The provider comes first, and its calendar is everybody's.
        if self.report.tenants == 0 {
            self.closures = people.closures(&texts);
            self.procedures = people.procedures(&texts);
        }
        // Words that were erased cannot be compared.
        let told = |column, name: &BlobId| texts.get(name).map(|text| (column, Cell::from(text.as_str())));

        let mut table = Table::new(tenant, "tenants", &["id"]);
        let cells = people.name.iter().filter_map(|named| told("name", &named.name)).collect();
        let seq = people.name.as_ref().map_or(0, |named| named.seq);
        table.expect(vec![tenant.as_str().into()], Expected { seq, record: None, cells });
        table.compare(&self.snapshot.rows("tenants", tenant).await?, chain.seq)?;

        let mut table = Table::new(tenant, "projects", &["key"]);
        for (key, Project { named, started, records }) in &people.projects {
            let phase = if started.is_some() { "operation" } else { "build" };
            let mut cells =
                vec![("phase", phase.into()), ("started", (*started).into()), ("records", (*records).into())];
            cells.extend(told("name", &named.name));
            table.expect(vec![key.as_str().into()], Expected { seq: named.seq, record: None, cells });
        }
        table.compare(&self.snapshot.rows("projects", tenant).await?, chain.seq)?;

        let mut table = Table::new(tenant, "versions", &["kind", "subject", "version"]);
        for ((kind, subject, number), version) in &people.versions {
            let cells = vec![
                ("valid_from", version.valid_from.into()),
                ("recorded_at", version.recorded_at.into()),
                ("document", version.document.as_str().into()),
                ("agreed_by", version.agreed.as_ref().map(|(person, _)| person.to_string()).into()),
                ("agreed_at", version.agreed.as_ref().map(|(_, at)| *at).into()),
            ];
            let key = vec![kind.as_str().into(), subject.as_str().into(), (*number).into()];
            table.expect(key, Expected { seq: version.seq, record: None, cells });
        }
        table.compare(&self.snapshot.rows("versions", tenant).await?, chain.seq)?;

        let grants =
            [("memberships", &people.memberships), ("delegations", &people.delegations), ("api_keys", &people.keys)];
        for (name, rows) in grants {
            let mut table = Table::new(tenant, name, &["id"]);
            for (id, row) in rows {
                table.expect(vec![id.as_str().into()], row.expected());
            }
            table.compare(&self.snapshot.rows(name, tenant).await?, chain.seq)?;
        }

        let mut table = Table::new(tenant, "webhooks", &["id"]);
        for (id, (row, url)) in &people.webhooks {
            let mut expected = row.expected();
            expected.cells.extend(told("url", url));
            table.expect(vec![id.as_str().into()], expected);
        }
        table.compare(&self.snapshot.rows("webhooks", tenant).await?, chain.seq)?;

        let mut table = Table::new(tenant, "causes", &["number"]);
        for (number, (row, title)) in &people.causes {
            let mut expected = row.expected();
            expected.cells.extend(told("title", title));
            table.expect(vec![(*number).into()], expected);
        }
        table.compare(&self.snapshot.rows("causes", tenant).await?, chain.seq)?;

        people.mails.table(tenant).compare(&self.snapshot.rows("mails", tenant).await?, chain.seq)?;

        let mut table = Table::new(tenant, "messages", &["id"]);
        for (id, (seq, at)) in &people.mornings {
            let cells = vec![
                ("class", MORNING.into()),
                ("channel", "mail".into()),
                ("record", Cell::Null),
                ("created", (*at).into()),
            ];
            table.expect(vec![id.as_str().into()], Expected { seq: *seq, record: None, cells });
        }
        table.compare(&self.snapshot.rows_among("messages", tenant, "class", &[MORNING]).await?, chain.seq)
    }
}
