//! What people do to a request: each verb looks at it and returns facts, or refuses with a sentence.

use super::clock::Awaited;
use super::{Completion, Filing, Request, State};
use crate::attachment::{self, Attachment};
use crate::calendar::Calendar;
use crate::fact::{Body, NewFact};
use crate::ids::{BlobId, PersonId, RecordKey};
use crate::incident::verbs::{By, stated};
use crate::incident::{Mark, Marked};
use crate::refusal::Refusal;
use crate::secret::{self, Secret};
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

    /// 担当する: 受付 > 確認中; later it hands the request to another person.
    ///
    /// # Errors
    /// It has ended.
    pub fn take(&self, by: &By, person: PersonId) -> Facts {
        self.guarded("take", by)?;
        Ok(vec![self.fact(by, Body::RequestTaken { person })])
    }

    /// 計画する: 確認中 > 計画済, with how the work is to go and whether it affects the service (R-5.3-4; C-07, C-17). A plan may
    /// be made anew before the work begins; then it is approved anew. What affects by its entry cannot be planned without.
    ///
    /// # Errors
    /// Not under review or planned; the work affects the service by its entry.
    pub fn plan(&self, by: &By, plan: BlobId, affects: bool, entry_affects: bool) -> Facts {
        self.guarded("plan", by)?;
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
        self.guarded("approve", by)?;
        Ok(vec![self.fact(by, Body::WorkApproved { by_customer })])
    }

    /// 作業を始める: 計画済 > 作業中, once both sides approved what affects the service.
    ///
    /// # Errors
    /// Not planned, or an approval is missing.
    pub fn begin(&self, by: &By) -> Facts {
        self.guarded("begin", by)?;
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
        self.guarded("complete", by)?;
        let done = at.unwrap_or(by.now);
        let is_stated = stated(by.now, done, "completed_at", reason.is_some())?;
        if self.begun.as_ref().is_some_and(|begun| done < begun.at) {
            return Err(Refusal::invalid(
                "completed_at",
                "作業を始めた時刻より後にしてください。",
                "The work cannot end before it began.",
            ));
        }
        if self.returns.last().is_some_and(|back| done < back.mark.at) {
            return Err(Refusal::invalid(
                "completed_at",
                "差し戻された時刻より後にしてください。",
                "What was given back was not done then.",
            ));
        }
        // The timer may not have fired yet: a miss is named all the same, by the due that this completion leaves.
        let mut after = self.clone();
        let mark = Mark { seq: self.last_seq + 1, at: by.now, actor: by.actor.clone(), role: by.role };
        let what = Completion { result: result.clone(), at: done, stated: is_stated };
        after.completions.push(Marked { mark, what });
        after.state = State::Completed;
        let due = after.clock(calendar, by.now).ok().and_then(|clock| clock.due);
        let completed = self.fact_because(by, Body::RequestCompleted { result, at: done, stated: is_stated }, reason);
        let passed = due.filter(|due| done > *due && self.breached.is_none());
        let passed = passed.map(|due| NewFact::by_system(Some(self.key.clone()), Body::RequestDuePassed { due }));
        Ok(passed.into_iter().chain([completed]).collect())
    }

    /// 差し戻す: 完了確認待ち > 作業中, by the customer.
    ///
    /// # Errors
    /// It was not completed, or it has ended.
    pub fn give_back(&self, by: &By, reason: BlobId) -> Facts {
        self.guarded("give_back", by)?;
        Ok(vec![self.fact_because(by, Body::RequestReturned {}, Some(reason))])
    }

    /// 終了する: 完了確認待ち > 終了, by the customer's word or five business days later. A missed due is closed once the
    /// customer was told why and what is done about it (R-5.3-12).
    ///
    /// # Errors
    /// It was not completed, or a miss is not explained.
    pub fn close(&self, by: &By, automatic: bool) -> Facts {
        self.guarded("close", by)?;
        Ok(vec![self.fact(by, Body::RequestClosed { automatic })])
    }

    /// 対象外とする: 確認中 > 対象外, by the head of desk, with where to go instead.
    ///
    /// # Errors
    /// Not under review.
    pub fn decline(&self, by: &By, guidance: BlobId, reason: BlobId) -> Facts {
        self.guarded("decline", by)?;
        Ok(vec![self.fact_because(by, Body::RequestDeclined { guidance }, Some(reason))])
    }

    /// 取り消す: before the work by the customer, freely.
    ///
    /// # Errors
    /// The work has begun, or it has ended.
    pub fn cancel(&self, by: &By, reason: BlobId) -> Facts {
        self.guarded("cancel", by)?;
        Ok(vec![self.fact_because(by, Body::RequestCancelled {}, Some(reason))])
    }

    /// 確認を依頼する: a question to the customer, which holds the clock until it is answered.
    ///
    /// # Errors
    /// It was completed or has ended, or another question waits.
    pub fn ask(&self, by: &By, text: BlobId) -> Facts {
        self.guarded("ask", by)?;
        Ok(vec![self.fact(by, Body::RequestAsked { text })])
    }

    /// 回答する: the customer answers the question that waits.
    ///
    /// # Errors
    /// None waits.
    pub fn answer(&self, by: &By, text: BlobId) -> Facts {
        self.guarded("answer", by)?;
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
        self.guarded("offer", by)?;
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
    /// None waits, or the date to agree to has passed.
    pub fn reply(&self, by: &By, agreed: bool, reason: Option<BlobId>, calendar: &Calendar) -> Facts {
        self.guarded("reply", by)?;
        if agreed && self.offers.last().is_some_and(|offer| offer.what.ends(calendar) < by.now) {
            return Err(Refusal::invalid(
                "agreed",
                "ご提案した日程は過ぎています。別の日程をお待ちください。",
                "The offered date has passed. Another one has to be offered.",
            ));
        }
        Ok(vec![self.fact_because(by, Body::DateReplied { agreed }, reason)])
    }

    /// 特段の事情: another due, before the due that governs has passed; the customer is told in the same act (R-4.1.3-7).
    ///
    /// # Errors
    /// The due has passed, the new one is not later, or it has ended.
    pub fn except(&self, by: &By, due: Instant, reason: BlobId, text: BlobId, calendar: &Calendar) -> Facts {
        self.guarded("except", by)?;
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
        self.guarded("urge", by)?;
        Ok(vec![self.fact_because(by, Body::RequestMadeUrgent {}, Some(reason))])
    }

    /// 種別を変える: another entry, with a reason; the receipt stands, the target is that of the right entry.
    ///
    /// # Errors
    /// The work has begun, it has ended, or it is the same entry.
    pub fn reclassify(&self, by: &By, filing: Filing, due: Option<Instant>, reason: BlobId) -> Facts {
        self.guarded("reclassify", by)?;
        if filing.entry == self.filing.entry {
            return Err(Refusal::invalid("entry", "別の種別を選んでください。", "Choose another entry."));
        }
        Ok(vec![self.fact_because(by, Body::RequestReclassified { filing, due }, Some(reason))])
    }

    /// A message to the customer or from them; in every state.
    ///
    /// # Errors
    /// The procedure does not allow it.
    pub fn message(&self, by: &By, text: BlobId, from_customer: bool) -> Facts {
        self.guarded("message", by)?;
        Ok(vec![self.fact(by, Body::RequestMessaged { text, from_customer })])
    }

    /// A note among ourselves.
    ///
    /// # Errors
    /// The procedure does not allow it.
    pub fn note(&self, by: &By, text: BlobId) -> Facts {
        self.guarded("note", by)?;
        Ok(vec![self.fact(by, Body::RequestNoted { text })])
    }

    /// 作業前・作業後の状態を残す: how things stood, for whoever looks later (R-5.4.7-*).
    ///
    /// # Errors
    /// Before the plan, after the completion, or the state after before the work.
    pub fn record_state(&self, by: &By, after: bool, text: BlobId) -> Facts {
        self.guarded(if after { "record_after" } else { "record_before" }, by)?;
        Ok(vec![self.fact(by, Body::RequestEvidenced { after, text })])
    }

    /// 別の担当者が確かめる: what affects the service is completed after that.
    ///
    /// # Errors
    /// Not in work, the state after is not recorded, or whoever works checks.
    pub fn check_work(&self, by: &By, text: BlobId) -> Facts {
        self.guarded("check", by)?;
        Ok(vec![self.fact(by, Body::WorkChecked { text })])
    }

    /// 開発チームに引き継ぐ, 受け取る: an internal group and back; the customer sees no break (R-3.1-2).
    ///
    /// # Errors
    /// It was not taken, or the team has it already, or does not have it.
    pub fn hand_over(&self, by: &By, back: bool, text: BlobId) -> Facts {
        self.guarded(if back { "hand_back" } else { "hand" }, by)?;
        Ok(vec![self.fact(by, Body::RequestHandedOver { back, text })])
    }

    /// 作業を分ける: a part goes on as a ticket of its own.
    ///
    /// # Errors
    /// It was completed or has ended.
    pub fn split(&self, by: &By, child: RecordKey) -> Facts {
        self.guarded("split", by)?;
        Ok(vec![self.fact(by, Body::RequestSplit { child })])
    }

    /// ほかのチケットと結ぶ.
    ///
    /// # Errors
    /// It is the same ticket, or linked already.
    pub fn link(&self, by: &By, to: RecordKey, reason: BlobId) -> Facts {
        self.guarded("link", by)?;
        if to == self.key || self.links.iter().any(|link| link.what == to) {
            return Err(Refusal::invalid(
                "record",
                "別のチケットの番号を入力してください。",
                "Name another ticket, one that is not linked yet.",
            ));
        }
        Ok(vec![self.fact_because(by, Body::RequestLinked { to }, Some(reason))])
    }

    /// 添付する: a file of either side, in every state; whoever may write a message may add one, and a note's writer an internal
    /// one.
    ///
    /// # Errors
    /// The procedure does not allow it, the file is empty or too large, or the ticket has as many as it may.
    pub fn attach(&self, by: &By, file: Attachment) -> Facts {
        self.guarded(if file.internal { "note" } else { "message" }, by)?;
        attachment::fits(usize::try_from(file.size).unwrap_or(usize::MAX), self.files.len())?;
        Ok(vec![self.fact(by, Body::FileAttached(file))])
    }

    /// 秘密を渡す: something that the customer reads once. Whoever may write to the customer may hand one over.
    ///
    /// # Errors
    /// The procedure does not allow it, or the ticket has as many as it may.
    pub fn hand_secret(&self, by: &By, secret: &str, label: BlobId) -> Facts {
        self.guarded("message", by)?;
        if self.state.is_final() {
            return Err(Refusal::not_now(
                "終了したチケットでは渡せません。新しいご依頼を起票してください。",
                "Nothing is handed over on a ticket that has ended. File a new request.",
            ));
        }
        secret::fits(secret, self.secrets.len())?;
        // No two end at one instant, so that each has a timer of its own.
        let after = self.secrets.last().map_or(by.now, |last| last.what.until.plus_ms(1 - secret::WAITS_MS));
        let until = by.now.max(after).plus_ms(secret::WAITS_MS);
        Ok(vec![self.fact(by, Body::SecretHanded { label, until })])
    }

    /// The customer reads a secret, once.
    ///
    /// # Errors
    /// There is no such secret, or it is there no more.
    pub fn read_secret(&self, by: &By, number: u64) -> Facts {
        secret::is_there(&self.secret(number)?.what, by.now)?;
        Ok(vec![self.fact(by, Body::SecretRead { number })])
    }

    /// We take a secret back before it is read.
    ///
    /// # Errors
    /// There is no such secret, or it is there no more.
    pub fn take_secret_back(&self, by: &By, number: u64, reason: BlobId) -> Facts {
        secret::is_there(&self.secret(number)?.what, by.now)?;
        Ok(vec![self.fact_because(by, Body::SecretTakenBack { number }, Some(reason))])
    }

    fn secret(&self, number: u64) -> Result<&Marked<Secret>, Refusal> {
        let unknown = || {
            let (ja, en) =
                ("このチケットに、その番号の受け渡しはありません。", "This ticket has no secret of that number.");
            Refusal::invalid("number", ja, en)
        };
        self.secrets.iter().find(|secret| secret.mark.seq == number).ok_or_else(unknown)
    }

    /// Why the due was missed and what is done about it, told to the customer (R-5.3-12).
    ///
    /// # Errors
    /// It was not missed.
    pub fn explain(&self, by: &By, text: BlobId) -> Facts {
        self.guarded("explain", by)?;
        Ok(vec![self.fact(by, Body::MissExplained { text })])
    }

    /// What the customer is waited for.
    pub fn awaits(&self) -> Option<Awaited> {
        self.on_hold().map(|hold| hold.awaited)
    }
}
