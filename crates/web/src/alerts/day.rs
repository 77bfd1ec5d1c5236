//! A day's alerts: every accepted event has exactly one fate, and the fates add up.

use crate::layout::{Shell, page as shell_page};
use crate::parts::{Table, empty, slip, table};
use crate::sample::{HOSTILE, at};
use crate::when;
use domain::alerts::Fate;
use domain::time::Instant;
use maud::{Markup, html};

/// One accepted event.
#[derive(Clone, Debug)]
pub struct AlertLine {
    /// When it was accepted.
    pub at: Instant,
    /// Which tool, by the name of its key.
    pub source: String,
    /// The sender's sentence.
    pub summary: String,
    /// What became of it.
    pub fate: Fate,
    /// The incident it belongs to.
    pub record: Option<String>,
    /// The window of work it was kept in.
    pub window: Option<String>,
    /// Page of the raw event.
    pub raw: String,
}

/// The page of one day.
#[derive(Clone, Debug)]
pub struct AlertsPage {
    /// Some instant of that day.
    pub day: Instant,
    /// Paths of the days beside it; none where there is nothing.
    pub before: Option<String>,
    /// The day after.
    pub after: Option<String>,
    /// How many were accepted.
    pub accepted: u64,
    /// How many met each fate; absent fates are zero.
    pub fates: Vec<(Fate, u64)>,
    /// The events, newest first.
    pub lines: Vec<AlertLine>,
}

/// The page.
pub fn page(shell: &Shell, it: &AlertsPage) -> Markup {
    let title = shell.t("アラート", "Alerts");
    let count = |fate: Fate| it.fates.iter().filter(|(f, _)| *f == fate).map(|(_, n)| n).sum::<u64>();
    let sum: u64 = Fate::ALL.iter().map(|f| count(*f)).sum();
    let rows = it.lines.iter().map(|line| row(shell, line)).collect();
    let heads =
        [shell.t("受信", "Received"), shell.t("送信元", "Source"), shell.t("言葉", "Words"), shell.t("行き先", "Fate")]
            .map(str::to_owned)
            .to_vec();
    let body = html! {
        header.top {
            h1 { (title) " " (when::day(shell, it.day)) }
            p { @if let Some(before) = &it.before { a href=(before) { (shell.t("前の日", "Day before")) } "　" } @if let Some(after) = &it.after { a href=(after) { (shell.t("次の日", "Day after")) } "　" } a href="/alerts/quarantine" { (shell.t("読めなかったもの", "Unreadable ones")) } }
        }
        dl.sum {
            @for fate in Fate::ALL { div { dt { (fate.label().in_lang(shell.lang)) } dd { (count(fate)) } } }
            div { dt { (shell.t("受け付けた数", "Accepted")) @if sum == it.accepted { (shell.t("（行き先の和と一致）", " (the fates add up)")) } @else { (shell.t("（行き先の和と合いません）", " (the fates do not add up)")) } } dd { (it.accepted) } }
        }
        @if it.lines.is_empty() {
            (empty(shell.t("この日に受けたアラートはありません。", "No alert was received on this day."), &html! { a href="/settings/keys" { (shell.t("受信キーを作って監視元につなぐ", "Make an intake key and connect a source")) } }))
        } @else { (table(&Table { id: "alerts".into(), caption: title.into(), heads, rows })) }
    };
    shell_page(shell, title, &body)
}

fn row(shell: &Shell, line: &AlertLine) -> Vec<Markup> {
    vec![
        when::time(shell, line.at),
        html! { (line.source) },
        html! { a href=(line.raw) { (line.summary) } },
        html! { (line.fate.label().in_lang(shell.lang)) @if let Some(key) = &line.record { " " a href={ "/incidents/" (key) } { (slip(key)) } } @if let Some(key) = &line.window { " " (crate::window::place(key)) } },
    ]
}

/// The samples.
pub fn samples() -> Vec<(&'static str, AlertsPage)> {
    let line = |seconds: i64, summary: &str, fate: Fate, record: Option<&str>| AlertLine {
        at: at(seconds),
        source: "Alertmanager 本番".into(),
        summary: summary.into(),
        fate,
        record: record.map(str::to_owned),
        window: (fate == Fate::Window).then(|| "NGS-W7".to_owned()),
        raw: "/alerts/events/9041".into(),
    };
    let full = AlertsPage {
        day: at(0),
        before: Some("/alerts?date=2026-11-21".into()),
        after: None,
        accepted: 51,
        fates: vec![(Fate::New, 4), (Fate::Joined, 42), (Fate::Window, 1), (Fate::Heartbeat, 2), (Fate::Unreadable, 2)],
        lines: vec![
            line(
                -130,
                "probe_success == 0: https://www.nagisa.example/ が 2 分間応答していません",
                Fate::Joined,
                Some("NGS-12"),
            ),
            line(
                -192,
                "probe_success == 0: https://www.nagisa.example/ が 2 分間応答していません",
                Fate::New,
                Some("NGS-12"),
            ),
            line(-600, HOSTILE, Fate::Unreadable, None),
            line(-630, "web01 応答なし", Fate::Window, None),
            line(-640, "Watchdog", Fate::Heartbeat, None),
        ],
    };
    let empty = AlertsPage { accepted: 0, fates: vec![], lines: vec![], ..full.clone() };
    let torn = AlertsPage { accepted: 52, ..full.clone() };
    vec![("full", full), ("empty", empty), ("torn", torn)]
}
