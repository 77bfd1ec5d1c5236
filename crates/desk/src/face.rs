//! Reads for the pages: the board at a glance, who is who, what waits. Nothing here writes.

use crate::incident::{BoardRow, Letter, Payload};
use crate::{Answer, Caller, Desk, Error};
use domain::access::{Right, Role};
use domain::ids::{KeyId, MessageId, PersonId, RecordKey, TenantId};
use domain::incident::Incident;
use domain::paper::Provider;
use domain::refusal::Refusal;
use domain::time::{HOUR_MS, Instant};
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use store::{Failure, IncidentRow, KeyRow, MessageRow};

/// How long after their last click somebody of the monitoring centre still counts as on duty.
const ON_DUTY_MS: i64 = 10 * HOUR_MS;

/// An open incident with what the board draws of it.
#[derive(Clone, Debug)]
pub struct Glance {
    /// Its header.
    pub board: BoardRow,
    /// The fold.
    pub incident: Incident,
    /// The host or system of its first alert; empty where it came from silence.
    pub host: String,
    /// Events that tools told about it.
    pub alerts: u64,
}

/// A mail in the outbox.
#[derive(Clone, Debug)]
pub struct Mailed {
    /// The message.
    pub row: MessageRow,
    /// What it says; none where its words were erased.
    pub letter: Option<Letter>,
}

impl Desk {
    /// A number that changes when anything of any tenant was written: what a page asks before it asks for more.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn pulse(&self) -> Answer<u64> {
        let mut hasher = DefaultHasher::new();
        for head in self.store.system().heads().await? {
            (head.tenant.as_str(), head.seq, head.instant.ms()).hash(&mut hasher);
        }
        Ok(hasher.finish())
    }

    /// The provider's tenant and its name and number; none before the set-up.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn provider(&self) -> Answer<Option<(TenantId, Provider)>> {
        let Some(tenant) = self.store.system().provider().await? else { return Ok(None) };
        let paper = self.paper::<Provider>(&tenant.id, "", self.now().await?).await?;
        let paper = paper.map_or_else(|| Provider { name: tenant.name, phone: String::new() }, |(_, paper)| paper);
        Ok(Some((tenant.id, paper)))
    }

    /// The board's incidents within the caller's reach, each folded, and beside them those that cannot be read: a damaged
    /// one hides no other.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn glances(&self, caller: &Caller) -> Answer<(Vec<Glance>, Vec<RecordKey>)> {
        let (mut glances, mut unreadable) = (vec![], vec![]);
        for board in self.board(caller).await? {
            let key = board.row.key.clone();
            match self.glance(board).await {
                Ok(glance) => glances.push(glance),
                Err(Error::Failed(failure)) if failure.is_unavailable() => return Err(failure.into()),
                Err(error) => {
                    tracing::error!(record = %key, %error, "an incident cannot be read");
                    unreadable.push(key);
                }
            }
        }
        Ok((glances, unreadable))
    }

    async fn glance(&self, board: BoardRow) -> Answer<Glance> {
        let (store, key) = (self.store.tenant(&board.row.tenant), &board.row.key);
        let incident = Incident::fold(&store.record_facts(key).await?)?;
        let incident = incident.ok_or_else(|| Failure::Corrupt(format!("{key} has no facts")))?;
        let alerts = store.alerts_of(key).await?;
        let host = alerts.first().map(|alert| alert.source.clone()).unwrap_or_default();
        Ok(Glance { board, incident, host, alerts: alerts.iter().map(|alert| alert.count).sum() })
    }

    /// The named messages within the caller's reach: to whom they are, and why they did not arrive.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn messages_named(&self, caller: &Caller, ids: &[MessageId]) -> Answer<Vec<MessageRow>> {
        let tenants = self.tenants_with(caller, Right::ReadOperations).await?;
        Ok(self.store.staff(&tenants).messages_named(ids).await?)
    }

    /// How many messages wait to be sent.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn waiting_messages(&self) -> Answer<u64> {
        Ok(self.store.system().queue_depth().await?.iter().map(|depth| depth.count).sum())
    }

    /// Intake keys whose promised heartbeat is overdue, and since when they are silent.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn silent_keys(&self, caller: &Caller) -> Answer<Vec<(KeyRow, Instant)>> {
        let (now, reach) = (self.now().await?, self.tenants_with(caller, Right::ReadOperations).await?);
        let keys = self.store.system().heartbeat_keys(now).await?.into_iter().filter(|key| reach.contains(&key.tenant));
        let silent = keys.filter_map(|key| {
            let since = key.last_heartbeat.unwrap_or(key.created);
            let minutes = i64::from(key.heartbeat_minutes?);
            (now > since.plus_minutes(minutes)).then_some((key, since))
        });
        Ok(silent.collect())
    }

    /// Who of the provider's monitoring centre was here lately: until rosters exist, they are on duty.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn on_duty(&self) -> Answer<Vec<String>> {
        let now = self.now().await?;
        let Some(provider) = self.store.system().provider().await? else { return Ok(vec![]) };
        let mut names = vec![];
        for person in self.store.tenant(&provider.id).holders(Role::Mo, now).await? {
            let sessions = self.store.system().sessions_of(&person.id).await?;
            let here = sessions.iter().any(|s| now < s.expires && now.since_ms(s.last_seen) < ON_DUTY_MS);
            if here && person.disabled.is_none() {
                names.push(person.name);
            }
        }
        Ok(names)
    }

    /// Names of a tenant's keys, by id: which tool an alert came from.
    ///
    /// # Errors
    /// The tenant is out of reach.
    pub async fn sources(&self, caller: &Caller, tenant: &TenantId) -> Answer<HashMap<KeyId, String>> {
        caller.enter(tenant, Right::ReadOperations)?;
        let keys = self.store.tenant(tenant).keys().await?;
        Ok(keys.into_iter().map(|key| (key.id, key.label)).collect())
    }

    /// When each of these people was last seen.
    ///
    /// # Errors
    /// The right to administer is missing.
    pub async fn last_seen(&self, caller: &Caller, people: &[PersonId]) -> Answer<HashMap<PersonId, Instant>> {
        caller.may_administer()?;
        let mut seen = HashMap::new();
        for person in people {
            let sessions = self.store.system().sessions_of(person).await?;
            if let Some(last) = sessions.iter().map(|session| session.last_seen).max() {
                seen.insert(person.clone(), last);
            }
        }
        Ok(seen)
    }

    /// The mails of the outbox within the caller's reach, newest first.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn mails(&self, caller: &Caller, limit: u32) -> Answer<Vec<Mailed>> {
        let mut mails = vec![];
        for tenant in self.tenants_with(caller, Right::ReadOperations).await? {
            for row in self.store.tenant(&tenant).all_messages(None, limit).await? {
                if row.channel == "mail" {
                    mails.push(self.with_letter(row).await?);
                }
            }
        }
        mails.sort_by_key(|mail| std::cmp::Reverse(mail.row.created));
        mails.truncate(limit as usize);
        Ok(mails)
    }

    /// One mail of the outbox.
    ///
    /// # Errors
    /// There is no such mail in the caller's reach.
    pub async fn mail(&self, caller: &Caller, tenant: &TenantId, id: &MessageId) -> Answer<Mailed> {
        caller.enter(tenant, Right::ReadOperations)?;
        let row = self.store.tenant(tenant).message(id).await?.filter(|row| row.channel == "mail");
        self.with_letter(row.ok_or_else(Refusal::not_found)?).await
    }

    async fn with_letter(&self, row: MessageRow) -> Answer<Mailed> {
        let text = self.store.tenant(&row.tenant).blob_text(&row.payload).await?;
        let payload = text.map(|text| serde_json::from_str(&text)).transpose();
        let payload = payload.map_err(|error| Failure::Corrupt(format!("message {}: {error}", row.id)))?;
        let letter = match payload {
            Some(Payload::Mail(letter)) => Some(letter),
            _ => None,
        };
        Ok(Mailed { row, letter })
    }
}

impl Desk {
    /// Names of the tenants in which the caller holds a role.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn own_tenants(&self, caller: &Caller) -> Answer<HashMap<TenantId, String>> {
        let mut names = HashMap::new();
        for grant in &caller.grants {
            names.insert(grant.tenant.clone(), self.customer_name(&grant.tenant).await?);
        }
        Ok(names)
    }
}

/// How an earlier incident went: what helps when it happens again.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Milliseconds from the alert to the recovery; none where it never recovered.
    pub lasted_ms: Option<i64>,
    /// The cause it was closed with.
    pub cause: Option<String>,
}

impl Desk {
    /// How incidents went, each within the caller's reach.
    ///
    /// # Errors
    /// One of them is out of reach.
    pub async fn outcomes(&self, caller: &Caller, incidents: &[IncidentRow]) -> Answer<Vec<Outcome>> {
        let mut outcomes = vec![];
        for row in incidents {
            caller.enter(&row.tenant, Right::ReadPublished)?;
            let store = self.store.tenant(&row.tenant);
            let incident = Incident::fold(&store.record_facts(&row.key).await?)?;
            let recovered = incident.as_ref().and_then(Incident::recovery).map(|recovery| recovery.what.recovered_at);
            let cause = match incident.and_then(|incident| incident.closure) {
                Some(closure) => store.blob_text(&closure.what.cause).await?,
                None => None,
            };
            outcomes.push(Outcome { lasted_ms: recovered.map(|at| at.since_ms(row.alert_at)), cause });
        }
        Ok(outcomes)
    }

    /// What tools said about these incidents, by incident and alert.
    ///
    /// # Errors
    /// The tenant is out of reach.
    pub async fn alert_words(
        &self,
        caller: &Caller,
        tenant: &TenantId,
        incidents: &[RecordKey],
    ) -> Answer<HashMap<(RecordKey, String), String>> {
        caller.enter(tenant, Right::ReadOperations)?;
        let mut words = HashMap::new();
        for key in incidents {
            for alert in self.store.tenant(tenant).alerts_of(key).await? {
                words.insert((key.clone(), alert.alert_key), alert.summary);
            }
        }
        Ok(words)
    }
}
