//! Signing in and being recognised: sessions of people, keys of programs.

use crate::alert::IntakeKey;
use crate::{Answer, Caller, Desk, Grant, Who, password};
use domain::access::{Right, Role};
use domain::fact::sha256;
use domain::ids::{PersonId, TenantId};
use domain::refusal::Refusal;
use domain::time::{HOUR_MS, Instant, MINUTE_MS};
use domain::words::Lang;
use store::{KeyRow, PersonRow, SessionRow, random};

/// A session ends after so long without use.
const IDLE_MS: i64 = 12 * HOUR_MS;
/// And after so long in any case.
const WHOLE_MS: i64 = 7 * 24 * HOUR_MS;
/// `last_seen` is written at most this often.
const TOUCH_MS: i64 = 5 * MINUTE_MS;

/// A session just begun.
#[derive(Clone, Debug)]
pub struct Begun {
    /// The token for the cookie; the database keeps only its hash.
    pub token: String,
    /// When it ends at the latest.
    pub expires: Instant,
}

impl Desk {
    /// Signs a person in.
    ///
    /// # Errors
    /// The address and the password do not belong together, or the person is disabled: one answer for both.
    pub async fn sign_in(&self, email: &str, password: &str, agent: &str, address: &str) -> Answer<Begun> {
        let person = self.store.system().person_by_email(&email.trim().to_lowercase()).await?;
        let hash =
            person.as_ref().filter(|person| person.disabled.is_none()).and_then(|person| person.password.as_deref());
        let fits = password::fits(password, hash).await?;
        let Some(person) = person.filter(|_| fits) else {
            return Err(Refusal::invalid(
                "password",
                "メールアドレスかパスワードが違います。",
                "The mail address or the password is wrong.",
            )
            .into());
        };
        self.begin_session(&person.id, agent, address).await
    }

    pub(crate) async fn begin_session(&self, person: &PersonId, agent: &str, address: &str) -> Answer<Begun> {
        let now = self.now().await?;
        let token = random::letters::<48>();
        let expires = now.plus_ms(WHOLE_MS);
        let session = SessionRow {
            id: sha256(&[token.as_bytes()]),
            person: person.clone(),
            created: now,
            last_seen: now,
            expires,
            agent: agent.chars().take(200).collect(),
            address: address.to_owned(),
        };
        self.store.system().add_session(&session).await?;
        Ok(Begun { token, expires })
    }

    /// The caller behind a session token; none where it is unknown or over.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn caller_by_session(&self, token: &str) -> Answer<Option<Caller>> {
        let now = self.now().await?;
        let Some((session, person)) = self.live_session(token, now).await? else { return Ok(None) };
        if now.since_ms(session.last_seen) > TOUCH_MS {
            self.store.system().touch_session(&session.id, now).await?;
        }
        self.person_in(session, person, now).await.map(Some)
    }

    /// The caller behind the session of a page that only watches: an open page is no use of the session.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn watcher_by_session(&self, token: &str) -> Answer<Option<Caller>> {
        let now = self.now().await?;
        let Some((session, person)) = self.live_session(token, now).await? else { return Ok(None) };
        self.person_in(session, person, now).await.map(Some)
    }

    async fn live_session(&self, token: &str, now: Instant) -> Answer<Option<(SessionRow, PersonRow)>> {
        let found = self.store.system().session(&sha256(&[token.as_bytes()])).await?;
        Ok(found.filter(|(session, person)| {
            person.disabled.is_none() && now < session.expires && now.since_ms(session.last_seen) <= IDLE_MS
        }))
    }

    async fn person_in(&self, session: SessionRow, person: PersonRow, now: Instant) -> Answer<Caller> {
        let grants = self.grants_of(&person.id, now).await?;
        let PersonRow { id, name, email, lang, .. } = person;
        Ok(Caller { who: Who::Person { id, name, email, session: session.id }, grants, lang })
    }

    /// The caller behind an API key; none where it is unknown, revoked, expired or an intake key.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn caller_by_key(&self, secret: &str) -> Answer<Option<Caller>> {
        let now = self.now().await?;
        let Some(key) = self.live_key(secret, "api", now).await? else { return Ok(None) };
        let provider = self.store.system().provider().await?;
        let everywhere = !key.role.is_customer() && provider.is_some_and(|provider| provider.id == key.tenant);
        let grant = Grant { tenant: key.tenant, role: key.role, everywhere, delegated: None };
        let who = Who::Key { id: key.id, project: key.project };
        Ok(Some(Caller { who, grants: vec![grant], lang: Lang::Ja }))
    }

    /// The intake key behind a secret; none where it is unknown, revoked, expired or an API key.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn intake_key(&self, secret: &str) -> Answer<Option<IntakeKey>> {
        if let Some(key) = self.key_ring.get(secret) {
            return Ok(Some(key));
        }
        let asked = std::time::Instant::now();
        let now = self.now().await?;
        let Some(row) = self.live_key(secret, "intake", now).await? else { return Ok(None) };
        let (heartbeat, ends) = (row.heartbeat_minutes.is_some(), row.expires.is_some());
        let key = IntakeKey { tenant: row.tenant, key: row.id, project: row.project, heartbeat };
        if !ends {
            self.key_ring.put(secret, asked, key.clone());
        }
        Ok(Some(key))
    }

    async fn live_key(&self, secret: &str, scope: &str, now: Instant) -> Answer<Option<KeyRow>> {
        let key = self.store.system().find_key(&sha256(&[secret.as_bytes()])).await?;
        let live = |key: &KeyRow| {
            key.scope == scope && key.revoked.is_none() && key.expires.is_none_or(|expires| now < expires)
        };
        let Some(key) = key.filter(live) else { return Ok(None) };
        if key.last_used.is_none_or(|used| now.since_ms(used) > TOUCH_MS) {
            self.store.tenant(&key.tenant).touch_key(&key.id, now).await?;
        }
        Ok(Some(key))
    }

    /// The roles a person holds now, delegated rights included.
    pub(crate) async fn grants_of(&self, person: &PersonId, now: Instant) -> Answer<Vec<Grant>> {
        let provider = self.store.system().provider().await?.map(|tenant| tenant.id);
        let is_provider = |tenant: &TenantId| provider.as_ref() == Some(tenant);
        let mut grants: Vec<Grant> = vec![];
        for row in self.store.system().memberships_of(person, now).await? {
            let everywhere = is_provider(&row.tenant) && !row.role.is_customer();
            grants.push(Grant { tenant: row.tenant, role: row.role, everywhere, delegated: None });
        }
        let calendar = self.calendar(now).await?;
        let minute = minute_of_day(now, &calendar);
        for row in self.store.system().delegations_to(person, now).await? {
            let Some(right) = right_of_code(&row.right_code) else { continue };
            if !within(minute, row.minute_from, row.minute_to) {
                continue;
            }
            // A right can be lent only while its owner holds it.
            let held = self.store.system().memberships_of(&row.giver, now).await?;
            let role = held.iter().find(|m| m.tenant == row.tenant && m.role.may(right)).map(|m| m.role);
            if let Some(role) = role {
                let everywhere = is_provider(&row.tenant);
                grants.push(Grant { tenant: row.tenant, role, everywhere, delegated: Some((right, row.giver)) });
            }
        }
        Ok(grants)
    }

    /// Ends a session of the caller: this one, or another of the same person.
    ///
    /// # Errors
    /// The session is not the caller's own.
    pub async fn end_session(&self, caller: &Caller, session: &str) -> Answer<()> {
        let own = self.sessions(caller).await?.iter().any(|own| own.id == session);
        if !own {
            return Err(Refusal::not_found().into());
        }
        Ok(self.store.system().delete_session(session).await?)
    }

    /// The sessions of the caller, newest first.
    ///
    /// # Errors
    /// The caller is no person.
    pub async fn sessions(&self, caller: &Caller) -> Answer<Vec<SessionRow>> {
        let person = caller.person().ok_or_else(Refusal::not_found)?;
        Ok(self.store.system().sessions_of(person).await?)
    }

    /// Changes the caller's own password and ends all other sessions.
    ///
    /// # Errors
    /// The old password is wrong, or the new one too short or too long.
    pub async fn change_password(&self, caller: &Caller, old: &str, new: &str) -> Answer<()> {
        let Who::Person { id, session, .. } = &caller.who else { return Err(Refusal::not_found().into()) };
        let person = self.store.system().person(id).await?.ok_or_else(Refusal::not_found)?;
        if !password::fits(old, person.password.as_deref()).await? {
            return Err(Refusal::invalid("old", "今のパスワードが違います。", "The present password is wrong.").into());
        }
        password::validate(new)?;
        self.store.system().set_password(id, Some(&password::hash(new).await?)).await?;
        self.store.system().delete_sessions_of(id, Some(session)).await?;
        Ok(())
    }

    /// Sets the caller's language.
    ///
    /// # Errors
    /// The caller is no person.
    pub async fn choose_language(&self, caller: &Caller, lang: Lang) -> Answer<()> {
        let person = caller.person().ok_or_else(Refusal::not_found)?;
        Ok(self.store.system().set_lang(person, lang).await?)
    }
}

/// The right of a code such as `decide`.
pub(crate) fn right_of_code(code: &str) -> Option<Right> {
    serde_json::from_value(serde_json::Value::String(code.to_owned())).ok()
}

/// The role of a code, as a refusal where it is unknown.
pub(crate) fn role_of_code(code: &str) -> Result<Role, Refusal> {
    Role::from_code(code).ok_or_else(|| {
        let known = Role::ALL.map(Role::code).join(", ");
        Refusal::invalid("role", format!("役割は {known} のいずれかです。"), format!("A role is one of {known}."))
    })
}

fn minute_of_day(now: Instant, calendar: &domain::calendar::Calendar) -> u32 {
    let zoned = now.timestamp().to_zoned(calendar.zone().clone());
    u32::try_from(i32::from(zoned.hour()) * 60 + i32::from(zoned.minute())).unwrap_or_default()
}

/// Whether a minute lies in hours that may run over midnight; equal ends mean the whole day.
fn within(minute: u32, from: u32, to: u32) -> bool {
    if from < to { (from..to).contains(&minute) } else { from == to || minute >= from || minute < to }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_of_a_delegation_may_run_over_midnight() {
        let (evening, morning) = (19 * 60, 10 * 60);
        assert!(within(23 * 60, evening, morning) && within(3 * 60, evening, morning));
        assert!(!within(morning, evening, morning) && !within(12 * 60, evening, morning));
        assert!(within(0, 0, 0) && within(600, 540, 1080) && !within(1080, 540, 1080));
    }

    #[test]
    fn a_right_is_read_by_its_code() {
        assert_eq!(right_of_code("decide"), Some(Right::Decide));
        assert_eq!(right_of_code("read-operations"), Some(Right::ReadOperations));
        assert_eq!(right_of_code("root"), None);
    }
}
