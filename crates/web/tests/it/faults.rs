//! 障害ご連絡 by forms: a customer files on the portal, an operator takes a call (R-4.2.1-1 to -9, R-4.1.2-1 to -7, R-4.2.2-4).

use crate::app::{App, Script};
use domain::ids::RecordKey;
use http::StatusCode;

const FAULT: [(&str, &str); 6] = [
    ("project", "NGS"),
    ("priority", "high"),
    ("detected_at", "2026-11-22T03:05:00"),
    ("host", "web02"),
    ("business_impact", "受注ができません。"),
    ("details", "画面が真っ白になります。"),
];

#[tokio::test]
async fn a_customer_files_a_fault_and_the_board_has_it_at_once() {
    let app = App::at_work().await;
    let mut nagisa = app.sign_in("nagisa").await;
    assert!(nagisa.get("/incidents").await.ok().contains("/faults/new"));
    let page = nagisa.get("/faults/new").await.ok();
    for words in [
        "優先度",
        "検知日時",
        "ホスト名",
        "ビジネスインパクト",
        "障害の詳細",
        "サービスが停止もしくは重大な影響が発生している場合",
        "サービスに影響があり得る場合",
        "サービスにほとんど影響が無い場合",
    ] {
        assert!(page.contains(words), "{words}");
    }
    for (missing, _) in &FAULT[1..] {
        let fields: Vec<_> = FAULT.iter().copied().filter(|(name, _)| name != missing).collect();
        let mut fields = fields;
        fields.push((missing, ""));
        let refused = nagisa.post("/faults", &fields, Script::Off).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{missing}");
        assert!(*missing == "host" || refused.text.contains("web02"), "what was typed comes back: {missing}");
    }
    let filed = nagisa.act("/faults", &FAULT).await;
    let key = RecordKey::new(filed.to.trim_start_matches("/incidents/"));
    let page = nagisa.get(&filed.to).await.ok();
    assert!(
        page.contains("ご連絡を受け付けました") && page.contains("受注ができません。") && page.contains("画面が真っ白")
    );
    assert!(page.contains("お客様の申告の受付から"), "the ledger says from what the clock runs");
    let mo = app.sign_in("mo").await;
    let board = mo.get("/").await.ok();
    assert!(board.contains(&format!("row-{key}")) && board.contains("お客様の申告 優先度 高"));
    let staff = mo.get(&filed.to).await.ok();
    assert!(staff.contains("お客様の言葉") && staff.contains("検知から受付まで") && staff.contains("受付のお知らせ"));
    assert!(!staff.contains("/false-alarm\""), "what the customer told us is no false alarm");
    let sorairo = app.sign_in("sorairo").await;
    assert_eq!(sorairo.get(&filed.to).await.status, StatusCode::NOT_FOUND);

    // R-4.2.2-4: what is open is added to, not doubled.
    let page = nagisa.get("/faults/new").await.ok();
    assert!(page.contains("対応中の障害") && page.contains(key.as_str()));
    let refused = nagisa.post("/faults", &FAULT, Script::Off).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert!(refused.text.contains("対応中の障害があります"));
    let added = nagisa.act("/faults/additions", &[("key", key.as_str()), ("text", "携帯でも同じです。")]).await;
    assert_eq!(added.to, format!("/incidents/{key}"));
    assert!(nagisa.get(&added.to).await.ok().contains("携帯でも同じです。"));
    assert_eq!(mo.get("/").await.ok().matches("id=\"row-").count(), 1);
    let mut other = FAULT.to_vec();
    other.push(("separate", "yes"));
    assert_ne!(nagisa.act("/faults", &other).await.to, added.to);
    let foreign = [("key", key.as_str()), ("text", "x")];
    let mut sorairo = sorairo;
    assert_eq!(sorairo.post("/faults/additions", &foreign, Script::Off).await.status, StatusCode::NOT_FOUND);
    assert_eq!(sorairo.post("/faults", &FAULT, Script::Off).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_call_drops_after_the_company_and_what_is_missing_is_owed() {
    let app = App::at_work().await;
    let mut mo = app.sign_in("mo").await;
    assert!(mo.get("/").await.ok().contains("電話を受ける"));
    let begun = mo.act("/calls", &[]).await;
    app.clock.advance_ms(40_000);
    assert!(mo.get(&begun.to).await.ok().contains("3:12:00"), "the clock began with the key");
    let call = begun.to.trim_start_matches("/calls?call=").to_owned();
    for sought in ["なぎさ", "ngs", "はせがわ", "ハセガワ", "090-0000-1234", "1234"] {
        let query = serde_urlencoded::to_string([("call", call.as_str()), ("q", sought)]).unwrap();
        let page = mo.get(&format!("/calls?{query}")).await.ok();
        assert!(page.contains("なぎさ商事") && !page.contains("そらいろ"), "{sought}");
    }
    let of = [("call", call.as_str()), ("project", "NGS"), ("project_sure", "yes")];
    let opened = mo.act("/calls/incident", &of).await;
    assert_eq!(opened.to, "/incidents/NGS-1/intake");
    assert_eq!(mo.act("/calls/incident", &of).await.to, opened.to, "sent twice it is one");
    assert!(mo.get(&opened.to).await.ok().contains("これから伺うこと"));
    mo.act("/incidents/NGS-1/intake/end", &[("summary", "社名を伺ったところで切れた。")]).await;
    let page = mo.get("/incidents/NGS-1").await.ok();
    assert!(
        page.contains("これから伺うこと")
            && page.contains("ビジネスインパクト")
            && page.contains("お電話の聞き取りを開く")
    );
    let nagisa = app.sign_in("nagisa").await;
    assert_eq!(nagisa.get("/incidents/NGS-1").await.status, StatusCode::NOT_FOUND, "nobody knows yet who called");
    let words = [("caller", "長谷川亮"), ("contact", ""), ("content", "真っ白"), ("by_phone", ""), ("detected_at", "")];
    mo.act("/incidents/NGS-1/intake", &words).await;
    let page = mo.get(&opened.to).await.ok();
    assert!(page.contains("value=\"c1\" selected"), "matched by name: {page}");
    let seen = nagisa.get("/incidents/NGS-1").await.ok();
    assert!(seen.contains("真っ白") && !seen.contains("切れた"));
    let late = [("detected_at", "2026-11-22T03:12:01"), ("caller", "長谷川亮"), ("content", "真っ白")];
    let refused = mo.post("/incidents/NGS-1/intake", &late, Script::Off).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    let lost = mo.act("/calls/incident", &[("call", call.as_str()), ("company", "まるまる工業")]).await;
    assert_eq!(lost.to, "/incidents/MSP-1/intake");
    let refused = mo.post("/calls/incident", &[("call", call.as_str()), ("company", "")], Script::Off).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    for name in ["nagisa", "au"] {
        let mut other = app.sign_in(name).await;
        assert_eq!(other.post("/calls", &[], Script::Off).await.status, StatusCode::FORBIDDEN, "{name}");
    }
}

#[tokio::test]
async fn a_contact_on_the_line_is_told_with_the_judgement() {
    let app = App::at_work().await;
    let mut mo = app.sign_in("mo").await;
    let begun = mo.act("/calls", &[]).await;
    let call = begun.to.trim_start_matches("/calls?call=").to_owned();
    mo.act("/calls/incident", &[("call", call.as_str()), ("project", "NGS")]).await;
    mo.act("/incidents/NGS-1/intake", &[("caller", ""), ("contact", "c1")]).await;
    let key = RecordKey::new("NGS-1");
    let version = mo.version(&key).await;
    mo.act("/incidents/NGS-1/assignment", &[("version", &version)]).await;
    let version = mo.version(&key).await;
    mo.act("/incidents/NGS-1/check", &[("version", &version), ("how", "curl"), ("result", "as_alerted")]).await;
    assert!(mo.get("/incidents/NGS-1").await.ok().contains("told_caller"));
    let version = mo.version(&key).await;
    let fields = [
        ("version", version.as_str()),
        ("criteria", "1"),
        ("answer_down", "yes"),
        ("answer_degraded", "no"),
        ("answer_data", "no"),
        ("text", "お電話の件、障害です。"),
        ("told_caller", "yes"),
    ];
    mo.act("/incidents/NGS-1/judgement", &fields).await;
    let page = mo.get("/incidents/NGS-1").await.ok();
    assert!(page.contains("お客様からのお電話でご本人に伝えた"), "Q-03: the caller's own call counts");
}
