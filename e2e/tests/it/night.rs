//! A night, from the alert to the closed incident, by keyboard alone up to the published notice; and the customer's morning.

use crate::browser::{Browser, ENTER};
use crate::on_both;
use anyhow::{Result, bail};
use e2e::client::Connection;
use e2e::house::{Ground, House, PASSWORD};
use e2e::sender;
use e2e::staff::Staff;
use serde_json::{Value, json};
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
    let admin = Staff::sign_in(&house, "ad@msp.example").await?;
    admin.post(&format!("/api/v1/projects/{}/contact-plan", customer.project), &plan()).await?;
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
    // The first of the plan sleeps, so it is the second's turn: Enter begins the call, a key says how it went.
    assert_eq!(value(&browser, "call", "contact").await?, "awake");
    // No telephone hangs on this browser: its question which program dials would take the keys.
    browser.ask("addEventListener('click', (it) => { if (it.target.closest('a.tel')) it.preventDefault(); })").await?;
    browser.press(ENTER).await?;
    browser.until_there("#call-end").await?;
    let strokes = browser.strokes;
    assert!(strokes <= STROKES_MAX, "{strokes} keys from the row on the board to the first dial");
    browser.picture(&name("6-calling")).await?;
    browser.press("1").await?;
    keys_of_another_form(&mut browser).await?;
    browser.press(ENTER).await?;
    browser.until_there("#recovery-step").await?;

    let staff = Staff::sign_in(&house, "mo@msp.example").await?;
    let incident = staff.get("/api/v1/incidents/ACME-1").await?;
    assert!(incident["clocks"][0]["ended"].is_string(), "the call that is offered ends the clock: {incident}");
    browser.fill("recovery-step", "step", "再起動").await?;
    somebody_is_faster(&mut browser, &staff).await?;
    assert_eq!(value(&browser, "recovery-step", "step").await?, "再起動");
    browser.fill("recovery-step", "result", "応答あり").await?;
    browser.click("#recovery-step button[type=submit]").await?;
    browser.until("応答あり").await?;
    browser.click("details:has(> #recovery) > summary").await?;
    browser.click("#recovery [data-stamp]").await?;
    browser.click("#recovery button[type=submit]").await?;
    browser.until_there(".primary-step #recovery-notice").await?;
    browser.fill("recovery-notice", "method", "HTTPで確認").await?;
    browser.fill("recovery-notice", "text", "復旧しました。").await?;
    browser.click("#recovery-notice button[type=submit]").await?;
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

/// Two contacts: the first may be called at any hour but this, the second always.
fn plan() -> Value {
    let since_1970 = std::time::SystemTime::UNIX_EPOCH.elapsed().map_or(0, |elapsed| elapsed.as_secs());
    let (tokyo, half_a_day) = (9, 12);
    let later = (since_1970 / 3600 + tokyo + half_a_day) % 24 * 60;
    let contact = |id: &str, hours: Value| {
        json!({
            "id": id, "name": format!("連絡先 {id}"), "reading": "れんらくさき", "phone": "03-0000-0000",
            "mail": format!("{id}@acme.example"), "hours": hours,
        })
    };
    let asleep = contact("asleep", json!({ "from_minute": later, "to_minute": later + 60 }));
    json!({ "document": { "contacts": [asleep, contact("awake", json!({}))] } })
}

async fn value(browser: &Browser, form: &str, name: &str) -> Result<Value> {
    browser.ask(&format!("return document.querySelector(\"#{form} [name='{name}']\").value")).await
}

/// Enter in a radio button of another form sends that form, and an Enter held down sends nothing.
async fn keys_of_another_form(browser: &mut Browser) -> Result<()> {
    let held = "const enter = { key: 'Enter', repeat: true, bubbles: true, cancelable: true };
        return document.body.dispatchEvent(new KeyboardEvent('keydown', enter)) || !!document.querySelector('[aria-busy]')";
    assert_eq!(browser.ask(held).await?, false, "an Enter held down did the next step");
    browser.click("details:has(> #rejudgement) > summary").await?;
    browser.ask("document.querySelector('#rejudgement [name=impact]').focus()").await?;
    browser.press(" ").await?;
    browser.press(ENTER).await?;
    // The form of the radio button wants its reason first; the result beside it was not sent.
    browser.until_there("#rejudgement [name=reason]:focus").await?;
    assert_eq!(browser.ask("return document.querySelector('#call-end') !== null").await?, true);
    browser.ask("document.activeElement.blur()").await.map(drop)
}

/// A page left behind by somebody else says so, and R opens it again with what was typed.
async fn somebody_is_faster(browser: &mut Browser, staff: &Staff) -> Result<()> {
    staff.act("ACME-1", "check", json!({ "how": "別の人が確認", "result": "as_alerted" })).await?;
    browser.until_there("#moved").await?;
    browser.ask("document.activeElement.blur(); window.isOld = true").await?;
    browser.press("r").await?;
    wait::until("the page to be opened again", wait::LIMIT, async || {
        Ok((browser.ask("return !window.isOld && document.readyState === 'complete'").await.ok() == Some(true.into()))
            .then_some(()))
    })
    .await?;
    browser.until_there("#recovery-step").await
}

/// The customer opens the link of the mail on a phone, signs in, and reads what happened.
async fn customer_reads(house: &House, letter: &Letter, picture: &str) -> Result<()> {
    let links: Vec<&str> = letter.text.split_whitespace().filter(|word| word.starts_with("http")).collect();
    let [known, link] = links[..] else { bail!("other links in the mail: {links:?}") };
    assert_eq!(link, house.desk.url("/incidents/ACME-1"));
    let phone = Browser::open(&Window { width: 390, height: 844, ..Window::default() }).await?;
    // Whoever reads the mail says that they know, without signing in and without being shown anything.
    phone.goto(known).await?;
    let shown = phone.ask("return document.body.innerText").await?;
    assert!(shown.as_str().is_some_and(|text| text.contains("確認しました") && !text.contains("ACME-1")), "{shown}");
    phone.click("#acknowledgement button").await?;
    phone.until("受け付けました").await?;
    phone.picture(&format!("{picture}-known")).await?;
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
