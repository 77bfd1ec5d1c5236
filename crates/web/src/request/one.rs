//! One request: where it stands, when it is due and why, what its reader can do next, and what happened.

use super::bar::{Day, bar};
use crate::attachment::{Files, section as files};
use crate::clock::{ClockMark, clock_mark};
use crate::form::{Draft, Form, form};
use crate::layout::{Shell, page as shell_page};
use crate::parts::{erasing, facts, slip};
use crate::secret::{Secrets, section as secrets};
use crate::when;
use domain::time::Instant;
use domain::words::Label;
use maud::{Markup, html};

/// What the page shows.
#[derive(Clone, Debug)]
pub struct RequestPage {
    /// `KEY-n`.
    pub key: String,
    /// What is asked for.
    pub title: String,
    /// The customer and project.
    pub whose: String,
    /// Where it stands.
    pub state: Label,
    /// Its clock.
    pub mark: ClockMark,
    /// Each day to the due.
    pub days: Vec<Day>,
    /// The due in words, with what governs it.
    pub due: Vec<String>,
    /// What the customer is waited for.
    pub awaiting: Option<Label>,
    /// Whether it is urgent.
    pub urgent: bool,
    /// What was filled in.
    pub filled: Vec<(String, String)>,
    /// 種別, 優先度, filer and the like.
    pub about: Vec<(String, String)>,
    /// What the reader can do next, the first being the step of the procedure.
    pub verbs: Vec<VerbForm>,
    /// Its files.
    pub files: Files,
    /// What was handed over to be read once.
    pub secrets: Secrets,
    /// Whether the reader may erase what was written.
    pub may_erase: bool,
    /// What happened, the newest first.
    pub happened: Vec<Happened>,
    /// What was typed before and refused.
    pub draft: Draft,
}

/// A verb with its form.
#[derive(Clone, Debug)]
pub struct VerbForm {
    /// What it is called.
    pub name: String,
    /// Its form.
    pub form: Form,
    /// Whether it is the next step.
    pub next: bool,
}

/// Something that happened.
#[derive(Clone, Debug)]
pub struct Happened {
    /// Place of the fact in the chain.
    pub seq: u64,
    /// When.
    pub at: Instant,
    /// Who.
    pub by: String,
    /// What.
    pub what: String,
    /// In which words.
    pub words: String,
    /// Why.
    pub reason: String,
    /// Whether the customer does not see it.
    pub internal: bool,
}

/// The page.
pub fn page(shell: &Shell, it: &RequestPage) -> Markup {
    let rows = |items: &[(String, String)]| {
        let items: Vec<(String, Markup)> =
            items.iter().map(|(term, value)| (term.clone(), html! { span.words { (value) } })).collect();
        facts(&items)
    };
    let body = html! {
        header.record {
            div {
                p.path { a href="/requests" { (shell.t("ご依頼", "Requests")) } " " (slip(&it.key)) " " (it.whose) }
                h1 { (it.title) }
                p { strong { (it.state.in_lang(shell.lang)) }
                    @if it.urgent { " " span.flag.internal { (shell.t("緊急", "urgent")) } }
                    @if let Some(awaiting) = it.awaiting { " · " (awaiting.in_lang(shell.lang)) }
                }
            }
            div.clocks { (clock_mark(shell, &it.mark)) }
        }
        section aria-labelledby="due" {
            h2 id="due" { (shell.t("期限とその理由", "When it is due, and why")) }
            @for line in &it.due { p { (line) } }
            (bar(shell, &it.days, None))
        }
        div.pair {
            div.stack {
                section aria-labelledby="next" { h2 id="next" { (shell.t("次にすること", "What next")) } (verbs(shell, &it.verbs, &it.draft)) }
                (secrets(shell, &it.secrets, &it.draft))
                (files(shell, &it.files, &it.draft))
                section aria-labelledby="happened" { h2 id="happened" { (shell.t("経過", "What happened")) } (happened(shell, &it.happened)) (erasing(shell, &format!("/requests/{}", it.key), it.may_erase)) }
            }
            aside {
                h2 { (shell.t("ご依頼の内容", "What is asked for")) } (rows(&it.filled))
                h2 { (shell.t("このチケット", "This ticket")) } (rows(&it.about))
                p.links { a href={ "/procedures?record=" (it.key) } { (shell.t("手続きとたどった道", "The procedure, and the way it went")) } }
                p.links { a href={ "/records/new?process=complaint&about=" (it.key) } { (shell.t("このご依頼についての苦情", "A complaint about this request")) } }
            }
        }
    };
    shell_page(shell, &format!("{} {}", it.key, it.title), &body)
}

/// What can be done: the next step open, the others to be opened.
pub fn verbs(shell: &Shell, verbs: &[VerbForm], draft: &Draft) -> Markup {
    html! {
        @if verbs.is_empty() { p.hint { (shell.t("いまできる操作はありません。", "There is nothing to do here now.")) } }
        @for verb in verbs.iter().filter(|verb| verb.next) { div.primary-step { h3 { (verb.name) } (form(shell, draft, &verb.form)) } }
        div.others.pick {
            @for verb in verbs.iter().filter(|verb| !verb.next) {
                details.add open[draft.form == verb.form.id] { summary { (verb.name) } (form(shell, draft, &verb.form)) }
            }
        }
    }
}

/// What happened, the newest first.
pub fn happened(shell: &Shell, happened: &[Happened]) -> Markup {
    html! {
        ol.timeline.long {
            @for one in happened {
                li id={ "fact-" (one.seq) } class=(if one.internal { "internal" } else { "" }) {
                    (when::time(shell, one.at))
                    div {
                        strong { (one.what) } " " span.by { (one.by) }
                        @if one.internal { " " span.flag.internal { (shell.t("社内のみ", "Internal only")) } }
                        @if !one.words.is_empty() { p.words { (one.words) } }
                        @if !one.reason.is_empty() { p.hint { (shell.t("理由: ", "Reason: ")) (one.reason) } }
                        " " small.seq { "#" (one.seq) }
                    }
                }
            }
        }
    }
}
