//! Records of processes that are only a file, such as 苦情: the list, the form that opens one, and one with what can be done next.

pub(crate) mod handler;
mod sample;

pub use sample::{list_samples, new_samples, samples};

use crate::form::{Draft, Form, form};
use crate::layout::{Shell, page as shell_page};
use crate::parts::{Table, empty, erasing, facts, slip, table, title as named};
use crate::request::{Happened, VerbForm, happened, verbs};
use crate::when;
use domain::time::Instant;
use domain::words::Words;
use maud::{Markup, html};

/// A list of records of one process.
#[derive(Clone, Debug)]
pub struct RecordListPage {
    /// The name of the process.
    pub process: Words,
    /// The address of its procedure.
    pub procedure: String,
    /// What the reader can begin: the name of the verb and the address of its form.
    pub begin: Option<(Words, String)>,
    /// The records, the latest opened first.
    pub records: Vec<Listed>,
    /// Path of the next page.
    pub next: Option<String>,
}

/// One record of a list.
#[derive(Clone, Debug)]
pub struct Listed {
    /// `KEY-n`.
    pub key: String,
    /// Its title.
    pub title: String,
    /// The customer and project.
    pub whose: String,
    /// Where it stands.
    pub state: Words,
    /// Who holds it; staff only.
    pub holder: Option<String>,
    /// When it was opened.
    pub opened: Instant,
    /// Whether it has ended.
    pub ended: bool,
}

/// The form that opens a record.
#[derive(Clone, Debug)]
pub struct NewRecordPage {
    /// The name of the process.
    pub process: Words,
    /// The address of its procedure.
    pub procedure: String,
    /// What the provider counts as one: title and text of its document (R-5.2-4).
    pub definition: Option<(Words, String)>,
    /// The form; none where the reader has no project to open one in.
    pub form: Option<Form>,
    /// What was typed before and refused.
    pub draft: Draft,
}

/// One record.
#[derive(Clone, Debug)]
pub struct RecordPage {
    /// `KEY-n`.
    pub key: String,
    /// Its title.
    pub title: String,
    /// The customer and project.
    pub whose: String,
    /// The name of its process.
    pub process: Words,
    /// Code of its process.
    pub code: String,
    /// Where it stands.
    pub state: Words,
    /// Since when, who holds it and the like.
    pub about: Vec<(String, String)>,
    /// What the reader can do next.
    pub verbs: Vec<VerbForm>,
    /// Whether the reader may erase what was written.
    pub may_erase: bool,
    /// What happened, the newest first.
    pub happened: Vec<Happened>,
    /// What was typed before and refused.
    pub draft: Draft,
}

/// The list.
pub fn list_page(shell: &Shell, it: &RecordListPage) -> Markup {
    let title = it.process.in_lang(shell.lang);
    let heads = [
        shell.t("番号", "Number"),
        shell.t("件名", "Subject"),
        shell.t("状態", "State"),
        shell.t("担当", "Held by"),
        shell.t("起票", "Opened"),
    ];
    let row = |it: &Listed| {
        vec![
            slip(&it.key),
            html! { a href={ "/records/" (it.key) } { strong { (named(shell, &it.title)) } } " " small { (it.whose) } },
            html! { @if it.ended { span.hint { (it.state.in_lang(shell.lang)) } } @else { (it.state.in_lang(shell.lang)) } },
            html! { (it.holder.as_deref().unwrap_or_default()) },
            when::time(shell, it.opened),
        ]
    };
    let body = html! {
        header.top {
            h1 { (title) }
            @if let Some((name, href)) = &it.begin { a.button href=(href) { (name.in_lang(shell.lang)) } }
        }
        p.links { a href=(it.procedure) { (shell.t("この手続きを読む", "Read the procedure")) } }
        @if it.records.is_empty() {
            (empty(shell.t("記録はありません。", "There are no records."), &html! {
                @if it.begin.is_some() { (shell.t("上のボタンから起票できます。", "The button above opens one.")) }
            }))
        } @else {
            (table(&Table { id: "records".into(), caption: title.into(), heads: heads.map(str::to_owned).to_vec(), rows: it.records.iter().map(row).collect() }))
            @if let Some(next) = &it.next { p.links { a href=(next) { (shell.t("さらに前へ", "Earlier ones")) } } }
        }
    };
    shell_page(shell, title, &body)
}

/// The form that opens one.
pub fn new_page(shell: &Shell, it: &NewRecordPage) -> Markup {
    let title = it.form.as_ref().map_or_else(|| it.process.in_lang(shell.lang).to_owned(), |form| form.submit.clone());
    let body = html! {
        article.reading {
            header.top { h1 { (title) } }
            p.links { a href=(it.procedure) { (shell.t("どのように扱われるかを読む", "Read how it is dealt with")) } }
            @if let Some((title, text)) = &it.definition {
                section.definition aria-labelledby="definition" { h2 id="definition" { (title.in_lang(shell.lang)) } p.words { (text) } }
            }
            @match &it.form {
                Some(spec) => (form(shell, &it.draft, spec)),
                None => (empty(shell.t("起票できるプロジェクトがありません。", "There is no project to open one in."), &html! { (shell.t("担当者にお問い合わせください。", "Please ask your contact.")) })),
            }
        }
    };
    shell_page(shell, &title, &body)
}

/// One record.
pub fn page(shell: &Shell, it: &RecordPage) -> Markup {
    let about: Vec<(String, Markup)> =
        it.about.iter().map(|(term, value)| (term.clone(), html! { span.words { (value) } })).collect();
    let body = html! {
        header.record {
            div {
                p.path { a href={ "/records?process=" (it.code) } { (it.process.in_lang(shell.lang)) } " " (slip(&it.key)) " " (it.whose) }
                h1 { (it.title) }
                p { strong { (it.state.in_lang(shell.lang)) } }
            }
        }
        div.pair {
            div.stack {
                section aria-labelledby="next" { h2 id="next" { (shell.t("次にすること", "What next")) } (verbs(shell, &it.verbs, &it.draft)) }
                section aria-labelledby="happened" { h2 id="happened" { (shell.t("経過", "What happened")) } (happened(shell, &it.happened)) (erasing(shell, &format!("/records/{}", it.key), it.may_erase)) }
            }
            aside {
                h2 { (shell.t("この記録", "This record")) } (facts(&about))
                p.links { a href={ "/procedures?record=" (it.key) } { (shell.t("手続きとたどった道", "The procedure, and the way it went")) } }
            }
        }
    };
    shell_page(shell, &format!("{} {}", it.key, it.title), &body)
}
