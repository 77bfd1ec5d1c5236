//! 順守状況: the tables of appendix 5 on screen, printable, and as CSV; months as a picture; tables that were frozen; all customers.

pub(crate) mod frozen;
pub(crate) mod handler;
pub(crate) mod months;
pub(crate) mod overview;
pub(crate) mod what_if;

pub(crate) use frozen::named;
pub use frozen::{list_page, list_samples, table_page, table_samples};
pub use overview::{overview_page, overview_samples};
pub use what_if::{what_if_page, what_if_samples};

use crate::compliance::months::MonthMark;
use crate::form::{Draft, Field, Form, Input, button, field, head as form_head};
use crate::layout::{Shell, page as shell_page};
use crate::parts::work;
use crate::when;
use domain::compliance::{IncidentLine, Judgement, Line, missed_text};
use domain::ids::RecordKey;
use domain::time::Instant;
use domain::words::Lang;
use maud::{Markup, html};

/// Tickets that one figure names on the page at most; a page that nobody can read helps nobody.
const NAMED_MAX: usize = 500;

/// What the page shows.
#[derive(Clone, Debug)]
pub struct CompliancePage {
    /// Customers whose table the reader may see: id and name.
    pub customers: Vec<(String, String)>,
    /// Whose table it is, by id.
    pub tenant: String,
    /// The customer's name.
    pub customer: String,
    /// From which day.
    pub from: String,
    /// To which day, inclusive.
    pub to: String,
    /// As of when.
    pub as_of: Instant,
    /// The table of requests.
    pub requests: Vec<Line>,
    /// The table of incidents.
    pub incidents: Vec<IncidentLine>,
    /// The last twelve months.
    pub months: Vec<MonthMark>,
    /// Frozen tables that cover some of the period, the newest first.
    pub frozen: Vec<u32>,
    /// Whether the reader may freeze the period.
    pub may_freeze: bool,
    /// Whether the reader may see all customers at once.
    pub all_customers: bool,
    /// What was asked for and refused.
    pub draft: Draft,
}

/// The page.
pub fn page(shell: &Shell, it: &CompliancePage) -> Markup {
    let title = shell.t("順守状況", "How service levels were kept");
    let body = html! {
        article.paper {
            header.top { h1 { (title) } }
            p.told-first { (it.customer) " " (shell.t("監査対象期間: ", "period ")) (it.from) " – " (it.to) }
            p.hint { (shell.t("期限がこの期間にあるチケットを数えています。", "Tickets whose due lies in the period are counted.")) }
            p { strong { (shell.t("暫定", "Provisional")) } (shell.t(" · 集計時点 ", ", as of ")) (when::time(shell, it.as_of))
                @for number in &it.frozen { " · " a href=(frozen::address(&it.tenant, *number)) { (shell.t("凍結済み: ", "Frozen: ")) (frozen::named(shell, *number)) } }
            }
            p.links {
                a href={ "/compliance.csv?tenant=" (it.tenant) "&from=" (it.from) "&to=" (it.to) } { "CSV" } " · "
                a href={ "/compliance/frozen?tenant=" (it.tenant) } { (shell.t("凍結した表の一覧", "Frozen tables")) } " · "
                a href={ "/proof?tenant=" (it.tenant) } { (shell.t("証跡を受け取って確かめる", "Take the proof and check it")) } " · "
                a href={ "/retention?tenant=" (it.tenant) } { (shell.t("保管と廃棄", "Retention")) }
                @if it.all_customers { " · " a href={ "/compliance/what-if?tenant=" (it.tenant) "&from=" (it.from) "&to=" (it.to) } { (shell.t("仮定の集計", "What if")) } " · " a href="/compliance/customers" { (shell.t("全お客様", "All customers")) } }
            }
            (asking(shell, it))
            (requests(shell, &it.requests))
            (incidents(shell, &it.incidents))
            (months::picture(shell, &it.tenant, &it.months))
            @if it.may_freeze { (frozen::freezing(shell, it)) }
        }
    };
    shell_page(shell, title, &body)
}

fn requests(shell: &Shell, lines: &[Line]) -> Markup {
    html! {
        section {
            h2 { (shell.t("ご依頼作業", "Requests")) }
            table.list id="requests-kept" {
                caption { (shell.t("ご依頼作業", "Requests")) }
                thead { tr {
                    th scope="col" { (shell.t("項目", "Group")) } th scope="col" { (shell.t("依頼作業名", "Work")) }
                    th scope="col" { (shell.t("起票 (通常時)", "Filed by")) } th scope="col" { (shell.t("標準日数 (サービスレベル目標)", "Standard days (objective)")) }
                    th scope="col" { (shell.t("件数", "Tickets")) } th scope="col" { (shell.t("目標未達", "Missed")) } th scope="col" { (shell.t("順守判定", "Kept")) }
                    th scope="col" { (shell.t("例外", "Excepted")) } th scope="col" { (shell.t("保留", "Held")) } th scope="col" { (shell.t("保留により達成", "Met by the hold")) } th scope="col" { (shell.t("取消", "Cancelled")) }
                } }
                tbody {
                    @for (place, line) in lines.iter().enumerate() {
                        @let first = place == 0 || lines.get(place - 1).is_some_and(|before| before.row.class != line.row.class);
                        tr {
                            td data-head=(shell.t("項目", "Group")) { div { @if first { (line.row.class.label().in_lang(shell.lang)) } } }
                            td data-head=(shell.t("依頼作業名", "Work")) { div { (work(shell, &line.row.name)) } }
                            td data-head=(shell.t("起票 (通常時)", "Filed by")) { div { (line.row.filer.name(shell.lang, &shell.provider)) } }
                            td data-head=(shell.t("標準日数 (サービスレベル目標)", "Standard days")) { div { (when::business_days(shell.lang, line.row.class.days().get().into())) } }
                            td data-head=(shell.t("件数", "Tickets")) { div { (behind(shell, &line.tickets, &line.tickets.len().to_string())) } }
                            td data-head=(shell.t("目標未達", "Missed")) { div { (behind(shell, &line.missed, &missed(shell, line.missed.len()))) } }
                            td data-head=(shell.t("順守判定", "Kept")) { div { (sign(shell, line.judgement())) } }
                            (count(shell, shell.t("例外", "Excepted"), &line.excepted)) (count(shell, shell.t("保留", "Held"), &line.held))
                            (count(shell, shell.t("保留により達成", "Met by the hold"), &line.met_by_hold)) (count(shell, shell.t("取消", "Cancelled"), &line.cancelled))
                        }
                    }
                }
            }
        }
    }
}

fn incidents(shell: &Shell, lines: &[IncidentLine]) -> Markup {
    html! {
        section {
            h2 { (shell.t("障害に対する対応", "Incidents")) }
            table.list id="incidents-kept" {
                caption { (shell.t("障害に対する対応", "Incidents")) }
                thead { tr {
                    th scope="col" { (shell.t("障害の影響", "Effect")) } th scope="col" { (shell.t("障害発生連絡までの時間 (サービスレベル目標)", "First notice (objective)")) }
                    th scope="col" { (shell.t("障害発生連絡までの時間 (サービスレベル合意)", "First notice (agreement)")) }
                    th scope="col" { (shell.t("件数", "Incidents")) } th scope="col" { (shell.t("未達", "Missed")) } th scope="col" { (shell.t("順守判定", "Kept")) } th scope="col" { (shell.t("うち SLA 未達", "of which the agreement")) }
                } }
                tbody {
                    @for line in lines {
                        tr {
                            td data-head=(shell.t("障害の影響", "Effect")) { div { (if line.impact { shell.t("サービス影響が有る場合", "The service is affected") } else { shell.t("サービス影響が無い場合", "The service is not affected") }) } }
                            td data-head="SLO" { div { (if line.impact { shell.t("アラート受信から 15 分", "15 minutes from the alert") } else { shell.t("アラート受信から 1 時間", "1 hour from the alert") }) } }
                            td data-head="SLA" { div { @if line.impact { (shell.t("アラート受信から 30 分", "30 minutes from the alert")) } @else { (crate::clock::NO_SLA.in_lang(shell.lang)) } } }
                            td data-head=(shell.t("件数", "Incidents")) { div { (incident_links(shell, &line.incidents, &line.incidents.len().to_string())) } }
                            td data-head=(shell.t("未達", "Missed")) { div { (incident_links(shell, &line.missed, &missed(shell, line.missed.len()))) } }
                            td data-head=(shell.t("順守判定", "Kept")) { div { (sign(shell, line.judgement())) } }
                            td data-head=(shell.t("うち SLA 未達", "of which the agreement")) { div { @if line.impact { (incident_links(shell, &line.missed_sla, &missed(shell, line.missed_sla.len()))) } } }
                        }
                    }
                }
            }
        }
    }
}

fn missed(shell: &Shell, missed: usize) -> String {
    match shell.lang {
        Lang::Ja => missed_text(missed),
        Lang::En => {
            if missed == 0 {
                "none".to_owned()
            } else {
                missed.to_string()
            }
        }
    }
}

/// The sign, with its word for those who hear the page.
fn sign(shell: &Shell, judgement: Judgement) -> Markup {
    let word = match judgement {
        Judgement::Kept => shell.t("順守", "kept"),
        Judgement::Missed => shell.t("未達あり", "missed"),
        Judgement::None => shell.t("対象なし", "no ticket"),
    };
    html! { b title=(word) { (judgement.sign()) } span.away { (word) } }
}

fn count(shell: &Shell, head: &str, keys: &[RecordKey]) -> Markup {
    html! { td data-head=(head) { div { @if !keys.is_empty() { (behind(shell, keys, &keys.len().to_string())) } } } }
}

/// A figure that opens its tickets.
fn behind(shell: &Shell, keys: &[RecordKey], text: &str) -> Markup {
    linked(shell, "/requests/", keys, text)
}

fn incident_links(shell: &Shell, keys: &[RecordKey], text: &str) -> Markup {
    linked(shell, "/incidents/", keys, text)
}

fn linked(shell: &Shell, base: &str, keys: &[RecordKey], text: &str) -> Markup {
    let beyond = keys.len().saturating_sub(NAMED_MAX);
    html! {
        @if keys.is_empty() { (text) } @else {
            details {
                summary { (text) }
                @for key in keys.iter().take(NAMED_MAX) { a href={ (base) (key) } { (key) } " " }
                @if beyond > 0 { span.hint { (shell.t("ほか ", "and ")) (beyond) (shell.t(" 件。期間を短くするか、API か証跡でご覧ください。", " more; choose a shorter period, or read them by the API or in the proof.")) } }
            }
        }
    }
}

/// Asks for another table: `tenant`, `from`, `to`, by a link that can be kept.
fn asking(shell: &Shell, it: &CompliancePage) -> Markup {
    let customers = it.customers.iter().map(|(id, name)| crate::form::choice(id, name.as_str())).collect();
    let mut fields = vec![
        Field::new("from", shell.t("この日から", "From"), Input::Date).value(it.from.clone()).required(),
        Field::new("to", shell.t("この日まで", "To"), Input::Date).value(it.to.clone()).required(),
    ];
    if it.customers.len() > 1 {
        fields.insert(
            0,
            Field::new("tenant", shell.t("お客様", "Customer"), Input::Menu(customers)).value(it.tenant.clone()),
        );
    }
    let form = Form::new("compliance", "/compliance", "", fields);
    html! {
        form.sheet.asking id="compliance" action="/compliance" method="get" {
            (form_head(&it.draft, "compliance", None))
            @for item in &form.fields { (field(shell, &it.draft, "compliance", item)) }
            p.do { (button(shell.t("この期間を集計する", "Count this period"), false)) }
        }
    }
}

/// The samples.
pub fn samples() -> Vec<(&'static str, CompliancePage)> {
    use domain::catalogue::Catalogue;
    use domain::compliance::{Occurrence, Ticket, incidents as of_incidents, requests as of_requests};
    let at = crate::sample::at;
    let ticket = |n: u64, done: i64, held| Ticket {
        key: RecordKey::new(format!("NGS-{n}")),
        report: "技術相談".into(),
        due: at(-100),
        raw_due: at(-200),
        done: Some(at(done)),
        excepted: n == 3,
        held,
        cancelled: n == 4,
        waits: false,
    };
    let tickets = [ticket(1, -300, 0), ticket(2, -150, 2), ticket(3, -50, 0), ticket(4, -50, 0)];
    let told = Occurrence {
        key: RecordKey::new("NGS-9"),
        impact: true,
        slo_due: at(-90),
        sla_due: Some(at(-80)),
        notified: None,
    };
    let customers =
        vec![("a".to_owned(), "なぎさ商事".to_owned()), ("b".to_owned(), crate::sample::HOSTILE.to_owned())];
    let page = |tickets: &[Ticket], told: &[Occurrence], customers| CompliancePage {
        customers,
        tenant: "a".into(),
        customer: "なぎさ商事".into(),
        from: "2026-10-01".into(),
        to: "2026-10-31".into(),
        as_of: at(0),
        requests: of_requests(Catalogue::shipped(), tickets, at(0)),
        incidents: of_incidents(told, at(0)).into(),
        months: months::sample(),
        frozen: if tickets.is_empty() { vec![] } else { vec![2] },
        may_freeze: !tickets.is_empty(),
        all_customers: !tickets.is_empty(),
        draft: Draft::default(),
    };
    vec![("full", page(&tickets, &[told], customers)), ("empty", page(&[], &[], vec![]))]
}
