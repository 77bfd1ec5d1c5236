//! One version of a report as paper has it: A4, complete without script. The customer reads the same page.

use crate::layout::{Shell, page as shell_page};
use crate::parts::{Reader, empty, facts, reader_flag, slip};
use crate::when;
use domain::incident::report::{Document, ReportKind, UNKNOWN, rows};
use domain::time::Instant;
use maud::{Markup, html};

/// What the page shows.
#[derive(Clone, Debug)]
pub struct PrintedPage {
    /// `KEY-n`.
    pub key: String,
    /// What is wrong, in one line.
    pub title: String,
    /// The customer.
    pub customer: String,
    /// The version; none where there is none such.
    pub printed: Option<Printed>,
    /// Versions that the reader may open: which report, which version.
    pub all: Vec<(ReportKind, u32)>,
    /// Whether the reader is of the desk.
    pub staff: bool,
}

/// The version that is shown.
#[derive(Clone, Debug)]
pub struct Printed {
    /// Which report.
    pub kind: ReportKind,
    /// Its version.
    pub number: u32,
    /// When it was published; none while it is not.
    pub published: Option<Instant>,
    /// Whether a later version of the same report was published.
    pub is_outdated: bool,
    /// What it says.
    pub document: Document,
}

/// The page.
pub fn page(shell: &Shell, it: &PrintedPage) -> Markup {
    let name = shell.t("障害報告書", "Incident report");
    let body = html! {
        article.reading.paper {
            header.record {
                div {
                    p.path { (slip(&it.key)) " " (it.customer) (shell.t(" 御中", "")) }
                    h1 { (name) @if let Some(of) = &it.printed { (shell.t("（", " (")) (of.kind.label().in_lang(shell.lang)) (shell.t("）", ")")) } }
                    p.state { (it.title) }
                }
            }
            @match &it.printed {
                Some(of) => (printed(shell, of)),
                None => (empty(shell.t("この報告書はまだありません。", "There is no such report yet."), &html! { (shell.t("公開したときはメールでお知らせします。", "When one is published, you are told by mail.")) })),
            }
            p.links {
                a href={ "/incidents/" (it.key) } { (shell.t("障害の経過へ", "To the incident")) }
                @if it.staff { a href={ "/incidents/" (it.key) "/reports" } { (shell.t("報告書の作成・承認へ", "To writing and approving")) } }
                @for (kind, number) in &it.all {
                    a href={ "/incidents/" (it.key) "/incident-report?report=" (kind.code()) "&version=" (number) } { (kind.label().in_lang(shell.lang)) " " (shell.t("第", "version ")) (number) (shell.t("版", "")) }
                }
            }
        }
    };
    shell_page(shell, &format!("{} {name}", it.key), &body)
}

fn printed(shell: &Shell, of: &Printed) -> Markup {
    let published = of.published.map_or_else(
        || html! { strong { (shell.t("未承認", "Not approved")) } " " (reader_flag(shell, Reader::Internal)) },
        |at| html! { time datetime=(at.in_zone(&shell.zone)) { (when::dated(shell, at)) } },
    );
    let version = html! { (shell.t("第", "Version ")) (of.number) (shell.t("版", "")) @if of.is_outdated { " " strong { (shell.t("（新しい版があります）", "(there is a newer one)")) } } };
    html! {
        (facts(&[
            (shell.t("版", "Version").to_owned(), version),
            (shell.t("公開", "Published").to_owned(), published),
            (shell.t("発行", "By").to_owned(), html! { (shell.provider) }),
        ]))
        @for section in of.document.sections() {
            section aria-labelledby={ "report-" (section.field) } {
                h2 id={ "report-" (section.field) } { (section.label.in_lang(shell.lang)) }
                @if section.text.is_empty() { p.hint { (UNKNOWN.in_lang(shell.lang)) } }
                @else if section.field == "course" { (course(shell, section.text)) }
                @else { p.words lang=[(of.document.language != shell.lang).then(|| of.document.language.tag())] { (section.text) } }
            }
        }
    }
}

/// The minute table.
fn course(shell: &Shell, text: &str) -> Markup {
    html! {
        table.list.course {
            caption { (shell.t("経過", "Course")) }
            thead { tr { th scope="col" { (shell.t("時刻", "Time")) } th scope="col" { (shell.t("内容", "What")) } } }
            tbody { @for (at, what) in rows(text) {
                tr { td data-head=(shell.t("時刻", "Time")) { div { (at) } } td data-head=(shell.t("内容", "What")) { div { (what) } } }
            } }
        }
    }
}
