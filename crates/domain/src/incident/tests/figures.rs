//! Figures with the facts behind them, and an incident in a sentence.

use super::story::{Story, Verb, at, person, text};
use crate::fact::{Body, CallResult};
use crate::ids::MessageId;
use crate::incident::figures::{Measure, Summary, summary};
use crate::incident::report::{ReportKind, Writing};
use crate::incident::verbs::By;
use crate::incident::{CallEnd, State};

/// The minutes of a measure, and the kinds of the facts at its ends.
fn told(story: &Story, of: Option<Measure>) -> Option<(i64, &'static str, &'static str)> {
    let kind = |seq: u64| {
        let fact = story.facts.iter().find(|fact| fact.seq == seq).unwrap();
        match fact.body {
            Body::IncidentOpened { .. } => "opened",
            Body::IncidentJudged { .. } => "judged",
            Body::JudgementConfirmed { .. } => "confirmed",
            Body::IncidentNotified { .. } => "notified",
            Body::InterimReported { .. } => "reported",
            Body::CallBegun { .. } => "call",
            Body::NoticeAcknowledged { .. } => "acknowledged",
            Body::TicketRead {} => "read",
            Body::RecoveryNotified { .. } => "recovery",
            Body::IncidentRecurred { .. } => "recurred",
            _ => "another",
        }
    };
    let end = |it: &Measure| match (it.to, it.runs) {
        (Some(seq), _) => kind(seq),
        (None, true) => "runs",
        (None, false) => "never",
    };
    of.map(|it| (it.ms / 60_000, kind(it.from), end(&it)))
}

#[test]
fn the_figures_of_a_night() {
    let mut story = Story::in_state(State::Triaging);
    let running = story.at(3).incident.figures(at(3)).unwrap();
    assert_eq!(told(&story, running.to_judge), Some((3, "opened", "runs")));
    assert_eq!(told(&story, running.to_reach), None, "without impact nobody has to be reached");
    assert_eq!(running.longest_silence, None);
    story.at(4).act(Verb::JudgeYes);
    let mut call = story.call_begun(at(5));
    call.end = Some(CallEnd { result: CallResult::Voicemail, note: None });
    story.at(6).call(call, None).unwrap();
    let now = story.incident.figures(at(9)).unwrap();
    assert_eq!(told(&story, now.to_reach), Some((9, "opened", "runs")), "nobody answered yet");
    let answered = story.call_begun(at(11));
    story.at(12).call(answered, None).unwrap();
    story.at(60).act(Verb::Report).at(125).fire();
    story.at(130).act(Verb::Recover).at(140).act(Verb::NotifyRecovery);
    let figures = story.incident.figures(at(1_000)).unwrap();
    assert_eq!(told(&story, figures.to_judge), Some((4, "opened", "judged")));
    assert_eq!(told(&story, figures.to_tell), Some((4, "opened", "notified")));
    assert_eq!(told(&story, figures.to_reach), Some((11, "opened", "call")));
    assert_eq!(told(&story, figures.longest_silence), Some((80, "reported", "recovery")));
    assert_eq!((figures.slots, figures.missed_slots.len(), figures.none_late), (2, 1, None));
    let missed = story.facts.iter().find(|fact| fact.seq == figures.missed_slots[0]).unwrap();
    assert_eq!(missed.body, Body::SlotMissed { slot: at(124) });
}

#[test]
fn after_a_recovery_notice_nothing_is_silent_until_it_happens_again() {
    let mut story = Story::in_state(State::RecoveryNotified);
    assert_eq!(
        told(&story, story.incident.figures(at(900)).unwrap().longest_silence),
        Some((0, "notified", "recovery"))
    );
    story.at(600).act(Verb::Recur);
    assert_eq!(told(&story, story.incident.figures(at(620)).unwrap().longest_silence), Some((20, "recurred", "runs")));
}

#[test]
fn whoever_knows_by_the_link_or_the_ticket_is_reached() {
    for (body, kind) in
        [(Body::NoticeAcknowledged { message: MessageId::new("m") }, "acknowledged"), (Body::TicketRead {}, "read")]
    {
        let mut story = Story::in_state(State::Notified);
        story.queue_mail("m").at(7).hear(body);
        assert_eq!(told(&story, story.incident.figures(at(8)).unwrap().to_reach), Some((7, "opened", kind)));
    }
}

#[test]
fn who_was_never_reached_stays_a_figure_of_its_own() {
    let story = Story::in_state(State::RecoveryNotified);
    let reached = story.incident.figures(at(10)).unwrap().to_reach;
    assert_eq!(told(&story, reached), Some((0, "opened", "never")));
    assert_eq!(summary(reached), None, "and is no number among others");
}

#[test]
fn none_judged_late_is_named() {
    for (minute, is_late) in [(15, false), (16, true)] {
        let mut story = Story::in_state(State::Triaging);
        story.at(minute).act(Verb::JudgeNo);
        assert_eq!(story.incident.figures(story.now).unwrap().none_late.is_some(), is_late, "{minute}");
    }
    let mut story = Story::in_state(State::Notified);
    story.at(40).act(Verb::RejudgeNo);
    assert_eq!(story.incident.figures(story.now).unwrap().none_late, None, "it was judged in time before");
    let mut second = Story::in_state(State::Triaging);
    second.at(20).act(Verb::JudgeNo).at(25).act(Verb::Confirm);
    assert_eq!(told(&second, second.incident.figures(at(30)).unwrap().to_judge), Some((25, "opened", "confirmed")));
}

#[test]
fn a_false_alarm_has_no_figures() {
    assert_eq!(Story::in_state(State::FalseAlarm).incident.figures(at(1)), None);
}

#[test]
fn measures_are_summed_up() {
    let measure = |ms, to| Measure { ms, from: 1, to, runs: to.is_none() };
    let ended = |all: &[i64]| summary(all.iter().map(|ms| measure(*ms, Some(2))));
    assert_eq!(ended(&[]), None);
    assert_eq!(ended(&[5]), Some(Summary { count: 1, median_ms: 5, max_ms: 5 }));
    assert_eq!(ended(&[9, 1, 4]), Some(Summary { count: 3, median_ms: 4, max_ms: 9 }));
    assert_eq!(ended(&[9, 1, 4, 6]), Some(Summary { count: 4, median_ms: 6, max_ms: 9 }));
    assert_eq!(
        summary([measure(3, Some(2)), measure(99, None)]).map(|sum| sum.max_ms),
        Some(3),
        "what runs is none yet"
    );
}

#[test]
fn an_incident_in_a_sentence() {
    let mut story = Story::in_state(State::Triaging);
    story.at(4).act(Verb::JudgeYes);
    let said = |story: &Story| story.incident.brief("web01 応答なし", "○○商事", story.now, &story.calendar);
    story.at(64);
    assert_eq!(
        said(&story),
        "ACME-1「web01 応答なし」\n11/22 03:12 から 1時間04分続いています。11/22 03:16 に○○商事へお知らせしました。原因を調査し、復旧にあたっています。\nお願いすることはありません。"
    );
    story.act(Verb::Recover).act(Verb::NotifyRecovery).at(90);
    let over = said(&story);
    assert!(over.contains("11/22 03:12 から 11/22 04:16 まで 1時間04分続きました。"), "{over}");
    assert!(
        over.ends_with("復旧しました。\nお決めいただきたいこと: 復旧の確認（問題があればお電話ください）"),
        "{over}"
    );
}

#[test]
fn news_is_what_the_customer_was_told() {
    let mut story = Story::in_state(State::Triaging);
    let news =
        |story: &Story| -> Vec<i64> { story.incident.news().map(|mark| mark.at.since_ms(at(0)) / 60_000).collect() };
    assert!(news(&story).is_empty(), "nothing was told yet");
    story.at(4).act(Verb::JudgeYes).at(30).act(Verb::Report).act(Verb::Note);
    assert_eq!(news(&story), [4]);
    story.at(40).act(Verb::Recover).at(50).act(Verb::NotifyRecovery);
    story.at(70).act(Verb::Recur);
    assert_eq!(news(&story), [4, 50, 70]);
    let writing = Writing { kind: ReportKind::Preliminary, follows: 0, document: text(), reason: None };
    story.at(80);
    let written = story.incident.write_report(&story.by(), writing).unwrap();
    story.add(written);
    assert_eq!(news(&story), [4, 50, 70], "a report that waits is internal");
    let by = By { actor: person("suzuki"), role: None, now: at(80) };
    let approved = story.incident.approve_report(&by, ReportKind::Preliminary, 1, text()).unwrap();
    story.add(approved);
    assert_eq!(news(&story), [4, 50, 70, 80]);
}
