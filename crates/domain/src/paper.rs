//! Agreed papers: documents with versions that folds read (design §5). Each version has a valid-from and is a fact.

use crate::clocks::notice::AgreedTargets;
use crate::contact::ContactPlan;
use crate::criteria::Criteria;
use crate::ids::PersonId;
use crate::incident::escalation::Group;
use crate::refusal::Refusal;
use crate::words::Label;
use jiff::civil::Date;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// A document that has versions.
pub trait Paper: Serialize + DeserializeOwned + Clone + Send + Sync {
    /// Its name in facts, database and API.
    const KIND: &'static str;
    /// Its name for people.
    const LABEL: Label;

    /// Checks a version before it is recorded.
    ///
    /// # Errors
    /// What is missing or cannot be, at its field.
    fn validate(&self) -> Result<(), Refusal>;

    /// Checks what it says of days that have come, before it is recorded.
    ///
    /// # Errors
    /// It tells of something after `today` as done.
    fn validate_on(&self, _today: Date) -> Result<(), Refusal> {
        Ok(())
    }
}

impl Paper for Criteria {
    const KIND: &'static str = "criteria";
    const LABEL: Label = Label::new("サービス影響判定基準", "Impact criteria");

    fn validate(&self) -> Result<(), Refusal> {
        self.validate()
    }
}

impl Paper for ContactPlan {
    const KIND: &'static str = "contact_plan";
    const LABEL: Label = Label::new("連絡体制", "Contact plan");

    fn validate(&self) -> Result<(), Refusal> {
        self.validate()
    }
}

/// The service level agreement of a customer (R-3.3.4-3, -4).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agreement {
    /// The targets.
    pub targets: AgreedTargets,
    /// Who signed for the customer.
    pub signatory: String,
    /// Contracted paid options, by the code of their entry (R-4.3.2-6).
    #[serde(default)]
    pub options: Vec<String>,
}

impl Agreement {
    /// Whether a paid option is contracted, by the code of its catalogue entry.
    pub fn has_option(&self, entry: &str) -> bool {
        self.options.iter().any(|option| option == entry)
    }
}

impl Paper for Agreement {
    const KIND: &'static str = "agreement";
    const LABEL: Label = Label::new("サービスレベル合意", "Service level agreement");

    fn validate(&self) -> Result<(), Refusal> {
        let targets = [self.targets.with_impact, self.targets.without_impact];
        let minutes = targets.iter().flat_map(|t| [Some(t.slo_minutes), t.sla_minutes]).flatten();
        if minutes.into_iter().any(|m| !(1..=1440).contains(&m.0)) {
            return Err(Refusal::invalid(
                "targets",
                "目標は1分から1440分で入力してください。",
                "A target is 1 to 1440 minutes.",
            ));
        }
        if self.signatory.trim().is_empty() {
            return Err(Refusal::invalid(
                "signatory",
                "お客様の署名者を入力してください。",
                "Name who signed for the customer.",
            ));
        }
        if self.options.iter().any(|option| option.is_empty() || option.len() > 40) {
            return Err(Refusal::invalid(
                "options",
                "有償オプションは種別のコードで入力してください。",
                "A paid option is the code of its entry.",
            ));
        }
        Ok(())
    }
}

/// Days on which the desk is closed beside weekends and public holidays (R-3.3.1-4).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Closures {
    /// The days, in any order.
    pub days: Vec<Date>,
}

impl Paper for Closures {
    const KIND: &'static str = "calendar";
    const LABEL: Label = Label::new("休業日カレンダー", "Closure calendar");

    fn validate(&self) -> Result<(), Refusal> {
        if self.days.len() > 1_000 {
            return Err(Refusal::invalid("days", "休業日は1000日までです。", "At most 1,000 closures."));
        }
        Ok(())
    }
}

/// The provider's own name and numbers: settings of one deployment (R-4.1.2-6).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    /// The provider's name, as customers know it.
    pub name: String,
    /// The number customers call; empty shows none.
    #[serde(default)]
    pub phone: String,
}

impl Paper for Provider {
    const KIND: &'static str = "provider";
    const LABEL: Label = Label::new("提供者", "Provider");

    fn validate(&self) -> Result<(), Refusal> {
        if self.name.trim().is_empty() {
            return Err(Refusal::invalid("name", "提供者の名称を入力してください。", "Give the provider's name."));
        }
        Ok(())
    }
}

/// Who is paged in which order, group by group. A group that is not named pages everybody who holds its role.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DutyList {
    /// The orders; a group stands once.
    pub groups: Vec<DutyOrder>,
}

/// The order of one group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DutyOrder {
    /// Which group.
    pub group: Group,
    /// Whom to page, the first first.
    pub people: Vec<PersonId>,
}

impl Paper for DutyList {
    const KIND: &'static str = "duty_list";
    const LABEL: Label = Label::new("当番順", "Duty list");

    fn validate(&self) -> Result<(), Refusal> {
        for (place, order) in self.groups.iter().enumerate() {
            let is_twice = self.groups[..place].iter().any(|other| other.group == order.group);
            if is_twice || order.group == Group::Aw || order.people.len() > 50 {
                return Err(Refusal::invalid(
                    "groups",
                    "グループは1度ずつ、50人までで入力してください（AWS サポートは除く）。",
                    "Name each group once with at most 50 people, and not the supplier.",
                ));
            }
        }
        Ok(())
    }
}
