//! People, memberships and delegations (design §7).

use crate::desk::required;
use crate::sign_in::{right_of_code, role_of_code};
use crate::tenant::{console_fact, record};
use crate::{AddedId, Answer, Begun, Caller, Change, Desk, Scope, password};
use domain::access::{Actor, Right, Role};
use domain::contact::is_mail_address;
use domain::fact::Body;
use domain::ids::{DelegationId, MembershipId, PersonId, TenantId};
use domain::paper::Provider;
use domain::refusal::Refusal;
use domain::time::Instant;
use domain::words::Lang;
use store::{DelegationRow, Failure, MembershipRow, PersonRow, Write, random};

/// Somebody to add.
#[derive(Clone, Debug, Default)]
pub struct NewPerson {
    /// Mail address, which they sign in with.
    pub email: String,
    /// Name; empty takes the part of the address before the `@`.
    pub name: String,
    /// 読み
    pub reading: String,
    /// Role code.
    pub role: String,
    /// A first password; empty for none yet.
    pub password: String,
}

/// A right to lend.
#[derive(Clone, Debug, Default)]
pub struct NewDelegation {
    /// Whose right.
    pub giver: String,
    /// Who may use it.
    pub taker: String,
    /// Right code, such as `decide`.
    pub right: String,
    /// From this minute of the day, 0 to 1439.
    pub minute_from: u32,
    /// To before this minute; equal to `minute_from` means the whole day.
    pub minute_to: u32,
    /// Until when; none means until it is ended.
    pub until: Option<Instant>,
}

/// A membership with the person's name.
#[derive(Clone, Debug)]
pub struct Member {
    /// The membership.
    pub membership: MembershipRow,
    /// The person.
    pub person: PersonRow,
}

/// A mail address as people sign in with it: trimmed, in small letters.
fn validate_email(email: &str) -> Result<String, Refusal> {
    let email = email.trim().to_lowercase();
    if is_mail_address(&email) {
        return Ok(email);
    }
    Err(Refusal::invalid("email", "メールアドレスを確認してください。", "Check the mail address."))
}

/// Until when a role is given.
#[derive(Clone, Copy, Debug)]
enum Term {
    /// As long as it is held already, else until it is ended.
    AsHeld,
    /// Until then; none means until it is ended.
    Until(Option<Instant>),
}

fn set_up_already() -> Refusal {
    Refusal::not_now("初期設定は完了しています。サインインしてください。", "The desk is set up already. Sign in.")
}

/// A new person without a password; an empty name takes the part of the address before the `@`.
fn person_row(email: &str, new: &NewPerson, created: Instant) -> PersonRow {
    let name = match new.name.trim() {
        "" => email.split('@').next().unwrap_or_default(),
        name => name,
    };
    PersonRow {
        id: PersonId::new(random::letters::<16>()),
        email: email.to_owned(),
        name: name.to_owned(),
        reading: new.reading.trim().to_owned(),
        lang: Lang::Ja,
        password: None,
        created,
        disabled: None,
    }
}

async fn add_membership(
    write: &mut Write,
    actor: Actor,
    person: &PersonId,
    role: Role,
    until: Option<Instant>,
) -> Answer<MembershipId> {
    let (tenant, id) = (write.tenant().clone(), MembershipId::new(random::letters::<16>()));
    let (valid_from, valid_to) = (write.now(), until);
    write
        .add_membership(&MembershipRow { tenant, id: id.clone(), person: person.clone(), role, valid_from, valid_to })
        .await?;
    let body = Body::MembershipGranted { membership: id.clone(), person: person.clone(), role, until };
    write.append(console_fact(actor, body));
    Ok(id)
}

/// Somebody must be able to administer a tenant for as long as anybody can see.
async fn refuse_last_administrator(write: &mut Write, role: Role) -> Answer<()> {
    let now = write.now();
    if role != Role::Ad || write.holders(Role::Ad, now).await?.len() >= 2 {
        return Ok(());
    }
    Err(Refusal::not_now(
        "最後のシステム管理者です。先に別の人をシステム管理者にしてください。",
        "This is the last administrator. Make somebody else one first.",
    )
    .into())
}

impl Desk {
    /// Whether nobody can sign in yet, so that the set-up page is shown.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn is_new(&self) -> Answer<bool> {
        Ok(self.store.system().people_count().await? == 0)
    }

    /// The first administrator of a new desk, signed in at once. They may do what an administrator and a head of desk may.
    ///
    /// # Errors
    /// The desk is not new, or an input is missing or wrong.
    pub async fn set_up(&self, provider: &str, person: &NewPerson, agent: &str, address: &str) -> Answer<Begun> {
        let provider = required("provider", provider)?;
        let email = validate_email(&person.email)?;
        password::validate(&person.password)?;
        if !self.is_new().await? {
            return Err(set_up_already().into());
        }
        // Before the write begins: it takes its time, and no lock is held for it.
        let password = Some(password::hash(&person.password).await?);
        let tenant = self.ensure_provider(provider).await?;
        let first = PersonRow { password, ..person_row(&email, person, self.now().await?) };
        // All of it or nothing, and for the first who comes.
        let mut write = self.store.write(&tenant).await?;
        if !write.add_first_person(&first).await? {
            return Err(set_up_already().into());
        }
        if self.customer_name(&tenant).await? != provider {
            // A customer was added by command before, and the provider with a name of our own making.
            let told = write.text(provider);
            write.append(console_fact(Actor::Console, Body::TenantRenamed { name: told }));
            write.rename_tenant(provider).await?;
            let paper = Provider { name: provider.to_owned(), phone: String::new() };
            let now = write.now();
            record(&mut write, "", &paper, now, &Actor::Console).await?;
        }
        for role in [Role::Ad, Role::Dh] {
            add_membership(&mut write, Actor::Console, &first.id, role, None).await?;
        }
        write.commit().await?;
        self.ring(Change::Act);
        self.begin_session(&first.id, agent, address).await
    }

    /// Adds a person with a role in a tenant. A known address gets the role beside those it has; the password then stays.
    ///
    /// # Errors
    /// The address, the role or the password is wrong; a customer's role in the provider's tenant.
    pub async fn add_person(&self, caller: &Caller, tenant: &TenantId, new: &NewPerson) -> Answer<PersonId> {
        let scope = self.enter(caller, tenant, &[Right::Administer]).await?;
        let email = validate_email(&new.email)?;
        let role = role_of_code(&new.role)?;
        if !new.password.is_empty() {
            password::validate(&new.password)?;
        }
        if self.once.is_some() {
            // Before the person is added, which is a write of its own.
            self.begin(&scope.tenant).await?;
        }
        let row = self.store.system().tenant(tenant).await?.ok_or_else(Refusal::not_found)?;
        if row.is_provider() && role.is_customer() {
            return Err(Refusal::invalid(
                "role",
                "お客様の役割には、お客様を指定してください。",
                "A customer's role needs a customer's tenant.",
            )
            .into());
        }
        let id = match self.store.system().person_by_email(&email).await? {
            Some(person) => person.id,
            None => {
                let password = if new.password.is_empty() { None } else { Some(password::hash(&new.password).await?) };
                let person = PersonRow { password, ..person_row(&email, new, self.now().await?) };
                match self.store.system().add_person(&person).await {
                    Ok(()) => person.id,
                    // Added by somebody else since it was looked up.
                    Err(failure @ Failure::Conflict(_)) => {
                        self.store.system().person_by_email(&email).await?.ok_or(failure)?.id
                    }
                    Err(failure) => return Err(failure.into()),
                }
            }
        };
        let (write, _) = self.granted(scope, &id, role, Term::AsHeld).await?;
        self.commit(write, &AddedId { id: &id }).await?;
        Ok(id)
    }

    /// Gives a person a role in a tenant, until an instant or until it is ended. Whoever holds it already holds it until then
    /// from now on.
    ///
    /// # Errors
    /// The tenant is out of reach, there is no such person, or the last administrator would get an end.
    pub async fn grant(
        &self,
        caller: &Caller,
        tenant: &TenantId,
        person: &PersonId,
        role: Role,
        until: Option<Instant>,
    ) -> Answer<MembershipId> {
        let scope = self.enter(caller, tenant, &[Right::Administer]).await?;
        self.store.system().person(person).await?.ok_or_else(Refusal::not_found)?;
        // Who administers some customers only must not learn of others' people by taking them in.
        let members = self.store.tenant(tenant).memberships(self.now().await?).await?;
        if caller.may_administer().is_err() && members.iter().all(|member| member.person != *person) {
            return Err(Refusal::not_found().into());
        }
        let (write, membership) = self.granted(scope, person, role, Term::Until(until)).await?;
        self.commit(write, &AddedId { id: &membership }).await?;
        Ok(membership)
    }

    async fn granted(&self, scope: Scope, person: &PersonId, role: Role, term: Term) -> Answer<(Write, MembershipId)> {
        let mut write = self.begin(&scope.tenant).await?;
        let now = write.now();
        let held = write.memberships(now).await?.into_iter().find(|m| m.person == *person && m.role == role);
        let until = match (held, term) {
            (Some(held), Term::AsHeld) => return Ok((write, held.id)),
            (Some(held), Term::Until(until)) if held.valid_to == until => return Ok((write, held.id)),
            (Some(held), Term::Until(until)) => {
                if until.is_some() {
                    refuse_last_administrator(&mut write, role).await?;
                }
                // A membership says one thing from its beginning to its end: another end is another membership.
                write.end_membership(&held.id, now).await?;
                write.append(console_fact(scope.actor.clone(), Body::MembershipEnded { membership: held.id }));
                until
            }
            (None, Term::Until(until)) => until,
            (None, Term::AsHeld) => None,
        };
        let membership = add_membership(&mut write, scope.actor, person, role, until).await?;
        Ok((write, membership))
    }

    /// Ends a membership now.
    ///
    /// # Errors
    /// The tenant is out of reach, there is no such membership, or it is the last administrator's.
    pub async fn end_membership(&self, caller: &Caller, tenant: &TenantId, membership: &MembershipId) -> Answer<()> {
        let scope = self.enter(caller, tenant, &[Right::Administer]).await?;
        let mut write = self.store.write(&scope.tenant).await?;
        let now = write.now();
        let held = write.membership(membership).await?.ok_or_else(Refusal::not_found)?;
        refuse_last_administrator(&mut write, held.role).await?;
        if !write.end_membership(membership, now).await? {
            return Err(Refusal::not_found().into());
        }
        write.append(console_fact(scope.actor, Body::MembershipEnded { membership: membership.clone() }));
        write.commit().await?;
        Ok(())
    }

    /// The members of a tenant now.
    ///
    /// # Errors
    /// The tenant is out of reach.
    pub async fn members(&self, caller: &Caller, tenant: &TenantId) -> Answer<Vec<Member>> {
        self.enter(caller, tenant, &[Right::Administer]).await?;
        let rows = self.store.tenant(tenant).memberships(self.now().await?).await?;
        let ids: Vec<PersonId> = rows.iter().map(|row| row.person.clone()).collect();
        let mut people = self.store.system().people_of(&ids).await?;
        let member = |membership: MembershipRow| {
            people.get(&membership.person).cloned().map(|person| Member { membership, person })
        };
        let members = rows.into_iter().filter_map(member).collect();
        people.clear();
        Ok(members)
    }

    /// Lends a right of one person to another for some hours of the day (代理).
    ///
    /// # Errors
    /// The right is unknown, the giver does not hold it in that tenant, or the hours cannot be.
    pub async fn delegate(&self, caller: &Caller, tenant: &TenantId, new: &NewDelegation) -> Answer<DelegationId> {
        let scope = self.enter(caller, tenant, &[Right::Administer]).await?;
        let right = right_of_code(&new.right)
            .ok_or_else(|| Refusal::invalid("right", "権限を選んでください。", "Choose a right, such as decide."))?;
        if new.minute_from >= 1440 || new.minute_to > 1440 {
            return Err(Refusal::invalid(
                "minute_from",
                "時間帯は 00:00 から 24:00 です。",
                "Hours lie between 00:00 and 24:00.",
            )
            .into());
        }
        let (giver, taker) = (PersonId::new(new.giver.trim()), PersonId::new(new.taker.trim()));
        let mut write = self.begin(&scope.tenant).await?;
        let now = write.now();
        let members = write.memberships(now).await?;
        if !members.iter().any(|m| m.person == giver && m.role.may(right)) {
            return Err(Refusal::invalid(
                "giver",
                "この人はその権限を持っていません。",
                "This person does not hold the right.",
            )
            .into());
        }
        if giver == taker {
            return Err(
                Refusal::invalid("taker", "本人には委任できません。", "A right cannot be lent to oneself.").into()
            );
        }
        if !members.iter().any(|m| m.person == taker) {
            return Err(Refusal::invalid(
                "taker",
                "同じところに属する人を選んでください。",
                "Choose somebody who is a member here.",
            )
            .into());
        }
        let id = DelegationId::new(random::letters::<16>());
        let row = DelegationRow {
            tenant: scope.tenant,
            id: id.clone(),
            giver: giver.clone(),
            taker: taker.clone(),
            right_code: new.right.clone(),
            minute_from: new.minute_from,
            minute_to: new.minute_to,
            valid_from: now,
            valid_to: new.until,
        };
        write.add_delegation(&row).await?;
        let (minute_from, minute_to, until) = (new.minute_from, new.minute_to, new.until);
        let body = Body::DelegationGranted {
            delegation: id.clone(),
            giver,
            taker,
            right: new.right.clone(),
            minute_from,
            minute_to,
            until,
        };
        write.append(console_fact(scope.actor, body));
        self.commit(write, &AddedId { id: &id }).await?;
        Ok(id)
    }

    /// Ends a delegation now.
    ///
    /// # Errors
    /// The tenant is out of reach, or there is no such delegation.
    pub async fn end_delegation(&self, caller: &Caller, tenant: &TenantId, delegation: &DelegationId) -> Answer<()> {
        let scope = self.enter(caller, tenant, &[Right::Administer]).await?;
        let mut write = self.store.write(&scope.tenant).await?;
        let now = write.now();
        if !write.end_delegation(delegation, now).await? {
            return Err(Refusal::not_found().into());
        }
        write.append(console_fact(scope.actor, Body::DelegationEnded { delegation: delegation.clone() }));
        write.commit().await?;
        Ok(())
    }

    /// The delegations of a tenant now.
    ///
    /// # Errors
    /// The tenant is out of reach.
    pub async fn delegations(&self, caller: &Caller, tenant: &TenantId) -> Answer<Vec<DelegationRow>> {
        self.enter(caller, tenant, &[Right::Administer]).await?;
        Ok(self.store.tenant(tenant).delegations(self.now().await?).await?)
    }

    /// Sets somebody's password and ends all their sessions.
    ///
    /// # Errors
    /// The right is missing, there is no such person, or the password is too short or too long.
    pub async fn reset_password(&self, caller: &Caller, person: &PersonId, new: &str) -> Answer<()> {
        caller.may_administer()?;
        password::validate(new)?;
        self.store.system().person(person).await?.ok_or_else(Refusal::not_found)?;
        self.store.system().set_password(person, Some(&password::hash(new).await?)).await?;
        self.store.system().delete_sessions_of(person, None).await?;
        Ok(())
    }

    /// Disables a person and ends all their sessions, or lets them in again.
    ///
    /// # Errors
    /// The right is missing, there is no such person, or it is the caller.
    pub async fn disable_person(&self, caller: &Caller, person: &PersonId, disabled: bool) -> Answer<()> {
        caller.may_administer()?;
        if caller.person() == Some(person) {
            return Err(Refusal::not_now("自分自身は無効にできません。", "You cannot disable yourself.").into());
        }
        self.store.system().person(person).await?.ok_or_else(Refusal::not_found)?;
        let since = if disabled { Some(self.now().await?) } else { None };
        self.store.system().disable_person(person, since).await?;
        self.store.system().delete_sessions_of(person, None).await?;
        Ok(())
    }
}
