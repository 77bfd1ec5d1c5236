//! What became of one attempt to send.

use std::fmt;

/// Characters of the other side's words that are kept.
const REASON_CHARS_MAX: usize = 300;

/// The other side has taken the message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivered {
    /// What it said, on one line, such as `250 2.0.0 Ok: queued as 4F1B2`.
    pub reply: String,
}

impl Delivered {
    pub(crate) fn new(reply: &str) -> Self {
        Self { reply: one_line(reply) }
    }
}

/// Whether another attempt with the same message can succeed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It can: the other side is unreachable, busy or wrongly configured, on either side of the line.
    Transient,
    /// It cannot: the other side refuses this message or this recipient, or the message is not sendable.
    Permanent,
}

/// The message has not been taken, as far as we know: after a time-out the other side may hold it nevertheless.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct Undelivered {
    /// Whether to try again.
    pub kind: Kind,
    /// Why, on one line for people, at most 300 characters; holds the code of SMTP or HTTP where there is one.
    pub reason: String,
    /// Whether it lies with the way out, such as the mail relay, and so would meet any message.
    pub on_the_way: bool,
}

impl Undelivered {
    pub(crate) fn transient(reason: impl fmt::Display) -> Self {
        Self { kind: Kind::Transient, reason: one_line(&reason.to_string()), on_the_way: false }
    }

    /// No message gets out, whoever it is to: to be tried again.
    pub fn on_the_way(reason: impl fmt::Display) -> Self {
        Self { on_the_way: true, ..Self::transient(reason) }
    }

    pub(crate) fn permanent(reason: impl fmt::Display) -> Self {
        Self { kind: Kind::Permanent, reason: one_line(&reason.to_string()), on_the_way: false }
    }
}

/// The words of the other side, or of an error, as one line without control characters.
fn one_line(text: &str) -> String {
    let visible: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let words: Vec<&str> = visible.split_whitespace().collect();
    words.join(" ").chars().take(REASON_CHARS_MAX).collect()
}

/// An error with all its sources, outermost first, each said once.
pub(crate) fn with_sources(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        let words = source.to_string();
        if !text.contains(&words) {
            text = format!("{text}: {words}");
        }
        next = source.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_one_short_line() {
        let reason = Undelivered::transient(format!("451 4.7.1\r\n try\tlater \u{1b}[31m{}", "長".repeat(400))).reason;
        assert!(reason.starts_with("451 4.7.1 try later [31m長"), "{reason}");
        assert_eq!(reason.chars().count(), REASON_CHARS_MAX);
    }
}
