//! A night by forms: from the alert to the end, and what others see of it meanwhile.

use crate::app::{App, Browser, Script, console};
use domain::contact::{Contact, ContactPlan, Days, Hours};
use domain::ids::{ContactId, RecordKey};
use http::StatusCode;

pub(crate) async fn step(app: &App, browser: &mut Browser<'_>, key: &RecordKey, noun: &str, fields: &[(&str, &str)]) {
    app.clock.advance_ms(10_000);
    let version = browser.version(key).await;
    let mut all = vec![("version", version.as_str())];
    all.extend(fields);
    let page = browser.act(&format!("/incidents/{key}/{noun}"), &all).await;
    assert_eq!(page.to, format!("/incidents/{key}"));
}

pub(crate) const IMPACT: [(&str, &str); 5] = [
    ("criteria", "1"),
    ("answer_down", "yes"),
    ("answer_degraded", "no"),
    ("answer_data", "no"),
    ("text", "web01 の障害をお知らせします。"),
];

/// R-4.2.2-3: the remark on redundancy stands beside the questions; R-4.2.2-19, R-4.2.2-20: recovery is confirmed, then told by
/// ticket or telephone.
#[tokio::test]
async fn a_night_goes_from_the_alert_run_out() {
    let app = App::at_work().await;
    let key = app.alert("NGS", "応答なし").await;
    let mut mo = app.sign_in("mo").await;
    let board = mo.get("/").await.ok();
    assert!(board.contains("応答なし") && board.contains("なぎさ商事") && board.contains("判定"));
    step(&app, &mut mo, &key, "assignment", &[]).await;
    step(&app, &mut mo, &key, "check", &[("how", "curl"), ("result", "as_alerted")]).await;
    let page = mo.get(&format!("/incidents/{key}")).await.ok();
    assert!(
        page.contains("answer_down") && page.contains("冗長構成によるフェイルオーバー"),
        "questions and the remark"
    );
    step(&app, &mut mo, &key, "judgement", &IMPACT).await;
    let page = mo.get(&format!("/incidents/{key}")).await.ok();
    assert!(page.contains("サービス影響 有") && page.contains("090-0000-1234"));
    step(&app, &mut mo, &key, "call", &[("contact", "c1"), ("number", "090-0000-1234")]).await;
    step(&app, &mut mo, &key, "call-end", &[("call", "1"), ("result", "voicemail")]).await;
    let page = mo.get(&format!("/incidents/{key}")).await.ok();
    assert!(
        page.contains("達成") && page.contains("この期限はなぜ止まったか"),
        "the clock stopped in time and says why"
    );
    step(&app, &mut mo, &key, "interim-report", &[("text", "調査中です。")]).await;
    step(&app, &mut mo, &key, "recovery-step", &[("step", "再起動"), ("result", "応答あり")]).await;
    step(&app, &mut mo, &key, "recovery", &[("recovered_at", "2026-11-22T03:12:55"), ("recovery_point", "")]).await;
    let told = [("method", "URL"), ("confirmed_by", "mo さん"), ("channel", "ticket"), ("text", "復旧しました。")];
    step(&app, &mut mo, &key, "recovery-notice", &told).await;
    step(&app, &mut mo, &key, "closure", &[("class", "hardware"), ("cause", "電源"), ("confirmed_by", "長谷川 様")])
        .await;
    let page = mo.get(&format!("/incidents/{key}")).await.ok();
    assert!(page.contains("この障害は終わっています") && page.contains("確定した判定: SLO 達成"));
    let board = mo.get("/").await.ok();
    assert!(
        board.contains(&format!("row-{key}")) && board.contains("障害報告書（速報）"),
        "the reports are still owed"
    );
}

#[tokio::test]
async fn a_customer_sees_what_was_told_and_nothing_else() {
    let app = App::at_work().await;
    let key = app.alert("NGS", "応答なし").await;
    let (mut mo, nagisa, sorairo) =
        (app.sign_in("mo").await, app.sign_in("nagisa").await, app.sign_in("sorairo").await);
    let path = format!("/incidents/{key}");
    let absent = nagisa.get("/incidents/NGS-999").await;
    let before = nagisa.get(&path).await;
    assert_eq!((before.status, &before.text), (StatusCode::NOT_FOUND, &absent.text), "nothing before the notice");
    assert!(!nagisa.get("/incidents").await.ok().contains("応答なし"));
    mo.act(&format!("{path}/note"), &[("text", "社外秘のメモ")]).await;
    step(&app, &mut mo, &key, "assignment", &[]).await;
    step(&app, &mut mo, &key, "check", &[("how", "社外秘の手順"), ("result", "as_alerted")]).await;
    step(&app, &mut mo, &key, "judgement", &IMPACT).await;
    let page = nagisa.get(&path).await.ok();
    assert!(page.contains("web01 の障害をお知らせします。") && page.contains("期限の内訳"));
    assert!(
        !page.contains("社外秘") && !page.contains("mo さん") && !page.contains("fact-"),
        "internal words stay inside"
    );
    assert!(!page.contains("<textarea"), "read-only");
    assert!(nagisa.get("/incidents").await.ok().contains("応答なし"));
    let foreign = sorairo.get(&path).await;
    let absent = sorairo.get("/incidents/NGS-999").await;
    assert_eq!((foreign.status, foreign.text), (StatusCode::NOT_FOUND, absent.text), "foreign looks as absent");
    assert_eq!(nagisa.get("/").await.to, "/incidents");
    assert_eq!(nagisa.get("/alerts").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_refusal_keeps_what_was_typed_beside_what_was_wrong() {
    let app = App::at_work().await;
    let key = app.alert("NGS", "応答なし").await;
    let mut mo = app.sign_in("mo").await;
    step(&app, &mut mo, &key, "assignment", &[]).await;
    let (path, version) = (format!("/incidents/{key}/check"), mo.version(&key).await);
    let fields = [("version", version.as_str()), ("how", "長い手順を打った"), ("result", "")];
    let page = mo.post(&path, &fields, Script::Off).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    assert!(page.text.contains("長い手順を打った") && page.text.contains("入力してください"));
    let page = mo.post(&path, &fields, Script::On).await;
    assert_eq!((page.status, page.kind.as_str()), (StatusCode::BAD_REQUEST, "application/problem+json"));
    assert!(page.text.contains("\"field\":\"result\""), "{}", page.text);
    let late =
        [("version", version.as_str()), ("contact", "c1"), ("number", "1"), ("begun", "gestern"), ("result", "busy")];
    let page = mo.post(&format!("/incidents/{key}/call-record"), &late, Script::On).await;
    assert!(page.text.contains("\"field\":\"begun\""), "{}", page.text);
}

#[tokio::test]
async fn who_was_slower_learns_what_happened_and_loses_no_word() {
    let app = App::at_work().await;
    let key = app.alert("NGS", "応答なし").await;
    let (mut mo, mut second) = (app.sign_in("mo").await, app.sign_in("second").await);
    let seen = second.version(&key).await;
    step(&app, &mut mo, &key, "assignment", &[]).await;
    let fields = [("version", seen.as_str()), ("grounds", "監視の誤りと思う")];
    let path = format!("/incidents/{key}/false-alarm");
    let page = second.post(&path, &fields, Script::Off).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(
        page.text.contains("担当を開始") && page.text.contains("mo さん") && page.text.contains("監視の誤りと思う")
    );
    let page = second.post(&path, &fields, Script::On).await;
    assert_eq!((page.status, page.kind.as_str()), (StatusCode::CONFLICT, "application/problem+json"));
}

#[tokio::test]
async fn a_judgement_without_impact_needs_a_second_person_when_it_is_late() {
    let app = App::at_work().await;
    let key = app.alert("NGS", "応答なし").await;
    let (mut mo, mut second) = (app.sign_in("mo").await, app.sign_in("second").await);
    step(&app, &mut mo, &key, "assignment", &[]).await;
    step(&app, &mut mo, &key, "check", &[("how", "curl"), ("result", "healthy")]).await;
    app.clock.advance_ms(16 * 60_000);
    let none =
        [("criteria", "1"), ("answer_down", "no"), ("answer_degraded", "no"), ("answer_data", "no"), ("text", "")];
    step(&app, &mut mo, &key, "judgement", &none).await;
    let version = mo.version(&key).await;
    let own = mo.post(&format!("/incidents/{key}/judgement-confirmation"), &[("version", &version)], Script::On).await;
    assert_eq!(own.status, StatusCode::CONFLICT, "{}", own.text);
    step(&app, &mut second, &key, "judgement-confirmation", &[]).await;
    assert!(mo.get(&format!("/incidents/{key}")).await.ok().contains("サービス影響 無"));
}

#[tokio::test]
async fn who_may_not_be_called_at_this_hour_is_not_offered() {
    let app = App::at_work().await;
    let contact = |id: &str, phone: &str, days| Contact {
        id: ContactId::new(id),
        name: format!("{id} さん"),
        reading: String::new(),
        phone: phone.into(),
        other_phones: vec![],
        mail: format!("{id}@nagisa.example"),
        hours: Hours { days, ..Hours::default() },
        services: vec![],
    };
    // A Sunday night: the first is called on business days only, the second cannot be called at all.
    let contacts = vec![
        contact("day", "03-0000-0001", Days::Business),
        contact("mail", "", Days::Every),
        contact("night", "03-0000-0003", Days::Every),
    ];
    let plan = ContactPlan { contacts, ..ContactPlan::default() };
    let nagisa = app.tenant("なぎさ商事").await;
    app.desk.record_paper(&console(), &nagisa, "NGS", &plan, None).await.unwrap();
    let key = app.alert("NGS", "応答なし").await;
    let mut mo = app.sign_in("mo").await;
    step(&app, &mut mo, &key, "assignment", &[]).await;
    step(&app, &mut mo, &key, "check", &[("how", "curl"), ("result", "as_alerted")]).await;
    step(&app, &mut mo, &key, "judgement", &IMPACT).await;
    let page = mo.get(&format!("/incidents/{key}")).await.ok();
    assert!(page.contains("name=\"contact\" value=\"night\"") && page.contains("value=\"03-0000-0003\""), "{page}");
    assert!(page.contains("夜分に恐れ入ります"), "what to say");
    step(&app, &mut mo, &key, "call", &[("contact", "night"), ("number", "03-0000-0003")]).await;
    let page = mo.get(&format!("/incidents/{key}")).await.ok();
    assert!(page.contains("id=\"call-end\"") && page.contains("この架電は無効になります"), "{page}");
    step(&app, &mut mo, &key, "call-end", &[("call", "1"), ("result", "answered")]).await;
    assert!(
        mo.get(&format!("/incidents/{key}")).await.ok().contains("達成"),
        "the call that is offered ends the clock"
    );
}

#[tokio::test]
async fn a_refused_judgement_keeps_its_answers_without_script() {
    let app = App::at_work().await;
    let key = app.alert("NGS", "応答なし").await;
    let mut mo = app.sign_in("mo").await;
    step(&app, &mut mo, &key, "assignment", &[]).await;
    step(&app, &mut mo, &key, "check", &[("how", "curl"), ("result", "as_alerted")]).await;
    let version = mo.version(&key).await;
    let fields = [("version", version.as_str()), ("answer_down", "yes"), ("answer_data", "no"), ("text", "")];
    let page = mo.post(&format!("/incidents/{key}/judgement"), &fields, Script::Off).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST, "{}", page.text);
    let checked = |name: &str, value: &str| {
        let input = page.text.split("<input").find(|it| it.contains(&format!("id=\"answer_{name}-{value}\""))).unwrap();
        input.split('>').next().unwrap().contains(" checked")
    };
    assert!(checked("down", "yes") && checked("data", "no"));
    assert!(!checked("down", "no") && !checked("degraded", "yes") && !checked("degraded", "no"));
}

#[tokio::test]
async fn a_script_is_told_of_a_lost_session_and_of_a_desk_without_database() {
    let app = App::at_work().await;
    let key = app.alert("NGS", "応答なし").await;
    let (mut mo, mut nobody) = (app.sign_in("mo").await, app.browser());
    let path = format!("/incidents/{key}/note");
    let lost = nobody.post(&path, &[("text", "長い文")], Script::On).await;
    assert_eq!((lost.status, lost.kind.as_str()), (StatusCode::UNAUTHORIZED, "application/problem+json"));
    assert_eq!(nobody.post(&path, &[("text", "長い文")], Script::Off).await.to, "/sign-in");
    app.desk.store().close().await;
    for (browser, path) in [(&mut mo, path.as_str()), (&mut nobody, "/sign-in")] {
        let page = browser.post(path, &[("text", "長い文"), ("email", "mo@example.jp")], Script::On).await;
        let expected = (StatusCode::SERVICE_UNAVAILABLE, "application/problem+json");
        assert_eq!((page.status, page.kind.as_str()), expected, "{}", page.text);
        assert!(page.text.contains("何も変わっていません"), "{}", page.text);
    }
}
