//! What stands in a report: seven headings, the minute table among them.

use super::ReportKind;
use crate::refusal::Refusal;
use crate::words::{Label, Lang};
use serde::{Deserialize, Serialize};

/// Characters under one heading.
const SECTION_MAX: usize = 20_000;

/// What a report says, heading by heading.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Document {
    /// The language it is written in, and told in.
    pub language: Lang,
    /// 発生
    pub occurrence: String,
    /// 影響
    pub impact: String,
    /// 経過: one line a minute, `11/22 03:12　what`.
    pub course: String,
    /// 原因
    pub cause: String,
    /// 暫定対応
    pub provisional: String,
    /// 恒久対策
    pub permanent: String,
    /// 再発防止
    pub prevention: String,
}

/// One heading with what stands under it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Section<'a> {
    /// Name of the field in forms and in the API.
    pub field: &'static str,
    /// The heading.
    pub label: Label,
    /// What stands under it.
    pub text: &'a str,
}

impl Document {
    /// The headings in their order.
    pub fn sections(&self) -> [Section<'_>; 7] {
        let section = |field, ja, en, text| Section { field, label: Label::new(ja, en), text };
        [
            section("occurrence", "発生", "Occurrence", self.occurrence.as_str()),
            section("impact", "影響", "Impact", &self.impact),
            section("course", "経過", "Course", &self.course),
            section("cause", "原因", "Cause", &self.cause),
            section("provisional", "暫定対応", "Provisional measures", &self.provisional),
            section("permanent", "恒久対策", "Permanent measures", &self.permanent),
            section("prevention", "再発防止", "Prevention", &self.prevention),
        ]
    }

    /// The same without blanks around what stands under each heading.
    #[must_use]
    pub fn trimmed(&self) -> Self {
        let trim = |text: &String| text.trim().replace("\r\n", "\n");
        Self {
            language: self.language,
            occurrence: trim(&self.occurrence),
            impact: trim(&self.impact),
            course: trim(&self.course),
            cause: trim(&self.cause),
            provisional: trim(&self.provisional),
            permanent: trim(&self.permanent),
            prevention: trim(&self.prevention),
        }
    }

    /// Checks what is needed: a preliminary report says what happened, a final one says everything.
    ///
    /// # Errors
    /// What is missing or too long, at its field.
    pub fn check(&self, kind: ReportKind) -> Result<(), Refusal> {
        for Section { field, label, text } in self.sections() {
            let is_needed = kind == ReportKind::Final || ["occurrence", "impact", "course"].contains(&field);
            if is_needed && text.trim().is_empty() {
                return Err(Refusal::invalid(
                    field,
                    format!("「{}」を入力してください。", label.ja),
                    format!("Write “{}”.", label.en),
                ));
            }
            if text.chars().count() > SECTION_MAX {
                return Err(Refusal::invalid(
                    field,
                    "20,000文字までで入力してください。",
                    "At most 20,000 characters.",
                ));
            }
        }
        Ok(())
    }

    /// The report as the customer is told it, in a mail and on the ticket.
    pub fn letter(&self, kind: ReportKind, version: u32, key: &str, title: &str) -> String {
        let lang = self.language;
        let name = kind.label().in_lang(lang);
        let mut letter = match lang {
            Lang::Ja => format!("{key}「{title}」の障害報告書（{name}）第{version}版です。\n"),
            Lang::En => format!("Incident report on {key} “{title}”: {name}, version {version}.\n"),
        };
        for Section { label, text, .. } in self.sections() {
            let text = if text.is_empty() { UNKNOWN.in_lang(lang) } else { text };
            letter.push_str(&format!("\n■ {}\n{text}\n", label.in_lang(lang)));
        }
        letter
    }
}

/// What stands under a heading that a preliminary report leaves open.
pub const UNKNOWN: Label = Label::new("調査中です。", "Under investigation.");

/// The minute table: time and what happened; a line without a time belongs to nobody's minute.
pub fn rows(course: &str) -> Vec<(&str, &str)> {
    let is_time = |text: &str| {
        let last = text.rsplit(' ').next().unwrap_or_default();
        last.split_once(':').is_some_and(|(hour, minute)| {
            let digits = |text: &str| !text.is_empty() && text.len() < 3 && text.bytes().all(|b| b.is_ascii_digit());
            digits(hour) && digits(minute)
        })
    };
    let row = |line| match str::split_once(line, '　') {
        Some((at, what)) if is_time(at.trim()) => (at.trim(), what.trim()),
        _ => ("", line.trim()),
    };
    course.lines().filter(|line| !line.trim().is_empty()).map(row).collect()
}
