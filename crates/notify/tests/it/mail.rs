use anyhow::{Context, Result};
use domain::time::Instant;
use notify::{
    Kind,
    mail::{Mail, MailSettings, Mailbox, Mailer, Tls},
};
use std::path::Path;
use testkit::{
    letter::Letter,
    ports,
    smtp::{Answer, Options, Server, Sink, Stage},
    tls::Authority,
    wait,
};

fn settings(port: u16) -> MailSettings {
    MailSettings {
        host: "127.0.0.1".to_owned(),
        port,
        tls: Tls::None,
        user: None,
        password: None,
        from: Mailbox { name: "監視センター".to_owned(), address: "desk@example.jp".to_owned() },
        message_id_domain: "desk.example.jp".to_owned(),
        timeout_s: 30,
        ca_file: None,
    }
}

fn protected(port: u16, tls: Tls, ca_file: &Path, password: &str) -> MailSettings {
    MailSettings {
        host: "localhost".to_owned(),
        tls,
        user: Some("desk".to_owned()),
        password: Some(password.to_owned()),
        ca_file: Some(ca_file.to_owned()),
        ..settings(port)
    }
}

fn mail(mailer: &Mailer, to: &str) -> Mail {
    Mail {
        message_id: mailer.message_id("incident-7:interim:2"),
        in_reply_to: Some(mailer.message_id("incident-7:notice:1")),
        reply_to: None,
        references: vec![mailer.message_id("incident-7:notice:1")],
        to: Mailbox { name: "○○商事 山田".to_owned(), address: to.to_owned() },
        subject: "【中間報告】[ACME-12] web01 応答なし".to_owned(),
        text: "障害の経過をご報告します。\n\n.先頭の点\n次のご報告は 05:12 です。\n".to_owned(),
        headers: vec![("X-Madoguchi-Checkpoint".to_owned(), "desk.example.jp 42 c2hhMjU2".to_owned())],
        date: Instant::from_ms(1_795_284_720_000),
    }
}

#[tokio::test]
async fn a_mail_reaches_a_real_mailbox_as_it_was_written() -> Result<()> {
    let server = Server::start(Options::default()).await?;
    let mailer = Mailer::new(settings(server.port))?;
    let mail = mail(&mailer, "yamada@example.com");
    let delivered = mailer.send(&mail).await?;
    assert!(delivered.reply.starts_with("250 2.0.0 Ok: queued as "), "{delivered:?}");

    let mails = server.wait_for(wait::LIMIT, |mails| !mails.is_empty()).await?;
    let read = Letter::parse(&mails[0])?;
    assert_eq!(read.subject(), mail.subject);
    assert_eq!(read.text, mail.text);
    for (name, value) in [
        ("Return-Path", "<>"),
        ("X-Original-To", "yamada@example.com"),
        ("From", "監視センター <desk@example.jp>"),
        ("To", "○○商事 山田 <yamada@example.com>"),
        ("Message-ID", "<incident-7=3Ainterim=3A2@desk.example.jp>"),
        ("In-Reply-To", "<incident-7=3Anotice=3A1@desk.example.jp>"),
        ("References", "<incident-7=3Anotice=3A1@desk.example.jp>"),
        ("Auto-Submitted", "auto-generated"),
        ("X-Madoguchi-Checkpoint", "desk.example.jp 42 c2hhMjU2"),
        ("Date", "Sat, 21 Nov 2026 18:12:00 +0000"),
        ("Content-Type", "text/plain; charset=utf-8"),
    ] {
        assert_eq!(read.header(name), Some(value), "{name}");
    }
    assert_eq!(read.header("Precedence"), None);
    Ok(())
}

#[tokio::test]
async fn starttls_and_tls_with_login_work_and_are_checked() -> Result<()> {
    let authority = Authority::new()?;
    let server = Server::start(Options {
        certificate: Some(authority.certificate()?),
        login: Some(("desk".to_owned(), "secret".to_owned())),
        ..Options::default()
    })
    .await?;
    let both = [(server.starttls_port, Tls::Starttls), (server.tls_port, Tls::Tls)];
    for (port, tls) in both {
        let mailer = Mailer::new(protected(port, tls, authority.ca_file(), "secret"))?;
        let probed = mailer.probe().await?;
        assert_eq!(probed.reply, format!("mail.example.test at localhost:{port} answers"));
        mailer.send(&mail(&mailer, "a@example.com")).await?;
    }
    let mails = server.wait_for(wait::LIMIT, |mails| mails.len() == 2).await?;
    assert!(mails.iter().all(|mail| mail.contains("with ESMTPSA")), "encrypted and logged in: {mails:?}");

    for (port, tls) in both {
        let wrong = Mailer::new(protected(port, tls, authority.ca_file(), "wrong"))?;
        for refused in [wrong.send(&mail(&wrong, "a@example.com")).await, wrong.probe().await] {
            let refused = refused.err().context("a wrong password was taken")?;
            assert_eq!(refused.kind, Kind::Transient, "mending the settings needs no new mail");
            assert!(refused.reason.contains("535 5.7.8"), "{refused}");
        }
        let stranger = Authority::new()?;
        let distrusting = Mailer::new(protected(port, tls, stranger.ca_file(), "secret"))?;
        let refused = distrusting.probe().await.err().context("a foreign certificate was trusted")?;
        assert!(refused.reason.contains("UnknownIssuer"), "{refused}");

        let mut unnamed = protected(port, tls, authority.ca_file(), "secret");
        (unnamed.user, unnamed.password) = (None, None);
        let unnamed = Mailer::new(unnamed)?;
        let refused = unnamed.send(&mail(&unnamed, "a@example.com")).await.err().context("sent without login")?;
        assert_eq!(refused.kind, Kind::Permanent, "{refused}");
        assert!(refused.reason.starts_with("554 5.7.1"), "{refused}");
    }
    assert_eq!(server.mails()?.len(), 2);
    Ok(())
}

#[tokio::test]
async fn a_relay_without_starttls_gets_no_password() -> Result<()> {
    let authority = Authority::new()?;
    let sink = Sink::start().await?;
    let mailer = Mailer::new(protected(sink.port, Tls::Starttls, authority.ca_file(), "secret"))?;
    let refused = mailer.send(&mail(&mailer, "a@example.com")).await.unwrap_err();
    assert_eq!(refused.kind, Kind::Transient);
    assert!(refused.reason.contains("STARTTLS is not supported"), "{refused}");
    let bytes: Vec<u8> = sink.chunks().into_iter().flat_map(|chunk| chunk.bytes).collect();
    assert_eq!(String::from_utf8(bytes)?, "EHLO desk.example.jp\r\n");
    Ok(())
}

#[tokio::test]
async fn a_refused_recipient_is_final_and_the_next_mail_goes_on() -> Result<()> {
    let refused = vec!["gone@example.com".to_owned()];
    let server = Server::start(Options { refused, ..Options::default() }).await?;
    let mailer = Mailer::new(settings(server.port))?;
    let refused = mailer.send(&mail(&mailer, "gone@example.com")).await.unwrap_err();
    assert_eq!(refused.kind, Kind::Permanent);
    assert!(refused.reason.starts_with("550 5.1.1 <gone@example.com>"), "{refused}");
    mailer.send(&mail(&mailer, "here@example.com")).await?;
    Ok(())
}

#[tokio::test]
async fn a_server_that_is_down_is_named() -> Result<()> {
    let port = ports::free()?;
    let mailer = Mailer::new(settings(port))?;
    for refused in [mailer.send(&mail(&mailer, "a@example.com")).await, mailer.probe().await] {
        let refused = refused.unwrap_err();
        assert_eq!(refused.kind, Kind::Transient);
        assert!(refused.reason.starts_with(&format!("mail relay 127.0.0.1:{port}: ")), "{refused}");
        assert!(refused.reason.contains("Connection refused"), "{refused}");
    }
    Ok(())
}

/// Told to answer like that at a stage, the sink makes a send fail in that way, and takes the same mail afterwards.
async fn check(stage: Stage, answer: &str, kind: Kind, reason: &str) -> Result<()> {
    let sink = Sink::start().await?;
    let mailer = Mailer::new(settings(sink.port))?;
    let mail = mail(&mailer, "a@example.com");
    sink.say(stage, answer);
    let refused = mailer.send(&mail).await.unwrap_err();
    assert_eq!(
        (refused.kind, refused.reason.as_str()),
        (kind, reason.replace("PORT", &sink.port.to_string()).as_str())
    );
    assert_eq!(refused.on_the_way, reason.starts_with("mail relay"), "whether any mail would meet it");
    sink.behave();
    mailer.send(&mail).await?;
    let taken: Vec<_> = sink.messages().into_iter().filter(|message| message.taken).collect();
    assert_eq!(taken.len(), 1);
    assert_eq!((taken[0].from.as_str(), taken[0].to.as_slice()), ("<>", ["<a@example.com>".to_owned()].as_slice()));
    Ok(())
}

#[tokio::test]
async fn a_refusal_is_final_only_where_it_is_about_the_mail() -> Result<()> {
    use {Kind::*, Stage::*};
    check(Recipient, "451 4.7.1 greylisted, come back", Transient, "451 4.7.1 greylisted, come back").await?;
    check(Recipient, "550-5.1.1 no\r\n550 5.1.1 such user", Permanent, "550 5.1.1 no such user").await?;
    check(Sender, "530 5.7.0 log in first", Transient, "mail relay 127.0.0.1:PORT: 530 5.7.0 log in first").await?;
    check(Sender, "501 5.1.7 bad sender", Permanent, "501 5.1.7 bad sender").await?;
    check(Message, "552 5.3.4 too big", Permanent, "552 5.3.4 too big").await?;
    check(Message, "452 4.3.1 full", Transient, "452 4.3.1 full").await?;
    check(Greeting, "554 5.7.1 go away", Transient, "mail relay 127.0.0.1:PORT: 554 5.7.1 go away").await?;
    check(Hello, "421 4.3.2 closing", Transient, "mail relay 127.0.0.1:PORT: 421 4.3.2 closing").await
}

#[tokio::test]
async fn a_relay_that_falls_silent_or_cuts_the_line_holds_nobody() -> Result<()> {
    let sink = Sink::start().await?;
    let mailer = Mailer::new(MailSettings { timeout_s: 1, ..settings(sink.port) })?;
    let mail = mail(&mailer, "a@example.com");
    for stage in [Stage::Greeting, Stage::Hello, Stage::Sender, Stage::Recipient, Stage::Data, Stage::Message] {
        sink.behave();
        sink.answer(stage, Answer::Stall);
        let late = mailer.send(&mail).await.unwrap_err();
        let reason = format!("mail relay 127.0.0.1:{}: no complete answer within 1 s", sink.port);
        assert_eq!((late.kind, late.reason), (Kind::Transient, reason), "{stage:?}");
        sink.answer(stage, Answer::Cut);
        let cut = mailer.send(&mail).await.unwrap_err();
        assert_eq!(cut.kind, Kind::Transient, "{stage:?} {cut}");
    }
    Ok(())
}

#[tokio::test]
async fn the_same_mail_sent_twice_is_the_same_bytes() -> Result<()> {
    let sink = Sink::start().await?;
    let mailer = Mailer::new(settings(sink.port))?;
    let mail = mail(&mailer, "a@example.com");
    mailer.send(&mail).await?;
    mailer.send(&mail).await?;
    let messages = sink.messages();
    assert_eq!((messages.len(), &messages[0].raw), (2, &messages[1].raw));
    Ok(())
}

#[tokio::test]
async fn an_unsendable_mail_reaches_no_relay() -> Result<()> {
    let sink = Sink::start().await?;
    let mailer = Mailer::new(settings(sink.port))?;
    let mail = Mail { subject: "a\r\nBcc: thief@example.com".to_owned(), ..mail(&mailer, "a@example.com") };
    let refused = mailer.send(&mail).await.unwrap_err();
    assert_eq!(
        (refused.kind, refused.reason.as_str()),
        (Kind::Permanent, "subject holds a line break or another control character")
    );
    assert_eq!(sink.connections(), 0);
    Ok(())
}

#[test]
fn settings_that_cannot_work_are_named() {
    let fault = |change: fn(&mut MailSettings)| {
        let mut settings = settings(25);
        change(&mut settings);
        Mailer::new(settings).map(drop).unwrap_err().to_string()
    };
    for (said, expected) in [
        (fault(|s| s.user = Some("x".to_owned())), "user and password"),
        (fault(|s| s.timeout_s = 0), "timeout_s is 0"),
        (fault(|s| s.from.address = "desk".to_owned()), "from 'desk' is not an address"),
        (fault(|s| s.from.name = "a\nb".to_owned()), "from.name holds a line break"),
        (fault(|s| s.message_id_domain = "a b".to_owned()), "message_id_domain 'a b'"),
        (
            fault(|s| {
                s.tls = Tls::Tls;
                s.ca_file = Some("/no/such/file".into());
            }),
            "ca_file /no/such/file: No such file",
        ),
        (
            fault(|s| {
                s.host = "relay.example.jp".to_owned();
                s.user = Some("desk".to_owned());
                s.password = Some("secret".to_owned());
            }),
            "need tls = starttls or tls",
        ),
    ] {
        assert!(said.starts_with("mail settings: ") && said.contains(expected), "{said}");
    }
    let mut secret = settings(25);
    secret.password = Some("hidden-word".to_owned());
    assert!(!format!("{secret:?}").contains("hidden-word"));
}
