//! Lines out of a stream, none of which fills the memory.

use tokio::io::{AsyncBufRead, AsyncBufReadExt};

/// A line without its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// Its bytes, cut at the limit.
    pub(crate) bytes: Vec<u8>,
    /// Whether it ended with CR LF; a bare LF ends a line too, but ends no mail (RFC 5321 §2.3.8).
    pub(crate) is_proper: bool,
    /// Whether it was longer than the limit.
    pub(crate) is_cut: bool,
}

/// The next line, none at the end of the stream: what stands there without an end is dropped.
pub(crate) async fn next<R: AsyncBufRead + Unpin>(reader: &mut R, limit: usize) -> std::io::Result<Option<Line>> {
    let (mut bytes, mut is_cut, mut last) = (vec![], false, 0);
    loop {
        let chunk = reader.fill_buf().await?;
        if chunk.is_empty() {
            return Ok(None);
        }
        let end = chunk.iter().position(|byte| *byte == b'\n');
        let part = &chunk[..end.unwrap_or(chunk.len())];
        let room = (limit + 1).saturating_sub(bytes.len());
        bytes.extend_from_slice(&part[..part.len().min(room)]);
        is_cut |= part.len() > room;
        last = part.last().copied().unwrap_or(last);
        let used = part.len() + usize::from(end.is_some());
        reader.consume(used);
        if end.is_some() {
            // A line that is cut has its end all the same.
            let is_proper = last == b'\r';
            if is_proper && !is_cut {
                bytes.pop();
            }
            is_cut |= bytes.len() > limit;
            bytes.truncate(limit);
            return Ok(Some(Line { bytes, is_proper, is_cut }));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::BufReader;

    async fn lines(text: &[u8], limit: usize) -> Vec<(String, bool, bool)> {
        // A buffer of three bytes: a line comes in pieces.
        let mut reader = BufReader::with_capacity(3, text);
        let mut found = vec![];
        while let Some(line) = next(&mut reader, limit).await.unwrap() {
            found.push((String::from_utf8(line.bytes).unwrap(), line.is_proper, line.is_cut));
        }
        found
    }

    #[tokio::test]
    async fn lines_come_whole_bare_or_cut() {
        let check = async |text: &str, expected: &[(&str, bool, bool)]| {
            let expected: Vec<_> = expected.iter().map(|(text, a, b)| ((*text).to_owned(), *a, *b)).collect();
            assert_eq!(lines(text.as_bytes(), 8).await, expected, "{text:?}");
        };
        check("NOOP\r\nQUIT\r\n", &[("NOOP", true, false), ("QUIT", true, false)]).await;
        check("a\nb\r\n", &[("a", false, false), ("b", true, false)]).await;
        check("12345678\r\n", &[("12345678", true, false)]).await;
        check("123456789\r\nx\r\n", &[("12345678", true, true), ("x", true, false)]).await;
        check("123456789012345\r\nx\r\n", &[("12345678", true, true), ("x", true, false)]).await;
        check("no end", &[]).await;
        check("\r\n", &[("", true, false)]).await;
        check("a\rb\r\n", &[("a\rb", true, false)]).await;
    }
}
