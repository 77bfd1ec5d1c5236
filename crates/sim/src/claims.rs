//! What the domain says of an incident at an instant: everything a screen, a timer row or a report would be made of. The
//! auditor computes the same from the facts in its own way, and both must agree.

use crate::world::{Record, World};
use domain::incident::clock::NoticeClock;
use domain::incident::duty::DutyKind;
use domain::incident::{Calling, Incident, Reached};
use domain::time::Instant;

/// Milliseconds since 1970: the auditor knows no other time.
pub(crate) type At = i64;

/// Everything that is said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Claims {
    pub(crate) state: String,
    pub(crate) impact: Option<bool>,
    pub(crate) clocks: Vec<Clock>,
    /// As they would be final now: clock, target, outcome, due, end.
    pub(crate) verdicts: Vec<Verdict>,
    pub(crate) calls: Calls,
    /// By when the customer hears again.
    pub(crate) next_slot: Option<At>,
    /// What a report made now would promise.
    pub(crate) promise: Option<At>,
    /// What is owed: the duty's name and its due, in no order.
    pub(crate) duties: Vec<(String, At)>,
    /// What has still to fire: the timer's kind and its due, in no order.
    pub(crate) timers: Vec<(String, At)>,
    /// When nothing more was owed.
    pub(crate) ended: Option<At>,
    /// Until when the same alert joins: none for ever, 0 for no longer.
    pub(crate) joins_until: Option<At>,
    /// The common cause it is linked to.
    pub(crate) cause: Option<u64>,
}

/// What the minute ledger says of one clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Account {
    /// What it starts from.
    pub(crate) basis: &'static str,
    /// From, to, by which rule, by which fact.
    pub(crate) stretches: Vec<(At, Option<At>, &'static str, u64)>,
    /// Why it ended, by which fact.
    pub(crate) stop: Option<(&'static str, u64)>,
}

/// The minute ledger of every clock.
pub(crate) fn ledgers(incident: &Incident) -> Vec<Account> {
    let account = |ledger: domain::incident::ledger::Ledger| Account {
        basis: ledger.basis.en,
        stretches: ledger
            .stretches
            .iter()
            .map(|it| (it.from.ms(), it.to.map(Instant::ms), it.rule.en, it.fact))
            .collect(),
        stop: ledger.stop.map(|(why, fact)| (why.en, fact)),
    };
    incident.ledgers().into_iter().map(account).collect()
}

/// A notice clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Clock {
    pub(crate) from: At,
    pub(crate) impact: bool,
    pub(crate) slo: At,
    pub(crate) sla: Option<At>,
    pub(crate) end: Option<At>,
}

/// One verdict, in the words of its fact.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Verdict {
    pub(crate) clock: u32,
    pub(crate) target: String,
    pub(crate) outcome: String,
    pub(crate) due: At,
    pub(crate) ended: Option<At>,
}

/// How the calls stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Calls {
    NotOwed,
    UnderWay(u32, At),
    NextRank(At),
    NewRound(At),
    Stopped(String),
}

/// The words of a small enum of the domain, in lower case.
pub(crate) fn word(it: &impl std::fmt::Debug) -> String {
    format!("{it:?}").to_lowercase()
}

impl Claims {
    /// What is said of an incident now.
    pub(crate) fn of(world: &World, record: &Record, now: Instant) -> Self {
        let incident = &record.incident;
        let calendar = world.calendar(incident.as_of);
        let due = |kind: &DutyKind| match kind {
            DutyKind::CallUndelivered(message) => format!("{}:{message}", kind.code()),
            DutyKind::Escalation(number) | DutyKind::Promise(number) => format!("{}:{number}", kind.code()),
            _ => kind.code().to_owned(),
        };
        let rows = record.timers.iter().filter(|(_, row)| row.fired.is_none());
        let joins_until = match incident.joins_until() {
            domain::incident::Joins::Yes => None,
            domain::incident::Joins::Until(at) => Some(at.ms()),
            domain::incident::Joins::No => Some(0),
        };
        let duties = incident.duties(now, &calendar);
        Self {
            state: incident.state.code().to_owned(),
            impact: incident.impact(),
            clocks: incident.clocks().iter().map(Clock::of).collect(),
            verdicts: verdicts(incident, now),
            calls: Calls::of(incident),
            next_slot: incident.next_open_slot(now).map(Instant::ms),
            promise: incident.promise_of_report(now).map(Instant::ms),
            duties: duties.iter().map(|duty| (due(&duty.kind), duty.due.ms())).collect(),
            timers: rows.map(|(kind, row)| (kind.clone(), row.due.ms())).collect(),
            ended: incident.ended_at().map(Instant::ms),
            joins_until,
            cause: incident.cause(),
        }
    }
}

impl Clock {
    fn of(clock: &NoticeClock) -> Self {
        Self {
            from: clock.from.ms(),
            impact: clock.impact,
            slo: clock.slo_due.ms(),
            sla: clock.sla_due.map(Instant::ms),
            end: clock.end.as_ref().map(|end| end.at.ms()),
        }
    }
}

impl Calls {
    fn of(incident: &Incident) -> Self {
        match incident.calling() {
            Calling::NotOwed => Self::NotOwed,
            Calling::UnderWay { call, due } => Self::UnderWay(call, due.ms()),
            Calling::NextRank { due } => Self::NextRank(due.ms()),
            Calling::NewRound { due } => Self::NewRound(due.ms()),
            Calling::Stopped(reached) => Self::Stopped(
                match reached {
                    Reached::Answered => "answered",
                    Reached::CalledBack => "called back",
                    Reached::Acknowledged => "acknowledged",
                    Reached::Read => "read",
                    Reached::Recovered => "recovered",
                }
                .to_owned(),
            ),
        }
    }
}

fn verdicts(incident: &Incident, now: Instant) -> Vec<Verdict> {
    let said = incident.verdicts_as_of(now).into_iter();
    said.map(|verdict| Verdict {
        clock: verdict.clock,
        target: word(&verdict.target),
        outcome: word(&verdict.outcome),
        due: verdict.due.ms(),
        ended: verdict.ended.map(Instant::ms),
    })
    .collect()
}
