//! The minute ledger of a clock: every stretch of time, whether it counted, by which rule, and the fact behind it.
//!
//! It answers "why did this clock stop?" for the desk and for the customer alike.

use crate::clock::{ClockMark, clock_mark};
use crate::layout::Shell;
use crate::when;
use domain::time::Instant;
use maud::{Markup, html};

/// How one clock was counted.
#[derive(Clone, Debug)]
pub struct Ledger {
    /// Element id, such as `ledger-slo`; the clock's mark links to it.
    pub id: String,
    /// The clock itself.
    pub mark: ClockMark,
    /// One sentence: why it stopped, or what it still waits for.
    pub why: String,
    /// Its stretches in order.
    pub segments: Vec<Segment>,
    /// The edition of the rules that counted it.
    pub edition: String,
}

/// One stretch of time.
#[derive(Clone, Debug)]
pub struct Segment {
    /// First instant.
    pub from: Instant,
    /// Last instant; none while it runs.
    pub to: Option<Instant>,
    /// Whether it counted.
    pub counted: bool,
    /// The rule in words.
    pub rule: String,
    /// What happened that began or ended it.
    pub fact: String,
    /// Sequence number of that fact in the tenant's chain.
    pub seq: u64,
    /// Where that fact is shown, such as `#fact-117` beside the timeline; none where the reader cannot see it.
    pub href: Option<String>,
}

/// The ledger of one clock.
pub fn ledger(shell: &Shell, it: &Ledger) -> Markup {
    let total: i64 = it.segments.iter().filter(|s| s.counted).map(|s| length(shell, s)).sum();
    html! {
        section.ledger id=(it.id) aria-labelledby={ (it.id) "-title" } {
            h3 id={ (it.id) "-title" } { (it.mark.name) }
            (clock_mark(shell, &ClockMark { href: None, ..it.mark.clone() }))
            p.why { strong { (question(shell, &it.mark)) } " " (it.why) }
            table.list.minutes {
                caption { (shell.t("数えた時間の内訳", "Every stretch of time")) }
                thead { tr {
                    th scope="col" { (shell.t("時刻", "Time")) }
                    th scope="col" { (shell.t("時間", "Length")) }
                    th scope="col" { (shell.t("算入", "Counted")) }
                    th scope="col" { (shell.t("規則", "Rule")) }
                    th scope="col" { (shell.t("根拠の記録", "Fact behind it")) }
                } }
                tbody {
                    @for segment in &it.segments {
                        tr.paused[!segment.counted] {
                            td data-head=(shell.t("時刻", "Time")) { div { (stretch(shell, segment)) } }
                            td.number data-head=(shell.t("時間", "Length")) { div { (when::span(shell.lang, length(shell, segment))) } }
                            td data-head=(shell.t("算入", "Counted")) { div { (if segment.counted { shell.t("する", "yes") } else { shell.t("しない", "no") }) } }
                            td data-head=(shell.t("規則", "Rule")) { div { (segment.rule) } }
                            td data-head=(shell.t("根拠の記録", "Fact behind it")) { div { (seq(segment)) " " (segment.fact) } }
                        }
                    }
                }
                tfoot { tr {
                    th scope="row" { (shell.t("計", "Total")) }
                    td.number data-head=(shell.t("時間", "Length")) { (when::span(shell.lang, total)) }
                    td colspan="3" data-head=(shell.t("規則の版", "Rule edition")) { (shell.t("規則の版 ", "rule edition ")) (it.edition) }
                } }
            }
        }
    }
}

fn question(shell: &Shell, mark: &ClockMark) -> &'static str {
    use crate::clock::ClockState::{Excepted, Held, Met, Missed, NoClock, Running};
    match mark.state {
        Running { .. } | Missed { at: None, .. } => {
            shell.t("この期限はなぜ動いているか:", "Why is this clock running?")
        }
        Met { .. } | Missed { .. } => shell.t("この期限はなぜ止まったか:", "Why did this clock stop?"),
        Excepted { .. } | Held { .. } | NoClock => shell.t("なぜ判定しないか:", "Why is it not judged?"),
    }
}

fn stretch(shell: &Shell, segment: &Segment) -> Markup {
    html! {
        (when::time(shell, segment.from)) " – "
        @match segment.to { Some(to) => (when::time(shell, to)), None => (shell.t("いま", "now")) }
    }
}

fn seq(segment: &Segment) -> Markup {
    html! {
        @match &segment.href {
            Some(href) => a.seq href=(href) { "#" (segment.seq) },
            None => span.seq { "#" (segment.seq) },
        }
    }
}

fn length(shell: &Shell, segment: &Segment) -> i64 {
    segment.to.unwrap_or(shell.now).since_ms(segment.from)
}
