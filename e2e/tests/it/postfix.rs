//! A real Postfix takes the notices: encrypted, with a login, in Japanese, as a thread, and from nobody who could be
//! answered.

use crate::on_both;
use anyhow::Result;
use e2e::client::Connection;
use e2e::house::{Ground, House};
use e2e::sender;
use e2e::staff::Staff;
use serde_json::json;
use testkit::letter::Letter;
use testkit::smtp::{Options, Server};
use testkit::tls::Authority;
use testkit::wait;

on_both! { notices_reach_a_mailbox => a_notice_and_what_follows_it(); }

async fn a_notice_and_what_follows_it(ground: &Ground) -> Result<()> {
    let authority = Authority::new()?;
    let login = ("desk".to_owned(), "pass word 窓口".to_owned());
    let options =
        Options { certificate: Some(authority.certificate()?), login: Some(login.clone()), ..Options::default() };
    let server = Server::start(options).await?;
    let mail = [
        ("HOST", "localhost".to_owned()),
        ("PORT", server.starttls_port.to_string()),
        ("TLS", "starttls".to_owned()),
        ("USER", login.0),
        ("PASSWORD", login.1),
        ("CA_FILE", authority.ca_file().display().to_string()),
        ("FROM__NAME", "窓口 太郎".to_owned()),
        ("FROM__ADDRESS", "desk@msp.example".to_owned()),
        ("MESSAGE_ID_DOMAIN", "msp.example".to_owned()),
    ];
    let mail: Vec<(String, String)> = mail.map(|(name, value)| (format!("MADOGUCHI_MAIL__{name}"), value)).into();
    let envs: Vec<(&str, String)> = mail.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
    let house = House::open(ground, &envs).await?;
    let customer = house.add_customer("○○商事", "ACME").await?;
    for (email, role) in [("ad@msp.example", "ad"), ("mo@msp.example", "mo")] {
        house.add_person(email, role, None).await?;
    }
    Staff::sign_in(&house, "ad@msp.example").await?.plan_contacts(&customer, 1).await?;
    Connection::open(house.desk.port).await?.send(&sender::events_v2(&customer.intake_key, "web01")).await?;

    let staff = Staff::sign_in(&house, "mo@msp.example").await?;
    let incident = Staff::with_key(&house, &customer).incident_of("web01").await?;
    staff.act(&incident, "assignment", json!({})).await?;
    staff.act(&incident, "check", json!({ "how": "HTTPで確認", "result": "応答なし" })).await?;
    let text = "03:12に web01 が応答しなくなりました。\n原因を調べています。";
    let judgement = json!({ "answers": [{ "question": "down", "yes": true }], "text": text });
    staff.act(&incident, "judgement", judgement).await?;
    let first = Letter::parse(&server.wait_for(wait::LIMIT, |mails| mails.len() == 1).await?[0])?;
    staff.act(&incident, "interim-report", json!({ "text": "再起動しています。次の報告は 04:12 です。" })).await?;
    let mails = server.wait_for(wait::LIMIT, |mails| mails.len() == 2).await?;
    let second = Letter::parse(&mails[1])?;

    let header = |letter: &Letter, name: &str| letter.header(name).unwrap_or_default().to_owned();
    assert!(first.subject().starts_with(&format!("[{incident}] 【障害発生連絡】")), "{}", first.subject());
    assert!(first.subject().contains("web01 応答なし"), "{}", first.subject());
    assert!(first.text.contains(text) && first.text.contains(&format!("/incidents/{incident}")), "{}", first.text);
    assert!(header(&first, "From").contains("窓口 太郎") && header(&first, "To").contains("連絡先1"), "{first:?}");
    assert_eq!(header(&first, "Return-Path"), "<>", "the null sender");
    assert_eq!(header(&first, "Auto-Submitted"), "auto-generated");
    assert_eq!(header(&first, "In-Reply-To"), "");
    assert!(second.subject().starts_with(&format!("[{incident}] 【中間報告】")), "{}", second.subject());
    assert_eq!(header(&second, "In-Reply-To"), header(&first, "Message-ID"));
    assert_eq!(header(&second, "References"), header(&first, "Message-ID"));
    assert_ne!(header(&second, "Message-ID"), header(&first, "Message-ID"));
    assert!(mails[0].contains("ESMTPSA"), "encrypted and logged in: {}", mails[0]);

    let said = house.run(&["doctor", "--send-test-mail", "head@msp.example"]).await?.said;
    assert!(said.contains("ok   mail: a test mail to head@msp.example was taken over: 250"), "{said}");
    assert!(said.contains("ok   checkpoint key: madoguchi+"), "{said}");
    let mails = server.wait_for(wait::LIMIT, |mails| mails.len() == 3).await?;
    let test = Letter::parse(&mails[2])?;
    assert_eq!(test.subject(), "窓口: 試験メール / Madoguchi: test mail");
    assert_eq!(header(&test, "To"), "head@msp.example");
    let key = said.lines().find_map(|line| line.strip_prefix("ok   checkpoint key: ")).unwrap_or_default();
    let verdict = house.run(&["verify", "--checkpoint-key", key]).await?;
    assert_eq!(verdict.status, Some(0), "{}", verdict.said);
    Ok(())
}
