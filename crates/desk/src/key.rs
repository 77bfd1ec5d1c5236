//! API keys, intake keys and their heartbeats, and webhook endpoints.

use crate::desk::required;
use crate::readiness::in_operation;
use crate::sign_in::role_of_code;
use crate::tenant::{OWN_PROJECT, console_fact};
use crate::{AddedWebhook, Answer, Caller, Change, Desk, Error, Who, seal};
use domain::access::{Actor, Right};
use domain::calendar::Calendar;
use domain::clocks::notice::AgreedTargets;
use domain::fact::{Body, NewFact, Origin, sha256};
use domain::ids::{KeyId, ProjectKey, TenantId, WebhookId};
use domain::incident::Incident;
use domain::refusal::Refusal;
use domain::time::Instant;
use serde::Serialize;
use store::{CorrelationRow, Failure, KeyRow, WebhookRow, random};

/// A key to make.
#[derive(Clone, Debug, Default)]
pub struct NewKey {
    /// `intake` or `api`.
    pub scope: String,
    /// Role code of an API key; empty means `mo`.
    pub role: String,
    /// What it is for.
    pub label: String,
    /// When it ends; none for never.
    pub expires: Option<Instant>,
    /// Minutes after which the silence of an intake key opens an incident of the provider; none promises nothing.
    pub heartbeat_minutes: Option<u32>,
}

/// A key just made: its secret is shown once.
#[derive(Clone, Debug, Serialize)]
pub struct AddedKey {
    /// The key's id.
    pub id: KeyId,
    /// The secret: 32 letters for intake (a valid `routing_key`), 40 for the API.
    pub key: String,
}

impl Desk {
    /// Makes a key for a project.
    ///
    /// # Errors
    /// The scope, the role or the heartbeat is wrong, or the project is not found in the caller's reach.
    pub async fn add_key(&self, caller: &Caller, project: &ProjectKey, new: &NewKey) -> Answer<AddedKey> {
        let scope = match self.enter_project(caller, project, &[Right::Administer]).await {
            Err(Error::Refused(refusal)) if refusal == Refusal::not_found() && caller.who == Who::Console => {
                return Err(no_project(project).into());
            }
            entered => entered?,
        };
        let key = match new.scope.as_str() {
            "intake" => random::letters::<32>(),
            "api" => random::letters::<40>(),
            _ => {
                return Err(
                    Refusal::invalid("scope", "種類は intake か api です。", "A scope is intake or api.").into()
                );
            }
        };
        let role = role_of_code(if new.role.is_empty() { "mo" } else { &new.role })?;
        if new.heartbeat_minutes.is_some_and(|minutes| !(1..=1440).contains(&minutes) || new.scope != "intake") {
            return Err(Refusal::invalid(
                "heartbeat_minutes",
                "定期信号は受信キーに1分から1440分で設定してください。",
                "A heartbeat is promised by an intake key, within 1 to 1440 minutes.",
            )
            .into());
        }
        let mut write = self.begin(&scope.tenant).await?;
        if new.scope == "intake" {
            in_operation(&mut write, project).await?;
        }
        if new.expires.is_some_and(|expires| expires <= write.now()) {
            return Err(Refusal::invalid(
                "expires",
                "有効期限は今より後で入力してください。",
                "A key ends later than now.",
            )
            .into());
        }
        let id = KeyId::new(random::letters::<16>());
        let row = KeyRow {
            tenant: scope.tenant,
            id: id.clone(),
            project: project.clone(),
            scope: new.scope.clone(),
            role,
            label: new.label.trim().chars().take(100).collect(),
            hash: sha256(&[key.as_bytes()]),
            created: write.now(),
            expires: new.expires,
            revoked: None,
            last_used: None,
            heartbeat_minutes: new.heartbeat_minutes,
            last_heartbeat: None,
        };
        write.add_key(&row).await?;
        let (project, scope_code, heartbeat_minutes) = (project.clone(), new.scope.clone(), new.heartbeat_minutes);
        let body = Body::KeyAdded { key: id.clone(), project, scope: scope_code, role, heartbeat_minutes };
        write.append(console_fact(scope.actor, body));
        let added = AddedKey { id, key };
        self.commit(write, &added).await?;
        Ok(added)
    }

    /// Revokes a key at once.
    ///
    /// # Errors
    /// The tenant is out of reach, or there is no such key.
    pub async fn revoke_key(&self, caller: &Caller, tenant: &TenantId, key: &KeyId) -> Answer<()> {
        let scope = self.enter(caller, tenant, &[Right::Administer]).await?;
        let mut write = self.store.write(&scope.tenant).await?;
        if !write.revoke_key(key).await? {
            return Err(Refusal::not_found().into());
        }
        write.append(console_fact(scope.actor, Body::KeyRevoked { key: key.clone() }));
        write.commit().await?;
        self.key_ring.forget(key);
        Ok(())
    }

    /// The keys of a tenant, without secrets.
    ///
    /// # Errors
    /// The tenant is out of reach.
    pub async fn keys(&self, caller: &Caller, tenant: &TenantId) -> Answer<Vec<KeyRow>> {
        self.enter(caller, tenant, &[Right::Administer]).await?;
        Ok(self.store.tenant(tenant).keys().await?)
    }

    /// Opens an incident of the provider for each intake key whose promised heartbeat is overdue and has none open yet.
    /// Returns how many it opened. A key whose incident cannot be opened holds up no other.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn watch_heartbeats(&self) -> Answer<usize> {
        let now = self.now().await?;
        let Some(provider) = self.store.system().provider().await? else { return Ok(0) };
        let mut opened = 0;
        for key in self.store.system().heartbeat_keys(now).await? {
            match self.open_for_silence(&provider.id, &key, now).await {
                Ok(true) => opened += 1,
                Ok(false) => {}
                Err(error) => {
                    tracing::warn!(tenant = %key.tenant, key = %key.id, %error, "a heartbeat could not be looked at; it will be tried again");
                }
            }
        }
        Ok(opened)
    }

    /// Opens an incident for one key if its heartbeat is overdue and has none open yet. Returns whether it did.
    async fn open_for_silence(&self, provider: &TenantId, key: &KeyRow, now: Instant) -> Answer<bool> {
        let project = ProjectKey::new(OWN_PROJECT);
        let Some(minutes) = key.heartbeat_minutes else { return Ok(false) };
        let since = key.last_heartbeat.unwrap_or(key.created);
        if now <= since.plus_minutes(i64::from(minutes)) {
            return Ok(false);
        }
        let dedup_key = format!("heartbeat:{}", key.id);
        let customer = self.customer_name(&key.tenant).await?;
        let mut write = self.store.write(provider).await?;
        let found = write.correlations(&project, &[dedup_key.as_str()]).await?;
        if found.get(&dedup_key).is_some_and(|c| c.joins_until.is_none_or(|until| now <= until)) {
            return Ok(false);
        }
        let n = write.next_number(&project).await?;
        let record = project.record(n);
        let title = format!("{customer} {}: 監視からの定期信号が{minutes}分以上ありません", key.project);
        let body = Body::IncidentOpened {
            project: project.clone(),
            number: n,
            origin: Origin::Heartbeat { key: key.id.clone() },
            title: write.text(&title),
            severity: "critical".into(),
            targets: AgreedTargets::default(),
            agreement: None,
        };
        let fact = write.append(NewFact {
            record: Some(record.clone()),
            body,
            actor: Actor::System,
            role: None,
            reason: None,
        });
        let Some(incident) = Incident::fold(std::slice::from_ref(&fact))? else { return Ok(false) };
        let calendar = Calendar::tokyo([]);
        let row = crate::incident::cached_row(provider, &incident, title, &calendar);
        write.save_incidents(vec![row]).await?;
        write.sync_timers(record.as_str(), &crate::incident::timer_rows(&incident, &calendar)).await?;
        let correlation = CorrelationRow { project: project.clone(), dedup_key, incident: record, joins_until: None };
        write.save_correlations(vec![correlation]).await?;
        write.commit().await?;
        self.ring(Change::Act);
        Ok(true)
    }

    /// Adds a webhook endpoint; the secret is shown once.
    ///
    /// # Errors
    /// The address is no http or https address or one that is never called, or the tenant is out of reach.
    pub async fn add_webhook(&self, caller: &Caller, tenant: &TenantId, url: &str) -> Answer<(WebhookId, String)> {
        let scope = self.enter(caller, tenant, &[Right::Administer]).await?;
        let url = required("url", url)?;
        if !(url.starts_with("https://") || url.starts_with("http://"))
            || url.len() > 2_000
            || url.chars().any(char::is_whitespace)
        {
            return Err(Refusal::invalid(
                "url",
                "https:// で始まるURLを入力してください。",
                "Give an address that begins with https://.",
            )
            .into());
        }
        if let Some(Err(why)) = self.url_judge.as_ref().map(|judge| judge(url)) {
            return Err(Refusal::invalid(
                "url",
                format!("このURLは呼び出せません。社外から届くサーバーのURLを入力してください ({why})。"),
                format!(
                    "This address cannot be called. Give that of a server that can be reached from outside ({why})."
                ),
            )
            .into());
        }
        let id = WebhookId::new(random::letters::<16>());
        let secret = format!(
            "whsec_{}",
            base64::Engine::encode(&base64::engine::general_purpose::STANDARD, random::bytes::<24>())
        );
        let sealed = seal::seal(&self.settings.sealing_key, &place(tenant, &id), &secret)
            .ok_or_else(|| Failure::Settings("the sealing key is unusable".into()))?;
        let mut write = self.begin(&scope.tenant).await?;
        write.add_webhook(&id, url, &sealed).await?;
        let told = write.text(url);
        write.append(console_fact(scope.actor, Body::WebhookAdded { webhook: id.clone(), url: told }));
        let added = AddedWebhook { id, secret };
        self.commit(write, &added).await?;
        Ok((added.id, added.secret))
    }

    /// Disables a webhook endpoint.
    ///
    /// # Errors
    /// The tenant is out of reach, or there is no such endpoint.
    pub async fn disable_webhook(&self, caller: &Caller, tenant: &TenantId, webhook: &WebhookId) -> Answer<()> {
        let scope = self.enter(caller, tenant, &[Right::Administer]).await?;
        let mut write = self.store.write(&scope.tenant).await?;
        if !write.disable_webhook(webhook).await? {
            return Err(Refusal::not_found().into());
        }
        write.append(console_fact(scope.actor, Body::WebhookDisabled { webhook: webhook.clone() }));
        write.commit().await?;
        Ok(())
    }

    /// The webhook endpoints of a tenant.
    ///
    /// # Errors
    /// The tenant is out of reach.
    pub async fn webhooks(&self, caller: &Caller, tenant: &TenantId) -> Answer<Vec<WebhookRow>> {
        self.enter(caller, tenant, &[Right::Administer]).await?;
        Ok(self.store.tenant(tenant).webhooks().await?)
    }

    /// The secret a webhook is signed with.
    pub(crate) async fn webhook_secret(&self, tenant: &TenantId, webhook: &str) -> Answer<WebhookSecret> {
        let id = WebhookId::new(webhook);
        let row = self.store.tenant(tenant).webhook(&id).await?.filter(|row| row.disabled.is_none());
        let Some(row) = row else { return Ok(WebhookSecret::Disabled) };
        let secret = seal::open(&self.settings.sealing_key, &place(tenant, &id), &row.secret);
        Ok(secret.map_or(WebhookSecret::Sealed, WebhookSecret::Open))
    }
}

/// The secret of a webhook, as far as this node can tell it.
pub(crate) enum WebhookSecret {
    /// It is this.
    Open(String),
    /// The endpoint is disabled or gone.
    Disabled,
    /// It was sealed with another key than this node's.
    Sealed,
}

fn place(tenant: &TenantId, webhook: &WebhookId) -> String {
    format!("{tenant}|webhooks|secret|{webhook}")
}

fn no_project(project: &ProjectKey) -> Refusal {
    Refusal::invalid(
        "project",
        format!("プロジェクト {project} はありません。"),
        format!("There is no project {project}."),
    )
}
