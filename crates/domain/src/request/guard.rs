//! The guard of a request: its procedure says in which states a verb can be done and which rules must hold (design §4).

use super::{Request, State};
use crate::access::{Actor, Role};
use crate::incident::verbs::{By, is_second_person};
use crate::process::check::Rule;
use crate::process::record::wrong_state;
use crate::process::{Check, Process};
use crate::refusal::Refusal;
use std::sync::Arc;

impl Request {
    /// The same request under the version of the procedure it was filed under.
    #[must_use]
    pub fn under(self, procedure: Arc<Process>) -> Self {
        Self { procedure, ..self }
    }

    /// Whether the procedure allows a verb now.
    ///
    /// # Errors
    /// Not in this state, or a rule of it does not hold.
    pub fn guard(&self, verb: &str, actor: &Actor, role: Option<Role>) -> Result<(), Refusal> {
        let found = self.procedure.verb(verb).filter(|verb| verb.leads(self.state.code()).is_some());
        let Some(verb) = found else { return Err(wrong_state(&self.procedure, self.state.code())) };
        for check in &verb.checks {
            // The file of a request names rules only: a test reads it.
            if let Check::Rule(rule) = check {
                self.obeys(*rule, actor, role)?;
            }
        }
        Ok(())
    }

    pub(super) fn guarded(&self, verb: &str, by: &By) -> Result<(), Refusal> {
        self.guard(verb, &by.actor, by.role)
    }

    fn obeys(&self, rule: Rule, actor: &Actor, role: Option<Role>) -> Result<(), Refusal> {
        let by_customer = role.is_some_and(Role::is_customer);
        let question = self.questions.iter().any(|question| question.what.answer.is_none());
        let (is_so, ja, en) = match rule {
            Rule::Affects => (
                self.filing.affects,
                "サービスに影響しない作業のため、承認は要りません。",
                "This work does not affect the service and needs no approval.",
            ),
            Rule::ApprovalOpen => {
                let open = if by_customer { self.approved.0.is_none() } else { self.approved.1.is_none() };
                (open, "承認は済んでいます。", "This side has approved already.")
            }
            Rule::NotThePlanner => {
                let planned = self.plan.as_ref().map(|plan| &plan.mark.actor);
                let is_other = by_customer || planned.is_some_and(|first| is_second_person(actor, first));
                (
                    is_other,
                    "計画した本人は承認できません。別の責任者が承認してください。",
                    "Whoever planned the work cannot approve it. Another head of desk must.",
                )
            }
            Rule::Approved => match self.approved {
                (None, _) => (
                    self.is_approved(),
                    "お客様の承認がまだありません。",
                    "The customer's approver has not approved yet.",
                ),
                _ => (
                    self.is_approved(),
                    "サポートデスク責任者の承認がまだありません。",
                    "The head of desk has not approved yet.",
                ),
            },
            Rule::QuestionOpen => (question, "お待ちしている質問はありません。", "No question waits for an answer."),
            Rule::NoQuestionOpen => (
                !question,
                "お客様のご回答を待っている質問があります。追記はメッセージで送ってください。",
                "A question waits for the customer's answer already. Add to it by a message.",
            ),
            Rule::OfferOpen => (
                self.offers.last().is_some_and(|offer| offer.what.reply.is_none()),
                "お待ちしている日程のご提案はありません。",
                "No offered date waits for a word.",
            ),
            Rule::NotMissed => (
                self.breached.is_none(),
                "期限を過ぎてからの例外は記録できません。期限超過として理由をお客様に伝えてください。",
                "The due has passed: no exception any more. Tell the customer why it was missed.",
            ),
            Rule::Missed => (self.breached.is_some(), "期限は過ぎていません。", "Its due was not missed."),
            Rule::MissExplained => (
                self.is_explained(),
                "期限を過ぎています。理由と対応をお客様に伝えてから終了してください。",
                "Its due was missed. Tell the customer why and what you do about it first.",
            ),
            Rule::Evidenced => (
                self.is_evidenced(),
                "サービスに影響する作業です。作業前と作業後の状態を残し、別の担当者の確認を受けてから完了してください。",
                "This work affects the service: record its state before and after, and have a second person check it first.",
            ),
            Rule::AfterRecorded => (
                self.is_after_recorded(),
                "先に作業後の状態を残してください。",
                "Record the state after the work first.",
            ),
            Rule::NotTheWorker => (
                self.begun.as_ref().is_some_and(|begun| is_second_person(actor, &begun.actor)),
                "作業した本人は確認できません。別の担当者が確かめてください。",
                "Whoever did the work cannot check it. Another person must.",
            ),
            Rule::Handed => {
                (self.is_handed(), "開発チームには引き継いでいません。", "The development team does not have it.")
            }
            Rule::NotHanded => {
                (!self.is_handed(), "すでに開発チームに引き継いでいます。", "The development team has it already.")
            }
            Rule::NotUrgent => (self.urgent.is_none(), "すでに緊急です。", "It is urgent already."),
            // Rules of incidents: the file of a request cannot name them.
            Rule::SecondAwaited
            | Rule::NotTheJudge
            | Rule::AlarmAwaited
            | Rule::NotTheDeclarer
            | Rule::Major
            | Rule::NotMajor => return Ok(()),
        };
        if is_so { Ok(()) } else { Err(Refusal::not_now(ja, en)) }
    }

    /// Whether the procedure's states are those of the rules: a version that names others cannot guard requests.
    pub fn fits(procedure: &Process) -> bool {
        let known = |code: &str| {
            State::from_code(code)
                .is_some_and(|state| procedure.state(code).is_some_and(|said| said.done == state.is_final()))
        };
        procedure.states.len() == State::ALL.len() && State::ALL.iter().all(|state| known(state.code()))
    }
}
