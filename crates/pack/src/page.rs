//! The page inside: first what is open by its dues, then one page a customer with what was told, whom to call, what to ask,
//! and an empty table to write calls down by hand.

mod incident;
mod project;
mod runbook;
#[cfg(test)]
pub(crate) mod sample;
pub(crate) mod words;

use desk::incident::IncidentView;
use desk::pack::{Content, Customer};
use domain::incident::duty::Duty;
use domain::time::Instant;
use domain::words::Label;
use maud::{Markup, html};
use words::{both, full};

/// Empty lines for calls, for each customer.
const LINES: usize = 8;

/// The whole page, as it is sealed.
pub(crate) fn page(it: &Content) -> Markup {
    let mut customers: Vec<&Customer> = it.customers.iter().collect();
    // Where something is due soonest comes first; the others keep their order.
    customers.sort_by_key(|customer| {
        let due = open(customer).filter_map(nearest).map(|duty| duty.due).min();
        (due.is_none(), due)
    });
    html! {
        (cover(it, &customers))
        @for customer in customers.into_iter().filter(|customer| has_page(customer)) { (of_customer(it, customer)) }
    }
}

/// Where nothing is open and nobody to call is known, a page would be empty.
fn has_page(customer: &Customer) -> bool {
    customer.projects.iter().any(|project| project.plan.is_some() || !project.incidents.is_empty())
}

fn open(customer: &Customer) -> impl Iterator<Item = &IncidentView> {
    customer.projects.iter().flat_map(|project| &project.incidents)
}

/// What is owed next.
fn nearest(view: &IncidentView) -> Option<&Duty> {
    view.duties.first()
}

fn cover(it: &Content, customers: &[&Customer]) -> Markup {
    let mut rows: Vec<(Option<Instant>, &Customer, &IncidentView)> = customers
        .iter()
        .flat_map(|customer| open(customer).map(|view| (nearest(view).map(|duty| duty.due), *customer, view)))
        .collect();
    rows.sort_by_key(|(due, _, view)| (due.is_none(), *due, view.incident.key.clone()));
    html! {
        header {
            h1 tabindex="-1" { (full(&it.calendar, it.made)) " 時点の控え " small lang="en" { "Outage pack as of this time" } }
            p { strong { (it.provider.name) } @if !it.provider.phone.is_empty() { " " span.phone { (it.provider.phone) } } }
            p { button type="button" id="print" { "印刷 " small lang="en" { "Print" } } }
            h3 { "進め方 " small lang="en" { "How to go on" } }
            ol {
                li { "期限の近いものから。この時点より後に記録されたことは、ここにはありません。" }
                li { "お客様のページの連絡先に、順位のとおり電話します。" }
                li { "かけた電話を、つながらないものも、その場で表に書きます。" }
                li { "窓口が戻ったら24時間以内に、書いた時刻と理由を付けて障害の画面から記録します。" }
            }
            h3 { "対応中の障害 " small lang="en" { "Open incidents, by what is due first" } }
            @if rows.is_empty() { p { "この時点ではありません。 " small lang="en" { "None at this time." } } }
            @else {
                table {
                    thead { tr {
                        (head(Label::new("期限", "Due"))) (head(Label::new("すること", "Next")))
                        (head(Label::new("障害", "Incident"))) (head(Label::new("お客様", "Customer")))
                        (head(Label::new("状態", "State"))) (head(Label::new("担当", "Held by")))
                    } }
                    tbody { @for (_, customer, view) in rows { tr {
                        @if let Some(duty) = nearest(view) {
                            td.when { (words::due(&it.calendar, it.made, duty.due)) } td { (duty.kind.label().ja) }
                        } @else { td { "-" } td { "-" } }
                        td { a href={ "#" (view.incident.key) } { (view.incident.key) } " " (incident::title(view)) }
                        td { (customer.name) }
                        td { (view.incident.state.label().ja) }
                        td { (incident::holder(view).unwrap_or("-")) }
                    } } }
                }
            }
            @if !it.damaged.is_empty() {
                p { strong { "記録を読めない障害: " } @for key in &it.damaged { (key) " " } "管理者に連絡してください。" }
            }
            h3 { "お客様 " small lang="en" { "Customers" } }
            ul { @for customer in customers { li {
                @if has_page(customer) {
                    @for project in &customer.projects { a href={ "#" (project.key) } { (customer.name) " " span.soft { (project.key) } } " " }
                } @else { (customer.name) " " strong { "連絡体制が登録されていません" } }
            } } }
        }
    }
}

fn of_customer(it: &Content, customer: &Customer) -> Markup {
    html! {
        section.customer {
            h2 { (customer.name) }
            p.soft { (full(&it.calendar, it.made)) " 時点" }
            @for project in &customer.projects {
                section id=(project.key) {
                    @if customer.projects.len() > 1 || project.name != customer.name {
                        h3 { (project.name) " " small { (project.key) } }
                    }
                    @for view in &project.incidents { (incident::incident(it, view)) }
                    (project::contacts(project))
                    (project::criteria(project))
                    (runbook::runbooks(project))
                }
            }
            (by_hand())
        }
    }
}

/// What was called, written by hand, to be entered afterwards as stated times.
fn by_hand() -> Markup {
    html! {
        h3 { "電話の記録（手書き） " small lang="en" { "Calls, by hand" } }
        p.soft { "結果: 本人・別の人・留守電・話し中・応答なし。窓口が戻ったら、この時刻で記録します。" }
        table.by-hand {
            thead { tr {
                (head(Label::new("日時", "When"))) (head(Label::new("障害", "Incident"))) (head(Label::new("誰に", "Who")))
                (head(Label::new("番号", "Number"))) (head(Label::new("結果", "Result")))
                (head(Label::new("話したこと", "What was said"))) (head(Label::new("記入者", "By")))
            } }
            tbody { @for _ in 0..LINES { tr { @for _ in 0..7 { td {} } } } }
        }
    }
}

fn head(label: Label) -> Markup {
    html! { th scope="col" { (both(label)) } }
}

/// Shown in place of words that were erased.
const ERASED: &str = "（消去済み）";

#[cfg(test)]
mod tests {
    use super::*;
    use domain::ids::RecordKey;

    /// How often a text stands on the page.
    fn count(content: &Content, text: &str) -> usize {
        page(content).into_string().matches(text).count()
    }

    #[test]
    fn a_customer_has_a_page_with_contacts_criteria_and_lines_to_write_on() {
        let content = sample::content();
        assert_eq!(count(&content, "<section class=\"customer\">"), 1);
        for words in
            ["さとう めぐみ", "href=\"tel:09000000000\"", "毎日 終日", "owner@acme.example.jp", "href=\"#ACME\""]
        {
            assert_eq!(count(&content, words), 1, "{words}");
        }
        assert_eq!(count(&content, "<tr><td></td>"), LINES);
        assert_eq!(count(&content, "この時点ではありません。"), 1);
    }

    #[test]
    fn a_customer_whom_nobody_can_call_is_named_and_has_no_empty_page() {
        let mut content = sample::content();
        content.customers[0].projects[0].plan = None;
        assert_eq!(count(&content, "<section class=\"customer\">"), 0);
        assert_eq!(count(&content, "○○商事 <strong>連絡体制が登録されていません</strong>"), 1);
    }

    #[test]
    fn what_cannot_be_read_is_named_and_words_are_no_markup() {
        let mut content = sample::content();
        content.damaged = vec![RecordKey::new("ACME-7")];
        content.customers[0].name = "<script>alert(1)</script>".into();
        assert_eq!(count(&content, "記録を読めない障害: </strong>ACME-7"), 1);
        assert_eq!(count(&content, "<script"), 0);
    }
}
