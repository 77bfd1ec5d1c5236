//! Who calls, and what they may do where.
//!
//! A [`Caller`] comes out of authentication with the memberships valid now. From it, and from nothing else, comes a
//! [`Scope`]: one tenant, one actor, one role. A missing right inside one's tenants is refused as forbidden; a tenant
//! outside is not found, exactly like one that does not exist.

use domain::access::{Actor, Right, Role};
use domain::ids::{KeyId, PersonId, ProjectKey, TenantId};
use domain::refusal::Refusal;
use domain::words::Lang;

/// A role held now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The tenant it is held in.
    pub tenant: TenantId,
    /// The role.
    pub role: Role,
    /// Whether it reaches every customer: a staff role held in the provider's own tenant.
    pub everywhere: bool,
    /// The one right it gives and whose it is, where it is delegated (代理); otherwise the role's whole row.
    pub delegated: Option<(Right, PersonId)>,
}

/// Who is behind a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// A person with a session.
    Person {
        /// Who.
        id: PersonId,
        /// Name to greet them by.
        name: String,
        /// Mail address they sign in with.
        email: String,
        /// The session's id: the hash of its token.
        session: String,
    },
    /// A program with an API key.
    Key {
        /// Which key.
        id: KeyId,
        /// The only project it reaches in its own tenant. A key of the provider's project with a staff role reaches every
        /// customer beside it.
        project: ProjectKey,
    },
    /// Somebody at the machine.
    Console,
}

/// An authenticated caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Who.
    pub who: Who,
    /// The roles held now.
    pub grants: Vec<Grant>,
    /// The language they read.
    pub lang: Lang,
}

/// One tenant, entered by somebody with a right: the only way to a tenant's records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// The tenant.
    pub tenant: TenantId,
    /// Who acts.
    pub actor: Actor,
    /// In which role.
    pub role: Option<Role>,
    /// The only project a key reaches.
    pub project: Option<ProjectKey>,
}

/// Which tenants a caller reaches with a right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Every tenant.
    Everywhere,
    /// These.
    Only(Vec<TenantId>),
}

impl Grant {
    fn reaches(&self, tenant: &TenantId) -> bool {
        self.everywhere || self.tenant == *tenant
    }

    fn gives(&self, right: Right) -> bool {
        match &self.delegated {
            Some((delegated, _)) => *delegated == right,
            None => self.role.may(right),
        }
    }
}

impl Caller {
    /// Whether any grant gives the right anywhere.
    pub fn may_somewhere(&self, right: Right) -> bool {
        matches!(self.who, Who::Console) || self.grants.iter().any(|grant| grant.gives(right))
    }

    /// Whether the caller holds a role in a tenant, in their own name.
    pub fn holds(&self, tenant: &TenantId, role: Role) -> bool {
        self.grants.iter().any(|grant| grant.delegated.is_none() && grant.role == role && grant.reaches(tenant))
    }

    /// Whether the caller holds a role anywhere, in their own name.
    pub fn holds_somewhere(&self, role: Role) -> bool {
        self.grants.iter().any(|grant| grant.delegated.is_none() && grant.role == role)
    }

    /// Whether the caller belongs to a customer and to no staff.
    pub fn is_customer(&self) -> bool {
        !self.grants.is_empty() && self.grants.iter().all(|grant| grant.role.is_customer())
    }

    /// Enters a tenant with a right.
    ///
    /// # Errors
    /// Not found where no grant reaches the tenant, forbidden where none that does gives the right.
    pub fn enter(&self, tenant: &TenantId, right: Right) -> Result<Scope, Refusal> {
        let scope = |actor, role, project| Scope { tenant: tenant.clone(), actor, role, project };
        let grants: Vec<&Grant> = self.grants.iter().filter(|grant| grant.reaches(tenant)).collect();
        match &self.who {
            Who::Console => return Ok(scope(Actor::Console, None, None)),
            _ if grants.is_empty() => return Err(Refusal::not_found()),
            _ => {}
        }
        // One's own right before a delegated one.
        let own = grants.iter().find(|grant| grant.delegated.is_none() && grant.gives(right));
        let grant = own.or_else(|| grants.iter().find(|grant| grant.gives(right))).ok_or_else(Refusal::forbidden)?;
        let limit = |project: &ProjectKey| (grant.tenant == *tenant).then(|| project.clone());
        let for_person = grant.delegated.as_ref().map(|(_, giver)| giver.clone());
        Ok(match &self.who {
            Who::Person { id, .. } => scope(Actor::Person { id: id.clone(), for_person }, Some(grant.role), None),
            Who::Key { id, project } => scope(Actor::Key { id: id.clone() }, Some(grant.role), limit(project)),
            Who::Console => scope(Actor::Console, None, None),
        })
    }

    /// The tenants in which the caller holds a right.
    pub fn reach(&self, right: Right) -> Reach {
        let grants = || self.grants.iter().filter(|grant| grant.gives(right));
        if matches!(self.who, Who::Console) || grants().any(|grant| grant.everywhere) {
            return Reach::Everywhere;
        }
        let mut tenants: Vec<TenantId> = grants().map(|grant| grant.tenant.clone()).collect();
        tenants.sort();
        tenants.dedup();
        Reach::Only(tenants)
    }

    /// Whether the caller may know of a project of that tenant: a key knows only its own there.
    pub fn reaches_project(&self, tenant: &TenantId, project: &ProjectKey) -> bool {
        match &self.who {
            Who::Key { project: own, .. } => own == project || !self.grants.iter().any(|grant| grant.tenant == *tenant),
            _ => true,
        }
    }

    /// The only project the caller reaches: that of a customer's key.
    pub fn only_project(&self) -> Option<&ProjectKey> {
        match &self.who {
            Who::Key { project, .. } if !self.grants.iter().any(|grant| grant.everywhere) => Some(project),
            _ => None,
        }
    }

    /// The project to look in where one is asked for, or the caller's only one; none where the two differ.
    pub fn project_within<'p>(&'p self, asked: Option<&'p ProjectKey>) -> Option<Option<&'p ProjectKey>> {
        match (self.only_project(), asked) {
            (Some(only), Some(asked)) if only != asked => None,
            (only, asked) => Some(only.or(asked)),
        }
    }

    /// The person, where one calls.
    pub fn person(&self) -> Option<&PersonId> {
        match &self.who {
            Who::Person { id, .. } => Some(id),
            _ => None,
        }
    }
}

impl Scope {
    /// Whether the scope reaches a project of its tenant: a key reaches only its own.
    pub fn reaches(&self, project: &ProjectKey) -> bool {
        self.project.as_ref().is_none_or(|own| own == project)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::refusal::RefusalKind;

    fn person(grants: Vec<Grant>) -> Caller {
        let who = Who::Person {
            id: PersonId::new("p"),
            name: "山田".into(),
            email: "y@example.jp".into(),
            session: "s".into(),
        };
        Caller { who, grants, lang: Lang::Ja }
    }

    fn grant(tenant: &str, role: Role, everywhere: bool) -> Grant {
        Grant { tenant: TenantId::new(tenant), role, everywhere, delegated: None }
    }

    fn check(caller: &Caller, tenant: &str, right: Right, expected: Result<Role, RefusalKind>) {
        let entered = caller.enter(&TenantId::new(tenant), right).map_err(|refusal| refusal.kind);
        assert_eq!(entered.map(|scope| scope.role), expected.map(Some), "{tenant} {right:?}");
    }

    #[test]
    fn a_missing_right_is_forbidden_inside_and_not_found_outside() {
        let customer = person(vec![grant("a", Role::Cu, false)]);
        check(&customer, "a", Right::ReadPublished, Ok(Role::Cu));
        check(&customer, "a", Right::Operate, Err(RefusalKind::Forbidden));
        check(&customer, "b", Right::ReadPublished, Err(RefusalKind::NotFound));
        check(&customer, "b", Right::Operate, Err(RefusalKind::NotFound));
    }

    #[test]
    fn a_staff_role_of_the_provider_reaches_every_customer() {
        let staff = person(vec![grant("msp", Role::Mo, true)]);
        check(&staff, "anyone", Right::Operate, Ok(Role::Mo));
        let limited = person(vec![grant("a", Role::Mo, false)]);
        check(&limited, "b", Right::Operate, Err(RefusalKind::NotFound));
    }

    #[test]
    fn a_delegation_gives_one_right_and_names_whose() {
        let mut delegated = grant("msp", Role::Dh, true);
        delegated.delegated = Some((Right::Decide, PersonId::new("head")));
        let leader = person(vec![grant("msp", Role::Mo, true), delegated]);
        let scope = leader.enter(&TenantId::new("a"), Right::Decide).unwrap();
        assert_eq!(scope.actor, Actor::Person { id: PersonId::new("p"), for_person: Some(PersonId::new("head")) });
        check(&leader, "a", Right::Agree, Err(RefusalKind::Forbidden));
        check(&leader, "a", Right::Operate, Ok(Role::Mo));
    }

    #[test]
    fn reach_lists_tenants_once() {
        let caller =
            person(vec![grant("b", Role::Mo, false), grant("a", Role::Mo, false), grant("a", Role::Su, false)]);
        assert_eq!(caller.reach(Right::Operate), Reach::Only(vec![TenantId::new("a"), TenantId::new("b")]));
    }
}
