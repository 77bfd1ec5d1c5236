//! Live streams: what changed for this caller, until the session or the desk ends.

use crate::app::{App, Browser};
use axum::body::BodyDataStream;
use futures::StreamExt;
use http::StatusCode;

/// A stream being read.
struct Stream {
    body: BodyDataStream,
    heard: String,
}

async fn open(browser: &Browser<'_>, path: &str) -> Stream {
    let answer = browser.open(path).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()["content-type"], "text/event-stream");
    Stream { body: answer.into_body().into_data_stream(), heard: String::new() }
}

impl Stream {
    /// Reads until the text came; the test's own time limit ends a wait for what never comes.
    async fn until(&mut self, text: &str) {
        while !self.heard.contains(text) {
            let piece = self.body.next().await.unwrap_or_else(|| panic!("ended before {text}: {}", self.heard));
            self.heard.push_str(&String::from_utf8_lossy(&piece.unwrap()));
        }
    }

    async fn run_out(&mut self) {
        while let Some(piece) = self.body.next().await {
            self.heard.push_str(&String::from_utf8_lossy(&piece.unwrap()));
        }
    }
}

#[tokio::test]
async fn the_board_hears_of_an_alert_and_of_its_end() {
    let app = App::at_work().await;
    let mo = app.sign_in("mo").await;
    let mut stream = open(&mo, "/live/board").await;
    stream.until("event: heartbeat").await;
    stream.until("id=\"next\"").await;
    let key = app.alert("NGS", "応答なし").await;
    stream.until(&format!("id=\"row-{key}\"")).await;
    assert!(stream.heard.contains("role=\"timer\"") && !stream.heard.contains("aria-live"), "no tick is read out");
    let mut mo = mo;
    let version = mo.version(&key).await;
    mo.act(&format!("/incidents/{key}/false-alarm"), &[("version", &version), ("grounds", "試験")]).await;
    stream.until("誤検知の確認").await;
    app.stop.cancel();
    stream.run_out().await;
}

#[tokio::test]
async fn a_board_that_comes_back_is_told_which_rows_there_are() {
    let app = App::at_work().await;
    let mut mo = app.sign_in("mo").await;
    open(&mo, "/live/board").await.until("event: rows\ndata: []\n").await;
    let (gone, stays) = (app.alert("NGS", "応答なし").await, app.alert("NGS", "ディスク満杯").await);
    let version = mo.version(&gone).await;
    mo.act(&format!("/incidents/{gone}/false-alarm"), &[("version", &version), ("grounds", "試験")]).await;
    let mut head = app.sign_in("dh").await;
    let version = head.version(&gone).await;
    let upheld = [("version", version.as_str()), ("upheld", "yes"), ("reason", "試験のため")];
    head.act(&format!("/incidents/{gone}/false-alarm-review"), &upheld).await;
    app.clock.advance_ms(3 * 3_600_000);
    open(&mo, "/live/board").await.until(&format!("event: rows\ndata: [\"row-{stays}\"]\n")).await;
}

#[tokio::test]
async fn an_open_page_hears_of_which_version_its_incident_is() {
    let app = App::at_work().await;
    let key = app.alert("NGS", "応答なし").await;
    let (mo, mut second) = (app.sign_in("mo").await, app.sign_in("second").await);
    let mut stream = open(&mo, &format!("/live/incidents/{key}")).await;
    let before = second.version(&key).await;
    stream.until(&format!("data-version=\"{before}\" data-step=\"assignment\"")).await;
    second.act(&format!("/incidents/{key}/assignment"), &[("version", &before)]).await;
    let after = second.version(&key).await;
    assert_ne!(before, after);
    stream.until(&format!("data-version=\"{after}\" data-step=\"check\"")).await;
}

#[tokio::test]
async fn an_open_board_keeps_nobody_signed_in() {
    let app = App::at_work().await;
    let mo = app.sign_in("mo").await;
    let mut stream = open(&mo, "/live/board").await;
    stream.until("event: heartbeat").await;
    app.clock.advance_ms(11 * 3_600_000);
    stream.until("id=\"duty\"").await;
    // Opened again, as browsers do by themselves.
    let mut stream = open(&mo, "/live/board").await;
    stream.until("誰もいません").await;
    app.clock.advance_ms(3_600_000 + 1);
    stream.run_out().await;
    assert_eq!(mo.open("/live/board").await.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_customer_hears_the_told_and_never_the_internal() {
    let app = App::at_work().await;
    let key = app.alert("NGS", "応答なし").await;
    let (mut mo, nagisa) = (app.sign_in("mo").await, app.sign_in("nagisa").await);
    let path = format!("/live/incidents/{key}");
    assert_eq!(nagisa.open(&path).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(nagisa.open("/live/board").await.status(), StatusCode::FORBIDDEN);
    let version = mo.version(&key).await;
    mo.act(&format!("/incidents/{key}/assignment"), &[("version", &version)]).await;
    let version = mo.version(&key).await;
    let judged = [
        ("version", version.as_str()),
        ("criteria", "1"),
        ("answer_down", "yes"),
        ("text", "お知らせ"),
        ("reason", "急ぎ"),
    ];
    mo.act(&format!("/incidents/{key}/judgement"), &judged).await;
    let mut stream = open(&nagisa, &path).await;
    stream.until("お知らせ").await;
    mo.act(&format!("/incidents/{key}/note"), &[("text", "社外秘のメモ")]).await;
    mo.act(&format!("/incidents/{key}/message"), &[("text", "ご連絡します")]).await;
    stream.until("ご連絡します").await;
    assert!(
        !stream.heard.contains("社外秘") && !stream.heard.contains("急ぎ") && !stream.heard.contains("id=\"timeline\"")
    );
}

#[tokio::test]
async fn a_revoked_session_ends_its_stream() {
    let app = App::at_work().await;
    let mut mo = app.sign_in("mo").await;
    let mut stream = open(&mo, "/live/board").await;
    stream.until("event: heartbeat").await;
    mo.act("/sign-out", &[]).await;
    stream.run_out().await;
}

#[tokio::test]
async fn the_set_up_hears_the_test_alert() {
    let app = App::at_work().await;
    let dh = app.sign_in("dh").await;
    let mut stream = open(&dh, "/live/set-up").await;
    stream.until("id=\"test-result\"").await;
    let key = app.alert("MSP", "試験アラート").await;
    stream.until(&format!("/incidents/{key}")).await;
}
