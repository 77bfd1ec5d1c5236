//! The night as it is read in the morning, and the figures.

use crate::app::App;
use crate::night::{IMPACT, step};
use http::StatusCode;

#[tokio::test]
async fn each_reads_the_night_of_their_own_incidents() {
    let app = App::at_work().await;
    let mut mo = app.sign_in("mo").await;
    let key = app.alert("NGS", "応答なし").await;
    let untold = app.alert("NGS", "遅延").await;
    step(&app, &mut mo, &key, "assignment", &[]).await;
    step(&app, &mut mo, &key, "check", &[("how", "社外秘の手順"), ("result", "as_alerted")]).await;
    step(&app, &mut mo, &key, "judgement", &IMPACT).await;
    let (nagisa, sorairo) = (app.sign_in("nagisa").await, app.sign_in("sorairo").await);
    let night = nagisa.get("/night").await.ok();
    assert!(night.contains("続いています。") && night.contains("なぎさ商事へお知らせしました。"), "{night}");
    assert!(night.contains("お願いすることはありません。") && night.contains("障害 1件。継続中 1件。"));
    assert!(night.contains("<circle") && night.contains("障害発生連絡"), "the lane");
    assert!(!night.contains(untold.as_str()) && !night.contains("社外秘") && !night.contains("mo さん"));
    assert!(!night.contains("href=\"/figures\""));
    assert!(sorairo.get("/night").await.ok().contains("この間に障害はありませんでした。"));
    let staff = mo.get("/night").await.ok();
    assert!(staff.contains(untold.as_str()) && staff.contains("なぎさ商事") && staff.contains("href=\"/figures\""));
    let earlier = mo.get("/night?from=2026-11-20T19:00&to=2026-11-21T09:00").await.ok();
    assert!(earlier.contains("この間に障害はありませんでした。"));
    for (query, field) in
        [("from=x", "from"), ("from=2026-11-22T03:00&to=2026-11-22T02:00", "to"), ("to=2027-01-01T00:00", "to")]
    {
        let wrong = nagisa.get(&format!("/night?{query}")).await;
        assert_eq!(wrong.status, StatusCode::BAD_REQUEST, "{query}");
        assert!(
            wrong.text.contains(&format!("night-{field}-about\" aria-invalid=\"true\"")),
            "{query}: {}",
            wrong.text
        );
    }
}

#[tokio::test]
async fn figures_lead_to_the_facts_behind_them() {
    let app = App::at_work().await;
    let mut mo = app.sign_in("mo").await;
    let key = app.alert("NGS", "応答なし").await;
    step(&app, &mut mo, &key, "assignment", &[]).await;
    step(&app, &mut mo, &key, "check", &[("how", "curl"), ("result", "as_alerted")]).await;
    step(&app, &mut mo, &key, "judgement", &IMPACT).await;
    let page = mo.get("/figures").await.ok();
    assert!(
        page.contains("判定まで") && page.contains("30秒") && page.contains(&format!("href=\"/incidents/{key}#fact-")),
        "{page}"
    );
    assert!(page.contains("継続中"), "nobody was reached yet");
    let wrong = mo.get("/figures?from=2020-01-01T00:00").await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    assert_eq!(app.sign_in("nagisa").await.get("/figures").await.status, StatusCode::FORBIDDEN);
}
