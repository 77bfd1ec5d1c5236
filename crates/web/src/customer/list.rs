//! The customer's incidents.

use crate::clock::{ClockMark, ClockState, clock_mark};
use crate::incident::Impact;
use crate::layout::{Shell, page as shell_page};
use crate::parts::{Table, empty, slip, table, title as named};
use crate::sample::{HOSTILE, at};
use crate::when;
use domain::time::Instant;
use domain::words::Label;
use maud::{Markup, html};

/// One incident of the list.
#[derive(Clone, Debug)]
pub struct Listed {
    /// `KEY-n`.
    pub key: String,
    /// What failed.
    pub title: String,
    /// The project (customers) or customer and project (staff).
    pub project: String,
    /// State as labelled by the process.
    pub state: Label,
    /// Whether the service is affected.
    pub impact: Impact,
    /// When the alert was received.
    pub began: Instant,
    /// When it was back.
    pub recovered: Option<Instant>,
    /// The clock of its first notice.
    pub mark: ClockMark,
}

/// The list; staff see the same one over all of their customers.
#[derive(Clone, Debug)]
pub struct CustomerListPage {
    /// Open ones first, then newest first.
    pub incidents: Vec<Listed>,
    /// Whether the reader may file a fault.
    pub reports: bool,
    /// Path of the next page of the list.
    pub next: Option<String>,
}

/// The page.
pub fn page(shell: &Shell, it: &CustomerListPage) -> Markup {
    let title = shell.t("障害", "Incidents");
    let heads = [
        shell.t("番号", "Number"),
        shell.t("何が", "What"),
        shell.t("状態", "State"),
        shell.t("検知", "Detected"),
        shell.t("続いた時間", "Lasted"),
        shell.t("障害発生連絡", "First notice"),
    ];
    let rows = it.incidents.iter().map(|i| row(shell, i)).collect();
    let body = html! {
        header.top { h1 { (title) } @if it.reports { a.button href="/faults/new" { (shell.t("障害を知らせる", "Report a fault")) } } }
        @if it.incidents.is_empty() {
            (empty(shell.t("障害はありません。", "There are no incidents."), &html! { (shell.t("起きたときはここに載り、メールとお電話でお知らせします。", "If one occurs it is listed here, and we tell you by mail and by phone.")) }))
        } @else {
            (table(&Table { id: "incidents".into(), caption: title.into(), heads: heads.map(str::to_owned).to_vec(), rows }))
            @if let Some(next) = &it.next { p.links { a href=(next) { (shell.t("さらに前へ", "Earlier ones")) } } }
        }
    };
    shell_page(shell, title, &body)
}

fn row(shell: &Shell, it: &Listed) -> Vec<Markup> {
    let lasted = when::span(shell.lang, it.recovered.unwrap_or(shell.now).since_ms(it.began));
    vec![
        slip(&it.key),
        html! { a href={ "/incidents/" (it.key) } { strong { (named(shell, &it.title)) } } " " small { (it.project) } },
        html! { (it.state.in_lang(shell.lang)) " " small { (it.impact.label().in_lang(shell.lang)) } },
        when::time(shell, it.began),
        html! { (lasted) @if it.recovered.is_none() { " " small { (shell.t("継続中", "so far")) } } },
        clock_mark(shell, &it.mark),
    ]
}

/// The samples.
pub fn samples() -> Vec<(&'static str, CustomerListPage)> {
    let listed = |key: &str, title: &str, began: i64, lasted: Option<i64>, state: ClockState| Listed {
        key: key.into(),
        title: title.into(),
        project: "コーポレートサイト".into(),
        state: if lasted.is_some() { Label::new("終了", "Closed") } else { Label::new("連絡済", "Notified") },
        impact: Impact::Yes,
        began: at(began),
        recovered: lasted.map(|s| at(began + s)),
        mark: ClockMark {
            name: "SLO 15分".into(), state, holder: Some("みなとマネージド".into()), href: None
        },
    };
    let met = |end: i64| ClockState::Met { due: at(end + 300), at: at(end), provisional: false };
    let full = vec![
        listed("NGS-12", "web01 応答なし", -900, None, ClockState::Running { since: at(-900), due: at(120) }),
        listed("NGS-11", "batch-02 夜間集計が停止", -9_000, None, met(-8_600)),
        listed("NGS-9", "web01 応答なし", -86_400 * 13, Some(1380), met(-86_400 * 13 + 500)),
        listed(
            "NGS-7",
            HOSTILE,
            -86_400 * 20,
            Some(7_000),
            ClockState::Missed { due: at(-86_400 * 20), at: Some(at(-86_400 * 20 + 70)), provisional: false },
        ),
    ];
    vec![
        ("full", CustomerListPage { incidents: full, reports: true, next: Some("/incidents?before=NGS-7".into()) }),
        ("empty", CustomerListPage { incidents: vec![], reports: true, next: None }),
    ]
}
