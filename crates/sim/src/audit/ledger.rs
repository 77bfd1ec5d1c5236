//! The minute ledger: which rule each minute of a clock was counted by, gone through minute by minute.

use super::notices;
use super::story::Story;
use crate::claims::{Account, At, Clock};
use domain::fact::Voice;

const MINUTE: At = 60_000;

/// More minutes than anything goes on after the last word.
const LONG: At = 120 * MINUTE;

/// What changed the rule of a clock: from when, by which fact, and how the ledger's English words begin since.
type Turns = Vec<(At, u64, &'static str)>;

/// Every change of the rule by which a clock is counted, and the rule that it begins with.
fn turns(story: &Story, clock: &Clock, is_first: bool) -> (&'static str, Turns) {
    let (unjudged, awaited) = if story.filed_low {
        ("Filed with priority", "Judged without impact, second person awaited: counted as no impact")
    } else {
        ("Not judged yet", "Judged without impact, second person awaited: counted as impact")
    };
    let (notice, calm) = ("Impact: waiting", "No impact: waiting");
    let mut turns: Turns = vec![];
    for judged in story.judged.iter().filter(|judged| judged.line.1 >= clock.from) {
        let alone = judged.counts.is_some_and(|counts| counts.0 == judged.line.0);
        let counted = if judged.impact || clock.impact { notice } else { calm };
        turns.push((judged.line.1, judged.line.0, if judged.impact || alone { counted } else { awaited }));
        if let Some(second) = judged.counts.filter(|_| !alone) {
            turns.push((second.1, second.0, if clock.impact { notice } else { calm }));
        }
    }
    let fits = |told: &&super::story::Notice| told.line.1 >= clock.from && (told.impact || !clock.impact);
    if let Some(told) = story.notices.iter().find(fits)
        && matches!(told.voice, Voice::Required { .. })
    {
        turns.push((told.line.1, told.line.0, "Published: waiting"));
    }
    for merged in story.merged.iter().filter(|merged| merged.line.1 >= clock.from) {
        turns.push((merged.line.1, merged.line.0, "Merged: waiting"));
        // Where the same word merges it elsewhere, it waits there.
        let is_apart = story.merged.iter().all(|other| other.line.0 != merged.undone_by);
        turns.extend(merged.undone.filter(|_| is_apart).map(|at| (at, merged.undone_by, "Taken out again")));
    }
    turns.sort_unstable();
    (if is_first { unjudged } else { notice }, turns)
}

/// The rule of a minute.
fn rule_at((first, turns): &(&'static str, Turns), at: At) -> &'static str {
    turns.iter().rev().find(|(from, ..)| *from <= at).map_or(first, |(_, _, rule)| rule)
}

/// What a clock starts from.
fn basis(story: &Story, is_first: bool) -> &'static str {
    match (is_first, story.left_by_window, story.filed, story.phone.is_some()) {
        (false, ..) => "From the re-judgement",
        (_, true, ..) => "From the end of the window",
        (_, _, true, _) => "From the receipt of the customer",
        (.., true) => "From the begin of the customer",
        _ => "From the receipt of the alert",
    }
}

/// What does not hold of the ledgers of an incident.
pub(crate) fn check(story: &Story, ledgers: &[Account], now: At) -> Vec<String> {
    let clocks = notices::clocks(story);
    if clocks.len() != ledgers.len() {
        return vec![format!("{} ledgers, {} clocks", ledgers.len(), clocks.len())];
    }
    let mut wrong = vec![];
    for (number, (clock, account)) in clocks.iter().zip(ledgers).enumerate() {
        let is_first = number == 0;
        let bounds: Vec<At> = account.stretches.iter().map(|stretch| stretch.0).skip(1).collect();
        let ends: Vec<Option<At>> = account.stretches.iter().map(|stretch| stretch.1).collect();
        let expected: Vec<Option<At>> = bounds.iter().copied().map(Some).chain([clock.end]).collect();
        let begins = account.stretches.first().map(|stretch| stretch.0);
        if begins != Some(clock.from) || ends != expected {
            wrong.push(format!("clock {number} from {} to {:?} is counted as {:?}", clock.from, clock.end, account));
            continue;
        }
        if !account.basis.starts_with(basis(story, is_first)) || account.stop.is_some() != clock.end.is_some() {
            wrong.push(format!("clock {number} says '{}' and {:?}", account.basis, account.stop));
        }
        // After the last word nothing turns any more.
        let end = clock.end.unwrap_or((now + 1).min(story.last_step.max(clock.from) + LONG));
        let owed_by = turns(story, clock, is_first);
        let minutes = (0..).map(|minute| clock.from + minute * MINUTE).take_while(|at| *at < end);
        let edges = bounds.iter().flat_map(|at| [*at - 1, *at]).filter(|at| *at >= clock.from && *at < end);
        let mut spent = (0, 0);
        for at in minutes.chain(edges) {
            let owed = rule_at(&owed_by, at);
            let said = account.stretches.iter().rev().find(|stretch| stretch.0 <= at).map_or("", |stretch| stretch.2);
            spent.0 += 1;
            if !said.starts_with(owed) {
                spent.1 += 1;
                if spent.1 == 1 {
                    wrong.push(format!("clock {number} at {at} is counted by '{said}', owed '{owed}'"));
                }
            }
        }
    }
    wrong
}
