//! Frozen tables: their list, and one of them on screen and on paper, beside what was restated.

use super::{CompliancePage, incidents, requests};
use crate::form::{Draft, Field, Form, Input, form};
use crate::layout::{Shell, page as shell_page};
use crate::parts::{Table, empty, facts, head, slip, table};
use crate::when;
use domain::clocks::Verdict;
use domain::compliance::frozen::Counts;
use domain::compliance::{IncidentLine, Line};
use domain::time::Instant;
use domain::words::Lang;
use maud::{Markup, html};

/// The list.
#[derive(Clone, Debug)]
pub struct FrozenPage {
    /// Whose, by id.
    pub tenant: String,
    /// The customer's name.
    pub customer: String,
    /// The tables, the newest first.
    pub tables: Vec<FrozenLine>,
}

/// A frozen table of the list.
#[derive(Clone, Debug)]
pub struct FrozenLine {
    /// Its number.
    pub number: u32,
    /// The first day of its period.
    pub from: String,
    /// The last day.
    pub to: String,
    /// When it was frozen.
    pub frozen_at: Instant,
    /// SHA-256 over its canonical JSON.
    pub checksum: String,
    /// The table it restates.
    pub restates: Option<u32>,
    /// The table that restates it.
    pub restated_by: Option<u32>,
    /// How it counts as a whole.
    pub counts: Counts,
}

/// One frozen table.
#[derive(Clone, Debug)]
pub struct FrozenTablePage {
    /// Whose, by id.
    pub tenant: String,
    /// The customer's name.
    pub customer: String,
    /// Number, period, sum and counts.
    pub line: FrozenLine,
    /// The table of requests.
    pub requests: Vec<Line>,
    /// The table of incidents.
    pub incidents: Vec<IncidentLine>,
    /// Where it restates another: the address of each ticket whose verdict differs, its name, what it was and what it is.
    pub changed: Vec<(String, String, Option<Verdict>, Option<Verdict>)>,
    /// Why.
    pub reason: Option<String>,
    /// Whether the reader may restate it.
    pub may_restate: bool,
    /// What was typed before and refused.
    pub draft: Draft,
}

/// Where a frozen table is found.
pub(super) fn address(tenant: &str, number: u32) -> String {
    format!("/compliance/frozen?tenant={tenant}&number={number}")
}

/// Its number as people say it.
pub(crate) fn named(shell: &Shell, number: u32) -> String {
    match shell.lang {
        Lang::Ja => format!("第{number}号"),
        Lang::En => format!("table {number}"),
    }
}

/// The form that freezes the period of a live table.
pub(super) fn freezing(shell: &Shell, it: &CompliancePage) -> Markup {
    let hidden = |name: &str, value: &str| Field::new(name, "", Input::Hidden).value(value);
    let fields = vec![hidden("tenant", &it.tenant), hidden("from", &it.from), hidden("to", &it.to)];
    html! {
        section aria-labelledby="freezing" {
            (head("freezing", shell.t("凍結", "Freeze")))
            p.hint { (shell.t("終わった期間の表を番号とチェックサムの付いた版として残します。凍結した判定は動きません。後からの変更は、別の責任者が訂正の版として並べて記録します。", "Keeps the table of a period that is over as a numbered version with a checksum. Its verdicts do not move. What changes later stands beside it as a restatement by another head of desk.")) }
            (form(shell, &it.draft, &Form::new("freeze", "/compliance/freeze", shell.t("この期間を凍結する", "Freeze this period"), fields)))
        }
    }
}

/// The list of frozen tables.
pub fn list_page(shell: &Shell, it: &FrozenPage) -> Markup {
    let title = shell.t("凍結した順守状況", "Frozen tables");
    let heads = [
        shell.t("番号", "Number"),
        shell.t("期間", "Period"),
        shell.t("件数", "Judged"),
        shell.t("目標未達", "Missed"),
        shell.t("順守判定", "Kept"),
        shell.t("凍結", "Frozen"),
        shell.t("訂正", "Restated"),
        "SHA-256",
    ];
    let row = |line: &FrozenLine| {
        vec![
            html! { a href=(address(&it.tenant, line.number)) { (named(shell, line.number)) } },
            html! { (line.from) " – " (line.to) },
            html! { (line.counts.judged) },
            html! { (line.counts.missed) },
            super::sign(shell, line.counts.judgement()),
            when::time(shell, line.frozen_at),
            restated(shell, &it.tenant, line),
            html! { code.sum { (line.checksum) } },
        ]
    };
    let body = html! {
        article.paper {
            header.top { h1 { (title) } }
            p.told-first { (it.customer) }
            p.links { a href={ "/compliance?tenant=" (it.tenant) } { (shell.t("現在の集計", "As it stands now")) } }
            @if it.tables.is_empty() {
                (empty(shell.t("凍結した表はまだありません。", "No table was frozen yet."), &html! { (shell.t("月が終わると、サポートデスク責任者が順守状況のページで凍結します。", "Once a month is over, the head of desk freezes it on the page of service levels.")) }))
            } @else {
                (table(&Table { id: "frozen".into(), caption: title.into(), heads: heads.map(str::to_owned).to_vec(), rows: it.tables.iter().map(row).collect() }))
            }
        }
    };
    shell_page(shell, title, &body)
}

fn restated(shell: &Shell, tenant: &str, line: &FrozenLine) -> Markup {
    html! {
        @if let Some(number) = line.restates { a href=(address(tenant, number)) { (named(shell, number)) } (shell.t(" の訂正", " restated")) }
        @if line.restates.is_some() && line.restated_by.is_some() { " · " }
        @if let Some(number) = line.restated_by { a href=(address(tenant, number)) { (named(shell, number)) } (shell.t(" で訂正", " restates it")) }
    }
}

/// One frozen table.
pub fn table_page(shell: &Shell, it: &FrozenTablePage) -> Markup {
    let line = &it.line;
    let title = format!("{} {}", shell.t("順守状況", "How service levels were kept"), named(shell, line.number));
    let file = format!("tenant={}&number={}", it.tenant, line.number);
    let about = [
        (shell.t("お客様", "Customer"), html! { (it.customer) }),
        (shell.t("監査対象期間", "Period"), html! { (line.from) " – " (line.to) }),
        (shell.t("凍結", "Frozen"), html! { (when::dated(shell, line.frozen_at)) }),
        ("SHA-256", html! { code.sum { (line.checksum) } }),
    ];
    let about = about.map(|(term, value)| (term.to_owned(), value));
    let body = html! {
        article.paper {
            header.top { h1 { (title) } }
            (facts(&about))
            p { (restated(shell, &it.tenant, line)) }
            p.links {
                a href={ "/compliance.csv?" (file) } { "CSV" } " · " a href={ "/compliance/frozen.json?" (file) } { "JSON" } " · "
                a href={ "/compliance/frozen?tenant=" (it.tenant) } { (shell.t("凍結した表の一覧", "Frozen tables")) } " · "
                a href={ "/compliance?tenant=" (it.tenant) "&from=" (line.from) "&to=" (line.to) } { (shell.t("現在の集計", "As it stands now")) }
            }
            @if line.restates.is_some() { (changes(shell, it)) }
            (requests(shell, &it.requests))
            (incidents(shell, &it.incidents))
            p.hint { (shell.t("SHA-256 は JSON ファイルのバイト列そのもののチェックサムです。", "The sum is over the JSON file, byte for byte: ")) code { "sha256sum" } }
            @if it.may_restate { (restating(shell, it)) }
        }
    };
    shell_page(shell, &title, &body)
}

fn changes(shell: &Shell, it: &FrozenTablePage) -> Markup {
    let said = |verdict: Option<Verdict>| match verdict {
        Some(Verdict::Met) => shell.t("順守", "kept"),
        Some(Verdict::Missed) => shell.t("未達", "missed"),
        Some(Verdict::Open) | None => shell.t("判定なし", "no verdict"),
    };
    let heads = [shell.t("チケット", "Ticket"), shell.t("訂正前", "Before"), shell.t("訂正後", "After")];
    let row = |(href, key, was, now): &(String, String, Option<Verdict>, Option<Verdict>)| {
        vec![html! { a href=(href) { (slip(key)) } }, html! { (said(*was)) }, html! { (said(*now)) }]
    };
    let title = shell.t("訂正した判定", "Verdicts restated");
    html! {
        section aria-labelledby="restated" {
            (head("restated", title))
            @if let Some(reason) = &it.reason { p { (shell.t("理由: ", "Reason: ")) (reason) } }
            (table(&Table { id: "changed".into(), caption: title.into(), heads: heads.map(str::to_owned).to_vec(), rows: it.changed.iter().map(row).collect() }))
        }
    }
}

fn restating(shell: &Shell, it: &FrozenTablePage) -> Markup {
    let hidden = |name: &str, value: String| Field::new(name, "", Input::Hidden).value(value);
    let reason = Field::new("reason", shell.t("訂正の理由", "Why"), Input::Text).required().wide();
    let fields = vec![hidden("tenant", it.tenant.clone()), hidden("number", it.line.number.to_string()), reason];
    html! {
        section aria-labelledby="restating" {
            (head("restating", shell.t("訂正", "Restate")))
            p.hint { (shell.t("凍結した本人以外の責任者が、いまの事実による表を訂正の版として並べて残します。この表は変わりません。", "A head of desk other than the one who froze it keeps the table by the facts of now beside this one, which does not change.")) }
            (form(shell, &it.draft, &Form::new("restate", "/compliance/restate", shell.t("訂正として凍結する", "Freeze as a restatement"), fields)))
        }
    }
}

fn sample_line(number: u32) -> FrozenLine {
    FrozenLine {
        number,
        from: "2026-10-01".into(),
        to: "2026-10-31".into(),
        frozen_at: crate::sample::at(-400_000),
        checksum: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855".into(),
        restates: (number == 2).then_some(1),
        restated_by: (number == 1).then_some(2),
        counts: Counts { judged: 4, missed: number, sla_judged: 1, sla_missed: 1 },
    }
}

/// The samples of the list.
pub fn list_samples() -> Vec<(&'static str, FrozenPage)> {
    let page = |tables| FrozenPage { tenant: "a".into(), customer: crate::sample::HOSTILE.into(), tables };
    vec![("full", page(vec![sample_line(2), sample_line(1)])), ("empty", page(vec![]))]
}

/// The samples of one table.
pub fn table_samples() -> Vec<(&'static str, FrozenTablePage)> {
    let live = super::samples().swap_remove(0).1;
    let page = |number, may_restate| FrozenTablePage {
        tenant: "a".into(),
        customer: "なぎさ商事".into(),
        line: sample_line(number),
        requests: live.requests.clone(),
        incidents: live.incidents.clone(),
        changed: match number {
            2 => vec![("/requests/NGS-2".into(), "NGS-2".into(), Some(Verdict::Met), Some(Verdict::Missed))],
            _ => vec![],
        },
        reason: (number == 2).then(|| crate::sample::HOSTILE.to_owned()),
        may_restate,
        draft: Draft::default(),
    };
    vec![("first", page(1, false)), ("restated", page(2, true))]
}
