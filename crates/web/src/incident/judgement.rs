//! The judgement of impact by the criteria that the customer agreed to, one question at a time (R-4.2.2-1).

use super::{Impact, IncidentPage, Verb};
use crate::form::{Field, Input, field, head as form_head};
use crate::layout::Shell;
use crate::when;
use domain::criteria::FAILOVER_REMARK;
use domain::time::Instant;
use domain::words::{Label, Lang};
use maud::{Markup, html};

/// The criteria, the answers and what was judged.
#[derive(Clone, Debug)]
pub struct Judgement {
    /// Version of the customer's サービス影響判定基準.
    pub version: u32,
    /// Who agreed to it for the customer; none for our default.
    pub agreed_by: Option<String>,
    /// Whether a check of the running state is recorded; without one a reason is asked for.
    pub checked: bool,
    /// The contact who is on the line now, having told us of the fault by telephone.
    pub on_line: Option<String>,
    /// Its questions, in order; none means that no criteria were agreed, so nothing can be judged.
    pub questions: Vec<Question>,
    /// Judgements, the newest first.
    pub judged: Vec<Judged>,
}

/// One question of the criteria.
#[derive(Clone, Debug)]
pub struct Question {
    /// Sent as `answer_<id>`; ASCII letters, digits, `-` and `_`.
    pub id: String,
    /// The agreed text, word for word.
    pub text: String,
    /// Which answer means that the service is affected: yes where true, no where false.
    pub affected_if: bool,
    /// The answer given, if any.
    pub answer: Option<bool>,
}

/// One judgement that was made.
#[derive(Clone, Debug)]
pub struct Judged {
    /// What it found.
    pub impact: Impact,
    /// When.
    pub at: Instant,
    /// Who judged.
    pub by: String,
    /// Why, where it changed an earlier one.
    pub reason: Option<String>,
}

const REMARK: Label = Label::new(
    "「影響なし」は、冗長構成によるフェイルオーバーが発生した場合などを含む",
    "“Not affected” includes, for example, a fail-over of a redundant set-up",
);

/// The remark of the service description, which always stands beside the judgement (R-4.2.2-3).
pub(super) fn remark(shell: &Shell) -> Markup {
    html! {
        p.remark {
            (REMARK.in_lang(shell.lang))
            @if shell.lang == Lang::En { " (" span lang="ja" { (FAILOVER_REMARK) } ")" }
        }
    }
}

/// The questions as a form; the notice beside it belongs to the same form, so one Enter judges and publishes.
pub(super) fn questions(shell: &Shell, it: &IncidentPage) -> Markup {
    let judgement = &it.judgement;
    if judgement.questions.is_empty() {
        return html! {
            p.wrong { (shell.t("このお客様とは判定基準が合意されていないので、判定できません。未判定のあいだは影響ありとして数えます。", "No criteria were agreed with this customer, so nothing can be judged. Until then it counts as affected.")) }
            p { a href="/settings" { (shell.t("判定基準を登録する", "Enter the criteria")) } }
        };
    }
    html! {
        form.judgement id=(Verb::Judgement.noun()) action=(it.action(Verb::Judgement)) method="post" data-enhance data-questions {
            (form_head(&it.draft, Verb::Judgement.noun(), Some(it.version)))
            input type="hidden" name="criteria" value=(judgement.version);
            p.agreed { (shell.t("サービス影響判定基準 第", "Impact criteria, version ")) (judgement.version) (shell.t("版 · ", " · "))
                @match &judgement.agreed_by {
                    Some(who) => { (shell.t("", "agreed by ")) (who) (shell.t(" 様 合意", "")) }
                    None => (shell.t("標準の基準（お客様は未合意）", "our default, not agreed by the customer")),
                }
            }
            @for (i, question) in judgement.questions.iter().enumerate() { (one(shell, it, i + 1, question)) }
            p.verdict id="verdict" role="status" {
                span data-when="open" { (shell.t("答えるまでは「影響あり」として数えています。", "Until answered it counts as affected.")) }
                span data-when="yes" hidden { strong { (Impact::Yes.label().in_lang(shell.lang)) } (shell.t(" — 右の連絡を公開し、1番目の連絡先に電話します。", " – the notice beside is published and the first contact is called.")) }
                span data-when="no" hidden { strong { (Impact::No.label().in_lang(shell.lang)) } (shell.t(" — 判定だけを記録します。連絡は60分以内です。", " – only the judgement is recorded. The notice is due within 60 minutes.")) }
            }
            @if !judgement.checked {
                (field(shell, &it.draft, Verb::Judgement.noun(), &Field::new("reason", shell.t("稼動確認なしで判定する理由", "Why without a check of the running state"), Input::Text).required().wide()))
            }
            @if let Some(who) = &judgement.on_line {
                @let label = format!("{who} {}", shell.t("様にこの通話で伝えた（影響ありのとき、架電に代わります）", "was told on this call (with impact it takes the place of our call)"));
                (field(shell, &it.draft, Verb::Judgement.noun(), &Field::new("told_caller", label, Input::Tick).wide()))
            }
            p.do { button.primary type="submit" data-primary { (shell.t("判定する（影響ありなら公開）", "Judge (and publish if affected)")) " " kbd { "Enter" } } }
        }
    }
}

fn one(shell: &Shell, it: &IncidentPage, number: usize, question: &Question) -> Markup {
    let (name, form, count) = (format!("answer_{}", question.id), Verb::Judgement.noun(), it.judgement.questions.len());
    let answer = it.draft.value(form, &name).map(|typed| typed == "yes").or(question.answer);
    html! {
        fieldset.question data-question data-field=(name) data-affected=(if question.affected_if { "yes" } else { "no" }) {
            legend { span.count { (number) "/" (count) } " " span.asked { (question.text) } }
            div.answers {
                @for (value, text, key) in [("yes", shell.t("はい", "Yes"), "y"), ("no", shell.t("いいえ", "No"), "n")] {
                    label for={ (name) "-" (value) } {
                        input id={ (name) "-" (value) } type="radio" name=(name) value=(value) required data-key=(key) checked[answer == Some(value == "yes")];
                        span { (text) " " kbd { (key.to_uppercase()) } @if (value == "yes") == question.affected_if { small { (shell.t("影響あり", "affected")) } } }
                    }
                }
            }
            p.about { span.problem data-problem { (it.draft.problem(form, &name).unwrap_or_default()) } }
        }
    }
}

/// What was judged, where it is no longer the next step.
pub(super) fn summary(shell: &Shell, it: &IncidentPage) -> Markup {
    let judgement = &it.judgement;
    html! {
        @if let Some(latest) = judgement.judged.first() {
            section.judged aria-label=(shell.t("判定", "Judgement")) {
                p.verdict { strong { (latest.impact.label().in_lang(shell.lang)) } " " small { (when::time(shell, latest.at)) " " (latest.by) (shell.t(" 判定基準 第", ", criteria version ")) (judgement.version) (shell.t("版", "")) } }
                @for item in &judgement.judged { @if let Some(reason) = &item.reason { p.hint { (when::time(shell, item.at)) " " (item.by) ": " (reason) } } }
                @if !judgement.questions.is_empty() {
                    details { summary { (shell.t("問いと答え", "Questions and answers")) }
                        ol.answered { @for q in &judgement.questions { li { (q.text) " " b { (match q.answer { Some(true) => shell.t("はい", "Yes"), Some(false) => shell.t("いいえ", "No"), None => "–" }) } } } }
                    }
                }
            }
        }
    }
}
