//! Each fact as it is written, against what was written before it: nothing may be said too early, twice, or by the wrong one.

use super::plan::{Occasion, Plan};
use super::story::Story;
use super::{calls, notices, owed, slots};
use crate::claims::{At, word};
use domain::fact::{Body, Fact, Reminder, Target, Voice};
use domain::incident::escalation::Cause;
use jiff::civil::Date;

/// What stands around a fact.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Around<'a> {
    pub(crate) plans: &'a [Plan],
    pub(crate) closures: &'a [Date],
    pub(crate) service: Option<&'a str>,
}

/// What does not hold, in words.
pub(crate) type Wrong = Vec<String>;

fn expect(wrong: &mut Wrong, holds: bool, what: impl FnOnce() -> String) {
    if !holds {
        wrong.push(what());
    }
}

impl Around<'_> {
    /// The plan of a project valid at an instant, as it was recorded before a fact.
    fn plan(&self, project: &str, at: At, before: u64) -> Option<&Plan> {
        let known = self.plans.iter().rev().filter(|plan| plan.seq < before);
        known.into_iter().find(|plan| plan.project == project && plan.valid_from <= at)
    }

    fn occasion(&self, at: At) -> Occasion<'_> {
        Occasion { at, service: self.service, closures: self.closures }
    }
}

/// Checks one fact of an incident against the story before it; what a timer says, against the one before its transaction too.
pub(crate) fn check([before, begun]: [&Story; 2], fact: &Fact, around: &Around<'_>) -> Wrong {
    let mut wrong = vec![];
    let now = fact.instant.ms();
    let is_by_desk = fact.actor == domain::access::Actor::System;
    if let Some(timer) = timer_of(&fact.body).filter(|_| is_by_desk) {
        let mut stood = owed::timers(before, around.closures);
        stood.extend(owed::timers(begun, around.closures));
        expect(&mut wrong, stood.iter().any(|(name, due)| *name == timer && *due <= now), || {
            format!("'{}' is said though no timer {timer} was due: {stood:?}", word(&fact.body))
        });
    }
    if let Body::IncidentReminded { reminder: Reminder::InterimSoon | Reminder::LongSilence, .. } = &fact.body {
        // After an outage of ours a slot that passed is named as missed, and nobody is reminded of it.
        let passed = slots::to_watch(begun).filter(|slot| *slot < now);
        expect(&mut wrong, passed.is_none(), || format!("a reminder of slot {passed:?}, which has passed"));
    }
    match &fact.body {
        Body::IncidentJudged { .. } | Body::JudgementConfirmed { .. } => judged(before, fact, &mut wrong),
        Body::IncidentNotified { .. } => notified(before, fact, around, &mut wrong),
        Body::CallBegun { .. } | Body::CallEnded { .. } => called(before, fact, around, &mut wrong),
        Body::InterimReported { next_due, .. } => {
            let promised = next_due.map(|due| due.ms());
            let owed = slots::promise(before, now);
            expect(&mut wrong, promised == owed, || {
                format!("the report promises {promised:?}, but the slot after the one it fills is {owed:?}")
            });
        }
        Body::SlotMissed { slot } => {
            let slot = slot.ms();
            let is_owed = slots::is_on_grid(before, slot) && slots::owed_until(before, slot).contains(&slot);
            let is_missed = slot < now && !slots::is_filled(before, slot);
            let is_new = before.missed.iter().all(|missed| missed.1 != slot);
            expect(&mut wrong, is_owed && is_missed && is_new, || format!("slot {slot} was not missed then"));
        }
        Body::TargetPassed { clock, target, due } => {
            let clocks = notices::clocks(before);
            let found = clocks.get(*clock as usize);
            let own = found.and_then(|clock| if *target == Target::Slo { Some(clock.slo) } else { clock.sla });
            let is_running = found.is_some_and(|clock| clock.end.is_none());
            expect(&mut wrong, own == Some(due.ms()) && is_running && now > due.ms(), || {
                format!("{target:?} of clock {clock} did not pass then: {found:?}")
            });
        }
        Body::PageQueued { escalation, step, person, .. } => {
            let asked = (*escalation as usize).checked_sub(1).and_then(|place| before.asked.get(place));
            let is_right = asked.is_some_and(|asked| {
                let below = asked.pages.iter().filter(|page| page.step + 1 == *step);
                let reached = below.filter_map(|page| page.tried).min();
                let is_time = *step == 0 && now == asked.line.1 || reached.is_some_and(|at| now >= at + 300_000);
                let is_new =
                    asked.pages.iter().all(|page| (page.step, page.person.as_str()) != (*step, person.as_str()));
                let is_theirs = if asked.ordered {
                    asked.ladder.get(*step as usize).is_some_and(|next| next == person.as_str())
                } else {
                    *step < 3 && asked.ladder.iter().any(|next| next == person.as_str())
                };
                is_time && is_new && is_theirs && asked.taken.is_none() && before.is_open()
            });
            expect(&mut wrong, is_right, || format!("page {escalation}.{step} to {person} is not due: {asked:?}"));
        }
        Body::Escalated { cause: Cause::Unrecovered, to, .. } => {
            let name = format!("unrecovered:{}", to.code());
            let is_due = owed::timers(before, around.closures).iter().any(|(timer, due)| *timer == name && *due <= now);
            expect(&mut wrong, is_due, || format!("{to:?} is told that it is not recovered, which is not due"));
        }
        _ => ended(before, fact, around, &mut wrong),
    }
    wrong
}

/// The timer by which the desk itself says something.
fn timer_of(body: &Body) -> Option<String> {
    Some(match body {
        Body::IncidentReminded { reminder, .. } => match reminder {
            Reminder::Unjudged => "unjudged".into(),
            Reminder::UnjudgedLong => "unjudged_long".into(),
            Reminder::InterimSoon => "interim_soon".into(),
            Reminder::LongSilence => "long_silence".into(),
        },
        Body::TargetPassed { clock, target, .. } => format!("{}:{clock}", word(target)),
        Body::SlotMissed { .. } => "interim_slot".into(),
        Body::MessageUndelivered { message } => format!("undelivered:{message}"),
        Body::CallVoided { call } => format!("call_unresolved:{call}"),
        Body::FalseAlarmReviewed { .. } => "false_alarm_unreviewed".into(),
        Body::IncidentClosed { .. } => "auto_close".into(),
        _ => return None,
    })
}

/// 影響判定: answers decide; "no" after 15 minutes, and any change to "no", counts once a second person confirms it.
fn judged(before: &Story, fact: &Fact, wrong: &mut Wrong) {
    let now = fact.instant.ms();
    match &fact.body {
        Body::IncidentJudged { impact, answers, needs_second, held_at_alert, .. } => {
            let is_first = before.judged.is_empty();
            let is_late = now - before.start() > 15 * 60_000;
            let owed = !impact && (!is_first || is_late);
            expect(wrong, *needs_second == owed, || format!("a second person is needed: {owed}, said {needs_second}"));
            if is_first && !answers.is_empty() {
                let yes = answers.iter().any(|answer| answer.yes);
                expect(wrong, *impact == yes, || format!("the answers mean impact: {yes}"));
            }
            let other = before.judged.last().is_none_or(|last| last.impact != *impact);
            expect(wrong, other, || "judged again as it was".into());
            expect(wrong, is_first || fact.reason.is_some(), || "judged again without a reason".into());
            expect(wrong, held_at_alert.is_none() || (*impact && !is_first), || "held at the alert of a first".into());
        }
        Body::JudgementConfirmed { judgement } => {
            let found = before.judged.iter().find(|judged| judged.line.0 == *judgement);
            let by = fact.actor.person_id().map(ToString::to_string);
            let is_second = found.is_some_and(|judged| judged.counts.is_none() && judged.by != by);
            expect(wrong, by.is_some() && is_second, || format!("not confirmed by a second person: {found:?}"));
        }
        _ => {}
    }
}

/// 障害発生連絡: a call is owed beside it where the plan valid at that minute names somebody.
fn notified(before: &Story, fact: &Fact, around: &Around<'_>, wrong: &mut Wrong) {
    let Body::IncidentNotified { impact, plan, voice, next_due, rounds, .. } = &fact.body else { return };
    let now = fact.instant.ms();
    let valid = around.plan(&before.project, now, fact.seq);
    expect(wrong, *plan == valid.map(|valid| valid.version), || format!("by plan {plan:?}, valid is {valid:?}"));
    if !impact {
        expect(wrong, *voice == Voice::NotOwed && next_due.is_none(), || "a call or report owed without impact".into());
        return;
    }
    // With impact it is published in the act of the judgement.
    let judged = before.judged.last().is_some_and(|judged| judged.impact && judged.line.1 == now);
    expect(wrong, judged, || "a notice with impact without a judgement in the same act".into());
    let first = valid.map(|plan| (plan.text.waived_by.is_some(), plan.text.valid(&around.occasion(now))));
    let by_ticket = before.recovered_by_itself() && valid.is_some_and(|plan| plan.text.self_recovery == "ticket");
    let owed = match &first {
        Some((true, _)) => "waived".to_owned(),
        Some((_, valid)) if by_ticket && !valid.is_empty() => "self-recovered".to_owned(),
        Some((_, valid)) => valid.first().map_or("nobody".to_owned(), |(_, id)| format!("call {id}")),
        None => "nobody".to_owned(),
    };
    let said = match voice {
        Voice::Required { contact } => format!("call {contact}"),
        Voice::NoneValid => "nobody".into(),
        Voice::Waived => "waived".into(),
        Voice::SelfRecovered => "self-recovered".into(),
        Voice::NotOwed => "not owed".into(),
        Voice::OnOwnCall { contact } => {
            let phone = before.phone.as_ref().filter(|phone| phone.ended.is_none());
            let theirs = phone.and_then(|phone| phone.contact.clone());
            expect(wrong, theirs.as_deref() == Some(contact.as_str()), || format!("{contact} was not on the line"));
            owed.clone()
        }
    };
    expect(wrong, said == owed, || format!("the notice says '{said}', the plan '{owed}'"));
    let promised = next_due.map(|due| due.ms());
    let owed = slots::promise_of_notice(before, now);
    expect(wrong, promised == owed, || format!("the notice promises {promised:?}, owed is {owed:?}"));
    let own = rounds.map(|rounds| (At::from(rounds.every_minutes), At::from(rounds.for_minutes)));
    let planned = valid.filter(|_| matches!(voice, Voice::Required { .. })).map(|plan| plan.text.rounds);
    let planned = planned.map(|rounds| (rounds.every_minutes, rounds.for_minutes));
    expect(wrong, own == planned, || format!("rounds {own:?}, planned {planned:?}"));
}

/// 架電: by rank, and first is who the plan names first at that minute.
fn called(before: &Story, fact: &Fact, around: &Around<'_>, wrong: &mut Wrong) {
    match &fact.body {
        Body::CallBegun { contact, rank, plan, first_valid, begun, stated, round, last_of_round, .. } => {
            let now = fact.instant.ms();
            let begun = begun.ms();
            let Some(valid) = around.plan(&before.project, begun, fact.seq) else {
                wrong.push("called by no plan".into());
                return;
            };
            let on = around.occasion(begun);
            let id = contact.as_str();
            let asked = before.notices.iter().rev().find(|notice| notice.impact && notice.line.1 <= begun);
            let asked_for = asked.and_then(|notice| match &notice.voice {
                Voice::Required { contact } => Some(contact.as_str()),
                _ => None,
            });
            let (own_round, tried) = calls::round(before);
            let open: Vec<(u32, &str)> =
                valid.text.valid(&on).into_iter().filter(|(_, id)| !tried.iter().any(|tried| tried == id)).collect();
            let is_turn = open.first().is_none_or(|(_, next)| *next == id);
            let owed = (
                valid.version,
                valid.text.rank(id),
                valid.text.is_first(id, asked_for, &on),
                own_round,
                open.iter().all(|(_, other)| *other == id),
                now - begun > 120_000,
            );
            let said = (*plan, Some(*rank), *first_valid, *round, *last_of_round, *stated);
            expect(wrong, said == owed, || {
                format!("plan, rank, first, round, last, stated of the call: said {said:?}, owed {owed:?}")
            });
            let is_late = now - begun > 120_000;
            let may = fact.reason.is_some() || (!is_late && (is_turn || !calls::order_binds(before)));
            expect(wrong, may, || "out of turn, or stated late, without a reason".into());
            let is_possible = calls::under_way(before).is_none() && begun <= now && begun >= before.start();
            expect(wrong, is_possible, || "a call begins while another runs, or before the alert".into());
        }
        Body::CallEnded { call, .. } => {
            let place = (*call as usize).checked_sub(1);
            let found = place.and_then(|place| before.calls.get(place));
            expect(wrong, found.is_some_and(|call| call.under_way()), || format!("call {call} ends twice or is none"));
        }
        _ => {}
    }
}

/// Ends: recovery, closing, false alarm, verdict.
fn ended(before: &Story, fact: &Fact, around: &Around<'_>, wrong: &mut Wrong) {
    let now = fact.instant.ms();
    match &fact.body {
        Body::ReportApproved { report, version, .. } | Body::ReportReturned { report, version } => {
            let is_final = *report == domain::incident::report::ReportKind::Final;
            let last = before.written.iter().rev().find(|it| it.is_final == is_final);
            let by = fact.actor.person_id().map(ToString::to_string);
            let fits = last.is_some_and(|it| it.number == *version && it.decided.is_none() && it.by != by);
            expect(wrong, fits && by.is_some(), || format!("{report:?} {version} is decided by {by:?}: {last:?}"));
        }
        Body::IncidentRecovered { recovered_at, .. } => {
            let at = recovered_at.ms();
            let fits = before.start() <= at && at <= now && now - at <= 24 * 3_600_000 && before.state() == "notified";
            expect(wrong, fits, || format!("recovered at {at} cannot be"));
        }
        Body::IncidentClosed { automatic, .. } => {
            let is_told = before.state() == "recovery_notified";
            let waits = before.judged.last().is_some_and(|judged| judged.counts.is_none());
            let is_time = owed::auto_close(before, around.closures).is_some_and(|due| due <= now);
            let by_person = fact.actor.person_id().is_some() || before.major.is_none();
            expect(wrong, by_person, || "a major incident closed by no person".into());
            expect(wrong, is_told && if *automatic { is_time } else { !waits }, || "closed too early".into());
        }
        Body::FalseAlarmDeclared { .. } => {
            let is_early = notices::clocks(before).iter().all(|clock| now <= clock.slo);
            let with_known = before.children.iter().any(|child| child.known && !child.undone);
            let is_ours = !before.is_known_to_customer() && before.false_alarm.is_none() && !with_known;
            expect(wrong, is_early && is_ours, || "a false alarm after the due, or of what the customer knows".into());
        }
        Body::FalseAlarmReviewed { upheld } => {
            let by = fact.actor.person_id().map(ToString::to_string);
            let alarm = before.false_alarm.as_ref().filter(|alarm| alarm.review.is_none());
            let due = alarm.and_then(|alarm| super::days::after(alarm.line.1, 1, around.closures));
            let is_other = alarm.is_some_and(|alarm| by.is_some() && alarm.by != by);
            let in_time = due.is_some_and(|due| now <= due);
            let fits = if *upheld { is_other && in_time } else { is_other || (by.is_none() && !in_time) };
            expect(wrong, alarm.is_some() && fits, || format!("upheld {upheld} by {by:?}, due {due:?}"));
        }
        Body::VerdictGiven { clock, target, outcome, due, ended, .. } => {
            let said = crate::claims::Verdict {
                clock: *clock,
                target: word(target),
                outcome: word(outcome),
                due: due.ms(),
                ended: ended.map(|at| at.ms()),
            };
            let owed = notices::verdicts(before);
            let is_new = before.verdicts.iter().all(|(_, v)| (v.clock, &v.target) != (said.clock, &said.target));
            let with_parent = before.merging().is_some_and(|merged| merged.ended.is_some());
            let ends = before.closed.is_some() || before.false_alarm.is_some() || with_parent;
            expect(wrong, owed.contains(&said) && is_new && ends, || format!("verdict {said:?}, owed {owed:?}"));
        }
        _ => {}
    }
}
