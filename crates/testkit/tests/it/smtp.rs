use anyhow::Result;
use std::io::{BufRead, BufReader, Write};
use testkit::{
    smtp::{Answer, Options, Server, Sink, Stage},
    wait,
};

/// Says each line to an SMTP server and returns the last line of each answer, the greeting first.
#[expect(clippy::disallowed_methods, reason = "a conversation with our own peer on the loopback")]
fn talk(port: u16, lines: &[&str]) -> Result<Vec<String>> {
    let stream = std::net::TcpStream::connect(("127.0.0.1", port))?;
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut answer = || -> Result<String> {
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line)? == 0 || line.as_bytes().get(3) == Some(&b' ') {
                return Ok(line.trim_end().to_owned());
            }
        }
    };
    let mut answers = vec![answer()?];
    for line in lines {
        (&stream).write_all(format!("{line}\r\n").as_bytes())?;
        answers.push(answer()?);
    }
    Ok(answers)
}

const MAIL: [&str; 6] =
    ["EHLO test", "MAIL FROM:<>", "RCPT TO:<a@example.jp>", "DATA", "Subject: hi\r\n\r\n..text\r\n.", "QUIT"];

#[tokio::test]
async fn postfix_delivers_refuses_and_ends() -> Result<()> {
    let refused = vec!["refused@example.jp".to_owned()];
    let server = Server::start(Options { refused, ..Options::default() }).await?;
    let port = server.port;
    tokio::task::spawn_blocking(move || talk(port, &MAIL)).await??;
    let mails = server.wait_for(wait::LIMIT, |mails| !mails.is_empty()).await?;
    assert!(mails[0].contains("X-Original-To: a@example.jp\n"), "{}", mails[0]);
    assert!(mails[0].contains("Subject: hi\n") && mails[0].ends_with("\n\n.text\n"), "{}", mails[0]);

    let lines = ["EHLO test", "MAIL FROM:<>", "RCPT TO:<refused@example.jp>"];
    let answers = tokio::task::spawn_blocking(move || talk(port, &lines)).await??;
    assert!(answers[3].starts_with("550 5.1.1"), "{answers:?}");
    drop(server);
    assert!(!crate::is_open(port));
    Ok(())
}

#[tokio::test]
async fn a_sink_keeps_each_mail_with_its_time() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let log = folder.path().join("mails");
    let sink = Sink::start_with_log(&log).await?;
    let port = sink.port;
    let before = testkit::now_ms();
    tokio::task::spawn_blocking(move || talk(port, &MAIL)).await??;
    let mails = sink.messages();
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].raw, "Subject: hi\r\n\r\n.text\r\n");
    assert_eq!((mails[0].from.as_str(), mails[0].to.as_slice()), ("<>", ["<a@example.jp>".to_owned()].as_slice()));
    assert!(before <= mails[0].begun_ms && mails[0].begun_ms <= mails[0].ended_ms);
    let lines = std::fs::read_to_string(&log)?;
    let line: serde_json::Value = serde_json::from_str(lines.trim_end())?;
    assert_eq!(line["raw"], "Subject: hi\r\n\r\n.text\r\n");
    let bytes: usize = sink.chunks().iter().map(|chunk| chunk.bytes.len()).sum();
    assert_eq!(bytes, MAIL.iter().map(|line| line.len() + 2).sum::<usize>());
    Ok(())
}

#[tokio::test]
async fn a_sink_misbehaves_as_told() -> Result<()> {
    let sink = Sink::start().await?;
    let port = sink.port;
    let ask = move || tokio::task::spawn_blocking(move || talk(port, &MAIL));
    sink.say(Stage::Recipient, "451 4.7.1 greylisted");
    assert_eq!(ask().await??[3], "451 4.7.1 greylisted");
    sink.behave();
    sink.say(Stage::Message, "452 4.3.1 full");
    assert_eq!(ask().await??[5], "452 4.3.1 full");
    sink.answer(Stage::Message, Answer::Cut);
    assert_eq!(ask().await??[5], "", "cut without an answer");
    sink.behave();
    ask().await??;
    assert_eq!(sink.messages().iter().map(|mail| mail.taken).collect::<Vec<_>>(), [false, false, true]);
    assert_eq!(sink.connections(), 4);
    Ok(())
}
