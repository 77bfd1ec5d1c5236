//! A mail as bytes: headers and body encoded, and nothing in a field that could become another header.

use super::{Mail, Mailbox};
use lettre::{
    Address, Message,
    address::Envelope,
    message::{
        Mailbox as LettreMailbox,
        header::{ContentType, HeaderName, HeaderValue, MIME_VERSION_1_0},
    },
};
use std::{
    fmt::Write,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// Why a mail cannot be sent; names the field.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// A line break or another control character, which could begin a header of its own.
    #[error("{0} holds a line break or another control character")]
    ControlCharacter(String),
    /// Not one address `local@domain` in ASCII.
    #[error("{field} '{value}' is not an address in ASCII (a Japanese domain in its xn-- form)")]
    Address {
        /// The field.
        field: &'static str,
        /// What it holds.
        value: String,
    },
    /// Not an identifier `left@right` in printable ASCII without brackets and spaces (RFC 5322 §3.6.4).
    #[error("{field} '{value}' is not an identifier such as incident-7.notice.1@desk.example.jp")]
    MessageId {
        /// The field.
        field: &'static str,
        /// What it holds.
        value: String,
    },
    /// Not a domain name in ASCII.
    #[error("message_id_domain '{0}' is not a domain name in ASCII")]
    Domain(String),
    /// An extra header whose name is not `X-` and letters, digits or hyphens.
    #[error("header '{0}' is not allowed; extra headers are named X-...")]
    HeaderName(String),
    /// What the mail library refuses beside all that.
    #[error("not a mail: {0}")]
    Other(String),
}

/// A mail ready to be submitted.
#[derive(Clone, Debug)]
pub(super) struct Letter {
    pub(super) envelope: Envelope,
    pub(super) bytes: Vec<u8>,
}

/// Encodes a mail from that sender. The same mail gives the same bytes.
pub(super) fn write(mail: &Mail, from: &Mailbox) -> Result<Letter, Fault> {
    let to = check_mailbox("to", &mail.to)?;
    let from = check_mailbox("from", from)?;
    check_text("subject", &mail.subject)?;
    check_message_id("message_id", &mail.message_id)?;
    let mut builder = Message::builder()
        .from(from)
        .date(system_time(mail.date.ms()))
        .message_id(Some(bracketed(&mail.message_id)))
        .subject(&mail.subject)
        .raw_header(raw("Auto-Submitted", "auto-generated"));
    if let Some(id) = &mail.in_reply_to {
        check_message_id("in_reply_to", id)?;
        builder = builder.in_reply_to(bracketed(id));
    }
    if let Some(address) = &mail.reply_to {
        let address = Mailbox { name: String::new(), address: address.clone() };
        builder = builder.reply_to(check_mailbox("reply_to", &address)?);
    }
    if !mail.references.is_empty() {
        mail.references.iter().try_for_each(|id| check_message_id("references", id))?;
        builder = builder.references(mail.references.iter().map(|id| bracketed(id)).collect::<Vec<_>>().join(" "));
    }
    for (name, value) in &mail.headers {
        builder = builder.raw_header(extra_header(name, value)?);
    }
    // The null sender of RFC 3834 §3.3: a bounce of an automatic mail goes nowhere.
    let envelope = Envelope::new(None, vec![to.email.clone()]).map_err(|e| Fault::Other(e.to_string()))?;
    let message = builder
        .to(to)
        .envelope(envelope.clone())
        .header(MIME_VERSION_1_0)
        .header(ContentType::TEXT_PLAIN)
        .body(mail.text.clone())
        .map_err(|e| Fault::Other(e.to_string()))?;
    let mut bytes = message.formatted();
    // The line end before the closing dot is written by the conversation.
    if bytes.ends_with(b"\r\n") {
        bytes.truncate(bytes.len() - 2);
    }
    Ok(Letter { envelope, bytes })
}

/// The `Message-ID`, without brackets, of a key: every byte that may not stand on its left side (RFC 5322 atext, and
/// dots) is written as `=` and two hex digits, so different keys give different identifiers.
pub fn message_id(key: &str, domain: &str) -> String {
    let mut id = String::new();
    for byte in key.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_+".contains(&byte) {
            id.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(id, "={byte:02X}");
        }
    }
    format!("{id}@{domain}")
}

/// Checks a name and an address and returns them as lettre writes them.
pub(super) fn check_mailbox(field: &'static str, mailbox: &Mailbox) -> Result<LettreMailbox, Fault> {
    check_text(&format!("{field}.name"), &mailbox.name)?;
    let wrong = || Fault::Address { field, value: mailbox.address.clone() };
    if !mailbox.address.is_ascii() {
        return Err(wrong());
    }
    let address: Address = mailbox.address.parse().map_err(|_| wrong())?;
    let name = Some(mailbox.name.trim()).filter(|name| !name.is_empty());
    Ok(LettreMailbox::new(name.map(str::to_owned), address))
}

/// Checks the right side of our identifiers.
pub(super) fn check_domain(domain: &str) -> Result<(), Fault> {
    let is_label = |label: &str| {
        !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') && label.len() <= 63
    };
    match domain.split('.').all(is_label) {
        true => Ok(()),
        false => Err(Fault::Domain(domain.to_owned())),
    }
}

fn check_text(field: &str, text: &str) -> Result<(), Fault> {
    match text.chars().any(char::is_control) {
        true => Err(Fault::ControlCharacter(field.to_owned())),
        false => Ok(()),
    }
}

fn check_message_id(field: &'static str, id: &str) -> Result<(), Fault> {
    check_text(field, id)?;
    let is_side = |side: &str| !side.is_empty() && side.bytes().all(|b| b.is_ascii_graphic() && !b"<>@".contains(&b));
    match id.split_once('@') {
        Some((left, right)) if is_side(left) && is_side(right) && id.len() <= 250 => Ok(()),
        _ => Err(Fault::MessageId { field, value: id.to_owned() }),
    }
}

fn extra_header(name: &str, value: &str) -> Result<HeaderValue, Fault> {
    let refused = || Fault::HeaderName(name.escape_debug().to_string());
    let rest = name.strip_prefix("X-").filter(|rest| !rest.is_empty()).ok_or_else(refused)?;
    if !rest.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
        return Err(refused());
    }
    check_text(name, value)?;
    let header = HeaderName::new_from_ascii(name.to_owned()).map_err(|_| refused())?;
    Ok(HeaderValue::new(header, value.to_owned()))
}

fn raw(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

fn bracketed(id: &str) -> String {
    format!("<{id}>")
}

/// The header's clock runs from 1970; an earlier instant, which no mail has, is shown as that.
fn system_time(ms: i64) -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(u64::try_from(ms).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::time::Instant;
    use testkit::letter::Letter as Read;

    fn mailbox(name: &str, address: &str) -> Mailbox {
        Mailbox { name: name.to_owned(), address: address.to_owned() }
    }

    fn mail() -> Mail {
        Mail {
            message_id: "incident-7.notice.1@desk.example.jp".to_owned(),
            in_reply_to: None,
            reply_to: None,
            references: Vec::new(),
            to: mailbox("山田 太郎", "taro@example.jp"),
            subject: "hello".to_owned(),
            text: "text\n".to_owned(),
            headers: Vec::new(),
            date: Instant::parse("2026-11-22T03:12:00.500+09:00").unwrap(),
        }
    }

    fn written(mail: &Mail) -> Result<String, Fault> {
        let from = mailbox("監視センター, 窓口 \"24x365\"", "desk@example.jp");
        write(mail, &from).map(|letter| String::from_utf8(letter.bytes).unwrap())
    }

    /// A notice that the plan lets through and the mailer refuses for ever would be found out at night.
    #[test]
    fn what_the_contact_plan_accepts_is_written() {
        use domain::contact::{Contact, ContactPlan, Hours};
        let is_planned = |name: &str, address: &str| {
            let contact = Contact {
                id: domain::ids::ContactId::new("c1"),
                name: name.into(),
                reading: String::new(),
                phone: String::new(),
                other_phones: vec![],
                mail: address.into(),
                hours: Hours::default(),
                services: vec![],
            };
            ContactPlan { contacts: vec![contact], ..ContactPlan::default() }.validate().is_ok()
        };
        let long = |n: usize| "a".repeat(n);
        let mut addresses = vec![
            "a@b".to_owned(),
            "a@10.0.0.1".to_owned(),
            "a@xn--wgv71a119e.jp".to_owned(),
            "a@xn--.jp".to_owned(),
            "a..b@docomo.ne.jp".to_owned(),
            format!("{}@b", long(64)),
            format!("{}@b", long(65)),
            format!("a@{}", long(63)),
            format!("a@{}", long(64)),
            format!("a@{}", [long(63), long(63), long(63), long(60)].join(".")),
        ];
        let mut names = vec!["山田 太郎 (携帯)".to_owned(), "山".repeat(100), format!("{} 太郎", long(90))];
        for c in (0..0x100_u32).chain([0x3000, 0x5c71, 0xfeff, 0x1f600]).filter_map(char::from_u32) {
            addresses.extend(
                ["{c}a@b.jp", "a{c}b@b.jp", "a{c}@b.jp", "a@{c}b.jp", "a@b{c}c.jp", "a@b.jp{c}"]
                    .map(|shape| shape.replace("{c}", &c.to_string())),
            );
            names.extend([format!("{c}山田"), format!("山{c}田"), format!("山田{c}")]);
        }
        let mut planned = 0;
        for (name, address) in
            addresses.iter().map(|it| ("山田", it.as_str())).chain(names.iter().map(|it| (it.as_str(), "a@b.jp")))
        {
            if is_planned(name, address) {
                let told = written(&Mail { to: mailbox(name, address), ..mail() });
                assert!(told.is_ok(), "{name:?} <{address:?}>: {told:?}");
                planned += 1;
            }
        }
        assert!(planned > 500, "{planned}");
    }

    #[test]
    fn a_plain_mail_is_written_as_it_stands_here() {
        let mut mail = mail();
        mail.to.name = String::new();
        let from = mailbox("Desk", "desk@example.jp");
        let letter = write(&mail, &from).unwrap();
        assert_eq!(
            String::from_utf8(letter.bytes).unwrap(),
            "From: Desk <desk@example.jp>\r\n\
             Date: Sat, 21 Nov 2026 18:12:00 +0000\r\n\
             Message-ID: <incident-7.notice.1@desk.example.jp>\r\n\
             Subject: hello\r\n\
             Auto-Submitted: auto-generated\r\n\
             To: taro@example.jp\r\n\
             MIME-Version: 1.0\r\n\
             Content-Type: text/plain; charset=utf-8\r\n\
             Content-Transfer-Encoding: 7bit\r\n\r\n\
             text"
        );
        assert_eq!(letter.envelope.from(), None, "the null sender");
        assert_eq!(letter.envelope.to().iter().map(ToString::to_string).collect::<Vec<_>>(), ["taro@example.jp"]);
    }

    #[test]
    fn japanese_subjects_names_and_text_arrive_unchanged() {
        for subject in [
            "【障害発生連絡】○○商事 web01 応答なし（サービス影響: 有）",
            "[ACME-12] 障害発生連絡 web01 が応答しません 03:12 に検知しました。至急ご確認ください。判定中です。",
            "👩‍👩‍👧‍👦 𠮷野家 ｶﾞ が が",
            "=?utf-8?b?6Zqc5a6z?= as typed",
            "",
            &"長".repeat(300),
        ] {
            let mail = Mail {
                subject: subject.to_owned(),
                text: format!("障害が発生しました。\n.\n..dots\n{}", "あ".repeat(1_000)),
                headers: vec![("X-Madoguchi-Note".to_owned(), "記録 12".to_owned())],
                ..mail()
            };
            let raw = written(&mail).unwrap();
            assert!(raw.is_ascii(), "{raw}");
            assert!(raw.lines().all(|line| line.len() <= 998), "RFC 5322 §2.1.1: {raw}");
            let read = Read::parse(&raw).unwrap();
            assert_eq!(read.text, mail.text);
            assert_eq!(read.header("To"), Some("山田 太郎 <taro@example.jp>"));
            assert_eq!(read.header("X-Madoguchi-Note"), Some("記録 12"));
            let from = read.header("From").unwrap();
            assert!(from.contains("監視センター, 窓口") && from.ends_with(" <desk@example.jp>"), "{from}");
            if !subject.starts_with("=?") {
                assert_eq!(read.subject(), subject);
            }
        }
    }

    #[test]
    fn a_thread_is_named_whole_however_long() {
        let references: Vec<_> = (0..40).map(|n| format!("incident-7.interim.{n}@desk.example.jp")).collect();
        let mail = Mail { in_reply_to: references.last().cloned(), references: references.clone(), ..mail() };
        let read = Read::parse(&written(&mail).unwrap()).unwrap();
        let ids: Vec<_> = references.iter().map(|id| format!("<{id}>")).collect();
        assert_eq!(read.header("References").unwrap(), ids.join(" "));
        assert_eq!(read.header("In-Reply-To"), ids.last().map(String::as_str));
    }

    #[test]
    fn it_asks_to_be_answered_at_its_own_address() {
        let address = "reply+acme-1.512aabcdefghij234567abcd@desk.example.jp";
        let read = Read::parse(&written(&Mail { reply_to: Some(address.to_owned()), ..mail() }).unwrap()).unwrap();
        assert_eq!(read.header("Reply-To"), Some(address));
        assert_eq!(Read::parse(&written(&mail()).unwrap()).unwrap().header("Reply-To"), None);
    }

    #[test]
    fn the_same_mail_gives_the_same_bytes() {
        assert_eq!(written(&mail()).unwrap(), written(&mail()).unwrap());
    }

    #[test]
    fn no_field_can_begin_a_header() {
        type Put = fn(&mut Mail, String);
        let fields: [(&str, Put); 9] = [
            ("reply_to", |m, v| m.reply_to = Some(v)),
            ("subject", |m, v| m.subject = v),
            ("to.name", |m, v| m.to.name = v),
            ("to", |m, v| m.to.address = v),
            ("message_id", |m, v| m.message_id = v),
            ("in_reply_to", |m, v| m.in_reply_to = Some(v)),
            ("references", |m, v| m.references = vec![v]),
            ("X-Madoguchi-Checkpoint", |m, v| m.headers = vec![("X-Madoguchi-Checkpoint".to_owned(), v)]),
            ("header", |m, v| m.headers = vec![(v, "value".to_owned())]),
        ];
        for break_ in ["\r\n", "\n", "\r", "\0", "\u{85}", "\u{b}"] {
            for (name, put) in fields {
                let mut mail = mail();
                put(&mut mail, format!("a@example.jp{break_}Bcc: thief@example.com"));
                let fault = written(&mail).unwrap_err();
                assert!(fault.to_string().starts_with(name), "{name} {break_:?}: {fault}");
            }
        }
    }

    #[test]
    fn addresses_identifiers_and_header_names_are_checked() {
        for address in
            ["", "taro", "@example.jp", "taro@", "a@b, c@d", "<a@b.jp>", "太郎@example.jp", "a@日本語.jp", "a b@c.jp"]
        {
            let mail = Mail { to: mailbox("", address), ..mail() };
            assert_eq!(written(&mail), Err(Fault::Address { field: "to", value: address.to_owned() }), "{address}");
        }
        for id in ["", "x", "@x", "x@", "a@b@c", "<a@b>", "a b@c", "日@b"] {
            let mail = Mail { message_id: id.to_owned(), ..mail() };
            let fault = Fault::MessageId { field: "message_id", value: id.to_owned() };
            assert_eq!(written(&mail), Err(fault), "{id}");
        }
        for name in ["Bcc", "Subject", "X-", "X-a:b", "X-a b", "x-lower", "X-日"] {
            let mail = Mail { headers: vec![(name.to_owned(), "v".to_owned())], ..mail() };
            assert_eq!(written(&mail), Err(Fault::HeaderName(name.to_owned())), "{name}");
        }
    }

    #[test]
    fn different_keys_give_different_identifiers() {
        let check = |key: &str, id: &str| {
            assert_eq!(message_id(key, "d.jp"), id);
            assert_eq!(check_message_id("message_id", id), Ok(()), "{id}");
        };
        check("incident-7:notice:1", "incident-7=3Anotice=3A1@d.jp");
        check("incident-7.notice.1", "incident-7=2Enotice=2E1@d.jp");
        check("a=3Ab", "a=3D3Ab@d.jp");
        check("障", "=E9=9A=9C@d.jp");
    }

    #[test]
    fn the_domain_of_identifiers_is_a_domain() {
        assert_eq!(check_domain("desk.example.jp"), Ok(()));
        for domain in ["", "a..b", "a b", "日本語.jp", "a@b", "a\r\nb", ".", &"a".repeat(64)] {
            assert_eq!(check_domain(domain), Err(Fault::Domain(domain.to_owned())));
        }
    }
}
