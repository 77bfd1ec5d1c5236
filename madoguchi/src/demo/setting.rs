//! Setting the stage: tenants, people, papers and keys, a year ago.

use super::papers;
use super::people::{CUSTOMERS, PASSWORD, PEOPLE, PROVIDER, Person, Who, intake_secret};
use super::runbooks::runbooks;
use super::stage::Stage;
use anyhow::Context;
use desk::{Caller, NewDelegation, NewPerson};
use domain::access::{Actor, Role};
use domain::fact::{Body, NewFact, sha256};
use domain::ids::{KeyId, PersonId, ProjectKey, TenantId};
use domain::words::Lang;
use store::{KeyRow, random};

impl Stage {
    /// Everything that stands before the first alert.
    pub(super) async fn set_up(&mut self, year: i16) -> anyhow::Result<()> {
        let provider = self.desk.ensure_provider(PROVIDER).await?;
        let console = Caller { who: desk::Who::Console, grants: vec![], lang: Lang::Ja };
        let staff = PEOPLE.iter().filter(|person| person.customer.is_none() && person.who != Who::Makoto);
        for person in staff {
            self.add(&console, &provider, person).await?;
        }
        self.know_people().await?;
        let admin = self.caller(Who::Shizuka)?.clone();
        self.desk.record_paper(&admin, &provider, "", &papers::provider(), None).await?;
        self.desk.record_paper(&admin, &provider, "", &papers::closures(year), None).await?;
        self.lend_decisions(&admin, &provider).await?;
        for place in 0..CUSTOMERS.len() {
            self.add_customer(&admin, place, year).await?;
        }
        self.know_people().await
    }

    /// The auditor comes last: with him the history is complete.
    pub(super) async fn complete(&mut self) -> anyhow::Result<()> {
        let provider = self.desk.ensure_provider(PROVIDER).await?;
        let auditor = Who::Makoto.person().context("the auditor")?;
        self.add(&self.caller(Who::Shizuka)?.clone(), &provider, auditor).await?;
        Ok(())
    }

    async fn add(&self, by: &Caller, tenant: &TenantId, person: &Person) -> anyhow::Result<PersonId> {
        let new = NewPerson {
            email: person.email.into(),
            name: person.name.into(),
            reading: person.reading.into(),
            role: person.role.code().into(),
            password: PASSWORD.into(),
        };
        let id = self.desk.add_person(by, tenant, &new).await?;
        if person.lang != Lang::Ja {
            self.desk.store().system().set_lang(&id, person.lang).await?;
        }
        Ok(id)
    }

    /// From 19:00 to 10:00 the shift leader decides for the head of desk.
    async fn lend_decisions(&self, admin: &Caller, provider: &TenantId) -> anyhow::Result<()> {
        let id = |who| self.caller(who)?.person().map(ToString::to_string).context("a person");
        let new = NewDelegation {
            giver: id(Who::Yukiko)?,
            taker: id(Who::Hikari)?,
            right: "decide".into(),
            minute_from: 19 * 60,
            minute_to: 10 * 60,
            until: None,
        };
        self.desk.delegate(admin, provider, &new).await?;
        Ok(())
    }

    async fn add_customer(&self, admin: &Caller, place: usize, year: i16) -> anyhow::Result<()> {
        let customer = CUSTOMERS.get(place).context("a customer")?;
        let tenant = self.add_tenant(admin, customer.name).await?;
        for person in PEOPLE.iter().filter(|person| person.customer == Some(place)) {
            self.add(admin, &tenant, person).await?;
        }
        // The named account manager is a start condition of each customer (R-3.4-4).
        let manager = self.caller(Who::Taku)?.person().context("the account manager")?.clone();
        self.desk.grant(admin, &tenant, &manager, Role::Rm, None).await?;
        self.desk.record_paper(admin, &tenant, "", &papers::agreement(place), None).await?;
        self.desk.record_paper(admin, &tenant, "", &papers::templates(), None).await?;
        for (key, name) in customer.projects {
            self.desk.add_project(admin, &tenant, key, name).await?;
            self.desk.record_paper(admin, &tenant, key, &papers::criteria(key), None).await?;
            self.desk.record_paper(admin, &tenant, key, &papers::contact_plan(place, false), None).await?;
            self.desk.record_paper(admin, &tenant, key, &runbooks(key, year)?, None).await?;
            self.add_intake_key(admin, &tenant, key, name).await?;
        }
        Ok(())
    }

    /// A tenant without a project: the desk's own verb gives the first project the customer's name.
    async fn add_tenant(&self, admin: &Caller, name: &str) -> anyhow::Result<TenantId> {
        let id = TenantId::new(random::letters::<16>());
        let mut write = self.desk.store().system().add_tenant(&id, name, "customer").await?;
        let name = write.text(name);
        write.append(by(admin, Body::TenantAdded { name })?);
        write.commit().await?;
        Ok(id)
    }

    /// An intake key whose secret is known to everybody: the desk's own verb makes secret ones only.
    async fn add_intake_key(&self, admin: &Caller, tenant: &TenantId, project: &str, name: &str) -> anyhow::Result<()> {
        let mut write = self.desk.store().write(tenant).await?;
        let (id, project) = (KeyId::new(random::letters::<16>()), ProjectKey::new(project));
        let row = KeyRow {
            tenant: tenant.clone(),
            id: id.clone(),
            project: project.clone(),
            scope: "intake".into(),
            role: Role::Mo,
            label: format!("{name} 監視"),
            hash: sha256(&[intake_secret(project.as_str()).as_bytes()]),
            created: write.now(),
            expires: None,
            revoked: None,
            last_used: None,
            heartbeat_minutes: None,
            last_heartbeat: None,
        };
        write.add_key(&row).await?;
        let body = Body::KeyAdded { key: id, project, scope: row.scope, role: row.role, heartbeat_minutes: None };
        write.append(by(admin, body)?);
        write.commit().await?;
        Ok(())
    }
}

/// A fact of a tenant, by the administrator.
fn by(admin: &Caller, body: Body) -> anyhow::Result<NewFact> {
    let actor = Actor::person(admin.person().context("the administrator")?.clone());
    Ok(NewFact { record: None, body, actor, role: None, reason: None })
}
