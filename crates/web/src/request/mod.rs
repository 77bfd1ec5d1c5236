//! Requests ご依頼: the list, filing from the catalogue with the due before it is promised, and one request with its bar.

mod bar;
mod filing;
pub(crate) mod handler;
mod of;
mod one;
mod sample;

pub use bar::{Day, DayKind};
pub use filing::{EntryLine, FilingPage, OpenEntry, page as filing_page};
pub use one::{Happened, RequestPage, VerbForm, happened, page as request_page, verbs};
pub use sample::{filing_samples, list_samples, request_samples};

use crate::clock::{ClockMark, clock_mark};
use crate::layout::{Shell, page as shell_page};
use crate::parts::{Table, empty, slip, table, title as named};
use crate::when;
use domain::time::Instant;
use domain::words::Label;
use maud::{Markup, html};

/// A list of requests: the customer's own, or for staff what is owed first (今日).
#[derive(Clone, Debug)]
pub struct RequestListPage {
    /// Its title.
    pub title: Label,
    /// The requests in their order.
    pub requests: Vec<Listed>,
    /// Whether the reader may file one.
    pub files: bool,
    /// Whether customers are named.
    pub staff: bool,
    /// Works that both sides agreed to, the next first, on 今日.
    pub works: Vec<Work>,
    /// What incidents bring to the day, the nearest due first, on 今日.
    pub owed: Vec<OwedByIncident>,
    /// Kept mails that wait for somebody, on 今日.
    pub mails: u64,
    /// Path of the next page.
    pub next: Option<String>,
}

/// Work at an hour that both sides agreed to.
#[derive(Clone, Debug)]
pub struct Work {
    /// `KEY-n`.
    pub key: String,
    /// What is asked for.
    pub title: String,
    /// The customer and project.
    pub whose: String,
    /// When it begins.
    pub from: Instant,
    /// When it ends.
    pub to: Instant,
    /// Who does it.
    pub who: Option<String>,
    /// Another work at the same hours, by its key: one person cannot do both.
    pub beside: Option<String>,
}

/// A promise to keep, a hand-over to take, a report to write: what an incident brings to the day.
#[derive(Clone, Debug)]
pub struct OwedByIncident {
    /// `KEY-n`.
    pub key: String,
    /// What is wrong.
    pub title: String,
    /// The customer.
    pub whose: String,
    /// In which words it was promised or given.
    pub words: Option<String>,
    /// What is owed, by when.
    pub mark: ClockMark,
}

/// One request of a list.
#[derive(Clone, Debug)]
pub struct Listed {
    /// `KEY-n`.
    pub key: String,
    /// What is asked for.
    pub title: String,
    /// The customer and project.
    pub whose: String,
    /// Where it stands.
    pub state: Label,
    /// What is owed next, or who is waited for.
    pub owed: Option<Label>,
    /// Whether it is urgent.
    pub urgent: bool,
    /// Whether the development team has it.
    pub handed: bool,
    /// When it was filed.
    pub filed: Instant,
    /// Its clock.
    pub mark: ClockMark,
}

/// The page.
pub fn page(shell: &Shell, it: &RequestListPage) -> Markup {
    let title = it.title.in_lang(shell.lang);
    let heads = [
        shell.t("番号", "Number"),
        shell.t("ご依頼", "Request"),
        shell.t("状態", "State"),
        shell.t("次にすること", "Next"),
        shell.t("受付", "Filed"),
        shell.t("完了期限", "Due"),
    ];
    let rows = it.requests.iter().map(|listed| row(shell, listed)).collect();
    let body = html! {
        header.top {
            h1 { (title) }
            @if it.files { a.button href="/requests/new" { (shell.t("依頼する", "File a request")) } }
        }
        @if it.mails > 0 {
            p.links { a href="/mail-in" { (shell.t("チケットに載らなかったメール: ", "Mail that joined no ticket: ")) (it.mails) (shell.t(" 件", "")) } }
        }
        @if !it.works.is_empty() { (works(shell, &it.works)) }
        @if !it.owed.is_empty() { (owed(shell, &it.owed)) }
        @if it.requests.is_empty() {
            (empty(shell.t("ご依頼はありません。", "There are no requests."), &html! {
                @if it.files { (shell.t("「依頼する」から、作業やご相談を登録できます。完了の期限は登録の前に分かります。", "File work or a question; when it will be done is shown before you file it.")) }
                @else { (shell.t("お客様が依頼すると、ここに期限の近い順に並びます。", "What customers file is listed here, the nearest due first.")) }
            }))
        } @else {
            (table(&Table { id: "requests".into(), caption: title.into(), heads: heads.map(str::to_owned).to_vec(), rows }))
            @if let Some(next) = &it.next { p.links { a href=(next) { (shell.t("さらに前へ", "Earlier ones")) } } }
        }
    };
    shell_page(shell, title, &body)
}

/// The works of the next days by their hours.
fn works(shell: &Shell, works: &[Work]) -> Markup {
    html! {
        section.works aria-labelledby="works" {
            h2 id="works" { (shell.t("作業の時刻", "Works by the hour")) }
            ol.plain {
                @for work in works {
                    li data-row {
                        span.number { (when::text(shell, work.from)) " – " (when::short(shell, work.to)) } " " (slip(&work.key)) " "
                        a href={ "/requests/" (work.key) } { strong { (work.title) } } " " small { (work.whose) @if let Some(who) = &work.who { " · " (who) } }
                        @if let Some(beside) = &work.beside { " " span.flag.internal { (shell.t("重なり: ", "at the same time: ")) (beside) } }
                    }
                }
            }
        }
    }
}

/// What incidents bring to the day.
fn owed(shell: &Shell, lines: &[OwedByIncident]) -> Markup {
    let row = |line: &OwedByIncident| {
        vec![
            slip(&line.key),
            html! {
                a href={ "/incidents/" (line.key) } { strong { (named(shell, &line.title)) } } " " small { (line.whose) }
                @if let Some(words) = &line.words { p.hint { (words) } }
            },
            clock_mark(shell, &line.mark),
        ]
    };
    let title = shell.t("障害から: お約束・引き継ぎ・報告書", "From incidents: promises, hand-overs, reports");
    let heads = [shell.t("番号", "Number"), shell.t("障害", "Incident"), shell.t("すること", "To do")]
        .map(str::to_owned)
        .to_vec();
    html! {
        section.works aria-labelledby="owed" {
            h2 id="owed" { (title) }
            (table(&Table { id: "owed-by-incidents".into(), caption: title.into(), heads, rows: lines.iter().map(row).collect() }))
        }
        h2 { (shell.t("ご依頼", "Requests")) }
    }
}

fn row(shell: &Shell, it: &Listed) -> Vec<Markup> {
    vec![
        slip(&it.key),
        html! {
            a href={ "/requests/" (it.key) } { strong { (named(shell, &it.title)) } } " " small { (it.whose) }
            @if it.urgent { " " span.flag.internal { (shell.t("緊急", "urgent")) } }
        },
        html! { (it.state.in_lang(shell.lang)) @if it.handed { " " small { (shell.t("開発チーム", "development team")) } } },
        html! { @if let Some(owed) = it.owed { (owed.in_lang(shell.lang)) } },
        when::time(shell, it.filed),
        clock_mark(shell, &it.mark),
    ]
}
