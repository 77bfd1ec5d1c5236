//! The first start: the set-up page makes the first administrator and ends with a test alert that arrives.

use crate::browser::{Browser, ENTER};
use crate::on_both;
use anyhow::Result;
use e2e::client::Connection;
use e2e::house::{Ground, House, PASSWORD};
use e2e::sender;
use testkit::chromium::Window;

on_both! { a_first_start => from_nobody_to_a_first_alert(); }

async fn from_nobody_to_a_first_alert(ground: &Ground) -> Result<()> {
    let house = House::open(ground, &[]).await?;
    let mut browser = Browser::open(&Window::default()).await?;
    browser.goto(&house.desk.url("/")).await?;
    browser.until_there("#set-up").await?;
    browser.picture(&format!("set-up-{}-1", ground.engine())).await?;
    for (name, text) in
        [("provider", "みなとMSP"), ("name", "佐藤 恵"), ("email", "sato@minato.example"), ("password", PASSWORD)]
    {
        browser.fill("set-up", name, text).await?;
    }
    browser.press(ENTER).await?;
    browser.until_there("#test-result").await?;
    browser.picture(&format!("set-up-{}-2", ground.engine())).await?;
    let key = browser
        .ask("return [...document.querySelectorAll('main code')].map(c => c.innerText).find(t => t.length === 32)")
        .await?;
    let key = key.as_str().expect("an intake key of 32 characters is shown").to_owned();
    let reply = Connection::open(house.desk.port).await?.send(&sender::events_v2(&key, "first")).await?;
    assert_eq!(reply.status, 202);
    browser.until_there("#test-result a").await?;
    browser.picture(&format!("set-up-{}-3", ground.engine())).await?;
    browser.press(ENTER).await?;
    browser.until("web01 応答なし").await?;
    assert_eq!(browser.path().await?, "/incidents/MSP-1");
    // Once somebody is there, nobody else sets the house up.
    let stranger = testkit::http::client(None)?.get(house.desk.url("/set-up")).send().await?;
    assert!(!stranger.status().is_success(), "{}", stranger.status());
    Ok(())
}
