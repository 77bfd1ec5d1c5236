//! Bringing a list in from CSV: all of it, or nothing and what is wrong by line.

use super::{Section, frame};
use crate::form::{Draft, Field, Form, Input, form};
use crate::layout::Shell;
use maud::{Markup, html};

/// What the page shows.
#[derive(Clone, Debug)]
pub struct ImportPage {
    /// Where it belongs.
    pub section: Section,
    /// The list's own page; the text is posted to `{path}/import` as `csv`.
    pub path: String,
    /// The columns, in any order.
    pub columns: &'static [&'static str],
    /// Newest version of the paper it replaces; none where it only adds.
    pub version: Option<u32>,
    /// What was typed before.
    pub draft: Draft,
}

/// The page.
pub fn page(shell: &Shell, it: &ImportPage) -> Markup {
    let columns = it.columns.join(", ");
    let area =
        Field::new("csv", shell.t("CSV（1行目は列の名前）", "CSV (the first line names the columns)"), Input::Area(16));
    let fields = vec![area.hint(format!("{}{columns}", shell.t("列: ", "Columns: "))).required()];
    let mut spec = Form::new("import", format!("{}/import", it.path), shell.t("取り込む", "Import"), fields);
    spec.version = it.version.map(i64::from);
    let body = html! {
        p.hint { (shell.t("すべて正しいときだけ取り込みます。一つでも誤りがあれば何も変えません。", "Everything is taken in, or, with a single mistake, nothing at all.")) }
        (form(shell, &it.draft, &spec))
    };
    let note = html! { a href={ (it.path) ".csv" } download { (shell.t("今の一覧を CSV で書き出す", "Export the present list")) } };
    frame(shell, it.section, shell.t("CSV から取り込む", "Import CSV"), &note, &body)
}
