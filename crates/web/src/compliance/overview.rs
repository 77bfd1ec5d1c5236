//! All customers at a glance, for staff: twelve months of ○ × －, and the promises that are at risk.

use super::months::{MonthMark, address};
use super::sign;
use crate::layout::{Shell, page as shell_page};
use crate::parts::{Table, empty, head, slip, table};
use crate::when;
use domain::compliance::risk::Risk;
use domain::time::Instant;
use domain::words::Label;
use maud::{Markup, html};

/// What the page shows.
#[derive(Clone, Debug)]
pub struct OverviewPage {
    /// Each customer by name: its id, name and months.
    pub customers: Vec<(String, String, Vec<MonthMark>)>,
    /// Promises at risk, the nearest due first.
    pub at_risk: Vec<RiskLine>,
    /// As of when.
    pub as_of: Instant,
}

/// A promise at risk.
#[derive(Clone, Debug)]
pub struct RiskLine {
    /// The request.
    pub key: String,
    /// The customer.
    pub customer: String,
    /// What is asked for.
    pub title: String,
    /// Where it stands.
    pub state: Label,
    /// Who holds it.
    pub holder: Option<String>,
    /// When it is due.
    pub due: Instant,
    /// Why it is at risk.
    pub risk: Risk,
}

/// The page.
pub fn overview_page(shell: &Shell, it: &OverviewPage) -> Markup {
    let title = shell.t("全お客様の順守状況", "Service levels of all customers");
    let body = html! {
        article.paper {
            header.top { h1 { (title) } }
            p.hint { (shell.t("集計時点 ", "As of ")) (when::time(shell, it.as_of)) (shell.t("。凍結した表がある月は、その表の判定です。", ". A month with a frozen table shows what that table says.")) }
            p.links { a href="/compliance" { (shell.t("お客様ごとの表", "The table of one customer")) } }
            section aria-labelledby="risks" { (head("risks", shell.t("危うい約束 (7日以内)", "Promises at risk (7 days)"))) (risks(shell, it)) }
            section aria-labelledby="all" { (head("all", shell.t("月ごとの判定", "By month"))) (customers(shell, it)) }
        }
    };
    shell_page(shell, title, &body)
}

fn risks(shell: &Shell, it: &OverviewPage) -> Markup {
    if it.at_risk.is_empty() {
        return empty(
            shell.t("危うい約束はありません。", "No promise is at risk."),
            &html! { (shell.t("7日以内に期限が来るご依頼は、すべて作業中です。", "All work due within 7 days is under way.")) },
        );
    }
    let heads = [
        shell.t("期限", "Due"),
        shell.t("チケット", "Ticket"),
        shell.t("お客様", "Customer"),
        shell.t("内容", "Work"),
        shell.t("状態", "State"),
        shell.t("担当", "Holder"),
        shell.t("理由", "Why"),
    ];
    let row = |line: &RiskLine| {
        vec![
            when::time(shell, line.due),
            html! { a href={ "/requests/" (line.key) } { (slip(&line.key)) } },
            html! { (line.customer) },
            html! { (line.title) },
            html! { (line.state.in_lang(shell.lang)) },
            html! { (line.holder.as_deref().unwrap_or("－")) },
            html! { (line.risk.label().in_lang(shell.lang)) },
        ]
    };
    let rows = it.at_risk.iter().map(row).collect();
    let caption = shell.t("危うい約束", "Promises at risk").to_owned();
    html! {
        (table(&Table { id: "at-risk".into(), caption, heads: heads.map(str::to_owned).to_vec(), rows }))
        p.hint { (shell.t("7日以内に期限が来て着手していないもの、24時間以内に期限が来る作業中のもの、お客様を待っているもの、期限を過ぎたもの。", "Due within 7 days and not begun; under way and due within 24 hours; waiting for the customer; overdue.")) }
    }
}

fn customers(shell: &Shell, it: &OverviewPage) -> Markup {
    let Some((_, _, first)) = it.customers.first() else {
        return empty(
            shell.t("お客様がまだいません。", "There is no customer yet."),
            &html! { (shell.t("設定でお客様を追加してください。", "Add one in the settings.")) },
        );
    };
    let mut heads = vec![shell.t("お客様", "Customer").to_owned()];
    heads.extend(first.iter().map(|month| month.code.clone()));
    let row = |(tenant, name, months): &(String, String, Vec<MonthMark>)| {
        let mut row = vec![html! { a href={ "/compliance?tenant=" (tenant) } { (name) } }];
        row.extend(
            months
                .iter()
                .map(|month| html! { a href=(address(tenant, month)) { (sign(shell, month.counts.judgement())) } }),
        );
        row
    };
    let rows = it.customers.iter().map(row).collect();
    let caption = shell.t("お客様ごと、月ごとの順守判定", "Kept or missed, by customer and month").to_owned();
    table(&Table { id: "all-customers".into(), caption, heads, rows })
}

/// The samples.
pub fn overview_samples() -> Vec<(&'static str, OverviewPage)> {
    let at = crate::sample::at;
    let risk = |n: u32, hours: i64, state, holder: Option<&str>, risk| RiskLine {
        key: format!("NGS-{n}"),
        customer: "なぎさ商事".into(),
        title: "サーバー起動 / 停止作業 再起動 web01".into(),
        state,
        holder: holder.map(str::to_owned),
        due: at(hours * 3600),
        risk,
    };
    let at_risk = vec![
        risk(41, -3, Label::new("作業中", "Working"), Some("佐藤 恵"), Risk::Overdue),
        risk(44, 16, Label::new("作業中", "Working"), Some("佐藤 恵"), Risk::DueSoon),
        risk(45, 64, Label::new("受付", "Received"), None, Risk::NotTaken),
        risk(46, 88, Label::new("確認中", "Reviewing"), Some("田中 進"), Risk::Waiting),
    ];
    let months = super::months::sample();
    let quiet = months.iter().map(|month| MonthMark { counts: Default::default(), frozen: None, ..month.clone() });
    let customers = vec![
        ("a".to_owned(), "なぎさ商事".to_owned(), months.clone()),
        ("b".to_owned(), crate::sample::HOSTILE.to_owned(), quiet.collect()),
    ];
    let page = |customers, at_risk| OverviewPage { customers, at_risk, as_of: at(0) };
    vec![("full", page(customers, at_risk)), ("empty", page(vec![], vec![]))]
}
