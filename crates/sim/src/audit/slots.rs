//! 中間報告: an instant each hour after the first notice of impact, while it lasts (design §5; R-4.2.2-16 to -18; ).
//!
//! Walks the hours one by one and asks of each how things stood then.

use super::story::Story;
use crate::claims::At;

const HOUR: At = 3_600_000;
/// More hours than any history has.
const HOURS_MAX: At = 24 * 90;

/// Whether reports are owed at an instant, by all that was said up to and including it.
fn is_owed_at(story: &Story, at: At) -> bool {
    if story.closed.is_some_and(|closed| closed.1 <= at) {
        return false;
    }
    // Back is back only from the instant at which somebody said so.
    let is_back = story.recoveries.iter().any(|recovery| {
        let from = recovery.line.1.max(recovery.at);
        from <= at && recovery.undone.is_none_or(|undone| at < undone)
    });
    if is_back {
        return false;
    }
    // While it is merged, the reports are the other one's.
    let is_merged =
        |merged: &super::story::Merged| merged.line.1 <= at && merged.undone.is_none_or(|undone| at < undone);
    if story.merged.iter().any(is_merged) {
        return false;
    }
    // Impact judged away: owed until a report told of it, and again once it is judged to be there.
    let mut away = None;
    let mut is_told_away = false;
    let counted = story.judged.iter().filter_map(|judged| judged.counts.map(|line| (line, Some(judged.impact))));
    let reported = story.reports.iter().map(|report| (report.0, None));
    let mut turns: Vec<_> = counted.chain(reported).filter(|(line, _)| line.1 <= at).collect();
    turns.sort_by_key(|(line, _)| line.0);
    for (_, impact) in turns {
        match impact {
            Some(true) => (away, is_told_away) = (None, false),
            Some(false) => away = away.or(Some(())),
            None => is_told_away |= away.is_some(),
        }
    }
    !is_told_away
}

/// The slots that are owed up to an instant, as everything stands now.
pub(crate) fn owed_until(story: &Story, until: At) -> Vec<At> {
    let Some(first) = first_notice(story) else { return vec![] };
    let hours = (1..HOURS_MAX).map(|n| first + n * HOUR).take_while(|slot| *slot <= until);
    hours.filter(|slot| is_owed_at(story, *slot)).collect()
}

fn first_notice(story: &Story) -> Option<At> {
    story.notices.iter().find(|notice| notice.impact).map(|notice| notice.line.1)
}

/// Whether a report came in the hour that ends at a slot, the slot itself included.
pub(crate) fn is_filled(story: &Story, slot: At) -> bool {
    story.reports.iter().any(|report| report.0.1 > slot - HOUR && report.0.1 <= slot)
}

/// Whether reports are owed from now on.
pub(crate) fn is_reporting(story: &Story) -> bool {
    first_notice(story).is_some() && is_owed_at(story, At::MAX)
}

/// The first slot at or after an instant that is owed and not filled.
pub(crate) fn next_open(story: &Story, now: At) -> Option<At> {
    slots_from(story, now).find(|slot| !is_filled(story, *slot))
}

/// What a report made now promises: the slot after the one it fills.
pub(crate) fn promise(story: &Story, now: At) -> Option<At> {
    if story.impact() == Some(false) { None } else { slots_from(story, now).nth(1) }
}

/// What a notice with impact made now promises.
pub(crate) fn promise_of_notice(story: &Story, now: At) -> Option<At> {
    if story.is_recovered() {
        return None;
    }
    let first = first_notice(story).unwrap_or(now);
    (1..HOURS_MAX).map(|n| first + n * HOUR).find(|slot| *slot > now && !is_filled(story, *slot))
}

/// By when a report is owed: what passed while the customer heard nothing, or else the next open slot.
pub(crate) fn due(story: &Story, now: At) -> Option<At> {
    if !is_reporting(story) {
        return None;
    }
    let told = story.last_told();
    let mut late = owed_until(story, now - 1).into_iter().filter(|slot| *slot > told && !is_filled(story, *slot));
    late.next().or_else(|| next_open(story, now))
}

/// The first slot after an instant, filled or not.
pub(crate) fn after(story: &Story, at: At) -> Option<At> {
    slots_from(story, at + 1).next()
}

/// The first slot that is owed, neither filled nor named as missed.
pub(crate) fn to_watch(story: &Story) -> Option<At> {
    let start = first_notice(story)?;
    slots_from(story, start)
        .find(|slot| !is_filled(story, *slot) && !story.missed.iter().any(|missed| missed.1 == *slot))
}

/// The owed slots at or after an instant; none once reports have ended for good.
fn slots_from(story: &Story, from: At) -> impl Iterator<Item = At> {
    let first = first_notice(story);
    // Nothing that was said lies after this: beyond it every slot is owed, or none.
    let last_said = story.last_step.max(from) + 3 * HOUR;
    let is_endless = is_reporting(story);
    let hours = first.into_iter().flat_map(|first| (1..HOURS_MAX).map(move |n| first + n * HOUR));
    hours
        .skip_while(move |slot| *slot < from)
        .take_while(move |slot| is_endless || *slot <= last_said)
        .filter(|slot| is_owed_at(story, *slot))
}

/// Whether an instant is a whole number of hours after the first notice.
pub(crate) fn is_on_grid(story: &Story, slot: At) -> bool {
    first_notice(story).is_some_and(|first| slot > first && (slot - first) % HOUR == 0)
}
