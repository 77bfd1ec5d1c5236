//! Notice templates: logic-free text with a fixed set of `{variables}` (R-4.2.2-4, -12, -16, -20).

use crate::paper::Paper;
use crate::refusal::Refusal;
use crate::words::Label;
use serde::{Deserialize, Serialize};

/// The variables a template may name.
pub const VARIABLES: [&str; 10] =
    ["customer", "project", "key", "title", "detected", "impact", "next_report", "recovered", "provider", "phone"];

/// The texts of one tenant's notices; a draft is shown to a person, who publishes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Templates {
    /// 障害発生連絡 with impact.
    pub occurrence: String,
    /// 障害発生連絡 without impact.
    pub occurrence_no_impact: String,
    /// 中間報告.
    pub interim: String,
    /// 復旧連絡.
    pub recovery: String,
}

impl Default for Templates {
    fn default() -> Self {
        Self {
            occurrence: "{customer} ご担当者様\n\n{detected} に「{title}」を検知しました。\nサービス影響: {impact}\n\n現在、原因の調査と復旧作業を進めています。次のご報告は {next_report} までに行います。\n※ ミドルウェアのデータ (ログ、データベースなど) の復旧は保証の対象外です。\n\n{provider} 監視センター {phone}".into(),
            occurrence_no_impact: "{customer} ご担当者様\n\n{detected} に「{title}」を検知しました。\nサービス影響: {impact}\n\n稼動状況を確認し、サービスへの影響がないと判断しました。\n\n{provider} 監視センター {phone}".into(),
            interim: "{customer} ご担当者様\n\n{key}「{title}」の中間報告です。\n\n現在の状況:\n\n次のご報告は {next_report} までに行います。\n\n{provider} 監視センター {phone}".into(),
            recovery: "{customer} ご担当者様\n\n{key}「{title}」は {recovered} に復旧しました。\n\n確認内容:\n\nご不明な点はこのチケットまたはお電話でお問い合わせください。\n\n{provider} 監視センター {phone}".into(),
        }
    }
}

impl Paper for Templates {
    const KIND: &'static str = "templates";
    const LABEL: Label = Label::new("連絡文の雛形", "Notice templates");

    fn validate(&self) -> Result<(), Refusal> {
        let texts = [
            ("occurrence", &self.occurrence),
            ("occurrence_no_impact", &self.occurrence_no_impact),
            ("interim", &self.interim),
            ("recovery", &self.recovery),
        ];
        for (field, text) in texts {
            if text.trim().is_empty() {
                return Err(Refusal::invalid(field, "雛形を入力してください。", "Write the template."));
            }
            if let Some(unknown) = variables(text).find(|name| !VARIABLES.contains(name)) {
                let known = VARIABLES.join(", ");
                return Err(Refusal::invalid(
                    field,
                    format!("{{{unknown}}} は使えません。使える変数: {known}"),
                    format!("{{{unknown}}} is no variable. Use: {known}"),
                ));
            }
        }
        Ok(())
    }
}

/// The names between braces.
fn variables(template: &str) -> impl Iterator<Item = &str> {
    template.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
}

/// Puts values in the place of variables; a value is never read as a template again.
pub fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(template.len() * 2);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        match after.split_once('}').map(|(name, tail)| (values.iter().find(|(known, _)| *known == name), tail)) {
            Some((Some((_, value)), tail)) => {
                out.push_str(value);
                rest = tail;
            }
            _ => {
                out.push('{');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_put_in_once() {
        assert_eq!(fill("{a}{b} {c", &[("a", "{b}"), ("b", "2")]), "{b}2 {c");
    }

    #[test]
    fn an_unknown_variable_is_refused_by_name() {
        let templates = Templates { interim: "{secret}".into(), ..Templates::default() };
        assert_eq!(templates.validate().map_err(|refusal| refusal.field()), Err(Some("interim")));
        assert_eq!(Templates::default().validate(), Ok(()));
    }
}
