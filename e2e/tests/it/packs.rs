//! While the desk is down: its last pack opens in a browser from a folder, by its passphrase alone, and by nothing else.

use crate::browser::{Browser, ENTER, pictures};
use crate::on_both;
use anyhow::{Context, Result};
use e2e::client::Connection;
use e2e::house::{Ground, House};
use e2e::sender;
use e2e::staff::Staff;
use serde_json::json;
use std::path::{Path, PathBuf};
use testkit::chromium::Window;
use testkit::tls::Authority;
use testkit::wait;
use testkit::webhook::Sink;

on_both! {
    a_pack_opens_without_the_desk => a_night_without_the_desk();
    no_pack_is_said => the_board_and_doctor_say_so();
}

const PASSPHRASE: &str = "correct horse battery staple";

async fn a_night_without_the_desk(ground: &Ground) -> Result<()> {
    let (second_place, authority) = (tempfile::tempdir()?, Authority::new()?);
    let sink = Sink::start_tls(&authority.certificate()?).await?;
    let settings = [
        ("MADOGUCHI_PACK__PASSPHRASE", PASSPHRASE.to_owned()),
        ("MADOGUCHI_PACK__DIR", second_place.path().display().to_string()),
        ("MADOGUCHI_PACK__KEEP", "2".to_owned()),
        ("MADOGUCHI_PACK__URL", sink.url("/packs/")),
        ("MADOGUCHI_PACK__TOKEN", "token-of-the-place".to_owned()),
        ("MADOGUCHI_PACK__EVERY_S", "2".to_owned()),
        ("MADOGUCHI_EGRESS_ALLOWED", "[\"127.0.0.1\"]".to_owned()),
        ("MADOGUCHI_EGRESS_CA_FILE", authority.ca_file().display().to_string()),
    ];
    let mut house = House::open(ground, &settings).await?;
    let customer = house.add_customer("○○商事", "ACME").await?;
    for (email, role) in [("ad@msp.example", "ad"), ("mo@msp.example", "mo")] {
        house.add_person(email, role, None).await?;
    }
    let contact = |id: &str, name: &str, phone: &str| json!({ "id": id, "name": name, "reading": "さとう めぐみ", "phone": phone });
    let contacts = [contact("a", "佐藤 恵", "090-1111-2222"), contact("b", "<b>鈴木</b>", "03-3333-4444")];
    let plan = json!({ "document": { "contacts": contacts } });
    let admin = Staff::sign_in(&house, "ad@msp.example").await?;
    admin.post(&format!("/api/v1/projects/{}/contact-plan", customer.project), &plan).await?;
    Connection::open(house.desk.port).await?.send(&sender::events_v2(&customer.intake_key, "web01")).await?;
    let staff = Staff::sign_in(&house, "mo@msp.example").await?;
    let incident = Staff::with_key(&house, &customer).incident_of("web01").await?;
    staff.tell_of(&incident).await?;
    let call = json!({ "contact": "a", "result": "voicemail", "note": "折り返しを頼んだ" });
    staff.act(&incident, "call", call).await?;

    // The next one may have been begun before all of that; the one after it was not.
    let mut last = newest(second_place.path())?;
    for _ in 0..2 {
        last = wait::until("another pack", wait::LIMIT, async || {
            Ok(Some(newest(second_place.path())?).filter(|seen| *seen != last && seen.is_some()))
        })
        .await?;
    }
    let packs = std::fs::read_dir(second_place.path())?.count();
    assert!(packs <= 3, "{packs} packs: two stay, and one may be half written");
    let put = sink.wait_for(wait::LIMIT, |requests| !requests.is_empty()).await?;
    assert_eq!((put[0].method.as_str(), put[0].header("authorization")), ("PUT", Some("Bearer token-of-the-place")));
    assert!(put[0].path.starts_with("/packs/madoguchi-pack-2"), "{}", put[0].path);
    let metrics = house.client.get(house.desk.url("/metrics")).send().await?.text().await?;
    assert!(metrics.contains("madoguchi_pack_age_seconds"), "{metrics}");
    let doctor = house.run(&["doctor"]).await?.said;
    assert!(doctor.contains("ok   packs: the last one is "), "{doctor}");

    house.desk.kill9()?;
    let file = newest(second_place.path())?.context("a pack")?;
    let sealed = std::fs::read_to_string(&file)?;
    for secret in ["ACME", "佐藤", "090-1111-2222", "web01"] {
        assert!(!sealed.contains(secret), "{secret} is readable without the passphrase");
    }
    opens(&file, &incident, &format!("pack-{}", ground.engine())).await
}

async fn opens(file: &Path, incident: &str, name: &str) -> Result<()> {
    let mut browser = Browser::open(&Window { width: 1100, height: 2_600, ..Window::default() }).await?;
    browser.goto(&format!("file://{}", file.display())).await?;
    browser.until_there("#open").await?;
    browser.press("wrong horse battery staple").await?;
    browser.press(ENTER).await?;
    let said = browser.until("パスフレーズが違うか").await?;
    assert!(!said.contains(incident), "{said}");
    browser.picture(&format!("{name}-1-closed")).await?;
    browser.fill("open", "passphrase", PASSPHRASE).await?;
    browser.press(ENTER).await?;
    let opened = browser.until("電話の記録（手書き）").await?;
    for words in [
        incident,
        "web01 応答なし",
        "中間報告",
        "調べています。",
        "架電 順位1 佐藤 恵 090-1111-2222: 留守番電話",
        "折り返しを頼んだ",
        "さとう めぐみ",
        "<b>鈴木</b>",
        "03-3333-4444",
        "利用者がサービスを使えない状態ですか",
    ] {
        assert!(opened.contains(words), "{words} is missing: {opened}");
    }
    let due = browser.ask("return document.querySelector('#ACME-1 td.when time').dateTime").await?;
    assert!(due.as_str().is_some_and(|due| due.ends_with("+09:00")), "{due}");
    assert_eq!(browser.ask("return document.querySelector('a[href^=\"tel:\"]').href").await?, "tel:09011112222");
    let lines = browser.ask("return document.querySelectorAll('.by-hand tbody tr').length").await?;
    assert!(lines.as_u64().is_some_and(|lines| lines >= 8), "{lines} empty lines to write calls on");
    let loaded = browser.ask("return performance.getEntriesByType('resource').length").await?;
    assert_eq!(loaded, 0, "it loads nothing");
    browser.picture(&format!("{name}-2-opened")).await?;
    let drawn = browser.ask("return document.documentElement.outerHTML").await?;
    let drawn = format!("<!DOCTYPE html>{}", drawn.as_str().unwrap_or_default());
    std::fs::write(pictures()?.join(format!("{name}-2-opened.html")), drawn)?;
    browser.resize(390, 2_600).await?;
    browser.picture(&format!("{name}-3-phone")).await
}

/// What nobody could work from is said while there is still time to mend it.
async fn the_board_and_doctor_say_so(ground: &Ground) -> Result<()> {
    let gone = tempfile::tempdir()?.path().join("gone").display().to_string();
    let secret = ("MADOGUCHI_PACK__PASSPHRASE", PASSPHRASE.to_owned());
    for (settings, on_the_board, by_doctor) in [
        (vec![], "停止時の控え（パック）が作られていません", "BAD  packs: none are made"),
        (vec![secret.clone()], "停止時の控え（パック）が作られていません", "BAD  packs: none are made"),
        (
            vec![secret, ("MADOGUCHI_PACK__DIR", gone.clone())],
            "停止時の控え（パック）を書けていません",
            "BAD  packs: pack.dir",
        ),
    ] {
        let house = House::open(ground, &settings).await?;
        house.add_person("mo@msp.example", "mo", None).await?;
        let staff = Staff::sign_in(&house, "mo@msp.example").await?;
        let header = staff.header();
        let cookie = header.strip_prefix("cookie: ").context("a session")?.to_owned();
        wait::until(on_the_board, wait::LIMIT, async || {
            let board = house.client.get(house.desk.url("/")).header("cookie", &cookie).send().await?.text().await?;
            Ok(board.contains(on_the_board).then_some(()))
        })
        .await?;
        let said = house.run(&["doctor"]).await?.said;
        assert!(said.contains(by_doctor), "{said}");
    }
    let short = [("MADOGUCHI_PACK__PASSPHRASE", "short".to_owned()), ("MADOGUCHI_PACK__DIR", gone)];
    let refused = House::open(ground, &short).await.err().context("a short passphrase is refused")?;
    assert!(format!("{refused:#}").contains("16 to 200 printable ASCII characters"), "{refused:#}");
    Ok(())
}

/// The newest whole pack of a folder.
fn newest(folder: &Path) -> Result<Option<PathBuf>> {
    let mut packs: Vec<PathBuf> = std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    packs.retain(|path| path.extension().is_some_and(|extension| extension == "html"));
    packs.sort();
    Ok(packs.pop())
}
