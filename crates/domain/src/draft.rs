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
    /// 架電: what to say on the telephone.
    #[serde(default = "call_script")]
    pub call: String,
}

/// What to say on the telephone, until the desk has words of its own.
fn call_script() -> String {
    "夜分に恐れ入ります。{provider} 監視センターです。{detected} に「{title}」を検知し、サービスに影響が出ています（サービス影響: {impact}）。復旧作業を進めており、詳細はチケット {key} とメールでお知らせしています。ご不明な点は {phone} までお電話ください。".into()
}

impl Default for Templates {
    fn default() -> Self {
        Self {
            occurrence: "{customer} ご担当者様\n\n{detected} に「{title}」を検知しました。\nサービス影響: {impact}\n\n現在、原因の調査と復旧作業を進めています。次のご報告は {next_report} までに行います。\n※ ミドルウェアのデータ (ログ、データベースなど) の復旧は保証の対象外です。\n\n{provider} 監視センター {phone}".into(),
            occurrence_no_impact: "{customer} ご担当者様\n\n{detected} に「{title}」を検知しました。\nサービス影響: {impact}\n\n稼動状況を確認し、サービスへの影響がないと判断しました。\n\n{provider} 監視センター {phone}".into(),
            interim: "{customer} ご担当者様\n\n{key}「{title}」の中間報告です。\n\n現在の状況:\n\n次のご報告は {next_report} までに行います。\n\n{provider} 監視センター {phone}".into(),
            recovery: "{customer} ご担当者様\n\n{key}「{title}」は {recovered} に復旧しました。\n\n確認内容:\n\nご不明な点はこのチケットまたはお電話でお問い合わせください。\n\n{provider} 監視センター {phone}".into(),
            call: call_script(),
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
            ("call", &self.call),
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

/// Stands in a draft for the next report; only the act that tells the customer knows the instant, and puts it in.
pub const PROMISE: &str = "{next_report}";

/// Puts the promised instant into a text that is about to be told.
///
/// # Errors
/// The text promises a next report where none is owed.
pub fn promise(text: &str, next_report: Option<&str>) -> Result<String, Refusal> {
    match next_report {
        Some(at) => Ok(text.replace(PROMISE, at)),
        None if text.contains(PROMISE) => Err(Refusal::invalid(
            "text",
            format!("次の報告の期限がないため {PROMISE} は使えません。その文を消してください。"),
            format!("No further report is owed, so {PROMISE} says nothing. Take that sentence out."),
        )),
        None => Ok(text.to_owned()),
    }
}

/// A draft without the sentences that promise a next report, for where none is owed.
pub fn without_promise(draft: &str) -> String {
    let keep = |line: &&str| !line.contains(PROMISE) || line.split_inclusive('。').any(|s| !s.contains(PROMISE));
    let sentences = |line: &str| line.split_inclusive('。').filter(|s| !s.contains(PROMISE)).collect::<String>();
    draft.split('\n').filter(keep).map(sentences).collect::<Vec<_>>().join("\n")
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
    fn a_promise_is_put_in_where_a_report_is_owed_and_nowhere_else() {
        for (text, owed, said) in [
            ("次は {next_report} です。{next_report}", Some("04:24"), Some("次は 04:24 です。04:24")),
            ("次は 04:00 です。", Some("04:24"), Some("次は 04:00 です。")),
            ("復旧しました。", None, Some("復旧しました。")),
            ("次は {next_report} です。", None, None),
        ] {
            let told = promise(text, owed).map_err(|refusal| refusal.field());
            assert_eq!(told, said.map(str::to_owned).ok_or(Some("text")), "{text} {owed:?}");
        }
    }

    #[test]
    fn a_draft_loses_the_sentence_of_the_promise_and_no_other() {
        for (draft, left) in [
            ("a\n次は {next_report} です。\nb", "a\nb"),
            ("調査中です。次は {next_report} です。\nb", "調査中です。\nb"),
            ("次は {next_report} です。電話でも伝えます。", "電話でも伝えます。"),
            ("a\n\nb", "a\n\nb"),
        ] {
            assert_eq!(without_promise(draft), left, "{draft}");
        }
    }

    #[test]
    fn an_unknown_variable_is_refused_by_name() {
        let templates = Templates { interim: "{secret}".into(), ..Templates::default() };
        assert_eq!(templates.validate().map_err(|refusal| refusal.field()), Err(Some("interim")));
        assert_eq!(Templates::default().validate(), Ok(()));
    }
}
