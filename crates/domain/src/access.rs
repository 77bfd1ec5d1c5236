//! Roles, rights and who acts (R-3.2-1 to R-3.2-4; procedures: roles and rights).
//!
//! A role is held through a membership in a tenant. A staff role held in the provider's own tenant reaches every customer;
//! held in one customer's tenant it reaches that customer only. Which role may do what stands in one table, [`Role::may`].

use crate::ids::{KeyId, PersonId};
use crate::words::Label;
use serde::{Deserialize, Serialize};

/// A role a person or an API key can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// お客様 (ご担当者)
    Cu,
    /// お客様（システムオーナー）
    Ca,
    /// 監視センター
    Mo,
    /// サポートセンター
    Su,
    /// サポートデスク責任者
    Dh,
    /// 開発チーム (内部グループ)
    Dv,
    /// お客様担当スタッフ
    Rm,
    /// 営業担当
    Sa,
    /// 供給者担当
    Sm,
    /// 管理責任者
    Mr,
    /// 監査員
    Au,
    /// トップマネジメント
    Tm,
    /// システム管理者
    Ad,
}

/// What a route or a verb asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Right {
    /// See the board, incidents and alerts with everything internal.
    ReadOperations,
    /// See what the desk published to the customer.
    ReadPublished,
    /// First-line work on incidents: take, check, judge, notify, call, report, recover.
    Operate,
    /// Take an escalation that reached one's group, whichever group of the provider that is, and return what was handed to it.
    Respond,
    /// Confirm what needs a second person: re-judgement, false alarm, a breach's closing.
    Decide,
    /// Speak for the customer: message, confirm recovery, report a recurrence, file a fault, tell of their work.
    SpeakAsCustomer,
    /// Consent in the customer's name, as its approver: to criteria and contact plan, to dates, to work that interrupts.
    Consent,
    /// Settings of the installation: tenants, projects, people, keys, calendars.
    Administer,
    /// Agreed papers of a customer: criteria, contact plan, agreement, templates.
    Agree,
    /// See inquiries about paid options with everything internal, and answer them (R-4.3.2-6).
    Advise,
    /// Propose that words go whose retention is over, and answer what another one proposed.
    Dispose,
    /// Read everything and verify it, write nothing.
    Audit,
}

impl Right {
    /// Every right.
    pub const ALL: [Self; 12] = [
        Self::ReadOperations,
        Self::ReadPublished,
        Self::Operate,
        Self::Respond,
        Self::Decide,
        Self::SpeakAsCustomer,
        Self::Consent,
        Self::Administer,
        Self::Agree,
        Self::Advise,
        Self::Dispose,
        Self::Audit,
    ];

    /// The code in facts and procedures, such as `speak-as-customer`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::ReadOperations => "read-operations",
            Self::ReadPublished => "read-published",
            Self::Operate => "operate",
            Self::Respond => "respond",
            Self::Decide => "decide",
            Self::SpeakAsCustomer => "speak-as-customer",
            Self::Consent => "consent",
            Self::Administer => "administer",
            Self::Agree => "agree",
            Self::Advise => "advise",
            Self::Dispose => "dispose",
            Self::Audit => "audit",
        }
    }
}

impl Role {
    /// Every role, customers first.
    pub const ALL: [Self; 13] = [
        Self::Cu,
        Self::Ca,
        Self::Mo,
        Self::Su,
        Self::Dh,
        Self::Dv,
        Self::Rm,
        Self::Sa,
        Self::Sm,
        Self::Mr,
        Self::Au,
        Self::Tm,
        Self::Ad,
    ];

    /// The code used on the command line and in the API, such as `mo`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Cu => "cu",
            Self::Ca => "ca",
            Self::Mo => "mo",
            Self::Su => "su",
            Self::Dh => "dh",
            Self::Dv => "dv",
            Self::Rm => "rm",
            Self::Sa => "sa",
            Self::Sm => "sm",
            Self::Mr => "mr",
            Self::Au => "au",
            Self::Tm => "tm",
            Self::Ad => "ad",
        }
    }

    /// The role of a code; none for an unknown one.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.code() == code)
    }

    /// The role's name as people say it.
    pub const fn label(self) -> Label {
        match self {
            Self::Cu => Label::new("お客様 (ご担当者)", "Customer"),
            Self::Ca => Label::new("お客様（システムオーナー）", "Customer (system owner)"),
            Self::Mo => Label::new("監視センター", "Monitoring centre"),
            Self::Su => Label::new("サポートセンター", "Support centre"),
            Self::Dh => Label::new("サポートデスク責任者", "Head of desk"),
            Self::Dv => Label::new("開発チーム", "Development team"),
            Self::Rm => Label::new("お客様担当スタッフ", "Account manager"),
            Self::Sa => Label::new("営業担当", "Sales"),
            Self::Sm => Label::new("供給者担当", "Supplier manager"),
            Self::Mr => Label::new("管理責任者", "Management representative"),
            Self::Au => Label::new("監査員", "Auditor"),
            Self::Tm => Label::new("トップマネジメント", "Top management"),
            Self::Ad => Label::new("システム管理者", "Administrator"),
        }
    }

    /// Whether this is a role of the customer's own people.
    pub const fn is_customer(self) -> bool {
        matches!(self, Self::Cu | Self::Ca)
    }

    /// The one table of rights. What is not listed is refused.
    pub const fn may(self, right: Right) -> bool {
        use Right::*;
        match self {
            Self::Cu => matches!(right, ReadPublished | SpeakAsCustomer),
            Self::Ca => matches!(right, ReadPublished | SpeakAsCustomer | Consent),
            Self::Mo | Self::Su => matches!(right, ReadOperations | ReadPublished | Operate | Respond),
            Self::Dh => matches!(right, ReadOperations | ReadPublished | Operate | Respond | Decide | Agree),
            Self::Rm => matches!(right, ReadOperations | ReadPublished | Respond | Agree | Advise),
            Self::Dv => matches!(right, ReadOperations | ReadPublished | Respond),
            Self::Mr | Self::Tm => matches!(right, ReadOperations | ReadPublished | Respond | Dispose),
            Self::Au => matches!(right, ReadOperations | ReadPublished | Audit),
            Self::Ad => matches!(right, Administer | Agree),
            Self::Sa => matches!(right, Advise),
            Self::Sm => false,
        }
    }
}

/// Who did it, as a fact keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Actor {
    /// A person; with a delegation (代理) also the person whose right was used.
    Person {
        /// Who acted.
        id: PersonId,
        /// Whose right was used, where it was delegated.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        for_person: Option<PersonId>,
    },
    /// A program with an API or intake key.
    Key {
        /// Which key.
        id: KeyId,
    },
    /// The desk itself: timers, deliveries, checkpoints.
    System,
    /// Somebody at the machine with the `admin` command.
    Console,
}

impl Actor {
    /// A person acting in their own right.
    pub const fn person(id: PersonId) -> Self {
        Self::Person { id, for_person: None }
    }

    /// The person, where one acted.
    pub const fn person_id(&self) -> Option<&PersonId> {
        match self {
            Self::Person { id, .. } => Some(id),
            _ => None,
        }
    }

    /// Whether both stand for the same person: separation of duties is checked on persons, not on roles.
    pub fn is_same_person(&self, other: &Self) -> bool {
        match (self.person_id(), other.person_id()) {
            (Some(a), Some(b)) => a == b,
            _ => self == other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_back() {
        for role in Role::ALL {
            assert_eq!(Role::from_code(role.code()), Some(role));
        }
        assert_eq!(Role::from_code("root"), None);
    }

    #[test]
    fn an_administrator_reads_no_tickets_and_an_auditor_writes_none() {
        assert!(!Role::Ad.may(Right::ReadOperations));
        for right in Right::ALL {
            let reads = matches!(right, Right::ReadOperations | Right::ReadPublished | Right::Audit);
            assert_eq!(Role::Au.may(right), reads, "{right:?}");
        }
    }

    #[test]
    fn a_customer_never_sees_what_is_internal() {
        for role in Role::ALL.into_iter().filter(|role| role.is_customer()) {
            assert!(!role.may(Right::ReadOperations) && !role.may(Right::Operate));
        }
    }
}
