//! What was asked of others and promised on this incident: escalations, promises, cases at AWS, hand-over.

use super::{IncidentPage, Verb};
use crate::form::{Choice, Field, Form, Input, choice, form};
use crate::layout::Shell;
use crate::when;
use domain::incident::escalation::Group;
use domain::incident::promise::PromiseKind;
use domain::time::Instant;
use domain::words::Label;
use maud::{Markup, html};

/// Everything of it.
#[derive(Clone, Debug, Default)]
pub struct Owing {
    /// Escalations, the latest first.
    pub escalations: Vec<EscalationLine>,
    /// Promises, the nearest first; kept ones last.
    pub promises: Vec<PromiseLine>,
    /// Cases at the supplier, the latest first.
    pub cases: Vec<CaseLine>,
    /// To whom it is handed over, with what they must know, while nobody has taken it.
    pub handed: Option<(String, String)>,
    /// To whom it may be handed over: id and name.
    pub colleagues: Vec<(String, String)>,
}

/// One escalation.
#[derive(Clone, Debug)]
pub struct EscalationLine {
    /// From 1.
    pub number: u32,
    /// To whom.
    pub to: Label,
    /// Why.
    pub cause: Label,
    /// In the giver's words.
    pub text: String,
    /// When.
    pub at: Instant,
    /// Who is paged.
    pub people: String,
    /// Who took it and when.
    pub taken: Option<(String, Instant)>,
}

/// One promise.
#[derive(Clone, Debug)]
pub struct PromiseLine {
    /// From 1.
    pub number: u32,
    /// What.
    pub kind: Label,
    /// Until when.
    pub due: Instant,
    /// In which words.
    pub text: String,
    /// When it was kept.
    pub kept: Option<Instant>,
}

/// One case at the supplier.
#[derive(Clone, Debug)]
pub struct CaseLine {
    /// From 1.
    pub number: u32,
    /// The supplier's number.
    pub name: String,
    /// Its severity.
    pub severity: String,
    /// When it was opened there.
    pub opened: Instant,
    /// Answers: when, and what.
    pub answers: Vec<(Instant, String)>,
}

/// The section. Element `escalations`.
pub(super) fn section(shell: &Shell, it: &IncidentPage) -> Markup {
    let Owing { escalations, promises, cases, handed, .. } = &it.owing;
    html! {
        div.owing id="escalations" {
            @if !(escalations.is_empty() && promises.is_empty() && cases.is_empty() && handed.is_none()) {
                h3 { (shell.t("頼んだこと・約束", "Asked of others, and promised")) }
            }
            @if let Some((to, text)) = handed {
                p { strong { (shell.t("引き継ぎ中 → ", "Handed over to ")) (to) } (shell.t("。受け取るまでは今の担当のままです。", ". Until it is taken, it stays where it is.")) }
                p.words { (text) }
            }
            ul.plain {
                @for line in escalations { li { (escalation(shell, it, line)) } }
                @for line in promises { li { (promise(shell, it, line)) } }
                @for line in cases { li { (case(shell, it, line)) } }
            }
        }
    }
}

fn one(it: &IncidentPage, verb: Verb, number: u32, submit: &str, fields: Vec<Field>) -> Form {
    Form::new(format!("{}-{number}", verb.noun()), it.action(verb), submit, fields)
}

fn escalation(shell: &Shell, it: &IncidentPage, line: &EscalationLine) -> Markup {
    let number = Field::new("escalation", "", Input::Hidden).value(line.number.to_string());
    html! {
        p { strong { (shell.t("エスカレーション → ", "Escalated to ")) (line.to.in_lang(shell.lang)) } " " (line.cause.in_lang(shell.lang)) " " (when::time(shell, line.at)) }
        @if !line.text.is_empty() { p.words { (line.text) } }
        @match &line.taken {
            Some((who, at)) => p.hint { (shell.t("受領: ", "Taken by ")) (who) " " (when::time(shell, *at)) },
            None => {
                p.hint { @if line.people.is_empty() { (shell.t("呼び出せる人がいません。電話で伝えてください。", "Nobody can be paged. Tell them by telephone.")) } @else { (shell.t("呼び出し: ", "Paged: ")) (line.people) } }
                @if it.takes { (form(shell, &it.draft, &one(it, Verb::EscalationTaking, line.number, shell.t("受領する", "Take it"), vec![number]))) }
            }
        }
    }
}

fn promise(shell: &Shell, it: &IncidentPage, line: &PromiseLine) -> Markup {
    let fields = vec![
        Field::new("promise", "", Input::Hidden).value(line.number.to_string()),
        Field::new("text", shell.t("結果", "What came of it"), Input::Text).wide(),
    ];
    html! {
        p { strong { (shell.t("約束: ", "Promise: ")) (line.kind.in_lang(shell.lang)) } " " (when::time(shell, line.due)) (shell.t(" まで", "")) }
        p.words { (line.text) }
        @match line.kept {
            Some(at) => p.hint { (shell.t("果たした ", "Kept ")) (when::time(shell, at)) },
            None if it.writes => (form(shell, &it.draft, &one(it, Verb::PromiseKept, line.number, shell.t("果たした", "Kept"), fields))),
            None => {}
        }
    }
}

fn case(shell: &Shell, it: &IncidentPage, line: &CaseLine) -> Markup {
    let fields = vec![
        Field::new("case", "", Input::Hidden).value(line.number.to_string()),
        Field::new("text", shell.t("回答", "The answer"), Input::Area(2)).required(),
    ];
    html! {
        p { strong { (shell.t("AWSケース ", "AWS case ")) (line.name) } " " (line.severity) " " (when::time(shell, line.opened)) }
        @for (at, text) in &line.answers { p.words { (when::time(shell, *at)) " " (text) } }
        @if it.writes {
            details { summary { (shell.t("回答を記録", "Record an answer")) } (form(shell, &it.draft, &one(it, Verb::SupplierAnswer, line.number, shell.t("記録する", "Record"), fields))) }
        }
    }
}

/// The fields of the verbs that begin something.
pub(super) fn fields(shell: &Shell, it: &IncidentPage, verb: Verb) -> Vec<Field> {
    let line = |name: &str, label: &str| Field::new(name, label, Input::Text).required();
    let words = |name: &str, label: &str| Field::new(name, label, Input::Area(2)).required();
    let menu = |choices: Vec<Choice>| Input::Menu(choices);
    match verb {
        Verb::Escalation => vec![
            Field::new(
                "to",
                shell.t("先", "To"),
                menu(Group::ALL.map(|to| choice(to.code(), to.label().in_lang(shell.lang))).to_vec()),
            )
            .required(),
            words("reason", shell.t("理由と頼むこと", "Why, and what is asked"))
                .hint(shell.t("受け手が受領するまで、あなたの責任です。", "It stays yours until somebody takes it.")),
        ],
        Verb::Promise => vec![
            Field::new(
                "kind",
                shell.t("約束", "What"),
                menu(PromiseKind::ALL.map(|kind| choice(kind.code(), kind.label().in_lang(shell.lang))).to_vec()),
            )
            .required(),
            Field::new("due", shell.t("いつまでに", "Until"), Input::Moment).required(),
            words("text", shell.t("内容", "In which words")),
        ],
        Verb::SupplierCase => vec![
            line("number", shell.t("ケース番号", "Case number")),
            line("severity", shell.t("重大度", "Severity")),
            Field::new("opened", shell.t("起票した時刻", "Opened at"), Input::Moment)
                .hint(shell.t("空ならいま。", "Empty: now.")),
        ],
        Verb::HandOver => {
            let anybody = choice("", shell.t("次の担当者（誰でも）", "Whoever comes next"));
            let people = it.owing.colleagues.iter().map(|(id, name)| choice(id, name.as_str()));
            vec![
                Field::new("to", shell.t("誰へ", "To"), menu(std::iter::once(anybody).chain(people).collect())),
                words("text", shell.t("知っておくこと", "What they must know")),
            ]
        }
        _ => vec![],
    }
}
