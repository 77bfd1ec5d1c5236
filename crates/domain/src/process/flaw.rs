//! What is wrong with a process file, and where.

use std::fmt;

/// The first thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong and what to do, in Japanese.
    pub ja: String,
    /// The same in English.
    pub en: String,
}

impl Flaw {
    pub(super) fn new(file: &str, line: usize, ja: impl Into<String>, en: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line, ja: ja.into(), en: en.into() }
    }
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {} / {}", self.file, self.line, self.ja, self.en)
    }
}

impl std::error::Error for Flaw {}
