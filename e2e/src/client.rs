//! HTTP/1.1 on one kept connection, as light as can be: bytes go out as they were built, an answer is read to its end.
//!
//! A general client would cost more than the desk it measures. It knows what the desk and Alertmanager answer: a body with
//! its length, in chunks, or none.

use anyhow::{Context, Result, bail};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

impl Reply {
    /// Whether it says yes.
    pub const fn is_success(&self) -> bool {
        self.status >= 200 && self.status < 300
    }
}

/// A connection to a port of 127.0.0.1.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    unread: Vec<u8>,
}

impl Connection {
    /// Connects.
    ///
    /// # Errors
    /// Nothing listens there.
    pub async fn open(port: u16) -> Result<Self> {
        #[expect(clippy::disallowed_methods, reason = "a client of our own peers on the loopback")]
        let stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, unread: Vec::with_capacity(4_096) })
    }

    /// Sends a request and reads its answer.
    ///
    /// # Errors
    /// The connection broke or the answer is no HTTP/1.1; nobody knows then whether the request was taken.
    pub async fn send(&mut self, request: &[u8]) -> Result<Reply> {
        self.stream.write_all(request).await?;
        let head = self.until(b"\r\n\r\n").await?;
        let head = std::str::from_utf8(&head)?.to_ascii_lowercase();
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).context("no status line")?;
        let header = |name: &str| {
            head.lines()
                .filter_map(|line| line.split_once(':'))
                .find(|(n, _)| *n == name)
                .map(|(_, value)| value.trim())
        };
        let body = if let Some(length) = header("content-length") {
            self.take(length.parse()?).await?
        } else if header("transfer-encoding") == Some("chunked") {
            self.chunks().await?
        } else if status == 204 || status == 304 {
            vec![]
        } else {
            bail!("an answer of unknown length: {head}")
        };
        Ok(Reply { status, body })
    }

    async fn chunks(&mut self) -> Result<Vec<u8>> {
        let mut body = vec![];
        loop {
            let line = self.until(b"\r\n").await?;
            let size = usize::from_str_radix(std::str::from_utf8(&line)?.trim(), 16)?;
            body.extend(self.take(size).await?);
            self.until(b"\r\n").await?;
            if size == 0 {
                return Ok(body);
            }
        }
    }

    /// The bytes before the next `end`, which is taken off too.
    async fn until(&mut self, end: &[u8]) -> Result<Vec<u8>> {
        let mut looked = 0;
        loop {
            if let Some(at) = self.unread[looked..].windows(end.len()).position(|window| window == end) {
                let mut taken: Vec<u8> = self.unread.drain(..looked + at + end.len()).collect();
                taken.truncate(looked + at);
                return Ok(taken);
            }
            looked = self.unread.len().saturating_sub(end.len() - 1);
            self.more().await?;
        }
    }

    async fn take(&mut self, length: usize) -> Result<Vec<u8>> {
        while self.unread.len() < length {
            self.more().await?;
        }
        Ok(self.unread.drain(..length).collect())
    }

    async fn more(&mut self) -> Result<()> {
        if self.stream.read_buf(&mut self.unread).await? == 0 {
            bail!("the connection was closed");
        }
        Ok(())
    }
}

/// A POST with a JSON body, ready to be sent.
pub fn post(path: &str, body: &str) -> Vec<u8> {
    post_by(path, "accept: */*", body)
}

/// A POST with a JSON body and one more header line, such as `cookie: a=b`, ready to be sent.
pub fn post_by(path: &str, header: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n{header}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}")
        .into_bytes()
}

/// A GET with one more header line, such as `cookie: a=b`, ready to be sent.
pub fn get(path: &str, header: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: */*\r\n{header}\r\n\r\n").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use testkit::webhook;

    #[tokio::test]
    async fn answers_are_read_one_after_another_on_one_connection() -> Result<()> {
        let sink = webhook::Sink::start().await?;
        let mut connection = Connection::open(sink.port()).await?;
        sink.answer(webhook::Reply { body: b"taken".to_vec(), ..webhook::Reply::status(202) });
        for body in ["{}", "[1]"] {
            let reply = connection.send(&post("/v2/enqueue", body)).await?;
            assert_eq!((reply.status, reply.body.as_slice(), reply.is_success()), (202, &b"taken"[..], true));
        }
        sink.answer(webhook::Reply::status(204));
        let reply = connection.send(&get("/x?y=z", "cookie: a=b")).await?;
        assert_eq!((reply.status, reply.body.len()), (204, 0));
        let requests = sink.requests();
        assert_eq!(
            requests.iter().map(|r| r.path.as_str()).collect::<Vec<_>>(),
            ["/v2/enqueue", "/v2/enqueue", "/x?y=z"]
        );
        assert_eq!(requests[1].body, b"[1]");
        assert_eq!(requests[2].header("cookie"), Some("a=b"));
        Ok(())
    }
}
