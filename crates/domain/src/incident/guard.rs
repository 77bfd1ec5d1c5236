//! The guard of an incident: its procedure says in which states a verb can be done and which rules must hold (design §4).

use super::verbs::{By, is_second_person, wrong_state};
use super::{Incident, State};
use crate::process::check::Rule;
use crate::process::{Check, Process, shipped};
use crate::refusal::Refusal;

impl Incident {
    /// Whether the procedure allows a verb now.
    ///
    /// # Errors
    /// Not in this state, or a rule of it does not hold.
    pub(super) fn guarded(&self, verb: &str, by: &By) -> Result<(), Refusal> {
        let process = shipped::incident();
        let found = process.verb(verb).filter(|verb| verb.leads(self.state.code()).is_some());
        let Some(verb) = found else { return Err(wrong_state(self)) };
        for check in &verb.checks {
            // The file of an incident names rules only: a test reads it.
            if let Check::Rule(rule) = check {
                self.obeys(*rule, by)?;
            }
        }
        Ok(())
    }

    fn obeys(&self, rule: Rule, by: &By) -> Result<(), Refusal> {
        let alarm = self.false_alarm.as_ref().filter(|alarm| alarm.what.review.is_none());
        let refuse = |ja: &str, en: &str| Err(Refusal::not_now(ja, en));
        match rule {
            Rule::SecondAwaited if self.awaiting_second().is_none() => Err(wrong_state(self)),
            Rule::NotTheJudge
                if self.awaiting_second().is_some_and(|it| !is_second_person(&by.actor, &it.mark.actor)) =>
            {
                refuse(
                    "判定した本人は確認できません。別の担当者に確認を依頼してください。",
                    "Whoever judged cannot confirm it. Ask another person.",
                )
            }
            Rule::AlarmAwaited if alarm.is_none() => Err(wrong_state(self)),
            Rule::NotTheDeclarer if alarm.is_some_and(|it| !is_second_person(&by.actor, &it.mark.actor)) => refuse(
                "誤検知とした本人は確認できません。別の責任者に確認を依頼してください。",
                "Whoever declared the false alarm cannot review it. Ask another head of desk.",
            ),
            Rule::Major if !self.is_major() => refuse(
                "重大な障害ではないため、重大レビューはできません。",
                "This is no major incident, so there is nothing to review.",
            ),
            Rule::NotMajor if self.is_major() => refuse("すでに重大な障害です。", "It is a major incident already."),
            _ => Ok(()),
        }
    }

    /// Whether the procedure's states are those of the rules.
    pub fn fits(procedure: &Process) -> bool {
        procedure.states.len() == State::ALL.len()
            && State::ALL
                .iter()
                .all(|state| procedure.state(state.code()).is_some_and(|said| said.done == state.is_final()))
    }
}
