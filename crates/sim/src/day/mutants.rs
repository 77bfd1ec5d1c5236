//! Faults planted on purpose in a year: each distorts what the rules answered or what the shell writes, never the product. The
//! auditor has to find every one.

use super::audit::Claims;
use super::world::Ticket;
use domain::calendar::Calendar;
use domain::compliance::{Line, Ticket as Counted};
use domain::fact::{Body, Fact, NewFact};
use domain::request::duty::RequestTimer;
use domain::request::{Request, State};
use domain::time::{HOUR_MS, Instant};

/// One planted fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum DayMutant {
    /// A hold counts a day more than there was.
    HoldCountsAskedDay,
    /// A hold does not move the due.
    HoldMovesNothing,
    /// The answer to a question stops the clock.
    AnswerStopsClock,
    /// The day of receipt is day 1.
    ReceiptDayCounts,
    /// Done exactly at the due counts as late.
    WithinExcludesInstant,
    /// 低 is due like 中.
    LowIsDue,
    /// An agreed earlier date governs.
    EarlierDateGoverns,
    /// Re-classification counts from its own instant.
    ReclassifiedFromNow,
    /// An exception is recorded after the due.
    LateException,
    /// Work that affects the service begins before both approved.
    BeginsUnapproved,
    /// Whoever planned the work approves it.
    PlannerApproves,
    /// A ticket closes though nobody explained its miss.
    ClosesUnexplained,
    /// It closes by itself a day early.
    ClosesEarly,
    /// Nobody is reminded in the afternoon of the due day.
    AfternoonForgotten,
    /// Nobody is told that the due passed.
    BreachForgotten,
    /// A fact in the chain is another than the one that was applied.
    FactAltered,
    /// A ticket is taken after its end.
    TakenAfterEnd,
    /// The table leaves out a miss that 特段の事情 excused.
    TableExcusesExceptions,
    /// The table judges what was cancelled.
    TableJudgesCancelled,
    /// The table counts a ticket in the month in which it was done.
    TableByCompletion,
    /// The table forgets what was met by a hold only.
    TableForgetsHolds,
}

impl DayMutant {
    /// Distorts what is written; none where the fact gets lost.
    pub(crate) fn written(it: Option<Self>, mut new: NewFact, request: &Request, now: Instant) -> Option<NewFact> {
        let Some(mutant) = it else { return Some(new) };
        match (mutant, &mut new.body) {
            (Self::ReclassifiedFromNow, Body::RequestReclassified { due: Some(due), .. }) => {
                *due = due.plus_ms(now.since_ms(request.received));
            }
            (Self::AfternoonForgotten, Body::RequestReminded { timer: RequestTimer::Afternoon }) => return None,
            (Self::BreachForgotten, Body::RequestDuePassed { .. }) => return None,
            _ => {}
        }
        Some(new)
    }

    /// Distorts what is kept of a fact.
    pub(crate) fn kept(it: Option<Self>, mut fact: Fact) -> Fact {
        if let (Some(Self::FactAltered), Body::RequestCompleted { at, .. }) = (it, &mut fact.body) {
            *at = at.plus_ms(-1);
        }
        fact
    }

    /// What somebody does that the procedure does not allow.
    pub(crate) fn done_besides(it: Option<Self>, ticket: &Ticket, now: Instant) -> Option<NewFact> {
        let request = &ticket.request;
        let fact = |who: &str, role, body| {
            let by = super::world::by(who, role, now);
            let reason = Some(domain::ids::BlobId::new("words"));
            NewFact { record: Some(request.key.clone()), body, actor: by.actor, role: by.role, reason }
        };
        use domain::access::Role::{Cu, Dh, Su};
        let words = || domain::ids::BlobId::new("words");
        match it? {
            Self::LateException if request.breached.is_some() && request.state == State::Working => {
                Some(fact("dh1", Dh, Body::RequestExcepted { due: now.plus_ms(240 * HOUR_MS), text: words() }))
            }
            Self::BeginsUnapproved if request.state == State::Planned && !request.is_approved() => {
                Some(fact("su1", Su, Body::RequestBegun {}))
            }
            Self::PlannerApproves if request.state == State::Planned && request.approved.1.is_none() => {
                let planner = request.plan.as_ref()?.mark.actor.person_id()?.as_str().to_owned();
                request.filing.affects.then(|| fact(&planner, Dh, Body::WorkApproved { by_customer: false }))
            }
            Self::ClosesUnexplained if request.state == State::Completed && !request.is_explained() => {
                Some(fact("cu", Cu, Body::RequestClosed { automatic: false }))
            }
            Self::TakenAfterEnd if request.state.is_final() => {
                Some(fact("su1", Su, Body::RequestTaken { person: domain::ids::PersonId::new("su1") }))
            }
            _ => None,
        }
    }

    /// Distorts what the rules say of a ticket.
    pub(crate) fn said(self, claims: &mut Claims, request: &Request, calendar: &Calendar) {
        match self {
            Self::HoldCountsAskedDay if claims.held > 0 => claims.held += 1,
            Self::HoldMovesNothing => claims.due = claims.raw,
            Self::AnswerStopsClock => {
                let answered = request.questions.iter().rev().find_map(|it| it.what.answer.as_ref());
                claims.done = claims.done.or(answered.map(|answer| answer.mark.at.ms()));
            }
            Self::ReceiptDayCounts => {
                let before = |due: i64| {
                    let day = calendar.business_day_before(calendar.date_of(Instant::from_ms(due)))?;
                    Some(calendar.closing_of(day).ms())
                };
                claims.raw = claims.raw.and_then(before);
            }
            Self::WithinExcludesInstant if claims.done.is_some() && claims.done == claims.due => {
                claims.met = Some(false);
            }
            Self::LowIsDue if claims.raw.is_none() => {
                let days = domain::calendar::BusinessDays::new(request.filing.days.into()).ok();
                let due = days.and_then(|days| calendar.business_days_after(request.received, days).ok());
                claims.raw = due.map(Instant::ms);
            }
            Self::EarlierDateGoverns if claims.earlier.is_some() => claims.due = claims.earlier,
            Self::ClosesEarly => {
                for (kind, due) in &mut claims.timers {
                    if *kind == RequestTimer::AutoClose.code() {
                        *due -= 24 * HOUR_MS;
                    }
                }
            }
            _ => {}
        }
    }

    /// Distorts what goes into the table.
    pub(crate) fn counted(self, ticket: &mut Counted) {
        match self {
            Self::TableJudgesCancelled => ticket.cancelled = false,
            Self::TableByCompletion => ticket.due = ticket.done.unwrap_or(ticket.due),
            Self::TableForgetsHolds => ticket.raw_due = ticket.due,
            _ => {}
        }
    }

    /// Distorts what the table says.
    pub(crate) fn tabled(self, line: &mut Line) {
        if self == Self::TableExcusesExceptions {
            line.missed.retain(|key| !line.excepted.contains(key));
        }
    }
}
