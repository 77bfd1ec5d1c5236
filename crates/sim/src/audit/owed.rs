//! What has still to fire and what people owe (Q-04 to Q-13; design §5, §6): the written times, gone through one by one.

use super::story::Story;
use super::{calls, days, notices, slots};
use crate::claims::{At, Calls};
use domain::fact::{CallResult, NoticeKind, Reminder, Target};
use domain::incident::escalation::{Cause, Group};
use jiff::civil::Date;

const MINUTE: At = 60_000;
const HOUR: At = 60 * MINUTE;

/// Named things with their dues.
pub(crate) type Dues = Vec<(String, At)>;

/// The timers that must stand.
pub(crate) fn timers(story: &Story, closures: &[Date]) -> Dues {
    let mut timers: Dues = vec![];
    // What nobody took over within 5 minutes becomes a call. A receipt is no notice.
    for sent in &story.sent {
        if !sent.delivered && sent.undelivered.is_none() && sent.kind != NoticeKind::Receipt {
            timers.push((format!("undelivered:{}", sent.id), sent.line.1 + 5 * MINUTE));
        }
    }
    if let Some((number, call)) = calls::under_way(story) {
        timers.push((format!("call_unresolved:{number}"), calls::result_due(call) + 1));
    }
    if let Some(alarm) = &story.false_alarm
        && alarm.review.is_none()
        && let Some(due) = days::after(alarm.line.1, 1, closures)
    {
        timers.push(("false_alarm_unreviewed".into(), due + 1));
    }
    if !story.is_open() {
        return timers;
    }
    if story.judged.is_empty() && story.notices.is_empty() && story.told_with_parent().is_empty() {
        for (name, reminder, minutes) in
            [("unjudged", Reminder::Unjudged, 5), ("unjudged_long", Reminder::UnjudgedLong, 10)]
        {
            let due = story.own_start + minutes * MINUTE;
            if !story.reminded.iter().any(|(_, given, of)| (*given, *of) == (reminder, due)) {
                timers.push((name.into(), due));
            }
        }
    }
    for (number, clock) in (0..).zip(notices::clocks(story)) {
        for (name, target, due) in [("slo", Target::Slo, Some(clock.slo)), ("sla", Target::Sla, clock.sla)] {
            let Some(due) = due.filter(|_| clock.end.is_none()) else { continue };
            let is_told = story.passed.iter().any(|(_, of, on, at)| (*of, *on, *at) == (number, target, due));
            if !is_told {
                timers.push((format!("{name}:{number}"), due + 1));
            }
        }
    }
    slot_timers(story, &mut timers);
    for (number, asked) in (1..).zip(&story.asked) {
        let Some(step) = asked.pages.iter().map(|page| page.step).max() else { continue };
        // Five minutes after the attempt of the step before: an outage of our own climbs nothing.
        let tried = asked.pages.iter().filter(|page| page.step == step).filter_map(|page| page.tried).min();
        let Some(tried) = tried else { continue };
        let next = step + 1;
        let has_next = if asked.ordered { (next as usize) < asked.ladder.len() } else { next < 3 };
        if asked.taken.is_none() && has_next && !asked.ladder.is_empty() {
            timers.push((format!("page:{number}:{next}"), tried + 5 * MINUTE));
        }
    }
    if story.impact() != Some(false) && !story.is_recovered() {
        let times = [(1, Group::Su, "su"), (4, Group::Mr, "mr"), (8, Group::Tm, "tm")];
        let is_told = |group| story.asked.iter().any(|a| a.cause == Cause::Unrecovered && a.to == group);
        if let Some((hours, _, name)) = times.into_iter().find(|(_, group, _)| !is_told(*group)) {
            timers.push((format!("unrecovered:{name}"), story.start() + hours * HOUR));
        }
    }
    if let Some(due) = auto_close(story, closures) {
        timers.push(("auto_close".into(), due));
    }
    timers
}

fn slot_timers(story: &Story, timers: &mut Dues) {
    let Some(slot) = slots::to_watch(story) else { return };
    timers.push(("interim_slot".into(), slot + 1));
    if !slots::is_reporting(story) {
        return;
    }
    let soon = slot - 10 * MINUTE;
    let silence = story.last_told() + 50 * MINUTE;
    if !story.reminded.iter().any(|(_, given, of)| (*given, *of) == (Reminder::InterimSoon, soon)) {
        timers.push(("interim_soon".into(), soon));
    }
    // Whoever was told that a slot was missed since need not be told of the silence before it.
    let is_missed = story.missed.iter().any(|(_, missed)| *missed > silence);
    let is_reminded = silence == soon || is_missed || story.reminded.iter().any(|(_, _, of)| *of == silence);
    if silence < slot && !is_reminded {
        timers.push(("long_silence".into(), silence));
    }
}

/// When the desk closes by itself: never what is a major one.
pub(crate) fn auto_close(story: &Story, closures: &[Date]) -> Option<At> {
    if story.major.is_some() { None } else { close_by(story, closures) }
}

/// 19:00 on the fifth business day after the recovery was told.
fn close_by(story: &Story, closures: &[Date]) -> Option<At> {
    let told = story.recovery_told.last().filter(|_| story.state() == "recovery_notified")?;
    days::after(told.1, 5, closures)
}

/// What people owe at an instant.
pub(crate) fn duties(story: &Story, now: At, closures: &[Date]) -> Dues {
    let mut duties: Dues = vec![];
    let state = story.state();
    if story.is_open() {
        let notice = notice_duty(story, now);
        let is_noticed = notice.is_none();
        duties.extend(notice);
        match calls::calls(story) {
            Calls::UnderWay(_, due) => duties.push(("call_result".into(), due)),
            // The first call is owed by its clock.
            Calls::NextRank(due) if is_noticed => duties.push(("next_call".into(), due)),
            Calls::NewRound(due) if is_noticed => duties.push(("call_round".into(), due)),
            _ => {}
        }
        if let Some(waiting) = story.judged.last().filter(|judged| judged.counts.is_none()) {
            duties.push(("second_judgement".into(), waiting.line.1 + 10 * MINUTE));
        }
        duties.extend(slots::due(story, now).map(|due| ("interim".into(), due)));
        duties.extend(ask_duty(story));
        duties.extend(recovery_duty(story));
        duties.extend(rejoined_duty(story));
        duties.extend(close_by(story, closures).map(|due| ("close".into(), due)));
        handed(story, &mut duties);
    } else {
        if let Some((_, call)) = calls::under_way(story) {
            duties.push(("call_result".into(), calls::result_due(call)));
        }
        if state == "false_alarm"
            && let Some(alarm) = story.false_alarm.as_ref().filter(|alarm| alarm.review.is_none())
            && let Some(due) = days::after(alarm.line.1, 1, closures)
        {
            duties.push(("review_false_alarm".into(), due));
        }
    }
    undelivered(story, &mut duties);
    if let Some((line, false)) = story.runbook.filter(|_| state != "false_alarm") {
        duties.extend(days::after(line.1, 5, closures).map(|due| ("write_runbook".into(), due)));
    }
    reports(story, closures, &mut duties);
    duties
}

/// 障害報告書 after the recovery was told: the first within an hour, the last within five business days or as agreed later; and
/// the review of a major one.
fn reports(story: &Story, closures: &[Date], duties: &mut Dues) {
    let is_told = matches!(story.state(), "recovery_notified" | "closed");
    let Some(told) = story.recovery_told.last().filter(|_| is_told) else { return };
    let had_impact = story.notices.iter().any(|notice| notice.impact);
    let agreed = story.agreed.filter(|(line, _)| line.0 > told.0).map(|(_, due)| due);
    // What was published before the service was back is no report of it.
    let since = story.recoveries.last().filter(|recovery| recovery.undone.is_none()).map(|recovery| recovery.line.0);
    let is_published = |only_final: bool| {
        let fitting = story.written.iter().filter(|it| it.is_final || !only_final);
        let mut published = fitting.filter_map(|it| it.decided.filter(|decided| decided.1).map(|decided| decided.0.0));
        since.is_some_and(|since| published.any(|seq| seq > since))
    };
    let act = |is_final: bool| {
        let last = story.written.iter().rev().find(|it| it.is_final == is_final);
        if last.is_some_and(|it| it.decided.is_none()) { "approve" } else { "write" }
    };
    if had_impact && !is_published(false) {
        duties.push((format!("{}_preliminary", act(false)), told.1 + HOUR));
    }
    if (had_impact || agreed.is_some())
        && !is_published(true)
        && let Some(standard) = days::after(told.1, 5, closures)
    {
        duties.push((format!("{}_final", act(true)), agreed.map_or(standard, |due| due.max(standard))));
    }
    if let Some((line, false)) = story.major {
        duties.extend(days::after(told.1.max(line.1), 10, closures).map(|due| ("review_major".into(), due)));
    }
}

/// What ends the clock that is due first.
fn notice_duty(story: &Story, now: At) -> Option<(String, At)> {
    let mut nearest: Option<(At, At)> = None;
    for clock in notices::clocks(story).into_iter().filter(|clock| clock.end.is_none()) {
        let due = match clock.sla {
            Some(sla) if now > clock.slo => sla,
            _ => clock.slo,
        };
        if nearest.is_none_or(|(other, _)| due < other) {
            nearest = Some((due, clock.from));
        }
    }
    let Some((due, from)) = nearest else {
        // Taken out after the other one told of it: it still needs a word of its own.
        let apart = story.merged.last()?.undone?;
        return match story.state() {
            "detected" | "triaging" => Some(("judge".into(), apart + 15 * MINUTE)),
            "judged" => Some(("notify".into(), apart + 15 * MINUTE)),
            _ => None,
        };
    };
    let name = match story.state() {
        "detected" | "triaging" => "judge",
        "judged" => "notify",
        _ if story.notices.iter().any(|notice| notice.impact && notice.line.1 >= from) => "first_call",
        _ => return None,
    };
    Some((name.into(), due))
}

fn ask_duty(story: &Story) -> Option<(String, At)> {
    let phone = story.phone.as_ref()?;
    let is_unknown = phone.caller && phone.contact.is_none() && !phone.called_back;
    let is_known = phone.project && phone.caller && phone.why && phone.content && phone.detected && phone.host;
    let is_complete = is_known && phone.business && phone.ended.is_some() && !phone.company_owed && !is_unknown;
    let since = phone.ended.unwrap_or(story.own_start);
    (!is_complete).then(|| ("ask_caller".into(), since + 15 * MINUTE))
}

fn recovery_duty(story: &Story) -> Option<(String, At)> {
    match story.state() {
        "confirming" => Some(("confirm_recovery".into(), story.recoveries.last()?.line.1 + 30 * MINUTE)),
        "notified" if !slots::is_reporting(story) => {
            let looked = story.steps.iter().chain(&story.checks).map(|line| line.1).max();
            let last = looked.map_or(story.last_told(), |at| at.max(story.last_told()));
            Some(("recover".into(), last + 8 * HOUR))
        }
        _ => None,
    }
}

fn rejoined_duty(story: &Story) -> Option<(String, At)> {
    let told = story.recovery_told.last().filter(|_| story.state() == "recovery_notified")?;
    let again = story.rejoined.last().filter(|line| line.0 > told.0)?;
    let is_checked = story.checks.iter().any(|check| check.0 > again.0);
    (!is_checked).then(|| ("rejoined".into(), again.1 + 5 * MINUTE))
}

/// What others were asked for, what was promised, and what was handed over.
fn handed(story: &Story, duties: &mut Dues) {
    for (number, asked) in (1..).zip(&story.asked) {
        if asked.taken.is_none() && asked.to != Group::Aw {
            duties.push((format!("escalation:{number}"), asked.line.1 + 5 * MINUTE));
        }
    }
    for (number, (_, due, kept)) in (1..).zip(&story.promises) {
        if !kept {
            duties.push((format!("promise:{number}"), *due));
        }
    }
    if let Some(suspected) = story.asked.iter().rev().find(|asked| asked.to == Group::Aw)
        && !story.cases.iter().any(|case| case.0 > suspected.line.0)
    {
        duties.push(("supplier_case".into(), suspected.line.1 + 30 * MINUTE));
    }
    if let Some(given) = story.handed.last()
        && story.takes.last().is_none_or(|take| take.0.0 < given.0)
    {
        duties.push(("hand_over".into(), given.1 + 15 * MINUTE));
    }
}

/// Calls that make up for what did not arrive.
fn undelivered(story: &Story, duties: &mut Dues) {
    for sent in story.sent.iter().filter(|sent| !sent.delivered) {
        let Some(named) = sent.undelivered else { continue };
        let makes_up = |call: &super::story::Call| {
            let is_answered = matches!(call.ended, Some((_, CallResult::Answered)));
            let is_theirs = sent.contact.as_ref().is_none_or(|contact| call.contact == *contact);
            !call.voided && call.line.0 > named.0 && (is_answered || is_theirs)
        };
        if !story.calls.iter().any(makes_up) {
            duties.push((format!("call_undelivered:{}", sent.id), named.1));
        }
    }
}
