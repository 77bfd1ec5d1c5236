//! 障害報告書 and 重大な障害 from the draft to the customer's page (procedures: @報告書, @重大, @重大レビュー; ).

use crate::bench::{Bench, on_both, refusal, start};
use desk::incident::{Payload, document, input};
use domain::fact::{Body, NoticeKind};
use domain::ids::RecordKey;
use domain::incident::escalation::{Cause, Group};
use domain::incident::major::Criterion;
use domain::incident::report::{Document, ReportKind, rows};
use domain::refusal::RefusalKind;
use domain::time::Instant;

on_both!(
    a_report_is_drafted_written_approved_and_published,
    a_version_that_goes_back_is_written_again_and_a_published_one_restated,
    nobody_loses_a_report_to_whoever_was_faster,
    reports_stay_on_the_board_beyond_the_end,
    an_agreed_date_moves_the_final_report_once,
    a_major_incident_pages_and_waits_for_a_person_and_a_review,
    the_customer_reads_what_was_published_and_nothing_else,
);

async fn recovered(bench: &Bench) -> RecordKey {
    let key = bench.told().await;
    bench.call(&key).await;
    bench.at(48);
    bench.recover(&key).await;
    bench.at(50);
    bench.notify_recovery(&key).await;
    key
}

fn filled(report: ReportKind, follows: u32, of: Document) -> input::IncidentReport {
    let Document { language, occurrence, impact, course, cause, provisional, permanent, prevention } = of;
    let reason = String::new();
    input::IncidentReport {
        report: Some(report),
        follows,
        language,
        occurrence,
        impact,
        course,
        cause,
        provisional,
        permanent,
        prevention,
        reason,
    }
}

async fn drafted(bench: &Bench, key: &RecordKey, report: ReportKind) -> input::IncidentReport {
    let view = bench.desk.incident(bench.person("mo"), key).await.unwrap();
    let follows = view.incident.versions(report).next_back().map_or(0, |last| last.what.number);
    filled(report, follows, view.report_draft(report, domain::words::Lang::Ja))
}

fn decision(report: ReportKind, report_version: u32, reason: &str) -> input::ReportDecision {
    let approved = reason.is_empty();
    input::ReportDecision { report: Some(report), report_version, approved, reason: reason.into() }
}

/// Whatever happened is proven by its facts.
async fn verified(bench: &Bench) {
    let asked = desk::Verify { checkpoint_keys: vec![], outside: None };
    desk::verify(bench.desk.store(), &asked).await.unwrap();
}

async fn duty(bench: &Bench, key: &RecordKey, code: &str) -> Option<Instant> {
    let view = bench.desk.incident(bench.person("mo"), key).await.unwrap();
    view.duties.into_iter().find(|duty| duty.kind.code() == code).map(|duty| duty.due)
}

async fn a_report_is_drafted_written_approved_and_published(bench: Bench) {
    let key = recovered(&bench).await;
    assert_eq!(duty(&bench, &key, "write_preliminary").await, Some(start().plus_minutes(110)));
    let draft = drafted(&bench, &key, ReportKind::Preliminary).await;
    let minutes: Vec<&str> = rows(&draft.course).into_iter().map(|(_, what)| what).collect();
    assert_eq!(minutes.first(), Some(&"アラート「web01 応答なし」を受信"));
    assert!(minutes.contains(&"佐藤 様へ架電（本人が応答）") && minutes.contains(&"復旧"), "{minutes:?}");
    let (mo, dh) = (bench.person("mo"), bench.person("dh"));
    let mut which = draft.clone();
    which.report = None;
    assert_eq!(refusal(bench.desk.write_report(mo, &key, &which).await).field(), Some("report"));
    let mut empty = draft.clone();
    empty.impact = " ".into();
    assert_eq!(refusal(bench.desk.write_report(mo, &key, &empty).await).field(), Some("impact"));
    bench.desk.write_report(mo, &key, &draft).await.unwrap();
    assert!(duty(&bench, &key, "approve_preliminary").await.is_some());
    let approve = decision(ReportKind::Preliminary, 1, "");
    assert_eq!(refusal(bench.desk.decide_report(mo, &key, &approve).await).kind, RefusalKind::Forbidden);
    let unknown = decision(ReportKind::Final, 1, "");
    assert_eq!(refusal(bench.desk.decide_report(dh, &key, &unknown).await).field(), Some("report_version"));
    bench.desk.decide_report(dh, &key, &approve).await.unwrap();
    assert_eq!(duty(&bench, &key, "approve_preliminary").await, None);
    // It leaves like any notice: one mail a contact, on the incident's thread.
    let told: Vec<_> = bench
        .messages(&key)
        .await
        .into_iter()
        .filter_map(|(_, payload)| match payload {
            Payload::Mail(letter) if letter.subject.contains("障害報告書") => Some(letter),
            _ => None,
        })
        .collect();
    assert_eq!(told.len(), 2);
    assert!(told[0].text.contains("■ 経過") && told[0].text.contains("■ 原因\n調査中です。"), "{}", told[0].text);
    assert!(told[0].follows.is_some());
    let queued = |body: &Body| matches!(body, Body::MessageQueued { notice: NoticeKind::Report, .. });
    assert_eq!(bench.count(&key, queued).await, 2);
    verified(&bench).await;
}

async fn a_version_that_goes_back_is_written_again_and_a_published_one_restated(bench: Bench) {
    let key = recovered(&bench).await;
    let (su, dh) = (bench.person("su"), bench.person("dh"));
    let mut whole = drafted(&bench, &key, ReportKind::Final).await;
    assert_eq!(refusal(bench.desk.write_report(su, &key, &whole).await).field(), Some("cause"));
    for section in [&mut whole.cause, &mut whole.provisional, &mut whole.permanent, &mut whole.prevention] {
        "第一版".clone_into(section);
    }
    // The head of desk may write too, and then somebody else decides.
    bench.desk.write_report(dh, &key, &whole).await.unwrap();
    let own = refusal(bench.desk.decide_report(dh, &key, &decision(ReportKind::Final, 1, "")).await);
    assert_eq!(own.kind, RefusalKind::NotNow);
    let again = drafted(&bench, &key, ReportKind::Final).await;
    assert_eq!((again.follows, again.cause.as_str()), (1, "第一版"), "the form starts with the last version");
    bench.desk.write_report(su, &key, &again).await.unwrap();
    let back = input::ReportDecision { approved: false, ..decision(ReportKind::Final, 2, "") };
    assert_eq!(refusal(bench.desk.decide_report(dh, &key, &back).await).field(), Some("reason"));
    bench.desk.decide_report(dh, &key, &decision(ReportKind::Final, 2, "原因を詳しく")).await.unwrap();
    bench.desk.write_report(su, &key, &drafted(&bench, &key, ReportKind::Final).await).await.unwrap();
    bench.desk.decide_report(dh, &key, &decision(ReportKind::Final, 3, "")).await.unwrap();
    let mut restated = drafted(&bench, &key, ReportKind::Final).await;
    assert_eq!(refusal(bench.desk.write_report(su, &key, &restated).await).field(), Some("reason"));
    "第四版".clone_into(&mut restated.cause);
    "調査が進んだため".clone_into(&mut restated.reason);
    bench.desk.write_report(su, &key, &restated).await.unwrap();
    bench.desk.decide_report(dh, &key, &decision(ReportKind::Final, 4, "")).await.unwrap();
    let seen = bench.desk.published(bench.person("cu"), &key).await.unwrap();
    let numbers: Vec<u32> = seen.incident.after.reports.iter().map(|version| version.what.number).collect();
    assert_eq!(numbers, [3, 4]);
    verified(&bench).await;
}

async fn nobody_loses_a_report_to_whoever_was_faster(bench: Bench) {
    let key = recovered(&bench).await;
    let draft = drafted(&bench, &key, ReportKind::Preliminary).await;
    // Closing meanwhile makes no report stale, another version does.
    bench.close(&key).await;
    bench.desk.write_report(bench.person("mo"), &key, &draft).await.unwrap();
    assert_eq!(refusal(bench.desk.write_report(bench.person("mo2"), &key, &draft).await).kind, RefusalKind::NotNow);
    verified(&bench).await;
}

async fn reports_stay_on_the_board_beyond_the_end(bench: Bench) {
    let key = recovered(&bench).await;
    bench.close(&key).await;
    let board = async || bench.desk.board(bench.person("mo")).await.unwrap();
    let [row] = board().await.try_into().unwrap();
    assert_eq!((row.row.state.as_str(), row.row.duty.as_deref()), ("closed", Some("write_preliminary")));
    bench.at(60 * 24 * 30);
    assert_eq!(board().await.len(), 1, "a missed one stays");
    bench.reported(&key).await;
    assert!(board().await.is_empty());
    verified(&bench).await;
}

async fn an_agreed_date_moves_the_final_report_once(bench: Bench) {
    let key = recovered(&bench).await;
    let at = |day: &str| Instant::parse(&format!("{day}T19:00:00+09:00")).unwrap();
    assert_eq!(duty(&bench, &key, "write_final").await, Some(at("2026-11-30")));
    let mo = bench.person("mo");
    let mut input = input::ReportDate { due: None, agreed_by: "佐藤様".into() };
    assert_eq!(refusal(bench.desk.agree_report_date(mo, &key, &input).await).field(), Some("due"));
    input.due = Some(at("2026-12-11"));
    let nobody = input::ReportDate { agreed_by: String::new(), ..input.clone() };
    assert_eq!(refusal(bench.desk.agree_report_date(mo, &key, &nobody).await).field(), Some("agreed_by"));
    bench.desk.agree_report_date(mo, &key, &input).await.unwrap();
    assert_eq!(duty(&bench, &key, "write_final").await, Some(at("2026-12-11")));
    verified(&bench).await;
}

async fn a_major_incident_pages_and_waits_for_a_person_and_a_review(bench: Bench) {
    let key = bench.told().await;
    let mut input =
        input::Major { version: bench.version(&key).await, criterion: None, reason: "全体が停止".into() };
    let mo = bench.person("mo");
    assert_eq!(refusal(bench.desk.declare_major(mo, &key, &input).await).field(), Some("criterion"));
    input.criterion = Some(Criterion::WholeService);
    let wordless = input::Major { reason: String::new(), ..input.clone() };
    assert_eq!(refusal(bench.desk.declare_major(mo, &key, &wordless).await).field(), Some("reason"));
    bench.desk.declare_major(mo, &key, &input).await.unwrap();
    let view = bench.desk.incident(mo, &key).await.unwrap();
    let told: Vec<_> = view.incident.escalations.iter().map(|it| (it.what.to, it.what.cause)).collect();
    assert_eq!(told, [(Group::Dh, Cause::Major), (Group::Mr, Cause::Major)]);
    assert!(view.incident.pages.len() >= 2, "each is paged: {:?}", view.incident.pages);
    bench.call(&key).await;
    bench.at(70);
    bench.recover(&key).await;
    bench.notify_recovery(&key).await;
    bench.at(60 * 24 * 20);
    bench.desk.fire_due().await.unwrap();
    let view = bench.desk.incident(mo, &key).await.unwrap();
    assert_eq!(view.incident.state.code(), "recovery_notified", "Q-08: no automatic close");
    bench.close(&key).await;
    assert!(duty(&bench, &key, "review_major").await.is_some(), "the review may follow the closing");
    let words = || "記載".to_owned();
    let review =
        input::MajorReview { timeline: words(), cause: words(), lessons: String::new(), action: "CAPA-7".into() };
    let dh = bench.person("dh");
    assert_eq!(refusal(bench.desk.review_major(mo, &key, &review).await).kind, RefusalKind::Forbidden);
    assert_eq!(refusal(bench.desk.review_major(dh, &key, &review).await).field(), Some("lessons"));
    bench.desk.review_major(dh, &key, &input::MajorReview { lessons: "秘密の教訓".into(), ..review }).await.unwrap();
    assert_eq!(duty(&bench, &key, "review_major").await, None);
    let seen = bench.desk.published(bench.person("cu"), &key).await.unwrap();
    assert!(seen.incident.is_major() && seen.incident.after.reviews.is_empty());
    assert!(!format!("{:?}", seen.texts.values()).contains("秘密の教訓"));
    verified(&bench).await;
}

async fn the_customer_reads_what_was_published_and_nothing_else(bench: Bench) {
    let key = recovered(&bench).await;
    let mut draft = drafted(&bench, &key, ReportKind::Preliminary).await;
    "未承認の文".clone_into(&mut draft.cause);
    bench.desk.write_report(bench.person("mo"), &key, &draft).await.unwrap();
    let seen = async || bench.desk.published(bench.person("cu"), &key).await.unwrap();
    let before = seen().await;
    assert!(before.incident.after.reports.is_empty());
    assert!(!format!("{:?}", before.texts.values()).contains("未承認の文"));
    bench.desk.decide_report(bench.person("dh"), &key, &decision(ReportKind::Preliminary, 1, "")).await.unwrap();
    let after = seen().await;
    let version = &after.incident.after.reports[0];
    assert_eq!(document(version, &after.texts).cause, "未承認の文");
    let foreign = bench.desk.published(bench.person("foreign"), &key).await.map(|_| ());
    assert_eq!(refusal(foreign).kind, RefusalKind::NotFound);
}
