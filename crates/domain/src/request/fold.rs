//! From facts to a request.

use super::duty::RequestTimer;
use super::page::Page;
use super::{Completion, Ending, Evidence, Exception, Filing, Message, Offer, Question, Request, State};
use crate::fact::{Body, Fact};
use crate::incident::{Broken, Mark, Marked, delivery};
use crate::process::shipped;
use crate::secret::{Gone, Secret};

impl Request {
    /// Folds all facts of one request, first to last; none where there are no facts.
    ///
    /// # Errors
    /// The first fact files no request, a later one files it again, or one names something that is not there.
    pub fn fold(facts: &[Fact]) -> Result<Option<Self>, Broken> {
        let Some((first, rest)) = facts.split_first() else { return Ok(None) };
        let mut request = Self::filed_by(first)?;
        for fact in rest {
            request.apply(fact)?;
        }
        Ok(Some(request))
    }

    fn filed_by(fact: &Fact) -> Result<Self, Broken> {
        let broken = || Broken { seq: fact.seq, kind: "first" };
        let key = fact.record.clone().ok_or_else(broken)?;
        let Body::RequestFiled(filed) = &fact.body else { return Err(broken()) };
        let mark = Mark::of(fact);
        if filed.project.record(filed.number) != key {
            return Err(broken());
        }
        Ok(Self {
            key,
            procedure: shipped::request(),
            edition: filed.edition,
            project: filed.project.clone(),
            number: filed.number,
            received: filed.received,
            channel: filed.channel,
            title: filed.title.clone(),
            details: filed.details.clone(),
            filing: filed.filing.clone(),
            reclassified: vec![],
            pace: filed.pace,
            wished: filed.wished,
            promised: filed.due,
            meant_for: filed.assignee.clone().map(|name| (name, filed.arrangement.clone())),
            urgent: filed.urgent.then(|| mark.clone()),
            state: State::Received,
            version: 1,
            last_seq: fact.seq,
            as_of: fact.instant,
            taken: None,
            plan: None,
            approved: (None, None),
            consents: vec![],
            begun: None,
            questions: vec![],
            offers: vec![],
            completions: vec![],
            returns: vec![],
            exceptions: vec![],
            breached: None,
            explained: None,
            messages: vec![],
            evidence: vec![],
            checked: vec![],
            handed: vec![],
            split_from: filed.split_from.clone(),
            parts: vec![],
            links: vec![],
            files: vec![],
            secrets: vec![],
            pages: std::collections::BTreeMap::new(),
            deliveries: std::collections::BTreeMap::new(),
            silence: None,
            ending: None,
            filed: mark,
        })
    }

    /// Adds the next fact.
    ///
    /// # Errors
    /// The fact does not fit: it is of no request, or names something that is not there.
    pub fn apply(&mut self, fact: &Fact) -> Result<(), Broken> {
        if fact.body.is_about_words() {
            self.last_seq = fact.seq;
            return Ok(());
        }
        let broken = |kind| Broken { seq: fact.seq, kind };
        self.add(fact).ok_or_else(|| broken("not of this request"))?;
        self.last_seq = fact.seq;
        self.as_of = fact.instant;
        if fact.body.moves_version() {
            self.version += 1;
        }
        Ok(())
    }

    /// The customer is waited for no longer.
    fn end_consent(&mut self, mark: &Mark) {
        if let Some(waits) = self.consents.iter_mut().find(|waits| waits.what.is_none()) {
            waits.what = Some(mark.clone());
        }
    }

    fn add(&mut self, fact: &Fact) -> Option<()> {
        let mark = Mark::of(fact);
        let because = || fact.reason.clone();
        match &fact.body {
            Body::RequestTaken { person } => {
                self.taken = Some(Marked { mark, what: person.clone() });
                if self.state == State::Received {
                    self.state = State::Reviewing;
                }
            }
            Body::RequestPlanned { plan, affects } => {
                self.filing.affects = *affects;
                self.end_consent(&mark);
                self.plan = Some(Marked { mark, what: plan.clone() });
                // What is planned anew is approved anew.
                self.approved = (None, None);
                self.state = State::Planned;
            }
            Body::WorkApproved { by_customer: true } => {
                self.end_consent(&mark);
                self.approved.0 = Some(mark);
            }
            Body::WorkApproved { by_customer: false } => {
                if self.approved.0.is_none() {
                    self.consents.push(Marked { mark: mark.clone(), what: None });
                }
                self.approved.1 = Some(mark);
            }
            Body::RequestBegun {} => {
                self.begun = Some(mark);
                self.state = State::Working;
            }
            Body::RequestCompleted { result, at, stated } => {
                let what = Completion { result: result.clone(), at: *at, stated: *stated };
                self.completions.push(Marked { mark, what });
                self.state = State::Completed;
            }
            Body::RequestReturned {} => {
                self.returns.push(Marked { mark, what: because()? });
                self.state = State::Working;
            }
            Body::RequestClosed { automatic } => {
                self.ending = Some(Marked { mark, what: Ending::Closed { automatic: *automatic } });
                self.state = State::Closed;
            }
            Body::RequestDeclined { guidance } => {
                self.ending = Some(Marked { mark, what: Ending::OutOfScope { guidance: guidance.clone() } });
                self.state = State::OutOfScope;
            }
            Body::RequestCancelled {} => {
                self.ending = Some(Marked { mark, what: Ending::Cancelled });
                self.state = State::Cancelled;
            }
            Body::RequestAsked { text } => {
                self.questions.push(Marked { mark, what: Question { text: text.clone(), answer: None } });
            }
            Body::RequestAnswered { text } => {
                let question = self.questions.iter_mut().find(|question| question.what.answer.is_none())?;
                question.what.answer = Some(Marked { mark, what: text.clone() });
            }
            Body::DateOffered { from, to, text } => {
                self.offers
                    .push(Marked { mark, what: Offer { from: *from, to: *to, text: text.clone(), reply: None } });
            }
            Body::DateReplied { agreed } => {
                let offer = self.offers.last_mut().filter(|offer| offer.what.reply.is_none())?;
                offer.what.reply = Some(Marked { mark, what: *agreed });
            }
            Body::RequestExcepted { due, text } => {
                let what = Exception { due: *due, reason: because()?, text: text.clone() };
                self.exceptions.push(Marked { mark, what });
            }
            Body::RequestMadeUrgent {} => self.urgent = Some(mark),
            Body::RequestReclassified { filing, due } => {
                // What was planned as work that affects the service stays so until it is planned anew.
                let affects = filing.affects || (self.plan.is_some() && self.filing.affects);
                self.filing = Filing { affects, ..filing.clone() };
                self.promised = *due;
                // The miss of a due that was not the right entry's is none; the right one's is named anew.
                (self.breached, self.explained) = (None, None);
                self.reclassified.push(mark);
            }
            Body::RequestMessaged { text, from_customer } => {
                let what = Message { text: text.clone(), from_customer: *from_customer, internal: false };
                self.messages.push(Marked { mark, what });
            }
            Body::RequestEvidenced { after, text } => {
                self.evidence.push(Marked { mark, what: Evidence { after: *after, text: text.clone() } });
            }
            Body::WorkChecked { text } => self.checked.push(Marked { mark, what: text.clone() }),
            Body::RequestHandedOver { back, text } => {
                self.handed.push(Marked { mark, what: (*back, text.clone()) });
            }
            Body::RequestSplit { child } => self.parts.push(Marked { mark, what: child.clone() }),
            Body::RequestLinked { to } => self.links.push(Marked { mark, what: to.clone() }),
            Body::FileAttached(file) => self.files.push(Marked { mark, what: file.clone() }),
            Body::SecretHanded { label, until } => {
                let what = Secret { label: label.clone(), until: *until, gone: None };
                self.secrets.push(Marked { mark, what });
            }
            Body::SecretRead { number } => self.secret_gone(*number, mark, Gone::Read)?,
            Body::SecretTakenBack { number } => self.secret_gone(*number, mark, Gone::TakenBack)?,
            Body::SecretExpired { number } => self.secret_gone(*number, mark, Gone::Expired)?,
            Body::RequestNoted { text } => {
                let what = Message { text: text.clone(), from_customer: false, internal: true };
                self.messages.push(Marked { mark, what });
            }
            Body::MailJoined { .. } => {}
            Body::RequestDuePassed { due } => self.breached = Some(Marked { mark, what: *due }),
            Body::MissExplained { text } => self.explained = Some(Marked { mark, what: text.clone() }),
            Body::RequestReminded { timer } => {
                if *timer == RequestTimer::Silent {
                    self.silence = Some(mark.at);
                }
            }
            Body::RequestPaged { message, timer, step, person } => {
                let (timer, step, person) = (*timer, *step, person.clone());
                self.pages.insert(message.clone(), Page { timer, step, person, queued: mark, attempts: vec![] });
            }
            Body::MessageAttempted { message, outcome, detail, .. } if self.pages.contains_key(message) => {
                self.pages.get_mut(message)?.attempts.push(Marked { mark, what: (*outcome, detail.clone()) });
            }
            _ => return delivery::add(&mut self.deliveries, fact),
        }
        Some(())
    }

    /// A secret goes once.
    fn secret_gone(&mut self, number: u64, mark: Mark, what: Gone) -> Option<()> {
        let secret = self.secrets.iter_mut().find(|secret| secret.mark.seq == number)?;
        secret.what.gone.replace(Marked { mark, what }).is_none().then_some(())
    }
}
