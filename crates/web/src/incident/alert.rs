//! The first column: what the machine said, when it happened before, and everything that was done since.

use super::{IncidentPage, Verb, runbook, verbs};
use crate::attachment::section as files;
use crate::layout::Shell;
use crate::parts::{erasing, facts, head, slip};
use crate::timeline::timeline;
use crate::when;
use domain::time::Instant;
use domain::words::Label;
use maud::{Markup, html};

/// The first alert of the incident, in the sender's own words.
#[derive(Clone, Debug)]
pub struct AlertWords {
    /// Which tool, by the name of its intake key.
    pub source: String,
    /// The configuration item as the sender names it.
    pub host: String,
    /// The sender's sentence.
    pub summary: String,
    /// Severity as sent.
    pub severity: String,
    /// Our receipt, from which the clocks run.
    pub received: Instant,
    /// The sender's own time, which never counts.
    pub sent: Option<Instant>,
    /// Everything else that was sent, by name.
    pub fields: Vec<(String, String)>,
    /// How often its alerts went on and off, where they flap.
    pub flaps: Option<u64>,
    /// How many alerts the incident holds.
    pub count: u64,
    /// A web address that the sender gave; only http and https become links.
    pub link: Option<String>,
    /// Page of the stored raw event.
    pub raw: Option<String>,
    /// Whether it is the customer who told us, and no tool.
    pub filed: bool,
    /// What is still to be asked after a call.
    pub owed: Vec<Label>,
    /// Page of the call by which it was told.
    pub intake: Option<String>,
}

/// An earlier incident of the same kind.
#[derive(Clone, Debug)]
pub struct Earlier {
    /// `KEY-n`.
    pub key: String,
    /// When it began.
    pub at: Instant,
    /// How long it lasted, in milliseconds; none where unknown.
    pub lasted_ms: Option<i64>,
    /// What it was, and what helped.
    pub cause: String,
}

/// The column.
pub(super) fn column(shell: &Shell, it: &IncidentPage) -> Markup {
    let alert = &it.alert;
    let link = alert.link.as_deref().filter(|l| l.starts_with("https://") || l.starts_with("http://"));
    let mut items = vec![
        (shell.t("対象", "Host").to_owned(), html! { strong { (alert.host) } }),
        (
            shell.t("受信", "Received").to_owned(),
            html! { (when::time(shell, alert.received)) @if alert.count > 1 { " " small { (shell.t("ほか ", "and ")) (alert.count - 1) (shell.t(" 件を束ねています", " more")) } } },
        ),
        (shell.t("送信元", "Source").to_owned(), html! { (alert.source) }),
    ];
    if let Some(flaps) = alert.flaps {
        let words = shell.t("お客様には1回だけ連絡し、ここで数えます", "the customer is told once; it is counted here");
        items.push((
            shell.t("ばたつき", "Flapping").to_owned(),
            html! { (flaps) (shell.t("回 ", " changes ")) small { (words) } },
        ));
    }
    if !alert.severity.is_empty() {
        let name = if alert.filed { shell.t("優先度", "Priority") } else { shell.t("重大度", "Severity") };
        items.push((name.to_owned(), html! { (alert.severity) }));
    }
    if let Some(sent) = alert.sent {
        items.push((
            shell.t("送信元の時刻", "Sender's time").to_owned(),
            html! { (when::time(shell, sent)) " " small { (shell.t("期限には使いません", "not used for clocks")) } },
        ));
    }
    items.extend(alert.fields.iter().map(|(name, value)| (name.clone(), html! { code { (value) } })));
    html! {
        (head("col-alert", if alert.filed { shell.t("お客様の言葉", "What the customer says") } else { shell.t("アラートの言葉", "What the alert says") }))
        @if !alert.summary.is_empty() { blockquote.alert { (alert.summary) } }
        @if !alert.owed.is_empty() {
            p.owed { strong { (shell.t("これから伺うこと: ", "Still to be asked: ")) } (alert.owed.iter().map(|item| item.in_lang(shell.lang)).collect::<Vec<_>>().join(shell.t("、", ", "))) }
        }
        (facts(&items))
        p.links {
            @if let Some(intake) = &alert.intake { a href=(intake) { (shell.t("お電話の聞き取りを開く", "Open what the caller says")) } " " }
            @if let Some(link) = link { a href=(link) rel="noopener noreferrer" { (shell.t("監視元で開く", "Open at the source")) } " " }
            @if let Some(raw) = &alert.raw { a href=(raw) { (shell.t("受け取ったままを見る", "See it as received")) } }
        }
        h3 { (shell.t("前の3回", "The last three times")) }
        @if it.earlier.is_empty() { p.hint { (shell.t("同じアラートも、同じホストの障害も記録がありません。", "Neither this alert nor a fault of this host is on record.")) } }
        @else if it.earlier_by_host { p.hint { (shell.t("同じアラートの記録はありません。同じホストの障害:", "This alert is not on record. Faults of the same host:")) } }
        ul.earlier { @for item in it.earlier.iter().take(3) {
            li { a href={ "/incidents/" (item.key) } { (slip(&item.key)) } " " (when::day(shell, item.at)) @if let Some(ms) = item.lasted_ms { " " span.number { (when::span(shell.lang, ms)) } } br; (item.cause) }
        } }
        (runbook::section(shell, it))
        (files(shell, &it.files, &it.draft))
        h3 { (shell.t("経過", "Timeline")) }
        @if it.writes {
            div.writing {
                (verbs::writing(shell, it, Verb::Note))
                // Nobody gets a message about what they were not told of.
                @if it.known { (verbs::writing(shell, it, Verb::Message)) }
            }
        }
        (timeline(shell, &it.timeline))
        (erasing(shell, &format!("/incidents/{}", it.key), it.may_erase))
    }
}
