//! The passphrase of packs.

use serde::de::{Deserialize, Deserializer, Error, Visitor};
use std::fmt;

/// The fewest characters of a passphrase.
const CHARS_MIN: usize = 16;
/// The most.
const CHARS_MAX: usize = 200;

/// What opens a pack. Printable ASCII, so that it can be typed on any keyboard and in any input method; never shown by
/// `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Passphrase(String);

/// A text that is no passphrase; does not repeat the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a passphrase of packs has {CHARS_MIN} to {CHARS_MAX} printable ASCII characters, with no space at its ends")]
pub struct NotAPassphrase;

impl Passphrase {
    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl TryFrom<String> for Passphrase {
    type Error = NotAPassphrase;

    fn try_from(text: String) -> Result<Self, NotAPassphrase> {
        let is_printable = text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic());
        if is_printable && text.trim() == text && (CHARS_MIN..=CHARS_MAX).contains(&text.len()) {
            Ok(Self(text))
        } else {
            Err(NotAPassphrase)
        }
    }
}

/// No message of this repeats what was given.
impl<'de> Deserialize<'de> for Passphrase {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reading)
    }
}

struct Reading;

/// The environment has no types: digits alone are read as a number, which may have lost some of them.
const NUMBER: &str = "a passphrase of packs that is a number stands in quotes";

impl Visitor<'_> for Reading {
    type Value = Passphrase;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a passphrase")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Passphrase, E> {
        Passphrase::try_from(text.to_owned()).map_err(E::custom)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Passphrase, E> {
        Err(E::custom(NUMBER))
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Passphrase, E> {
        Err(E::custom(NUMBER))
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Passphrase, E> {
        Err(E::custom(NUMBER))
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passphrase_is_long_and_can_be_typed_anywhere() {
        let (longest, too_long) = ("a".repeat(CHARS_MAX), "a".repeat(CHARS_MAX + 1));
        for (text, taken) in [
            ("correct horse battery", true),
            ("0123456789abcdef", true),
            ("0123456789abcde", false),
            (" 0123456789abcdef", false),
            ("0123456789abcdef\n", false),
            ("ひらがなのあいことばはうてないことがある", false),
            ("", false),
            (&longest, true),
            (&too_long, false),
        ] {
            assert_eq!(Passphrase::try_from(text.to_owned()).is_ok(), taken, "{text:?}");
        }
    }

    #[test]
    fn a_passphrase_that_was_read_as_a_number_is_refused_without_being_repeated() {
        use serde::de::IntoDeserializer;
        use serde::de::value::Error;
        let number: Result<Passphrase, Error> = Passphrase::deserialize(1_234_567_890_123_456_u64.into_deserializer());
        assert_eq!(number.unwrap_err().to_string(), NUMBER);
        let negative: Result<Passphrase, Error> = Passphrase::deserialize((-1_i64).into_deserializer());
        assert_eq!(negative.unwrap_err().to_string(), NUMBER);
        let text: Result<Passphrase, Error> = Passphrase::deserialize("1234567890123456".into_deserializer());
        assert!(text.is_ok());
    }

    #[test]
    fn a_passphrase_is_not_shown() {
        let secret = Passphrase::try_from("correct horse battery".to_owned()).unwrap();
        assert_eq!(format!("{secret:?}"), "Passphrase(..)");
    }
}
