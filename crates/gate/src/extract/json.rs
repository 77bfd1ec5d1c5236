//! JSON read strictly, its first fault named by field.

use super::fault;
use crate::Trouble;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::error::Category;

/// Reads a body, which is an object. An empty one counts as `{}`, so that a verb without fields needs none.
pub(crate) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Trouble> {
    let bytes = if bytes.is_empty() { b"{}" } else { bytes };
    // Serde would take a list for an object, field by field.
    if bytes.trim_ascii_start().first() == Some(&b'[') {
        return Err(no_json("a list where an object is expected"));
    }
    if let Some(field) = has_nul(bytes).then(|| nul_field(bytes)) {
        return Err(nul(&field));
    }
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let it = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        let inner = error.into_inner();
        match inner.classify() {
            Category::Data => fault(&path, without_place(&inner.to_string())),
            _ => no_json(&inner.to_string()),
        }
    })?;
    reader.end().map_err(|error| no_json(&error.to_string()))?;
    Ok(it)
}

fn no_json(message: &str) -> Trouble {
    Trouble::invalid(
        "body",
        format!("本文が JSON として読めません。({message})"),
        format!("The body is no JSON: {message}."),
    )
}

/// The refusal of a NUL, which no database text can hold.
pub(crate) fn nul(field: &str) -> Trouble {
    Trouble::invalid(
        field,
        format!("{field} に NUL 文字は使えません。"),
        format!("{field} must not hold a NUL character."),
    )
}

fn without_place(message: &str) -> &str {
    message.split(" at line ").next().unwrap_or(message)
}

/// Whether a text of the JSON holds an escaped NUL; a bare one is a syntax error anyway.
fn has_nul(bytes: &[u8]) -> bool {
    let escape = b"\\u0000";
    let backslashes = |end: usize| bytes[..end].iter().rev().take_while(|byte| **byte == b'\\').count();
    bytes.windows(escape.len()).enumerate().any(|(at, window)| window == escape && backslashes(at).is_multiple_of(2))
}

fn nul_field(bytes: &[u8]) -> String {
    let value = serde_json::from_slice(bytes).unwrap_or_default();
    path_of_nul(&value).map_or_else(|| "body".to_owned(), |path| path.trim_start_matches('.').to_owned())
}

/// The path of the first text with a NUL. Values are at most 128 deep, serde_json's own limit.
fn path_of_nul(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => text.contains('\0').then(String::new),
        Value::Array(items) => {
            items.iter().enumerate().find_map(|(n, item)| Some(format!("[{n}]{}", path_of_nul(item)?)))
        }
        Value::Object(fields) => fields.iter().find_map(|(name, item)| Some(format!(".{name}{}", path_of_nul(item)?))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::words::Lang;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only read")]
    struct Call {
        who: Who,
        #[serde(default)]
        numbers: Vec<u8>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only read")]
    struct Who {
        name: String,
    }

    fn check(json: &str, field: &str, detail: &str) {
        let trouble = read::<Call>(json.as_bytes()).unwrap_err();
        assert_eq!(trouble.faults()[0].field, field, "{json}");
        assert!(trouble.detail(Lang::En).contains(detail), "{json}: {}", trouble.detail(Lang::En));
    }

    #[test]
    fn each_fault_names_its_field() {
        check("", "who", "missing");
        check("{}", "who", "missing");
        check(r#"{"who":{}}"#, "who.name", "missing");
        check(r#"{"who":{"name":5}}"#, "who.name", "expected a string");
        check(r#"{"who":{"name":"a","nam":1}}"#, "who.nam", "no field");
        check(r#"{"who":{"name":"a"},"whom":1}"#, "whom", "no field");
        check(r#"{"who":{"name":"a","name":"b"}}"#, "who.name", "twice");
        check(r#"{"who":{"name":"a"},"numbers":[1,300]}"#, "numbers[1]", "300");
    }

    #[test]
    fn what_is_no_json_is_told_by_its_place() {
        check(r#"{"who":"#, "body", "line 1");
        check("{} x", "who", "missing");
        check(r#"[{"name":"a"}]"#, "body", "list");
        check(r#"{"who":{"name":"a"}} {}"#, "body", "trailing");
        let deep = read::<Value>("{\"a\":".repeat(500).as_bytes()).unwrap_err();
        assert!(deep.detail(Lang::En).contains("recursion limit"), "{}", deep.detail(Lang::En));
        check(r#"{"who":{"name":"\ud800"}}"#, "body", "hex escape");
        assert!(read::<Call>(b"{\"who\":{\"name\":\"\xff\"}}").is_err());
    }

    #[test]
    fn a_nul_is_refused_and_an_escaped_backslash_is_not() {
        check(r#"{"who":{"name":"a\u0000b"}}"#, "who.name", "NUL");
        assert!(read::<Call>(br#"{"who":{"name":"a\\u0000b"}}"#).is_ok());
    }
}
