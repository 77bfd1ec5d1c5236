//! A mail as its reader sees it: headers unfolded, encoded words and the body decoded.
//!
//! Written apart from the sending side, so that the two can disagree. Knows what a plain text mail needs: RFC 5322
//! folding, RFC 2047 words in UTF-8, quoted-printable and base64 bodies.

use anyhow::{Context, Result, bail};
use base64::{Engine, engine::general_purpose::STANDARD};

/// A decoded mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// Name and decoded value of each header, in the order sent.
    pub headers: Vec<(String, String)>,
    /// The decoded text, lines ended by `\n`.
    pub text: String,
}

impl Letter {
    /// Reads a raw mail.
    ///
    /// # Errors
    /// The mail has no body, or an encoding is not one of those above.
    pub fn parse(raw: &str) -> Result<Self> {
        let raw = raw.replace("\r\n", "\n");
        let (head, body) = raw.split_once("\n\n").context("no empty line after the headers")?;
        let mut headers: Vec<(String, String)> = Vec::new();
        for line in head.lines() {
            if line.starts_with([' ', '\t']) {
                headers.last_mut().context("a continuation without header")?.1.push_str(line);
            } else {
                let (name, value) = line.split_once(':').with_context(|| format!("'{line}' is no header"))?;
                headers.push((name.to_owned(), value.to_owned()));
            }
        }
        for (_, value) in &mut headers {
            *value = decode_words(value.trim())?;
        }
        let mut letter = Self { headers, text: String::new() };
        letter.text = decode_body(body, letter.header("Content-Transfer-Encoding").unwrap_or("7bit"))?;
        Ok(letter)
    }

    /// The first header of that name, in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The decoded subject; empty where there is none.
    pub fn subject(&self) -> &str {
        self.header("Subject").unwrap_or_default()
    }
}

/// Replaces each `=?utf-8?b?..?=` and `=?utf-8?q?..?=` by its text; white space between two of them goes (RFC 2047 §6.2).
fn decode_words(value: &str) -> Result<String> {
    let mut bytes = Vec::new();
    let mut rest = value;
    let mut after_word = false;
    while let Some((before, found)) = rest.split_once("=?") {
        if !(after_word && before.trim().is_empty()) {
            bytes.extend(before.as_bytes());
        }
        let mut parts = found.splitn(3, '?');
        let (charset, encoding) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let (text, after) = parts.next().and_then(|p| p.split_once("?=")).context("an encoded word without end")?;
        if !charset.eq_ignore_ascii_case("utf-8") {
            bail!("charset {charset} in a header");
        }
        match encoding {
            "b" | "B" => bytes.extend(STANDARD.decode(text)?),
            "q" | "Q" => bytes.extend(unquote(&text.replace('_', " "))?),
            other => bail!("encoding {other} in a header"),
        }
        (rest, after_word) = (after, true);
    }
    bytes.extend(rest.as_bytes());
    Ok(String::from_utf8(bytes)?)
}

fn decode_body(body: &str, encoding: &str) -> Result<String> {
    let bytes = match encoding.to_ascii_lowercase().as_str() {
        "7bit" | "8bit" => body.as_bytes().to_vec(),
        "base64" => STANDARD.decode(body.split_whitespace().collect::<String>())?,
        "quoted-printable" => unquote(body)?,
        other => bail!("Content-Transfer-Encoding {other}"),
    };
    Ok(String::from_utf8(bytes)?.replace("\r\n", "\n"))
}

/// Quoted-printable, RFC 2045 §6.7: `=C3` is a byte, `=` at the end of a line joins it with the next.
fn unquote(text: &str) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('=') {
        bytes.extend(before.as_bytes());
        rest = if let Some(next_line) = after.strip_prefix('\n') {
            next_line
        } else {
            let hex = after.get(..2).context("a cut quoted-printable byte")?;
            bytes.push(u8::from_str_radix(hex, 16)?);
            &after[2..]
        };
    }
    bytes.extend(rest.as_bytes());
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(raw: &str, subject: &str, text: &str) {
        let letter = Letter::parse(raw).unwrap();
        assert_eq!((letter.subject(), letter.text.as_str()), (subject, text), "{raw}");
    }

    #[test]
    fn a_mail_is_read_as_its_reader_sees_it() {
        check("Subject: plain\r\n\r\nhello\r\n", "plain", "hello\n");
        check("Subject: =?utf-8?b?6Zqc5a6z?=\n =?UTF-8?Q?=E5=9B=9E_?= x\n\nhi", "障害回  x", "hi");
        check("subject: a\nContent-Transfer-Encoding: base64\n\n6Zqc\n5a6z\n", "a", "障害");
        check("Subject: a\nContent-Transfer-Encoding: quoted-printable\n\n=E9=9A=9C=\n!=3D", "a", "障!=");
    }

    #[test]
    fn a_broken_mail_is_refused() {
        assert!(Letter::parse("Subject: a").is_err());
        assert!(Letter::parse("Subject: =?utf-8?b?6Zqc\n\nx").is_err());
        assert!(Letter::parse("Subject: a\nContent-Transfer-Encoding: quoted-printable\n\n=E").is_err());
    }
}
