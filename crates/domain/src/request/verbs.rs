//! What people do to a request: each verb looks at it and returns facts, or refuses with a sentence.

use super::clock::Awaited;
use super::{Filing, Request, State};
use crate::calendar::Calendar;
use crate::fact::{Body, NewFact};
use crate::ids::{BlobId, PersonId};
use crate::incident::verbs::{By, is_second_person, stated};
use crate::refusal::Refusal;
use crate::time::Instant;

type Facts = Result<Vec<NewFact>, Refusal>;

/// How far ahead a date can be offered.
const OFFER_MAX_DAYS: i64 = 366;

impl Request {
    fn fact(&self, by: &By, body: Body) -> NewFact {
        self.fact_because(by, body, None)
    }

    fn fact_because(&self, by: &By, body: Body, reason: Option<BlobId>) -> NewFact {
        NewFact { record: Some(self.key.clone()), body, actor: by.actor.clone(), role: by.role, reason }
    }

    fn wrong_state(&self) -> Refusal {
        let (ja, en) = (self.state.label().ja, self.state.label().en);
        Refusal::not_now(
            format!("状態が「{ja}」のため、この操作はできません。画面で次にできる操作を確認してください。"),
            format!("This cannot be done while the request is “{en}”. See what can be done next on its page."),
        )
    }

    fn in_state(&self, states: &[State]) -> Result<(), Refusal> {
        if states.contains(&self.state) { Ok(()) } else { Err(self.wrong_state()) }
    }

    /// 担当する: 受付 > 確認中; later it hands the request to another person.
    ///
    /// # Errors
    /// It has ended.
    pub fn take(&self, by: &By, person: PersonId) -> Facts {
        if self.state.is_final() {
            return Err(self.wrong_state());
        }
        Ok(vec![self.fact(by, Body::RequestTaken { person })])
    }

    /// 計画する: 確認中 > 計画済, with how the work is to go and whether it affects the service (R-5.3-4; C-07, C-17). A plan may
    /// be made anew before the work begins; then it is approved anew. What affects by its entry cannot be planned without.
    ///
    /// # Errors
    /// Not under review or planned; the work affects the service by its entry.
    pub fn plan(&self, by: &By, plan: BlobId, affects: bool, entry_affects: bool) -> Facts {
        self.in_state(&[State::Reviewing, State::Planned])?;
        if entry_affects && !affects {
            return Err(Refusal::invalid(
                "affects",
                "この作業はサービスに影響します。お客様とサポートデスク責任者の承認を得てから作業してください。",
                "This work affects the service: it needs the approval of the customer and of the head of desk.",
            ));
        }
        Ok(vec![self.fact(by, Body::RequestPlanned { plan, affects })])
    }

    /// 承認する: by the customer's approver, or by the head of desk, who is not the one who planned it (R-5.4.7-*; Q-24).
    ///
    /// # Errors
    /// Not planned, no approval is needed, the side approved already, or the planner approves.
    pub fn approve(&self, by: &By, by_customer: bool) -> Facts {
        self.in_state(&[State::Planned])?;
        if !self.filing.affects {
            return Err(Refusal::not_now(
                "サービスに影響しない作業のため、承認は要りません。",
                "This work does not affect the service and needs no approval.",
            ));
        }
        let done = if by_customer { self.approved.0.is_some() } else { self.approved.1.is_some() };
        if done {
            return Err(Refusal::not_now("承認は済んでいます。", "This side has approved already."));
        }
        if !by_customer && !self.plan.as_ref().is_some_and(|plan| is_second_person(by, &plan.mark.actor)) {
            return Err(Refusal::not_now(
                "計画した本人は承認できません。別の責任者が承認してください。",
                "Whoever planned the work cannot approve it. Another head of desk must.",
            ));
        }
        Ok(vec![self.fact(by, Body::WorkApproved { by_customer })])
    }

    /// 作業を始める: 計画済 > 作業中, once both sides approved what affects the service.
    ///
    /// # Errors
    /// Not planned, or an approval is missing.
    pub fn begin(&self, by: &By) -> Facts {
        self.in_state(&[State::Planned])?;
        if !self.is_approved() {
            let (ja, en) = match self.approved {
                (None, _) => ("お客様の承認がまだありません。", "The customer's approver has not approved yet."),
                _ => ("サポートデスク責任者の承認がまだありません。", "The head of desk has not approved yet."),
            };
            return Err(Refusal::not_now(ja, en));
        }
        Ok(vec![self.fact(by, Body::RequestBegun {})])
    }

    /// 完了する: 作業中 > 完了確認待ち, with what came of it. The completion stops the clock, at its own instant: now, or stated up
    /// to 24 hours back with a reason.
    ///
    /// # Errors
    /// Not in work; the stated instant lies ahead, before the work began or too far back.
    pub fn complete(
        &self,
        by: &By,
        result: BlobId,
        at: Option<Instant>,
        reason: Option<BlobId>,
        calendar: &Calendar,
    ) -> Facts {
        self.in_state(&[State::Working])?;
        let done = at.unwrap_or(by.now);
        let is_stated = stated(by.now, done, "completed_at", reason.is_some())?;
        if self.begun.as_ref().is_some_and(|begun| done < begun.at) {
            return Err(Refusal::invalid(
                "completed_at",
                "作業を始めた時刻より後にしてください。",
                "The work cannot end before it began.",
            ));
        }
        let completed = self.fact_because(by, Body::RequestCompleted { result, at: done, stated: is_stated }, reason);
        // The timer may not have fired yet: a miss is named all the same.
        let due = self.clock(calendar, by.now).ok().and_then(|clock| clock.due);
        let passed = due.filter(|due| done > *due && self.breached.is_none());
        let passed = passed.map(|due| NewFact::by_system(Some(self.key.clone()), Body::RequestDuePassed { due }));
        Ok(passed.into_iter().chain([completed]).collect())
    }

    /// 差し戻す: 完了確認待ち > 作業中, by the customer.
    ///
    /// # Errors
    /// It was not completed, or it has ended.
    pub fn give_back(&self, by: &By, reason: BlobId) -> Facts {
        self.in_state(&[State::Completed])?;
        Ok(vec![self.fact_because(by, Body::RequestReturned {}, Some(reason))])
    }

    /// 終了する: 完了確認待ち > 終了, by the customer's word or five business days later. A missed due is closed once the
    /// customer was told why and what is done about it (R-5.3-12).
    ///
    /// # Errors
    /// It was not completed, or a miss is not explained.
    pub fn close(&self, by: &By, automatic: bool) -> Facts {
        self.in_state(&[State::Completed])?;
        self.explained_if_missed()?;
        Ok(vec![self.fact(by, Body::RequestClosed { automatic })])
    }

    /// Whether what is missed was explained.
    ///
    /// # Errors
    /// It was not.
    pub fn explained_if_missed(&self) -> Result<(), Refusal> {
        if self.is_missed() && self.explained.is_none() {
            return Err(Refusal::not_now(
                "期限を過ぎています。理由と対応をお客様に伝えてから終了してください。",
                "Its due was missed. Tell the customer why and what you do about it first.",
            ));
        }
        Ok(())
    }

    /// 対象外とする: 確認中 > 対象外, by the head of desk, with where to go instead.
    ///
    /// # Errors
    /// Not under review.
    pub fn decline(&self, by: &By, guidance: BlobId, reason: BlobId) -> Facts {
        self.in_state(&[State::Reviewing])?;
        Ok(vec![self.fact_because(by, Body::RequestDeclined { guidance }, Some(reason))])
    }

    /// 取り消す: before the work by the customer, freely.
    ///
    /// # Errors
    /// The work has begun, or it has ended.
    pub fn cancel(&self, by: &By, reason: BlobId) -> Facts {
        self.in_state(&[State::Received, State::Reviewing, State::Planned])?;
        Ok(vec![self.fact_because(by, Body::RequestCancelled {}, Some(reason))])
    }

    /// 確認を依頼する: a question to the customer, which holds the clock until it is answered.
    ///
    /// # Errors
    /// It was completed or has ended, or another question waits.
    pub fn ask(&self, by: &By, text: BlobId) -> Facts {
        self.in_state(&[State::Reviewing, State::Planned, State::Working])?;
        if self.questions.iter().any(|question| question.what.answer.is_none()) {
            return Err(Refusal::not_now(
                "お客様のご回答を待っている質問があります。追記はメッセージで送ってください。",
                "A question waits for the customer's answer already. Add to it by a message.",
            ));
        }
        Ok(vec![self.fact(by, Body::RequestAsked { text })])
    }

    /// 回答する: the customer answers the question that waits.
    ///
    /// # Errors
    /// None waits.
    pub fn answer(&self, by: &By, text: BlobId) -> Facts {
        if self.state.is_final() || self.questions.iter().all(|question| question.what.answer.is_some()) {
            return Err(Refusal::not_now("お待ちしている質問はありません。", "No question waits for an answer."));
        }
        Ok(vec![self.fact(by, Body::RequestAnswered { text })])
    }

    /// 日程を提案する: a day, or a window of it, that the customer agrees to or not (R-4.1.1-9).
    ///
    /// # Errors
    /// It was completed or has ended; the date lies back, too far ahead, or ends before it begins.
    pub fn offer(
        &self,
        by: &By,
        from: Instant,
        to: Option<Instant>,
        text: Option<BlobId>,
        calendar: &Calendar,
    ) -> Facts {
        self.in_state(&[State::Reviewing, State::Planned, State::Working])?;
        if calendar.date_of(from) < calendar.date_of(by.now)
            || from.since_ms(by.now) > OFFER_MAX_DAYS * 24 * crate::time::HOUR_MS
        {
            return Err(Refusal::invalid(
                "from",
                "今日から1年以内の日時を入力してください。",
                "Offer a date from today on, within a year.",
            ));
        }
        if to.is_some_and(|to| to <= from) {
            return Err(Refusal::invalid("to", "開始より後にしてください。", "The window ends before it begins."));
        }
        Ok(vec![self.fact(by, Body::DateOffered { from, to, text })])
    }

    /// The customer's word on the date offered last.
    ///
    /// # Errors
    /// None waits.
    pub fn reply(&self, by: &By, agreed: bool, reason: Option<BlobId>) -> Facts {
        if self.state.is_final() || self.offers.last().is_none_or(|offer| offer.what.reply.is_some()) {
            return Err(Refusal::not_now(
                "お待ちしている日程のご提案はありません。",
                "No offered date waits for a word.",
            ));
        }
        Ok(vec![self.fact_because(by, Body::DateReplied { agreed }, reason)])
    }

    /// 特段の事情: another due, before the due that governs has passed; the customer is told in the same act (R-4.1.3-7).
    ///
    /// # Errors
    /// The due has passed, the new one is not later, or it has ended.
    pub fn except(&self, by: &By, due: Instant, reason: BlobId, text: BlobId, calendar: &Calendar) -> Facts {
        self.in_state(&[State::Received, State::Reviewing, State::Planned, State::Working])?;
        let governs = self.clock(calendar, by.now).ok().and_then(|clock| clock.due);
        if governs.is_some_and(|governs| by.now > governs) {
            return Err(Refusal::not_now(
                "期限を過ぎてからの例外は記録できません。期限超過として理由をお客様に伝えてください。",
                "The due has passed: no exception any more. Tell the customer why it was missed.",
            ));
        }
        if governs.is_some_and(|governs| due <= governs) || due <= by.now {
            return Err(Refusal::invalid(
                "due",
                "今の期限より後の日を入力してください。",
                "Give a later day than the due.",
            ));
        }
        Ok(vec![self.fact_because(by, Body::RequestExcepted { due, text }, Some(reason))])
    }

    /// 緊急にする: the monitoring board rings, the target stays (C-12).
    ///
    /// # Errors
    /// It is urgent already, or it has ended.
    pub fn make_urgent(&self, by: &By, reason: BlobId) -> Facts {
        if self.state.is_final() || self.state == State::Completed {
            return Err(self.wrong_state());
        }
        if self.urgent.is_some() {
            return Err(Refusal::not_now("すでに緊急です。", "It is urgent already."));
        }
        Ok(vec![self.fact_because(by, Body::RequestMadeUrgent {}, Some(reason))])
    }

    /// 種別を変える: another entry, with a reason; the receipt stands, the target is that of the right entry.
    ///
    /// # Errors
    /// The work has begun, it has ended, or it is the same entry.
    pub fn reclassify(&self, by: &By, filing: Filing, due: Option<Instant>, reason: BlobId) -> Facts {
        self.in_state(&[State::Received, State::Reviewing, State::Planned])?;
        if filing.entry == self.filing.entry {
            return Err(Refusal::invalid("entry", "別の種別を選んでください。", "Choose another entry."));
        }
        Ok(vec![self.fact_because(by, Body::RequestReclassified { filing, due }, Some(reason))])
    }

    /// A message to the customer or from them; in every state.
    pub fn message(&self, by: &By, text: BlobId, from_customer: bool) -> Vec<NewFact> {
        vec![self.fact(by, Body::RequestMessaged { text, from_customer })]
    }

    /// A note among ourselves.
    pub fn note(&self, by: &By, text: BlobId) -> Vec<NewFact> {
        vec![self.fact(by, Body::RequestNoted { text })]
    }

    /// Why the due was missed and what is done about it, told to the customer (R-5.3-12).
    ///
    /// # Errors
    /// It was not missed.
    pub fn explain(&self, by: &By, text: BlobId) -> Facts {
        if self.breached.is_none() {
            return Err(Refusal::not_now("期限は過ぎていません。", "Its due was not missed."));
        }
        Ok(vec![self.fact(by, Body::MissExplained { text })])
    }

    /// What the customer is waited for.
    pub fn awaits(&self) -> Option<Awaited> {
        self.on_hold().map(|hold| hold.awaited)
    }
}
