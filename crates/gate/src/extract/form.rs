//! Forms and queries read strictly, the first fault named by field.

use super::{fault, json::nul};
use crate::Trouble;
use serde::de::DeserializeOwned;
use url::form_urlencoded;

/// Reads `application/x-www-form-urlencoded`.
pub(crate) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Trouble> {
    for pair in bytes.split(|byte| *byte == b'&') {
        check(pair)?;
    }
    let reader = serde_urlencoded::Deserializer::new(form_urlencoded::parse(bytes));
    serde_path_to_error::deserialize(reader)
        .map_err(|error| fault(&error.path().to_string(), &error.into_inner().to_string()))
}

/// Refuses what the parser would quietly replace (bad UTF-8) and what no database text can hold (NUL).
fn check(pair: &[u8]) -> Result<(), Trouble> {
    let bytes = decoded(pair);
    let name =
        || String::from_utf8_lossy(bytes.split(|byte| *byte == b'=').next().unwrap_or_default()).replace('\0', "");
    if bytes.contains(&0) {
        return Err(nul(&name()));
    }
    if std::str::from_utf8(&bytes).is_err() {
        let field = name();
        let (ja, en) = (format!("{field} が UTF-8 ではありません。"), format!("{field} is no UTF-8."));
        return Err(Trouble::invalid(field, ja, en));
    }
    Ok(())
}

fn decoded(pair: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(pair.len());
    let mut rest = pair;
    while let [first, after @ ..] = rest {
        let hex = after.get(..2).filter(|_| *first == b'%').and_then(|hex| std::str::from_utf8(hex).ok());
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Call {
        who: String,
        version: Option<u64>,
    }

    fn check_fault(form: &str, field: &str) {
        let trouble = read::<Call>(form.as_bytes()).unwrap_err();
        assert_eq!(trouble.faults()[0].field, field, "{form}");
    }

    #[test]
    fn each_fault_names_its_field() {
        check_fault("", "who");
        check_fault("who=a&version=x", "version");
        check_fault("who=a&when=b", "when");
        check_fault("who=a&who=b", "who");
        check_fault("who=%ff", "who");
        check_fault("who=a%00", "who");
        check_fault("version=1", "who");
    }

    #[test]
    fn blanks_and_japanese_are_read() {
        let call = read::<Call>(b"who=%E5%B1%B1%E7%94%B0+%E5%A4%AA%E9%83%8E&version=3").unwrap();
        assert_eq!(call, Call { who: "山田 太郎".into(), version: Some(3) });
        assert_eq!(read::<Call>(b"who=100%").unwrap().who, "100%");
    }
}
