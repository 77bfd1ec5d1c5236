//! What says that no person wrote a mail, so that it is neither joined nor answered (RFC 3834 §2).

/// What a mail and its envelope say of how it came about; empty where they say nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Signs {
    /// `MAIL FROM`; empty for the null sender.
    pub return_path: String,
    /// `Auto-Submitted` (RFC 3834 §5).
    pub auto_submitted: Option<String>,
    /// `Precedence`.
    pub precedence: Option<String>,
    /// `X-Auto-Response-Suppress` of Exchange.
    pub response_suppress: Option<String>,
    /// Whether it has `List-Id`, `List-Unsubscribe`, `X-Autoreply`, `X-Autorespond` or `X-Loop`.
    pub is_listed: bool,
    /// Whether it is a `multipart/report`: a bounce, a receipt, a complaint.
    pub is_report: bool,
    /// `Message-ID` without brackets.
    pub message_id: Option<String>,
}

/// Whether a machine wrote it, a list spread it, or we did.
pub fn automatic(signs: &Signs, message_domain: &str) -> bool {
    let first = |value: &Option<String>| {
        let text = value.as_deref().unwrap_or_default().split([';', ' ', '(']).next().unwrap_or_default();
        text.trim().to_lowercase()
    };
    let submitted = first(&signs.auto_submitted);
    let by_us = signs.message_id.as_deref().and_then(|id| id.rsplit_once('@'));
    signs.return_path.trim().is_empty()
        || !(submitted.is_empty() || submitted == "no")
        || ["bulk", "list", "junk", "auto_reply"].contains(&first(&signs.precedence).as_str())
        || !["", "none"].contains(&first(&signs.response_suppress).as_str())
        || signs.is_listed
        || signs.is_report
        || by_us.is_some_and(|(_, domain)| domain.eq_ignore_ascii_case(message_domain))
}

#[cfg(test)]
mod tests {
    use super::*;

    type Put = fn(&mut Signs);

    fn check(put: Put, expected: bool, name: &str) {
        let mut signs = Signs {
            return_path: "owner@acme.example".into(),
            message_id: Some("1@acme.example".into()),
            ..Signs::default()
        };
        put(&mut signs);
        assert_eq!(automatic(&signs, "desk.example.jp"), expected, "{name}");
    }

    #[test]
    fn what_a_person_wrote_is_told_from_what_a_machine_wrote() {
        let cases: [(&str, Put, bool); 17] = [
            ("a person", |_| {}, false),
            ("no message id", |it| it.message_id = None, false),
            ("no", |it| it.auto_submitted = Some("no".into()), false),
            ("NO with a comment", |it| it.auto_submitted = Some(" No (by hand)".trim().into()), false),
            ("replied", |it| it.auto_submitted = Some("auto-replied".into()), true),
            ("generated", |it| it.auto_submitted = Some("Auto-Generated; owner=x".into()), true),
            ("notified", |it| it.auto_submitted = Some("auto-notified".into()), true),
            ("first class", |it| it.precedence = Some("first-class".into()), false),
            ("bulk", |it| it.precedence = Some("Bulk".into()), true),
            ("list", |it| it.precedence = Some("list".into()), true),
            ("suppress none", |it| it.response_suppress = Some("None".into()), false),
            ("suppress", |it| it.response_suppress = Some("DR, OOF, AutoReply".into()), true),
            ("null sender", |it| it.return_path = String::new(), true),
            ("listed", |it| it.is_listed = true, true),
            ("report", |it| it.is_report = true, true),
            ("ours", |it| it.message_id = Some("acme-1.0.t@Desk.Example.jp".into()), true),
            ("theirs", |it| it.message_id = Some("acme-1.0.t@notdesk.example.jp".into()), false),
        ];
        for (name, put, expected) in cases {
            check(put, expected, name);
        }
    }
}
