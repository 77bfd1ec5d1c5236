//! 障害報告書: who writes and approves which version when, what is owed until when, and what the draft says.

use super::story::{Story, Verb, at, person, text};
use crate::access::Role;
use crate::fact::{Body, CallResult, NewFact};
use crate::ids::{BlobId, ContactId, TenantId};
use crate::incident::report::{Document, ReportKind, Words, Writing, draft, rows};
use crate::incident::verbs::By;
use crate::incident::{CallEnd, State};
use crate::refusal::{Refusal, RefusalKind};
use crate::time::Instant;
use crate::words::Lang;
use ReportKind::{Final, Preliminary};

fn by(story: &Story, name: &str) -> By {
    By { actor: person(name), role: Some(Role::Su), now: story.now }
}

fn write(story: &mut Story, kind: ReportKind, follows: u32, reason: bool) -> Result<(), Refusal> {
    let writing = Writing { kind, follows, document: text(), reason: reason.then(text) };
    let facts = story.incident.write_report(&by(story, "yamada"), writing)?;
    story.add(facts);
    Ok(())
}

fn approve(story: &mut Story, who: &str, kind: ReportKind, version: u32) -> Result<(), Refusal> {
    let facts = story.incident.approve_report(&by(story, who), kind, version, text())?;
    story.add(facts);
    Ok(())
}

/// Duties about reports as "code minute".
#[track_caller]
fn owes(story: &Story, expected: &[(&str, i64)]) {
    let duties = story.incident.duties(story.now, &story.calendar);
    let told: Vec<(&str, i64)> = duties
        .iter()
        .map(|duty| (duty.kind.code(), duty.due.since_ms(at(0)) / 60_000))
        .filter(|(code, _)| code.ends_with("preliminary") || code.ends_with("final"))
        .collect();
    assert_eq!(told, expected, "{:?} at {}", story.incident.state, story.now);
}

/// 19:00 on a day, in minutes after the alert.
fn closing(day: &str) -> i64 {
    instant(day).since_ms(at(0)) / 60_000
}

fn instant(day: &str) -> Instant {
    Instant::parse(&format!("{day}T19:00:00+09:00")).unwrap()
}

#[test]
fn with_impact_both_reports_are_owed_from_the_recovery_notice_beyond_the_end() {
    let mut story = Story::in_state(State::Confirming);
    owes(&story, &[]);
    // The fifth business day after a Sunday before a holiday.
    let last = closing("2026-11-30");
    story.at(40).act(Verb::NotifyRecovery);
    owes(&story, &[("write_preliminary", 100), ("write_final", last)]);
    story.act(Verb::Close);
    owes(&story, &[("write_preliminary", 100), ("write_final", last)]);
    write(&mut story, Preliminary, 0, false).unwrap();
    owes(&story, &[("approve_preliminary", 100), ("write_final", last)]);
    approve(&mut story, "suzuki", Preliminary, 1).unwrap();
    owes(&story, &[("write_final", last)]);
    story.at(last + 1);
    write(&mut story, Final, 0, false).unwrap();
    owes(&story, &[("approve_final", last)]);
    approve(&mut story, "suzuki", Final, 1).unwrap();
    owes(&story, &[]);
    let standing = story.incident.report_standing(Final, &story.calendar).unwrap();
    assert_eq!((standing.due, standing.published), (instant("2026-11-30"), Some(story.now)), "a late one stays late");
}

#[test]
fn a_final_report_makes_the_preliminary_one_needless() {
    let mut story = Story::in_state(State::RecoveryNotified);
    write(&mut story, Final, 0, false).unwrap();
    approve(&mut story, "suzuki", Final, 1).unwrap();
    owes(&story, &[]);
}

#[test]
fn a_report_published_while_the_recovery_is_confirmed_counts() {
    let mut story = Story::in_state(State::Confirming);
    write(&mut story, Preliminary, 0, false).unwrap();
    approve(&mut story, "suzuki", Preliminary, 1).unwrap();
    story.act(Verb::NotifyRecovery);
    owes(&story, &[("write_final", closing("2026-11-30"))]);
}

#[test]
fn a_recurrence_owes_both_anew() {
    let mut story = Story::in_state(State::RecoveryNotified);
    write(&mut story, Final, 0, false).unwrap();
    approve(&mut story, "suzuki", Final, 1).unwrap();
    story.at(10).act(Verb::Recur);
    owes(&story, &[]);
    story.at(20).act(Verb::Recover).at(25).act(Verb::NotifyRecovery);
    owes(&story, &[("write_preliminary", 85), ("write_final", closing("2026-11-30"))]);
}

#[test]
fn without_impact_none_is_owed_until_a_date_is_agreed() {
    let mut story = Story::in_state(State::Judged);
    story.act(Verb::Notify).act(Verb::Recover).act(Verb::NotifyRecovery);
    owes(&story, &[]);
    let facts = story.incident.agree_report_date(&by(&story, "yamada"), instant("2026-12-02"), text(), &story.calendar);
    story.add(facts.unwrap());
    owes(&story, &[("write_final", closing("2026-12-02"))]);
}

#[test]
fn an_agreed_date_is_later_and_recorded_in_time() {
    let mut story = Story::in_state(State::RecoveryNotified);
    let agree = |story: &Story, due: &str| {
        let agreed = story.incident.agree_report_date(&by(story, "yamada"), instant(due), text(), &story.calendar);
        agreed.map_err(|refusal| (refusal.kind.clone(), refusal.field()))
    };
    let invalid = (RefusalKind::Invalid { field: "due" }, Some("due"));
    for (due, is_fine) in [("2026-11-29", false), ("2026-11-30", false), ("2026-12-01", true), ("2028-01-01", false)] {
        assert_eq!(agree(&story, due).err(), (!is_fine).then(|| invalid.clone()), "{due}");
    }
    let facts = agree(&story, "2026-12-04").unwrap();
    story.add(facts);
    assert_eq!(agree(&story, "2026-12-03").err(), Some(invalid), "a due never moves earlier");
    story.now = instant("2026-12-04").plus_ms(1);
    assert_eq!(agree(&story, "2026-12-09").err(), Some((RefusalKind::NotNow, None)), "a miss stays");
    assert_eq!(story.incident.report_standing(Final, &story.calendar).unwrap().due, instant("2026-12-04"));
    let early = Story::in_state(State::Notified);
    assert_eq!(agree(&early, "2026-12-04").err(), Some((RefusalKind::NotNow, None)), "nothing to count from yet");
}

#[test]
fn who_wrote_a_version_does_not_decide_on_it_and_only_the_last_is_decided() {
    let mut story = Story::in_state(State::Notified);
    assert_eq!(write(&mut story, Final, 0, false).unwrap_err().kind, RefusalKind::NotNow, "it is not recovered");
    assert_eq!(
        write(&mut Story::in_state(State::Triaging), Preliminary, 0, false).unwrap_err().kind,
        RefusalKind::NotNow
    );
    assert_eq!(approve(&mut story, "suzuki", Preliminary, 1).unwrap_err().field(), Some("report_version"));
    write(&mut story, Preliminary, 0, false).unwrap();
    assert_eq!(write(&mut story, Preliminary, 0, false).unwrap_err().kind, RefusalKind::NotNow, "somebody was faster");
    assert_eq!(approve(&mut story, "yamada", Preliminary, 1).unwrap_err().kind, RefusalKind::NotNow, "their own");
    let back = story.incident.return_report(&by(&story, "suzuki"), Preliminary, 1, None);
    assert_eq!(back.unwrap_err().field(), Some("reason"));
    let back = story.incident.return_report(&by(&story, "suzuki"), Preliminary, 1, Some(text())).unwrap();
    story.add(back);
    assert_eq!(approve(&mut story, "suzuki", Preliminary, 1).unwrap_err().kind, RefusalKind::NotNow, "decided");
    write(&mut story, Preliminary, 1, false).unwrap();
    write(&mut story, Preliminary, 2, false).unwrap();
    assert_eq!(approve(&mut story, "suzuki", Preliminary, 2).unwrap_err().kind, RefusalKind::NotNow, "replaced");
    assert_eq!(story.incident.published_report(Preliminary), None);
    approve(&mut story, "suzuki", Preliminary, 3).unwrap();
    assert_eq!(story.incident.published_report(Preliminary).map(|it| it.what.number), Some(3));
}

#[test]
fn what_was_published_is_restated_with_a_reason() {
    let mut story = Story::in_state(State::RecoveryNotified);
    write(&mut story, Final, 0, false).unwrap();
    approve(&mut story, "suzuki", Final, 1).unwrap();
    assert_eq!(write(&mut story, Final, 1, false).unwrap_err().field(), Some("reason"));
    write(&mut story, Final, 1, true).unwrap();
    assert_eq!(story.incident.published_report(Final).map(|it| it.what.number), Some(1), "until it is approved");
    approve(&mut story, "suzuki", Final, 2).unwrap();
    assert_eq!(story.incident.published_report(Final).map(|it| it.what.number), Some(2));
    let twice = Body::ReportWritten { report: Final, version: 2, document: text() };
    let fact = NewFact::by_system(Some(story.incident.key.clone()), twice);
    let fact = fact.at(TenantId::new("acme"), story.incident.last_seq + 1, story.now);
    assert!(story.incident.apply(&fact).is_err(), "no desk ever wrote a version twice");
}

#[test]
fn a_version_does_not_make_what_others_type_stale() {
    let mut story = Story::in_state(State::RecoveryNotified);
    let before = story.incident.version;
    write(&mut story, Preliminary, 0, false).unwrap();
    approve(&mut story, "suzuki", Preliminary, 1).unwrap();
    assert_eq!(story.incident.version, before);
}

#[test]
fn the_draft_tells_each_minute_and_leaves_the_rest_to_a_person() {
    let mut story = Story::in_state(State::Triaging);
    story.at(4).act(Verb::JudgeYes);
    let mut call = story.call_begun(at(5));
    call.end = Some(CallEnd { result: CallResult::Voicemail, note: Some(BlobId::new("secret")) });
    story.at(6).call(call, None).unwrap();
    story.at(20).act(Verb::Step).at(48).act(Verb::Recover).at(50).act(Verb::NotifyRecovery).act(Verb::Note);
    let said =
        |blob: &BlobId| if blob.as_str() == "secret" { panic!("a note is told") } else { "応答\nなし".to_owned() };
    let contact = |_: &ContactId| "佐藤".to_owned();
    let in_lang = |lang| draft(&story.incident, &Words { text: &said, contact: &contact, lang }, &story.calendar);
    let document = in_lang(Lang::Ja);
    assert_eq!(document.occurrence, "2026年11月22日 03:12 に監視で「応答\nなし」を検知しました。");
    assert!(
        document.impact.contains("2026年11月22日 03:12 から 2026年11月22日 04:00 まで（48分）"),
        "{}",
        document.impact
    );
    let expected = [
        ("11/22 03:12", "アラート「応答 なし」を受信"),
        ("11/22 03:16", "サービス影響「有」と判定"),
        ("11/22 03:16", "障害発生連絡を公開"),
        ("11/22 03:17", "佐藤 様へ架電（留守番電話）"),
        ("11/22 03:32", "復旧作業: 応答 なし → 応答 なし"),
        ("11/22 04:00", "復旧"),
        ("11/22 04:02", "復旧連絡（チケット）"),
    ];
    assert_eq!(rows(&document.course), expected);
    assert_eq!((document.cause.as_str(), document.permanent.as_str(), document.prevention.as_str()), ("", "", ""));
    assert_eq!(document.provisional, "・応答\nなし（11/22 03:32）");
    assert_eq!(document.check(Preliminary), Ok(()), "the preliminary report can go out as it is drafted");
    assert_eq!(document.check(Final).map_err(|refusal| refusal.field()), Err(Some("cause")));

    // The same minutes in English; only what was typed stays Japanese.
    let english = in_lang(Lang::En);
    assert_eq!(english.occurrence, "Monitoring detected “応答\nなし” at 22 November 2026 03:12.");
    assert_eq!(english.impact, "Service impact: yes\nFrom 22 November 2026 03:12 to 22 November 2026 04:00 (48 min)");
    let expected = [
        ("11/22 03:12", "Alert “応答 なし” received"),
        ("11/22 03:16", "Judged: service affected"),
        ("11/22 03:16", "Notice of the incident published"),
        ("11/22 03:17", "Called 佐藤 (Voicemail)"),
        ("11/22 03:32", "Recovery step: 応答 なし → 応答 なし"),
        ("11/22 04:00", "Recovered"),
        ("11/22 04:02", "Recovery told (ticket)"),
    ];
    assert_eq!(rows(&english.course), expected);
}

#[test]
fn a_final_report_says_everything_and_a_preliminary_one_what_happened() {
    let whole = || {
        let some = || "a".to_owned();
        Document {
            language: Lang::Ja,
            occurrence: some(),
            impact: some(),
            course: some(),
            cause: some(),
            provisional: some(),
            permanent: some(),
            prevention: some(),
        }
    };
    assert_eq!(whole().check(Final), Ok(()));
    type Section = fn(&mut Document) -> &mut String;
    let without: [(Section, &str, bool); 7] = [
        (|it| &mut it.occurrence, "occurrence", false),
        (|it| &mut it.impact, "impact", false),
        (|it| &mut it.course, "course", false),
        (|it| &mut it.cause, "cause", true),
        (|it| &mut it.provisional, "provisional", true),
        (|it| &mut it.permanent, "permanent", true),
        (|it| &mut it.prevention, "prevention", true),
    ];
    for (section, field, may_be_open) in without {
        let mut document = whole();
        " \n".clone_into(section(&mut document));
        assert_eq!(document.check(Final).map_err(|refusal| refusal.field()), Err(Some(field)));
        assert_eq!(document.check(Preliminary).is_ok(), may_be_open, "{field}");
        *section(&mut document) = "長".repeat(20_001);
        assert_eq!(document.check(Preliminary).map_err(|refusal| refusal.field()), Err(Some(field)));
    }
    let letter = Document { cause: String::new(), ..whole() }.letter(Preliminary, 1, "ACME-1", "応答なし");
    assert!(letter.starts_with("ACME-1「応答なし」の障害報告書（速報）第1版です。\n\n■ 発生\na\n"), "{letter}");
    assert!(letter.contains("■ 原因\n調査中です。\n"), "{letter}");
    let english = Document { cause: String::new(), language: Lang::En, ..whole() };
    let letter = english.letter(Preliminary, 1, "ACME-1", "応答なし");
    let begin = "Incident report on ACME-1 “応答なし”: Preliminary report, version 1.\n\n■ Occurrence\na\n";
    assert!(letter.starts_with(begin) && letter.contains("■ Cause\nUnder investigation.\n"), "{letter}");
}

#[test]
fn a_line_is_a_minute_only_where_it_begins_with_one() {
    for (line, row) in [
        ("11/22 03:12　受信", ("11/22 03:12", "受信")),
        ("3:12　受信　済み", ("3:12", "受信　済み")),
        ("受信　3:12", ("", "受信　3:12")),
        ("11/22 03:12 受信", ("", "11/22 03:12 受信")),
        ("a:b　c", ("", "a:b　c")),
        ("  ", ("", "")),
    ] {
        let expected: Vec<(&str, &str)> = if row == ("", "") { vec![] } else { vec![row] };
        assert_eq!(rows(line), expected, "{line}");
    }
}
