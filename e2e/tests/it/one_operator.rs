//! A night by one operator in a real browser: two incidents, a customer who answers at rank 3 of round 2, a call back, an oral
//! consent, a restart, two interim reports, the recovery, and the hand-over of the shift at 08:45 to somebody who reads English.

use crate::browser::ENTER;
use crate::by_hand::{HandHouse, at};
use crate::on_both;
use crate::person::Person;
use anyhow::{Result, ensure};
use domain::fact::{CallResult, Target};
use domain::ids::RecordKey;
use domain::incident::{Calling, Reached, State};
use e2e::house::Ground;
use serde_json::json;

on_both! {
    a_night_in_a_browser => by_one_operator();
}

const RUNBOOK: &str = "■ web-php Webサーバの応答なし\n対象: web*\n1. 外形監視と php-fpm の状態を確認する\n   期待: どの要求が詰まっているか分かる\n2. [中断] php-fpm を再起動する\n   制限: 再起動の間（約10秒）、すべての画面が開けません。\n   期待: 外形監視が 200 に戻る\n";

const CONTACTS: [(&str, &str, &str); 3] = [
    ("長谷川 亮", "はせがわ りょう", "090-0000-0001"),
    ("小野寺 薫", "おのでら かおる", "090-0000-0002"),
    ("早乙女 翼", "さおとめ つばさ", "090-0000-0003"),
];

async fn by_one_operator(ground: &Ground) -> Result<()> {
    let house = HandHouse::open(ground, at("03:12:00")?).await?;
    let nagisa = house.add_customer("なぎさ商事", "NGS").await?;
    for (name, email, role) in [
        ("佐藤 恵", "mo@msp.example", "mo"),
        ("Inoue Daichi", "second@msp.example", "mo"),
        ("木村 誠", "su@msp.example", "su"),
    ] {
        house.add_person(name, email, role, None).await?;
    }
    house.plan(&nagisa, "NGS", CONTACTS).await?;
    house.runbooks(&nagisa, "NGS", RUNBOOK).await?;
    let album = format!("operator-{}", ground.engine());
    let mut mo = Person::sign_in(&house, "mo@msp.example", "ja", &album).await?;
    let english = Person::sign_in(&house, "second@msp.example", "en", &format!("{album}-en")).await?;

    // 03:12: the first alert. The customer is told, and nobody picks up for a round.
    let web = house.alert("NGS", "web01", "応答なし").await?;
    let page = format!("/incidents/{web}");
    tell_of(&house, &mut mo, &web, "ynn").await?;
    mo.look_twice(&page, "長谷川 亮", "1-told").await?;
    for (turn, result) in ["voicemail", "none", "busy"].into_iter().enumerate() {
        call(&house, &mut mo, &page, CONTACTS[turn].0, result).await?;
    }
    mo.look(&page, "次の巡回は", "2-round").await?;
    english.look_twice(&page, "The next round begins at", "2-round").await?;
    let Calling::NewRound { due } = house.fold(&nagisa, &web).await?.calling() else { panic!("a round ended") };

    // Meanwhile another one, which affects nobody.
    let batch = house.alert("NGS", "batch02", "夜間集計の遅延").await?;
    tell_of(&house, &mut mo, &batch, "nnn").await?;
    mo.goto(&format!("/incidents/{batch}")).await?;
    mo.send("notice", &[("text", "夜間集計が遅れています。サービスへの影響はありません。")]).await?;

    // Ten minutes after the first round the second one stands first on the board; Enter leads to it, and the third answers.
    house.until(due).await?;
    mo.look_twice("/", "架電の次の巡回", "3-board").await?;
    mo.browser.press(ENTER).await?;
    mo.browser.until_there(".primary-step #call").await?;
    ensure!(mo.browser.path().await? == page, "the round is the nearest duty of the board");
    for (turn, result) in ["none", "voicemail", "answered"].into_iter().enumerate() {
        call(&house, &mut mo, &page, CONTACTS[turn].0, result).await?;
    }
    mo.look(&page, "架電は不要です", "4-reached").await?;
    ensure!(house.fold(&nagisa, &web).await?.calling() == Calling::Stopped(Reached::Answered));

    // The first rank calls back: found by four digits, on any open incident. No restart before they consent.
    house.after(40).await?;
    mo.goto("/callers").await?;
    mo.browser.ask("document.querySelector('#number').value = '0001'").await?;
    mo.leaving(async |browser| browser.click("form.search button").await).await?;
    let found = mo.browser.until("長谷川 亮 様").await?;
    ensure!(found.contains(web.as_str()) && found.contains(batch.as_str()), "{found}");
    mo.picture("5-caller").await?;
    mo.browser.click(&format!("section.caller a[href='{page}#call-back']")).await?;
    mo.browser.until_there("#runbooks").await?;
    let locked = "return document.querySelector('#step-web-php-2 .locked')?.innerText ?? ''";
    let said = mo.browser.ask(locked).await?;
    ensure!(said.as_str().is_some_and(|it| it.contains("同意があるまで実施できません")), "no restart yet: {said}");
    let back = [("name", "長谷川 亮"), ("number", "090-0000-0001"), ("understood", "yes"), ("note", "留守電を聞いた")];
    mo.send("call-back", &back).await?;
    let consent = [
        ("who", "長谷川 亮"),
        ("number", "090-0000-0001"),
        ("what", "php-fpm の再起動（約10秒の停止）"),
        ("words", "止まっているので、再起動してください"),
    ];
    mo.send("consent", &consent).await?;
    mo.look_twice(&page, "止まっているので、再起動してください", "6-consent").await?;

    // Each hour a report within its hour, and the restart between them; the support centre takes what the desk escalates.
    house.until(at("04:05:00")?).await?;
    mo.goto(&page).await?;
    mo.browser.until_there(".primary-step #interim-report").await?;
    mo.picture("7-interim").await?;
    mo.send("interim-report", &[("text", "原因を調査中です。php-fpm が応答していません。")]).await?;
    house.until(at("04:14:00")?).await?;
    let taken = json!({ "escalation": 1 });
    house.staff("su@msp.example").await?.post(&format!("/api/v1{page}/escalation-taking"), &taken).await?;
    house.until(at("04:40:00")?).await?;
    mo.goto(&page).await?;
    mo.send("runbook-step-web-php-1", &[("result", "504。php-fpm が応答しない")]).await?;
    house.after(60).await?;
    mo.goto(&page).await?;
    mo.send("runbook-step-web-php-2", &[("result", "再起動した。まだ遅い"), ("consent", "1")]).await?;
    mo.look_twice(&page, "再起動した。まだ遅い", "8-restarted").await?;
    house.until(at("05:08:00")?).await?;
    mo.goto(&page).await?;
    mo.send("interim-report", &[("text", "再起動しました。応答を見守っています。")]).await?;

    // Recovered at 05:35, told at 05:40.
    house.until(at("05:40:00")?).await?;
    mo.goto(&page).await?;
    mo.send("recovery", &[("recovered_at", "2026-11-22T05:35:00")]).await?;
    mo.browser.until_there(".primary-step #recovery-notice").await?;
    let told =
        [("method", "外形監視とURL"), ("confirmed_by", "佐藤 恵"), ("channel", "ticket"), ("text", "復旧しました。")];
    mo.send("recovery-notice", &told).await?;
    mo.look(&page, "復旧連絡済", "9-recovered").await?;
    english.look_twice(&page, "長谷川 亮", "9-recovered").await?;

    // 08:45: what is open goes to the next shift, and stays until it is taken.
    house.until(at("08:45:00")?).await?;
    mo.look_twice("/shift", "夜間集計の遅延", "10-shift").await?;
    mo.send("shift-hand-over", &[("text", "NGS-1 は復旧済み。集計の遅延は朝に確認")]).await?;
    english.look_twice("/shift", "集計の遅延は朝に確認", "11-taking").await?;
    english.browser.until("Waiting to be taken").await?;
    english.leaving(async |browser| browser.click("#shift-taking button[type=submit]").await).await?;
    english.look("/shift", "held by Inoue Daichi", "12-taken").await?;

    // What the facts say of it.
    let web = house.fold(&nagisa, &web).await?;
    use CallResult::{Answered, Busy, None as Nobody, Voicemail};
    let said: Vec<_> = web.calls.iter().map(|call| (call.what.round, call.what.rank, call.what.result())).collect();
    let results = [Voicemail, Nobody, Busy, Nobody, Voicemail, Answered].map(Some);
    let places = [(1, 1), (1, 2), (1, 3), (2, 1), (2, 2), (2, 3)];
    let expected: Vec<_> = places.iter().zip(results).map(|((round, rank), result)| (*round, *rank, result)).collect();
    assert_eq!(said, expected);
    for target in [Target::Slo, Target::Sla] {
        assert_eq!(web.clocks()[0].verdict(target, web.as_of).map(|verdict| verdict.met()), Some(Some(true)));
    }
    assert_eq!((web.missed_slots.len(), web.reports.len(), web.state), (0, 2, State::RecoveryNotified));
    assert_eq!((web.call_backs.len(), web.consents.len(), web.steps.len()), (1, 1, 2));
    let batch = house.fold(&nagisa, &batch).await?;
    let holders = [&web, &batch].map(|it| it.taken.as_ref().map(|taken| taken.what.clone()));
    assert!(holders[0].is_some() && holders[0] == holders[1], "one person took both");
    drop((mo, english));
    house.verified().await
}

/// An alert by keyboard: taken, looked at, judged by these answers; with impact that tells the customer.
async fn tell_of(house: &HandHouse, mo: &mut Person<'_>, key: &RecordKey, answers: &str) -> Result<()> {
    house.after(10).await?;
    mo.goto(&format!("/incidents/{key}")).await?;
    mo.send("assignment", &[]).await?;
    house.after(20).await?;
    mo.goto(&format!("/incidents/{key}")).await?;
    mo.send("check", &[("how", "外形監視とログ"), ("result", "as_alerted")]).await?;
    house.after(20).await?;
    mo.goto(&format!("/incidents/{key}")).await?;
    mo.browser.until_there("#judgement").await?;
    mo.browser.press(answers).await?;
    mo.leaving(async |browser| browser.click("#judgement button[type=submit]").await).await
}

/// Calls whom the page offers, who must be that one, and says how it went.
async fn call(house: &HandHouse, mo: &mut Person<'_>, page: &str, name: &str, result: &str) -> Result<()> {
    house.after(10).await?;
    mo.goto(page).await?;
    mo.browser.until_there(".primary-step #call").await?;
    let offered = mo.browser.ask("return document.querySelector('.dial .who').innerText").await?;
    ensure!(offered.as_str().is_some_and(|who| who.contains(name)), "{name} is to be called, not {offered}");
    mo.send("call", &[]).await?;
    house.after(20).await?;
    mo.goto(page).await?;
    mo.send("call-end", &[("result", result)]).await
}
