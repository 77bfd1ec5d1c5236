//! 検索: tickets in which something was written.

pub(crate) mod handler;
mod sample;

pub use sample::samples;

use crate::layout::{Shell, page as shell_page};
use crate::parts::{empty, slip, title as named};
use crate::when;
use domain::search::Piece;
use domain::time::Instant;
use domain::words::Words;
use maud::{Markup, html};

/// What was looked for and found.
#[derive(Clone, Debug)]
pub struct SearchPage {
    /// As it was typed.
    pub question: String,
    /// The tickets, the newest text first.
    pub found: Vec<FoundTicket>,
    /// Path of the next page.
    pub next: Option<String>,
}

/// A ticket in which it stands.
#[derive(Clone, Debug)]
pub struct FoundTicket {
    /// `KEY-n`.
    pub key: String,
    /// Path of its page.
    pub href: String,
    /// Its title; empty once its words are gone.
    pub title: String,
    /// The customer, for staff, and the project.
    pub whose: String,
    /// The name of its process.
    pub process: Words,
    /// The name of its state.
    pub state: Words,
    /// When the text was written.
    pub at: Instant,
    /// The text around what was found.
    pub excerpt: Vec<Piece>,
}

/// The page.
pub fn page(shell: &Shell, it: &SearchPage) -> Markup {
    let title = shell.t("検索", "Search");
    let body = html! {
        header.top { h1 { (title) } }
        (field(shell, &it.question, "question"))
        @if it.question.trim().is_empty() {
            (empty(shell.t("チケットに書かれた言葉、番号、ホスト名でさがせます。", "Find tickets by what was written on them, by number or by host."), &html! {
                (shell.t("空白で区切ると、すべてを含むチケットだけが見つかります。全角と半角、大文字と小文字は区別しません。", "Terms parted by spaces must all be there. Width and case make no difference."))
            }))
        } @else if it.found.is_empty() {
            (empty(shell.t("見つかりません。", "Nothing was found."), &html! {
                (shell.t("言葉を短くするか、減らしてみてください。書かれてから見つかるまで、数秒かかることがあります。", "Try fewer or shorter words. What was written a moment ago may take some seconds to be found."))
            }))
        } @else {
            ol.found data-rows {
                @for ticket in &it.found {
                    li data-row {
                        p.path { (slip(&ticket.key)) " " (ticket.process.in_lang(shell.lang)) " " (ticket.whose) }
                        h2 { a href=(ticket.href) { (named(shell, &ticket.title)) } }
                        @if !ticket.excerpt.is_empty() { p.excerpt { @for piece in &ticket.excerpt { @if piece.is_found { mark { (piece.text) } } @else { (piece.text) } } } }
                        p.hint { (ticket.state.in_lang(shell.lang)) " · " (when::time(shell, ticket.at)) }
                    }
                }
            }
            @if let Some(next) = &it.next { p.links { a href=(next) { (shell.t("さらに前へ", "Earlier ones")) } } }
        }
    };
    shell_page(shell, title, &body)
}

/// The field one types into, on the page and above every other.
pub(crate) fn field(shell: &Shell, question: &str, id: &str) -> Markup {
    html! {
        form.seek action="/search" role="search" {
            label.away for=(id) { (shell.t("チケットを検索", "Search tickets")) }
            input type="search" id=(id) name="q" value=(question) maxlength=(domain::search::QUESTION_MAX) autocomplete="off" placeholder=(shell.t("検索  /", "Search  /"));
            button { (shell.t("検索", "Search")) }
        }
    }
}
