//! A window of work, from the customer's announcement to the incident of what still fired when they ended it.

use crate::browser::Browser;
use crate::on_both;
use anyhow::Result;
use e2e::client::Connection;
use e2e::house::{Ground, House, PASSWORD};
use e2e::sender;
use e2e::staff::Staff;
use testkit::chromium::Window;
use testkit::wait;

on_both! {
    a_window_of_the_customers_work => announced_and_ended();
}

async fn announced_and_ended(ground: &Ground) -> Result<()> {
    let house = House::open(ground, &[]).await?;
    let customer = house.add_customer("○○商事", "ACME").await?;
    house.add_person("mo@msp.example", "mo", None).await?;
    house.add_person("cu@acme.example", "cu", Some("○○商事")).await?;
    let name = |step: &str| format!("window-{}-{step}", ground.engine());
    let staff = Staff::sign_in(&house, "mo@msp.example").await?;
    let window = Window { language: "ja".to_owned(), ..Window::default() };

    let board = Browser::open(&window).await?;
    board.goto(&house.desk.url("/")).await?;
    board.sign_in("mo@msp.example", PASSWORD).await?;
    board.until_there("#next").await?;

    let phone = Browser::open(&window).await?;
    phone.resize(390, 844).await?;
    phone.goto(&house.desk.url("/windows")).await?;
    phone.sign_in("cu@acme.example", PASSWORD).await?;
    phone.until_there("#window").await?;
    phone.fill("window", "hosts", "web*").await?;
    phone.fill("window", "work", "パッチ適用と再起動").await?;
    // Tomorrow by the calendar's zone, whatever the browser's own.
    phone.ask(&format!("document.querySelector('#window [name=to]').value = '{}'", e2e::later::local(24))).await?;
    phone.picture(&name("1-form")).await?;
    phone.click("#window button[type=submit]").await?;
    phone.until_there("#ACME-W1").await?;

    // The board shows the window and what fires inside, by itself, and no incident.
    board.until_there("#window-ACME-W1").await?;
    Connection::open(house.desk.port).await?.send(&sender::events_v2(&customer.intake_key, "web01")).await?;
    board.until("発生中のアラート 1").await?;
    board.picture(&name("2-board")).await?;
    assert_eq!(board.ask("return document.querySelector('#row-ACME-1') === null").await?, true);
    let incidents = staff.get("/api/v1/incidents").await?;
    assert_eq!(incidents["items"].as_array().map(Vec::len), Some(0), "{incidents}");
    let event = staff.get("/api/v1/events").await?["items"][0].clone();
    assert_eq!((event["fate"].as_str(), event["kept_in"].as_str()), (Some("window"), Some("ACME-W1")), "{event}");

    // The customer sees what was kept, and ends the work before its time.
    phone.goto(&house.desk.url("/windows")).await?;
    phone.until("発生中").await?;
    let wide = phone.ask("return document.documentElement.scrollWidth > innerWidth").await?;
    phone.picture(&name("3-kept")).await?;
    assert_eq!(wide, false, "nothing is wider than the phone");
    phone.click("#end-ACME-W1 button").await?;
    phone.until("終わった作業").await?;
    phone.picture(&name("4-ended")).await?;

    board.until_there("#row-ACME-1").await?;
    wait::until("the window to leave the board", wait::LIMIT, async || {
        let gone = board.ask("return document.querySelector('#window-ACME-W1') === null").await?;
        Ok((gone == true).then_some(()))
    })
    .await?;
    board.picture(&name("5-incident")).await?;
    let ended = staff.get("/api/v1/windows/ACME-W1").await?;
    let incident = staff.get("/api/v1/incidents/ACME-1").await?;
    assert_eq!(ended["alerts"][0]["led_to"], "ACME-1", "{ended}");
    assert_eq!(
        (&ended["state"], &ended["to"]),
        (&"over".into(), &incident["alert_at"]),
        "from the window's end: {incident}"
    );
    board.goto(&house.desk.url("/incidents/ACME-1")).await?;
    board.until("作業時間帯の終了から").await?;
    board.picture(&name("6-ledger")).await?;
    let verdict = house.verify().await?;
    assert!(verdict.said.contains("\"records\""), "{}", verdict.said);
    Ok(())
}
