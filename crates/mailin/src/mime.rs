//! A mail's bytes read: who wrote it, what it answers, its text in whatever charset, and what says that a machine wrote it.

use desk::Arrived;
use domain::mail_in::Signs;
use mail_parser::{HeaderName, HeaderValue, Message, MessageParser, MimeHeaders};

/// Reads a mail; recipients, return path and raw bytes are the listener's to add. `authserv_id` names the server whose
/// `Authentication-Results` count (RFC 8601 §5).
pub fn read(bytes: &[u8], authserv_id: Option<&str>) -> Arrived {
    let Some(mail) = MessageParser::default().parse(bytes) else { return Arrived::default() };
    let raw = |name: &str| {
        let mut found = mail.headers_raw().filter(|(header, _)| header.eq_ignore_ascii_case(name));
        found.next().map(|(_, value)| value.trim().to_owned())
    };
    let listed = ["List-Id", "List-Unsubscribe", "X-Autoreply", "X-Autorespond", "X-Loop"];
    let signs = Signs {
        return_path: String::new(),
        auto_submitted: raw("Auto-Submitted"),
        precedence: raw("Precedence"),
        response_suppress: raw("X-Auto-Response-Suppress"),
        is_listed: listed.iter().any(|name| raw(name).is_some()),
        is_report: mail.content_type().is_some_and(|it| it.ctype() == "multipart" && it.subtype() == Some("report")),
        message_id: mail.message_id().map(str::to_owned),
    };
    let mut follows = ids(mail.references());
    follows.extend(ids(mail.in_reply_to()));
    Arrived {
        recipients: vec![],
        is_readable: true,
        signs,
        is_forged: authserv_id.is_some_and(|id| is_forged(&mail, id)),
        from: writers(&mail),
        follows,
        subject: mail.subject().unwrap_or_default().to_owned(),
        text: text(&mail),
        attachments: attachments(&mail),
        raw: vec![],
    }
}

/// Every address of every `From`.
fn writers(mail: &Message<'_>) -> Vec<(String, String)> {
    let froms = mail.headers().iter().filter(|header| header.name == HeaderName::From);
    let addresses = froms.filter_map(|header| header.value.as_address()).flat_map(|it| it.iter());
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    addresses.map(|it| (text(it.name()), text(it.address()))).collect()
}

fn ids(value: &HeaderValue<'_>) -> Vec<String> {
    match value {
        HeaderValue::Text(id) => vec![id.to_string()],
        HeaderValue::TextList(ids) => ids.iter().map(ToString::to_string).collect(),
        _ => vec![],
    }
}

/// Its parts of text, one after the other; HTML as text where there is no other.
fn text(mail: &Message<'_>) -> String {
    let parts = (0..mail.text_body_count()).filter_map(|place| mail.body_text(place));
    parts.map(|part| part.trim_end().to_owned()).collect::<Vec<_>>().join("\n\n")
}

fn attachments(mail: &Message<'_>) -> Vec<(String, usize)> {
    let name = |part: &mail_parser::MessagePart<'_>| part.attachment_name().unwrap_or("(名前なし)").to_owned();
    mail.attachments().map(|part| (name(part), part.len())).collect()
}

/// Whether the server of that name says that the sender failed DMARC. Others' words count for nothing.
fn is_forged(mail: &Message<'_>, authserv_id: &str) -> bool {
    let results = mail.headers_raw().filter(|(name, _)| name.eq_ignore_ascii_case("Authentication-Results"));
    results.map(|(_, value)| value.to_lowercase()).any(|value| {
        let mut parts = value.split(';').map(str::trim);
        let said_by = parts.next().and_then(|part| part.split_whitespace().next()).unwrap_or_default();
        said_by == authserv_id.to_lowercase() && parts.any(|part| dmarc(part).is_some_and(|it| it.starts_with("fail")))
    })
}

/// The result after `dmarc=`, where a part of the header is that.
fn dmarc(part: &str) -> Option<&str> {
    Some(part.strip_prefix("dmarc")?.trim_start().strip_prefix('=')?.trim_start())
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "From: Sato <sato@acme.example>\r\nMessage-ID: <1@acme.example>\r\nMIME-Version: 1.0\r\n";

    fn mail(rest: &[u8]) -> Arrived {
        read(&[HEAD.as_bytes(), rest].concat(), Some("mx.desk.example"))
    }

    fn check(name: &str, rest: &[u8], text: &str) {
        assert_eq!(mail(rest).text.trim(), text, "{name}");
    }

    #[test]
    fn text_is_read_in_every_charset_and_transfer_that_is_met() {
        let hai = "はい、お願いします。";
        // ESC $ B, JIS X 0208, ESC ( B: as Outlook and mobile mail still write.
        let jis: &[u8] = b"\x1b$B$O$$!\"$*4j$$$7$^$9!#\x1b(B";
        check("jis", &[b"Content-Type: text/plain; charset=ISO-2022-JP\r\n\r\n", jis, b"\r\n"].concat(), hai);
        check("utf-8, 8 bit", format!("Content-Type: text/plain; charset=UTF-8\r\n\r\n{hai}\r\n").as_bytes(), hai);
        check(
            "base64",
            "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n\
             44Gv44GE44CB44GK6aGY44GE44GX44G+44GZ44CC\r\n"
                .as_bytes(),
            hai,
        );
        check(
            "quoted-printable",
            "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
             =E3=81=AF=E3=81=84=E3=80=81=E3=81=8A=E9=A1=98=E3=\r\n=81=84=E3=81=97=E3=81=BE=E3=81=99=E3=80=82\r\n"
                .as_bytes(),
            hai,
        );
        // Shift_JIS of はい
        check("sjis", b"Content-Type: text/plain; charset=Shift_JIS\r\n\r\n\x82\xcd\x82\xa2\r\n", "はい");
        check("no type", b"\r\nhello\r\n", "hello");
    }

    #[test]
    fn of_two_forms_the_text_is_taken_and_html_alone_becomes_text() {
        check(
            "alternative",
            "Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nはい\r\n\
             --b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<b>はい</b>\r\n--b--\r\n"
                .as_bytes(),
            "はい",
        );
        let html = "Content-Type: text/html; charset=utf-8\r\n\r\n<html><style>p{}</style><script>alert(1)</script>\
                    <p>はい</p><p>お願い</p></html>\r\n";
        let text = mail(html.as_bytes()).text;
        assert!(text.contains("はい") && text.contains("お願い") && !text.contains('<'), "{text}");
    }

    #[test]
    fn a_subject_and_a_name_in_jis_are_read() {
        let it = read(
            b"From: =?ISO-2022-JP?B?GyRCOjRGIxsoQg==?= <sato@acme.example>\r\n\
              Subject: Re: [ACME-1] =?ISO-2022-JP?B?GyRCJE8kJBsoQg==?=\r\n\r\nx\r\n",
            None,
        );
        assert_eq!(it.subject, "Re: [ACME-1] はい");
        assert_eq!(it.from, [("佐藤".to_owned(), "sato@acme.example".to_owned())]);
    }

    #[test]
    fn attachments_are_named_by_rfc_2231_too() {
        let it = mail(
            "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nsee\r\n\
             --b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename*=UTF-8''%E5%9B%B3.pdf\r\n\
             Content-Transfer-Encoding: base64\r\n\r\nAAAA\r\n--b--\r\n"
                .as_bytes(),
        );
        assert_eq!(it.attachments, [("図.pdf".to_owned(), 3)]);
        assert_eq!(it.text.trim(), "see");
    }

    #[test]
    fn every_writer_counts() {
        let from = |head: &str| read(format!("{head}\r\n\r\nx").as_bytes(), None).from.len();
        assert_eq!(from("From: a@b.jp"), 1);
        assert_eq!(from("From: a@b.jp, c@d.jp"), 2);
        assert_eq!(from("From: a@b.jp\r\nFrom: c@d.jp"), 2);
        assert_eq!(from("Subject: nobody"), 0);
    }

    #[test]
    fn signs_of_a_machine_are_read() {
        let it = mail(b"Auto-Submitted: auto-replied\r\nPrecedence: bulk\r\nX-Auto-Response-Suppress: All\r\nList-Id: <x>\r\n\r\nx");
        assert_eq!(it.signs.auto_submitted.as_deref(), Some("auto-replied"));
        assert_eq!(it.signs.precedence.as_deref(), Some("bulk"));
        assert_eq!(it.signs.response_suppress.as_deref(), Some("All"));
        assert!(it.signs.is_listed && !it.signs.is_report);
        let report = mail(b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b--\r\n");
        assert!(report.signs.is_report);
        assert_eq!(report.signs.message_id.as_deref(), Some("1@acme.example"));
    }

    #[test]
    fn what_is_answered_is_named_oldest_first() {
        let it = mail(b"References: <a@x>\r\n <b@x>\r\nIn-Reply-To: <c@x>\r\n\r\nx");
        assert_eq!(it.follows, ["a@x", "b@x", "c@x"]);
    }

    #[test]
    fn only_our_own_servers_verdict_counts() {
        let forged = |value: &str| mail(format!("Authentication-Results: {value}\r\n\r\nx").as_bytes()).is_forged;
        assert!(forged("mx.desk.example; spf=pass; dmarc=fail (p=none) header.from=acme.example"));
        assert!(forged("MX.desk.example 1;\r\n spf=fail;\r\n dmarc = Fail header.from=acme.example"));
        assert!(!forged("mx.desk.example; dmarc=pass header.from=acme.example"));
        assert!(!forged("mx.evil.example; dmarc=fail"));
        assert!(!forged("mx.desk.example; dkim=fail; dmarc=none"));
        assert!(!forged(""));
    }

    #[test]
    fn rubbish_is_read_without_a_panic() {
        for bytes in [
            &b""[..],
            b"\0",
            b"\r\n\r\n",
            b"From",
            b":\r\n:",
            b"Content-Type: multipart/mixed; boundary=\"\"\r\n\r\n--",
        ] {
            let _ = read(bytes, Some("x"));
        }
        let deep = "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n".repeat(2_000);
        let _ = read(deep.as_bytes(), None);
    }
}
