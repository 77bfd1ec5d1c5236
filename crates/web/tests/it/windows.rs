//! Windows of work by forms: the customer's small form, the desk's, and the board's strip.

use crate::app::{App, Script};
use http::StatusCode;

const WORK: [(&str, &str); 4] =
    [("project", "NGS"), ("hosts", "web*"), ("to", "2026-11-22T05:00:00"), ("work", "パッチ適用と再起動")];

#[tokio::test]
async fn q_14_a_customer_announces_work_and_ends_it_early() {
    let app = App::at_work().await;
    let mut nagisa = app.sign_in("nagisa").await;
    assert!(nagisa.get("/incidents").await.ok().contains("href=\"/windows\""));
    let mut wrong = WORK.to_vec();
    wrong[2].1 = "2026-11-21T05:00:00";
    let refused = nagisa.post("/windows", &wrong, Script::Off).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert!(refused.text.contains("終了は、開始と現在より後に") && refused.text.contains("パッチ適用と再起動"));
    let done = nagisa.act("/windows", &WORK).await;
    assert_eq!(done.to, "/windows#NGS-W1");
    let page = nagisa.get("/windows").await.ok();
    assert!(page.contains("id=\"NGS-W1\"") && page.contains("お客様作業") && page.contains("届いたアラートはまだ"));

    let mo = app.sign_in("mo").await;
    assert!(mo.get("/").await.ok().contains("id=\"window-NGS-W1\""));
    assert!(mo.get("/windows").await.ok().contains("パッチ適用と再起動"));
    let sorairo = app.sign_in("sorairo").await;
    assert!(!sorairo.get("/windows").await.ok().contains("NGS-W1"));
    let mut sorairo = sorairo;
    assert_eq!(sorairo.post("/windows/NGS-W1/end", &[], Script::Off).await.status, StatusCode::NOT_FOUND);

    let missing = nagisa.post("/windows/NGS-W1/end", &[("to", "")], Script::Off).await;
    assert_eq!(missing.status, StatusCode::BAD_REQUEST);
    nagisa.act("/windows/NGS-W1/end", &[("to", "2026-11-22T06:30:00")]).await;
    assert!(nagisa.get("/windows").await.ok().contains("06:30:00"));
    nagisa.act("/windows/NGS-W1/end", &[]).await;
    assert!(nagisa.get("/windows").await.ok().contains("終わった作業"));
    assert!(!mo.get("/").await.ok().contains("window-NGS-W1"));
    let again = nagisa.post("/windows/NGS-W1/end", &[], Script::Off).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn q_14_the_desk_says_whose_work_it_is_and_who_told_it() {
    let app = App::at_work().await;
    let mut mo = app.sign_in("mo").await;
    let with = |more: &[(&'static str, &'static str)]| [WORK.as_slice(), more].concat();
    let refused = mo.post("/windows", &WORK, Script::Off).await;
    assert!(refused.text.contains("計画作業か、お客様の作業かを選んでください"));
    let refused = mo.post("/windows", &with(&[("kind", "customer")]), Script::Off).await;
    assert!(refused.text.contains("ご連絡くださった方のお名前"));
    mo.act("/windows", &with(&[("kind", "customer"), ("caller", "長谷川 様")])).await;
    mo.act("/windows", &with(&[("kind", "planned"), ("from", "2026-11-22T04:30:00")])).await;
    let page = mo.get("/windows").await.ok();
    assert!(page.contains("長谷川 様") && page.contains("これからの作業"));
    mo.act("/windows/NGS-W2/cancellation", &[]).await;
    assert!(mo.get("/windows").await.ok().contains("取り消し"));
    // An auditor reads and is offered nothing to do.
    let au = app.sign_in("au").await.get("/windows").await.ok();
    assert!(au.contains("NGS-W1") && !au.contains("id=\"window\"") && !au.contains("id=\"end-NGS-W1\""));
}
