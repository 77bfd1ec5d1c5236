//! The figures of a stretch of time, each with the incidents and facts behind it.

use crate::form::{Draft, Field, Input, button, field, head as form_head};
use crate::layout::{Shell, page as shell_page};
use crate::parts::{Table, empty, head, slip, table};
use crate::sample::{HOSTILE, at};
use crate::when;
use domain::incident::figures::{Figures, Measure, summary};
use domain::time::Instant;
use maud::{Markup, html};

/// What the page shows.
#[derive(Clone, Debug)]
pub struct FiguresPage {
    /// The first instant.
    pub from: Instant,
    /// The first instant after it.
    pub to: Instant,
    /// The same as the fields of the form hold it.
    pub asked: (String, String),
    /// Incidents whose alert came in it, the earliest first.
    pub rows: Vec<FigureLine>,
    /// Whether there were more, which are not counted.
    pub more: bool,
    /// What was typed before and refused.
    pub draft: Draft,
}

/// One incident with its figures.
#[derive(Clone, Debug)]
pub struct FigureLine {
    /// `KEY-n`.
    pub key: String,
    /// What failed.
    pub title: String,
    /// The customer.
    pub customer: String,
    /// When the alert was received.
    pub alert_at: Instant,
    /// None for a false alarm.
    pub figures: Option<Figures>,
}

/// One of the measured spans of an incident.
type Of = fn(&Figures) -> Option<Measure>;

/// The page.
pub fn page(shell: &Shell, it: &FiguresPage) -> Markup {
    let title = shell.t("数字", "Figures");
    let body = html! {
        article.night {
        header.top { h1 { (title) } p { (when::text(shell, it.from)) " – " (when::text(shell, it.to)) } }
        @if it.more { p.wrong role="status" { (shell.t("この期間の障害は500件を超えています。数えたのは初めの500件だけです。期間を短くしてください。", "There were more than 500 incidents in this time. Only the first 500 are counted: choose a shorter time.")) } }
        @if it.rows.is_empty() {
            (empty(shell.t("この間に始まった障害はありません。", "No incident began in this time."), &html! { (shell.t("期間を変えてください。", "Choose another time.")) }))
        } @else {
            (sums(shell, it))
            (head("by-incident", shell.t("障害ごと", "By incident")))
            (rows(shell, it))
        }
        (asking(shell, it))
        }
    };
    shell_page(shell, title, &body)
}

/// The spans by name, in the order of the page.
fn spans(shell: &Shell) -> [(&'static str, Of); 4] {
    [
        (shell.t("判定まで", "To judge"), |it| it.to_judge),
        (shell.t("連絡まで", "To tell"), |it| it.to_tell),
        (shell.t("人に届くまで", "To reach a person"), |it| it.to_reach),
        (shell.t("最長の無連絡", "Longest silence"), |it| it.longest_silence),
    ]
}

fn sums(shell: &Shell, it: &FiguresPage) -> Markup {
    let all = || it.rows.iter().filter_map(|row| row.figures.as_ref());
    let line = |(name, of): (&'static str, Of)| {
        let sum = summary(all().filter_map(of));
        let span = |ms: i64| when::span(shell.lang, ms);
        vec![
            html! { (name) },
            html! { (sum.map_or(0, |sum| sum.count)) },
            html! { (sum.map(|sum| span(sum.median_ms)).unwrap_or_default()) },
            html! { (sum.map(|sum| span(sum.max_ms)).unwrap_or_default()) },
        ]
    };
    let missed: usize = all().map(|it| it.missed_slots.len()).sum();
    let slots: u32 = all().map(|it| it.slots).sum();
    let late = all().filter(|it| it.none_late.is_some()).count();
    let heads =
        [shell.t("何を", "What"), shell.t("件数", "Count"), shell.t("中央値", "Median"), shell.t("最長", "Longest")];
    html! {
        (table(&Table {
            id: "sums".into(),
            caption: shell.t("まとめ", "In short").into(),
            heads: heads.map(str::to_owned).to_vec(),
            rows: spans(shell).map(line).to_vec(),
        }))
        p { (shell.t("中間報告の漏れ ", "Missed interim reports ")) strong { (missed) } " / " (slots) " · " (shell.t("15分を過ぎて「影響 無」と判定 ", "Judged “no impact” after 15 minutes ")) strong { (late) } }
    }
}

fn rows(shell: &Shell, it: &FiguresPage) -> Markup {
    let heads = std::iter::once(shell.t("障害", "Incident"))
        .chain(spans(shell).map(|(name, _)| name))
        .chain([shell.t("報告の漏れ", "Missed"), shell.t("無の遅れ", "Late “no”")]);
    let line = |row: &FigureLine| {
        let name = html! { a href={ "/incidents/" (row.key) } { (slip(&row.key)) } " " (row.title) " " small { (row.customer) " " (when::text(shell, row.alert_at)) } };
        let Some(figures) = &row.figures else {
            let none = || html! {};
            return vec![name, html! { (shell.t("誤検知", "false alarm")) }, none(), none(), none(), none(), none()];
        };
        let mut cells = vec![name];
        cells.extend(spans(shell).map(|(_, of)| measure(shell, &row.key, of(figures))));
        cells.push(html! {
            (figures.missed_slots.len()) " / " (figures.slots)
            @for fact in &figures.missed_slots { " " (behind(&row.key, *fact)) }
        });
        cells.push(html! { @if let Some(fact) = figures.none_late { (behind(&row.key, fact)) } });
        cells
    };
    table(&Table {
        id: "figures-rows".into(),
        caption: shell.t("障害ごと", "By incident").into(),
        heads: heads.map(str::to_owned).collect(),
        rows: it.rows.iter().map(line).collect(),
    })
}

/// A span with the facts at its ends.
fn measure(shell: &Shell, key: &str, of: Option<Measure>) -> Markup {
    html! {
        @match of {
            None => (shell.t("―", "–")),
            Some(it) => {
                @if it.to.is_none() && !it.runs { (shell.t("なし", "never")) }
                @else {
                    (when::span(shell.lang, it.ms)) @if it.runs { " " small { (shell.t("継続中", "so far")) } }
                    " " small { (behind(key, it.from)) @if let Some(to) = it.to { " → " (behind(key, to)) } }
                }
            }
        }
    }
}

/// The way to a fact of the timeline.
fn behind(key: &str, fact: u64) -> Markup {
    html! { a href={ "/incidents/" (key) "#fact-" (fact) } { "#" (fact) } }
}

fn asking(shell: &Shell, it: &FiguresPage) -> Markup {
    let fields = [
        Field::new("from", shell.t("いつから", "From"), Input::Moment).value(it.asked.0.as_str()),
        Field::new("to", shell.t("いつまで", "To"), Input::Moment)
            .value(it.asked.1.as_str())
            .hint(shell.t("1年以内。", "At most a year.")),
    ];
    html! {
        form.sheet.asking id="figures" action="/figures" method="get" {
            (form_head(&it.draft, "figures", None))
            @for item in &fields { (field(shell, &it.draft, "figures", item)) }
            p.do { (button(shell.t("この期間を数える", "Count this time"), false)) }
        }
    }
}

/// The samples.
pub fn samples() -> Vec<(&'static str, FiguresPage)> {
    let span = |seconds: i64, to: Option<u64>, runs: bool| Some(Measure { ms: seconds * 1000, from: 7, to, runs });
    let figures = Figures {
        to_judge: span(240, Some(9), false),
        to_tell: span(240, Some(10), false),
        to_reach: span(430, Some(14), false),
        longest_silence: span(3_540, Some(21), false),
        slots: 2,
        missed_slots: vec![19],
        none_late: None,
    };
    let row = |key: &str, title: &str, figures| FigureLine {
        key: key.into(),
        title: title.into(),
        customer: "株式会社なぎさ商事".into(),
        alert_at: at(-86_400),
        figures,
    };
    let running = Figures {
        to_reach: span(900, None, true),
        longest_silence: span(700, None, true),
        missed_slots: vec![],
        none_late: Some(12),
        ..figures.clone()
    };
    let never = Figures { to_reach: span(0, None, false), ..figures.clone() };
    let full = FiguresPage {
        from: at(-86_400 * 30),
        to: at(0),
        asked: ("2026-10-23T03:15:12".into(), "2026-11-22T03:15:12".into()),
        rows: vec![
            row("NGS-11", "batch-02 夜間集計が停止", Some(figures)),
            row("NGS-12", "web01 応答なし", Some(running)),
            row("NGS-13", HOSTILE, Some(never)),
            row("NGS-14", "db01 誤検知", None),
        ],
        more: true,
        draft: Draft::default(),
    };
    let empty = FiguresPage { rows: vec![], more: false, ..full.clone() };
    vec![("full", full), ("empty", empty)]
}
