//! A customer answers our mail: a real Postfix takes the reply and hands it on by LMTP to the real binary, and it stands on the
//! ticket. What is forged does not, and while the desk is away Postfix keeps it (F41).

use crate::on_both;
use anyhow::{Result, ensure};
use e2e::client::Connection;
use e2e::house::{Ground, House};
use e2e::sender;
use e2e::staff::Staff;
use serde_json::{Value, json};
use testkit::letter::Letter;
use testkit::smtp::{Options, Server};
use testkit::{ports, wait};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

on_both! { a_reply_reaches_its_ticket => there_and_back(); }

/// Says a mail to a mail server.
async fn submit(port: u16, from: &str, to: &str, mail: &[u8]) -> Result<()> {
    #[expect(clippy::disallowed_methods, reason = "a client of our own peers on the loopback")]
    let mut stream = BufReader::new(TcpStream::connect(("127.0.0.1", port)).await?);
    let (mail_from, rcpt_to) = (format!("MAIL FROM:<{from}>\r\n"), format!("RCPT TO:<{to}>\r\n"));
    let data = [mail, b"\r\n.\r\n"].concat();
    let steps: [(&[u8], &str); 7] = [
        (b"", "220"),
        (b"HELO acme.example\r\n", "250"),
        (mail_from.as_bytes(), "250"),
        (rcpt_to.as_bytes(), "250"),
        (b"DATA\r\n", "354"),
        (&data, "250"),
        (b"QUIT\r\n", "221"),
    ];
    for (said, code) in steps {
        stream.get_mut().write_all(said).await?;
        let mut reply = String::new();
        stream.read_line(&mut reply).await?;
        ensure!(reply.starts_with(code), "{}: {reply}", String::from_utf8_lossy(said));
    }
    Ok(())
}

/// What the customer said by a fact of the timeline.
fn words_of(fact: &Value) -> Option<String> {
    let is_theirs = fact["kind"] == "incident.messaged" && fact["body"]["from_customer"] == true;
    let text = fact["texts"]["text"].as_str()?;
    is_theirs.then(|| text.to_owned())
}

async fn there_and_back(ground: &Ground) -> Result<()> {
    let port = ports::free()?;
    let handed_on = Some(("reply.msp.example".to_owned(), port));
    let server = Server::start(Options { handed_on, ..Options::default() }).await?;
    let envs = [
        ("MADOGUCHI_MAIL__HOST", "127.0.0.1".to_owned()),
        ("MADOGUCHI_MAIL__PORT", server.port.to_string()),
        ("MADOGUCHI_MAIL__TLS", "none".to_owned()),
        ("MADOGUCHI_MAIL__FROM__NAME", "窓口".to_owned()),
        ("MADOGUCHI_MAIL__FROM__ADDRESS", "desk@msp.example".to_owned()),
        ("MADOGUCHI_MAIL__MESSAGE_ID_DOMAIN", "msp.example".to_owned()),
        ("MADOGUCHI_MAIL_IN__LISTEN", format!("127.0.0.1:{port}")),
        ("MADOGUCHI_MAIL_IN__TRANSFER", "lmtp".to_owned()),
        ("MADOGUCHI_MAIL_IN__DOMAIN", "reply.msp.example".to_owned()),
    ];
    let mut house = House::open(ground, &envs).await?;
    let customer = house.add_customer("○○商事", "ACME").await?;
    for (email, role) in [("ad@msp.example", "ad"), ("mo@msp.example", "mo")] {
        house.add_person(email, role, None).await?;
    }
    Staff::sign_in(&house, "ad@msp.example").await?.plan_contacts(&customer, 1).await?;
    Connection::open(house.desk.port).await?.send(&sender::events_v2(&customer.intake_key, "web01")).await?;
    let staff = Staff::sign_in(&house, "mo@msp.example").await?;
    let incident = Staff::with_key(&house, &customer).incident_of("web01").await?;
    staff.tell_of(&incident).await?;
    let told = Letter::parse(&server.wait_for(wait::LIMIT, |mails| mails.len() == 1).await?[0])?;
    let address = told.header("Reply-To").unwrap_or_default().to_owned();
    ensure!(address.starts_with("reply+acme-1.") && address.ends_with("@reply.msp.example"), "{told:?}");

    // はい、お願いします。 as many mailers in Japan still write it, with the notice quoted beneath.
    let head = |id: &str, from: &str| {
        format!(
            "From: {from}\r\nTo: <{address}>\r\nSubject: Re: [{incident}]\r\nMessage-ID: <{id}@acme.example>\r\n\
             MIME-Version: 1.0\r\nContent-Type: text/plain; charset=ISO-2022-JP\r\nContent-Transfer-Encoding: 7bit\r\n\r\n"
        )
    };
    let words: &[u8] = b"\x1b$B$O$$!\"$*4j$$$7$^$9!#\x1b(B\r\n\r\n> notice\r\n> web01\r\n";
    let reply = |id: &str, from: &str| [head(id, from).as_bytes(), words].concat();
    submit(server.port, "thief@evil.example", &address, &reply("0", "c1@acme.example.evil.example")).await?;
    submit(server.port, "c1@acme.example", &address, &reply("1", "c1@acme.example")).await?;
    let path = format!("/api/v1/incidents/{incident}");
    let messages = async |count: usize| {
        let seen = wait::until("the reply on its ticket", wait::LIMIT, async || {
            let seen = staff.get(&path).await?;
            let messages: Vec<String> =
                seen["timeline"].as_array().into_iter().flatten().filter_map(words_of).collect();
            Ok(Some(messages).filter(|messages| messages.len() >= count))
        });
        seen.await.map_err(|error| error.context(server.log()))
    };
    let said = messages(1).await?;
    ensure!(said == ["はい、お願いします。"], "{said:?}");
    let kept: Value = wait::until("the forged one", wait::LIMIT, async || {
        let kept = staff.get("/api/v1/mail-in").await?;
        Ok(Some(kept).filter(|kept| kept["items"].as_array().is_some_and(|items| items.len() == 1)))
    })
    .await?;
    let forged = &kept["items"][0];
    ensure!((&forged["why"], &forged["guess"]) == (&json!("wrong_tag"), &json!(incident)), "{kept}");

    // Nobody listens: Postfix keeps the mail and brings it when the desk is back; what came twice stands there once.
    house.desk.kill9()?;
    submit(server.port, "c1@acme.example", &address, &reply("1", "c1@acme.example")).await?;
    submit(server.port, "c1@acme.example", &address, &reply("2", "c1@acme.example")).await?;
    house.desk.restart().await?;
    let said = messages(2).await?;
    ensure!(said.len() == 2, "{said:?}");
    let verdict = house.verify().await?;
    ensure!(verdict.status == Some(0), "{}", verdict.said);
    Ok(())
}
