//! 障害報告書 and 重大な障害 by forms: written, sent back, approved, read by the customer.

use crate::app::{App, Browser, Script};
use crate::night::{IMPACT, step};
use domain::ids::RecordKey;
use http::StatusCode;

async fn recovered(app: &App, mo: &mut Browser<'_>) -> RecordKey {
    let key = app.alert("NGS", "応答なし").await;
    step(app, mo, &key, "assignment", &[]).await;
    step(app, mo, &key, "check", &[("how", "curl"), ("result", "as_alerted")]).await;
    step(app, mo, &key, "judgement", &IMPACT).await;
    step(app, mo, &key, "call", &[("contact", "c1"), ("number", "090-0000-1234")]).await;
    step(app, mo, &key, "call-end", &[("call", "1"), ("result", "answered")]).await;
    step(app, mo, &key, "recovery", &[("recovered_at", ""), ("recovery_point", "")]).await;
    let told = [("method", "URL"), ("confirmed_by", "mo さん"), ("channel", "ticket"), ("text", "復旧しました。")];
    step(app, mo, &key, "recovery-notice", &told).await;
    key
}

const WRITTEN: [(&str, &str); 6] = [
    ("report", "preliminary"),
    ("follows", "0"),
    ("language", "ja"),
    ("occurrence", "応答がなくなりました。"),
    ("impact", "サービス影響: 有"),
    ("course", "11/22 03:12　アラートを受信\r\nこのあと調査"),
];

#[tokio::test]
async fn a_report_goes_from_the_draft_to_the_customer() {
    let app = App::at_work().await;
    let (mut mo, mut dh, nagisa) = (app.sign_in("mo").await, app.sign_in("dh").await, app.sign_in("nagisa").await);
    let key = recovered(&app, &mut mo).await;
    let (page, paper) = (format!("/incidents/{key}/reports"), format!("/incidents/{key}/incident-report"));
    assert!(mo.get(&format!("/incidents/{key}")).await.ok().contains(&format!("href=\"{page}\"")), "the way to it");
    let draft = mo.get(&page).await.ok();
    assert!(
        draft.contains("アラート「web01 応答なし」を受信") && draft.contains("長谷川 亮 様へ架電（本人が応答）"),
        "{draft}"
    );
    assert!(!draft.contains("mo さんへ架電") && draft.contains("期限 "));
    assert!(draft.contains("/reports?draft=en"), "the way to an English draft");
    let english = mo.get(&format!("{page}?draft=en")).await.ok();
    assert!(english.contains("Alert “web01 応答なし” received") && english.contains("Called 長谷川 亮 ("), "{english}");
    assert_eq!(mo.get(&format!("{page}?draft=fr")).await.status, StatusCode::BAD_REQUEST);
    assert!(nagisa.get(&paper).await.ok().contains("この報告書はまだありません"));
    assert_eq!(nagisa.get(&page).await.status, StatusCode::FORBIDDEN);

    // Without script everything that was typed comes back, with the sentence at its field.
    let mut lacking = WRITTEN.to_vec();
    lacking[4].1 = " ";
    let wrong = mo.post(&paper, &lacking, Script::Off).await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    assert!(wrong.text.contains("aria-describedby=\"incident-report-preliminary-impact-about\" aria-invalid=\"true\""));
    assert!(wrong.text.contains("応答がなくなりました。"));
    assert_eq!(mo.post(&paper, &WRITTEN, Script::Off).await.to, page);
    let late = mo.post(&paper, &WRITTEN, Script::Off).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert!(late.text.contains("先に第1版が書かれました") && late.text.contains("応答がなくなりました。"));

    // Who wrote it is not offered to decide; the head of desk is.
    assert!(!mo.get(&page).await.ok().contains("incident-report-decision-preliminary"));
    let deciding = dh.get(&page).await.ok();
    assert!(deciding.contains("incident-report-decision-preliminary") && deciding.contains("責任者の承認待ち"));
    let unread = nagisa.get(&paper).await.ok();
    assert!(!unread.contains("応答がなくなりました。"), "internal until it is approved");
    let before = dh.get(&paper).await.ok();
    assert!(before.contains("未承認") && before.contains("応答がなくなりました。"));
    let decide = |approved, reason| {
        [("report", "preliminary"), ("report_version", "1"), ("approved", approved), ("reason", reason)]
    };
    let decision = format!("/incidents/{key}/incident-report-decision");
    let wordless = dh.post(&decision, &decide("no", ""), Script::Off).await;
    assert!(
        wordless.text.contains("incident-report-decision-preliminary-reason-about\" aria-invalid"),
        "{}",
        wordless.text
    );
    assert_eq!(dh.post(&decision, &decide("yes", ""), Script::Off).await.to, page);
    let read = nagisa.get(&format!("{paper}?report=preliminary&version=1")).await.ok();
    assert!(read.contains("<td data-head=\"時刻\"><div>11/22 03:12</div></td>"), "the minute table: {read}");
    assert!(read.contains("調査中です。") && read.contains("みなとマネージド") && !read.contains("mo さん"));
    let told = nagisa.get(&format!("/incidents/{key}")).await.ok();
    assert!(told.contains("incident-report?report=preliminary&amp;version=1") && told.contains("■ 発生"));
    // Another version, and another customer's: nothing is there.
    assert!(nagisa.get(&format!("{paper}?report=final&version=7")).await.ok().contains("この報告書はまだありません"));
    let (foreign, absent) = (app.sign_in("sorairo").await, "/incidents/NGS-999/incident-report");
    let seen = foreign.get(&paper).await;
    assert_eq!((seen.status, seen.text), (StatusCode::NOT_FOUND, foreign.get(absent).await.text));
}

#[tokio::test]
async fn a_major_incident_is_marked_closed_and_reviewed() {
    let app = App::at_work().await;
    let (mut mo, mut dh) = (app.sign_in("mo").await, app.sign_in("dh").await);
    let key = recovered(&app, &mut mo).await;
    let page = format!("/incidents/{key}/reports");
    let version = mo.version(&key).await;
    let mark = [("version", version.as_str()), ("criterion", ""), ("reason", "全体が停止")];
    let wrong = mo.post(&format!("/incidents/{key}/major"), &mark, Script::Off).await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    let mark = [("version", version.as_str()), ("criterion", "whole_service"), ("reason", "全体が停止")];
    assert_eq!(mo.post(&format!("/incidents/{key}/major"), &mark, Script::Off).await.to, page);
    let marked = mo.get(&format!("/incidents/{key}")).await.ok();
    assert!(marked.contains("重大な障害: ") && marked.contains("サービス全体に60分を超える影響"));
    assert!(marked.contains("エスカレーション → サポートデスク責任者: 重大な障害"), "{marked}");
    assert!(!mo.get(&page).await.ok().contains("id=\"major-review\""), "the head of desk reviews");
    assert!(dh.get(&page).await.ok().contains("id=\"major-review\""));
    let review = [("timeline", "t"), ("cause", "c"), ("lessons", "切替を手順に"), ("action", "CAPA-7")];
    assert_eq!(dh.post(&format!("/incidents/{key}/major-review"), &review, Script::Off).await.to, page);
    assert!(mo.get(&page).await.ok().contains("切替を手順に"));
    let nagisa = app.sign_in("nagisa").await;
    assert!(!nagisa.get(&format!("/incidents/{key}")).await.ok().contains("切替を手順に"));
}

#[tokio::test]
async fn a_later_date_is_recorded_with_who_agreed() {
    let app = App::at_work().await;
    let mut mo = app.sign_in("mo").await;
    let key = recovered(&app, &mut mo).await;
    let path = format!("/incidents/{key}/incident-report-date");
    let wrong = mo.post(&path, &[("due", "2026-11-25T19:00"), ("agreed_by", "長谷川")], Script::Off).await;
    assert!(wrong.text.contains("incident-report-date-due-about\" aria-invalid"), "{}", wrong.text);
    let page = format!("/incidents/{key}/reports");
    assert_eq!(mo.post(&path, &[("due", "2026-12-11T19:00"), ("agreed_by", "長谷川")], Script::Off).await.to, page);
    assert!(mo.get(&page).await.ok().contains("お客様と合意: "));
}
