//! One connection of a mail server.

use crate::command::{Command, read};
use crate::lines::{self, Line};
use crate::mime;
use crate::server::{Settings, Transfer};
use desk::{Desk, Taken};
use domain::mail_in::NoRoom;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// Bytes of a command's line.
const COMMAND_MAX: usize = 2_048;
/// Bytes of a mail's line; RFC 5322 allows 998, and some writers more.
const LINE_MAX: usize = 16_384;
/// Recipients of a mail.
const RECIPIENTS_MAX: usize = 100;
/// Commands that make no sense before the connection is ended.
const FAULTS_MAX: u32 = 20;
/// How long a command may take to come (RFC 5321 §4.5.3.2.7).
const COMMAND_LIMIT: Duration = Duration::from_secs(300);
/// How long a whole mail may take to come.
const DATA_LIMIT: Duration = Duration::from_secs(600);

/// What a mail is sent from and to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Envelope {
    sender: String,
    recipients: Vec<String>,
}

/// A mail's lines as they ended.
enum Data {
    Whole(Vec<u8>),
    TooLarge,
    LineTooLong,
}

/// Counts what became of a mail.
fn count(outcome: &'static str) {
    metrics::counter!("madoguchi_mails_in_total", "outcome" => outcome).increment(1);
}

pub(crate) struct Conversation<'a, R, W> {
    reader: BufReader<R>,
    writer: W,
    desk: &'a Desk,
    settings: &'a Settings,
    greeted: bool,
    envelope: Option<Envelope>,
    faults: u32,
}

impl<'a, R: AsyncRead + Unpin, W: AsyncWrite + Unpin> Conversation<'a, R, W> {
    pub(crate) fn new(reader: R, writer: W, desk: &'a Desk, settings: &'a Settings) -> Self {
        let reader = BufReader::new(reader);
        Self { reader, writer, desk, settings, greeted: false, envelope: None, faults: 0 }
    }

    /// Talks until the other side leaves, or we stop.
    pub(crate) async fn run(mut self, stop: &CancellationToken) -> io::Result<()> {
        let name = match self.settings.transfer {
            Transfer::Smtp => "ESMTP",
            Transfer::Lmtp => "LMTP",
        };
        self.say(&format!("220 {} {name} Madoguchi", self.settings.domain)).await?;
        loop {
            let line = tokio::select! {
                line = timeout(COMMAND_LIMIT, lines::next(&mut self.reader, COMMAND_MAX)) => line,
                () = stop.cancelled() => return self.say("421 4.3.2 closing down, come again").await,
            };
            let Ok(line) = line else { return self.say("421 4.4.2 nothing came for five minutes").await };
            let Some(line) = line? else { return Ok(()) };
            if !self.answer(&line).await? {
                return Ok(());
            }
            if self.faults > FAULTS_MAX {
                return self.say("421 4.7.0 too many errors").await;
            }
        }
    }

    async fn say(&mut self, reply: &str) -> io::Result<()> {
        self.writer.write_all(format!("{reply}\r\n").as_bytes()).await?;
        self.writer.flush().await
    }

    /// Answers one command; false ends the conversation.
    async fn answer(&mut self, line: &Line) -> io::Result<bool> {
        if line.is_cut {
            self.faults += 1;
            self.say("500 5.5.2 line too long").await?;
            return Ok(true);
        }
        let is_local = self.settings.transfer == Transfer::Lmtp;
        let reply = match read(&line.bytes) {
            Command::Quit => {
                self.say("221 2.0.0 goodbye").await?;
                return Ok(false);
            }
            Command::Data => return self.data().await.map(|()| true),
            Command::Hello if !is_local => self.greet(false),
            Command::ExtendedHello if !is_local => self.greet(true),
            Command::LocalHello if is_local => self.greet(true),
            Command::Mail { sender, size } => self.begin(sender, size),
            Command::Recipient(address) => self.recipient(address),
            Command::Reset => {
                self.envelope = None;
                "250 2.0.0 forgotten".to_owned()
            }
            Command::Nothing => "250 2.0.0 nothing done".to_owned(),
            Command::Verify => "252 2.1.5 send it, and it will be seen".to_owned(),
            Command::Malformed => "501 5.5.4 cannot read that".to_owned(),
            _ => "500 5.5.1 no such command here".to_owned(),
        };
        self.faults += u32::from(reply.starts_with('5'));
        self.say(&reply).await?;
        Ok(true)
    }

    fn greet(&mut self, extended: bool) -> String {
        (self.greeted, self.envelope) = (true, None);
        let Settings { domain, max_bytes, .. } = self.settings;
        if !extended {
            return format!("250 {domain}");
        }
        format!(
            "250-{domain}\r\n250-PIPELINING\r\n250-SIZE {max_bytes}\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 ENHANCEDSTATUSCODES"
        )
    }

    fn begin(&mut self, sender: String, size: Option<u64>) -> String {
        if !self.greeted {
            return "503 5.5.1 say hello first".to_owned();
        }
        if self.envelope.is_some() {
            return "503 5.5.1 one mail at a time".to_owned();
        }
        if size.is_some_and(|size| size > self.settings.max_bytes as u64) {
            return "552 5.3.4 too large".to_owned();
        }
        self.envelope = Some(Envelope { sender, recipients: vec![] });
        "250 2.1.0 go on".to_owned()
    }

    fn recipient(&mut self, address: String) -> String {
        let Some(envelope) = &mut self.envelope else { return "503 5.5.1 say from whom first".to_owned() };
        let domain = address.rsplit_once('@').map(|(_, domain)| domain).unwrap_or_default();
        if !domain.eq_ignore_ascii_case(&self.settings.domain) {
            return "550 5.7.1 nothing is passed on from here".to_owned();
        }
        if envelope.recipients.len() >= RECIPIENTS_MAX {
            return "452 4.5.3 too many recipients".to_owned();
        }
        envelope.recipients.push(address);
        "250 2.1.5 go on".to_owned()
    }

    async fn data(&mut self) -> io::Result<()> {
        if self.envelope.as_ref().is_none_or(|envelope| envelope.recipients.is_empty()) {
            self.faults += 1;
            return self.say("503 5.5.1 say to whom first").await;
        }
        self.say("354 end with a dot on a line of its own").await?;
        let Ok(data) = timeout(DATA_LIMIT, self.lines()).await else {
            self.say("421 4.4.2 the mail took too long").await?;
            return Err(io::ErrorKind::TimedOut.into());
        };
        let envelope = self.envelope.take().unwrap_or_default();
        let times = match self.settings.transfer {
            Transfer::Smtp => 1,
            Transfer::Lmtp => envelope.recipients.len(),
        };
        let reply = match data? {
            Data::Whole(bytes) => self.take(envelope, bytes).await,
            Data::TooLarge => "552 5.3.4 too large",
            Data::LineTooLong => "554 5.6.0 a line is too long",
        };
        for _ in 0..times {
            self.say(reply).await?;
        }
        Ok(())
    }

    /// The lines of a mail up to its dot, which only stands between two proper ends of lines. What is too large is read to its end.
    async fn lines(&mut self) -> io::Result<Data> {
        let (mut bytes, mut is_long, mut after_proper) = (Vec::new(), false, true);
        let max = self.settings.max_bytes;
        loop {
            let line = lines::next(&mut self.reader, LINE_MAX).await?;
            let Some(line) = line else { return Err(io::ErrorKind::UnexpectedEof.into()) };
            if line.bytes == b"." && line.is_proper && after_proper {
                break;
            }
            let text = match line.bytes.strip_prefix(b".") {
                Some(rest) if after_proper => rest,
                _ => &line.bytes,
            };
            is_long |= line.is_cut;
            after_proper = line.is_proper;
            if bytes.len() <= max && !is_long {
                bytes.extend_from_slice(text);
                bytes.extend_from_slice(if line.is_proper { b"\r\n" } else { b"\n" });
            }
        }
        Ok(match (bytes.len() > max, is_long) {
            (true, _) => Data::TooLarge,
            (_, true) => Data::LineTooLong,
            _ => Data::Whole(bytes),
        })
    }

    /// Hands a mail to the desk; the reply says whether it is durable.
    async fn take(&self, envelope: Envelope, bytes: Vec<u8>) -> &'static str {
        let Envelope { sender, recipients } = envelope;
        // The envelope is kept in front of the mail, as a mailbox keeps it.
        let mut raw = format!("Return-Path: <{sender}>\r\n").into_bytes();
        for address in &recipients {
            raw.extend_from_slice(format!("Delivered-To: {address}\r\n").as_bytes());
        }
        raw.extend_from_slice(&bytes);
        let (whole, authserv_id) = (Arc::new(bytes), self.settings.authserv_id.clone());
        let reading = Arc::clone(&whole);
        let read = tokio::task::spawn_blocking(move || mime::read(&reading, authserv_id.as_deref())).await;
        // A mail that the reader breaks on is kept like any other.
        let mut mail = read.unwrap_or_default();
        (mail.raw, mail.recipients, mail.signs.return_path) = (raw, recipients, sender);
        match self.desk.take_mail(&mail).await {
            Ok(Taken { refused: Some(no_room), .. }) => {
                count(no_room.code());
                tracing::warn!(why = no_room.code(), "a mail that nothing proves was refused");
                match no_room {
                    NoRoom::TooLarge => "552 5.3.4 too large for a mail that nobody's address for replies proves",
                    NoRoom::OfSender => "452 4.7.1 enough of this sender for today, come again",
                    NoRoom::Full => "452 4.3.1 enough for today, come again",
                }
            }
            Ok(taken) => {
                count(if taken.joined.is_empty() { "kept" } else { "joined" });
                tracing::info!(joined = taken.joined.len(), kept = ?taken.kept, "a mail was taken in");
                "250 2.0.0 taken in"
            }
            Err(error) => {
                count("failed");
                tracing::warn!(%error, "a mail could not be taken in; the mail server sends it again");
                "451 4.3.0 cannot keep it now, come again"
            }
        }
    }
}
