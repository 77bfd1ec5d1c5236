//! サービスカタログ: what can be asked for, as data (R-2.3-1, R-4.1.3-*, R-4.1.4-*, R-4.3.*, R-5.2-1, R-A1-*; C-01 to C-07, C-26,
//! C-35 to C-37).
//!
//! An [`Entry`] is filed under its 種別 and reported under the name of a [`Row`] of appendix 1 and 5; several entries may share a
//! row (R-A1-5). The code is the key, 種別 a label (C-03). The class of an entry sets its N and nothing else: whether the customer
//! must approve is said by the entry and judged on the ticket (C-07).

use crate::calendar::BusinessDays;
use crate::paper::Paper;
use crate::refusal::Refusal;
use crate::words::{Label, Lang, Words};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::LazyLock;

#[cfg(test)]
mod tests;
mod text;

/// A version of the catalogue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalogue {
    /// The rows of appendix 1 and 5, in their order.
    pub rows: Vec<Row>,
    /// The entries.
    #[serde(rename = "entry")]
    pub entries: Vec<Entry>,
}

/// One row of appendix 1 and 5.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// 依頼作業名
    pub name: String,
    /// Its group, which sets 標準日数.
    pub class: Class,
    /// 起票 (通常時)
    pub filer: Filer,
}

/// The group of a row (R-A1-4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Class {
    /// サービスへの影響が軽微なご依頼
    Slight,
    /// サービスへの影響が発生し得るご依頼
    Possible,
    /// ベーシックサポート
    Basic,
    /// アドバンスドサポート, for those who contracted it (R-4.3.2-6)
    Advanced,
}

impl Class {
    /// All, in the order of the tables.
    pub const ALL: [Self; 4] = [Self::Slight, Self::Possible, Self::Basic, Self::Advanced];

    /// The code in facts and in the API.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Slight => "slight",
            Self::Possible => "possible",
            Self::Basic => "basic",
            Self::Advanced => "advanced",
        }
    }

    /// As the tables write it.
    pub const fn label(self) -> Label {
        match self {
            Self::Slight => {
                Label::new("サービスへの影響が軽微なご依頼", "Requests with a slight effect on the service")
            }
            Self::Possible => Label::new("サービスへの影響が発生し得るご依頼", "Requests that may affect the service"),
            Self::Basic => Label::new("ベーシックサポート", "Basic support"),
            Self::Advanced => Label::new("アドバンスドサポート", "Advanced support"),
        }
    }

    /// 標準日数, the service level objective in business days (R-3.3.2-1, -2; 4.3).
    pub const fn days(self) -> BusinessDays {
        match self {
            Self::Slight => BusinessDays::SLIGHT_EFFECT,
            Self::Possible | Self::Basic | Self::Advanced => BusinessDays::POSSIBLE_EFFECT,
        }
    }

    /// Whether it takes a contracted option.
    pub const fn is_paid(self) -> bool {
        matches!(self, Self::Advanced)
    }
}

/// 起票 (通常時): who files it in the ordinary course (R-A1-2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Filer {
    /// お客様
    Customer,
    /// The provider.
    Provider,
    /// 双方
    Both,
}

impl Filer {
    /// As the tables write it, with the provider's name.
    pub fn name(self, lang: Lang, provider: &str) -> String {
        match self {
            Self::Customer => lang.pick("お客様", "Customer").to_owned(),
            Self::Provider => provider.to_owned(),
            Self::Both => lang.pick("双方", "Either").to_owned(),
        }
    }

    /// Whether that side files it in the ordinary course.
    pub const fn is_ordinary(self, by_customer: bool) -> bool {
        matches!((self, by_customer), (Self::Both, _) | (Self::Customer, true) | (Self::Provider, false))
    }
}

/// Something that can be asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The key: lower-case letters, digits and `_`.
    pub code: String,
    /// The group of headings it stands under, where there is one.
    #[serde(default)]
    pub group: Option<Words>,
    /// Its heading.
    pub heading: Words,
    /// 種別, as it is filed.
    pub kind: String,
    /// The name of its row in the tables.
    pub report: String,
    /// Its class.
    pub class: Class,
    /// Who files it in the ordinary course.
    pub filer: Filer,
    /// What the form says about it.
    #[serde(default)]
    pub hint: Option<Words>,
    /// Whether the work affects the service as a rule, so that the customer's approver and the head of desk approve first.
    #[serde(default)]
    pub affects: bool,
    /// When the work affects the service though the entry does not always.
    #[serde(default)]
    pub consent: Option<When>,
    /// 標準日数 where it is not that of the class: 1 to 250.
    #[serde(default)]
    pub days: Option<u16>,
    /// How the work goes in the ordinary course, step by step: what a plan begins with.
    #[serde(default)]
    pub steps: Vec<String>,
    /// What is to be filled in.
    pub fields: Vec<Field>,
}

/// One thing to fill in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// One of [`CODES`].
    pub code: String,
    /// Its name.
    pub label: Words,
    /// What the form says below it.
    #[serde(default)]
    pub hint: Option<Words>,
    /// What can be chosen; empty for a text.
    #[serde(default)]
    pub options: Vec<Choice>,
    /// Whether the text has several lines.
    #[serde(default)]
    pub lines: bool,
    /// Asked for only where another field says so.
    #[serde(default)]
    pub when: Option<When>,
    /// Whether it is ours and not of the service description.
    #[serde(default)]
    pub own: bool,
}

/// One option of a field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// What is sent.
    pub code: String,
    /// Japanese, as the service description writes it.
    pub ja: String,
    /// English.
    pub en: String,
    /// Whether it is ours and not of the service description (C-05).
    #[serde(default)]
    pub own: bool,
}

/// A field having one of some values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct When {
    /// Which field.
    pub field: String,
    /// Which values.
    pub is: Vec<String>,
}

/// What fields can be called: a closed list, so that API, forms and refusals name them alike.
pub const CODES: [&str; 20] = [
    "work", "user", "of", "host", "rights", "rule", "monitor", "content", "details", "software", "patch", "to",
    "version", "size", "disk", "limit", "why", "topic", "advisory", "period",
];

/// What was filled in, by field code.
pub type Values = BTreeMap<String, String>;

/// The longest text of one field, in characters.
const TEXT_MAX: usize = 20_000;

impl When {
    fn holds(&self, values: &Values) -> bool {
        values.get(&self.field).is_some_and(|value| self.is.contains(value))
    }
}

impl Field {
    /// Whether it is asked for, given the other values.
    pub fn is_asked(&self, values: &Values) -> bool {
        self.when.as_ref().is_none_or(|when| when.holds(values))
    }

    /// The field's code, as refusals name it.
    fn code(&self) -> &'static str {
        CODES.into_iter().find(|code| *code == self.code).unwrap_or("fields")
    }

    /// A value as people read it.
    pub fn shown<'a>(&'a self, value: &'a str, lang: Lang) -> &'a str {
        let chosen = self.options.iter().find(|choice| choice.code == value);
        chosen.map_or(value, |choice| lang.pick_of(&choice.ja, &choice.en))
    }

    fn check(&self, value: &str) -> Result<(), Refusal> {
        let (ja, en) = (&self.label.ja, self.label.in_lang(Lang::En));
        if value.is_empty() {
            return Err(Refusal::invalid(
                self.code(),
                format!("「{ja}」を入力してください。"),
                format!("Fill in “{en}”."),
            ));
        }
        if !self.options.is_empty() && !self.options.iter().any(|choice| choice.code == value) {
            return Err(Refusal::invalid(
                self.code(),
                format!("「{ja}」は選択肢から選んでください。"),
                format!("Choose one of the options of “{en}”."),
            ));
        }
        if value.chars().count() > TEXT_MAX {
            return Err(Refusal::invalid(
                self.code(),
                format!("「{ja}」は20,000文字までで入力してください。"),
                format!("“{en}” holds at most 20,000 characters."),
            ));
        }
        Ok(())
    }
}

impl Entry {
    /// 標準日数.
    pub fn days(&self) -> BusinessDays {
        self.days.and_then(|days| BusinessDays::new(days.into()).ok()).unwrap_or(self.class.days())
    }

    /// Keeps what this entry asks for, each checked; what was filled in beside it is refused, what is not asked for is left out.
    ///
    /// # Errors
    /// A field is missing, has a value outside its options, is too long, or does not belong to the entry.
    pub fn filed(&self, values: &Values) -> Result<Values, Refusal> {
        let trimmed: Values = values.iter().map(|(code, value)| (code.clone(), value.trim().to_owned())).collect();
        if let Some(stray) =
            trimmed.iter().find(|(code, value)| !value.is_empty() && !self.fields.iter().any(|f| f.code == **code))
        {
            return Err(Refusal::invalid(
                "fields",
                format!("「{}」に項目 {} はありません。", self.heading.ja, stray.0),
                format!("“{}” has no field {}.", self.heading.in_lang(Lang::En), stray.0),
            ));
        }
        let mut filed = Values::new();
        for field in self.fields.iter().filter(|field| field.is_asked(&trimmed)) {
            let value = trimmed.get(&field.code).map(String::as_str).unwrap_or_default();
            field.check(value)?;
            filed.insert(field.code.clone(), value.to_owned());
        }
        Ok(filed)
    }

    /// Whether the work as it was asked for affects the service, so that both sides approve before it begins (C-06, C-07).
    pub fn affects_service(&self, values: &Values) -> bool {
        self.affects || self.consent.as_ref().is_some_and(|when| when.holds(values))
    }

    /// What was asked for in one line: the kind of work, then the host or the first words.
    pub fn title(&self, values: &Values) -> String {
        let shown = |code: &str| {
            let field = self.fields.iter().find(|field| field.code == code)?;
            values.get(code).map(|value| field.shown(value, Lang::Ja))
        };
        let first = self.fields.iter().find(|field| field.options.is_empty()).and_then(|field| shown(&field.code));
        let about = shown("host").or(first).unwrap_or_default();
        let about: String = about.lines().next().unwrap_or_default().chars().take(60).collect();
        [Some(self.kind.as_str()), shown("work"), Some(about.as_str())]
            .into_iter()
            .flatten()
            .filter(|word| !word.is_empty())
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// Whether a word finds it: by heading, 種別 or report name, in either language (C-01).
    pub fn is_found_by(&self, word: &str) -> bool {
        let word = word.trim().to_lowercase();
        [&self.heading.ja, &self.heading.en, &self.kind, &self.report]
            .into_iter()
            .any(|name| name.to_lowercase().contains(&word))
    }
}

impl Entry {
    /// What a plan begins with: the steps, numbered, a line each; empty where there are none.
    pub fn plan(&self) -> String {
        let lines = (1..).zip(&self.steps).map(|(number, step): (u32, _)| format!("{number}. {step}"));
        lines.collect::<Vec<_>>().join("\n")
    }
}

impl Catalogue {
    /// The catalogue as it ships: 24 entries over 23 rows.
    pub fn shipped() -> &'static Self {
        #[expect(clippy::expect_used, reason = "the file is part of the program and read by a test")]
        static SHIPPED: LazyLock<Catalogue> =
            LazyLock::new(|| toml::from_str(include_str!("catalogue/entries.toml")).expect("the shipped catalogue"));
        &SHIPPED
    }

    /// An entry by its code.
    pub fn entry(&self, code: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.code == code)
    }

    /// The entries that one side files in the ordinary course.
    pub fn ordinary(&self, by_customer: bool) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(move |entry| entry.filer.is_ordinary(by_customer))
    }
}

impl Default for Catalogue {
    fn default() -> Self {
        Self::shipped().clone()
    }
}

/// Steps of an entry at most.
const STEPS_MAX: usize = 30;
/// Characters of a step at most.
const STEP_MAX: usize = 300;

impl Paper for Catalogue {
    const KIND: &'static str = "catalogue";
    const LABEL: Label = Label::new("サービスカタログ", "Service catalogue");

    fn validate(&self) -> Result<(), Refusal> {
        let wrong = |ja: String, en: String| Err(Refusal::invalid("entry", ja, en));
        for (place, entry) in self.entries.iter().enumerate() {
            let code = &entry.code;
            let is_code = !code.is_empty()
                && code.len() <= 64
                && code.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
            if !is_code || self.entries[..place].iter().any(|other| other.code == *code) {
                return wrong(
                    format!("{code}: code は英小文字・数字・_ で、重複なく付けてください。"),
                    format!("{code}: a code has lower-case letters, digits and _, and stands once."),
                );
            }
            if !self.rows.iter().any(|row| row.name == entry.report) {
                return wrong(
                    format!("{code}: report に、表にある依頼作業名を入れてください。"),
                    format!("{code}: report must be the name of a row."),
                );
            }
            if entry.days.is_some_and(|days| BusinessDays::new(days.into()).is_err()) {
                return wrong(
                    format!("{code}: 標準日数は1から250営業日です。"),
                    format!("{code}: 1 to 250 business days can be promised."),
                );
            }
            let is_step = |step: &String| !step.trim().is_empty() && step.chars().count() <= STEP_MAX;
            if entry.steps.len() > STEPS_MAX || !entry.steps.iter().all(is_step) {
                return wrong(
                    format!("{code}: steps は{STEPS_MAX}個まで、それぞれ{STEP_MAX}文字までです。"),
                    format!("{code}: at most {STEPS_MAX} steps of at most {STEP_MAX} characters each."),
                );
            }
            for (at, field) in entry.fields.iter().enumerate() {
                let is_twice = entry.fields[..at].iter().any(|other| other.code == field.code);
                if !CODES.contains(&field.code.as_str()) || is_twice {
                    return wrong(
                        format!(
                            "{code}: 項目 {} は使えないか重複しています。使えるもの: {}",
                            field.code,
                            CODES.join(", ")
                        ),
                        format!(
                            "{code}: the field {} is unknown or stands twice. Known: {}",
                            field.code,
                            CODES.join(", ")
                        ),
                    );
                }
            }
            let conditions = entry.fields.iter().filter_map(|field| field.when.as_ref()).chain(&entry.consent);
            for when in conditions {
                let field = entry.fields.iter().find(|field| field.code == when.field);
                let holds = field.is_some_and(|field| {
                    when.is.iter().all(|value| field.options.iter().any(|choice| choice.code == *value))
                });
                if !holds {
                    return wrong(
                        format!("{code}: 条件が指す項目「{}」の選択肢を確認してください。", when.field),
                        format!("{code}: a condition names options that the field “{}” has not.", when.field),
                    );
                }
            }
        }
        Ok(())
    }
}
