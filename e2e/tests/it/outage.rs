//! Many at once: thirty alerts of one outage under one key, and a cause common to ten customers, worked by two operators.

use crate::browser::Browser;
use crate::on_both;
use anyhow::{Context, Result};
use e2e::client::Connection;
use e2e::house::{Ground, House, PASSWORD};
use e2e::sender;
use e2e::staff::Staff;
use serde_json::{Value, json};
use testkit::chromium::Window;
use testkit::wait;

on_both! {
    thirty_alerts_of_one_outage => one_key_makes_them_one();
    a_cause_common_to_ten_customers => two_operators_share_one_list();
}

const ALERTS: usize = 30;
const CUSTOMERS: usize = 10;

async fn one_key_makes_them_one(ground: &Ground) -> Result<()> {
    let house = House::open(ground, &[]).await?;
    let customer = house.add_customer("○○商事", "ACME").await?;
    house.add_person("mo@msp.example", "mo", None).await?;
    house.add_person("cu@acme.example", "cu", Some("○○商事")).await?;
    let name = |step: &str| format!("outage-{}-{step}", ground.engine());
    let staff = Staff::sign_in(&house, "mo@msp.example").await?;
    let mut browser = Browser::open(&Window { language: "ja".to_owned(), ..Window::default() }).await?;
    browser.goto(&house.desk.url("/")).await?;
    browser.sign_in("mo@msp.example", PASSWORD).await?;
    browser.until_there("#next").await?;
    let mut sender = Connection::open(house.desk.port).await?;
    for number in 0..ALERTS {
        sender.send(&sender::events_v2(&customer.intake_key, &format!("web{number:02}"))).await?;
    }
    // The offer stands at the earliest, and grows as they come.
    browser.until(&format!("同じ5分の {}件をまとめる", ALERTS - 1)).await?;
    browser.picture(&name("1-board")).await?;
    browser.press("m").await?;
    browser.until_there("#separation").await?;
    browser.picture(&name("2-merged")).await?;
    let board = staff.get("/api/v1/board").await?;
    let keys: Vec<&str> = board["items"].as_array().into_iter().flatten().filter_map(|it| it["key"].as_str()).collect();
    assert_eq!(keys, ["ACME-1"], "one row is left");
    let parent = staff.get("/api/v1/incidents/ACME-1").await?;
    assert_eq!(parent["children"].as_array().map(Vec::len), Some(ALERTS - 1), "{parent}");

    // One key takes it back, one makes it again.
    browser.press("z").await?;
    browser.until_there("#merge-together").await?;
    browser.press("m").await?;
    browser.until_there("#separation").await?;
    browser.goto(&house.desk.url("/")).await?;
    browser.until("統合 29").await?;
    browser.picture(&name("3-one-row")).await?;

    // Told once; each child is told with it and says so.
    staff.tell_of("ACME-1").await?;
    for number in 2..=ALERTS {
        let child = staff.get(&format!("/api/v1/incidents/ACME-{number}")).await?;
        let told = &child["clocks"][0];
        assert_eq!((child["state"].as_str(), child["merged_into"].as_str()), (Some("merged"), Some("ACME-1")));
        assert!(told["ended"].is_string() && child["messages"] == json!([]), "{child}");
    }
    browser.goto(&house.desk.url("/incidents/ACME-7")).await?;
    browser.until("統合先の障害の連絡で終了").await?;
    browser.picture(&name("4-child")).await?;
    let phone = Browser::open(&Window { width: 390, height: 844, ..Window::default() }).await?;
    phone.goto(&house.desk.url("/incidents/ACME-7")).await?;
    phone.sign_in("cu@acme.example", PASSWORD).await?;
    phone.until("にまとめて対応しています").await?;
    let wide = phone.ask("return document.documentElement.scrollWidth > innerWidth").await?;
    phone.picture(&name("5-customer")).await?;
    assert_eq!(wide, false, "nothing is wider than the phone");
    let verdict = house.verify().await?;
    assert_eq!(verdict.status, Some(0), "{}", verdict.said);
    Ok(())
}

async fn two_operators_share_one_list(ground: &Ground) -> Result<()> {
    let house = House::open(ground, &[]).await?;
    house.add_person("ad@msp.example", "ad", None).await?;
    house.add_person("mo@msp.example", "mo", None).await?;
    house.add_person("mo2@msp.example", "mo", None).await?;
    let admin = Staff::sign_in(&house, "ad@msp.example").await?;
    for number in 0..CUSTOMERS {
        let customer = house.add_customer(&format!("お客様{number}"), &format!("CU{number}")).await?;
        let contact = json!({
            "id": format!("owner-{number}"), "name": format!("担当 {number}"), "reading": "たんとう",
            "phone": format!("03-0000-{number:04}"), "mail": "", "hours": {},
        });
        let plan = json!({ "document": { "contacts": [contact] } });
        admin.post(&format!("/api/v1/projects/CU{number}/contact-plan"), &plan).await?;
        Connection::open(house.desk.port).await?.send(&sender::events_v2(&customer.intake_key, "web01")).await?;
    }
    let name = |step: &str| format!("cause-{}-{step}", ground.engine());
    let window = Window { language: "ja".to_owned(), ..Window::default() };
    let (first, second) = (Browser::open(&window).await?, Browser::open(&window).await?);
    for (browser, who) in [(&first, "mo@msp.example"), (&second, "mo2@msp.example")] {
        browser.goto(&house.desk.url("/causes")).await?;
        browser.sign_in(who, PASSWORD).await?;
        browser.until_there("#cause").await?;
        browser.ask("document.title = 'ready'").await?;
    }
    first.fill("cause", "title", "ap-northeast-1a の電源障害").await?;
    first.click("#cause button[type=submit]").await?;
    first.until_there("#cause-link").await?;
    first
        .ask("document.querySelectorAll('#cause-link [type=checkbox]').forEach((box) => { box.checked = true; })")
        .await?;
    first.click("#cause-link button[type=submit]").await?;
    first.until_there("#cause-notice").await?;
    first.picture(&name("1-linked")).await?;
    first.fill("cause-notice", "how", "AWS Health").await?;
    first.fill("cause-notice", "result", "電源障害").await?;
    first.click("#cause-notice button[type=submit]").await?;
    wait::until("everybody to be told", wait::LIMIT, async || {
        Ok((first.ask("return document.querySelectorAll('#cause-calls .callee').length").await? == CUSTOMERS)
            .then_some(()))
    })
    .await?;
    first.picture(&name("2-told")).await?;
    let number = first.ask("return new URLSearchParams(location.search).get('number')").await?;
    let number = number.as_str().context("the page of the cause")?.to_owned();
    second.goto(&house.desk.url(&format!("/causes?number={number}"))).await?;

    // Each takes the nearest number that nobody dials, until none is left.
    let staff = Staff::sign_in(&house, "mo@msp.example").await?;
    let mut turns = 0;
    loop {
        let list = staff.get(&format!("/api/v1/cause?cause={number}")).await?;
        let left = list["calls"].as_array().map_or(0, Vec::len);
        if left == 0 {
            break;
        }
        let (one, other) = (&list["calls"][0]["number"], &list["calls"][1]["number"]);
        dial(&first, one).await?;
        if other.is_string() {
            // The other operator sees by himself that the first number is taken.
            second.until_there(&format!("{} form[action='/cause/call-end']", callee(one)?)).await?;
            dial(&second, other).await?;
        }
        if turns == 0 {
            first.picture(&name("3-calling")).await?;
            first.resize(390, 844).await?;
            first.picture(&name("4-phone")).await?;
            first.resize(1280, 900).await?;
        }
        hang_up(&first, one).await?;
        if other.is_string() {
            hang_up(&second, other).await?;
        }
        turns += 1;
        assert!(turns <= CUSTOMERS, "calls go on for ever: {list}");
    }
    for number in 0..CUSTOMERS {
        let incident = staff.get(&format!("/api/v1/incidents/CU{number}-1")).await?;
        assert!(incident["clocks"][0]["ended"].is_string(), "told and called on its own clock: {incident}");
        let begun = incident["timeline"].as_array().into_iter().flatten();
        assert_eq!(begun.filter(|fact| fact["kind"] == "incident.call_begun").count(), 1, "{incident}");
    }
    first.until("いま架電する相手はいません。").await?;
    first.picture(&name("5-done")).await?;
    let verdict = house.verify().await?;
    assert_eq!(verdict.status, Some(0), "{}", verdict.said);
    Ok(())
}

/// The element of a number in the call list.
fn callee(number: &Value) -> Result<String> {
    let number = number.as_str().context("no number")?;
    Ok(format!("#callee-{}", number.chars().filter(char::is_ascii_digit).collect::<String>()))
}

// The list is drawn anew whenever anything changes, so that an element found a moment ago may be gone: one script does it all.

async fn dial(browser: &Browser, number: &Value) -> Result<()> {
    let place = callee(number)?;
    let button = format!("{place} form[action='/cause/call'] button");
    browser.until_there(&button).await?;
    browser.ask(&format!("document.querySelector(\"{button}\").click()")).await?;
    browser.until_there(&format!("{place} form[action='/cause/call-end']")).await
}

async fn hang_up(browser: &Browser, number: &Value) -> Result<()> {
    let place = callee(number)?;
    browser.until_there(&format!("{place} form[action='/cause/call-end']")).await?;
    browser
        .ask(&format!(
            "const form = document.querySelector(\"{place} form[action='/cause/call-end']\");
             form.querySelector('select').value = 'answered'; form.querySelector('button').click()"
        ))
        .await?;
    wait::until("the number to leave the list", wait::LIMIT, async || {
        Ok((browser.ask(&format!("return document.querySelector('{place}') === null")).await.ok() == Some(true.into()))
            .then_some(()))
    })
    .await
}
