//! A night, from the alert to the closed incident, by keyboard alone up to the published notice; and the customer's morning.

use crate::browser::{Browser, ENTER};
use crate::on_both;
use anyhow::{Context, Result};
use e2e::client::Connection;
use e2e::house::{Ground, House, PASSWORD};
use e2e::sender;
use e2e::staff::Staff;
use testkit::chromium::Window;
use testkit::letter::Letter;
use testkit::smtp::Sink;
use testkit::wait;

on_both! {
    in_japanese => from_alert_to_closed_incident("ja");
    in_english => from_alert_to_closed_incident("en");
}

/// From the row on the board to the published notice; the aim from row to first dial is 12 (design: the face).
const STROKES_MAX: usize = 12;

async fn from_alert_to_closed_incident(ground: &Ground, lang: &str) -> Result<()> {
    let sink = Sink::start().await?;
    let mail = [
        ("MADOGUCHI_MAIL__HOST", "127.0.0.1".to_owned()),
        ("MADOGUCHI_MAIL__PORT", sink.port.to_string()),
        ("MADOGUCHI_MAIL__TLS", "none".to_owned()),
        ("MADOGUCHI_MAIL__FROM__ADDRESS", "desk@msp.example".to_owned()),
        ("MADOGUCHI_MAIL__MESSAGE_ID_DOMAIN", "msp.example".to_owned()),
    ];
    let house = House::open(ground, &mail).await?;
    let customer = house.add_customer("○○商事", "ACME").await?;
    house.add_person("ad@msp.example", "ad", None).await?;
    house.add_person("mo@msp.example", "mo", None).await?;
    house.add_person("cu@acme.example", "cu", Some("○○商事")).await?;
    Staff::sign_in(&house, "ad@msp.example").await?.plan_contacts(&customer, 2).await?;
    let name = |step: &str| format!("night-{}-{}-{step}", ground.engine(), lang);

    let mut browser = Browser::open(&Window { language: lang.to_owned(), ..Window::default() }).await?;
    browser.goto(&house.desk.url("/")).await?;
    browser.sign_in("mo@msp.example", PASSWORD).await?;
    browser.until_there("#next").await?;
    if browser.ask("return document.documentElement.lang").await? != lang {
        browser.click(&format!("button[name=lang][value={lang}]")).await?;
        browser.until_there(&format!("html[lang={lang}] #next")).await?;
    }
    browser.picture(&name("0-quiet-board")).await?;
    // The row comes by itself, without a reload.
    Connection::open(house.desk.port).await?.send(&sender::events_v2(&customer.intake_key, "web01")).await?;
    browser.until_there("#row-ACME-1").await?;
    browser.picture(&name("1-board")).await?;

    browser.press(ENTER).await?;
    browser.until_there("#assignment").await?;
    browser.picture(&name("2-detected")).await?;
    browser.press(ENTER).await?;
    browser.until_there("#check").await?;
    browser.picture(&name("3-check")).await?;
    browser.press("1").await?;
    browser.press(ENTER).await?;
    browser.until_there("#judgement").await?;
    browser.press("y").await?;
    browser.picture(&name("4-judging")).await?;
    let told = browser
        .ask("return document.querySelector('#judgement [data-question]:not([data-answered])') !== null")
        .await?;
    if told == true {
        browser.press("nn").await?;
    }
    browser.press(ENTER).await?;
    browser.until_there("#call").await?;
    let strokes = browser.strokes;
    browser.picture(&name("5-notified")).await?;
    assert!(strokes <= STROKES_MAX, "{strokes} keys from the board to the published notice");

    let mails = sink.wait_for(wait::LIMIT, |mails| mails.len() == 2).await?;
    let letter = Letter::parse(&mails[0].raw)?;
    assert!(letter.subject().starts_with("[ACME-1] "), "{}", letter.subject());
    browser.press("1").await?;
    browser.press(ENTER).await?;
    browser.until_there("#recovery-step").await?;

    // What follows by the API, as a program of the desk would; the forms are the same structs.
    let staff = Staff::sign_in(&house, "mo@msp.example").await?;
    let steps = [
        ("recovery-step", serde_json::json!({ "step": "再起動", "result": "応答あり" })),
        ("recovery", serde_json::json!({})),
        (
            "recovery-notice",
            serde_json::json!({ "method": "HTTPで確認", "confirmed_by": "佐藤", "text": "復旧しました。" }),
        ),
    ];
    for (noun, fields) in steps {
        staff.act("ACME-1", noun, fields).await?;
    }
    browser.goto(&house.desk.url("/incidents/ACME-1")).await?;
    browser.until_there("#closure").await?;
    browser.fill("closure", "confirmed_by", "長谷川様").await?;
    browser.fill("closure", "cause", "メモリ不足").await?;
    browser.click("#closure button[type=submit]").await?;
    wait::until("the incident to be closed", wait::LIMIT, async || {
        Ok((staff.get("/api/v1/incidents/ACME-1").await?["state"] == "closed").then_some(()))
    })
    .await?;
    browser.picture(&name("6-closed")).await?;
    browser.resize(390, 844).await?;
    browser.picture(&name("7-phone")).await?;

    customer_reads(&house, &letter, &name("8-customer")).await
}

/// The customer opens the link of the mail on a phone, signs in, and reads what happened.
async fn customer_reads(house: &House, letter: &Letter, picture: &str) -> Result<()> {
    let link = letter.text.split_whitespace().find(|word| word.starts_with("http")).context("no link in the mail")?;
    assert_eq!(link, house.desk.url("/incidents/ACME-1"));
    let phone = Browser::open(&Window { width: 390, height: 844, ..Window::default() }).await?;
    phone.goto(link).await?;
    phone.sign_in("cu@acme.example", PASSWORD).await?;
    phone.until_there("#told-incident").await?;
    phone.until("復旧しました。").await?;
    assert_eq!(phone.path().await?, "/incidents/ACME-1");
    let wider = phone.ask("return document.documentElement.scrollWidth > window.innerWidth").await?;
    phone.picture(picture).await?;
    assert_eq!(wider, false, "the customer's page is wider than a phone");
    Ok(())
}
