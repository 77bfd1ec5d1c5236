//! 架電: calls to the customer's contacts, rank by rank and round by round, until somebody was reached (R-4.2.2-5 to -7;
//!
//!
//! A call begins with a fact, so that the desk and not the operator says when; its result follows. One without a result in
//! time is void: it ended no clock and reached nobody. Attempts stay what an operator states (自己申告).

use super::verbs::{By, Dial, Facts, missing_reason, no_such, stated, wrong_state};
use super::{Incident, Mark, Marked, State, place};
use crate::contact::Rounds;
use crate::fact::{Body, CallResult, Voice};
use crate::ids::{BlobId, ContactId, MessageId};
use crate::refusal::Refusal;
use crate::telephone::Evidence;
use crate::time::Instant;

/// Minutes for the result of a call that nobody picked up; so long its number is held.
pub const RESULT_MINUTES: i64 = 2;
/// Minutes for the result of a call that was picked up: the longest talk that needs no word in between. So long its number is
/// held from then on.
pub const TALK_MINUTES: i64 = 30;
/// Minutes to go on to the next rank.
const NEXT_RANK_MINUTES: i64 = 1;

/// One call to a contact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// Who was called.
    pub contact: ContactId,
    /// The contact's rank in the plan, from 1.
    pub rank: u32,
    /// The number dialled.
    pub number: BlobId,
    /// Whether this was the first contact of the plan valid at the minute the call began.
    pub first_valid: bool,
    /// When it began.
    pub begun: Instant,
    /// Whether that instant was stated afterwards.
    pub stated: bool,
    /// What the attempt proves.
    pub evidence: Evidence,
    /// Through which round of the plan, from 1.
    pub round: u32,
    /// Whether the plan named nobody after this contact at that minute.
    pub last_of_round: bool,
    /// The fact that somebody picked up and the talk went on.
    pub connected: Option<Mark>,
    /// How it ended.
    pub end: Option<Marked<CallEnd>>,
    /// The fact that made it void for want of a result.
    pub voided: Option<Mark>,
}

/// How a call ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallEnd {
    /// The result, as the operator states it.
    pub result: CallResult,
    /// What was said.
    pub note: Option<BlobId>,
}

/// A contact's own call to us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallBack {
    /// Which contact of the plan, where it is one.
    pub contact: Option<ContactId>,
    /// From which number.
    pub number: BlobId,
    /// Who spoke.
    pub name: BlobId,
    /// Whether they were told of the fault and understood.
    pub understood: bool,
    /// What was said.
    pub note: Option<BlobId>,
}

/// An oral consent (口頭同意).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
    /// Who gave it.
    pub who: BlobId,
    /// From or to which number.
    pub number: BlobId,
    /// In which words.
    pub words: BlobId,
    /// To what.
    pub what: BlobId,
    /// What the customer said against it.
    pub disputed: Option<Marked<BlobId>>,
}

/// What stopped the calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reached {
    /// A contact answered and understood.
    Answered,
    /// Somebody called back and understood.
    CalledBack,
    /// The link of a notice's mail was opened and confirmed.
    Acknowledged,
    /// One of the customer's people opened the ticket.
    Read,
    /// The service is back.
    Recovered,
}

/// How the calls of an incident stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Calling {
    /// Nobody has to be called: not told yet, no impact, no contact with a telephone valid at the notice, or a waiver.
    NotOwed,
    /// A call is under way, and its result is owed.
    UnderWay {
        /// Which, from 1.
        call: u32,
        /// Until when.
        due: Instant,
    },
    /// The next rank, at once.
    NextRank {
        /// Until when.
        due: Instant,
    },
    /// From the first rank again.
    NewRound {
        /// From when on.
        due: Instant,
    },
    /// Over.
    Stopped(Reached),
}

impl Call {
    /// Whether it stands: a void call counts for nothing.
    pub const fn counts(&self) -> bool {
        self.voided.is_none()
    }

    /// Whether its result is owed.
    pub const fn is_under_way(&self) -> bool {
        self.end.is_none() && self.voided.is_none()
    }

    /// Its result, once it is known.
    pub fn result(&self) -> Option<CallResult> {
        self.end.as_ref().map(|end| end.what.result)
    }

    /// Until when its result counts.
    pub fn result_due(&self) -> Instant {
        match &self.connected {
            Some(mark) => mark.at.plus_minutes(TALK_MINUTES),
            None => self.begun.plus_minutes(RESULT_MINUTES),
        }
    }
}

impl Incident {
    /// How the calls stand.
    pub fn calling(&self) -> Calling {
        if let Some((call, under_way)) = (1..).zip(&self.calls).find(|(_, call)| call.what.is_under_way()) {
            return Calling::UnderWay { call, due: under_way.what.result_due() };
        }
        let Some(told) = self.publications.iter().rev().find(|p| p.what.impact) else { return Calling::NotOwed };
        if self.impact() == Some(false) || !matches!(told.what.voice, Voice::Required { .. }) {
            return Calling::NotOwed;
        }
        if let Some(reached) = self.reached(&told.what.rounds) {
            return Calling::Stopped(reached);
        }
        let Some(last) = self.calls_of_this_clock().last() else {
            return Calling::NextRank { due: told.mark.at };
        };
        let ended = last.what.end.as_ref().map_or(last.what.begun, |end| end.mark.at.min(last.what.result_due()));
        if !last.what.last_of_round {
            return Calling::NextRank { due: ended.plus_minutes(NEXT_RANK_MINUTES) };
        }
        let round = self.calls_of_this_clock().filter(|call| call.what.round == last.what.round);
        let round_began = round.map(|call| call.what.begun).min().unwrap_or(last.what.begun);
        let again = round_began.plus_minutes(i64::from(told.what.rounds.every_minutes));
        if again <= told.mark.at.plus_minutes(i64::from(told.what.rounds.for_minutes)) {
            return Calling::NewRound { due: again };
        }
        self.slot_after(round_began).map_or(Calling::NotOwed, |due| Calling::NewRound { due })
    }

    /// Who was reached since this fault was found, or that nobody has to be any more.
    fn reached(&self, rounds: &Rounds) -> Option<Reached> {
        let since = self.calls_since();
        if self.calls_of_this_clock().any(|call| call.what.result() == Some(CallResult::Answered)) {
            return Some(Reached::Answered);
        }
        if self.call_backs.iter().any(|back| back.what.understood && back.mark.at >= since) {
            return Some(Reached::CalledBack);
        }
        if rounds.stop_when_acknowledged && self.acknowledgements.iter().any(|known| known.mark.at >= since) {
            return Some(Reached::Acknowledged);
        }
        if rounds.stop_when_read && self.reads.iter().any(|read| read.at >= since) {
            return Some(Reached::Read);
        }
        (self.state != State::Notified).then_some(Reached::Recovered)
    }

    /// Since when a call counts: the start of the clock that runs, or ran last.
    fn calls_since(&self) -> Instant {
        self.clocks().last().map_or(self.alert_at(), |clock| clock.from)
    }

    fn calls_of_this_clock(&self) -> impl Iterator<Item = &Marked<Call>> {
        let since = self.calls_since();
        self.calls.iter().filter(move |call| call.what.counts() && call.what.begun >= since)
    }

    /// The round that a call begun now belongs to, from 1, and the contacts that were tried in it.
    pub fn round_now(&self) -> (u32, Vec<&ContactId>) {
        let Some(last) = self.calls_of_this_clock().last() else { return (1, vec![]) };
        if last.what.last_of_round {
            return (last.what.round + 1, vec![]);
        }
        let round = last.what.round;
        let tried = self.calls_of_this_clock().filter(|call| call.what.round == round);
        (round, tried.map(|call| &call.what.contact).collect())
    }

    /// Whether the order of the plan binds: while somebody has still to be reached.
    fn order_binds(&self) -> bool {
        let rounds = self.publications.iter().rev().find(|p| p.what.impact).map(|p| p.what.rounds).unwrap_or_default();
        self.impact() != Some(false)
            && !matches!(self.reached(&rounds), Some(reached) if reached != Reached::Recovered)
            && matches!(self.state, State::Triaging | State::Judged | State::Notified)
    }

    /// 架電 (R-4.2.2-5): a call begins now, or as it is stated afterwards with its result. Ranks go in order, round by round,
    /// or with a reason.
    ///
    /// # Errors
    /// Nobody has taken the incident; it has ended and owes no call; the result of a call before is missing; somebody else's
    /// turn comes first and no reason is given; the stated time cannot be.
    pub fn dial(&self, by: &By, dial: Dial, reason: Option<BlobId>) -> Facts {
        self.guarded("dial", by)?;
        if self.state.is_final() && !self.owes_call() {
            return Err(wrong_state(self));
        }
        if self.calls.iter().any(|call| call.what.is_under_way()) {
            return Err(Refusal::not_now(
                "前の架電の結果が未記録です。結果を記録してから次へ架電してください。",
                "The result of the call before is missing. Record it, then make the next call.",
            ));
        }
        let Dial { contact, rank, number, evidence, plan, first_valid, begun, turn, end } = dial;
        let at = begun.unwrap_or(by.now);
        let is_stated = stated(by.now, at, "begun", reason.is_some())?;
        if at < self.alert_at() {
            return Err(Refusal::invalid(
                "begun",
                "架電開始がアラート受信より前です。時刻を確認してください。",
                "The call begins before the alert. Check the time.",
            ));
        }
        if let Some(first) = turn.before
            && reason.is_none()
            && self.order_binds()
        {
            return Err(Refusal::invalid(
                "reason",
                format!("先に順位{first}へ架電してください。順を変えるときは理由を入力してください。"),
                format!("Call rank {first} first, or give a reason for another order."),
            ));
        }
        let last_of_round = turn.is_last;
        let (round, _) = self.round_now();
        let body = Body::CallBegun {
            contact,
            rank,
            number,
            plan,
            first_valid,
            begun: at,
            stated: is_stated,
            evidence,
            round,
            last_of_round,
        };
        let mut facts = vec![self.fact_because(by, body, reason)];
        if let Some(CallEnd { result, note }) = end {
            let call = self.calls.len() as u32 + 1;
            facts.push(self.fact(by, Body::CallEnded { call, result, note }));
        }
        Ok(facts)
    }

    /// 通話中: somebody picked up, so the result may take its time.
    ///
    /// # Errors
    /// No such call is under way.
    pub fn connect_call(&self, by: &By, call: u32) -> Facts {
        match self.call_under_way(call) {
            Some(found) if found.what.connected.is_none() => Ok(vec![self.fact(by, Body::CallConnected { call })]),
            _ => Err(no_such_call()),
        }
    }

    /// How a call ended.
    ///
    /// # Errors
    /// No such call is under way.
    pub fn end_call(&self, by: &By, call: u32, end: CallEnd) -> Facts {
        self.call_under_way(call).ok_or_else(no_such_call)?;
        let CallEnd { result, note } = end;
        Ok(vec![self.fact(by, Body::CallEnded { call, result, note })])
    }

    fn call_under_way(&self, call: u32) -> Option<&Marked<Call>> {
        self.calls.get(place(call)?).filter(|call| call.what.is_under_way())
    }

    /// 折り返し: a contact called us. Who understood what happened need not be called any more.
    ///
    /// # Errors
    /// Nobody has taken the incident, or it has ended.
    pub fn call_back(&self, by: &By, back: CallBack) -> Facts {
        self.guarded("call_back", by)?;
        let CallBack { contact, number, name, understood, note } = back;
        Ok(vec![self.fact(by, Body::CalledBack { contact, number, name, understood, note })])
    }

    /// The link of a notice's mail was opened and confirmed; a second time says nothing new.
    pub fn acknowledge(&self, by: &By, message: &MessageId) -> Vec<crate::fact::NewFact> {
        let is_known = self.deliveries.contains_key(message) && !self.state.is_final();
        let contact = self.deliveries.get(message).and_then(|delivery| delivery.contact.clone());
        let is_new = self.acknowledgements.iter().all(|known| known.what != contact);
        let body = Body::NoticeAcknowledged { message: message.clone() };
        if is_known && is_new { vec![self.fact(by, body)] } else { vec![] }
    }

    /// One of the customer's people opened the ticket; each is told of once.
    pub fn read(&self, by: &By) -> Vec<crate::fact::NewFact> {
        let is_new = self.reads.iter().all(|read| !read.actor.is_same_person(&by.actor));
        let is_told = !self.publications.is_empty() && !self.state.is_final();
        if is_new && is_told && by.actor.person_id().is_some() {
            vec![self.fact(by, Body::TicketRead {})]
        } else {
            vec![]
        }
    }

    /// 口頭同意: heard by whoever acts (R-4.2.2-13, Q-24).
    ///
    /// # Errors
    /// Nobody has taken the incident, or it has ended.
    pub fn consent(&self, by: &By, consent: Consent) -> Facts {
        self.guarded("consent", by)?;
        let Consent { who, number, words, what, .. } = consent;
        Ok(vec![self.fact(by, Body::ConsentHeard { who, number, words, what })])
    }

    /// The customer says that a consent was not given so.
    ///
    /// # Errors
    /// There is no such consent, it is disputed already, or no words say why.
    pub fn dispute_consent(&self, by: &By, consent: u32, text: Option<BlobId>) -> Facts {
        match place(consent).and_then(|place| self.consents.get(place)) {
            None => Err(no_such("consent")),
            Some(found) if found.what.disputed.is_some() => Err(Refusal::not_now(
                "この同意への異議は受け付け済みです。",
                "The dispute of this consent was taken in already.",
            )),
            Some(_) => {
                let text = text.ok_or_else(missing_reason)?;
                Ok(vec![self.fact(by, Body::ConsentDisputed { consent, text })])
            }
        }
    }

    /// Adds a fact about calls; none where it names what is not there.
    pub(super) fn apply_call(&mut self, body: &Body, mark: Mark) -> Option<()> {
        match body.clone() {
            Body::CallBegun {
                contact,
                rank,
                number,
                first_valid,
                begun,
                stated,
                evidence,
                round,
                last_of_round,
                ..
            } => {
                let what = Call {
                    contact,
                    rank,
                    number,
                    first_valid,
                    begun,
                    stated,
                    evidence,
                    round,
                    last_of_round,
                    connected: None,
                    end: None,
                    voided: None,
                };
                self.calls.push(Marked { mark, what });
            }
            Body::CallConnected { call } => self.calls.get_mut(place(call)?)?.what.connected = Some(mark),
            Body::CallEnded { call, result, note } => {
                self.calls.get_mut(place(call)?)?.what.end = Some(Marked { mark, what: CallEnd { result, note } });
            }
            Body::CallVoided { call } => self.calls.get_mut(place(call)?)?.what.voided = Some(mark),
            Body::CalledBack { contact, number, name, understood, note } => {
                self.call_backs.push(Marked { mark, what: CallBack { contact, number, name, understood, note } });
            }
            Body::NoticeAcknowledged { message } => {
                let contact = self.deliveries.get(&message)?.contact.clone();
                self.acknowledgements.push(Marked { mark, what: contact });
            }
            Body::TicketRead {} => self.reads.push(mark),
            Body::ConsentHeard { who, number, words, what } => {
                self.consents.push(Marked { mark, what: Consent { who, number, words, what, disputed: None } });
            }
            Body::ConsentDisputed { consent, text } => {
                self.consents.get_mut(place(consent)?)?.what.disputed = Some(Marked { mark, what: text });
            }
            _ => return None,
        }
        Some(())
    }
}

fn no_such_call() -> Refusal {
    Refusal::not_now(
        "結果待ちの架電ではありません。結果がすでに記録されたか、2分以内に記録がなく無効になりました。",
        "No such call waits for a result: it has one already, or went void without one within two minutes.",
    )
}
