//! サービス影響判定基準: the questions a customer agreed to, and how answers become a judgement (R-3.4-5, R-4.2.2-1).

use crate::fact::Answer;
use crate::refusal::Refusal;
use serde::{Deserialize, Serialize};

/// The remark that stands beside every judgement (R-4.2.2-3).
pub const FAILOVER_REMARK: &str = "冗長構成によるフェイルオーバーが発生した場合などを含む";

/// One version of a customer's criteria.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Criteria {
    /// The questions, in the order they are asked. At least one.
    pub questions: Vec<Question>,
    /// Who agreed for the customer; none for our default, which is a listed exception at the start of operation.
    #[serde(default)]
    pub agreed_by: Option<String>,
}

/// One question; "yes" means impact unless `impact_if_no`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Its name inside this version: letters, digits, `-` and `_`.
    pub id: String,
    /// The agreed words.
    pub ja: String,
    /// The same in English; where empty the Japanese words are shown.
    #[serde(default)]
    pub en: String,
    /// Whether it is "no" that means impact.
    #[serde(default)]
    pub impact_if_no: bool,
}

impl Default for Criteria {
    /// Our own three questions, until the customer has agreed to theirs.
    fn default() -> Self {
        let question = |id: &str, ja: &str, en: &str| Question {
            id: id.to_owned(),
            ja: ja.to_owned(),
            en: en.to_owned(),
            impact_if_no: false,
        };
        Self {
            questions: vec![
                question(
                    "down",
                    "利用者がサービスを使えない状態ですか (URL・ポート・画面で確認)",
                    "Is the service out of reach for its users (check by URL, port or screen)?",
                ),
                question(
                    "degraded",
                    "応答が著しく遅い、または一部の機能が使えませんか",
                    "Is it much slower than usual, or is a part of it not working?",
                ),
                question(
                    "data",
                    "データの欠損・誤り、または情報セキュリティの懸念がありますか",
                    "Is data missing or wrong, or is there a security concern?",
                ),
            ],
            agreed_by: None,
        }
    }
}

impl Question {
    /// Whether this answer means impact.
    pub const fn is_impact(&self, yes: bool) -> bool {
        yes != self.impact_if_no
    }
}

impl Criteria {
    /// Judges the answers: they follow the order of the questions and may stop at the first that means impact.
    ///
    /// # Errors
    /// An answer to something that is not asked, out of order, or one missing before impact is found.
    pub fn judge(&self, answers: &[Answer]) -> Result<bool, Refusal> {
        for (place, question) in self.questions.iter().enumerate() {
            match answers.get(place) {
                Some(answer) if answer.question != question.id => return Err(Self::mismatch(question)),
                Some(answer) if question.is_impact(answer.yes) && answers.len() > place + 1 => {
                    return self.rest_is_asked(answers).map(|()| true);
                }
                Some(answer) if question.is_impact(answer.yes) => return Ok(true),
                Some(_) => {}
                None => return Err(Self::mismatch(question)),
            }
        }
        if answers.len() > self.questions.len() { Err(Self::unknown()) } else { Ok(false) }
    }

    fn rest_is_asked(&self, answers: &[Answer]) -> Result<(), Refusal> {
        let asked = answers.len() <= self.questions.len()
            && answers.iter().zip(&self.questions).all(|(answer, question)| answer.question == question.id);
        if asked { Ok(()) } else { Err(Self::unknown()) }
    }

    fn mismatch(question: &Question) -> Refusal {
        Refusal::invalid(
            "answers",
            format!("判定基準の問い「{}」に答えてください。", question.ja),
            format!(
                "Answer the question “{}” of the criteria.",
                if question.en.is_empty() { &question.ja } else { &question.en }
            ),
        )
    }

    fn unknown() -> Refusal {
        Refusal::invalid(
            "answers",
            "判定基準にない問いへの回答があります。画面を開き直してください。",
            "There is an answer to a question the criteria do not ask. Open the page again.",
        )
    }

    /// Checks a version before it is recorded.
    ///
    /// # Errors
    /// No question, a question without words, or two with one id.
    pub fn validate(&self) -> Result<(), Refusal> {
        let invalid = |ja: &str, en: &str| Err(Refusal::invalid("questions", ja, en));
        if self.questions.is_empty() || self.questions.len() > 20 {
            return invalid("問いは1件から20件で入力してください。", "Give 1 to 20 questions.");
        }
        for (place, question) in self.questions.iter().enumerate() {
            let id_ok = !question.id.is_empty()
                && question.id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
            if !id_ok || question.ja.trim().is_empty() {
                return invalid(
                    "問いの名前 (英数字) と文を入力してください。",
                    "Each question needs an id (letters and digits) and its words.",
                );
            }
            if self.questions[..place].iter().any(|other| other.id == question.id) {
                return invalid("問いの名前が重複しています。", "Two questions have the same id.");
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(answers: &[(&str, bool)], expected: Option<bool>) {
        let answers: Vec<Answer> = answers.iter().map(|(q, yes)| Answer { question: (*q).into(), yes: *yes }).collect();
        assert_eq!(Criteria::default().judge(&answers).ok(), expected, "{answers:?}");
    }

    #[test]
    fn one_yes_is_impact_and_ends_the_questions() {
        check(&[("down", true)], Some(true));
        check(&[("down", false), ("degraded", true)], Some(true));
        check(&[("down", true), ("degraded", false), ("data", false)], Some(true));
    }

    #[test]
    fn no_impact_needs_every_answer() {
        check(&[("down", false), ("degraded", false), ("data", false)], Some(false));
        check(&[("down", false), ("degraded", false)], None);
        check(&[], None);
    }

    #[test]
    fn answers_out_of_order_or_to_nothing_are_refused() {
        check(&[("degraded", false), ("down", false), ("data", false)], None);
        check(&[("down", true), ("made-up", true)], None);
        check(&[("down", false), ("degraded", false), ("data", false), ("more", true)], None);
    }

    #[test]
    fn the_default_is_a_valid_version() {
        assert_eq!(Criteria::default().validate(), Ok(()));
    }
}
