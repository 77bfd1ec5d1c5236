//! The commands of SMTP and LMTP, read from a line.

/// What the other side wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Command {
    /// `HELO`.
    Hello,
    /// `EHLO`.
    ExtendedHello,
    /// `LHLO`.
    LocalHello,
    /// `MAIL FROM`: the sender, empty for the null one, and how many bytes are announced.
    Mail { sender: String, size: Option<u64> },
    /// `RCPT TO`.
    Recipient(String),
    /// `DATA`.
    Data,
    /// `RSET`.
    Reset,
    /// `NOOP`.
    Nothing,
    /// `VRFY`.
    Verify,
    /// `QUIT`.
    Quit,
    /// One we know with words we do not.
    Malformed,
    /// Another.
    Unknown,
}

/// Reads a command.
pub(crate) fn read(line: &[u8]) -> Command {
    let Ok(line) = std::str::from_utf8(line) else { return Command::Malformed };
    let line = line.trim_end();
    let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
    match verb.to_ascii_uppercase().as_str() {
        "HELO" if !rest.is_empty() => Command::Hello,
        "EHLO" if !rest.is_empty() => Command::ExtendedHello,
        "LHLO" if !rest.is_empty() => Command::LocalHello,
        "MAIL" => mail(rest).unwrap_or(Command::Malformed),
        "RCPT" => match path(rest, "TO:") {
            Some((address, params)) if !address.is_empty() && params.is_empty() => Command::Recipient(address),
            _ => Command::Malformed,
        },
        "DATA" if rest.is_empty() => Command::Data,
        "RSET" if rest.is_empty() => Command::Reset,
        "QUIT" if rest.is_empty() => Command::Quit,
        "NOOP" => Command::Nothing,
        "VRFY" => Command::Verify,
        "HELO" | "EHLO" | "LHLO" | "DATA" | "RSET" | "QUIT" => Command::Malformed,
        _ => Command::Unknown,
    }
}

fn mail(rest: &str) -> Option<Command> {
    let (sender, params) = path(rest, "FROM:")?;
    let mut size = None;
    for param in params.split_whitespace() {
        let (name, value) = param.split_once('=').unwrap_or((param, ""));
        match name.to_ascii_uppercase().as_str() {
            "SIZE" => size = Some(value.parse().ok()?),
            "BODY" if ["7BIT", "8BITMIME"].contains(&value.to_ascii_uppercase().as_str()) => {}
            "SMTPUTF8" if value.is_empty() => {}
            _ => return None,
        }
    }
    Some(Command::Mail { sender, size })
}

/// An address between angle brackets after `FROM:` or `TO:`, and the parameters behind it.
fn path(rest: &str, name: &str) -> Option<(String, String)> {
    let head = rest.get(..name.len())?;
    let after = rest[name.len()..].trim_start().strip_prefix('<')?;
    let (address, params) = after.split_once('>')?;
    let is_plain = |c: char| !c.is_control() && !c.is_whitespace() && !"<>,".contains(c);
    let is_address = address.is_empty() || (address.contains('@') && !address.starts_with('@'));
    let fits = head.eq_ignore_ascii_case(name) && address.len() <= 254 && address.chars().all(is_plain) && is_address;
    fits.then(|| (address.to_owned(), params.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail(sender: &str, size: Option<u64>) -> Command {
        Command::Mail { sender: sender.into(), size }
    }

    #[test]
    fn commands_are_read() {
        let to = |address: &str| Command::Recipient(address.into());
        for (line, expected) in [
            ("HELO x", Command::Hello),
            ("ehlo mx.example.jp", Command::ExtendedHello),
            ("LHLO mx", Command::LocalHello),
            ("EHLO", Command::Malformed),
            ("MAIL FROM:<a@b.jp>", mail("a@b.jp", None)),
            ("mail from: <a@b.jp> SIZE=12 BODY=8BITMIME", mail("a@b.jp", Some(12))),
            ("MAIL FROM:<> SIZE=0 SMTPUTF8", mail("", Some(0))),
            ("MAIL FROM:<太郎@b.jp>", mail("太郎@b.jp", None)),
            ("MAIL FROM:a@b.jp", Command::Malformed),
            ("MAIL FROM:<a@b.jp> SIZE=x", Command::Malformed),
            ("MAIL FROM:<a@b.jp> RET=HDRS", Command::Malformed),
            ("MAIL FROM:<a b@c>", Command::Malformed),
            ("MAIL TO:<a@b.jp>", Command::Malformed),
            ("MAIL 窓口", Command::Malformed),
            ("RCPT TO:<reply+acme-1.x@d.jp>", to("reply+acme-1.x@d.jp")),
            ("RCPT TO:<>", Command::Malformed),
            ("RCPT TO:<postmaster>", Command::Malformed),
            ("RCPT TO:<@a,@b:c@d>", Command::Malformed),
            ("RCPT TO:<a@b> NOTIFY=NEVER", Command::Malformed),
            ("DATA", Command::Data),
            ("DATA now", Command::Malformed),
            ("RSET", Command::Reset),
            ("NOOP whatever", Command::Nothing),
            ("VRFY a", Command::Verify),
            ("QUIT", Command::Quit),
            ("STARTTLS", Command::Unknown),
            ("GET / HTTP/1.1", Command::Unknown),
            ("", Command::Unknown),
        ] {
            assert_eq!(read(line.as_bytes()), expected, "{line}");
        }
        assert_eq!(read(b"MAIL FROM:<\xff@b.jp>"), Command::Malformed);
    }
}
