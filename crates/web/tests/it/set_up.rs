//! The first start: a set-up page, the first administrator, a key, a test alert, and no way back.

use crate::app::{App, PASSWORD, Script};
use http::StatusCode;

const FIELDS: [(&str, &str); 4] =
    [("provider", "みなとマネージド"), ("name", "佐藤 恵"), ("email", "sato@minato.example"), ("password", PASSWORD)];

#[tokio::test]
async fn a_new_desk_leads_to_its_set_up_and_ends_with_a_test_alert() {
    let app = App::new().await;
    let mut browser = app.browser();
    assert_eq!(browser.get("/").await.to, "/sign-in");
    assert_eq!(browser.get("/sign-in").await.to, "/set-up");
    assert!(browser.get("/set-up").await.ok().contains("name=\"provider\""));
    let page = browser.post("/set-up", &FIELDS, Script::Off).await.ok();
    assert!(page.contains("http://desk.example/v2/enqueue") && page.contains("routing_key"));
    assert!(page.contains("data-live=\"/live/set-up\""));
    let key = app.alert("MSP", "試験アラート").await;
    assert_eq!(key.as_str(), "MSP-1");
    let board = browser.get("/").await.ok();
    assert!(board.contains("試験アラート") && board.contains("みなとマネージド"));
    assert_eq!(browser.get("/set-up").await.to, "/", "gone afterwards");
    let mut stranger = app.browser();
    let again = stranger.post("/set-up", &FIELDS, Script::On).await;
    assert_eq!(again.status, StatusCode::CONFLICT, "{}", again.text);
}

#[tokio::test]
async fn a_short_password_comes_back_with_the_rest() {
    let app = App::new().await;
    let mut browser = app.browser();
    let mut fields = FIELDS;
    fields[3].1 = "short";
    let page = browser.post("/set-up", &fields, Script::Off).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    assert!(page.text.contains("sato@minato.example") && !page.text.contains("value=\"short\""));
    assert_eq!(browser.get("/set-up").await.status, StatusCode::OK, "nothing was made");
}
