//! Faults planted on purpose: each distorts what the rules answered or what the shell writes, never the product itself. The
//! auditor has to find every one.

use crate::claims::{Account, At, Calls, Claims};
use domain::alerts::Correlation;
use domain::fact::{Body, CallResult, Fact, NewFact, Outcome, Voice};
use domain::ids::ContactId;
use domain::incident::Incident;
use domain::incident::State;
use domain::incident::escalation::{Cause, Group};
use domain::time::Instant;

const MINUTE: At = 60_000;

/// One planted fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Mutant {
    /// An early report moves the grid of slots.
    EarlyReportShiftsGrid,
    /// Told exactly at the due counts as late.
    WithinExcludesInstant,
    /// A call to the second rank ends the notice clock.
    SecondRankEndsClock,
    /// A call that went void still ends the notice clock.
    VoidedCallCounts,
    /// What is judged without impact gets 15 minutes.
    NoImpactHasFifteenMinutes,
    /// What is not judged yet gets an hour.
    UnjudgedHasAnHour,
    /// A recovery stated later erases a slot that came due.
    RecoveryErasesSlot,
    /// A voicemail stops the rounds.
    VoicemailStopsRound,
    /// A judgement to "no" rewrites the clock of the first one.
    RejudgementForgetsFirst,
    /// A tool's acknowledgement counts as the notice.
    ToolEndsClock,
    /// "No impact" after 15 minutes counts without a second person.
    LateNoStandsAlone,
    /// A new round waits ten minutes from the last call instead of the round's begin.
    RoundFromLastCall,
    /// Two nodes fire the same timer.
    TimerFiresTwice,
    /// A notice is not sent to one of the contacts.
    ContactForgotten,
    /// A message names another customer's contact.
    ForeignContact,
    /// An accepted event is not kept.
    EventForgotten,
    /// A header is not written with its facts.
    HeaderLost,
    /// An alert joins until 15 minutes after the recovery was told.
    JoinsTooLong,
    /// An incident without impact owes nothing once it is told of.
    NothingOwed,
    /// The management representative is not told of a missed agreement.
    OnlyHeadIsTold,
    /// A page goes out 4 minutes after the one before.
    PagesTooSoon,
    /// Every page goes out by itself, however many.
    PagesUnlimited,
    /// What was merged is not told how its parent stands.
    ChildrenKeptWaiting,
    /// What a parent told before the merge counts for the child from then.
    MergeCountsBackwards,
    /// What a window left is counted from when the desk came to it.
    WindowCountsFromDesk,
    /// An alert at the very end of a window is kept in it.
    WindowKeepsAtEnd,
    /// Each alert that a window leaves opens an incident of its own.
    WindowOpensForEach,
    /// Of several windows the one that ends first keeps the alert.
    WindowPrefersShortest,
    /// Repeats in a window are not counted.
    WindowForgetsRepeats,
    /// A call to a number counts for one of the incidents told in it.
    CauseCallsForOne,
    /// One text is not told to the last of those it was published to.
    CauseForgetsOne,
    /// A number that somebody dials is dialled by somebody else.
    NumberDialledTwice,
    /// What recovered by itself is told by telephone though the plan says by ticket.
    SelfRecoveryCalled,
    /// The ledger does not tell that a second person is awaited.
    LedgerForgetsSecond,
    /// The ledger leaves out the last minute.
    LedgerLosesMinute,
    /// Somebody is reminded of a slot that has passed.
    RemindsOfPassedSlot,
}

impl Mutant {
    /// Distorts what is written; none where the fact gets lost.
    pub(crate) fn written(it: Option<Self>, mut new: NewFact, incident: &Incident, now: Instant) -> Option<NewFact> {
        let Some(mutant) = it else { return Some(new) };
        match (mutant, &mut new.body) {
            (Self::SecondRankEndsClock, Body::CallBegun { rank: 2.., first_valid, .. }) => *first_valid = true,
            (Self::WithinExcludesInstant, Body::VerdictGiven { due, ended, outcome, .. }) if Some(*due) == *ended => {
                *outcome = Outcome::Missed;
            }
            (Self::RecoveryErasesSlot, Body::SlotMissed { .. }) if incident.recovery().is_some() => return None,
            (Self::LateNoStandsAlone, Body::IncidentJudged { needs_second, .. }) => *needs_second = false,
            (Self::ContactForgotten, Body::MessageQueued { contact: Some(_), .. }) if now.ms() % 5 == 0 => return None,
            (Self::ForeignContact, Body::MessageQueued { contact, .. }) if contact.is_some() => {
                *contact = Some(ContactId::new("zz:c1"));
            }
            (Self::SelfRecoveryCalled, Body::IncidentNotified { voice, .. }) if *voice == Voice::SelfRecovered => {
                *voice = Voice::NoneValid;
            }
            (Self::OnlyHeadIsTold, Body::Escalated { to: Group::Mr, cause: Cause::SlaPassed, .. }) => return None,
            _ => {}
        }
        Some(new)
    }

    /// Whether a timer that fired already fires again.
    pub(crate) fn fires_again(it: Option<Self>) -> bool {
        it == Some(Self::TimerFiresTwice)
    }

    /// Whether the header stays as it was.
    pub(crate) fn loses_header(it: Option<Self>, staged: &[Fact]) -> bool {
        it == Some(Self::HeaderLost) && staged.iter().any(|fact| matches!(fact.body, Body::IncidentRecovered { .. }))
    }

    /// What is known of a key.
    pub(crate) fn correlated(it: Option<Self>, found: Correlation) -> Correlation {
        let longer = |until: Instant| if until.ms() == 0 { until } else { until.plus_minutes(5) };
        match it {
            Some(Self::JoinsTooLong) => Correlation { joins_until: found.joins_until.map(longer), ..found },
            _ => found,
        }
    }

    /// Whether an event is forgotten.
    pub(crate) fn forgets_event(it: Option<Self>, number: u64) -> bool {
        it == Some(Self::EventForgotten) && number.is_multiple_of(7)
    }

    /// By how much a page comes too soon.
    pub(crate) const fn hastens(it: Option<Self>, kind: &str) -> At {
        match it {
            Some(Self::PagesTooSoon) if kind.len() > 5 && matches!(kind.as_bytes(), [b'p', b'a', b'g', b'e', ..]) => {
                MINUTE
            }
            _ => 0,
        }
    }

    /// Whether pages go out without limit.
    pub(crate) fn knows_no_limit(it: Option<Self>) -> bool {
        it == Some(Self::PagesUnlimited)
    }

    /// Whether children hear nothing of their parent.
    pub(crate) fn keeps_children_waiting(it: Option<Self>) -> bool {
        it == Some(Self::ChildrenKeptWaiting)
    }

    /// Whether clocks of what a window left run from when the desk came to it.
    pub(crate) fn counts_from_the_desk(it: Option<Self>) -> bool {
        it == Some(Self::WindowCountsFromDesk)
    }

    /// Whether a window keeps what comes at its very end.
    pub(crate) fn keeps_at_the_end(it: Option<Self>) -> bool {
        it == Some(Self::WindowKeepsAtEnd)
    }

    /// Whether each alert that a window leaves opens an incident.
    pub(crate) fn opens_for_each(it: Option<Self>) -> bool {
        it == Some(Self::WindowOpensForEach)
    }

    /// Whether the window that ends first keeps an alert.
    pub(crate) fn prefers_the_shortest(it: Option<Self>) -> bool {
        it == Some(Self::WindowPrefersShortest)
    }

    /// Whether repeats in a window are not counted.
    pub(crate) fn forgets_repeats(it: Option<Self>) -> bool {
        it == Some(Self::WindowForgetsRepeats)
    }

    /// Whether a call to a number counts for one incident only.
    pub(crate) fn calls_for_one(it: Option<Self>) -> bool {
        it == Some(Self::CauseCallsForOne)
    }

    /// Whether one of those who are told of a cause is forgotten.
    pub(crate) fn forgets_a_member(it: Option<Self>) -> bool {
        it == Some(Self::CauseForgetsOne)
    }

    /// Whether somebody dials what somebody else dials.
    pub(crate) fn dials_what_is_held(it: Option<Self>) -> bool {
        it == Some(Self::NumberDialledTwice)
    }

    /// Whether somebody is reminded of a slot that has passed.
    pub(crate) fn reminds_of_what_passed(it: Option<Self>) -> bool {
        it == Some(Self::RemindsOfPassedSlot)
    }

    /// Distorts what the minute ledger says.
    pub(crate) fn accounted(self, ledgers: &mut [Account]) {
        for account in ledgers {
            match self {
                Self::LedgerForgetsSecond => {
                    account.stretches.retain(|(_, _, rule, _)| !rule.starts_with("Judged without impact, second"));
                }
                Self::LedgerLosesMinute => {
                    let last = account.stretches.last_mut().and_then(|stretch| stretch.1.as_mut());
                    last.into_iter().for_each(|to| *to -= MINUTE);
                }
                _ => {}
            }
        }
    }

    /// Distorts what the domain says.
    pub(crate) fn said(self, claims: &mut Claims, incident: &Incident, now: Instant) {
        let reported = incident.reports.last().map(|report| report.mark.at);
        let is_unjudged = incident.judgement().is_none();
        match self {
            Self::EarlyReportShiftsGrid => {
                let shifted = reported.map(|at| at.plus_minutes(60).ms());
                claims.next_slot = claims.next_slot.map(|slot| shifted.filter(|at| *at >= now.ms()).unwrap_or(slot));
            }
            Self::WithinExcludesInstant => {
                let on_time = claims.verdicts.iter_mut().filter(|verdict| verdict.ended == Some(verdict.due));
                on_time.for_each(|verdict| verdict.outcome = "missed".into());
            }
            Self::VoidedCallCounts => {
                let told = incident.publications.iter().find(|notice| notice.what.impact).map(|notice| notice.mark.at);
                let voided = incident.calls.iter().find(|call| call.what.voided.is_some() && call.what.first_valid);
                if let (Some(told), Some(call)) = (told, voided) {
                    let clock = claims.clocks.first_mut().filter(|clock| clock.end.is_none());
                    clock.into_iter().for_each(|clock| clock.end = Some(told.max(call.what.begun).ms()));
                }
            }
            Self::NoImpactHasFifteenMinutes => {
                let calm = claims.clocks.iter_mut().filter(|clock| !clock.impact);
                calm.for_each(|clock| clock.slo = clock.from + 15 * MINUTE);
            }
            Self::UnjudgedHasAnHour if is_unjudged => {
                claims.clocks.iter_mut().for_each(|clock| clock.slo = clock.from + 60 * MINUTE);
            }
            Self::VoicemailStopsRound => {
                let left = |call: &domain::incident::Call| call.result() == Some(CallResult::Voicemail);
                if incident.calls.iter().any(|call| left(&call.what)) && matches!(claims.calls, Calls::NewRound(_)) {
                    claims.calls = Calls::Stopped("answered".into());
                }
            }
            Self::RejudgementForgetsFirst if incident.impact() == Some(false) => {
                claims.clocks.iter_mut().for_each(|clock| clock.impact = false);
            }
            Self::ToolEndsClock => {
                let told = incident.tool_acknowledged.first().map(|mark| mark.at.ms());
                claims.clocks.iter_mut().for_each(|clock| clock.end = clock.end.or(told));
            }
            Self::RoundFromLastCall => {
                let last = incident.calls.last().map(|call| call.what.begun.plus_minutes(10).ms());
                if let (Calls::NewRound(_), Some(due)) = (&claims.calls, last) {
                    claims.calls = Calls::NewRound(due);
                }
            }
            Self::MergeCountsBackwards => {
                let told = incident.merging().and_then(|merging| merging.what.standing.told);
                if let (Some(told), Some(clock)) = (told, claims.clocks.first_mut()) {
                    clock.end = clock.end.map(|end| end.min(told.at.ms()));
                }
            }
            Self::NothingOwed if incident.impact() == Some(false) && incident.state == State::Notified => {
                claims.duties.clear();
            }
            _ => {}
        }
    }
}
