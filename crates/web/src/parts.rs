//! Small pieces that several pages share.

use crate::layout::Shell;
use domain::catalogue::Catalogue;
use domain::telephone::{ByHand, Telephone};
use domain::words::{Label, Lang};
use maud::{Markup, html};

/// The name of a record as a numbered slip, such as `NCS-12`.
pub fn slip(key: &str) -> Markup {
    html! { span.slip { (key) } }
}

/// A title; where its words are gone, that they are.
pub fn title<'a>(shell: &Shell, title: &'a str) -> &'a str {
    if title.is_empty() { shell.t("（消去済み）", "(erased)") } else { title }
}

/// Where those who may erase what was written on a ticket do so.
pub fn erasing(shell: &Shell, ticket: &str, may: bool) -> Markup {
    html! { @if may { p.links { a href={ (ticket) "/erasure" } { (shell.t("書かれた内容を消去する", "Erase what was written")) } } } }
}

/// 依頼作業名: work by its name in the tables of the agreement, which is Japanese; in English after what it is called there.
pub fn work(shell: &Shell, name: &str) -> Markup {
    let entries = &Catalogue::shipped().entries;
    let mut called: Vec<&str> =
        entries.iter().filter(|it| it.report == name).map(|it| it.heading.en.as_str()).collect();
    called.dedup();
    html! {
        @match shell.lang {
            Lang::Ja => (name),
            Lang::En => { @if !called.is_empty() { (called.join(" / ")) " " } small lang="ja" { (name) } }
        }
    }
}

/// A list with nothing in it: says so, and what to do next.
pub fn empty(what: &str, next: &Markup) -> Markup {
    html! { div.empty { p { strong { (what) } } p { (next) } } }
}

/// A table as data.
#[derive(Clone, Debug)]
pub struct Table {
    /// Element id, unique on the page.
    pub id: String,
    /// What the table lists; read out, not shown where the heading above says the same.
    pub caption: String,
    /// Headings of the columns.
    pub heads: Vec<String>,
    /// Rows of as many cells.
    pub rows: Vec<Vec<Markup>>,
}

/// Draws a table; on a phone each row becomes a small sheet with its headings beside the cells.
pub fn table(table: &Table) -> Markup {
    html! {
        table.list id=(table.id) {
            caption { (table.caption) }
            thead { tr { @for head in &table.heads { th scope="col" { (head) } } } }
            tbody data-rows {
                @for row in &table.rows {
                    tr data-row { @for (cell, head) in row.iter().zip(&table.heads) { td data-head=(head) { div { (cell) } } } }
                }
            }
        }
    }
}

/// Terms and their values, in one narrow column.
pub fn facts(items: &[(String, Markup)]) -> Markup {
    html! { dl.facts { @for (term, value) in items { dt { (term) } dd { (value) } } } }
}

/// A telephone number that a phone dials. Only digits and a leading plus reach the address.
pub fn tel(number: &str) -> Markup {
    html! { a.tel href=[ByHand.ring(number).link] { (number) } }
}

/// Who can read something: a difference nobody can miss.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// Staff only.
    Internal,
    /// The customer too.
    Customer,
}

impl Reader {
    /// The class of the stylesheet.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Internal => "internal",
            Self::Customer => "public",
        }
    }

    /// The words that always stand on it.
    pub const fn label(self) -> Label {
        match self {
            Self::Internal => Label::new("社内のみ", "Internal only"),
            Self::Customer => Label::new("お客様に公開", "Customer sees this"),
        }
    }
}

/// The words of [`Reader`] as a small flag.
pub fn reader_flag(shell: &Shell, reader: Reader) -> Markup {
    html! { span class={ "flag " (reader.class()) } { (reader.label().in_lang(shell.lang)) } }
}

/// A heading of a column with a rule above it.
pub fn head(id: &str, text: &str) -> Markup {
    html! { h2 id=(id) { (text) } }
}
