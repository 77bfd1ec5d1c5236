//! Events that a known key sent and nobody could read; and any event as it was received.

use crate::layout::{Shell, page as shell_page};
use crate::parts::{Table, empty, facts, table};
use crate::sample::{HOSTILE, at};
use crate::when;
use domain::time::Instant;
use maud::{Markup, html};

/// One unreadable event.
#[derive(Clone, Debug)]
pub struct Quarantined {
    /// When it was received.
    pub at: Instant,
    /// Name of the key that sent it.
    pub source: String,
    /// Why it could not be read.
    pub reason: String,
    /// Which format it was sent in, such as `events_v2`.
    pub sender: String,
    /// Page of the raw event.
    pub href: String,
}

/// The list.
#[derive(Clone, Debug)]
pub struct QuarantinePage {
    /// Newest first.
    pub events: Vec<Quarantined>,
}

/// One event as it was received.
#[derive(Clone, Debug)]
pub struct RawEventPage {
    /// When it was received.
    pub at: Instant,
    /// Name of the key that sent it.
    pub source: String,
    /// Which format it was sent in, such as `events_v2`.
    pub sender: String,
    /// The project of its key.
    pub project: String,
    /// What became of it, in the reader's language.
    pub fate: String,
    /// The incident it belongs to.
    pub record: Option<String>,
    /// The body; what is no UTF-8 is shown replaced.
    pub body: String,
}

/// The list of unreadable events.
pub fn page(shell: &Shell, it: &QuarantinePage) -> Markup {
    let title = shell.t("読めなかったアラート", "Unreadable alerts");
    let rows = it
        .events
        .iter()
        .map(|e| {
            vec![
                when::time(shell, e.at),
                html! { (e.source) },
                html! { a href=(e.href) { (e.reason) } },
                html! { code { (e.sender) } },
            ]
        })
        .collect();
    let heads = [
        shell.t("受信", "Received"),
        shell.t("送信元", "Source"),
        shell.t("なぜ読めないか", "Why"),
        shell.t("形式", "Format"),
    ]
    .map(str::to_owned)
    .to_vec();
    let body = html! {
        header.top { h1 { (title) } p { a href="/alerts" { (shell.t("きょうのアラート", "Today's alerts")) } } }
        @if it.events.is_empty() { (empty(shell.t("読めなかったものはありません。", "Everything could be read."), &html! { (shell.t("することはありません。", "There is nothing to do.")) })) }
        @else { p.hint { (shell.t("送信元の設定を直し、中身が障害を告げていないか確かめてください。", "Repair the sender, and check whether one of them tells of an incident.")) } (table(&Table { id: "quarantine".into(), caption: title.into(), heads, rows })) }
    };
    shell_page(shell, title, &body)
}

/// One event as it was received.
pub fn raw_page(shell: &Shell, it: &RawEventPage) -> Markup {
    let title = shell.t("受け取ったまま", "As received");
    let items = [
        (shell.t("受信", "Received"), when::time(shell, it.at)),
        (shell.t("送信元", "Source"), html! { (it.source) }),
        (shell.t("形式", "Format"), html! { code { (it.sender) } }),
        (shell.t("プロジェクト", "Project"), html! { (it.project) }),
        (
            shell.t("行き先", "Fate"),
            html! { (it.fate) @if let Some(key) = &it.record { " " a href={ "/incidents/" (key) } { (crate::parts::slip(key)) } } },
        ),
    ];
    let body = html! { div.reading { header.top { h1 { (title) } } (facts(&items.map(|(k, v)| (k.to_owned(), v)))) h2 { (shell.t("本文", "Body")) } pre tabindex="0" { (it.body) } } };
    shell_page(shell, title, &body)
}

/// Samples of the list.
pub fn samples() -> Vec<(&'static str, QuarantinePage)> {
    let event = |reason: &str| Quarantined {
        at: at(-600),
        source: "Zabbix 旧館".into(),
        reason: reason.into(),
        sender: "events_v2".into(),
        href: "/alerts/events/9012".into(),
    };
    vec![
        (
            "full",
            QuarantinePage {
                events: vec![event("routing_key のあとが JSON ではありません（1行 34桁）"), event(HOSTILE)],
            },
        ),
        ("empty", QuarantinePage { events: vec![] }),
    ]
}

/// Samples of one event.
pub fn raw_samples() -> Vec<(&'static str, RawEventPage)> {
    let raw = |body: &str| RawEventPage {
        at: at(-600),
        source: "Zabbix 旧館".into(),
        sender: "events_v2".into(),
        project: "NGS".into(),
        fate: "読めない".into(),
        record: None,
        body: body.into(),
    };
    vec![
        (
            "json",
            raw("{\n  \"event_action\": \"trigger\",\n  \"payload\": {\"summary\": \"disk 95%\", \"source\": \"fs01\""),
        ),
        ("hostile", raw(HOSTILE)),
    ]
}
