//! A small SMTP server that keeps every byte with its time and answers as it is told.

use crate::{now_ms, wait};
use anyhow::Result;
use serde::Serialize;
use std::{
    collections::HashMap,
    fs::File,
    io::Write,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::{JoinHandle, JoinSet},
};

/// A moment of the conversation at which the sink can be told what to answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    /// The client has connected.
    Greeting,
    /// HELO or EHLO.
    Hello,
    /// MAIL FROM.
    Sender,
    /// RCPT TO.
    Recipient,
    /// DATA.
    Data,
    /// The line with the dot: the whole mail is there.
    Message,
}

/// What the sink does at a stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Says that line, such as `451 4.7.1 greylisted`.
    Say(String),
    /// Says nothing and keeps the connection open.
    Stall,
    /// Cuts the connection.
    Cut,
    /// Says what it usually says, after so long.
    After(Duration),
}

/// A mail that arrived whole, whatever the sink answered to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Message {
    /// Number of the connection, from 0.
    pub connection: usize,
    /// The envelope's sender as sent, angle brackets included.
    pub from: String,
    /// The envelope's recipients as sent, angle brackets included.
    pub to: Vec<String>,
    /// Headers and body with CRLF, dots unstuffed.
    pub raw: String,
    /// When its first byte arrived, in milliseconds since 1970.
    pub begun_ms: u64,
    /// When its last byte arrived, in milliseconds since 1970.
    pub ended_ms: u64,
    /// Whether the sink took it (2xx).
    pub taken: bool,
}

/// Bytes as they came off the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// Number of the connection, from 0.
    pub connection: usize,
    /// When they arrived, in milliseconds since 1970.
    pub at_ms: u64,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// A running sink. It takes every mail until told otherwise and ends when dropped.
#[derive(Debug)]
pub struct Sink {
    /// Its port on 127.0.0.1.
    pub port: u16,
    shared: Arc<Mutex<Shared>>,
    task: JoinHandle<()>,
}

#[derive(Debug, Default)]
struct Shared {
    answers: HashMap<Stage, Answer>,
    messages: Vec<Message>,
    chunks: Vec<Chunk>,
    connections: usize,
    file: Option<File>,
}

impl Sink {
    /// Starts a sink on a free port, inside the current tokio runtime.
    ///
    /// # Errors
    /// No port is free.
    pub async fn start() -> Result<Self> {
        Self::listen(None).await
    }

    /// Like [`Sink::start`], and appends each mail to a file as one line of JSON before it is answered.
    ///
    /// # Errors
    /// No port is free or the file cannot be opened.
    pub async fn start_with_log(path: &Path) -> Result<Self> {
        Self::listen(Some(File::options().create(true).append(true).open(path)?)).await
    }

    async fn listen(file: Option<File>) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let port = listener.local_addr()?.port();
        let shared = Arc::new(Mutex::new(Shared { file, ..Shared::default() }));
        let task = tokio::spawn(serve(listener, Arc::clone(&shared)));
        Ok(Self { port, shared, task })
    }

    /// From now on answers like this at that stage.
    pub fn answer(&self, stage: Stage, answer: Answer) {
        lock(&self.shared).answers.insert(stage, answer);
    }

    /// From now on says that line at that stage.
    pub fn say(&self, stage: Stage, line: &str) {
        self.answer(stage, Answer::Say(line.to_owned()));
    }

    /// From now on takes every mail again.
    pub fn behave(&self) {
        lock(&self.shared).answers.clear();
    }

    /// The mails that arrived whole, taken or not, in the order of arrival.
    pub fn messages(&self) -> Vec<Message> {
        lock(&self.shared).messages.clone()
    }

    /// Every byte received, in the order of arrival.
    pub fn chunks(&self) -> Vec<Chunk> {
        lock(&self.shared).chunks.clone()
    }

    /// Connections accepted so far.
    pub fn connections(&self) -> usize {
        lock(&self.shared).connections
    }

    /// Waits until the mails satisfy `enough` and returns them all.
    ///
    /// # Errors
    /// They do not within `limit`.
    pub async fn wait_for(&self, limit: Duration, enough: impl Fn(&[Message]) -> bool) -> Result<Vec<Message>> {
        wait::until("mail at the sink", limit, async || {
            let messages = self.messages();
            Ok(enough(&messages).then_some(messages))
        })
        .await
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn serve(listener: TcpListener, shared: Arc<Mutex<Shared>>) {
    // Dropped with this task, which aborts every open conversation.
    let mut conversations = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let number = {
            let mut shared = lock(&shared);
            shared.connections += 1;
            shared.connections - 1
        };
        conversations.spawn(Conversation::new(stream, number, Arc::clone(&shared)).run());
        while conversations.try_join_next().is_some() {}
    }
}

struct Conversation {
    stream: TcpStream,
    number: usize,
    shared: Arc<Mutex<Shared>>,
    unread: Vec<u8>,
    from: String,
    to: Vec<String>,
}

/// The conversation is over: the client left or the sink cut it.
struct Over;

impl From<std::io::Error> for Over {
    fn from(_: std::io::Error) -> Self {
        Self
    }
}

impl Conversation {
    fn new(stream: TcpStream, number: usize, shared: Arc<Mutex<Shared>>) -> Self {
        Self { stream, number, shared, unread: Vec::new(), from: String::new(), to: Vec::new() }
    }

    async fn run(mut self) {
        if self.answer(Stage::Greeting, "220 sink ESMTP").await.is_ok() {
            while self.step().await.is_ok() {}
        }
    }

    async fn step(&mut self) -> Result<(), Over> {
        let line = self.until(b"\r\n").await?;
        let line = String::from_utf8_lossy(&line).into_owned();
        let (verb, rest) = line.split_once([' ', ':']).unwrap_or((&line, ""));
        match verb.to_ascii_uppercase().as_str() {
            "EHLO" => self.answer(Stage::Hello, "250-sink\r\n250-8BITMIME\r\n250 AUTH PLAIN LOGIN").await.map(drop),
            "HELO" => self.answer(Stage::Hello, "250 sink").await.map(drop),
            "AUTH" => self.say("235 2.7.0 welcome").await,
            "MAIL" => {
                self.from = bracketed(rest);
                self.to.clear();
                self.answer(Stage::Sender, "250 2.1.0 ok").await.map(drop)
            }
            "RCPT" => {
                if self.answer(Stage::Recipient, "250 2.1.5 ok").await? {
                    self.to.push(bracketed(rest));
                }
                Ok(())
            }
            "DATA" if self.to.is_empty() => self.say("554 5.5.1 no recipient").await,
            "DATA" => match self.answer(Stage::Data, "354 go on").await? {
                true => self.take_message().await,
                false => Ok(()),
            },
            "RSET" | "NOOP" => self.say("250 2.0.0 ok").await,
            "QUIT" => {
                self.say("221 2.0.0 bye").await?;
                Err(Over)
            }
            _ => self.say("500 5.5.2 what?").await,
        }
    }

    /// Reads the mail, keeps it, then answers.
    async fn take_message(&mut self) -> Result<(), Over> {
        if self.unread.is_empty() {
            self.read().await?;
        }
        let begun_ms = now_ms();
        let raw = self.until(b"\r\n.\r\n").await?;
        let raw = format!("{}\r\n", String::from_utf8_lossy(&raw)).replace("\r\n..", "\r\n.");
        let taken = match lock(&self.shared).answers.get(&Stage::Message) {
            None => true,
            Some(Answer::Say(line)) => line.starts_with('2'),
            Some(Answer::After(_)) => true,
            Some(Answer::Stall | Answer::Cut) => false,
        };
        let (connection, from, to) = (self.number, self.from.clone(), self.to.clone());
        let message = Message { connection, from, to, raw, begun_ms, ended_ms: now_ms(), taken };
        {
            let mut shared = lock(&self.shared);
            if let (Some(file), Ok(line)) = (&mut shared.file, serde_json::to_string(&message)) {
                writeln!(file, "{line}")?;
            }
            shared.messages.push(message);
        }
        self.answer(Stage::Message, "250 2.0.0 taken").await.map(drop)
    }

    /// Answers as told for that stage, else `usual`; true where the answer was 2xx or 3xx.
    async fn answer(&mut self, stage: Stage, usual: &str) -> Result<bool, Over> {
        let told = lock(&self.shared).answers.get(&stage).cloned();
        match told.unwrap_or_else(|| Answer::Say(usual.to_owned())) {
            Answer::Say(line) => {
                self.say(&line).await?;
                Ok(line.starts_with(['2', '3']))
            }
            Answer::Stall => loop {
                self.read().await?;
            },
            Answer::Cut => Err(Over),
            Answer::After(pause) => {
                tokio::time::sleep(pause).await;
                self.say(usual).await?;
                Ok(true)
            }
        }
    }

    async fn say(&mut self, line: &str) -> Result<(), Over> {
        Ok(self.stream.write_all(format!("{line}\r\n").as_bytes()).await?)
    }

    /// The bytes before the next `end`, which is taken off too.
    async fn until(&mut self, end: &[u8]) -> Result<Vec<u8>, Over> {
        let mut looked = 0;
        loop {
            if let Some(at) = self.unread[looked..].windows(end.len()).position(|window| window == end) {
                let mut taken: Vec<u8> = self.unread.drain(..looked + at + end.len()).collect();
                taken.truncate(looked + at);
                return Ok(taken);
            }
            looked = self.unread.len().saturating_sub(end.len() - 1);
            self.read().await?;
        }
    }

    async fn read(&mut self) -> Result<(), Over> {
        let before = self.unread.len();
        if self.stream.read_buf(&mut self.unread).await? == 0 {
            return Err(Over);
        }
        let chunk = Chunk { connection: self.number, at_ms: now_ms(), bytes: self.unread[before..].to_vec() };
        lock(&self.shared).chunks.push(chunk);
        Ok(())
    }
}

/// The part in angle brackets of `FROM:<a@b> SIZE=1`.
fn bracketed(rest: &str) -> String {
    match (rest.find('<'), rest.find('>')) {
        (Some(open), Some(close)) if open < close => rest[open..=close].to_owned(),
        _ => rest.to_owned(),
    }
}
