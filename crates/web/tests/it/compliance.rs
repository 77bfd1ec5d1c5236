//! Service levels on the pages: freezing, restating, months, all customers, what if (R-A5-*, Q-22).

use crate::app::{App, Browser, Script};
use domain::time::Instant;
use http::StatusCode;

/// なぎさ with one request that missed its due in November; it is December.
async fn december() -> App {
    let app = App::at_work().await;
    let mut cu = app.sign_in("nagisa").await;
    let filed = [("project", "NGS"), ("entry", "consultation"), ("topic", "証明書の更新"), ("pace", "middle")];
    cu.act("/requests", &filed).await;
    app.clock.set(Instant::parse("2026-12-01T09:00:00+09:00").unwrap());
    app
}

async fn shown(browser: &Browser<'_>, path: &str, words: &[&str]) -> String {
    let page = browser.get(path).await.ok();
    for word in words {
        assert!(page.contains(word), "{path} lacks {word}: {page}");
    }
    page
}

#[tokio::test]
async fn a_table_is_frozen_read_and_restated() {
    let app = december().await;
    let nagisa = app.tenant("なぎさ商事").await;
    let mut dh = app.sign_in("dh").await;
    let live = format!("/compliance?tenant={nagisa}&from=2026-11-01&to=2026-11-30");
    shown(&dh, &live, &["暫定", "この期間を凍結する", "2026-11"]).await;
    // A month that runs offers no freezing, and refuses it at the form.
    let running = format!("/compliance?tenant={nagisa}&from=2026-12-01&to=2026-12-31");
    assert!(!dh.get(&running).await.ok().contains("この期間を凍結する"));
    let id = nagisa.to_string();
    let period = |from, to| [("tenant", id.as_str()), ("from", from), ("to", to)];
    let refused = dh.post("/compliance/freeze", &period("2026-12-01", "2026-12-31"), Script::Off).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{}", refused.text);
    let done = dh.act("/compliance/freeze", &period("2026-11-01", "2026-11-30")).await;
    assert_eq!(done.to, format!("/compliance/frozen?tenant={nagisa}&number=1"));
    // Both sides read it; its bytes have the sum that it shows.
    let cu = app.sign_in("nagisa").await;
    let json = cu.get(&format!("/compliance/frozen.json?tenant={nagisa}&number=1")).await.ok();
    let sum = domain::compliance::frozen::checksum(&json);
    for browser in [&cu, &dh] {
        shown(browser, &done.to, &[&sum, "第1号", "2026-11-01 – 2026-11-30", "1件"]).await;
        shown(browser, &format!("/compliance/frozen?tenant={nagisa}"), &[&sum, "第1号"]).await;
    }
    assert!(!cu.get(&done.to).await.ok().contains("/compliance/restate"));
    let csv = cu.get(&format!("/compliance.csv?tenant={nagisa}&number=1")).await.ok();
    assert!(csv.contains("技術相談,お客様,5 営業日,1,1件,×"), "{csv}");
    shown(&dh, &live, &["凍結済み: 第1号"]).await;
    shown(&cu, "/requests/NGS-1", &["凍結済み: 第1号 未達"]).await;
    // Whoever froze it does not restate it; nobody else's customers read it.
    let again = [("tenant", id.as_str()), ("number", "1"), ("reason", "r")];
    let own = dh.post("/compliance/restate", &again, Script::Off).await;
    assert!(own.status.is_client_error() && own.text.contains("本人"), "{}", own.text);
    let other = app.sign_in("sorairo").await;
    assert_eq!(other.get(&done.to).await.status, StatusCode::NOT_FOUND);
    let mut su = app.sign_in("su").await;
    assert_eq!(
        su.post("/compliance/freeze", &period("2026-10-01", "2026-10-31"), Script::On).await.status,
        StatusCode::FORBIDDEN
    );
}

#[tokio::test]
async fn months_all_customers_and_what_if_are_shown() {
    let app = december().await;
    let nagisa = app.tenant("なぎさ商事").await;
    let (dh, cu) = (app.sign_in("dh").await, app.sign_in("nagisa").await);
    let months = ["<title id=\"months-title\">", "2026-11 SLO 0.0%", "SLA 100%", "SLO 95%"];
    shown(&cu, "/compliance", &months).await;
    let all = shown(&dh, "/compliance/customers", &["なぎさ商事", "そらいろ運輸", "期限超過", "NGS-1"]).await;
    assert!(all.contains(&format!("/compliance?tenant={nagisa}&amp;from=2026-11-01&amp;to=2026-11-30")), "{all}");
    for path in ["/compliance/customers", "/compliance/what-if"] {
        assert_eq!(cu.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    let what_if = format!("/compliance/what-if?tenant={nagisa}&from=2026-11-01&to=2026-11-30");
    shown(&dh, &what_if, &["この仮定で集計する"]).await;
    // Open still: with a due in December it has no verdict.
    shown(&dh, &format!("{what_if}&row=%E6%8A%80%E8%A1%93%E7%9B%B8%E8%AB%87&days=20"), &["NGS-1", "判定なし"]).await;
    shown(&dh, &format!("{what_if}&slo=20"), &["結果が変わるチケットはありません"]).await;
    for (wrong, words) in [
        ("days=5", "依頼作業名を選んでください"),
        ("row=%E6%8A%80%E8%A1%93%E7%9B%B8%E8%AB%87", "標準日数を入力してください"),
        ("row=%E6%8A%80%E8%A1%93%E7%9B%B8%E8%AB%87&days=999", "1から250まで"),
        ("closures=2026-13-01", "2026-12-29 のように"),
        ("slo=0", "1から1440まで"),
        ("slo=x", "数字を入力してください"),
        ("sla=5", "SLO 以上"),
    ] {
        shown(&dh, &format!("{what_if}&{wrong}"), &[words]).await;
    }
}

/// R-5.4.4.3-6, -7: the retention is agreed, seen by both sides, and a password on a ticket is erased.
#[tokio::test]
async fn retention_is_agreed_and_a_password_is_erased() {
    let app = App::at_work().await;
    let nagisa = app.tenant("なぎさ商事").await;
    let (id, path) = (nagisa.to_string(), format!("/retention?tenant={nagisa}"));
    let mut dh = app.sign_in("dh").await;
    shown(&dh, &path, &["保管と廃棄", "5年", "標準", "保管期間を合意する"]).await;
    let version =
        |months, after| [("tenant", id.as_str()), ("months", months), ("kept", "NGS-3\nNGS-4"), ("after", after)];
    let refused = dh.post("/retention", &version("3", "0"), Script::Off).await;
    assert!(refused.status == StatusCode::BAD_REQUEST && refused.text.contains("12か月から"), "{}", refused.text);
    assert_eq!(dh.act("/retention", &version("66", "0")).await.to, path);
    let stale = dh.post("/retention", &version("72", "0"), Script::On).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    let mut cu = app.sign_in("nagisa").await;
    for browser in [&cu, &dh] {
        let page = shown(browser, &path, &["66か月", "NGS-3", "NGS-4", "まだありません"]).await;
        assert!(!page.contains("/retention/proposal"), "nothing is over, and neither may propose");
    }
    let proposal = [("tenant", id.as_str())];
    assert_eq!(dh.post("/retention/proposal", &proposal, Script::On).await.status, StatusCode::FORBIDDEN);
    assert_eq!(app.sign_in("sorairo").await.get(&path).await.status, StatusCode::NOT_FOUND);

    // A password in the title goes, with a reason; where it stood is said.
    let filed = [("project", "NGS"), ("entry", "consultation"), ("topic", "Aki-4711-kaze"), ("pace", "middle")];
    let ticket = cu.act("/requests", &filed).await.to;
    let page = shown(&dh, &ticket, &["Aki-4711-kaze", "書かれた内容を消去する"]).await;
    let number = page.split("id=\"fact-").nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned();
    let erasing = format!("{ticket}/erasure");
    shown(&dh, &erasing, &["書かれた内容を消去", "NGS-1"]).await;
    let words = |number| [("number", number), ("reason", "パスワードが書かれたため")];
    let absent = dh.post(&erasing, &words("9999"), Script::Off).await;
    assert!(absent.status == StatusCode::BAD_REQUEST && absent.text.contains("この番号の記録"), "{}", absent.text);
    assert_eq!(dh.act(&erasing, &words(&number)).await.to, ticket);
    for browser in [&cu, &dh] {
        let page = shown(browser, &ticket, &["（消去済み）", "書かれた内容を消去"]).await;
        assert!(!page.contains("Aki-4711-kaze"));
        assert!(shown(browser, "/requests", &["（消去済み）"]).await.contains("NGS-1"));
    }
    assert_eq!(cu.get(&erasing).await.status, StatusCode::FORBIDDEN);
}
