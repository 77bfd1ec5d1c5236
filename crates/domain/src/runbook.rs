//! 保守手順: what the customer agreed is to be done about an alert, step by step (R-4.2.2-9 to -15, Q-24).
//!
//! A project's runbooks are one paper with versions. Staff write them as text ([`notation`]); the desk keeps what the text
//! says. Those that ship with the desk stand beside them on every incident ([`shipped`]).

pub mod notation;
pub mod shipped;
#[cfg(test)]
mod tests;

use crate::paper::Paper;
use crate::pattern::matches;
use crate::refusal::Refusal;
use crate::words::Label;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// One version of a project's runbooks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Runbooks {
    /// The runbooks, those to be preferred first.
    pub runbooks: Vec<Runbook>,
    /// Consent in advance to every step of this version, and of no other.
    #[serde(default)]
    pub standing_consent: Option<StandingConsent>,
}

/// What a customer's approver agreed to in advance. It stands on one version: whoever changes the text asks anew.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StandingConsent {
    /// Who agreed for the customer.
    pub by: String,
    /// On which day.
    pub on: Date,
}

/// One runbook.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Runbook {
    /// Its name in facts: small letters, digits and `-`, at most 40; kept over versions.
    pub id: String,
    /// Its name for people.
    pub title: String,
    /// For which hosts, as patterns such as `web*`; none means for any.
    #[serde(default)]
    pub hosts: Vec<String>,
    /// For which labels; none means for any.
    #[serde(default)]
    pub labels: Vec<LabelPattern>,
    /// For which alerts, as patterns of their names or summaries; none means for any.
    #[serde(default)]
    pub alerts: Vec<String>,
    /// The steps in their order.
    pub steps: Vec<Step>,
}

/// A label that an alert carries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LabelPattern {
    /// Its name, such as `alertname`.
    pub name: String,
    /// A pattern of its value.
    pub value: String,
}

/// One step.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// What to do.
    pub text: String,
    /// What it does to the service.
    #[serde(default)]
    pub effect: Effect,
    /// Whether it is done only with the instant as of which the data are afterwards (R-4.2.2-11).
    #[serde(default)]
    pub needs_recovery_point: bool,
    /// How old that instant may be, in minutes, before the desk says so (R-4.2.2-15).
    #[serde(default)]
    pub recovery_point_minutes: Option<u16>,
    /// What is not promised, told before the step.
    #[serde(default)]
    pub limits: Vec<String>,
    /// What is to be seen afterwards; may be empty.
    #[serde(default)]
    pub expected: String,
}

/// What a step does to the service.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Nothing.
    #[default]
    None,
    /// It is interrupted.
    Interrupts,
    /// Data are lost, or return to an earlier state.
    LosesData,
}

impl Effect {
    /// As people say it; nothing where there is no effect.
    pub const fn label(self) -> Option<Label> {
        match self {
            Self::None => None,
            Self::Interrupts => Some(Label::new("サービス中断", "Interrupts the service")),
            Self::LosesData => Some(Label::new("データ喪失", "Loses data")),
        }
    }

    /// Whether the customer has to have consented (R-4.2.2-13, Q-24).
    pub const fn needs_consent(self) -> bool {
        !matches!(self, Self::None)
    }
}

/// One alert as runbooks are matched with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subject {
    /// What it is about, under each name that it was called by.
    pub hosts: Vec<String>,
    /// Its names and summaries.
    pub names: Vec<String>,
    /// Its labels.
    pub labels: Vec<(String, String)>,
}

impl Runbook {
    /// Whether it is bound to one of these alerts: each kind of binding that it has must hold of the same alert. One without
    /// any binding is for nothing in particular, and matches nothing.
    pub fn matches(&self, subjects: &[Subject]) -> bool {
        subjects.iter().any(|subject| self.fits(subject))
    }

    fn fits(&self, subject: &Subject) -> bool {
        let any = |patterns: &[String], names: &[String]| {
            patterns.is_empty() || names.iter().any(|name| patterns.iter().any(|pattern| matches(pattern, name)))
        };
        // Several values of one label are alternatives; different labels must all be there.
        let has = |wanted: &LabelPattern| {
            let mut same = self.labels.iter().filter(|label| label.name == wanted.name);
            same.any(|label| {
                subject.labels.iter().any(|(name, value)| *name == label.name && matches(&label.value, value))
            })
        };
        let is_bound = !(self.hosts.is_empty() && self.labels.is_empty() && self.alerts.is_empty());
        is_bound && any(&self.hosts, &subject.hosts) && any(&self.alerts, &subject.names) && self.labels.iter().all(has)
    }

    /// The step of a number, from 1.
    pub fn step(&self, number: u32) -> Option<&Step> {
        self.steps.get(usize::try_from(number).ok()?.checked_sub(1)?)
    }
}

impl Runbooks {
    /// The runbook of an id.
    pub fn runbook(&self, id: &str) -> Option<&Runbook> {
        self.runbooks.iter().find(|runbook| runbook.id == id)
    }

    /// Whether one of them is bound to one of these alerts.
    pub fn cover(&self, subjects: &[Subject]) -> bool {
        self.runbooks.iter().any(|runbook| runbook.matches(subjects))
    }
}

/// Runbooks of one project at most.
const RUNBOOKS_MAX: usize = 100;
/// Lines of one kind in a runbook or a step at most.
const LINES_MAX: usize = 50;
/// Characters of one line at most.
const LINE_MAX: usize = 500;
/// Letters of an id at most.
const ID_MAX: usize = 40;

impl Paper for Runbooks {
    const KIND: &'static str = "runbooks";
    const LABEL: Label = Label::new("保守手順", "Runbooks");

    fn validate(&self) -> Result<(), Refusal> {
        if self.runbooks.len() > RUNBOOKS_MAX {
            return Err(refused("保守手順は100件までです。", "At most 100 runbooks."));
        }
        for (place, runbook) in self.runbooks.iter().enumerate() {
            if self.runbooks[..place].iter().any(|other| other.id == runbook.id) {
                let id = &runbook.id;
                return Err(refused(
                    &format!("{id} が二度あります。別の id を付けてください。"),
                    &format!("{id} stands there twice. Give each runbook an id of its own."),
                ));
            }
            runbook.validate()?;
        }
        match &self.standing_consent {
            Some(consent) if !is_line(&consent.by) => Err(Refusal::invalid(
                "standing_consent",
                "事前同意をしたお客様の承認者を入力してください。",
                "Name the customer's approver who consented in advance.",
            )),
            _ => Ok(()),
        }
    }

    /// A consent is something that was given: its day has come.
    fn validate_on(&self, today: Date) -> Result<(), Refusal> {
        match &self.standing_consent {
            Some(consent) if consent.on > today => Err(Refusal::invalid(
                "standing_consent.on",
                "同意した日が先の日付です。同意を得てから、その日付で登録してください。",
                "That day lies ahead. Record the consent once it was given, with the day on which it was.",
            )),
            _ => Ok(()),
        }
    }
}

impl Runbook {
    fn validate(&self) -> Result<(), Refusal> {
        if !is_id(&self.id) {
            return Err(refused(
                &format!("「{}」は id にできません。英小文字・数字・- を40文字まで使ってください。", self.id),
                &format!("“{}” is no id. Use small letters, digits and “-”, at most 40.", self.id),
            ));
        }
        if self.id.starts_with(shipped::PREFIX) {
            return Err(refused(
                &format!("{} で始まる id は標準の手順のものです。別の id を付けてください。", shipped::PREFIX),
                &format!("Ids that begin with {} are those of shipped runbooks. Choose another.", shipped::PREFIX),
            ));
        }
        let lines = [self.hosts.len(), self.labels.len(), self.alerts.len(), self.steps.len()];
        let many = self.steps.iter().map(|step| step.limits.len()).chain(lines).any(|lines| lines > LINES_MAX);
        if many {
            return Err(self
                .refused("一つの手順の対象・ラベル・ステップ・制限は50行までです。", "at most 50 lines of one kind."));
        }
        if self.steps.is_empty() {
            return Err(self.refused(
                "ステップがありません。「1. 」で始まる行を書いてください。",
                "there is no step. Write a line that begins with “1. ”.",
            ));
        }
        let is_named =
            |label: &&LabelPattern| is_line(&label.name) && is_line(&label.value) && !label.name.contains('=');
        let bindings = self.hosts.iter().chain(&self.alerts).all(|line| is_line(line));
        let labels = self.labels.iter().filter(is_named).count() == self.labels.len();
        if !is_line(&self.title) || !bindings || !labels || !self.steps.iter().all(Step::is_writable) {
            return Err(self.refused(
                "空の行・改行・500文字を超える行・「[」で始まるステップは使えません。",
                "no text may be empty, break the line, be longer than 500 characters, or, of a step, begin with “[”.",
            ));
        }
        if self.steps.iter().any(|step| step.recovery_point_minutes.is_some() && !step.needs_recovery_point) {
            return Err(self.refused(
                "回復時点の分数は、回復時点を求めるステップにだけ書けます。",
                "minutes belong to a step that needs a recovery point.",
            ));
        }
        Ok(())
    }

    fn refused(&self, ja: &str, en: &str) -> Refusal {
        refused(&format!("{}: {ja}", self.id), &format!("{}: {en}", self.id))
    }
}

impl Step {
    fn is_writable(&self) -> bool {
        let expected = self.expected.is_empty() || is_line(&self.expected);
        is_line(&self.text) && !self.text.starts_with('[') && expected && self.limits.iter().all(|limit| is_line(limit))
    }
}

fn refused(ja: &str, en: &str) -> Refusal {
    Refusal::invalid("runbooks", ja, en)
}

fn is_id(id: &str) -> bool {
    let is_letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    (1..=ID_MAX).contains(&id.len()) && id.chars().all(is_letter)
}

/// What stands on one line of the notation and is read back as it was written.
fn is_line(text: &str) -> bool {
    !text.is_empty() && text.trim() == text && !text.contains(char::is_control) && text.chars().count() <= LINE_MAX
}
