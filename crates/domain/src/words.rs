//! The two languages of the desk, side by side.
//!
//! A text is written once with both languages beside each other, so that a missing translation does not compile.

use serde::{Deserialize, Serialize};

/// A language the desk speaks. Japanese comes first and is the default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// 日本語
    #[default]
    Ja,
    /// English
    En,
}

impl Lang {
    /// The one of two texts that is in this language.
    pub const fn pick(self, ja: &'static str, en: &'static str) -> &'static str {
        match self {
            Self::Ja => ja,
            Self::En => en,
        }
    }

    /// The same for texts that are not fixed.
    pub const fn pick_of<'a>(self, ja: &'a str, en: &'a str) -> &'a str {
        match self {
            Self::Ja => ja,
            Self::En => en,
        }
    }

    /// The tag of BCP 47: `ja` or `en`.
    pub const fn tag(self) -> &'static str {
        self.pick("ja", "en")
    }

    /// The language of a tag such as `en-GB`; none for a language the desk does not speak.
    pub fn from_tag(tag: &str) -> Option<Self> {
        match tag.trim().get(..2)? {
            "ja" => Some(Self::Ja),
            "en" => Some(Self::En),
            _ => None,
        }
    }
}

/// A fixed text in both languages, such as the name of a state or of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Label {
    /// Japanese, as the white paper writes it where it does.
    pub ja: &'static str,
    /// English.
    pub en: &'static str,
}

impl Label {
    /// Both texts of a label.
    pub const fn new(ja: &'static str, en: &'static str) -> Self {
        Self { ja, en }
    }

    /// The text in that language.
    pub const fn in_lang(self, lang: Lang) -> &'static str {
        lang.pick(self.ja, self.en)
    }
}

/// A text in both languages, as data.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// Japanese.
    pub ja: String,
    /// English; where empty the Japanese text is shown.
    #[serde(default)]
    pub en: String,
}

impl Words {
    /// The text in that language.
    pub fn in_lang(&self, lang: Lang) -> &str {
        if lang == Lang::En && !self.en.is_empty() { &self.en } else { &self.ja }
    }
}
