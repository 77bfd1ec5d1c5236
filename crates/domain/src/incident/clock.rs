//! The notice clocks of an incident and their verdicts (R-3.3.3-*, R-3.3.4-*; ).
//!
//! The first clock runs from the alert. A re-judgement from no impact to impact starts a second one from the judgement,
//! unless the criteria held at the alert already: then the first clock is the official one. Wall time, all days, never
//! paused. "Within" includes the instant.

use super::{Incident, Judgement, Marked};
use crate::clocks::Verdict;
use crate::fact::{Outcome, Target, Voice};
use crate::time::Instant;

/// Edition of the rules in this file, named by every verdict. A released edition is never edited; a new one stands beside.
pub const RULES: u32 = 1;

/// What a clock starts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// The receipt of the alert.
    Alert,
    /// A re-judgement to impact: its place among the judgements.
    Rejudgement(usize),
}

/// One notice clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoticeClock {
    /// Its number in the incident, from 0.
    pub number: u32,
    /// What it starts from.
    pub basis: Basis,
    /// When it starts.
    pub from: Instant,
    /// Whether it runs with the targets for impact; so it does while nothing is judged.
    pub impact: bool,
    /// SLO due.
    pub slo_due: Instant,
    /// SLA due; none without impact (`(SLA なし)`).
    pub sla_due: Option<Instant>,
    /// What ended it.
    pub end: Option<End>,
}

/// What ended a clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// When.
    pub at: Instant,
    /// The fact of the publication.
    pub published: u64,
    /// The fact of the call, where a call ended it.
    pub called: Option<u64>,
    /// The fact by which a judgement without impact came to count, where that ended it: nobody has to be called any more.
    pub judged_away: Option<u64>,
    /// Whether the publication was that of the incident it was merged into.
    pub with_parent: bool,
}

/// A final verdict as its fact tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FinalVerdict {
    /// Which clock.
    pub clock: u32,
    /// Which target.
    pub target: Target,
    /// How it stands.
    pub outcome: Outcome,
    /// When it was due.
    pub due: Instant,
    /// When it was ended, if it was.
    pub ended: Option<Instant>,
    /// Edition of the rules.
    pub rules: u32,
}

impl NoticeClock {
    /// The due instant of a target; none where there is no such target.
    pub const fn due(&self, target: Target) -> Option<Instant> {
        match target {
            Target::Slo => Some(self.slo_due),
            Target::Sla => self.sla_due,
        }
    }

    /// How a target stands at `now`; none where there is no such target.
    pub fn verdict(&self, target: Target, now: Instant) -> Option<Verdict> {
        let due = self.due(target)?;
        Some(Verdict::of(due, self.end.as_ref().map(|end| end.at), Some(now)))
    }

    /// The next instant that matters: the SLO's due, then the SLA's; none once it ended.
    pub fn next_due(&self, now: Instant) -> Option<Instant> {
        if self.end.is_some() {
            return None;
        }
        match self.sla_due {
            Some(sla) if now > self.slo_due => Some(sla),
            _ => Some(self.slo_due),
        }
    }
}

impl Incident {
    /// The notice clocks, the alert's first.
    pub fn clocks(&self) -> Vec<NoticeClock> {
        let counting: Vec<(usize, &Marked<Judgement>)> =
            self.judgements.iter().enumerate().filter(|(_, j)| j.what.counts()).collect();
        let impact = self.alert_clock_has_impact(&counting);
        let mut clocks = vec![self.clock(0, Basis::Alert, self.alert_at(), impact)];
        for pair in counting.windows(2) {
            let ((_, before), (place, after)) = (pair[0], pair[1]);
            if !before.what.impact && after.what.impact && after.what.held_at_alert != Some(true) {
                let number = clocks.len() as u32;
                clocks.push(self.clock(number, Basis::Rejudgement(place), after.mark.at, true));
            }
        }
        clocks
    }

    /// Unjudged counts as impact, but what the customer filed as 低 does not (C-20); the first judgement that counts decides, unless a later one found that the
    /// criteria had held at the alert. A later "no" never softens it.
    fn alert_clock_has_impact(&self, counting: &[(usize, &Marked<Judgement>)]) -> bool {
        let first = counting.first().map(|(_, judgement)| judgement.what.impact);
        let with_parent = || self.told_with_parent().last().map(|told| told.impact);
        let first = first.or_else(with_parent).unwrap_or_else(|| self.counts_as_impact_unjudged());
        first || counting.iter().any(|(_, j)| j.what.impact && j.what.held_at_alert == Some(true))
    }

    fn clock(&self, number: u32, basis: Basis, from: Instant, impact: bool) -> NoticeClock {
        let targets = if impact { self.targets.with_impact } else { self.targets.without_impact };
        NoticeClock {
            number,
            basis,
            from,
            impact,
            slo_due: targets.slo_minutes.after(from),
            sla_due: targets.sla_minutes.map(|within| within.after(from)),
            end: self.earliest_end(from, impact),
        }
    }

    /// The later of "published with impact" and "first call begun to the first contact valid at that minute". Impact
    /// judged away before anybody was called ends the clock then: no call is owed from that instant, and what had passed
    /// until then stays passed.
    fn end_with_impact(&self, from: Instant) -> Option<End> {
        let published = self.publications.iter().find(|p| p.mark.at >= from && p.what.impact)?;
        let (told, seq) = (published.mark.at, published.mark.seq);
        if !matches!(published.what.voice, Voice::Required { .. }) {
            return Some(End { at: told, published: seq, called: None, judged_away: None, with_parent: false });
        }
        let is_before_the_end = |seq| self.closure.as_ref().is_none_or(|closure| seq < closure.mark.seq);
        let calls = self.calls.iter().filter(|call| is_before_the_end(call.mark.seq));
        let calls = calls.filter(|call| call.what.counts() && call.what.first_valid && call.what.begun >= from);
        let call = calls.min_by_key(|call| call.what.begun);
        let without_impact = self.judgements.iter().filter(|judgement| !judgement.what.impact);
        let away = without_impact.filter_map(Marked::counts_since).find(|mark| mark.seq > seq);
        match (call, away) {
            (Some(call), away) if away.is_none_or(|away| call.what.begun <= away.at) => {
                let at = told.max(call.what.begun);
                Some(End { at, published: seq, called: Some(call.mark.seq), judged_away: None, with_parent: false })
            }
            (_, Some(away)) => {
                Some(End { at: away.at, published: seq, called: None, judged_away: Some(away.seq), with_parent: false })
            }
            _ => None,
        }
    }

    fn end_by_publication(&self, from: Instant) -> Option<End> {
        let published = self.publications.iter().find(|p| p.mark.at >= from)?;
        Some(End {
            at: published.mark.at,
            published: published.mark.seq,
            called: None,
            judged_away: None,
            with_parent: false,
        })
    }

    /// By its own notice or by that of the incident it was merged into, whichever came first.
    fn earliest_end(&self, from: Instant, impact: bool) -> Option<End> {
        let own = if impact { self.end_with_impact(from) } else { self.end_by_publication(from) };
        own.into_iter().chain(self.end_with_parent(from, impact)).min_by_key(|end| end.at)
    }

    /// What the incident it was merged into told, from the instant that it showed here. Only impact told ends a clock
    /// with impact.
    fn end_with_parent(&self, from: Instant, impact: bool) -> Option<End> {
        let told = self.told_with_parent().filter(|told| told.at >= from && (told.impact || !impact));
        let told = told.min_by_key(|told| told.at)?;
        Some(End { at: told.at, published: told.published, called: None, judged_away: None, with_parent: true })
    }

    /// The verdicts to write when the incident ends; those written already are left alone.
    pub fn verdicts_at_end(&self, now: Instant) -> Vec<FinalVerdict> {
        let given = |verdict: &FinalVerdict| {
            self.verdicts.iter().any(|v| (v.what.clock, v.what.target) == (verdict.clock, verdict.target))
        };
        self.verdicts_as_of(now).into_iter().filter(|verdict| !given(verdict)).collect()
    }

    /// Every verdict as it would be final at `now`: a target without a notice is missed, a false alarm that stands is void.
    pub fn verdicts_as_of(&self, now: Instant) -> Vec<FinalVerdict> {
        let upheld = self.false_alarm.as_ref().is_some_and(|alarm| matches!(alarm.what.review, Some((_, true))));
        let void = upheld || self.is_void_with_parent();
        let mut verdicts = vec![];
        for clock in self.clocks() {
            for target in [Target::Slo, Target::Sla] {
                let Some(due) = clock.due(target) else { continue };
                let outcome = match clock.verdict(target, now) {
                    _ if void => Outcome::Void,
                    Some(Verdict::Met) => Outcome::Met,
                    _ => Outcome::Missed,
                };
                let ended = clock.end.as_ref().map(|end| end.at);
                verdicts.push(FinalVerdict { clock: clock.number, target, outcome, due, ended, rules: RULES });
            }
        }
        verdicts
    }
}
