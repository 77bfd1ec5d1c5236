//! What a verb has to be told: fields of a closed list of types.

use crate::ids::RecordKey;
use crate::refusal::Refusal;
use crate::time::Instant;
use crate::words::Words;
use jiff::civil::Date;

/// Letters of one field at most.
const FIELD_MAX: usize = 20_000;

/// A field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// Its code, in forms and the API.
    pub field: String,
    /// What it takes.
    pub takes: Type,
    /// Whether it may be left out.
    pub optional: bool,
    /// Its name.
    pub label: Words,
}

/// What a field takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// One line of text.
    Line,
    /// Lines of text.
    Words,
    /// A tick: yes or not.
    Yes,
    /// Yes or no, which must be said.
    Answer,
    /// A date and a time.
    Instant,
    /// A day.
    Date,
    /// A whole number from 0.
    Number,
    /// The name of a record, `KEY-n`.
    Record,
    /// The code of an entry of the catalogue.
    Entry,
}

impl Type {
    /// All.
    pub const ALL: [Self; 9] = [
        Self::Line,
        Self::Words,
        Self::Yes,
        Self::Answer,
        Self::Instant,
        Self::Date,
        Self::Number,
        Self::Record,
        Self::Entry,
    ];

    /// As a file names it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Line => "line",
            Self::Words => "words",
            Self::Yes => "yes",
            Self::Answer => "answer",
            Self::Instant => "instant",
            Self::Date => "date",
            Self::Number => "number",
            Self::Record => "record",
            Self::Entry => "entry",
        }
    }

    fn fits(self, text: &str) -> bool {
        match self {
            Self::Line => !text.contains('\n'),
            Self::Words => true,
            Self::Yes => text == "yes",
            Self::Answer => text == "yes" || text == "no",
            Self::Instant => Instant::parse(text).is_ok(),
            Self::Date => text.parse::<Date>().is_ok(),
            Self::Number => text.parse::<u32>().is_ok(),
            Self::Record => {
                RecordKey::new(text).as_str().rsplit_once('-').is_some_and(|(_, n)| n.parse::<u64>().is_ok())
            }
            Self::Entry => text.bytes().all(|b| b.is_ascii_lowercase() || b == b'_' || b == b'-' || b.is_ascii_digit()),
        }
    }

    /// What it looks like, to whoever wrote something else.
    const fn looks(self) -> (&'static str, &'static str) {
        match self {
            Self::Line | Self::Words => ("一行で入力してください。", "Write one line."),
            Self::Yes => ("yes とするか、空にしてください。", "Send yes, or leave it out."),
            Self::Answer => ("一つ選んでください。", "Choose yes or no."),
            Self::Instant => (
                "日時を入力してください（例 2026-11-23T10:00:00+09:00）。",
                "Give a date and a time, such as 2026-11-23T10:00:00+09:00.",
            ),
            Self::Date => ("日付を入力してください（例 2026-11-23）。", "Give a day, such as 2026-11-23."),
            Self::Number => ("0以上の整数を入力してください。", "Give a whole number from 0."),
            Self::Record => ("チケットの番号を入力してください（例 ACME-12）。", "Name a record, such as ACME-12."),
            Self::Entry => ("カタログにある種別を選んでください。", "Choose an entry of the catalogue."),
        }
    }
}

impl Need {
    /// What was filled in, without blanks around it; none where it was left out and may be.
    ///
    /// # Errors
    /// It is missing, too long, or of another type.
    pub fn read(&self, filled: Option<&str>) -> Result<Option<String>, Refusal> {
        let text = filled.unwrap_or_default().trim();
        let refuse = |(ja, en): (&str, &str)| Refusal::unfit(&self.field, ja, en);
        if text.is_empty() {
            let missing = (
                format!("「{}」を入力してください。", self.label.ja),
                format!("Fill in “{}”.", self.label.in_lang(crate::words::Lang::En)),
            );
            return if self.optional { Ok(None) } else { Err(refuse((&missing.0, &missing.1))) };
        }
        if text.chars().count() > FIELD_MAX {
            return Err(refuse(("20,000文字までで入力してください。", "At most 20,000 characters.")));
        }
        if !self.takes.fits(text) {
            return Err(refuse(self.takes.looks()));
        }
        Ok(Some(text.to_owned()))
    }
}
