//! 手続き: each procedure as people read and print it - prose, states, verbs - and the diagram with one record's own way (design §4).

mod diagram;
pub(crate) mod handler;
mod prose;
mod sample;

pub use diagram::{Walk, diagram};
pub use sample::{list_samples, samples};

use crate::layout::{Shell, page as shell_page};
use crate::parts::{Table, empty, slip, table};
use domain::process::{Check, Need, Process, Section, Verb, Who};
use domain::words::{Lang, Words};
use maud::{Markup, html};
use std::sync::Arc;

/// A procedure, alone or with a record's way on it.
#[derive(Clone, Debug)]
pub struct ProcedurePage {
    /// The procedure.
    pub process: Arc<Process>,
    /// Its version; none for the one that ships.
    pub edition: Option<u32>,
    /// The record whose way is shown: its name, its address and where it went.
    pub record: Option<(String, String, Walk)>,
}

/// A procedure of the list.
#[derive(Clone, Debug)]
pub struct ProcedureLine {
    /// The procedure.
    pub process: Arc<Process>,
    /// Its version; none for the one that ships.
    pub edition: Option<u32>,
    /// What the reader can begin here: the name of the verb and the address of its form.
    pub begin: Option<(Words, String)>,
    /// The list of its records.
    pub records: String,
}

/// Every procedure.
#[derive(Clone, Debug)]
pub struct ProceduresPage {
    /// One line each.
    pub lines: Vec<ProcedureLine>,
}

/// Every procedure.
pub fn list_page(shell: &Shell, it: &ProceduresPage) -> Markup {
    let lines = &it.lines;
    let title = shell.t("手続き", "Procedures");
    let heads = [shell.t("手続き", "Procedure"), shell.t("版", "Version"), shell.t("記録", "Records"), ""];
    let row = |line: &ProcedureLine| {
        vec![
            html! { a href={ "/procedures?process=" (line.process.code) } { strong { (line.process.label.in_lang(shell.lang)) } } },
            html! { (edition(shell, line.edition)) },
            html! { a href=(line.records) { (shell.t("一覧", "List")) } },
            html! { @if let Some((name, href)) = &line.begin { a.button href=(href) { (name.in_lang(shell.lang)) } } },
        ]
    };
    let body = html! {
        header.top { h1 { (title) } }
        p.hint { (shell.t("窓口の仕事は、この手続きのとおりに進みます。画面のボタン・権限・記録は、同じ文書から作られています。", "The desk works by these procedures. Buttons, rights and records are made from the same documents.")) }
        @if lines.is_empty() { (empty(shell.t("手続きはありません。", "There are no procedures."), &html! {})) }
        @else { (table(&Table { id: "procedures".into(), caption: title.into(), heads: heads.map(str::to_owned).to_vec(), rows: lines.iter().map(row).collect() })) }
    };
    shell_page(shell, title, &body)
}

fn edition(shell: &Shell, number: Option<u32>) -> String {
    match (number, shell.lang) {
        (Some(number), Lang::Ja) => format!("第{number}版"),
        (Some(number), Lang::En) => format!("version {number}"),
        (None, _) => shell.t("製品の版", "as shipped").to_owned(),
    }
}

/// One procedure.
pub fn page(shell: &Shell, it: &ProcedurePage) -> Markup {
    let title = it.process.label.in_lang(shell.lang);
    let walk = it.record.as_ref().map(|(.., walk)| walk);
    let body = html! {
        article.reading.procedure {
            p.path { a href="/procedures" { (shell.t("手続き", "Procedures")) } " " small { (edition(shell, it.edition)) }
                @if let Some((key, href, _)) = &it.record { " · " a href=(href) { (slip(key)) } " " (shell.t("がたどった道", "and the way it went")) }
            }
            @for section in &it.process.sections { (section_of(shell, it, section, walk)) }
        }
    };
    shell_page(shell, title, &body)
}

fn section_of(shell: &Shell, it: &ProcedurePage, section: &Section, walk: Option<&Walk>) -> Markup {
    let heading = section.heading.in_lang(shell.lang);
    html! {
        section id=(section.id) {
            @match section.level {
                1 => h1 { (heading) },
                2 => h2 { (heading) },
                _ => h3 { (heading) },
            }
            (prose::markup(section.text.in_lang(shell.lang)))
            @if section.states { div.wide-picture { (diagram(shell, &it.process, walk)) } }
            @for verb in section.verbs.iter().filter_map(|code| it.process.verb(code)) { (verb_card(shell, &it.process, verb)) }
        }
    }
}

fn verb_card(shell: &Shell, process: &Process, verb: &Verb) -> Markup {
    let rows = [
        (shell.t("できる人", "Who"), who(shell, verb)),
        (shell.t("状態", "State"), ways(shell, process, verb)),
        (shell.t("書くこと", "What is said"), verb.needs.iter().map(|need| need_of(shell, need)).collect()),
        (shell.t("条件", "Only if"), verb.checks.iter().map(|check| check_of(shell, process, check)).collect()),
        (
            shell.t("その結果", "Then"),
            verb.effects
                .iter()
                .map(|effect| {
                    let label = effect.label().in_lang(shell.lang);
                    verb.after()
                        .filter(|_| matches!(effect, domain::process::Effect::After(_)))
                        .map_or_else(|| label.to_owned(), |days| format!("{days} {label}"))
                })
                .collect(),
        ),
    ];
    html! {
        div.verb-card id={ "verb-" (verb.noun) } {
            h3 { (verb.label.in_lang(shell.lang)) " " code { (verb.noun) } }
            dl.facts { @for (term, lines) in rows.iter().filter(|(_, lines): &&(&str, Vec<String>)| !lines.is_empty()) {
                dt { (term) } dd { @for line in lines { div { (line) } } }
            } }
        }
    }
}

fn who(shell: &Shell, verb: &Verb) -> Vec<String> {
    let mut names: Vec<String> = vec![];
    for who in &verb.who {
        let found = match who {
            Who::System => vec![shell.t("自動", "by itself").to_owned()],
            other => other.roles().into_iter().map(|role| role.label().in_lang(shell.lang).to_owned()).collect(),
        };
        for name in found {
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    vec![names.join(shell.t("、", ", "))]
}

/// From where to where, states that lead to the same one on one line.
fn ways(shell: &Shell, process: &Process, verb: &Verb) -> Vec<String> {
    let name = |code: &str| {
        process.state(code).map_or(shell.t("（新規）", "(new)"), |it| it.label.in_lang(shell.lang)).to_owned()
    };
    let stays: Vec<String> = verb.ways.iter().filter(|way| way.from == way.to).map(|way| name(&way.from)).collect();
    let mut lines: Vec<String> = vec![];
    for state in &process.states {
        let from: Vec<String> = verb
            .ways
            .iter()
            .filter(|way| way.to == state.code && way.from != way.to)
            .map(|way| name(&way.from))
            .collect();
        if !from.is_empty() {
            lines.push(format!("{} → {}", from.join(shell.t("、", ", ")), state.label.in_lang(shell.lang)));
        }
    }
    if !stays.is_empty() {
        lines.push(format!("{} ({})", stays.join(shell.t("、", ", ")), shell.t("変わらない", "stays")));
    }
    lines
}

fn need_of(shell: &Shell, need: &Need) -> String {
    let name = need.label.in_lang(shell.lang);
    if need.optional { format!("{name} ({})", shell.t("任意", "optional")) } else { name.to_owned() }
}

fn check_of(shell: &Shell, process: &Process, check: &Check) -> String {
    match check {
        Check::Rule(rule) => rule.label().in_lang(shell.lang).to_owned(),
        Check::AnotherThan(verb) => {
            let verb = process.verb(verb).map_or("", |verb| verb.label.in_lang(shell.lang));
            match shell.lang {
                Lang::Ja => format!("「{verb}」を行った人とは別の人である"),
                Lang::En => format!("another person than the one who did “{verb}”"),
            }
        }
    }
}
