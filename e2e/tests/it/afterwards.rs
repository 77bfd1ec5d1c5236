//! After the fault in a real browser: the 障害報告書 drafted, completed, approved and read on paper, the night and the figures;
//! the desk in Japanese, the head of desk and a customer in English.

use crate::by_hand::{HandHouse, at};
use crate::on_both;
use crate::person::Person;
use anyhow::{Result, ensure};
use domain::incident::report::ReportKind;
use e2e::house::Ground;
use e2e::staff::Staff;
use serde_json::json;

on_both! {
    a_report_the_night_and_the_figures => after_the_fault();
}

const CONTACTS: [(&str, &str, &str); 3] = [
    ("長谷川 亮", "はせがわ りょう", "090-0000-0001"),
    ("小野寺 薫", "おのでら かおる", "090-0000-0002"),
    ("早乙女 翼", "さおとめ つばさ", "090-0000-0003"),
];

async fn after_the_fault(ground: &Ground) -> Result<()> {
    let house = HandHouse::open(ground, at("03:12:00")?).await?;
    let nagisa = house.add_customer("なぎさ商事", "NGS").await?;
    for (name, email, role) in [("佐藤 恵", "mo@msp.example", "mo"), ("Kimura Makoto", "dh@msp.example", "dh")] {
        house.add_person(name, email, role, None).await?;
    }
    // One reads Japanese, the other English: which, a person chooses for all their browsers.
    house.add_person("長谷川 亮", "cu@nagisa.example", "cu", Some(&nagisa)).await?;
    house.add_person("Ann Onodera", "ann@nagisa.example", "cu", Some(&nagisa)).await?;
    house.plan(&nagisa, "NGS", CONTACTS).await?;
    let album = format!("report-{}", ground.engine());
    let staff = house.staff("mo@msp.example").await?;
    let web = house.alert("NGS", "web01", "応答なし").await?;
    worked(&house, &staff, web.as_str()).await?;
    // Another one is told and goes on; of a third nobody told them.
    let queue = house.alert("NGS", "queue01", "滞留").await?;
    house.after(60).await?;
    staff.tell_of(queue.as_str()).await?;
    let quiet = house.alert("NGS", "batch02", "夜間集計の遅延").await?;
    let (page, paper) = (format!("/incidents/{web}/reports"), format!("/incidents/{web}/incident-report"));

    // The draft stands there out of the facts; the writer adds what facts cannot know.
    let mo = Person::sign_in(&house, "mo@msp.example", "ja", &album).await?;
    let head = Person::sign_in(&house, "dh@msp.example", "en", &format!("{album}-en")).await?;
    mo.look_twice(&format!("/incidents/{web}"), "障害報告書", "1-incident").await?;
    mo.look_twice(&page, "障害報告書", "2-draft").await?;
    let drafted = "return document.querySelector('#incident-report-preliminary [name=course]').value";
    let drafted = mo.browser.ask(drafted).await?;
    let drafted = drafted.as_str().unwrap_or_default();
    for line in ["3:12　アラート「web01 応答なし」を受信", "長谷川 亮 様へ架電（本人が応答）", "復旧"]
    {
        ensure!(drafted.contains(line), "'{line}' is missing in the draft: {drafted}");
    }
    mo.send("incident-report-preliminary", &[("cause", "php-fpm の待ち行列があふれました。")]).await?;
    mo.browser.until("責任者の承認待ち").await?;
    mo.picture("3-awaiting").await?;

    // The head of desk reads it in English, sends it back, and approves what is written anew.
    head.look_twice(&page, "Version 1", "4-deciding").await?;
    head.look_twice(&format!("{page}?draft=en"), "English", "4-draft").await?;
    let decision = "incident-report-decision-preliminary";
    head.send(decision, &[("approved", "no"), ("reason", "Say how many requests failed.")]).await?;
    mo.look(&page, "Say how many requests failed.", "5-returned").await?;
    mo.send("incident-report-preliminary", &[("impact", "サービス影響: 有\n失敗した要求は約 1,200 件です。")]).await?;
    head.goto(&page).await?;
    head.send(decision, &[("approved", "yes")]).await?;
    head.browser.until("Published").await?;
    head.picture("6-published").await?;

    // Its customer reads it, on a telephone and on paper, with the reader's own headings.
    let customer = Person::sign_in(&house, "cu@nagisa.example", "ja", &format!("{album}-customer")).await?;
    let read = customer.look_twice(&paper, "約 1,200 件", "1-report").await?;
    ensure!(read.contains("なぎさ商事 御中") && read.contains("調査中です。") && !read.contains("佐藤"), "{read}");
    customer.browser.print(&format!("{album}-preliminary")).await?;
    let reader = Person::sign_in(&house, "ann@nagisa.example", "en", &format!("{album}-customer-en")).await?;
    reader.look_twice(&paper, "Prevention", "1-report").await?;
    reader.look_twice(&format!("/incidents/{web}"), "Preliminary report", "2-incident").await?;

    // The final one starts with the preliminary one, and wants all seven headings.
    house.until(at("09:30:00")?).await?;
    mo.goto(&page).await?;
    let told = [
        ("provisional", "php-fpm を再起動しました。"),
        ("permanent", "待ち行列の上限を見直します。"),
        ("prevention", "待ち行列の長さを監視に加えます。"),
    ];
    mo.send("incident-report-final", &told).await?;
    head.goto(&page).await?;
    head.send("incident-report-decision-final", &[("approved", "yes")]).await?;
    let read = customer.look_twice(&paper, "待ち行列の上限を見直します。", "3-final").await?;
    ensure!(
        read.contains("php-fpm の待ち行列があふれました。") && read.contains("約 1,200 件"),
        "what was written stays: {read}"
    );
    let pdf = customer.browser.print(&format!("{album}-final")).await?;
    ensure!(pdf.starts_with(b"%PDF"), "what is printed is a PDF");
    let incident = house.fold(&nagisa, &web).await?;
    assert!(ReportKind::ALL.iter().all(|kind| incident.published_report(*kind).is_some()));

    // The morning: the customer reads of what they were told, staff of everything, each in their language.
    for (person, words) in [(&customer, "夜の記録"), (&reader, "The night")] {
        let night = person.look_twice("/night", words, "4-night").await?;
        ensure!(night.contains(web.as_str()) && night.contains(queue.as_str()), "{night}");
        ensure!(!night.contains(quiet.as_str()) && !night.contains("佐藤"), "internal matters: {night}");
    }
    customer.browser.print(&format!("{album}-night")).await?;
    let night = mo.look_twice("/night", "なぎさ商事", "7-night").await?;
    ensure!(night.contains(quiet.as_str()), "{night}");
    mo.look_twice("/figures", "判定まで", "8-figures").await?;
    head.look_twice("/figures", "To judge", "8-figures").await?;
    // A figure leads to the fact behind it.
    mo.browser.click(&format!("#figures-rows a[href^='/incidents/{web}#fact-']")).await?;
    mo.browser.until_there("li:target").await?;
    // It stays marked when the stream has told the page all there is.
    let later = "const done = arguments[0]; let beats = 0;
        document.addEventListener('server-time', () => { if (++beats === 2) done(!!document.querySelector('li:target')); })";
    ensure!(mo.browser.ask_later(later).await? == true, "the fact a figure led to is marked no more");
    drop((mo, head, customer, reader));
    house.verified().await
}

/// From the alert to the recovery notice, by the native API: the pages of this are looked at elsewhere.
async fn worked(house: &HandHouse, staff: &Staff, key: &str) -> Result<()> {
    house.after(60).await?;
    staff.tell_of(key).await?;
    house.after(60).await?;
    staff.act(key, "call", json!({ "contact": "c1", "number": CONTACTS[0].2 })).await?;
    house.after(30).await?;
    staff.act(key, "call-end", json!({ "call": 1, "result": "answered", "note": "" })).await?;
    house.until(at("03:40:00")?).await?;
    staff.act(key, "recovery", json!({ "recovered_at": "2026-11-22T03:38:00+09:00" })).await?;
    let told =
        json!({ "method": "外形監視", "confirmed_by": "佐藤 恵", "channel": "ticket", "text": "復旧しました。" });
    staff.act(key, "recovery-notice", told).await.map(drop)
}
