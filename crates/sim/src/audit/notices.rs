//! 障害発生連絡: when the notice clocks run and what ends them (design §5; R-3.3.3-1 to R-3.3.4-4, C-20).

use super::story::{Judged, Standing, Story};
use crate::claims::{At, Clock, Verdict};
use domain::fact::Voice;

const MINUTE: At = 60_000;

/// The clocks, the alert's first.
pub(crate) fn clocks(story: &Story) -> Vec<Clock> {
    let counting: Vec<&Judged> = story.judged.iter().filter(|judged| judged.counts.is_some()).collect();
    // Not yet judged counts as impact, but for what the customer filed as 低. The first judgement decides; a later "no"
    // never softens it; a later "yes" does harden it where the criteria held at the alert already.
    let with_parent = story.told_with_parent();
    let mut impact = match (counting.first(), with_parent.last()) {
        (Some(first), _) => first.impact,
        (None, Some((_, impact))) => *impact,
        (None, None) => !story.filed_low,
    };
    for judged in &counting {
        impact |= judged.impact && judged.held;
    }
    let mut clocks = vec![clock(story, story.start(), impact)];
    let mut before = None;
    for judged in &counting {
        let turned = before == Some(false) && judged.impact;
        if turned && !judged.held {
            clocks.push(clock(story, judged.line.1, true));
        }
        before = Some(judged.impact);
    }
    clocks
}

fn clock(story: &Story, from: At, impact: bool) -> Clock {
    let (slo, sla) = story.targets[usize::from(!impact)];
    Clock {
        from,
        impact,
        slo: from + slo * MINUTE,
        sla: sla.map(|sla| from + sla * MINUTE),
        end: own_end(story, from, impact).into_iter().chain(end_with_parent(story, from, impact)).min(),
    }
}

fn own_end(story: &Story, from: At, impact: bool) -> Option<At> {
    if impact { end_with_impact(story, from) } else { end_without(story, from) }
}

/// What the incident it was merged into told ends a clock from the instant it showed here, never one that began later.
fn end_with_parent(story: &Story, from: At, impact: bool) -> Option<At> {
    let shown = story.told_with_parent().into_iter().filter(|told| told.0 >= from && (told.1 || !impact));
    shown.map(|told| told.0).min()
}

/// How it stands for what is merged into it.
pub(crate) fn standing(story: &Story) -> Standing {
    let first = clocks(story).into_iter().next();
    let told = first.and_then(|clock| clock.end.map(|end| (end, clock.impact)));
    let recovered = story.recovery_told.last().filter(|_| story.state() == "recovery_notified").map(|line| line.1);
    let upheld = story.false_alarm.as_ref().is_some_and(|alarm| matches!(alarm.review, Some((_, true))));
    let with_parent = story.merging().is_some_and(|merged| merged.ended.is_some());
    Standing {
        told,
        recovered,
        ended: story.closed.is_some() || upheld || with_parent,
        is_false_alarm: story.state() == "false_alarm" && upheld,
    }
}

fn end_without(story: &Story, from: At) -> Option<At> {
    story.notices.iter().map(|notice| notice.line.1).find(|at| *at >= from)
}

fn end_with_impact(story: &Story, from: At) -> Option<At> {
    let notice = story.notices.iter().find(|notice| notice.impact && notice.line.1 >= from)?;
    let (seq, told) = notice.line;
    if !matches!(notice.voice, Voice::Required { .. }) {
        return Some(told);
    }
    let mut begun: Option<At> = None;
    for call in &story.calls {
        let in_time = story.closed.is_none_or(|closed| call.line.0 < closed.0);
        if call.first && !call.voided && call.begun >= from && in_time {
            begun = Some(begun.map_or(call.begun, |other| other.min(call.begun)));
        }
    }
    // A judgement that takes the impact away ends what nobody had begun: from then on nobody has to be called.
    let away = story.judged.iter().filter(|judged| !judged.impact).filter_map(|judged| judged.counts);
    let away = away.filter(|line| line.0 > seq).map(|line| line.1).min();
    match (begun, away) {
        (Some(begun), Some(away)) if begun > away => Some(away),
        (Some(begun), _) => Some(begun.max(told)),
        (None, away) => away,
    }
}

/// Each target as it would be final at an instant.
pub(crate) fn verdicts(story: &Story) -> Vec<Verdict> {
    let upheld = story.false_alarm.as_ref().is_some_and(|alarm| matches!(alarm.review, Some((_, true))));
    let is_void = upheld || story.merging().is_some_and(|merged| merged.standing.is_false_alarm);
    let mut verdicts = vec![];
    for (number, clock) in clocks(story).into_iter().enumerate() {
        for (target, due) in [("slo", Some(clock.slo)), ("sla", clock.sla)] {
            let Some(due) = due else { continue };
            let is_met = clock.end.is_some_and(|end| end <= due);
            let outcome = if is_void {
                "void"
            } else if is_met {
                "met"
            } else {
                "missed"
            };
            let (target, outcome) = (target.to_owned(), outcome.to_owned());
            verdicts.push(Verdict { clock: number as u32, target, outcome, due, ended: clock.end });
        }
    }
    verdicts
}
