//! 架電: who is to be called next and when, until somebody was reached (R-4.2.2-5 to -7; ).

use super::notices;
use super::slots;
use super::story::{Call, Notice, Story};
use crate::claims::{At, Calls};
use domain::fact::{CallResult, Voice};

const MINUTE: At = 60_000;
/// For the result of a call that nobody picked up, and of one that was.
const RESULT: [At; 2] = [2 * MINUTE, 30 * MINUTE];
/// To go on to the next rank: at once, as people do it.
const NEXT: At = MINUTE;

/// Until when the result of a call counts.
pub(crate) const fn result_due(call: &Call) -> At {
    match call.connected {
        Some(at) => at + RESULT[1],
        None => call.begun + RESULT[0],
    }
}

/// The call whose result is owed, from 1.
pub(crate) fn under_way(story: &Story) -> Option<(u32, &Call)> {
    (1..).zip(&story.calls).find(|(_, call)| call.under_way())
}

/// The last notice that told of impact.
pub(crate) fn notice(story: &Story) -> Option<&Notice> {
    story.notices.iter().rev().find(|notice| notice.impact)
}

/// Calls of the fault that counts: since its clock began, the void ones left out.
fn counting(story: &Story) -> Vec<&Call> {
    let since = since(story);
    story.calls.iter().filter(|call| !call.voided && call.begun >= since).collect()
}

fn since(story: &Story) -> At {
    notices::clocks(story).last().map_or(story.start(), |clock| clock.from)
}

/// Who was reached, or that nobody has to be any more.
pub(crate) fn reached(story: &Story) -> Option<&'static str> {
    let since = since(story);
    let notice = notice(story);
    let link = notice.is_none_or(|notice| notice.ends_by_link);
    let reading = notice.is_none_or(|notice| notice.ends_by_reading);
    let later = |lines: &[super::story::Line]| lines.iter().any(|line| line.1 >= since);
    if counting(story).iter().any(|call| matches!(call.ended, Some((_, CallResult::Answered)))) {
        Some("answered")
    } else if later(&story.understood) {
        Some("called back")
    } else if link && later(&story.known) {
        Some("acknowledged")
    } else if reading && later(&story.read) {
        Some("read")
    } else if story.state() != "notified" {
        Some("recovered")
    } else {
        None
    }
}

/// How the calls stand.
pub(crate) fn calls(story: &Story) -> Calls {
    if let Some((number, call)) = under_way(story) {
        return Calls::UnderWay(number, result_due(call));
    }
    let Some(notice) = notice(story) else { return Calls::NotOwed };
    if story.impact() == Some(false) || !matches!(notice.voice, Voice::Required { .. }) {
        return Calls::NotOwed;
    }
    if let Some(reached) = reached(story) {
        return Calls::Stopped(reached.to_owned());
    }
    let told = notice.line.1;
    let made = counting(story);
    let Some(last) = made.last() else { return Calls::NextRank(told) };
    if !last.last {
        let over = last.ended.map_or(last.begun, |(at, _)| at.min(result_due(last)));
        return Calls::NextRank(over + NEXT);
    }
    let began = made.iter().filter(|call| call.round == last.round).map(|call| call.begun).min().unwrap_or(last.begun);
    let (every, so_long) = notice.rounds;
    let again = began + every * MINUTE;
    if again <= told + so_long * MINUTE {
        return Calls::NewRound(again);
    }
    slots::after(story, began).map_or(Calls::NotOwed, Calls::NewRound)
}

/// The round a call begun now belongs to, and who was tried in it.
pub(crate) fn round(story: &Story) -> (u32, Vec<String>) {
    let made = counting(story);
    match made.last() {
        None => (1, vec![]),
        Some(last) if last.last => (last.round + 1, vec![]),
        Some(last) => {
            let tried = made.iter().filter(|call| call.round == last.round);
            (last.round, tried.map(|call| call.contact.clone()).collect())
        }
    }
}

/// Whether the order of ranks binds: while somebody has still to be reached, told or not.
pub(crate) fn order_binds(story: &Story) -> bool {
    let is_reached = matches!(reached(story), Some(reached) if reached != "recovered");
    story.impact() != Some(false) && !is_reached && matches!(story.state(), "triaging" | "judged" | "notified")
}
