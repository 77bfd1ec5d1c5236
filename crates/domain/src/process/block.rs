//! The vocabulary of a process file: every key there is.

use serde::Deserialize;

/// Every key, with what it says. A key that is not listed is an error with file and line.
pub const KEYS: [(&str, &str); 11] = [
    ("process", "header: the code of the process"),
    ("label", "name in both languages: [\"日本語\", \"English\"]"),
    ("states", "header: [code, 日本語, English] each; [code] in brackets ends a record; the first begins it"),
    ("verb", "verb: its code"),
    ("noun", "verb: what is posted, in the path and the webhook"),
    ("ways", "verb: \"from > to\", or \"state\" where it stays; \"*\" is every open state"),
    ("who", "verb: rights or roles, any of which may do it; system is the desk itself"),
    ("needs", "verb: [field, type, 日本語, English] each; a ? after the type makes it optional"),
    ("checks", "verb: rules that must hold, by name"),
    ("effects", "verb: what comes of it beside the state, by name"),
    ("example", "a record's way, step by step: \"person verb > state\", or \"person ! verb\" where it is refused"),
];

/// One fenced block, as it is written.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Block {
    pub process: Option<String>,
    pub label: Option<[String; 2]>,
    pub states: Option<Vec<[String; 3]>>,
    pub verb: Option<String>,
    pub noun: Option<String>,
    pub ways: Option<Vec<String>>,
    pub who: Option<Vec<String>>,
    pub needs: Option<Vec<[String; 4]>>,
    pub checks: Option<Vec<String>>,
    pub effects: Option<Vec<String>>,
    pub example: Option<Vec<String>>,
}
