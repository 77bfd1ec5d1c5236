//! A day of requests by forms: filed with the due before the promise, walked by the support centre, confirmed; then the table.

use crate::app::{App, Browser, Script};
use http::StatusCode;

/// The version that a page of a request shows in the form of a verb.
async fn version(browser: &Browser<'_>, key: &str) -> String {
    let page = browser.get(&format!("/requests/{key}")).await.ok();
    let (_, rest) = page.split_once("name=\"version\" value=\"").unwrap_or_else(|| panic!("no version: {page}"));
    rest.split('"').next().unwrap().to_owned()
}

async fn act(browser: &mut Browser<'_>, key: &str, noun: &str, fields: &[(&str, &str)]) {
    let version = version(browser, key).await;
    let mut all = vec![("version", version.as_str())];
    all.extend(fields);
    let page = browser.act(&format!("/requests/{key}/{noun}"), &all).await;
    assert_eq!(page.to, format!("/requests/{key}"));
}

/// R-4.1.1-*, R-5.3-*: the customer sees the due and why before filing; the desk does it; the customer confirms.
#[tokio::test]
async fn a_request_is_filed_promised_done_and_confirmed() {
    let app = App::at_work().await;
    let (mut cu, mut ca, mut su, mut dh) =
        (app.sign_in("nagisa").await, app.sign_in("sorairo").await, app.sign_in("su").await, app.sign_in("dh").await);
    let found = cu.get("/requests/new?search=Disk").await.ok();
    assert!(
        found.contains("ディスク変更作業のご依頼") && !found.contains("アカウント管理作業"),
        "found by the name of the report"
    );
    let form = cu.get("/requests/new?project=NGS&entry=server").await.ok();
    assert!(form.contains("までに完了します") && form.contains("営業日目") && form.contains("作業の種類"));
    // What is missing is said at its field, and nothing typed is lost.
    let typed = [("project", "NGS"), ("entry", "server"), ("host", "web01"), ("pace", "middle")];
    let wrong = cu.post("/requests", &typed, Script::Off).await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    assert!(wrong.text.contains("「作業の種類」を入力してください") && wrong.text.contains("web01"));
    let whole = [("project", "SOR"), ("entry", "server"), ("work", "restart"), ("host", "web01"), ("pace", "middle")];
    assert_eq!(cu.post("/requests", &whole, Script::Off).await.status, StatusCode::NOT_FOUND, "another's project");
    let filed = ca.act("/requests", &whole).await;
    let key = filed.to.trim_start_matches("/requests/").to_owned();
    assert!(ca.get("/requests").await.ok().contains(&key));
    assert!(!cu.get("/requests").await.ok().contains(&key), "another customer's request");
    assert_eq!(cu.get(&filed.to).await.status, StatusCode::NOT_FOUND);

    let today = su.get("/today").await.ok();
    assert!(today.contains(&key) && today.contains("担当者を決める"));
    act(&mut su, &key, "assignment", &[]).await;
    let refused = su
        .post(
            &format!("/requests/{key}/plan"),
            &[("version", &version(&su, &key).await), ("text", "再起動する")],
            Script::Off,
        )
        .await;
    assert!(refused.text.contains("この作業はサービスに影響します"), "{}", refused.text);
    act(&mut su, &key, "plan", &[("text", "手順書どおり再起動し、応答を確認する"), ("affects", "yes")]).await;
    act(&mut dh, &key, "approval", &[]).await;
    let waits = ca.get(&filed.to).await.ok();
    assert!(waits.contains("承認待ち") && waits.contains("承認する"));
    act(&mut ca, &key, "approval", &[]).await;
    act(&mut su, &key, "note", &[("text", "夜間は避ける")]).await;
    act(&mut su, &key, "state-before", &[("text", "応答なし、起動から41日")]).await;
    act(&mut su, &key, "start", &[]).await;
    act(&mut su, &key, "state-after", &[("text", "応答あり、起動から1分")]).await;
    act(&mut dh, &key, "work-check", &[("text", "画面で確認した")]).await;
    act(
        &mut su,
        &key,
        "completion",
        &[("text", "再起動し、応答を確認しました。"), ("completed_at", ""), ("reason", "")],
    )
    .await;
    let done = ca.get(&filed.to).await.ok();
    assert!(done.contains("再起動し、応答を確認しました。") && !done.contains("夜間は避ける"), "notes are ours");
    assert!(!done.contains("起動から1分") && !done.contains("画面で確認した"), "and so are states and checks");
    act(&mut ca, &key, "closure", &[]).await;
    assert!(ca.get(&filed.to).await.ok().contains("終了"));
}

/// R-A5-*: the table counts the tickets whose due lies in the period, for the customer and for staff, and as CSV.
#[tokio::test]
async fn the_table_of_appendix_5_comes_out() {
    let app = App::at_work().await;
    let mut cu = app.sign_in("nagisa").await;
    let filed = [("project", "NGS"), ("entry", "consultation"), ("topic", "証明書の更新"), ("pace", "middle")];
    cu.act("/requests", &filed).await;
    let nagisa = app.tenant("なぎさ商事").await;
    app.clock.set(app.clock.now().plus_minutes(60 * 24 * 30));
    let (cu, mo) = (app.sign_in("nagisa").await, app.sign_in("mo").await);
    let period = format!("/compliance?tenant={nagisa}&from=2026-11-01&to=2026-12-31");
    for browser in [&cu, &mo] {
        let page = browser.get(&period).await.ok();
        assert!(page.contains("1件") && page.contains("×") && page.contains("NGS-1"), "{page}");
        assert!(page.contains("AWS サポート制限解除対応") && page.contains("(SLA なし)"));
    }
    let csv = mo.get(&period.replace("/compliance", "/compliance.csv")).await.ok();
    assert!(csv.contains("技術相談,お客様,5 営業日,1,1件,×"), "{csv}");
    assert_eq!(csv.lines().count(), 1 + 23 + 2);
    let sorairo = app.tenant("そらいろ運輸").await;
    assert_eq!(cu.get(&format!("/compliance?tenant={sorairo}")).await.status, StatusCode::NOT_FOUND);
    let wrong = mo.get(&format!("/compliance?tenant={nagisa}&from=2026-12-31&to=2026-12-01")).await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    // Anybody may read what is offered (R-2.3-1).
    let catalogue = app.browser().get("/catalogue").await.ok();
    assert!(catalogue.contains("標準日数 (サービスレベル目標)") && catalogue.contains("脆弱性情報提供 / 脆弱性管理"));
}

/// R-4.1-1: a file goes from the browser to the other side and back, is saved and never shown, and an internal one stays inside.
#[tokio::test]
async fn files_go_both_ways() {
    let app = App::at_work().await;
    let (mut cu, su) = (app.sign_in("nagisa").await, app.sign_in("su").await);
    let ca = app.sign_in("sorairo").await;
    let filed = [("project", "NGS"), ("entry", "consultation"), ("topic", "証明書の更新"), ("pace", "middle")];
    let ticket = cu.act("/requests", &filed).await.to;
    let files = format!("{ticket}/files");
    let sent = cu.send_file(&files, &[], "画面.png", b"\x89PNG").await;
    assert_eq!((sent.status, sent.to), (StatusCode::SEE_OTHER, format!("{ticket}#files")));
    su.send_file(&files, &[("internal", "yes")], "社内.log", b"log").await;
    let (theirs, ours) = (cu.get(&ticket).await.ok(), su.get(&ticket).await.ok());
    assert!(theirs.contains("画面.png") && !theirs.contains("社内.log"));
    assert!(ours.contains("画面.png") && ours.contains("社内.log"));
    let (_, link) = ours.split_once(&format!("{ticket}/file?number=")).unwrap();
    let number: String = link.chars().take_while(char::is_ascii_digit).collect();
    let address = format!("{ticket}/file?number={number}");
    let given = su.open(&address).await;
    assert_eq!(given.headers()["content-type"], "application/octet-stream");
    assert!(given.headers()["content-disposition"].to_str().unwrap().starts_with("attachment;"));
    assert_eq!(ca.get(&address).await.status, StatusCode::NOT_FOUND, "another customer");
    // Nothing chosen: the page comes back and says so at the field.
    let nothing = cu.send_file(&files, &[], "", b"").await;
    assert_eq!(nothing.status, StatusCode::BAD_REQUEST);
    assert!(nothing.text.contains("ファイルを選んでください"));
    let wrong = cu.post(&files, &[], Script::Off).await;
    assert_eq!(wrong.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

/// An initial password is handed over on the ticket, shown once to the customer, and written back into no page.
#[tokio::test]
async fn a_password_is_shown_once() {
    let app = App::at_work().await;
    let (mut cu, mut su) = (app.sign_in("nagisa").await, app.sign_in("su").await);
    let filed = [("project", "NGS"), ("entry", "consultation"), ("topic", "アカウント"), ("pace", "middle")];
    let ticket = cu.act("/requests", &filed).await.to;
    let at = |verb: &str| format!("{ticket}/secrets{verb}");
    // Without a label nothing is handed over, and the secret does not come back into the page.
    let wrong = su.post(&at(""), &[("label", ""), ("secret", "Aki-4711")], Script::Off).await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    assert!(!wrong.text.contains("Aki-4711"));
    su.act(&at(""), &[("label", "suzuki の初期パスワード"), ("secret", "Aki-4711\n")]).await;
    let (theirs, ours) = (cu.get(&ticket).await.ok(), su.get(&ticket).await.ok());
    for page in [&theirs, &ours] {
        assert!(page.contains("suzuki の初期パスワード") && !page.contains("Aki-4711"));
    }
    assert!(theirs.contains("一度だけ表示する</button>") && !ours.contains("一度だけ表示する</button>"));
    let (_, number) = theirs.split_once("id=\"secret-reading-").unwrap();
    let number: String = number.chars().take_while(char::is_ascii_digit).collect();
    let shown = cu.post(&at("/reading"), &[("number", &number)], Script::Off).await;
    assert_eq!(shown.status, StatusCode::OK);
    assert!(shown.text.contains("Aki-4711"));
    let again = cu.post(&at("/reading"), &[("number", &number)], Script::Off).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert!(again.text.contains("すでに表示されました"), "{}", again.text);
    assert!(su.get(&ticket).await.ok().contains("表示済み"));
}

type Fields<'a> = &'a [(&'a str, &'a str)];

/// R-3-1: work, a question and a fault begin on one page, and each becomes a ticket of its kind.
#[tokio::test]
async fn all_three_kinds_begin_on_one_page() {
    let app = App::at_work().await;
    let mut cu = app.sign_in("nagisa").await;
    let start = cu.get("/requests/new").await.ok();
    let fault = [
        ("project", "NGS"),
        ("priority", "high"),
        ("detected_at", "2026-11-22T03:00"),
        ("host", "web02"),
        ("business_impact", "注文が止まっています"),
        ("details", "画面が開きません"),
    ];
    let question = [("project", "NGS"), ("entry", "consultation"), ("topic", "証明書の更新"), ("pace", "middle")];
    let work = [("project", "NGS"), ("entry", "server"), ("work", "restart"), ("host", "web01"), ("pace", "middle")];
    let kinds: [(&str, &str, Fields<'_>, &str); 3] = [
        ("/faults/new", "/faults", &fault, "/incidents/"),
        ("/requests/new?project=NGS&amp;entry=consultation", "/requests", &question, "/requests/"),
        ("/requests/new?project=NGS&amp;entry=server", "/requests", &work, "/requests/"),
    ];
    for (link, to, fields, ticket) in kinds {
        assert!(start.contains(&format!("href=\"{link}\"")), "{link}");
        assert!(cu.get(&link.replace("&amp;", "&")).await.ok().contains(&format!("action=\"{to}\"")), "{link}");
        assert!(cu.act(to, fields).await.to.starts_with(ticket), "{link}");
    }
}

/// R-2.2.1-1: who protects what can be read by everybody.
#[tokio::test]
async fn the_responsibility_split_is_public() {
    let app = App::at_work().await;
    let page = app.browser().get("/responsibility").await.ok();
    let names = ["お客様</h2>", "業務アプリケーション", "みなとマネージド</h2>", "ミドルウェア", "AWS</h2>", "施設"];
    let places: Vec<Option<usize>> = names.iter().map(|name| page.find(name)).collect();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{places:?}");
}
