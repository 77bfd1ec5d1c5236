//! The listener as a mail server sees it, over a real socket to a real desk.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use desk::{Desk, KeptMail, Settings};
use domain::words::Lang;
use mailin::{Listener, Transfer};
use store::{Clock, Store};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// A desk with a listener, and a connection to it.
struct Line {
    desk: Desk,
    stream: BufReader<TcpStream>,
    stop: CancellationToken,
    served: JoinHandle<()>,
    _folder: TempDir,
}

const MAIL: &str = "From: a@acme.example\r\nMessage-ID: <1@acme.example>\r\nSubject: x\r\n\r\nhello\r\n";

impl Line {
    async fn open(transfer: Transfer) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite://{}/desk.db", folder.path().display()), Clock::Real).await.unwrap();
        let settings = Settings {
            base_url: "https://desk.example.jp".into(),
            message_domain: "desk.example.jp".into(),
            sealing_key: [7; 32],
        };
        let desk = Desk::new(store, settings).receiving_mail("desk.example.jp");
        desk.ensure_provider("窓口サービス").await.unwrap();
        let settings = mailin::Settings {
            listen: ([127, 0, 0, 1], 0).into(),
            transfer,
            domain: "desk.example.jp".into(),
            authserv_id: None,
            max_bytes: 65_536,
        };
        let listener = Listener::bind(settings).await.unwrap();
        let (address, stop) = (listener.address(), CancellationToken::new());
        let served = tokio::spawn(listener.serve(desk.clone(), stop.clone()));
        #[expect(clippy::disallowed_methods, reason = "to the listener of this test, on the loopback")]
        let stream = BufReader::new(TcpStream::connect(address).await.unwrap());
        let mut line = Self { desk, stream, stop, served, _folder: folder };
        assert!(line.reply().await.starts_with("220 desk.example.jp"));
        line
    }

    /// The last line of the next reply.
    async fn reply(&mut self) -> String {
        loop {
            let mut line = String::new();
            self.stream.read_line(&mut line).await.unwrap();
            if line.as_bytes().get(3) != Some(&b'-') {
                return line.trim_end().to_owned();
            }
        }
    }

    async fn send(&mut self, text: &str) {
        self.stream.get_mut().write_all(text.as_bytes()).await.unwrap();
    }

    /// Sends a line and expects a code.
    async fn ask(&mut self, command: &str, code: &str) {
        self.send(&format!("{command}\r\n")).await;
        let reply = self.reply().await;
        assert!(reply.starts_with(code), "{command}: {reply}");
    }

    /// Begins a mail up to its first byte.
    async fn begin(&mut self) {
        self.ask("MAIL FROM:<a@acme.example>", "250").await;
        self.ask("RCPT TO:<desk@desk.example.jp>", "250").await;
        self.ask("DATA", "354").await;
    }

    async fn kept(&self) -> Vec<KeptMail> {
        let console = desk::Caller { who: desk::Who::Console, grants: vec![], lang: Lang::Ja };
        self.desk.kept_mails(&console).await.unwrap()
    }

    async fn raw(&self, number: u64) -> String {
        let console = desk::Caller { who: desk::Who::Console, grants: vec![], lang: Lang::Ja };
        String::from_utf8(self.desk.raw_mail(&console, number).await.unwrap()).unwrap()
    }
}

#[tokio::test]
async fn a_mail_is_taken_by_smtp_when_it_is_durable() {
    let mut line = Line::open(Transfer::Smtp).await;
    line.ask("MAIL FROM:<a@acme.example>", "503").await;
    line.ask("LHLO mx", "500").await;
    line.ask("EHLO mx", "250").await;
    line.ask("DATA", "503").await;
    line.ask("RCPT TO:<desk@desk.example.jp>", "503").await;
    line.ask("MAIL FROM:<a@acme.example> SIZE=99999", "552").await;
    line.ask("MAIL FROM:<a@acme.example> SIZE=99 BODY=8BITMIME", "250").await;
    line.ask("MAIL FROM:<a@acme.example>", "503").await;
    line.ask("RCPT TO:<someone@elsewhere.example>", "550").await;
    line.ask("RCPT TO:<desk@DESK.example.jp>", "250").await;
    line.ask("VRFY desk", "252").await;
    line.ask("STARTTLS", "500").await;
    line.ask("NOOP", "250").await;
    line.ask("DATA", "354").await;
    line.ask(&format!("{MAIL}..two dots\r\n..\r\n."), "250").await;
    let kept = line.kept().await;
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0].text, "hello\n.two dots\n.");
    let raw = line.raw(kept[0].number).await;
    let envelope = "Return-Path: <a@acme.example>\r\nDelivered-To: desk@DESK.example.jp\r\n";
    assert_eq!(raw, format!("{envelope}{MAIL}.two dots\r\n.\r\n"));
    line.ask("RSET", "250").await;
    line.ask("DATA", "503").await;
    line.ask("QUIT", "221").await;
}

#[tokio::test]
async fn by_lmtp_each_recipient_is_answered_and_commands_may_come_at_once() {
    let mut line = Line::open(Transfer::Lmtp).await;
    line.ask("EHLO mx", "500").await;
    line.send(
        "LHLO mx\r\nMAIL FROM:<a@acme.example>\r\nRCPT TO:<a@desk.example.jp>\r\nRCPT TO:<b@desk.example.jp>\r\nDATA\r\n",
    )
    .await;
    for code in ["250", "250", "250", "250", "354"] {
        assert!(line.reply().await.starts_with(code));
    }
    line.ask(&format!("{MAIL}."), "250").await;
    assert!(line.reply().await.starts_with("250"), "one for each");
    assert_eq!(line.kept().await.len(), 1);
}

#[tokio::test]
async fn while_the_database_fails_the_mail_is_to_be_sent_again() {
    let mut line = Line::open(Transfer::Smtp).await;
    line.ask("EHLO mx", "250").await;
    line.begin().await;
    line.desk.store().close().await;
    line.ask(&format!("{MAIL}."), "451").await;
}

/// A second mail smuggled behind a dot that another server does not take for the end.
#[tokio::test]
async fn only_a_dot_between_proper_line_ends_ends_a_mail() {
    let mut line = Line::open(Transfer::Smtp).await;
    line.ask("EHLO mx", "250").await;
    line.begin().await;
    let smuggled = "MAIL FROM:<thief@evil.example>";
    line.ask(&format!("{MAIL}a\n.\r\n{smuggled}\r\nb\r\n.\n{smuggled}\r\n."), "250").await;
    let kept = line.kept().await;
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0].text.matches(smuggled).count(), 2, "{}", kept[0].text);
}

#[tokio::test]
async fn what_is_too_large_or_too_long_is_refused_and_the_next_mail_is_taken() {
    let mut line = Line::open(Transfer::Smtp).await;
    line.ask("EHLO mx", "250").await;
    line.begin().await;
    line.ask(&format!("{MAIL}{}.", "0123456789\r\n".repeat(6_000)), "552").await;
    line.begin().await;
    line.ask(&format!("{MAIL}{}\r\n.", "x".repeat(20_000)), "554").await;
    line.ask(&format!("NOOP {}", "x".repeat(5_000)), "500").await;
    assert!(line.kept().await.is_empty());
    line.begin().await;
    line.ask(&format!("{MAIL}."), "250").await;
    assert_eq!(line.kept().await.len(), 1);
}

#[tokio::test]
async fn a_connection_that_talks_rubbish_is_ended_and_a_stop_says_so() {
    let mut line = Line::open(Transfer::Smtp).await;
    for _ in 0..20 {
        line.ask("GET / HTTP/1.1", "500").await;
    }
    line.ask("GET / HTTP/1.1", "500").await;
    assert!(line.reply().await.starts_with("421"));

    let mut line = Line::open(Transfer::Smtp).await;
    line.stop.cancel();
    assert!(line.reply().await.starts_with("421"));
    line.served.await.unwrap();
}

#[tokio::test]
async fn settings_are_checked() {
    let settings = |domain: &str, max_bytes: usize| mailin::Settings {
        listen: ([127, 0, 0, 1], 0).into(),
        transfer: Transfer::Lmtp,
        domain: domain.into(),
        authserv_id: None,
        max_bytes,
    };
    for (domain, max_bytes, what) in [
        ("", 65_536, "mail_in.domain"),
        ("a b", 65_536, "mail_in.domain"),
        ("窓口.jp", 65_536, "mail_in.domain"),
        ("desk.example.jp", 1, "mail_in.max_bytes"),
    ] {
        let fault = Listener::bind(settings(domain, max_bytes)).await.unwrap_err().to_string();
        assert!(fault.starts_with(what), "{fault}");
    }
}
