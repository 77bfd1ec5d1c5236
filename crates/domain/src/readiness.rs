//! 運用開始前の点検: what a project lacks to keep what is promised for it, seen before its operation phase begins and never
//! first at 03:12 (R-3.3.4-3, R-3.4-3 to -5, R-4.2.2-7).

use crate::calendar::Calendar;
use crate::contact::{ContactPlan, Flaw};
use crate::time::Instant;
use crate::words::Label;
use jiff::civil::{Date, date};

/// How a project stands.
#[derive(Clone, Copy, Debug)]
pub struct SetUp<'a> {
    /// As of when.
    pub now: Instant,
    /// The desk's calendar.
    pub calendar: &'a Calendar,
    /// The days the desk is closed, as recorded.
    pub closures: &'a [Date],
    /// When the newest version of them was recorded.
    pub closures_recorded: Option<Instant>,
    /// Whether the customer agreed to the criteria valid now, on paper or on the portal.
    pub criteria_agreed: bool,
    /// The contact plan valid now, and whether the approver agreed to it on the portal.
    pub plan: Option<(&'a ContactPlan, bool)>,
    /// Whether an agreement on service levels is valid now.
    pub has_agreement: bool,
    /// Whether the customer has a named account manager.
    pub has_manager: bool,
    /// Whether somebody may consent in the customer's name.
    pub has_approver: bool,
    /// How many documents to be confirmed at contract the customer has not confirmed in their newest version.
    pub unconfirmed: usize,
    /// Whether the project has a runbook.
    pub has_runbook: bool,
}

/// What is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gap {
    /// Nobody agreed to the criteria (R-3.4-5).
    CriteriaAgreed,
    /// There is no contact plan, or it names nobody (R-4.2.2-7).
    ContactPlan,
    /// What is wrong with the contact plan.
    Plan(Flaw),
    /// No agreement on service levels (R-3.3.4-3).
    Agreement,
    /// No account manager (R-3.4-4).
    AccountManager,
    /// Nobody may consent in the customer's name.
    Approver,
    /// Nobody wrote what to do at which alert (R-4.2.2-9).
    Runbook,
    /// A document was not confirmed in its newest version (R-5.2-8).
    Documents,
    /// The closures of the next year are not known: dues that reach into it would be counted wrongly (R-3.3.1-4).
    NextYear,
}

/// Where a gap is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// The section of the customer's settings with this id.
    Section(&'static str),
    /// People and rights.
    People,
    /// The documents and who confirmed them.
    Documents,
    /// The calendar.
    Calendar,
}

impl Gap {
    /// What a project lacks that was only just added.
    pub const OF_NOTHING: [Self; 6] =
        [Self::ContactPlan, Self::AccountManager, Self::CriteriaAgreed, Self::Agreement, Self::Approver, Self::Runbook];

    /// Its name in facts and the API.
    pub const fn code(self) -> &'static str {
        match self {
            Self::CriteriaAgreed => "criteria_agreed",
            Self::ContactPlan | Self::Plan(Flaw::Nobody) => "contact_plan",
            Self::Plan(Flaw::NoTelephone) => "contact_plan_telephone",
            Self::Plan(Flaw::Gap(_)) => "contact_plan_hours",
            Self::Plan(Flaw::OnlyOne(_)) => "contact_plan_single",
            Self::Plan(Flaw::NoMail) => "contact_plan_mail",
            Self::Plan(Flaw::NoReading(_)) => "contact_plan_reading",
            Self::Plan(Flaw::NotAgreed) => "contact_plan_agreed",
            Self::Agreement => "agreement",
            Self::AccountManager => "account_manager",
            Self::Approver => "approver",
            Self::Runbook => "runbook",
            Self::Documents => "documents",
            Self::NextYear => "next_year",
        }
    }

    /// Its name for people, with the requirement it comes from.
    pub const fn label(self) -> Label {
        match self {
            Self::CriteriaAgreed => {
                Label::new("サービス影響判定基準の合意 (R-3.4-5)", "Impact criteria agreed (R-3.4-5)")
            }
            Self::ContactPlan => Label::new("連絡体制 (R-4.2.2-7)", "Contact plan (R-4.2.2-7)"),
            Self::Plan(flaw) if flaw.breaks_the_promise() => Label::new(
                "15分で電話できる連絡体制 (R-4.2.2-7)",
                "Contact plan that can be called within 15 minutes (R-4.2.2-7)",
            ),
            Self::Plan(_) => Label::new("連絡体制の確認 (R-4.2.2-7)", "Contact plan in order (R-4.2.2-7)"),
            Self::Agreement => Label::new("サービスレベル合意 (R-3.3.4-3)", "Service level agreement (R-3.3.4-3)"),
            Self::AccountManager => Label::new("お客様担当スタッフ (R-3.4-4)", "Named account manager (R-3.4-4)"),
            Self::Approver => Label::new("お客様の承認者 (R-3.4-5)", "The customer's approver (R-3.4-5)"),
            Self::Runbook => Label::new("保守手順 (R-4.2.2-9)", "Runbooks (R-4.2.2-9)"),
            Self::Documents => Label::new("契約時の確認文書 (R-5.2-8)", "Documents to confirm at contract (R-5.2-8)"),
            Self::NextYear => Label::new("翌年の休業日 (R-3.3.1-4)", "Next year's closures (R-3.3.1-4)"),
        }
    }

    /// What to do about it.
    pub const fn advice(self) -> Label {
        match self {
            Self::CriteriaAgreed => Label::new(
                "お客様の承認者にポータルの「取り決め」で同意していただくか、書面で同意した方の氏名を記録してください。合意までは、すべて影響ありとして連絡します。",
                "Have the customer's approver agree on the portal's page “What we agreed”, or record who agreed on paper. Until then everything is told as affecting the customer.",
            ),
            Self::ContactPlan => Flaw::Nobody.advice(),
            Self::Plan(flaw) => flaw.advice(),
            Self::Agreement => Label::new(
                "契約で交わした SLO・SLA の値と署名者を登録してください。登録までは標準の値で測ります。",
                "Record the objectives and levels of the contract with who signed. Until then the standard ones are measured.",
            ),
            Self::AccountManager => Label::new(
                "お客様担当スタッフの役割を、担当する要員に与えてください。担当者のいないお客様の運用は始められません。",
                "Give somebody the role of account manager for this customer. Without one, operation cannot begin.",
            ),
            Self::Approver => Label::new(
                "お客様のシステムオーナーを登録してください。サービスに影響する作業に同意できる方がいません。",
                "Add the customer's system owner. Nobody can consent to work that affects the service.",
            ),
            Self::Runbook => Label::new(
                "アラートごとの保守手順を登録してください。ないときは、監視センターは連絡だけを行います。",
                "Add what to do at which alert. Without it the monitoring centre can only tell.",
            ),
            Self::Documents => Label::new(
                "お客様の承認者に、ポータルの「お知らせ」で最新の版を確認していただいてください。",
                "Have the customer's approver confirm the newest versions on the portal's page “Notices”.",
            ),
            Self::NextYear => Label::new(
                "翌年の休業日を登録してください。なければ、今の休業日をそのまま登録し直すと確認済みになります。",
                "Add the closures of the next year. If there are none, record today's list once more to confirm it.",
            ),
        }
    }

    /// Where it is closed.
    pub const fn remedy(self) -> Remedy {
        match self {
            Self::CriteriaAgreed => Remedy::Section("criteria"),
            Self::ContactPlan | Self::Plan(_) => Remedy::Section("contacts"),
            Self::Agreement => Remedy::Section("agreement"),
            Self::AccountManager | Self::Approver => Remedy::People,
            Self::Runbook => Remedy::Section("runbooks"),
            Self::Documents => Remedy::Documents,
            Self::NextYear => Remedy::Calendar,
        }
    }

    /// Whether what is promised cannot be kept while it lasts; the others make it harder.
    pub const fn breaks_a_promise(self) -> bool {
        match self {
            Self::Plan(flaw) => flaw.breaks_the_promise(),
            Self::ContactPlan | Self::AccountManager | Self::NextYear => true,
            _ => false,
        }
    }
}

/// The month from which dues may reach into the next year: five business days and the holidays of the year's end, with room to ask.
const ASKS_FROM: i8 = 10;

impl SetUp<'_> {
    /// What is missing, what breaks a promise first.
    pub fn gaps(&self) -> Vec<Gap> {
        let mut gaps = vec![];
        let mut missing = |is_missing: bool, gap| gaps.extend(is_missing.then_some(gap));
        missing(!self.criteria_agreed, Gap::CriteriaAgreed);
        let plan = self.plan.filter(|(plan, _)| plan.waived_by.is_some() || !plan.contacts.is_empty());
        missing(plan.is_none(), Gap::ContactPlan);
        missing(!self.has_agreement, Gap::Agreement);
        missing(!self.has_manager, Gap::AccountManager);
        missing(!self.has_approver, Gap::Approver);
        missing(!self.has_runbook, Gap::Runbook);
        missing(self.unconfirmed > 0, Gap::Documents);
        missing(self.lacks_next_year(), Gap::NextYear);
        let flaws = plan.map(|(plan, agreed)| plan.flaws(self.now, self.calendar, agreed));
        gaps.extend(flaws.into_iter().flatten().map(Gap::Plan));
        gaps.sort_by_key(|gap| !gap.breaks_a_promise());
        gaps
    }

    fn lacks_next_year(&self) -> bool {
        let today = self.calendar.date_of(self.now);
        let asked = date(today.year(), ASKS_FROM, 1);
        let is_known = self.closures.iter().any(|day| day.year() == today.year() + 1);
        let is_confirmed = self.closures_recorded.is_some_and(|at| self.calendar.date_of(at) >= asked);
        today >= asked && !is_known && !is_confirmed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contact::tests::contact;

    fn at(text: &str) -> Instant {
        Instant::parse(text).unwrap()
    }

    /// T-R-3.4: each thing that is missing is named, and nothing else.
    #[test]
    fn what_is_missing_is_named() {
        let calendar = Calendar::default();
        let read = |id: &str| crate::contact::Contact { reading: "カナ".into(), ..contact(id, "03-0000-0000") };
        let plan = ContactPlan { contacts: vec![read("a"), read("b")], ..ContactPlan::default() };
        let single = ContactPlan { contacts: vec![read("a")], ..ContactPlan::default() };
        let empty = ContactPlan::default();
        let whole = SetUp {
            now: at("2026-09-30T12:00:00+09:00"),
            calendar: &calendar,
            closures: &[],
            closures_recorded: None,
            criteria_agreed: true,
            plan: Some((&plan, true)),
            has_agreement: true,
            has_manager: true,
            has_approver: true,
            unconfirmed: 0,
            has_runbook: true,
        };
        let (october, next_year) = (at("2026-10-01T00:00:00+09:00"), [date(2027, 1, 2)]);
        let cases: [(&str, SetUp, &[&str]); 15] = [
            ("nothing", whole, &[]),
            ("criteria", SetUp { criteria_agreed: false, ..whole }, &["criteria_agreed"]),
            ("no plan", SetUp { plan: None, ..whole }, &["contact_plan"]),
            ("an empty plan", SetUp { plan: Some((&empty, true)), ..whole }, &["contact_plan"]),
            ("a plan nobody agreed to", SetUp { plan: Some((&plan, false)), ..whole }, &["contact_plan_agreed"]),
            ("one contact", SetUp { plan: Some((&single, true)), ..whole }, &["contact_plan_single"]),
            ("agreement", SetUp { has_agreement: false, ..whole }, &["agreement"]),
            ("manager", SetUp { has_manager: false, ..whole }, &["account_manager"]),
            ("approver", SetUp { has_approver: false, ..whole }, &["approver"]),
            ("runbook", SetUp { has_runbook: false, ..whole }, &["runbook"]),
            ("a document", SetUp { unconfirmed: 1, ..whole }, &["documents"]),
            ("next year from October", SetUp { now: october, ..whole }, &["next_year"]),
            ("next year is known", SetUp { now: october, closures: &next_year, ..whole }, &[]),
            ("next year was confirmed", SetUp { now: october, closures_recorded: Some(october), ..whole }, &[]),
            (
                "an old version confirms nothing",
                SetUp { now: october, closures_recorded: Some(at("2026-09-30T23:59:59+09:00")), ..whole },
                &["next_year"],
            ),
        ];
        for (case, set_up, codes) in cases {
            assert_eq!(set_up.gaps().iter().map(|gap| gap.code()).collect::<Vec<_>>(), codes, "{case}");
        }
    }

    #[test]
    fn what_breaks_a_promise_comes_first() {
        let calendar = Calendar::default();
        let set_up = SetUp {
            now: at("2026-12-01T12:00:00+09:00"),
            calendar: &calendar,
            closures: &[],
            closures_recorded: None,
            criteria_agreed: false,
            plan: None,
            has_agreement: false,
            has_manager: false,
            has_approver: false,
            unconfirmed: 2,
            has_runbook: false,
        };
        let gaps = set_up.gaps();
        assert_eq!(gaps.len(), 8);
        assert!(gaps.is_sorted_by_key(|gap| !gap.breaks_a_promise()));
        assert_eq!(gaps[0], Gap::ContactPlan);
    }
}
